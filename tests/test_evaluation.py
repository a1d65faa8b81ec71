"""Rates, met, better, worse, sums and rounding: the worked cases of the method."""

from dataclasses import replace
from fractions import Fraction

import pytest

from indicators.evaluation import (
    Accumulation,
    Answer,
    Direction,
    Figure,
    Rate,
    Reason,
    Rounding,
    Target,
    TargetKind,
    accumulate,
    achievement_rate,
    change_rate,
    is_better,
    is_exceeded,
    is_met,
    is_worse,
    judging_obstacle,
    progress_rate,
    to_decimal,
)
from tests.evaluation_cases import (
    ANSWERS,
    RATES,
    at_least,
    at_most,
    case,
    change,
    figure,
    in_range,
    maintain,
    of_kind,
    shown,
    verdict,
)


def withheld(reason):
    return Rate(None, reason)


def unanswered(reason):
    return Answer(None, reason)


# --- Worked cases -----------------------------------------------------------------------------


def test_rising():
    assert progress_rate(at_least("100", "200", "150")) == Rate(Fraction(50))
    assert verdict(at_least("100", "200", "150")) == {"better"}


def test_falling():
    assert progress_rate(at_most("24.2", "10.0", "17.1")) == Rate(Fraction(50))
    assert verdict(at_most("24.2", "10.0", "17.1")) == {"better"}


def test_thirds_are_exact():
    assert progress_rate(at_least("0", "300", "100")) == Rate(Fraction(100, 3))
    assert shown(progress_rate(at_least("0", "300", "100"))) == "33.33"
    assert progress_rate(at_least("0", "300", "300")) == Rate(Fraction(100))


@pytest.mark.parametrize(
    ("baseline", "target", "actual", "progress", "expected"),
    [
        ("28493", "40000", "14446", "-122.07", {"worse"}),
        ("91", "95", "54", "-925.00", {"worse"}),
        ("33.8", "40.0", "34.3", "8.06", {"better"}),
        ("-712", "0", "-271", "61.94", {"better"}),
        ("6652", "7000", "7157", "145.11", {"met", "exceeded", "better"}),
        ("4265", "7200", "6522", "76.90", {"better"}),
    ],
)
def test_six_indicators_of_konan(baseline, target, actual, progress, expected):
    this = at_least(baseline, target, actual)
    assert str(to_decimal(progress_rate(this), 2)) == progress
    assert verdict(this) == expected


def test_progress_is_never_capped():
    assert shown(progress_rate(at_least("0", "100", "256.3")), 1) == "256.3"
    assert shown(progress_rate(at_least("0", "100", "-1301")), 0) == "-1301"


def test_negative_to_zero_with_an_unstated_window():
    this = at_least("-712", "0", "-271", window_known=False)
    assert shown(progress_rate(this)) == "61.93"
    assert achievement_rate(this) == withheld(Reason.ZERO_DIVISOR)
    assert judging_obstacle(this) is Reason.WINDOW_UNKNOWN
    assert judging_obstacle(replace(this, window_known=True)) is None


def test_not_comparable_with_the_baseline():
    this = at_most("24.2", "10.0", "11.4", comparable=False)
    assert {rate(this) for rate in RATES} == {withheld(Reason.DEFINITION_CHANGED)}
    assert {ask(this) for ask in ANSWERS} == {unanswered(Reason.DEFINITION_CHANGED)}
    assert judging_obstacle(this) is Reason.DEFINITION_CHANGED
    assert shown(progress_rate(replace(this, comparable=True)), 1) == "90.1"


def test_target_equal_to_the_baseline():
    this = at_most("5.0", "5.0", "5.0")
    assert is_met(this) == Answer(True)
    assert progress_rate(this) == withheld(Reason.TARGET_IS_BASELINE)
    assert achievement_rate(this) == Rate(Fraction(100))


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        ("4.2", {"met", "better"}),
        ("3", {"met", "better"}),
        ("5.0", {"met", "better"}),
        ("5.01", {"better"}),
        ("5.4", set()),
        ("2.6", set()),
        ("5.5", {"worse"}),
        ("2.5", {"worse"}),
    ],
)
def test_range_includes_its_ends_and_is_never_exceeded(actual, expected):
    this = in_range("5.4", "3", "5", actual)
    assert verdict(this) == expected
    assert is_exceeded(this) == Answer(False)
    assert {rate(this) for rate in RATES} == {withheld(Reason.NO_RATE_OF_KIND)}


