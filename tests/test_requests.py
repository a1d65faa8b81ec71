"""照会 are made, sent once, ended and reopened by planners, and by nobody else."""

from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from municipalities.access import Role
from plans.choices import Period
from plans.models import Plan
from rounds.models import Reply, Request
from rounds.requests import record

from . import factories as make
from .admin_pages import filled_in, save, sign_in
from .people import People, make_people

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
TODAY = timezone.localdate()


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.fixture
def plan(people: People) -> Plan:
    """A plan of きた市 with a figure of 福祉課 and one of 財政課."""
    plan = make.make_plan(people.kita, title="きた市総合計画")
    make.make_indicator(plan, departments=[people.welfare])
    make.make_indicator(plan, departments=[people.finance])
    return plan


def new(plan: Plan, **fields: object) -> Request:
    """Return a request that is not saved yet."""
    defaults = {
        "municipality": plan.municipality,
        "title": "実績の照会",
        "fiscal_year": 2023,
        "deadline": TODAY + timedelta(days=14),
    }
    return Request(**(defaults | fields))


def draft(plan: Plan, people: People, **fields: object) -> Request:
    return record.record_request(new(plan, **fields), by=people.planner, plans=[plan])


def page(name: str, *args: int) -> str:
    return reverse(f"admin:rounds_request_{name}", args=args)


# --- The write path -------------------------------------------------------------------------------


def test_requests_are_numbered_by_town_and_kept_with_their_history(
    people: People, plan: Plan
) -> None:
    first, second = draft(plan, people), draft(plan, people, period=Period.MID_YEAR)
    assert (first.number, second.number) == (1, 2)
    first.deadline += timedelta(days=1)
    record.record_request(first, by=people.planner, departments=[people.welfare], reason="広報待ち")
    last = first.history.first()
    assert (last.history_user, last.history_change_reason) == (people.planner, "広報待ち")
    assert [link.department for link in last.departments.all()] == [people.welfare]
    assert [link.plan for link in last.plans.all()] == [plan]


@pytest.mark.parametrize(
    ("who", "error"),
    [("entry", PermissionDenied), ("reader", PermissionDenied), ("stranger", Http404)],
)
def test_only_planners_of_the_town_write(people: People, plan: Plan, who: str, error: type) -> None:
    by, row = getattr(people, who), draft(plan, people)
    reply = Reply(request=row, department=people.welfare, decided_on=TODAY)
    for action in (
        lambda: record.record_request(new(plan), by=by, plans=[plan]),
        lambda: record.record_request(row, by=by),
        lambda: record.send_request(row, by=by),
        lambda: record.close_request(row, by=by),
        lambda: record.remove_request(row, by=by),
        lambda: record.record_reply(reply, by=by),
    ):
        with pytest.raises(error):
            action()
    row.refresh_from_db()
    assert row.state == Request.State.DRAFT


def test_plans_are_the_towns_own_and_in_force_in_the_year(people: People, plan: Plan) -> None:
    revised = make.make_plan(people.kita, predecessor=plan, takes_over_from=2023)
    wrong = {
        "素案": make.make_plan(people.kita, stage=Plan.Stage.DRAFT),
        "この自治体の計画": make.make_plan(people.minami),
        "引き継がれています": plan,
        "令和5年度の計画ではありません": make.make_plan(people.kita, start_fiscal_year=2024),
    }
    for words, other in wrong.items():
        with pytest.raises(ValidationError, match=words):
            record.record_request(new(plan), by=people.planner, plans=[other])
    assert record.record_request(new(plan), by=people.planner, plans=[revised]).pk
    with pytest.raises(ValidationError, match="この自治体の組織"):
        record.record_request(
            new(plan), by=people.planner, plans=[revised], departments=[people.minami_welfare]
        )


def test_who_saved_meanwhile_is_not_overwritten(people: People, plan: Plan) -> None:
    row = draft(plan, people)
    seen = record.version_of(row)
    record.record_request(Request.objects.get(pk=row.pk), by=people.planner, seen=seen)
    row.title = "別の件名"
    with pytest.raises(ValidationError, match="先に変更"):
        record.record_request(row, by=people.planner, seen=seen)


def test_a_request_is_sent_once(people: People, plan: Plan) -> None:
    row = record.send_request(draft(plan, people), by=people.planner)
    assert row.is_open
    assert row.sent_at is not None
    with pytest.raises(ValidationError, match="すでに送られています"):
        record.send_request(row, by=people.planner)


