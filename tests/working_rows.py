"""Working rows put into a state, and moved: what the tests of the workflow share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404

from indicators.models import Actual
from indicators.record_many import move_actuals, move_judgements
from measures.record_many import move_comments, move_reports, move_sheets
from plans.models import Plan

from . import factories as make
from .people import People

Mover = Callable[..., list[Any]]


def make_figures(people: People, plan: Plan, count: int = 2, **fields: Any) -> list[Actual]:
    """Figures of the welfare section, drafts unless said otherwise."""
    indicators = [make.make_indicator(plan, departments=[people.welfare]) for _ in range(count)]
    given = {"state": "draft"} | fields
    return [make.make_actual(indicator.series, **given) for indicator in indicators]


def rows_of_every_kind(people: People, plan: Plan) -> dict[Mover, Any]:
    """One handed-in row of each kind, in FY2023, by the function that moves it."""
    indicator = make.make_indicator(plan, departments=[people.welfare])
    row = make.make_row(make.make_action(plan), [people.welfare])
    return {
        move_actuals: make.make_actual(indicator.series, state="submitted"),
        move_reports: make.make_report(row, state="submitted"),
        move_sheets: make.make_sheet(plan, people.welfare, state="submitted"),
        move_judgements: make.make_judgement(indicator, state="submitted"),
        move_comments: make.make_comment(plan, state="submitted"),
    }


def put(rows: list[Any], state: str, **fields: Any) -> list[Any]:
    """Put rows into a state as a fixture does, and return them as they stand."""
    model = type(rows[0])
    model.objects.filter(pk__in=[row.pk for row in rows]).update(state=state, **fields)
    return list(model.objects.filter(pk__in=[row.pk for row in rows]).order_by("pk"))


def versions(rows: list[Any]) -> dict[int, int]:
    return {row.pk: row.version for row in rows}


def done(attempt: Any) -> bool:
    """Whether an attempt is let through; nothing of it stays."""
    try:
        with transaction.atomic():
            attempt()
            transaction.set_rollback(True)
    except (ValidationError, PermissionDenied, Http404):
        return False
    return True


def states(rows: list[Any]) -> list[str]:
    return [type(rows[0]).objects.get(pk=row.pk).state for row in rows]
