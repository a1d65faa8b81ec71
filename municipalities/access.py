"""Who may see and change what: by municipality, role and section.

Every queryset the staff reach goes through `visible_to(user)`; every permission question
through `backends.RoleBackend`: the admin, the screens and the commands give the same answer.
A stranger's object is not found (404), never "forbidden": its existence is not told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person does for a municipality."""

    ENTRY = "entry", _("入力担当")
    APPROVER = "approver", _("承認者")
    PLANNER = "planner", _("企画担当")
    READER = "reader", _("閲覧者")
    OPERATOR = "operator", _("運用管理者")


@dataclass(frozen=True)
class Scope:
    """What one person reaches today, as ids.

    `municipalities` may be read, `planned` may be changed as planner, `departments` are the
    sections whose figures and reports the person may record: the own ones, for an approver
    those below, and the forerunners of all these until today. `approved` are those of them the
    person approves for, `led` the sections of the division whose lead section (部主管課) the person
    approves for. An operator reaches everything.
    """

    is_operator: bool = False
    municipalities: frozenset[int] = field(default_factory=frozenset)
    planned: frozenset[int] = field(default_factory=frozenset)
    departments: frozenset[int] = field(default_factory=frozenset)
    approved: frozenset[int] = field(default_factory=frozenset)
    led: frozenset[int] = field(default_factory=frozenset)
    roles: frozenset[str] = field(default_factory=frozenset)

    def reads(self, municipality_id: int | None) -> bool:
        return self.is_operator or municipality_id in self.municipalities

    def plans_for(self, municipality_id: int | None) -> bool:
        return self.is_operator or municipality_id in self.planned


def scope_of(user: Any, today: date | None = None) -> Scope:
    """Return the scope of `user`, from the memberships valid on `today` (default: now in Japan).

    Anonymous and inactive users reach nothing. The answer is kept on the user object, so a
    request asks the database once.
    """
    if today is None and hasattr(user, "_scope"):
        return user._scope
    scope = _read_scope(user, today or timezone.localdate())
    if today is None:
        user._scope = scope
    return scope


def _read_scope(user: Any, today: date) -> Scope:
    if not user.is_authenticated or not user.is_active:
        return Scope()
    if user.is_superuser:
        return Scope(is_operator=True, roles=frozenset({Role.OPERATOR}))
    memberships = list(user.memberships.valid_on(today).select_related("department"))
    roles = frozenset(membership.role for membership in memberships)
    own = {m.department_id for m in memberships if m.role in {Role.ENTRY, Role.APPROVER}}
    heads = {m.department_id for m in memberships if m.role == Role.APPROVER}
    sections = _Sections(user, today)
    below = sections.below(heads) if heads else set()
    departments = sections.with_forerunners(own | below)
    approved = departments if heads == own else sections.with_forerunners(heads | below)
    divisions = {
        m.department.parent_id
        for m in memberships
        if m.role == Role.APPROVER and m.department.is_lead and m.department.parent_id
    }
    led = sections.with_forerunners(divisions | sections.below(divisions))
    return Scope(
        is_operator=Role.OPERATOR in roles,
        municipalities=frozenset(m.municipality_id for m in memberships if m.municipality_id),
        planned=frozenset(m.municipality_id for m in memberships if m.role == Role.PLANNER),
        departments=departments,
        approved=approved,
        led=led,
        roles=roles,
    )


class _Sections:
    """What sections lead to on a day, step by step, along the reorganisations until then.

    What is already booked on a section that has yet to begin is its forerunners' until that day.
    """

    def __init__(self, user: Any, today: date) -> None:
        membership = user.memberships.model
        self._departments = membership._meta.get_field("department").related_model.objects
        self._today = today

    def below(self, start: set[Any]) -> set[int]:
        """Return the ids of the sections below these (部 → 課 → 係), and below what follows them
        later on."""
        awaited = {
            "parent__valid_from__gt": self._today,
            "parent__succession_from__effective_on__gt": self._today,
        }
        return self._closure(
            start,
            lambda step: (
                Q(parent__in=step) | Q(**awaited, parent__succession_from__predecessor__in=step)
            ),
        )

    def with_forerunners(self, start: set[Any]) -> frozenset[int]:
        """Return these, the forerunners whose duties they have taken over, and the sections that
        are yet to take over theirs."""
        done = {"succession_to__effective_on__lte": self._today}
        awaited = {
            "valid_from__gt": self._today,
            "succession_from__effective_on__gt": self._today,
        }
        reached = self._closure(
            start,
            lambda step: (
                Q(**done, succession_to__successor__in=step)
                | Q(**awaited, succession_from__predecessor__in=step)
            ),
        )
        return frozenset(start | reached)

    def _closure(self, start: set[Any], following: Callable[[set[Any]], Q]) -> set[int]:
        reached: set[int] = set()
        step = start
        while step:
            found = self._departments.filter(following(step)).values_list("pk", flat=True)
            step = set(found) - reached - start
            reached |= step
        return reached


