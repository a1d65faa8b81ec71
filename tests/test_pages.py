"""What citizens see, page by page, and what they must not see."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from indicators.choices import Revision
from indicators.models import Indicator
from indicators.record import record_actual
from plans.choices import TitleSource, WorkState
from plans.models import Plan
from rounds.models import Publication
from rounds.published import current_publications

from .factories import (
    make_action,
    make_actual,
    make_column,
    make_department,
    make_field,
    make_footnote,
    make_goal,
    make_indicator,
    make_measure,
    make_municipality,
    make_plan,
    make_policy,
    make_related_plan,
    make_report,
    make_row,
    make_series,
    make_term,
)
from .kita_plan import PAGE, make_kita_plan, make_users
from .public_pages import publish_plan, publish_year, read, read_spaced

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan() -> Plan:
    return make_kita_plan(label_basic_goal="基本目標")


@pytest.fixture
def indicator(plan: Plan) -> Indicator:
    return make_users(plan)


# --- What does not exist for citizens ----------------------------------------------------------


def test_an_unpublished_plan_and_its_town_are_not_there(client: Client, plan: Plan) -> None:
    assert "きた市" not in read_spaced(client, "/")
    for path in ("/kita/", "/kita/sogo/", "/nowhere/", "/kita/nothing/"):
        assert client.get(path).status_code == 404


def test_a_plan_appears_when_its_time_has_come(client: Client, plan: Plan) -> None:
    publish_plan(plan, effective_at=timezone.now() + timedelta(days=1))
    assert client.get("/kita/sogo/").status_code == 404
    publish_plan(plan)
    assert "きた市" in read_spaced(client, "/")
    assert "きた市総合計画" in read_spaced(client, "/kita/")
    assert "きた市総合計画" in read_spaced(client, "/kita/sogo/")


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
    assert "あとから" not in read_spaced(client, "/kita/sogo/")
    assert client.get("/kita/sogo/indicators/9/").status_code == 404


def test_council_copies_and_working_values_are_not_shown(
    client: Client, plan: Plan, indicator: Indicator
) -> None:
    make_actual(indicator.series, 2023, 155)
    publish_year(plan, kind=Publication.Kind.COUNCIL)
    make_actual(indicator.series, 2022, 133)
    text = read_spaced(client, PAGE) + read_spaced(client, "/kita/sogo/")
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
    assert "155人" in read(client, PAGE)
    assert "177" not in read_spaced(client, PAGE)

    publish_year(plan, mark=Publication.Mark.CORRECTION, reason="集計漏れがあったため")
    text = read(client, PAGE)
    assert "実績令和5年度177人訂正" in text
    assert "集計漏れがあったため" in text
    assert "公表した値：155人" in text


def test_the_record_of_publications_keeps_what_was_replaced_and_why(
    client: Client, plan: Plan
) -> None:
    publish_year(plan)
    publish_year(plan, mark=Publication.Mark.CORRECTION, reason="誤植のため")
    publish_year(plan, kind=Publication.Kind.COUNCIL, note="議会だけの注記")
    publish_year(plan)
    text = read(client, "/kita/sogo/")
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
        assert words in text
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
    assert "見守り" in read_spaced(client, "/kita/sogo/policies/p/")
    assert "支え合い" in read_spaced(client, "/kita/sogo/goals/g/")
    assert "声かけ" in read_spaced(client, "/kita/sogo/measures/m/")


def test_levels_without_a_name_get_none(client: Client, plan: Plan) -> None:
    plan.label_basic_goal = ""
    plan.save()
    make_goal(plan, code="g", label="1.", title="安心なまち")
    publish_plan(plan)
    assert "1. 安心なまち" in read_spaced(client, "/kita/sogo/goals/g/")
    assert "基本目標" not in read_spaced(client, "/kita/sogo/goals/g/")


def test_titles_say_where_they_come_from(client: Client, plan: Plan) -> None:
    plan.title_source = TitleSource.WORKING
    plan.stage = Plan.Stage.DRAFT
    plan.save()
    make_goal(plan, code="g", title="", title_source=TitleSource.MISSING)
    make_policy(plan, code="p", title="助け合い", title_source=TitleSource.SITE)
    publish_plan(plan)
    assert "きた市総合計画 仮題 素案" in read_spaced(client, "/kita/sogo/")
    assert "きた市総合計画 仮題 素案" in read_spaced(client, "/kita/")
    assert "（題名の記載なし）" in read_spaced(client, "/kita/sogo/goals/g/")
    assert "助け合い 当サイトによる要約" in read_spaced(client, "/kita/sogo/policies/p/")


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
    assert "まちの条例 条例" in read_spaced(client, "/kita/sogo/")

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
        text = read_spaced(client, path)
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
    text = read(client, "/kita/sogo/measures/m/")
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
    text = read_spaced(client, "/kita/sogo/measures/m/")
    assert "福祉課 公表された報告はまだありません。" in text
    assert "行のない取組 進捗管理シートに、この取組の行はありません。" in text


@pytest.mark.parametrize("level", ["goals", "policies"])
def test_actions_hanging_higher_up_are_shown_there(client: Client, plan: Plan, level: str) -> None:
    if level == "goals":
        make_action(plan, title="じかの取組", basic_goal=make_goal(plan, code="x"))
    else:
        make_action(plan, title="じかの取組", policy=make_policy(plan, code="x"))
    publish_plan(plan)
    assert "じかの取組" in read_spaced(client, f"/kita/sogo/{level}/x/")
    assert "じかの取組" in read_spaced(client, "/kita/sogo/")


# --- Every page --------------------------------------------------------------------------------


def test_the_sample_town_is_marked_on_every_page_and_listed_apart(client: Client) -> None:
    town = make_municipality("mihon", name="みほん市", is_sample=True)
    plan = make_plan(town, "mirai")
    goal = make_goal(plan, code="g")
    make_indicator(plan, make_series(town), code="1", basic_goal=goal)
    publish_plan(plan)
    assert "見本の自治体 架空" in read_spaced(client, "/")
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
    assert "基準値 令和元年度（2019年度）" in read_spaced(client, PAGE)
