"""Who sits before a section's sheet, and the lines of it that are asked for.

Saving loads what was sent, not the whole sheet, and only what has changed is written.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Prefetch, prefetch_related_objects
from django.http import Http404
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from indicators.models import Actual, Indicator
from measures.models import ProgressReport, ReportingRow
from municipalities.access import get_visible_or_404, scope_of
from municipalities.models import Department
from plans.choices import Period, WorkState
from plans.models import PlanScheme
from plans.moving import SECTION_STATES

from ..models import EntryDraft, Request
from ..requests.dues import Due, FigureDue, ReportDue, dues_of, of_section
from .figure_lines import FigureLine
from .lines import OWN_NAMES, Line, Texts
from .reading import cleaned
from .report_lines import ReportLine

_NAME = re.compile(
    r"(?P<key>series-[1-9][0-9]{0,17}(?:-(?P<year>[0-9]{4}))?|report-[1-9][0-9]{0,17})"
    r"-(?P<column>.{1,80})"
)
PLANNERS_STATES = SECTION_STATES | {WorkState.CHECKED}
"""What planners correct as it stands; what has been approved is returned first."""


def split_name(name: str) -> tuple[str, str] | None:
    """Return the row and the column a box's name names, None where it is none of the sheet's."""
    match = _NAME.fullmatch(name)
    return None if match is None else (match["key"], match["column"])


def by_row(fields: Mapping[str, Any]) -> dict[str, Texts]:
    """Return row → column → text of what was sent; other names are left out."""
    found: dict[str, Texts] = defaultdict(dict)
    for name, text in fields.items():
        place = split_name(name)
        if place is not None:
            found[place[0]][place[1]] = cleaned(text)
    return dict(found)


@dataclass
class Desk:
    """A person before the sheet of a section for a request."""

    request: Request
    department: Department
    user: Any

    @classmethod
    def of(cls, user: Any, request_id: int, department_id: int) -> Desk:
        """Return the desk. Raises Http404 for strangers, and for what has not been sent yet except
        for planners."""
        own = EntryDraft.objects.filter(request=OuterRef("pk"), department=department_id)
        requests = Request.objects.select_related("municipality").annotate(
            has_own_draft=Exists(own.filter(author=user))
        )
        request = get_visible_or_404(requests, user, pk=request_id)
        department = get_visible_or_404(
            Department.objects.all(), user, pk=department_id, municipality=request.municipality_id
        )
        desk = cls(request, department, user)
        if request.state == Request.State.DRAFT and not desk.is_planner:
            raise Http404(_("見つかりません。"))
        return desk

    @cached_property
    def is_planner(self) -> bool:
        return scope_of(self.user).plans_for(self.request.municipality_id)

    @property
    def may_enter(self) -> bool:
        """Whether the person enters for this section at all."""
        return self.is_planner or self.department.pk in scope_of(self.user).departments

    @property
    def is_of_section(self) -> bool:
        """Whether the person works with the sheet: enters, approves or confirms its rows."""
        return self.may_enter or self.department.pk in scope_of(self.user).led

    def require_entry(self) -> None:
        if not self.may_enter:
            raise PermissionDenied(_("担当する組織の行だけを変更できます。"))

    @cached_property
    def dues(self) -> list[Due]:
        """Everything the section owes."""
        return of_section(dues_of(self.request), self.department)

    @cached_property
    def open_keys(self) -> Collection[str] | None:
        """The rows that may be entered now; None: all of them. Late figures stay open after the
        request has been closed; planners also correct then."""
        if self.request.state == Request.State.DRAFT:
            return frozenset()
        if self.request.is_open or self.is_planner:
            return None
        return frozenset(due.key for due in self.dues if due.is_open(self.request))

    def is_open(self, key: str) -> bool:
        return self.open_keys is None or key in self.open_keys

    def owns(self, line: Line) -> bool:
        """Whether the person answers for a line; reads its sections."""
        return self.is_planner or not scope_of(self.user).departments.isdisjoint(line.sections())

    def why_closed(self, line: Line, due: Due) -> str:
        """Return why the person cannot enter a line, "" where they can."""
        if due.is_locked:
            return _("年度の締切済み")
        if self.request.state == Request.State.DRAFT:
            return _("照会の準備中")
        if not self.owns(line):
            return _("閲覧のみ（担当ではありません）")
        if not self.is_planner and not due.is_open(self.request):
            return _("照会は終了しました")
        if isinstance(line, FigureLine) and line.working is not None and line.working.is_awaited:
            return ""  # the figure may come, however far the waiting has been vouched for
        state = WorkState.DRAFT if line.working is None else line.working.state
        if state not in (PLANNERS_STATES if self.is_planner else SECTION_STATES):
            return str(WorkState(state).label)
        return ""

    # --- Lines --------------------------------------------------------------------------------

    def lines_of(
        self, keys: Iterable[str], *, with_sections: bool = False, to_write: bool = False
    ) -> dict[str, Line]:
        """Return the lines of these rows, as far as the request asks for them; `to_write` keeps
        what is saved of them from others until the transaction ends. The number of queries does
        not depend on how many there are."""
        keys = list(keys)
        figures = [key for key in keys if key.startswith("series-")]
        reports = [key for key in keys if key.startswith("report-")]
        found = self._figures(figures, with_sections, to_write)
        found |= self._reports(reports, with_sections, to_write)
        return {key: found[key] for key in keys if key in found}

    def _figures(self, keys: list[str], with_sections: bool, to_write: bool) -> dict[str, Line]:
        places = {key: _place(key, self.request.fiscal_year) for key in keys}
        if not places:
            return {}
        numbers = {number for number, _year in places.values()}
        shown: dict[int, list[Indicator]] = defaultdict(list)
        indicators = (
            Indicator.objects.filter(plan__requests=self.request, series__in=numbers)
            .in_year(self.request.fiscal_year)
            .select_related("series")
            .order_by("plan__order", "plan__slug", "order", "code")
        )
        if with_sections:
            indicators = indicators.prefetch_related("responsibilities")
        for indicator in indicators:
            shown[indicator.series_id].append(indicator)
        rows = Actual.objects.filter(series__in=numbers, fiscal_year__lte=self.request.fiscal_year)
        courses: dict[int, list[Actual]] = defaultdict(list)
        for row in rows.locked() if to_write else rows.order_by():
            courses[row.series_id].append(row)
        found: dict[str, Line] = {}
        for key, (number, year) in places.items():
            is_of_request = year == self.request.fiscal_year
            period = self.request.period if is_of_request else Period.YEAR_END
            course = courses[number]
            of_line = [row for row in course if (row.fiscal_year, row.period) == (year, period)]
            actual = of_line[0] if of_line else None
            if not shown[number] or (actual is None and not is_of_request):
                continue
            series = shown[number][0].series
            if actual is not None:
                actual.series = series
            found[key] = FigureLine(
                key=key,
                fiscal_year=year,
                period=period,
                working=actual,
                series=series,
                indicators=shown[number],
                course=course,
            )
        return found

    def _reports(self, keys: list[str], with_sections: bool, to_write: bool) -> dict[str, Line]:
        if not keys:
            return {}
        numbers = {int(key.removeprefix("report-")) for key in keys}
        year, period = self.request.fiscal_year, self.request.period
        rows = (
            ReportingRow.objects.filter(pk__in=numbers, action__plan__requests=self.request)
            .in_year(year)
            .select_related("action__plan")
        )
        if with_sections:
            rows = rows.prefetch_related("departments")
        rows = list(rows)
        plans: dict[int, Any] = {}
        for row in rows:
            row.action.plan = plans.setdefault(row.action.plan_id, row.action.plan)
        prepare_plans(plans.values())
        saved = ProgressReport.objects.filter(row__in=rows, fiscal_year=year, period=period)
        saved = saved.locked() if to_write else saved.order_by()
        reports = {report.row_id: report for report in saved}
        found: dict[str, Line] = {}
        for row in rows:
            report = reports.get(row.pk)
            if report is not None:
                report.row = row
            key = f"report-{row.pk}"
            found[key] = ReportLine(
                key=key, fiscal_year=year, period=period, working=report, row=row
            )
        return found

    def line_of(self, due: Due) -> Line:
        """Return the line of something that is due."""
        about = {
            "key": due.key,
            "fiscal_year": due.fiscal_year,
            "period": due.period,
            "working": due.working,
        }
        if isinstance(due, FigureDue):
            return FigureLine(**about, series=due.series, indicators=due.indicators)
        assert isinstance(due, ReportDue)
        return ReportLine(**about, row=due.row)


def prepare_plans(plans: Iterable[Any]) -> None:
    """Read what report lines ask of their plans: columns, schemes, bands."""
    schemes = PlanScheme.objects.select_related("scheme")
    prefetch_related_objects(
        [*plans], "report_columns", Prefetch("schemes", schemes), "schemes__scheme__bands"
    )


def _place(key: str, fiscal_year: int) -> tuple[int, int]:
    _kind, number, *year = key.split("-")
    return int(number), int(year[0]) if year else fiscal_year


def content_of(texts: Texts) -> Texts:
    """Return what was typed into a row, without what only accompanies it."""
    return {column: text for column, text in texts.items() if column not in OWN_NAMES}
