"""What Excel, Teams and SharePoint put beside the cells of a workbook: extensions, parts, names."""

from __future__ import annotations

import base64
import re

from .excel_files import (
    DECLARATION,
    MAIN,
    OFFICE,
    STRICT,
    STYLES,
    TYPES,
    WORKBOOK,
    ExcelFile,
    Habit,
    binary_noise,
    coloured_far_out,
    escaped_line_ends,
    excels_attributes,
    figures_with_a_point,
    filtered,
    no_references,
    prefixed,
    readings,
    runs,
    shared_texts,
)

_SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_NEWER = "http://schemas.microsoft.com/office/spreadsheetml"
_X14 = f'xmlns:x14="{_NEWER}/2009/9/main" xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"'
_PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYPhfDwAChAGAf3YzGQAAAABJRU5ErkJggg=="
)
_CODE = re.compile(r'(<(?:numFmt|xf) [^>]*?numFmtId=")(\d+)(")')


# --- Inside the sheets and the book ---------------------------------------------------------------


def extensions(file: ExcelFile) -> None:
    """Rules that look at another sheet, and newer conditional formats, stand behind the rest."""
    for name in file.row_sheets:
        rule = (
            '<x14:dataValidation type="list" allowBlank="1" showErrorMessage="1">'
            "<x14:formula1><xm:f>_選択肢!$A$1:$A$6</xm:f></x14:formula1>"
            "<xm:sqref>I5:I9</xm:sqref></x14:dataValidation>"
        )
        bar = (
            '<x14:conditionalFormatting><x14:cfRule type="expression" priority="1" id="{1}">'
            "<xm:f>$H5&lt;0</xm:f><x14:dxf><font><b/></font></x14:dxf></x14:cfRule>"
            "<xm:sqref>H5:H9</xm:sqref></x14:conditionalFormatting>"
        )
        text = file.text(name)
        prefix = "x:" if "<x:worksheet" in text else ""
        lists = (
            f'<{prefix}extLst><{prefix}ext uri="{{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}}" {_X14}>'
            f'<x14:dataValidations count="1">{rule}</x14:dataValidations></{prefix}ext>'
            f'<{prefix}ext uri="{{78C0D931-6437-407d-A8EE-F0AAD7539E65}}" {_X14}>'
            f"<x14:conditionalFormattings>{bar}</x14:conditionalFormattings>"
            f"</{prefix}ext></{prefix}extLst></{prefix}worksheet>"
        )
        file.change(name, f"</{prefix}worksheet>", lists)


def protected_with_a_password(file: ExcelFile) -> None:
    """The section has locked its sheets and the order of the sheets with passwords of its own."""
    hashed = (
        'algorithmName="SHA-512" hashValue="7Yu0c1qjTmQ=" saltValue="c2FsdA==" spinCount="100000"'
    )
    for name in file.row_sheets:
        text = file.text(name)
        file.parts[name] = re.sub(r"<(x:)?sheetProtection ", rf"<\1sheetProtection {hashed} ", text)
    file.change(
        WORKBOOK,
        "<workbookProtection />",
        '<workbookProtection workbookAlgorithmName="SHA-512" workbookHashValue="7Yu0c1qjTmQ=" '
        'workbookSaltValue="c2FsdA==" workbookSpinCount="100000" lockStructure="1"/>',
    )


def names_and_views(file: ExcelFile) -> None:
    """Names that lead nowhere, a print area of someone's own, the path the book lay at."""
    text = file.text(WORKBOOK)
    path = (
        '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/'
        '2006"><mc:Choice Requires="x15"><x15ac:absPath url="Z:\\企画課\\照会\\" xmlns:x15ac='
        f'"{_NEWER}/2010/11/ac"/></mc:Choice></mc:AlternateContent>'
    )
    names = (
        '<definedName name="_xlnm.Print_Area" localSheetId="1">指標!$C$1:$N$9</definedName>'
        '<definedName name="_xlnm.Print_Area" localSheetId="2">#REF!</definedName>'
        '<definedName name="分類" hidden="1">[1]Sheet1!$A$1:$A$3</definedName>'
        '<definedName name="消えた">#REF!</definedName>'
    )
    text = text.replace("<workbookPr />", f'<workbookPr defaultThemeVersion="166925"/>{path}')
    text = text.replace("</definedNames>", f"{names}</definedNames>")
    file.parts[WORKBOOK] = DECLARATION + text.removeprefix(DECLARATION)


