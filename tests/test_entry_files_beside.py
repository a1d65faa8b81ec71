"""What a section has written beside the boxes of its workbook: in comments, in text boxes, on the
cover. It is not taken in, and nobody has to find that out by missing it."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl.comments import Comment

from exchange.entry_book import layout
from municipalities.uploads.marked import marked

from . import factories as make
from .entry_books import Filled
from .entry_file_pages import Pages, Round, make_round
from .excel_files import ExcelFile
from .office import convert

pytestmark = pytest.mark.django_db
XLSX = "xlsx:Calc MS Excel 2007 XML"
DRAWINGS = "http://schemas.openxmlformats.org/drawingml/2006"
COMMENTS = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
THREADS = "application/vnd.ms-excel.threadedcomments+xml"
OF_THREADS = "http://schemas.microsoft.com/office/2017/10/relationships/threadedComment"
SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
NEW_SPREADSHEET = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"


@pytest.fixture
def round_() -> Round:
    return make_round()


@pytest.fixture
def pages(round_: Round) -> Pages:
    return Pages(round_.people.entry, round_.asked)


def notes(pages: Pages, content: bytes | Filled) -> list[str]:
    """Return what the preview of a file has to say."""
    pages.bring(content)
    return [note.text for note in pages.open().select("#notes li")]


def answered(round_: Round) -> Filled:
    return round_.book().fill(round_.figures[0], value=105)


def commented(round_: Round, *texts: str) -> Filled:
    """A workbook with a comment on each of its first figures."""
    book = answered(round_)
    for key, text in zip(round_.figures, texts, strict=False):
        book.cell(key, "value").comment = Comment(text, "福祉課")
    return book


def with_text_boxes(content: bytes, *texts: str) -> bytes:
    """Put text boxes on the sheet of figures, as Excel does."""
    file = ExcelFile(content)
    sheet = file.row_sheets[0]
    shapes = "".join(
        f"<xdr:twoCellAnchor><xdr:from><xdr:col>4</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>9"
        f"</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:from><xdr:to><xdr:col>7</xdr:col><xdr:colOff>0"
        f"</xdr:colOff><xdr:row>12</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:to>"
        f'<xdr:sp macro="" textlink=""><xdr:nvSpPr><xdr:cNvPr id="{number}" name="Box {number}"/>'
        f'<xdr:cNvSpPr txBox="1"/></xdr:nvSpPr><xdr:spPr><a:xfrm><a:off x="0" y="0"/>'
        f'<a:ext cx="1000000" cy="500000"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/>'
        f"</a:prstGeom></xdr:spPr><xdr:txBody><a:bodyPr/><a:lstStyle/>"
        + "".join(f"<a:p><a:r><a:t>{line}</a:t></a:r></a:p>" for line in text.split("\n"))
        + "</xdr:txBody></xdr:sp><xdr:clientData/></xdr:twoCellAnchor>"
        for number, text in enumerate(texts, start=2)
    )
    drawing = (
        f'<xdr:wsDr xmlns:xdr="{DRAWINGS}/spreadsheetDrawing" xmlns:a="{DRAWINGS}/main">'
        f"{shapes}</xdr:wsDr>"
    )
    kind = "application/vnd.openxmlformats-officedocument.drawing+xml"
    file.add("xl/drawings/drawing9.xml", drawing, kind)
    leads = file.relate(sheet, "drawing", "../drawings/drawing9.xml")
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    link = f'<drawing xmlns:r="{office}" r:id="{leads}"/></worksheet>'
    file.change(sheet, "</worksheet>", link)
    return file.to_bytes()


def test_comments_are_named_with_their_cells(round_: Round, pages: Pages) -> None:
    found = notes(pages, commented(round_, "去年と\n違います", "確かめ中"))
    assert found == [
        "シート「指標」のコメント（H5「去年と 違います」、H6「確かめ中」）は取り込みません。"
    ]
    assert "確かめてほしいことが1件" in pages.see_list().select_one("#waiting").text
    pages.open()
    pages.press()
    assert make.Actual.objects.filter(value=105).exists()


def test_what_an_import_has_marked_is_nobodys_comment(round_: Round, pages: Pages) -> None:
    wrong = commented(round_, "数え方").fill(round_.figures[0], value="不明")
    wrong.fill(round_.figures[1], value="未定")
    pages.bring(wrong)
    page = pages.open()
    assert len(page.select("tr.entry-row.wrong")) == 2
    answer = pages.client.get(pages.url("marked", pages.upload.pk))
    back = Filled(answer.content)
    assert "取込結果" in back.cell(round_.figures[1], "value").comment.text
    for key in round_.figures[:2]:
        back.fill(key, value=7)
    assert notes(pages, back) == ["シート「指標」のコメント（H5「数え方」）は取り込みません。"]
    assert notes(pages, marked(round_.book().to_bytes(), [])) == []


def test_a_conversation_in_excel_is_told_once(round_: Round, pages: Pages) -> None:
    """Excel keeps it in a part of its own, and beneath it a comment for older programs."""
    file = ExcelFile(answered(round_).to_bytes())
    sheet, cell = file.row_sheets[0], file.filled.cell(round_.figures[1], "value").coordinate
    old = (
        f'<comments xmlns="{SPREADSHEET}"><authors><author>tc={{1}}</author></authors>'
        f'<commentList><comment ref="{cell}" authorId="0"><text><r><t>[スレッド化されたコメント]\n'
        f"お使いのバージョンのExcelでは…\nコメント:\n    県の数と合いません</t></r>"
        f'<rPh sb="0" eb="1"><t>ケン</t></rPh></text></comment></commentList></comments>'
    )
    new = (
        f'<ThreadedComments xmlns="{NEW_SPREADSHEET}">'
        f'<threadedComment ref="{cell}" personId="{{1}}" id="{{2}}">'
        f"<text>県の数と合いません</text></threadedComment>"
        f'<threadedComment ref="{cell}" personId="{{1}}" id="{{3}}" parentId="{{2}}">'
        f"<text>照会中です</text></threadedComment></ThreadedComments>"
    )
    file.add("xl/threadedComments/threadedComment1.xml", new, THREADS)
    file.relate(sheet, OF_THREADS, "../threadedComments/threadedComment1.xml")
    file.add("xl/comments1.xml", old, COMMENTS)
    file.relate(sheet, "comments", "../comments1.xml")
    assert notes(pages, file.to_bytes()) == [
        f"シート「指標」のコメント（{cell}「県の数と合いません 照会中です」）は取り込みません。"
    ]


def test_text_boxes_are_told_and_pictures_are_not(round_: Round, pages: Pages) -> None:
    content = with_text_boxes(answered(round_).to_bytes(), "速報値\nです", "", "速報値\nです")
    assert notes(pages, content) == [
        "シート「指標」の図形に書かれた文字（「速報値 です」）は取り込みません。"
    ]


def test_so_it_is_when_libreoffice_has_saved_them(
    round_: Round, pages: Pages, soffice: str, tmp_path: Path
) -> None:
    source = tmp_path / "answer.xlsx"
    source.write_bytes(with_text_boxes(commented(round_, "数え方").to_bytes(), "速報値"))
    saved = convert(soffice, source, XLSX).read_bytes()
    assert notes(pages, saved) == [
        "シート「指標」のコメント（H5「数え方」）は取り込みません。",
        "シート「指標」の図形に書かれた文字（「速報値」）は取り込みません。",
    ]


def test_what_is_written_on_the_cover_is_told(round_: Round, pages: Pages) -> None:
    book = answered(round_)
    cover = book.book[str(layout.COVER)]
    cover["H40"] = "増えた理由は別に送ります。"
    cover.title = "かがみ"
    assert notes(pages, book) == [
        "シート「かがみ」の、入力欄ではないセル（H40「増えた理由は別に送ります。」）に"
        "書かれた内容は取り込みません。"
    ]


def test_the_cover_may_have_another_name(round_: Round, pages: Pages) -> None:
    book = answered(round_)
    book.book[str(layout.COVER)].title = "かがみ"
    assert notes(pages, book) == []


def test_a_sheet_in_place_of_the_cover_is_one_somebody_has_put_in(
    round_: Round, pages: Pages
) -> None:
    book = answered(round_)
    del book.book[str(layout.COVER)]
    book.book.create_sheet(str(layout.COVER))["A1"] = "回答します"
    assert notes(pages, book) == [
        "シート「表紙」は、足されたシートです。書かれた内容は取り込みません。"
    ]


def test_of_the_cover_of_former_times_nothing_is_known(round_: Round, pages: Pages) -> None:
    book = answered(round_)
    book.book[str(layout.COVER)]["H40"] = "増えた理由"
    for row in book.book[layout.ABOUT].iter_rows():
        if row[0].value == layout.COVER_TEXTS:
            row[0].value = row[1].value = None
    assert notes(pages, book) == []


def test_a_long_conversation_keeps_its_beginning(round_: Round, pages: Pages) -> None:
    texts = ["あ" * 40_000, "い", "う"]
    (found,) = notes(pages, commented(round_, *texts))
    assert len(found) < 200
    assert "H6「い」、H7「う」" in found
