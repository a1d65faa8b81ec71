"""A sheet of the workbook of a plan: which rows it holds and how they are found and written."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from municipalities.record_many import Problems, check_rows, check_valid, gathered
from plans.models import WorkingRow
from plans.record_many import save_rows

from . import values
from .columns import Column
from .shelf import Shelf
from .values import CellError


class Status(models.TextChoices):
    """What a line of the workbook does."""

    NEW = "new", gettext_lazy("新規")
    CHANGED = "changed", gettext_lazy("変更")
    UNCHANGED = "unchanged", gettext_lazy("変更なし")
    WRONG = "wrong", gettext_lazy("誤り")
    WAITING = "waiting", gettext_lazy("相手の計画を待つ")


class Change(NamedTuple):
    """What a column said before and says now, as cells."""

    column: str
    before: Any
    after: Any


@dataclass(eq=False)
class Item:
    """A row of the workbook on its way into the database.

    `number` is its row in the sheet and `column` its column, from 0 (None: the whole row is its
    own); `fields` are the model fields that change, with parts of them (extra.key).
    """

    table: Table
    row: Any
    number: int
    status: Status
    column: int | None = None
    changes: list[Change] = field(default_factory=list)
    fields: set[str] = field(default_factory=set)

    @property
    def is_written(self) -> bool:
        return self.status in {Status.NEW, Status.CHANGED}


Faults = list[tuple[Item, ValidationError]]
"""What is wrong with rows of the workbook, as the write path says."""


class Table:
    """Rows of one model that belong to a plan.

    `about` says on the sheet what belongs there. The key columns tell which row a line speaks of.
    """

    sheet: str = ""
    about: str = ""
    model: type[models.Model] = models.Model
    columns: tuple[Column, ...] = ()
    is_upright = False
    """Whether headings stand in the first column and one row fills the second."""

    # --- What there is ---------------------------------------------------------------------------

    def columns_for(self, shelf: Shelf) -> tuple[Column, ...]:
        """Return the columns; some plans have their own."""
        return self.columns

    def template_columns(self) -> tuple[Column, ...]:
        """Return the columns an empty workbook shows."""
        return self.columns

    def reads_heading(self, heading: Any) -> bool:
        """Whether a heading that is no column's name is read all the same."""
        return False

    def stored(self, shelf: Shelf) -> list[Any]:
        """Return the rows of the shelf's plan as stored, in the order of the plan. One query; none
        for a new plan."""
        if shelf.plan_is_fresh:
            return []
        way = self.model.municipality_lookup.removesuffix("__municipality")
        rows = self.model._default_manager.filter(**{way: shelf.plan})
        return shelf.adopt(rows.order_by(*self.ordering()))

    def ordering(self) -> tuple[str, ...]:
        return tuple(self.model._meta.ordering)

    def exported(self, shelf: Shelf) -> list[Any]:
        """Return the rows an export writes."""
        return self.stored(shelf)

    def key(self, row: Any) -> tuple[Any, ...]:
        """Return what tells a row from the others, as the key columns put it."""
        return tuple(_hashable(column.current(row)) for column in self.keys)

    @property
    def keys(self) -> list[Column]:
        return [column for column in self.columns if column.is_key]

    # --- What comes in ---------------------------------------------------------------------------

    def new(self, shelf: Shelf) -> Any:
        """Return a row for a key that is not there yet."""
        return self.model(plan=shelf.plan)

    def write(self, items: Sequence[Item], shelf: Shelf, *, by: Any, reason: str) -> Faults:
        """Check and save what is new or changed, and return what is wrong. Rows that are wrong are
        left out, the others are saved."""
        written = [item for item in items if item.is_written]
        lost = {item for item in written if hangs_on_unsaved(item.row)}
        written = [item for item in written if item not in lost]
        faults = invalid([*lost])
        if not written:
            return faults
        rows = [item.row for item in written]
        fields = {name for item in written for name in item.fields if "." not in name}
        problems = self.check(rows, shelf, by=by, fields=fields)
        good = [row for position, row in enumerate(rows) if position not in problems]
        try:
            self.save(good, shelf, by=by, reason=reason, fields=fields)
        except ValidationError as error:
            problems.setdefault(0, error)
        return [*faults, *((written[position], error) for position, error in problems.items())]

    def check(
        self, rows: Sequence[Any], shelf: Shelf, *, by: Any, fields: Collection[str] | None
    ) -> Problems:
        """Return what is wrong with rows, by position; the rules of the write path."""
        return check_rows(rows, by=by, fields=fields)

    def save(
        self, rows: Sequence[Any], shelf: Shelf, *, by: Any, reason: str, fields: Collection[str]
    ) -> None:
        """Save rows that have been checked; subclasses also save what stands beside the fields."""
        if fields:
            save_rows(rows, by=by, reason=reason, fields=fields, expected_versions=seen(rows))


def seen(rows: Sequence[Any]) -> dict[int, int]:
    """Return the versions of stored working rows as they were read: what the preview has shown."""
    return {row.pk: row.version for row in rows if row.pk and isinstance(row, WorkingRow)}


def hangs_on_unsaved(row: models.Model) -> bool:
    """Whether a row refers to one that is wrong and was not saved."""
    return any(
        model_field.is_cached(row)
        and (other := model_field.get_cached_value(row)) is not None
        and other.pk is None
        for model_field in row._meta.fields
        if model_field.is_relation
    )


def invalid(items: Sequence[Item]) -> Faults:
    """Return what is wrong with rows by themselves, where nothing more can be asked."""
    problems = gathered([item.row for item in items], check_valid)
    return [(items[position], error) for position, error in problems.items()]


def _hashable(value: Any) -> Any:
    """Return something two equal values share, also for rows that are not saved yet."""
    if isinstance(value, models.Model):
        return (value._meta.model_name, value.pk or id(value))
    return value


def ask(column: Column, cell: Any, shelf: Shelf, row: Any, place: int, is_new: bool) -> Any:
    """Return what a cell says of a row, or what is inferred where it is blank. Raises CellError."""
    if values.folded(cell):
        return column.read(cell, shelf, row)
    if column.guess is not None:
        return column.guess(shelf, row, place) if is_new else column.current(row)
    if column.is_key or column.is_required:
        raise CellError(_("「%(name)s」を入力してください。") % {"name": column.name})
    return column.read(None, shelf, row)


def write_one_by_one(
    items: Sequence[Item], record: Callable[..., Any], *, by: Any, reason: str
) -> Faults:
    """Write rows through a path that looks at each by itself, for rows that are few."""
    faults: Faults = []
    for item in items:
        if item.is_written:
            try:
                record(item.row, by=by, reason=reason)
            except ValidationError as error:
                faults.append((item, error))
    return faults
