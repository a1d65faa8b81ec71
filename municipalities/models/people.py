"""People and what they do for which municipality."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AbstractUser, UserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.access import PEOPLE, Role, ScopedQuerySet, scope_of
from municipalities.history import tracked

from .places import Department, Municipality, Validity, ValidityQuerySet


class PersonManager(UserManager):
    """Django's manager of users (create_user, natural key)."""

    use_in_migrations = False  # Django cannot name a manager made by from_queryset


class UserQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any) -> UserQuerySet:
        """The people of the municipalities `user` works for."""
        return super().visible_to(user).distinct()

    def managed_by(self, user: Any) -> UserQuerySet:
        """Everybody for superusers; for operators no superusers; for planners those who work for
        their municipalities and nowhere else, as `record.require_own_person` says."""
        if user.is_superuser:
            return self
        people, scope = self.filter(is_superuser=False), scope_of(user)
        if scope.is_operator:
            return people
        roles = Membership.objects.filter(user=OuterRef("pk"))
        elsewhere = Q(municipality__isnull=True) | ~Q(municipality__in=scope.planned)
        lasting = roles.exclude(valid_to__lt=timezone.localdate())
        return people.filter(
            ~Exists(lasting.filter(elsewhere)),
            Exists(roles.filter(municipality__in=scope.planned)),
        )


class User(AbstractUser):
    """A person who signs in. Names are kept for colleagues only, never shown to citizens."""

    first_name = None
    last_name = None
    name = models.CharField(_("氏名"), max_length=60, blank=True)
    must_change_password = models.BooleanField(_("次のサインインでパスワードを変更"), default=False)

    municipality_lookup = "memberships__municipality"
    permissions = PEOPLE
    objects = PersonManager.from_queryset(UserQuerySet)()
    history = tracked(excluded_fields=["password", "last_login"])

    class Meta:
        verbose_name = _("利用者")
        verbose_name_plural = _("利用者")
        ordering = ["username"]

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name or self.username


class Membership(Validity):
    """A person's role in a municipality, for entry and approval in a section."""

    user = models.ForeignKey(
        User, models.CASCADE, related_name="memberships", verbose_name=_("利用者")
    )
    role = models.CharField(_("役割"), max_length=10, choices=Role.choices)
    municipality = models.ForeignKey(
        Municipality,
        models.CASCADE,
        related_name="memberships",
        null=True,
        blank=True,
        verbose_name=_("自治体"),
        help_text=_("運用管理者だけ空欄にします（全自治体）。"),
    )
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        related_name="memberships",
        null=True,
        blank=True,
        verbose_name=_("組織"),
        help_text=_("入力担当と承認者は必ず選びます。"),
    )

    municipality_lookup = "municipality"
    permissions = PEOPLE
    objects = ValidityQuerySet.as_manager()
    history = tracked()

    class Meta(Validity.Meta):
        verbose_name = _("所属と役割")
        verbose_name_plural = _("所属と役割")
        ordering = ["municipality", "user", "role"]
        constraints = [
            *Validity.Meta.constraints,
            models.CheckConstraint(
                name="membership_operator_has_no_municipality",
                condition=Q(role=Role.OPERATOR, municipality__isnull=True)
                | (~Q(role=Role.OPERATOR) & Q(municipality__isnull=False)),
                violation_error_message=_("運用管理者のほかは自治体を選んでください。"),
            ),
            models.CheckConstraint(
                name="membership_section_roles_have_department",
                condition=~Q(role__in=[Role.ENTRY, Role.APPROVER]) | Q(department__isnull=False),
                violation_error_message=_("入力担当と承認者には組織を選んでください。"),
            ),
            models.UniqueConstraint(
                name="membership_unique",
                fields=["user", "role", "municipality", "department", "valid_from"],
                violation_error_message=_("同じ所属と役割がすでにあります。"),
            ),
        ]

    def __str__(self) -> str:
        place = self.department or self.municipality or _("全自治体")
        return f"{self.user} {place} {self.get_role_display()}"

    def clean(self) -> None:
        super().clean()
        if self.department_id and self.department.municipality_id != self.municipality_id:
            raise ValidationError({"department": _("組織はその自治体から選んでください。")})

    @property
    def is_current(self) -> bool:
        return self.is_valid_on(timezone.localdate())
