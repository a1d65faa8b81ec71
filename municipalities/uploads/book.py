"""What an uploaded file says: sheets of cells, whatever its format."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Literal

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

_DIGITS = 15


class Refused(Exception):  # noqa: N818
    """The file is not read; the message (Japanese) says what was found and what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class ErrorValue(str):
    """What a formula came to instead of a value: #N/A, #DIV/0!, or UNCALCULATED."""

    __slots__ = ()


UNCALCULATED = ErrorValue("未計算の式")
"""A formula whose value its program did not store."""

Cell = str | int | Decimal | bool | date | datetime | time | timedelta | None
"""None: empty, or nothing but blanks. No float leaves: whole numbers are int, others Decimal. A
number shown as percent comes as the text people see: 56.7%, not 0.567."""


@dataclass(frozen=True)
class Asides:
    """What people have put on a sheet beside its cells."""

    comments: Mapping[str, str] = field(default_factory=dict)
    """Name of the cell (C7) → what its comment says, and the answers to it."""
    boxes: tuple[str, ...] = ()
    """What text boxes and shapes say."""


@dataclass(frozen=True)
class Sheet:
    """`rows[0][0]` is cell A1: empty leading rows and columns are kept; all rows are as long."""

    name: str
    rows: list[list[Cell]]
    hidden: bool = False
    merged: tuple[tuple[tuple[int, int], tuple[int, int]], ...] = ()
    """Merged cells: the first and the last (row, column) of each area. Only the first says
    anything; the others are None."""
    asides: Asides = Asides()
    struck: frozenset[tuple[int, int]] = frozenset()
    """Cells (row, column) whose words are struck out, all of them or some."""


@dataclass(frozen=True)
class Book:
    """A CSV is a book of one sheet without a name, all of whose cells are texts."""

    sheets: tuple[Sheet, ...]
    kind: Literal["xlsx", "csv"]


def without_noise(value: Decimal) -> Decimal:
    """Return a number without what only its binary form has brought: 0.1 + 0.2 is 0.3. Excel keeps
    15 digits and writes 17."""
    if len(value.as_tuple().digits) <= _DIGITS:
        return value
    places = value.adjusted() + 1 - _DIGITS
    return value.quantize(Decimal(1).scaleb(places)).normalize()


def text(value: str) -> str | None:
    """Return a cell's text without control characters; None where nothing of it can be seen."""
    if not value.isprintable():
        value = _CONTROL.sub("", value)
    return value if value and not value.isspace() else None


def address(row: int, column: int) -> str:
    """Return the name of a cell: 6, 2 (counted from 0) is C7."""
    return f"{column_name(column)}{row + 1}"


def column_name(column: int) -> str:
    """Return the letters of a column counted from 0: A, Z, AA."""
    letters = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


def column_number(letters: str) -> int:
    """Return the place of a column, counted from 0, by its letters."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
