"""Judging by schemes: the shipped ones, comparison bases, matching of classes, explanations."""

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
    Rounding,
    Scheme,
    Target,
    TargetKind,
    Tone,
    judge,
)
from tests.evaluation_courses import (
    YEAR,
    band,
    course,
    falling,
    in_range,
    outcome,
    scheme,
    single,
    single_falling,
    thresholds,
)
from tests.rating_schemes import SCHEMES

MIHON = SCHEMES["mihon-80-50"]


# --- Worked cases -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("this", "rate", "expected"),
    [
        (single("100", "200", "150"), "50.00", "C"),
        (single_falling("24.2", "10.0", "17.1"), "50.00", "C"),
        (single("0", "300", "100"), "33.33", "D"),
        (single("0", "300", "300"), "100.00", "A"),
        (single("6652", "7000", "7157"), "145.11", "A"),
        (single("28493", "40000", "14446"), "-122.07", "D"),
        (single("91", "95", "54", baseline_is_average=True), "-925.00", "D"),
        (single("-712", "0", "-271", window_known=False), "61.94", Reason.WINDOW_UNKNOWN),
        (single_falling("5.0", "5.0", "5.0"), None, "A"),
        (single_falling("5.0", "5.0", "5.1"), None, Reason.TARGET_IS_BASELINE),
        (single(None, "100", "60"), None, Reason.NO_BASELINE),
        (single(None, "100", "100"), None, "A"),
        (single(Reason.NOT_STARTED, "2000", "0"), None, Reason.NOT_STARTED),
        (single_falling("3", "0", "0"), "100.00", "A"),
        (in_range("5.4", "3", "5", "4.2"), None, "A"),
        (in_range("5.4", "3", "5", "5.0"), None, "A"),
        (in_range("5.4", "3", "5", "5.01"), None, Reason.NO_RATE_OF_KIND),
        (in_range("5.4", "3", "5", "5.4"), None, Reason.NO_RATE_OF_KIND),
    ],
)
def test_worked_cases_by_progress(this, rate, expected):
    verdict = judge(replace(MIHON, decimals=2), this, YEAR)
    assert outcome(MIHON, this) == expected
    assert verdict.rate_shown == (None if rate is None else Decimal(rate))
    assert verdict.compared == verdict.rate


def test_a_definition_that_changed_leaves_nothing_to_judge():
    this = single_falling("24.2", "10.0", "11.4", breaks=[2021])
    verdict = judge(MIHON, this, YEAR)
    assert verdict.band is None
    assert verdict.reason is Reason.DEFINITION_CHANGED
    assert verdict.rate == Rate.missing(Reason.DEFINITION_CHANGED)
    naive = judge(replace(MIHON, decimals=1), replace(this, breaks=[]), YEAR)
    assert naive.rate_shown == Decimal("90.1")


@pytest.mark.parametrize("year", [2019, 2020, 2023])
def test_a_definition_that_changed_before_the_baseline_or_later_does_no_harm(year):
    assert outcome(MIHON, single("0", "100", "80", breaks=[year])) == "B"


@pytest.mark.parametrize("code", SCHEMES)
@pytest.mark.parametrize("actual", ["29000", "30000", "30056", "31000"])
def test_no_scheme_judges_by_a_direction_nobody_stated(code, actual):
    goal = Target(TargetKind.UNSPECIFIED, Decimal(30000))
    this = single("30056", goal, actual, direction=Direction.UNKNOWN)
    expected = Reason.DIRECTION_UNKNOWN if SCHEMES[code].is_computed else Reason.CHOSEN_BY_PEOPLE
    assert outcome(SCHEMES[code], this) is expected


@pytest.mark.parametrize(
    ("years", "target", "rate", "expected"),
    [({2021: "100", 2022: "350"}, "400", "87.5", "B"), ({2022: "33"}, "20", "165.0", "A")],
)
def test_sums_by_achievement(years, target, rate, expected):
    plain = replace(MIHON, formula=thresholds(formula="achievement").formula)
    this = course(None, {2025: target}, years)
    assert outcome(plain, this) == expected
    assert judge(plain, this, YEAR).rate_shown == Decimal(rate)


def test_the_edge_of_a_class():
    this = single("0", "100", "80")
    assert outcome(thresholds("100", "80", "50"), this) == "B"
    assert outcome(thresholds("100", "80", "50", test="rate_above"), this) == "C"


