"""The evaluation on the public pages: why, how many, as it was, and only what may be seen."""

import html
import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from indicators.choices import BaselineStatus, Direction, MissingReason, TargetKind
from indicators.models import Indicator
from plans.choices import Period, Visibility
from plans.models import Band, Plan, RatingScheme
from rounds.models import Publication
from rounds.record import publish

from .factories import (
    make_actual,
    make_goal,
    make_indicator,
    make_judgement,
    make_municipality,
    make_plan,
    make_policy,
    make_scheme,
    make_series,
    make_target,
)
from .shipped import loaded_for_module

pytestmark = pytest.mark.django_db
PLAN, PUBLIC = Publication.Kind.PLAN, Publication.Kind.PUBLIC
PAGE, TOP = "/kita/sogo/indicators/1/", "/kita/sogo/"
# symbol, label, tone, test, threshold, score
BANDS = [
    ("A", "達成", "good", "rate_at_least", 100, 3),
    ("B", "順調", "fair", "rate_at_least", 50, 1),
    ("C", "遅れ", "poor", "otherwise", None, 0),
]


def read(client: Client, path: str) -> str:
    """Return the main part of a page as text without any white space."""
    response = client.get(path)
    assert response.status_code == 200, path
    main = re.search(r"<main.*?</main>", response.content.decode(), re.DOTALL)
    assert main is not None
    return "".join(html.unescape(re.sub(r"<[^>]+>", " ", main[0])).split())


def judged_by_rule(plan: Plan, bands: Any = BANDS, **fields: Any) -> RatingScheme:
    """Give the plan a computed scheme: by default progress against the final target."""
    options = {"chosen_by_people": False, "formula": "progress", "name": "きた市の方式"}
    scheme = make_scheme(symbols="", plan=plan, **(options | fields))
    for order, (symbol, label, tone, test, threshold, score) in enumerate(bands, start=1):
        Band.objects.create(
            scheme=scheme,
            order=order,
            symbol=symbol,
            label=label,
            tone=tone,
            test=test,
            threshold=threshold,
            score=score,
        )
    return scheme


def publish_year(plan: Plan, year: int = 2023, period: str = "year_end", **options: Any) -> None:
    if not plan.publications.exists():
        publish(plan, PLAN, by=None)
    publish(plan, PUBLIC, by=None, fiscal_year=year, period=period, **options)


@pytest.fixture
def plan() -> Plan:
    """きた市総合計画 with everything public and no rating scheme yet."""
    return make_plan(
        make_municipality("kita", name="きた市"),
        "sogo",
        title="きた市総合計画",
        show_computed_judgement=Visibility.PUBLIC,
        show_forecast=Visibility.PUBLIC,
    )


@pytest.fixture
def indicator(plan: Plan) -> Indicator:
    """利用者数: 100人 in FY2019, 200人 promised for FY2029; code 1."""
    series = make_series(plan.municipality, name="利用者数")
    indicator = make_indicator(plan, series, code="1")
    make_target(indicator)
    return indicator


# --- Why this judgement ------------------------------------------------------------------------


def test_the_page_explains_formula_numbers_rule_and_rounding(
    client: Client, plan: Plan, indicator: Indicator
) -> None:
    judged_by_rule(plan)
    make_actual(indicator.series, 2023, 155)
    publish_year(plan)
    text = read(client, PAGE)
    assert "なぜこの評価か令和5年度計算による評価当サイトの計算B順調" in text
    assert "条件「率が50％以上」に当てはまります" in text
    assert (
        "進捗率＝（実績－基準値）÷（目標－基準値）×100（155－100）÷（200－100）×100＝55.0％" in text
    )
    assert "基準値（令和元年度）：100人" in text
    assert "目標（令和11年度）：200人以上" in text
    assert "実績（令和5年度）：155人" in text
    assert "最終目標と比べます" in text
    assert "率は小数第1位まで表示し、その下を四捨五入します。" in text
    assert "区分は、端数を処理する前の率で決めます。" in text
    assert "評価令和5年度B順調当サイトの計算" in read(client, TOP)


def test_truncation_and_bands_by_the_printed_rate_are_told(
    client: Client, plan: Plan, indicator: Indicator
) -> None:
    judged_by_rule(plan, rounding="truncate", decimals=0, bands_see_rounded=True)
    make_actual(indicator.series, 2023, "149.9")
    publish_year(plan)
    text = read(client, PAGE)
    assert "×100＝49％" in text
    assert "率は小数点以下を切り捨てて表示します。" in text
    assert "区分は、表示する率（端数を処理した後の率）で決めます。" in text
    assert "計算による評価当サイトの計算C遅れ" in text


