"""The sheets of the shipped plans on paper and on a phone."""

import io
import unicodedata

import pypdf
import pytest

from .browser import Page


@pytest.mark.browser
def test_a_sheet_is_printed_on_its_side_with_its_head_on_every_page(site: str, page: Page) -> None:
    page.goto(f"{site}/konan/sogo/measures/1-3-2/sheets/2022/")
    cells = page.locator("table.sheet tbody > tr > *").all_inner_texts()
    head = page.locator("table.sheet thead th").all_inner_texts()
    document = pypdf.PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    printed = [tight(sheet.extract_text()) for sheet in document.pages]
    for sheet, words in zip(document.pages, printed, strict=True):
        assert sheet.mediabox.width > sheet.mediabox.height
        if tight("人権擁護課") in words:
            assert tight("".join(head)) in words
    whole = "".join(printed)
    lines = {line for cell in cells for line in cell.split("\n") if tight(line) not in {"", "－"}}
    assert len(lines) > 20
    assert [line for line in lines if tight(line) not in whole] == []


@pytest.mark.browser
def test_on_a_phone_every_cell_stands_under_the_name_of_its_column(site: str, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{site}/mihon/mirai/measures/3-2-1/sheets/2025/")
    cells = page.locator("table.sheet td[data-label]")
    assert cells.count() > 8
    for cell in cells.all():
        box = cell.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
    budget = page.get_by_role("cell").filter(has_text="千円").first
    assert "予算額" in budget.evaluate("cell => getComputedStyle(cell, '::before').content")
    names = page.get_by_role("columnheader", include_hidden=True).all_inner_texts()
    assert "予算額" in names


def tight(text: str) -> str:
    """Return text as it can be compared: fonts print some signs by others of the same look."""
    return "".join(unicodedata.normalize("NFKC", text).replace("‧", "・").split())
