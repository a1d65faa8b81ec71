"""The pages that send entry workbooks and the board as a workbook: who, what, under which name."""

from datetime import date
from io import BytesIO

import openpyxl
import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from municipalities.models import Department
from plans.models import Plan
from rounds.models import Reply, Request

from . import factories as make
from .admin_pages import sign_in
from .entry_forms import sheet_url
from .filled_workbooks import EntryBook, ask_of_every_kind, book_of, opened, unzipped
from .people import People, make_people

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.fixture
def plan(people: People) -> Plan:
    return make.make_plan(people.kita, title="総合計画")


@pytest.fixture
def asked(people: People, plan: Plan) -> Request:
    return ask_of_every_kind(people, plan)


def url(request: Request, page: str) -> str:
    return reverse(f"admin:rounds_request_{page}", args=[request.pk])


def zip_of(people: People, asked: Request, **query: object) -> dict[str, EntryBook]:
    given = {
        "grouping": "section",
        "number": "資料3",
        "sections": [people.welfare.pk, people.finance.pk],
        "download": "1",
    }
    answer = sign_in(people.planner).get(url(asked, "books"), given | query)
    assert answer["Content-Type"] == "application/zip", answer.content.decode()
    return unzipped(answer.content)


def test_all_sections_come_in_one_zip(people: People, asked: Request) -> None:
    books = zip_of(people, asked)
    assert list(books) == ["資料3-1_福祉課.xlsx", "資料3-2_財政課.xlsx"]
    assert [found.about["sections"] for found in books.values()] == ["welfare", "finance"]
    for found, section in zip(books.values(), (people.welfare, people.finance), strict=True):
        assert found.keys == book_of(asked, section).keys
    assert list(zip_of(people, asked, sections=[people.finance.pk])) == ["資料3-2_財政課.xlsx"]
    assert list(zip_of(people, asked, number="")) == [
        "令和5年度の実績の照会_福祉課.xlsx",
        "令和5年度の実績の照会_財政課.xlsx",
    ]


def test_a_division_can_have_one_workbook_together(people: People, asked: Request) -> None:
    (together,) = zip_of(people, asked, grouping="division").values()
    assert together.about["sections"] == "welfare,finance"
    alone = [book_of(asked, section).keys for section in (people.welfare, people.finance)]
    assert set(together.keys) == set(alone[0] + alone[1])
    assert "健康部　御中" in together.words()
    assert any("担当：財政課" in word for word in together.words())


def test_files_have_safe_names_each_its_own(people: People, plan: Plan) -> None:
    twins = [make.make_department(people.kita, 'まち/づくり:"課"') for _ in range(2)]
    for section in twins:
        make.make_row(make.make_action(plan), [section])
    asked = make.make_request(plan)
    sections = [section.pk for section in twins]
    names = list(zip_of(people, asked, sections=sections, number=""))
    assert names == [
        "令和5年度の実績の照会_まち づくり 課.xlsx",
        "令和5年度の実績の照会_まち づくり 課(2).xlsx",
    ]


def test_the_page_asks_for_sections_and_says_what_is_wrong(people: People, asked: Request) -> None:
    client = sign_in(people.planner)
    page = BeautifulSoup(client.get(url(asked, "books")).content, "html.parser")
    boxes = page.select("input[name=sections]")
    assert [box.find_parent("label").get_text(strip=True) for box in boxes] == [
        "福祉課（5件）",
        "財政課（2件）",
    ]
    assert all(box.has_attr("checked") for box in boxes)
    answer = client.get(url(asked, "books"), {"download": "1", "grouping": "section"})
    assert "ファイルをつくる課を選んでください。" in answer.content.decode()
    board = client.get(url(asked, "board")).content.decode()
    assert url(asked, "books") in board
    assert (
        url(asked, "books") not in sign_in(people.reader).get(url(asked, "board")).content.decode()
    )


@pytest.mark.parametrize("who", ["entry", "approver", "head", "reader", "colleague", "planner"])
def test_who_sees_a_sheet_finds_its_workbook_there(
    who: str, people: People, asked: Request
) -> None:
    client = sign_in(getattr(people, who))
    address = sheet_url(asked, people.welfare, "book")
    assert address in client.get(sheet_url(asked, people.welfare)).content.decode()
    answer = client.get(address)
    assert "attachment" in answer["Content-Disposition"]
    assert opened(answer.content).keys == book_of(asked, people.welfare).keys


