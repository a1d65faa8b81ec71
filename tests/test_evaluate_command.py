"""`manage.py evaluate`: a plan's fiscal year in a terminal, as CSV and as JSON."""

import unicodedata
from typing import Any

import pytest
from django.core.management import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from exchange.evaluation_terminal import padded, width
from indicators.choices import Direction, Stage, TargetKind
from municipalities.cells import neutral
from plans.models import Plan, RatingScheme

from .bench.data import make_large_plan
from .evaluate_command import by_code, document, evaluate, lines_of
from .factories import (
    make_actual,
    make_indicator,
    make_judgement,
    make_municipality,
    make_plan,
    make_scheme,
    make_series,
    make_target,
)
from .public_pages import publish_year

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan() -> Plan:
    """きた市's plan, FY2020 to FY2029, with A to C by progress in FY2023."""
    plan = make_plan(make_municipality("kita", name="きた市"), "sogo")
    scheme = make_scheme(
        plan=plan, symbols="ABC", chosen_by_people=False, formula=RatingScheme.Formula.PROGRESS
    )
    for band, threshold in zip(scheme.bands.all(), (100, 50, None), strict=True):
        band.test = "otherwise" if threshold is None else "rate_at_least"
        band.threshold, band.score = threshold, 6 - band.order
        band.save()
    return plan


def sogo(*arguments: str) -> dict[str, dict[str, Any]]:
    """Return the indicators of きた市's plan in FY2023."""
    return by_code("kita", "sogo", *arguments, fiscal_year="R5")


# --- One indicator ----------------------------------------------------------------------------


def test_zero_is_a_value_and_what_is_missing_has_a_reason(plan: Plan) -> None:
    zero = make_indicator(plan, code="zero", baseline_value=3, direction=Direction.FALLING)
    make_target(zero, value=0, kind=TargetKind.AT_MOST)
    make_actual(zero.series, value=0)
    empty = make_indicator(plan, code="empty", baseline_status="not_started")
    make_target(empty)
    untold = make_indicator(plan, code="untold")
    make_actual(untold.series, value=None, missing_reason="withheld")
    found = sogo()
    assert found["zero"]["actual"]["value"] == "0"
    assert found["zero"]["target"]["value"] == "0"
    assert found["zero"]["rate"]["value"] == "100.0"
    assert found["empty"]["baseline"]["reason_label"] == "計測開始前"
    assert found["empty"]["actual"]["reason_label"] == "実績値なし"
    assert found["empty"]["actual"]["state"] is None
    assert found["untold"]["actual"]["reason_label"] == "非公表"
    assert found["untold"]["target"] == {
        "kind": None,
        "value": None,
        "lower": None,
        "upper": None,
        "tolerance": None,
        "text": "",
        "fiscal_year": None,
        "reason": "no_target",
        "reason_label": "目標値なし",
    }
    line = {line["コード"]: line for line in lines_of("kita", "sogo", fiscal_year="R5")}["zero"]
    assert (line["目標"], line["実績値"], line["率（％）"]) == ("0", "0", "100.0")


def test_a_rate_is_printed_rounded_and_kept_exact(plan: Plan) -> None:
    indicator = make_indicator(plan, code="i", baseline_value=0)
    make_target(indicator, value=300)
    make_actual(indicator.series, value=100)
    rate = sogo()["i"]["rate"]
    assert (rate["formula"], rate["value"], rate["exact"]) == ("progress", "33.3", "100/3")


def test_people_go_before_the_computation_and_both_are_shown(plan: Plan) -> None:
    indicator = make_indicator(plan, code="i")
    make_target(indicator)
    make_actual(indicator.series, value=160)
    bands = plan.schemes.first().scheme.bands
    make_judgement(indicator, bands.get(symbol="B"))
    make_judgement(
        indicator,
        bands.get(symbol="A"),
        stage=Stage.EXTERNAL,
        state="draft",
        reason="前倒しで進んでいる",
    )
    found = sogo()["i"]
    assert found["computed"]["symbol"] == "B"
    assert [judged["stage"] for judged in found["people"]] == ["一次評価", "外部評価"]
    assert (found["valid"]["symbol"], found["valid"]["by"]) == ("A", "people")
    assert "A 評価A（外部評価、入力中）" in evaluate("kita", "sogo", fiscal_year="R5")
    (line,) = lines_of("kita", "sogo", fiscal_year="R5")
    assert line["有効な評価の記号"] == "A"
    assert line["計算による評価の記号"] == "B"
    assert line["人の評価の段階"] == "外部評価"
    assert line["人の評価の理由"] == "前倒しで進んでいる"


