"""Taking over the text of an earlier year as the start of a report (前年度の文を引き継ぐ).

What is taken over is marked in `ProgressReport.taken_over` until somebody touches it; that, and
who may write where, `measures.record` keeps. Nothing that is there already is overwritten.
In the first year of a plan that follows another, the text is that of the plan before.
"""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from municipalities.access import scope_of
from municipalities.models import Department
from plans.choices import Period, WorkState
from plans.models import Plan

from . import record
from .forerunners import forerunners, shared_columns
from .models import ProgressReport, ReportColumn, ReportingRow

_Kind, _Core = ReportColumn.Kind, ReportColumn.Core
_LATENESS = {Period.MID_YEAR: 0, Period.FORECAST: 1, Period.YEAR_END: 2}


@dataclass(frozen=True)
class Candidate:
    """A row and what it could take over in a fiscal year and period.

    `columns` are those that would be filled: empty there, and saying something in `source` that
    the form still allows. Where there are none, `why_not` says why.
    """

    row: ReportingRow
    fiscal_year: int
    period: str
    departments: list[Department]
    report: ProgressReport | None
    source: ProgressReport | None
    columns: tuple[ReportColumn, ...]
    why_not: str = ""

    @property
    def source_plan(self) -> Plan:
        """The plan of `source`: the row's own, or the one before it."""
        plan = self.row.action.plan
        is_own = self.source is None or self.source.row_id == self.row.pk
        return plan if is_own else plan.predecessor


def offered_columns(plan: Plan) -> list[ReportColumn]:
    """Return the columns whose content may be taken over: no results, ratings or figures."""
    return [
        column
        for column in ReportColumn.of_plan(plan)
        if column.key != _Core.RESULT and column.kind not in {_Kind.RATING, _Kind.NUMBER}
    ]


def is_usual(column: ReportColumn) -> bool:
    """Whether a column is taken over unless somebody says otherwise: texts and lists are, what was
    chosen is to be chosen anew."""
    return column.kind in {_Kind.TEXT, _Kind.LIST}


def candidates(
    plan: Plan, fiscal_year: int, period: str, *, by: Any, rows: Collection[int] | None = None
) -> list[Candidate]:
    """Return the rows of a plan's sheet that `by` may write in a fiscal year, in printed order;
    with `rows` (ids) only those. The number of queries does not depend on the number of rows."""
    prefetch_related_objects([plan], "report_columns")
    found = (
        ReportingRow.objects.filter(action__plan=plan)
        .select_related("action__measure")
        .prefetch_related("departments__department")
        .order_by("action__measure__order", "action__measure", "action__order", "action", "order")
    )
    if rows is not None:
        found = found.filter(pk__in=rows)
    own = [
        row
        for row in found
        if row.is_in_year(fiscal_year)
        and row.action.is_in_year(fiscal_year)
        and _may_write(by, plan, row, fiscal_year)
    ]
    reports = {
        report.row_id: report
        for report in ProgressReport.objects.filter(
            row__in=own, fiscal_year=fiscal_year, period=period
        )
    }
    before = forerunners(plan, own)
    sources = _sources(own, before, fiscal_year, period)
    columns = offered_columns(plan)
    shared = shared_columns(plan, columns) if before else []
    made = []
    for row in own:
        row.action.plan = plan  # at hand, so that no row asks for it
        report, source = reports.get(row.pk), sources.get(row.pk)
        if report is not None:
            report.row = row
        is_own = source is not None and source.row_id == row.pk
        fillable = _fillable(report, source, columns if is_own else shared)
        made.append(
            Candidate(
                row=row,
                fiscal_year=fiscal_year,
                period=period,
                departments=row.departments_in(fiscal_year),
                report=report,
                source=source,
                columns=fillable,
                why_not="" if fillable else _why_not(report, source),
            )
        )
    return made


def _may_write(by: Any, plan: Plan, row: ReportingRow, fiscal_year: int) -> bool:
    if by is None or scope_of(by).plans_for(plan.municipality_id):
        return True
    sections = {department.pk for department in row.departments_in(fiscal_year)}
    return not scope_of(by).departments.isdisjoint(sections)


