"""Locks, versions and takeovers for many rows at once: the rules of `plans.record`, and a number
of queries that does not depend on the number of rows; see `municipalities.record_many`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from municipalities.record_many import save_rows as save_structure

from .models import Plan, WorkingRow
from .moving import Place, content_differs, goes_back, is_vouched
from .record import locked, stale, taken_over


class PlanYear(NamedTuple):
    """What is read of a plan, once for each closed year."""

    plan_id: int
    closed: int | None
    predecessor_id: int | None
    takes_over_from: int | None
    stage: str


class Calendar:
    """Which years of some plans are closed, and from which year another plan has taken over.

    One query, whatever is asked afterwards; one more for the name of a plan that refuses.
    """

    def __init__(self, plan_ids: Iterable[int]) -> None:
        self._closed: dict[int, set[int]] = defaultdict(set)
        self._successors: dict[int, tuple[int, int]] = {}
        self._named: dict[int, Plan] = {}
        for row in self._rows(set(plan_ids)):
            self._put_down(PlanYear(*row))

    def _rows(self, plan_ids: set[int], also: models.Q | None = None) -> models.QuerySet:
        """These plans, their successors, and `also` those: a row for each closed year, or one."""
        takes_over = models.Q(predecessor__in=plan_ids, takes_over_from__isnull=False)
        plans = Plan.objects.filter(models.Q(pk__in=plan_ids) | takes_over | (also or models.Q()))
        return plans.order_by().values_list(
            "pk", "year_locks__fiscal_year", "predecessor", "takes_over_from", "stage"
        )

    def _put_down(self, row: PlanYear) -> None:
        if row.closed is not None:
            self._closed[row.plan_id].add(row.closed)
        takes_over = row.predecessor_id and row.takes_over_from is not None
        if takes_over and row.stage != Plan.Stage.DRAFT:
            found = row.takes_over_from, row.plan_id
            earlier = self._successors.get(row.predecessor_id, found)
            self._successors[row.predecessor_id] = min(found, earlier)

    def _plan(self, plan_id: int) -> Plan:
        if plan_id not in self._named:
            self._named[plan_id] = Plan.objects.get(pk=plan_id)
        return self._named[plan_id]

    def ensure_open(self, plan_ids: Iterable[int], fiscal_year: int) -> None:
        """As `plans.record.ensure_open`."""
        for plan_id in plan_ids:
            if fiscal_year in self._closed[plan_id]:
                raise locked(self._plan(plan_id), fiscal_year)

    def ensure_in_force(self, plan: Plan, fiscal_year: int) -> None:
        """As `plans.record.ensure_in_force`."""
        year, successor_id = self._successors.get(plan.pk, (None, None))
        if year is not None and year <= fiscal_year:
            raise taken_over(self._plan(successor_id))

    def closed_years(self, plan_id: int) -> set[int]:
        """Return the closed years of a plan."""
        return set(self._closed[plan_id])


def places_in_plan(
    rows: Sequence[Any],
    plan_of: Callable[[Any], Plan],
    sections_of: Callable[[Any], Collection[int]],
) -> Callable[[Any], Place]:
    """Return where rows of plans stand that a successor takes over with the year."""
    calendar = Calendar({plan_of(row).pk for row in rows})

    def place_of(row: Any) -> Place:
        plan = plan_of(row)

        def ensure_open() -> None:
            calendar.ensure_open([plan.pk], row.fiscal_year)
            calendar.ensure_in_force(plan, row.fiscal_year)

        return Place(plan.municipality_id, ensure_open, sections_of(row))

    return place_of


def save_rows(
    rows: Sequence[models.Model],
    *,
    by: Any,
    reason: str = "",
    fields: Collection[str] | None = None,
    expected_versions: Mapping[int, int] | None = None,
    stored: Mapping[int, Any] | None = None,
) -> None:
    """Save rows of one model that have been checked, with their history: all or none.

    Rows with a version count it up, and keep whose the content is. Where `expected_versions`
    (number → version) names another version than is stored, or one goes back to the sections
    without a reason, raises ValidationError and changes nothing. `stored` (number → row) are the
    rows as the caller has read and `locked()` them, whose transaction ends with any
    error then; None: they are read and locked here.
    """
    changed = [row for row in rows if row.pk is not None]
    for row in rows:
        if row.pk is None and isinstance(row, WorkingRow):
            row.changed_by = by
    if not changed or not isinstance(changed[0], WorkingRow):
        save_structure(rows, by=by, reason=reason, fields=fields, savepoint=stored is None)
        return
    if fields is not None:
        fields = {*fields, "changed_by", "version", "updated_at"}
    with transaction.atomic(savepoint=stored is None):
        if stored is None:
            numbers = [row.pk for row in changed]
            found = type(changed[0])._default_manager.locked().filter(pk__in=numbers)
            stored = {row.pk: row for row in found}
        _count_up(changed, stored, expected_versions or {})
        for row in changed:
            if content_differs(row, stored[row.pk]):
                row.changed_by = by
            if by is not None and goes_back(row, stored[row.pk]) and not reason.strip():
                raise ValidationError(
                    _("「入力中」に戻す理由を入力してください。"), code="no_reason"
                )
            is_seen = row.pk in (expected_versions or {})
            if by is not None and is_vouched(row, stored[row.pk]) and not is_seen:
                raise stale()
        save_structure(rows, by=by, reason=reason, fields=fields, savepoint=False)


def _count_up(
    rows: Sequence[WorkingRow], stored: Mapping[int, WorkingRow], expected: Mapping[int, int]
) -> None:
    """Give each row the next version."""
    for row in rows:
        before = stored.get(row.pk)
        if before is None or expected.get(row.pk, before.version) != before.version:
            raise stale()
        row.version = before.version + 1
