"""What citizens see, page by page, and what they must not see."""

import html
import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from indicators.choices import BaselineStatus, Direction, MissingReason, Revision, TargetKind
from indicators.models import Indicator
from indicators.record import record_actual
from plans.choices import LifeReason, Period, TitleSource, Visibility, WorkState
from plans.models import Plan
from rounds.models import Publication
from rounds.published import current_publications
from rounds.record import publish

from .factories import (
    make_action,
    make_actual,
    make_break,
    make_column,
    make_department,
    make_field,
    make_footnote,
    make_goal,
    make_indicator,
    make_judgement,
    make_measure,
    make_municipality,
    make_plan,
    make_policy,
    make_related_plan,
    make_report,
    make_row,
    make_scheme,
    make_series,
    make_succession,
    make_target,
    make_term,
)

pytestmark = pytest.mark.django_db
PLAN, PUBLIC, COUNCIL = Publication.Kind.PLAN, Publication.Kind.PUBLIC, Publication.Kind.COUNCIL


def read(client: Client, path: str) -> str:
    """Return the main part of a page as plain text, white space folded."""
    response = client.get(path)
    assert response.status_code == 200, path
    main = re.search(r"<main.*?</main>", response.content.decode(), re.DOTALL)
    assert main is not None
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main[0])).split())


def tight(text: str) -> str:
    """Return a text without white space: what stands side by side on the page."""
    return "".join(text.split())


def publish_plan(plan: Plan, **options: Any) -> Publication:
    return publish(plan, PLAN, by=None, **options)


def publish_year(plan: Plan, year: int = 2023, period: str = "year_end", **options: Any) -> None:
    if not plan.publications.exists():
        publish_plan(plan)
    publish(plan, options.pop("kind", PUBLIC), by=None, fiscal_year=year, period=period, **options)


@pytest.fixture
def plan() -> Plan:
    town = make_municipality("kita", name="きた市")
    return make_plan(town, "sogo", title="きた市総合計画", label_basic_goal="基本目標")


@pytest.fixture
def indicator(plan: Plan) -> Indicator:
    """利用者数: 100人 in FY2019, 200人 promised for FY2029; code 1."""
    series = make_series(plan.municipality, name="利用者数", source="利用統計")
    indicator = make_indicator(plan, series, code="1")
    make_target(indicator)
    return indicator


PAGE = "/kita/sogo/indicators/1/"


# --- What does not exist for citizens ----------------------------------------------------------


def test_an_unpublished_plan_and_its_town_are_not_there(client: Client, plan: Plan) -> None:
    assert "きた市" not in read(client, "/")
    for path in ("/kita/", "/kita/sogo/", "/nowhere/", "/kita/nothing/"):
        assert client.get(path).status_code == 404


def test_a_plan_appears_when_its_time_has_come(client: Client, plan: Plan) -> None:
    publish_plan(plan, effective_at=timezone.now() + timedelta(days=1))
    assert client.get("/kita/sogo/").status_code == 404
    publish_plan(plan)
    assert "きた市" in read(client, "/")
    assert "きた市総合計画" in read(client, "/kita/")
    assert "きた市総合計画" in read(client, "/kita/sogo/")


@pytest.mark.parametrize("page", ["goals", "policies", "measures", "indicators"])
def test_an_unknown_code_is_not_found(client: Client, plan: Plan, page: str) -> None:
    publish_plan(plan)
    assert client.get(f"/kita/sogo/{page}/none/").status_code == 404
    assert client.get(f"/kita/sogo/{page}/").status_code == 404


def test_codes_of_another_plan_are_not_found(client: Client, plan: Plan) -> None:
    make_goal(make_plan(plan.municipality), code="g1")
    publish_plan(plan)
    assert client.get("/kita/sogo/goals/g1/").status_code == 404


def test_an_indicator_added_after_the_publication_is_not_public(client: Client, plan: Plan) -> None:
    publish_plan(plan)
    make_indicator(plan, make_series(plan.municipality, name="あとから"), code="9")
    assert "あとから" not in read(client, "/kita/sogo/")
    assert client.get("/kita/sogo/indicators/9/").status_code == 404