def _sources(
    rows: Iterable[ReportingRow], before: dict[int, int], fiscal_year: int, period: str
) -> dict[int, ProgressReport]:
    """Return row id → the report to take over from: that of the same period of the year before,
    else the newest of an earlier year. `before` names the row each goes on from, if any."""
    ways = {row.pk: {row.pk, before.get(row.pk, row.pk)} for row in rows}
    earlier = ProgressReport.objects.filter(
        row__in=set().union(*ways.values()), fiscal_year__lt=fiscal_year
    )
    ranks: dict[int, list[tuple[Any, int]]] = defaultdict(list)
    for pk, row_id, *when in earlier.order_by().values_list("pk", "row", "fiscal_year", "period"):
        ranks[row_id].append((_rank(when[0], when[1], fiscal_year, period), pk))
    best = {
        row_id: max(found)[1]
        for row_id, way in ways.items()
        if (found := [rank for each in way for rank in ranks[each]])
    }
    reports = ProgressReport.objects.in_bulk(set(best.values()))
    return {row_id: reports[pk] for row_id, pk in best.items()}


def _rank(year: int, period: str, wanted_year: int, wanted_period: str) -> tuple[bool, int, int]:
    """Return how well a report serves as a source; the greatest is the best."""
    is_same = (year, period) == (wanted_year - 1, wanted_period)
    return is_same, year, _LATENESS[Period(period)]


def _fillable(
    report: ProgressReport | None, source: ProgressReport | None, columns: Iterable[ReportColumn]
) -> tuple[ReportColumn, ...]:
    if source is None or (report is not None and report.state != WorkState.DRAFT):
        return ()
    return tuple(
        column
        for column in columns
        if (report is None or report.value_of(column) in record.EMPTY)
        and (value := source.value_of(column)) not in record.EMPTY
        and not record.problem_of(column, value)
    )


def _why_not(report: ProgressReport | None, source: ProgressReport | None) -> str:
    if report is not None and report.state != WorkState.DRAFT:
        return _("「%(state)s」の報告は変えません。") % {"state": report.get_state_display()}
    if source is None:
        return _("前の年度の報告がありません。")
    return _("引き継げる文がないか、すでに書かれています。")


def take_over(
    candidate: Candidate, keys: Collection[str], *, by: Any, reason: str = ""
) -> ProgressReport | None:
    """Fill those of the candidate's columns that are in `keys` and record the report, a new one
    where there was none; None (and nothing written) where there is nothing to fill.

    Raises as `record.record_report` does: closed year, colleague's row, somebody was quicker.
    """
    columns = [column for column in candidate.columns if column.key in keys]
    source, report = candidate.source, candidate.report
    if not columns or source is None:
        return None
    expected_version = None if report is None else report.version
    if report is None:
        report = ProgressReport(
            row=candidate.row,
            fiscal_year=candidate.fiscal_year,
            period=candidate.period,
            texts_by_site=source.texts_by_site,
        )
    for column in columns:
        report.set_value(column, copy.copy(source.value_of(column)))
    report.taken_over = [*report.taken_over, *(column.key for column in columns)]
    return record.record_report(
        report,
        by=by,
        reason=reason or _("前の年度の文を引き継ぎ"),
        expected_version=expected_version,
    )


def years_taken_from(report: ProgressReport) -> dict[str, int]:
    """Return key → the fiscal year whose text a marked column still shows; a key is left out where
    no earlier report says the same any more."""
    if not report.taken_over:
        return {}
    before = forerunners(report.row.action.plan, [report.row])
    earlier = sorted(
        ProgressReport.objects.filter(
            row__in={report.row_id, *before.values()}, fiscal_year__lt=report.fiscal_year
        ),
        key=lambda each: _rank(each.fiscal_year, each.period, report.fiscal_year, report.period),
        reverse=True,
    )
    found = {}
    for column in ReportColumn.of_plan(report.row.action.plan):
        if column.key in report.taken_over:
            value = report.value_of(column)
            years = (each.fiscal_year for each in earlier if each.value_of(column) == value)
            year = next(years, None)
            if year is not None:
                found[column.key] = year
    return found
