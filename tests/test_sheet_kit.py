"""The kit of workbooks: text stays text, numbers stay numbers, and rows are high enough."""

from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from exchange.sheets import A3, A4, Book, Sheet, looks, number_format, texts

from .office import heights_needed

HOSTILE = [
    '=HYPERLINK("http://example.com")',
    "+1-2",
    "-5",
    "@SUM(A1)",
    "\t=1",
    "1-2",
    "007",
    "3/4",
    "_x0041_",
    "TRUE",
    "#N/A",
    " 前の空白",
    "改\n行",
    "𠮷野家",
]
SOME_DAY = datetime(2025, 8, 29, 3, tzinfo=UTC)


def make_sheet(widths: list[float], **options: Any) -> Sheet:
    return Book("試験", made_at=SOME_DAY).sheet("試験", widths, **options)


def reopened(sheet: Sheet) -> Any:
    return openpyxl.load_workbook(BytesIO(sheet.book.to_bytes())).active


@pytest.mark.parametrize("text", HOSTILE)
def test_text_is_never_a_formula_a_date_or_a_number(text: str) -> None:
    sheet = make_sheet([20])
    sheet.write_row([text])
    cell = reopened(sheet)["A1"]
    assert (cell.data_type, cell.quotePrefix) == ("s", True)
    read = CalamineWorkbook.from_filelike(BytesIO(sheet.book.to_bytes())).get_sheet_by_index(0)
    assert read.to_python()[0][0] == text


def test_a_code_in_a_text_is_a_text_wherever_it_is_written() -> None:
    sheet = make_sheet([20])
    sheet.line("_x0041_", looks.TEXT)
    sheet.write_block(["_x0041_"])
    sheet.write_block([[("_x0041_", False)]])
    read = CalamineWorkbook.from_filelike(BytesIO(sheet.book.to_bytes())).get_sheet_by_index(0)
    assert read.to_python() == [["_x0041_"]] * 3


@given(st.text(max_size=200))
def test_any_text_makes_a_file_that_opens(text: str) -> None:
    sheet = make_sheet([20])
    sheet.write_row([text, "Ａ"])
    assert reopened(sheet)["B1"].value == "Ａ"


def test_a_text_longer_than_a_cell_says_that_it_was_cut() -> None:
    for character in "あ𠮷":
        found = texts.clean(character * 40_000)
        assert len(found.encode("utf-16-le")) // 2 <= texts.LONGEST
        assert found.endswith(texts.CUT)
    assert texts.clean("あ" * texts.LONGEST) == "あ" * texts.LONGEST


def test_figures_are_numbers_with_their_decimals_and_no_figure_is_a_word() -> None:
    sheet = make_sheet([12] * 4)
    for column, value in enumerate((Decimal("0"), Decimal("-1234.5"), None), start=1):
        sheet.figure(column, value, 1, "未集計")
    zero, negative, missing = reopened(sheet)[1][:3]
    assert (zero.value, zero.data_type, zero.number_format) == (0, "n", "#,##0.0;▲#,##0.0")
    assert (negative.value, negative.data_type) == (-1234.5, "n")
    assert (missing.value, missing.data_type) == ("未集計", "s")


def test_a_figure_with_more_decimals_than_its_series_shows_them() -> None:
    sheet = make_sheet([12])
    sheet.figure(1, Decimal("1.25"), 1)
    assert reopened(sheet)["A1"].number_format == "#,##0.00;▲#,##0.00"


def test_a_format_may_carry_a_unit() -> None:
    assert number_format(0, '人"') == '#,##0"人";▲#,##0"人"'


def test_the_frame_is_medium_and_the_inside_thin() -> None:
    sheet = make_sheet([9, 9])
    for _row in range(2):
        sheet.write_row(["あ", "い"])
    sheet.frame(1, 1, 2, 2)
    corner = reopened(sheet)["A1"].border
    assert [getattr(corner, side).style for side in looks.SIDES] == [
        "medium",
        "thin",
        "medium",
        "thin",
    ]


