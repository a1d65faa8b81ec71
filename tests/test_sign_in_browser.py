"""The session in a real browser: typing keeps it, and its end is said before anything is lost."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from . import factories as make
from .people import make_people


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_typing_goes_on_and_the_end_of_the_session_is_said(live_server: Any, page: Page) -> None:
    make_people()
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.clock.install()
    page.goto(f"{live_server.url}/admin/login/")
    page.fill("#id_username", "planner")
    page.fill("#id_password", make.PASSWORD)
    page.press("#id_password", "Enter")
    page.wait_for_load_state()
    page.goto(f"{live_server.url}/admin/plans/basicgoal/add/")
    notice = page.locator("#session-ended")
    page.clock.fast_forward(121_000)
    with page.expect_response("**/stay/") as answer:
        page.fill("#id_title", "くらし")
    assert answer.value.status == 204
    expect(notice).to_be_hidden()
    page.context.clear_cookies()
    page.clock.fast_forward(121_000)
    page.fill("#id_title", "くらしと仕事")
    expect(notice).to_be_visible()
    assert [text for text in told if "Content Security Policy" in text] == []
