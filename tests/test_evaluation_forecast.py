"""Where the line leads, how a year stands against the one before, and judgements together."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.evaluation import (
    Answer,
    Direction,
    Entry,
    Figure,
    Method,
    Movement,
    Point,
    Rate,
    Reason,
    Target,
    TargetKind,
    forecast,
    judge,
    roll_up,
    trend,
)
from tests.evaluation_courses import band, course, falling, scheme, single
from tests.evaluation_strategies import any_course, figures, years
from tests.rating_schemes import SCHEMES

THREE = {2021: "10", 2022: "20", 2023: "30"}


def withheld(course, year=2023):
    """The reason why there is no forecast; fails where there is one."""
    found = forecast(course, year)
    assert found.value.value is None
    assert found.per_year is None
    assert found.meets == Answer.missing(found.value.reason)
    return found.value.reason


# --- Forecast ---------------------------------------------------------------------------------


def test_least_squares_to_the_target_year():
    found = forecast(course("0", {2025: "100"}, {2021: "10", 2022: "30", 2023: "35"}), 2023)
    # 0, 10, 30, 35: mean 18.75 in the middle of 2021 and 2022, slope 12.5.
    assert found.value == Figure(Fraction("62.5"))
    assert found.per_year == Fraction("12.5")
    assert found.meets == Answer(False)
    assert (found.target_year, found.method) == (2025, Method.LEAST_SQUARES)
    assert found.points[0] == Point(2020, Fraction(0))
    assert len(found.points) == 4


def test_a_forecast_is_exact():
    found = forecast(course(None, {2025: "1"}, {2021: "0", 2022: "0", 2023: "1"}), 2023)
    assert found.value == Figure(Fraction(1, 3) + Fraction(3, 2))
    assert found.meets == Answer(True)


@pytest.mark.parametrize(("target", "meets"), [("50", True), ("50.0001", False)])
def test_whether_it_meets_the_target(target, meets):
    assert forecast(course(None, {2025: target}, THREE), 2023).meets == Answer(meets)
    down = {year: str(-int(value)) for year, value in THREE.items()}
    goal = str(-Decimal(target))
    assert forecast(falling(None, {2025: goal}, down), 2023).meets == Answer(meets)


def test_gaps_are_gaps_not_zeros():
    years = {2021: "10", 2022: Reason.NO_SURVEY, 2023: "30", 2024: "40"}
    found = forecast(course(None, {2026: "100"}, years), 2024)
    assert found.value == Figure(Fraction(60))
    assert [point.fiscal_year for point in found.points] == [2021, 2023, 2024]


def test_later_years_and_years_before_the_baseline_are_no_points():
    years = {2015: "900", **THREE, 2024: "900"}
    assert forecast(course("0", {2025: "100"}, years), 2023).value == Figure(Fraction(50))


def test_an_actual_of_the_baseline_year_goes_before_the_baseline():
    found = forecast(course("5", {2025: "100"}, {2020: "0", **THREE}), 2023)
    assert found.points[0] == Point(2020, Fraction(0))


def test_the_baseline_makes_the_third_point_unless_it_is_an_average():
    two = {2021: "10", 2022: "20"}
    assert forecast(course("0", {2025: "100"}, two), 2022).value == Figure(Fraction(50))
    average = course("0", {2025: "100"}, two, baseline_is_average=True)
    assert withheld(average, 2022) is Reason.TOO_FEW_POINTS
    undated = course("0", {2025: "100"}, two, baseline_year=None)
    assert withheld(undated, 2022) is Reason.TOO_FEW_POINTS
    found = forecast(course("7", {2025: "9"}, THREE, baseline_is_average=True), 2023)
    assert [point.fiscal_year for point in found.points] == [2021, 2022, 2023]


def test_too_few_points_are_shown_as_they_are():
    found = forecast(course("0", {2025: "100"}, {2021: "10"}), 2023)
    assert found.value.reason is Reason.TOO_FEW_POINTS
    assert [point.fiscal_year for point in found.points] == [2020, 2021]


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"stopped": True}, Reason.STOPPED),
        ({"breaks": [2021]}, Reason.DEFINITION_CHANGED),
        ({"breaks": [2023]}, Reason.DEFINITION_CHANGED),
        ({"actuals_are_averages": True}, Reason.AVERAGES),
        ({"window_known": False}, Reason.WINDOW_UNKNOWN),
        ({"direction": Direction.UNKNOWN}, Reason.DIRECTION_UNKNOWN),
    ],
)
def test_never_a_forecast(options, reason):
    assert withheld(course("0", {2025: "100"}, THREE, **options)) is reason


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (TargetKind.TEXT, Reason.NOT_NUMERIC),
        (TargetKind.DIRECTION_ONLY, Reason.NOT_NUMERIC),
        (TargetKind.UNSPECIFIED, Reason.DIRECTION_UNKNOWN),
    ],
)
def test_never_a_forecast_of_these_targets(kind, reason):
    assert withheld(course("0", {2025: Target(kind, 100)}, THREE)) is reason


def test_no_target_no_forecast():
    assert withheld(course("0", {}, THREE)) is Reason.NO_TARGET


def test_the_target_year_needs_no_forecast():
    this = course("0", {2023: "100"}, THREE)
    assert withheld(this, 2023) is Reason.TARGET_YEAR_REACHED
    assert forecast(this, 2022).value == Figure(Fraction(30))


def test_negative_to_zero_with_an_unstated_window():
    this = course("-712", {2024: "0"}, {2021: "-271", 2022: "-200"}, window_known=False)
    assert withheld(this, 2022) is Reason.WINDOW_UNKNOWN


def test_a_break_before_the_baseline_does_no_harm():
    assert forecast(course("0", {2025: "9"}, THREE, breaks=[2020]), 2023).value.value == 50


def test_ranges_and_maintenance_are_projected_too():
    inside = Target(TargetKind.RANGE, lower=40, upper=50)
    found = forecast(course("0", {2025: inside}, THREE, direction=Direction.NONE), 2023)
    assert (found.value, found.meets) == (Figure(Fraction(50)), Answer(True))
    kept = Target(TargetKind.MAINTAIN, tolerance=49)
    found = forecast(course("0", {2025: kept}, THREE, direction=Direction.NONE), 2023)
    assert found.meets == Answer(False)


def test_a_promised_change_is_projected():
    cut = Target(TargetKind.CHANGE, -20)
    years = {2021: "96", 2022: "92", 2023: "88"}
    found = forecast(course("100", {2025: cut}, years, direction=Direction.FALLING), 2023)
    assert (found.value, found.meets) == (Figure(Fraction(80)), Answer(True))


@given(any_course, years)
def test_every_forecast_has_a_value_or_a_reason(course, year):
    found = forecast(course, year)
    assert (found.value.value is None) != (found.value.reason is None)
    assert (found.per_year is None) == (found.value.value is None)
    if found.value.value is not None:
        assert len(found.points) >= 3
        assert all(point.fiscal_year <= year for point in found.points)


@given(figures, figures, st.sets(st.integers(2021, 2024), min_size=3))
def test_a_straight_course_goes_straight_on(start, step, years):
    values = {year: Fraction(start) + Fraction(step) * (year - 2020) for year in years}
    found = forecast(course(None, {2025: "0"}, values), 2024)
    assert found.value == Figure(Fraction(start) + Fraction(step) * 5)
    assert found.per_year == Fraction(step)


# --- Trend ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "now", "rising", "falling_"),
    [
        ("10", "11", Movement.BETTER, Movement.WORSE),
        ("10", "10.0", Movement.SAME, Movement.SAME),
        ("10", "0", Movement.WORSE, Movement.BETTER),
        ("-10", "0", Movement.BETTER, Movement.WORSE),
    ],
)
def test_against_the_year_before(before, now, rising, falling_):
    years = {2021: before, 2022: now}
    assert trend(course("5", {2025: "100"}, years), 2022).movement is rising
    assert trend(falling("5", {2025: "1"}, years), 2022).movement is falling_
    assert trend(course(None, {}, years), 2022).movement is rising


def test_a_range_is_neared_or_left():
    goal = {2025: Target(TargetKind.RANGE, lower=3, upper=5)}
    for before, now, movement in [
        ("6", "5.5", Movement.BETTER),
        ("4", "3", Movement.SAME),
        ("6", "2", Movement.SAME),
        ("5", "5.1", Movement.WORSE),
    ]:
        this = course("9", goal, {2021: before, 2022: now}, direction=Direction.NONE)
        assert trend(this, 2022).movement is movement


def test_the_first_year_stands_against_the_baseline():
    first = course("10", {2025: "100"}, {2021: "11"})
    found = trend(first, 2021)
    assert (found.movement, found.before) == (Movement.BETTER, Figure(Fraction(10)))
    average = course("10", {2025: "100"}, {2021: "11"}, baseline_is_average=True)
    assert trend(average, 2021).reason is Reason.NO_PREVIOUS
    later = course("10", {2025: "100"}, {2022: "11"})
    assert trend(later, 2022).reason is Reason.NO_PREVIOUS


@pytest.mark.parametrize(
    ("actuals", "options", "reason"),
    [
        ({2021: "1", 2022: Reason.NO_SURVEY}, {}, Reason.NO_SURVEY),
        ({2021: Reason.NO_SURVEY, 2022: "1"}, {}, Reason.NO_PREVIOUS),
        ({2021: "1"}, {"mid_years": [2022]}, Reason.MID_YEAR_ONLY),
        ({2021: "1", 2022: "2"}, {"breaks": [2022]}, Reason.DEFINITION_CHANGED),
        ({2021: "1", 2022: "2"}, {"window_known": False}, Reason.WINDOW_UNKNOWN),
        ({2021: "1", 2022: "2"}, {"direction": Direction.UNKNOWN}, Reason.DIRECTION_UNKNOWN),
        ({2021: "1", 2022: "2"}, {"direction": Direction.NONE}, Reason.DIRECTION_NONE),
    ],
)
def test_a_trend_nobody_knows(actuals, options, reason):
    found = trend(course("0", {2025: "100"}, actuals, **options), 2022)
    assert (found.movement, found.reason) == (None, reason)


def test_a_text_has_no_trend():
    this = course(None, {2025: Target(TargetKind.TEXT)}, {2021: "1", 2022: "2"})
    assert trend(this, 2022).reason is Reason.NOT_NUMERIC


def test_within_the_new_definition_years_compare_again():
    this = course("0", {2025: "100"}, {2021: "1", 2022: "2", 2023: "3"}, breaks=[2022])
    assert trend(this, 2022).reason is Reason.DEFINITION_CHANGED
    assert trend(this, 2023).movement is Movement.BETTER


@given(any_course, years)
def test_every_trend_has_a_movement_or_a_reason(course, year):
    found = trend(course, year)
    assert (found.movement is None) != (found.reason is None)
    if found.movement is not None:
        assert found.now.value is not None
        assert found.before.value is not None


# --- Judgements together ----------------------------------------------------------------------

POINTS = SCHEMES["points-kurayoshi-form"]
MIHON = SCHEMES["mihon-80-50"]


def entry(key, actual, by=MIHON, chosen=None):
    return Entry.of(key, judge(by, single("0", "100", actual), 2022), chosen)


def counts(found):
    return {(row.scheme.code, row.band.symbol): row.count for row in found.counts if row.count}


def test_counts_per_class_and_reasons_beside():
    found = roll_up(
        [
            entry(1, "100"),
            entry(2, "85"),
            entry(3, "80"),
            entry(4, "0"),
            entry(5, Reason.NO_SURVEY),
            entry(6, Reason.NOT_COMPILED),
            entry(7, Reason.NO_SURVEY),
        ]
    )
    assert [(row.band.symbol, row.count) for row in found.counts] == [
        ("A", 1),
        ("B", 2),
        ("C", 0),
        ("D", 1),
    ]
    assert (found.total, found.rated, found.reported) == (7, 4, 4)
    assert dict(found.unrated) == {Reason.NO_SURVEY: 2, Reason.NOT_COMPILED: 1}
    assert found.share_reported == Rate(Fraction(400, 7))
    assert (found.scored, found.mean) == (0, Figure.missing(Reason.NO_SCORES))


def test_an_indicator_counts_once():
    found = roll_up([entry(1, "100"), entry(2, "0"), entry(1, "100")])
    assert (found.total, found.rated) == (2, 2)
    assert counts(found) == {("mihon-80-50", "A"): 1, ("mihon-80-50", "D"): 1}


def test_the_mean_leaves_the_unrated_out():
    found = roll_up(
        [
            entry(1, "100", POINTS),
            entry(2, "0", POINTS),
            entry(3, "-90", POINTS),
            entry(4, Reason.WITHHELD, POINTS),
        ]
    )
    assert (found.scored, found.mean) == (3, Figure(Fraction(0)))
    assert roll_up([entry(1, "100", POINTS), entry(2, "0", POINTS)]).mean.value == Fraction(5, 2)


def test_a_class_without_a_score_is_in_no_mean():
    halves = scheme(
        band("A", "met", score="3"), band("C", "better", score="1"), band("×", "otherwise")
    )
    found = roll_up([entry(1, "100", halves), entry(2, "50", halves), entry(3, "0", halves)])
    assert (found.rated, found.scored, found.mean) == (3, 2, Figure(Fraction(2)))


def test_scores_of_different_schemes_have_no_common_mean():
    other = scheme(band("A", "met", score="3"), code="other")
    found = roll_up([entry(1, "100", POINTS), entry(2, "100", other), entry(3, "90")])
    assert found.mean == Figure.missing(Reason.MIXED_SCHEMES)
    assert counts(found) == {
        ("points-kurayoshi-form", "+5"): 1,
        ("other", "A"): 1,
        ("mihon-80-50", "B"): 1,
    }


def test_what_people_chose_counts_instead():
    by_people = SCHEMES["akiruno"]
    chosen = {band.symbol: band for band in by_people.bands}
    found = roll_up(
        [
            entry(1, "100", by_people, chosen["S"]),
            entry(2, None, by_people, chosen["X"]),
            entry(3, "100", by_people),
            entry(4, "100", MIHON, MIHON.bands[1]),
        ]
    )
    assert counts(found) == {("akiruno", "S"): 1, ("akiruno", "X"): 1, ("mihon-80-50", "B"): 1}
    assert dict(found.unrated) == {Reason.CHOSEN_BY_PEOPLE: 1}
    assert (found.rated, found.reported) == (3, 3)


def test_a_latest_value_is_not_reported_this_year():
    latest = scheme(band("A", "better"), no_value="latest")
    this = course("0", {2025: "100"}, {2021: "5", 2022: Reason.NO_SURVEY})
    found = roll_up([Entry.of(1, judge(latest, this, 2022)), entry(2, "1", latest)])
    assert (found.rated, found.reported) == (2, 1)
    assert found.share_reported == Rate(Fraction(50))


def test_nothing_to_roll_up():
    found = roll_up([])
    assert (found.total, found.rated, found.counts) == (0, 0, ())
    assert found.share_reported == Rate.missing(Reason.NO_INDICATORS)
    assert found.mean == Figure.missing(Reason.NO_SCORES)


def test_all_unrated_is_not_zero_percent():
    found = roll_up([entry(1, Reason.NOT_COMPILED)])
    assert found.share_reported == Rate(Fraction(0))
    assert found.mean.value is None
    assert sum(row.count for row in found.counts) == 0
