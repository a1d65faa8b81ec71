"""Writes rows as fixture files that people can read and `loaddata` restores exactly.

Rows are named by natural keys and stand in the order in which they need each other; fields that
hold their default are left out. People and history never leave the database this way.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core import serializers
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone

from indicators.models import (
    Actual,
    CommonIndicator,
    Indicator,
    Judgement,
    Responsibility,
    Series,
    SeriesBreak,
    Target,
)
from measures.models import (
    Action,
    Correspondence,
    DepartmentPolicySheet,
    Measure,
    MeasureSdg,
    PriorityIssue,
    ProgressReport,
    ReportColumn,
    ReportingDepartment,
    ReportingRow,
    ReviewComment,
)
from municipalities.models import Department, DepartmentSuccession, Municipality
from plans.models import (
    Band,
    BasicGoal,
    Footnote,
    GlossaryTerm,
    Plan,
    PlanScheme,
    Policy,
    PolicyField,
    PolicySdg,
    RatingScheme,
    RelatedPlan,
    YearLock,
)

from .models import (
    Publication,
    PublishedComment,
    PublishedIndicator,
    PublishedReport,
    PublishedSheet,
)

# Each model after those it refers to.
OF_PLANS = [
    BasicGoal,
    PolicyField,
    Policy,
    PolicySdg,
    Measure,
    MeasureSdg,
    Action,
    RelatedPlan,
    GlossaryTerm,
    Footnote,
    PlanScheme,
    ReportColumn,
    ReportingRow,
    ReportingDepartment,
    ProgressReport,
    DepartmentPolicySheet,
    PriorityIssue,
    ReviewComment,
    Correspondence,
    Indicator,
    Responsibility,
    Target,
    Judgement,
    YearLock,
    Publication,
    PublishedIndicator,
    PublishedReport,
    PublishedSheet,
    PublishedComment,
]
LINE_LENGTH = 110


def sections_of(municipality: Municipality) -> Iterator[models.Model]:
    """Yield the sections of a municipality and how they followed each other."""
    departments = Department.objects.filter(municipality=municipality)
    yield from _parents_first(departments.order_by("order", "code"))
    yield from _sorted(DepartmentSuccession.objects.filter(predecessor__municipality=municipality))


def schemes_of(municipality: Municipality) -> Iterator[models.Model]:
    """Yield the rating schemes of its own; presets for all belong to no municipality."""
    yield from _sorted(RatingScheme.objects.filter(municipality=municipality))
    yield from _sorted(Band.objects.filter(scheme__municipality=municipality))


def plans_of(plans: Iterable[Plan]) -> Iterator[models.Model]:
    """Yield plans and everything in them, with the series they count by."""
    plans = list(plans)
    yield from _parents_first(plans)
    series = Series.objects.filter(indicators__plan__in=plans).distinct()
    yield from _sorted(CommonIndicator.objects.filter(series__in=series).distinct())
    yield from _sorted(series)
    yield from _sorted(SeriesBreak.objects.filter(series__in=series))
    yield from _sorted(Actual.objects.filter(series__in=series))
    for model in OF_PLANS:
        way = model.municipality_lookup.removesuffix("__municipality")
        yield from _sorted(model.objects.filter(**{f"{way}__in": plans}))


def as_text(rows: Iterable[models.Model]) -> str:
    """Return the rows as the text of a fixture file, one field per line."""
    blocks = []
    for item in serializers.serialize(
        "python", rows, use_natural_foreign_keys=True, use_natural_primary_keys=True
    ):
        fields = dict(_said(item["model"], item["fields"]))
        lines = ",\n".join(f"      {_json(name)}: {_value(fields[name])}" for name in fields)
        blocks.append(
            f'  {{\n    "model": {_json(item["model"])},\n    "fields": {{\n{lines}\n    }}\n  }}'
        )
    return "[\n" + ",\n".join(blocks) + "\n]\n"


# --- Order ------------------------------------------------------------------------------------


def _sorted(rows: models.QuerySet) -> list[models.Model]:
    """Return rows in the order of the plan, the same on every database."""
    ways = {lookup.rpartition("__")[0] for lookup in rows.model.natural_lookups()} - {""}
    return sorted(rows.select_related(*sorted(ways)), key=_place)


def _place(row: models.Model) -> tuple[Any, ...]:
    """Return what a row is sorted by: its natural key, numbers before names at each level."""
    place: tuple[Any, ...] = ()
    for name in row.natural_fields:
        value = getattr(row, name)
        if isinstance(value, models.Model):
            place += _place(value)
        elif name == "code":
            place += (getattr(row, "order", 0), value)
        else:
            place += (value,)
    return place


def _parents_first(rows: Iterable[Any]) -> list[Any]:
    """Return rows so that each stands behind its parent, otherwise as they were."""
    waiting, placed = list(rows), []
    keys = {row.pk for row in waiting}
    while waiting:
        ready = next(
            row
            for row in waiting
            if row.parent_id not in keys or row.parent_id in {other.pk for other in placed}
        )
        waiting.remove(ready)
        placed.append(ready)
    return placed


# --- Fields -----------------------------------------------------------------------------------


def _said(label: str, fields: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield what a row says beyond defaults: its natural key, then the other fields."""
    model = apps.get_model(label)
    for name, value in fields.items():
        field = model._meta.get_field(name)
        if name in model.natural_fields:
            yield name, value
        elif field.is_relation and field.related_model._meta.label == settings.AUTH_USER_MODEL:
            continue
        elif field.many_to_many:
            if value:
                yield name, value
        elif value != field.get_default():
            yield name, value


def _value(value: Any) -> str:
    """Return JSON; a list or document too long for a line has one item per line."""
    text = _json(value)
    if not isinstance(value, list | dict) or len(text) <= LINE_LENGTH:
        return text
    if isinstance(value, dict):
        items = [f"{_json(key)}: {_json(value[key])}" for key in sorted(value)]
    else:
        items = [_json(item) for item in value]
    inner = ",\n".join(f"        {item}" for item in items)
    return f"{text[0]}\n{inner}\n      {text[-1]}"


def _json(value: Any) -> str:
    if isinstance(value, Decimal):
        value = f"{value.normalize():f}"
    elif isinstance(value, datetime):
        value = timezone.localtime(value).isoformat()
    # Sorted, because PostgreSQL does not keep the order of keys.
    return json.dumps(value, ensure_ascii=False, sort_keys=True, cls=DjangoJSONEncoder)