def test_the_straight_line_stands_beside_the_target(plan: Plan) -> None:
    RatingScheme.objects.update(basis=RatingScheme.Basis.YEAR_TARGET)
    indicator = make_indicator(plan, code="i", baseline_fiscal_year=2020)
    make_target(indicator, 2025, 200)
    make_actual(indicator.series, 2022, 135)
    compared = by_code("kita", "sogo", fiscal_year="2022")["i"]["compared"]
    assert (compared["against"], compared["expected"]["value"]) == ("line", "140")
    assert compared["elapsed"] == [2, 5]
    assert "直線 140：87.5%" in evaluate("kita", "sogo", fiscal_year="2022")


def test_pro_rata_shows_the_years(plan: Plan) -> None:
    RatingScheme.objects.update(basis=RatingScheme.Basis.PRO_RATA)
    indicator = make_indicator(plan, code="i", baseline_fiscal_year=2020)
    make_target(indicator, 2025, 200)
    make_actual(indicator.series, 2022, 135)
    found = by_code("kita", "sogo", fiscal_year="2022")["i"]
    assert (found["rate"]["value"], found["compared"]["rate"]["value"]) == ("35.0", "87.5")
    assert "経過年数 2/5：87.5%" in evaluate("kita", "sogo", fiscal_year="2022")


def test_an_earlier_value_is_shown_with_its_year_and_not_reported(plan: Plan) -> None:
    RatingScheme.objects.update(no_value=RatingScheme.NoValue.LATEST)
    indicator = make_indicator(plan, code="i")
    make_target(indicator)
    make_actual(indicator.series, 2021, 160)
    make_actual(indicator.series, 2023, None, missing_reason="no_survey")
    found = document("kita", "sogo", fiscal_year="R5")
    actual = found["indicators"][0]["actual"]
    assert (actual["value"], actual["fiscal_year"]) == ("160", 2021)
    assert found["roll_up"]["reported"] == 0
    assert "160人(R3)" in evaluate("kita", "sogo", fiscal_year="R5")


def test_the_middle_of_a_year_is_shown_and_not_judged(plan: Plan) -> None:
    indicator = make_indicator(plan, code="i", baseline_value=0)
    make_target(indicator, value=100)
    make_actual(indicator.series, 2023, 60, period="mid_year")
    found = sogo("--period=mid_year")["i"]
    assert found["actual"]["value"] == "60"
    assert found["rate"]["value"] is None
    assert found["computed"]["reason"] == "mid_year_only"
    publish_year(plan, period="mid_year")
    printed = sogo("--period=mid_year", "--published")["i"]
    assert printed["actual"]["value"] == "60"
    assert printed["computed"]["reason"] == "mid_year_only"


def test_a_sum_with_a_gap_is_no_figure(plan: Plan) -> None:
    series = make_series(plan.municipality, accumulation="sum", start_fiscal_year=2021)
    make_target(make_indicator(plan, series, code="i", baseline_value=0), value=400)
    make_actual(series, 2022, 100)
    make_actual(series, 2023, 250)
    publish_year(plan)
    for found in (sogo(), sogo("--published")):
        assert found["i"]["actual"]["value"] is None
        assert found["i"]["actual"]["reason"] == "no_actual"
    make_actual(series, 2021, 50)
    assert sogo()["i"]["actual"]["value"] == "400"


def test_the_roll_up_prints_its_denominators(plan: Plan) -> None:
    for value in (200, 160, 110):
        indicator = make_indicator(plan)
        make_target(indicator)
        make_actual(indicator.series, value=value)
    make_target(make_indicator(plan))
    roll_up = document("kita", "sogo", fiscal_year="R5")["roll_up"]
    assert [count["count"] for count in roll_up["counts"]] == [1, 1, 1]
    assert (roll_up["rated"], roll_up["total"], roll_up["scored"]) == (3, 4, 3)
    assert roll_up["share_reported"]["value"] == "75.0"
    assert roll_up["mean"]["value"] == "4.00"
    text = evaluate("kita", "sogo", fiscal_year="R5")
    assert "評価：3 / 4指標（A 評価A 1、B 評価B 1、C 評価C 1）" in text
    assert "評価なし：1指標（実績値なし 1）" in text
    assert "値のある指標：3 / 4指標（75.0%）" in text
    assert "点数の平均：4.00（3指標）" in text


def test_a_class_of_a_scheme_the_plan_has_left_still_counts(plan: Plan) -> None:
    other = make_scheme(plan.municipality, symbols="◎")
    make_judgement(make_indicator(plan), other.bands.get())
    counts = document("kita", "sogo", fiscal_year="R5")["roll_up"]["counts"]
    assert {"symbol": "◎", "label": "評価◎", "count": 1} in counts


