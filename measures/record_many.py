"""The write path for many reports, policy sheets and comments at once: the rules of
`measures.record`, and a number of queries that does not depend on the number of rows.

Rows carry the rows they refer to; see `indicators.record_many`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.db.models import prefetch_related_objects

from municipalities.access import require_planner
from municipalities.record import check_links
from municipalities.record_many import Problems, check_rows, check_valid, gathered, stored_rows
from plans.models import Plan, PlanScheme
from plans.record import wrong_scheme
from plans.record_many import Calendar

from .models import DepartmentPolicySheet, PriorityIssue, ProgressReport, ReviewComment
from .record import check_form, sheet_of


def check_reports(
    rows: Sequence[ProgressReport], *, by: Any, fields: Collection[str] | None = None
) -> Problems:
    """Return what is wrong with reports, new or changed; see `record.check_report`. Planners only:
    a section writes its reports one by one."""
    plans = {row.row.action.plan_id: row.row.action.plan for row in rows}
    calendar = _calendar(plans, by)
    prefetch_related_objects([*plans.values()], "report_columns", "schemes__scheme")
    stored = stored_rows(rows)

    def check(row: ProgressReport) -> None:
        plan = row.row.action.plan
        before = stored.get(row.pk)
        for each in filter(None, (row, before)):
            calendar.ensure_open([plan.pk], each.fiscal_year)
        check_valid(row, fields)
        calendar.ensure_in_force(plan, row.fiscal_year)
        if row.rating_id is not None:
            scheme = plan.scheme_in(PlanScheme.Subject.REPORTS, row.fiscal_year)
            if scheme is None or row.rating.scheme_id != scheme.pk:
                raise wrong_scheme("rating")
        check_form(row)

    return gathered(rows, check)


def _calendar(plans: dict[int, Plan], by: Any) -> Calendar:
    """Return the calendar of plans `by` may write to as planner; raise as `require_planner`."""
    for plan in plans.values():
        if by is not None:
            require_planner(by, plan.municipality_id)
    return Calendar(plans)


def check_sheets(
    rows: Sequence[DepartmentPolicySheet | PriorityIssue],
    *,
    by: Any,
    fields: Collection[str] | None = None,
) -> Problems:
    """Return what is wrong with policy sheets, or issues of them; see `record.check_sheet`.
    Planners only."""
    calendar = _calendar({(plan := sheet_of(row).plan).pk: plan for row in rows}, by)

    def check(row: DepartmentPolicySheet | PriorityIssue) -> None:
        sheet = sheet_of(row)
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

    def check(row: ReviewComment) -> None:
        calendar.ensure_in_force(row.plan, row.fiscal_year)
        calendar.ensure_open([row.plan_id], row.fiscal_year)

    return gathered(rows, check) | problems
