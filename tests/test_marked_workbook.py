"""A file goes back to its user with what is wrong marked in it, and nothing of it lost."""

from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Font, PatternFill, Protection
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from municipalities.uploads import Refused, read
from municipalities.uploads.complaints import Complaint
from municipalities.uploads.marked import RESULT, marked

from .office import convert
from .test_uploads_bombs import LAUGHS
from .workbooks import SHEET, members, zipped

WRONG = [
    Complaint("実績'入力", 1, 1, "12x", "数値で入力してください。"),
    Complaint("実績'入力", 1, 1, "12x", "単位は別の列に入力してください。"),
    Complaint("実績'入力", 3, 2, "=HYPERLINK(1)", "=から始まる文字です。"),
    Complaint("実績'入力", 4, None, "", "行の指標コードが重複しています。"),
    Complaint("別の表", None, None, "別の表", "シート名が違います。"),
    Complaint("ない表", None, None, "", "シートがありません。"),
]


@pytest.fixture
def content() -> bytes:
    """A workbook with all that its user may have put into it."""
    book = Workbook()
    sheet = book.active
    sheet.title = "実績'入力"
    sheet.append(["コード", "値", "備考"])
    sheet.append(["001", "12x", "=A1&B1"])
    sheet.append([None, 0, date(2024, 4, 1)])
    sheet["C4"] = "=HYPERLINK(1) と書いた文字"
    sheet["C4"].data_type = "s"
    sheet["D5"] = CellRichText("太", TextBlock(InlineFont(b=True), "字"))
    sheet["A6"] = "#N/A"
    sheet.merge_cells("B7:C8")
    sheet["B7"] = "結合"
    sheet["A2"].comment = Comment("上司のメモ", "上司")
    sheet["B2"].comment = Comment("元のメモ", "上司")
    sheet["A1"].font = Font(bold=True, size=14)
    sheet["A1"].fill = PatternFill("solid", fgColor="FFFFFF00")
    sheet["B3"].number_format = '0.0"千円"'
    sheet["B3"].protection = Protection(locked=False)
    sheet.protection.enable()
    sheet.column_dimensions["C"].width = 33
    sheet.row_dimensions[3].hidden = True
    sheet.freeze_panes = "B2"
    choices = DataValidation("list", formula1='"はい,いいえ"')
    choices.add("E2:E9")
    sheet.add_data_validation(choices)
    sheet.conditional_formatting.add("B2:B9", CellIsRule("lessThan", ["0"], font=Font(bold=True)))
    book.defined_names["範囲"] = DefinedName("範囲", attr_text="'実績''入力'!$A$1:$B$2")
    other = book.create_sheet("別の表")
    other["A1"] = "そのまま"
    other.sheet_state = "hidden"
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def opened(content: bytes) -> Workbook:
    return load_workbook(BytesIO(content), rich_text=True)


def test_the_cells_say_what_is_wrong_with_them(content: bytes) -> None:
    sheet = opened(marked(content, WRONG))["実績'入力"]
    comment = sheet["B2"].comment.text
    assert (
        comment
        == "元のメモ\n【取込結果】\n数値で入力してください。\n単位は別の列に入力してください。"
    )
    assert sheet["B2"].fill.fgColor.rgb == "FFFFC7CE"
    assert sheet["A5"].comment.text == "【取込結果】\n行の指標コードが重複しています。"
    assert sheet["A2"].comment.text == "上司のメモ"
    assert sheet["A1"].fill.fgColor.rgb == "FFFFFF00"


def test_the_first_sheet_lists_everything_with_links(content: bytes) -> None:
    book = opened(marked(content, WRONG))
    result = book.worksheets[0]
    assert result.title == RESULT
    assert [tuple(cell.value for cell in row) for row in result.iter_rows()] == [
        ("シート", "セル", "入力されている内容", "直し方"),
        ("実績'入力", "B2", "12x", "数値で入力してください。"),
        ("実績'入力", "B2", "12x", "単位は別の列に入力してください。"),
        ("実績'入力", "C4", "=HYPERLINK(1)", "=から始まる文字です。"),
        ("実績'入力", "5行目", None, "行の指標コードが重複しています。"),
        ("別の表", "シート全体", "別の表", "シート名が違います。"),
        ("ない表", "シート全体", None, "シートがありません。"),
    ]
    assert all(cell.data_type != "f" for row in result.iter_rows() for cell in row)
    links = [cell.hyperlink and cell.hyperlink.location for cell in result["B"]]
    assert links == [
        None,
        *["'実績''入力'!B2"] * 2,
        "'実績''入力'!C4",
        "'実績''入力'!A5",
        "'別の表'!A1",
        None,
    ]
    # Only the first sheet is selected: what is typed goes into one sheet.
    assert [sheet.sheet_view.tabSelected for sheet in book.worksheets] == [True, False, False]
    assert book.active.title == RESULT


