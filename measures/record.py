"""The one write path for progress reports and their form, policy sheets and the review board's
comments, in the manner of `indicators.record`."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from municipalities import figures, record
from municipalities import fiscal_year as fiscal_years
from plans import structure
from plans.models import PlanScheme
from plans.moving import Flows, check_removal, check_state
from plans.record import (
    delete_row,
    ensure_in_force,
    ensure_open,
    require_section,
    save_row,
    wrong_scheme,
)

from .models import (
    DepartmentPolicySheet,
    PriorityIssue,
    ProgressReport,
    ReportColumn,
    ReviewComment,
)


def check_report(report: ProgressReport, *, by: Any, reason: str | None = None) -> None:
    """Raise where `by` may not write this report, its year is closed or another plan's, or it does
    not fit the plan's form.

    What is wrong with the plan's own columns stands under "extra.<key>"; figures in them are
    written as plain numbers (▲1,200 becomes -1200).
    """
    stored = _check_places(report, by)
    plan = report.row.action.plan
    check_state(
        report,
        stored,
        by=by,
        municipality_id=plan.municipality_id,
        sections=lambda: sections_of(report),
        flows=Flows(),
        reason=reason,
    )
    report.full_clean()
    ensure_in_force(plan, report.fiscal_year)
    if report.rating_id is not None:
        scheme = plan.scheme_in(PlanScheme.Subject.REPORTS, report.fiscal_year)
        if scheme is None or report.rating.scheme_id != scheme.pk:
            raise wrong_scheme("rating")
    check_form(report)


def sections_of(report: ProgressReport) -> set[int]:
    """Return the ids of the sections that answer for a report in its year."""
    departments = report.row.departments.in_year(report.fiscal_year)
    return set(departments.values_list("department", flat=True))


def _check_places(report: ProgressReport, by: Any) -> ProgressReport | None:
    """Ask for where it is to stand and where it stands: moving takes it away from there. Return it
    as it stands."""
    _check_place(report, by)
    stored = ProgressReport.objects.filter(pk=report.pk).select_related("row__action__plan").first()
    if stored is not None and _place(stored) != _place(report):
        _check_place(stored, by)
    return stored


def _place(report: ProgressReport) -> tuple[int, int]:
    return report.row_id, report.fiscal_year


def _check_place(report: ProgressReport, by: Any) -> None:
    plan = report.row.action.plan
    if by is not None:
        require_section(by, plan.municipality_id, sections_of(report))
    ensure_open([plan.pk], report.fiscal_year)


def check_form(report: ProgressReport) -> None:
    """Raise ValidationError naming every column whose content does not fit its kind."""
    if not isinstance(report.extra, dict):
        raise ValidationError({"extra": _("項目の名前と内容の組で入力してください。")})
    columns = ReportColumn.whole_form(report.row.action.plan)
    problems: dict[str, list[str]] = {}
    for column in columns:
        if column.is_hidden:  # what it holds stays, unseen
            continue
        problem = problem_of(column, report.value_of(column))
        if problem:
            field = column.key if column.is_core else f"extra.{column.key}"
            problems.setdefault(field, []).append(f"「{column.label}」{problem}")
        elif column.kind == ReportColumn.Kind.NUMBER and column.key in report.extra:
            report.extra[column.key] = _plain_figure(report.extra[column.key])
    unknown = set(report.extra) - {column.key for column in columns}
    if unknown:
        problems.setdefault("extra", []).append(
            _("この計画の様式にない項目です：%(keys)s") % {"keys": "、".join(sorted(unknown))}
        )
    if problems:
        raise ValidationError(problems)


def problem_of(column: ReportColumn, value: Any) -> str:
    """Return what is wrong with a column's content, "" where it fits or is empty."""
    if value in EMPTY or column.kind == ReportColumn.Kind.RATING:
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
            "value": _short(value),
        }
    if column.kind == ReportColumn.Kind.TEXT and not isinstance(value, str):
        return _("は文で入力してください。")
    if column.kind == ReportColumn.Kind.NUMBER and figures.read(value) is None:
        return _("は数値で入力してください（例：1,234や▲500。入力：%(value)s）。") % {
            "value": _short(value)
        }
    if column.max_length is not None and length > column.max_length:
        return _("は%(limit)s文字までです（入力：%(length)s文字）。") % {
            "limit": column.max_length,
            "length": length,
        }
    return ""