@pytest.mark.parametrize("actual", ["29000", "30000", "30056", "31000", "0"])
@pytest.mark.parametrize(
    ("kind", "direction"),
    [
        (TargetKind.UNSPECIFIED, Direction.UNKNOWN),
        (TargetKind.UNSPECIFIED, Direction.FALLING),
        (TargetKind.AT_MOST, Direction.UNKNOWN),
        (TargetKind.CHANGE, Direction.UNKNOWN),
    ],
)
def test_nothing_is_judged_by_a_direction_nobody_stated(kind, direction, actual):
    this = case("30056", Target(kind, 30000), actual, direction)
    assert {rate(this) for rate in RATES} == {withheld(Reason.DIRECTION_UNKNOWN)}
    assert {ask(this) for ask in ANSWERS} == {unanswered(Reason.DIRECTION_UNKNOWN)}
    assert judging_obstacle(this) is Reason.DIRECTION_UNKNOWN


def test_a_range_waits_for_its_direction_too():
    this = in_range("5.4", "3", "5", "4.2", Direction.UNKNOWN)
    assert {ask(this) for ask in ANSWERS} == {unanswered(Reason.DIRECTION_UNKNOWN)}


def test_no_baseline():
    this = at_least(None, "100", "60")
    assert progress_rate(this) == withheld(Reason.NO_BASELINE)
    assert achievement_rate(this) == Rate(Fraction(60))
    assert is_met(this) == Answer(False)
    assert is_better(this) == unanswered(Reason.NO_BASELINE)


def test_not_started_then_zero():
    this = at_least(Reason.NOT_STARTED, "2000", "0")
    assert achievement_rate(this) == Rate(Fraction(0))
    assert is_met(this) == Answer(False)
    assert progress_rate(this) == withheld(Reason.NOT_STARTED)
    assert is_worse(this) == unanswered(Reason.NOT_STARTED)


def test_zero_target():
    this = at_most("3", "0", "0")
    assert is_met(this) == Answer(True)
    assert is_exceeded(this) == Answer(False)
    assert achievement_rate(this) == withheld(Reason.ZERO_DIVISOR)
    assert achievement_rate(this, inverted=True) == withheld(Reason.ZERO_DIVISOR)
    assert progress_rate(this) == Rate(Fraction(100))


def test_reached_and_passed():
    assert verdict(at_least("0", "100", "100")) == {"met", "better"}
    assert verdict(at_least("0", "100", "100.0001")) == {"met", "exceeded", "better"}
    assert verdict(at_most("20", "10", "10")) == {"met", "better"}
    assert verdict(at_most("20", "10", "9.9999")) == {"met", "exceeded", "better"}


def test_unchanged_is_neither_better_nor_worse():
    for this in (at_least("7", "10", "7.0"), at_most("7", "5", "7.0")):
        assert is_better(this) == Answer(False)
        assert is_worse(this) == Answer(False)


def test_straight_line_and_share_of_the_way():
    assert progress_rate(at_least("100", "140", "135")) == Rate(Fraction("87.5"))
    assert progress_rate(at_least("100", "200", "135")) == Rate(Fraction(35))


# --- Achievement and change -------------------------------------------------------------------


def test_achievement_of_an_at_most_target_plain_and_inverted():
    this = at_most("20", "10", "12.5")
    assert achievement_rate(this) == Rate(Fraction(125))
    assert achievement_rate(this, inverted=True) == Rate(Fraction(80))


def test_inverting_leaves_at_least_targets_alone():
    this = at_least("0", "50", "40")
    assert achievement_rate(this, inverted=True) == achievement_rate(this) == Rate(Fraction(80))


def test_change_rate():
    assert change_rate(at_least("200", "300", "250")) == Rate(Fraction(25))
    assert change_rate(at_least("0", "300", "250")) == withheld(Reason.ZERO_DIVISOR)
    assert change_rate(case("200", None, "150", Direction.FALLING)) == Rate(Fraction(-25))


@pytest.mark.parametrize(
    ("percent", "direction", "actual", "expected"),
    [
        ("-20", Direction.FALLING, "90", {"better"}),
        ("-20", Direction.FALLING, "80", {"met", "better"}),
        ("-20", Direction.FALLING, "70", {"met", "exceeded", "better"}),
        ("-20", Direction.NONE, "80", {"met"}),
        ("10", Direction.RISING, "109.9", {"better"}),
        ("10", Direction.RISING, "110", {"met", "better"}),
        ("10", Direction.NONE, "111", {"met", "exceeded"}),
        # "Shrink by no more than 5 %."
        ("-5", Direction.RISING, "96", {"met", "exceeded", "worse"}),
        ("-5", Direction.RISING, "94", {"worse"}),
        ("0", Direction.FALLING, "100", {"met"}),
    ],
)
def test_a_promised_change(percent, direction, actual, expected):
    assert verdict(change("100", percent, actual, direction)) == expected


