"""What a workbook costs: as many queries for 30 rows as for 3, and no more than 25 a file."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from exchange.entry_book.keeping import Brought, Decision, bring
from exchange.models import EntryUpload
from indicators.models import Actual
from municipalities.access import Role
from municipalities.models import Department, Municipality, User
from plans.models import Plan
from rounds.models import Reply, Request

from . import factories as make
from .entry_books import Filled
from .entry_file_pages import Pages, make_round
from .filled_workbooks import book_for
from .people import People, make_people

pytestmark = pytest.mark.django_db
OF_TRANSACTIONS = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")


def make_request(people: People, figures: int, reports: int) -> tuple[Request, bytes]:
    """A request, and a workbook in which half of the rows are new and half have changed."""
    asked, (content,) = make_books(people.kita, [people.welfare], figures, reports)
    return asked, content


def make_books(
    town: Municipality, sections: list[Department], figures: int, reports: int
) -> tuple[Request, list[bytes]]:
    """A request, and the workbook of each section with so many figures and reports."""
    plan: Plan = make.make_plan(town)
    make.make_scheme(plan=plan)
    keys: dict[Department, dict[str, dict[str, Any]]] = {}
    for section in sections:
        keys[section] = {}
        for place in range(figures):
            series = make.make_indicator(plan, departments=[section]).series
            keys[section][f"series-{series.pk}"] = {"value": 7}
            if place % 2 == 0:
                make.make_actual(series, state="draft")
        for place in range(reports):
            row = make.make_row(make.make_action(plan), [section])
            keys[section][f"report-{row.pk}"] = {"result": "新しい文"}
            if place % 2 == 0:
                make.make_report(row, state="draft")
    asked = make.make_request(plan)
    books = []
    for section in sections:
        book = Filled(book_for(asked, section))
        for key, values in keys[section].items():
            book.fill(key, **values)
        books.append(book.to_bytes())
    return asked, books


def asked_of_database(**options: Any) -> tuple[int, Brought]:
    """Return how many questions `bring` asks, and what it brings."""
    with CaptureQueriesContext(connection) as queries:
        brought = bring(**options)
    return len(told(queries)), brought


def told(queries: CaptureQueriesContext) -> list[str]:
    """Return what the database has been asked, without the marks of transactions."""
    return [each["sql"] for each in queries if not each["sql"].startswith(OF_TRANSACTIONS)]


@pytest.mark.parametrize("who", ["entry", "planner"])
@pytest.mark.parametrize(
    ("figures", "reports", "looks", "writes"),
    [(3, 0, 10, 15), (30, 0, 10, 15), (2, 2, 19, 24), (30, 30, 19, 24)],
)
def test_a_file_asks_the_database_a_fixed_number_of_questions(
    who: str, figures: int, reports: int, looks: int, writes: int
) -> None:
    people = make_people()
    asked, content = make_request(people, figures, reports)
    asked = Request.objects.select_related("municipality").get(pk=asked.pk)
    counts, fingerprint = [], None
    for seen in (False, True):
        by = User.objects.get(pk=getattr(people, who).pk)
        options: dict[str, Any] = {"decision": Decision(date(2024, 5, 1))} if seen else {}
        count, brought = asked_of_database(
            request=asked,
            content=content,
            file_name="回答.xlsx",
            by=by,
            seen=fingerprint,
            **options,
        )
        fingerprint = brought.taken.fingerprint
        counts.append(count)
    assert brought.kept is not None
    assert brought.kept.written == figures + reports
    assert Actual.objects.filter(value=7).count() == figures
    # Nobody asks for the sections of who plans.
    spared = 1 if who == "planner" else 0
    assert counts == [looks - spared, writes - spared]


@pytest.mark.parametrize(
    ("who", "looks", "writes"), [("planner", 24, 25), ("entry", 25, 26)], ids=["planner", "entry"]
)
def test_so_do_its_pages_with_who_is_signed_in_and_the_file_that_waits(
    who: str, looks: int, writes: int
) -> None:
    people = make_people()
    asked, content = make_request(people, 30, 30)
    pages = Pages(getattr(people, who), asked)
    upload = {"files": [SimpleUploadedFile("回答.xlsx", content)]}
    with CaptureQueriesContext(connection) as looked:
        pages.client.post(pages.url(), upload, headers={"Accept": "application/json"})
    seen = EntryUpload.objects.get()
    confirm = {"confirm": "1", "chosen": [seen.pk], f"fingerprint-{seen.pk}": seen.fingerprint}
    with CaptureQueriesContext(connection) as written:
        pages.client.post(pages.url(), confirm, headers={"Accept": "application/json"})
    assert Actual.objects.filter(value=7).count() == 30
    assert [len(told(each)) for each in (looked, written)] == [looks, writes]


@pytest.mark.parametrize("who", ["entry", "planner"])
def test_a_further_file_costs_no_more_than_25_with_the_reply_of_its_section(who: str) -> None:
    """Without JavaScript many come at once: who is signed in is asked once for all of them."""
    people = make_people()
    other = make.make_department(people.kita, "税務課")
    for section in (people.finance, other):
        make.make_membership(people.entry, Role.ENTRY, department=section)
    asked, books = make_books(people.kita, [people.welfare, people.finance, other], 15, 15)
    pages = Pages(getattr(people, who), asked)
    counts = []
    for sent in (books[:1], books[1:]):
        files = [SimpleUploadedFile("回答.xlsx", content) for content in sent]
        with CaptureQueriesContext(connection) as looked:
            pages.client.post(pages.url(), {"files": files})
        waiting = EntryUpload.objects.filter(finished_at=None)
        assert len(waiting) == len(sent)
        confirm = {"confirm": "1", "chosen": [each.pk for each in waiting]}
        confirm |= {f"fingerprint-{each.pk}": each.fingerprint for each in waiting}
        with CaptureQueriesContext(connection) as written:
            pages.client.post(pages.url(), {**confirm, "decided_on": "2024-05-01"})
        counts.append([len(told(each)) for each in (looked, written)])
    assert Actual.objects.filter(value=7).count() == 45
    assert Reply.objects.count() == 3
    assert [two - one for one, two in zip(*counts, strict=True)] == [20, 23]


def test_the_list_asks_as_much_for_many_files_as_for_few() -> None:
    round_ = make_round()
    pages = Pages(round_.people.planner, round_.asked)
    counts = []
    for number in range(1, 9):
        for value in (number, number + 100):  # one waits, one is taken in
            pages.bring(round_.book().fill(round_.figures[1], value=value), name=f"{value}.xlsx")
        pages.open()
        pages.press()
        with CaptureQueriesContext(connection) as asked:
            page = pages.see_list()
        assert len(page.select("#waiting tbody tr")) == number
        assert len(page.select("#kept tbody tr")) == number
        counts.append(len(told(asked)))
    assert counts == [11] * 8


@pytest.mark.parametrize(("figures", "reports"), [(2, 2), (30, 30)])
def test_a_preview_asks_as_much_for_many_rows_as_for_few(figures: int, reports: int) -> None:
    people = make_people()
    asked, content = make_request(people, figures, reports)
    pages = Pages(people.planner, asked)
    pages.bring(content)
    address = pages.url("file", EntryUpload.objects.get().pk)
    with CaptureQueriesContext(connection) as looked:
        page = pages.client.get(address).content.decode()
    assert page.count('class="entry-row') == figures + reports
    assert len(told(looked)) == 25
