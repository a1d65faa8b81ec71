"""The pages of an import ask the database as often for a large plan as for a small one."""

from collections.abc import Callable

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from exchange.plan_book.workbook import plan_workbook
from indicators.models import Actual
from municipalities.models import Municipality
from plans.models import Plan

from . import factories as make
from .admin_pages import sign_in
from .people import make_people
from .plan_pages import send, soup

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
BUDGETS = {"upload": 10, "preview": 50, "confirm": 54, "export": 45}


def build(town: Municipality, indicators: int) -> Plan:
    """A plan of another town with five years of values, to be brought to the planner's."""
    plan = make.make_plan(town, "sogo")
    goal = make.make_goal(plan)
    for _number in range(indicators):
        indicator = make.make_indicator(plan, basic_goal=goal)
        make.make_target(indicator)
        for year in range(2020, 2025):
            make.make_actual(indicator.series, year)
    return plan


def queries(ask: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        ask()
    return len(captured)


def measured(indicators: int) -> dict[str, int]:
    """Import a plan of that size through the pages, take it out again; page → queries."""
    people = make_people()
    content = plan_workbook(build(people.minami, indicators))
    planner: Client = sign_in(people.planner)
    found, pages = {}, []
    found["upload"] = queries(lambda: pages.append(send(planner, people.kita, content)))
    url = pages[-1].url
    found["preview"] = queries(lambda: pages.append(planner.get(url)))
    shown = soup(pages[-1]).select_one("[name=fingerprint]")["value"]
    sent = {"confirm": "1", "fingerprint": shown}
    found["confirm"] = queries(lambda: pages.append(planner.post(url, sent)))
    assert pages[-1].status_code == 302
    assert Actual.objects.filter(series__municipality=people.kita).count() == 5 * indicators
    export = reverse("admin:plans_plan_export", args=[people.kita.plans.get().pk])
    found["export"] = queries(lambda: planner.get(export).getvalue())
    return found


@pytest.fixture(scope="module")
def counts(django_db_setup: None, django_db_blocker) -> dict[int, dict[str, int]]:
    """Number of indicators → page → number of queries."""
    found = {}
    with django_db_blocker.unblock():
        ContentType.objects.get_for_model(Plan)  # asked for once per process
    for size in (10, 100):
        with django_db_blocker.unblock(), transaction.atomic():
            found[size] = measured(size)
            transaction.set_rollback(True)
    return found


@pytest.mark.parametrize("page", BUDGETS)
def test_queries_do_not_grow_and_keep_to_the_budget(
    counts: dict[int, dict[str, int]], page: str
) -> None:
    assert counts[10][page] == counts[100][page]
    assert counts[100][page] <= BUDGETS[page]
