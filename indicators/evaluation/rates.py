"""Rates, and whether the target is met and the baseline bettered.

When several things stand in the way, the first of these is named: the target (none, not a number,
its direction not stated), the baseline, the actual, a change of definition, the arithmetic.

Nothing is judged by a direction that nobody stated. Showing how much of a target has been reached
judges by it too, so the rates wait for the direction just as met, better and worse do.
"""

from collections.abc import Callable
from fractions import Fraction
from functools import wraps
from typing import Concatenate, ParamSpec

from .terms import Answer, Case, Direction, Figure, Number, Rate, Reason, Target, TargetKind, exact

P = ParamSpec("P")


class _Withheld(Exception):  # noqa: N818
    """Carries a reason out of a formula; never leaves this module."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


def _rate(
    formula: Callable[Concatenate[Case, P], Fraction],
) -> Callable[Concatenate[Case, P], Rate]:
    """Turn a formula that gives a ratio, or stops for a reason, into one that gives a Rate."""

    @wraps(formula)
    def rate(case: Case, /, *args: P.args, **kwargs: P.kwargs) -> Rate:
        try:
            return Rate(formula(case, *args, **kwargs) * 100)
        except _Withheld as withheld:
            return Rate.missing(withheld.reason)

    return rate


def _answer(
    rule: Callable[Concatenate[Case, P], bool],
) -> Callable[Concatenate[Case, P], Answer]:
    """Turn a rule that says yes or no, or stops for a reason, into one that gives an Answer."""

    @wraps(rule)
    def answer(case: Case, /, *args: P.args, **kwargs: P.kwargs) -> Answer:
        try:
            return Answer(rule(case, *args, **kwargs))
        except _Withheld as withheld:
            return Answer.missing(withheld.reason)

    return answer


@_rate
def progress_rate(case: Case) -> Fraction:
    """進捗率 (a − b) ÷ (t − b): how much of the way from baseline to target has been gone.

    Serves rising and falling targets alike. For CHANGE, t is the baseline changed by x percent.
    A target behind the baseline allows a step back; there the formula would grow with the loss and
    pass 100 % when the target is missed, so it is withheld.
    """
    t, falling = _goal(case)
    b = _baseline(case)
    a = _actual(case)
    if t == b:
        raise _Withheld(Reason.TARGET_IS_BASELINE)
    if falling == (t > b):
        raise _Withheld(Reason.TARGET_BEHIND_BASELINE)
    return (a - b) / (t - b)


@_rate
def achievement_rate(case: Case, *, inverted: bool = False) -> Fraction:
    """達成率 a ÷ t. With `inverted`, t ÷ a where less is better; other targets stay a ÷ t."""
    t, falling = _goal(case)
    a = _actual(case)
    return _divided(t, a) if inverted and falling else _divided(a, t)


@_rate
def change_rate(case: Case) -> Fraction:
    """増減率 (a − b) ÷ b. Needs no target, but follows the other rates where there is one."""
    _check_rate_of_kind(case)
    _check_direction(case)
    b = _baseline(case)
    a = _actual(case)
    return _divided(a - b, b)


# --- Met, better, worse -----------------------------------------------------------------------


@_answer
def is_met(case: Case) -> bool:
    """Whether the target is reached. Direction-only and text targets are for people to say."""
    target = _numeric_target(case)
    _check_direction(case)
    match target.kind:
        case TargetKind.RANGE:
            lower, upper = _bounds(target)
            return lower <= _actual(case) <= upper
        case TargetKind.MAINTAIN:
            return _is_maintained(case, exact(target.tolerance or 0))
    t, falling = _goal(case)
    a = _actual(case)
    return a <= t if falling else a >= t


@_answer
def is_exceeded(case: Case) -> bool:
    """Whether the actual lies strictly beyond the target; never for a range or maintenance."""
    target = _numeric_target(case)
    _check_direction(case)
    if target.kind in {TargetKind.RANGE, TargetKind.MAINTAIN}:
        _actual(case)
        return False
    t, falling = _goal(case)
    a = _actual(case)
    return a < t if falling else a > t


@_answer
def is_better(case: Case) -> bool:
    """Whether the actual is strictly better than the baseline; for a range, nearer to it."""
    return _gain(case) > 0


@_answer
def is_worse(case: Case) -> bool:
    """Whether the actual is strictly worse than the baseline; for a range, further from it."""
    return _gain(case) < 0


@_answer
def is_unchanged(case: Case, *, tolerance: Number = 0, relative: bool = False) -> bool:
    """Whether the actual lies within the tolerance of the baseline, both ends included.

    `tolerance` is in the unit of the series, or with `relative` in percent of the baseline's size.
    A range compares the distances to it, as better and worse do.
    """
    kind = None if case.target is None else case.target.kind
    if kind is TargetKind.TEXT:
        raise _Withheld(Reason.NOT_NUMERIC)
    b = _baseline(case)
    moved = _gain(case) if kind is TargetKind.RANGE else _actual(case) - b
    width = exact(tolerance) * abs(b) / 100 if relative else exact(tolerance)
    return abs(moved) <= width


def judging_obstacle(case: Case) -> Reason | None:
    """Return why no band and no forecast may be drawn although there are figures; None: go on."""
    try:
        _check_direction(case)
    except _Withheld as withheld:
        return withheld.reason
    if not case.comparable:
        return Reason.DEFINITION_CHANGED
    return None if case.window_known else Reason.WINDOW_UNKNOWN


# --- The inputs of the formulas, each checked where it is used ---------------------------------


def _divided(dividend: Fraction, divisor: Fraction) -> Fraction:
    if divisor == 0:
        raise _Withheld(Reason.ZERO_DIVISOR)
    return dividend / divisor


def _baseline(case: Case) -> Fraction:
    return _value(case.baseline)


def _actual(case: Case) -> Fraction:
    value = _value(case.actual)
    if not case.comparable:
        raise _Withheld(Reason.DEFINITION_CHANGED)
    return value


def _value(figure: Figure) -> Fraction:
    if figure.value is None:
        assert figure.reason is not None  # one of the two is always there
        raise _Withheld(figure.reason)
    return figure.value


def _given(value: Number | None) -> Fraction:
    if value is None:
        raise _Withheld(Reason.NO_TARGET)
    return exact(value)


def _numeric_target(case: Case) -> Target:
    if case.target is None:
        raise _Withheld(Reason.NO_TARGET)
    if case.target.kind in {TargetKind.DIRECTION_ONLY, TargetKind.TEXT}:
        raise _Withheld(Reason.NOT_NUMERIC)
    return case.target


def _bounds(target: Target) -> tuple[Fraction, Fraction]:
    return _given(target.lower), _given(target.upper)


def _check_rate_of_kind(case: Case) -> None:
    """Ranges, maintenance, direction-only and text targets have no rates."""
    if case.target is None:
        return
    if _numeric_target(case).kind in {TargetKind.RANGE, TargetKind.MAINTAIN}:
        raise _Withheld(Reason.NO_RATE_OF_KIND)


def _check_direction(case: Case) -> None:
    unspecified = case.target is not None and case.target.kind is TargetKind.UNSPECIFIED
    if unspecified or case.direction is Direction.UNKNOWN:
        raise _Withheld(Reason.DIRECTION_UNKNOWN)


def _goal(case: Case) -> tuple[Fraction, bool]:
    """Return the number to reach, and whether it is to be reached from above (falling)."""
    target = _numeric_target(case)
    _check_rate_of_kind(case)
    _check_direction(case)
    value = _given(target.value)
    if target.kind is not TargetKind.CHANGE:
        return value, target.kind is TargetKind.AT_MOST
    b = _baseline(case)
    if b == 0:
        raise _Withheld(Reason.ZERO_DIVISOR)
    if b < 0:
        # (a − b) ÷ b falls while a rises: the promise has no plain reading.
        raise _Withheld(Reason.NEGATIVE_BASELINE)
    if case.direction is Direction.NONE and value == 0:
        raise _Withheld(Reason.DIRECTION_NONE)
    # "Shrink by no more than 5 %" is a negative change where rising is better: the stated direction
    # goes before the sign.
    falling = value < 0 if case.direction is Direction.NONE else _falls(case)
    return b * (1 + value / 100), falling


def _falls(case: Case) -> bool:
    return case.direction is Direction.FALLING


def _is_maintained(case: Case, tolerance: Fraction) -> bool:
    """Within the tolerance of the baseline, or on its better side."""
    b = _baseline(case)
    rise = _actual(case) - b
    match case.direction:
        case Direction.RISING:
            return rise >= -tolerance
        case Direction.FALLING:
            return rise <= tolerance
    return abs(rise) <= tolerance


def _gain(case: Case) -> Fraction:
    """Return by how much the actual is better than the baseline; negative if worse."""
    target = case.target
    if target is not None and target.kind is TargetKind.TEXT:
        raise _Withheld(Reason.NOT_NUMERIC)
    _check_direction(case)
    if target is not None and target.kind is TargetKind.RANGE:
        lower, upper = _bounds(target)
        b, a = (
            max(lower - value, value - upper, Fraction(0))
            for value in (_baseline(case), _actual(case))
        )
        return b - a
    if case.direction is Direction.NONE:
        raise _Withheld(Reason.DIRECTION_NONE)
    b = _baseline(case)
    a = _actual(case)
    return b - a if _falls(case) else a - b