EMPTY: tuple[Any, ...] = ("", [], None)
"""What a column holds that says nothing. 0 is a figure."""


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 40 else f"{text[:40]}…"


def _plain_figure(value: Any) -> Any:
    number = figures.read(value)
    return value if number is None else f"{number:f}"


def record_report(
    report: ProgressReport, *, by: Any, reason: str = "", expected_version: int | None = None
) -> ProgressReport:
    """Check and save a report (a new or changed instance), with its history.

    A column whose content is no longer what was taken over loses its mark in `taken_over`.
    """
    check_report(report, by=by, reason=reason)
    keep_marks(report, ProgressReport.objects.filter(pk=report.pk).first() if report.pk else None)
    return save_row(report, by=by, reason=reason, expected_version=expected_version)


def keep_marks(report: ProgressReport, stored: ProgressReport | None) -> None:
    """Keep `taken_over` to the columns that say something, and still say what they said when
    they were marked (in `stored`)."""
    marked = set() if stored is None else set(stored.taken_over)
    report.taken_over = [
        column.key
        for column in ReportColumn.whole_form(report.row.action.plan)
        if column.key in report.taken_over
        and report.value_of(column) not in EMPTY
        and not (column.key in marked and _differs(report, stored, column))
    ]


def _differs(report: ProgressReport, stored: ProgressReport, column: ReportColumn) -> bool:
    return _unwrapped(report.value_of(column)) != _unwrapped(stored.value_of(column))


def _unwrapped(value: Any) -> Any:
    """Browsers send line ends of two characters; nobody wrote anything by that."""
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value


def remove_report(report: ProgressReport, *, by: Any, reason: str) -> None:
    """Delete a report of an open year; a section deletes only its own drafts."""
    _check_places(report, by)
    check_removal(report, by=by, municipality_id=report.row.action.plan.municipality_id)
    delete_row(report, by=by, reason=reason)


# --- The form of the sheet --------------------------------------------------------------------


def check_column(column: ReportColumn, *, by: Any) -> None:
    """Raise where `by` may not write this column of a plan's form, it is not valid, or reports
    hold what it could not hold any more. Planners only; hiding a column is always possible."""
    record.check_row(column, by=by)
    stored = ReportColumn.objects.filter(pk=column.pk).first() if column.pk else None
    if stored is None:
        return
    if column.kind != stored.kind:
        refuse_used(column, "kind", _("種類を変えられません"), years_used(stored))
    gone = [choice for choice in stored.choices if choice not in column.choices]
    if column.kind == ReportColumn.Kind.CHOICE and gone:
        what = _("選択肢「%(choices)s」を消せません") % {"choices": "」「".join(gone)}
        refuse_used(column, "choices", what, years_used(stored, gone))


def years_used(column: ReportColumn, values: Container[Any] | None = None) -> list[int]:
    """Return the fiscal year of every report that says something in a plan's own column; with
    `values`, of every report that says one of these."""
    reports = ProgressReport.objects.filter(
        row__action__plan=column.plan_id, extra__has_key=column.key
    )
    return sorted(
        year
        for year, extra in reports.values_list("fiscal_year", "extra")
        if extra[column.key] not in EMPTY and (values is None or extra[column.key] in values)
    )


def refuse_used(column: ReportColumn, field: str, what: str, years: list[int]) -> None:
    """Raise ValidationError on `field` where reports of `years` say something in the column: then
    one cannot do `what`."""
    if years:
        message = _(
            "「%(label)s」は%(count)d件の報告（%(years)s）に書かれているため、%(what)s。"
            "これから使わない列は「使わない」に印を付けてください。"
        ) % {
            "label": column.label,
            "count": len(years),
            "years": "、".join(map(fiscal_years.label, sorted(set(years)))),
            "what": what,
        }
        raise ValidationError({field: message}, code="used")


def record_column(column: ReportColumn, *, by: Any, reason: str = "") -> ReportColumn:
    """Check and save a column of a plan's form, with its history."""
    check_column(column, by=by)
    return record.record_row(column, by=by, reason=reason)


