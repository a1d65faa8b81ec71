"""The admin of plans, their upper levels, and what hangs on them directly."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import path
from django.utils.translation import gettext_lazy as _

from municipalities import fiscal_year
from municipalities.admin_base import (
    ScopedAdmin,
    ScopedInline,
    ScopedTabularInline,
)
from municipalities.admin_filters import YearFilter, municipality_filter
from municipalities.admin_forms import RowForm, WritePath

from . import admin_changes, record
from .admin_base import PLAN_ROWS, NodeAdmin, PlanRowAdmin, SdgFilter, SdgRows, plan_filter
from .models import (
    BasicGoal,
    Footnote,
    GlossaryTerm,
    Plan,
    PlanScheme,
    Policy,
    PolicyField,
    PolicySdg,
    RelatedPlan,
    YearLock,
)
from .related import check_policies


def check_lock(lock: YearLock, *, by: Any) -> None:
    """Raise where `by` may not close this year, or it is closed already."""
    if by is not None:
        record.require_planner(by, lock.plan.municipality_id)
    lock.full_clean()


def close_year(lock: YearLock, *, by: Any, reason: str = "") -> None:
    """Close the year a form describes; the row keeps the reason of the form."""
    lock.pk = record.lock_year(lock.plan, lock.fiscal_year, by=by, reason=lock.reason or reason).pk


def open_year(lock: YearLock, *, by: Any, reason: str) -> None:
    record.unlock_year(lock.plan, lock.fiscal_year, by=by, reason=reason)


LOCKS = WritePath(check_lock, close_year, open_year)


class ClosedForChange(ScopedInline):
    """A lock is set and lifted, never edited."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class RelatedPlanInline(ScopedTabularInline):
    model = RelatedPlan
    fk_name = "plan"
    related = ("linked_plan",)
    fields = ("number", "kind", "title", "tier", "linked_plan", "period_label", "note")


class GlossaryInline(ScopedTabularInline):
    model = GlossaryTerm
    related = ("policy__plan",)
    fields = ("number", "term", "formal_name", "definition", "definition_by_site", "policy")


class FootnoteInline(ScopedTabularInline):
    model = Footnote
    related = ("policy__plan",)
    fields = ("number", "mark", "marked_on", "text", "policy")


class PlanSchemeInline(ScopedTabularInline):
    model = PlanScheme
    related = ("scheme",)
    verbose_name_plural = _("評価方式（どの年度からどの方式で評価するか）")


class YearLockInline(ClosedForChange, ScopedTabularInline):
    """Closing a year here; opening it again is a deletion with its reason."""

    model = YearLock
    path = LOCKS
    needs_saved_parent = True
    fields = ("fiscal_year", "reason", "locked_at", "locked_by")
    readonly_fields = ("locked_at", "locked_by")
    related = ("locked_by",)
    verbose_name_plural = _("年度の締切（消すと、その年度を再び変更できます）")


@admin.register(Plan)
class PlanAdmin(ScopedAdmin):
    path = PLAN_ROWS
    related = ("municipality", "predecessor", "parent")
    readonly_once_saved = ("municipality",)
    list_display = ("__str__", "municipality", "stage", "period", "slug", "order")
    list_filter = (municipality_filter(), "stage")
    search_fields = ("title", "edition", "slug", "municipality__name")
    inlines: tuple[Any, ...] = (
        YearLockInline,
        PlanSchemeInline,
        RelatedPlanInline,
        GlossaryInline,
        FootnoteInline,
    )
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "municipality",
                    "slug",
                    "title",
                    "title_source",
                    "title_note",
                    "edition",
                    "stage",
                    "order",
                )
            },
        ),
        (
            _("期間"),
            {
                "fields": (
                    "start_fiscal_year",
                    "end_fiscal_year",
                    "period_label",
                    "period_note",
                    "predecessor",
                    "takes_over_from",
                    "parent",
                )
            },
        ),
        (
            _("内容"),
            {"fields": ("summary", "summary_by_site", "scope_note", "source", "source_url")},
        ),
        (
            _("呼び名（空欄は標準の呼び名）"),
            {
                "classes": ("collapse",),
                "fields": (
                    "label_basic_goal",
                    "label_field",
                    "label_policy",
                    "label_measure",
                    "label_action",
                    "label_indicator",
                    "label_mid_year",
                    "label_relisted",
                ),
            },
        ),
        (
            _("公開の範囲"),
            {
                "fields": (
                    "show_rates",
                    "show_computed_judgement",
                    "show_forecast",
                    "show_comparison",
                )
            },
        ),
    )

    def get_urls(self) -> list[Any]:
        changes = self.admin_site.admin_view(admin_changes.changes_view)
        as_csv = self.admin_site.admin_view(admin_changes.changes_csv)
        own = {"model_admin": self}
        return [
            path("changes/", changes, own, name="plans_plan_changes"),
            path("changes.csv", as_csv, own, name="plans_plan_changes_csv"),
            *super().get_urls(),
        ]

    @admin.display(description=_("期間"))
    def period(self, obj: Plan) -> str:
        return obj.period_text()