def test_negative_figures_are_spoken_within_the_formula(
    client: Client, plan: Plan, indicator: Indicator
) -> None:
    judged_by_rule(plan)
    make_actual(indicator.series, 2023, -20)
    publish_year(plan)
    text = read(client, PAGE)
    assert "（（▲マイナス20）－100）÷（200－100）×100＝▲マイナス120.0％" in text


def test_the_years_own_target_is_named_as_such(
    client: Client, plan: Plan, indicator: Indicator
) -> None:
    judged_by_rule(plan, basis="year_target", formula="achievement")
    make_target(indicator, 2023, 140)
    make_actual(indicator.series, 2023, 70)
    publish_year(plan)
    text = read(client, PAGE)
    assert "達成率＝実績÷目標×10070÷140×100＝50.0％" in text
    assert "その年度の目標（令和5年度）：140人以上" in text
    assert "その年度の目標（中間の目標）と比べます" in text


def test_the_straight_line_shows_the_level_expected(client: Client, plan: Plan) -> None:
    judged_by_rule(plan, basis="year_target", formula="achievement")
    indicator = make_indicator(plan, code="1", baseline_fiscal_year=2020)
    make_target(indicator, 2025, 200)
    make_actual(indicator.series, 2022, 135)
    publish_year(plan, 2022)
    text = read(client, PAGE)
    assert "この年度に見込まれる水準（令和4年度）：140人" in text
    assert "経過した年数：5年のうち2年（2／5）" in text
    assert "135÷140×100＝96.4％" in text


def test_a_level_without_an_end_is_printed_so_that_it_can_be_reckoned_again(
    client: Client, plan: Plan
) -> None:
    judged_by_rule(plan, basis="year_target", formula="achievement")
    indicator = make_indicator(plan, code="1", baseline_fiscal_year=2020)
    make_target(indicator, 2026, 200)
    make_actual(indicator.series, 2021, 135)
    publish_year(plan, 2021)
    assert "135÷116.6667×100＝115.7％" in read(client, PAGE)


def test_pro_rata_divides_by_the_share_of_the_years(client: Client, plan: Plan) -> None:
    judged_by_rule(plan, basis="pro_rata")
    indicator = make_indicator(plan, code="1", baseline_fiscal_year=2020)
    make_target(indicator, 2025, 200)
    make_actual(indicator.series, 2022, 135)
    publish_year(plan, 2022)
    text = read(client, PAGE)
    assert "35.0％÷（2／5）＝87.5％" in text
    assert "計算による評価当サイトの計算B順調" in text


def test_the_target_divided_by_the_actual_is_said_where_less_is_better(
    client: Client, plan: Plan
) -> None:
    judged_by_rule(plan, formula="achievement")
    indicator = make_indicator(plan, code="1", direction=Direction.FALLING)
    make_target(indicator, value=40, kind=TargetKind.AT_MOST)
    make_actual(indicator.series, 2023, 50)
    publish_year(plan)
    assert "達成率＝目標÷実績×100（減らす目標のため）40÷50×100＝80.0％" in read(client, PAGE)


def test_met_without_a_rate_is_the_top_class_and_says_so(client: Client, plan: Plan) -> None:
    judged_by_rule(plan, met_counts_as_top=True)
    indicator = make_indicator(plan, code="1", baseline_status=BaselineStatus.UNAVAILABLE)
    make_target(indicator)
    make_actual(indicator.series, 2023, 210)
    publish_year(plan)
    text = read(client, PAGE)
    assert "A達成率は計算できません（基準値なし）が、目標を達成したため最上位の区分" in text


def test_an_unrated_year_gives_its_reason_and_where_the_rule_stopped(
    client: Client, plan: Plan
) -> None:
    judged_by_rule(plan)
    indicator = make_indicator(plan, code="1", baseline_status=BaselineStatus.UNAVAILABLE)
    make_target(indicator)
    make_actual(indicator.series, 2023, 150)
    publish_year(plan)
    text = read(client, PAGE)
    assert "－評価なし評価できない理由：基準値なし" in text
    assert "区分の条件「率が100％以上」を確かめる値がないため" in text
    assert "－評価なし当サイトの計算基準値なし" in read(client, TOP)


