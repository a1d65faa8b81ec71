"""The admin of measures, actions, their yearly reports, and the revision table."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from municipalities.admin_base import PERIOD_OF_LIFE, ScopedAdmin, ScopedTabularInline
from municipalities.admin_base import ScopedStackedInline as Stacked
from municipalities.admin_filters import (
    OwnSectionsFilter,
    YearFilter,
    municipality_filter,
    section_filter,
)
from municipalities.admin_forms import WritePath
from plans.admin import PlanAdmin
from plans.admin_base import PLAN_ROWS, NodeAdmin, PlanRowAdmin, plan_filter
from plans.record import SECTION_STATES

from . import (
    admin_sheets,  # noqa: F401  (registers its pages)
    record,
)
from .admin_forms import ReportForm
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

REPORTS = WritePath(
    record.check_report, record.record_report, record.remove_report, is_versioned=True
)


class MeasureSdgInline(ScopedTabularInline):
    model = MeasureSdg


@admin.register(Measure)
class MeasureAdmin(NodeAdmin):
    parents = ("policy", "basic_goal")
    related = ("plan__municipality", "policy__plan", "basic_goal__plan")
    ordering = ("plan", "policy__basic_goal__order", "policy__order", "order", "code")
    inlines = (MeasureSdgInline,)


@admin.register(MeasureSdg)
class MeasureSdgAdmin(ScopedAdmin):
    related = ("measure__plan",)
    list_display = ("measure", "number")
    list_filter = (plan_filter("measure__plan"), "number")
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
    inlines = (ReportingDepartmentInline, ProgressReportInline)
    fieldsets = ((None, {"fields": ("action", "order", "is_relisted")}), PERIOD_OF_LIFE)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).prefetch_related("departments__department")

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
    list_display = ("label", "key", "kind", "order", "is_hidden", "is_public", "plan")
    list_filter = (*PlanRowAdmin.list_filter, "kind", "is_hidden", "is_public")
    search_fields = ("label", "key", "plan__title")
    readonly_once_saved = ("plan", "key")


@admin.register(ProgressReport)
class ProgressReportAdmin(ScopedAdmin):
    """Reports of the progress sheet; people of a section see and change their own first."""

    form = ReportForm
    path = REPORTS
    related = ("row__action__plan__municipality", "rating__scheme")
    list_display = ("action", "fiscal_year", "period", "sections", "rating", "state")
    list_filter = (
        OwnSectionsFilter,
        YearFilter,
        "period",
        "state",
        municipality_filter("row__action__plan__municipality"),
        plan_filter("row__action__plan"),
        section_filter("row__departments__department"),
    )
    search_fields = ("row__action__title", "row__action__code", "result", "issues")
    ordering = ("-fiscal_year", "row__action__plan", "row__action__order", "row__order")
    readonly_once_saved = ("row",)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).prefetch_related("row__departments__department")

    @staticmethod
    def of_sections(queryset: QuerySet, departments: frozenset[int]) -> QuerySet:
        """Reports of the years in which one of the sections answers for the row."""
        year = OuterRef("fiscal_year")
        links = ReportingDepartment.objects.filter(
            Q(first_fiscal_year__isnull=True) | Q(first_fiscal_year__lte=year),
            Q(last_fiscal_year__isnull=True) | Q(last_fiscal_year__gte=year),
            row=OuterRef("row"),
            department__in=departments,
        )
        return queryset.filter(Exists(links))

    def may_write(self, request: HttpRequest, obj: ProgressReport) -> bool:
        if super().may_write(request, obj):
            return True
        links = obj.row.departments.in_year(obj.fiscal_year)
        return links.filter(department__in=self.scope(request).departments).exists()

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """The plan's own form: its columns in its order, under its names."""
        names = list(ReportForm.place_fields)
        if obj is None:
            names += ReportForm.core_fields
        else:
            names += [name for name, _field in ReportForm.columns_of(obj.row.action.plan)]
        fieldsets: list[Any] = [(None, {"fields": names})]
        fieldsets.append((_("記録"), {"fields": ["state", "texts_by_site", "note"]}))
        return [*fieldsets, *super().get_fieldsets(request, obj)[1:]]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [*ReportForm.place_fields, "state"]

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if obj is not None:
            kwargs["form"] = ReportForm.of_plan(obj.row.action.plan)
        return super().get_form(request, obj, change=change, **kwargs)

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_choice_field(db_field, request, **kwargs)
        if db_field.name == "state" and not (
            self.scope(request).planned or self.scope(request).is_operator
        ):
            field.choices = [choice for choice in field.choices if choice[0] in SECTION_STATES]
        return field

    @admin.display(description=_("取組"), ordering="row__action__order")
    def action(self, obj: ProgressReport) -> str:
        return str(obj.row.action)

    @admin.display(description=_("担当課"))
    def sections(self, obj: ProgressReport) -> str:
        return "・".join(str(department) for department in obj.row.departments_in(obj.fiscal_year))


@admin.register(Correspondence)
class CorrespondenceAdmin(ScopedAdmin):
    """Lines of the revision table; either side may be empty (新設, 削除)."""

    path = PLAN_ROWS
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

    @admin.display(description=_("新"))
    def new_side(self, obj: Correspondence) -> str:
        return str(obj.new or _("（削除）"))

    @admin.display(description=_("旧"))
    def old_side(self, obj: Correspondence) -> str:
        return str(obj.old or _("（新設）"))
