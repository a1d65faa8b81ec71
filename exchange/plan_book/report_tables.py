"""The sheets of what is done: rows of the progress sheet, reports, policy sheets, the board."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from measures.models import (
    DepartmentPolicySheet,
    PriorityIssue,
    ProgressReport,
    ReportColumn,
    ReportingDepartment,
    ReportingRow,
    ReviewComment,
)
from measures.record_many import check_comments, check_reports, check_sheets, touch_sheets
from municipalities import figures
from municipalities.record_many import Problems
from plans.choices import WorkState
from plans.models import PlanScheme

from . import values
from .columns import (
    LIFETIME,
    Column,
    department,
    linked,
    node,
    of_kind,
    plain,
    plains,
    related,
    sections,
)
from .figure_tables import period_column, state_column
from .section_links import SectionedTable, SectionTable
from .shelf import Shelf
from .table import Table
from .values import CellError

# --- Rows of the progress sheet -----------------------------------------------------------------


def first_row(shelf: Shelf, row: Any, place: int) -> int:
    """Where a line names no row of an action, it speaks of the first."""
    return 1


class RowTable(SectionedTable):
    sheet = "報告する行"
    about = "取組の進捗を報告する行。最初の行が主担当、ほかの課が載せる行は再掲です。"
    model, links, parent = ReportingRow, ReportingDepartment, "row"
    columns = (
        linked("取組", "action", Shelf.action, is_key=True),
        plain(ReportingRow, "order", is_key=True, guess=first_row),
        plain(ReportingRow, "is_relisted"),
        sections(lambda row: getattr(row, "kept_sections", [])),
        *plains(ReportingRow, *LIFETIME),
    )

    def new(self, shelf: Shelf) -> Any:
        return ReportingRow()

    def ordering(self) -> tuple[str, ...]:
        return ("action__order", "action__code", "order")


def in_row() -> tuple[Column, ...]:
    """The two columns that name a row of the progress sheet: its action, and its place there."""

    def action(row: Any) -> Any:
        there = related(row, "row")
        return there.action if there else getattr(row, "said_action", None)

    def put_row(row: Any, value: int) -> None:
        row.said_place = value

    def read_row(cell: Any, shelf: Shelf, row: Any) -> int:
        return find_row(shelf, row, values.whole().read(cell))

    def find_row(shelf: Shelf, row: Any, place: int | None) -> int:
        there = shelf.rows.get((row.said_action.code, place or 1))
        if there is None:
            raise CellError(
                _("取組「%(code)s」に行%(place)sがありません。「報告する行」に書いてください。")
                % {"code": row.said_action.code, "place": place or 1}
            )
        row.row = there
        return there.order

    return (
        Column(
            "取組",
            (),
            write=lambda row: action(row).code,
            read=lambda cell, shelf, row: shelf.action(values.folded(cell)),
            current=action,
            put=lambda row, value: setattr(row, "said_action", value),
            hint=_("取組のコード"),
            is_key=True,
        ),
        Column(
            "行の順番",
            ("row",),
            write=lambda row: row.row.order,
            read=read_row,
            current=lambda row: row.row.order if related(row, "row") else None,
            put=put_row,
            hint=_("空欄は最初の行"),
            is_key=True,
            guess=lambda shelf, row, place: find_row(shelf, row, 1),
        ),
    )


class ReportingDepartmentTable(SectionTable):
    sheet = "行の担当課の期間"
    about = "途中の年度から、または途中の年度まで行を報告する課。"
    model, parent = ReportingDepartment, "row"
    columns = (
        *in_row(),
        department("担当課", "department", is_key=True),
        plain(ReportingDepartment, "order", is_key=True),
        *plains(ReportingDepartment, *LIFETIME),
    )

    def ordering(self) -> tuple[str, ...]:
        return ("row__action__order", "row__action__code", "row__order", "order")


# --- Reports ------------------------------------------------------------------------------------


def _content(column: ReportColumn, heading: str) -> Column:
    """Return the column of the workbook for a column of the plan's form."""
    kind = ReportColumn.Kind
    field = column.key if column.is_core else "extra"
    name = (column.key,) if column.is_core else (f"extra.{column.key}", "extra")

    def current(row: ProgressReport) -> Any:
        value = row.value_of(column)
        return value if column.kind in {kind.RATING, kind.LIST} else "" if value is None else value

    def write(row: ProgressReport) -> Any:
        value = current(row)
        match column.kind:
            case kind.RATING:
                return value and value.symbol
            case kind.LIST:
                return values.lines().write(value)
            case kind.NUMBER:
                return figures.read(value) if value != "" else None
        return value or None

    def read(cell: Any, shelf: Shelf, row: ProgressReport) -> Any:
        match column.kind:
            case kind.RATING:
                word = values.folded(cell)
                subject = PlanScheme.Subject.REPORTS
                return shelf.band(subject, row.fiscal_year, word) if word else None
            case kind.LIST:
                return values.lines().read(cell)
            case kind.NUMBER:
                number = values.figure().read(values.without_unit(cell, column.unit))
                return "" if number is None else f"{number:f}"
        return values.as_text(cell)

    return Column(
        heading,
        (field, *name[:1]) if not column.is_core else (field,),
        write=write,
        read=read,
        current=current,
        put=lambda row, value: row.set_value(column, value),
        hint=column.unit and _("単位：%(unit)s") % {"unit": column.unit},
        choices=tuple(column.choices) if column.kind == kind.CHOICE else (),
        is_wide=column.kind in {kind.TEXT, kind.LIST},
    )