def test_council_copies_and_working_values_are_not_shown(
    client: Client, plan: Plan, indicator: Indicator
) -> None:
    make_actual(indicator.series, 2023, 155)
    publish_year(plan, kind=COUNCIL)
    make_actual(indicator.series, 2022, 133)
    text = read(client, PAGE) + read(client, "/kita/sogo/")
    assert "155" not in text
    assert "133" not in text
    assert "公表された実績はまだありません" in text


def test_a_correction_in_progress_shows_nothing(
    client: Client, plan: Plan, indicator: Indicator
) -> None:
    actual = make_actual(indicator.series, 2023, 155)
    publish_year(plan)
    actual.value, actual.revision = Decimal(177), Revision.CORRECTED
    actual.revision_reason = "集計漏れがあったため"
    record_actual(actual, by=None)
    assert "155人" in tight(read(client, PAGE))
    assert "177" not in read(client, PAGE)

    publish_year(plan, mark=Publication.Mark.CORRECTION, reason="集計漏れがあったため")
    text = tight(read(client, PAGE))
    assert "実績令和5年度177人訂正" in text
    assert "集計漏れがあったため" in text
    assert "公表した値：155人" in text


def test_the_record_of_publications_keeps_what_was_replaced_and_why(
    client: Client, plan: Plan
) -> None:
    publish_year(plan)
    publish_year(plan, mark=Publication.Mark.CORRECTION, reason="誤植のため")
    publish_year(plan, kind=COUNCIL, note="議会だけの注記")
    publish_year(plan)
    text = tight(read(client, "/kita/sogo/"))
    assert "令和5年度年度末実績訂正新しい公表に差し替え誤植のため" in text
    assert "議会だけの注記" not in text


def test_what_is_valid_is_told_by_rows_as_by_query(plan: Plan) -> None:
    later = timezone.now() + timedelta(days=1)
    publish_year(plan, 2022)
    publish_year(plan, 2023)
    publish_year(plan, 2023, mark=Publication.Mark.CORRECTION, reason="誤植のため")
    publish_year(plan, 2022, effective_at=later)
    publish_plan(plan)
    for at in (None, later):
        by_query = Publication.objects.current(at).for_citizens().filter(plan=plan)
        assert set(current_publications(plan, at)) == set(by_query)


def test_writing_requests_are_refused(client: Client, plan: Plan) -> None:
    publish_plan(plan)
    assert client.post("/kita/sogo/").status_code == 405


# --- Figures -----------------------------------------------------------------------------------


def test_the_plan_shows_figures_with_unit_year_and_rate(
    client: Client, plan: Plan, indicator: Indicator
) -> None:
    make_actual(indicator.series, 2023, 133)
    publish_year(plan)
    text = tight(read(client, "/kita/sogo/"))
    assert "利用者数実績令和5年度133人目標令和11年度200人以上" in text
    assert "進捗率令和5年度当サイトの計算33.0%" in text


def test_rates_are_not_capped_and_round_half_up(
    client: Client, plan: Plan, indicator: Indicator
) -> None:
    make_actual(
        indicator.series,
        2022,
        82,
    )
    make_actual(indicator.series, 2023, 412)
    publish_year(plan, 2022)
    publish_year(plan, 2023)
    text = tight(read(client, PAGE))
    assert "312.0%" in text
    assert "▲マイナス18.0%" in text


def test_rates_that_are_not_public_are_not_shown(
    client: Client, plan: Plan, indicator: Indicator
) -> None:
    plan.show_rates = Visibility.INTERNAL
    plan.save()
    make_actual(indicator.series, 2023, 133)
    publish_year(plan)
    assert "進捗率" not in read(client, "/kita/sogo/")
    assert "33.0" not in read(client, PAGE)


