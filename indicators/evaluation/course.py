"""An indicator through the years, and what a fiscal year of it is compared with."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cached_property

from .schemes import Basis, YearsFrom
from .terms import Case, Direction, Figure, Outcome, Reason, Target, TargetKind, exact


@dataclass(frozen=True, kw_only=True)
class Course:
    """One indicator of a plan with everything its years are judged by.

    `targets` are those in force in the year that is judged, by target year. `actuals` are the
    year-end figures by fiscal year, accumulated as the series says; a year that is not there has
    not been entered. `mid_years` are the years with a figure of their middle. `breaks` are the
    fiscal years from which the definition differs. `baseline_year` None: not known; for a baseline
    that had not started, the year of the start. `plan_start` None: not known.
    """

    baseline: Figure
    direction: Direction
    targets: Mapping[int, Target]
    actuals: Mapping[int, Figure]
    baseline_year: int | None = None
    plan_start: int | None = None
    mid_years: Collection[int] = ()
    breaks: Collection[int] = ()
    window_known: bool = True
    baseline_is_average: bool = False
    actuals_are_averages: bool = False
    stopped: bool = False

    @cached_property
    def target_year(self) -> int | None:
        """The year of the final target, None without targets."""
        return max(self.targets, default=None)

    @property
    def final_target(self) -> Target | None:
        return None if self.target_year is None else self.targets[self.target_year]

    def actual(self, fiscal_year: int) -> Figure:
        """Return the year-end figure, or why there is none."""
        found = self.actuals.get(fiscal_year)
        if found is None:
            found = Figure.missing(Reason.NO_ACTUAL)
        if found.reason is Reason.NO_ACTUAL and fiscal_year in self.mid_years:
            return Figure.missing(Reason.MID_YEAR_ONLY)
        return found

    def point(self, fiscal_year: int) -> Figure:
        """Return the figure of a year as a point of the line: its actual, else the baseline of
        that year. A mean of several years is no point."""
        actual = self.actual(fiscal_year)
        if actual.value is None and fiscal_year == self.baseline_year:
            return actual if self.baseline_is_average else self.baseline
        return actual

    def is_comparable(self, fiscal_year: int) -> bool:
        """Whether the definition is still the baseline's: no break after its year up to this."""
        since = self.baseline_year
        return not any(
            year <= fiscal_year and (since is None or since < year) for year in self.breaks
        )

    def latest_year(self, fiscal_year: int) -> int | None:
        """Return the last earlier year with a figure, None without one. The baseline and what lies
        before it say nothing of the plan's years."""
        since = None if self.baseline.value is None else self.baseline_year
        years = (
            year
            for year, figure in self.actuals.items()
            if figure.value is not None and year < fiscal_year and (since is None or since < year)
        )
        return max(years, default=None)

    def case(self, fiscal_year: int, target: Target | None) -> Case:
        """Return the case of a fiscal year against a target."""
        return Case(
            baseline=self.baseline,
            target=target,
            actual=self.actual(fiscal_year),
            direction=self.direction,
            comparable=self.is_comparable(fiscal_year),
            window_known=self.window_known,
        )


class Against(StrEnum):
    """Which target a year is compared with."""

    FINAL = "final"
    INTERIM = "interim"
    """The year's own target, as the plan sets it."""
    LINE = "line"
    """The year's place on the straight line from the baseline to the final target."""


@dataclass(frozen=True)
class Elapsed:
    """`years` of all the years up to the target year `of` have passed at the end of a year."""

    years: int
    of: int

    @property
    def share(self) -> Fraction:
        return Fraction(self.years, self.of)


@dataclass(frozen=True)
class Comparison:
    """What a year is compared with: a target, the year it stems from, the share of the way.

    `elapsed` None: this comparison counts no years. `reason`: why the year has no target although
    there is a final one (then `target` is the final one, for its kind only).
    """

    target: Target | None
    target_year: int | None
    against: Against = Against.FINAL
    elapsed: Outcome[Elapsed] | None = None
    reason: Reason | None = None


def elapsed_years(course: Course, fiscal_year: int, years_from: YearsFrom) -> Outcome[Elapsed]:
    """Return how many years have passed at the end of a fiscal year, of how many to the target.

    A baseline stands at the end of its year, so that the year after it is the first. A plan starts
    with its first year, which therefore counts as passed at its end (Tama: 20 % of five years).
    After the target year the way stays whole.
    """
    if course.target_year is None:
        return Outcome.missing(Reason.NO_TARGET)
    start = course.baseline_year
    counts_from_start = course.baseline.reason is Reason.NOT_STARTED
    if years_from is YearsFrom.PLAN_START:
        start, counts_from_start = course.plan_start, True
    if start is None:
        return Outcome.missing(Reason.START_UNKNOWN)
    if counts_from_start:
        start -= 1
    years = min(fiscal_year, course.target_year) - start
    if years <= 0:
        return Outcome.missing(Reason.NOT_BEGUN)
    return Outcome(Elapsed(years, course.target_year - start))


def compare(course: Course, fiscal_year: int, basis: Basis, years_from: YearsFrom) -> Comparison:
    """Return what a fiscal year is compared with.

    YEAR_TARGET takes the target of that very year, else the straight line
    b + (t − b)·n/N. No line leads to a range, to maintenance, a direction or a text: there the
    final target holds in every year, as it does from its own year on.
    """
    target, target_year = course.final_target, course.target_year
    if target is None or target_year is None:
        return Comparison(None, None)
    if basis is Basis.PRO_RATA:
        elapsed = elapsed_years(course, fiscal_year, years_from)
        return Comparison(target, target_year, elapsed=elapsed)
    if basis is Basis.YEAR_TARGET and fiscal_year < target_year:
        if fiscal_year in course.targets:
            return Comparison(course.targets[fiscal_year], fiscal_year, Against.INTERIM)
        if target.value is not None and target.kind in _REACHED_BY_A_LINE:
            return _line(course, fiscal_year, target, years_from)
    return Comparison(target, target_year)


_REACHED_BY_A_LINE = frozenset({TargetKind.AT_LEAST, TargetKind.AT_MOST, TargetKind.CHANGE})


def _line(course: Course, fiscal_year: int, final: Target, years_from: YearsFrom) -> Comparison:
    """Return the comparison with the straight line, as a target of the final target's kind."""
    assert final.value is not None  # asked before
    elapsed = elapsed_years(course, fiscal_year, years_from)
    b, t = course.baseline.value, exact(final.value)
    if b is None or elapsed.value is None:
        reason = course.baseline.reason or elapsed.reason
        return Comparison(final, course.target_year, Against.LINE, elapsed, reason)
    share = elapsed.value.share
    # A change is counted from the baseline already.
    expected = t * share if final.kind is TargetKind.CHANGE else b + (t - b) * share
    return Comparison(Target(final.kind, expected), course.target_year, Against.LINE, elapsed)
