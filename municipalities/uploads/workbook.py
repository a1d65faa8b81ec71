"""Reading an xlsx: checked and measured first, then read by calamine from a package made anew."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO
from math import isfinite

from django.utils.translation import gettext as _
from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    SheetTypeEnum,
    SheetVisibleEnum,
    load_workbook,
)

from . import limits
from .asides import asides_of
from .book import UNCALCULATED, Asides, Book, Cell, ErrorValue, Refused, Sheet, text, without_noise
from .extent import Extent, Place, measured, too_many_cells
from .number_formats import with_plain_years
from .package import broken, parts
from .parsing import elements
from .relations import relations_of, relations_part
from .struck import struck_cells

_ROOT_RELATIONS = "_rels/.rels"
_CONTENT_TYPES = "[Content_Types].xml"
_READ = ("/officeDocument", "/worksheet", "/sharedStrings", "/styles")
# calamine gives up a whole sheet for an error value it does not know, and empties the others.
_ERROR_TYPE = re.compile(rb"""(<[^<>]*\st\s*=\s*)(["'])e\2""")
_FROM_CALAMINE = str | bool | int | float | date | datetime | time | timedelta


def read_workbook(content: bytes) -> Book:
    """Return all sheets of cells, hidden ones too; Refused where the file is unsafe or broken."""
    package = dict(parts(content))
    workbook = _workbook_part(package)
    relations = dict(relations_of(package, workbook, _READ))
    asides = asides_of(package, relations.values())
    kept = {
        name: package[name]
        for name in (
            _CONTENT_TYPES,
            _ROOT_RELATIONS,
            workbook,
            relations_part(workbook),
            *relations.values(),
        )
        if name in package
    }
    del package
    extents = measured(kept)
    struck = struck_cells(kept)
    for name, xml in kept.items():
        if b"cellXfs" in xml:
            kept[name] = with_plain_years(xml)
    sheets = _sheet_parts(kept[workbook], relations)
    for name in sheets:
        if name in kept and extents[name].errors:
            kept[name] = _ERROR_TYPE.sub(rb"\1\2str\2", kept[name])
    known = [
        _Known(extents[name], asides[name], frozenset(struck.get(name, ())))
        if name in kept
        else _Known()
        for name in sheets
    ]
    return Book(tuple(_sheets(_repacked(kept), known)), "xlsx")


@dataclass(frozen=True)
class _Known:
    """What has been found out about a sheet before calamine reads its cells."""

    extent: Extent = field(default_factory=Extent)
    asides: Asides = field(default_factory=Asides)
    struck: frozenset[Place] = frozenset()


# --- Which part is what ------------------------------------------------------------------------


def _workbook_part(package: dict[str, bytes]) -> str:
    for _key, name in relations_of(package, "", _READ):
        if name in package:
            return name
    raise broken()


def _sheet_parts(workbook: bytes, relations: dict[str, str]) -> list[str]:
    """Return the part of every sheet in the order of the book, "" where it is none of cells."""
    keys = [
        next((value for name, value in one.items() if name.rpartition(":")[2] == "id"), "")
        for one in elements(workbook, "sheet")
    ]
    names = [relations.get(key, "") for key in keys]
    real = [name for name in names if name]
    if len(names) > limits.SHEETS:
        raise Refused(
            _("シートが多すぎます（%(found)d枚）。%(limit)d枚まで読み取れます。")
            % {"found": len(names), "limit": limits.SHEETS}
        )
    if len(set(real)) < len(real):
        raise broken()
    return names


def _repacked(kept: dict[str, bytes]) -> BytesIO:
    """Return a package of these parts alone and empty `kept`: no other reading of it is left."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as package:
        while kept:
            package.writestr(*kept.popitem())
    file.seek(0)
    return file


# --- The cells ---------------------------------------------------------------------------------


def _sheets(file: BytesIO, known: list[_Known]) -> Iterator[Sheet]:
    cells = 0
    try:
        workbook: CalamineWorkbook = load_workbook(file)
        for index, about in enumerate(workbook.sheets_metadata):
            if about.typ != SheetTypeEnum.WorkSheet:
                continue
            sheet = workbook.get_sheet_by_index(index)
            cells += sheet.total_height * sheet.total_width
            if cells > limits.CELLS:
                raise too_many_cells()
            rows = [
                [_cell(value) if type(value) is not str else text(value) for value in row]
                for row in sheet.to_python(skip_empty_area=False)
            ]
            found = known[index] if index < len(known) else _Known()
            _complete(rows, found.extent)
            yield Sheet(
                about.name,
                rows,
                hidden=about.visible != SheetVisibleEnum.Visible,
                merged=tuple(sheet.merged_cell_ranges or ()),
                asides=found.asides,
                struck=found.struck,
            )
    except CalamineError as error:
        raise broken() from error
    except BaseException as error:
        # What panics in calamine comes as an exception of its own that is no Exception.
        if type(error).__name__ == "PanicException":
            raise broken() from error
        raise


def _cell(value: _FROM_CALAMINE) -> Cell:
    return _number(value) if type(value) is float else value  # type: ignore[return-value]


def _number(value: float) -> Cell:
    """Return the shortest number that is written so; 0.1 is 0.1 although no float is."""
    if not isfinite(value):
        return ErrorValue("#NUM!")
    if value.is_integer() and abs(value) < 10**18:
        return int(value)
    return Decimal(repr(value))


def _complete(rows: list[list[Cell]], extent: Extent) -> None:
    """Put in what calamine does not tell: errors, formulas without value, percent as it is seen."""
    for place in extent.errors:
        _put(rows, place, ErrorValue(_at(rows, place) or "#N/A"))
    for place in extent.uncalculated:
        _put(rows, place, UNCALCULATED)
    for place in extent.percents:
        value = _at(rows, place)
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            _put(rows, place, f"{(without_noise(Decimal(value)) * 100).normalize():f}%")


def _at(rows: list[list[Cell]], place: Place) -> Cell:
    inside = place.row < len(rows) and place.column < len(rows[place.row])
    return rows[place.row][place.column] if inside else None


def _put(rows: list[list[Cell]], place: Place, value: Cell) -> None:
    """Set a cell; the table grows where calamine saw nothing so far out."""
    width = max(len(rows[0]) if rows else 0, place.column + 1)
    if rows and len(rows[0]) < width:
        for row in rows:
            row.extend([None] * (width - len(row)))
    while len(rows) <= place.row:
        rows.append([None] * width)
    rows[place.row][place.column] = value
