"""`manage.py evaluate`: a plan's fiscal year in a terminal, as CSV and as JSON."""

import csv
import json
import unicodedata
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from exchange.evaluation_terminal import padded, width
from indicators.choices import Direction, Stage, TargetKind
from indicators.models import Actual, Indicator
from municipalities.cells import neutral
from plans.models import Plan, PlanScheme, RatingScheme
from rounds.models import Publication
from rounds.record import publish

from .bench.data import make_large_plan
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
from .shipped import loaded_for_module

pytestmark = pytest.mark.django_db


def evaluate(*arguments: str, **options: Any) -> str:
    """Return what the command prints."""
    out = StringIO()
    call_command("evaluate", *arguments, stdout=out, **options)
    return out.getvalue()


def document(*arguments: str, **options: Any) -> dict[str, Any]:
    return json.loads(evaluate(*arguments, format="json", **options))


def by_code(*arguments: str, **options: Any) -> dict[str, dict[str, Any]]:
    """Return code → indicator of the JSON."""
    found = document(*arguments, **options)["indicators"]
    return {indicator["code"]: indicator for indicator in found}


def lines_of(*arguments: str, **options: Any) -> list[dict[str, str]]:
    """Return the lines of the CSV."""
    return list(csv.DictReader(StringIO(evaluate(*arguments, format="csv", **options))))


