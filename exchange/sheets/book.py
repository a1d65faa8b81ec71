"""A workbook and its sheets, written cell by cell with shared styles.

Cells are made and their styles copied directly: thousands of `cell.font = …` would take seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import copy
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from itertools import groupby
from operator import itemgetter
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.writer.excel import ExcelWriter

from . import looks, texts
from .looks import Look
from .paper import Paper

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CHARACTER = 7
"""Pixels of a digit in the workbook's usual font; the unit of column widths."""
_PADDING = 5
_PIXELS_PER_POINT = 96 / 72
# Of the fonts that stand in for ours the tallest is Noto Sans CJK: 1.41 times its size.
LINE = 1.42
ROW_PADDING = 6
MOST_LINES = 24
"""Of one row; longer texts go on in the next, so that rows fit on a page."""
HIGHEST = 409
"""Points: no row is shown higher."""
_OLDEST = datetime(1980, 1, 1, tzinfo=UTC)


class Book:
    """A workbook. `made_at` goes into its properties: the same content at the same moment gives
    the same bytes."""

    def __init__(self, title: str = "", creator: str = "", made_at: datetime | None = None) -> None:
        self.made_at = (made_at or datetime.now(UTC)).astimezone(UTC).replace(microsecond=0)
        self.workbook = Workbook()
        self.workbook.remove(self.workbook.active)
        self._styles: dict[tuple[Look, frozenset[str]], Any] = {}
        properties = self.workbook.properties
        properties.title = texts.clean(title) or None
        properties.creator = texts.clean(creator) or "Shirube"
        properties.created = properties.modified = self.made_at.replace(tzinfo=None)
        normal = Font(name=looks.COLUMN_FONT, sz=10)
        self.workbook._fonts[0] = self.workbook._named_styles["Normal"].font = normal

    def sheet(self, name: str, widths: Sequence[float] = ()) -> Sheet:
        """Add a sheet with columns of these widths (in digits); its name is made legal."""
        name = texts.sheet_name(name, self.workbook.sheetnames)
        return Sheet(self, self.workbook.create_sheet(name), widths)

    def style(self, look: Look, medium: frozenset[str] = frozenset()) -> Any:
        """Return the style of a look for a cell at these edges of its table."""
        found = self._styles.get((look, medium))
        if found is None:
            scratch = Cell(self.workbook.worksheets[0], row=1, column=1)
            looks.dress(scratch, look, medium)
            found = self._styles[look, medium] = looks.style_of(scratch)
        return found

    def to_bytes(self) -> bytes:
        """Return the file."""
        out = BytesIO()
        with _Archive(out, self.made_at) as archive:
            ExcelWriter(self.workbook, archive).write_data()
        return out.getvalue()


class _Archive(ZipFile):
    """A zip file whose entries bear one date."""

    def __init__(self, out: BytesIO, made_at: datetime) -> None:
        super().__init__(out, "w", ZIP_DEFLATED, compresslevel=1)
        self._date = max(made_at, _OLDEST).timetuple()[:6]

    def writestr(self, name: Any, data: Any, *args: Any, **options: Any) -> None:
        entry = ZipInfo(str(name), self._date)
        entry.external_attr = 0o600 << 16
        super().writestr(entry, data, ZIP_DEFLATED, 1)

    def write(self, filename: Any, arcname: Any = None, *args: Any, **options: Any) -> None:
        with open(filename, "rb") as file:
            self.writestr(arcname or filename, file.read())


Runs = list[tuple[str, bool]]
"""Words, and whether they are marked."""


def _parts(value: object, room: int) -> list[Any]:
    """Return a value in the parts that rows of `MOST_LINES` take."""
    if isinstance(value, str):
        return texts.pieces(texts.legal(value), room, MOST_LINES)
    if not isinstance(value, list):
        return [value]
    runs = [(texts.legal(text), marked) for text, marked in value]
    pieces = texts.pieces("".join(text for text, _marked in runs), room, MOST_LINES)
    return list(_cut(runs, pieces)) if len(pieces) > 1 else [runs]


def _cut(runs: Runs, pieces: list[str]) -> Iterator[Runs]:
    """Yield the runs of each of the `pieces` of their text, which leave out line feeds between."""
    waiting = [(character, marked) for text, marked in runs for character in text]
    at = 0
    for piece in pieces:
        while waiting[at : at + 1] and waiting[at][0] == "\n" and not piece.startswith("\n"):
            at += 1
        own = waiting[at : at + len(piece)]
        at += len(piece)
        yield [
            ("".join(character for character, _marked in some), marked)
            for marked, some in groupby(own, key=itemgetter(1))
        ]


