"""A sheet of rows that are filled in: hidden ids and keys, headings, open and locked cells."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import zip_longest

from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter

from exchange.sheets import A3, Book, Look, Sheet, filling, looks, texts
from exchange.sheets.book import MOST_LINES
from plans.moving import SECTION_STATES
from rounds.entry.sheet import SheetRow

from . import layout

KEYS = (layout.KEY, layout.VERSION)
_KEY_WIDTH = 12.0
FIRST = len(KEYS) + 1
"""The first column people see."""

READ = looks.TEXT
CLOSED = looks.TEXT.but(fill=looks.PALE)
OPEN = looks.INPUT_TEXT.but(number_format="@")
"""Excel would make a day of 1-2 or 2026-08."""
OPEN_WORD = OPEN.but(across="center")
CLOSED_WORD = CLOSED.but(across="center")


@dataclass(frozen=True)
class Column:
    """A column: its id ("" or with "#": only read), what it is called, how wide (in digits)."""

    id: str
    heading: str
    width: float

    @property
    def is_box(self) -> bool:
        return bool(self.id) and not self.id.startswith(layout.READ_ONLY)


@dataclass(frozen=True)
class Cell:
    """What stands in a cell, None: nothing."""

    value: str | Decimal | None
    look: Look = READ

    @property
    def is_open(self) -> bool:
        return not self.look.locked


class Grid:
    """A sheet with such rows; the columns of `KEYS` stand before those given and are not seen."""

    def __init__(self, book: Book, name: str, columns: Sequence[Column]) -> None:
        self.columns = columns
        self.sheet: Sheet = book.sheet(
            name, [*(_KEY_WIDTH for _key in KEYS), *(column.width for column in columns)]
        )
        filling.hide_columns(self.sheet, *range(1, FIRST))
        self._head = 0
        self._open: dict[str, list[tuple[int, int]]] = {}

    @property
    def last_column(self) -> int:
        return FIRST + len(self.columns) - 1

    def line(self, text: str, look: Look = looks.PLAIN) -> None:
        """Write text over all columns, above the headings or below the rows."""
        self.sheet.line(text, look, column=FIRST, last=self.last_column)

    def headings(self) -> None:
        """Write the ids, hidden, and the headings below them."""
        ids = [*KEYS, *(column.id for column in self.columns)]
        filling.hide_row(self.sheet, self.sheet.write_row(ids, looks.CELL.but(wrap=False)))
        for at, column in enumerate(self.columns, start=FIRST):
            self.sheet.put(at, column.heading, looks.HEAD)
        self._head = self.sheet.end_row()

    def row(self, cells: Sequence[Cell], key: str = "", version: str = "", lines: int = 1) -> None:
        """Write a row at least as high as `lines`. What is too long for one row of paper goes on
        below, in rows for people; of a row with a key the boxes hold all of their text all the
        same."""
        parts = [self._parts(at, cell) for at, cell in enumerate(cells, start=FIRST)]
        for at, text in enumerate((key or layout.READ_ONLY, version), start=1):
            self.sheet.put(at, text)
        for at, (column, cell, part) in enumerate(
            zip(self.columns, cells, parts, strict=True), start=FIRST
        ):
            is_box = bool(key) and column.is_box
            self.sheet.put(at, cell.value if is_box else part[0], cell.look)
            if is_box and cell.is_open:
                self._open.setdefault(column.id, []).append((self.sheet.row, at))
        needed = max(lines, min(self.sheet.lines(), MOST_LINES))
        self.sheet.end_row(self.sheet.height(needed))
        for rest in list(zip_longest(*parts))[1:]:
            self.sheet.put(1, layout.READ_ONLY)
            for at, (cell, text) in enumerate(zip(cells, rest, strict=True), start=FIRST):
                words = _("（続き）") if at == FIRST and text is None else text
                self.sheet.put(at, words, CLOSED if cell.is_open else cell.look)
            self.sheet.end_row()

    def _parts(self, column: int, cell: Cell) -> list[str | Decimal | None]:
        if not isinstance(cell.value, str):
            return [cell.value]
        room = self.sheet.room(column, 0, cell.look.size)
        return [*texts.pieces(texts.legal(cell.value), room, MOST_LINES)]

    def open_cells(self, id: str) -> list[tuple[int, int]]:
        """Return the cells of a column that are filled in."""
        return self._open.get(id, [])

    def finish(self, *, number: str, footer: str) -> None:
        """Frame, freeze, lock and set up what has been written since the headings."""
        sheet, last = self.sheet, self.sheet.row - 1
        sheet.frame(self._head, FIRST, last, self.last_column)
        sheet.freeze(self._head + 1, FIRST + 1)
        area = f"{get_column_letter(1)}{self._head}:{get_column_letter(self.last_column)}{last}"
        sheet.worksheet.auto_filter.ref = area
        sheet.print_on(A3, number=number, footer=footer, title_rows=(self._head, self._head))
        filling.protect(sheet)


def name_text(row: SheetRow, year: str, *, with_sections: bool) -> str:
    """Return how a row is called, and what there is to know of it."""
    return "\n".join(filter(None, [row.line.name, year, *_about(row, with_sections)]))


def _about(row: SheetRow, with_sections: bool) -> list[str]:
    found = []
    sections = "・".join(str(section) for section in row.due.named)
    if row.partners or with_sections:
        found.append(_("担当：%(sections)s") % {"sections": sections})
    if row.due.is_late:
        found.append(_("期限：%(day)s（確定を待つ値）") % {"day": row.due.due_on.isoformat()})
    if row.story.returned:
        found.append(_("差戻し：%(words)s") % {"words": row.story.returned})
    return found


def state_text(row: SheetRow) -> str:
    """Return how far a row is, and why it cannot be entered, or can although it is past that."""
    if row.closed:
        words = row.closed if row.closed != row.state else ""
    else:
        is_past = row.due.state not in {"", *SECTION_STATES}
        words = _("確定した値を入力できます") if is_past else ""
    return "\n".join(filter(None, [row.state, words]))


def cell_maker(row: SheetRow) -> Callable[[str, Look, Look], Cell]:
    """Return what makes a cell of a row: open with its first look, closed with its second."""

    def make(column: str, open_look: Look, closed_look: Look) -> Cell:
        text = layout.shown(row.line, column, row.line.texts.get(column, ""))
        return Cell(text, closed_look if row.closed else open_look)

    return make