def test_a_rate_that_cannot_be_told_says_why(client: Client, plan: Plan) -> None:
    indicator = make_indicator(plan, code="1", direction=Direction.UNKNOWN)
    make_target(indicator, kind=TargetKind.UNSPECIFIED)
    make_actual(indicator.series, 2023, 150)
    publish_year(plan)
    text = read(client, PAGE)
    assert "データなし： 向きの記載なし" in text
    assert "望ましい向き 向きの記載なし" in text


def test_zero_is_a_value_and_missing_is_not_zero(client: Client, plan: Plan) -> None:
    zero, blank = (
        make_indicator(plan, make_series(plan.municipality, name=name), code=code)
        for name, code in (("ゼロの指標", "0"), ("空の指標", "1"))
    )
    make_actual(zero.series, 2023, 0)
    make_actual(blank.series, 2023, None, missing_reason=MissingReason.NO_SURVEY)
    publish_year(plan)
    assert "実績令和5年度0人" in tight(read(client, "/kita/sogo/indicators/0/"))
    text = tight(read(client, PAGE))
    assert "実績令和5年度－データなし：調査のない年" in text
    assert "実績令和5年度0人" not in text


@pytest.mark.parametrize(
    ("days", "words"), [(400, "に確定予定"), (-400, "の確定予定を過ぎています")]
)
def test_not_due_yet_differs_from_overdue(
    client: Client, plan: Plan, indicator: Indicator, days: int, words: str
) -> None:
    month = (timezone.localdate() + timedelta(days=days)).replace(day=1)
    make_actual(
        indicator.series,
        2023,
        None,
        missing_reason=MissingReason.NOT_COMPILED,
        expected_on=month,
    )
    publish_year(plan)
    assert f"未集計（令和{month.year - 2018}年{month.month}月{words}）" in read(client, PAGE)


def test_a_negative_value_is_read_as_minus(client: Client, plan: Plan) -> None:
    indicator = make_indicator(plan, code="1", baseline_value=Decimal(-712))
    make_target(indicator, value=0)
    make_actual(indicator.series, 2023, -271)
    publish_year(plan)
    page = client.get(PAGE).content.decode()
    assert (
        '<span aria-hidden="true">▲</span><span class="visually-hidden">マイナス</span>271' in page
    )


def test_printed_labels_win(client: Client, plan: Plan) -> None:
    indicator = make_indicator(
        plan, code="1", baseline_label="平成31年度", baseline_value_label="約100人"
    )
    make_target(indicator, year_label="R11年度末", value_label="約200人")
    make_actual(indicator.series, 2023, 133, value_label="133人(速)")
    publish_year(plan)
    text = tight(read(client, PAGE))
    assert "基準値平成31年度約100人" in text
    assert "目標R11年度末約200人以上" in text
    assert "133人(速)" in text


def test_a_baseline_may_be_not_started_or_unavailable(client: Client, plan: Plan) -> None:
    make_indicator(
        plan,
        code="1",
        baseline_status=BaselineStatus.NOT_STARTED,
        baseline_fiscal_year=2016,
        baseline_label="H28年度開始",
    )
    make_indicator(plan, code="2", baseline_status=BaselineStatus.UNAVAILABLE)
    publish_plan(plan)
    assert "基準値H28年度開始－データなし：計測開始前" in tight(read(client, PAGE))
    assert "データなし： 基準値なし" in read(client, "/kita/sogo/indicators/2/")


