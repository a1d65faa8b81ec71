"""Rows named by their address: the same with and without keys at hand, which saves the asking."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from measures.models import Action, ReportingDepartment, ReportingRow
from municipalities.models import Department, Municipality
from municipalities.natural_keys import keys_at_hand
from plans.models import YearLock

from . import factories as make
from .full_town import our_models

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def link() -> ReportingDepartment:
    """A row deep in a plan: its key holds those of a town, a plan, an action and a section."""
    department = make.make_department()
    plan = make.make_plan(department.municipality)
    row = make.make_row(make.make_action(plan), [department])
    return ReportingDepartment.objects.get(row=row)


def unread(link: ReportingDepartment) -> ReportingDepartment:
    """Return the row as a file gives it: it knows the numbers of others, not themselves."""
    return ReportingDepartment(
        row_id=link.row_id, department_id=link.department_id, order=link.order
    )


def test_keys_at_hand_are_those_of_the_database(link: ReportingDepartment) -> None:
    key = link.natural_key()
    with keys_at_hand():
        row = ReportingRow.objects.get_by_natural_key(*link.row.natural_key())
        section = Department.objects.get_by_natural_key(*link.department.natural_key())
        with CaptureQueriesContext(connection) as asked:
            assert ReportingRow.objects.get_by_natural_key(*link.row.natural_key()) is row
            assert unread(link).natural_key() == key
        assert len(asked) == 0
    assert (row, section) == (link.row, link.department)
    with CaptureQueriesContext(connection) as asked:
        assert unread(link).natural_key() == key
    assert len(asked) > 0


def test_a_row_that_comes_later_is_found(link: ReportingDepartment) -> None:
    plan = link.row.action.plan
    key = (*plan.natural_key(), "later")
    with keys_at_hand():
        with pytest.raises(ObjectDoesNotExist):
            Action.objects.get_by_natural_key(*key)
        later = make.make_action(plan, code="later")
        assert Action.objects.get_by_natural_key(*key) == later


def test_a_saved_row_is_found_without_asking(link: ReportingDepartment) -> None:
    plan = link.row.action.plan
    key = (*plan.natural_key(), "2021")  # a file may write a number as text
    with keys_at_hand():
        with pytest.raises(ObjectDoesNotExist):
            YearLock.objects.get_by_natural_key(*key)
        lock = make.make_lock(plan, 2021)
        with CaptureQueriesContext(connection) as asked:
            assert YearLock.objects.get_by_natural_key(*key) is lock
        assert len(asked) == 0


def test_nothing_is_kept_afterwards(link: ReportingDepartment) -> None:
    town = link.department.municipality
    with keys_at_hand():
        Municipality.objects.get_by_natural_key(town.slug)
    Municipality.objects.filter(pk=town.pk).update(name="あらた市")
    assert Municipality.objects.get_by_natural_key(town.slug).name == "あらた市"


def test_loading_the_plans_into_empty_tables_hardly_asks() -> None:
    asked: Counter[str] = Counter()

    def count(execute: Callable[..., Any], sql: str, *how: Any) -> Any:
        asked[sql.split(maxsplit=1)[0]] += 1
        return execute(sql, *how)

    with connection.execute_wrapper(count):
        call_command("load_plans", verbosity=0)
    rows = sum(model.objects.count() for model in our_models())
    assert rows > 4000
    assert asked["SELECT"] < rows / 10, asked
