"""Which changes of tracked rows a person may read, found over all tables of history at once.

A row of history belongs to a municipality as its row did, also after that row, or the rows above
it, have been deleted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.apps import apps
from django.db.models import (
    CharField,
    DecimalField,
    Exists,
    Field,
    IntegerField,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
)
from django.utils import timezone

from . import figures
from .access import PEOPLE, roles_allowed, scope_of
from .backends import keeps_towns
from .models import Membership, User

# Bookkeeping of the rows themselves, which says nothing about what people changed.
UNTOLD = frozenset({"id", "version", "updated_at", "taken_over"})
MOST_DIGITS = 10**9  # no figure of a municipality is larger, and every database compares it


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for; what is None or "" does not matter."""

    municipality_id: int | None = None
    plan_id: int | None = None
    kind: str = ""
    door: str = ""
    person: str = ""
    text: str = ""
    since: date | None = None
    until: date | None = None


def tracked_models() -> list[type[Model]]:
    """Return every model that keeps a history, in the order of the apps."""
    return [
        model for model in apps.get_models() if hasattr(model, "history") and keeps_towns(model)
    ]


def readable_models(user: Any) -> list[type[Model]]:
    """Return the tracked models whose rows the roles of `user` may see."""
    roles = scope_of(user).roles
    return [model for model in tracked_models() if roles & roles_allowed(model, "view")]


def newest(user: Any, wanted: Wanted, start: int, stop: int) -> list[tuple[str, int]]:
    """Return (label of the model, id of the history row) of what `user` may read of `wanted`,
    the newest first. One query."""
    found = [
        _rows(model, user, wanted)
        .order_by()
        .annotate(table_label=Value(model._meta.label, CharField()))
        .values_list("history_date", "history_id", "table_label")
        for model in readable_models(user)
        if wanted.kind in {"", model._meta.label} and (not wanted.plan_id or plan_way(model))
    ]
    if not found:
        return []
    first, *others = found
    together = first.union(*others, all=True) if others else first
    ordered = together.order_by("-history_date", "-history_id", "table_label")[start:stop]
    return [(kind, history_id) for _date, history_id, kind in ordered]


def _rows(model: type[Model], user: Any, wanted: Wanted) -> QuerySet:
    rows = history_visible_to(user, model, wanted.municipality_id)
    if wanted.plan_id:
        rows = rows.filter(_within(model, plan_way(model).split("__"), "in", [wanted.plan_id]))
    if wanted.door:
        rows = rows.filter(door=wanted.door)
    if wanted.person:
        rows = rows.filter(
            Q(history_user__name__icontains=wanted.person)
            | Q(history_user__name="", history_user__username__icontains=wanted.person)
        )
    if wanted.since:
        rows = rows.filter(history_date__gte=_midnight(wanted.since))
    if wanted.until:
        rows = rows.filter(history_date__lt=_midnight(wanted.until + timedelta(days=1)))
    if wanted.text:
        earlier = Subquery(before(model).values("history_id")[:1])
        rows = rows.annotate(earlier_row=earlier).filter(_says(model, wanted.text))
    return rows


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


# --- Whose rows they are ----------------------------------------------------------------------


def history_visible_to(user: Any, model: type[Model], municipality_id: int | None = None) -> Any:
    """Return the history rows of a model that `user` may read, of one municipality if given."""
    scope, rows = scope_of(user), model.history.model.objects.all()
    is_about_people = getattr(model, "permissions", None) is PEOPLE
    towns: Iterable[int] | None = scope.planned if is_about_people else scope.municipalities
    if scope.is_operator:
        towns = None if municipality_id is None else {municipality_id}
    elif municipality_id is not None:
        towns = scope.municipalities & {municipality_id}
    if is_about_people:
        return _about_people(rows, model, user, towns)
    if towns is None:
        return rows
    way = model.municipality_lookup
    if way is None:
        return rows if municipality_id is None and towns else rows.none()
    mine = _within(model, way.split("__"), "in", towns)
    if getattr(model, "has_shared_rows", False) and municipality_id is None and towns:
        mine |= _within(model, way.split("__"), "isnull", True)
    return rows.filter(mine)


