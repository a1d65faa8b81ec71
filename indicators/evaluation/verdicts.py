"""The judgement of a year by a scheme, with all that explains it."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import partial

from .course import Comparison, Course, Elapsed, compare
from .figures import to_decimal
from .rates import (
    achievement_rate,
    change_rate,
    is_better,
    is_exceeded,
    is_met,
    is_unchanged,
    is_worse,
    judging_obstacle,
    progress_rate,
)
from .schemes import RATE_TESTS, Band, Basis, Formula, NoValue, Scheme, Test, Tolerance, Tone
from .terms import Answer, Case, Direction, Figure, Rate, Reason, TargetKind, exact


@dataclass(frozen=True)
class Verdict:
    """A class, or the reason why there is none, and everything that led to it.

    `case` holds baseline, target and actual as they were compared; `value_year` is the year of the
    actual (an earlier one where the scheme takes the latest value; None without a value).
    `rate` is the scheme's formula, exact; `compared` is what the thresholds were held against:
    the same, divided by the share of the years (pro rata) and rounded where the scheme says so.
    `stopped_at` is the class whose test lacked its input. `by_met` says that the top class was
    given because the target is met although there is no rate.
    """

    scheme: Scheme
    fiscal_year: int
    band: Band | None
    reason: Reason | None
    case: Case
    comparison: Comparison
    rate: Rate
    compared: Rate
    value_year: int | None
    baseline_year: int | None
    stopped_at: Band | None = None
    by_met: bool = False

    @property
    def symbol(self) -> str:
        """The symbol to print, also where the year is unrated."""
        return self.scheme.unrated_symbol if self.band is None else self.band.symbol

    @property
    def label(self) -> str:
        return self.scheme.unrated_label if self.band is None else self.band.label

    @property
    def spoken(self) -> str:
        """What a screen reader says in place of the symbol."""
        return self.label if self.band is None else self.band.spoken or self.band.label

    @property
    def tone(self) -> Tone:
        return Tone.NONE if self.band is None else self.band.tone

    @property
    def is_reported(self) -> bool:
        """Whether this very year has a figure, not only an earlier one."""
        return self.value_year == self.fiscal_year

    @property
    def rate_shown(self) -> Decimal | None:
        """The rate in percent as the scheme prints it; None as `rate` says."""
        return to_decimal(self.rate, self.scheme.decimals, self.scheme.rounding)

    @property
    def compared_shown(self) -> Decimal | None:
        """What the thresholds were held against, as printed; None as `compared` says."""
        return to_decimal(self.compared, self.scheme.decimals, self.scheme.rounding)

    @property
    def elapsed(self) -> Elapsed | None:
        """The years counted for the line or pro rata, None where none are (or can be)."""
        return None if self.comparison.elapsed is None else self.comparison.elapsed.value

    @property
    def expected(self) -> Figure:
        """The number the year was to reach: the target's, the year's own, or the line's."""
        target = self.case.target
        if self.comparison.reason is not None:
            return Figure.missing(self.comparison.reason)
        if target is None:
            return Figure.missing(Reason.NO_TARGET)
        if target.value is None:
            return Figure.missing(Reason.NOT_NUMERIC)
        if target.kind is not TargetKind.CHANGE:
            return Figure(exact(target.value))
        b = self.case.baseline
        return b if b.value is None else Figure(b.value * (1 + exact(target.value) / 100))


def judge(scheme: Scheme, course: Course, fiscal_year: int) -> Verdict:
    """Return the class of an indicator in a fiscal year, or why it has none.

    A year without a value takes the latest earlier one where the scheme says so; it then stands
    against what the judged year is compared with. The middle of a year is not judged.
    """
    value_year = _value_year(scheme, course, fiscal_year)
    comparison = compare(course, fiscal_year, scheme.basis, scheme.years_from)
    case = course.case(fiscal_year if value_year is None else value_year, comparison.target)
    rate = _rate(scheme.formula, case, comparison)
    compared = _compared(scheme, rate, comparison)
    found = _class(scheme, case, comparison, compared)
    return Verdict(
        scheme=scheme,
        fiscal_year=fiscal_year,
        band=found.band,
        reason=found.reason,
        case=case,
        comparison=comparison,
        rate=rate,
        compared=compared,
        value_year=value_year,
        baseline_year=course.baseline_year,
        stopped_at=found.stopped_at,
        by_met=found.by_met,
    )


# --- The rate ---------------------------------------------------------------------------------

