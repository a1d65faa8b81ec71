"""Entry workbooks as Excel saves them: rewritten part by part the way Excel, and what feigns to be
Excel, writes them after somebody has opened and filled in one of ours.

Our own workbooks are plain: texts inside their cells, no extensions. A `Habit` rewrites one without
changing what it says; `ExcelFile.type` puts into a cell what Excel puts there.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from html import unescape
from io import BytesIO
from xml.sax.saxutils import escape

from .entry_books import Filled
from .workbooks import zipped

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT = "http://purl.oclc.org/ooxml"
WORKBOOK, WORKBOOK_RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
TYPES, STYLES, TEXTS = "[Content_Types].xml", "xl/styles.xml", "xl/sharedStrings.xml"
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
_CELL = re.compile(r'<c r="([A-Z]+)([0-9]+)"((?: \w+="[^"]*")*) ?(?:/>|>(.*?)</c>)', re.DOTALL)
_ROW = re.compile(r'<row r="([0-9]+)"([^>]*)>(.*?)</row>', re.DOTALL)
_INLINE = re.compile(r" t=\"inlineStr\"([^>]*)><is><t[^>]*>(.*?)</t></is></c>", re.DOTALL)
_ITEM = re.compile(r"<si><t([^>]*)>([^<]*)</t></si>")
_KANJI = re.compile("[一-鿿]+")


class ExcelFile:
    """The parts of a workbook; those of XML are texts."""

    def __init__(self, content: bytes) -> None:
        self.filled = Filled(content)
        self.parts: dict[str, str | bytes] = {}
        with zipfile.ZipFile(BytesIO(content)) as package:
            for name in package.namelist():
                self.parts[name] = package.read(name).decode()

    def to_bytes(self) -> bytes:
        return zipped(self.parts)

    def text(self, name: str) -> str:
        part = self.parts[name]
        assert isinstance(part, str)
        return part

    def change(self, name: str, old: str, new: str) -> None:
        """Replace what stands in a part once."""
        text = self.text(name)
        assert text.count(old) == 1, (name, old, text.count(old))
        self.parts[name] = text.replace(old, new)

    @property
    def sheets(self) -> list[str]:
        """The parts of the sheets, in their order."""
        return sorted(name for name in self.parts if name.startswith("xl/worksheets/sheet"))

    @property
    def row_sheets(self) -> list[str]:
        """The parts of the sheets with rows to fill in."""
        titles = [sheet.title for sheet in self.filled.book.worksheets]
        places = [titles.index(sheet.title) for sheet, _technical, _ids in self.filled.sheets()]
        return [self.sheets[place] for place in places]

    def add(self, name: str, content: str | bytes, kind: str = "", source: str = "") -> None:
        """Add a part of a content type; `source`: the part that leads to it."""
        self.parts[name] = content
        if kind:
            extra = f'<Override PartName="/{name}" ContentType="{kind}"/></Types>'
            self.change(TYPES, "</Types>", extra)

    def relate(self, source: str, kind: str, target: str, mode: str = "") -> str:
        """Add a relation and return its id; `kind` is the end of its type, or all of it."""
        folder, _slash, base = source.rpartition("/")
        name = f"{folder}/_rels/{base}.rels".lstrip("/")
        if name not in self.parts:
            package = "http://schemas.openxmlformats.org/package/2006/relationships"
            self.parts[name] = f'{DECLARATION}<Relationships xmlns="{package}"></Relationships>'
        number = f"rId{self.text(name).count('<Relationship ') + 101}"
        kind = kind if kind.startswith("http") else f"{OFFICE}/{kind}"
        mode = mode and f' TargetMode="{mode}"'
        relation = f'<Relationship Id="{number}" Type="{kind}" Target="{target}"{mode}/>'
        self.change(name, "</Relationships>", f"{relation}</Relationships>")
        return number

    # --- What somebody types ------------------------------------------------------------------

    def type(self, key: str, column: str, inside: str, kind: str = "", shown_as: str = "") -> None:
        """Put XML into a cell, of type `kind`, with a number format: an id of Excel's own or a
        code."""
        cell = self.filled.cell(key, column)
        titles = [sheet.title for sheet in self.filled.book.worksheets]
        part = self.sheets[titles.index(cell.parent.title)]
        match = next(
            match
            for match in _CELL.finditer(self.text(part))
            if f"{match[1]}{match[2]}" == cell.coordinate
        )
        style = self._style(match, shown_as) if shown_as else _attribute(match[3], "s")
        kind = kind and f' t="{kind}"'
        new = f'<c r="{cell.coordinate}" s="{style}"{kind}>{inside}</c>'
        self.parts[part] = self.text(part).replace(match[0], new)

    def _style(self, cell: re.Match[str], shown_as: str) -> str:
        """Return a style like that of a cell with another number format."""
        number = shown_as
        if not shown_as.isdecimal():
            number = str(200 + self.text(STYLES).count("<numFmt "))
            code = escape(shown_as, {'"': "&quot;"})
            new = f'<numFmt numFmtId="{number}" formatCode="{code}"/></numFmts>'
            self.change(STYLES, "</numFmts>", new)
        before, _start, after = self.text(STYLES).partition("<cellXfs")
        styles = re.findall(r"<xf [^>]*/>|<xf [^>]*>.*?</xf>", after.partition("</cellXfs>")[0])
        style = styles[int(_attribute(cell[3], "s"))]
        style = re.sub(
            r'numFmtId="\d+"', f'numFmtId="{number}" applyNumberFormat="1"', style, count=1
        )
        after = after.replace("</cellXfs>", f"{style}</cellXfs>")
        self.parts[STYLES] = f"{before}<cellXfs{after}"
        return str(len(styles))


def _attribute(attributes: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', attributes)
    return found[1] if found else ""


Habit = Callable[[ExcelFile], None]


# --- Texts ----------------------------------------------------------------------------------------


def shared_texts(file: ExcelFile) -> None:
    """Excel keeps all texts of a book in one part."""
    if TEXTS in file.parts:
        return
    texts: dict[str, int] = {}

    def refer(match: re.Match[str]) -> str:
        number = texts.setdefault(match[2], len(texts))
        return f' t="s"{match[1]}><v>{number}</v></c>'

    for name in file.sheets:
        file.parts[name] = _INLINE.sub(refer, file.text(name))
    items = "".join(f"<si><t{_space(text)}>{text}</t></si>" for text in texts)
    sst = f'<sst xmlns="{MAIN}" count="{len(texts) * 2}" uniqueCount="{len(texts)}">{items}</sst>'
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    file.add(TEXTS, DECLARATION + sst, kind)
    file.relate(WORKBOOK, "sharedStrings", "sharedStrings.xml")


def _space(text: str) -> str:
    return ' xml:space="preserve"' if text != text.strip() or "\n" in text else ""


def readings(file: ExcelFile) -> None:
    """What is typed through the input method has its reading beside it."""

    def read(match: re.Match[str]) -> str:
        found = _KANJI.search(unescape(match[2]))
        if found is None:
            return match[0]
        places = f'sb="{found.start()}" eb="{found.end()}"'
        reading = f'<rPh {places}><t>ヨミガナ</t></rPh><phoneticPr fontId="1"/>'
        return f"<si><t{match[1]}>{match[2]}</t>{reading}</si>"

    shared_texts(file)
    file.parts[TEXTS] = _ITEM.sub(read, file.text(TEXTS))


def runs(file: ExcelFile) -> None:
    """A text of which a part is bold, or was typed in another script, is made of runs."""

    def cut(match: re.Match[str]) -> str:
        text = unescape(match[2])
        middle = len(text) // 2
        look = '<rPr><b/><sz val="9"/><rFont val="ＭＳ ゴシック"/><charset val="128"/></rPr>'
        first, second = (escape(part) for part in (text[:middle], text[middle:]))
        return (
            f'<si><r><t xml:space="preserve">{first}</t></r>'
            f'<r>{look}<t xml:space="preserve">{second}</t></r>'
            '<rPh sb="0" eb="1"><t>ヨミ</t></rPh><phoneticPr fontId="1" type="noConversion"/></si>'
        )

    shared_texts(file)
    file.parts[TEXTS] = _ITEM.sub(cut, file.text(TEXTS))


def escaped_line_ends(file: ExcelFile) -> None:
    """Lines pasted from elsewhere end with a carriage return, which Excel escapes."""
    shared_texts(file)
    file.parts[TEXTS] = _ITEM.sub(
        lambda match: f"<si><t{match[1]}>{match[2].replace(chr(10), '_x000D_' + chr(10))}</t></si>",
        file.text(TEXTS),
    )


# --- Rows and cells -------------------------------------------------------------------------------


def excels_attributes(file: ExcelFile) -> None:
    """Names of versions on every root, spans and descents on every row."""
    mc = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    newer = "http://schemas.microsoft.com/office/spreadsheetml"
    names = (
        f'xmlns:r="{OFFICE}" xmlns:mc="{mc}" mc:Ignorable="x14ac xr" '
        f'xmlns:x14ac="{newer}/2009/9/ac" xmlns:xr="{newer}/2014/revision" '
        'xr:uid="{00000000-0001-0000-0000-000000000000}"'
    )
    for name in file.sheets:
        text = file.text(name).replace(f'xmlns="{MAIN}"', f'xmlns="{MAIN}" {names}', 1)
        text = re.sub(r'<row r="(\d+)"', r'<row r="\1" spans="1:14" x14ac:dyDescent="0.15"', text)
        text = text.replace(' t="n"', "")
        file.parts[name] = DECLARATION + text.removeprefix(DECLARATION)


def no_references(file: ExcelFile) -> None:
    """Some programs do not say where a row and a cell is: it is the next."""
    for name in file.sheets:
        text = file.text(name)
        last = 0
        rows = []
        for row in _ROW.finditer(text):
            rows += ["<row/>"] * (int(row[1]) - last - 1)
            last = int(row[1])
            cells, place = [], 0
            for cell in _CELL.finditer(row[3]):
                column = _column(cell[1])
                cells += ["<c/>"] * (column - place - 1)
                place = column
                cells.append(cell[0].replace(f' r="{cell[1]}{cell[2]}"', "", 1))
            rows.append(f"<row{row[2]}>{''.join(cells)}</row>")
        start, end = text.index("<sheetData>"), text.index("</sheetData>")
        file.parts[name] = f"{text[:start]}<sheetData>{''.join(rows)}{text[end:]}"


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def figures_with_a_point(file: ExcelFile) -> None:
    """Google writes whole numbers with a decimal point."""
    for name in file.sheets:
        text = file.text(name)
        pattern = re.compile(r'(<c r="[A-Z0-9]+"(?: s="\d+")?(?: t="n")?>)<v>(\d+)</v>')
        file.parts[name] = pattern.sub(r"\1<v>\2.0</v>", text)


def binary_noise(file: ExcelFile) -> None:
    """Excel writes the 17 digits of what a machine makes of a decimal."""
    for name in file.sheets:
        text = file.text(name)
        text = text.replace("<v>12.3</v>", "<v>12.300000000000001</v>")
        file.parts[name] = text.replace("<v>56.7</v>", "<v>56.699999999999996</v>")


def prefixed(file: ExcelFile) -> None:
    """What is made by Microsoft's own library has a prefix before every name."""
    for name in file.row_sheets:
        text = file.text(name).removeprefix(DECLARATION)
        text = re.sub(r"<(/?)(?=[A-Za-z]+[ />])(?!\w+:)", r"<\1x:", text)
        file.parts[name] = text.replace(f'xmlns="{MAIN}"', f'xmlns:x="{MAIN}"', 1)


