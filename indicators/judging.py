"""From stored rows to the pure rules: the one place that prepares what `evaluation` judges.

Publications, pages, exports and commands take rates and judgements from here (or from what was
frozen). Nothing is stored; the number of queries does not depend on the number of indicators.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from plans.choices import Period, WorkState
from plans.models import Plan, PlanScheme, RatingScheme

from . import evaluation
from .choices import BaselineStatus, Basis, TargetKind
from .evaluation import Course, Figure, Forecast, Rate, Reason, Scheme, Trend, Verdict
from .models import Actual, Indicator, Judgement, Series, Target


class Entry(NamedTuple):
    """What an actual says, without the row: thousands are read for one judgement of a plan."""

    series_id: int
    fiscal_year: int
    period: str
    value: object
    missing_reason: str

    @classmethod
    def of(cls, actual: Actual) -> Entry:
        return cls(*(getattr(actual, name) for name in cls._fields))

    @property
    def figure(self) -> Figure:
        """The figure, or the reason the actual carries."""
        if self.value is None:
            return Figure.missing(Reason(self.missing_reason))
        return Figure.of(self.value)


@dataclass(frozen=True)
class Judged:
    """An indicator of a plan in a fiscal year and period, with everything said of it."""

    indicator: Indicator
    fiscal_year: int
    period: str
    course: Course
    scheme: Scheme | None
    judgements: list[Judgement] = field(default_factory=list)

    @cached_property
    def verdict(self) -> Verdict | None:
        """The computed judgement; None where the plan has no rating scheme in that year."""
        if self.scheme is None:
            return None
        return evaluation.judge(self.scheme, self.course, self.fiscal_year)

    @cached_property
    def trend(self) -> Trend:
        return evaluation.trend(self.course, self.fiscal_year)

    @cached_property
    def forecast(self) -> Forecast:
        return evaluation.forecast(self.course, self.fiscal_year)

    @cached_property
    def rates(self) -> dict[str, Rate]:
        """The rates against the final target, whatever the scheme uses. The middle of a year is
        shown, but not rated yet."""
        if self.period == Period.MID_YEAR:
            return {}
        case = self.course.case(self.fiscal_year, self.course.final_target)
        return {
            "progress": evaluation.progress_rate(case),
            "achievement": evaluation.achievement_rate(case, inverted=True),
        }

    @property
    def chosen(self) -> Judgement | None:
        """The valid judgement of people: that of the last stage; None where nobody judged."""
        return self.judgements[-1] if self.judgements else None


# --- A whole plan -----------------------------------------------------------------------------


def judge_plan(
    plan: Plan,
    fiscal_year: int,
    period: str = Period.YEAR_END,
    *,
    states: Collection[str] | None = None,
    indicators: Iterable[Indicator] | None = None,
) -> list[Judged]:
    """Return the indicators that belong to the plan in a fiscal year, each as judged then.

    `states` limits actuals and judgements to rows that have come so far (None: all of them).
    `indicators` are taken as they are where given (see `with_relations`).
    """
    if indicators is None:
        indicators = with_relations(plan.indicators.in_year(fiscal_year))
    indicators = list(indicators)
    scheme = scheme_of(plan, PlanScheme.Subject.INDICATORS, fiscal_year)
    entries = _entries(plan, fiscal_year, states)
    judgements = _judgements(plan, fiscal_year, period, states)
    return [
        Judged(
            indicator=indicator,
            fiscal_year=fiscal_year,
            period=period,
            course=course_of(indicator, entries[indicator.series_id], fiscal_year, period),
            scheme=scheme,
            judgements=judgements[indicator.pk],
        )
        for indicator in indicators
    ]


def with_relations(indicators: object) -> object:
    """Return the queryset with all a judgement reads: plan, series, breaks and targets."""
    return indicators.select_related("plan", "series").prefetch_related("targets", "series__breaks")


def scheme_of(plan: Plan, subject: str, fiscal_year: int) -> Scheme | None:
    """Return the scheme in force as the rules want it, None where the plan has none."""
    stored = plan.scheme_in(subject, fiscal_year)
    return None if stored is None else rules_of(stored)


def rules_of(stored: RatingScheme) -> Scheme:
    """Return a stored scheme as the rules want it."""
    return Scheme.of(vars(stored), map(vars, stored.bands.all()))


def _entries(
    plan: Plan, fiscal_year: int, states: Collection[str] | None
) -> dict[int, list[Entry]]:
    """Return series id → entries up to the year. One query."""
    rows = Actual.objects.filter(
        series__in=plan.indicators.values("series"), fiscal_year__lte=fiscal_year
    )
    if states is not None:
        rows = rows.filter(state__in=states)
    found: dict[int, list[Entry]] = defaultdict(list)
    for row in rows.order_by().values_list(*Entry._fields):
        found[row[0]].append(Entry(*row))
    return found


def entries_of(series: Series, fiscal_year: int) -> list[Entry]:
    """Return the entries of one series up to the year. One query."""
    rows = Actual.objects.filter(series=series, fiscal_year__lte=fiscal_year).order_by()
    return [Entry(*row) for row in rows.values_list(*Entry._fields)]


def _judgements(
    plan: Plan, fiscal_year: int, period: str, states: Collection[str] | None
) -> dict[int, list[Judgement]]:
    """Return indicator id → judgements by people in the order of the stages. One query."""
    rows = Judgement.objects.filter(
        indicator__plan=plan, fiscal_year=fiscal_year, period=period
    ).select_related("band")
    if states is not None:
        rows = rows.filter(state__in=states)
    found: dict[int, list[Judgement]] = defaultdict(list)
    for judgement in rows.order_by("stage"):
        found[judgement.indicator_id].append(judgement)
    return found


CHECKED = frozenset({WorkState.CHECKED})


# --- One indicator ----------------------------------------------------------------------------


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


def course_of(
    indicator: Indicator,
    entries: Iterable[Entry],
    fiscal_year: int,
    period: str = Period.YEAR_END,
) -> Course:
    """Return the course of an indicator as it stands when `fiscal_year` is judged.

    Reads the prefetched plan, series, breaks and targets. 年度末見込 is judged by its own figure,
    the middle of a year by none: then the year's end is not looked at.
    """
    series = indicator.series
    yearly, mid_years = _by_year(entries, fiscal_year, period)
    stopped = indicator.last_fiscal_year is not None and indicator.last_fiscal_year <= fiscal_year
    return Course(
        baseline=_baseline(indicator),
        direction=evaluation.Direction(indicator.direction),
        targets=_targets(indicator, fiscal_year),
        actuals={
            year: evaluation.accumulate(
                evaluation.Accumulation(series.accumulation),
                yearly,
                year,
                start=series.start_fiscal_year,
            )
            for year in yearly
        },
        baseline_year=indicator.baseline_fiscal_year,
        plan_start=indicator.plan.start_fiscal_year,
        mid_years=mid_years,
        breaks=[change.fiscal_year for change in series.breaks.all()],
        window_known=series.window_is_known,
        baseline_is_average=indicator.baseline_is_average,
        actuals_are_averages=series.basis == Basis.MEAN_OF_YEARS,
        stopped=stopped,
    )


def _by_year(
    entries: Iterable[Entry], fiscal_year: int, period: str
) -> tuple[Mapping[int, Figure], set[int]]:
    """Return the figures that stand for whole years, and the years with one of their middle."""
    yearly: dict[int, Figure] = {}
    mid_years: set[int] = set()
    forecast: Figure | None = None
    for entry in entries:
        if entry.period == Period.YEAR_END:
            yearly[entry.fiscal_year] = entry.figure
        elif entry.period == Period.MID_YEAR:
            mid_years.add(entry.fiscal_year)
        elif entry.fiscal_year == fiscal_year:
            forecast = entry.figure
    if period != Period.YEAR_END:
        yearly.pop(fiscal_year, None)
    if period == Period.FORECAST and forecast is not None:
        yearly[fiscal_year] = forecast
    return yearly, mid_years


def _baseline(indicator: Indicator) -> Figure:
    """Return the baseline, or why there is none (not started yet, unavailable)."""
    if indicator.baseline_status == BaselineStatus.NOT_STARTED:
        return Figure.missing(Reason.NOT_STARTED)
    return Figure.of(indicator.baseline_value, Reason.NO_BASELINE)


def _targets(indicator: Indicator, fiscal_year: int) -> dict[int, evaluation.Target]:
    """Return the targets in force by year; one whose figure the source does not state is none."""
    return {
        target.fiscal_year: target_rule(target)
        for target in targets_in_force(indicator.targets.all(), fiscal_year)
        if target.kind != TargetKind.UNSPECIFIED or target.value is not None
    }


def target_rule(target: Target) -> evaluation.Target:
    """Return a stored target as the rules want it."""
    return evaluation.Target(
        kind=evaluation.TargetKind(target.kind),
        value=target.value,
        lower=target.lower,
        upper=target.upper,
        tolerance=target.tolerance,
    )