def shown_sheets(file: ExcelFile) -> None:
    """Programs without very hidden sheets hide them, or show them."""
    text = file.text(WORKBOOK).replace('state="veryHidden"', 'state="hidden"', 1)
    text = text.replace(' state="veryHidden"', "")
    file.parts[WORKBOOK] = text


def era_formats(file: ExcelFile) -> None:
    """Styles of dates that no cell of ours uses."""
    codes = ('[$-411]ge"."m"."d;@', '[$-ja-JP-x-gannen]ggge"年"m"月";@', 'yyyy"年"m"月"')
    formats = "".join(
        f'<numFmt numFmtId="{number}" formatCode="{code.replace(chr(34), "&quot;")}"/>'
        for number, code in enumerate(codes, 190)
    )
    text = file.text(STYLES).replace("</numFmts>", f"{formats}</numFmts>")
    styles = "".join(f'<xf numFmtId="{n}" xfId="0"/>' for n in (190, 191, 192, 27, 31, 55, 57, 58))
    file.parts[STYLES] = text.replace("</cellXfs>", f"{styles}</cellXfs>")


# --- Other parts ----------------------------------------------------------------------------------


def calculation_chain(file: ExcelFile) -> None:
    """The order of the formulas."""
    chain = f'{DECLARATION}<calcChain xmlns="{MAIN}"><c r="H5" i="2" l="1"/></calcChain>'
    file.add("xl/calcChain.xml", chain, f"{_SPREADSHEET}.calcChain+xml")
    file.relate(WORKBOOK, "calcChain", "calcChain.xml")


def links_to_other_books(file: ExcelFile) -> None:
    """A formula somewhere has looked into a book on the file server."""
    link = (
        f'{DECLARATION}<externalLink xmlns="{MAIN}"><externalBook xmlns:r="{OFFICE}" r:id="rId101">'
        '<sheetNames><sheetName val="集計"/></sheetNames><sheetDataSet><sheetData sheetId="0">'
        '<row r="1"><cell r="A1"><v>5</v></cell></row></sheetData></sheetDataSet>'
        "</externalBook></externalLink>"
    )
    name = "xl/externalLinks/externalLink1.xml"
    file.add(name, link, f"{_SPREADSHEET}.externalLink+xml")
    file.relate(name, "externalLinkPath", "file:///Z:\\企画課\\集計.xlsx", "External")
    number = file.relate(WORKBOOK, "externalLink", "externalLinks/externalLink1.xml")
    links = f'<externalReferences><externalReference r:id="{number}"/></externalReferences>'
    file.change(WORKBOOK, "<definedNames>", f"{links}<definedNames>")


