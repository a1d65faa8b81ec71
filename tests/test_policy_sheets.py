"""A department writes its own 部門方針シート and its priority issues, nobody else's."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.test import Client
from django.urls import reverse

from measures.models import DepartmentPolicySheet, PriorityIssue
from measures.record import record_sheet, remove_sheet
from plans.choices import WorkState
from plans.models import Plan
from rounds.extent import extent_of

from . import factories as make
from .admin_pages import add_row, address, filled_in, save, sign_in
from .people import People, make_people

INLINE = "priority_issues"


@pytest.fixture
def people(db: None) -> People:
    return make_people()


@pytest.fixture
def plan(people: People) -> Plan:
    return make.make_plan(people.kita)


@pytest.fixture
def own(plan: Plan, people: People) -> DepartmentPolicySheet:
    """福祉課's sheet of FY2023 with one priority issue."""
    sheet = make.make_sheet(plan, people.welfare, heading="支え合い")
    make.make_issue(sheet, number=1, title="見守り")
    return sheet


@pytest.fixture
def entry(people: People) -> Client:
    return sign_in(people.entry)


def change(row: Any) -> str:
    return address(type(row), "change", row.pk)


def new_sheet(plan: Plan, department: Any, **fields: str) -> dict[str, str]:
    inline = {f"{INLINE}-{name}_FORMS": "0" for name in ("TOTAL", "INITIAL")}
    return inline | {
        "plan": plan.pk,
        "department": department.pk,
        "fiscal_year": "令和5年度",
        "heading": "支え合い",
        "state": "draft",
        **fields,
    }


# --- The own sheet -----------------------------------------------------------------------------


def test_a_department_writes_its_sheet_and_issues(own: Any, entry: Client) -> None:
    data = filled_in(entry, change(own)) | {"heading": "つながり", "state": "submitted"}
    data[f"{INLINE}-0-result"] = "登録が増えた。"
    data = add_row(data, INLINE, number="2", title="担い手", issue="", approach="", result="")
    assert save(entry, change(own), data | {"change_reason": "年度末"}) == []
    own.refresh_from_db()
    assert (own.heading, own.state, own.version) == (
        "つながり",
        "submitted",
        4,
    )  # each issue counts
    first, second = own.priority_issues.all()
    assert (first.result, second.title) == ("登録が増えた。", "担い手")
    assert own.history.first().history_change_reason == "年度末"


def test_a_department_adds_its_sheet_but_no_other(
    plan: Plan, people: People, entry: Client
) -> None:
    url = address(DepartmentPolicySheet, "add")
    data = add_row(new_sheet(plan, people.welfare), INLINE, number="1", title="見守り")
    assert save(entry, url, data) == []
    assert DepartmentPolicySheet.objects.get().priority_issues.get().title == "見守り"
    errors = save(entry, url, new_sheet(plan, people.finance))
    assert "担当する組織の行だけを変更できます。" in errors
    elsewhere = make.make_plan(people.minami)
    assert save(entry, url, new_sheet(elsewhere, people.minami_welfare)) != []
    assert DepartmentPolicySheet.objects.count() == 1


def test_a_department_hands_in_but_does_not_check(own: Any, entry: Client, people: People) -> None:
    page = entry.get(change(own)).content.decode()
    assert 'value="submitted"' in page
    assert 'value="checked"' not in page
    assert save(entry, change(own), filled_in(entry, change(own)) | {"state": "checked"}) != []
    own.state = "approved"
    with pytest.raises(ValidationError, match="承認者と企画担当"):
        record_sheet(own, by=people.entry)
    planner = sign_in(people.planner)
    for state in ("checked", "approved"):  # one step after the other
        errors = save(planner, change(own), filled_in(planner, change(own)) | {"state": state})
        assert errors == [f"「入力中」から「{WorkState(state).label}」へは進められません。"]
    for state in ("submitted", "approved", "checked"):
        data = filled_in(planner, change(own)) | {"state": state}
        assert save(planner, change(own), data) == []


@pytest.mark.parametrize("state", ["approved", "checked"])
def test_a_sheet_planners_have_taken_over_waits_for_them(
    own: Any, entry: Client, people: People, state: str
) -> None:
    DepartmentPolicySheet.objects.filter(pk=own.pk).update(state=state)
    issue = own.priority_issues.get()
    data = filled_in(entry, change(own)) | {"heading": "直し", "state": "draft"}
    assert any("差し戻しを依頼" in error for error in save(entry, change(own), data))
    data = filled_in(entry, change(issue)) | {"title": "直し"}
    assert any("差し戻しを依頼" in error for error in save(entry, change(issue), data))
    for row in (own, issue):
        with pytest.raises(ValidationError, match="差し戻し"):
            remove_sheet(row, by=people.entry, reason="x")
    issue.title = "企画で直し"
    if state == "approved":  # nobody changes what the head has approved, unless it is returned
        with pytest.raises(ValidationError, match="先に差し戻して"):
            record_sheet(issue, by=people.planner)
    else:
        record_sheet(issue, by=people.planner)