def test_nothing_is_sent_while_somebody_is_missing(people: People, plan: Plan) -> None:
    gone = make.make_department(people.kita, "観光課", valid_to=TODAY - timedelta(days=1))
    nobodys = make.make_indicator(plan, departments=[gone])
    unnamed = make.make_row(make.make_action(plan))
    people.colleague.memberships.all().delete()
    row = draft(plan, people)
    with pytest.raises(ValidationError) as refused:
        record.send_request(row, by=people.planner)
    said = "\n".join(refused.value.messages)
    assert nobodys.series.name in said
    assert unnamed.action.title in said
    assert "財政課" in said
    assert len(refused.value.messages) == 3
    row.refresh_from_db()
    assert row.state == Request.State.DRAFT
    # What the request does not ask for is not missed.
    record.record_request(row, by=people.planner, departments=[people.welfare])
    with pytest.raises(ValidationError) as refused:
        record.send_request(row, by=people.planner)
    assert "財政課" not in "\n".join(refused.value.messages)


def test_a_section_without_people_may_answer_on_paper(people: People, plan: Plan) -> None:
    people.colleague.memberships.all().delete()
    row = draft(plan, people)
    client = sign_in(people.planner)
    board = reverse("admin:rounds_request_board", args=[row.pk])
    assert "紙・ファイルで回答してもらう" in client.get(board).content.decode()
    client.post(board, {"send": "1"})
    assert not Request.objects.open().exists()
    client.post(board, {"send": "1", "on_paper": "1"})
    assert Request.objects.open().get() == row
    assert "財政課" in row.history.latest().history_change_reason
    # A duty without a section keeps it back all the same.
    make.make_row(make.make_action(plan))
    with pytest.raises(ValidationError, match="担当課が決まっていません"):
        record.send_request(draft(plan, people), by=people.planner, on_paper=True)


def test_other_reasons_not_to_send(people: People, plan: Plan) -> None:
    record.send_request(draft(plan, people), by=people.planner)
    twice, empty = draft(plan, people), draft(plan, people, fiscal_year=2022)
    empty.plans.clear()
    over = draft(plan, people, fiscal_year=2024)
    closed = draft(plan, people, fiscal_year=2021)
    make.make_lock(plan, 2021)
    for row, words, day in (
        (twice, "回答受付中です", TODAY),
        (empty, "計画を選んで", TODAY),
        (over, "今日以後の日", over.deadline + timedelta(days=1)),
        (closed, "締め切られている", TODAY),
    ):
        with pytest.raises(ValidationError, match=words):
            record.send_request(row, by=people.planner, day=day)


def test_of_a_sent_request_some_things_stay(people: People, plan: Plan) -> None:
    row = record.record_request(
        new(plan), by=people.planner, plans=[plan], departments=[people.welfare]
    )
    record.send_request(row, by=people.planner)
    row = Request.objects.get(pk=row.pk)
    row.fiscal_year = 2022
    with pytest.raises(ValidationError, match="照会した後"):
        record.record_request(row, by=people.planner)
    row = Request.objects.get(pk=row.pk)
    for changes, words in (
        ({"plans": [make.make_plan(people.kita)]}, "計画を変えられません"),
        ({"departments": [people.finance]}, "外せません"),
    ):
        with pytest.raises(ValidationError, match=words):
            record.record_request(row, by=people.planner, **changes)
    row.deadline += timedelta(days=7)
    row.note = "期限を延ばしました。"
    record.record_request(row, by=people.planner, departments=[people.welfare, people.finance])
    row.deadline = TODAY - timedelta(days=1)
    with pytest.raises(ValidationError, match="今日以後の日"):
        record.record_request(row, by=people.planner)
    with pytest.raises(ValidationError, match="削除できません"):
        record.remove_request(row, by=people.planner)


def test_a_request_ends_and_opens_again_with_a_reason(people: People, plan: Plan) -> None:
    row = record.send_request(draft(plan, people), by=people.planner)
    row = record.close_request(row, by=people.planner)
    assert row.closed_at is not None
    with pytest.raises(ValidationError, match="終了した照会"):
        record.record_request(row, by=people.planner)
    with pytest.raises(ValidationError, match="理由"):
        record.reopen_request(row, by=people.planner, reason=" ")
    other = record.send_request(draft(plan, people), by=people.planner)
    with pytest.raises(ValidationError, match="回答受付中です"):
        record.reopen_request(row, by=people.planner, reason="追加の回答")
    record.close_request(other, by=people.planner)
    row = record.reopen_request(row, by=people.planner, reason="追加の回答")
    assert row.is_open
    assert row.closed_at is None
    assert row.history.first().history_change_reason == "追加の回答"


