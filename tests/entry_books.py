"""Entry workbooks as a section fills them in: made, edited by hand, and brought back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from exchange.entry_book import layout
from municipalities.models import Department, User
from rounds.entry.desk import Desk, prepare_plans
from rounds.entry.lines import FIGURE_FIELDS, FigureLine, Line, ReportLine
from rounds.models import Request
from rounds.requests.dues import dues_of


def entry_book(request: Request, *sections: Department, by: User) -> bytes:
    """Return a workbook of the sections' rows as they are saved, as plain as `layout` allows."""
    dues = [due for due in dues_of(request) if set(sections) & set(due.sections)]
    lines = [Desk(request, sections[0], by).line_of(due) for due in dues]
    prepare_plans(
        {line.plan.pk: line.plan for line in lines if isinstance(line, ReportLine)}.values()
    )
    book = Workbook()
    book.active.title = str(layout.COVER)
    figures = [line for line in lines if isinstance(line, FigureLine)]
    if figures:
        _sheet(book, str(layout.FIGURES), FIGURE_FIELDS, figures)
    for plan in dict.fromkeys(line.plan for line in lines if isinstance(line, ReportLine)):
        own = [line for line in lines if isinstance(line, ReportLine) and line.plan == plan]
        _sheet(book, f"{layout.REPORTS}（{plan}）"[:31], [*own[0].columns], own)
    about = book.create_sheet(layout.ABOUT)
    about.sheet_state = "veryHidden"
    for name, text in {
        layout.FORMAT: layout.VERSION_OF_FORMAT,
        layout.MUNICIPALITY: request.municipality.slug,
        layout.REQUEST: str(request.pk),
        layout.SECTIONS: ",".join(section.code for section in sections),
    }.items():
        about.append([name, text])
    return to_bytes(book)


def _sheet(book: Workbook, name: str, columns: Iterable[str], lines: Iterable[Line]) -> None:
    columns = [*columns]
    sheet = book.create_sheet(name)
    sheet.append(["回答してください。"])
    sheet.append([layout.KEY, layout.VERSION, "#name", *columns])
    sheet.row_dimensions[2].hidden = True
    sheet.append(["", "", "名称", *columns])
    for line in lines:
        cells: list[Any] = [layout.shown(line, column, line.texts[column]) for column in columns]
        sheet.append([line.key, line.version, line.name, *cells])


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

    def to_bytes(self) -> bytes:
        return to_bytes(self.book)
