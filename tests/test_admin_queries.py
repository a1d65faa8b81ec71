"""The admin asks as many queries for 30 rows as for 300."""

from collections.abc import Callable

import pytest
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from indicators.models import Actual, Indicator, Series
from measures.models import DepartmentPolicySheet, ProgressReport, ReportingRow
from plans.models import Plan, RatingScheme

from . import factories as make
from .admin_pages import address, sign_in
from .full_town import fill_town, our_models
from .people import People, make_people

pytestmark = pytest.mark.any_database


@pytest.fixture
def people(db: None) -> People:
    return make_people()


def queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(url).status_code == 200
    return len(asked)


def repeated(client: Client, url: str) -> list[str]:
    """Return the queries a page asks, shortened, for the message of a failure."""
    with CaptureQueriesContext(connection) as asked:
        client.get(url)
    return [query["sql"][:300] for query in asked]


@pytest.mark.parametrize("who", ["planner", "entry", "operator"])
def test_lists_ask_a_constant_number_of_queries(people: People, who: str) -> None:
    client = sign_in(getattr(people, who))
    for _number in range(3):
        fill_town(people.welfare)
    urls = [f"{address(model, 'changelist')}?" for model in our_models()]
    urls += [f"{address(model, 'changelist')}?own=all" for model in (Actual, ProgressReport)]
    urls = [url for url in urls if client.get(url).status_code == 200]
    few = {url: queries(client, url) for url in urls}
    for _number in range(27):
        fill_town(people.welfare)
    many = {url: queries(client, url) for url in urls}
    assert {url: (few[url], many[url]) for url in urls if few[url] != many[url]} == {}


CHILDREN: dict[str, tuple[type[models.Model], Callable[[dict, int], object]]] = {
    "targets": (Indicator, lambda rows, n: make.make_target(rows[Indicator], 2030 + n)),
    "judgements": (
        Indicator,
        lambda rows, n: make.make_judgement(
            rows[Indicator], rows[RatingScheme].bands.first(), fiscal_year=1950 + n
        ),
    ),
    "responsibilities": (
        Indicator,
        lambda rows, n: rows[Indicator].responsibilities.create(
            department=make.make_department(rows[Plan].municipality), order=n
        ),
    ),
    "actuals": (Series, lambda rows, n: make.make_actual(rows[Series], 1950 + n)),
    "breaks": (Series, lambda rows, n: make.make_break(rows[Series], 1950 + n)),
    "bands": (
        RatingScheme,
        lambda rows, n: rows[RatingScheme].bands.create(order=n, symbol=f"{n}", label="区分"),
    ),
    "terms": (
        Plan,
        lambda rows, n: make.make_term(rows[Plan], policy=make.make_policy(rows[Plan])),
    ),
    "footnotes": (
        Plan,
        lambda rows, n: make.make_footnote(rows[Plan], policy=make.make_policy(rows[Plan])),
    ),
    "related plans": (
        Plan,
        lambda rows, n: make.make_related_plan(
            rows[Plan], linked_plan=make.make_plan(rows[Plan].municipality)
        ),
    ),
    "locks": (Plan, lambda rows, n: make.make_lock(rows[Plan], 1950 + n)),
    "columns": (Plan, lambda rows, n: make.make_column(rows[Plan])),
    "departments of a row": (
        ReportingRow,
        lambda rows, n: rows[ReportingRow].departments.create(
            department=make.make_department(rows[Plan].municipality), order=n
        ),
    ),
    "reports of a row": (
        ReportingRow,
        lambda rows, n: make.make_report(rows[ReportingRow], fiscal_year=1950 + n),
    ),
    "priority issues": (
        DepartmentPolicySheet,
        lambda rows, n: make.make_issue(rows[DepartmentPolicySheet]),
    ),
}


@pytest.mark.parametrize("children", CHILDREN)
def test_forms_ask_a_constant_number_of_queries(people: People, children: str) -> None:
    rows = fill_town(people.welfare)
    model, add_child = CHILDREN[children]
    planner, url = sign_in(people.planner), address(model, "change", rows[model].pk)
    for number in range(10, 13):
        add_child(rows, number)
    planner.get(url)  # content types are asked for once per process
    few = queries(planner, url)
    for number in range(13, 40):
        add_child(rows, number)
    assert queries(planner, url) == few, repeated(planner, url)


@pytest.mark.parametrize("who", ["entry", "planner"])
def test_the_sheet_of_a_year_asks_a_constant_number_of_queries(people: People, who: str) -> None:
    client = sign_in(getattr(people, who))
    url = reverse("admin:indicators_actual_entry") + "?fiscal_year=2023"
    plan = make.make_plan(people.kita)

    def add_indicators(count: int) -> None:
        for _number in range(count):
            indicator = make.make_indicator(plan, departments=[people.welfare])
            make.make_actual(indicator.series, 2022)
            make.make_actual(indicator.series, 2023, state="draft")

    add_indicators(30)
    few = queries(client, url)
    add_indicators(270)
    assert queries(client, url) == few
    assert few <= 15