def test_a_merged_line_keeps_its_borders() -> None:
    sheet = make_sheet([9, 9, 9])
    sheet.put(1, "見出し", looks.HEAD)
    sheet.merge(1, 3)
    sheet.end_row()
    sheet.frame(1, 1, 1, 3)
    assert [str(merged) for merged in reopened(sheet).merged_cells.ranges] == ["A1:C1"]
    # openpyxl forgets the borders of merged cells when it reads them.
    first, last = sheet.worksheet["A1"], sheet.worksheet["C1"]
    assert first.border.left.style == last.border.right.style == "medium"


def test_many_columns_are_no_problem() -> None:
    sheet = make_sheet([5] * 800)
    sheet.write_row([str(number) for number in range(800)])
    assert reopened(sheet).cell(1, 800).value == "799"


def test_the_same_content_at_the_same_moment_gives_the_same_bytes() -> None:
    first, second = make_sheet([9]), make_sheet([9])
    for sheet in (first, second):
        sheet.write_row(["あ"])
    assert first.book.to_bytes() == second.book.to_bytes()


# --- Names and paper ---------------------------------------------------------------------------


@given(st.lists(st.text(max_size=60), max_size=8))
def test_names_of_sheets_are_legal_and_unique(wanted: list[str]) -> None:
    book = Book()
    for name in wanted:
        book.sheet(name)
    names = book.workbook.sheetnames
    assert len({name.casefold() for name in names}) == len(wanted)
    for name in names:
        assert 0 < len(name.encode("utf-16-le")) // 2 <= 31
        assert not set("[]:*?/\\") & set(name)
        assert name.casefold() != "history"
        assert name[0] != "'" != name[-1]


def test_a_sheet_of_a_long_name_keeps_its_number() -> None:
    assert texts.sheet_name("あ" * 40, ["あ" * 31]) == "あ" * 28 + "(2)"


def test_the_paper_repeats_titles_and_numbers_pages() -> None:
    sheet = make_sheet([9, 9])
    sheet.write_row(["あ", "い"])
    sheet.print_on(A3, number="資料1 A&B", title_rows=(1, 1), title_columns=(1, 1))
    sheet.break_after(1)
    page = reopened(sheet)
    assert (page.page_setup.paperSize, page.page_setup.orientation) == (8, "landscape")
    assert (page.page_setup.fitToWidth, page.page_setup.fitToHeight) == (1, 0)
    assert page.oddHeader.right.text == "資料1 A&&B"
    assert page.oddFooter.center.text == "&P / &N"
    assert (page.print_title_rows, page.print_title_cols) == ("$1:$1", "$A:$A")
    assert page.page_margins.left > page.page_margins.right
    assert len(page.row_breaks.brk) == 1


def test_a4_is_smaller_than_a3() -> None:
    assert A4.room < A3.room


# --- Room for text -----------------------------------------------------------------------------

WORDS = [
    "市民が主体となって",
    "、",
    "。",
    "ＩＣＴ",
    "GIGA",
    "Wi-Fi ",
    "12,345",
    "（",
    "）",
    "ー",
    "\n",
]
japanese = st.lists(st.sampled_from(WORDS), max_size=60).map("".join)


@given(japanese, st.integers(2, 60))
def test_no_line_is_wider_than_its_room(text: str, room: int) -> None:
    found = texts.lines(text, room)
    assert "".join(found) == text.replace("\n", "")
    assert all(texts.width(line) <= room for line in found)


@given(japanese, st.integers(4, 60), st.integers(1, 6))
def test_pieces_lose_nothing(text: str, room: int, most: int) -> None:
    found = texts.pieces(text, room, most)
    assert "".join(found).replace("\n", "") == text.replace("\n", "")
    assert all(len(texts.lines(piece, room)) <= most + 1 for piece in found)


def test_a_narrow_mark_has_no_width_and_a_wide_letter_two() -> None:
    assert (texts.width("か\u3099"), texts.width("Ａａ"), texts.width("Aａ"), texts.width("")) == (
        2,
        4,
        3,
        0,
    )


def test_rows_are_at_least_as_high_as_libreoffice_makes_them(soffice: str, tmp_path: Path) -> None:
    sheet = make_sheet([6, 12, 24, 40])
    for number in range(40):
        words = [WORDS[(number * step + step * step) % len(WORDS)] for step in range(number + 3)]
        sheet.write_row(["番号", *("".join(words)[: 20 * size] for size in (1, 3, 6))])
    assert heights_needed(soffice, sheet.book, tmp_path) == []
