"""Writes a plan as a workbook: everything an import needs to make the same plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from municipalities.memory import without_garbage_collection
from plans.models import Plan

from . import values
from .actual_tables import ActualTable
from .columns import Column
from .shelf import Shelf
from .table import Table
from .tables import TABLES


@dataclass(frozen=True)
class Filled:
    """A sheet as it will be written: its headings and rows of cells."""

    table: Table
    columns: tuple[Column, ...]
    headings: list[str]
    rows: list[list[Any]]


def filled(plan: Plan) -> list[Filled]:
    """Return the sheets of a plan as stored. The number of queries does not depend on its size."""
    with without_garbage_collection():
        shelf = Shelf(plan.municipality)
        shelf.plan = shelf.plans[plan.slug]
        waiting = defaultdict(list)
        for line in plan.waiting_lines.order_by("pk"):
            waiting[line.sheet].append(line.cells)
        sheets = []
        for table in TABLES:
            rows = table.exported(shelf)
            for row in rows:
                shelf.keep(row)
            shelf.plan_is_fresh = False
            sheets.append(_filled(table, rows, waiting[table.sheet], shelf))
        return sheets


def _filled(table: Table, rows: list[Any], waiting: list[dict[str, str]], shelf: Shelf) -> Filled:
    columns = table.columns_for(shelf)
    headings = [column.name for column in columns]
    if isinstance(table, ActualTable):
        years, cells = _wide(columns, rows)
        return Filled(table, columns, [*headings, *years], cells)
    cells = [[column.write(row) for column in columns] for row in rows]
    _add_waiting(table, columns, cells, waiting)
    return Filled(table, columns, headings, cells)


def _wide(columns: Iterable[Column], rows: list[Any]) -> tuple[list[str], list[list[Any]]]:
    """Return the years as headings, and a row a series and period with its values."""
    found = sorted({row.fiscal_year for row in rows})
    span = range(found[0], found[-1] + 1) if found else ()
    lines: dict[Any, list[Any]] = {}
    for row in rows:
        line = lines.setdefault(
            (row.series_id, row.period),
            [*(column.write(row) for column in columns), *(None for _year in span)],
        )
        value = row.value if row.value is not None else str(row.get_missing_reason_display())
        line[len(line) - len(span) + row.fiscal_year - span[0]] = value
    return [values.year().write(year) for year in span], list(lines.values())


def _add_waiting(
    table: Table,
    columns: Sequence[Column],
    cells: list[list[Any]],
    waiting: list[dict[str, str]],
) -> None:
    """Write what waits for another plan where it would stand."""
    headings = [column.name for column in columns]
    keys = [headings.index(column.name) for column in table.keys]
    by_key = {tuple(values.as_text(row[key]) for key in keys): row for row in cells}
    for line in waiting:
        key = tuple(line.get(headings[key], "") for key in keys)
        row = by_key.get(key)
        if row is None:
            row = [None] * len(headings)
            cells.append(row)
        for name, text in line.items():
            place = headings.index(name) if name in headings else None
            if place is not None and row[place] is None:
                row[place] = int(text) if columns[place].is_number else text
