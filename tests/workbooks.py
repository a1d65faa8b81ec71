"""Workbooks written by hand, for what no program would write."""

import zipfile
from collections.abc import Mapping
from io import BytesIO

_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
SHEET = "xl/worksheets/sheet1.xml"
STYLES = """<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/><xf numFmtId="20"/>
<xf numFmtId="46"/><xf numFmtId="9"/></cellXfs>"""
"""What the s of a cell means here: 1 date, 2 date and time, 3 time, 4 duration, 5 per cent."""


def _relations(**targets: str) -> str:
    """Return the relations file: name of the type, target; the ids are those names."""
    relations = "".join(
        f'<Relationship Id="{kind}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for kind, target in targets.items()
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{relations}</Relationships>'


def members(
    rows: str = "", *, texts: str = "", properties: str = "", before: str = ""
) -> dict[str, str]:
    """Return the members of a workbook with one sheet: XML of its rows and of its shared texts."""
    return {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{SHEET_TYPE}"/></Types>',
        "_rels/.rels": _relations(officeDocument="xl/workbook.xml"),
        "xl/workbook.xml": f'<workbook {_MAIN} xmlns:r="{_OFFICE}">{properties}<sheets>'
        '<sheet name="実績" sheetId="1" r:id="worksheet"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _relations(
            worksheet="worksheets/sheet1.xml",
            sharedStrings="sharedStrings.xml",
            styles="styles.xml",
        ),
        "xl/sharedStrings.xml": f"<sst {_MAIN}>{texts}</sst>",
        "xl/styles.xml": f"<styleSheet {_MAIN}>{STYLES}</styleSheet>",
        SHEET: f"<worksheet {_MAIN}>{before}<sheetData>{rows}</sheetData></worksheet>",
    }


def zipped(files: Mapping[str, str | bytes]) -> bytes:
    """Return a zip of these files."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in files.items():
            package.writestr(name, data)
    return file.getvalue()


def workbook(rows: str = "", **more: str) -> bytes:
    """Return an xlsx with one sheet 実績 of these rows (XML)."""
    return zipped(members(rows, **more))