@pytest.mark.parametrize(
    ("fields", "shown", "kind"),
    [
        ({"kind": TargetKind.AT_MOST, "value": 30}, "30人以下", "以下"),
        ({"kind": TargetKind.RANGE, "value": None, "lower": 3, "upper": 5}, "3～5人", "範囲"),
        ({"kind": TargetKind.TEXT, "value": None, "text": "条例の制定"}, "条例の制定", "文章"),
        ({"kind": TargetKind.CHANGE, "value": -10}, "基準値から10％減", "基準値からの増減率"),
        ({"kind": TargetKind.DIRECTION_ONLY, "value": None}, "増やす", "方向だけ"),
        (
            {"kind": TargetKind.MAINTAIN, "value": None, "tolerance": 5},
            "基準値を維持",
            "維持（±5人）",
        ),
        ({"kind": TargetKind.UNSPECIFIED, "value": None}, "資料に記載なし", "向きの記載なし"),
    ],
)
def test_targets_of_every_kind_are_told_in_words(
    client: Client, plan: Plan, fields: dict[str, Any], shown: str, kind: str
) -> None:
    make_target(make_indicator(plan, code="1"), **fields)
    publish_plan(plan)
    text = tight(read(client, PAGE))
    assert f"目標の種類：{kind}" in text
    assert shown in text


def test_a_change_from_the_baseline_is_worked_out(client: Client, plan: Plan) -> None:
    make_target(make_indicator(plan, code="1"), kind=TargetKind.CHANGE, value=-10)
    publish_plan(plan)
    assert "基準値から計算した値：90人当サイトの計算" in tight(read(client, PAGE))


def test_a_revised_target_keeps_the_earlier_one_with_date_and_reason(
    client: Client, plan: Plan, indicator: Indicator
) -> None:
    make_target(
        indicator, value=250, revision=1, reason="早く達成したため", decided_on=date(2022, 3, 1)
    )
    publish_plan(plan)
    text = tight(read(client, PAGE))
    assert "250人以上" in text
    assert "決定：令和4年3月1日。理由：早く達成したため改定前：200人以上" in text
    assert "目標令和11年度200人" not in tight(read(client, "/kita/sogo/"))


def test_a_correction_of_an_old_year_does_not_bring_back_its_targets(
    client: Client, plan: Plan, indicator: Indicator
) -> None:
    make_target(indicator, value=250, revision=1, reason="見直し", effective_from=2023)
    publish_year(plan, 2022)
    publish_year(plan, 2023)
    publish_year(plan, 2022, mark=Publication.Mark.CORRECTION, reason="誤植のため")
    assert "目標令和11年度250人以上" in tight(read(client, "/kita/sogo/"))


def test_half_years_are_named_and_do_not_replace_the_year(
    client: Client, plan: Plan, indicator: Indicator
) -> None:
    plan.label_mid_year = "9月末現在"
    plan.save()
    make_actual(indicator.series, 2022, 140)
    make_actual(indicator.series, 2023, 61, period=Period.MID_YEAR)
    publish_year(plan, 2022)
    publish_year(plan, 2023, Period.MID_YEAR)
    text = tight(read(client, "/kita/sogo/"))
    assert "実績令和4年度140人令和5年度9月末現在：61人" in text


def test_totals_are_shown_where_yearly_entries_add_up(client: Client, plan: Plan) -> None:
    series = make_series(plan.municipality, accumulation="sum", start_fiscal_year=2022)
    make_indicator(plan, series, code="1")
    make_actual(series, 2022, 40)
    make_actual(series, 2023, 25)
    publish_year(plan, 2022)
    publish_year(plan, 2023)
    text = tight(read(client, PAGE))
    assert "実績（累計）令和5年度65人" in text
    assert "令和5年度実績25人65人" in text


def test_the_chart_has_its_table_and_provisional_values_are_marked(
    client: Client, plan: Plan, indicator: Indicator
) -> None:
    make_break(indicator.series, 2023, reason="数え方が変わった")
    make_actual(indicator.series, 2022, 121)
    make_actual(indicator.series, 2023, 133, is_provisional=True)
    publish_year(plan, 2022)
    publish_year(plan, 2023)
    page = client.get(PAGE).content.decode()
    assert 'role="img"' in page
    text = tight(read(client, PAGE))
    assert "令和4年度実績121人" in text
    assert "令和5年度実績速報133人" in text
    assert "令和5年度：数え方が変わった" in text