_RATES: dict[Formula, Callable[[Case], Rate]] = {
    Formula.PROGRESS: progress_rate,
    Formula.ACHIEVEMENT: partial(achievement_rate, inverted=True),
    Formula.ACHIEVEMENT_PLAIN: achievement_rate,
    Formula.CHANGE: change_rate,
}


def _value_year(scheme: Scheme, course: Course, fiscal_year: int) -> int | None:
    actual = course.actual(fiscal_year)
    if actual.value is not None:
        return fiscal_year
    if scheme.no_value is not NoValue.LATEST or actual.reason is Reason.MID_YEAR_ONLY:
        return None
    return course.latest_year(fiscal_year)


def _rate(formula: Formula, case: Case, comparison: Comparison) -> Rate:
    if formula is Formula.NONE:
        return Rate.missing(Reason.NO_FORMULA)
    if comparison.reason is not None and formula is not Formula.CHANGE:
        return Rate.missing(comparison.reason)
    return _RATES[formula](case)


def _compared(scheme: Scheme, rate: Rate, comparison: Comparison) -> Rate:
    if rate.value is not None and scheme.basis is Basis.PRO_RATA:
        elapsed = comparison.elapsed
        if elapsed is None:  # a change without a target has no way to go a share of
            return Rate.missing(Reason.NO_TARGET)
        if elapsed.value is None:
            assert elapsed.reason is not None  # one of the two is always there
            return Rate.missing(elapsed.reason)
        rate = Rate(rate.value / elapsed.value.share)
    if scheme.bands_see_rounded:
        rounded = to_decimal(rate, scheme.decimals, scheme.rounding)
        return rate if rounded is None else Rate(Fraction(rounded))
    return rate


# --- The class --------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Found:
    band: Band | None = None
    reason: Reason | None = None
    stopped_at: Band | None = None
    by_met: bool = False


def _class(scheme: Scheme, case: Case, comparison: Comparison, compared: Rate) -> _Found:
    """Return the first class whose test holds; a test without its input ends the search."""
    obstacle = _obstacle(scheme, case)
    if obstacle is not None:
        return _Found(reason=obstacle)
    for band in scheme.bands:
        if band.test is Test.PEOPLE:
            continue
        answer = _holds(band, case, comparison, compared)
        if answer.value:
            return _Found(band)
        if answer.reason is not None:
            if (
                band.test in RATE_TESTS
                and scheme.met_counts_as_top
                and _against_target(is_met, case, comparison)
            ):
                return _Found(scheme.top, by_met=True)
            return _Found(reason=answer.reason, stopped_at=band)
    return _Found(reason=Reason.NO_BAND)


def _obstacle(scheme: Scheme, case: Case) -> Reason | None:
    """Return what stands in the way of every class; None: try them.

    The order is that of the rates: the target, its direction, the actual, its definition, and what
    it was counted over.
    """
    if not scheme.is_computed:
        return Reason.CHOSEN_BY_PEOPLE
    if case.target is not None and case.target.kind is TargetKind.TEXT:
        return Reason.NOT_NUMERIC
    if case.target is None and case.direction is Direction.UNKNOWN:
        return Reason.NO_TARGET
    obstacle = judging_obstacle(case)
    return obstacle if obstacle is Reason.DIRECTION_UNKNOWN else case.actual.reason or obstacle


def _holds(band: Band, case: Case, comparison: Comparison, compared: Rate) -> Answer:
    match band.test:
        case Test.RATE_AT_LEAST | Test.RATE_ABOVE:
            if compared.value is None:
                return Answer(None, compared.reason)
            above = compared.value > band.edge
            reached = above or (band.test is Test.RATE_AT_LEAST and compared.value == band.edge)
            return Answer(reached)
        case Test.MET:
            return _against_target(is_met, case, comparison)
        case Test.EXCEEDED:
            return _against_target(is_exceeded, case, comparison)
        case Test.BETTER:
            return is_better(case)
        case Test.WORSE:
            return is_worse(case)
        case Test.UNCHANGED:
            return is_unchanged(
                case,
                tolerance=band.tolerance or 0,
                relative=band.tolerance_kind is Tolerance.RELATIVE,
            )
    return Answer(True)


def _against_target(ask: Callable[[Case], Answer], case: Case, comparison: Comparison) -> Answer:
    """Ask by the target of the comparison, which may be missing for a reason of its own."""
    return ask(case) if comparison.reason is None else Answer.missing(comparison.reason)
