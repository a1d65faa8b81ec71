"""The revision table on paper and on a phone, in Chromium."""

import io
import unicodedata
from itertools import pairwise

import pytest
from pypdf import PageObject, PdfReader

from rounds.record import publish

from .browser import Page, new_page
from .factories import make_correspondence, make_goal, make_measure, make_municipality, make_plan

pytestmark = pytest.mark.browser
DRAFT = "/mihon/kihon/revision/"
MARGIN = 12 / 25.4 * 72  # points; as css/revision.css says
SIZES = {"A4": (842, 595), "A3": (1191, 842)}


def printed(page: Page, address: str, size: str) -> PdfReader:
    """Print an address on paper lying on its side."""
    page.goto(address)
    return PdfReader(io.BytesIO(page.pdf(format=size, landscape=True)))


# A font may name a character by one that looks the same.
TWINS = str.maketrans("‧⺠⻁⻄⻑⻘⻝⻤⻨⻩⻭⻯⻲", "・民虎西長青食鬼麦黄歯竜亀")


def tight(text: str) -> str:
    """Return a text as one reads it on paper, without white space."""
    return "".join(unicodedata.normalize("NFKC", text).translate(TWINS).split())


def outside(page: PageObject) -> list[str]:
    """Return the pieces of text that begin beyond the margins of a page."""
    found = []
    right, top = float(page.mediabox.width) - MARGIN, float(page.mediabox.height) - MARGIN

    def look(text: str, cm: list[float], tm: list[float], *_font: object) -> None:
        x = cm[0] * tm[4] + cm[2] * tm[5] + cm[4]
        y = cm[1] * tm[4] + cm[3] * tm[5] + cm[5]
        if text.strip() and not (MARGIN - 1 <= x < right and 0 < y <= top + 1):
            found.append(f"{text!r} at {x:.0f}, {y:.0f}")

    page.extract_text(visitor_text=look)
    return found


@pytest.mark.parametrize("size", SIZES)
def test_the_draft_prints_whole_on_landscape_paper(site: str, page: Page, size: str) -> None:
    pages = printed(page, site + DRAFT, size).pages
    for sheet in pages:
        assert (sheet.mediabox.width, sheet.mediabox.height) == pytest.approx(SIZES[size], abs=2)
    text = tight("".join(sheet.extract_text() for sheet in pages))
    on_page = page.locator("table.revision :is(.revision-place, .revision-nodes a, p)")
    told = on_page.evaluate_all(
        """elements => elements.map(element => {
            const copy = element.cloneNode(true)
            copy.querySelectorAll(".visually-hidden").forEach(hidden => hidden.remove())
            return copy.textContent
        })"""
    )
    assert len(told) > 18 + 54
    assert [words for words in told if tight(words) not in text] == []
    assert [found for sheet in pages for found in outside(sheet)] == []


def test_nothing_is_wider_than_the_paper(site: str, page: Page) -> None:
    page.emulate_media(media="print")
    for width in (800, 1040):  # somewhat less than A4 lying on its side, and as much
        page.set_viewport_size({"width": width, "height": 700})
        page.goto(site + DRAFT)
        wider = page.evaluate(
            """() => [document.documentElement, ...document.querySelectorAll("table.revision *")]
                .filter(element => element.scrollWidth > element.clientWidth + 1
                    && getComputedStyle(element).display !== "inline")
                .map(element => element.tagName + element.className)"""
        )
        assert wider == []


@pytest.mark.django_db(transaction=True)
def test_heads_are_repeated_pages_numbered_and_rows_whole(live_server, page: Page) -> None:
    town = make_municipality("kita")
    old = make_plan(town, "zenki", title="前期計画")
    new = make_plan(town, "koki", title="後期計画", predecessor=old)
    goals = [make_goal(plan, title="目標") for plan in (new, old)]
    for number in range(20):
        sides = [
            make_measure(
                goal.plan,
                title=f"{name}の道{number:02}番",
                summary=f"文{number:02}番。{'市民とともに進めます。' * 12}{name}。",
                basic_goal=goal,
            )
            for name, goal in zip(("新", "旧"), goals, strict=True)
        ]
        make_correspondence(new, old, new_measure=sides[0], old_measure=sides[1])
    for plan in (old, new):
        publish(plan, "plan", by=None)
    pages = printed(page, f"{live_server.url}/kita/koki/revision/", "A4").pages
    texts = [tight(sheet.extract_text()) for sheet in pages]
    assert len(texts) > 2
    for number, text in enumerate(texts, start=1):
        assert tight("〔新〕後期計画") in text
        assert tight("〔旧〕前期計画") in text
        assert f"{number}/{len(texts)}" in text
        assert tight("〔変更") not in text  # the line says it on paper
    for number in range(20):
        parts = [f"新の道{number:02}番", f"旧の道{number:02}番", f"文{number:02}番。"]
        first, *others = [{at for at, text in enumerate(texts) if part in text} for part in parts]
        assert len(first) == 1
        assert all(other == first for other in others)


def test_on_a_phone_new_stands_above_old_and_it_is_still_a_table(site: str, chromium) -> None:
    with new_page(chromium, width=390) as page:
        page.goto(site + DRAFT)
        cells = page.locator("table.revision tbody tr").first.locator("td")
        boxes = [cell.bounding_box() for cell in cells.all()]
        for above, below in pairwise(boxes):
            assert above["y"] + above["height"] <= below["y"] + 1
        labels = cells.evaluate_all(
            "cells => cells.map(cell => getComputedStyle(cell, '::before').content)"
        )
        assert labels == ['"〔新〕"', '"〔旧〕"', '"備考"']
        table = page.get_by_role("table")
        assert table.get_by_role("row").count() == 1 + 18
        assert table.get_by_role("columnheader").count() == 3
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
