"""The steps of the workflow on a row's own page."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from indicators.models import Actual
from municipalities.models import User
from plans.models import Plan

from . import factories as make
from .admin_pages import address, filled_in, save, sign_in
from .people import People, make_people
from .working_rows import make_figures, put, rows_of_every_kind


@pytest.fixture
def people(db: None) -> People:
    return make_people()


@pytest.fixture
def plan(people: People) -> Plan:
    return make.make_plan(people.kita)


def section(client: Client, row: Any) -> BeautifulSoup:
    page = client.get(address(type(row), "change", row.pk))
    return BeautifulSoup(page.content, "html.parser").select_one("section.workflow")


def buttons(client: Client, row: Any) -> list[str]:
    found = section(client, row).select("button[name=action]")
    return [button["value"].removeprefix("workflow_") for button in found]


def press(client: Client, row: Any, action: str, reason: str = "") -> str:
    """Press a button of the page as it stands, and return what is said then."""
    seen = section(client, row).select_one("input[name=seen]")
    data = {"action": f"workflow_{action}", "change_reason": reason}
    data["seen"] = seen["value"] if seen else f"{row.pk}:{row.version}"
    answer = client.post(address(type(row), "move", row.pk), data, follow=True)
    assert answer.status_code == 200
    return BeautifulSoup(answer.content, "html.parser").select_one("#container").get_text(" ")


def state_of(row: Any) -> str:
    return type(row).objects.get(pk=row.pk).state


OFFERS = {
    "draft": {"entry": ["submit"], "approver": ["submit"], "planner": ["submit"]},
    "submitted": {
        "entry": ["withdraw"],
        "approver": ["approve", "return"],
        "head": ["approve", "return"],
        "planner": ["approve", "return"],
    },
    "approved": {"entry": [], "approver": ["return"], "planner": ["check", "return"]},
    "checked": {"entry": [], "approver": [], "planner": ["reopen"], "reader": []},
}


def test_the_page_offers_what_is_the_persons_to_do(people: People, plan: Plan) -> None:
    (row,) = make_figures(people, plan, 1)
    for state, by_person in OFFERS.items():
        put([row], state)
        for who, expected in by_person.items():
            client = sign_in(getattr(people, who))
            assert buttons(client, row) == expected, (state, who)


def test_a_row_goes_all_its_way_from_its_page(people: People, plan: Plan) -> None:
    (row,) = make_figures(people, plan, 1, changed_by=people.entry)
    entry, approver, planner = map(sign_in, (people.entry, people.approver, people.planner))
    assert "最後に内容を変えた人" in section(entry, row).get_text()
    assert str(people.entry) in section(entry, row).get_text()
    assert "1件を提出しました。" in press(entry, row, "submit")
    said = press(approver, row, "return")
    assert "差戻しの理由を入力してください。" in said
    assert "1件を差し戻しました。" in press(approver, row, "return", "桁を確認")
    assert row.history.first().history_change_reason == "桁を確認"
    press(entry, row, "submit")
    assert "1件を承認しました。" in press(approver, row, "approve")
    assert "1件を確認済にしました。" in press(planner, row, "check")
    assert state_of(row) == "checked"


def test_refusals_say_why(people: People, plan: Plan) -> None:
    (row,) = make_figures(people, plan, 1, state="submitted", changed_by=people.approver)
    approver = sign_in(people.approver)
    assert buttons(approver, row) == ["return"]
    text = section(approver, row).get_text()
    assert "承認：できません。自分が入力した内容の承認はできません。" in text
    assert "自分が入力した内容" in press(approver, row, "approve")
    make.make_lock(plan, 2023)
    planner = sign_in(people.planner)
    assert buttons(planner, row) == []
    assert "締め切られている" in section(planner, row).get_text()
    assert "締め切られている" in press(planner, row, "return", "理由")
    assert state_of(row) == "submitted"


def test_nobody_approves_what_has_changed_since(people: People, plan: Plan) -> None:
    (row,) = make_figures(people, plan, 1, state="submitted")
    approver = sign_in(people.approver)
    stale = {"action": "workflow_approve", "seen": f"{row.pk}:1"}
    Actual.objects.filter(pk=row.pk).update(version=2, value=9)
    answer = approver.post(address(Actual, "move", row.pk), stale)
    assert "ほかの人が先に変更しました" in answer.content.decode()
    assert state_of(row) == "submitted"


def test_every_kind_has_its_buttons_and_strangers_none(people: People, plan: Plan) -> None:
    planner = sign_in(people.planner)
    for row in rows_of_every_kind(people, plan).values():
        move = address(type(row), "move", row.pk)
        data = {"action": "workflow_return", "seen": f"{row.pk}:1", "change_reason": "理由"}

        def status(who: User, move: str = move, data: dict[str, str] = data) -> int:
            return sign_in(who).post(move, data).status_code

        assert (status(people.stranger), status(people.reader)) == (404, 403), type(row)
        assert status(people.colleague) == 403
        assert planner.post(move, data | {"action": "\0"}).status_code == 404
        assert state_of(row) == "submitted"
        assert "return" in buttons(planner, row), type(row)
        press(planner, row, "return", "理由")
        assert state_of(row) == "draft"


def test_a_form_with_errors_shows_the_stored_state(people: People, plan: Plan) -> None:
    (row,) = make_figures(people, plan, 1, state="submitted")
    planner, url = sign_in(people.planner), address(Actual, "change", row.pk)
    data = filled_in(planner, url)
    assert save(planner, url, data | {"state": "checked"}) != []
    page = planner.post(url, data | {"state": "checked"}).content
    facts = BeautifulSoup(page, "html.parser").select_one("section.workflow strong")
    assert facts.get_text() == "提出済"
