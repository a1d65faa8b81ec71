"""Which rows of a sheet go on from which rows of the plan before: the revision table says so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from municipalities import fiscal_year as fiscal_years
from plans.models import Plan

from .models import Correspondence, ReportColumn, ReportingRow


def forerunners(plan: Plan, rows: Iterable[ReportingRow]) -> dict[int, int]:
    """Return id of a row → id of the row of the plan before that it goes on from.

    Left out are rows of actions that are new or made of several: nobody but their section knows
    what of that still holds. Two queries, none where the plan follows no other.
    """
    if plan.predecessor_id is None:
        return {}
    olds: dict[int, set[int]] = defaultdict(set)
    lines = Correspondence.objects.filter(
        new_plan=plan,
        old_plan=plan.predecessor_id,
        new_action__isnull=False,
        old_action__isnull=False,
    )
    for new, old in lines.order_by().values_list("new_action", "old_action"):
        olds[new].add(old)
    of_action: dict[int, list[ReportingRow]] = defaultdict(list)
    for old_row in ReportingRow.objects.filter(action__plan=plan.predecessor_id):
        of_action[old_row.action_id].append(old_row)
    found = {}
    for row in rows:
        if len(olds[row.action_id]) == 1:
            (old_action,) = olds[row.action_id]
            before = _goes_on_from(row, of_action[old_action])
            if before is not None:
                found[row.pk] = before.pk
    return found


def _goes_on_from(row: ReportingRow, old_rows: Iterable[ReportingRow]) -> ReportingRow | None:
    """Return the owner's last row for an owner's row, for a relisted one that in its place."""
    alike = [
        old
        for old in old_rows
        if old.is_relisted == row.is_relisted and (old.order == row.order or not row.is_relisted)
    ]
    return max(alike, key=lambda old: old.last_fiscal_year or fiscal_years.LAST, default=None)


def shared_columns(plan: Plan, columns: Iterable[ReportColumn]) -> list[ReportColumn]:
    """Return those of a plan's columns that the plan before kept too, of the same kind, and did
    not hide: from readers neither, where this plan shows them. One query."""
    before = {column.key: column for column in ReportColumn.of_plan(plan.predecessor)}
    return [
        column
        for column in columns
        if (old := before.get(column.key)) is not None
        and old.kind == column.kind
        and (old.is_public or not column.is_public)
    ]
