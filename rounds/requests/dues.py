"""What a request asks of each section: it follows from the plans' series and reporting rows.

A figure is due once, however many of the plans show it. Late statistics (a series with a month in
which it is usually settled, a year whose 確定予定月 is stated) are due at the end of that month,
and stay open until then, also when the request is closed.
"""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from indicators.choices import Basis
from indicators.models import Actual, Indicator, Series
from indicators.standing import SeriesCalendar
from measures.models import ProgressReport, ReportingRow
from municipalities.fiscal_year import LAST
from municipalities.models import Department
from municipalities.presence import Presence
from plans.choices import Period, WorkState
from plans.models import Plan
from plans.record_many import Calendar

from ..models import Request

SETTLED_WITHIN_THE_YEAR = frozenset({Basis.FISCAL_YEAR, Basis.AS_OF_DATE, Basis.WINDOW})
"""Bases whose figures can be told before the year is over."""


@dataclass
class Due:
    """One thing a request asks for."""

    key: str
    """Its name on a page: "series-12", "series-12-2023" where the year is not the request's,
    "report-34"."""
    fiscal_year: int
    period: str
    plans: list[Plan]
    """The asked plans that show it, in their order."""
    named: tuple[Department, ...]
    """The sections that answer for it in its year, as they were named then."""
    sections: tuple[Department, ...]
    """The sections that carry this on today; () where nobody does."""
    due_on: date
    is_late: bool
    """Due after the request's deadline, because the figure is settled later."""
    is_locked: bool
    """One of its plans has closed the year."""
    working: Any
    """The row as it stands (Actual or ProgressReport), None where nobody has begun."""

    @property
    def state(self) -> str:
        """How far it has come; "" where nobody has begun."""
        return self.working.state if self.working is not None else ""

    def is_answered(self, day: date) -> bool:
        """Whether the section has handed it in by a day."""
        return self.state not in {"", WorkState.DRAFT}

    def is_overdue(self, day: date) -> bool:
        return day > self.due_on and not self.is_answered(day)

    def is_missing(self, day: date) -> bool:
        """Whether the section is to hand it in: what is settled later is not missed before its
        month, unless somebody has begun with it."""
        if self.is_locked or self.is_answered(day):
            return False
        return not self.is_late or bool(self.state) or day >= self.due_on.replace(day=1)

    def is_open(self, request: Request) -> bool:
        """Whether the section may still enter it."""
        is_asked = request.is_open or (request.state == Request.State.CLOSED and self.is_late)
        return is_asked and not self.is_locked


@dataclass
class FigureDue(Due):
    """A series' figure of a year and period."""

    series: Series = field(kw_only=True)
    indicators: list[Indicator] = field(kw_only=True)
    """Where the asked plans show it."""

    def is_answered(self, day: date) -> bool:
        """As above; that a figure is settled in a later month is an answer until that month."""
        return super().is_answered(day) and not (
            awaits(self.working) and day >= self.working.expected_on.replace(day=1)
        )


@dataclass
class ReportDue(Due):
    """A row of a plan's progress sheet, for a year and period."""

    row: ReportingRow = field(kw_only=True)


def awaits(actual: Actual | None) -> bool:
    """Whether an actual only says in which month its figure will be settled."""
    return actual is not None and actual.is_awaited