def comments_of_today(file: ExcelFile) -> None:
    """A comment that can be answered, its author, and the old comment Excel writes for it."""
    sheet, newer = file.row_sheets[0], f"{_NEWER}/2018/threadedcomments"
    number = "{9B41A4A5-5E5B-4C1C-9C4E-000000000001}"
    threaded = (
        f'{DECLARATION}<ThreadedComments xmlns="{newer}"><threadedComment ref="H5" dT='
        f'"2024-05-01T01:02:03.00" personId="{number}" id="{number}"><text>暫定です</text>'
        "</threadedComment></ThreadedComments>"
    )
    persons = (
        f'{DECLARATION}<personList xmlns="{newer}"><person displayName="福祉課" id="{number}" '
        'userId="S::fukushi" providerId="AD"/></personList>'
    )
    old = (
        f'{DECLARATION}<comments xmlns="{MAIN}"><authors><author>tc={number}</author></authors>'
        '<commentList><comment ref="H5" authorId="0" shapeId="0"><text><t>'
        "[スレッド化されたコメント]"
        "\n\nコメント:\n    暫定です</t></text></comment></commentList></comments>"
    )
    kind = "application/vnd.ms-excel"
    file.add("xl/threadedComments/threadedComment1.xml", threaded, f"{kind}.threadedcomments+xml")
    file.add("xl/persons/person.xml", persons, f"{kind}.person+xml")
    file.add("xl/comments1.xml", old, f"{_SPREADSHEET}.comments+xml")
    there = "http://schemas.microsoft.com/office/2017/10/relationships"
    file.relate(sheet, f"{there}/threadedComment", "../threadedComments/threadedComment1.xml")
    file.relate(WORKBOOK, f"{there}/person", "persons/person.xml")
    file.relate(sheet, "comments", "../comments1.xml")
    drawing = (
        '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:'
        'office" xmlns:x="urn:schemas-microsoft-com:office:excel"><v:shape id="_x0000_s1025" '
        'type="#_x0000_t202" style="position:absolute"><x:ClientData ObjectType="Note">'
        "<x:Row>4</x:Row><x:Column>7</x:Column></x:ClientData></v:shape></xml>"
    )
    file.parts["xl/drawings/vmlDrawing1.vml"] = drawing
    _default(file, "vml", "application/vnd.openxmlformats-officedocument.vmlDrawing")
    number = file.relate(sheet, "vmlDrawing", "../drawings/vmlDrawing1.vml")
    _last(file, sheet, "legacyDrawing", number)


def a_picture(file: ExcelFile) -> None:
    """A stamp pasted onto the sheet."""
    sheet, draw = file.row_sheets[0], "http://schemas.openxmlformats.org/drawingml/2006"
    anchor = (
        "<xdr:from><xdr:col>2</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>4</xdr:row>"
        "<xdr:rowOff>0</xdr:rowOff></xdr:from>"
    )
    drawing = (
        f'{DECLARATION}<xdr:wsDr xmlns:xdr="{draw}/spreadsheetDrawing" xmlns:a="{draw}/main">'
        f"<xdr:oneCellAnchor>{anchor}"
        '<xdr:ext cx="9525" cy="9525"/><xdr:pic><xdr:nvPicPr><xdr:cNvPr id="2" name="図 1"/>'
        f'<xdr:cNvPicPr/></xdr:nvPicPr><xdr:blipFill><a:blip xmlns:r="{OFFICE}" r:embed="rId101"/>'
        '</xdr:blipFill><xdr:spPr><a:prstGeom prst="rect"/></xdr:spPr></xdr:pic>'
        "<xdr:clientData/></xdr:oneCellAnchor></xdr:wsDr>"
    )
    file.parts["xl/media/image1.png"] = _PNG
    _default(file, "png", "image/png")
    name = "xl/drawings/drawing1.xml"
    file.add(name, drawing, "application/vnd.openxmlformats-officedocument.drawing+xml")
    file.relate(name, "image", "../media/image1.png")
    number = file.relate(sheet, "drawing", "../drawings/drawing1.xml")
    _last(file, sheet, "drawing", number)


def printer(file: ExcelFile) -> None:
    """What the printer of the section is set to."""
    file.parts["xl/printerSettings/printerSettings1.bin"] = "複合機".encode("utf-16-le") * 40
    _default(file, "bin", f"{_SPREADSHEET}.printerSettings")
    file.relate(file.row_sheets[0], "printerSettings", "../printerSettings/printerSettings1.bin")


