"""The look of the workbook: explanations first, then a sheet a table, hints above the headings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from exchange.sheets import A3, Book, Sheet, looks
from municipalities import fiscal_year
from plans.models import Plan

from . import template
from .columns import Column
from .exporting import Filled, filled
from .tables import TABLES

NARROW, WIDE, WIDEST = 12, 24, 44
FREE_ROWS = 200
"""Rows below the last line for which a template offers choices."""
_LONGEST_LIST = 255
"""Characters of choices Excel takes within a rule."""

KEY = looks.HEAD.but(fill="BFBFBF")
HINT = looks.TEXT.but(size=9, border=False, color="595959")
CELL = looks.TEXT
FIGURE = looks.NUMBER.but(number_format="General", is_text=False)


def plan_workbook(plan: Plan, made_at: datetime | None = None) -> bytes:
    """Return a plan as an .xlsx file that `importing.import_plan` reads back."""
    title = f"{plan.municipality} {plan}"
    book = Book(title, made_at=made_at)
    _introduction(book, title)
    for sheet in filled(plan):
        _sheet(book, sheet)
    return book.to_bytes()


def template_workbook(made_at: datetime | None = None) -> bytes:
    """Return an empty workbook with instructions and a sheet of examples."""
    book = Book(_("計画の取込のひな形"), made_at=made_at)
    _introduction(book, _("計画の取込のひな形"))
    _examples(book)
    this_year = fiscal_year.of(date.today())
    years = [fiscal_year.label(this_year - back) for back in range(5, -1, -1)]
    for table in TABLES:
        columns = table.template_columns()
        headings = [column.name for column in columns]
        if table.reads_heading(years[0]):
            headings += years
        _sheet(book, Filled(table, columns, headings, []))
    return book.to_bytes()


# --- Sheets of a table ----------------------------------------------------------------------------


def _sheet(book: Book, filled_: Filled) -> None:
    if filled_.table.is_upright:
        _upright(book, filled_)
        return
    columns = [*filled_.columns, *[None] * (len(filled_.headings) - len(filled_.columns))]
    widths = [
        _width(column, [heading, *(row[place] for row in filled_.rows)])
        for place, (column, heading) in enumerate(zip(columns, filled_.headings, strict=True))
    ]
    sheet = book.sheet(filled_.table.sheet, widths)
    sheet.line(filled_.table.sheet, looks.TITLE)
    sheet.line(filled_.table.about, looks.NOTE)
    for place, column in enumerate(columns, start=1):
        sheet.put(place, _hint(column), HINT)
    sheet.end_row()
    for place, (column, heading) in enumerate(zip(columns, filled_.headings, strict=True), start=1):
        is_key = column is not None and (column.is_key or column.is_required)
        sheet.put(place, heading, KEY if is_key else looks.HEAD)
    head = sheet.end_row()
    for row in filled_.rows:
        _cells(sheet, row)
    last = max(sheet.row - 1, head)
    sheet.frame(head, 1, last, len(filled_.headings))
    _choices(sheet, columns, head + 1, last + FREE_ROWS)
    keys = sum(1 for column in filled_.columns if column.is_key)
    sheet.freeze(head + 1, keys + 1)
    sheet.worksheet.auto_filter.ref = f"A{head}:{get_column_letter(len(filled_.headings))}{last}"
    sheet.print_on(A3, title_rows=(head, head), footer=filled_.table.sheet)


def _cells(sheet: Sheet, row: Sequence[Any]) -> None:
    for place, value in enumerate(row, start=1):
        is_number = value is not None and not isinstance(value, str)
        sheet.put(place, value, FIGURE if is_number else CELL)
    sheet.end_row()


def _width(column: Column | None, cells: Iterable[Any]) -> float:
    """Return a width that shows most cells of a column in a line, long texts in several."""
    if column is not None and column.is_wide:
        longest = max((len(str(cell)) for cell in cells if cell is not None), default=0)
        return WIDEST if longest > 20 else WIDE
    longest = max((len(str(cell)) for cell in cells if cell is not None), default=0)
    return min(WIDE, max(NARROW, 2 * longest + 1))


def _hint(column: Column | None) -> str | None:
    if column is None:
        return None
    if column.choices and column.choices != ("○",):
        return _("次から選ぶ：%(choices)s") % {"choices": "、".join(column.choices)}
    return column.hint or None


def _choices(sheet: Sheet, columns: Sequence[Column | None], first: int, last: int) -> None:
    """Offer what may be chosen; other words are read too, so nothing is refused."""
    for place, column in enumerate(columns, start=1):
        if column is not None and column.choices:
            letter = get_column_letter(place)
            _offer(sheet, column.choices, f"{letter}{first}:{letter}{last}")


def _offer(sheet: Sheet, choices: tuple[str, ...], cells: str) -> None:
    words = ",".join(choices)
    if len(words) > _LONGEST_LIST or any("," in choice or '"' in choice for choice in choices):
        return
    rule = DataValidation(type="list", formula1=f'"{words}"', allow_blank=True)
    rule.showErrorMessage = False
    rule.add(cells)
    sheet.worksheet.add_data_validation(rule)


def _upright(book: Book, filled_: Filled) -> None:
    """Write one row as a form: headings in the first column, what they say beside them."""
    sheet = book.sheet(filled_.table.sheet, (30, 60, 60))
    sheet.line(filled_.table.sheet, looks.TITLE)
    sheet.line(filled_.table.about, looks.NOTE)
    head = sheet.write_row((_("項目"), _("内容"), _("書き方")), looks.HEAD)
    cells = filled_.rows[0] if filled_.rows else [None] * len(filled_.columns)
    for column, value in zip(filled_.columns, cells, strict=True):
        is_key = column.is_key or column.is_required
        sheet.put(1, column.name, KEY if is_key else looks.SUBHEAD)
        is_number = value is not None and not isinstance(value, str)
        sheet.put(2, value, FIGURE if is_number else CELL)
        sheet.put(3, _hint(column), HINT)
        row = sheet.end_row()
        if column.choices:
            _offer(sheet, column.choices, f"B{row}")
    sheet.frame(head, 1, sheet.row - 1, 3)
    sheet.freeze(head + 1, 2)
    sheet.print_on(A3, footer=filled_.table.sheet)


# --- Explanations ---------------------------------------------------------------------------------


def _introduction(book: Book, title: str) -> None:
    sheet = book.sheet("はじめに", (4, 110))
    sheet.line(title, looks.TITLE)
    for heading, paragraphs in template.introduction():
        sheet.end_row(8)
        sheet.line(heading, looks.SUBHEAD)
        for paragraph in paragraphs:
            sheet.put(1, "・", looks.PLAIN)
            sheet.put(2, paragraph, looks.PLAIN)
            sheet.end_row()
    sheet.end_row(8)
    sheet.line(_("シートの一覧"), looks.SUBHEAD)
    for table in TABLES:
        sheet.put(2, f"{table.sheet}：{table.about}", looks.PLAIN)
        sheet.end_row()
    sheet.print_on(A3)


def _examples(book: Book) -> None:
    sheet = book.sheet("記入例", [18] * 9)
    sheet.line(_("記入例（架空の計画）"), looks.TITLE)
    sheet.line(_("このシートは読み込まれません。"), looks.NOTE)
    for name, rows in template.EXAMPLES:
        sheet.end_row(8)
        sheet.line(_("シート「%(name)s」") % {"name": name}, looks.SUBHEAD)
        first = sheet.row
        for number, row in enumerate(rows):
            sheet.write_row(row, looks.HEAD if number == 0 else CELL)
        sheet.frame(first, 1, sheet.row - 1, len(rows[0]))
    sheet.print_on(A3)