@pytest.fixture(scope="module")
def shipped(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Load the plans once; each test runs on a savepoint inside, and all is rolled back."""
    with loaded_for_module(django_db_blocker):
        yield


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


# --- The real plans ---------------------------------------------------------------------------


@pytest.mark.parametrize("view", [(), ("--published",)])
def test_konan_has_rates_and_no_judgement(shipped: None, view: tuple[str, ...]) -> None:
    found = document("konan", "sogo", *view, fiscal_year="R3")
    rates = [indicator["rate"]["value"] for indicator in found["indicators"]]
    assert rates == ["-122.1", "-925.0", "8.1", "61.9", "145.1", "76.9"]
    first = found["indicators"][0]
    assert Fraction(first["rate"]["exact"]) == Fraction(14446 - 28493, 40000 - 28493) * 100
    assert found["scheme"] is None
    assert {indicator["computed"]["reason"] for indicator in found["indicators"]} == {"no_scheme"}
    assert found["roll_up"]["rated"] == 0
    assert found["roll_up"]["unrated"] == [
        {"reason": "no_scheme", "reason_label": "評価方式なし", "count": 6}
    ]
    assert found["indicators"][3]["forecast"]["reason_label"] == "対象期間不明"


@pytest.mark.parametrize("view", [(), ("--published",)])
def test_gunma_people_judged_what_has_no_values(shipped: None, view: tuple[str, ...]) -> None:
    found = document("gunma", "ict-3", *view, fiscal_year="H27")
    assert [(count["label"], count["count"]) for count in found["roll_up"]["counts"]] == [
        ("達成", 4),
        ("前進", 6),
        ("後退", 1),
    ]
    assert (found["roll_up"]["rated"], found["roll_up"]["reported"]) == (11, 0)
    for indicator in found["indicators"]:
        assert indicator["actual"]["value"] is None
        assert indicator["valid"]["by"] == "people"
        assert indicator["people"][-1]["stage"] == "最終評価"


def test_isesaki_leaves_what_it_does_not_state_open(shipped: None) -> None:
    found = by_code("isesaki", "sogo", fiscal_year="R3")
    unknown = found["is-5"]
    assert unknown["target"]["kind"] == TargetKind.UNSPECIFIED
    assert unknown["target"]["value"] == "30000"
    assert unknown["rate"]["reason_label"] == "向きの記載なし"
    assert unknown["trend"]["reason_label"] == "向きの記載なし"
    span = found["is-14"]["target"]
    assert (span["value"], span["lower"], span["upper"]) == (None, "3.0", "5.0")
    assert "30000人（向きの記載なし）(R6)" in evaluate("isesaki", "sogo", fiscal_year="R3")


# --- The sample town --------------------------------------------------------------------------


def test_the_sample_town_can_be_judged_by_every_scheme(shipped: None) -> None:
    plan = Plan.objects.get(slug="mirai")
    chosen = PlanScheme.objects.filter(plan=plan, subject="indicators", from_fiscal_year=2022)
    for scheme in RatingScheme.objects.all():
        chosen.update(scheme=scheme)
        found = document("mihon", "mirai", fiscal_year="R5")
        assert found["scheme"] == scheme.name
        tally = Counter(
            indicator["computed"]["symbol"]
            for indicator in found["indicators"]
            if indicator["computed"]["reason"] is None
        )
        assert set(tally) <= {band.symbol for band in scheme.bands.all()}
        computes = not scheme.chosen_by_people and scheme.bands.exclude(test="people").exists()
        assert bool(tally) == computes, scheme
        roll_up = found["roll_up"]
        unrated = sum(reason["count"] for reason in roll_up["unrated"])
        assert roll_up["rated"] + unrated == roll_up["total"] == len(found["indicators"])
        assert sum(count["count"] for count in roll_up["counts"]) == roll_up["rated"]


def test_a_correction_in_progress_is_in_the_work_and_not_in_what_was_published(
    shipped: None,
) -> None:
    actual = Actual.objects.get(
        series__indicators__plan__slug="mirai",
        series__indicators__code="3-1-1",
        fiscal_year=2024,
        period="year_end",
    )
    Actual.objects.filter(pk=actual.pk).update(value="95.5", state="submitted")
    town = ("mihon", "mirai")
    now = by_code(*town, fiscal_year="R6")["3-1-1"]
    printed = by_code(*town, "--published", fiscal_year="R6")["3-1-1"]
    assert (now["actual"]["value"], now["actual"]["state"]) == ("95.5", "submitted")
    assert (now["computed"]["symbol"], printed["computed"]["symbol"]) == ("A", "C")
    assert printed["actual"]["value"] == "90.3"
    assert printed["actual"]["state"] is None


def test_a_figure_that_came_late_changes_the_work_only(shipped: None) -> None:
    """The healthy years of FY2023 were settled after FY2024 had been published."""
    now, printed = (
        by_code("mihon", "mirai", *view, fiscal_year="R6")["2-0-1"]["trend"]
        for view in ((), ("--published",))
    )
    assert now["movement"] == "better"
    assert printed["reason_label"] == "前年度の値なし"


def test_what_was_published_without_a_later_change_is_what_the_work_says(shipped: None) -> None:
    town = ("konan", "sogo")
    work = document(*town, fiscal_year="R3")
    printed = document(*town, "--published", fiscal_year="R3")
    for found in (work, printed):
        for indicator in found["indicators"]:
            del indicator["actual"]["state"]
    assert work["indicators"] == printed["indicators"]
    assert work["publication"] is None
    assert printed["publication"]["kind"] == "public"


def test_the_council_and_the_public_each_got_their_own_edition(shipped: None) -> None:
    council = by_code("mihon", "mirai", "--council", fiscal_year="R4")
    public = by_code("mihon", "mirai", "--published", fiscal_year="R4")
    changed = [code for code in public if public[code]["actual"] != council[code]["actual"]]
    assert changed  # a correction and a revised source came between them


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
    publish(plan, Publication.Kind.PLAN, by=None)
    publish(plan, Publication.Kind.PUBLIC, by=None, fiscal_year=2023, period="mid_year")
    printed = sogo("--period=mid_year", "--published")["i"]
    assert printed["actual"]["value"] == "60"
    assert printed["computed"]["reason"] == "mid_year_only"


def test_a_sum_with_a_gap_is_no_figure(plan: Plan) -> None:
    series = make_series(plan.municipality, accumulation="sum", start_fiscal_year=2021)
    make_target(make_indicator(plan, series, code="i", baseline_value=0), value=400)
    make_actual(series, 2022, 100)
    make_actual(series, 2023, 250)
    publish(plan, Publication.Kind.PLAN, by=None)
    publish(plan, Publication.Kind.PUBLIC, by=None, fiscal_year=2023, period="year_end")
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


def test_csv_has_a_line_for_every_indicator(shipped: None) -> None:
    lines = lines_of("mihon", "mirai", fiscal_year="R6")
    assert len(lines) == Indicator.objects.filter(plan__slug="mirai").in_year(2024).count()
    assert not any(None in line or None in line.values() for line in lines)


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
    publish(plan, Publication.Kind.PLAN, by=None)
    publish(plan, Publication.Kind.PUBLIC, by=None, fiscal_year=2022, period="year_end")
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
            publish(plan, Publication.Kind.PLAN, by=None)
            publish(plan, Publication.Kind.PUBLIC, by=None, fiscal_year=2024, period="year_end")
        with CaptureQueriesContext(connection) as captured:
            assert len(document(slug, slug, *view, fiscal_year="R6")["indicators"]) == size
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 12
