"""A section's round in a real browser, by four people: 担当, 課長, 部主管課, 企画課."""

from decimal import Decimal

import pytest

from indicators.models import Actual
from measures.models import ProgressReport
from municipalities.access import Role
from plans.choices import WorkState

from . import factories as make
from .browser import Browser
from .lived_year.chromium import Chromium
from .people import make_people

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_sections_round_by_four_people(chromium: Browser, live_server) -> None:
    people = make_people()
    people.kita.has_lead_step = True
    people.kita.save()
    people.finance.is_lead = True
    people.finance.save()
    lead = make.make_user(Role.APPROVER, department=people.finance, username="lead")
    plan = make.make_plan(people.kita, title="きた市総合計画")
    series = make.make_series(people.kita, name="相談の件数", unit="件")
    make.make_indicator(plan, series, [people.welfare], label="1")
    make.make_actual(series, 2022, 100)
    row = make.make_row(make.make_action(plan, title="相談窓口"), [people.welfare])
    request = make.make_request(plan)
    address = f"/admin/rounds/request/{request.pk}/sheet/{people.welfare.pk}/"
    contexts = []

    def sign_in(user) -> Chromium:
        contexts.append(chromium.new_context(locale="ja-JP"))
        browser = Chromium(contexts[-1].new_page(), live_server.url, lambda page: None)
        browser.open("/admin/login/")
        browser.fill("ユーザー名", user.username)
        browser.fill("パスワード", make.PASSWORD)
        browser.press("ログイン")
        browser.open(address)
        return browser

    figure = f"{series.name} 実績値"
    entry, approver, head, planner = map(
        sign_in, (people.entry, people.approver, lead, people.planner)
    )
    (label,) = entry.empty(figure)
    entry.fill(label, "１２０")
    (result,) = entry.empty(" 成果")
    entry.fill(result, "窓口を増やした。")
    entry.press("保存して提出")
    assert "2件を提出しました。" in entry.text()

    approver.open(address)
    approver.tick(f"選ぶ（{label.removesuffix(' 実績値')}）")
    approver.fill("変更理由・差戻しの理由", "窓口別の数を確かめてください。")
    approver.press("選んだ行を差し戻す")
    assert "1件を差し戻しました。" in approver.text()

    entry.open(address)
    assert "差戻し：窓口別の数を確かめてください。" in entry.text()
    entry.fill(label, "121")
    entry.press("保存して提出")

    for person, button, said in (
        (approver, "承認する", "2件を承認しました。"),
        (head, "部主管課として確認する", "2件を部主管課の確認済にしました。"),
        (planner, "確認済にする", "2件を確認済にしました。"),
    ):
        person.open(address)
        person.press(button)
        assert said in person.text()

    actual = Actual.objects.get(series=series, fiscal_year=2023)
    assert (actual.value, actual.state) == (Decimal(121), WorkState.CHECKED)
    assert ProgressReport.objects.get(row=row).state == WorkState.CHECKED
    entry.open(address)
    assert not entry.empty(figure)
    assert "確認済" in entry.text()
    for context in contexts:
        context.close()
