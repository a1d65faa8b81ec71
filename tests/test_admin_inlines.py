"""Rows entered below their parent: duplicates are told, never an error page."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import models

from indicators.models import Actual, Indicator, Judgement, Responsibility, SeriesBreak, Target
from measures.models import (
    MeasureSdg,
    PriorityIssue,
    ReportColumn,
    ReportingDepartment,
    ReportingRow,
)
from municipalities.models import Department, DepartmentSuccession, Membership
from plans.models import (
    Band,
    Footnote,
    GlossaryTerm,
    PlanScheme,
    PolicySdg,
    RelatedPlan,
    YearLock,
)

from . import factories as make
from .admin_pages import add_row, address, filled_in, save, sign_in
from .full_town import fill_town
from .people import People, make_people

# child model → prefix of its inline, and a new row as the form takes it
Rows = dict[type[models.Model], Any]
NEW_ROWS: dict[type[models.Model], tuple[str, Callable[[Rows], dict[str, Any]]]] = {
    DepartmentSuccession: (
        "succession_to",
        lambda rows: {
            "successor": make.make_department(rows[Indicator].plan.municipality).pk,
            "kind": "renamed",
            "effective_on": "2025-04-01",
        },
    ),
    Membership: (
        "memberships",
        lambda rows: {
            "municipality": rows[Department].municipality_id,
            "role": "entry",
            "department": rows[Department].pk,
            "valid_from": "2026-04-01",
        },
    ),
    YearLock: ("year_locks", lambda rows: {"fiscal_year": 2022}),
    PlanScheme: (
        "schemes",
        lambda rows: {
            "subject": "reports",
            "from_fiscal_year": 2025,
            "scheme": rows[Band].scheme_id,
        },
    ),
    RelatedPlan: ("related_plans", lambda rows: {"number": 7, "kind": "plan", "title": "条例"}),
    GlossaryTerm: ("glossary", lambda rows: {"number": 7, "term": "用語"}),
    Footnote: ("footnotes", lambda rows: {"number": 7, "mark": "※", "text": "文"}),
    ReportColumn: (
        "report_columns",
        lambda rows: {"key": "new", "label": "新しい列", "kind": "text", "order": 1},
    ),
    PolicySdg: ("sdgs", lambda rows: {"number": 11}),
    MeasureSdg: ("sdgs", lambda rows: {"number": 11}),
    Band: (
        "bands",
        lambda rows: {
            "order": 9,
            "symbol": "Z",
            "label": "区分",
            "test": "people",
            "tone": "none",
        },
    ),
    ReportingRow: ("rows", lambda rows: {"order": 9, "is_relisted": "on"}),
    ReportingDepartment: (
        "departments",
        lambda rows: {"order": 9, "department": rows[Responsibility].department_id},
    ),
    PriorityIssue: ("priority_issues", lambda rows: {"number": 9, "title": "課題"}),
    Responsibility: (
        "responsibilities",
        lambda rows: {"order": 9, "department": rows[Responsibility].department_id},
    ),
    Target: (
        "targets",
        lambda rows: {"fiscal_year": 2025, "revision": 0, "kind": "at_least", "value": "150"},
    ),
    Judgement: (
        "judgements",
        lambda rows: {
            "fiscal_year": 2024,
            "period": "year_end",
            "stage": "1_first",
            "band": rows[Band].pk,
            "state": "draft",
        },
    ),
    Actual: (
        "actuals",
        lambda rows: {
            "fiscal_year": 2024,
            "period": "year_end",
            "value": "12",
            "state": "draft",
        },
    ),
    SeriesBreak: ("breaks", lambda rows: {"fiscal_year": 2024, "reason": "変更"}),
}


@pytest.fixture
def people(db: None) -> People:
    return make_people()


@pytest.fixture
def rows(people: People) -> Rows:
    return fill_town(people.welfare)


def tells_a_duplicate(errors: list[str]) -> bool:
    return any(word in error for error in errors for word in ("すでに", "既に", "重複"))


def parent_of(row: models.Model, rows: Rows) -> models.Model:
    """Return the row whose page holds the inline."""
    name = type(row).municipality_lookup.partition("__")[0]
    name = "user" if name == "municipality" else name
    return getattr(row, name)


@pytest.mark.parametrize("model", NEW_ROWS, ids=lambda model: model.__name__)
def test_a_new_row_is_added_below_its_parent(
    people: People, rows: Rows, model: type[models.Model]
) -> None:
    prefix, new = NEW_ROWS[model]
    planner, parent = sign_in(people.planner), parent_of(rows[model], rows)
    url = address(type(parent), "change", parent.pk)
    before = model._default_manager.count()
    data = add_row(filled_in(planner, url), prefix, **new(rows))
    assert save(planner, url, data) == []
    assert model._default_manager.count() == before + 1


@pytest.mark.parametrize("model", NEW_ROWS, ids=lambda model: model.__name__)
def test_the_same_row_twice_is_refused_in_words(
    people: People, rows: Rows, model: type[models.Model]
) -> None:
    prefix, new = NEW_ROWS[model]
    planner, parent = sign_in(people.planner), parent_of(rows[model], rows)
    url, fields = address(type(parent), "change", parent.pk), new(rows)
    before = model._default_manager.count()
    data = add_row(add_row(filled_in(planner, url), prefix, **fields), prefix, **fields)
    errors = save(planner, url, data)
    assert tells_a_duplicate(errors), errors
    assert model._default_manager.count() == before


@pytest.mark.parametrize("model", NEW_ROWS, ids=lambda model: model.__name__)
def test_a_row_that_is_there_already_is_refused_in_words(
    people: People, rows: Rows, model: type[models.Model]
) -> None:
    prefix, new = NEW_ROWS[model]
    planner, parent = sign_in(people.planner), parent_of(rows[model], rows)
    url, fields = address(type(parent), "change", parent.pk), new(rows)
    assert save(planner, url, add_row(filled_in(planner, url), prefix, **fields)) == []
    before = model._default_manager.count()
    errors = save(planner, url, add_row(filled_in(planner, url), prefix, **fields))
    assert tells_a_duplicate(errors), errors
    assert model._default_manager.count() == before


def test_an_action_has_one_row_of_its_owner(people: People, rows: Rows) -> None:
    planner, action = sign_in(people.planner), rows[ReportingRow].action
    url = address(type(action), "change", action.pk)
    errors = save(planner, url, add_row(filled_in(planner, url), "rows", order=2))
    assert any("主担当" in error for error in errors)
    action.rows.all().delete()
    data = add_row(filled_in(planner, url), "rows", order=1)
    assert any("主担当" in error for error in save(planner, url, add_row(data, "rows", order=2)))
    assert save(planner, url, add_row(data, "rows", order=2, is_relisted="on")) == []


def test_saving_a_page_as_it_is_changes_nothing(people: People, rows: Rows) -> None:
    planner = sign_in(people.planner)
    for model, row in rows.items():
        url = address(model, "change", row.pk)
        data = filled_in(planner, url)
        if not data:
            continue
        assert save(planner, url, data) == [], model
        if hasattr(model, "history"):
            assert row.history.count() == 1, model
    assert rows[Actual].version == Actual.objects.get().version


def test_a_row_of_a_closed_year_cannot_be_taken_away(people: People, rows: Rows) -> None:
    indicator = rows[Indicator]
    make.make_target(indicator, 2021)
    planner, url = sign_in(people.planner), address(Indicator, "change", indicator.pk)
    data = filled_in(planner, url)
    number = next(
        name.split("-")[1]
        for name, value in data.items()
        if name.endswith("-fiscal_year") and name.startswith("targets") and value == "2021"
    )
    errors = save(planner, url, data | {f"targets-{number}-DELETE": "on"})
    assert any("締め切られ" in error for error in errors)
    assert indicator.targets.count() == 2
