"""Turns the lines of a sheet into rows: found or new, changed where they say something else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from . import values
from .actual_tables import ActualTable, key_of, read_value, seems_year
from .columns import Column
from .reading import Line, Lines
from .shelf import Shelf, Waiting
from .table import Change, Item, Status, Table, ask
from .values import CellError

Complain = Callable[[Line, int | None, Any, str], None]
"""Called for what is wrong: the line, the column number, what was found, what is expected."""
Wait = Callable[[Line, dict[int, Column], set[str], str], None]
"""Called for what waits for a plan: the line, its columns, the headings that wait, its name."""


def take(
    table: Table, lines: Lines, stored: list[Any], shelf: Shelf, complain: Complain, wait: Wait
) -> list[Item]:
    """Return the rows the lines speak of, but for those that cannot be read. All are kept on the
    shelf at once."""
    if isinstance(table, ActualTable):
        return _take_actuals(table, lines, shelf, complain)
    columns = lines.column_of(table.columns_for(shelf))
    existing = {table.key(row): row for row in stored}
    taken: dict[tuple[Any, ...], int] = {}
    items = []
    for place, line in enumerate(lines.rows):
        row = _named(table, columns, line, place, shelf, complain)
        if row is None:
            continue
        key = table.key(row)
        if key in taken:
            message = _("%(row)d行目と同じ行を指しています。") % {"row": taken[key] + 1}
            complain(line, next(iter(columns)), _words_of(table, row), message)
            continue
        taken[key] = line.number
        found = existing.get(key)
        is_new = found is None or found.pk is None  # brought by another sheet of this book
        item = Item(table, found or row, line.number, Status.NEW if is_new else Status.UNCHANGED)
        if _fill(item, columns, line, place, shelf, complain, wait):
            items.append(item)
        shelf.keep(item.row)  # also a wrong one: what refers to it is not wrong for that
    return items


def _named(
    table: Table,
    columns: dict[int, Column],
    line: Line,
    place: int,
    shelf: Shelf,
    complain: Complain,
) -> Any:
    """Return a new row with what tells it from others; None where that cannot be read."""
    row = table.new(shelf)
    by_column = {column.name: number for number, column in columns.items()}
    for column in table.keys:
        number = by_column.get(column.name)
        cell = line.cells.get(number) if number is not None else None
        try:
            column.put(row, ask(column, cell, shelf, row, place, True))
        except CellError as error:
            complain(line, number, cell, str(error))
            return None
    return row


def _fill(
    item: Item,
    columns: dict[int, Column],
    line: Line,
    place: int,
    shelf: Shelf,
    complain: Complain,
    wait: Wait,
) -> bool:
    """Let the row say what the line says; False where a cell cannot be read."""
    row, is_new, is_good = item.row, item.status == Status.NEW, True
    if is_new:
        item.fields |= {name for column in item.table.keys for name in column.fields}
    held: set[str] = set()
    for number, column in columns.items():
        if column.is_key or column.name in held:
            continue
        cell = line.cells.get(number)
        try:
            value = ask(column, cell, shelf, row, place, is_new)
        except Waiting as waiting:
            held = {column.name, *column.waits_with}
            wait(line, columns, held, waiting.slug)
            if column.is_required:
                return False
            continue
        except CellError as error:
            complain(line, number, cell, str(error))
            is_good = False
            continue
        _put(item, column, value, is_new)
    if is_new and is_good:
        _infer(item, columns, place, shelf)
    if item.changes and not is_new:
        item.status = Status.CHANGED
    return is_good


def _put(item: Item, column: Column, value: Any, is_new: bool) -> None:
    before = column.current(item.row)
    if value == before and not (is_new and column.fields):
        return
    shown = None if is_new else column.write(item.row)
    column.put(item.row, value)
    item.fields |= set(column.fields)
    if value != before:
        after = column.write(item.row) if column.fields else _listed(value)
        item.changes.append(Change(column.name, shown, after))


def _listed(value: Any) -> Any:
    return "、".join(str(each) for each in value) if isinstance(value, list) else value


def _infer(item: Item, columns: dict[int, Column], place: int, shelf: Shelf) -> None:
    """Let a new row say what can be inferred where the sheet has no such column at all."""
    for column in item.table.columns:
        if column.guess is not None and not column.is_key and column not in columns.values():
            _put(item, column, column.guess(shelf, item.row, place), True)


def _words_of(table: Table, row: Any) -> str:
    return " ".join(str(column.write(row) or "") for column in table.keys)


# --- Actuals --------------------------------------------------------------------------------------


def _take_actuals(table: ActualTable, lines: Lines, shelf: Shelf, complain: Complain) -> list[Item]:
    columns = lines.column_of(table.columns)
    years = _years_above(lines, columns, complain)
    taken: dict[tuple[str, str], int] = {}
    items = []
    for place, line in enumerate(lines.rows):
        named = _named(table, columns, line, place, shelf, complain)
        if named is None:
            continue
        key = named.series.code, named.period
        if key in taken:
            message = _("%(row)d行目と同じ系列と時期です。") % {"row": taken[key] + 1}
            complain(line, next(iter(columns)), named.series.code, message)
            continue
        taken[key] = line.number
        for number, year in years.items():
            cell = line.cells.get(number)
            if cell is not None and cell != "":
                item = _actual(table, named, year, cell, line, number, shelf, complain)
                if item is not None:
                    items.append(item)
    return items


def _years_above(lines: Lines, columns: dict[int, Column], complain: Complain) -> dict[int, int]:
    """Return column number → fiscal year. A year twice, and a heading that means a year but is no
    fiscal year (2024-04-01, 令和6年), would lose figures in silence."""
    heading_line = Line(lines.heading_row, {})
    years: dict[int, int] = {}
    for number, heading in lines.headings.items():
        if number in columns or not seems_year(heading):
            continue
        try:
            year = values.year().read(heading)
            if year in years.values():
                raise CellError(_("同じ年度の列が2つあります。1つにしてください。"))
            years[number] = year
        except CellError as error:
            complain(heading_line, number, heading, str(error))
    return years


def _actual(
    table: ActualTable,
    named: Any,
    year: int,
    cell: Any,
    line: Line,
    number: int,
    shelf: Shelf,
    complain: Complain,
) -> Item | None:
    """Return the actual of a cell, None where it cannot be read."""
    try:
        value, reason = read_value(cell, named.series, shelf)
    except CellError as error:
        complain(line, number, cell, str(error))
        return None
    key = named.series.code, year, named.period
    row = shelf.actuals.get(key)
    status = Status.NEW if row is None else Status.UNCHANGED
    if row is None:
        row = table.new(shelf)
        row.series, row.fiscal_year, row.period = named.series, year, named.period
        shelf.actuals[key_of(row)] = row
    item = Item(table, row, line.number, status, number)
    if status == Status.NEW or (row.value, row.missing_reason) != (value, reason):
        before = None if status == Status.NEW else _said(row)
        row.value, row.missing_reason = value, reason
        item.fields = {"value", "missing_reason"}
        if value is not None and row.expected_on is not None:  # what was expected is there
            row.expected_on = None
            item.fields.add("expected_on")
        item.changes = [Change(str(year), before, _said(row))]
        if status == Status.UNCHANGED:
            item.status = Status.CHANGED
    return item


def _said(row: Any) -> Any:
    return row.value if row.value is not None else row.get_missing_reason_display()
