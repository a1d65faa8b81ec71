"""Locks, versions and takeovers for many rows at once: the rules of `plans.record`, and a number
of queries that does not depend on the number of rows; see `municipalities.record_many`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db import models, transaction

from municipalities.record_many import save_rows as save_structure

from .models import Plan, WorkingRow, YearLock
from .record import locked, stale, taken_over


class Calendar:
    """Which years of some plans are closed, and from which year another plan has taken over.

    Two queries, whatever is asked afterwards.
    """

    def __init__(self, plan_ids: Iterable[int]) -> None:
        plan_ids = set(plan_ids)
        self._locks: dict[int, dict[int, YearLock]] = defaultdict(dict)
        for lock in YearLock.objects.filter(plan__in=plan_ids).select_related("plan"):
            self._locks[lock.plan_id][lock.fiscal_year] = lock
        self._successors: dict[int, Plan] = {
            plan.predecessor_id: plan
            for plan in Plan.objects.in_force()
            .filter(predecessor__in=plan_ids, takes_over_from__isnull=False)
            .order_by("-takes_over_from")
        }

    def ensure_open(self, plan_ids: Iterable[int], fiscal_year: int) -> None:
        """As `plans.record.ensure_open`."""
        for plan_id in plan_ids:
            lock = self._locks[plan_id].get(fiscal_year)
            if lock is not None:
                raise locked(lock)

    def ensure_in_force(self, plan: Plan, fiscal_year: int) -> None:
        """As `plans.record.ensure_in_force`."""
        successor = self._successors.get(plan.pk)
        if successor is not None and successor.takes_over_from <= fiscal_year:
            raise taken_over(successor)

    def closed_years(self, plan_id: int) -> set[int]:
        return set(self._locks[plan_id])


def save_rows(
    rows: Sequence[models.Model],
    *,
    by: Any,
    reason: str = "",
    fields: Collection[str] | None = None,
    expected_versions: Mapping[int, int] | None = None,
) -> None:
    """Save rows of one model that have been checked, with their history: all or none.

    Rows with a version count it up. Where `expected_versions` (number → version) names another
    version than is stored, raises ValidationError (code "stale") and changes nothing.
    """
    changed = [row for row in rows if row.pk is not None]
    if not changed or not isinstance(changed[0], WorkingRow):
        save_structure(rows, by=by, reason=reason, fields=fields)
        return
    if fields is not None:
        fields = {*fields, "version", "updated_at"}
    with transaction.atomic():
        _count_up(changed, expected_versions or {})
        save_structure(rows, by=by, reason=reason, fields=fields)


def _count_up(rows: Sequence[WorkingRow], expected: Mapping[int, int]) -> None:
    model = type(rows[0])
    locked_rows = model._default_manager.select_for_update().filter(pk__in=[row.pk for row in rows])
    versions = dict(locked_rows.values_list("pk", "version"))
    for row in rows:
        if row.pk not in versions or expected.get(row.pk, versions[row.pk]) != versions[row.pk]:
            raise stale()
        row.version = versions[row.pk] + 1