def test_an_unknown_direction_is_not_judged(client: Client, plan: Plan) -> None:
    judged_by_rule(plan)
    indicator = make_indicator(plan, code="1", direction=Direction.UNKNOWN)
    make_target(indicator, kind=TargetKind.UNSPECIFIED)
    make_actual(indicator.series, 2023, 150)
    publish_year(plan)
    assert "評価できない理由：向きの記載なし" in read(client, PAGE)


def test_the_latest_value_is_shown_with_its_year(
    client: Client, plan: Plan, indicator: Indicator
) -> None:
    judged_by_rule(plan, no_value="latest")
    make_actual(indicator.series, 2022, 160)
    make_actual(indicator.series, 2023, None, missing_reason=MissingReason.NO_SURVEY)
    publish_year(plan, 2022)
    publish_year(plan, 2023)
    text = read(client, PAGE)
    assert "実績（令和4年度）：160人この年度の値がないため、直近の値によります。" in text


def test_the_middle_of_a_year_is_not_judged(
    client: Client, plan: Plan, indicator: Indicator
) -> None:
    judged_by_rule(plan)
    make_actual(indicator.series, 2023, 160, period=Period.MID_YEAR)
    publish_year(plan, period="mid_year")
    assert "なぜこの評価か" not in read(client, PAGE)


# --- People and the rule -----------------------------------------------------------------------


def test_people_come_first_and_both_reasons_stand_where_they_differ(
    client: Client, plan: Plan, indicator: Indicator
) -> None:
    bands = judged_by_rule(plan).bands.all()
    make_actual(indicator.series, 2023, 155)
    make_judgement(indicator, bands[1], stage="1_first", reason="順調とみた")
    make_judgement(
        indicator, bands[2], stage="3_external", reason="質が落ちた", judged_by="評価委員会"
    )
    publish_year(plan)
    text = read(client, PAGE)
    assert "人による評価と計算による評価が異なります" in text
    assert "有効な評価外部評価C遅れ理由：質が落ちた評価した組織：評価委員会" in text
    assert (
        text.index("有効な評価") < text.index("順調とみた") < text.index("計算による評価当サイト")
    )
    assert "計算による評価当サイトの計算B順調条件「率が50％以上」に当てはまります" in text
    assert "評価令和5年度C遅れ外部評価" in read(client, TOP)


def test_where_people_agree_nothing_is_said_to_differ(
    client: Client, plan: Plan, indicator: Indicator
) -> None:
    bands = judged_by_rule(plan).bands.all()
    make_actual(indicator.series, 2023, 155)
    make_judgement(indicator, bands[1])
    publish_year(plan)
    assert "異なります" not in read(client, PAGE)


def test_a_scheme_people_choose_by_explains_no_computation(
    client: Client, plan: Plan, indicator: Indicator
) -> None:
    make_judgement(indicator, make_scheme(plan=plan).bands.first())
    make_actual(indicator.series, 2023, 155)
    publish_year(plan)
    text = read(client, PAGE)
    assert "計算による評価" not in text
    assert "有効な評価一次評価A評価A" in text


# --- Against the year before, and on at this pace ----------------------------------------------


@pytest.mark.parametrize(
    ("direction", "kind", "now", "words"),
    [
        (Direction.RISING, TargetKind.AT_LEAST, 160, "↗改善"),
        (Direction.RISING, TargetKind.AT_LEAST, 150, "→横ばい"),
        (Direction.RISING, TargetKind.AT_LEAST, 140, "↘悪化"),
        (Direction.FALLING, TargetKind.AT_MOST, 140, "↗改善"),
        (Direction.FALLING, TargetKind.AT_MOST, 160, "↘悪化"),
    ],
)
def test_the_trend_is_told_by_better_and_worse(
    client: Client, plan: Plan, direction: str, kind: str, now: int, words: str
) -> None:
    indicator = make_indicator(plan, code="1", direction=direction)
    make_target(indicator, kind=kind)
    make_actual(indicator.series, 2022, 150)
    make_actual(indicator.series, 2023, now)
    publish_year(plan)
    for path in (TOP, PAGE):
        assert f"前年度との比較令和5年度{words}" in read(client, path)


def test_the_page_says_why_there_is_no_trend(
    client: Client, plan: Plan, indicator: Indicator
) -> None:
    make_actual(indicator.series, 2023, 155)
    publish_year(plan)
    assert "前年度との比較令和5年度－データなし：前年度の値なし" in read(client, PAGE)
    assert "前年度との比較" not in read(client, TOP)


