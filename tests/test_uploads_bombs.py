"""Files made to fill a server's memory or to keep it busy: refused early, and cheaply."""

import struct
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from municipalities.uploads import Refused, limits, read

from .workbooks import SHEET, members, workbook, zipped

ROOT = Path(__file__).resolve().parent.parent
FAR = '<row r="1"><c r="A1"><v>1</v></c></row>'
LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)
EXTERNAL = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'


def far(cell: str) -> bytes:
    return workbook(f'{FAR}<row r="2">{cell}</row>')


def edited(name: str, old: str, new: str) -> bytes:
    files = members(FAR)
    assert old in files[name]
    return zipped(files | {name: files[name].replace(old, new)})


def padded(megabytes: int) -> bytes:
    """A workbook with a sheet of this size."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        for name, data in members(FAR).items():
            package.writestr(name, data)
        with package.open("xl/worksheets/sheet2.xml", "w") as part:
            for _ in range(megabytes):
                part.write(b" " * 2**20)
    return file.getvalue()


def lying(megabytes: int) -> bytes:
    """The same, with headers that say the sheet holds a hundred bytes."""
    real = struct.pack("<L", megabytes * 2**20)
    content = padded(megabytes)
    assert real in content
    return content.replace(real, struct.pack("<L", 100))


def same_data_many_times(times: int) -> bytes:
    """A package whose directory lists one member again and again under other names."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in members(FAR).items():
            package.writestr(name, data)
        package.writestr("xl/media/a.bin", bytes(2**20))
        last = package.infolist()[-1]
        for number in range(times):
            other = zipfile.ZipInfo(f"xl/media/{number}.bin")
            for field in ("header_offset", "compress_size", "file_size", "CRC", "compress_type"):
                setattr(other, field, getattr(last, field))
            package.filelist.append(other)
    return file.getvalue()


def nested() -> bytes:
    """A package one of whose members is read a second time as a part of another."""
    inner = zipped({"xl/media/b.bin": bytes(1000)})
    part = zipfile.ZipFile(BytesIO(inner)).infolist()[0]
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        for name, data in (members(FAR) | {"xl/media/a.bin": inner}).items():
            package.writestr(name, data)
        start = package.infolist()[-1].header_offset + 30 + len("xl/media/a.bin")
        part.header_offset += start
        package.filelist.append(part)
    return file.getvalue()


def twice(name: str) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        for member, data in members(FAR).items():
            package.writestr(member, data)
        with pytest.warns(UserWarning, match="Duplicate"):
            package.writestr(name, members(FAR)[name])
    return file.getvalue()


def _cells_with(text: int) -> str:
    return f'<c t="s"><v>{text}</v></c>' * 100


