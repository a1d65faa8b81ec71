"""The write path of structure: who may add, change and remove rows, and give people roles.

What municipalities keep (sections, plans, goals, series …) is written through `record_row` and
`remove_row`; people and their roles through `record_person`, `grant` and `revoke`. Figures,
reports and judgements have their own path above this one. `by` is the person who writes; None
is a command acting for the system, which skips the question who may, and nothing else.

The `check_…` functions raise what is wrong: ValidationError (bad), Http404 (a stranger's row),
PermissionDenied (a colleague's row).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.db import IntegrityError, models, transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from .access import Role, municipality_id_of, require_planner, roles_allowed, scope_of
from .history import save_with_reason
from .models import Membership, User


def town_of(row: models.Model) -> int | None:
    """Return the id of the municipality a row belongs to; None for rows shared by all, and for
    rows whose way there is not filled in yet."""
    if row.municipality_lookup is None:
        return None
    try:
        return municipality_id_of(row)
    except ObjectDoesNotExist:
        return None


# --- Structure --------------------------------------------------------------------------------


def require_writer(by: Any, row: models.Model, action: str) -> None:
    """Raise Http404 for a stranger's row, PermissionDenied where the role does not allow
    `action` (add, change, delete) in this row's municipality; shared rows are the operators'."""
    scope = scope_of(by)
    town_id = town_of(row)
    if town_id is not None:
        require_planner(by, town_id)
    elif not scope.is_operator:
        raise PermissionDenied(_("すべての自治体に共通の行を変えられるのは運用管理者だけです。"))
    if not scope.roles & roles_allowed(type(row), action):
        raise PermissionDenied(_("この操作は運用管理者だけができます。"))


def check_row(row: models.Model, *, by: Any) -> None:
    """Raise where `by` may not write this row of structure, it moves to another municipality,
    links to another's rows, or is not valid."""
    stored = type(row)._default_manager.filter(pk=row.pk).first() if row.pk else None
    if by is not None:
        require_writer(by, row, "add" if stored is None else "change")
        if stored is not None:
            require_writer(by, stored, "change")
    if stored is not None:
        if town_of(stored) != town_of(row):
            raise ValidationError(_("ほかの自治体へ移すことはできません。"), code="moved")
        check_stays(row, stored)
        check_registered(row, stored, by=by)
    row.full_clean()
    check_links(row)


def check_stays(row: models.Model, stored: models.Model) -> None:
    """Raise ValidationError where a row leaves what its model names in `stays_with`: with it would
    go what closed years have reported."""
    for name in getattr(row, "stays_with", ()):
        field = row._meta.get_field(name)
        if getattr(stored, field.attname) != getattr(row, field.attname):
            message = _("登録した後は「%(field)s」を変えられません。")
            raise ValidationError(message % {"field": field.verbose_name}, code="moved")


def check_registered(row: models.Model, stored: models.Model, *, by: Any) -> None:
    """Raise ValidationError where somebody else than an operator changes what its model names in
    `registered`."""
    if by is None or scope_of(by).is_operator:
        return
    changed = [
        name
        for name in getattr(row, "registered", ())
        if getattr(stored, name) != getattr(row, name)
    ]
    if changed:
        message = _("この列を変えられるのは運用管理者だけです。")
        raise ValidationError(dict.fromkeys(changed, message), code="registered")


def check_links(row: models.Model) -> None:
    """Raise ValidationError for every foreign key that leads to another municipality's row.

    A model may name keys for which that is meant in `links_elsewhere`.
    """
    home, problems = town_of(row), {}
    for field in row._meta.fields:
        target = field.related_model
        if (
            getattr(target, "municipality_lookup", None) is None
            or target is User
            or field.name in getattr(row, "links_elsewhere", ())
            or getattr(row, field.attname) is None
        ):
            continue
        if town_of(getattr(row, field.name)) not in {None, home}:
            problems[field.name] = _("同じ自治体の中から選んでください。")
    if problems:
        raise ValidationError(problems)


def record_row(row: models.Model, *, by: Any, reason: str = "") -> Any:
    """Check and save a row of structure (a new or changed instance), with its history."""
    check_row(row, by=by)
    return _save(row, by, reason)


def remove_row(row: models.Model, *, by: Any, reason: str) -> None:
    """Delete a row of structure; its history keeps who and why."""
    if by is not None:
        require_writer(by, row, "delete")
    _delete(row, by, reason)


def _save(row: models.Model, by: Any, reason: str) -> Any:
    try:
        with transaction.atomic():
            save_with_reason(row, by, reason)
    except IntegrityError as error:
        raise ValidationError(
            _("同じ行がほかの人によって先に登録されました。"), code="duplicate"
        ) from error
    return row


def _delete(row: models.Model, by: Any, reason: str) -> None:
    row._history_user = by
    row._change_reason = reason or None
    try:
        row.delete()
    except models.ProtectedError as error:
        raise in_use(error.protected_objects) from error


