"""What a year is compared with: years counted, the year's own target, formulas."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from indicators.evaluation import (
    Against,
    Direction,
    Figure,
    Rate,
    Reason,
    Target,
    TargetKind,
    judge,
    problems,
)
from tests.evaluation_courses import (
    YEAR,
    band,
    course,
    outcome,
    scheme,
    single,
    single_falling,
    thresholds,
)
from tests.rating_schemes import SCHEMES

MIHON = SCHEMES["mihon-80-50"]

# --- Years counted ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("years_from", "options", "year", "years", "of"),
    [
        ("baseline", {}, 2021, 1, 5),
        ("baseline", {}, 2025, 5, 5),
        ("baseline", {}, 2027, 5, 5),
        ("baseline", {"baseline_year": 2018}, 2021, 3, 7),
        ("plan_start", {"baseline_year": 2018}, 2021, 1, 5),
        ("plan_start", {"plan_start": 2022}, 2022, 1, 4),
        ("plan_start", {"baseline_year": None}, 2023, 3, 5),
    ],
)
def test_years_are_counted_at_their_end(years_from, options, year, years, of):
    pro_rata = thresholds("100", basis="pro_rata", years_from=years_from)
    this = course("0", {2025: "100"}, {year: "50"}, **options)
    verdict = judge(pro_rata, this, year)
    assert (verdict.elapsed.years, verdict.elapsed.of) == (years, of)
    assert verdict.compared == Rate(Fraction(50 * of, years))


def test_what_had_not_started_counts_its_first_year():
    achieved = thresholds("100", formula="achievement", basis="pro_rata")
    this = course(
        Reason.NOT_STARTED, {2025: "100"}, {2021: "20"}, baseline_year=2021, plan_start=None
    )
    assert judge(achieved, this, 2021).compared == Rate(Fraction(100))


@pytest.mark.parametrize(
    ("years_from", "options", "year", "reason"),
    [
        ("baseline", {"baseline_year": None}, 2022, Reason.START_UNKNOWN),
        ("plan_start", {"plan_start": None}, 2022, Reason.START_UNKNOWN),
        ("baseline", {}, 2020, Reason.NOT_BEGUN),
        ("plan_start", {}, 2020, Reason.NOT_BEGUN),
    ],
)
@pytest.mark.parametrize("basis", ["pro_rata", "year_target"])
def test_years_that_cannot_be_counted(basis, years_from, options, year, reason):
    by_years = thresholds("100", basis=basis, years_from=years_from)
    this = course("0", {2025: "100"}, {year: "50"}, **options)
    verdict = judge(by_years, this, year)
    assert verdict.reason is reason
    assert verdict.compared == Rate.missing(reason)
    assert verdict.elapsed is None


# --- The year's own target --------------------------------------------------------------------

OWN_YEAR = thresholds("100", "80", "50", basis="year_target")


def test_an_interim_target_goes_before_the_line():
    this = course("0", {2022: "50", 2025: "100"}, {2022: "45", 2023: "54", 2025: "90"})
    interim = judge(OWN_YEAR, this, 2022)
    assert (interim.comparison.against, interim.comparison.target_year) == (Against.INTERIM, 2022)
    assert interim.expected == Figure(Fraction(50))
    assert (interim.rate, interim.symbol) == (Rate(Fraction(90)), "B")
    line = judge(OWN_YEAR, this, 2023)
    assert (line.comparison.against, line.expected.value, line.symbol) == (Against.LINE, 60, "B")
    final = judge(OWN_YEAR, this, 2025)
    assert (final.comparison.against, final.rate) == (Against.FINAL, Rate(Fraction(90)))
    assert judge(MIHON, this, 2022).comparison.target_year == 2025


def test_after_the_target_year_the_final_target_holds():
    this = course("0", {2025: "100"}, {2027: "120"}, baseline_year=None)
    verdict = judge(OWN_YEAR, this, 2027)
    assert (verdict.comparison.against, verdict.expected.value) == (Against.FINAL, 100)
    assert verdict.symbol == "A"


def test_met_means_the_years_own_target():
    by_met = scheme(band("○", "met"), band("×", "otherwise"), basis="year_target")
    assert outcome(by_met, single("100", "200", "140")) == "○"
    assert outcome(by_met, single("100", "200", "139.9999")) == "×"
    assert outcome(by_met, single_falling("100", "50", "80")) == "○"
    assert outcome(by_met, single_falling("100", "50", "80.1")) == "×"
    assert outcome(replace(by_met, basis=MIHON.basis), single("100", "200", "140")) == "×"


def test_a_line_needs_a_baseline_and_nothing_is_judged_without_it():
    by_met = scheme(band("○", "met"), band("×", "otherwise"), basis="year_target")
    this = single(None, "100", "100")
    assert outcome(by_met, this) is Reason.NO_BASELINE
    verdict = judge(OWN_YEAR, this, YEAR)
    assert verdict.reason is Reason.NO_BASELINE
    assert verdict.expected == Figure.missing(Reason.NO_BASELINE)
    by_better = scheme(band("○", "better"), band("×", "otherwise"), basis="year_target")
    assert outcome(by_better, this) is Reason.NO_BASELINE


def test_a_promised_change_grows_along_the_line():
    cut = Target(TargetKind.CHANGE, Decimal("-20"))
    this = single("100", cut, "94", direction=Direction.FALLING)
    verdict = judge(OWN_YEAR, this, YEAR)
    assert verdict.expected == Figure(Fraction(92))
    assert verdict.rate == Rate(Fraction(75))


@pytest.mark.parametrize(
    ("target", "direction"),
    [
        (Target(TargetKind.RANGE, lower=3, upper=5), Direction.NONE),
        (Target(TargetKind.MAINTAIN, tolerance=1), Direction.NONE),
    ],
)
def test_ranges_and_maintenance_hold_in_every_year(target, direction):
    by_met = scheme(band("○", "met"), band("×", "otherwise"), basis="year_target")
    verdict = judge(by_met, single("5", target, "5", direction=direction), YEAR)
    assert (verdict.symbol, verdict.comparison.against) == ("○", Against.FINAL)
    assert verdict.expected == Figure.missing(Reason.NOT_NUMERIC)


# --- Formulas ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("formula", "rate"),
    [
        ("progress", Rate(Fraction(75))),
        ("achievement", Rate(Fraction(80))),
        ("achievement_plain", Rate(Fraction(125))),
        ("change", Rate(Fraction("-37.5"))),
        ("none", Rate.missing(Reason.NO_FORMULA)),
    ],
)
def test_formulas(formula, rate):
    by = scheme(band("○", "better"), formula=formula)
    assert judge(by, single_falling("20", "10", "12.5"), YEAR).rate == rate


def test_a_cut_in_percent_is_judged_from_its_worst_class_up():
    by_change = scheme(
        band("D", "rate_above", "0"),
        band("C", "rate_above", "-10"),
        band("B", "rate_above", "-30"),
        band("A", "otherwise"),
        formula="change",
    )
    assert problems(by_change) == []
    found = [
        outcome(by_change, single_falling("200", "140", actual))
        for actual in ("200.2", "200", "180", "140.1", "140")
    ]
    assert found == ["D", "C", "B", "B", "A"]
    # It needs no target, and no line to one.
    no_target = course("200", {}, {2022: "180"}, direction=Direction.FALLING)
    assert outcome(by_change, no_target) == "B"
    pro_rata = replace(by_change, basis=thresholds(basis="pro_rata").basis)
    assert outcome(pro_rata, no_target) is Reason.NO_TARGET