def test_a_rate_between_printed_classes():
    this = single("0", "100", "99.95")
    half_up = judge(MIHON, this, YEAR)
    truncated = judge(replace(MIHON, rounding=Rounding.TRUNCATE), this, YEAR)
    assert (half_up.symbol, half_up.rate_shown) == ("B", Decimal("100.0"))
    assert (truncated.symbol, truncated.rate_shown) == ("B", Decimal("99.9"))


@pytest.mark.parametrize(
    ("rounding", "decimals", "actual", "expected"),
    [
        ("half_up", 1, "99.95", "A"),
        ("half_up", 1, "99.94", "B"),
        ("half_up", 2, "99.95", "B"),
        ("truncate", 1, "99.95", "B"),
        ("half_up", 0, "79.5", "B"),
        ("truncate", 0, "79.9", "C"),
    ],
)
def test_classes_may_see_the_rounded_rate(rounding, decimals, actual, expected):
    seen = thresholds(
        "100", "80", "50", rounding=rounding, decimals=decimals, bands_see_rounded=True
    )
    verdict = judge(seen, single("0", "100", actual), YEAR)
    assert verdict.symbol == expected
    assert verdict.compared.value == Fraction(verdict.rate_shown)
    assert verdict.rate == Rate(Fraction(actual))


def test_the_middle_of_a_year_is_not_judged_yet():
    this = course("0", {2025: "100"}, {}, mid_years=[2022])
    verdict = judge(MIHON, this, YEAR)
    assert verdict.reason is Reason.MID_YEAR_ONLY
    assert verdict.rate == Rate.missing(Reason.MID_YEAR_ONLY)
    assert not verdict.is_reported
    # Once the year's own figure is there, its middle no longer matters.
    assert outcome(MIHON, course("0", {2025: "100"}, {2022: "60"}, mid_years=[2022])) == "C"
    # A reason stated for the whole year says more than the figure of its middle.
    stated = course("0", {2025: "100"}, {2022: Reason.WITHHELD}, mid_years=[2022])
    assert outcome(MIHON, stated) is Reason.WITHHELD


def test_the_straight_line():
    own_year = replace(MIHON, basis=thresholds(basis="year_target").basis)
    verdict = judge(own_year, single("100", "200", "135"), YEAR)
    assert verdict.expected == Figure(Fraction(140))
    assert verdict.rate == Rate(Fraction("87.5"))
    assert (verdict.elapsed.years, verdict.elapsed.of) == (2, 5)
    assert (verdict.comparison.against, verdict.comparison.target_year) == (Against.LINE, 2025)
    assert verdict.symbol == "B"


def test_pro_rata():
    pro_rata = thresholds("100", "60", basis="pro_rata")
    verdict = judge(pro_rata, single("100", "200", "135"), YEAR)
    assert verdict.rate == Rate(Fraction(35))
    assert verdict.elapsed.share * 100 == 40
    assert verdict.compared == Rate(Fraction("87.5"))
    assert verdict.compared_shown == Decimal("87.5")
    assert verdict.symbol == "B"


# --- Matching ---------------------------------------------------------------------------------


def test_the_first_class_that_holds_is_taken():
    both = scheme(band("1", "met"), band("2", "better"), band("3", "otherwise"))
    turned = scheme(band("2", "better"), band("1", "met"), band("3", "otherwise"))
    assert outcome(both, single("0", "100", "100")) == "1"
    assert outcome(turned, single("0", "100", "100")) == "2"


def test_the_order_is_that_of_the_bands_not_of_the_rows():
    rows = [
        {"order": 2, "symbol": "×", "label": "", "test": "otherwise"},
        {"order": 1, "symbol": "○", "label": "", "test": "met"},
    ]
    assert outcome(Scheme.of({"code": "x", "name": "x"}, rows), single("0", "1", "1")) == "○"


def test_a_test_without_its_input_ends_the_search():
    ino = SCHEMES["ino"]
    verdict = judge(ino, single(None, "100", "60"), YEAR)
    assert verdict.reason is Reason.NO_BASELINE
    assert verdict.stopped_at.symbol == "△"
    assert outcome(ino, single(None, "100", "100")) == "○"
    first_by_rate = scheme(
        band("A", "rate_at_least", "100"), band("×", "otherwise"), formula="progress"
    )
    assert outcome(first_by_rate, single("100", "100", "90")) is Reason.TARGET_IS_BASELINE


