"""The write path of structure for many rows at once: the rules of `record`, and a number of
queries that does not depend on the number of rows.

Rows carry the rows they refer to (`row.plan`, not only `row.plan_id`), so that no rule has to
read them one by one. What is wrong comes back by position, everything at once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, models, transaction
from django.http import Http404
from django.utils.translation import gettext as _

from . import record
from .conditions import held, holds
from .history import write_with_reason
from .models import Membership, User

Problems = dict[int, ValidationError]
"""Position of a row → what is wrong with it; rows that may be written are not in it."""


# --- Validity ---------------------------------------------------------------------------------


def check_valid(row: models.Model, fields: Collection[str] | None = None) -> None:
    """Raise what `full_clean` would, without asking the database: fields (of `fields` only, where
    given: the others hold what is stored or a default), the model's own rules, and check
    constraints. Who refers to whom and what must be unique is not looked at here."""
    problems: dict[str, list[Any]] = {}
    exclude = {field.name for field in row._meta.fields if field.is_relation}
    for field in row._meta.fields:
        if field.is_relation and not field.null and held(row, field.name) is None:
            problems[field.name] = [field.error_messages["null"]]
        elif fields is not None and field.name not in fields:
            exclude.add(field.name)
    for check in (lambda: row.clean_fields(exclude=exclude), row.clean):
        try:
            check()
        except ValidationError as error:
            problems = error.update_error_dict(problems)
    for constraint in row._meta.constraints:
        broken = isinstance(constraint, models.CheckConstraint) and (
            holds(constraint.condition, row) is False
        )
        if broken and not problems:
            problems = _constraint_error(constraint).update_error_dict(problems)
    if problems:
        raise ValidationError(problems)


def check_unique(row: models.Model) -> None:
    """Raise ValidationError where another stored row holds the unique place of this one. With
    `check_valid` this says what `full_clean` does; one query for each such constraint."""
    for constraint in row._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint):
            constraint.validate(type(row), row)


def _constraint_error(constraint: models.BaseConstraint) -> ValidationError:
    return ValidationError(
        constraint.get_violation_error_message(), code=constraint.violation_error_code
    )


def duplicates(rows: Sequence[models.Model]) -> Problems:
    """Return for each row that takes the unique place of an earlier one what that is."""
    problems: Problems = {}
    for constraint in rows[0]._meta.constraints if rows else ():
        if not isinstance(constraint, models.UniqueConstraint):
            continue
        taken: set[tuple[Any, ...]] = set()
        for position, row in enumerate(rows):
            if constraint.condition is not None and not holds(constraint.condition, row):
                continue
            place = tuple(_place(row, name) for name in constraint.fields)
            if None in place:
                continue
            if place in taken:
                problems.setdefault(position, _constraint_error(constraint))
            taken.add(place)
    return problems


def _place(row: models.Model, name: str) -> Any:
    value = held(row, name)
    return id(value) if isinstance(value, models.Model) else value  # not saved: no number yet


def gathered(rows: Sequence[Any], check: Callable[[Any], None]) -> Problems:
    """Return what `check` says of each row; what takes the place of another, and what is not the
    writer's to write, are problems like any other."""
    problems = duplicates(rows)
    for position, row in enumerate(rows):
        try:
            check(row)
        except ValidationError as error:
            problems[position] = error
        except (PermissionDenied, Http404) as error:
            problems[position] = ValidationError(str(error), code="forbidden")
    return problems


# --- Structure --------------------------------------------------------------------------------


def check_rows(
    rows: Sequence[models.Model], *, by: Any, fields: Collection[str] | None = None
) -> Problems:
    """Return what is wrong with rows of structure of one model, new or changed; see
    `record.check_row`."""
    stored = stored_rows(rows)

    def check(row: models.Model) -> None:
        before = stored.get(row.pk)
        if by is not None:
            record.require_writer(by, row, "add" if before is None else "change")
        if before is not None:
            _check_moved(row, before)
            record.check_registered(row, before, by=by)
        check_valid(row, fields)
        record.check_links(row)

    return gathered(rows, check)


