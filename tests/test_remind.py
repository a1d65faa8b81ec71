"""`manage.py remind`: who has not answered hears of it, once a day and person."""

import threading
from collections.abc import Callable
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import override_settings
from django.utils import timezone

from municipalities.access import Role
from plans.choices import WorkState
from plans.models import Plan
from rounds.models import Reply, Request, SentReminder
from rounds.requests.reminders import Task, is_time, round_of

from . import factories as make
from .people import People, make_people

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
TODAY = timezone.localdate()
SOON = TODAY + timedelta(days=3)


@pytest.fixture
def people() -> People:
    people = make_people()
    for user in (people.entry, people.colleague, people.approver, people.head):
        user.email = f"{user.username}@kita.example.jp"
        user.save()
    return people


@pytest.fixture
def plan(people: People) -> Plan:
    """A plan of which 福祉課 owes a figure and a report."""
    plan = make.make_plan(people.kita)
    make.make_indicator(plan, departments=[people.welfare])
    make.make_row(make.make_action(plan), [people.welfare])
    return plan


def remind(**options: Any) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("remind", stdout=out, stderr=err, **options)
    return out.getvalue(), err.getvalue()


@pytest.mark.parametrize(
    ("left", "is_sent"),
    [(8, False), (7, True), (6, False), (3, True), (1, True), (0, True), (-1, True), (-30, True)],
)
def test_the_days_on_which_people_are_reminded(left: int, is_sent: bool) -> None:
    friday = date(2024, 5, 31)
    assert is_time(friday + timedelta(days=left), friday) is is_sent


def test_overdue_things_rest_on_weekends() -> None:
    saturday = date(2024, 6, 1)
    assert not is_time(saturday - timedelta(days=1), saturday)
    assert is_time(saturday, saturday)
    assert is_time(saturday + timedelta(days=5), saturday, {5})


def test_one_mail_tells_a_person_everything_once_a_day(people: People, plan: Plan) -> None:
    make.make_membership(people.entry, Role.ENTRY, department=people.finance)
    other = make.make_plan(people.kita)
    make.make_row(make.make_action(other), [people.finance])
    make.make_request(plan, deadline=SOON, title="実績の照会", document_number="企第12号")
    make.make_request(other, deadline=TODAY, title="戦略の照会")
    with override_settings(SITE_URL="https://plan.example.jp"):
        out, _err = remind()
    assert "2人に送りました" in out
    by_address = {each.to[0]: each for each in mail.outbox}
    assert set(by_address) == {"entry@kita.example.jp", "colleague@kita.example.jp"}
    letter = by_address["entry@kita.example.jp"]
    text = letter.body
    assert "■ 実績の照会（企第12号）" in text
    assert "福祉課：未回答 2件（指標1件、進捗の報告1件）" in text
    assert "あと3日" in text
    assert "■ 戦略の照会" in text
    assert "財政課：未回答 1件（進捗の報告1件）" in text
    assert "今日まで" in text
    assert text.count("https://plan.example.jp/admin/rounds/request/") == 2
    assert "3件" in letter.subject
    out, _err = remind()
    assert len(mail.outbox) == 2
    assert "0人に送りました" in out
    sent = SentReminder.objects.get(user=people.entry)
    assert (sent.municipality, sent.sent_on, sent.rows) == (people.kita, TODAY, 3)


def test_who_has_answered_or_is_not_asked_hears_nothing(people: People, plan: Plan) -> None:
    make.make_row(make.make_action(plan), [people.finance])
    request = make.make_request(plan, deadline=SOON)
    Reply.objects.create(request=request, department=people.welfare, decided_on=TODAY)
    make.make_request(plan, deadline=SOON, state=Request.State.DRAFT, fiscal_year=2022)
    make.make_request(plan, deadline=SOON, state=Request.State.CLOSED, fiscal_year=2021)
    make.make_request(plan, deadline=TODAY + timedelta(days=5), fiscal_year=2024)
    remind()
    assert [each.to for each in mail.outbox] == [["colleague@kita.example.jp"]]
    assert "未回答 1件" in mail.outbox[0].body


def test_the_head_hears_of_what_waits_for_approval(people: People, plan: Plan) -> None:
    for section in (people.welfare, people.finance):
        report = make.make_report(make.make_row(make.make_action(plan), [section]))
        report.state = WorkState.SUBMITTED
        report.save()
    request = make.make_request(plan, deadline=SOON)
    told = {
        (letter.user, item.section, item.task)
        for letter in round_of(TODAY).letters
        for item in letter.items
    }
    assert told == {
        (people.entry, people.welfare, Task.ENTER),
        (people.approver, people.welfare, Task.APPROVE),
        (people.head, people.finance, Task.APPROVE),  # 財政課 has no head of its own
    }
    people.kita.has_approval_step = False
    people.kita.save()
    assert {letter.user for letter in round_of(TODAY).letters} == {people.entry}
    assert request.is_open


