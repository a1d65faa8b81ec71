"""The evaluation on the public pages: why, by whom, how it goes on, and only what may be seen."""

import pytest
from django.test import Client

from indicators.choices import BaselineStatus, Direction, MissingReason, TargetKind
from indicators.models import Indicator
from plans.choices import Period, Visibility
from plans.models import Plan

from .factories import (
    make_actual,
    make_indicator,
    make_judgement,
    make_scheme,
    make_series,
    make_target,
)
from .kita_plan import PAGE, TOP, judged_by_rule, make_kita_plan, make_users
from .public_pages import publish_year, read

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan() -> Plan:
    """With everything public and no rating scheme yet."""
    return make_kita_plan(
        show_computed_judgement=Visibility.PUBLIC, show_forecast=Visibility.PUBLIC
    )


@pytest.fixture
def indicator(plan: Plan) -> Indicator:
    return make_users(plan)


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