class Sheet:
    """A sheet that is written row by row; `row` is the next one."""

    def __init__(self, book: Book, worksheet: Any, widths: Sequence[float]) -> None:
        self.book, self.worksheet = book, worksheet
        self.row = 1
        self.widths = list(widths)
        self._look_at: dict[tuple[int, int], tuple[Look, frozenset[str]]] = {}
        self._plain_text: dict[tuple[int, int], str] = {}
        self._kept: set[int] = set()
        worksheet.sheet_view.showGridLines = False
        worksheet.sheet_properties.pageSetUpPr = PageSetupProperties()
        for column, wide in enumerate(widths, start=1):
            # Excel keeps the padding in the width it writes.
            worksheet.column_dimensions[get_column_letter(column)].width = wide + _PADDING / (
                _CHARACTER
            )

    # --- Cells ---

    def put(self, column: int, value: object, look: Look = looks.CELL, *, row: int = 0) -> Cell:
        """Write a value into the `row` (0: the current one): a text as text, never a formula, a
        figure as a figure, None as an empty cell."""
        row = row or self.row
        # Cell() would look for the type of the value and make a new style.
        cell = Cell(self.worksheet, row=row, column=column)
        if type(value) is str:
            if value:
                cell._value, cell.data_type = texts.clean(value), "s"
        elif value is not None:
            if not isinstance(value, Decimal | int | float) or isinstance(value, bool):
                raise TypeError(f"A cell holds text or a number, not {type(value).__name__}.")
            cell._value, cell.data_type = value, "n"
        cell._style = copy(self.book.style(look))
        self.worksheet._cells[row, column] = cell
        self._look_at[row, column] = look, frozenset()
        return cell

    def put_marked(
        self, column: int, runs: Iterable[tuple[str, bool]], look: Look = looks.TEXT
    ) -> Cell:
        """Write a text of (words, whether they are marked): marked ones bold and underlined."""
        runs = list(runs)
        usual = {"rFont": looks.FONT, "sz": look.size, "charset": 128}
        blocks = [
            TextBlock(InlineFont(**usual, **({"b": True, "u": "single"} if marked else {})), words)
            for text, marked in runs
            if (words := texts.clean(text))
        ]
        cell = self.put(column, "".join(words for words, _marked in runs), look)
        if any(block.font.b for block in blocks):
            self._plain_text[cell.row, column] = cell._value
            cell._value = CellRichText(*blocks)
        return cell

    def figure(
        self, column: int, value: Decimal | int | None, decimals: int, missing: str = ""
    ) -> Cell:
        """Write a figure with at least `decimals` places, or the words why there is none."""
        if value is None:
            return self.put(column, missing, looks.MISSING)
        if isinstance(value, Decimal):
            decimals = max(decimals, -int(value.as_tuple().exponent))
        return self.put(column, value, looks.NUMBER.as_number(decimals))

    def merge(self, column: int, last_column: int, *, row: int = 0, last_row: int = 0) -> None:
        """Merge cells of the current row, or of rows; the first one's look holds for all."""
        row = row or self.row
        last_row = max(last_row, row)
        look, medium = self._look_at[row, column]
        for each in range(row, last_row + 1):
            for other in range(column, last_column + 1):
                if (each, other) != (row, column):
                    self.put(other, None, look, row=each)
        self.worksheet.merge_cells(
            start_row=row, end_row=last_row, start_column=column, end_column=last_column
        )
        for each in range(row, last_row + 1):
            for other in range(column, last_column + 1):
                self.worksheet._cells[each, other]._style = copy(self.book.style(look, medium))

    def frame(self, row: int, column: int, last_row: int, last_column: int) -> None:
        """Draw the outer line of a table."""
        for at in range(column, last_column + 1):
            self._edge(row, at, "top")
            self._edge(last_row, at, "bottom")
        for at in range(row, last_row + 1):
            self._edge(at, column, "left")
            self._edge(at, last_column, "right")

    def _edge(self, row: int, column: int, side: str) -> None:
        if (row, column) not in self._look_at:
            self.put(column, None, row=row)
        look, medium = self._look_at[row, column]
        medium |= {side}
        self._look_at[row, column] = look, medium
        self.worksheet._cells[row, column]._style = copy(self.book.style(look, medium))

    # --- Rows ---

    def room(self, column: int, last_column: int = 0, size: float = looks.BODY) -> int:
        """Return the half-width characters a line of these columns takes."""
        last_column = max(last_column, column)
        wide = sum(self.widths[column - 1 : last_column]) * _CHARACTER
        wide += _PADDING * (last_column - column)
        return max(2, int((wide - 1) / (size * _PIXELS_PER_POINT / 2)))

    def height(self, lines: int, size: float = looks.BODY) -> float:
        """Return the points that `lines` need: one more for every five, since programs break long
        texts a little differently."""
        return min(HIGHEST, (lines + lines // 5) * size * LINE + ROW_PADDING)

    def lines(self, row: int = 0) -> int:
        """Return how many lines the longest text of a row takes in its own columns."""
        row = row or self.row
        most = 1
        for column in range(1, len(self.widths) + 1):
            cell = self.worksheet._cells.get((row, column))
            text = self._plain_text.get((row, column)) or (cell is not None and cell._value)
            if type(text) is str:
                look = self._look_at[row, column][0]
                if look.wrap:
                    most = max(most, len(texts.lines(text, self.room(column, 0, look.size))))
        return most

    def end_row(self, height: float = 0, *, least: float = 0, keep: bool = False) -> int:
        """Close the current row with a height (0: what its texts need); return its number. `keep`
        holds it on one page with the next."""
        row = self.row
        if keep:
            self._kept.add(row)
        high = height or max(least, self.height(self.lines()))
        self.worksheet.row_dimensions[row].height = round(high, 2)
        self.row += 1
        return row

    def write_row(self, values: Iterable[object], look: Look = looks.CELL, **options: Any) -> int:
        """Write values from the first column on and close the row; return its number."""
        for column, value in enumerate(values, start=1):
            self.put(column, value, look)
        return self.end_row(**options)

    def write_block(
        self,
        values: Iterable[object],
        look: Callable[[int], Look] = lambda _column: looks.TEXT,
        *,
        merged: tuple[int, int] | None = None,
    ) -> int:
        """Write values side by side, where long texts go on in the rows below; return the last
        row. A value may be a text, a figure, or runs as `put_marked` takes them. `look` tells that
        of a column; the columns `merged` hold the first of their values."""
        parts = []
        for at, value in enumerate(values, start=1):
            last = merged[1] if merged and at == merged[0] else at
            room = self.room(at, last, look(at).size)
            parts.append(_parts(value, room))
        for line in range(max(map(len, parts))):
            for at, part in enumerate(parts, start=1):
                value = part[line] if line < len(part) else None
                if isinstance(value, list):
                    self.put_marked(at, value, look(at))
                elif isinstance(value, Decimal):
                    places = max(0, -int(value.as_tuple().exponent))
                    self.put(at, value, looks.NUMBER.but(down=look(at).down).as_number(places))
                else:
                    self.put(at, value, look(at))
            if merged:
                self.merge(*merged)
            row = self.end_row()
        return row

    def line(
        self,
        text: str,
        look: Look = looks.NOTE,
        *,
        column: int = 1,
        last: int = 0,
        keep: bool = False,
    ) -> int:
        """Write text over all columns, as high as it needs, over several rows where it is long;
        return the number of the last one."""
        last = last or len(self.widths)
        room = self.room(column, last, look.size)
        parts = texts.pieces(texts.legal(text), room, MOST_LINES) if look.wrap else [text]
        for part in parts:
            self.put(column, part, look)
            if last > column:
                self.merge(column, last)
            count = len(texts.lines(part, room)) if look.wrap else 1
            row = self.end_row(self.height(count, look.size), keep=keep)
        return row

    # --- Pages ---

    def print_on(
        self,
        paper: Paper,
        *,
        number: str = "",
        footer: str = "",
        title_rows: tuple[int, int] | None = None,
        title_columns: tuple[int, int] | None = None,
        fit: bool = True,
    ) -> None:
        """Set up the paper, and what every page repeats. Without `fit` page breaks count, and rows
        that are kept together begin a new page where they would be torn."""
        paper.set_up(self.worksheet, number=number, footer=footer, fit=fit)
        if not fit:
            self._break_rows(paper, title_rows)
        if title_rows is not None:
            self.worksheet.print_title_rows = f"{title_rows[0]}:{title_rows[1]}"
        if title_columns is not None:
            first, last = map(get_column_letter, title_columns)
            self.worksheet.print_title_cols = f"{first}:{last}"

    def _break_rows(self, paper: Paper, title_rows: tuple[int, int] | None) -> None:
        heights = [self.worksheet.row_dimensions[row].height or 15 for row in range(1, self.row)]
        titles = sum(heights[title_rows[0] - 1 : title_rows[1]]) if title_rows else 0
        forced = {each.id for each in self.worksheet.row_breaks.brk}
        used = 0.0
        for row, height in enumerate(heights, start=1):
            block, last = height, row
            while last in self._kept and last < len(heights):
                last += 1
                block += heights[last - 1]
            is_inside = row - 1 in self._kept
            if row - 1 in forced:
                used = titles
            elif used and used + (height if is_inside else block) > paper.height and row > 1:
                self.break_after(row - 1)
                used = titles
            used += height

    def break_after(self, row: int) -> None:
        """Begin a new page below a row."""
        self.worksheet.row_breaks.append(Break(id=row))

    def break_right_of(self, column: int) -> None:
        """Begin a new page right of a column."""
        self.worksheet.col_breaks.append(Break(id=column))

    def freeze(self, row: int, column: int = 1) -> None:
        """Keep what is above `row` and left of `column` on the screen."""
        self.worksheet.freeze_panes = f"{get_column_letter(column)}{row}"
