"""Lines that name a plan which is not here yet: kept as text, and read again once it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from exchange.models import WaitingLine
from plans.models import Plan

from .columns import Column
from .reading import Line, Lines
from .table import Item, Table
from .tables import TABLES, shelf_of
from .taking import take
from .values import as_text


@dataclass(frozen=True)
class Wait:
    """A line, or the part of one, that waits for the plan of that address name."""

    key: str
    cells: dict[str, str]
    waits_for: str
    is_whole: bool

    @classmethod
    def of(
        cls, table: Table, line: Line, columns: dict[int, Column], held: set[str], slug: str
    ) -> Wait:
        """Return what is kept of a line. Raises CellError where one of its cells is no text."""
        is_whole = any(column.is_required and column.name in held for column in columns.values())
        cells = {
            column.name: text
            for number, column in columns.items()
            if (is_whole or column.is_key or column.name in held)
            and (text := _text_of(column, line.cells.get(number)))
        }
        key = key_of(cells, table)
        if not is_whole:
            key = f"{key}{_PART}{min(held)}"
        return cls(key[:200], cells, slug, is_whole)


def _text_of(column: Column, cell: Any) -> str:
    """Return a cell as it is kept: a number however it was typed (1.0, 1,000) as an export writes
    it. Raises CellError."""
    return as_text(column.read(cell, None, None) if column.is_number else cell)


def key_of(cells: dict[str, str], table: Table) -> str:
    return " ".join(cells.get(column.name, "") for column in table.keys)


_PART = "／"
"""Between the key of a line and the column of it that waits, where the rest has been read."""


def keep(plan: Plan, table: Table, lines: Sequence[Wait], items: Sequence[Item]) -> None:
    """Keep the lines that wait, in place of those that waited under the same key; a line that has
    been read no longer waits."""
    read = {" ".join(str(column.write(item.row) or "") for column in table.keys) for item in items}
    waiting = {line.key: line for line in lines}
    there = plan.waiting_lines.filter(sheet=table.sheet)
    said_again = [
        line.pk for line in there if line.key in waiting or line.key.partition(_PART)[0] in read
    ]
    there.filter(pk__in=said_again).delete()
    WaitingLine.objects.bulk_create(
        WaitingLine(
            plan=plan, sheet=table.sheet, key=line.key, cells=line.cells, waits_for=line.waits_for
        )
        for line in waiting.values()
    )


def try_again(arrived: Plan, by: Any, reason: str, notes: list[str]) -> None:
    """Read what waited for a plan that has arrived. What still does not fit stays."""
    names = (arrived.slug, f"{arrived.municipality.slug}/{arrived.slug}")
    lines = WaitingLine.objects.filter(
        waits_for__in=names, plan__municipality=arrived.municipality
    ).exclude(plan=arrived)
    for plan in {line.plan for line in lines.select_related("plan")}:
        for table in TABLES:
            mine = list(lines.filter(plan=plan, sheet=table.sheet))
            if mine and _read(plan, table, mine, by, reason):
                count = len(mine)
                WaitingLine.objects.filter(pk__in=[line.pk for line in mine]).delete()
                notes.append(
                    _(
                        "「%(plan)s」で待っていた%(count)d行（%(sheet)s）を、この計画につなぎました。"
                    )
                    % {"plan": plan, "count": count, "sheet": table.sheet}
                )


def _read(plan: Plan, table: Table, lines: list[WaitingLine], by: Any, reason: str) -> bool:
    """Write the lines through their table; False where one of them does not fit."""
    shelf = shelf_of(plan)
    headings = list(dict.fromkeys(name for line in lines for name in line.cells))
    read = Lines(table.sheet, dict(enumerate(headings)))
    read.rows = [
        Line(number, {place: line.cells.get(name) for place, name in enumerate(headings)})
        for number, line in enumerate(lines)
    ]
    problems: list[str] = []
    items = take(
        table,
        read,
        table.stored(shelf),
        shelf,
        lambda line, column, found, message: problems.append(message),
        lambda line, columns, held, slug: problems.append(slug),
    )
    return not problems and not table.write(items, shelf, by=by, reason=reason)
