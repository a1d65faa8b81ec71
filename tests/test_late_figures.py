"""Late statistics stay open after their year has been closed, and nothing else does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext

from indicators import record, record_many
from indicators.models import Actual
from indicators.resources import ActualResource
from municipalities.access import scope_of
from plans.models import Plan
from plans.workflow import Action
from rounds.models import Publication
from rounds.record import publish

from . import factories as make
from .admin_pages import address, filled_in, save, sign_in
from .flat_files import as_csv, imported, said
from .people import People, make_people
from .working_rows import put, versions

AWAITED: dict[str, Any] = {
    "value": None,
    "missing_reason": "not_compiled",
    "expected_on": date(2024, 8, 1),
}
FIGURE: dict[str, Any] = {"value": Decimal(7), "missing_reason": "", "expected_on": None}


@pytest.fixture
def people(db: None) -> People:
    return make_people()


@pytest.fixture
def plan(people: People) -> Plan:
    return make.make_plan(people.kita)


@pytest.fixture
def awaited(people: People, plan: Plan) -> Actual:
    """Checked as not compiled yet, due in August; then the year has been closed."""
    series = make.make_indicator(plan, departments=[people.welfare]).series
    make.make_lock(plan, 2023)
    return make.make_actual(series, **AWAITED)


def change(row: Actual, **fields: Any) -> Actual:
    fresh = Actual.objects.select_related("series").get(pk=row.pk)
    for name, value in fields.items():
        setattr(fresh, name, value)
    return fresh


def words_of(attempt: Callable[[], Any]) -> list[str]:
    try:
        attempt()
    except ValidationError as error:
        return sorted(error.messages)
    except (PermissionDenied, Http404) as error:
        return [str(error)]
    return []


DRAFT = FIGURE | {"state": "draft"}
LATE = {"is_late": True, "state": "draft", **FIGURE}
TRIES: dict[str, tuple[dict[str, Any], dict[str, Any], set[str]]] = {
    # what is stored, what is written over it, who may
    "the figure": ({}, FIGURE | {"state": "submitted"}, {"entry", "planner", "nobody"}),
    "a draft of it": ({}, DRAFT, {"entry", "planner", "nobody"}),
    "checked at once": ({}, FIGURE, {"planner", "nobody"}),
    "provisional": ({}, DRAFT | {"is_provisional": True, "note": "速報"}, {"entry", "planner"}),
    "it will not come": (
        {},
        {"missing_reason": "withheld", "expected_on": None, "state": "draft"},
        {"entry", "planner"},
    ),
    "later than thought": ({}, {"expected_on": date(2024, 12, 1)}, {"planner", "nobody"}),
    "another again": (LATE, {"value": Decimal(8)}, {"entry", "planner", "nobody"}),
    "with a mark": ({}, DRAFT | {"revision": "settled"}, set()),
    "in another period": ({}, DRAFT | {"period": "forecast"}, set()),
    "in another year": ({}, DRAFT | {"fiscal_year": 2024}, set()),
    "once it is checked": (LATE | {"state": "checked"}, {"value": Decimal(8)}, set()),
    "where none was awaited": ({"expected_on": None}, DRAFT, set()),
    "over a figure": (FIGURE, {"value": Decimal(8)}, set()),
    "pretending to be late": (FIGURE, {"value": Decimal(8), "is_late": True}, set()),
}


@pytest.mark.parametrize("name", TRIES)
def test_a_closed_year_takes_what_it_awaited_and_nothing_else(
    people: People, awaited: Actual, name: str
) -> None:
    stored, written, allowed = TRIES[name]
    put([awaited], **({"state": "checked"} | stored))
    for who in ("entry", "planner", "nobody", "colleague", "stranger"):
        by = None if who == "nobody" else getattr(people, who)

        def one(by: Any = by) -> None:
            record.check_actual(change(awaited, **written), by=by, reason="理由")

        def many(by: Any = by) -> None:
            problems = record_many.check_actuals([change(awaited, **written)], by=by)
            if problems:
                raise problems[0]

        assert words_of(one) == words_of(many), who
        if who in {"entry", "planner", "colleague", "stranger"} or allowed:
            may = who in allowed or (who == "nobody" and bool(allowed))
            assert (words_of(one) == []) == may, (who, words_of(one))


def test_no_row_joins_or_leaves_a_closed_year(people: People, awaited: Actual) -> None:
    new = Actual(series=awaited.series, fiscal_year=2023, period="mid_year", **AWAITED)
    assert "締め切られている" in words_of(lambda: record.check_actual(new, by=people.planner))[0]
    assert record_many.check_actuals([new], by=people.planner) != {}
    for by in (people.planner, None):
        refused = words_of(lambda by=by: record.remove_actual(change(awaited), by=by, reason="x"))
        assert "締め切られている" in refused[0]


@pytest.mark.parametrize("many", [False, True])
def test_a_late_figure_goes_its_way_and_is_closed_again(
    people: People, plan: Plan, awaited: Actual, many: bool
) -> None:
    publish(plan, Publication.Kind.PLAN, by=None)
    row = change(awaited, **FIGURE, state="draft")
    if many:
        record_many.record_actuals([row], by=people.entry, fields={*FIGURE, "state"})
    else:
        record.record_actual(row, by=people.entry)
    row.refresh_from_db()
    assert (row.value, row.state, row.is_late, row.changed_by) == (7, "draft", True, people.entry)
    for by, action in (
        (people.entry, Action.SUBMIT),
        (people.approver, Action.RETURN),
        (people.entry, Action.SUBMIT),
        (people.approver, Action.APPROVE),
        (people.planner, Action.CHECK),
    ):
        (row,) = record_many.move_actuals(
            [row], action, by=by, reason="理由", versions=versions([row])
        )
    assert row.state == "checked"
    for attempt in (
        lambda: record.record_actual(change(row, value=Decimal(8)), by=people.planner),
        lambda: record_many.move_actuals([row], Action.REOPEN, by=people.planner, reason="x"),
    ):
        assert "締め切られている" in words_of(attempt)[0]
    year = {"fiscal_year": 2023, "period": "year_end"}
    published = publish(plan, Publication.Kind.PUBLIC, by=people.planner, **year)
    assert published.indicators.get().value == 7


def test_an_open_year_takes_the_awaited_figure_of_a_section_too(
    people: People, plan: Plan, awaited: Actual
) -> None:
    plan.year_locks.all().delete()
    row = change(awaited, **FIGURE)
    assert words_of(lambda: record.check_actual(row, by=people.entry)) == [
        "確定した値を入力するときは、状態を「入力中」か「提出済」にしてください。"
    ]
    row.state = "submitted"
    record.record_actual(row, by=people.entry)
    assert Actual.objects.get().is_late is False


def test_the_page_of_a_year_offers_only_the_awaited_row(people: People, awaited: Actual) -> None:
    other = make.make_indicator(awaited.series.indicators.get().plan, departments=[people.welfare])
    make.make_actual(other.series)
    page = address(Actual, "changelist") + "entry/?fiscal_year=2023&period=year_end"
    client = sign_in(people.entry)
    data, name = filled_in(client, page), f"series-{awaited.series_id}-value"
    assert {key for key in data if key.endswith("-value")} == {name}
    assert save(client, page, data) == []  # nothing typed, nothing changed
    assert Actual.objects.get(pk=awaited.pk).version == 1
    assert save(client, page, data | {name: "7"}) == []
    row = Actual.objects.get(pk=awaited.pk)
    assert (row.value, row.missing_reason, row.expected_on) == (7, "", None)
    assert (row.state, row.is_late) == ("draft", True)


def test_a_flat_file_brings_late_figures(people: People, awaited: Actual) -> None:
    head = ["自治体", "系列コード", "年度", "時期", "実績値", "値のない理由", "確定予定月", "状態"]
    line = ["kita", awaited.series.code, "R5", "年度末実績", "7", "", "", "提出済"]
    assert said(imported(ActualResource, people.entry, as_csv(head, line))) == []
    row = Actual.objects.get()
    assert (row.value, row.state, row.is_late) == (7, "submitted", True)


def test_a_late_figure_costs_what_any_figure_costs(people: People, awaited: Actual) -> None:
    open_row = make.make_actual(awaited.series, 2024, **AWAITED)

    def queries(row: Actual) -> int:
        fresh = change(row, **FIGURE, state="draft")
        with CaptureQueriesContext(connection) as asked:
            record.record_actual(fresh, by=people.planner, expected_version=fresh.version)
        return len(asked)

    assert scope_of(people.planner).planned  # asked for once per person and request
    late, ordinary = queries(awaited), queries(open_row)
    assert late == ordinary <= 20
