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
from municipalities.models import User
from plans.models import Plan
from rounds.models import Request

from . import factories as make
from .entry_books import Filled
from .entry_file_pages import Pages, make_round
from .filled_workbooks import book_for
from .people import People, make_people

pytestmark = pytest.mark.django_db
OF_TRANSACTIONS = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")


def make_request(people: People, figures: int, reports: int) -> tuple[Request, bytes]:
    """A request, and a workbook in which half of the rows are new and half have changed."""
    plan: Plan = make.make_plan(people.kita)
    make.make_scheme(plan=plan)
    series = [
        make.make_indicator(plan, departments=[people.welfare]).series for _ in range(figures)
    ]
    rows = [make.make_row(make.make_action(plan), [people.welfare]) for _ in range(reports)]
    for each in series[::2]:
        make.make_actual(each, state="draft")
    for row in rows[::2]:
        make.make_report(row, state="draft")
    asked = make.make_request(plan)
    book = Filled(book_for(asked, people.welfare))
    for each in series:
        book.fill(f"series-{each.pk}", value=7)
    for row in rows:
        book.fill(f"report-{row.pk}", result="新しい文")
    return asked, book.to_bytes()


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
