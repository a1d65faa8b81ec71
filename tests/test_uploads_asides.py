"""What stands beside the cells of an uploaded workbook, and how much of it is read."""

from __future__ import annotations

import pytest

from municipalities.uploads import Refused, read
from municipalities.uploads.book import Asides

from .workbooks import members, zipped

ROW = '<row r="1"><c r="A1"><v>1</v></c></row>'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = "xl/worksheets/_rels/sheet1.xml.rels"


def relation(kind: str, target: str, mode: str = "") -> str:
    return f'<Relationship Id="r" Type="{OFFICE}/{kind}" Target="{target}"{mode}/>'


def comments(*texts: str) -> str:
    said = "".join(
        f'<comment ref="A{row}"><text><t>{text}</t></text></comment>'
        for row, text in enumerate(texts, start=1)
    )
    return f"<comments><commentList>{said}</commentList></comments>"


def asides(relations: str, **parts: str) -> Asides:
    """Return what is found beside the cells of a sheet that leads to these parts of the book."""
    files = members(ROW) | {RELATIONS: f"<Relationships>{relations}</Relationships>"}
    files |= {f"xl/{name}.xml": xml for name, xml in parts.items()}
    (sheet,) = read(zipped(files), "a.xlsx").sheets
    assert sheet.rows == [[1]]
    return sheet.asides


def test_comments_are_found_where_the_sheet_leads_to() -> None:
    leads = relation("comments", "../comments1.xml")
    assert asides(leads, comments1=comments("一", " \n ", "三\n行")).comments == {
        "A1": "一",
        "A3": "三 行",
    }
    assert asides(leads) == Asides()  # the part is not there
    assert asides(relation("vmlDrawing", "../comments1.xml"), comments1=comments("一")) == Asides()


def test_the_preface_of_a_conversation_is_left_out() -> None:
    leads = relation("comments", "../c.xml")
    words = ["[Threaded comment] Your version … Learn more: https://… Comment: 暫定: 県"]
    words += ["[確認] コメント: そのまま"]
    assert asides(leads, c=comments(*words)).comments == {
        "A1": "暫定: 県",
        "A2": "[確認] コメント: そのまま",
    }


def test_phonetic_guides_are_no_words() -> None:
    text = "<t>漢字</t><rPh><t>カンジ</t></rPh><t>です</t>"
    said = f'<comments><comment ref="A1"><text>{text}</text></comment></comments>'
    assert asides(relation("comments", "../c.xml"), c=said).comments == {"A1": "漢字です"}


def test_a_sheet_may_have_thousands_of_links() -> None:
    links = "".join(
        relation("hyperlink", f"https://example.com/{number}", ' TargetMode="External"')
        for number in range(5_000)
    )
    leads = f"{links}{relation('comments', '../c.xml')}"
    assert asides(leads, c=comments("一")).comments == {"A1": "一"}


def test_only_so_much_of_it_is_read() -> None:
    leads = relation("comments", "../c.xml") + relation("drawing", "../d.xml")
    shapes = "".join(f"<sp><txBody><p><t>{number}</t></p></txBody></sp>" for number in range(2_000))
    found = asides(leads, c=comments(*["あ" * 5_000, *"い" * 2_000]), d=f"<wsDr>{shapes}</wsDr>")
    assert len(found.comments) == len(found.boxes) == 1_000
    assert len(found.comments["A1"]) == 1_000
    assert asides(leads, c=comments("a" * (9 * 2**20))) == Asides()
    assert asides(leads, c=comments("a" * (9 * 2**20)), d=f"<wsDr>{shapes}</wsDr>").boxes


def test_what_cannot_be_read_there_is_a_broken_file() -> None:
    with pytest.raises(Refused, match="壊れて"):
        asides(relation("comments", "../c.xml"), c="<comments><comment>")
