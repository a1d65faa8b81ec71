"""Short ways to write one indicator in one year, and to ask everything of it."""

from decimal import Decimal

from indicators.evaluation import (
    Case,
    Direction,
    Figure,
    Reason,
    Rounding,
    Target,
    TargetKind,
    achievement_rate,
    change_rate,
    is_better,
    is_exceeded,
    is_met,
    is_worse,
    progress_rate,
    to_decimal,
)

RATES = (progress_rate, achievement_rate, change_rate)
ANSWERS = (is_met, is_exceeded, is_better, is_worse)


def figure(value, reason):
    """A figure from how a test writes it: a number, a Reason, or None for `reason`."""
    if isinstance(value, Reason):
        return Figure.missing(value)
    return Figure.of(Decimal(value) if isinstance(value, str) else value, reason)


def case(baseline, target, actual, direction, **options):
    return Case(
        figure(baseline, Reason.NO_BASELINE),
        target,
        figure(actual, Reason.NO_ACTUAL),
        direction,
        **options,
    )


def at_least(baseline, target, actual, **options):
    goal = Target(TargetKind.AT_LEAST, Decimal(target))
    return case(baseline, goal, actual, Direction.RISING, **options)


def at_most(baseline, target, actual, **options):
    goal = Target(TargetKind.AT_MOST, Decimal(target))
    return case(baseline, goal, actual, Direction.FALLING, **options)


def in_range(baseline, lower, upper, actual, direction=Direction.NONE):
    goal = Target(TargetKind.RANGE, lower=Decimal(lower), upper=Decimal(upper))
    return case(baseline, goal, actual, direction)


def maintain(baseline, tolerance, actual, direction):
    goal = Target(TargetKind.MAINTAIN, tolerance=tolerance and Decimal(tolerance))
    return case(baseline, goal, actual, direction)


def change(baseline, percent, actual, direction):
    return case(baseline, Target(TargetKind.CHANGE, Decimal(percent)), actual, direction)


def of_kind(kind, value=None, direction=Direction.RISING):
    return case("1", Target(kind, value), "2", direction)


def verdict(this):
    return {ask.__name__[3:] for ask in ANSWERS if ask(this).value}


def shown(rate, places=2):
    return str(to_decimal(rate, places, Rounding.TRUNCATE))
