"""The form of a progress report explains itself: classes, periods, whose row it is."""

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from measures.models import ProgressReport
from plans.models import Plan, PlanScheme

from . import factories as make
from .admin_pages import address, filled_in, save, sign_in
from .people import People, make_people


@pytest.fixture
def people(db: None) -> People:
    return make_people()


@pytest.fixture
def plan(people: People) -> Plan:
    """A plan with one scheme from FY2020 on and another from FY2024 on."""
    plan = make.make_plan(people.kita, label_mid_year="9月末現在", label_relisted="再掲載")
    first = make.make_scheme(plan=plan, symbols="AB")
    first.bands.filter(symbol="A").update(meaning="計画どおり進んだ")
    second = make.make_scheme(people.kita, symbols="◎○")
    PlanScheme.objects.create(plan=plan, subject="reports", from_fiscal_year=2024, scheme=second)
    return plan


@pytest.fixture
def entry(people: People) -> Client:
    return sign_in(people.entry)


def box(client: Client, url: str, name: str) -> BeautifulSoup:
    return BeautifulSoup(client.get(url).content, "html.parser").select_one(f".field-{name}")


def test_only_the_classes_in_force_are_offered_and_explained(
    plan: Plan, people: People, entry: Client
) -> None:
    row = make.make_row(make.make_action(plan), [people.welfare])
    old = make.make_report(row, state="draft")
    new = make.make_report(row, fiscal_year=2024, state="draft")
    url = address(ProgressReport, "change", old.pk)
    rating = box(entry, url, "rating")
    assert [each.get_text() for each in rating.select("option")] == [
        "---------",
        "A 評価A",
        "B 評価B",
    ]
    assert "A 評価A：計画どおり進んだ" in rating.select_one(".help").get_text()
    later = box(entry, address(ProgressReport, "change", new.pk), "rating")
    assert [each.get_text() for each in later.select("option")][1:] == ["◎ 評価◎", "○ 評価○"]
    foreign = plan.schemes.last().scheme.bands.first()
    assert save(entry, url, filled_in(entry, url) | {"rating": foreign.pk}) != []
    own = plan.schemes.get(subject="reports", from_fiscal_year=2020).scheme.bands.first()
    assert save(entry, url, filled_in(entry, url) | {"rating": own.pk}) == []
    old.refresh_from_db()
    assert old.rating == own


def test_a_class_that_was_given_once_is_not_lost(plan: Plan, people: People, entry: Client) -> None:
    other = make.make_scheme(people.kita, symbols="Z").bands.get()
    row = make.make_row(make.make_action(plan), [people.welfare])
    report = make.make_report(row, state="draft", rating=other)
    rating = box(entry, address(ProgressReport, "change", report.pk), "rating")
    assert rating.select_one("option[selected]").get_text() == "Z 評価Z"


def test_periods_bear_the_names_of_the_plan(plan: Plan, people: People, entry: Client) -> None:
    report = make.make_report(
        make.make_row(make.make_action(plan), [people.welfare]), state="draft"
    )
    period = box(entry, address(ProgressReport, "change", report.pk), "period")
    assert "9月末現在" in period.get_text()
    assert "9月末実績" not in period.get_text()
    ProgressReport.objects.update(period="mid_year")
    assert "9月末現在" in entry.get(address(ProgressReport, "changelist")).content.decode()


def test_a_row_listed_again_says_who_owns_the_action(
    plan: Plan, people: People, entry: Client
) -> None:
    action = make.make_action(plan)
    make.make_row(action, [people.finance], order=1)
    again = make.make_row(action, [people.welfare], order=2, is_relisted=True)
    report = make.make_report(again, state="draft")
    page = entry.get(address(ProgressReport, "change", report.pk)).content.decode()
    assert "この行は「再掲載」です。この取組の主担当：財政課" in page
    listed = entry.get(address(ProgressReport, "changelist")).content.decode()
    assert "（再掲載）" in listed


def test_a_new_report_of_a_row_has_the_form_of_its_plan(
    plan: Plan, people: People, entry: Client
) -> None:
    make.make_column(plan, "budget", label="予算額", kind="number", unit="千円")
    make.make_column(plan, "direction", label="方向", is_hidden=True)
    row = make.make_row(make.make_action(plan), [people.welfare])
    url = f"{address(ProgressReport, 'add')}?row={row.pk}&fiscal_year=2023&period=year_end"
    page = BeautifulSoup(entry.get(url).content, "html.parser")
    assert "予算額（千円）" in page.get_text()
    assert not page.select("[name=direction]")
    assert len(page.select("[name=rating] option")) == 3
    assert save(entry, url, filled_in(entry, url) | {"column_budget": "▲1,200"}) == []
    assert ProgressReport.objects.get().extra == {"budget": "-1200"}


@pytest.mark.parametrize("query", ["row=abc", "row=" + "9" * 30, "row=%00", "row=1&fiscal_year=x"])
def test_nonsense_in_the_address_of_a_new_report_does_no_harm(
    plan: Plan, people: People, entry: Client, query: str
) -> None:
    assert entry.get(f"{address(ProgressReport, 'add')}?{query}").status_code == 200


def test_a_strangers_row_gives_no_form(plan: Plan, people: People, entry: Client) -> None:
    theirs = make.make_plan(people.minami)
    make.make_column(theirs, "secret", label="みなみの列")
    row = make.make_row(make.make_action(theirs), [people.minami_welfare])
    url = f"{address(ProgressReport, 'add')}?row={row.pk}&fiscal_year=2023"
    page = entry.get(url).content.decode()
    assert "みなみの列" not in page
    assert str(row.action) not in page


def test_the_form_asks_a_constant_number_of_queries(
    plan: Plan, people: People, entry: Client
) -> None:
    row = make.make_row(make.make_action(plan), [people.welfare])
    report = make.make_report(row, state="draft", issues="課題", taken_over=["issues"])
    url = address(ProgressReport, "change", report.pk)

    def grow(more: range) -> int:
        for year in more:
            make.make_column(plan, kind="list")
            make.make_report(row, fiscal_year=year, issues="課題")
        with CaptureQueriesContext(connection) as asked:
            assert entry.get(url).status_code == 200
        return len(asked)

    grow(range(2000, 2001))  # content types are asked for once per process
    few = grow(range(2001, 2003))
    assert grow(range(2003, 2023)) == few
