"""One import of a flat table: every cell read, every row checked, everything wrong said at once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _
from import_export.results import Result, RowResult

from municipalities.history import Door, through
from municipalities.models import Municipality
from municipalities.uploads import Cell
from municipalities.uploads.complaints import Complaint

from .columns import Column, Link
from .formats import Table
from .widgets import as_lines

_SHOWN = 40


@dataclass
class Line:
    """A row of the table and what becomes of it. `number` counts from 0."""

    number: int
    row: Any
    is_new: bool
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    """Heading, before, after."""
    changed: set[str] = field(default_factory=set)
    """Attributes that changed."""

    @property
    def place(self) -> int:
        return self.number + 1


class Outcome(Result):
    """What an import does, as django-import-export counts it, and what is wrong with the table."""

    def __init__(self) -> None:
        super().__init__()
        self.complaints: list[Complaint] = []
        self.lines: list[Line] = []
        self.unchanged = 0
        self.is_outdated = False
        self.is_saved = False

    def has_errors(self) -> bool:
        return bool(self.complaints)

    def has_validation_errors(self) -> bool:
        return bool(self.complaints)

    @property
    def new(self) -> list[Line]:
        return [line for line in self.lines if line.is_new]

    @property
    def changed(self) -> list[Line]:
        return [line for line in self.lines if not line.is_new]

    @property
    def fingerprint(self) -> str:
        """What was shown to be new and to change, in short."""
        said = repr([(line.number, line.is_new, line.changes) for line in self.lines])
        return hashlib.sha256(said.encode()).hexdigest()

    def count(self) -> None:
        self.totals[RowResult.IMPORT_TYPE_NEW] = len(self.new)
        self.totals[RowResult.IMPORT_TYPE_UPDATE] = len(self.changed)
        self.totals[RowResult.IMPORT_TYPE_SKIP] = self.unchanged
        self.totals[RowResult.IMPORT_TYPE_INVALID] = len({one.row for one in self.complaints})
        self.total_rows = len(self.lines) + self.unchanged


class Import:
    """Reads a table for a resource, on behalf of a person who sees only their towns' rows."""

    def __init__(self, resource: Any, table: Table, user: Any) -> None:
        self.resource, self.table, self.user = resource, table, user
        self.outcome = Outcome()
        self.used: list[tuple[int, Any]] = []
        """Column of the sheet and what it holds, parents first."""
        self._linked: dict[Link, dict[Any, Any]] = {}
        self._only_town: Any = None

    def run(self, *, dry_run: bool, reason: str, seen: str | None) -> Outcome:
        outcome = self.outcome
        self._read_headings()
        if not outcome.complaints:
            self._read_rows()
            self._check()
        outcome.complaints.sort(key=lambda one: (one.row or 0, one.column or 0))
        outcome.count()
        outcome.is_outdated = seen is not None and outcome.fingerprint != seen
        if not dry_run and not outcome.complaints and not outcome.is_outdated:
            self._save(reason)
        return outcome

    def complain(self, row: int | None, column: int | None, found: Any, message: str) -> None:
        text = "" if found is None else str(found)
        shortened = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
        self.outcome.complaints.append(Complaint(self.table.sheet, row, column, shortened, message))

    # --- Headings -------------------------------------------------------------------------------

    def _read_headings(self) -> None:
        known = {one.column_name: one for one in self.resource.table}
        header, places = self.table.header_row, {}
        for column, heading in self.table.headings:
            if heading not in known:
                expected = "、".join(known)
                self.complain(
                    header, column, heading, _("知らない見出しです。使える見出し：%s") % expected
                )
            elif heading in places:
                self.complain(header, column, heading, _("同じ見出しの列が2つあります。"))
            else:
                places[heading] = column
        for name, one in known.items():
            needless = isinstance(one, Link) and one.model is Municipality and self._sole_town()
            if one.is_key and name not in places and not needless:
                self.complain(header, None, "", _("「%s」の列がありません。") % name)
        self.used = [(places[n], one) for n, one in known.items() if n in places]

    def _sole_town(self) -> Any:
        """Return the only municipality of a person who has no other."""
        if self._only_town is None:
            towns = list(Municipality.objects.visible_to(self.user)[:2])
            self._only_town = towns if len(towns) == 1 else []
        return self._only_town[0] if self._only_town else None

    # --- Linked rows ----------------------------------------------------------------------------

    def _load_links(self) -> set[int]:
        """Read all rows the table may lead to, of the towns it names; return those towns."""
        towns: set[int] = set()
        if not any(one.model is Municipality for _column, one in self._links()):
            towns = {self._sole_town().pk} if self._sole_town() else set()
        for column, one in self._links():
            rows = one.model._default_manager.visible_to(self.user)
            if one.model is Municipality:
                codes = {str(row[column]).strip() for _number, row in self.table.rows}
                rows = list(rows.filter(slug__in=codes))
                if any(row[column] is None for _number, row in self.table.rows):
                    rows += [self._sole_town()] if self._sole_town() else []
                towns |= {town.pk for town in rows}
            else:
                rows = rows.filter(**{f"{one.model.municipality_lookup}__in": towns})
                rows = rows.select_related(*one.reads)
            within = one.within and one.model._meta.get_field(one.within).attname
            self._linked[one] = {
                ((within and getattr(row, within)) or None, str(getattr(row, one.code))): row
                for row in rows
            }
        return towns

    def _links(self) -> Iterator[tuple[int, Link]]:
        yield from ((column, one) for column, one in self.used if isinstance(one, Link))

    def _follow(self, one: Link, value: Cell, found: dict[Link, Any]) -> Any:
        """Return the row a cell leads to; None where it is empty. Raises ValueError."""
        text = "" if value is None else str(one.widget.clean(value))
        if not text:
            if one.model is Municipality and one.is_key and self._sole_town() is not None:
                return self._sole_town()
            if one.may_be_empty:
                return None
            raise ValueError(_("空欄にはできません。"))
        parent = self._parent_of(one, found)
        if one.parent is not None and parent is None:
            return None  # said of the parent
        rows = self._linked[one]
        row = rows.get((_number_of(parent), text))
        if row is None and one.may_be_new:
            row = rows[None, text] = one.model(**{one.code: text})
        if row is None:
            raise ValueError(
                _("見つかりません。登録されている%sを入力してください。") % one.column_name
            )
        if parent is not None:
            row._state.fields_cache[one.within] = parent
        return row

    def _parent_of(self, one: Link, found: dict[Link, Any]) -> Any:
        return one.parent and (found.get(one.parent) or self._default_parent(one.parent))

    def _default_parent(self, parent: Link) -> Any:
        unused = all(one is not parent for _column, one in self.used)
        return self._sole_town() if unused and parent.model is Municipality else None

    # --- Rows -----------------------------------------------------------------------------------

    def _read_rows(self) -> None:
        towns = self._load_links()
        read = []
        years = set()
        for number, row in self.table.rows:
            cells, found = self._read_cells(number, row)
            read.append((number, cells, found, self._new_row(found, cells)))
            years.add(cells.get("fiscal_year"))
        stored = {
            self._key(row): row
            for row in self.resource.stored(self.user, towns, years=years - {None})
        }
        taken: dict[Any, int] = {}
        wrong = {one.row for one in self.outcome.complaints}
        for number, cells, found, row in read:
            if number in wrong:
                continue
            key = self._key(row)
            if key in taken:
                self.complain(number, None, "", _("%d行目と同じ行です。") % (taken[key] + 1))
                continue
            taken[key] = number
            line = Line(number, stored.get(key, row), key not in stored)
            self._apply(line, found, cells)
            if line.is_new or line.changes:
                self.outcome.lines.append(line)
            else:
                self.outcome.unchanged += 1

    def _read_cells(self, number: int, row: list[Cell]) -> tuple[dict[str, Any], dict[Link, Any]]:
        """Return the values by attribute and the linked rows of a row; complain of the others."""
        cells: dict[str, Any] = {}
        found: dict[Link, Any] = {}
        for column, one in self.used:
            value = row[column]
            try:
                if isinstance(one, Link):
                    found[one] = self._follow(one, value, found)
                    continue
                cells[one.attribute] = None if value is None else one.widget.clean(value)
                if value is None and one.is_key and not one.may_be_empty:
                    raise ValueError(_("空欄にはできません。"))
            except ValueError as error:
                self.complain(number, column, value, str(error))
        return cells, found

    def _new_row(self, found: dict[Link, Any], cells: dict[str, Any]) -> Any:
        """Return an unsaved row with its key."""
        row = self.resource.model()
        for one in self.resource.table:
            if isinstance(one, Link):
                target = found.get(one) or self._default_parent(one)
                if one.sets and target is not None:
                    setattr(row, one.sets, target)
            elif one.is_key and one.attribute in cells:
                setattr(row, one.attribute, _filled(one, cells[one.attribute]))
        for one, rows in self._linked.items():
            if one.model is type(row):  # later rows of the table may stand below this one
                parent = self._parent_of(one, found)
                rows.setdefault((_number_of(parent), getattr(row, one.code)), row)
        return row

    def _key(self, row: Any) -> tuple[Any, ...]:
        key: list[Any] = []
        for one in self.resource.table:
            name = one.sets if isinstance(one, Link) else one.attribute
            if one.is_key and name:
                value = getattr(row, name, None)
                key.append(_identity(value) if isinstance(value, models.Model) else value)
        return tuple(key)

    def _apply(self, line: Line, found: dict[Link, Any], cells: dict[str, Any]) -> None:
        for column, one in self.used:
            if isinstance(one, Link):
                if one.sets and not (one.is_key and not line.is_new):
                    self._set(line, one, line.row, one.sets, found[one])
                continue
            way, _dot, name = one.attribute.rpartition("__")
            target = getattr(line.row, way) if way else line.row
            value = cells[one.attribute]
            if value is None or value == "":
                if not one.may_be_empty and not (line.is_new and one.model_field.has_default()):
                    self.complain(line.number, column, "", _("空欄にはできません。"))
                    continue
                value = getattr(target, name) if not one.may_be_empty else one.empty
            self._set(line, one, target, name, value)

    def _set(self, line: Line, one: Any, target: Any, name: str, value: Any) -> None:
        before = getattr(target, name, None)
        is_fresh = line.is_new and target is line.row
        if not is_fresh and _same(before, value):
            if isinstance(value, models.Model):
                target._state.fields_cache[name] = value
            return
        if isinstance(one, Link):
            old, new = (_code(one, row) for row in (before, value))
        else:
            old, new = (_shown(one.widget.render(v)) for v in (before, value))
        setattr(target, name, value)
        line.changed.add(one.sets if isinstance(one, Link) else one.attribute)
        if is_fresh:
            old = ""
        if old != new:
            line.changes.append((one.column_name, old, new))

    # --- The write path -------------------------------------------------------------------------

    @property
    def fields(self) -> set[str]:
        """The attributes the table fills in."""
        names = {one.sets if isinstance(one, Link) else one.attribute for _c, one in self.used}
        return names - {""}

    def _check(self) -> None:
        lines = self.outcome.lines
        wrong = {one.row for one in self.outcome.complaints}
        lines = [line for line in lines if line.number not in wrong]
        if not lines:
            return
        problems = self.resource.check(lines, by=self.user, fields=self.fields)
        for position, error in problems.items():
            self._complain_of(lines[position], error)

    def _complain_of(self, line: Line, error: ValidationError) -> None:
        places = {
            one.sets if isinstance(one, Link) else one.attribute: column
            for column, one in self.used
        }
        cells = self._cells[line.number]
        by_field = getattr(error, "error_dict", None)
        if by_field is None:
            for message in error.messages:
                self.complain(line.number, None, "", message)
            return
        for name, errors in by_field.items():
            column = places.get(name)
            for message in ValidationError(errors).messages:
                found = None if column is None else cells[column]
                self.complain(line.number, column, found, message)

    @cached_property
    def _cells(self) -> dict[int, list[Cell]]:
        return dict(self.table.rows)

    def _save(self, reason: str) -> None:
        lines = self.outcome.lines
        if not lines:
            self.outcome.is_saved = True
            return
        try:
            with through(Door.WORKBOOK), transaction.atomic():
                self.resource.save(lines, by=self.user, reason=reason, fields=self.fields)
        except ValidationError as error:
            for message in error.messages:
                self.complain(None, None, "", message)
            return
        self.outcome.is_saved = True


def _filled(one: Column, value: Any) -> Any:
    return one.empty if value is None else value


def _number_of(row: Any) -> Any:
    return None if row is None else row.pk


def _identity(row: models.Model) -> Any:
    return row.pk if row.pk is not None else id(row)


def _same(before: Any, after: Any) -> bool:
    if isinstance(before, str) and isinstance(after, str):
        return as_lines(before).strip() == after
    return before == after


def _code(one: Link, row: Any) -> str:
    return "" if row is None else str(getattr(row, one.code))


def _shown(value: Any) -> str:
    return "" if value is None else str(value)
