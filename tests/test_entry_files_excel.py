"""Entry workbooks as Excel saves them: whatever it and its like write around the same content, the
same is read; what it has made of something typed is read as meant, or explained."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from exchange.entry_book.keeping import Brought
from municipalities.uploads import Refused
from municipalities.uploads.complaints import Complaint
from municipalities.uploads.marked import marked

from .excel_files import ExcelFile, Habit
from .excel_parts import HABITS, comments_of_today, copied_sheet, moved_sheet, strict
from .filled_workbooks import book_for
from .office import convert
from .permission_town import undone
from .test_entry_files_office import XLSX, Town, told

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.any_database,
    pytest.mark.filterwarnings("ignore::UserWarning:openpyxl"),
]
COMMENT = "シート「指標」のコメント（H5「暫定です」）は取り込みません。"


@pytest.fixture(scope="module")
def town(django_db_setup: None, django_db_blocker: Any) -> Any:
    with django_db_blocker.unblock(), undone():
        yield Town()


@pytest.fixture(scope="module")
def content(town: Town) -> bytes:
    return book_for(town.asked, town.people.welfare)


def text(words: str) -> str:
    return f"<is><t>{words}</t></is>"


def filled(content: bytes, town: Town, *habits: Habit) -> bytes:
    """Return the workbook with some cells filled in by Excel, of each kind of box, and saved in
    these ways."""
    file = ExcelFile(content)
    file.type(town.figures[0], "value", "<v>1300</v>")
    file.type(town.figures[0], "note", text("暫定の値　確定は\n秋"), "inlineStr")
    file.type(town.figures[1], "value", "<f>6.1+6.3</f><v>12.399999999999999</v>")
    file.type(town.figures[2], "value", "<v>0.60499999999999998</v>", shown_as="10")
    file.type(town.figures[3], "expected_on", "<v>45658</v>", shown_as='yyyy"年"m"月"')
    file.type(town.figures[4], "value", text("多い"), "inlineStr")
    file.type(town.reports[0], "result", text("窓口を増やし、 相談が伸びた。"), "inlineStr")
    for habit in habits:
        habit(file)
    return file.to_bytes()


def preview(brought: Brought) -> Any:
    """Return all that is said of a workbook, but for the comment on it."""
    return [
        (row.source.sheet, row.source.number, row.source.key, row.kind, row.name, row.changes)
        for row in brought.taken.rows
    ], told(brought).replace(f" / {COMMENT}", "")


def test_the_untouched_book_says_what_was_typed(town: Town, content: bytes) -> None:
    said = told(town.bring(filled(content, town)))
    assert said.startswith("変更5 / 変更なし7 / 誤り1")
    for change in ("→1300", "→12.4", "→60.5 / ", "→2025-01", "確定は\n秋", "「多い」は数値では"):
        assert change in said, said


@pytest.mark.parametrize("habit", HABITS)
def test_each_way_of_saving_says_the_same(town: Town, content: bytes, habit: Habit) -> None:
    plain = preview(town.bring(filled(content, town)))
    brought = town.bring(filled(content, town, habit))
    assert preview(brought) == plain
    assert brought.taken.book.notes == ([COMMENT] if habit is comments_of_today else [])


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chosen=st.sets(st.sampled_from(HABITS), min_size=2))
def test_any_mixture_of_them_says_the_same(town: Town, content: bytes, chosen: set[Habit]) -> None:
    plain = preview(town.bring(filled(content, town)))
    habits = [habit for habit in HABITS if habit in chosen]
    assert preview(town.bring(filled(content, town, *habits))) == plain


def test_what_is_rewritten_here_opens_in_a_real_program(
    town: Town, content: bytes, soffice: str, tmp_path: Path
) -> None:
    source = tmp_path / "all.xlsx"
    source.write_bytes(filled(content, town, *HABITS))
    saved = convert(soffice, source, XLSX)
    brought = town.bring(saved.read_bytes())
    assert preview(brought) == preview(town.bring(filled(content, town)))
    assert brought.taken.book.notes == [COMMENT]


def test_the_marked_workbook_keeps_its_sheets_and_marks_the_cell(
    town: Town, content: bytes
) -> None:
    saved = filled(content, town, *HABITS)
    book = load_workbook(BytesIO(marked(saved, town.bring(saved).taken.complaints)))
    assert book.sheetnames == ["取込結果", "表紙", "指標", "進捗", "_選択肢", "_照会"]
    comment = book["指標"]["H9"].comment
    assert comment is not None
    assert "「多い」は数値ではありません" in comment.text


# --- What Excel makes of something typed ----------------------------------------------------------

DAY = "日付か時刻（%s）になっています。Excelは「1-2」や「3:4」を日付や時刻に変えます。"
ERA = '[$-ja-JP-x-gannen]ggge"年"m"月";@'
TYPED: dict[str, tuple[int, str, str, str, str, str]] = {
    # figure, column, inside of the cell, its type, its number format, what is said
    "binary noise": (1, "value", "<v>0.30000000000000004</v>", "", "", "→0.3"),
    "percent": (2, "value", "<v>0.56799999999999995</v>", "", "10", "→56.8"),
    "percent, calculated": (
        2, "value", "<f>0.1+0.2</f><v>0.30000000000000004</v>", "", "0.0%", "→30",
    ),
    "exponent": (0, "value", "<v>1.5E3</v>", "", "", "→1500"),
    "number in a text cell": (0, "value", "<v>1500</v>", "", "49", "→1500"),
    "text in a text cell": (0, "value", text("1,500"), "inlineStr", "49", "→1500"),
    "commas": (0, "value", "<v>1500</v>", "", "38", "→1500"),
    "shared formula": (0, "value", '<f t="shared" si="0"/><v>2</v>', "", "", "→2"),
    "array formula": (0, "value", '<f t="array" ref="H5">SUM(1)</f><v>2</v>', "", "", "→2"),
    "another book": (0, "value", "<f>[1]集計!$A$1</f><v>5</v>", "", "", "→5"),
    "text of a formula": (0, "value", '<f>TEXT(A1,"#")</f><v>1,250</v>', "str", "", "→1250"),
    "no other book": (
        0, "value", "<f>[1]集計!$A$1</f><v>#REF!</v>", "e", "", "式の結果が「#REF!」です",
    ),
    "picture in the cell": (0, "value", "<v>#VALUE!</v>", "e", "", "式の結果が「#VALUE!」です"),
    "not calculated": (0, "value", "<f>1+1</f>", "", "", "H5 まだ計算されていない式です"),
    "true": (0, "value", "<v>1</v>", "b", "", "「TRUE」は数値ではありません"),
    "true as a tick": (0, "is_provisional", "<v>1</v>", "b", "", "速報値:いいえ→はい"),
    "true in a text": (0, "note", "<v>1</v>", "b", "", "→TRUE"),
    "month": (3, "expected_on", "<v>46447</v>", "", "55", "→2027-03"),
    "month in English": (3, "expected_on", "<v>46447</v>", "", "17", "→2027-03"),
    "month of an era": (3, "expected_on", "<v>46447</v>", "", ERA, "→2027-03"),
    "day of a month": (3, "expected_on", "<v>46461</v>", "", "57", "→2027-03"),
    "year of an era": (3, "expected_on", "<v>46447</v>", "", 'ggge"年度"', "→2027-03"),
    "month in a text cell": (3, "expected_on", text("R9.3"), "inlineStr", "49", "→2027-03"),
    "year": (3, "expected_on", text("R6"), "inlineStr", "49", "「R6」は年月ではありません"),
    "day for a number": (0, "value", "<v>46024</v>", "", "56", f"H5 {DAY % '2026-01-02'}"),
    "era for a number": (0, "value", "<v>46024</v>", "", 'ggge"年度"', DAY % "2026-01-02"),
    "day for a text": (0, "note", "<v>46024</v>", "", "56", f"L5 {DAY % '2026-01-02'}"),
    "moment for a text": (0, "note", "<v>46024.5</v>", "", "22", DAY % "2026-01-02"),
    "time for a text": (0, "note", "<v>0.0625</v>", "", "20", DAY % "01:30"),
    "duration for a text": (0, "note", "<v>1.5</v>", "", "46", DAY % "36:00"),
    "percent in a text": (0, "note", "<v>0.5</v>", "", "9", "→50%"),
}  # fmt: skip


@pytest.mark.parametrize("case", TYPED)
def test_what_excel_makes_of_it_is_read_as_meant_or_explained(
    town: Town, content: bytes, case: str
) -> None:
    number, column, inside, kind, shown_as, expected = TYPED[case]
    file = ExcelFile(content)
    file.type(town.figures[number], column, inside, kind, shown_as)
    said = told(town.bring(file.to_bytes()))
    assert said.startswith(("変更1 / 変更なし12 / ", "変更なし12 / 誤り1 / "))
    assert expected in said, said


def test_days_counted_from_1904_are_the_same_days(town: Town, content: bytes) -> None:
    file = ExcelFile(content)
    file.type(town.figures[3], "expected_on", "<v>44985</v>", shown_as="55")
    file.change("xl/workbook.xml", "<workbookPr />", '<workbookPr date1904="1"/>')
    assert "→2027-03" in told(town.bring(file.to_bytes()))


def test_a_formula_of_microsofts_library_without_value_is_no_empty_cell(
    town: Town, content: bytes
) -> None:
    prefixed = next(habit for habit in HABITS if habit.__name__ == "prefixed")
    file = ExcelFile(content)
    file.type(town.figures[0], "note", "<f>A1</f>")
    prefixed(file)
    assert "L5 まだ計算されていない式です" in told(town.bring(file.to_bytes()))


# --- Books that are another one now ---------------------------------------------------------------


def changed(content: bytes, change: Callable[[ExcelFile], None]) -> bytes:
    file = ExcelFile(content)
    change(file)
    return file.to_bytes()


def test_a_copied_sheet_is_explained(town: Town, content: bytes) -> None:
    said = told(town.bring(changed(content, copied_sheet)))
    assert said.startswith("変更なし8 / 誤り10")
    assert "シート「指標 (2)」の5行目と同じ行です。一つにしてください。シートの写しなら" in said


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (moved_sheet, "一部のシートだけのブックです"),
        (strict, "「Strict Open XML スプレッドシート」形式のファイルです"),
    ],
)
def test_another_book_is_refused(
    town: Town, content: bytes, change: Callable[[ExcelFile], None], words: str
) -> None:
    with pytest.raises(Refused, match=words):
        town.bring(changed(content, change))


def test_what_cannot_be_marked_is_said(content: bytes) -> None:
    def merge(file: ExcelFile) -> None:
        file.change(
            file.row_sheets[0], "</mergeCells>", '<mergeCell ref="L1:M1048576"/></mergeCells>'
        )

    with pytest.raises(Refused, match="結合したセルかリンクの範囲が広すぎる"):
        marked(changed(content, merge), [Complaint("指標", 4, 7, "", "誤り")])