@pytest.mark.parametrize(
    ("per_year", "value", "words"),
    [(10, "200人", "届く見込み"), (5, "150人", "届かない見込み")],
)
def test_the_forecast_gives_value_year_method_and_whether_it_meets(
    client: Client, plan: Plan, indicator: Indicator, per_year: int, value: str, words: str
) -> None:
    for year in (2021, 2022, 2023):
        make_actual(indicator.series, year, 100 + per_year * (year - 2019))
    publish_year(plan)
    text = read(client, PAGE)
    assert f"このペースだと令和11年度に{value}になる見込みです。目標（200人以上）に{words}" in text
    assert "最小二乗法" in text
    assert "令和元年度、令和3年度、令和4年度、令和5年度" in text
    assert f"このペースだと令和11年度当サイトの計算{value}（目標に{words}）" in read(client, TOP)


def test_without_a_forecast_the_page_says_why(
    client: Client, plan: Plan, indicator: Indicator
) -> None:
    make_actual(indicator.series, 2023, 155)
    publish_year(plan)
    assert "見通しを計算していません（比べられる値が3年分未満）" in read(client, PAGE)
    assert "このペースだと" not in read(client, TOP)


# --- What is not public ------------------------------------------------------------------------


@pytest.fixture
def everything(plan: Plan, indicator: Indicator) -> Plan:
    """Rate 40 %, computed C, better than the year before, 200人 forecast, judged B by people."""
    bands = judged_by_rule(plan).bands.all()
    for year in (2021, 2022, 2023):
        make_actual(indicator.series, year, 100 + 10 * (year - 2019))
    make_judgement(indicator, bands[1], reason="事情による")
    other = make_indicator(plan, make_series(plan.municipality, name="ほかの指標"), code="2")
    make_target(other)
    make_actual(other.series, 2023, 110)
    return plan


PATHS = (TOP, PAGE, f"{TOP}indicators/2/", f"{TOP}years/2023/", "/kita/")
TRACES = {
    "show_rates": ("40.0", "10.0％", "10.0%", "進捗率令和5年度", "達成率"),
    "show_computed_judgement": (
        "C遅れ当サイトの計算", "計算による評価", "なぜこの評価か", "改善", "きた市の方式",
        "率が50％以上", "前年度との比較", "評価した指標2／2",
    ),
    "show_forecast": ("このペースだと", "見通し", "最小二乗法", "見込み"),
}  # fmt: skip


@pytest.mark.parametrize("shown", [Visibility.OFF, Visibility.INTERNAL])
@pytest.mark.parametrize("name", TRACES)
def test_what_is_internal_or_off_leaves_no_trace(
    client: Client, everything: Plan, name: str, shown: str
) -> None:
    setattr(everything, name, shown)
    everything.save()
    publish_year(everything)
    for path in PATHS:
        text = read(client, path)
        assert [trace for trace in TRACES[name] if trace in text] == [], path
    assert "有効な評価一次評価B順調理由：事情による" in read(client, PAGE)


@pytest.mark.parametrize("name", TRACES)
def test_what_is_public_is_shown_and_only_that(client: Client, everything: Plan, name: str) -> None:
    for other in TRACES:
        setattr(everything, other, Visibility.PUBLIC if other == name else Visibility.INTERNAL)
    everything.save()
    publish_year(everything)
    text = "".join(read(client, path) for path in PATHS)
    assert any(trace in text for trace in TRACES[name])
    for other in TRACES.keys() - {name}:
        assert [trace for trace in TRACES[other] if trace in text] == []
    assert "評価令和5年度B順調一次評価" in text


def test_a_decision_to_hide_holds_for_what_was_published_before(
    client: Client, everything: Plan
) -> None:
    publish_year(everything)
    assert "なぜこの評価か" in read(client, PAGE)
    everything.show_computed_judgement = Visibility.INTERNAL
    everything.save()
    assert "なぜこの評価か" not in read(client, PAGE)


# --- Roll-up -----------------------------------------------------------------------------------


def add(plan: Plan, value: int | None, **fields: Any) -> Indicator:
    indicator = make_indicator(plan, **fields)
    make_target(indicator)
    if value is not None:
        make_actual(indicator.series, 2023, value)
    return indicator


