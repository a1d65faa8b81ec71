"""From stored rows to the pure rules: the one place that prepares a case for `evaluation`.

Publications, pages, exports and commands take their rates from here (or from what was frozen).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from plans.choices import Period

from . import evaluation
from .choices import BaselineStatus, TargetKind
from .evaluation import Case, Figure, Rate, Reason
from .models import Actual, Indicator, Series, SeriesBreak, Target


def targets_in_force(targets: Iterable[Target], fiscal_year: int | None) -> list[Target]:
    """Return for each target year the revision in force when `fiscal_year` is judged (None: the
    latest one), in order of the target years."""
    in_force: dict[int, Target] = {}
    for target in sorted(targets, key=lambda target: (target.fiscal_year, target.revision)):
        decided = (
            fiscal_year is None
            or target.effective_from is None
            or target.effective_from <= fiscal_year
        )
        if decided:
            in_force[target.fiscal_year] = target
    return list(in_force.values())


def baseline_of(indicator: Indicator) -> Figure:
    """Return the baseline, or why there is none (not started yet, unavailable)."""
    if indicator.baseline_status == BaselineStatus.NOT_STARTED:
        return Figure.missing(Reason.NOT_STARTED)
    return Figure.of(indicator.baseline_value, Reason.NO_BASELINE)


def figure_of(actual: Actual | None) -> Figure:
    """Return an actual's figure, or the reason it carries; no row means not entered."""
    if actual is None:
        return Figure.missing(Reason.NO_ACTUAL)
    if actual.value is None:
        return Figure.missing(Reason(actual.missing_reason))
    return Figure.of(actual.value)


def amount_of(series: Series, entries: Mapping[int, Actual], fiscal_year: int) -> Figure:
    """Return the figure a fiscal year is judged by, from the year-end entries by year."""
    return evaluation.accumulate(
        evaluation.Accumulation(series.accumulation),
        {year: figure_of(actual) for year, actual in entries.items()},
        fiscal_year,
        start=series.start_fiscal_year,
    )


def is_comparable(indicator: Indicator, breaks: Iterable[SeriesBreak], fiscal_year: int) -> bool:
    """Whether the definition is still the baseline's: no break after its year up to this one."""
    since = indicator.baseline_fiscal_year
    return not any(
        (since is None or since < change.fiscal_year) and change.fiscal_year <= fiscal_year
        for change in breaks
    )


def final_target(targets: list[Target]) -> evaluation.Target | None:
    """Return the target of the last target year, as the rules want it; None where there is none
    or the source does not state its figure."""
    last = targets[-1] if targets else None
    if last is None or (last.kind == TargetKind.UNSPECIFIED and last.value is None):
        return None
    return evaluation.Target(
        kind=evaluation.TargetKind(last.kind),
        value=last.value,
        lower=last.lower,
        upper=last.upper,
        tolerance=last.tolerance,
    )


def case_of(
    indicator: Indicator,
    entries: Mapping[int, Actual],
    fiscal_year: int,
) -> Case:
    """Return the case of an indicator in a fiscal year, against its final target in force.

    `entries` are the year-end actuals of its series by year. Reads the prefetched targets and
    breaks; asks the database nothing where they are prefetched.
    """
    series = indicator.series
    return Case(
        baseline=baseline_of(indicator),
        target=final_target(targets_in_force(indicator.targets.all(), fiscal_year)),
        actual=amount_of(series, entries, fiscal_year),
        direction=evaluation.Direction(indicator.direction),
        comparable=is_comparable(indicator, series.breaks.all(), fiscal_year),
        window_known=series.window_is_known,
    )


def rates_of(case: Case, period: str) -> dict[str, Rate]:
    """Return the rates of a year by name. The middle of a year is shown, but not rated yet."""
    if period == Period.MID_YEAR:
        return {}
    return {
        "progress": evaluation.progress_rate(case),
        "achievement": evaluation.achievement_rate(case, inverted=True),
    }