class ReportTable(Table):
    sheet = "進捗の報告"
    about = "行ごと・年度ごとの進捗。列は「シートの様式」のとおりです。"
    model = ProgressReport
    columns = (
        *in_row(),
        plain(ProgressReport, "fiscal_year", is_key=True),
        period_column(ProgressReport),
    )
    last_columns = (
        *plains(ProgressReport, "texts_by_site", "note"),
        of_kind("引き継いだままの列", "taken_over", values.words(), hint=_("列の名前")),
        state_column(),
    )

    def columns_for(self, shelf: Shelf) -> tuple[Column, ...]:
        if shelf.form is None:
            shelf.form = ReportColumn.whole_form(shelf.plan) if shelf.plan.pk else []
        return self._with(shelf.form)

    def template_columns(self) -> tuple[Column, ...]:
        return self._with(ReportColumn.core_form())

    def _with(self, form: list[ReportColumn]) -> tuple[Column, ...]:
        """Return the columns of a plan's form between those every report has."""
        fixed = {column.name for column in (*self.columns, *self.last_columns)}
        labels = Counter(column.label for column in form)
        return (
            *self.columns,
            *(
                _content(
                    column,
                    column.label
                    if labels[column.label] == 1 and column.label not in fixed
                    else f"{column.label}［{column.key}］",
                )
                for column in form
            ),
            *self.last_columns,
        )

    def stored(self, shelf: Shelf) -> list[Any]:
        rows = super().stored(shelf)
        prefetch_related_objects(rows, "rating")
        return rows

    def new(self, shelf: Shelf) -> Any:
        return ProgressReport(state=WorkState.CHECKED)

    def ordering(self) -> tuple[str, ...]:
        return (
            "row__action__order",
            "row__action__code",
            "row__order",
            "fiscal_year",
            "period",
        )

    def check(
        self, rows: Sequence[Any], shelf: Shelf, *, by: Any, fields: Collection[str] | None
    ) -> Problems:
        return check_reports(rows, by=by, fields=fields)


# --- Policy sheets ------------------------------------------------------------------------------


