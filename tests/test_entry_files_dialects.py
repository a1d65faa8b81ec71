"""Entry workbooks as other programs and other habits leave them: nothing typed is written where it
does not belong, and what keeps a file from being taken in is said."""

from __future__ import annotations

from typing import Any

import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from exchange.entry_book.decisions import Decisions
from exchange.entry_book.keeping import bring
from indicators.models import Actual, Series
from measures.models import ProgressReport
from rounds.entry.reading import read_figure

from . import factories as make
from .entry_books import Filled
from .permission_town import undone
from .test_entry_files_office import Town, told

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
FIRST_SEEN = 3
"""The column behind the hidden ones."""


@pytest.fixture(scope="module")
def town(django_db_setup: None, django_db_blocker: Any) -> Any:
    with django_db_blocker.unblock(), undone():
        yield Town()


def figures(book: Filled) -> tuple[Worksheet, int, dict[Any, int]]:
    return next(iter(book.sheets()))


# --- Rows and their hidden keys -------------------------------------------------------------------


def turned_without_keys(sheet: Worksheet, first: int) -> None:
    """Put what people see of the rows into the opposite order."""
    seen = [[cell.value for cell in row[FIRST_SEEN - 1 :]] for row in sheet.iter_rows(first)]
    for number, values in enumerate(reversed(seen), first):
        for column, value in enumerate(values, FIRST_SEEN):
            sheet.cell(number, column).value = value


def test_sorting_what_is_seen_without_the_keys_writes_no_figure_into_another_row(
    town: Town,
) -> None:
    book = town.book()
    sheet, technical, ids = figures(book)
    for number in range(technical + 2, sheet.max_row + 1):
        for column in ("note", "missing_reason", "expected_on", "is_provisional"):
            sheet.cell(number, ids[column]).value = None
    turned_without_keys(sheet, technical + 2)
    for number in range(technical + 2, sheet.max_row + 1):
        sheet.cell(number, ids["value"]).value = 1000 + number
    said = told(town.bring(book.to_bytes()))
    assert "誤り4 / " in said, "the row in the middle has stayed where it was"
    names = [series.name for series in town.series]
    assert (
        f"5行目 行の目印は「{names[0]}」ですが、この行の名前は「{names[-1]}」です。"
        "隠れた列を除いて並べ替えたか、目印をほかの行から写したようです。"
    ) in said


def test_a_key_that_was_filled_down_is_told_by_the_name_beside_it(town: Town) -> None:
    book = town.book()
    sheet, technical, ids = figures(book)
    first, second = (sheet.cell(technical + place, ids["#key"]) for place in (2, 3))
    first.value, second.value = second.value, first.value
    assert "誤り2 / " in told(town.bring(book.to_bytes()))


def test_a_row_may_be_called_otherwise(town: Town) -> None:
    book = town.book()
    book.cell(town.figures[0], "#name").value = "別の言い方"
    said = told(town.bring(book.to_bytes()))
    assert said.startswith("変更なし13 / "), said
    assert "「別の言い方」）に書かれた内容は取り込みません。" in said


# --- Other programs -------------------------------------------------------------------------------


@pytest.mark.parametrize("has_titles", [False, True])
def test_numbers_shows_every_sheet_as_a_table_with_a_name(town: Town, has_titles: bool) -> None:
    book = town.book().fill(town.figures[0], value=1300)
    for sheet in book.book.worksheets:
        sheet.sheet_state = "visible"
        sheet.title = f"{sheet.title} - 表1"
        if has_titles:
            sheet.merged_cells.ranges = set()
            sheet.insert_rows(1)
            sheet["A1"] = "表1"
    summary = book.book.create_sheet("書き出しの概要", 0)
    summary["B3"] = "この書類は、Numbersから書き出されました。"
    said = told(town.bring(book.to_bytes()))
    assert said.startswith("変更1 / 変更なし12 / "), said
    of_program = "シート「書き出しの概要」は、足されたシートです。書かれた内容は取り込みません。"
    title = (
        "シート「表紙 - 表1」の、入力欄ではないセル（A1「表1」）に書かれた内容は取り込みません。"
    )
    notes = said.partition("→1300 / ")[2]
    assert notes == " / ".join([of_program, *([title] if has_titles else [])])


def test_a_table_made_of_the_rows_gives_the_hidden_columns_headings(town: Town) -> None:
    book = town.book().fill(town.figures[0], value=1300)
    for sheet, technical, _ids in book.sheets():
        sheet.cell(technical + 1, 1).value = "列1"
        sheet.cell(technical + 1, 2).value = "列2"
    said = told(town.bring(book.to_bytes()))
    assert said.startswith("変更1 / 変更なし12 / "), said


# --- Figures and marks of notes -------------------------------------------------------------------