def labels(file: ExcelFile) -> None:
    """What Teams, SharePoint and Power Query leave: labels, properties, queries in UTF-16."""
    label = (
        f'{DECLARATION}<clbl:labelList xmlns:clbl="http://schemas.microsoft.com/office/2020/'
        'mipLabelMetadata"><clbl:label id="{1}" enabled="1" method="Privileged" siteId="{2}" '
        'contentBits="0" removed="0"/></clbl:labelList>'
    )
    file.add(
        "docMetadata/LabelInfo.xml", label, "application/vnd.ms-office.classificationlabels+xml"
    )
    there = "http://schemas.microsoft.com/office/2020/02/relationships/classificationlabels"
    file.relate("", there, "docMetadata/LabelInfo.xml")
    kinds = "http://schemas.openxmlformats.org/officeDocument/2006"
    known = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
    properties = (
        f'{DECLARATION}<Properties xmlns="{kinds}/custom-properties" xmlns:vt="{kinds}/'
        f'docPropsVTypes"><property fmtid="{known}" pid="2" name="MSIP_Label_1_Enabled">'
        f'<vt:lpwstr>true</vt:lpwstr></property><property fmtid="{known}" pid="3" '
        'name="MediaServiceImageTags"><vt:lpwstr></vt:lpwstr></property></Properties>'
    )
    file.add(
        "docProps/custom.xml",
        properties,
        "application/vnd.openxmlformats-officedocument.custom-properties+xml",
    )
    file.relate("", "custom-properties", "docProps/custom.xml")
    query = (
        '<?xml version="1.0" encoding="utf-16"?><DataMashup sqmid="{1}" '
        'xmlns="http://schemas.microsoft.com/DataMashup">AAAAABQDAABQSwME</DataMashup>'
    )
    file.parts["customXml/item1.xml"] = b"\xff\xfe" + query.encode("utf-16-le")
    file.parts["customXml/item2.xml"] = "<p:properties xmlns:p='urn:p'><note/></p:properties>"
    for number in (1, 2):
        file.relate(WORKBOOK, "customXml", f"../customXml/item{number}.xml")


def _default(file: ExcelFile, ending: str, kind: str) -> None:
    default = f'<Default Extension="{ending}" ContentType="{kind}"/>'
    file.change(TYPES, '<Default Extension="rels"', f'{default}<Default Extension="rels"')


def _last(file: ExcelFile, sheet: str, element: str, number: str) -> None:
    """Put a reference to a drawing where Excel puts it: behind all but the extensions."""
    text = file.text(sheet)
    prefix = "x:" if "<x:worksheet" in text else ""
    reference = f'<{prefix}{element} xmlns:r="{OFFICE}" r:id="{number}"/>'
    behind = [f"<{prefix}legacyDrawing ", f"<{prefix}extLst>", f"</{prefix}worksheet>"]
    end = next(each for each in behind if each in text)
    file.change(sheet, end, f"{reference}{end}")


HABITS: tuple[Habit, ...] = (
    shared_texts,
    readings,
    runs,
    escaped_line_ends,
    binary_noise,
    figures_with_a_point,
    filtered,
    excels_attributes,
    era_formats,
    names_and_views,
    shown_sheets,
    protected_with_a_password,
    no_references,
    coloured_far_out,
    prefixed,
    extensions,
    calculation_chain,
    links_to_other_books,
    comments_of_today,
    a_picture,
    printer,
    labels,
)
"""In an order in which any of them can be had together."""


# --- What changes the book ------------------------------------------------------------------------


def strict(file: ExcelFile) -> None:
    """Excel's "Strict Open XML": the same in other namespaces."""
    for name, part in file.parts.items():
        if isinstance(part, str):
            part = part.replace(MAIN, f"{STRICT}/spreadsheetml/main")
            part = part.replace(OFFICE, f"{STRICT}/officeDocument/relationships")
            file.parts[name] = part
    file.change(WORKBOOK, "<workbook ", '<workbook conformance="strict" ')


def copied_sheet(file: ExcelFile) -> None:
    """The sheet of figures has been copied within the book."""
    name = "xl/worksheets/sheet9.xml"
    kind = f"{_SPREADSHEET}.worksheet+xml"
    file.add(name, file.text(file.row_sheets[0]), kind)
    number = file.relate(WORKBOOK, "worksheet", "worksheets/sheet9.xml")
    file.change(
        WORKBOOK, "</sheets>", f'<sheet name="指標 (2)" sheetId="9" r:id="{number}"/></sheets>'
    )


def moved_sheet(file: ExcelFile) -> None:
    """The sheet of figures has been moved to a book of its own."""
    sheets = re.compile(r'<sheet name="(?!指標)[^>]*/>')
    file.parts[WORKBOOK] = sheets.sub("", file.text(WORKBOOK))
