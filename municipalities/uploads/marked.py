"""The user's own file with what is wrong marked in it."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from copy import copy
from io import BytesIO, StringIO
from itertools import count

from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import quote_sheetname
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from municipalities.cells import neutral

from . import limits
from .book import Refused, address, column_number
from .complaints import Complaint
from .csv_text import decoded, delimiter
from .kinds import is_zip
from .package import parts
from .parsing import elements

RESULT = "取込結果"
_AUTHOR = "しるべ"
_MARK = f"【{RESULT}】"
"""From here on a comment is ours."""
_FILL = PatternFill("solid", fgColor="FFFFC7CE")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_AREAS = ("mergeCell", "hyperlink")
_AREA = re.compile("([A-Za-z]{1,3})([0-9]{1,7})(?::([A-Za-z]{1,3})([0-9]{1,7}))?")
_WIDTHS = (24, 12, 32, 72)


def marked(content: bytes, complaints: Iterable[Complaint]) -> bytes:
    """Return the xlsx or CSV with every complaint at its place.

    A workbook gets red cells with a comment, and a first sheet 取込結果 that lists all complaints
    with links. Values, formulas, formats, validations, widths and protection stay. openpyxl does
    not keep images, shapes and text boxes, slicers, phonetic guides (ふりがな) and extensions of
    newer versions of Excel (sparklines, some conditional formats): they are in the user's own
    file. The stored values of formulas go until Excel opens the file and calculates them again.
    Marks of an earlier import are replaced; a cell that was marked then has lost its own colour.

    A CSV gets a last column 取込結果, in its own encoding and with its own separator.

    Raises Refused for a file that `read` would refuse.
    """
    complaints = list(complaints)
    if is_zip(content):
        return _marked_workbook(content, complaints)
    return _marked_csv(content, complaints)


# --- Workbooks -----------------------------------------------------------------------------------


def _marked_workbook(content: bytes, complaints: Sequence[Complaint]) -> bytes:
    for _name, xml in parts(content):  # refuses what is not safe to open
        _check_areas(xml)
    try:
        book = load_workbook(BytesIO(content), rich_text=True)
    except Refused:
        raise
    except Exception as error:  # openpyxl reads everything, and knows less than there is
        raise Refused(
            _(
                "このブックには印を付けられません。示された誤りをもとのブックで直すか、"
                "Excelで開いて保存し直してから、もう一度取り込んでください。"
            )
        ) from error
    _forget_earlier_marks(book)
    for complaint in complaints:
        if complaint.sheet in book.sheetnames and complaint.row is not None:
            _mark(book[complaint.sheet], complaint)
    _add_result(book, complaints)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _check_areas(xml: bytes) -> None:
    """Raise Refused where openpyxl would fill the memory: it makes a cell of every place in an
    area of merged cells or under a link."""
    if b"mergeCell" not in xml and b"hyperlink" not in xml:
        return
    areas = (one.get("ref", "") for one in elements(xml, *_AREAS, most=limits.CELLS))
    if sum(map(_cells_of, areas)) > limits.CELLS:
        raise Refused(
            _(
                "結合したセルかリンクの範囲が広すぎるため、印を付けられません。"
                "列や行の全体の結合とリンクを解除して保存し直してください。"
            )
        )


def _cells_of(area: str) -> int:
    """Return how many cells an area has; what is no area of cells counts as too many."""
    match = _AREA.fullmatch(area)
    if match is None:
        return limits.CELLS + 1
    left, top, right, bottom = match.groups(default="")
    if not right:
        return 1
    return (abs(column_number(right) - column_number(left)) + 1) * (abs(int(bottom) - int(top)) + 1)


def _forget_earlier_marks(book: Workbook) -> None:
    if RESULT in book.sheetnames and len(book.sheetnames) > 1:
        del book[RESULT]
    for sheet in book.worksheets:
        # Its own store: walking by rows makes a cell of every place there is, up to XFD1048576.
        for cell in sheet._cells.values():
            if cell.comment is not None and _MARK in cell.comment.text:
                _forget_mark(cell)


def without_mark(comment: str) -> str:
    """Return what people have written in a comment, before what an import has added to it."""
    return comment.partition(_MARK)[0].rstrip()


def _forget_mark(cell: Cell) -> None:
    others = without_mark(cell.comment.text)
    cell.comment = _comment(others, cell.comment.author) if others else None
    if cell.fill.fgColor.rgb == _FILL.fgColor.rgb:
        cell.fill = PatternFill()


def _mark(sheet: Worksheet, complaint: Complaint) -> None:
    """Colour the cell (of a row: the first people see) and say why beside what is already said
    there."""
    assert complaint.row is not None
    cell = _anchor(sheet, complaint.row + 1, _column(sheet, complaint) + 1)
    cell.fill = copy(_FILL)
    said, author = "", _AUTHOR
    if cell.comment is not None:
        said, author = f"{cell.comment.text}\n", cell.comment.author
    mark = "" if _MARK in said else f"{_MARK}\n"
    cell.comment = _comment(f"{said}{mark}{complaint.message}", author)


def _column(sheet: Worksheet, complaint: Complaint) -> int:
    """Return the column of a complaint, counted from 0; of a row's the first that is not hidden."""
    if complaint.column is not None:
        return complaint.column
    hidden = {
        column
        for some in sheet.column_dimensions.values()
        if some.hidden
        for column in range(some.min, some.max + 1)
    }
    return next(column for column in count() if column + 1 not in hidden)


