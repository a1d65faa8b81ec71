"""Several workbooks dropped at once, in a real browser with the real server."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from exchange.models import EntryFile
from indicators.models import Actual
from municipalities.uploads import limits

from . import factories as make
from .browser import Browser, problems_of
from .entry_books import Filled
from .filled_workbooks import book_for
from .people import make_people
from .test_entry_browser import sign_in
from .test_plan_admin_browser import kinds


def drop(page: Page, files: dict[str, bytes]) -> None:
    """Drop files onto the place for them, as from a window of files."""
    page.evaluate(
        """files => {
            const dataTransfer = new DataTransfer();
            for (const [name, content] of Object.entries(files)) {
                const bytes = Uint8Array.from(atob(content), letter => letter.codePointAt(0));
                dataTransfer.items.add(new File([bytes], name));
            }
            const options = {dataTransfer, bubbles: true, cancelable: true};
            const place = document.getElementById("drop-place");
            place.dispatchEvent(new DragEvent("dragover", options));
            place.dispatchEvent(new DragEvent("drop", options));
        }""",
        {name: base64.b64encode(content).decode() for name, content in files.items()},
    )


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_files_are_dropped_looked_at_and_taken_in(live_server: Any, chromium: Browser) -> None:
    people = make_people()
    plan = make.make_plan(people.kita)
    sections = {"福祉課": people.welfare, "財政課": people.finance}
    series = {
        name: make.make_indicator(plan, departments=[section]).series
        for name, section in sections.items()
    }
    asked = make.make_request(plan)
    files = {
        f"回答_{name}.xlsx": Filled(book_for(asked, section))
        .fill(f"series-{series[name].pk}", value=place)
        .to_bytes()
        for place, (name, section) in enumerate(sections.items(), start=7)
    }
    page = sign_in(chromium, live_server.url, "planner")
    url = live_server.url + reverse("admin:rounds_request_entry_files", args=[asked.pk])
    known = kinds(problems_of(page, f"{live_server.url}/admin/password_change/"))
    assert kinds(problems_of(page, url)) <= known
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    spoiled = {"壊れた.xlsx": b"PK\x03\x04", "別の表.csv": "年度,値\n".encode()}
    drop(page, files | spoiled)
    progress = page.locator("#upload-progress")
    expect(progress).to_contain_text("4件のうち2件を受け取りました。")
    expect(progress.locator("li.refused")).to_have_count(2)
    expect(page.locator("#waiting tbody tr")).to_have_count(2)
    assert not EntryFile.objects.exists()
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.locator("#waiting .wide-table").evaluate("it => it.scrollWidth <= it.clientWidth")

    first = page.locator("#waiting tbody a").first
    preview = live_server.url + (first.get_attribute("href") or "")
    assert [text for text in said if "400" not in text] == []  # a refused file is answered so
    assert kinds(problems_of(page, preview)) <= known
    page.locator("details summary").first.click()
    corrected = page.locator(".entry-fix input[type=text]").first
    corrected.fill("7.0")
    with page.expect_navigation():
        corrected.press("Enter")  # as in Excel, after every cell
    expect(page.locator(".import-result")).to_contain_text("まだ何も書き込んでいません。")
    expect(page.locator(".entry-fix input[type=text]").first).to_have_value("7.0")
    assert not EntryFile.objects.exists()
    said.clear()
    page.goto(url)
    page.get_by_role("button", name="選んだファイルを取り込む").click()
    expect(progress).to_contain_text("2件のうち2件を取り込みました。")
    expect(page.locator("#kept tbody tr")).to_have_count(2)
    expect(page.locator("#waiting tbody tr")).to_have_count(0)
    values = Actual.objects.filter(fiscal_year=2023).values_list("series", "value")
    assert dict(values) == {series["福祉課"].pk: 7, series["財政課"].pk: 8}

    assert said == []
    with page.expect_event("requestfinished", lambda asked_for: asked_for.method == "GET"):
        drop(page, {"大きい.xlsx": b"0" * (limits.UPLOAD + 1)})  # then the lists are asked for
    expect(progress.locator("li.refused")).to_contain_text("大きすぎます")
    assert kinds(problems_of(page, url)) <= known
    page.context.close()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_what_was_refused_and_chosen_stays_in_sight(live_server: Any, chromium: Browser) -> None:
    """Two drops one upon the other, a session that ends, and a yes."""
    people = make_people()
    plan = make.make_plan(people.kita)
    series = make.make_indicator(plan, departments=[people.welfare]).series
    other = make.make_indicator(plan, departments=[people.finance]).series
    asked = make.make_request(plan)
    book = Filled(book_for(asked, people.welfare))
    good = book.fill(f"series-{series.pk}", value=7).to_bytes()
    wrong = book.fill(f"series-{series.pk}", value="多い").to_bytes()
    finance = Filled(book_for(asked, people.finance)).fill(f"series-{other.pk}", value=8)
    page = sign_in(chromium, live_server.url, "planner")
    url = live_server.url + reverse("admin:rounds_request_entry_files", args=[asked.pk])
    page.goto(url)
    drop(page, {"誤り.xlsx": wrong, "別の表.csv": "年度,値\n".encode()})
    drop(page, {"福祉課.xlsx": good, "福祉課 (1).xlsx": good})
    progress = page.locator("#upload-progress")
    expect(progress).to_contain_text(
        "2件のうち1件を受け取りました。そのうち1件は、このままでは取り込めません。"
    )
    expect(progress).to_contain_text("同じファイルが待っていたので、置き換えました。")
    expect(page.locator("#waiting tbody tr")).to_have_count(2)
    expect(progress.locator("li.refused")).to_have_count(2)

    expect(progress.get_by_role("status").last).to_contain_text("2件のうち1件を受け取りました。")
    welfare = page.get_by_role("checkbox", name="福祉課").last
    expect(welfare).not_to_be_checked()  # of two files of a section
    welfare.check()
    page.get_by_label("変更理由").fill("紙のとおり")
    drop(page, {"財政課.xlsx": finance.to_bytes()})
    expect(page.locator("#waiting tbody tr")).to_have_count(3)
    expect(page.locator("#waiting input[name=chosen]:checked")).to_have_count(2)
    expect(page.get_by_label("変更理由")).to_have_value("紙のとおり")
    welfare.uncheck()

    page.context.clear_cookies(name="sessionid")
    take = page.get_by_role("button", name="選んだファイルを取り込む")
    take.click()
    expect(progress).to_contain_text("サインインの期限が切れました")
    tab = page.context.new_page()
    tab.goto(url)
    tab.fill("#id_username", "planner")
    tab.fill("#id_password", make.PASSWORD)
    tab.press("#id_password", "Enter")
    tab.wait_for_url(url)
    batches = progress.locator("> div").count()
    take.dblclick()
    expect(progress.locator("> div")).to_have_count(batches + 1)
    expect(progress).to_contain_text("財政課.xlsx：取り込みました（1行")
    expect(progress).to_contain_text("別の表.csv")
    values = Actual.objects.filter(fiscal_year=2023).values_list("series", "value")
    assert dict(values) == {other.pk: 8}
    page.context.close()
