"""施策進捗管理シート as a workbook: a sheet per measure in the plan's own form, A4."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from exchange.sheets import A4, Book, Sheet, looks
from measures.models import ReportColumn

from . import layout
from .editions import Edition
from .layout import Options
from .progress_rows import Column, MeasureSheet, Row, Sheets, progress_sheets

Kind = ReportColumn.Kind
_FIXED = [20.0, 11.0]


def build(edition: Edition, options: Options) -> Book:
    found = progress_sheets(edition)
    book = layout.new_book(edition, _("施策進捗管理シート"))
    write_sheets(book, found, options)
    return book


def write_sheets(book: Book, found: Sheets, options: Options) -> None:
    for each in found.sheets:
        _write(book, found, each, options)
    if not found.sheets:
        sheet = book.sheet(_("施策進捗管理シート"), layout.shares(A4.room, [], [1] * 4))
        layout.head(sheet, found.edition, _("施策進捗管理シート"))
        sheet.line(_("この年度・時期の報告はありません。"), looks.PLAIN)
        sheet.print_on(A4, number=options.number, footer=layout.footer(found.edition))


def _write(book: Book, found: Sheets, each: MeasureSheet, options: Options) -> None:
    edition = found.edition
    has_remarks = any(row.remarks for row in each.rows)
    sheet = book.sheet(each.short, _widths(found.columns, has_remarks))
    layout.head(sheet, edition, _("施策進捗管理シート"))
    if each.above:
        sheet.line(each.above, looks.PLAIN, keep=True)
    sheet.line(each.title, looks.PLAIN.but(size=12, bold=True), keep=True)
    labels = [edition.plan.label_action or _("取組"), _("担当課")]
    labels += [
        f"{column.label}（{column.unit}）" if column.unit else column.label
        for column in found.columns
    ]
    first = layout.column_heads(sheet, [*labels, *([_("備考")] if has_remarks else [])])
    for row in each.rows:
        _write_row(sheet, found, row, has_remarks)
    sheet.frame(first, 1, sheet.row - 1, len(sheet.widths))
    _write_legend(sheet, found)
    sheet.freeze(first + 1, 2)
    sheet.print_on(
        A4,
        number=options.number,
        footer=layout.footer(edition),
        title_rows=(first, first),
        fit=False,
    )


def _widths(columns: tuple[Column, ...], has_remarks: bool) -> list[float]:
    """Return widths for the paper: figures and ratings are narrow, texts share the rest."""
    narrow = {Kind.RATING: 8.0, Kind.NUMBER: 12.0, Kind.CHOICE: 10.0}
    fixed = [*_FIXED, *(narrow[column.kind] for column in columns if column.kind in narrow)]
    fixed += [12.0] if has_remarks else []
    texts_of = [column for column in columns if column.kind not in narrow]
    free = iter(layout.shares(A4.room, fixed, [1] * len(texts_of)) if texts_of else ())
    widths = [*_FIXED, *(narrow.get(column.kind) or next(free) for column in columns)]
    return [*widths, *([12.0] if has_remarks else [])]


def _write_row(sheet: Sheet, found: Sheets, row: Row, has_remarks: bool) -> None:
    """Write a row; where a text is long, it goes on in the rows below, whose borders join."""
    relisted = found.edition.plan.label_relisted or _("再掲")
    title = f"{row.number} {row.title}".strip()
    if row.is_relisted:
        title += f"\n（{relisted}）" + (
            _("\n主担当：%(owner)s") % {"owner": row.owner} if row.owner else ""
        )
    cells: list[str | Decimal] = [title, "\n".join(row.sections)]
    if row.cells is None:
        cells += [row.missing, *[""] * (len(found.columns) - 1)]
    else:
        cells += row.cells
    cells += [row.remarks] if has_remarks else []
    merged = (3, 2 + len(found.columns)) if row.cells is None and len(found.columns) > 1 else None
    sheet.write_block(cells, lambda at: _look(found, at), merged=merged)


def _look(found: Sheets, at: int) -> looks.Look:
    column = found.columns[at - 3] if 3 <= at < 3 + len(found.columns) else None
    if column is not None and column.kind in (Kind.RATING, Kind.CHOICE):
        return looks.TEXT.but(across="center")
    return looks.TEXT


def _write_legend(sheet: Sheet, found: Sheets) -> None:
    """Write the classes in one paragraph, so that they rarely need a page of their own."""
    if not found.legend:
        return
    classes = "　".join(
        symbol if symbol == meaning else f"{symbol}：{meaning}" for symbol, meaning in found.legend
    )
    title = _("%(column)sの凡例") % {"column": found.legend_title}
    sheet.line(f"{title}　{classes}", looks.PLAIN, keep=bool(found.legend_note))
    if found.legend_note:
        sheet.line(found.legend_note, looks.PLAIN)