def test_nothing_holds():
    verdict = judge(SCHEMES["gunma-ict-3"], single("50", "80", "50"), YEAR)
    assert verdict.reason is Reason.NO_BAND
    assert (verdict.symbol, verdict.label, verdict.tone) == ("－", "評価なし", Tone.NONE)
    assert verdict.stopped_at is None


@pytest.mark.parametrize(
    ("this", "reason"),
    [
        (single_falling("0", "0", "1"), Reason.TARGET_IS_BASELINE),
        (single("5", "5", "4"), Reason.TARGET_IS_BASELINE),
        (single("5", Target(TargetKind.MAINTAIN), "4"), Reason.NO_RATE_OF_KIND),
    ],
)
def test_not_met_and_without_a_rate_stays_unrated(this, reason):
    assert outcome(MIHON, this) is reason


@pytest.mark.parametrize(
    "this",
    [
        single_falling("0", "0", "0"),
        single("5", "5", "5"),
        single(None, "5", "6"),
        single("5", Target(TargetKind.MAINTAIN), "5"),
        in_range("1", "3", "5", "3"),
    ],
)
def test_met_counts_as_the_top_class_only_where_the_scheme_says_so(this):
    verdict = judge(MIHON, this, YEAR)
    assert (verdict.symbol, verdict.by_met) == ("A", True)
    assert verdict.rate.value is None
    strict = judge(replace(MIHON, met_counts_as_top=False), this, YEAR)
    assert strict.reason is verdict.rate.reason


def test_by_met_is_said_only_where_it_decided():
    assert not judge(MIHON, single("0", "5", "5"), YEAR).by_met


def test_zero_target_by_achievement():
    fuji = SCHEMES["fuji-80-50-20"]
    this = falling("3", {2022: "0"}, {2022: "0"})
    assert outcome(fuji, this) is Reason.ZERO_DIVISOR
    assert outcome(replace(fuji, met_counts_as_top=True), this) == "80%以上"
    missed = falling("3", {2022: "0"}, {2022: "1"})
    assert outcome(fuji, missed) == "20%未満"


@pytest.mark.parametrize(
    ("tolerance", "kind", "actual", "expected"),
    [
        ("2", "absolute", "52", True),
        ("2", "absolute", "48", True),
        ("2", "absolute", "52.0001", False),
        ("10", "relative", "45", True),
        ("10", "relative", "44.9999", False),
        ("10", "relative", "55", True),
        (None, "", "50", True),
        (None, "", "50.0001", False),
    ],
)
def test_unchanged_within_a_tolerance(tolerance, kind, actual, expected):
    by = scheme(band("→", "unchanged", tolerance, tolerance_kind=kind), band("他", "otherwise"))
    assert (outcome(by, single("50", "80", actual)) == "→") is expected


def test_a_relative_tolerance_of_a_negative_or_zero_baseline():
    by = scheme(band("→", "unchanged", "10", tolerance_kind="relative"), band("他", "otherwise"))
    assert outcome(by, single("-50", "0", "-55")) == "→"
    assert outcome(by, single("-50", "0", "-55.1")) == "他"
    assert outcome(by, single("0", "10", "0")) == "→"
    assert outcome(by, single("0", "10", "0.1")) == "他"


def test_unchanged_of_a_range_is_its_distance():
    by = scheme(band("↑", "better"), band("→", "unchanged"), band("↓", "worse"))
    assert outcome(by, in_range("5.4", "3", "5", "2.6")) == "→"
    assert outcome(by, in_range("5.4", "3", "5", "2.7")) == "↑"
    assert outcome(by, in_range("5.4", "3", "5", "2.5")) == "↓"


def test_texts_are_for_people_and_so_are_directions_beyond_better_and_worse():
    text = single(None, Target(TargetKind.TEXT), "1", direction=Direction.UNKNOWN)
    direction = single("10", Target(TargetKind.DIRECTION_ONLY), "12")
    for code in ("mihon-80-50", "gunma-ict-3", "ino", "nagayo-sabc", "fuji-80-50-20"):
        assert outcome(SCHEMES[code], text) is Reason.NOT_NUMERIC
        assert outcome(SCHEMES[code], direction) is Reason.NOT_NUMERIC
    by_better = scheme(band("↑", "better"), band("→", "unchanged"), band("↓", "worse"))
    assert outcome(by_better, direction) == "↑"
    assert outcome(by_better, text) is Reason.NOT_NUMERIC