def remove_column(column: ReportColumn, *, by: Any, reason: str) -> None:
    """Delete a column no report says anything in; a core column returns to the standard."""
    if by is not None:
        record.require_writer(by, column, "delete")
    if not column.is_core:
        refuse_used(column, "key", _("削除できません"), years_used(column))
    structure.remove_row(column, by=by, reason=reason)


# --- Policy sheets ----------------------------------------------------------------------------


def check_sheet(
    row: DepartmentPolicySheet | PriorityIssue, *, by: Any, reason: str | None = None
) -> None:
    """Raise where `by` may not write this policy sheet or issue of one, its year is closed or
    another plan's, or it is not valid. A department writes its own sheet; an issue shares its
    sheet's state."""
    _check_sheet_places(row, by)
    sheet = sheet_of(row)
    stored = DepartmentPolicySheet.objects.filter(pk=sheet.pk).first() if sheet.pk else None
    check_state(
        stored if stored is not None and isinstance(row, PriorityIssue) else sheet,
        stored,
        by=by,
        municipality_id=sheet.plan.municipality_id,
        sections=lambda: [sheet.department_id],
        flows=Flows(),
        reason=reason,
        is_changed=isinstance(row, PriorityIssue),
    )
    row.full_clean()
    ensure_in_force(sheet.plan, sheet.fiscal_year)
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
    check_sheet(row, by=by, reason=reason)
    with transaction.atomic():
        save_row(row, by=by, reason=reason, expected_version=expected_version)
        if isinstance(row, PriorityIssue):
            touch_sheet(row.sheet_id, by=by, reason=reason)
    return row


def touch_sheet(number: int, *, by: Any, reason: str) -> None:
    """Give a sheet whose issues `by` has changed its next version: who approves the sheet has to
    see them. What the system writes is nobody's."""
    if by is not None:
        sheet = DepartmentPolicySheet.objects.select_for_update().get(pk=number)
        sheet.changed_by = by
        save_row(sheet, by=by, reason=reason)


def remove_sheet(row: DepartmentPolicySheet | PriorityIssue, *, by: Any, reason: str) -> None:
    """Delete a policy sheet, or an issue of one, of an open year; a department deletes only what
    nobody has taken over."""
    _check_sheet_places(row, by)
    sheet = sheet_of(row)
    check_removal(sheet, by=by, municipality_id=sheet.plan.municipality_id)
    with transaction.atomic():
        delete_row(row, by=by, reason=reason)
        if isinstance(row, PriorityIssue):
            touch_sheet(sheet.pk, by=by, reason=reason)


# --- The review board -------------------------------------------------------------------------


def check_comment(comment: ReviewComment, *, by: Any, reason: str | None = None) -> None:
    """Raise where `by` may not write this comment of the review board, its year is closed or
    another plan's, or it is not valid. Planners only."""
    record.check_row(comment, by=by)
    ensure_in_force(comment.plan, comment.fiscal_year)
    check_state(
        comment,
        _ensure_comment_open(comment),
        by=by,
        municipality_id=comment.plan.municipality_id,
        sections=tuple,
        flows=Flows(of_planners=True),
        reason=reason,
    )


def _ensure_comment_open(comment: ReviewComment) -> ReviewComment | None:
    """Ask for the year it is to stand in and stands in, and return it as it stands."""
    stored = ReviewComment.objects.filter(pk=comment.pk).first() if comment.pk else None
    for each in filter(None, (comment, stored)):
        ensure_open([each.plan_id], each.fiscal_year)
    return stored


def record_comment(
    comment: ReviewComment, *, by: Any, reason: str = "", expected_version: int | None = None
) -> ReviewComment:
    """Check and save a comment of the review board, or its answer, with its history."""
    check_comment(comment, by=by, reason=reason)
    return save_row(comment, by=by, reason=reason, expected_version=expected_version)


def remove_comment(comment: ReviewComment, *, by: Any, reason: str) -> None:
    """Delete a comment of an open year. Planners only."""
    if by is not None:
        record.require_writer(by, comment, "delete")
    _ensure_comment_open(comment)
    delete_row(comment, by=by, reason=reason)