def test_a_year_without_any_figure_has_no_chart_but_a_table(client: Client, plan: Plan) -> None:
    indicator = make_indicator(plan, code="1", baseline_status=BaselineStatus.UNAVAILABLE)
    make_actual(indicator.series, 2023, None, missing_reason=MissingReason.NOT_STATED)
    publish_year(plan)
    text = read(client, PAGE)
    assert "図にできる数値は公表されていません" in text
    assert "資料に記載なし" in text


def test_judgements_by_people_show_stage_body_and_reason(
    client: Client, plan: Plan, indicator: Indicator
) -> None:
    scheme = make_scheme(plan=plan)
    first, _second, last = scheme.bands.all()
    make_judgement(indicator, last, stage="1_first", reason="担当課の見方")
    make_judgement(indicator, first, stage="3_external", reason="順調", judged_by="評価委員会")
    make_judgement(indicator, last, stage="4_final", state=WorkState.DRAFT, reason="書きかけ")
    publish_year(plan)
    text = tight(read(client, PAGE))
    assert "外部評価A評価A理由：順調" in text
    assert "評価した組織：評価委員会" in text
    assert "担当課の見方" in text
    assert "書きかけ" not in text
    assert "評価令和5年度A評価A外部評価" in tight(read(client, "/kita/sogo/"))


def test_the_plan_counts_its_newest_judgements(client: Client, plan: Plan) -> None:
    good, _fair, poor = make_scheme(plan=plan).bands.all()
    for band in (good, good, poor):
        make_judgement(make_indicator(plan), band)
    make_judgement(make_indicator(plan), poor, fiscal_year=2022)
    publish_year(plan, 2022)
    publish_year(plan, 2023)
    assert "令和5年度の評価（人による判断）の内訳A評価A2指標B評価B0指標C評価C1指標" in tight(
        read(client, "/kita/sogo/")
    )


def test_sections_bear_their_names_of_that_time(client: Client, plan: Plan) -> None:
    old = make_department(plan.municipality, "企画課")
    between = make_department(plan.municipality, "政策課")
    new = make_department(plan.municipality, "未来課")
    make_succession(old, between, effective_on=date(2022, 4, 1))
    make_succession(between, new, effective_on=date(2024, 4, 1))
    indicator = make_indicator(plan, code="1", departments=[old])
    make_actual(indicator.series)
    publish_year(plan)
    assert "企画課（現：未来課）" in tight(read(client, PAGE))


def test_definition_basis_source_and_notes_are_told(client: Client, plan: Plan) -> None:
    series = make_series(
        plan.municipality,
        definition="数えた人の数",
        definition_by_site=True,
        basis="as_of_date",
        as_of_month=10,
        as_of_day=1,
        source="住民基本台帳",
        source_url="https://example.org/data",
    )
    make_indicator(plan, series, code="1", note="暫定の指標")
    publish_plan(plan)
    text = read(client, PAGE)
    assert "数えた人の数 当サイトによる要約" in text
    assert "10月1日現在の値" in text
    assert "住民基本台帳" in text
    assert "暫定の指標" in text
    assert 'href="https://example.org/data"' in client.get(PAGE).content.decode()


def test_an_indicator_that_left_the_plan_says_when_and_why(client: Client, plan: Plan) -> None:
    make_indicator(
        plan,
        code="1",
        last_fiscal_year=2021,
        life_reason=LifeReason.ABOLISHED,
        life_note="統計が終わったため",
    )
    publish_plan(plan)
    for path in (PAGE, "/kita/sogo/"):
        assert "令和3年度まで（廃止）。統計が終わったため" in read(client, path)


# --- Structure ---------------------------------------------------------------------------------


