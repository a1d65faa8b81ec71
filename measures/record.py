"""The one write path for progress reports, policy sheets and the review board's comments, in the
manner of `indicators.record`."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from municipalities import record
from plans.models import PlanScheme
from plans.record import (
    check_section_state,
    delete_row,
    ensure_open,
    require_section,
    save_row,
)

from .models import (
    DepartmentPolicySheet,
    PriorityIssue,
    ProgressReport,
    ReportColumn,
    ReviewComment,
)


def check_report(report: ProgressReport, *, by: Any) -> None:
    """Raise where `by` may not write this report, its year is closed, or it does not fit the
    plan's form."""
    _check_places(report, by)
    plan = report.row.action.plan
    check_section_state(report, by, plan.municipality_id)
    report.full_clean()
    if report.rating_id is not None:
        scheme = plan.scheme_in(PlanScheme.Subject.REPORTS, report.fiscal_year)
        if scheme is None or report.rating.scheme_id != scheme.pk:
            raise ValidationError(
                {"rating": _("この計画がこの年度に使う評価方式の区分から選んでください。")}
            )
    _check_form(report)


def _check_places(report: ProgressReport, by: Any) -> None:
    """Ask for where it is to stand and where it stands: moving takes it away from there."""
    _check_place(report, by)
    stored = ProgressReport.objects.filter(pk=report.pk).select_related("row__action__plan").first()
    if stored is not None and _place(stored) != _place(report):
        _check_place(stored, by)


def _place(report: ProgressReport) -> tuple[int, int]:
    return report.row_id, report.fiscal_year


def _check_place(report: ProgressReport, by: Any) -> None:
    plan = report.row.action.plan
    if by is not None:
        departments = report.row.departments.in_year(report.fiscal_year)
        require_section(by, plan.municipality_id, departments.values_list("department", flat=True))
    ensure_open([plan.pk], report.fiscal_year)


def _check_form(report: ProgressReport) -> None:
    """Raise ValidationError naming every column whose content does not fit its kind."""
    if not isinstance(report.extra, dict):
        raise ValidationError({"extra": _("項目の名前と内容の組で入力してください。")})
    columns = ReportColumn.of_plan(report.row.action.plan)
    problems: dict[str, list[str]] = {}
    for column in columns:
        problem = _problem(column, report.value_of(column))
        if problem:
            field = column.key if column.is_core else "extra"
            problems.setdefault(field, []).append(f"「{column.label}」{problem}")
    unknown = set(report.extra) - {column.key for column in columns}
    if unknown:
        problems.setdefault("extra", []).append(
            _("この計画の様式にない項目です：%(keys)s") % {"keys": "、".join(sorted(unknown))}
        )
    if problems:
        raise ValidationError(problems)


def _problem(column: ReportColumn, value: Any) -> str:
    """Return what is wrong with a column's content, "" where it fits or is empty."""
    if value in ("", [], None) or column.kind == ReportColumn.Kind.RATING:
        return ""
    if column.kind == ReportColumn.Kind.LIST:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            return _("は文の一覧で入力してください。")
        length = sum(map(len, value))
    else:
        length = len(str(value))
    if column.kind == ReportColumn.Kind.CHOICE and value not in column.choices:
        return _("は次から選んでください：%(choices)s（入力：%(value)s）") % {
            "choices": "、".join(column.choices),
            "value": value,
        }
    if column.kind == ReportColumn.Kind.TEXT and not isinstance(value, str):
        return _("は文で入力してください。")
    if column.kind == ReportColumn.Kind.NUMBER and not _is_number(value):
        return _("は数値で入力してください（入力：%(value)s）。") % {"value": value}
    if column.max_length is not None and length > column.max_length:
        return _("は%(limit)s文字までです（入力：%(length)s文字）。") % {
            "limit": column.max_length,
            "length": length,
        }
    return ""


def _is_number(value: Any) -> bool:
    try:
        return Decimal(str(value)).is_finite()
    except InvalidOperation:
        return False


def record_report(
    report: ProgressReport, *, by: Any, reason: str = "", expected_version: int | None = None
) -> ProgressReport:
    """Check and save a report (a new or changed instance), with its history."""
    check_report(report, by=by)
    return save_row(report, by=by, reason=reason, expected_version=expected_version)


def remove_report(report: ProgressReport, *, by: Any, reason: str) -> None:
    """Delete a report of an open year; a section deletes only its own drafts."""
    _check_places(report, by)
    check_section_state(report, by, report.row.action.plan.municipality_id)
    delete_row(report, by=by, reason=reason)


def check_sheet(row: DepartmentPolicySheet | PriorityIssue, *, by: Any) -> None:
    """Raise where `by` may not write this policy sheet or issue of one, its year is closed, or it
    is not valid. A department writes its own sheet; an issue shares its sheet's state."""
    _check_sheet_places(row, by)
    sheet = sheet_of(row)
    check_section_state(sheet, by, sheet.plan.municipality_id)
    row.full_clean()
    record.check_links(row)


def sheet_of(row: DepartmentPolicySheet | PriorityIssue) -> DepartmentPolicySheet:
    """Return the policy sheet a row belongs to, or is."""
    return row.sheet if isinstance(row, PriorityIssue) else row


def _check_sheet_places(row: DepartmentPolicySheet | PriorityIssue, by: Any) -> None:
    """Ask for where it is to stand and where it stands, as for a report."""
    stored = type(row)._default_manager.filter(pk=row.pk).first() if row.pk else None
    for each in filter(None, (row, stored)):
        sheet = sheet_of(each)
        if by is not None:
            require_section(by, sheet.plan.municipality_id, [sheet.department_id])
        ensure_open([sheet.plan_id], sheet.fiscal_year)


def record_sheet(
    row: DepartmentPolicySheet | PriorityIssue,
    *,
    by: Any,
    reason: str = "",
    expected_version: int | None = None,
) -> Any:
    """Check and save a policy sheet, or an issue of one, with its history."""
    check_sheet(row, by=by)
    return save_row(row, by=by, reason=reason, expected_version=expected_version)


def remove_sheet(row: DepartmentPolicySheet | PriorityIssue, *, by: Any, reason: str) -> None:
    """Delete a policy sheet, or an issue of one, of an open year; a department deletes only what
    nobody has taken over."""
    _check_sheet_places(row, by)
    sheet = sheet_of(row)
    check_section_state(sheet, by, sheet.plan.municipality_id)
    delete_row(row, by=by, reason=reason)


# --- The review board -------------------------------------------------------------------------


def check_comment(comment: ReviewComment, *, by: Any) -> None:
    """Raise where `by` may not write this comment of the review board, its year is closed, or it
    is not valid. Planners only."""
    record.check_row(comment, by=by)
    _ensure_comment_open(comment)


def _ensure_comment_open(comment: ReviewComment) -> None:
    stored = ReviewComment.objects.filter(pk=comment.pk).first() if comment.pk else None
    for each in filter(None, (comment, stored)):
        ensure_open([each.plan_id], each.fiscal_year)


def record_comment(
    comment: ReviewComment, *, by: Any, reason: str = "", expected_version: int | None = None
) -> ReviewComment:
    """Check and save a comment of the review board, or its answer, with its history."""
    check_comment(comment, by=by)
    return save_row(comment, by=by, reason=reason, expected_version=expected_version)


def remove_comment(comment: ReviewComment, *, by: Any, reason: str) -> None:
    """Delete a comment of an open year. Planners only."""
    if by is not None:
        record.require_writer(by, comment, "delete")
    _ensure_comment_open(comment)
    delete_row(comment, by=by, reason=reason)