def test_rates_of_a_promised_change():
    this = change("100", "-20", "90", Direction.FALLING)
    assert progress_rate(this) == Rate(Fraction(50))
    assert achievement_rate(this) == Rate(Fraction("112.5"))
    assert shown(achievement_rate(this, inverted=True)) == "88.88"
    assert change_rate(this) == Rate(Fraction(-10))


@pytest.mark.parametrize(
    ("this", "reason"),
    [
        (change("0", "-20", "5", Direction.FALLING), Reason.ZERO_DIVISOR),
        (change("-100", "10", "-50", Direction.RISING), Reason.NEGATIVE_BASELINE),
        (change("100", "0", "100", Direction.NONE), Reason.DIRECTION_NONE),
        (change(None, "-20", "5", Direction.FALLING), Reason.NO_BASELINE),
    ],
)
def test_a_change_that_cannot_be_measured(this, reason):
    assert is_met(this) == unanswered(reason)
    assert is_exceeded(this) == unanswered(reason)
    assert progress_rate(this) == withheld(reason)


# --- Maintaining, directions, texts -----------------------------------------------------------


@pytest.mark.parametrize(
    ("tolerance", "actual", "direction", "met"),
    [
        (None, "50", Direction.RISING, True),
        (None, "49.9", Direction.RISING, False),
        (None, "60", Direction.RISING, True),
        ("2", "48", Direction.RISING, True),
        ("2", "47.9", Direction.RISING, False),
        ("2", "52", Direction.FALLING, True),
        ("2", "52.1", Direction.FALLING, False),
        ("2", "10", Direction.FALLING, True),
        ("2", "52", Direction.NONE, True),
        ("2", "52.1", Direction.NONE, False),
        ("2", "47.9", Direction.NONE, False),
    ],
)
def test_maintained_within_tolerance_or_on_the_better_side(tolerance, actual, direction, met):
    this = maintain("50", tolerance, actual, direction)
    assert is_met(this) == Answer(met)
    assert is_exceeded(this) == Answer(False)
    assert {rate(this) for rate in RATES} == {withheld(Reason.NO_RATE_OF_KIND)}


def test_within_tolerance_is_still_strictly_worse():
    assert verdict(maintain("50", "2", "49", Direction.RISING)) == {"met", "worse"}


@pytest.mark.parametrize("kind", [TargetKind.DIRECTION_ONLY, TargetKind.TEXT])
def test_targets_without_a_number_are_for_people_to_judge(kind):
    this = of_kind(kind)
    assert {rate(this) for rate in RATES} == {withheld(Reason.NOT_NUMERIC)}
    assert is_met(this) == unanswered(Reason.NOT_NUMERIC)
    assert is_exceeded(this) == unanswered(Reason.NOT_NUMERIC)


def test_a_direction_is_followed_or_not():
    this = of_kind(TargetKind.DIRECTION_ONLY)
    assert is_better(this) == Answer(True)
    assert is_worse(this) == Answer(False)
    assert is_better(of_kind(TargetKind.TEXT)) == unanswered(Reason.NOT_NUMERIC)


def test_without_a_direction_nothing_is_better():
    this = replace(at_least("1", "3", "2"), direction=Direction.NONE)
    assert is_met(this) == Answer(False)
    assert is_better(this) == unanswered(Reason.DIRECTION_NONE)
    assert is_worse(this) == unanswered(Reason.DIRECTION_NONE)


def test_without_a_target_a_year_can_still_be_better():
    this = case("10", None, "12", Direction.RISING)
    assert is_better(this) == Answer(True)
    assert is_met(this) == unanswered(Reason.NO_TARGET)
    assert progress_rate(this) == withheld(Reason.NO_TARGET)


@pytest.mark.parametrize("kind", [TargetKind.AT_LEAST, TargetKind.RANGE, TargetKind.CHANGE])
def test_a_target_without_its_figure_is_no_target(kind):
    assert is_met(of_kind(kind)) == unanswered(Reason.NO_TARGET)


@pytest.mark.parametrize(
    "reason", [Reason.NOT_COMPILED, Reason.NO_SURVEY, Reason.WITHHELD, Reason.NO_ACTUAL]
)
def test_the_reason_of_a_missing_actual_is_kept(reason):
    this = at_least("1", "3", reason)
    assert {rate(this) for rate in RATES} == {withheld(reason)}
    assert {ask(this) for ask in ANSWERS} == {unanswered(reason)}
    assert is_exceeded(in_range("1", "3", "4", reason)) == unanswered(reason)


def test_every_reason_has_a_japanese_label_of_its_own():
    labels = [reason.label for reason in Reason]
    assert len(set(labels)) == len(labels)
    assert Reason.DEFINITION_CHANGED.label == "定義の変更"
    assert Reason.WINDOW_UNKNOWN.label == "対象期間不明"
    assert Reason.DIRECTION_UNKNOWN.label == "向きの記載なし"


