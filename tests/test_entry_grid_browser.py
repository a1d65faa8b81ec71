"""The entry sheet's scripts in a real browser: keyboard, pasting, undoing, drafts, preview."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from .browser import axe_problems, overflow_problems
from .entry_page import ADDRESS, EntryPage, sheet

pytestmark = pytest.mark.browser


@pytest.fixture
def entry(page: Page) -> Iterator[EntryPage]:
    entry = EntryPage(page)
    entry.open()
    yield entry
    assert entry.problems == []


def notice(entry: EntryPage, name: str) -> Any:
    return entry.page.locator(f"[data-notice={name}]")


def test_keys_move_as_in_a_spreadsheet(entry: EntryPage) -> None:
    entry.go("series-1-value")
    entry.type("12")
    entry.press("Enter")
    assert entry.focus == "series-2-value"
    entry.press("ArrowDown", "ArrowDown")
    assert entry.focus == "series-4-value"
    entry.press("Enter")  # the closed row has nothing to fill in
    assert entry.focus == "series-6-value"
    entry.press("ArrowUp", "Shift+Enter", "ArrowUp", "ArrowUp")
    assert entry.focus == "series-1-value"
    entry.type("5")  # what is there is selected, and replaced
    assert entry.value("series-1-value") == "5"
    entry.press("ArrowLeft")  # within the text first
    entry.type("3")
    assert entry.value("series-1-value") == "35"
    entry.press("ArrowRight", "ArrowRight")
    assert entry.focus == "series-1-missing_reason"
    entry.press("ArrowDown")  # a list keeps its arrows
    assert (entry.focus, entry.value("series-1-missing_reason")) == (
        "series-1-missing_reason",
        "uncounted",
    )
    entry.press("Enter")
    assert entry.focus == "series-2-missing_reason"
    entry.press("Tab", "Tab", "Space", "ArrowDown")
    assert entry.page.is_checked("[name=series-2-is_provisional]")
    assert entry.focus == "series-3-is_provisional"
    entry.press("ArrowRight", "End", "ArrowDown", "F2", "ArrowLeft")
    assert entry.focus == "series-4-is_provisional"  # an empty text ends where it begins

    entry.go("series-20-value")
    entry.press("Enter")
    assert entry.focus == "series-20-value"
    entry.go("report-1-text")
    entry.type("一行目")
    entry.press("Enter")
    entry.type("二行目")
    entry.press("ArrowUp")
    assert (entry.focus, entry.value("report-1-text")) == ("report-1-text", "一行目\n二行目")
    entry.press("Control+ArrowDown")
    assert entry.focus == "report-2-text"
    entry.press("Shift+Control+Enter")
    assert entry.focus == "report-1-text"
    assert entry.posts == []  # Enter has sent nothing


def test_japanese_input_is_left_alone(entry: EntryPage) -> None:
    entry.go("series-1-note")
    session = entry.page.context.new_cdp_session(entry.page)
    session.send(
        "Input.imeSetComposition", {"text": "そくほう", "selectionStart": 4, "selectionEnd": 4}
    )
    key = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 229}
    for kind in ("rawKeyDown", "keyUp"):
        session.send("Input.dispatchKeyEvent", {"type": kind, **key})
    assert entry.focus == "series-1-note"
    entry.later(2000)
    assert entry.drafts == []  # nothing half converted is sent
    session.send("Input.insertText", {"text": "速報"})
    assert (entry.focus, entry.value("series-1-note")) == ("series-1-note", "速報")
    entry.later(2000)
    assert entry.drafts[-1]["fields"] == {"series-1-note": "速報"}
    entry.press("Enter")
    assert entry.focus == "series-2-note"


BLOCK = [
    ("１，２３４", "", "令和８年８月"),
    ("▲1,234.5", "", ""),
    ("62.5％", "", ""),
    ("－", "未集計", "8月"),
    ("5", "", "closed"),
    ("(12)", "", ""),
    ("12人", "", ""),
    ("△ 3", "no_survey", ""),
    ("−7", "", ""),
    ("0", "来年", ""),
    *[(str(number), "", "") for number in range(11, 21)],
]


def test_a_block_of_cells_is_pasted(entry: EntryPage) -> None:
    entry.page.fill("[name=series-11-missing_reason]", "") if False else None
    entry.go("series-1-value")
    assert entry.paste("\r\n".join("\t".join(line) for line in BLOCK) + "\r\n")
    assert entry.column("value", range(1, 12)) == [
        "1234", "-1234.5", "62.5", "", "", "(12)", "12人", "-3", "-7", "0", "11",
    ]  # fmt: skip
    assert entry.column("missing_reason", range(4, 11)) == [
        "uncounted", "", "", "", "no_survey", "", "",
    ]  # fmt: skip
    assert entry.value("series-4-expected_on") == "8月"
    said = notice(entry, "paste").inner_text()
    for words in (
        "20行×3列",
        "1行は年度の締切済みのため飛ばしました",
        "選択肢にない値1個は入れていません（「来年」）",
        "数として読めない値2個は、そのまま入れました（「(12)」「12人」）",
    ):
        assert words in said
    assert "はみ出した" not in said
    entry.later(1600)
    assert len(entry.drafts) == 1
    assert entry.drafts[0]["fields"]["series-2-value"] == "-1234.5"
    assert entry.drafts[0]["versions"]["series-2"] == "3"

    # Ticks, a cell of two lines in quotes, and what does not fit.
    entry.go("series-19-is_provisional")
    quoted = '"一行目\n""二"" 行目"'
    entry.paste(f"○\t{quoted}\tはみ出し\n\t説明\n1\t2\n")
    assert entry.page.is_checked("[name=series-19-is_provisional]")
    assert not entry.page.is_checked("[name=series-20-is_provisional]")
    assert entry.value("series-19-note") == '一行目 "二" 行目'
    expect(notice(entry, "paste")).to_contain_text(
        "表からはみ出した3個の値（下に1行、右に1列）は入っていません"
    )
    # A long text keeps its paragraphs; cells of a spreadsheet fill one below the other.
    entry.go("report-1-text")
    assert not entry.paste("一段落目\n二段落目")
    assert entry.paste("一\n二\n", "<table><tr><td>一</td></tr><tr><td>二</td></tr></table>")
    assert (entry.value("report-1-text"), entry.value("report-2-text")) == ("一", "二")
    entry.paste('"改行の\nある ""一つ"" の升"\r\n')
    assert entry.value("report-1-text") == '一改行の\nある "一つ" の升'
    # One figure is pasted by the browser, and read when the cell is left.
    entry.go("series-1-value")
    assert not entry.paste("１２")
    entry.page.keyboard.insert_text("１２")
    entry.press("Tab")
    assert entry.value("series-1-value") == "12"
