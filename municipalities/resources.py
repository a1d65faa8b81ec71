"""Flat tables of who: municipalities, sections and what became of them, people and their roles."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.utils.translation import gettext as _

from . import record
from .flat.columns import Column, Link, columns_of, town_link
from .flat.importing import Line
from .flat.resource import FlatResource
from .models import Department, DepartmentSuccession, Membership, Municipality, User
from .record_many import Problems, duplicates


class MunicipalityResource(FlatResource):
    model = Municipality

    @classmethod
    def columns(cls) -> Sequence[Column | Link]:
        return columns_of(
            Municipality,
            (
                "slug",
                "code",
                "name",
                "kana",
                "name_en",
                "prefecture",
                "kind",
                "is_sample",
                "year_style",
                "website",
                "notice",
                "license_name",
                "license_url",
                "attribution",
                "valid_from",
                "valid_to",
            ),
            keys=("slug",),
        )

    def stored(self, user: Any, towns: Any, years: Any) -> Any:
        return Municipality.objects.visible_to(user)


class DepartmentResource(FlatResource):
    """Sections; one may stand below another of the same table."""

    model = Department
    related = ("municipality", "parent")

    @classmethod
    def columns(cls) -> Sequence[Column | Link]:
        town = town_link("municipality__slug", key=True, attribute="municipality")
        code, *others = columns_of(
            Department,
            ("code", "name", "kind", "post", "is_lead", "order", "valid_from", "valid_to", "note"),
            keys=("code",),
        )
        above = Link(
            "上位の組織コード",
            Department,
            "parent__code",
            parent=town,
            within="municipality",
            attribute="parent",
            required=False,
        )
        return [town, code, *others[:2], above, *others[2:]]

    def save(self, lines: Sequence[Line], *, by: Any, reason: str, fields: Collection[str]) -> None:
        """Save level by level: a new section needs the one above it."""
        left = list(lines)
        while left:
            ready = [line for line in left if line.row.parent is None or line.row.parent.pk]
            super().save(ready, by=by, reason=reason, fields=fields)
            left = [line for line in left if line not in ready]
            if not ready:
                raise ValidationError(_("上位の組織が互いの下にあります。"))


class DepartmentSuccessionResource(FlatResource):
    model = DepartmentSuccession
    related = ("predecessor__municipality", "successor")

    @classmethod
    def columns(cls) -> Sequence[Column | Link]:
        town = town_link("predecessor__municipality__slug", key=True)
        before, after = (
            Link(
                heading,
                Department,
                f"{name}__code",
                parent=town,
                within="municipality",
                attribute=name,
                key=True,
            )
            for heading, name in (
                ("前の組織コード", "predecessor"),
                ("後の組織コード", "successor"),
            )
        )
        return [
            town,
            before,
            after,
            *columns_of(DepartmentSuccession, ("kind", "effective_on")),
        ]


class StaffResource(FlatResource):
    """People and their roles, a row a role; who is new gets an account without password."""

    model = Membership
    related = ("user", "municipality", "department")

    @classmethod
    def columns(cls) -> Sequence[Column | Link]:
        town = town_link("municipality__slug", key=True, attribute="municipality")
        person = Link(
            "ユーザー名", User, "user__username", attribute="user", key=True, may_be_new=True
        )
        section = Link(
            "組織コード",
            Department,
            "department__code",
            parent=town,
            within="municipality",
            attribute="department",
            key=True,
            required=False,
        )
        name, mail, active = (
            Column(User._meta.get_field(field), f"user__{field}")
            for field in ("name", "email", "is_active")
        )
        return [
            town,
            person,
            name,
            mail,
            active,
            Column(Membership._meta.get_field("role"), key=True),
            section,
            Column(Membership._meta.get_field("valid_from"), key=True),
            Column(Membership._meta.get_field("valid_to")),
        ]

    def check(self, lines: Sequence[Line], *, by: Any, fields: Collection[str]) -> Problems:
        problems = duplicates([line.row for line in lines])
        for position, line in enumerate(lines):
            try:
                if _changes_person(line):
                    record.check_person(line.row.user, by=by)
                if _changes_role(line):
                    record.check_grant(line.row, by=by)
            except ValidationError as error:
                problems[position] = _named_for_staff(error)
            except (PermissionDenied, Http404) as error:
                problems[position] = ValidationError(str(error), code="forbidden")
        return problems

    def save(self, lines: Sequence[Line], *, by: Any, reason: str, fields: Collection[str]) -> None:
        for line in lines:
            person = line.row.user
            if _changes_person(line):
                record.record_person(person, by=by, reason=reason)
            line.row.user = person  # a new one has its number now
            if _changes_role(line):
                record.grant(line.row, by=by, reason=reason)


def _changes_person(line: Line) -> bool:
    return line.row.user.pk is None or any(name.startswith("user__") for name in line.changed)


def _changes_role(line: Line) -> bool:
    return line.is_new or any(not name.startswith("user__") for name in line.changed)


def _named_for_staff(error: ValidationError) -> ValidationError:
    """Return the error with the fields of a person named as the table names them."""
    names = {"username": "user", "name": "user__name", "email": "user__email"}
    if not hasattr(error, "error_dict"):
        return error
    return ValidationError(
        {names.get(name, name): errors for name, errors in error.error_dict.items()}
    )