def test_a_plan_is_rolled_up_with_its_denominators(client: Client, plan: Plan) -> None:
    bands = judged_by_rule(plan).bands.all()
    for value in (200, 160, 210):
        add(plan, value)
    make_judgement(add(plan, 250), bands[1], reason="質を見て")
    add(plan, None)
    add(plan, None, first_fiscal_year=2025)
    publish_year(plan)
    text = read(client, TOP)
    assert (
        "令和5年度の評価の内訳当サイトの計算（計算による評価3指標、人による評価1指標）"
        "A達成2指標B順調2指標C遅れ0指標"
        "評価した指標4／5（評価なし：実績値なし1）。"
        "点数の平均2.00点（4指標の平均）。実績のある指標4／5（80.0%）。"
        "評価方式：きた市の方式。"
    ) in text
    assert "令和5年度の評価A達成2、B順調2、C遅れ0、評価した指標4／5当サイトの計算" in read(
        client, "/kita/"
    )


def test_goals_and_policies_count_their_own_indicators(client: Client, plan: Plan) -> None:
    judged_by_rule(plan)
    goal, other = make_goal(plan, code="g"), make_goal(plan, code="h")
    policy = make_policy(plan, code="p", basic_goal=goal)
    add(plan, 200, basic_goal=goal)
    add(plan, 110, policy=policy)
    add(plan, 120, basic_goal=other)
    publish_year(plan)
    assert "A達成1指標B順調0指標C遅れ1指標評価した指標2／2" in read(client, f"{TOP}goals/g/")
    assert "A達成0指標B順調0指標C遅れ1指標評価した指標1／1" in read(client, f"{TOP}policies/p/")
    assert "A達成1指標B順調0指標C遅れ2指標評価した指標3／3" in read(client, TOP)


def test_without_any_public_judgement_only_the_share_reported_is_counted(
    client: Client, plan: Plan
) -> None:
    plan.show_computed_judgement = Visibility.INTERNAL
    plan.save()
    judged_by_rule(plan)
    add(plan, 200)
    add(plan, None)
    publish_year(plan)
    text = read(client, TOP)
    assert "令和5年度の実績のある指標1／2（50.0%）。" in text
    assert "内訳" not in text
    assert "令和5年度の実績実績のある指標1／2" in read(client, "/kita/")


def test_classes_renamed_since_are_counted_as_they_were_published(
    client: Client, plan: Plan
) -> None:
    scheme = judged_by_rule(plan)
    add(plan, 200)
    publish_year(plan)
    scheme.bands.filter(symbol="A").update(label="すばらしい")
    text = read(client, TOP)
    assert "A達成1指標" in text
    assert "すばらしい" not in text


# --- The year switch ---------------------------------------------------------------------------


def test_a_past_year_is_shown_as_it_was_published(
    client: Client, plan: Plan, indicator: Indicator
) -> None:
    judged_by_rule(plan)
    make_target(indicator, 2022, 130)
    make_actual(indicator.series, 2022, 155)
    publish_year(plan, 2022, note="8月末の集計")
    make_actual(indicator.series, 2023, 177)
    indicator.name = "あたらしい名称"
    indicator.save()
    indicator.targets.filter(fiscal_year=2029).update(value=Decimal(300))
    publish_year(plan, 2023)
    response = client.get(f"{TOP}years/2022/")
    assert "<title>令和4年度の公表｜きた市総合計画｜きた市" in response.content.decode()
    text = read(client, f"{TOP}years/2022/")
    assert "利用者数実績令和4年度155人目標令和4年度130人以上目標令和11年度200人以上" in text
    assert "進捗率令和4年度当サイトの計算55.0%" in text
    assert "評価令和4年度B順調当サイトの計算" in text
    assert "A達成0指標B順調1指標C遅れ0指標評価した指標1／1" in text
    assert "令和4年度年度末実績確定" in text
    assert "8月末の集計" in text
    for later in ("177", "300人", "あたらしい名称"):
        assert later not in text


def test_a_corrected_year_shows_mark_reason_and_the_new_figure(
    client: Client, plan: Plan, indicator: Indicator
) -> None:
    actual = make_actual(indicator.series, 2022, 155)
    publish_year(plan, 2022)
    actual.value = Decimal(144)
    actual.save()
    publish_year(plan, 2022, mark=Publication.Mark.CORRECTION, reason="集計漏れのため")
    text = read(client, f"{TOP}years/2022/")
    assert "年度末実績訂正" in text
    assert "理由集計漏れのため" in text
    assert "144人" in text
    assert "155" not in text


def test_the_years_end_stands_for_a_year_else_what_was_expected_else_its_middle(
    client: Client, plan: Plan, indicator: Indicator
) -> None:
    for period, value in (("mid_year", 111), ("forecast", 122), ("year_end", 133)):
        make_actual(indicator.series, 2023, value, period=period)
        publish_year(plan, 2023, period)
        assert f"{value}人" in read(client, f"{TOP}years/2023/")
    assert "111人" not in read(client, f"{TOP}years/2023/")


