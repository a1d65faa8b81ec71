"""Changes as lines people read: who, when, what row, what became of each value, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db.models import Field, Model, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from . import fiscal_year
from .admin_fields import is_year
from .cells import plain
from .changes import UNTOLD, before

NOTHING = "－"


@dataclass(frozen=True)
class Value:
    """What became of one field."""

    field: str
    old: str
    new: str


@dataclass(frozen=True)
class Line:
    """One change of one row; `url` leads to the history of the row, "" where it is deleted."""

    at: datetime
    who: str
    door: str
    kind: str
    row: str
    number: int
    action: str
    values: Sequence[Value]
    is_first_known: bool
    reason: str
    url: str


def lines(keys: Sequence[tuple[str, int]]) -> list[Line]:
    """Return the lines of the changes named by `keys` (label of the model, id of the history row),
    in their order. The number of queries depends on the number of kinds of rows only."""
    wanted: dict[str, list[int]] = defaultdict(list)
    for label, history_id in keys:
        wanted[label].append(history_id)
    changes, olds = {}, {}
    for label, numbers in wanted.items():
        model = apps.get_model(label)
        rows, previous = _with_previous(model, numbers)
        changes |= {(label, row.history_id): row for row in rows}
        olds |= {(label, row.history_id): previous.get(row.earlier_row) for row in rows}
    told = {key: _told(changes[key], olds[key]) for key in changes}
    names = _names(_linked(told) | {(apps.get_model(k[0]), c.id) for k, c in changes.items()})
    return [_line(changes[key], told[key], olds[key], names) for key in keys if key in changes]


def _with_previous(model: type[Model], numbers: Sequence[int]) -> tuple[list[Any], dict[int, Any]]:
    """Return history rows, each with the id of the one before it, and those by their id."""
    history = model.history.model.objects
    rows = list(
        history.filter(pk__in=numbers)
        .annotate(earlier_row=Subquery(before(model).values("history_id")[:1]))
        .select_related("history_user")
    )
    return rows, history.in_bulk([row.earlier_row for row in rows if row.earlier_row])


def _told(change: Any, old: Any) -> list[tuple[Field, Any, Any]]:
    """Return (field, value before, value after) of what a change is about: of a changed row what
    differs, of an added or deleted one what is filled in."""
    fields = [field for field in change.tracked_fields if field.name not in UNTOLD]
    values = [(field, getattr(change, field.attname)) for field in fields]
    if change.history_type == "+":
        return [(field, None, value) for field, value in values if _is_filled_in(field, value)]
    if change.history_type == "-":
        return [(field, value, None) for field, value in values if _is_filled_in(field, value)]
    if old is None:
        return []
    return [
        (field, getattr(old, field.attname), value)
        for field, value in values
        if getattr(old, field.attname) != value
    ]


def _is_filled_in(field: Field, value: Any) -> bool:
    return value not in (None, "", [], {}) and (not field.has_default() or value != field.default)


# --- Names of rows ----------------------------------------------------------------------------

Row = tuple[type[Model], int]


def _linked(told: dict[Any, list[tuple[Field, Any, Any]]]) -> set[Row]:
    """Return the rows of other tables that the values name."""
    return {
        (field.related_model, value)
        for values in told.values()
        for field, *pair in values
        if field.related_model is not None
        for value in pair
        if value is not None
    }


def _names(rows: Iterable[Row]) -> dict[Row, str]:
    """Return the names of those of the rows that still exist. A query for each table."""
    numbers: dict[type[Model], set[int]] = defaultdict(set)
    for model, number in rows:
        numbers[model].add(number)
    names = {}
    for model, wanted in numbers.items():
        model_admin = admin.site.get_model_admin(model)
        found = model._base_manager.filter(pk__in=wanted).select_related(*model_admin.related)
        found = found.prefetch_related(*model_admin.prefetched)
        names |= {(model, row.pk): model_admin.label(row) for row in found}
    return names


def _last_name(change: Any) -> str:
    """Return the name of a deleted row, as far as the row itself says it."""
    for name in ("title", "name", "term", "username", "label", "code", "fiscal_year"):
        if getattr(change, name, ""):
            return str(getattr(change, name))
    return f"#{change.id}"


# --- Words ------------------------------------------------------------------------------------


def _line(
    change: Any, told: Sequence[tuple[Field, Any, Any]], old: Any, names: dict[Row, str]
) -> Line:
    model = change.instance_type
    name = names.get((model, change.id))
    page = f"admin:{model._meta.app_label}_{model._meta.model_name}_history"
    actions = {"+": _("追加"), "~": _("変更"), "-": _("削除")}
    return Line(
        at=timezone.localtime(change.history_date),
        who=str(change.history_user or NOTHING),
        door=change.get_door_display(),
        kind=str(model._meta.verbose_name),
        row=name or _("%(name)s（削除済み）") % {"name": _last_name(change)},
        number=change.id,
        action=actions[change.history_type],
        values=[
            Value(str(field.verbose_name), words(field, a, names), words(field, b, names))
            for field, a, b in told
        ],
        is_first_known=change.history_type == "~" and old is None,
        reason=change.history_change_reason or "",
        url=reverse(page, args=[change.id]) if name else "",
    )


def words(field: Field, value: Any, names: dict[Row, str]) -> str:
    """Return a value of a field as people read it."""
    if value in (None, "", [], {}):
        return NOTHING
    if field.related_model is not None:
        return names.get((field.related_model, value)) or _("#%(id)s（削除済み）") % {"id": value}
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if is_year(field):
        return fiscal_year.label(value)
    return _plain_words(value)


def _plain_words(value: Any) -> str:
    match value:
        case bool():
            return _("はい") if value else _("いいえ")
        case datetime():
            return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
        case Decimal():
            return plain(value.normalize())
        case list():
            return "、".join(_plain_words(item) for item in value)
        case dict():
            return "、".join(f"{key}：{_plain_words(item)}" for key, item in value.items())
    return str(value)