def test_the_successor_of_a_section_is_reminded(people: People, plan: Plan) -> None:
    new = make.make_department(people.kita, "長寿課", valid_from=TODAY)
    people.welfare.valid_to = TODAY - timedelta(days=1)
    people.welfare.save()
    make.make_succession(people.welfare, new, effective_on=TODAY)
    make.make_user(Role.ENTRY, department=new, email="new@kita.example.jp")
    make.make_request(plan, deadline=SOON)
    remind()
    (sent,) = mail.outbox
    assert sent.to == ["new@kita.example.jp"]
    assert "長寿課（旧：福祉課）" in sent.body


def test_late_statistics_are_chased_in_their_month(people: People) -> None:
    plan = make.make_plan(people.kita)
    series = make.make_series(people.kita, settled_month=8)
    make.make_indicator(plan, series, [people.welfare])
    make.make_request(plan, deadline=date(2024, 5, 31), state=Request.State.CLOSED)
    assert round_of(date(2024, 5, 30)).letters == []
    assert round_of(date(2024, 8, 30)).letters != []
    Request.objects.update(closed_at=timezone.now() - timedelta(days=2000))
    assert round_of(date(2024, 8, 30)).letters == []


def test_a_failing_address_stops_nobody(
    people: People, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.make_row(make.make_action(plan), [people.finance])
    make.make_user(Role.ENTRY, department=people.finance, username="unreachable")
    request = make.make_request(plan, deadline=SOON)
    send = EmailBackend.send_messages

    def fail(self: EmailBackend, messages: list) -> int:
        if "entry@kita.example.jp" in messages[0].to:
            raise ConnectionRefusedError("相手が応答しません")
        return send(self, messages)

    with monkeypatch.context() as patch:
        patch.setattr(EmailBackend, "send_messages", fail)
        err = StringIO()
        with pytest.raises(CommandError, match="1人に送れませんでした"):
            call_command("remind", stdout=StringIO(), stderr=err)
    assert "entry@kita.example.jp" in err.getvalue()
    assert "相手が応答しません" in err.getvalue()
    assert "unreachable：メールアドレスがない" in err.getvalue()
    assert [each.to for each in mail.outbox] == [["colleague@kita.example.jp"]]
    assert not SentReminder.objects.filter(user=people.entry).exists()
    remind()  # what failed is tried again on the same day
    assert [each.to for each in mail.outbox][1:] == [["entry@kita.example.jp"]]
    assert request.is_open


def test_a_dry_run_sends_nothing(people: People, plan: Plan) -> None:
    make.make_request(plan, deadline=SOON)
    out, _err = remind(dry_run=True)
    assert "宛先：entry@kita.example.jp" in out
    assert "福祉課：未回答 2件" in out
    assert mail.outbox == []
    assert not SentReminder.objects.exists()


def test_without_a_mail_server_it_says_so(people: People, plan: Plan) -> None:
    make.make_request(plan, deadline=SOON)
    dummy = "django.core.mail.backends.dummy.EmailBackend"
    with (
        override_settings(EMAIL_BACKEND=dummy),
        pytest.raises(CommandError, match="だれにも送っていません"),
    ):
        remind()
    assert not SentReminder.objects.exists()


def test_options(people: People, plan: Plan) -> None:
    make.make_request(plan, deadline=TODAY + timedelta(days=5))
    assert "知らせるものはありません" in remind()[0]
    assert "知らせるものはありません" in remind(municipality="minami", days_before={5})[0]
    remind(municipality="kita", days_before={5})
    assert len(mail.outbox) == 1
    with pytest.raises(CommandError, match="ありません"):
        remind(municipality="nowhere")
    for wrong in ("7;3", "-1", "9999", "７days"):
        with pytest.raises(CommandError, match="日数"):
            call_command("remind", "--days-before", wrong)


def test_who_is_missing_is_told(people: People, plan: Plan) -> None:
    empty = make.make_department(people.kita, "空の課")
    make.make_row(make.make_action(plan), [empty])
    make.make_row(make.make_action(plan))
    make.make_request(plan, deadline=SOON)
    _out, err = remind()
    assert "空の課：知らせる相手がいません" in err
    assert "担当する課のないものが1件" in err


@pytest.mark.django_db(transaction=True)
def test_two_at_once_send_one_mail(people: People, plan: Plan) -> None:
    make.make_request(plan, deadline=SOON)
    barrier = threading.Barrier(2)
    problems: list[BaseException] = []

    def run(action: Callable[[], object]) -> None:
        barrier.wait()
        try:
            action()
        except BaseException as error:
            problems.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(remind,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert [each.to for each in mail.outbox] == [["entry@kita.example.jp"]]