def test_every_level_has_its_page_and_its_way_back(client: Client, plan: Plan) -> None:
    goal = make_goal(plan, code="g", label="Ⅰ", title="安心なまち")
    field = make_field(goal, title="福祉分野")
    policy = make_policy(plan, code="p", label="1", title="支え合い", basic_goal=goal, field=field)
    measure = make_measure(plan, code="m", label="①", title="見守り", policy=policy)
    make_action(plan, title="声かけ", measure=measure)
    make_indicator(plan, make_series(plan.municipality), code="1", measure=measure)
    publish_plan(plan)
    text = read(client, "/kita/sogo/")
    for words in ("基本目標Ⅰ", "安心なまち", "福祉分野", "支え合い", "見守り", "取組1件"):
        assert words in tight(text)
    page = client.get(PAGE).content.decode()
    crumbs = re.search(r'<nav class="breadcrumbs.*?</nav>', page, re.DOTALL)
    assert crumbs is not None
    assert re.findall(r'href="([^"]+)"', crumbs[0]) == [
        "/",
        "/kita/",
        "/kita/sogo/",
        "/kita/sogo/goals/g/",
        "/kita/sogo/policies/p/",
        "/kita/sogo/measures/m/",
    ]
    assert "見守り" in read(client, "/kita/sogo/policies/p/")
    assert "支え合い" in read(client, "/kita/sogo/goals/g/")
    assert "声かけ" in read(client, "/kita/sogo/measures/m/")


def test_levels_without_a_name_get_none(client: Client, plan: Plan) -> None:
    plan.label_basic_goal = ""
    plan.save()
    make_goal(plan, code="g", label="1.", title="安心なまち")
    publish_plan(plan)
    assert "1. 安心なまち" in read(client, "/kita/sogo/goals/g/")
    assert "基本目標" not in read(client, "/kita/sogo/goals/g/")


def test_titles_say_where_they_come_from(client: Client, plan: Plan) -> None:
    plan.title_source = TitleSource.WORKING
    plan.stage = Plan.Stage.DRAFT
    plan.save()
    make_goal(plan, code="g", title="", title_source=TitleSource.MISSING)
    make_policy(plan, code="p", title="助け合い", title_source=TitleSource.SITE)
    publish_plan(plan)
    assert "きた市総合計画 仮題 素案" in read(client, "/kita/sogo/")
    assert "きた市総合計画 仮題 素案" in read(client, "/kita/")
    assert "（題名の記載なし）" in read(client, "/kita/sogo/goals/g/")
    assert "助け合い 当サイトによる要約" in read(client, "/kita/sogo/policies/p/")


def test_a_plan_links_only_to_published_relatives(client: Client, plan: Plan) -> None:
    make_plan(plan.municipality, "next", title="次期計画", predecessor=plan)
    other = make_plan(make_municipality("minami"), "other", title="みなみ市計画")
    make_related_plan(plan, title="となりの計画", linked_plan=other)
    make_related_plan(plan, title="まちの条例", kind="ordinance")
    publish_plan(plan)
    page = client.get("/kita/sogo/").content.decode()
    assert "次期計画" not in page
    assert "となりの計画" in page
    assert "/minami/other/" not in page
    assert "まちの条例 条例" in read(client, "/kita/sogo/")

    publish_plan(other)
    publish_plan(plan.successors.get())
    page = client.get("/kita/sogo/").content.decode()
    assert 'href="/kita/next/"' in page
    assert 'href="/minami/other/"' in page


def test_words_and_footnotes_are_explained(client: Client, plan: Plan) -> None:
    policy = make_policy(plan, code="p")
    make_term(plan, policy=policy, term="NPO", definition="")
    make_footnote(plan, policy=policy, mark="※2", text="平均値")
    publish_plan(plan)
    for path in ("/kita/sogo/", "/kita/sogo/policies/p/"):
        text = read(client, path)
        assert "NPO － データなし： 説明の記載なし" in text
        assert "※2 平均値" in text
        assert "対応する印は計画書に見当たりません" in text


# --- Reports -----------------------------------------------------------------------------------


@pytest.fixture
def measure(plan: Plan) -> Any:
    return make_measure(plan, code="m")