def test_no_target_is_named_before_its_direction():
    for direction in (Direction.RISING, Direction.UNKNOWN):
        this = course("10", {}, {2022: "12"}, direction=direction)
        verdict = judge(SCHEMES["ino"], this, YEAR)
        assert (verdict.reason, verdict.label) == (Reason.NO_TARGET, "評価なし")
    by_better = scheme(band("↑", "better"), band("他", "otherwise"))
    assert outcome(by_better, course("10", {}, {2022: "12"})) == "↑"


def test_classes_for_people_are_passed_over():
    mixed = scheme(
        band("F", "people"),
        band("A", "rate_at_least", "100"),
        band("B", "otherwise"),
        band("Z", "people"),
        formula="progress",
        met_counts_as_top=True,
    )
    assert outcome(mixed, single("0", "100", "100")) == "A"
    assert outcome(mixed, single("0", "100", "10")) == "B"
    assert outcome(mixed, single(None, "100", "100")) == "A"


@pytest.mark.parametrize("code", ["gunma-ict-4", "konan-rows", "akiruno"])
def test_what_people_choose_is_never_computed(code):
    verdict = judge(SCHEMES[code], single("50", "80", "80"), YEAR)
    assert (verdict.band, verdict.reason) == (None, Reason.CHOSEN_BY_PEOPLE)
    computed = replace(MIHON, chosen_by_people=True)
    verdict = judge(computed, single("0", "100", "80"), YEAR)
    assert (verdict.reason, verdict.rate) == (Reason.CHOSEN_BY_PEOPLE, Rate(Fraction(80)))


# --- No value in this year --------------------------------------------------------------------

LATEST = replace(MIHON, no_value=thresholds(no_value="latest").no_value)


@pytest.mark.parametrize(
    "reason", [Reason.NOT_COMPILED, Reason.NO_SURVEY, Reason.WITHHELD, Reason.SPECIAL]
)
def test_without_a_value_the_year_is_unrated_for_its_reason(reason):
    this = course("0", {2025: "100"}, {2021: "80", 2022: reason})
    verdict = judge(MIHON, this, YEAR)
    assert (verdict.reason, verdict.value_year, verdict.is_reported) == (reason, None, False)


def test_otherwise_does_not_catch_a_missing_value():
    anything = scheme(band("×", "otherwise"))
    assert outcome(anything, single("0", "100", Reason.NOT_COMPILED)) is Reason.NOT_COMPILED
    assert outcome(anything, course("0", {2025: "100"}, {})) is Reason.NO_ACTUAL
    assert outcome(anything, single("0", "100", "0")) == "×"


def test_the_latest_value_carries_its_year():
    years = {2019: "99", 2020: "0", 2021: "80", 2022: Reason.NO_SURVEY, 2023: "100"}
    verdict = judge(LATEST, course("0", {2025: "100"}, years), YEAR)
    assert (verdict.symbol, verdict.value_year, verdict.fiscal_year) == ("B", 2021, 2022)
    assert not verdict.is_reported
    assert verdict.case.actual == Figure(Fraction(80))


def test_the_baseline_is_no_latest_value():
    years = {2019: "99", 2020: "0", 2022: Reason.NO_SURVEY}
    verdict = judge(LATEST, course("0", {2025: "100"}, years), YEAR)
    assert (verdict.reason, verdict.value_year) == (Reason.NO_SURVEY, None)


def test_a_latest_value_from_before_a_change_of_definition_is_comparable():
    this = course("0", {2025: "100"}, {2021: "80", 2022: Reason.NO_SURVEY}, breaks=[2022])
    assert outcome(LATEST, this) == "B"


def test_the_latest_value_stands_against_the_judged_year():
    pro_rata = replace(LATEST, basis=thresholds(basis="pro_rata").basis)
    this = course("0", {2025: "100"}, {2021: "20"})
    assert judge(pro_rata, this, 2021).compared == Rate(Fraction(100))
    assert judge(pro_rata, this, 2022).compared == Rate(Fraction(50))


def test_the_middle_of_the_year_keeps_it_open():
    this = course("0", {2025: "100"}, {2021: "80"}, mid_years=[2022])
    assert outcome(LATEST, this) is Reason.MID_YEAR_ONLY
