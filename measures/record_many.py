"""The write path for many reports, policy sheets and comments at once: the rules of
`measures.record`, and a number of queries that does not depend on the number of rows.

Rows carry the rows they refer to; see `indicators.record_many`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db.models import prefetch_related_objects

from municipalities.access import acts_for_sections, require_planner
from municipalities.record import check_links
from municipalities.record_many import (
    Problems,
    check_rows,
    check_valid,
    gathered,
    refuse,
    stored_rows,
)
from plans.models import Plan, PlanScheme
from plans.moving import Flows, Place, check_state, move_rows
from plans.record import require_section, wrong_scheme
from plans.record_many import Calendar, places_in_plan, save_rows
from plans.workflow import Action

from .models import DepartmentPolicySheet, PriorityIssue, ProgressReport, ReviewComment
from .record import check_form, keep_marks, sheet_of


def check_reports(
    rows: Sequence[ProgressReport],
    *,
    by: Any,
    fields: Collection[str] | None = None,
    stored: Mapping[int, ProgressReport] | None = None,
    calendar: Calendar | None = None,
    with_led: bool = False,
) -> Problems:
    """Return what is wrong with reports, new or changed; see `record.check_report`. The rest
    as in `record_reports`."""
    if stored is None:
        stored = stored_rows(rows, "row__action__plan")
    flows = Flows()
    plans = {row.row.action.plan_id: row.row.action.plan for row in rows}
    calendar = calendar or Calendar({*plans, *(row.row.action.plan_id for row in stored.values())})
    # Rows of one plan need not share the object that stands for it.
    objects = {id(row.row.action.plan): row.row.action.plan for row in rows}
    prefetch_related_objects([*objects.values()], "report_columns", "schemes__scheme")
    sections_of = _sections([*rows, *stored.values()], plans.values(), by)

    def check_place(row: ProgressReport) -> None:
        plan = row.row.action.plan
        if by is not None:
            sections = sections_of(row)
            require_section(by, plan.municipality_id, sections, with_led=with_led)
        calendar.ensure_open([plan.pk], row.fiscal_year)

    def check(row: ProgressReport) -> None:
        check_place(row)
        plan, before = row.row.action.plan, stored.get(row.pk)
        if before is not None and (before.row_id, before.fiscal_year) != (
            row.row_id,
            row.fiscal_year,
        ):
            check_place(before)
        check_state(
            row,
            before,
            by=by,
            municipality_id=plan.municipality_id,
            sections=lambda: sections_of(row),
            flows=flows,
            reason=None,
        )
        check_valid(row, fields)
        calendar.ensure_in_force(plan, row.fiscal_year)
        if row.rating_id is not None:
            scheme = plan.scheme_in(PlanScheme.Subject.REPORTS, row.fiscal_year)
            if scheme is None or row.rating.scheme_id != scheme.pk:
                raise wrong_scheme("rating")
        check_form(row)

    return gathered(rows, check)


def _sections(
    rows: Sequence[ProgressReport], plans: Iterable[Plan], by: Any
) -> Callable[[ProgressReport], Collection[int]]:
    """Return which sections answer for a report in its year. Where `by` acts as planner, nobody
    asks for them, and they are not read."""
    if not acts_for_sections(by, {plan.municipality_id for plan in plans}):
        return lambda row: ()
    prefetch_related_objects(rows, "row__departments")
    return _sections_in_year


def _sections_in_year(report: ProgressReport) -> set[int]:
    links = report.row.departments.all()
    return {link.department_id for link in links if link.is_in_year(report.fiscal_year)}


def record_reports(
    rows: Sequence[ProgressReport],
    *,
    by: Any,
    reason: str = "",
    fields: Collection[str] | None = None,
    expected_versions: Mapping[int, int] | None = None,
    stored: Mapping[int, ProgressReport] | None = None,
    calendar: Calendar | None = None,
    with_led: bool = False,
) -> None:
    """Check and save reports, with their history: all or none; see `record.record_report`.

    `fields` names what may have changed of stored ones (None: everything). What the caller knows is
    not read here: `stored` is number → row, with its reporting row, as it has been locked, see
    `plans.record_many.save_rows`; `calendar` of all their plans. `with_led`: a lead
    section brings its division's, see `plans.record.require_section`. Raises ValidationError with
    every problem.
    """
    before = stored_rows(rows, "row__action__plan") if stored is None else stored
    problems = check_reports(
        rows, by=by, fields=fields, stored=before, calendar=calendar, with_led=with_led
    )
    refuse(problems, rows)
    for row in rows:
        keep_marks(row, before.get(row.pk))
    if fields is not None:
        fields = {*fields, "taken_over"}
    save_rows(
        rows,
        by=by,
        reason=reason,
        fields=fields,
        expected_versions=expected_versions,
        stored=stored,
    )


def _calendar(plans: dict[int, Plan], by: Any) -> Calendar:
    """Return the calendar of plans `by` may write to as planner; raise as `require_planner`."""
    for plan in plans.values():
        if by is not None:
            require_planner(by, plan.municipality_id)
    return Calendar(plans)


def _check_planners_state(
    row: Any, before: Any, by: Any, plan: Plan, flows: Flows, *, is_changed: bool = False
) -> None:
    check_state(
        row,
        before,
        by=by,
        municipality_id=plan.municipality_id,
        sections=tuple,
        flows=flows,
        reason=None,
        is_changed=is_changed,
    )


def check_sheets(
    rows: Sequence[DepartmentPolicySheet | PriorityIssue],
    *,
    by: Any,
    fields: Collection[str] | None = None,
) -> Problems:
    """Return what is wrong with policy sheets, or issues of them; see `record.check_sheet`.
    Planners only."""
    calendar = _calendar({(plan := sheet_of(row).plan).pk: plan for row in rows}, by)
    stored = stored_rows({sheet.pk: sheet for sheet in map(sheet_of, rows)}.values())
    flows = Flows()

    def check(row: DepartmentPolicySheet | PriorityIssue) -> None:
        sheet, is_issue = sheet_of(row), isinstance(row, PriorityIssue)
        before = stored.get(sheet.pk)
        _check_planners_state(sheet, before, by, sheet.plan, flows, is_changed=is_issue)
        calendar.ensure_open([sheet.plan_id], sheet.fiscal_year)
        check_valid(row, fields)
        calendar.ensure_in_force(sheet.plan, sheet.fiscal_year)
        check_links(row)

    return gathered(rows, check)


def check_comments(
    rows: Sequence[ReviewComment], *, by: Any, fields: Collection[str] | None = None
) -> Problems:
    """Return what is wrong with comments of the review board; see `record.check_comment`."""
    problems = check_rows(rows, by=by, fields=fields)
    calendar = _calendar({row.plan_id: row.plan for row in rows}, by)
    stored, flows = stored_rows(rows), Flows(of_planners=True)

    def check(row: ReviewComment) -> None:
        _check_planners_state(row, stored.get(row.pk), by, row.plan, flows)
        calendar.ensure_in_force(row.plan, row.fiscal_year)
        calendar.ensure_open([row.plan_id], row.fiscal_year)

    return gathered(rows, check) | problems


def touch_sheets(issues: Sequence[PriorityIssue], *, by: Any, reason: str) -> None:
    """Give the sheets whose issues `by` has changed their next version; see
    `record.touch_sheet`."""
    if by is not None and issues:
        numbers = {issue.sheet_id for issue in issues}
        sheets = list(DepartmentPolicySheet.objects.filter(pk__in=numbers))
        for sheet in sheets:
            sheet.changed_by = by
        save_rows(sheets, by=by, reason=reason, fields=())


# --- The workflow -----------------------------------------------------------------------------


def move_reports(
    rows: Sequence[ProgressReport],
    action: Action,
    *,
    by: Any,
    reason: str = "",
    versions: Mapping[int, int] | None = None,
) -> list[ProgressReport]:
    """Take reports a step of the workflow; see `plans.moving.move_rows`."""
    return move_rows(
        rows,
        action,
        by=by,
        reason=reason,
        versions=versions,
        places=places_of_reports,
        related=("row__action__plan",),
    )


def places_of_reports(rows: Sequence[ProgressReport]) -> Callable[[Any], Place]:
    """Return where stored reports stand, and the sections that answer for them."""
    prefetch_related_objects(rows, "row__departments")
    return places_in_plan(rows, lambda row: row.row.action.plan, _sections_in_year)


def move_sheets(
    rows: Sequence[DepartmentPolicySheet],
    action: Action,
    *,
    by: Any,
    reason: str = "",
    versions: Mapping[int, int] | None = None,
) -> list[DepartmentPolicySheet]:
    """Take policy sheets, and their issues with them, a step of the workflow; see
    `plans.moving.move_rows`."""
    return move_rows(
        rows,
        action,
        by=by,
        reason=reason,
        versions=versions,
        places=places_of_sheets,
        related=("plan", "department"),
    )


def places_of_sheets(rows: Sequence[DepartmentPolicySheet]) -> Callable[[Any], Place]:
    """Return where stored policy sheets stand; each is its department's."""
    return places_in_plan(rows, _plan_of, lambda row: [row.department_id])


def move_comments(
    rows: Sequence[ReviewComment],
    action: Action,
    *,
    by: Any,
    reason: str = "",
    versions: Mapping[int, int] | None = None,
) -> list[ReviewComment]:
    """Take comments of the review board a step of the planners' workflow; see
    `plans.moving.move_rows`."""
    return move_rows(
        rows,
        action,
        by=by,
        reason=reason,
        versions=versions,
        places=places_of_comments,
        related=("plan", "basic_goal__plan", "policy__plan", "measure__plan"),
        of_planners=True,
    )


def places_of_comments(rows: Sequence[ReviewComment]) -> Callable[[Any], Place]:
    """Return where stored comments stand; they belong to no section."""
    return places_in_plan(rows, _plan_of, lambda row: ())


def _plan_of(row: DepartmentPolicySheet | ReviewComment) -> Plan:
    return row.plan