def test_the_plan_links_its_years_and_each_year_leads_back(
    client: Client, plan: Plan, indicator: Indicator
) -> None:
    publish_year(plan, 2022)
    publish_year(plan, 2023)
    body = client.get(TOP).content.decode()
    assert [f'href="{TOP}years/{year}/"' in body for year in (2022, 2023)] == [True, True]
    body = client.get(f"{TOP}years/2022/").content.decode()
    assert '<span aria-current="page">令和4年度</span>' in body
    assert f'href="{TOP}years/2023/"' in body
    assert f'href="{TOP}"' in body


def test_years_that_are_not_public_are_not_there(client: Client, plan: Plan) -> None:
    publish_year(plan, 2022)
    publish(plan, Publication.Kind.COUNCIL, by=None, fiscal_year=2023, period="year_end")
    publish_year(plan, 2024, effective_at=timezone.now() + timedelta(days=1))
    for year in ("2021", "2023", "2024", "0", "99999999"):
        assert client.get(f"{TOP}years/{year}/").status_code == 404, year
    assert client.get("/kita/nothing/years/2022/").status_code == 404


# --- The plans that are shipped ----------------------------------------------------------------


@pytest.fixture(scope="module")
def shipped(django_db_setup: None, django_db_blocker: Any) -> Iterator[Client]:
    """A client on the plans of fixtures/, loaded once and rolled back in the end."""
    with loaded_for_module(django_db_blocker):
        yield Client()


def test_konans_six_rates_stand_without_any_class(shipped: Client) -> None:
    text = read(shipped, "/konan/sogo/")
    rates = re.findall(r"進捗率令和3年度当サイトの計算(▲?)(?:マイナス)?([\d.]+)%", text)
    assert ["".join(rate) for rate in rates] == [
        "▲122.1", "▲925.0", "8.1", "61.9", "145.1", "76.9",
    ]  # fmt: skip
    year = read(shipped, "/konan/sogo/years/2021/")
    for page in (text, year):
        assert "実績のある指標6／6" in page
        for trace in ("内訳", "改善", "悪化", "このペースだと", "評価令和3年度"):
            assert trace not in page


def test_gunmas_third_ict_plan_counts_four_six_and_one(shipped: Client) -> None:
    counts = "達成4指標前進6指標後退1指標評価した指標11／11。実績のある指標0／11（0.0%）"
    for path in ("/gunma/ict-3/", "/gunma/ict-3/years/2015/"):
        text = read(shipped, path)
        assert f"平成27年度の評価（人による判断）の内訳{counts}" in text
        assert "当サイトの計算" not in text
    assert "達成4、前進6、後退1、評価した指標11／11" in read(shipped, "/gunma/")


def test_gunmas_fourth_ict_plan_keeps_the_counts_of_the_year_it_was_judged(
    shipped: Client,
) -> None:
    assert "平成29年度の評価（人による判断）の内訳" in read(shipped, "/gunma/ict-4/")


def test_isesaki_has_no_results_and_therefore_neither_years_nor_judgements(
    shipped: Client,
) -> None:
    text = read(shipped, "/isesaki/sogo/")
    assert "公表された実績はまだありません" in text
    for trace in ("年度ごとに", "内訳", "実績のある指標", "評価令和"):
        assert trace not in text


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("1-1-1", "人による評価と計算による評価が異なります"),
        ("0-1", "率は計算できません（基準値なし）が、目標を達成したため最上位の区分"),
        ("3-2-5", "評価できない理由：向きの記載なし"),
        ("1-1-4", "評価できない理由：数値でない目標"),
        ("3-1-3", "評価できない理由：対象期間不明"),
        ("1-2-1", "評価できない理由：定義の変更"),
    ],
)
def test_the_sample_plan_shows_every_kind_of_verdict(
    shipped: Client, code: str, words: str
) -> None:
    text = read(shipped, f"/mihon/mirai/indicators/{code}/")
    assert "なぜこの評価か" in text
    assert words in text


def test_the_sample_strategy_keeps_its_computed_classes_to_itself(shipped: Client) -> None:
    text = read(shipped, "/mihon/senryaku/") + read(shipped, "/mihon/senryaku/indicators/s-4/")
    for trace in ("なぜこの評価か", "このペースだと", "80・50", "改善", "A達成"):
        assert trace not in text
