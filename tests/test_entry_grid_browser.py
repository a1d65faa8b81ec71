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
    entry.answer_posts()
    entry.hush()
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
    assert "入力できない欄" not in said
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


# What LibreOffice 7.4 put on the clipboard for 20 × 3 cells: formatted figures, a percentage, text
# figures, a line break (which it turns into a blank) and quotes (which it leaves as they are).
LIBREOFFICE = """１，２３４\t未集計\t8月
▲ 1,234.5\t\ta b
62.5%\t\t彼は"はい"と言った
1,234,567\t\t"引用"
－\t\t"二行 の"引用
\t\t
▲3\t調査のない年\t　前に空白
(7)\t\ttab in
""" + "".join(f"{number}\t\tn{number}\n" for number in range(9, 21))


def test_the_clipboard_of_libreoffice_is_pasted_by_key(entry: EntryPage) -> None:
    entry.copy(LIBREOFFICE)
    entry.go("series-1-value")
    entry.press("Control+v")
    expect(notice(entry, "paste")).to_contain_text("20行×3列（57個の値）")
    assert entry.column("value", range(1, 10)) == [
        "1234", "-1234.5", "62.5", "1234567", "", "", "-3", "(7)", "9",
    ]  # fmt: skip
    assert entry.column("missing_reason", range(1, 8)) == [
        "uncounted", "", "", "", "", "", "no_survey",
    ]  # fmt: skip
    assert entry.column("expected_on", range(2, 5)) == ["a b", '彼は"はい"と言った', '"引用"']
    assert entry.column("value", range(18, 21)) == ["18", "19", "20"]
    expect(notice(entry, "paste")).to_contain_text("数として読めない値1個")
    expect(notice(entry, "paste")).not_to_contain_text("はみ出した")
    # A block from a list on, and one figure by the browser itself.
    entry.copy("調査のない年\t9月")
    entry.go("series-9-missing_reason")
    entry.press("Control+v")
    assert entry.value("series-9-missing_reason") == "no_survey"
    assert entry.value("series-9-expected_on") == "9月"
    entry.copy("１２\n")
    entry.go("series-10-value")
    entry.press("Control+v", "Enter")
    assert entry.value("series-10-value") == "12"


def test_steps_are_undone_and_done_again(entry: EntryPage) -> None:
    undo = entry.page.get_by_role("button", name="元に戻す")
    redo = entry.page.get_by_role("button", name="やり直す")
    expect(undo).to_be_disabled()
    entry.go("series-1-value")
    entry.type("7")
    entry.press("Enter")
    entry.type("8")
    entry.paste("10\t未集計\n20\t\n30\t\n")
    entry.go("series-1-note")
    entry.type("注")
    entry.press("Control+z")  # the text being typed is the browser's
    assert (entry.focus, entry.value("series-1-note")) == ("series-1-note", "")
    entry.press("Control+z")  # the block goes as one step
    assert entry.focus == "series-2-value"
    assert entry.column("value", range(1, 5)) == ["7", "8", "", ""]
    assert entry.value("series-2-missing_reason") == ""
    entry.press("Control+z", "Control+z")
    assert entry.column("value", range(1, 5)) == ["", "", "", ""]
    expect(undo).to_be_disabled()
    entry.press("Control+y", "Control+y", "Control+Shift+z")
    assert entry.column("value", range(1, 5)) == ["7", "10", "20", "30"]
    expect(redo).to_be_disabled()
    undo.click()
    assert entry.column("value", range(1, 5)) == ["7", "8", "", ""]
    entry.go("series-1-is_provisional")
    entry.press("Space", "Control+z")
    assert not entry.page.is_checked("[name=series-1-is_provisional]")
    entry.press("Space")
    redo.wait_for()
    entry.go("series-9-value")
    expect(redo).to_be_disabled()  # another step has been taken since
    entry.later(1600)
    fields = entry.drafts[-1]["fields"]
    assert fields["series-1-value"] == "7"
    assert fields["series-2-value"] == "8"
    assert fields["series-1-is_provisional"] == "on"


