"""CSV and XLSX of flat tables, as django-import-export asks for them."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

from django.utils.translation import gettext as _
from import_export.formats import base_formats
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from municipalities.cells import neutral, original
from municipalities.uploads import Book, Cell, Refused, read
from municipalities.uploads.marked import RESULT

_WIDEST = 60


@dataclass(frozen=True)
class Table:
    """A sheet with its headings: (column, heading) and (row, cells), counted from 0."""

    sheet: str
    header_row: int
    headings: tuple[tuple[int, str], ...]
    rows: tuple[tuple[int, list[Cell]], ...]


def table_of(book: Book) -> Table:
    """Return the first table of a book, its first filled row being the headings; empty rows are
    none. Raises Refused where there is none."""
    for sheet in book.sheets:
        filled = [
            (number, [_original(cell) for cell in row] if book.kind == "csv" else row)
            for number, row in enumerate(sheet.rows)
            if any(cell is not None for cell in row)
        ]
        if sheet.hidden or sheet.name == RESULT or not filled:
            continue
        header_row, header = filled[0]
        headings = tuple(
            (column, " ".join(str(cell).split()))
            for column, cell in enumerate(header)
            if cell is not None and not str(cell).startswith(RESULT)
        )
        wanted = {column for column, _heading in headings}
        rows = tuple(
            (number, row)
            for number, row in filled[1:]
            if any(row[column] is not None for column in wanted)
        )
        return Table(sheet.name, header_row, headings, rows)
    raise Refused(_("表が見つかりません。1行目に見出しのある表をアップロードしてください。"))


def _original(cell: Cell) -> Cell:
    return original(cell) if isinstance(cell, str) else cell


class Csv(base_formats.CSV):
    """UTF-8 with the mark by which Excel knows it; no cell is taken for a formula."""

    def get_title(self) -> str:
        return "CSV"

    def is_binary(self) -> bool:
        return True

    def get_read_mode(self) -> str:
        return "rb"

    def create_dataset(self, in_stream: bytes, **kwargs: Any) -> Table:
        return table_of(read(in_stream, "a.csv"))

    def export_data(self, dataset: Any, **kwargs: Any) -> bytes:
        file = StringIO(newline="")
        writer = csv.writer(file)
        for row in (dataset.headers, *dataset):
            writer.writerow(map(neutral, row))
        return file.getvalue().encode("utf-8-sig")


class Xlsx(base_formats.XLSX):
    """A workbook of typed cells: text stays text, whatever it begins with."""

    def get_title(self) -> str:
        return "Excel（.xlsx）"

    def create_dataset(self, in_stream: bytes, **kwargs: Any) -> Table:
        return table_of(read(in_stream, "a.xlsx"))

    def export_data(self, dataset: Any, **kwargs: Any) -> bytes:
        book = Workbook(write_only=True)
        sheet = book.create_sheet(dataset.title or "Sheet1")
        sheet.freeze_panes = "A2"
        for number, width in enumerate(_widths(dataset.headers, dataset), start=1):
            sheet.column_dimensions[get_column_letter(number)].width = width
        for number, row in enumerate((dataset.headers, *dataset)):
            cells = [_cell(sheet, value) for value in row]
            for cell in cells if number == 0 else ():
                cell.font = Font(bold=True)
            sheet.append(cells)
        file = BytesIO()
        book.save(file)
        return file.getvalue()


def _widths(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[int]:
    lengths = [len(heading) for heading in headings]
    for row in rows:
        for column, value in enumerate(row):
            lengths[column] = max(lengths[column], len(str(value or "")))
    return [min(length * 2 + 2, _WIDEST) for length in lengths]


def _cell(sheet: Any, value: Any) -> WriteOnlyCell:
    if isinstance(value, str):
        cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", value))
        cell.data_type = "s"
        return cell
    cell = WriteOnlyCell(sheet, float(value) if isinstance(value, Decimal) else value)
    if isinstance(value, date):
        cell.number_format = "yyyy-mm-dd"
    return cell
