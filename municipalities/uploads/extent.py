"""How large the parts of a workbook would be in memory, told from their XML before they are read.

A single cell at XFD1048576 makes a table of seventeen thousand million cells, and a text of a
thousand letters that a million cells share makes a gigabyte.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice, pairwise, zip_longest
from string import ascii_letters, digits
from typing import NamedTuple

from django.utils.translation import gettext as _

from . import limits
from .book import Refused, address, column_number
from .number_formats import percent_styles
from .package import broken, too_large
from .parsing import parse

_REFERENCE = re.compile("([A-Za-z]{1,3})([0-9]{1,7})")
_TEXT_ITEM = re.compile(rb"<(?:[\w.-]+:)?si[\s/>]")
_PREFIX = rb"(?:[\w.-]+:)?"
_FORMULA_ALONE = re.compile(
    rb"(</%(p)sf>|<%(p)sf\b[^<>]*/>)\s*(<%(p)sv\s*/>|<%(p)sv>\s*</|</%(p)sc>)" % {b"p": _PREFIX}
)
_NO_DIGITS = str.maketrans("", "", digits)
_NO_LETTERS = str.maketrans("", "", ascii_letters)


class Place(NamedTuple):
    """A cell, its row and column counted from 0."""

    row: int
    column: int


@dataclass
class Extent:
    """How far the filled cells of a part reach, and which of them have no value."""

    rows: int = 0
    columns: int = 0
    shared_texts: int = 0
    """Cells that refer to a text of the book."""
    errors: set[Place] = field(default_factory=set)
    percents: set[Place] = field(default_factory=set)
    """Cells shown as percent: 56.7% stands there as 0.567."""
    uncalculated: set[Place] = field(default_factory=set)


def measured(parts: Mapping[str, bytes]) -> dict[str, Extent]:
    """Return the extent of every part; Refused beyond the limits, and for broken XML."""
    extents = {}
    percents = frozenset(style for xml in parts.values() for style in percent_styles(xml))
    for name, xml in parts.items():
        if xml.count(b"<") > limits.TAGS:
            raise too_large()
        extents[name] = _walk(xml, percents)
    if sum(extent.rows * extent.columns for extent in extents.values()) > limits.CELLS:
        raise too_many_cells()
    _check_shared_texts(parts, extents)
    return extents


def too_many_cells() -> Refused:
    return Refused(
        _(
            "セルが多すぎます。行数×列数の合計で%(limit)s個まで読み取れます。"
            "不要な行と列、シートを削除するか、ファイルを分けてください。"
        )
        % {"limit": f"{limits.CELLS:,}"}
    )


def _check(extent: Extent) -> None:
    if extent.rows > limits.ROWS or extent.columns > limits.COLUMNS:
        raise Refused(
            _(
                "値のあるセルが%(found)sまで広がっています。%(rows)s行、%(columns)s列まで"
                "読み取れます。表の外の行と列を削除して保存し直してください。"
            )
            % {
                "found": address(extent.rows - 1, extent.columns - 1),
                "rows": f"{limits.ROWS:,}",
                "columns": f"{limits.COLUMNS:,}",
            }
        )


def _check_shared_texts(parts: Mapping[str, bytes], extents: Mapping[str, Extent]) -> None:
    """Raise Refused where the texts of the book would fill the memory when every cell has its own.

    The exact sum is only taken where the longest text in every cell would be too much.
    """
    lengths = [max(same) for same in zip_longest(*map(_text_lengths, parts.values()), fillvalue=0)]
    cells = sum(extent.shared_texts for extent in extents.values())
    if cells * max(lengths, default=0) <= limits.TEXT:
        return
    total = 0
    for name, extent in extents.items():
        if extent.shared_texts:
            total += sum(_lengths_referred_to(parts[name], lengths))
            if total > limits.TEXT:
                raise too_large()


def _text_lengths(xml: bytes) -> list[int]:
    starts = [match.start() for match in islice(_TEXT_ITEM.finditer(xml), limits.CELLS + 1)]
    if len(starts) > limits.CELLS:
        raise too_large()
    return [after - start for start, after in pairwise([*starts, len(xml)])] if starts else []


def _lengths_referred_to(xml: bytes, lengths: list[int]) -> Iterator[int]:
    """Yield the length of the text of every cell that refers to one."""
    values = _Values()
    for _chunk in parse(xml, StartElementHandler=values.start, CharacterDataHandler=values.text):
        pass
    for value in values.found:
        number = int(value) if value.isdecimal() and len(value) < 10 else -1
        yield lengths[number] if 0 <= number < len(lengths) else 0


class _Values:
    """Collects what stands in the cells that refer to a text of the book."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._shared = self._open = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == "c":
            self._shared = attributes.get("t") == "s"
        self._open = self._shared and local == "v"
        if self._open:
            self.found.append("")

    def text(self, data: str) -> None:
        if self._open:
            self.found[-1] += data.strip()