def test_drafts_are_sent_and_kept_until_they_arrive(entry: EntryPage) -> None:
    status = entry.page.locator("#entry-status")
    entry.page.context.add_cookies([{"name": "csrftoken", "value": "newer-token", "url": ADDRESS}])
    entry.go("series-1-value")
    entry.type("10")
    entry.later(1400)
    assert entry.drafts == []
    assert entry.stored() == {"series-1-value": "10"}
    entry.later(200)
    entry.until(lambda: entry.stored() == {})
    assert entry.drafts == [{"fields": {"series-1-value": "10"}, "versions": {"series-1": "3"}}]
    assert entry.tokens == ["newer-token"]  # of the sign-in in another tab
    expect(status).to_have_text("下書きを保存しました 10:21")

    # Turning away sends at once; what was sent before is not sent again.
    entry.type("0")
    entry.page.evaluate("window.dispatchEvent(new Event('pagehide'))")
    entry.until(lambda: len(entry.drafts) == 2 and entry.stored() == {})
    assert entry.drafts[-1]["fields"] == {"series-1-value": "100"}

    for answer, words in (
        (None, "サーバーにつながりません"),
        ((503, {}), "サーバーが下書きを受け取れませんでした（503）"),
        ((302, {}), "サインインの期限が切れたため"),
        ((403, {}), "サインインし直す"),
        ((200, []), "送り直します"),
    ):
        entry.draft = answer
        entry.page.fill("[name=series-2-value]", words[:2])
        entry.later(1600)
        expect(status).to_contain_text(words)
        expect(status).to_contain_text("このブラウザーに控えてあります")
    assert entry.stored() == {"series-2-value": "送り"}
    sent = len(entry.drafts)
    entry.later(31_000)
    entry.until(lambda: len(entry.drafts) == sent + 1)
    entry.draft = (200, {"saved_at": "10:40"})
    entry.page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(status).to_have_text("下書きを保存しました 10:40")
    assert entry.stored() == {}

    # What the server refuses is said, kept, and does not hold back the other rows.
    entry.draft = (409, {"message": "締め切られました。", "rows": ["series-3"]})
    entry.page.fill("[name=series-3-value]", "30")
    entry.page.fill("[name=series-4-value]", "40")
    entry.later(1600)
    expect(status).to_contain_text("締め切られました。")
    assert entry.stored() == {"series-3-value": "30", "series-4-value": "40"}
    entry.draft = (200, {"saved_at": "10:50"})
    entry.later(1600)
    entry.until(lambda: entry.stored() == {"series-3-value": "30"})
    assert entry.drafts[-1]["fields"] == {"series-4-value": "40"}


def test_what_did_not_arrive_is_offered_again(entry: EntryPage) -> None:
    entry.answer_dialogs(accept=True)
    entry.draft = None
    for number, value in ((1, "10"), (2, "２０"), (3, "30"), (4, "40")):
        entry.page.fill(f"[name=series-{number}-value]", value)
    entry.later(1600)
    # Meanwhile row 2 was saved as typed, row 3 by somebody else with another value.
    entry.html = sheet(versions={2: 4, 3: 4}, values={2: "20", 3: "31"})
    entry.open()
    assert entry.column("value", range(1, 5)) == ["10", "20", "31", "40"]
    expect(entry.page.locator("td[data-changed] input")).to_have_count(2)
    expect(notice(entry, "restored")).to_contain_text("送れていなかった入力2件")
    aside = notice(entry, "aside")
    expect(aside).to_contain_text("指標3 実績値：30")
    expect(aside).not_to_contain_text("指標2")
    entry.draft = (200, {"saved_at": "11:00"})
    entry.later(1600)
    assert entry.drafts[-1]["fields"] == {"series-1-value": "10", "series-4-value": "40"}
    entry.until(lambda: entry.stored() == {"series-3-value": "30"})
    aside.get_by_role("button", name="この値を欄に入れる").click()
    assert entry.value("series-3-value") == "30"
    entry.later(1600)
    entry.until(lambda: entry.stored() == {})
    assert entry.drafts[-1] == {
        "fields": {"series-3-value": "30"},
        "versions": {"series-3": "4"},
    }
    notice(entry, "restored").get_by_role("button", name="戻した入力を取り消す").click()
    assert entry.column("value", range(1, 5)) == ["", "20", "30", ""]
    entry.later(1600)
    entry.until(lambda: entry.stored() == {})

    # A page the browser had put by is loaded anew, without a question.
    entry.dialogs.clear()
    entry.html = sheet(values={1: "99"})
    show = "window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))"
    with entry.page.expect_navigation():
        entry.page.evaluate(show)
    assert entry.value("series-1-value") == "99"
    assert entry.dialogs == []


def test_leaving_is_asked_about_and_a_form_is_sent_once(entry: EntryPage) -> None:
    entry.answer_dialogs(accept=False)
    entry.page.get_by_label("指標1 実績値").click()
    with entry.page.expect_navigation():
        entry.page.evaluate("location.reload()")  # nothing has been typed
    entry.page.get_by_label("指標1 実績値").click()
    entry.type("12")
    entry.later(1600)
    assert len(entry.drafts) == 1
    entry.page.evaluate("location.href = '/elsewhere/'")
    entry.later(100)
    assert entry.dialogs == ["beforeunload"]  # a draft is no answer yet
    assert entry.value("series-1-value") == "12"

    entry.type("3")
    entry.hold_posts = True  # the second click comes while the answer to the first is on its way
    entry.page.get_by_role("button", name="保存して提出").hover()
    for _click in range(2):  # with the mouse: scripts wait for a page that is on its way
        entry.page.mouse.down()
        entry.page.mouse.up()
        entry.until(lambda: len(entry.posts) > 0)
        entry.page.wait_for_timeout(500)
    assert [post["do"] for post in entry.posts] == [["submit"]]
    entry.answer_posts()
    assert entry.posts[0]["series-1-value"] == ["123"]
    assert entry.posts[0]["series-1-version"] == ["3"]
    assert entry.dialogs == ["beforeunload"]


