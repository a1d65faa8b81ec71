"""The admin of measures, actions, their yearly reports, and the revision table."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import path
from django.utils.translation import gettext_lazy as _

from municipalities.admin_base import PERIOD_OF_LIFE, ScopedAdmin, ScopedTabularInline
from municipalities.admin_base import ScopedStackedInline as Stacked
from municipalities.admin_filters import (
    municipality_filter,
    section_filter,
)
from plans.admin import PlanAdmin
from plans.admin_base import (
    PLAN_ROWS,
    NodeAdmin,
    PlanRowAdmin,
    SdgFilter,
    SdgRows,
    plan_filter,
)

from . import (
    admin_columns,
    admin_correspondences,
    admin_reviews,  # noqa: F401  (registers its page)
    admin_revision,
    admin_sheets,  # noqa: F401  (registers its pages)
)
from .admin_columns import COLUMNS
from .admin_correspondences import LINES
from .admin_reports import REPORTS
from .admin_taking_over import take_over_rows
from .models import (
    Action,
    Correspondence,
    Measure,
    MeasureSdg,
    ProgressReport,
    ReportColumn,
    ReportingDepartment,
    ReportingRow,
)
from .models.revision import SIDES


class MeasureSdgInline(SdgRows, ScopedTabularInline):
    model = MeasureSdg


@admin.register(Measure)
class MeasureAdmin(NodeAdmin):
    parents = ("policy", "basic_goal")
    related = ("plan__municipality", "policy__plan", "basic_goal__plan")
    ordering = ("plan", "policy__basic_goal__order", "policy__order", "order", "code")
    inlines = (MeasureSdgInline,)


@admin.register(MeasureSdg)
class MeasureSdgAdmin(SdgRows, ScopedAdmin):
    related = ("measure__plan",)
    list_display = ("measure", "__str__")
    list_filter = (plan_filter("measure__plan"), SdgFilter)
    search_fields = ("measure__title",)
    ordering = ("measure", "number")


class ReportingRowInline(ScopedTabularInline):
    model = ReportingRow
    path = PLAN_ROWS
    fields = ("order", "is_relisted", "first_fiscal_year", "last_fiscal_year", "life_reason")
    classes = ()
    show_change_link = True
    verbose_name_plural = _("報告する行（担当課は「変更」から選びます）")


@admin.register(Action)
class ActionAdmin(NodeAdmin):
    parents = ("measure", "policy", "basic_goal")
    related = ("plan__municipality", "measure__plan", "policy__plan", "basic_goal__plan")
    ordering = ("plan", "measure__policy__order", "measure__order", "policy__order", "order")
    list_filter = (
        *NodeAdmin.list_filter,
        section_filter("rows__departments__department"),
    )
    inlines = (ReportingRowInline,)


class ReportingDepartmentInline(ScopedTabularInline):
    model = ReportingDepartment
    related = ("department",)
    fields = ("order", "department", "first_fiscal_year", "last_fiscal_year", "life_reason")
    classes = ()


class ProgressReportInline(Stacked):
    """The reports of a row, read here; each is changed on its own page, in its plan's form."""

    model = ProgressReport
    path = REPORTS
    fields = ("fiscal_year", "period", "state")
    can_delete = False
    show_change_link = True

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(ReportingRow)
class ReportingRowAdmin(ScopedAdmin):
    path = PLAN_ROWS
    related = ("action__plan__municipality",)
    prefetched = ("departments__department",)
    list_display = ("action", "order", "is_relisted", "sections", "plan")
    list_filter = (
        municipality_filter("action__plan__municipality"),
        plan_filter("action__plan"),
        section_filter("departments__department"),
        "is_relisted",
    )
    search_fields = ("action__title", "action__code", "departments__department__name")
    ordering = ("action__plan", "action__measure__order", "action__order", "order")
    readonly_once_saved = ("action",)
    actions = (take_over_rows,)
    inlines = (ReportingDepartmentInline, ProgressReportInline)
    fieldsets = ((None, {"fields": ("action", "order", "is_relisted")}), PERIOD_OF_LIFE)

    def label(self, obj: ReportingRow) -> str:
        relisted = _("（再掲）") if obj.is_relisted else ""
        return f"{obj.action.plan}：{obj.action}{relisted} {self.sections(obj)}".strip()

    @admin.display(description=_("計画"))
    def plan(self, obj: ReportingRow) -> str:
        return str(obj.action.plan)

    @admin.display(description=_("担当課"))
    def sections(self, obj: ReportingRow) -> str:
        links = obj.departments.all()
        return "・".join(str(link.department) for link in links if not link.last_fiscal_year)