def coloured_far_out(file: ExcelFile) -> None:
    """Whole columns and rows have been given a look, down to the last row there is."""
    for name in file.sheets:
        text = re.sub(r'<dimension ref="[^"]*"', '<dimension ref="A1:XFD1048576"', file.text(name))
        far = "".join(
            f'<row r="{row}" s="1" customFormat="1" ht="13.5"><c r="A{row}" s="1"/>'
            f'<c r="XFD{row}" s="1"/></row>'
            for row in (*range(2000, 2500), 1048576)
        )
        file.parts[name] = text.replace("</sheetData>", f"{far}</sheetData>")


def filtered(file: ExcelFile) -> None:
    """Rows hidden by a filter for what is not blank, and the order they were sorted in."""
    for name in file.row_sheets:
        text = file.text(name)
        area = re.search(r'<autoFilter ref="A(\d+):([A-Z]+\d+)" />', text)
        assert area is not None
        first = int(area[1]) + 1
        for row in range(first, first + 40, 2):
            text = text.replace(f'<row r="{row}"', f'<row r="{row}" hidden="1"')
        inside = (
            '<filterColumn colId="7"><customFilters><customFilter operator="notEqual" val=" "/>'
            f'</customFilters></filterColumn><sortState ref="A{first}:{area[2]}"><sortCondition '
            f'descending="1" ref="H{first}:H99"/></sortState></autoFilter>'
        )
        file.parts[name] = text.replace(area[0], area[0].replace(" />", ">") + inside)