def stored_rows(rows: Iterable[models.Model], *related: str) -> dict[Any, Any]:
    """Return number → row as it stands in the database, of those that are stored, with what it
    is `related` to. One query; none for new rows."""
    stored = [row for row in rows if row.pk is not None]
    if not stored:
        return {}
    found = type(stored[0])._default_manager.select_related(*related)
    return found.in_bulk([row.pk for row in stored])


def _check_moved(row: models.Model, before: models.Model) -> None:
    """Raise where a row leaves its municipality, or what its model names in `stays_with`."""
    way = (row.municipality_lookup or "").partition("__")[0]
    if way and way != "pk":
        name = row._meta.get_field(way).attname
        moved = getattr(row, name) != getattr(before, name)
        if moved and record.town_of(row) != record.town_of(before):
            raise ValidationError(_("ほかの自治体へ移すことはできません。"), code="moved")
    record.check_stays(row, before)


def record_rows(
    rows: Sequence[models.Model],
    *,
    by: Any,
    reason: str = "",
    fields: Collection[str] | None = None,
) -> None:
    """Check and save rows of structure of one model, with their history: all or none.

    `fields` names what may have changed (None: everything). Raises ValidationError with every
    problem.
    """
    refuse(check_rows(rows, by=by, fields=fields), rows)
    save_rows(rows, by=by, reason=reason, fields=fields)


class RefusedError(ValidationError):
    """Rows that must not be written, none of which has been; `problems` says which of `rows`, by
    position, and why."""

    def __init__(self, problems: Problems, rows: Sequence[models.Model]) -> None:
        self.problems, self.rows = problems, rows
        super().__init__(
            [
                f"{rows[position]}：{message}"
                for position in sorted(problems)
                for message in problems[position].messages
            ]
        )


def refuse(problems: Problems, rows: Sequence[models.Model]) -> None:
    """Raise RefusedError naming every row that must not be written, if any."""
    if problems:
        raise RefusedError(problems, rows)


def save_rows(
    rows: Sequence[models.Model],
    *,
    by: Any,
    reason: str = "",
    fields: Collection[str] | None = None,
    savepoint: bool = True,
) -> None:
    """Save rows of one model that have been checked: new ones, and of stored ones the `fields`
    (None: all). Rows made meanwhile by somebody else raise ValidationError (code "duplicate").
    `savepoint` False: the caller's own transaction ends with any error."""
    new = [row for row in rows if row.pk is None]
    changed = [row for row in rows if row.pk is not None]
    for row in rows:
        _take_numbers(row)
    try:
        with transaction.atomic(savepoint=savepoint):
            if fields is None and changed:
                fields = _all_fields(type(changed[0]))
            write_with_reason(new, changed, fields or (), by, reason)
    except IntegrityError as error:
        raise ValidationError(
            _("同じ行がほかの人によって先に登録されました。"), code="duplicate"
        ) from error


def _take_numbers(row: models.Model) -> None:
    """Refer to rows that have been saved since they were put into `row`."""
    for field in row._meta.fields:
        if field.is_relation and field.is_cached(row):
            related = field.get_cached_value(row)
            if related is not None and getattr(row, field.attname) is None:
                setattr(row, field.name, related)


def _all_fields(model: type[models.Model]) -> list[str]:
    return [field.name for field in model._meta.fields if not field.primary_key]


# --- People -----------------------------------------------------------------------------------


def check_grants(rows: Sequence[Membership], *, by: Any) -> Problems:
    """Return what is wrong with roles, new or changed; see `record.check_grant`."""
    stored = stored_rows(rows)
    numbers = {row.user_id for row in (*rows, *stored.values())} - {None}
    people = User.objects.prefetch_related("memberships").in_bulk(numbers)

    def check(row: Membership) -> None:
        before = stored.get(row.pk)
        record.check_role(row, before, by=by)
        for each, may_be_new in ((before, False), (row, True)):
            person = people.get(each.user_id) if each is not None and by is not None else None
            if person is not None:
                record.require_managed(
                    by,
                    person,
                    is_superuser=person.is_superuser,
                    or_without_role=may_be_new,
                )
        check_valid(row)

    return gathered(rows, check)
