"""Sheets that people fill in: which cells are open, what may be chosen, what is warned of.

Protection has no password: it keeps people from slips, not from their own file. Excel sorts a
protected sheet only where every cell of the range is open.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.protection import SheetProtection

from .book import Book, Sheet

_ALLOWED = ("sort", "autoFilter", "formatRows", "formatColumns")


def protect(sheet: Sheet) -> None:
    """Lock every cell whose look is not open; sorting, filters, and heights and widths stay."""
    sheet.worksheet.protection = SheetProtection(
        sheet=True, objects=True, scenarios=True, **dict.fromkeys(_ALLOWED, False)
    )


def hide_columns(sheet: Sheet, *columns: int) -> None:
    for column in columns:
        sheet.worksheet.column_dimensions[get_column_letter(column)].hidden = True


def hide_sheet(sheet: Sheet) -> None:
    """Hide a sheet from the list of hidden sheets too."""
    sheet.worksheet.sheet_state = "veryHidden"


def hide_row(sheet: Sheet, row: int) -> None:
    sheet.worksheet.row_dimensions[row].hidden = True


class Choices:
    """A very hidden sheet with what the drop-downs of a book offer, a list in each column.

    In the rule itself there would be room for 255 characters, and none for a comma.
    """

    def __init__(self, book: Book, name: str) -> None:
        self._sheet = book.sheet(name)
        hide_sheet(self._sheet)
        self._places: dict[tuple[str, ...], str] = {}
        protect(self._sheet)

    def move_to_end(self) -> None:
        """Put the sheet behind those made since."""
        workbook = self._sheet.book.workbook
        workbook.move_sheet(self._sheet.worksheet, len(workbook.worksheets))

    def place(self, words: Iterable[str]) -> str:
        """Return the range in which these words stand, as a formula names it."""
        words = tuple(words)
        if words not in self._places:
            column = len(self._places) + 1
            for row, word in enumerate(words, start=1):
                self._sheet.put(column, word, row=row)
            letter = get_column_letter(column)
            title = quote_sheetname(self._sheet.worksheet.title)
            self._places[words] = f"{title}!${letter}$1:${letter}${max(1, len(words))}"
        return self._places[words]


Cells = Sequence[tuple[int, int]]
"""(row, column) of cells of one column, from the top down."""


def offer(sheet: Sheet, cells: Cells, choices: Choices, words: Iterable[str], error: str) -> None:
    """Offer words in some cells; another one is refused with `error`."""
    rule = DataValidation(type="list", formula1=choices.place(words), allow_blank=True)
    _add(sheet, rule, cells, error, "stop")


def limit(sheet: Sheet, cells: Cells, most: int, error: str) -> None:
    """Refuse texts of more than `most` characters."""
    rule = DataValidation(
        type="textLength", operator="lessThanOrEqual", formula1=str(most), allow_blank=True
    )
    _add(sheet, rule, cells, error, "stop")


def warn_of_others(
    sheet: Sheet, cells: Cells, error: str, *, decimals: int | None = None, most: int = 0
) -> None:
    """Warn of what is neither a number (with `decimals` places at most, None: any; of less than
    `most`, 0: any) nor ▲ and a number, nor a dash for none. Whoever says so may leave it."""
    row, column = cells[0]
    cell = f"{get_column_letter(column)}{row}"
    is_right = [] if decimals is None else [f"ROUND({cell},{decimals})={cell}"]
    is_right += [f"ABS({cell})<{most}"] if most else []
    number = f"AND({','.join(is_right)})" if is_right else "TRUE"
    words = f'OR(ISNUMBER(FIND(LEFT({cell},1),"▲△")),ISNUMBER(FIND({cell},"－-―ー")))'
    rule = DataValidation(
        type="custom",
        formula1=f"IF(ISNUMBER({cell}),{number},{words})",
        allow_blank=True,
        imeMode="off",
    )
    _add(sheet, rule, cells, error, "warning")


def _add(sheet: Sheet, rule: DataValidation, cells: Cells, error: str, style: str) -> None:
    if not cells:
        return
    rule.errorStyle, rule.showErrorMessage = style, True
    rule.error = error
    rule.sqref = " ".join(_ranges(cells))  # a formula speaks of the first cell of the first one
    sheet.worksheet.add_data_validation(rule)


def _ranges(cells: Cells) -> Iterable[str]:
    """Yield the ranges of cells of one column, in their order."""
    letter = get_column_letter(cells[0][1])
    rows = [row for row, _column in cells]
    starts = [row for before, row in zip([0, *rows], rows, strict=False) if row != before + 1]
    ends = [row for row, after in zip(rows, [*rows[1:], 0], strict=True) if after != row + 1]
    for start, end in zip(starts, ends, strict=True):
        yield f"{letter}{start}" if start == end else f"{letter}{start}:{letter}{end}"
