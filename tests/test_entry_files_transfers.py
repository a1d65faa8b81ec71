"""Sections are renamed, merged and split while their entry workbooks are on the way."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from exchange.entry_book.keeping import Brought, bring
from exchange.entry_book.taking import Kind
from indicators.models import Actual, Series
from municipalities import fiscal_year
from municipalities.models import Department, User
from rounds.models import Request
from rounds.transfers.booking import book
from rounds.transfers.reading import read_order

from . import factories as make
from .entry_books import Filled
from .filled_workbooks import book_for
from .people import People, make_people

pytestmark = pytest.mark.django_db
RENAMED = {"old": "welfare", "kind": "改称", "code": "chiiki", "name": "地域福祉課"}
MERGED = {"old": "welfare", "kind": "統合", "code": "finance"}


class Town:
    """福祉課 answers for a figure by its duty and for another as the owner of its series, 財政課
    for one; all are asked for in the fiscal year of today, or one `years` away."""

    def __init__(self, years: int = 0) -> None:
        self.people: People = make_people()
        plan = make.make_plan(self.people.kita, end_fiscal_year=2099)
        owned = make.make_series(self.people.kita, owner=self.people.welfare)
        self.series: list[Series] = [
            make.make_indicator(plan, departments=[self.people.welfare]).series,
            make.make_indicator(plan, owned).series,
            make.make_indicator(plan, departments=[self.people.finance]).series,
        ]
        year = fiscal_year.of(timezone.localdate()) + years
        self.asked: Request = make.make_request(plan, fiscal_year=year)

    def book(self, *sections: Department) -> Filled:
        return Filled(book_for(self.asked, *sections))

    def filled(self, *sections: Department) -> bytes:
        """Return the workbook of some sections with a figure in each of its rows."""
        filled = self.book(*sections)
        for each in self.series if len(sections) > 1 else self.series[:2]:
            filled.fill(f"series-{each.pk}", value=7)
        return filled.to_bytes()

    def change(self, section: dict[str, str], day: date) -> None:
        """Book a reorganisation as planners do: look, then book what was seen."""
        seen: str | None = None
        for _step in ("look", "book"):
            order, problems = read_order(self.people.kita, day, [section], ())
            assert problems == []
            booking = book(order, by=self.people.planner, reason="訓令", seen=seen)
            assert booking.errors == []
            seen = booking.fingerprint
        assert booking.is_booked

    def bring(self, content: bytes, by: User) -> Brought:
        """Look at a file and take it in."""
        person = User.objects.get(pk=by.pk)
        seen = bring(self.asked, content, "回答.xlsx", by=person).taken.fingerprint
        return bring(self.asked, content, "回答.xlsx", by=person, seen=seen)


def said(brought: Brought) -> tuple[int, list[str]]:
    return brought.taken.counts[Kind.NEW], [one.message for one in brought.taken.complaints]


@pytest.mark.parametrize(
    ("change", "days"),
    [(RENAMED, -1), (RENAMED, 1), (MERGED, -1)],  # what is to be merged is the other's at once
    ids=["renamed", "renamed tomorrow", "merged"],
)
@pytest.mark.parametrize("years", [0, -1], ids=["this year", "last year"])
@pytest.mark.parametrize("who", ["entry", "planner"])
def test_the_workbook_of_a_section_that_goes_on_in_another_is_taken_in(
    change: dict[str, str], days: int, years: int, who: str
) -> None:
    town = Town(years)
    content = town.filled(town.people.welfare)
    town.change(change, timezone.localdate() + timedelta(days=days))
    assert said(town.bring(content, getattr(town.people, who))) == (2, [])
    assert Actual.objects.filter(series__in=town.series, value=7).count() == 2


@pytest.mark.parametrize("years", [0, -1], ids=["this year", "last year"])
def test_the_section_that_goes_on_answers_for_what_the_other_did(years: int) -> None:
    town = Town(years)
    town.change(RENAMED, timezone.localdate() - timedelta(days=1))
    content = town.filled(make.Department.objects.get(code="chiiki"))
    assert said(town.bring(content, town.people.planner)) == (2, [])


@pytest.mark.parametrize("change", [RENAMED, MERGED], ids=["renamed", "merged"])
@pytest.mark.parametrize("days", [-1, 1], ids=["since yesterday", "booked for tomorrow"])
@pytest.mark.parametrize("years", [0, -1], ids=["this year", "last year"])
def test_so_is_that_of_several_sections(change: dict[str, str], days: int, years: int) -> None:
    town = Town(years)
    content = town.filled(town.people.welfare, town.people.finance)
    town.change(change, timezone.localdate() + timedelta(days=days))
    brought = town.bring(content, town.people.planner)
    assert said(brought) == (3, [])
    assert sum(len(part.rows) for part in brought.taken.parts) == 3


def test_a_figure_that_comes_late_is_taken_in_after_the_request_has_closed() -> None:
    town = Town()
    late = town.series[0]
    make.make_actual(
        late,
        town.asked.fiscal_year,
        value=None,
        missing_reason="not_compiled",
        expected_on=(town.asked.deadline + timedelta(days=70)).replace(day=1),
        state="draft",
    )
    content = town.book(town.people.welfare).fill(f"series-{late.pk}", value=7).to_bytes()
    town.change(RENAMED, timezone.localdate() - timedelta(days=1))
    town.asked.state = Request.State.CLOSED
    town.asked.closed_at = timezone.now()
    town.asked.save()
    brought = town.bring(content, town.people.entry)
    assert [one.message for one in brought.taken.complaints] == []
    assert Actual.objects.get(series=late).value == 7


def test_what_another_section_has_got_is_not_written_over() -> None:
    town = Town()
    content = town.filled(town.people.welfare)
    town.change(RENAMED, timezone.localdate() - timedelta(days=1))
    make.make_actual(town.series[0], town.asked.fiscal_year, value=9, state="draft")
    brought = town.bring(content, town.people.planner)
    assert brought.taken.counts[Kind.STALE] == 1
    assert not Actual.objects.filter(value=7).exists()


def test_a_section_that_has_got_nothing_of_it_brings_none_of_its_rows() -> None:
    town = Town()
    town.change(RENAMED, timezone.localdate() - timedelta(days=1))
    row = town.series[0]
    other = town.book(town.people.finance).add("指標", **{"#key": f"series-{row.pk}", "value": 7})
    brought = town.bring(other.to_bytes(), town.people.planner)
    assert brought.taken.counts[Kind.UNKNOWN] == 1
