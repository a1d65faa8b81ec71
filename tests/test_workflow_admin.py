"""The workflow as people use it: chosen in a list, shown, confirmed; and the doors around it."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext

from exchange.plan_book.workbook import plan_workbook
from indicators.models import Actual, Judgement, Series
from indicators.resources import ActualResource
from measures.models import ReviewComment
from municipalities.access import Role
from municipalities.history import Door
from municipalities.models import Department, Municipality, User
from plans.models import Plan

from . import factories as make
from .admin_pages import address, filled_in, save, sign_in
from .flat_files import as_csv, imported, said
from .people import People, make_people
from .plan_books import bring
from .working_rows import rows_of_every_kind

FLAT = ["自治体", "系列コード", "年度", "時期", "実績値", "状態"]


@pytest.fixture
def people(db: None) -> People:
    return make_people()


@pytest.fixture
def plan(people: People) -> Plan:
    return make.make_plan(people.kita)


@pytest.fixture
def figure(people: People, plan: Plan) -> Actual:
    series = make.make_indicator(plan, departments=[people.welfare]).series
    return make.make_actual(series, value=1234, state="submitted", changed_by=people.entry)


def chosen(action: str, *rows: Any) -> dict[str, Any]:
    return {"action": f"workflow_{action}", "_selected_action": [row.pk for row in rows]}


def show(client: Client, action: str, *rows: Any, query: str = "") -> dict[str, Any]:
    """Choose rows in their list; return what the page that shows them would send."""
    url = address(type(rows[0]), "changelist") + query
    page = BeautifulSoup(client.post(url, chosen(action, *rows)).content, "html.parser")
    boxes = page.select("#move-form input[name]")
    data: dict[str, Any] = {}
    for box in boxes:
        if box["name"] == "_selected_action":
            data.setdefault("_selected_action", []).append(box["value"])
        else:
            data[box["name"]] = box.get("value", "")
    return data


def confirm(client: Client, row: Any, data: dict[str, Any], query: str = "") -> str:
    """Send that page; return the text of what comes back."""
    url = address(type(row), "changelist") + query
    answer = client.post(url, data, follow=True)
    assert answer.status_code == 200
    return BeautifulSoup(answer.content, "html.parser").get_text(" ", strip=True)


def move(client: Client, action: str, *rows: Any, **typed: str) -> str:
    return confirm(client, rows[0], show(client, action, *rows) | typed)


def state_of(row: models.Model) -> str:
    return type(row)._default_manager.get(pk=row.pk).state


# --- From the list -------------------------------------------------------------------------------


def test_a_figure_goes_from_its_section_to_the_planners(people: People, figure: Actual) -> None:
    Actual.objects.filter(pk=figure.pk).update(state="draft")
    steps = (
        ("entry", "submit", "1件を提出しました"),
        ("approver", "approve", "1件を承認しました"),
        ("planner", "check", "1件を確認済にしました"),
    )
    for who, action, words in steps:
        client = sign_in(getattr(people, who))
        url = address(Actual, "changelist")
        assert "1,234" in client.post(url, chosen(action, figure)).content.decode()
        assert words in move(client, action, figure)
        last = figure.history.first()
        assert (last.history_user, last.door) == (getattr(people, who), Door.ADMIN)
        assert last.history_change_reason
    assert state_of(figure) == "checked"


OFFERED = {
    "entry": "submit withdraw",
    "approver": "submit approve return",
    "head": "submit approve return",
    "planner": "submit approve check return reopen",
    "operator": "submit approve check return reopen",
    "reader": "",
}


@pytest.mark.parametrize("who", OFFERED)
def test_a_list_offers_what_the_person_can_do(people: People, plan: Plan, who: str) -> None:
    for row in rows_of_every_kind(people, plan).values():
        page = sign_in(getattr(people, who)).get(address(type(row), "changelist"))
        assert page.status_code == 200
        options = BeautifulSoup(page.content, "html.parser").select("[name=action] option")
        found = {option["value"].removeprefix("workflow_") for option in options}
        expected = set(OFFERED[who].split())
        if isinstance(row, Judgement | ReviewComment):  # planners write them
            is_planner = who in {"planner", "operator"}
            expected = {"submit", "check", "return", "reopen"} if is_planner else set()
        assert found - {"", "delete_selected"} == expected, type(row).__name__


def test_the_lead_section_is_asked_where_the_town_uses_it(people: People, figure: Actual) -> None:
    section = make.make_department(people.kita, "健康総務課", parent=people.division, is_lead=True)
    lead = sign_in(make.make_user(Role.APPROVER, department=section))
    move(sign_in(people.approver), "approve", figure)
    assert show(lead, "confirm", figure) == {}
    planner, url = sign_in(people.planner), address(Municipality, "change", people.kita.pk)
    assert save(planner, url, filled_in(planner, url) | {"has_lead_step": "on"}) == []
    assert "「承認済」の行に確認はできません" in move(planner, "check", figure)
    query = "?own=all"  # the list begins with the own section's rows
    data = show(lead, "confirm", figure, query=query)
    assert "1件を部主管課の確認済にしました" in confirm(lead, figure, data, query)
    assert "1件を確認済にしました" in move(planner, "check", figure)


def test_planners_say_which_section_leads(people: People) -> None:
    planner, url = sign_in(people.planner), address(Department, "change", people.welfare.pk)
    assert save(planner, url, filled_in(planner, url) | {"is_lead": "on"}) == []
    people.welfare.refresh_from_db()
    assert people.welfare.is_lead


def test_a_step_the_town_switched_off_is_passed_over(people: People, figure: Actual) -> None:
    planner, url = sign_in(people.planner), address(Municipality, "change", people.kita.pk)
    data = filled_in(planner, url)
    del data["has_approval_step"]
    assert save(planner, url, data) == []
    assert show(planner, "approve", figure) == {}
    assert "1件を確認済にしました" in move(planner, "check", figure)


def test_a_row_goes_back_with_a_reason_only(people: People, figure: Actual) -> None:
    approver = sign_in(people.approver)
    words = move(approver, "return", figure)
    assert "差戻しの理由を入力してください" in words
    assert "まだ1件も進めていません" in words
    assert state_of(figure) == "submitted"
    assert "1件を差し戻しました" in move(approver, "return", figure, change_reason="桁を確認")
    assert state_of(figure) == "draft"
    assert figure.history.first().history_change_reason == "桁を確認"


def test_own_figures_hide_in_no_bulk(people: People, plan: Plan, figure: Actual) -> None:
    own = make.make_actual(
        make.make_indicator(plan, departments=[people.welfare], name="自分の指標").series,
        state="submitted",
        changed_by=people.approver,
    )
    words = move(sign_in(people.approver), "approve", figure, own)
    assert f"{own}：自分が入力した内容の承認はできません" in words
    assert "まだ1件も進めていません" in words
    assert (state_of(figure), state_of(own)) == ("submitted", "submitted")
    assert "2件を承認しました" in move(sign_in(people.head), "approve", figure, own)


def test_what_changed_after_the_page_is_not_approved(people: People, figure: Actual) -> None:
    approver, entry = sign_in(people.approver), sign_in(people.entry)
    data = show(approver, "approve", figure)
    url = address(Actual, "change", figure.pk)
    assert save(entry, url, filled_in(entry, url) | {"value": "9999"}) == []
    words = confirm(approver, figure, data)
    assert "見た版：1、今の版：2" in words
    assert "9,999" in words  # the page shows the row as it is now
    assert state_of(figure) == "submitted"
    assert "1件を承認しました" in move(approver, "approve", figure)


def test_a_row_that_left_the_list_is_not_passed_over_in_silence(
    people: People, plan: Plan, figure: Actual
) -> None:
    other = make.make_actual(
        make.make_indicator(plan, departments=[people.welfare]).series, state="submitted"
    )
    approver, query = sign_in(people.approver), "?state__exact=submitted"
    data = show(approver, "approve", figure, other, query=query)
    move(sign_in(people.planner), "return", other, change_reason="確認のため")
    assert "1件の状態が変わりました" in confirm(approver, figure, data, query)
    assert state_of(figure) == "submitted"


def test_what_is_there_already_is_said(people: People, figure: Actual) -> None:
    move(sign_in(people.approver), "approve", figure)
    client = sign_in(people.head)
    answer = client.post(address(Actual, "changelist"), chosen("approve", figure), follow=True)
    assert "選択した行はすべて「承認済」です" in answer.content.decode()


@pytest.mark.parametrize("seen", ["", "x", "1:", ":1", "1:x 2", "99999999999999999999:1", "\0"])
def test_a_forged_page_approves_nothing(people: People, figure: Actual, seen: str) -> None:
    data = chosen("approve", figure) | {"post": "yes", "seen": seen}
    confirm(sign_in(people.approver), figure, data)
    assert state_of(figure) == "submitted"


@pytest.mark.parametrize("who", ["colleague", "reader", "stranger", "stranger_entry", "nobody"])
def test_nobody_else_moves_a_row(people: People, plan: Plan, who: str) -> None:
    client = sign_in(getattr(people, who))
    for row in rows_of_every_kind(people, plan).values():
        for action in ("submit", "withdraw", "approve", "check", "return", "reopen"):
            data = chosen(action, row) | {
                "post": "yes",
                "seen": f"{row.pk}:1",
                "change_reason": "理由",
            }
            client.post(address(type(row), "changelist") + "?own=all", data)
            assert (state_of(row), row.history.count()) == ("submitted", 1), action


def test_the_page_asks_as_much_for_few_as_for_many(people: People) -> None:
    client = sign_in(people.planner)

    def asked(count: int) -> dict[str, tuple[int, int]]:
        plans = [make.make_plan(people.kita) for _ in range(count)]
        kinds = [rows_of_every_kind(people, plan).values() for plan in plans]
        found = {}
        for rows in zip(*kinds, strict=True):
            url = address(type(rows[0]), "changelist")
            with CaptureQueriesContext(connection) as showing:
                client.post(url, chosen("return", *rows))
            data = show(client, "return", *rows) | {"change_reason": "理由"}
            with CaptureQueriesContext(connection) as moving:
                client.post(url, data)
            assert {state_of(row) for row in rows} == {"draft"}
            found[type(rows[0]).__name__] = len(showing), len(moving)
        return found

    asked(1)
    assert asked(3) == asked(25)


# --- Other doors ---------------------------------------------------------------------------------


def test_a_closed_year_is_closed_in_every_list(people: People, plan: Plan) -> None:
    rows = rows_of_every_kind(people, plan).values()
    make.make_lock(plan, 2023)
    for row in rows:
        client = sign_in(people.planner)
        words = move(client, "return", row, change_reason="理由")
        assert "締め切られているため" in words, type(row).__name__
        url = address(type(row), "change", row.pk)
        data = filled_in(client, url) | {"state": "draft", "change_reason": "理由"}
        assert any("締め切られて" in error for error in save(client, url, data))
        assert state_of(row) == "submitted"


def test_a_closed_year_is_closed_for_pages_and_files(
    people: People, plan: Plan, figure: Actual
) -> None:
    planner, series = sign_in(people.planner), figure.series
    book = plan_workbook(plan)
    Actual.objects.filter(pk=figure.pk).update(state="approved")
    make.make_lock(plan, 2023)
    page = address(Actual, "changelist") + "entry/?fiscal_year=2023&period=year_end"
    planner.post(page, {f"series-{series.pk}-state": "checked", f"series-{series.pk}-value": "1"})
    url = address(Series, "change", series.pk)
    errors = save(planner, url, filled_in(planner, url) | {"actuals-0-state": "checked"})
    assert any("締め切られて" in error for error in errors)
    line = ["kita", series.code, "R5", "年度末実績", "1234", "確認済"]
    outcome = imported(ActualResource, people.planner, as_csv(FLAT, line))
    assert any("締め切られて" in message for _place, _found, message in said(outcome))
    outcome = bring(book, people.kita, by=people.planner, reason="差戻し")
    assert any("締め切られて" in each.message for each in outcome.complaints)
    assert (state_of(figure), figure.history.count()) == ("approved", 1)


def test_forms_take_no_step_the_table_does_not_know(people: People, figure: Actual) -> None:
    url = address(Actual, "change", figure.pk)
    for who, state, words in (
        ("entry", "approved", "approved"),  # not among the choices
        ("approver", "checked", "checked"),
        ("planner", "checked", "「提出済」から「確認済」へは進められません"),
        ("planner", "draft", "差戻しの理由を入力してください"),
    ):
        client = sign_in(getattr(people, who))
        errors = save(client, url, filled_in(client, url) | {"state": state})
        assert any(words in error for error in errors), (who, state, errors)
    planner = sign_in(people.planner)
    typed = {"state": "draft", "change_reason": "桁を確認"}
    assert save(planner, url, filled_in(planner, url) | typed) == []
    assert state_of(figure) == "draft"


def test_the_page_of_a_year_takes_no_other_steps(people: People, figure: Actual) -> None:
    page = address(Actual, "changelist") + "entry/?fiscal_year=2023&period=year_end"
    planner, name = sign_in(people.planner), f"series-{figure.series_id}"
    errors = save(planner, page, filled_in(planner, page) | {f"{name}-state": "checked"})
    assert "「提出済」から「確認済」へは進められません。" in errors
    typed = {f"{name}-state": "approved", f"{name}-value": "7"}
    errors = save(planner, page, filled_in(planner, page) | typed)
    assert "自分が入力した内容の承認はできません。" in errors
    assert state_of(figure) == "submitted"


FILES = (
    ("approver", "1234", "承認済", ""),
    ("head", "1234", "承認済", ""),
    ("approver", "7", "承認済", "自分が入力した内容の承認"),
    ("entry", "1234", "承認済", "承認者と企画担当"),
    ("approver", "1234", "確認済", "へは進められません"),
    ("planner", "1234", "確認済", "へは進められません"),
    ("planner", "1234", "入力中", "理由を入力"),
    ("colleague", "1234", "承認済", "担当する組織の行だけ"),
)


@pytest.mark.parametrize(("who", "value", "state", "words"), FILES)
def test_a_flat_file_takes_the_same_steps(
    people: People, figure: Actual, who: str, value: str, state: str, words: str
) -> None:
    line = ["kita", figure.series.code, "R5", "年度末実績", value, state]
    outcome = imported(ActualResource, getattr(people, who), as_csv(FLAT, line))
    messages = [message for _place, _found, message in said(outcome)]
    assert bool(messages) == bool(words)
    assert all(words in message for message in messages)
    assert state_of(figure) == ("submitted" if words else "approved")


def test_planners_bring_checked_rows_in_a_workbook(people: People, plan: Plan) -> None:
    figure = make.make_actual(
        make.make_indicator(plan, departments=[people.welfare]).series, changed_by=people.entry
    )
    book = plan_workbook(plan)
    outcome = bring(book, people.kita, by=people.planner)
    assert outcome.complaints == []
    assert (state_of(figure), figure.history.count()) == ("checked", 1)
    Actual.objects.filter(pk=figure.pk).delete()
    assert bring(book, people.kita, by=people.planner, reason="戻す").complaints == []
    back = Actual.objects.get()
    assert (back.state, back.changed_by) == ("checked", people.planner)


def test_who_left_no_longer_owns_a_figure(people: People, figure: Actual) -> None:
    gone = User.objects.create_user("gone")
    Actual.objects.filter(pk=figure.pk).update(changed_by=gone)
    gone.delete()
    assert "1件を承認しました" in move(sign_in(people.approver), "approve", figure)