def test_a_plan_without_indicators_has_an_empty_table(plan: Plan) -> None:
    found = document("kita", "sogo", fiscal_year="R5")
    assert found["indicators"] == []
    assert found["roll_up"]["share_reported"]["reason"] == "no_indicators"
    assert "値のある指標：0 / 0指標（指標なし）" in evaluate("kita", "sogo", fiscal_year="R5")


# --- The formats ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "year", ["R5", "令和5年度", "２０２３", "2023", "FY2023", "令和5（2023）年度"]
)
def test_the_year_may_be_written_in_every_form(plan: Plan, year: str) -> None:
    assert document("kita", "sogo", fiscal_year=year)["fiscal_year"] == 2023


def test_the_columns_of_the_table_stand_below_each_other(plan: Plan) -> None:
    for name in ("人口", "Ｗｉ－Ｆｉ整備率", "○○センターの利用者数" * 5, "LAN", "か\u3099くの数"):
        make_target(make_indicator(plan, make_series(plan.municipality, name=name)))
    text = evaluate("kita", "sogo", fiscal_year="R5")
    head, rule, *rows = text.split("\n\n")[1].splitlines()
    gaps = [place for place in range(len(rule)) if rule[place] == " "]
    assert len(rows) == 5
    for line in (head, *rows):
        cells = "".join(letter.ljust(width(letter)) for letter in line if width(letter))
        assert {cells[gap] for gap in gaps if gap < len(cells)} == {" "}


def test_wide_characters_take_two_columns() -> None:
    assert [width(text) for text in ("abc", "あア漢", "ｱ", "○", "か\u3099")] == [3, 6, 1, 2, 2]
    assert width(padded("指標", 8)) == 8
    assert unicodedata.east_asian_width("○") == "A"


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("=1+1", "'=1+1"),
        ("+SUM(A1)", "'+SUM(A1)"),
        ("-減少", "'-減少"),
        ("@cmd", "'@cmd"),
        ("-", "'-"),
        ("\t=1", "'\t=1"),
        ("-12.5", "-12.5"),
        ("+3", "+3"),
        ("人口", "人口"),
        (0, "0"),
        (None, ""),
    ],
)
def test_no_cell_becomes_a_formula(cell: object, expected: str) -> None:
    assert neutral(cell) == expected


def test_a_name_that_looks_like_a_formula_is_only_a_name(plan: Plan) -> None:
    name = '=HYPERLINK("x","利用者, 数")'
    indicator = make_indicator(plan, make_series(plan.municipality, name=name), baseline_value=-5)
    make_target(indicator)
    (line,) = lines_of("kita", "sogo", fiscal_year="R5")
    assert line["指標"] == f"'{name}"
    assert line["基準値"] == "-5"


# --- What is not there ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("minami", "sogo", "--fiscal-year=R5"), "自治体「minami」はありません"),
        (
            ("kita", "other", "--fiscal-year=R5"),
            "計画「other」はきた市にありません",
        ),
        (("kita", "sogo", "--fiscal-year=5"), "元号がありません"),
        (("kita", "sogo", "--fiscal-year=平成16年"), "年度ではありません"),
        (("kita", "sogo", "--fiscal-year=R20"), "期間（令和2年度～令和11年度）の外"),
        (
            ("kita", "sogo", "--fiscal-year=R5", "--published"),
            "令和5年度 年度末実績の公表版はまだ出されていません",
        ),
        (
            ("kita", "sogo", "--fiscal-year=R5", "--council"),
            "議会提出版はまだ出されていません（あるもの：なし）",
        ),
    ],
)
def test_what_is_not_there_is_named(plan: Plan, arguments: tuple[str, ...], message: str) -> None:
    with pytest.raises(CommandError, match=message):
        evaluate(*arguments)


def test_a_publication_of_another_year_is_offered(plan: Plan) -> None:
    make_indicator(plan)
    publish_year(plan, 2022)
    with pytest.raises(CommandError, match="あるもの：令和4年度 年度末実績"):
        sogo("--published")


# --- Size -------------------------------------------------------------------------------------


@pytest.mark.parametrize("view", [(), ("--published",)])
def test_queries_do_not_grow_with_the_plan(view: tuple[str, ...]) -> None:
    counts = []
    for size in (30, 1200):
        slug = f"town-{size}"
        plan = make_large_plan(slug, size)
        if view:
            publish_year(plan, 2024)
        with CaptureQueriesContext(connection) as captured:
            assert len(document(slug, slug, *view, fiscal_year="R6")["indicators"]) == size
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 12
