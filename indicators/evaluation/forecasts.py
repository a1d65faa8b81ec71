"""Where the line leads if the indicator goes on as it has: このペースだと."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import lcm

from .course import Course
from .rates import is_met, judging_obstacle
from .terms import Answer, Case, Figure, Reason, Target, TargetKind

FEWEST_POINTS = 3


class Method(StrEnum):
    LEAST_SQUARES = "least_squares"


@dataclass(frozen=True)
class Point:
    fiscal_year: int
    value: Fraction


@dataclass(frozen=True)
class Forecast:
    """The value a straight line through the `points` has in the target year.

    `value` is exact, or carries the reason why there is no forecast. It is not cut at what the
    unit allows: a share may come out above 100. `meets` says whether it would meet the final
    target. `per_year` is the slope, None without a forecast. `points` are also given where they
    are too few.
    """

    value: Figure
    meets: Answer
    target: Target | None
    target_year: int | None
    points: tuple[Point, ...] = ()
    per_year: Fraction | None = None
    method: Method = Method.LEAST_SQUARES


def forecast(course: Course, fiscal_year: int) -> Forecast:
    """Project the figures from the baseline to `fiscal_year` to the year of the final target."""
    target, target_year = course.final_target, course.target_year
    points = _points(course, fiscal_year)
    obstacle = _obstacle(course, fiscal_year)
    if obstacle is None and len(points) < FEWEST_POINTS:
        obstacle = Reason.TOO_FEW_POINTS
    if obstacle is not None or target_year is None:
        reason = obstacle or Reason.NO_TARGET
        missing = Figure.missing(reason), Answer.missing(reason)
        return Forecast(*missing, target, target_year, points)
    value, per_year = _least_squares(points, target_year)
    case = Case(course.baseline, target, Figure(value), course.direction)
    return Forecast(Figure(value), is_met(case), target, target_year, points, per_year)


def _obstacle(course: Course, fiscal_year: int) -> Reason | None:
    """Return why no line may be drawn whatever the points; None: draw it."""
    target, target_year = course.final_target, course.target_year
    if target is None or target_year is None:
        return Reason.NO_TARGET
    if target.kind in {TargetKind.TEXT, TargetKind.DIRECTION_ONLY}:
        return Reason.NOT_NUMERIC
    if course.stopped:
        return Reason.STOPPED
    obstacle = judging_obstacle(course.case(fiscal_year, target))
    if obstacle is not None:
        return obstacle
    if course.actuals_are_averages:
        return Reason.AVERAGES
    return Reason.TARGET_YEAR_REACHED if fiscal_year >= target_year else None


def _points(course: Course, fiscal_year: int) -> tuple[Point, ...]:
    years = set(course.actuals)
    first = course.baseline_year
    if first is not None:
        years = {year for year in years if year >= first} | {first}
    return tuple(
        Point(year, value)
        for year in sorted(years)
        if year <= fiscal_year and (value := course.point(year).value) is not None
    )


def _least_squares(points: tuple[Point, ...], fiscal_year: int) -> tuple[Fraction, Fraction]:
    """Return the value of the fitted line in a fiscal year, and its slope per year.

    The sums are taken over whole numbers, the values times their common denominator: exact all the
    same, and several times as fast as sums of fractions.
    """
    count = len(points)
    unit = lcm(*(point.value.denominator for point in points))
    values = [point.value.numerator * (unit // point.value.denominator) for point in points]
    years = [point.fiscal_year for point in points]
    x, y = sum(years), sum(values)
    xy = sum(year * value for year, value in zip(years, values, strict=True))
    spread = count * sum(year * year for year in years) - x * x
    rise = count * xy - x * y
    value = Fraction(y * spread + rise * (count * fiscal_year - x), count * spread * unit)
    return value, Fraction(rise, spread * unit)
