"""The board of a request: the numbers are those of the dues, under the names of today."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from indicators.choices import MissingReason
from indicators.models import Actual, Series
from municipalities import fiscal_year as fiscal_years
from plans.choices import WorkState
from plans.models import Plan
from rounds.models import EntryDraft, Reply, Request
from rounds.requests.board import Board
from rounds.requests.dues import dues_of, of_section

from . import factories as make
from .admin_pages import sign_in
from .people import People, make_people

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.fixture
def plan(people: People) -> Plan:
    return make.make_plan(people.kita)


def url(request: Request, page: str = "board") -> str:
    return reverse(f"admin:rounds_request_{page}", args=[request.pk])


def shown(client: Client, request: Request, **query: object) -> BeautifulSoup:
    answer = client.get(url(request), query)
    assert answer.status_code == 200
    return BeautifulSoup(answer.content, "html.parser")


def cells(page: BeautifulSoup, selector: str) -> list[str]:
    """Return the texts of a line of the board."""
    return [cell.get_text(" ", strip=True) for cell in page.select(f"#board {selector} > *")]


def test_the_numbers_are_those_of_the_dues(people: People, plan: Plan) -> None:
    both = [people.welfare, people.finance]
    for state in ("", "draft", "submitted", "approved", "checked", ""):
        row = make.make_row(make.make_action(plan), both[:1] if state else both)
        if state:
            make.make_report(row, state=state)
    make.make_actual(make.make_indicator(plan, departments=both).series, state="submitted")
    request = make.make_request(plan, deadline=YESTERDAY)
    page, dues = shown(sign_in(people.reader), request), dues_of(request)
    heads = [head.get_text() for head in page.select("#board thead th")]
    assert heads[1:9] == [
        "件数", "未入力", "入力中", "提出済", "承認済", "確認済", "回答済", "期限切れ",
    ]  # fmt: skip
    assert cells(page, f"#section-{people.welfare.pk}")[1:9] == list("72121143")
    assert cells(page, f"#section-{people.finance.pk}")[1:9] == list("32010012")
    assert cells(page, ".subtotal")[1:9] == list("72121143")  # what they share counts once
    assert cells(page, "#total")[1:9] == list("72121143")
    for section, line in zip(both, Board(request).lines, strict=True):
        own = of_section(dues, section)
        assert line.count.total == len(own)
        assert line.count.answered == sum(due.is_answered(TODAY) for due in own)
        assert line.count.overdue == sum(due.is_overdue(TODAY) for due in own)
        for state, number in zip(Board(request).states, line.count.states, strict=True):
            assert number == sum(due.state == state for due in own)


def test_a_step_the_town_uses_has_its_column(people: People, plan: Plan) -> None:
    make.make_row(make.make_action(plan), [people.welfare])
    people.kita.has_approval_step, people.kita.has_lead_step = False, True
    people.kita.save()
    assert Board(make.make_request(plan)).columns == [
        "未入力", "入力中", "提出済", "部主管課確認済", "確認済",
    ]  # fmt: skip


def test_a_renamed_section_stands_under_its_new_name(people: People, plan: Plan) -> None:
    new = make.make_department(people.kita, "長寿課", parent=people.division, valid_from=TODAY)
    people.welfare.valid_to = YESTERDAY
    people.welfare.save()
    make.make_succession(people.welfare, new, effective_on=TODAY)
    make.make_row(make.make_action(plan), [people.welfare, people.finance])
    request = make.make_request(plan)
    request.departments.set([people.welfare])
    Reply.objects.create(
        request=request, department=people.welfare, decided_on=YESTERDAY, document_number="福第1号"
    )
    page = shown(sign_in(people.planner), request)
    assert len(page.select("#board tr[id^=section]")) == 1  # 財政課 was not asked
    name, *_rest, reply, _links = cells(page, f"#section-{new.pk}")
    assert name == "長寿課 （旧：福祉課） 回答済"
    assert "福第1号" in reply
    assert [each.name for each in page.select("#gaps tbody th")] == ["th"]  # nobody enters there


def test_what_nobody_carries_on_stands_on_top(people: People, plan: Plan) -> None:
    gone = make.make_department(people.kita, "観光課", valid_to=YESTERDAY)
    indicator = make.make_indicator(plan, departments=[gone])
    make.make_indicator(plan, departments=[people.welfare])
    page = shown(sign_in(people.planner), make.make_request(plan))
    first = page.select_one("#board tbody")
    assert "観光課" in first.get_text()
    (link,) = page.select("#gaps details[open] a")
    assert link["href"] == reverse("admin:indicators_indicator_change", args=[indicator.pk])
    assert cells(page, "#total")[1] == "2"
    assert "直す" not in shown(sign_in(people.entry), Request.objects.get()).get_text()


def test_the_last_move_names_who_and_when(people: People, plan: Plan) -> None:
    report = make.make_report(make.make_row(make.make_action(plan), [people.welfare]))
    report.result = "書きかけです。"
    report._history_user = people.approver
    report.save()
    request = make.make_request(plan)
    (line,) = Board(request).lines
    assert (line.last.by, line.last.at) == (people.approver, report.history.first().history_date)
    draft = EntryDraft.objects.create(
        request=request, department=people.welfare, author=people.entry, fields={"a": "1"}
    )
    (line,) = Board(request).lines
    assert (line.last.by, line.last.at) == (people.entry, draft.saved_at)
    page = shown(sign_in(people.reader), request)
    assert "entry" in cells(page, f"#section-{people.welfare.pk}")[-3]


def test_lines_are_chosen_and_ordered(people: People, plan: Plan) -> None:
    other = make.make_department(people.kita, "総務課")
    for section, count in ((people.welfare, 1), (people.finance, 2), (other, 1)):
        for _number in range(count):
            make.make_row(make.make_action(plan), [section])
    done = make.make_department(people.kita, "済んだ課")
    make.make_report(make.make_row(make.make_action(plan), [done]), state=WorkState.SUBMITTED)
    request = make.make_request(plan, deadline=YESTERDAY)
    Reply.objects.create(request=request, department=other, decided_on=YESTERDAY)
    client = sign_in(people.reader)

    def names(**query: object) -> list[str]:
        lines = shown(client, request, **query).select("#board tr[id^=section] > th")
        return [line.contents[0].strip() for line in lines]

    assert names() == ["福祉課", "財政課", "総務課", "済んだ課"]
    assert names(show="open") == names(show="overdue") == ["福祉課", "財政課"]
    assert names(division=people.division.pk) == ["福祉課", "財政課"]
    assert names(sort="overdue") == ["財政課", "福祉課", "総務課", "済んだ課"]
    assert names(show="open", sort="open") == ["財政課", "福祉課"]
    page = shown(client, request, show="open")
    assert cells(page, "#total")[1] == "3"
    assert "回答済みの組織：2／4" in page.select_one("#replied").get_text()


def test_what_is_settled_later_is_not_missed_before_its_month(people: People, plan: Plan) -> None:
    """The board, the text to paste and the first pages count alike."""
    month = (TODAY + timedelta(days=70)).replace(day=1)
    series = [
        make.make_indicator(plan, departments=[section]).series
        for section in (people.welfare, people.welfare, people.finance)
    ]
    first = make.make_actual(series[0], state=WorkState.SUBMITTED)
    awaited = {"value": None, "missing_reason": MissingReason.NOT_COMPILED, "expected_on": month}
    begun = make.make_actual(series[1], state=WorkState.DRAFT, **awaited)
    year = fiscal_years.of(TODAY) - 1
    Actual.objects.update(fiscal_year=year)
    Series.objects.filter(pk=series[2].pk).update(settled_month=month.month)
    request = make.make_request(plan, fiscal_year=year, deadline=TODAY + timedelta(days=3))

    def told() -> tuple[list[str], str, str]:
        page = shown(sign_in(people.planner), request)
        text = sign_in(people.planner).get(url(request, "text")).content.decode()
        home = sign_in(people.entry).get("/admin/").content.decode()
        return (
            [line.contents[0].strip() for line in page.select("tr:has(.done) > th")],
            BeautifulSoup(text, "html.parser").select_one("#content").get_text(),
            BeautifulSoup(home, "html.parser").select_one("#content").get_text(),
        )

    replied, text, home = told()
    assert replied == ["財政課"]
    assert "福祉課：未回答 1件" in text
    assert "財政課" not in text
    assert "2件中1件が回答済み" in home
    assert "回答済みの組織：1／2" in shown(sign_in(people.planner), request).get_text()
    planner = BeautifulSoup(sign_in(people.planner).get("/admin/").content, "html.parser")
    assert "2課中1課が回答済み" in planner.get_text()

    Actual.objects.filter(pk__in=[first.pk, begun.pk]).update(state=WorkState.SUBMITTED)
    replied, text, home = told()
    assert replied == ["福祉課", "財政課"]
    assert "未回答" not in text
    assert "回答済みです（2件中2件）" in home


def test_a_long_list_of_gaps_does_not_hide_the_board(people: People, plan: Plan) -> None:
    for _number in range(6):
        make.make_indicator(plan, departments=[make.make_department(people.kita)])
    page = shown(sign_in(people.planner), make.make_request(plan))
    assert len(page.select("#gaps details:not([open]) tbody tr")) == 6
    assert "（6件）" in page.select_one("#gaps h2").get_text()


def test_only_planners_see_buttons(people: People, plan: Plan) -> None:
    make.make_row(make.make_action(plan), [people.welfare])
    request = make.make_request(plan)
    words = ("督促する文", "回答を記録する", "受付を終了する")
    for user in (people.entry, people.approver, people.reader, people.planner, people.operator):
        text = sign_in(user).get(url(request)).content.decode()
        for word in words:
            assert (word in text) is (user in {people.planner, people.operator}), (user, word)


def test_the_text_to_paste_speaks_to_who_has_not_replied(people: People, plan: Plan) -> None:
    make.make_row(make.make_action(plan), [people.welfare])
    make.make_indicator(plan, departments=[people.welfare])
    make.make_row(make.make_action(plan), [people.finance])
    request = make.make_request(plan, deadline=YESTERDAY, document_number="企第12号")
    Reply.objects.create(request=request, department=people.finance, decided_on=YESTERDAY)
    page = BeautifulSoup(sign_in(people.planner).get(url(request, "text")).content, "html.parser")
    everybody, one = page.select("textarea[readonly]")
    for text in (everybody.get_text(), one.get_text()):
        assert "企第12号" in text
        assert "1日過ぎています" in text
        assert "福祉課：未回答 2件（指標1件、進捗の報告1件）、うち期限切れ2件" in text
        assert "財政課" not in text


def test_the_number_of_queries_does_not_grow(people: People, plan: Plan) -> None:
    request = make.make_request(plan, deadline=YESTERDAY)

    def fill(count: int) -> None:
        gone = make.make_department(people.kita, valid_to=YESTERDAY)
        make.make_succession(gone, people.welfare, effective_on=TODAY)
        for _number in range(count):
            section = make.make_department(people.kita, parent=people.division)
            indicator = make.make_indicator(plan, departments=[section, gone])
            make.make_actual(indicator.series, state="draft")
            make.make_report(make.make_row(make.make_action(plan), [section]))
            make.make_row(make.make_action(plan))
            Reply.objects.create(request=request, department=section, decided_on=YESTERDAY)
            EntryDraft.objects.create(request=request, department=section, author=people.entry)

    def queries(page: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert planner.get(url(request, page)).status_code == 200
        return len(asked)

    planner = sign_in(people.planner)
    fill(2)
    queries("board")  # content types are asked for once
    few = {page: queries(page) for page in ("board", "text", "edit")}
    fill(20)
    assert {page: queries(page) for page in few} == few
    assert max(few.values()) <= 50
    Request.objects.update(state=Request.State.DRAFT, sent_at=None)
    few_sections = queries("board")
    fill(5)
    assert queries("board") == few_sections