@admin.register(BasicGoal)
class BasicGoalAdmin(NodeAdmin):
    list_display = ("__str__", "code", "plan", "last_fiscal_year")


@admin.register(PolicyField)
class PolicyFieldAdmin(NodeAdmin):
    parents = ("basic_goal",)
    related = ("plan__municipality", "basic_goal")
    ordering = ("plan", "basic_goal__order", "order", "code")


class PolicySdgInline(SdgRows, ScopedTabularInline):
    model = PolicySdg


@admin.register(Policy)
class PolicyAdmin(NodeAdmin):
    parents = ("basic_goal", "field")
    related = ("plan__municipality", "basic_goal", "field")
    ordering = ("plan", "basic_goal__order", "field__order", "order", "code")
    inlines = (PolicySdgInline,)


@admin.register(PolicySdg)
class PolicySdgAdmin(SdgRows, ScopedAdmin):
    related = ("policy__plan",)
    list_display = ("policy", "__str__")
    list_filter = (plan_filter("policy__plan"), SdgFilter)
    search_fields = ("policy__title",)
    ordering = ("policy", "number")


@admin.register(PlanScheme)
class PlanSchemeAdmin(PlanRowAdmin):
    related = ("plan__municipality", "scheme")
    list_display = ("plan", "subject", "from_fiscal_year", "scheme")
    list_filter = (*PlanRowAdmin.list_filter, "subject")
    search_fields = ("plan__title", "scheme__name")


@admin.register(YearLock)
class YearLockAdmin(PlanRowAdmin):
    path = LOCKS
    related = ("plan__municipality", "locked_by")
    list_display = ("plan", "year", "locked_at", "locked_by", "reason")
    list_filter = (*PlanRowAdmin.list_filter, YearFilter)
    search_fields = ("plan__title", "reason")
    fields = ("plan", "fiscal_year", "reason", "locked_at", "locked_by")
    readonly_fields = ("locked_at", "locked_by")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("年度"), ordering="fiscal_year")
    def year(self, obj: YearLock) -> str:
        return fiscal_year.label(obj.fiscal_year)


class RelatedPlanForm(RowForm):
    """A related plan with the policies of its own plan that it serves."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        plan = self.instance.plan if self.instance.pk else cleaned.get("plan")
        check_policies(plan, cleaned.get("policies", ()))
        return cleaned


@admin.register(RelatedPlan)
class RelatedPlanAdmin(PlanRowAdmin):
    form = RelatedPlanForm
    related = ("plan__municipality", "linked_plan")
    list_display = ("title", "kind", "tier", "plan", "linked_plan")
    list_filter = (*PlanRowAdmin.list_filter, "kind")
    search_fields = ("title", "plan__title")


@admin.register(GlossaryTerm)
class GlossaryTermAdmin(PlanRowAdmin):
    related = ("plan__municipality", "policy__plan")
    list_display = ("term", "formal_name", "number", "plan")
    search_fields = ("term", "formal_name", "definition")


@admin.register(Footnote)
class FootnoteAdmin(PlanRowAdmin):
    related = ("plan__municipality", "policy__plan")
    list_display = ("mark", "text", "number", "plan")
    search_fields = ("mark", "text")