def test_nothing_the_user_typed_or_formatted_is_lost(content: bytes) -> None:
    before, after = opened(content), opened(marked(content, WRONG))
    assert after.sheetnames == [RESULT, *before.sheetnames]
    assert after.defined_names["範囲"].attr_text == "'実績''入力'!$A$1:$B$2"
    for old in before.worksheets:
        new = after[old.title]
        for row in old.iter_rows():
            for cell in row:
                same = new[cell.coordinate]
                assert same.value == cell.value, cell.coordinate
                assert same.data_type == cell.data_type, cell.coordinate
                assert same.number_format == cell.number_format
                assert repr(same.font) == repr(cell.font)
                assert repr(same.protection) == repr(cell.protection)
        assert new.merged_cells.ranges == old.merged_cells.ranges
        assert new.sheet_state == old.sheet_state
        assert new.protection.sheet == old.protection.sheet
        assert new.freeze_panes == old.freeze_panes
    sheet = after["実績'入力"]
    assert sheet.column_dimensions["C"].width == 33
    assert sheet.row_dimensions[3].hidden
    assert sheet.data_validations.dataValidation[0].formula1 == '"はい,いいえ"'
    assert len(sheet.conditional_formatting) == 1
    assert isinstance(sheet["D5"].value, CellRichText)


def test_what_was_corrected_is_no_longer_marked(content: bytes) -> None:
    again = marked(marked(content, WRONG), WRONG[2:3])
    book = opened(again)
    assert book.sheetnames == [RESULT, "実績'入力", "別の表"]
    assert book[RESULT].max_row == 2
    sheet = book["実績'入力"]
    assert sheet["B2"].fill.fill_type is None
    assert sheet["C4"].fill.fgColor.rgb == "FFFFC7CE"
    # What others had said there stays.
    assert sheet["B2"].comment.text == "元のメモ"


def test_merged_cells_are_marked_where_they_show(content: bytes) -> None:
    sheet = opened(marked(content, [Complaint("実績'入力", 7, 2, "結合", "誤り")]))["実績'入力"]
    assert sheet["B7"].comment.text == "【取込結果】\n誤り"


def test_a_row_is_marked_where_people_see_it(content: bytes) -> None:
    """Entry workbooks keep what tells their rows in columns nobody sees."""
    book = load_workbook(BytesIO(content))
    book.worksheets[0].column_dimensions.group("A", "B", hidden=True)
    file = BytesIO()
    book.save(file)
    result, sheet, *_others = opened(marked(file.getvalue(), WRONG)).worksheets
    assert "重複しています" in sheet["C5"].comment.text
    assert sheet["A5"].comment is None
    assert result["B5"].hyperlink.location == "'実績''入力'!C5"


def test_no_complaint_is_said_too(content: bytes) -> None:
    assert opened(marked(content, [])).worksheets[0]["A2"].value == "誤りは見つかりませんでした。"


def test_the_marked_workbook_opens_in_libreoffice_and_is_read_again(
    content: bytes, soffice: str, tmp_path: Path
) -> None:
    path = tmp_path / "marked.xlsx"
    path.write_bytes(marked(content, WRONG))
    saved = convert(soffice, path, "xlsx:Calc MS Excel 2007 XML")
    result, sheet, _other = read(saved.read_bytes(), "a.xlsx").sheets
    assert result.rows[1] == ["実績'入力", "B2", "12x", "数値で入力してください。"]
    assert sheet.rows[1][:3] == ["001", "12x", "コード値"]
    assert opened(saved.read_bytes())["実績'入力"]["B2"].comment.text.startswith("元のメモ")


def test_a_long_or_strange_text_can_be_said(content: bytes) -> None:
    wrong = [Complaint("実績'入力", 0, 0, "\x0b\ufffe" + "長" * 40_000, "\x00誤り")]
    book = opened(marked(content, wrong))
    assert book["実績'入力"]["A1"].comment.text == "【取込結果】\n誤り"
    assert len(book[RESULT]["C2"].value) == 32_000


def test_what_is_not_read_is_not_marked() -> None:
    files = members()
    files[SHEET] = files[SHEET].replace("<worksheet", f"{LAUGHS}<worksheet")
    with pytest.raises(Refused):
        marked(zipped(files), [])


def test_what_can_be_read_but_not_rewritten_is_said_to_be_so() -> None:
    files = members('<row r="1"><c r="A1"><v>1</v></c></row>')
    nameless = '<cellStyles><cellStyle xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    files["xl/styles.xml"] = files["xl/styles.xml"].replace("</styleSheet>", nameless)
    assert read(zipped(files), "a.xlsx").sheets[0].rows == [[1]]
    with pytest.raises(Refused, match="このブックには印を付けられません"):
        marked(zipped(files), [])


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp932"])
def test_a_csv_gets_a_last_column(encoding: str) -> None:
    content = 'コード,値\r\n001,"1\n2"\r\n\r\n=x,,\r\n'.encode(encoding)
    wrong = [
        Complaint("", 1, 1, "1\n2", "改行は使えません。"),
        Complaint("", 1, None, "", "=重複"),
        Complaint("", 3, None, "", "=重複"),
    ]
    back = marked(content, wrong)
    assert back.decode(encoding) == (
        "コード,値,,取込結果\r\n"
        '001,"1\n2",,B2: 改行は使えません。 / =重複\r\n'
        ",,,\r\n"
        "=x,,,'=重複\r\n"
    )
    # Once more, corrected: the column is replaced.
    again = read(marked(back, []), "a.csv").sheets[0].rows
    assert again[1][3] is None
    assert again[0] == ["コード", "値", None, "取込結果"]


def test_a_csv_without_a_mark_of_its_encoding_gets_one_for_excel() -> None:
    assert marked("あ\n".encode(), []) == "\ufeffあ,取込結果\r\n".encode()
