"""The admin of municipalities, sections, people and their roles."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import (
    AdminPasswordChangeForm,
    AdminUserCreationForm,
    UserChangeForm,
)
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from . import (
    admin_sign_ins,  # noqa: F401  registers the record of sign-ins
    record,
)
from .access import Role
from .admin_base import ScopedAdmin, ScopedTabularInline
from .admin_filters import municipality_filter, section_filter
from .admin_forms import RowForm, WritePath
from .flat.admin import FlatTable
from .models import Department, DepartmentSuccession, Membership, Municipality, User
from .resources import (
    DepartmentResource,
    DepartmentSuccessionResource,
    MunicipalityResource,
    StaffResource,
)

admin.site.unregister(Group)  # what a person may do is said by roles

PEOPLE = WritePath(record.check_person, record.record_person, record.remove_person)
_REGISTERED = (*Municipality.registered, "predecessors")
ROLES = WritePath(record.check_grant, record.grant, record.revoke)


class OneTimePassword(AdminPasswordChangeForm):
    """A password somebody else sets: it is told by word of mouth, and changed at once."""

    def save(self, commit: bool = True) -> Any:
        self.user.must_change_password = self.cleaned_data["set_usable_password"]
        return super().save(commit)


@admin.register(User)
class UserAdmin(ScopedAdmin, DjangoUserAdmin):
    """People: planners manage those who work for their municipality and nowhere else."""

    class AddForm(RowForm, AdminUserCreationForm):
        class Meta:
            model = User
            fields = ("username", "name", "email")

        def save(self, commit: bool = True) -> Any:
            self.instance.must_change_password = self.cleaned_data["set_usable_password"]
            return super().save(commit)

    class ChangeForm(RowForm, UserChangeForm):
        class Meta:
            model = User
            fields = "__all__"

    form = ChangeForm
    add_form = AddForm
    change_password_form = OneTimePassword
    path = PEOPLE
    list_display = ("username", "name", "email", "is_active", "last_login")
    list_filter = (
        municipality_filter("memberships__municipality"),
        section_filter("memberships__department", _("組織")),
        "memberships__role",
        "is_active",
    )
    search_fields = ("username", "name", "email")
    ordering = ("username",)
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined", "must_change_password")
    fieldsets = (
        (None, {"fields": ("username", "password", "name", "email", "is_active")}),
        (_("日時"), {"fields": ("last_login", "date_joined", "must_change_password")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": (
                    "username",
                    "name",
                    "email",
                    "usable_password",
                    "password1",
                    "password2",
                ),
            },
        ),
    )

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        return [MembershipInline]

    def get_urls(self) -> list[Any]:
        return [*DjangoUserAdmin.get_urls(self)]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Only superusers see the flag that makes others so."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is not None and request.user.is_superuser:
            fieldsets.append((_("全権"), {"fields": ("is_superuser",)}))
        return fieldsets

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).managed_by(request.user)

    def may_write(self, request: HttpRequest, obj: Any) -> bool:
        try:
            record.require_own_person(request.user, obj)
        except (Http404, PermissionDenied):
            return False
        return True

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.scope(request).is_operator and super().has_delete_permission(request, obj)

    def user_change_password(
        self,
        request: HttpRequest,
        id: str,
        form_url: str = "",
    ) -> HttpResponse:
        person = self.get_object(request, id)
        if person == request.user:
            return HttpResponseRedirect(reverse("admin:password_change"))
        return super().user_change_password(request, id, form_url)


class MembershipInline(ScopedTabularInline):
    """The roles of one person."""

    model = Membership
    path = ROLES
    fk_name = "user"
    related = ("municipality", "department")
    fields = ("municipality", "role", "department", "valid_from", "valid_to")
    classes = ()

    def may_write(self, request: HttpRequest, obj: Any) -> bool:
        return True  # whoever may change the person, see there

    def get_min_num(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        """A person without a role would be nobody's."""
        return 0 if obj is not None or self.scope(request).is_operator else 1

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        kwargs["validate_min"] = True
        return super().get_formset(request, obj, **kwargs)

    def formfield_for_choice_field(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> forms.Field:
        return _grantable(
            super().formfield_for_choice_field(db_field, request, **kwargs), self, request
        )


def _grantable(field: forms.Field, model_admin: Any, request: HttpRequest) -> forms.Field:
    """Take the operator's role out of the choices of everybody else."""
    if not model_admin.scope(request).is_operator:
        field.choices = [choice for choice in field.choices if choice[0] != Role.OPERATOR]
    return field


@admin.register(Membership)
class MembershipAdmin(FlatTable, ScopedAdmin):
    """All roles of a municipality in one list."""

    resource_classes = (StaffResource,)
    path = ROLES
    related = ("user", "municipality", "department")
    list_display = ("user", "role", "municipality", "department", "valid_from", "valid_to")
    list_filter = ("role", municipality_filter(), section_filter("department", _("組織")))
    search_fields = ("user__username", "user__name", "department__name")
    readonly_once_saved = ("user",)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """The roles of the people this person manages."""
        people = self.admin_site.get_model_admin(User).get_queryset(request)
        return super().get_queryset(request).filter(user__in=people.order_by().values("pk"))

    def formfield_for_choice_field(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> forms.Field:
        return _grantable(
            super().formfield_for_choice_field(db_field, request, **kwargs), self, request
        )


class SuccessionInline(ScopedTabularInline):
    """What became of a section at a reorganisation."""

    model = DepartmentSuccession
    fk_name = "predecessor"
    related = ("successor", "predecessor")
    fields = ("successor", "kind", "effective_on")
    verbose_name = _("後継の組織")
    verbose_name_plural = _("後継の組織（改称・統合・分割・移管）")
    classes = ()


@admin.register(Department)
class DepartmentAdmin(FlatTable, ScopedAdmin):
    resource_classes = (DepartmentResource,)
    related = ("municipality", "parent")
    list_display = ("name", "code", "kind", "parent", "valid_from", "valid_to", "municipality")
    list_filter = (municipality_filter(), "kind")
    search_fields = ("name", "code", "municipality__name")
    readonly_once_saved = ("municipality",)
    inlines = (SuccessionInline,)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "municipality",
                    "code",
                    "name",
                    "kind",
                    "parent",
                    "is_lead",
                    "post",
                    "order",
                )
            },
        ),
        (
            _("有効期間"),
            {
                "fields": ("valid_from", "valid_to", "note"),
                "description": _(
                    "改称や統合のときは、この組織に有効終了日を入れ、新しい組織を登録して、"
                    "下の「後継の組織」に加えます。過去の年度はその当時の名称で表示されます。"
                ),
            },
        ),
    )

    def label(self, obj: Department) -> str:
        until = f"（{obj.valid_to:%Y-%m-%d}まで）" if obj.valid_to else ""
        return f"{obj.name}{until}"


