"""Entry workbooks in the hands of a section: filled in, and spoiled."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from exchange.entry_book import layout


def to_bytes(book: Workbook) -> bytes:
    file = BytesIO()
    book.save(file)
    return file.getvalue()


class Filled:
    """A workbook in a section's hands."""

    def __init__(self, content: bytes) -> None:
        self.book = load_workbook(BytesIO(content))

    def sheets(self) -> Iterator[tuple[Worksheet, int, dict[Any, int]]]:
        """Yield the sheets of rows, with the technical row and the columns by their ids."""
        for sheet in self.book.worksheets:
            for row in sheet.iter_rows():
                ids = {cell.value: cell.column for cell in row}
                if layout.KEY in ids:
                    yield sheet, row[0].row, ids
                    break

    def _place(self, key: str) -> tuple[Worksheet, int, dict[Any, int]]:
        for sheet, _technical, ids in self.sheets():
            for number in range(1, sheet.max_row + 1):
                if sheet.cell(number, ids[layout.KEY]).value == key:
                    return sheet, number, ids
        raise LookupError(key)

    def cell(self, key: str, column: str) -> Any:
        sheet, row, ids = self._place(key)
        return sheet.cell(row, ids[column])

    def fill(self, key: str, **values: Any) -> Filled:
        for column, value in values.items():
            self.cell(key, column).value = value
        return self

    def add(self, name: str, **values: Any) -> Filled:
        """Put a row below all others of a sheet."""
        for sheet, _technical, ids in self.sheets():
            if sheet.title == name:
                number = sheet.max_row + 1
                for column, value in values.items():
                    sheet.cell(number, ids[column]).value = value
        return self

    def to_bytes(self) -> bytes:
        return to_bytes(self.book)
