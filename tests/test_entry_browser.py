"""The entry sheet in a real browser, with its scripts and the real server."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from indicators.models import Actual
from rounds.models import EntryDraft

from . import factories as make
from .browser import Browser, problems_of
from .entry_forms import sheet_url
from .people import make_people


def sign_in(browser: Browser, address: str, name: str) -> Page:
    page = browser.new_context(locale="ja-JP", viewport={"width": 1280, "height": 900}).new_page()
    page.goto(f"{address}/admin/login/")
    page.fill("#id_username", name)
    page.fill("#id_password", make.PASSWORD)
    page.press("#id_password", "Enter")
    page.wait_for_load_state()
    return page


def paste(page: Page, text: str) -> None:
    page.evaluate(
        """text => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text/plain", text);
            const options = {clipboardData, bubbles: true, cancelable: true};
            document.activeElement.dispatchEvent(new ClipboardEvent("paste", options));
        }""",
        text,
    )


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_typing_pasting_a_killed_tab_and_two_people(live_server: Any, chromium: Browser) -> None:
    people = make_people()
    plan = make.make_plan(people.kita)
    make.make_scheme(plan=plan)
    series = [make.make_indicator(plan, departments=[people.welfare]).series for _ in range(20)]
    for each in series[:2]:
        make.make_actual(each, 2022, 105)
    make.make_row(make.make_action(plan), [people.welfare])
    keys = [f"series-{each.pk}" for each in series]
    address = live_server.url
    url = address + sheet_url(make.make_request(plan), people.welfare)
    page = sign_in(chromium, address, "entry")
    found = problems_of(page, url)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))

    # What was typed is there again after the tab has been killed.
    page.set_viewport_size({"width": 1280, "height": 900})
    text = page.locator(".entry-reports textarea:visible").first
    assert text.evaluate("box => box.offsetHeight") >= 50  # three lines before any is typed
    page.fill(f"[name={keys[0]}-value]", "112")
    expect(page.locator("#entry-status")).to_contain_text("下書き")
    expect(page.locator(f"tr[data-row={keys[0]}] output")).to_contain_text("人が選ぶ評価")
    page.context.close()
    assert EntryDraft.objects.get().fields == {f"{keys[0]}-value": "112"}
    page = sign_in(chromium, address, "entry")
    page.goto(url)
    expect(page.locator(f"[name={keys[0]}-value]")).to_have_value("112")

    # A block of 20 rows and 3 columns.
    page.focus(f"[name={keys[0]}-value]")
    lines = [f"１{number:02}\t\t" for number in range(19)]
    paste(page, "\n".join([*lines, "\t未集計\tR8.8"]))
    expect(page.locator(f"[name={keys[18]}-value]")).to_have_value("118")
    expect(page.locator(f"[name={keys[19]}-missing_reason]")).to_have_value("not_compiled")

    # Somebody else saves one of them first.
    other = sign_in(chromium, address, "approver")
    other.goto(url)
    other.fill(f"[name={keys[3]}-value]", "99")
    other.click("button[value=save]")
    expect(other.locator(".messagelist")).to_contain_text("1件を保存しました")
    other.context.close()
    page.click("button[value=save]")
    clash = page.locator(f"tr[data-row={keys[3]}] .entry-clash")
    expect(clash).to_contain_text("103")
    expect(clash).to_contain_text("99")
    assert Actual.objects.filter(fiscal_year=2023).count() == 1
    page.check(f"[name={keys[3]}-choice][value=mine]")
    page.click("button[value=save]")
    expect(page.locator(".messagelist")).to_contain_text("20件を保存しました")
    assert Actual.objects.get(series=series[3], fiscal_year=2023).value == 103
    late = Actual.objects.get(series=series[19])
    assert (late.missing_reason, str(late.expected_on)) == ("not_compiled", "2026-08-01")
    assert not EntryDraft.objects.exists()
    page.context.close()
    assert [text for text in said if "Content Security Policy" in text] == []
    assert [what for _width, what in found if "entry" in what or "too wide" in what] == []