class Walk:
    """Follows the cells of a sheet as they come, as readers of workbooks do."""

    def __init__(self, percents: frozenset[str] = frozenset()) -> None:
        self._percents = percents
        self._names: dict[str, str] = {}
        self._filled: list[str] = []
        self.extent = Extent()
        self._row = -1
        self._reference = ""
        """The last cell of the row that says where it is …"""
        self._steps = 0
        """… and how many came after it that do not."""
        self._error = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name in {"v", "is"}:
            self._value()
        elif name == "c":
            self._cell(attributes)
        elif name != "t":
            self._other(name, attributes)

    def _other(self, name: str, attributes: dict[str, str]) -> None:
        local = self._names.get(name)
        if local is None:
            local = self._names[name] = name.rpartition(":")[2]
        match local:
            case "v" | "is":
                self._value()
            case "c":
                self._cell(attributes)
            case "f":
                self._formula()
            case "row":
                row = attributes.get("r")
                self._row = self._row + 1 if row is None else _row_number(row)
                self._reference, self._steps = "", 0

    def _cell(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r")
        if reference is None:
            self._steps += 1
        else:
            self._reference = reference
            self._steps = 0
        kind = attributes.get("t")
        self._error = kind == "e"
        if kind == "s":
            self.extent.shared_texts += 1
        elif self._percents and attributes.get("s") in self._percents:
            self.extent.percents.add(self.place)

    def _formula(self) -> None:
        self._value()

    def _value(self) -> None:
        """Note that the present cell is filled; outside of cells other parts use the same names."""
        if self._error:
            self.extent.errors.add(self.place)
        if self._steps:
            self._grow(self.place)
        elif self._reference:
            self._filled.append(self._reference)

    @property
    def place(self) -> Place:
        """The cell that the walk has come to."""
        if not self._reference:
            return Place(max(self._row, 0), max(self._steps, 1) - 1)
        place = _place_of(self._reference)
        return Place(self._row, place.column + self._steps) if self._steps else place

    def _grow(self, place: Place) -> None:
        self.extent.rows = max(self.extent.rows, place.row + 1)
        self.extent.columns = max(self.extent.columns, place.column + 1)

    def sum_up(self) -> None:
        """Take the filled cells so far into the extent."""
        filled = " ".join(self._filled)
        for letters in set(filled.translate(_NO_DIGITS).split()):
            self._grow(Place(0, _place_of(f"{letters}1").column))
        for number in set(filled.translate(_NO_LETTERS).split()):
            self._grow(Place(_row_number(number), 0))
        self._filled.clear()
        _check(self.extent)


def _walk(xml: bytes, percents: frozenset[str]) -> Extent:
    walk = Walk(percents)
    for _chunk in parse(xml, StartElementHandler=walk.start):
        walk.sum_up()
    extent = walk.extent
    if _FORMULA_ALONE.search(xml):
        formulas = _Formulas()
        for _chunk in parse(
            xml, StartElementHandler=formulas.start, CharacterDataHandler=formulas.text
        ):
            pass
        extent.uncalculated = formulas.finished()
    return extent


class _Formulas(Walk):
    """Collects the formulas without value; one that came to a text may have come to nothing."""

    def __init__(self) -> None:
        super().__init__()
        self._text = self._open = False
        self._pending: Place | None = None
        self._uncalculated: set[Place] = set()

    def _cell(self, attributes: dict[str, str]) -> None:
        self._settle()
        self._text, self._open = attributes.get("t") == "str", False
        super()._cell(attributes)

    def _formula(self) -> None:
        self._pending = None if self._text else self.place

    def _value(self) -> None:
        self._open = True

    def text(self, data: str) -> None:
        if self._open and data.strip():
            self._pending = None

    def _settle(self) -> None:
        if self._pending is not None:
            self._uncalculated.add(self._pending)
            self._pending = None

    def finished(self) -> set[Place]:
        self._settle()
        return self._uncalculated


def _place_of(reference: str) -> Place:
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        raise broken()
    return Place(_row_number(match[2]), column_number(match[1]))


def _row_number(text: str) -> int:
    """Return a row counted from 0."""
    if not (text.isascii() and text.isdecimal() and len(text) <= 7 and int(text)):
        raise broken()
    return int(text) - 1