def _about_people(
    rows: QuerySet, model: type[Model], user: Any, towns: Iterable[int] | None
) -> QuerySet:
    """Limit history rows of people and roles to those whom `user` manages."""
    person = "id" if model is User else "user_id"
    if not scope_of(user).is_operator:
        people = User.objects.managed_by(user).order_by().values("pk")
        rows = rows.filter(**{f"{person}__in": people})
    elif not user.is_superuser:
        rows = rows.exclude(
            **{f"{person}__in": User.objects.filter(is_superuser=True).values("pk")}
        )
    if towns is None:
        return rows
    if model is Membership:
        return rows.filter(municipality_id__in=towns)
    members = Membership.objects.filter(municipality__in=towns).order_by().values("user")
    return rows.filter(id__in=members)


def plan_way(model: type[Model]) -> str:
    """Return the way from a row to its plan, "" where there is none."""
    own = getattr(model, "plan_lookup", None)
    if own is None:
        way = (model.municipality_lookup or "").removesuffix("__municipality")
        own = way if way.endswith("plan") else ""
    return own


def _within(model: type[Model], way: Sequence[str], lookup: str, value: Any) -> Q:
    """Return the condition that the `way` from a history row ends at `value`: over the rows as they
    are now, or, where these were deleted, over their own history."""
    first, *rest = way
    if first == "pk":
        return Q(**{f"id__{lookup}": value})
    field = model._meta.get_field(first)
    if not field.concrete:
        there = model._base_manager.filter(**{"__".join([*way, lookup]): value})
        return Q(id__in=there.values("pk"))
    if not rest:
        return Q(**{f"{field.attname}__{lookup}": value})
    above = field.related_model
    now = above._base_manager.filter(**{"__".join([*rest, lookup]): value}).values("pk")
    once = above.history.model.objects.filter(_within(above, rest, lookup, value)).order_by()
    return Q(**{f"{field.attname}__in": now}) | Q(**{f"{field.attname}__in": once.values("id")})


# --- What they say ----------------------------------------------------------------------------


def before(model: type[Model]) -> QuerySet:
    """Return, as a subquery of a history row, the earlier rows of the same object, latest first."""
    rows = model.history.model.objects.filter(
        id=OuterRef("id"), history_id__lt=OuterRef("history_id")
    )
    return rows.order_by("-history_id")


def _says(model: type[Model], text: str) -> Q:
    """Return the condition that a change is explained with `text`, or that a value it changed
    (added, deleted) contained it before or after."""
    history = model.history.model.objects
    somewhere, changed = Q(), Q()
    for field in model.history.model.tracked_fields:
        matches = None if field.name in UNTOLD else _matches(field, text)
        if matches is None:
            continue
        earlier = history.filter(history_id=OuterRef("earlier_row"))
        stayed = Exists(earlier.filter(**{field.attname: OuterRef(field.attname)}))
        somewhere |= matches
        changed |= (matches | Exists(earlier.filter(matches))) & ~stayed
        changed |= Q(history_type="-") & matches
    explained = Q(history_change_reason__icontains=text)
    if not somewhere:
        return explained
    # First the few rows that ever contained the text: comparing each with the one before is slow.
    candidates = history.filter(somewhere).order_by().values("id")
    return explained | (Q(id__in=candidates) & changed)


def _matches(field: Field, text: str) -> Q | None:
    """Return the condition that a field contains `text` as people read it, None where it cannot."""
    if field.choices:
        chosen = [value for value, label in field.flatchoices if text in str(label)]
        return Q(**{f"{field.name}__in": chosen}) if chosen else None
    if isinstance(field, CharField | TextField):
        return Q(**{f"{field.name}__icontains": text})
    number = figures.read(text)
    if number is None or not -MOST_DIGITS < number < MOST_DIGITS:
        return None
    if isinstance(field, DecimalField) and number == round(number, field.decimal_places):
        return Q(**{field.name: number})
    if isinstance(field, IntegerField) and number == int(number):
        return Q(**{field.name: int(number)})
    return None