def test_a_mark_of_a_note_is_no_digit_of_the_figure(town: Town) -> None:
    book = town.book().fill(town.figures[0], value="120①").fill(town.figures[4], value="12²")
    said = told(town.bring(book.to_bytes()))
    assert said.startswith("変更なし11 / 誤り2 / H5 「120①」は数値ではありません。"), said


@pytest.mark.parametrize("text", ["12 m²", "12㎡", "12ｍ2", "１２m²"])
def test_a_small_digit_may_be_one_of_the_unit(text: str) -> None:
    assert read_figure(text, Series(unit="m²")) == 12


# --- What no workbook can hold --------------------------------------------------------------------


def test_a_saved_text_with_a_line_break_of_powerpoints_is_not_changed_by_its_workbook(
    town: Town,
) -> None:
    with undone():
        ProgressReport.objects.filter(fiscal_year=2023, state="checked").update(
            result="窓口を増やした。\x0b相談が伸びた。"
        )
        Actual.objects.filter(fiscal_year=2023).update(note="内訳\x0bは別紙")
        said = told(town.bring(town.book().to_bytes()))
    assert said == "変更なし13"


# --- What planners have changed meanwhile ---------------------------------------------------------


def test_a_class_of_the_scheme_before_is_called_as_it_was_and_not_changed(town: Town) -> None:
    before = town.book()
    with undone():
        town.plan.schemes.all().delete()
        make.make_scheme(plan=town.plan, symbols="SABC")
        assert told(town.bring(before.to_bytes())) == "変更なし13"
        now = town.book()
        assert now.cell(town.reports[1], "rating").value == "C 評価C"
        assert told(town.bring(now.to_bytes())) == "変更なし13"


def test_without_a_scheme_nobody_is_told_to_choose_from_nothing(town: Town) -> None:
    book = town.book().fill(town.reports[0], rating="A")
    with undone():
        town.plan.schemes.all().delete()
        said = told(town.bring(book.to_bytes()))
    assert "「A」は選べません。選ぶものが決まっていないので、空欄にしてください。" in said


def test_a_figure_beside_another_unit_is_asked_about(town: Town) -> None:
    """The planner has corrected the unit meanwhile; or the section has answered in thousands."""
    book = town.book().fill(town.figures[0], value=1300).fill(town.figures[1], value="12.5")
    book.cell(town.figures[1], "#unit").value = "千トン"
    with undone():
        Series.objects.filter(pk__in=[town.series[0].pk, town.series[3].pk]).update(unit="％")
        said = told(town.bring(book.to_bytes()))
    assert said.startswith("変更2 / 変更なし11 / "), said
    assert said.endswith(
        "シート「指標」の次の行に書かれた単位は、いまの単位と違います。値を確かめてください："
        "5行目（「人」、いまは「％」）、6行目（「千トン」、いまは「トン」）"
    )
    assert "いまの単位と違います" not in told(town.bring(town.book().to_bytes()))


# --- Dashes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("dash", ["－", "-", "なし"])
def test_a_dash_is_no_number_of_a_report_either(town: Town, dash: str) -> None:
    with undone():
        make.make_column(town.plan, "cost", label="決算額", kind="number", unit="千円")
        ProgressReport.objects.filter(
            row=town.reports[1].removeprefix("report-"), fiscal_year=2023
        ).update(extra={"cost": "1200"})
        book = town.book().fill(town.reports[0], cost=dash).fill(town.reports[1], cost=dash)
        said = told(town.bring(book.to_bytes()))
    assert said.startswith("変更1 / 変更なし12 / "), said
    assert "決算額:1200→（空欄）" in said


# --- Words struck out -----------------------------------------------------------------------------


def test_a_figure_that_is_struck_out_beside_its_new_one_is_not_read_as_one(town: Town) -> None:
    """見え消し: 12 struck out with 13 behind it is not 1213; the planner says which it is."""
    book = town.book()
    struck = TextBlock(InlineFont(strike=True), "12")
    book.fill(town.figures[0], value=CellRichText(struck, "13"))
    book.fill(town.reports[0], result=CellRichText(struck, "件増えた"))
    book.cell(town.figures[1], "value").font = Font(strike=True)
    brought = town.bring(book.to_bytes())
    told_of = [one.place for one in brought.taken.complaints]
    assert told(brought).startswith("変更なし10 / 誤り3 / "), told(brought)
    assert told(brought).count("取消線の付いた文字（見え消し）があります。") == 3
    assert len(set(told_of)) == 3
    first = town.figures[0]
    decisions = Decisions(fixed={(first, "value"): "13"})
    decisions.held |= {(town.figures[1], ""), (town.reports[0], "result")}
    planner = town.people.planner
    said = told(bring(town.asked, book.to_bytes(), "回答.xlsx", by=planner, decisions=decisions))
    assert said.startswith("変更1 / 変更なし10 / 保留2 / "), said
    assert "実績値:1200→13" in said