def test_a_reply_beside_the_screen_names_its_decision(people: People, plan: Plan) -> None:
    row = record.send_request(draft(plan, people), by=people.planner)
    with pytest.raises(ValidationError, match="決裁日"):
        record.record_reply(Reply(request=row, department=people.welfare), by=people.planner)
    idle = make.make_department(people.kita)
    for department, words in ((idle, "回答するものがありません"), (people.minami_welfare, "組織")):
        reply = Reply(request=row, department=department, decided_on=TODAY)
        with pytest.raises(ValidationError, match=words):
            record.record_reply(reply, by=people.planner)
    reply = Reply(request=row, department=people.welfare, decided_on=TODAY)
    record.record_reply(reply, by=people.planner)
    with pytest.raises(ValidationError, match="理由"):
        record.remove_reply(reply, by=people.planner, reason="")
    record.remove_reply(reply, by=people.planner, reason="別の課でした")
    assert not row.replies.exists()


# --- The pages ------------------------------------------------------------------------------------


def test_from_the_form_to_the_board(people: People, plan: Plan) -> None:
    planner = sign_in(people.planner)
    data = filled_in(planner, page("new"))
    assert data["plans"] == str(plan.pk)
    wrong = data | {"fiscal_year": "31", "deadline": "", "note": "5月の庁議で説明します。"}
    answer = planner.post(page("new"), wrong)
    assert "元号がありません" in answer.content.decode()
    assert "5月の庁議で説明します。" in answer.content.decode()
    both = data | {"fiscal_year": "R5", "deadline": TODAY, "departments": people.welfare.pk}
    assert "どちらか一方" in save(planner, page("new"), both)[0]
    assert save(planner, page("new"), data | {"fiscal_year": "R5", "deadline": TODAY}) == []
    row = Request.objects.get()
    assert row.title == f"令和5年度 {row.get_period_display()}の照会"
    row.period = Period.YEAR_END
    row.save()
    preview = BeautifulSoup(planner.get(page("board", row.pk)).content, "html.parser")
    lines = [line.get_text(" ", strip=True) for line in preview.select("#asked tbody tr")]
    assert lines == ["福祉課 1 1 0 entry approver", "財政課 1 1 0 colleague head"]
    assert planner.post(page("board", row.pk), {"send": "1"}).status_code == 302
    again = planner.post(page("board", row.pk), {"send": "1"})
    assert "すでに送られています" in again.content.decode()
    row.refresh_from_db()
    assert row.is_open


def test_the_preview_says_who_is_missing_and_where_to_mend_it(people: People, plan: Plan) -> None:
    indicator = make.make_indicator(plan)
    row = draft(plan, people)
    shown = BeautifulSoup(sign_in(people.planner).get(page("board", row.pk)).content, "html.parser")
    assert shown.select_one("input[name=send]") is None
    (link,) = shown.select("#gaps tbody a")
    assert link["href"] == reverse("admin:indicators_indicator_change", args=[indicator.pk])


def test_a_copy_follows_the_plans_and_sections_of_the_next_year(people: People, plan: Plan) -> None:
    old = make.make_department(people.kita, valid_to=TODAY - timedelta(days=1))
    successor = make.make_department(people.kita)
    make.make_succession(old, successor, effective_on=TODAY)
    revised = make.make_plan(people.kita, predecessor=plan, takes_over_from=2024)
    former = make.make_request(
        plan, title="令和5年度の実績の照会", deadline=date(2024, 2, 29), note="前年どおり"
    )
    former.departments.set([people.welfare, old])
    data = filled_in(sign_in(people.planner), f"{page('new')}?copy={former.pk}")
    assert data["title"] == "令和6年度の実績の照会"
    assert data["fiscal_year"] == "令和6年度"
    assert data["plans"] == str(revised.pk)
    assert data["departments"] == str(successor.pk)  # the last of two boxes of one name
    assert "everyone" not in data
    assert data["deadline"] == ""
    assert data["note"] == "前年どおり"


def test_a_sent_request_is_edited_without_its_year(people: People, plan: Plan) -> None:
    row = draft(plan, people)
    record.record_request(row, by=people.planner, departments=[people.welfare])
    record.send_request(row, by=people.planner)
    planner, url = sign_in(people.planner), page("edit", row.pk)
    data = filled_in(planner, url)
    assert not {"fiscal_year", "period", "plans"} & set(data)
    later = TODAY + timedelta(days=30)
    data |= {"deadline": later, "departments": people.finance.pk, "fiscal_year": "2020"}
    assert save(planner, url, data) == []
    row = Request.objects.get(pk=row.pk)
    assert (row.deadline, row.fiscal_year) == (later, 2023)
    assert set(row.departments.all()) == {people.welfare, people.finance}