@admin.register(ReportingDepartment)
class ReportingDepartmentAdmin(ScopedAdmin):
    related = ("row__action__plan__municipality", "department")
    list_display = ("row", "department", "order", "first_fiscal_year", "last_fiscal_year")
    list_filter = (
        municipality_filter("row__action__plan__municipality"),
        plan_filter("row__action__plan"),
        section_filter("department"),
    )
    search_fields = ("row__action__title", "department__name")
    readonly_once_saved = ("row",)


class ReportColumnInline(ScopedTabularInline):
    """The plan's own progress sheet; without rows the standard columns."""

    model = ReportColumn
    path = COLUMNS
    fields = (
        "order",
        "key",
        "label",
        "kind",
        "max_length",
        "choices",
        "unit",
        "is_hidden",
        "is_public",
    )


PlanAdmin.inlines = (*PlanAdmin.inlines, ReportColumnInline)


@admin.register(ReportColumn)
class ReportColumnAdmin(PlanRowAdmin):
    path = COLUMNS
    list_display = ("label", "key", "kind", "order", "is_hidden", "is_public", "plan")
    list_filter = (*PlanRowAdmin.list_filter, "kind", "is_hidden", "is_public")
    search_fields = ("label", "key", "plan__title")
    readonly_once_saved = ("plan", "key")

    def get_urls(self) -> list[Any]:
        form = self.admin_site.admin_view(admin_columns.form_view)
        own = {"model_admin": self}
        return [
            path("form/<str:object_id>/", form, own, name="measures_reportcolumn_form"),
            *super().get_urls(),
        ]


@admin.register(Correspondence)
class CorrespondenceAdmin(ScopedAdmin):
    """Lines of the revision table; either side may be empty (新設, 削除)."""

    path = LINES
    related = ("new_plan__municipality", "old_plan", *(f"{side}__plan" for side in SIDES))
    list_display = ("number", "new_side", "old_side", "basis", "new_plan")
    list_filter = (
        municipality_filter("new_plan__municipality"),
        plan_filter("new_plan"),
        "basis",
    )
    search_fields = ("remark", "new_plan__title", "old_plan__title", "=number")
    readonly_once_saved = ("new_plan",)
    fieldsets = (
        (None, {"fields": ("new_plan", "old_plan", "number")}),
        (_("新しい側（一つ。削除のときは空欄）"), {"fields": SIDES[:4]}),
        (_("前の側（一つ。新設のときは空欄）"), {"fields": SIDES[4:]}),
        (_("根拠"), {"fields": ("basis", "remark")}),
    )

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "number":
            field.required = False
            field.help_text = _("空欄なら自動で付きます。")
        return field

    def get_urls(self) -> list[Any]:
        edit = self.admin_site.admin_view(admin_correspondences.edit_view)
        table = self.admin_site.admin_view(admin_revision.table_view)
        own = {"model_admin": self}
        return [
            path("edit/<str:object_id>/", edit, own, name="measures_correspondence_edit"),
            path("table/<int:plan_id>/", table, own, name="measures_correspondence_table"),
            *super().get_urls(),
        ]

    @admin.display(description=_("新"))
    def new_side(self, obj: Correspondence) -> str:
        return str(obj.new or _("（削除）"))

    @admin.display(description=_("旧"))
    def old_side(self, obj: Correspondence) -> str:
        return str(obj.old or _("（新設）"))