def shared_text(cells: int, length: int) -> bytes:
    """One long text that many cells show."""
    rows = "".join(f'<row r="{row}">{_cells_with(1)}</row>' for row in range(1, cells // 100 + 1))
    return workbook(rows, texts=f"<si><t>a</t></si><si><t>{'a' * length}</t></si>")


def many_sheets(count: int, *, part: str = "worksheet") -> bytes:
    """A book whose sheets are all the same part."""
    files = members(FAR)
    sheets = "".join(
        f'<sheet name="s{n}" sheetId="{n}" r:id="{part}"/>' for n in range(1, count + 1)
    )
    name = "xl/workbook.xml"
    start, _, end = files[name].partition("<sheets>")
    files[name] = f"{start}<sheets>{sheets}{end.partition('</sheet')[1]}s></workbook>"
    return zipped(files)


DECLARED = '<?xml version="1.0" encoding="Shift_JIS"?>'
BOMBS = {
    "200 MB sheet": (padded, [200], "64 MBを超える"),
    "lying sizes": (lying, [400], "壊れて"),
    "one member many times": (same_data_many_times, [200], "MBを超える|壊れて"),
    "overlapping members": (same_data_many_times, [3], "壊れて"),
    "nested members": (nested, [], "壊れて"),
    "member twice": (twice, [SHEET], "壊れて"),
    "many members": (
        lambda: zipped(members(FAR) | {f"xl/{n}.xml": "<a/>" for n in range(1001)}),
        [],
        "MBを超える",
    ),
    "laughs in the sheet": (edited, [SHEET, "<worksheet", f"{LAUGHS}<worksheet"], "文書型宣言"),
    "laughs in the texts": (
        edited,
        ["xl/sharedStrings.xml", "<sst", f"{LAUGHS}<sst"],
        "文書型宣言",
    ),
    "entity from outside": (edited, ["xl/workbook.xml", "<workb", f"{EXTERNAL}<workb"], "文書型"),
    "entity in another part": (
        lambda: zipped(members(FAR) | {"docProps/core.xml": f"{LAUGHS}<a>&c;</a>"}),
        [],
        "文書型宣言",
    ),
    "laughs in a query": (
        lambda: zipped(
            members(FAR) | {"customXml/item1.xml": f"{LAUGHS}<a>&c;</a>".encode("utf-16")}
        ),
        [],
        "文書型宣言",
    ),
    "doctype in small letters": (edited, [SHEET, "<worksheet", "<!doctype a><worksheet"], "文書型"),
    "other encoding": (edited, [SHEET, "<worksheet", f"{DECLARED}<worksheet"], "文字コード"),
    "utf-16": (
        lambda: zipped(members(FAR) | {SHEET: f"{LAUGHS}<worksheet/>".encode("utf-16")}),
        [],
        "文字コード",
    ),
    "far cell": (far, ['<c r="XFD1048576"><v>1</v></c>'], "XFD1048576"),
    "far row": (far, ['<c r="A1048576"><v>1</v></c>'], "A1048576"),
    "far column": (far, ['<c r="XFD2"><v>1</v></c>'], "XFD2"),
    "far, small letters": (far, ['<c r="xfd1048576"><v>1</v></c>'], "XFD1048576"),
    "far, single quotes": (far, ["<c r='XFD1048576'><v>1</v></c>"], "XFD1048576"),
    "far, spaces": (far, ['<c\n r \t= "XFD1048576"\n><v>1</v></c>'], "XFD1048576"),
    "far, character references": (far, ['<c r="&#88;F&#x44;1048576"><v>1</v></c>'], "XFD1048576"),
    "far, with a prefix": (
        far,
        [
            '<x:c xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
            'r="XFD1048576"><x:v>1</x:v></x:c>'
        ],
        "XFD1048576",
    ),
    "far, after an empty cell": (far, ['<c r="XFD2"/><c><v>1</v></c>'], "XFE2"),
    "far, by the row": (
        lambda: workbook('<row r="1048576"><c><v>1</v></c></row>'),
        [],
        "A1048576",
    ),
    "far inline text": (far, ['<c r="XFD9" t="inlineStr"><is><t>a</t></is></c>'], "XFD9"),
    "far formula": (far, ['<c r="XFD9"><f>1</f></c>'], "XFD9"),
    "beyond every sheet": (far, ['<c r="A99999999999"><v>1</v></c>'], "壊れて"),
    "row beyond every sheet": (
        lambda: workbook('<row r="4294967295"><c><v>1</v></c></row>'),
        [],
        "壊れて",
    ),
    "wide and long": (far, ['<c r="B90000"><v>1</v></c><c r="ALL1"><v>1</v></c>'], "多すぎ"),
    "many empty cells": (
        lambda: workbook("<row>" + "<c/>" * 6_000_001 + "</row>"),
        [],
        "MBを超える",
    ),
    "many errors": (
        lambda: workbook("<row>" + '<c t="e"><v>#</v></c>' * 1_400_000 + "</row>"),
        [],
        "まで広がって",
    ),
    "one text in many cells": (shared_text, [20_000, 30_000], "MBを超える"),
    "many texts": (lambda: workbook(FAR, texts="<si/>" * 6_000_001), [], "MBを超える"),
    "texts no cell shows": (lambda: workbook(FAR, texts="<si/>" * 1_000_001), [], "MBを超える"),
    "many sheets": (many_sheets, [201], "シートが多すぎ"),
    "one part as many sheets": (many_sheets, [2], "壊れて"),
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused(name: str) -> None:
    make, arguments, hint = BOMBS[name]
    content = make(*arguments)
    assert len(content) <= limits.UPLOAD
    with pytest.raises(Refused, match=hint):
        read(content, "a.xlsx")


def test_a_long_text_that_few_cells_show_is_read() -> None:
    """The exact sum is taken before anything is refused for its longest text."""
    rows = "".join(f'<row r="{n}">{_cells_with(0)}</row>' for n in range(1, 201))
    texts = f"<si><t>a</t></si><si><t>{'b' * 30_000}</t></si>"
    content = workbook(f'{rows}<row r="201"><c t="s"><v>1</v></c></row>', texts=texts)
    (sheet,) = read(content, "a.xlsx").sheets
    assert sheet.rows[199] == ["a"] * 100
    assert sheet.rows[200][0] == "b" * 30_000


_READ_ALONE = """
import sys
from django.conf import settings
settings.configure(USE_I18N=False)
from municipalities.uploads import Refused, read

def most():  # kilobytes; getrusage would count the parent's
    lines = open("/proc/self/status").read().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))

with open(sys.argv[1], "rb") as file:
    content = file.read()
before = most()
try:
    read(content, "a.xlsx")
except Refused:
    print(most() - before)
"""


def alone(script: str, file: Path) -> str:
    """Return what a script prints of a file in a process of its own, stopped after a minute."""
    done = subprocess.run(
        [sys.executable, "-c", script, file],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("name", BOMBS)
def test_refusing_takes_little_memory_and_comes_to_an_end(name: str, tmp_path: Path) -> None:
    """Counted are the kilobytes the reading adds; the time is a guard against hanging only."""
    make, arguments, _hint = BOMBS[name]
    file = tmp_path / "bomb.xlsx"
    file.write_bytes(make(*arguments))
    assert int(alone(_READ_ALONE, file)) < 200 * 1024


_MARK_ALONE = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30))
from django.conf import settings
settings.configure(USE_I18N=False)
from municipalities.uploads import Refused
from municipalities.uploads.marked import marked

with open(sys.argv[1], "rb") as file:
    content = file.read()
try:
    print(len(marked(content, [])))
except Refused as refused:
    print(refused.message)
"""
COLOURED = '<c r="XFD1048576" s="1"/>'


@pytest.mark.parametrize(
    ("behind", "said"),
    [
        ("", ""),
        ('<mergeCells><mergeCell ref="A1:C1048576"/></mergeCells>', "範囲が広すぎる"),
        ('<mergeCells><mergeCell ref="A:C"/></mergeCells>', "範囲が広すぎる"),
        ('<hyperlinks><hyperlink ref="&#65;1:C1048576" location="x"/></hyperlinks>', "広すぎる"),
    ],
)
def test_marking_takes_little_memory(behind: str, said: str, tmp_path: Path) -> None:
    """What reaches far out takes a gigabyte at most, or is refused."""
    files = members(f'{FAR}<row r="1048576">{COLOURED}</row>')
    files[SHEET] = files[SHEET].replace("</sheetData>", f"</sheetData>{behind}")
    file = tmp_path / "far.xlsx"
    file.write_bytes(zipped(files))
    printed = alone(_MARK_ALONE, file)
    assert said in printed if said else int(printed)
