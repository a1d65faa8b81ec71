"""From an uploaded book to the lines of each sheet, wherever people put the headings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from municipalities.uploads import Book, Sheet

from .columns import Column, heading_of
from .values import CellError, folded

DEEPEST_HEADING = 20


@dataclass(frozen=True)
class Line:
    """A row of a sheet that says something: its number from 0, and its cells by column number."""

    number: int
    cells: dict[int, Any]


@dataclass
class Lines:
    """The rows of one sheet below its headings; `headings` leads from column numbers to texts."""

    name: str
    headings: dict[int, Any] = field(default_factory=dict)
    heading_row: int = 0
    rows: list[Line] = field(default_factory=list)

    def column_of(self, columns: Sequence[Column]) -> dict[int, Column]:
        """Return column number → column, for the headings that are known; the first one counts."""
        found: dict[int, Column] = {}
        for number, heading in self.headings.items():
            column = heading_of(columns, heading)
            if column is not None and column not in found.values():
                found[number] = column
        return found

    def values_under(self, name: str) -> Iterable[tuple[Line, Any]]:
        """Yield each line with its cell under a heading; nothing where there is none."""
        for number, heading in self.headings.items():
            if _same(heading, name):
                yield from ((line, line.cells.get(number)) for line in self.rows)
                return


def _same(one: Any, other: str) -> bool:
    return _compact(one) == _compact(other)


def _compact(value: Any) -> str:
    try:
        return folded(value).replace(" ", "")
    except CellError:
        return ""


def find_sheet(book: Book, name: str) -> Sheet | None:
    """Return the sheet of that name, in any width of letters; None where there is none."""
    return next((sheet for sheet in book.sheets if _same(sheet.name, name)), None)


def lines_of(sheet: Sheet, columns: Sequence[Column], *, is_upright: bool = False) -> Lines | None:
    """Return the lines below the first row that holds the headings of all key columns (but for
    those that can be inferred); upright: beside such a column. None where no row does."""
    rows = _turned(sheet.rows) if is_upright else sheet.rows
    wanted = must_stand(columns)
    for number, row in enumerate(rows[:DEEPEST_HEADING]):
        headings = {place: cell for place, cell in enumerate(row) if _compact(cell)}
        found = [heading_of(columns, _compact(cell)) for cell in headings.values()]
        if all(column in found for column in wanted):
            lines = Lines(sheet.name, headings, number)
            last = number + 2 if is_upright else None  # one row: what stands beside the headings
            lines.rows = [
                Line(number + 1 + below, cells)
                for below, values in enumerate(rows[number + 1 : last])
                if (cells := _said(values, headings))
            ]
            return lines
    return None


def must_stand(columns: Sequence[Column]) -> list[Column]:
    """Return the columns without whose headings a sheet says nothing."""
    return [column for column in columns if column.is_key and column.guess is None]


def _said(row: Sequence[Any], headings: dict[int, Any]) -> dict[int, Any]:
    """Return the cells under headings, {} where all of them are blank."""
    cells = {place: row[place] for place in headings if place < len(row)}
    return cells if any(cell is not None and cell != "" for cell in cells.values()) else {}


def _turned(rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)] if rows else []