def test_rows_show_the_latest_published_report(client: Client, plan: Plan, measure: Any) -> None:
    plan.label_relisted = "再び掲載"
    plan.save()
    welfare, finance, health = (
        make_department(plan.municipality, name) for name in ("福祉課", "財政課", "健康課")
    )
    make_column(plan, "secret", label="内部の列", order=90, is_public=False)
    action = make_action(plan, measure=measure)
    owner = make_row(action, [welfare, finance])
    relisted = make_row(action, [health], order=2, is_relisted=True)
    checked = {"state": WorkState.CHECKED, "fiscal_year": 2023}
    make_report(owner, result="道を直した", extra={"secret": "言えない"}, **checked)
    make_report(relisted, result="", projects=["健診", "体操"], texts_by_site=True, **checked)
    publish_year(plan)
    make_report(owner, fiscal_year=2024, result="まだ言えない")
    text = tight(read(client, "/kita/sogo/measures/m/"))
    assert "福祉課、財政課令和5年度年度末実績の報告" in text
    assert "成果道を直した" in text
    assert "健康課再び掲載当サイトによる要約" in text
    assert "健診体操" in text
    assert "成果－データなし：記載なし" in text
    assert "言えない" not in text


def test_a_row_without_published_report_and_an_action_without_row_stay_visible(
    client: Client, plan: Plan, measure: Any
) -> None:
    section = make_department(plan.municipality, "福祉課")
    make_row(make_action(plan, measure=measure, title="行のある取組"), [section])
    make_action(plan, measure=measure, title="行のない取組")
    publish_plan(plan)
    text = read(client, "/kita/sogo/measures/m/")
    assert "福祉課 公表された報告はまだありません。" in text
    assert "行のない取組 進捗管理シートに、この取組の行はありません。" in text


@pytest.mark.parametrize("level", ["goals", "policies"])
def test_actions_hanging_higher_up_are_shown_there(client: Client, plan: Plan, level: str) -> None:
    if level == "goals":
        make_action(plan, title="じかの取組", basic_goal=make_goal(plan, code="x"))
    else:
        make_action(plan, title="じかの取組", policy=make_policy(plan, code="x"))
    publish_plan(plan)
    assert "じかの取組" in read(client, f"/kita/sogo/{level}/x/")
    assert "じかの取組" in read(client, "/kita/sogo/")


# --- Every page --------------------------------------------------------------------------------


def test_the_sample_town_is_marked_on_every_page_and_listed_apart(client: Client) -> None:
    town = make_municipality("mihon", name="みほん市", is_sample=True)
    plan = make_plan(town, "mirai")
    goal = make_goal(plan, code="g")
    make_indicator(plan, make_series(town), code="1", basic_goal=goal)
    publish_plan(plan)
    assert "見本の自治体 架空" in read(client, "/")
    for path in ("", "mirai/", "mirai/goals/g/", "mirai/indicators/1/"):
        page = client.get(f"/mihon/{path}").content.decode()
        assert "見本のページです。" in page
        assert "架空" in page


def test_a_page_has_title_description_and_canonical_address(
    client: Client, plan: Plan, indicator: Indicator
) -> None:
    publish_plan(plan)
    page = client.get(PAGE).content.decode()
    assert "<title>利用者数｜きた市総合計画｜きた市｜しるべ</title>" in page
    assert '<meta name="description" content="きた市「きた市総合計画」の指標「利用者数」' in page
    assert f'<link rel="canonical" href="http://testserver{PAGE}">' in page


def test_an_unchanged_page_is_answered_by_etag(client: Client, plan: Plan) -> None:
    publish_plan(plan)
    etag = client.get("/kita/sogo/").headers["ETag"]
    assert client.get("/kita/sogo/", headers={"if-none-match": etag}).status_code == 304
    plan.title = "新しい名前"
    plan.save()
    assert client.get("/kita/sogo/", headers={"if-none-match": etag}).status_code == 200


def test_years_are_printed_as_the_town_prints_them(client: Client, plan: Plan) -> None:
    plan.municipality.year_style = "both"
    plan.municipality.save()
    make_indicator(plan, code="1")
    publish_plan(plan)
    assert "基準値 令和元年度（2019年度）" in read(client, PAGE)
