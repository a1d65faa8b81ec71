"""The workbook of an order: today's sections and people, to fill in what changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from municipalities.models import Department, Membership, Municipality
from municipalities.uploads import Book, ErrorValue, Refused, Sheet
from municipalities.uploads.book import text
from municipalities.uploads.complaints import Complaint

from .orders import (
    PEOPLE,
    PEOPLE_COLUMNS,
    ROLES,
    SECTION_COLUMNS,
    SECTIONS,
    Change,
    Problem,
    Step,
)

TABLES: Mapping[str, tuple[Any, Mapping[str, Any]]] = {
    "sections": (SECTIONS, SECTION_COLUMNS),
    "people": (PEOPLE, PEOPLE_COLUMNS),
}
MOST_LINES = 2000
_ONLY_READ = {
    "old_name": gettext_lazy("前の組織（参考）"),
    "source_name": gettext_lazy("今の組織（参考）"),
    "role_now": gettext_lazy("今の役割（参考）"),
}
_ORDER = {
    "sections": ("old", "old_name", "kind", "code", "name", "unit", "parent"),
    "people": (
        "username",
        "name",
        "source",
        "source_name",
        "role_now",
        "step",
        "section",
        "role",
    ),
}
_WIDTHS = {"old_name": 24, "name": 24, "source_name": 24, "role_now": 14, "step": 22}
_HEAD = PatternFill("solid", fgColor="FFE8F1FE")
_GREY = PatternFill("solid", fgColor="FFF2F2F2")
_YELLOW = PatternFill("solid", fgColor="FFFFFBE6")
_TO_FILL_IN = frozenset({"kind", "code", "name", "unit", "parent", "step", "section", "role"})


# --- Out --------------------------------------------------------------------------------------


def order_workbook(town: Municipality, day: date) -> bytes:
    """Return the workbook with the sections and roles a town has on a day. Two queries."""
    sections = Department.objects.filter(municipality=town).valid_on(day).order_by("order", "code")
    roles = (
        Membership.objects.filter(municipality=town, role__in=ROLES, user__is_active=True)
        .valid_on(day)
        .select_related("user", "department")
        .order_by("department__order", "department__code", "user__username", "role")
    )
    book = Workbook()
    _write_guide(book.active)
    _write_table(
        book,
        "sections",
        ({"old": each.code, "old_name": each.name} for each in sections),
        {"kind": Change.labels, "unit": Department.Kind.labels},
    )
    _write_table(
        book,
        "people",
        (
            {
                "username": each.user.username,
                "name": each.user.name,
                "source": each.department.code if each.department else "",
                "source_name": each.department.name if each.department else "",
                "role_now": each.get_role_display(),
            }
            for each in roles
        ),
        {"step": Step.labels, "role": [role.label for role in ROLES]},
    )
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _heading(table: str, key: str) -> str:
    return str(TABLES[table][1].get(key) or _ONLY_READ[key])


def _write_table(
    book: Workbook,
    table: str,
    lines: Iterable[Mapping[str, str]],
    choices: Mapping[str, Sequence[Any]],
) -> None:
    sheet = book.create_sheet(str(TABLES[table][0]))
    keys = _ORDER[table]
    for column, key in enumerate(keys, start=1):
        cell = _put(sheet, 1, column, _heading(table, key))
        cell.font, cell.fill = Font(bold=True), _HEAD
        cell.alignment = Alignment(wrap_text=True, vertical="center")
        sheet.column_dimensions[get_column_letter(column)].width = _WIDTHS.get(key, 18)
    row = 1
    for row, line in enumerate(lines, start=2):
        for column, key in enumerate(keys, start=1):
            cell = _put(sheet, row, column, line.get(key, ""))
            is_told = table == "people" and key == "name"
            cell.fill = _YELLOW if key in _TO_FILL_IN and not is_told else _GREY
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    _fit_to_width(sheet, "landscape")
    for key, labels in choices.items():
        letter = get_column_letter(keys.index(key) + 1)
        rule = DataValidation("list", formula1=f'"{",".join(map(str, labels))}"', allow_blank=True)
        rule.add(f"{letter}2:{letter}{row + 200}")
        sheet.add_data_validation(rule)


def _fit_to_width(sheet: Worksheet, orientation: str) -> None:
    """Let every row be printed on one page of A4 from end to end."""
    page = sheet.page_setup
    page.orientation, page.paperSize = orientation, sheet.PAPERSIZE_A4
    page.fitToWidth, page.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _put(sheet: Worksheet, row: int, column: int, value: str) -> Any:
    """Write a text, which no program takes for a formula."""
    cell = sheet.cell(row, column)
    if value:
        cell.value = text(value) or ""
        cell.data_type = "s"
        cell.number_format = "@"
    return cell


def _write_guide(sheet: Worksheet) -> None:
    sheet.title = _("記入のしかた")
    _fit_to_width(sheet, "portrait")
    sheet.column_dimensions["A"].width = 100
    for row, line in enumerate(_guide(), start=1):
        cell = _put(sheet, row, 1, line)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        if row == 1:
            cell.font = Font(bold=True, size=14)


def _guide() -> list[str]:
    return [
        _("人事異動・組織改編の記入のしかた"),
        _("変わるものだけを書きます。「種類」や「動き」が空欄の行は何もしません。"),
        _("施行日、文書番号、理由は、このファイルをアップロードする画面で入力します。"),
        _("シート「組織改編」：1行に「前の組織→新しい組織」を1組。"),
        _("・改称、統合：新しい組織のコードを書きます。まだない組織なら、名称も書きます。"),
        _("・分割：行を写して、行き先ごとに1行ずつ書きます。1行目が、まとめての行き先です。"),
        _("・移管：前の組織は残り、事務の一部が移ります。どの事務かは画面で選びます。"),
        _("・廃止：新しい組織のコードは空欄。移す事務があれば、別の行に「移管」で書きます。"),
        _("・コードは改称でも新しくします。前の年度は、前の組織の名称で示し続けるためです。"),
        _("・種別と上位の組織コードを空欄にすると、前の組織と同じになります。"),
        _("シート「人事異動」：1行に1人の1つの担当。"),
        _("・異動：今の担当が施行日の前日で終わり、新しい組織の担当が施行日に始まります。"),
        _("・新任：行の下に書き足します。ユーザー名、氏名、新しい組織コード、役割を書きます。"),
        _("・退職・担当を外れる：今の担当が施行日の前日で終わります。"),
        _("・今の組織コードを空欄にすると、その人のすべての担当が終わります。"),
        _("・改称・統合・分割でなくなる組織の人は、書かなくても、まとめての行き先に移ります。"),
    ]


# --- In ---------------------------------------------------------------------------------------


@dataclass
class Table:
    """The lines of a sheet that say anything, and where they stand in the file (from 0)."""

    name: str
    lines: list[dict[str, str]] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    columns: dict[str, int] = field(default_factory=dict)


@dataclass
class OrderBook:
    tables: dict[str, Table] = field(default_factory=dict)
    complaints: list[Complaint] = field(default_factory=list)

    def lines(self, table: str) -> list[dict[str, str]]:
        return self.tables[table].lines if table in self.tables else []

    def complain(self, problems: Iterable[Problem]) -> None:
        """Take up what is wrong with the lines, at its place in the file."""
        for problem in problems:
            table = self.tables[problem.table]
            self.complaints.append(
                Complaint(
                    table.name,
                    table.rows[problem.line],
                    table.columns.get(problem.column),
                    problem.found,
                    problem.message,
                )
            )


def read_book(book: Book) -> OrderBook:
    """Return what a workbook says. Raises Refused where it is none of these."""
    sheets = {sheet.name.strip(): sheet for sheet in book.sheets}
    found = OrderBook()
    for table, (name, _columns) in TABLES.items():
        if str(name) in sheets:
            found.tables[table] = _read_sheet(found, table, sheets[str(name)])
    if not found.tables:
        message = _(
            "シート「%(names)s」がありません（あるシート：%(found)s）。"
            "この画面の「Excelを受け取る」で受け取ったブックに記入してください。"
        )
        names = _("」「").join(str(name) for name, _columns in TABLES.values())
        shown = _("、").join(list(sheets)[:10]) or _("なし")
        raise Refused(message % {"names": names, "found": shown})
    return found


def _read_sheet(found: OrderBook, table: str, sheet: Sheet) -> Table:
    keys = {_heading(table, key): key for key in _ORDER[table]}
    read = Table(sheet.name)
    complain = found.complaints.append
    for column, cell in enumerate(sheet.rows[0] if sheet.rows else ()):
        heading = str(cell or "").strip()
        if not heading:
            continue
        if heading not in keys or keys[heading] in read.columns:
            message = _("使える見出しは次のとおりで、1つずつです：%(names)s")
            message %= {"names": _("、").join(keys)}
            complain(Complaint(sheet.name, 0, column, heading[:40], message))
        else:
            read.columns[keys[heading]] = column
    missing = [name for name, key in keys.items() if key not in {*read.columns, *_ONLY_READ}]
    if missing:
        message = _("見出し「%(names)s」がありません。") % {"names": _("」「").join(missing)}
        complain(Complaint(sheet.name, 0, None, "", message))
        return read
    for row, cells in enumerate(sheet.rows[1:], start=1):
        line = {}
        for key, column in read.columns.items():
            cell = cells[column]
            if isinstance(cell, ErrorValue):
                message = _("式が値になっていません。値を入力してください。")
                complain(Complaint(sheet.name, row, column, str(cell), message))
            line[key] = "" if cell is None else str(cell).strip()
        if any(line.values()):
            read.lines.append(line)
            read.rows.append(row)
    if len(read.lines) > MOST_LINES:
        message = _("%(limit)d行までです（%(found)d行あります）。")
        message %= {"limit": MOST_LINES, "found": len(read.lines)}
        complain(Complaint(sheet.name, None, None, "", message))
        del read.lines[MOST_LINES:], read.rows[MOST_LINES:]
    return read