def test_drafts_are_the_planners(people: People, plan: Plan) -> None:
    row = draft(plan, people)
    listed = reverse("admin:rounds_request_changelist")
    for user, seen in ((people.planner, True), (people.entry, False), (people.reader, False)):
        client = sign_in(user)
        assert (row.title in client.get(listed).content.decode()) is seen
        assert client.get(page("board", row.pk)).status_code == (200 if seen else 404)
        assert ("照会をつくる" in client.get(listed).content.decode()) is seen


def test_strangers_find_nothing_and_colleagues_change_nothing(people: People, plan: Plan) -> None:
    row = make.make_request(plan)
    pages = {
        page("board", row.pk): {"close": "1"},
        page("edit", row.pk): {"title": "x"},
        page("text", row.pk): {},
        page("reply", row.pk, people.welfare.pk): {"channel": "paper"},
        page("new"): {"title": "x"},
    }
    for url, data in pages.items():
        for user in (people.stranger, people.stranger_entry):
            client = sign_in(user)
            status = 404 if url != page("new") or user == people.stranger else 403
            if url != page("new"):
                assert client.get(url).status_code == status, url
                assert client.post(url, data).status_code == status, url
        for user in (people.entry, people.approver, people.reader):
            client = sign_in(user)
            assert client.post(url, data).status_code == 403, url
            assert client.get(url).status_code == (200 if "board" in url else 403), url
    assert sign_in(people.stranger).get(f"{page('new')}?copy={row.pk}").status_code == 404
    planner = sign_in(people.planner)
    assert planner.get(page("reply", row.pk, people.minami_welfare.pk)).status_code == 404
    row.refresh_from_db()
    assert row.is_open


@pytest.mark.parametrize("number", ["abc", "9" * 30, "9" * 5000, "-1", "\x00", "0"])
def test_nonsense_is_not_found(people: People, plan: Plan, number: str) -> None:
    planner, row = sign_in(people.planner), make.make_request(plan)
    listed = reverse("admin:rounds_request_changelist")
    for name in ("board/", "edit/", "text/", "reply/1/"):
        assert planner.get(f"{listed}{number}/{name}").status_code in {301, 302, 404}
    assert planner.get(f"{listed}{row.pk}/reply/{number}/").status_code in {301, 302, 404}
    for query in ("copy", "municipality"):
        assert planner.get(page("new"), {query: number}).status_code == 404
    for query in ("division", "sort", "show"):
        assert planner.get(page("board", row.pk), {query: number}).status_code == 200
    typed = dict.fromkeys(
        ("title", "fiscal_year", "period", "plans", "departments", "deadline", "note", "seen"),
        number,
    )
    assert planner.post(page("new"), typed).status_code == 200
    assert planner.post(page("edit", row.pk), typed).status_code == 200
    reply = dict.fromkeys(("channel", "decided_on", "received_on", "note", "reason"), number)
    assert planner.post(page("reply", row.pk, people.welfare.pk), reply).status_code == 200
    assert planner.post(page("board", row.pk), {"send": number}).status_code == 200
    assert planner.post(page("board", row.pk), {"wrong": number}).status_code == 404
    assert Request.objects.get().pk == row.pk


def test_replies_are_noted_and_taken_back_on_their_page(people: People, plan: Plan) -> None:
    row = make.make_request(plan)
    planner, url = sign_in(people.planner), page("reply", row.pk, people.welfare.pk)
    data = filled_in(planner, url) | {"channel": "paper", "document_number": "福第12号"}
    assert save(planner, url, data) == ["紙やファイルの回答には決裁日を入力してください。"]
    assert save(planner, url, data | {"decided_on": TODAY}) == []
    assert "福第12号" in planner.get(page("board", row.pk)).content.decode()
    kept = filled_in(planner, url)
    assert save(planner, url, kept | {"remove": "1"}) == ["取り消す理由を入力してください。"]
    assert save(planner, url, kept | {"remove": "1", "reason": "誤り"}) == []
    assert not row.replies.exists()


def test_who_plans_for_two_towns_chooses_one(people: People, plan: Plan) -> None:
    make.make_plan(people.minami)
    make.make_membership(people.planner, Role.PLANNER, people.minami)
    planner = sign_in(people.planner)
    assert "みなみ市" in planner.get(page("new")).content.decode()
    chosen = planner.get(page("new"), {"municipality": people.kita.pk})
    assert plan.title in chosen.content.decode()
