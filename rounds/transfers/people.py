"""What becomes of the roles of people at a reorganisation or a transfer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.utils.translation import gettext as _

from municipalities import record
from municipalities.models import Department, Membership, User
from municipalities.record_many import check_grants, save_rows

from .orders import Order, Step, Transfer


@dataclass
class Roles:
    """The roles that end with the eve, those that begin on the day, and those that never were."""

    order: Order
    ended: list[Membership] = field(default_factory=list)
    opened: list[Membership] = field(default_factory=list)
    revoked: list[Membership] = field(default_factory=list)
    new_people: list[User] = field(default_factory=list)

    def end(self, membership: Membership) -> None:
        """Let a role end with the eve; one that begins on the day or later goes altogether."""
        if membership.valid_from is not None and membership.valid_from > self.order.eve:
            self.revoked.append(membership)
        elif membership.valid_to != self.order.eve:
            membership.valid_to = self.order.eve
            self.ended.append(membership)

    def open(
        self, user: User, role: str, section: Department | None, until: Any, held: Iterable[Any]
    ) -> None:
        """Give a role from the day on, where the person does not have it then already."""
        going = {id(each) for each in (*self.ended, *self.revoked)}
        has = [each for each in (*held, *self.opened) if id(each) not in going]
        if any(
            each.user == user and each.role == role and each.department == section for each in has
        ):
            return
        self.opened.append(
            Membership(
                user=user,
                role=role,
                municipality=self.order.municipality,
                department=section,
                valid_from=self.order.effective_on,
                valid_to=until,
            )
        )


def roles_of(order: Order) -> Roles:
    """Return what the order does to roles: as its lines say, and people of a section that ends
    follow its duties. One query."""
    roles = Roles(order)
    held = [
        each
        for each in Membership.objects.filter(municipality=order.municipality)
        .select_related("user", "department")
        .order_by("department__order", "user__username")
        if each.valid_to is None or each.valid_to >= order.eve
    ]
    moved: dict[int, list[Transfer]] = {}
    for transfer in order.transfers:
        if transfer.user.pk is None and transfer.user not in roles.new_people:
            roles.new_people.append(transfer.user)
        moved.setdefault(id(transfer.user) if transfer.user.pk is None else transfer.user.pk, [])
        moved[id(transfer.user) if transfer.user.pk is None else transfer.user.pk].append(transfer)
    ending = {fate.old.pk: fate for fate in order.fates if fate.ends}
    follow: list[tuple[Membership, Department, Any]] = []
    for membership in held:
        own = [
            each
            for each in moved.get(membership.user_id, ())
            if each.step != Step.NEW
            and (each.source is None or each.source.pk == membership.department_id)
        ]
        fate = ending.get(membership.department_id or 0)
        if own:
            roles.end(membership)
        elif fate is not None:
            until = membership.valid_to
            if until != order.eve:
                if fate.usual is not None:
                    follow.append((membership, fate.usual, until))
                roles.end(membership)
    for transfer in order.transfers:
        if transfer.step != Step.LEAVES:
            roles.open(transfer.user, transfer.role, transfer.section, None, held)
    for membership, section, until in follow:
        roles.open(membership.user, membership.role, section, until, held)
    return roles


def record_roles(roles: Roles, *, by: Any, reason: str) -> None:
    """Write people and roles. Raises ValidationError naming every person it may not be done to."""
    problems = []
    for kind, rows in ((record.record_person, roles.new_people), (record.revoke, roles.revoked)):
        for row in rows:
            try:
                kind(row, by=by, reason=reason)
            except ValidationError as error:
                problems += _said(row, error)
            except (Http404, PermissionDenied):
                problems += _said(row, _not_yours())
    granted = [*roles.ended, *roles.opened]
    for row in roles.opened:  # people and sections that are new have their number by now
        row.user, row.department = row.user, row.department
    for position, error in check_grants(granted, by=by).items():
        is_forbidden = getattr(error, "code", None) == "forbidden"
        problems += _said(granted[position], _not_yours() if is_forbidden else error)
    if problems:
        raise ValidationError(list(dict.fromkeys(problems)))
    save_rows(granted, by=by, reason=reason)


def _not_yours() -> ValidationError:
    return ValidationError(_("ほかでも役割を持つ人なので、運用管理者に依頼してください。"))


def _said(row: User | Membership, error: ValidationError) -> list[str]:
    person = row.user if isinstance(row, Membership) else row
    return [f"{person}：{message}" for message in error.messages]