def end_of_month(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def settled_on(series: Series, fiscal_year: int) -> date | None:
    """Return the last day of the month in which a year's figure is usually settled, None where
    the series names no month. Months before April lie in the year after next."""
    month = series.settled_month
    if month is None:
        return None
    return end_of_month(date(fiscal_year + (1 if month >= 4 else 2), month, 1))


def dues_of(request: Request, *, day: date | None = None) -> list[Due]:
    """Return everything a request asks for, in the order of the plans. The number of queries does
    not depend on the number of rows. `day` (default: today in Japan) decides which sections carry
    on the duties of those that have ended."""
    return _Dues(request, day or timezone.localdate()).all()


def of_section(dues: Iterable[Due], department: Department) -> list[Due]:
    """Return those a section answers for today."""
    return [due for due in dues if department in due.sections]


class _Dues:
    def __init__(self, request: Request, day: date) -> None:
        self.request, self.year, self.period = request, request.fiscal_year, request.period
        self.plans = {plan.pk: plan for plan in request.plans.order_by("order", "slug")}
        self.order = {number: place for place, number in enumerate(self.plans)}
        self.presence = Presence(request.municipality_id, day)
        self.asked = {department.pk for department in request.departments.all()}

    def all(self) -> list[Due]:
        found = [*self._figures(), *self._reports()]
        return [due for due in found if self._is_asked(due)]

    def _is_asked(self, due: Due) -> bool:
        """Whether it goes to one of the chosen sections; what nobody carries on goes to all."""
        sections = {department.pk for department in due.sections + due.named}
        return not self.asked or not due.sections or not self.asked.isdisjoint(sections)

    def _people(
        self, links: Iterable[Any], year: int, owner: int | None = None
    ) -> tuple[tuple[Department, ...], tuple[Department, ...]]:
        """Return the sections that answer by `links` (and as `owner`) in a year, and those that
        carry this on today."""
        links = list(links)
        numbers = [link.department_id for link in links if link.is_in_year(year)]
        numbers = [*([owner] if owner else ()), *numbers]
        heirs = {link.department_id for link in links if (link.last_fiscal_year or LAST) > year}
        known = self.presence.departments
        named = tuple(known[number] for number in dict.fromkeys(numbers) if number in known)
        return named, self.presence.of(*(each.pk for each in named), heirs=heirs)

    # --- Figures ------------------------------------------------------------------------------

    def _figures(self) -> Iterable[FigureDue]:
        shown = self._indicators()
        series = {each.series_id: each.series for each in shown}
        calendar_ = SeriesCalendar(series)
        actuals = self._actuals(series)
        told = self._told_before(series)
        of_series: dict[int, list[Indicator]] = defaultdict(list)
        for indicator in shown:
            of_series[indicator.series_id].append(indicator)
        for number, indicators in of_series.items():
            years = sorted(year for year in actuals[number] if year != self.year)
            if actuals[number].get(self.year) or self._is_told(series[number], told):
                years.append(self.year)
            for year in years:
                actual = actuals[number].get(year)
                closed = calendar_.is_closed_for(number, year)
                yield self._figure(series[number], indicators, year, actual, closed)

    def _indicators(self) -> list[Indicator]:
        indicators = (
            Indicator.objects.filter(plan__in=self.plans)
            .in_year(self.year)
            .select_related("series")
            .prefetch_related("responsibilities")
            .order_by("order", "code")
        )
        found = sorted(indicators, key=lambda indicator: self.order[indicator.plan_id])
        for indicator in found:
            indicator.plan = self.plans[indicator.plan_id]
        return found

    def _actuals(self, series: dict[int, Series]) -> dict[int, dict[int, Actual]]:
        """Return series → year → actual of what is asked for, and of earlier years' figures that
        are awaited and settled by the deadline, or were and are on their way to be checked."""
        of_this = Q(fiscal_year=self.year, period=self.period)
        earlier = Q(fiscal_year__lt=self.year, period=Period.YEAR_END)
        awaited = Q(value__isnull=True, expected_on__lte=self.request.deadline)
        was_awaited = Actual.history.filter(
            id=OuterRef("pk"), value__isnull=True, expected_on__isnull=False
        )
        is_here = Q(value__isnull=False) | Q(expected_on__isnull=True)
        arrived = is_here & ~Q(state=WorkState.CHECKED) & Exists(was_awaited)
        found: dict[int, dict[int, Actual]] = defaultdict(dict)
        for actual in Actual.objects.filter(
            of_this | (earlier & (awaited | arrived)), series__in=series
        ):
            actual.series = series[actual.series_id]
            found[actual.series_id][actual.fiscal_year] = actual
        return found

    def _told_before(self, series: dict[int, Series]) -> set[int]:
        """Return the series that have ever told a figure of this period, where that is not the
        year's end."""
        if self.period == Period.YEAR_END:
            return set()
        before = Actual.objects.filter(series__in=series, period=self.period)
        return set(before.values_list("series", flat=True))

    def _is_told(self, series: Series, told: set[int]) -> bool:
        """Whether the figure can be known in this period at all."""
        return (
            self.period == Period.YEAR_END
            or series.basis in SETTLED_WITHIN_THE_YEAR
            or series.pk in told
        )

    def _figure(
        self,
        series: Series,
        indicators: list[Indicator],
        year: int,
        actual: Actual | None,
        is_closed: bool,
    ) -> FigureDue:
        named, sections = self._people(
            (link for each in indicators for link in each.responsibilities.all()),
            year,
            series.owner_id,
        )
        deadline = self.request.deadline
        if actual is not None and awaits(actual):
            due_on = max(deadline, end_of_month(actual.expected_on))
        elif actual is None and self.period == Period.YEAR_END:
            due_on = max(deadline, settled_on(series, year) or deadline)
        else:
            due_on = deadline
        is_late = due_on > deadline
        is_of_request = year == self.year
        return FigureDue(
            key=f"series-{series.pk}" if is_of_request else f"series-{series.pk}-{year}",
            fiscal_year=year,
            period=self.period if is_of_request else Period.YEAR_END,
            plans=list({each.plan_id: each.plan for each in indicators}.values()),
            named=named,
            sections=sections,
            due_on=due_on,
            is_late=is_late or not is_of_request,
            is_locked=is_closed and not (actual is not None and actual.stays_open(actual)),
            working=actual,
            series=series,
            indicators=indicators,
        )

    # --- Reports ------------------------------------------------------------------------------

    def _reports(self) -> Iterable[ReportDue]:
        plans = self._reporting_plans()
        if not plans:
            return
        rows = (
            ReportingRow.objects.filter(action__plan__in=plans)
            .in_year(self.year)
            .select_related("action__measure", "action__policy", "action__basic_goal")
            .prefetch_related("departments")
            .order_by("action__order", "action__code", "order")
        )
        reports = {
            report.row_id: report
            for report in ProgressReport.objects.filter(
                row__action__plan__in=plans, fiscal_year=self.year, period=self.period
            )
        }
        calendar_ = Calendar(plans)
        for row in sorted(rows, key=lambda row: self.order[row.action.plan_id]):
            if not row.action.is_in_year(self.year):
                continue
            row.action.plan = plan = self.plans[row.action.plan_id]
            named, sections = self._people(row.departments.all(), self.year)
            report = reports.get(row.pk)
            if report is not None:
                report.row = row
            yield ReportDue(
                key=f"report-{row.pk}",
                fiscal_year=self.year,
                period=self.period,
                plans=[plan],
                named=named,
                sections=sections,
                due_on=self.request.deadline,
                is_late=False,
                is_locked=self.year in calendar_.closed_years(plan.pk),
                working=report,
                row=row,
            )

    def _reporting_plans(self) -> dict[int, Plan]:
        """Return the plans whose sheets are filled in for this period: every one at the year's
        end; before that those that name it, or have been filled in for it before."""
        if self.period == Period.YEAR_END or not self.plans:
            return self.plans
        before = set(
            ProgressReport.objects.filter(row__action__plan__in=self.plans, period=self.period)
            .order_by()
            .values_list("row__action__plan", flat=True)
            .distinct()
        )
        is_named = self.period == Period.MID_YEAR
        return {
            number: plan
            for number, plan in self.plans.items()
            if number in before or (is_named and plan.label_mid_year)
        }
