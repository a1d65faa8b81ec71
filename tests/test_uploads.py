"""Reading uploaded files: what stands in the cells, in every dialect, and what is refused."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from string import ascii_uppercase

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.utils import get_column_letter

from municipalities.uploads import UNCALCULATED, ErrorValue, Refused, address, read

from .office import convert
from .workbooks import SHEET, members, workbook, zipped

VALUES = [
    ["指標", "  前後の空白 ", "改行\nあり", "=1+1 という文字", "007", "ｶﾅ～①㈱"],
    [1, 0, -3, Decimal("0.1"), Decimal("-12.345"), 10**14],
    [True, False, None, date(2024, 4, 1), datetime(2024, 4, 1, 9, 30), time(9, 30)],
    [timedelta(hours=30), None, None, None, None, "最後"],
]


def saved(book: Workbook) -> bytes:
    file = BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.fixture
def typical() -> bytes:
    """A workbook as openpyxl writes it: values, an error, a rich text, a hidden sheet, gaps."""
    book = Workbook()
    sheet = book.active
    sheet.title = "入力 シート"
    for number, row in enumerate(VALUES, start=3):
        for column, value in enumerate(row, start=2):
            cell = sheet.cell(number, column, value)
            if isinstance(value, str):
                cell.data_type = "s"
    sheet["B8"] = "#N/A"
    sheet["C8"] = "#DIV/0!"
    sheet["D8"] = CellRichText("太", TextBlock(InlineFont(b=True), "字"))
    sheet.merge_cells("B9:C9")
    sheet["B9"] = "結合"
    hidden = book.create_sheet("隠し")
    hidden["A1"] = "見えない"
    hidden.sheet_state = "hidden"
    return saved(book)


def only(content: bytes) -> list[list[object]]:
    (sheet,) = read(content, "a.xlsx").sheets
    return sheet.rows


def the_typical_values_are_there(content: bytes) -> None:
    first, hidden = read(content, "実績.xlsx").sheets
    assert (first.name, first.hidden) == ("入力 シート", False)
    assert (hidden.name, hidden.hidden, hidden.rows) == ("隠し", True, [["見えない"]])
    assert first.rows[:2] == [[None] * 7] * 2
    assert [row[1:] for row in first.rows[2:6]] == VALUES
    assert first.rows[7][1:4] == ["#N/A", "#DIV/0!", "太字"]
    assert [type(cell) for cell in first.rows[7][1:4]] == [ErrorValue, ErrorValue, str]
    assert first.rows[8][1:3] == ["結合", None]
    assert not any(isinstance(cell, float) for row in first.rows for cell in row)


def test_a_workbook_of_openpyxl(typical: bytes) -> None:
    the_typical_values_are_there(typical)


def test_a_workbook_saved_by_libreoffice(typical: bytes, soffice: str, tmp_path: Path) -> None:
    source = tmp_path / "source.xlsx"
    source.write_bytes(typical)
    path = convert(soffice, source, "xlsx:Calc MS Excel 2007 XML")
    the_typical_values_are_there(path.read_bytes())


def test_formulas_give_their_value_once_libreoffice_has_calculated(
    soffice: str, tmp_path: Path
) -> None:
    book = Workbook()
    book.active.append([2, "=A1*3", '=IF(A1>1,"","x")', "=1/0", "=NA()", "=A1>1"])
    source = tmp_path / "formulas.xlsx"
    book.save(source)
    # openpyxl writes formulas without values: not empty, and not for the end of the table.
    assert only(source.read_bytes()) == [[2, *[UNCALCULATED] * 5]]

    path = convert(soffice, source, "xlsx:Calc MS Excel 2007 XML")
    row = only(path.read_bytes())[0]
    assert row == [2, 6, None, "#DIV/0!", "#N/A", True]
    assert isinstance(row[3], ErrorValue)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("<c r='A1'><v>1</v></c>", 1),
        ('<c r="A1"><v>1.0</v></c>', 1),
        ('<c r="A1"><v>0.30000000000000004</v></c>', Decimal("0.30000000000000004")),
        ('<c r="A1"><v>1.1000000000000001</v></c>', Decimal("1.1")),
        ('<c r="A1"><v>1E-3</v></c>', Decimal("0.001")),
        ('<c r="A1" s="5"><v>0.5</v></c>', "50%"),
        ('<c r="A1"><v>inf</v></c>', ErrorValue("#NUM!")),
        ('<c r="A1"><v>nan</v></c>', ErrorValue("#NUM!")),
        ('<c r="A1" t="str"><f>x</f><v>007</v></c>', "007"),
        ('<c r="A1" t="str"><f>x</f><v></v></c>', None),
        ('<c r="A1"><f>x</f></c>', UNCALCULATED),
        ('<c r="A1" t="b"><v>1</v></c>', True),
        ('<c r="A1" t="e"><v>#SPILL!</v></c>', ErrorValue("#SPILL!")),
        ("<c t = 'e' r='A1'><f>x</f><v>#REF!</v></c>", ErrorValue("#REF!")),
        ('<c r="A1" t="str"><v>#N/A</v></c>', "#N/A"),
        ('<c r="A1" s="1"><v>45383</v></c>', date(2024, 4, 1)),
        ('<c r="A1" s="2"><v>45383.5</v></c>', datetime(2024, 4, 1, 12)),
        ('<c r="A1" s="3"><v>0.5</v></c>', time(12)),
        ('<c r="A1" s="4"><v>1.5</v></c>', timedelta(days=1.5)),
        ('<c r="A1" t="d"><v>2024-04-01</v></c>', date(2024, 4, 1)),
        ('<c r="A1" t="inlineStr"><is><r><t>太</t></r><r><t>字</t></r></is></c>', "太字"),
        ('<c r="A1" t="s"><v>0</v></c>', "読"),
        ('<c r="A1" t="s"><v>1</v></c>', "a & b\nc"),
        ('<c r="A1" t="s"><v>2</v></c>', None),
        ('<c r="A1" t="str"><v>a_x0000__x0007_b</v></c>', "ab"),
        ("<c><v>7</v></c>", 7),
        ('<x:c xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main" r="A1">'
         "<x:v>7</x:v></x:c>", 7),
    ],
)  # fmt: skip
def test_a_cell_as_any_program_may_write_it(cell: str, expected: object) -> None:
    texts = (
        '<si><t>読</t><rPh sb="0" eb="1"><t>ヨ</t></rPh></si><si><t>a &amp; b&#10;c</t></si>'
        '<si><t xml:space="preserve"> 　</t></si>'
    )
    rows = only(workbook(f'<row r="1">{cell}</row>', texts=texts))
    value = rows[0][0] if rows else None
    assert value == expected
    assert type(value) is type(expected)


def test_dates_counted_from_1904() -> None:
    rows = '<row r="1"><c r="A1" s="1"><v>43921</v></c></row>'
    content = workbook(rows, properties='<workbookPr date1904="1"/>')
    assert only(content) == [[date(2024, 4, 1)]]


def test_the_formulas_of_rules_are_no_cells() -> None:
    """Newer rules stand behind the cells, the last of which is only coloured."""
    files = members(
        '<row r="1"><c r="A1"><f>x</f></c><c r="B1"><v>1</v></c><c r="XFD9" s="0"/></row>'
    )
    main = "http://schemas.microsoft.com/office/excel/2006/main"
    rule = f'<extLst><ext><xm:f xmlns:xm="{main}">A1</xm:f></ext></extLst></worksheet>'
    files[SHEET] = files[SHEET].replace("</worksheet>", rule)
    assert only(zipped(files)) == [[UNCALCULATED, 1]]


def test_a_formula_without_value_is_seen_behind_a_prefix() -> None:
    cell = '<x:c xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main" r="A1">'
    assert only(workbook(f'<row r="1">{cell}<x:f>x</x:f></x:c></row>')) == [[UNCALCULATED]]


def test_queries_of_power_query_are_left_alone() -> None:
    query = '<?xml version="1.0" encoding="utf-16"?><DataMashup>AAAA</DataMashup>'
    files = members('<row r="1"><c r="A1"><v>1</v></c></row>')
    content = zipped(files | {"customXml/item1.xml": query.encode("utf-16")})
    assert only(content) == [[1]]


def test_cells_without_reference_follow_each_other() -> None:
    rows = (
        "<row><c><v>1</v></c><c/><c><v>2</v></c></row><row><c t='e'><v>#N/A</v></c></row>"
        '<row r="4"><c r="B4"><v>3</v></c><c><f>x</f></c><c t="e"><v>#SPILL!</v></c></row>'
    )
    assert only(workbook(rows, before='<dimension ref="A1:B1"/>')) == [
        [1, None, 2, None],
        ["#N/A", None, None, None],
        [None] * 4,
        [None, 3, UNCALCULATED, "#SPILL!"],
    ]


def test_coloured_empty_cells_far_out_are_no_table() -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c><c r="XFD1" s="1"/></row>'
    assert only(workbook(rows + '<row r="1048576"><c r="A1048576" s="1"></c></row>')) == [[1]]


def test_an_empty_sheet_has_no_rows() -> None:
    assert only(workbook()) == []


@given(
    st.lists(
        st.lists(
            st.none()
            | st.booleans()
            | st.integers(-(10**15), 10**15)
            | st.decimals(-(10**6), 10**6, places=3).filter(lambda n: n % 1 != 0)
            | st.text("年度あA1 =+-@'\"\n,\t&<>", min_size=1, max_size=8).filter(
                lambda text: text.strip()
            ),
            min_size=1,
            max_size=5,
        ),
        max_size=6,
    )
)
@settings(max_examples=60)
def test_what_is_written_is_read(rows: list[list[object]]) -> None:
    book = Workbook()
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            cell = book.active.cell(number, column, value)
            if isinstance(value, str):
                cell.data_type = "s"
    (sheet,) = read(saved(book), "a.xlsx").sheets
    for number, row in enumerate(rows):
        found = sheet.rows[number] if number < len(sheet.rows) else []
        found = found + [None] * (len(row) - len(found))
        for value, expected in zip(found, row, strict=False):
            assert value == expected
            assert type(value) is (type(expected) if expected is not None else type(None))


def test_addresses_are_those_of_the_program() -> None:
    assert [address(6, 2), address(0, 25), address(0, 26)] == ["C7", "Z1", "AA1"]
    for column in (*range(800), 16383):
        assert address(0, column) == f"{get_column_letter(column + 1)}1"


# --- CSV ---------------------------------------------------------------------------------------

TABLE = [
    ["コード", "名称", "値"],
    ["001", 'a,"b"\n改行', "1,234"],
    [None, None, None],
    ["②", "～", None],
]
TEXT = 'コード,名称,値\r\n001,"a,""b""\n改行","1,234"\r\n\r\n②,～\r\n'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_a_csv_in_any_encoding_keeps_its_texts(encoding: str) -> None:
    book = read(TEXT.encode(encoding), "実績.CSV")
    assert book.kind == "csv"
    (sheet,) = book.sheets
    assert sheet.rows == TABLE


def test_a_csv_may_begin_like_a_zip() -> None:
    assert read(b"PK,a\n", "a.csv").sheets[0].rows == [["PK", "a"]]


def test_a_csv_with_tabs() -> None:
    assert read("コード\t値\n001\t1,2\n".encode(), "a.csv").sheets[0].rows == [
        ["コード", "値"],
        ["001", "1,2"],
    ]


def test_a_csv_that_libreoffice_writes(typical: bytes, soffice: str, tmp_path: Path) -> None:
    source = tmp_path / "source.xlsx"
    source.write_bytes(typical)
    shift_jis = "Text - txt - csv (StarCalc):44,34,64,1"
    path = convert(soffice, source, f"csv:{shift_jis}")
    assert read(path.read_bytes(), "a.csv").sheets[0].rows[2][1:6] == VALUES[0][:5]


@pytest.mark.parametrize(
    ("content", "hint"),
    [
        (b"a,b\n\x00,1\n", "文字ではない"),
        (b"\xff\xfea\x00,\x00", "UTF-16"),
        (b"ok\n\x81\xff\xfd\n", "2行目"),
        (b'a,b\n"open,1\n2', "引用符"),
        (b'a\n"b"c\n', "2行目"),
        (b"a" * 200_000, "文字数が多すぎ"),
        (b"," * 200_000, "列が多すぎ"),
        (b"," * 1000, "列が多すぎ"),
        (b'"\n",' + b"ab,\n" * 10 + b",".join([b"ab"] * 150_000), "列が多すぎ"),
        (b"a\n" * 100_001, "セルが多すぎ"),
        (b"," * 999 + b"\n" * 1001, "セルが多すぎ"),
    ],
)
def test_a_csv_that_is_none_is_refused(content: bytes, hint: str) -> None:
    with pytest.raises(Refused, match=hint):
        read(content, "a.csv")


# --- Other kinds of files ----------------------------------------------------------------------


def with_types(old: str, new: str, **more: str) -> bytes:
    files = members() | more
    files["[Content_Types].xml"] = files["[Content_Types].xml"].replace(old, new)
    return zipped(files)


OLE2 = bytes.fromhex("D0CF11E0A1B11AE1") + bytes(600)
FOREIGN: dict[str, tuple[bytes, str, str]] = {
    "nothing": (b"", "a.xlsx", "空です"),
    "xls": (OLE2, "a.xls", "古い形式"),
    "xls renamed": (OLE2, "a.xlsx", "古い形式"),
    "password": (OLE2 + "EncryptedPackage".encode("utf-16-le"), "a.xlsx", "パスワード"),
    "label": (
        OLE2 + "DRMEncryptedDataSpace EncryptedPackage".encode("utf-16-le"),
        "a.xlsx",
        "秘密度ラベル",
    ),
    "strict": (
        zipped(
            members()
            | {
                "_rels/.rels": members()["_rels/.rels"].replace(
                    "http://schemas.openxmlformats.org/officeDocument/2006",
                    "http://purl.oclc.org/ooxml/officeDocument",
                )
            }
        ),
        "a.xlsx",
        "Strict Open XML",
    ),
    "open elsewhere": (b"\x06owner" + b" " * 150, "~$a.xlsx", "開いている間だけ"),
    "pdf": (b"%PDF-1.7 ...", "a.xlsx", "PDFのファイル"),
    "png": (b"\x89PNG\r\n\x1a\n", "a.xlsx", "PNGのファイル"),
    "html": (b"<html><table>", "a.xlsx", "HTML"),
    "html as csv": (b"\n<!DOCTYPE html><table>", "a.csv", "HTML"),
    "csv renamed": ("あ,い\n".encode(), "a.xlsx", r"中身はテキスト.*\.csv"),
    "tsv": (b"a\tb\n", "a.tsv", r"\.csv"),
    "no suffix": (b"a,b\n", "a", "「なし」"),
    "xlsx renamed": (workbook(), "a.csv", r"中身はExcelブック.*\.xlsx"),
    "xlsx as xlsm": (workbook(), "a.xlsm", r"\.xlsx"),
    "xlsm": (with_types("spreadsheetml.sheet.main", "macroEnabled.main"), "a.xlsx", "マクロ"),
    "macros": (zipped(members() | {"xl/vbaProject.bin": "x"}), "a.xlsx", "マクロ"),
    "xlsb": (
        with_types(
            "vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
            "vnd.ms-excel.sheet.binary.macroEnabled.main",
        ),
        "a.xlsx",
        r"\.xlsb",
    ),
    "docx": (
        with_types("spreadsheetml.sheet.main", "wordprocessingml.document.main"),
        "a.xlsx",
        "Word",
    ),
    "xltx": (with_types("sheet.main", "template.main"), "a.xlsx", "以外"),
    "ods": (
        zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}),
        "a.xlsx",
        "OpenDocument",
    ),
    "zip": (zipped({"readme.txt": "x"}), "a.xlsx", "zipのファイル.*展開"),
    "zip as sent": (zipped({"a.xlsx": "x"}), "a.zip", "zipのファイル.*展開"),
    "cut off": (workbook()[:-200], "a.xlsx", "壊れて"),
    "too large": (b"a," * (5 * 2**20 + 1), "a.csv", r"10\.0 MB"),
}


@pytest.mark.parametrize("case", FOREIGN)
def test_what_is_no_table_is_refused_with_a_hint(case: str) -> None:
    content, name, hint = FOREIGN[case]
    with pytest.raises(Refused, match=hint) as refused:
        read(content, name)
    assert "ください" in refused.value.message


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("あ,い\n".encode(), "a.csv"),
        ("あ,い\n".encode("utf-16"), "a.txt"),
        (b"%PDF-1.7", "a.pdf"),
        (b"<?xml version='1.0'?><Workbook/>", "a.xml"),
        (b"\x00\x00\x00\x18ftypheic", "a.heic"),
    ],
)
def test_nobody_is_sent_to_csv_where_none_is_taken(content: bytes, name: str) -> None:
    with pytest.raises(Refused, match=r"Excelブック \(\.xlsx\) で") as refused:
        read(content, name, takes_csv=False)
    assert "CSV (.csv)" not in refused.value.message
    assert "テキスト" not in refused.value.message or b"\x00" not in content


@pytest.mark.parametrize("extension", ["xls", "ods", "xlsm"])
def test_libreoffices_other_formats_are_refused(
    extension: str, typical: bytes, soffice: str, tmp_path: Path
) -> None:
    source = tmp_path / "source.xlsx"
    source.write_bytes(typical)
    filters = {"xls": "MS Excel 97", "ods": "calc8", "xlsm": "Calc MS Excel 2007 VBA XML"}
    path = convert(soffice, source, f"{extension}:{filters[extension]}")
    hints = {"xls": "古い形式", "ods": "OpenDocument", "xlsm": "マクロ"}
    for name in ("a.xlsx", f"a.{extension}"):
        with pytest.raises(Refused, match=hints[extension]):
            read(path.read_bytes(), name)


BROKEN: dict[str, Callable[[bytes], bytes]] = {
    "cut": lambda content: content[: len(content) // 2],
    "flipped": lambda content: bytes(
        byte ^ 0xFF if n % 97 == 13 else byte for n, byte in enumerate(content)
    ),
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_file_is_refused(how: str, typical: bytes) -> None:
    with pytest.raises(Refused):
        read(BROKEN[how](typical), "a.xlsx")


@given(st.data())
@settings(max_examples=150)
def test_whatever_is_uploaded_is_read_or_refused(data: st.DataObject) -> None:
    files = members('<row r="1"><c r="A1" t="s"><v>0</v></c></row>', texts="<si><t>a</t></si>")
    name = data.draw(st.sampled_from(sorted(files)))
    text = files[name]
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 12)))
    other = data.draw(st.text(ascii_uppercase + "<>&\"'/=9 ", max_size=6))
    files[name] = text[:start] + other + text[end:]
    with suppress(Refused):
        read(zipped(files), "a.xlsx")