@admin.register(DepartmentSuccession)
class DepartmentSuccessionAdmin(FlatTable, ScopedAdmin):
    resource_classes = (DepartmentSuccessionResource,)
    related = ("predecessor", "successor")
    list_display = ("predecessor", "kind", "successor", "effective_on")
    list_filter = (municipality_filter("predecessor__municipality"), "kind")
    search_fields = ("predecessor__name", "successor__name")
    date_hierarchy = "effective_on"


@admin.register(Municipality)
class MunicipalityAdmin(FlatTable, ScopedAdmin):
    resource_classes = (MunicipalityResource,)
    list_display = ("name", "prefecture", "kind", "code", "slug", "is_sample")
    list_filter = ("kind", "prefecture", "is_sample")
    search_fields = ("name", "kana", "name_en", "slug", "code")
    fieldsets = (
        (None, {"fields": ("name", "kana", "name_en", "prefecture", "kind", "website")}),
        (_("表示"), {"fields": ("year_style", "notice")}),
        (_("オープンデータ"), {"fields": ("license_name", "license_url", "attribution")}),
        (
            _("承認の流れ"),
            {"fields": ("has_approval_step", "has_lead_step", "allows_own_approval")},
        ),
        (
            _("登録（変更は運用管理者）"),
            {"fields": _REGISTERED},
        ),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        readonly = super().get_readonly_fields(request, obj)
        return readonly if self.scope(request).is_operator else (*readonly, *_REGISTERED)
