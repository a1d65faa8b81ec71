"""Words that are struck out (見え消し) in the cells of an uploaded workbook, whoever wrote it."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font

from municipalities.uploads import read

from .office import convert
from .workbooks import members, zipped

STRUCK, PLAIN = InlineFont(strike=True), InlineFont(b=True)


def book() -> bytes:
    """A book whose second sheet has words struck out in B1, B3, B5 and C5."""
    made = Workbook()
    made.active["B1"] = "なし"
    sheet = made.create_sheet("実績")
    sheet["A1"] = "ある"
    sheet["B1"] = CellRichText(TextBlock(STRUCK, "12"), "13")
    sheet["B2"] = CellRichText(TextBlock(PLAIN, "12"), "13")
    sheet["B3"] = "消した"
    sheet["B4"].font = sheet["B3"].font = sheet["C5"].font = Font(strike=True)  # B4 says nothing
    sheet["B5"] = CellRichText("残す", TextBlock(STRUCK, "消す"), TextBlock(PLAIN, "残す"))
    sheet["B6"] = CellRichText("残す", TextBlock(STRUCK, " "))
    sheet["C5"] = 7
    file = BytesIO()
    made.save(file)
    return file.getvalue()


def struck(content: bytes) -> list[set[tuple[int, int]]]:
    return [set(sheet.struck) for sheet in read(content, "a.xlsx").sheets]


def test_cells_with_struck_words_are_told() -> None:
    assert struck(book()) == [set(), {(0, 1), (2, 1), (4, 1), (4, 2)}]


def test_so_it_is_when_libreoffice_has_saved_them(soffice: str, tmp_path: Path) -> None:
    source = tmp_path / "book.xlsx"
    source.write_bytes(book())
    saved = convert(soffice, source, "xlsx:Calc MS Excel 2007 XML").read_bytes()
    assert load_workbook(BytesIO(saved))["実績"]["B3"].font.strike
    assert struck(saved) == [set(), {(0, 1), (2, 1), (4, 1), (4, 2)}]


def test_what_is_expressly_not_struck_is_not() -> None:
    runs = '<r><rPr><strike val="0"/></rPr><t>12</t></r><r><t>13</t></r>'
    rows = f'<row r="1"><c r="A1" t="inlineStr"><is>{runs}</is></c><c t="s"><v> 0 </v></c>'
    rows += "<c><v>0</v></c></row>"
    texts = '<si><r><rPr><strike val="true"/></rPr><t>1</t></r><rPh><t>イチ</t></rPh></si>'
    assert struck(zipped(members(rows, texts=texts))) == [{(0, 1)}]
    assert struck(zipped(members(rows, texts=texts.replace("true", "false")))) == [set()]


def test_a_font_that_only_rules_use_strikes_no_cell() -> None:
    files = members('<row r="1"><c r="A1" s="1"><v>1</v></c><c r="B1" s="0"><v>1</v></c></row>')
    fonts = "<fonts><font/><font><strike/></font></fonts>"
    rules = "<dxfs><dxf><font><strike/></font></dxf></dxfs>"
    xfs = '<cellStyleXfs><xf fontId="0"/></cellStyleXfs>'
    xfs += '<cellXfs><xf fontId="0"/><xf fontId="1"/></cellXfs>'
    files["xl/styles.xml"] = f"<styleSheet>{fonts}{xfs}{rules}</styleSheet>"
    assert struck(zipped(files)) == [{(0, 0)}]
    files["xl/styles.xml"] = f"<styleSheet><fonts><font/><font/></fonts>{xfs}{rules}</styleSheet>"
    assert struck(zipped(files)) == [set()]


def test_a_book_larger_than_people_fill_in_is_read_all_the_same() -> None:
    cells = "<c/>" * 500
    rows = f"{f'<row>{cells}</row>' * 1_001}<row><c t='inlineStr'><is><r><rPr><strike/></rPr>"
    rows += "<t>1</t></r></is></c></row>"
    (sheet,) = read(zipped(members(rows)), "a.xlsx").sheets
    assert sheet.rows[-1][0] == "1"
    assert not sheet.struck