def test_a_refused_form_is_still_unsaved(entry: EntryPage) -> None:
    entry.answer_dialogs(accept=True)
    entry.draft = None
    entry.html = (
        sheet(values={1: "12人", 2: "7"})
        .replace('data-saved-at=""', 'data-saved-at="10:05" data-unsaved data-owner="7"')
        .replace('value="12人"', 'value="12人" data-original="11"')
    )
    entry.open()
    expect(entry.page.locator("#entry-status")).to_have_text(
        "下書きを開いています（10:05 に自動保存）"
    )
    expect(entry.page.locator("td[data-changed] input")).to_have_value("12人")
    entry.later(1600)
    assert entry.drafts[-1]["fields"] == {"series-1-value": "12人"}
    assert entry.stored() == {}  # it is kept for this person only
    assert entry.page.evaluate("Object.keys(localStorage)") == ["/draft/#7"]
    entry.page.get_by_label("指標2 実績値").click()
    entry.open()
    assert entry.dialogs == ["beforeunload"]


def test_the_preview_shows_the_newest_answer_only(entry: EntryPage) -> None:
    def answer(asked: dict[str, Any]) -> dict[str, Any]:
        value = asked["fields"].get("series-1-value", "")
        warnings = ["前年度の10倍です。桁を確かめてください。"] if len(value) > 2 else []
        row = {"text": f"進捗率 {value}％／<b>順調</b>", "warnings": warnings, "error": ""}
        return {"rows": dict.fromkeys(asked["rows"], row)}

    entry.preview, entry.hold_previews = answer, True
    box = entry.page.get_by_label("指標1 実績値")
    output = entry.page.locator("[data-row=series-1] output")
    box.click()
    entry.type("1")
    entry.later(450)
    entry.type("00")
    assert entry.focus == "series-1-value"  # no answer is waited for
    entry.later(450)
    assert [asked["fields"]["series-1-value"] for asked in entry.previews] == ["1", "100"]
    assert entry.previews[0]["rows"] == ["series-1"]
    assert entry.previews[0]["fields"]["series-1-is_provisional"] == ""
    entry.answer_preview(1)
    expect(output).to_contain_text("進捗率 100％／<b>順調</b>")
    expect(box).to_have_accessible_description("前年度の10倍です。桁を確かめてください。")
    entry.answer_preview(0)
    entry.later(100)
    expect(output).to_contain_text("進捗率 100％")
    entry.hold_previews = False
    entry.page.keyboard.press("Backspace")
    entry.later(450)
    expect(output).to_have_text("進捗率 10％／<b>順調</b>")
    expect(box).to_have_accessible_description("")
    entry.hold_previews = True
    entry.type("5")
    entry.later(450)
    entry.held[-1].abort()
    expect(output).to_have_text("今は計算できません。")


def test_the_sheet_fits_a_desk_and_a_phone(entry: EntryPage) -> None:
    entry.go("series-2-value")
    entry.paste("1\n2\n3\n4\nx\n")
    entry.later(2000)
    entry.page.clock.resume()  # axe waits by the page's clock
    for width, height in ((1280, 500), (390, 844)):
        entry.page.set_viewport_size({"width": width, "height": height})
        assert axe_problems(entry.page) + overflow_problems(entry.page) == []
    label = "cell => getComputedStyle(cell, '::before').content"
    assert entry.page.locator("[data-row=series-2] td").nth(1).evaluate(label) == '"実績値"'
    entry.page.set_viewport_size({"width": 1280, "height": 500})
    entry.go("series-15-value")
    boxes = [
        entry.page.locator("thead th").first,
        entry.page.get_by_label("指標15 実績値"),
        entry.page.locator("[data-notice=paste]"),
        entry.page.get_by_role("button", name="保存", exact=True),
    ]
    area = "box => box.getBoundingClientRect()"
    head, cell, said, save = (box.evaluate(area) for box in boxes)
    assert abs(head["y"]) < 1  # the head has stayed in view
    assert head["bottom"] < cell["top"]
    assert cell["bottom"] < said["top"] < save["bottom"] <= 500