class ScopedQuerySet(models.QuerySet):
    """A queryset that knows to which municipality its rows belong.

    The model names the way there in `municipality_lookup`, such as "plan__municipality"; None
    there means that the rows belong to all.
    """

    def visible_to(self, user: Any) -> ScopedQuerySet:
        """Rows of the municipalities `user` works for; shared rows (no municipality) included
        where the model has them."""
        scope = scope_of(user)
        if scope.is_operator:
            return self
        lookup = self.model.municipality_lookup
        if lookup is None:
            return self if scope.municipalities else self.none()
        mine = Q(**{f"{lookup}__in": scope.municipalities})
        if getattr(self.model, "has_shared_rows", False) and scope.municipalities:
            mine |= Q(**{f"{lookup}__isnull": True})
        return self.filter(mine)

    def locked(self) -> ScopedQuerySet:
        """These rows, kept from others until the transaction ends; in the order of their numbers,
        so that two who lock several do not wait for each other."""
        return self.select_for_update(of=("self",)).order_by("pk")


def municipality_id_of(instance: models.Model) -> int | None:
    """Return the id of the municipality `instance` belongs to, None for shared rows."""
    value: Any = instance
    for name in instance.municipality_lookup.split("__"):
        value = getattr(value, name)
        if value is None:
            return None
    return value.pk if isinstance(value, models.Model) else value


def get_visible_or_404(queryset: ScopedQuerySet, user: Any, **lookup: Any) -> Any:
    """Return the one row visible to `user`, else raise Http404 (also for strangers' rows)."""
    try:
        return queryset.visible_to(user).get(**lookup)
    except queryset.model.DoesNotExist as error:
        raise Http404(_("見つかりません。")) from error


def require_planner(user: Any, municipality_id: int | None) -> None:
    """Raise Http404 for a stranger, PermissionDenied for a colleague who is no planner."""
    scope = scope_of(user)
    if not scope.reads(municipality_id):
        raise Http404(_("見つかりません。"))
    if not scope.plans_for(municipality_id):
        raise PermissionDenied(_("この操作は企画担当だけができます。"))


def acts_for_sections(user: Any, municipality_ids: Iterable[int]) -> bool:
    """Whether it matters which sections answer for rows of these towns: planners act for all of
    them, and commands (None) for everybody."""
    return user is not None and not all(map(scope_of(user).plans_for, municipality_ids))


# --- Permissions by role ----------------------------------------------------------------------

STAFF = frozenset(Role.values)
PLANNERS = frozenset({Role.PLANNER, Role.OPERATOR})
RECORDERS = PLANNERS | {Role.ENTRY, Role.APPROVER}
OPERATORS = frozenset({Role.OPERATOR})
NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Permissions:
    """Which roles may view, add, change and delete rows of a model at all; which rows they
    reach, `visible_to` and the write path say."""

    view: frozenset[str] = STAFF
    add: frozenset[str] = PLANNERS
    change: frozenset[str] = PLANNERS
    delete: frozenset[str] = PLANNERS


# A model names its own as `permissions`; without a name it is structure.
STRUCTURE = Permissions()
RECORDED = Permissions(add=RECORDERS, change=RECORDERS)
FROZEN = Permissions(add=NOBODY, change=NOBODY, delete=NOBODY)
PEOPLE = Permissions(view=PLANNERS)
SIGN_INS = Permissions(view=PLANNERS, add=NOBODY, change=NOBODY, delete=NOBODY)
SHARED = Permissions(add=OPERATORS, change=OPERATORS, delete=OPERATORS)
OWN_TOWN = Permissions(add=OPERATORS, delete=OPERATORS)


def roles_allowed(model: type[models.Model], action: str) -> frozenset[str]:
    """Return the roles that may do `action` (view, add, change, delete) on `model`; history
    rows are read by all staff and written by nobody."""
    is_history = hasattr(model, "history_type")
    permissions = FROZEN if is_history else getattr(model, "permissions", STRUCTURE)
    return getattr(permissions, action, NOBODY)
