"""Short ways to write an indicator through the years, and small schemes to judge it by."""

from decimal import Decimal

from indicators.evaluation import Course, Direction, Reason, Scheme, Target, TargetKind, judge
from tests.evaluation_cases import figure

YEAR = 2022


def aim(kind, value):
    return Target(kind, value if value is None else Decimal(value))


def course(baseline, targets, actuals, **options):
    """A course from {year: value} of targets (at least) and actuals; baseline of 2020.

    A target may also be a ready `Target`.
    """
    goals = {
        year: goal if isinstance(goal, Target) else aim(TargetKind.AT_LEAST, goal)
        for year, goal in targets.items()
    }
    given = {"direction": Direction.RISING, "baseline_year": 2020, "plan_start": 2021, **options}
    return Course(
        baseline=figure(baseline, Reason.NO_BASELINE),
        targets=goals,
        actuals={year: figure(value, Reason.NO_ACTUAL) for year, value in actuals.items()},
        **given,
    )


def falling(baseline, targets, actuals, **options):
    goals = {year: aim(TargetKind.AT_MOST, value) for year, value in targets.items()}
    return course(baseline, goals, actuals, direction=Direction.FALLING, **options)


def single(baseline, target, actual, **options):
    """One year, 2022, of a plan that ends in 2025."""
    return course(baseline, {2025: target}, {2022: actual}, **options)


def single_falling(baseline, target, actual, **options):
    return falling(baseline, {2025: target}, {2022: actual}, **options)


def in_range(baseline, lower, upper, actual, **options):
    target = Target(TargetKind.RANGE, lower=Decimal(lower), upper=Decimal(upper))
    return single(baseline, target, actual, **{"direction": Direction.NONE, **options})


def band(symbol, test, number=None, **fields):
    """Fields of a class; `number` is its threshold, or its tolerance where it tests that."""
    name = "tolerance" if test == "unchanged" else "threshold"
    return {"symbol": symbol, "label": symbol, "test": test, name: number, **fields}


def scheme(*bands, code="own", **fields):
    rows = [{"order": order, **row} for order, row in enumerate(bands, start=1)]
    return Scheme.of({"code": code, "name": code, **fields}, rows)


def thresholds(*numbers, test="rate_at_least", **fields):
    """Classes A, B, C… by falling thresholds, the last one otherwise."""
    letters = "ABCDEFGH"
    rows = [band(letter, test, number) for letter, number in zip(letters, numbers, strict=False)]
    return scheme(
        *rows, band(letters[len(numbers)], "otherwise"), **{"formula": "progress", **fields}
    )


def outcome(scheme, course, year=YEAR):
    """The symbol of the class, or the reason why there is none."""
    verdict = judge(scheme, course, year)
    return verdict.reason if verdict.band is None else verdict.symbol