def test_no_is_not_unknown_and_only_yes_counts_as_true():
    assert Answer(True)
    assert not Answer(False)
    assert not Answer.missing(Reason.NO_ACTUAL)
    assert Answer(False) != Answer.missing(Reason.NO_ACTUAL)


def test_a_figure_has_a_value_or_a_reason():
    for value, reason in ((None, None), (Fraction(1), Reason.NO_ACTUAL)):
        with pytest.raises(ValueError):
            Figure(value, reason)
    assert Figure.of(0).value == 0
    assert Figure.of(None).reason is Reason.NO_ACTUAL


@pytest.mark.parametrize("value", [0.1, True, "1"])
def test_floats_texts_and_booleans_are_no_figures(value):
    with pytest.raises(TypeError):
        Figure.of(value)


# --- Accumulation -----------------------------------------------------------------------------


def entries(**values):
    return {int(year[1:]): figure(value, Reason.NOT_COMPILED) for year, value in values.items()}


@pytest.mark.parametrize(
    ("kind", "first", "second", "target", "total", "achieved"),
    [
        (Accumulation.SUM, 100, 250, "400", 350, "87.5"),
        (Accumulation.SUM, 8, 25, "20", 33, "165"),
        (Accumulation.RUNNING_TOTAL, 8, 25, "20", 25, "125"),
        (Accumulation.FLOW, 8, 25, "20", 25, "125"),
        (Accumulation.POINT, 8, 25, "20", 25, "125"),
    ],
)
def test_accumulation_of_yearly_entries(kind, first, second, target, total, achieved):
    actual = accumulate(kind, entries(y2021=first, y2022=second), 2022)
    assert actual == Figure(Fraction(total))
    this = replace(at_least(None, target, 0), actual=actual)
    assert achievement_rate(this) == Rate(Fraction(achieved))


def test_a_sum_stops_at_its_year_and_begins_at_its_start():
    values = entries(y2020=1, y2021=10, y2022=100, y2023=1000)
    assert accumulate(Accumulation.SUM, values, 2022).value == 111
    assert accumulate(Accumulation.SUM, values, 2022, start=2021).value == 110


def test_a_zero_belongs_to_a_sum_and_a_gap_does_not():
    assert accumulate(Accumulation.SUM, entries(y2021=8, y2022=0), 2022).value == 8
    with_reason = entries(y2020=8, y2021=None, y2022=25)
    assert accumulate(Accumulation.SUM, with_reason, 2022).reason is Reason.NOT_COMPILED
    without_row = entries(y2020=8, y2022=25)
    assert accumulate(Accumulation.SUM, without_row, 2022).reason is Reason.NO_ACTUAL
    late = accumulate(Accumulation.SUM, entries(y2021=8), 2021, start=2020)
    assert late.reason is Reason.NO_ACTUAL


@pytest.mark.parametrize("kind", Accumulation)
def test_no_entries_no_figure(kind):
    assert accumulate(kind, {}, 2022).reason is Reason.NO_ACTUAL
    assert accumulate(kind, entries(y2023=5), 2022).reason is Reason.NO_ACTUAL


def test_kinds_other_than_a_sum_need_only_their_own_year():
    assert accumulate(Accumulation.RUNNING_TOTAL, entries(y2020=8, y2022=25), 2022).value == 25


# --- Rounding ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "places", "truncated", "half_up"),
    [
        ("99.95", 1, "99.9", "100.0"),
        ("99.94", 1, "99.9", "99.9"),
        ("0.05", 1, "0.0", "0.1"),
        ("-0.05", 1, "0.0", "-0.1"),
        ("-0.04", 1, "0.0", "0.0"),
        ("-122.0749", 2, "-122.07", "-122.07"),
        ("2.5", 0, "2", "3"),
        ("-2.5", 0, "-2", "-3"),
        ("100/3", 2, "33.33", "33.33"),
        ("200/3", 2, "66.66", "66.67"),
        ("50", 1, "50.0", "50.0"),
        ("0", 2, "0.00", "0.00"),
    ],
)
def test_rounding(value, places, truncated, half_up):
    rate = Rate(Fraction(value))
    assert str(to_decimal(rate, places, Rounding.TRUNCATE)) == truncated
    assert str(to_decimal(rate, places, Rounding.HALF_UP)) == half_up
    assert str(to_decimal(rate, places)) == half_up


def test_rounding_keeps_none():
    assert to_decimal(Rate.missing(Reason.NO_ACTUAL), 1) is None


def test_rounding_is_exact_beyond_the_precision_of_the_decimal_context():
    assert str(to_decimal(Rate(Fraction(10**40 * 2 + 1, 2)), 0)) == str(10**40 + 1)