class SheetTable(Table):
    sheet = "部門方針"
    about = "部門方針シート：組織の役割と成果。人名は書きません。"
    model = DepartmentPolicySheet
    columns = (
        department("組織", "department", is_key=True),
        plain(DepartmentPolicySheet, "fiscal_year", is_key=True),
        *plains(DepartmentPolicySheet, "heading", "role", "role_items", "result", "texts_by_site"),
        state_column(),
    )

    def new(self, shelf: Shelf) -> Any:
        return DepartmentPolicySheet(plan=shelf.plan, state=WorkState.CHECKED)

    def ordering(self) -> tuple[str, ...]:
        return ("fiscal_year", "department__order", "department__code")

    def check(
        self, rows: Sequence[Any], shelf: Shelf, *, by: Any, fields: Collection[str] | None
    ) -> Problems:
        return check_sheets(rows, by=by, fields=fields)


def _in_sheet() -> tuple[Column, ...]:
    """The two columns that name a policy sheet: its department and year."""

    def find(cell: Any, shelf: Shelf, row: PriorityIssue) -> int:
        year = values.year().read(cell)
        there = shelf.sheets.get((row.said_department.code, year))
        if there is None:
            raise CellError(_("この組織のこの年度の行を「部門方針」に書いてください。"))
        row.sheet = there
        return year

    def section(row: PriorityIssue) -> Any:
        there = related(row, "sheet")
        return there.department if there else getattr(row, "said_department", None)

    return (
        Column(
            "組織",
            (),
            write=lambda row: row.sheet.department.code,
            read=lambda cell, shelf, row: shelf.department(values.folded(cell)),
            current=section,
            put=lambda row, value: setattr(row, "said_department", value),
            hint=_("組織のコードか名称"),
            is_key=True,
        ),
        Column(
            "年度",
            ("sheet",),
            write=lambda row: values.year().write(row.sheet.fiscal_year),
            read=find,
            current=lambda row: row.sheet.fiscal_year if related(row, "sheet") else None,
            put=lambda row, value: None,
            hint=values.year().hint,
            is_key=True,
        ),
    )


class IssueTable(Table):
    sheet = "重点課題"
    about = "部門方針シートの重点課題。"
    model = PriorityIssue
    columns = (
        *_in_sheet(),
        plain(PriorityIssue, "number", is_key=True),
        plain(PriorityIssue, "title", is_required=True),
        *plains(PriorityIssue, "issue", "approach", "result"),
    )

    def new(self, shelf: Shelf) -> Any:
        return PriorityIssue()

    def ordering(self) -> tuple[str, ...]:
        return (
            "sheet__fiscal_year",
            "sheet__department__order",
            "sheet__department__code",
            "number",
        )

    def check(
        self, rows: Sequence[Any], shelf: Shelf, *, by: Any, fields: Collection[str] | None
    ) -> Problems:
        return check_sheets(rows, by=by, fields=fields)

    def save(
        self, rows: Sequence[Any], shelf: Shelf, *, by: Any, reason: str, fields: Collection[str]
    ) -> None:
        super().save(rows, shelf, by=by, reason=reason, fields=fields)
        touch_sheets(rows, by=by, reason=reason)


# --- The review board ---------------------------------------------------------------------------


class CommentTable(Table):
    sheet = "外部評価"
    about = "審議会などの意見と、自治体の回答。人名は書きません。"
    model = ReviewComment
    columns = (
        plain(ReviewComment, "fiscal_year", is_key=True),
        plain(ReviewComment, "number", is_key=True),
        node("対象", {"measure": "measure", "policy": "policy", "basicgoal": "basic_goal"}),
        plain(ReviewComment, "board", is_required=True),
        plain(ReviewComment, "commented_on"),
        plain(ReviewComment, "comment", is_required=True),
        plain(ReviewComment, "answer"),
        department("回答した組織", "department"),
        *plains(ReviewComment, "answered_on", "texts_by_site"),
        state_column(),
    )

    def new(self, shelf: Shelf) -> Any:
        return ReviewComment(plan=shelf.plan, state=WorkState.CHECKED)

    def ordering(self) -> tuple[str, ...]:
        return ("fiscal_year", "number")

    def check(
        self, rows: Sequence[Any], shelf: Shelf, *, by: Any, fields: Collection[str] | None
    ) -> Problems:
        return check_comments(rows, by=by, fields=fields)
