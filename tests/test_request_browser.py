"""Requests in a real browser: made without JavaScript, and every page at both widths."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from rounds.models import Request

from . import factories as make
from .browser import Browser, Page, problems_of
from .people import make_people
from .test_plan_admin_browser import kinds, sign_in

TODAY = timezone.localdate()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_request_is_made_sent_and_answered_on_paper(
    live_server: Any, chromium: Browser, page: Page
) -> None:
    people = make_people()
    plan = make.make_plan(people.kita, title="きた市総合計画")
    for section in (people.welfare, people.finance):
        make.make_indicator(plan, departments=[section])
        make.make_row(make.make_action(plan), [section])
    context = chromium.new_context(
        locale="ja-JP", java_script_enabled=False, viewport={"width": 390, "height": 844}
    )
    phone = context.new_page()
    sign_in(phone, live_server.url)
    phone.goto(f"{live_server.url}/admin/rounds/request/")
    phone.get_by_role("link", name="照会をつくる").click()
    phone.get_by_label("年度", exact=False).first.fill("R5")
    phone.get_by_label("時期").select_option("year_end")
    phone.get_by_label("きた市総合計画").check()
    phone.get_by_label("回答期限").fill(f"{TODAY + timedelta(days=14):%Y-%m-%d}")
    phone.get_by_role("button", name="保存して内容を確かめる").click()
    assert phone.locator("#asked tbody tr").count() == 2
    draft = phone.url
    sign_in(page, live_server.url)
    known = kinds(problems_of(page, f"{live_server.url}/admin/password_change/"))
    assert kinds(problems_of(page, draft)) <= known
    phone.get_by_role("button", name="照会する", exact=True).click()
    assert "回答済みの組織：0／2" in phone.locator("#replied").inner_text()
    phone.locator(f"#section-{people.welfare.pk}").get_by_text("回答を記録する").click()
    phone.get_by_label("決裁日").fill(f"{TODAY:%Y-%m-%d}")
    phone.get_by_label("文書番号").fill("福第12号")
    phone.get_by_role("button", name="回答を記録する").click()
    assert "回答済みの組織：1／2" in phone.locator("#replied").inner_text()
    assert "福第12号" in phone.locator("#board").inner_text()
    for line in phone.locator("#board tr[id^=section]").all():  # not stretched by narrow columns
        assert line.evaluate("line => line.offsetHeight") <= 120
    context.close()
    number = Request.objects.get().pk
    for address in (
        "new/",
        f"{number}/board/",
        f"{number}/edit/",
        f"{number}/text/",
        f"{number}/books/",
        f"{number}/reply/{people.welfare.pk}/",
    ):
        found = problems_of(page, f"{live_server.url}/admin/rounds/request/{address}")
        assert kinds(found) <= known, address
