"""達成状況のまとめ as a workbook: counts per class by goal and by section, with charts, A4."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from exchange.sheets import A4, Book, Sheet, looks

from . import layout
from .achievement_rows import Achievement, Line, Tally, achievement
from .editions import Edition
from .layout import Options

_NAME = 38.0


def build(edition: Edition, options: Options) -> Book:
    found = achievement(edition)
    book = layout.new_book(edition, _("達成状況のまとめ"))
    tallies = [tally for tally in (found.indicators, found.actions) if tally is not None]
    for tally in tallies:
        _write(book, found, tally, options)
    if not tallies:
        sheet = book.sheet(_("達成状況のまとめ"), layout.shares(A4.room, [], [1] * 4))
        layout.head(sheet, edition, _("達成状況のまとめ"))
        sheet.line(_("この年度・時期の評価はありません。"), looks.PLAIN)
        sheet.print_on(A4, number=options.number, footer=layout.footer(edition))
    return book


def _write(book: Book, found: Achievement, tally: Tally, options: Options) -> None:
    heads = [*tally.classes, *tally.others, _("計")]
    heads += [_("値のある割合（％）")] if tally.has_share else []
    widths = layout.shares(A4.room, [_NAME], [1] * len(heads))
    edition = found.edition
    title = _("達成状況のまとめ（%(what)s）") % {"what": tally.title}
    unit = _("指標の数") if tally.has_share else _("件")
    for name, lines in ((_("目標別"), tally.goals), (_("担当課別"), tally.sections)):
        sheet = book.sheet(
            f"{tally.title}（{name}）", [_NAME, *(min(14.0, wide) for wide in widths)]
        )
        layout.head(sheet, edition, f"{title}　{name}", unit=unit)
        first = _write_table(sheet, tally, heads, name, lines)
        if name == _("担当課別"):
            sheet.line(
                _("複数の担当課のものは、それぞれの行で数えています。計は1件として数えています。"),
                looks.PLAIN,
            )
        _draw(sheet, tally, name, first, len(lines))
        sheet.print_on(
            A4,
            number=options.number,
            footer=layout.footer(edition),
            title_rows=(first, first),
            fit=False,
        )


def _write_table(
    sheet: Sheet, tally: Tally, heads: list[str], name: str, lines: Iterable[Line]
) -> int:
    """Write the lines and their total; return the row of the heads."""
    lines = list(lines)
    first = layout.column_heads(sheet, [name, *heads])
    for line in (*lines, tally.total):
        is_total = line is tally.total
        sheet.put(1, line.name, looks.SUBHEAD if is_total else looks.CELL)
        number = looks.NUMBER.but(bold=is_total, fill=looks.PALE if is_total else "")
        cells = [*line.counts, *line.others, line.total]
        for at, count in enumerate(cells, start=2):
            sheet.put(at, count, number.as_number(0))
        if tally.has_share:
            at = 2 + len(cells)
            if line.share is None:
                sheet.put(at, _("指標なし"), looks.MISSING)
            else:
                sheet.put(at, line.share, number.as_number(1))
        sheet.end_row(keep=line is lines[-1])
    sheet.frame(first, 1, sheet.row - 1, 1 + len(heads))
    return first


def _draw(sheet: Sheet, tally: Tally, name: str, first: int, count: int) -> None:
    """Draw the lines below the table, those without a class too: parts of one whole."""
    if not count:
        return
    height = round(min(15.0, 2.6 + 0.6 * count), 1)
    wide = sum(7 * each + 5 for each in sheet.widths) / layout.CENTIMETRES
    sheet.end_row(9, keep=True)
    start = sheet.row
    layout.bar_chart(
        sheet,
        f"A{start}",
        title=f"{tally.title}　{name}",
        names=(1, first + 1, first + count),
        values=(2, 1 + len(tally.classes) + len(tally.others)),
        head_row=first,
        size=(round(max(14.0, wide - 0.5), 1), height),
        stacked=True,
    )
    points = height * layout.CENTIMETRES * 0.75
    rows = int(points // 15) + 2
    for row in range(rows):
        sheet.end_row(15, keep=row < rows - 1)