def test_what_has_not_been_sent_has_no_workbooks(people: People, plan: Plan) -> None:
    make.make_row(make.make_action(plan), [people.welfare])
    draft = make.make_request(plan, state="draft")
    client = sign_in(people.planner)
    pages = (url(draft, "books"), url(draft, "status"), sheet_url(draft, people.welfare, "book"))
    for page in pages:
        assert client.get(page).status_code == 404
        assert page not in client.get(sheet_url(draft, people.welfare)).content.decode()
    Request.objects.update(state="sent", sent_at=timezone.now())
    assert client.get(sheet_url(draft, people.finance, "book")).status_code == 404  # owes nothing


# --- Queries ----------------------------------------------------------------------------------


def many_rows(people: People, plan: Plan, sections: int, rows: int) -> list[Department]:
    found = [make.make_department(people.kita) for _ in range(sections)]
    for section in found:
        for _ in range(rows):
            series = make.make_indicator(plan, departments=[section]).series
            make.make_actual(series, 2023, 5, state="draft")
            make.make_report(make.make_row(make.make_action(plan), [section]), state="draft")
    return found


def queries(people: People, address: str, **query: object) -> int:
    client = sign_in(people.planner)
    with CaptureQueriesContext(connection) as found:
        assert client.get(address, query).status_code == 200
    return len(found)


@pytest.mark.parametrize("page", ["one", "zip", "board"])
def test_the_number_of_queries_depends_on_nothing(people: People, plan: Plan, page: str) -> None:
    asked = make.make_request(plan)
    counts, every = [], []
    for sections, rows in ((2, 1), (3, 3)):
        every += many_rows(people, plan, sections, rows)
        address, query = {
            "one": (sheet_url(asked, every[-1], "book"), {}),
            "zip": (
                url(asked, "books"),
                {"download": "1", "grouping": "section", "sections": [each.pk for each in every]},
            ),
            "board": (url(asked, "status"), {}),
        }[page]
        counts.append(queries(people, address, **query))
    assert counts[0] == counts[1] <= 32, counts


# --- The board --------------------------------------------------------------------------------


def board_rows(people: People, asked: Request, **query: object) -> list[list[object]]:
    answer = sign_in(people.reader).get(url(asked, "status"), query)
    assert "attachment" in answer["Content-Disposition"]
    (sheet,) = openpyxl.load_workbook(BytesIO(answer.content)).worksheets
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    head = next(place for place, row in enumerate(rows) if row[0] == "組織")
    return rows[head:]


def page_rows(people: People, asked: Request, **query: object) -> list[list[str]]:
    answer = sign_in(people.reader).get(url(asked, "board"), query)
    page = BeautifulSoup(answer.content, "html.parser")
    rows = page.select("#board tr")
    return [[cell.get_text(" ", strip=True) for cell in row.find_all(["th", "td"])] for row in rows]


@pytest.mark.parametrize("query", [{}, {"show": "open"}, {"sort": "open"}])
def test_the_board_comes_as_a_workbook_with_the_numbers_of_the_page(
    people: People, asked: Request, query: dict[str, str], plan: Plan
) -> None:
    gone = make.make_department(people.kita, "観光課", valid_to=timezone.localdate().replace(day=1))
    make.make_indicator(plan, departments=[gone])
    done = make.make_department(people.kita, "済んだ課")
    make.make_report(make.make_row(make.make_action(plan), [done]), state="submitted")
    found, page = board_rows(people, asked, **query), page_rows(people, asked, **query)
    assert len(found) == len(page) + 1  # a line below says how joint rows are counted
    states = len(page[0]) - 7
    assert found[0][1 : 2 + states] == page[0][1 : 2 + states]
    for row, shown in zip(found[1:-1], page[1:], strict=True):
        assert str(row[0]) in shown[0].replace(" （", "（")
        if len(shown) > 1:
            assert [str(number) for number in row[1 : 3 + states]] == shown[1 : 3 + states]
            assert str(row[4 + states]) == shown[3 + states]  # overdue


def test_the_board_says_how_and_by_which_decision_sections_answered(
    people: People, asked: Request
) -> None:
    for channel, section in (("paper", people.welfare), ("file", people.finance)):
        Reply.objects.create(
            request=asked,
            department=section,
            channel=channel,
            decided_on=date(2024, 5, 20),
            document_number=f"{section.code}第1号",
        )
    rows = {row[0]: row for row in board_rows(people, asked)}
    assert rows["福祉課"][-3:] == ["紙", "2024-05-20", "welfare第1号"]
    assert rows["財政課"][-3:] == ["ファイル", "2024-05-20", "finance第1号"]
    Reply.objects.all().delete()
    rows = {row[0]: row for row in board_rows(people, asked)}
    assert rows["福祉課"][-3:] == ["画面", "－", "－"]
    assert rows["健康部 計"][1] == rows["合計"][1] == 6  # the joint row counts once
