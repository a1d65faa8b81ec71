"""Booking an order: what it does to sections, duties and people, shown first, then written as a
whole or not at all."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from indicators.models import Responsibility
from measures import record as measures_record
from measures.models import DepartmentPolicySheet, ReportingDepartment
from municipalities import fiscal_year as fiscal_years
from municipalities.access import require_planner
from municipalities.models import Department, DepartmentSuccession, Municipality
from municipalities.record_many import record_rows
from plans import structure
from plans.choices import WorkState
from plans.models import Plan

from .duties import Duty, Moved, duties_of, moved_links
from .orders import Order
from .ownerless import Ownerless, ownerless
from .people import Roles, record_roles, roles_of
from .waiting import Waiting, waiting_of


@dataclass
class Booking:
    """What an order does. `is_booked`: it has been done; before that nothing is written."""

    order: Order
    duties: list[Duty] = field(default_factory=list)
    roles: Roles | None = None
    waiting: list[Waiting] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    ownerless: list[Ownerless] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    is_booked: bool = False

    @property
    def fingerprint(self) -> str:
        """What was shown, in short."""
        roles = self.roles
        said = repr(
            [
                [(duty.key, duty.target and duty.target.code) for duty in self.duties],
                [(each.old, each.state, each.count) for each in self.waiting],
                [
                    [(str(each), str(each.valid_from), str(each.valid_to)) for each in rows]
                    for rows in ((roles.ended, roles.opened, roles.revoked) if roles else ())
                ],
                self.notes,
                self.order.effective_on.isoformat(),
            ]
        )
        return hashlib.sha256(said.encode()).hexdigest()


def book(order: Order, *, by: Any, reason: str, seen: str | None = None) -> Booking:
    """Do what an order says, all or nothing, where it still does what was `seen` (the fingerprint
    of a preview; None: only show). Planners of the municipality only."""
    require_planner(by, order.municipality.pk)
    booking = Booking(order)
    try:
        with transaction.atomic():
            Municipality.objects.select_for_update().get(pk=order.municipality.pk)
            _write(booking, by, reason)
            booking.is_booked = seen is not None and seen == booking.fingerprint
            if not booking.is_booked:
                transaction.set_rollback(True)
    except ValidationError as error:
        booking.errors, booking.is_booked = list(error.messages), False
    return booking


def _write(booking: Booking, by: Any, reason: str) -> None:
    order = booking.order
    year = fiscal_years.of(order.effective_on)
    booking.duties = duties_of(order, year)
    booking.roles = roles_of(order)
    booking.waiting = waiting_of(booking.duties, year)
    say = {"by": by, "reason": reason}
    _write_sections(booking, say)
    for model, parent in ((Responsibility, "indicator"), (ReportingDepartment, "row")):
        _write_moved(booking, moved_links(model, parent, booking.duties, year), say)
    series = []
    for duty in booking.duties:
        if duty.series is not None and duty.target is not None:
            duty.series.owner = duty.target
            series.append(duty.series)
    _save(booking, series, {"owner"}, say)
    _write_sheets(booking, year, say)
    record_roles(booking.roles, **say)
    plans = list(Plan.objects.filter(municipality=order.municipality, stage=Plan.Stage.CURRENT))
    found: dict[tuple[str, str, str], Ownerless] = {}
    for asked in (year - 1, year):
        for each in ownerless(
            order.municipality, plans=plans, fiscal_year=asked, day=order.effective_on
        ):
            found.setdefault((each.what, each.plan, each.why), each)
    booking.ownerless = list(found.values())


def _save(booking: Booking, rows: list[Any], fields: set[str] | None, say: dict[str, Any]) -> None:
    if rows:
        record_rows(rows, fields=fields, **say)
        name = type(rows[0])._meta.label_lower
        booking.counts[name] = booking.counts.get(name, 0) + len(rows)


def _write_sections(booking: Booking, say: dict[str, Any]) -> None:
    order = booking.order
    left = list(order.new_sections)
    while left:  # level by level: a new section needs the one above it
        ready = [each for each in left if each.parent is None or each.parent.pk is not None]
        if not ready:
            raise ValidationError(_("新しい組織が互いの下にあります。"))
        _save(booking, ready, None, say)
        left = [each for each in left if each not in ready]
    ending = {fate.old.pk: fate for fate in order.fates if fate.ends}
    for fate in ending.values():
        fate.old.valid_to = order.eve
    _save(booking, [fate.old for fate in ending.values()], {"valid_to"}, say)
    _write_successions(booking, say)
    below = [
        each
        for each in Department.objects.filter(parent__in=ending).select_related("parent")
        if each.pk not in ending and (each.valid_to is None or each.valid_to > order.eve)
    ]
    moved = [each for each in below if ending[each.parent_id].usual is not None]
    for each in moved:
        each.municipality = order.municipality
        each.parent = ending[each.parent_id].usual
    _save(booking, moved, {"parent"}, say)
    for each in below:
        if each not in moved:
            booking.notes.append(
                _(
                    "「%(name)s」の上位の組織「%(parent)s」がなくなります。組織の画面で直してください。"
                )
                % {"name": each.name, "parent": each.parent.name}
            )


def _write_successions(booking: Booking, say: dict[str, Any]) -> None:
    order = booking.order
    olds = [fate.old for fate in order.fates]
    stored = {
        (each.predecessor_id, each.successor_id): each
        for each in DepartmentSuccession.objects.filter(predecessor__in=olds)
    }
    new, changed = [], []
    for fate in order.fates:
        for target in fate.targets:
            row = stored.get((fate.old.pk, target.pk))
            (new if row is None else changed).append(row := row or DepartmentSuccession())
            row.predecessor, row.successor = fate.old, target
            row.kind, row.effective_on = fate.kinds[target.code], order.effective_on
    _save(booking, new, None, say)
    _save(booking, changed, {"kind", "effective_on"}, say)


def _write_moved(booking: Booking, moved: Moved, say: dict[str, Any]) -> None:
    for row in moved.removed:
        structure.remove_row(row, **say)
    _save(booking, moved.changed, None, say)
    _save(booking, moved.created, None, say)


def _write_sheets(booking: Booking, year: int, say: dict[str, Any]) -> None:
    """Let the policy sheets of the new years go to the successor; who has its own, keeps it."""
    going = {
        fate.old.pk: fate for fate in booking.order.fates if fate.ends and fate.usual is not None
    }
    sheets = DepartmentPolicySheet.objects.filter(fiscal_year__gte=year, department__in=going)
    taken = set(
        DepartmentPolicySheet.objects.filter(
            fiscal_year__gte=year,
            department__in=[fate.usual for fate in going.values() if fate.usual.pk],
        ).values_list("plan", "department", "fiscal_year")
    )
    for sheet in sheets.select_related("plan__municipality", "department"):
        target = going[sheet.department_id].usual
        place = (sheet.plan_id, target.pk, sheet.fiscal_year)
        if place in taken or sheet.state not in {WorkState.DRAFT, WorkState.SUBMITTED}:
            booking.notes.append(
                _("部門方針シート「%(sheet)s」は移りません（%(why)s）。")
                % {
                    "sheet": sheet,
                    "why": _("行き先に同じ年度のシートがあります")
                    if place in taken
                    else _("承認されています。移すには差し戻します"),
                }
            )
            continue
        taken.add(place)
        sheet.department = target
        measures_record.record_sheet(sheet, expected_version=sheet.version, **say)