def in_use(rows: Iterable[models.Model]) -> ValidationError:
    """Return the error of deleting what other `rows` cannot do without."""
    kinds = {str(row._meta.verbose_name) for row in rows}
    message = _("ほかの行（%(kinds)s）から使われているため、削除できません。")
    return ValidationError(message % {"kinds": "、".join(sorted(kinds))}, code="in_use")


# --- People -----------------------------------------------------------------------------------


def require_own_person(by: Any, person: User, *, or_without_role: bool = False) -> None:
    """Raise Http404 where `by` may not manage `person`.

    Planners manage people who work for their municipalities only: no superusers, no operators,
    nobody who also has a role elsewhere; `or_without_role` adds those who never had one. Only
    superusers manage superusers.
    """
    scope = scope_of(by)
    if person.pk is None:
        if not scope.is_operator and not scope.planned:
            raise PermissionDenied(_("利用者を登録できるのは企画担当だけです。"))
        return
    is_superuser = User.objects.filter(pk=person.pk, is_superuser=True).exists()
    require_managed(by, person, is_superuser=is_superuser, or_without_role=or_without_role)


def require_managed(
    by: Any, person: User, *, is_superuser: bool, or_without_role: bool = False
) -> None:
    """As `require_own_person`, of a stored person of whom is known whether they are a superuser;
    reads their roles, where these are not at hand."""
    scope = scope_of(by)
    if is_superuser and not by.is_superuser:
        raise Http404(_("見つかりません。"))
    if scope.is_operator:
        return
    memberships = list(person.memberships.all())
    today = timezone.localdate()
    lasting = [m for m in memberships if m.valid_to is None or m.valid_to >= today]
    is_own = any(m.municipality_id in scope.planned for m in memberships)
    if any(m.municipality_id not in scope.planned for m in lasting) or not (
        is_own or (or_without_role and not memberships)
    ):
        raise Http404(_("見つかりません。"))


def check_person(person: User, *, by: Any) -> None:
    """Raise where `by` may not manage this person, or it is not valid. Nobody but a superuser
    touches the flags and permissions that reach beyond the roles."""
    if by is not None:
        require_own_person(by, person)
        if not by.is_superuser:
            stored = User.objects.filter(pk=person.pk).first() or User()
            if (person.is_superuser, person.is_staff) != (stored.is_superuser, stored.is_staff):
                raise PermissionDenied(_("この権限は変えられません。"))
    # A form sets the password of a new person after it has been checked.
    person.full_clean(exclude={"password"} if person.pk is None else None)


def record_person(person: User, *, by: Any, reason: str = "") -> User:
    """Check and save a person, with the history; a new one without password cannot sign in."""
    check_person(person, by=by)
    if not person.password:
        person.set_unusable_password()
    return _save(person, by, reason)


def remove_person(person: User, *, by: Any, reason: str) -> None:
    """Delete a person. Operators only; who leaves is made inactive, so that history keeps names."""
    if by is not None:
        require_own_person(by, person)
        if not scope_of(by).is_operator:
            raise PermissionDenied(_("削除の代わりに「有効」の印を外してください。"))
    _delete(person, by, reason)


def check_grant(membership: Membership, *, by: Any) -> None:
    """Raise where `by` may not give this role, or it is not valid.

    Planners give the roles of their own municipality, to their own people or to somebody who
    has no role yet; the operator's role is given by operators.
    """
    stored = Membership.objects.filter(pk=membership.pk).first() if membership.pk else None
    check_role(membership, stored, by=by)
    if by is not None and stored is not None and not scope_of(by).is_operator:
        require_own_person(by, stored.user)
    if by is not None:
        require_own_person(by, membership.user, or_without_role=True)
    # A person who is not saved yet cannot be looked up by the constraints.
    membership.full_clean(exclude=set() if membership.user.pk else {"user"})


def check_role(membership: Membership, stored: Membership | None, *, by: Any) -> None:
    """Raise where `by` may not give this role of this municipality in the place of the stored
    one. Whose it is, is not looked at here."""
    if by is None or scope_of(by).is_operator:
        return
    if membership.role == Role.OPERATOR or membership.municipality_id is None:
        raise ValidationError({"role": _("運用管理者の役割を付けられるのは運用管理者だけです。")})
    require_planner(by, membership.municipality_id)
    if stored is not None:
        require_planner(by, stored.municipality_id)


def grant(membership: Membership, *, by: Any, reason: str = "") -> Membership:
    """Check and save a role (a new or changed instance), with its history."""
    check_grant(membership, by=by)
    return _save(membership, by, reason)


def revoke(membership: Membership, *, by: Any, reason: str) -> None:
    """Take a role away. Planners do so within their own municipality."""
    if by is not None:
        if not scope_of(by).is_operator:
            require_planner(by, membership.municipality_id)
        require_own_person(by, membership.user)
    _delete(membership, by, reason)