def test_a_sheet_of_a_closed_year_stays(own: Any, plan: Plan, people: People) -> None:
    make.make_lock(plan, 2023)
    for who in (people.entry, people.planner):
        client = sign_in(who)
        for row, typed in (
            (own, {"heading": "直し"}),
            (own.priority_issues.get(), {"title": "直"}),
        ):
            errors = save(client, change(row), filled_in(client, change(row)) | typed)
            assert any("締め切られて" in error for error in errors)
        errors = save(
            client,
            address(DepartmentPolicySheet, "add"),
            new_sheet(
                plan, make.make_department(people.kita) if who == people.planner else people.welfare
            ),
        )
        assert any("締め切られて" in error or "すでにあります" in error for error in errors)


def test_two_people_do_not_overwrite_each_other(own: Any, entry: Client, people: People) -> None:
    opened = filled_in(entry, change(own)) | {"heading": "担当の直し"}
    own.heading = "企画の直し"
    record_sheet(own, by=people.planner)
    errors = save(entry, change(own), opened)
    assert any("保存されている値：企画の直し／入力した値：担当の直し" in each for each in errors)


# --- Everybody else's --------------------------------------------------------------------------


def test_a_colleagues_sheet_and_its_issues_are_only_read(
    plan: Plan, people: People, entry: Client
) -> None:
    theirs = make.make_sheet(plan, people.finance, heading="健全な財政")
    issue = make.make_issue(theirs, title="公債費")
    for row in (theirs, issue):
        assert filled_in(entry, change(row)) == {}
        assert entry.post(change(row), {"title": "直し"}).status_code == 403
        with pytest.raises(PermissionDenied):
            record_sheet(row, by=people.entry)
    assert "公債費" in entry.get(change(theirs)).content.decode()
    typed = {"sheet": theirs.pk, "number": "5", "title": "割り込み"}
    assert save(entry, address(PriorityIssue, "add"), typed) == [
        "担当する組織の行だけを変更できます。"
    ]
    assert theirs.priority_issues.count() == 1


def test_an_issue_is_added_to_the_own_sheet(own: Any, entry: Client) -> None:
    typed = {"sheet": own.pk, "number": "5", "title": "居場所"}
    assert save(entry, address(PriorityIssue, "add"), typed) == []
    assert own.priority_issues.count() == 2
    assert save(entry, address(PriorityIssue, "add"), typed) == [
        "この番号の重点課題がすでにあります。"
    ]


def test_a_sheet_does_not_move_to_another_department(own: Any, people: People) -> None:
    own.department = people.finance
    with pytest.raises(PermissionDenied):
        record_sheet(own, by=people.entry)
    theirs = make.make_sheet(own.plan, people.finance, fiscal_year=2022)
    theirs.department = people.welfare
    with pytest.raises(PermissionDenied):
        record_sheet(theirs, by=people.entry)


def test_an_issue_does_not_move_to_or_from_a_colleagues_sheet(own: Any, people: People) -> None:
    theirs = make.make_sheet(own.plan, people.finance)
    issue = own.priority_issues.get()
    issue.sheet = theirs
    with pytest.raises(PermissionDenied):
        record_sheet(issue, by=people.entry)
    stolen = make.make_issue(theirs, number=9)
    stolen.sheet = own
    with pytest.raises(PermissionDenied):
        record_sheet(stolen, by=people.entry)


def test_strangers_do_not_find_the_sheet(own: Any, people: People) -> None:
    for who in (people.stranger, people.stranger_entry):
        for row in (own, own.priority_issues.get()):
            assert sign_in(who).get(change(row)).status_code == 404
            assert sign_in(who).post(change(row), {"title": "x"}).status_code == 404
            with pytest.raises(Http404):
                record_sheet(row, by=who)


def test_readers_only_read(own: Any, people: People) -> None:
    reader = sign_in(people.reader)
    assert filled_in(reader, change(own)) == {}
    assert reader.post(change(own), {"heading": "x"}).status_code == 403
    assert reader.get(address(DepartmentPolicySheet, "add")).status_code == 403


def test_people_of_a_department_see_their_own_sheets_first(
    own: Any, plan: Plan, people: People, entry: Client
) -> None:
    theirs = make.make_sheet(plan, people.finance)
    url = address(DepartmentPolicySheet, "changelist")
    assert change(theirs) not in entry.get(url).content.decode()
    assert change(own) in entry.get(url).content.decode()
    assert change(theirs) in entry.get(url, {"own": "all"}).content.decode()


# --- How much is published ---------------------------------------------------------------------


def test_the_publish_preview_counts_sheets_and_comments(plan: Plan, people: People) -> None:
    for state in ("checked", "submitted", "draft"):
        make.make_sheet(plan, state=state)
    make.make_sheet(plan, state="checked", fiscal_year=2022)
    make.make_comment(plan, state="checked")
    make.make_comment(plan)
    extent = extent_of(plan, 2023, "year_end")
    assert (extent.sheets, len(extent.left_sheets)) == (1, 2)
    assert (extent.comments, len(extent.left_comments)) == (1, 1)
    midway = extent_of(plan, 2023, "mid_year")  # the board speaks of whole years
    assert (midway.sheets, midway.comments, midway.left_comments) == (1, 0, ())
    form = {"plan": plan.pk, "kind": "public", "fiscal_year": "R5", "period": "year_end"}
    page = sign_in(people.planner).post(
        reverse("admin:rounds_publication_publish"), form | {"mark": "final", "preview": "1"}
    )
    text = page.content.decode()
    assert "確認済の部門方針シート" in text
    assert "未確認の2件は載りません。" in text
    assert "確認済の外部評価の意見" in text
    assert "未確認の1件は載りません。" in text