def _comment(text: str, author: str) -> Comment:
    return Comment(_printable(text), author, height=120, width=300)


def _anchor(sheet: Worksheet, row: int, column: int) -> Cell:
    """Return the cell, of merged cells the one that shows for all."""
    cell = sheet.cell(row, column)
    if isinstance(cell, MergedCell):
        for area in sheet.merged_cells.ranges:
            if cell.coordinate in area:
                return sheet.cell(area.min_row, area.min_col)
    return cell


def _add_result(book: Workbook, complaints: Sequence[Complaint]) -> None:
    sheet = book.create_sheet(RESULT, 0)
    texts = [_("シート"), _("セル"), _("入力されている内容"), _("直し方")]
    _append(sheet, texts)
    for cell, width in zip(sheet[1], _WIDTHS, strict=True):
        cell.font = Font(bold=True)
        sheet.column_dimensions[cell.column_letter].width = width
    for complaint in complaints:
        _append(sheet, [complaint.sheet, complaint.place, complaint.found, complaint.message])
        if complaint.sheet in book.sheetnames:
            column = _column(book[complaint.sheet], complaint)
            _link(sheet.cell(sheet.max_row, 2), complaint, column)
    if not complaints:
        _append(sheet, [_("誤りは見つかりませんでした。")])
    sheet.freeze_panes = "A2"
    _show_first(book)


def _append(sheet: Worksheet, texts: Sequence[str]) -> None:
    """Add a row of texts: none of them is taken for a formula."""
    row = sheet.max_row + 1 if sheet["A1"].value is not None else 1
    for column, text in enumerate(texts, start=1):
        cell = sheet.cell(row, column)
        cell.value = _printable(text)
        cell.data_type = "s"
        cell.alignment = Alignment(wrap_text=True, vertical="top")


def _link(cell: Cell, complaint: Complaint, column: int) -> None:
    target = address(complaint.row or 0, column)
    cell.hyperlink = Hyperlink(
        ref=cell.coordinate, location=f"{quote_sheetname(complaint.sheet)}!{target}"
    )
    cell.font = Font(color="FF0017C1", underline="single")


def _show_first(book: Workbook) -> None:
    """Open at the first sheet, alone: sheets selected together are edited together."""
    book.active = 0
    for number, sheet in enumerate(book.worksheets):
        sheet.sheet_view.tabSelected = number == 0


def _printable(text: str) -> str:
    return _UNPRINTABLE.sub("", text)[:32_000]


# --- CSV -----------------------------------------------------------------------------------------


def _marked_csv(content: bytes, complaints: Sequence[Complaint]) -> bytes:
    text, encoding = decoded(content)
    separator = delimiter(text)
    rows = list(csv.reader(StringIO(text, newline=""), delimiter=separator))
    if rows and rows[0] and rows[0][-1].startswith(RESULT):
        last = len(rows[0]) - 1
        rows = [row[:last] for row in rows]  # of an earlier import
    width = max(map(len, rows), default=0)
    said: dict[int, list[str]] = {}
    for complaint in complaints:
        place = "" if complaint.column is None else f"{complaint.place}: "
        said.setdefault(complaint.row or 0, []).append(f"{place}{complaint.message}")
    file = StringIO(newline="")
    writer = csv.writer(file, delimiter=separator)
    for number, row in enumerate(rows):
        message = " / ".join(said.get(number, ()))
        if number == 0:
            message = f"{RESULT} {message}".strip()
        writer.writerow([*row, *[""] * (width - len(row)), neutral(message)])
    return file.getvalue().encode(encoding, "replace")
