"""The admin of indicators, series and their figures."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import path
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
from municipalities.flat.admin import FlatTable
from plans import structure
from plans.admin_base import PLAN_ROWS, PlanRowAdmin, plan_filter
from plans.admin_workflow import MovesPlannersRows, MovesRows

from . import (
    admin_entry,
    admin_schemes,  # noqa: F401  registers the schemes
    record,
)
from .admin_indicator_actions import confirm_directions, try_schemes
from .models import (
    Actual,
    CommonIndicator,
    Indicator,
    Judgement,
    Responsibility,
    Series,
    SeriesBreak,
    Target,
)
from .record_many import move_actuals, move_judgements, places_of_actuals, places_of_judgements
from .resources import ActualResource, IndicatorResource, SeriesResource, TargetResource
from .sections import of_sections

ACTUALS = WritePath(
    record.check_actual, record.record_actual, record.remove_actual, is_versioned=True
)
INDICATORS = WritePath(record.check_indicator, record.record_indicator, structure.remove_row)
TARGETS = WritePath(record.check_target, record.record_target, record.remove_target)
JUDGEMENTS = WritePath(
    record.check_judgement, record.record_judgement, record.remove_judgement, is_versioned=True
)


class ResponsibilityInline(ScopedTabularInline):
    model = Responsibility
    related = ("department",)
    fields = ("order", "department", "first_fiscal_year", "last_fiscal_year", "life_reason")
    classes = ()


class TargetInline(ScopedTabularInline):
    """Targets; a later decision is added as the next revision, with its reason.

    From which year a revision counts, and the rest, stand on the row's own page.
    """

    model = Target
    path = TARGETS
    needs_saved_parent = True
    show_change_link = True
    classes = ()
    fields = (
        "fiscal_year",
        "kind",
        "value",
        "lower",
        "upper",
        "text",
        "revision",
        "reason",
    )


class JudgementInline(Stacked):
    model = Judgement
    path = JUDGEMENTS
    needs_saved_parent = True
    related = ("band__scheme",)
    fields = (
        ("fiscal_year", "period", "stage", "band", "state"),
        "reason",
        ("judged_by", "judged_on", "note", "source_url"),
    )


class ActualInline(ScopedTabularInline):
    """The values of a series, year by year; corrections and sources on the row's own page."""

    model = Actual
    path = ACTUALS
    needs_saved_parent = True
    show_change_link = True
    classes = ()
    fields = (
        "fiscal_year",
        "period",
        "value",
        "missing_reason",
        "is_provisional",
        "note",
        "state",
    )


class SeriesBreakInline(ScopedTabularInline):
    model = SeriesBreak
    classes = ()


@admin.register(Actual)
class ActualAdmin(FlatTable, MovesRows, ScopedAdmin):
    """実績: people of a section see and change their own first.

    The button 「年度の実績をまとめて入力」 leads to the sheet of a year (`admin_entry`).
    """

    resource_classes = (ActualResource,)
    path = ACTUALS
    mover = staticmethod(move_actuals)
    of_sections = staticmethod(of_sections)
    places = staticmethod(places_of_actuals)
    related = ("series__municipality", "series__owner")
    list_display = (
        "series",
        "fiscal_year",
        "period",
        "figure",
        "unit",
        "is_provisional",
        "revision",
        "state",
    )
    list_filter = (
        OwnSectionsFilter,
        YearFilter,
        "period",
        plan_filter("series__indicators__plan"),
        section_filter("series__indicators__responsibilities__department"),
        "state",
        "missing_reason",
        municipality_filter("series__municipality"),
    )
    search_fields = ("series__name", "series__code", "series__indicators__name", "note")
    ordering = ("-fiscal_year", "series__code", "period")
    readonly_once_saved = ("series",)
    change_list_template = "admin/indicators/actual/change_list.html"
    fieldsets = (
        (None, {"fields": ("series", ("fiscal_year", "period"))}),
        (
            _("値（値か、値のない理由の一方。0は値です）"),
            {"fields": ("value", "is_provisional", "missing_reason", "expected_on")},
        ),
        (_("注記と出典"), {"fields": ("note", "internal_note", "source", "source_url")}),
        (_("訂正など"), {"fields": ("revision", "revision_reason")}),
        (_("資料の表記"), {"classes": ("collapse",), "fields": ("year_label", "value_label")}),
        (_("状態"), {"fields": ("state",)}),
    )

    def get_urls(self) -> list[Any]:
        entry = self.admin_site.admin_view(admin_entry.entry_view)
        return [
            path("entry/", entry, {"model_admin": self}, name="indicators_actual_entry"),
            *super().get_urls(),
        ]

    def may_write(self, request: HttpRequest, obj: Actual) -> bool:
        if super().may_write(request, obj):
            return True
        sections = record.sections_of(obj.series, obj.fiscal_year)
        return not self.scope(request).departments.isdisjoint(sections)

    @admin.display(description=_("実績値"), ordering="value")
    def figure(self, obj: Actual) -> str:
        """The value with its own decimals, or why there is none."""
        if obj.value is None:
            return f"－（{obj.get_missing_reason_display()}）"
        return f"{obj.value:,.{obj.series.decimals}f}"

    @admin.display(description=_("単位"))
    def unit(self, obj: Actual) -> str:
        return obj.series.unit


@admin.register(Indicator)
class IndicatorAdmin(FlatTable, PlanRowAdmin):
    resource_classes = (IndicatorResource,)
    path = INDICATORS
    related = (
        "plan__municipality",
        "series",
        "basic_goal__plan",
        "policy__plan",
        "measure__plan",
    )
    list_display = (
        "__str__",
        "label",
        "code",
        "plan",
        "place",
        "sections",
        "direction",
        "proposed_direction",
    )
    list_filter = (
        *PlanRowAdmin.list_filter,
        section_filter("responsibilities__department"),
        "direction",
        "baseline_status",
        "life_reason",
    )
    search_fields = ("name", "series__name", "code", "label", "plan__title")
    inlines = (ResponsibilityInline, TargetInline, JudgementInline)
    actions = (try_schemes, confirm_directions)
    readonly_fields = ("proposed_direction",)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "plan",
                    "measure",
                    "policy",
                    "basic_goal",
                    "series",
                    "code",
                    "label",
                    "order",
                    "name",
                    "group",
                )
            },
        ),
        (_("向き"), {"fields": ("direction", "proposed_direction", "direction_note")}),
        (
            _("基準値"),
            {
                "fields": (
                    "baseline_status",
                    "baseline_value",
                    "baseline_fiscal_year",
                    "baseline_label",
                    "baseline_value_label",
                    "baseline_mark",
                    "baseline_note",
                    "baseline_is_average",
                )
            },
        ),
        (_("注記"), {"fields": ("note",)}),
        PERIOD_OF_LIFE,
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).prefetch_related("responsibilities__department")

    def has_confirm_permission(self, request: HttpRequest) -> bool:
        """Whether the person plans anywhere; for which rows, the write path says."""
        scope = self.scope(request)
        return scope.is_operator or bool(scope.planned)

    @admin.display(description=_("付く段"))
    def place(self, obj: Indicator) -> str:
        return str(obj.parent or _("計画全体"))

    @admin.display(description=_("担当課"))
    def sections(self, obj: Indicator) -> str:
        links = obj.responsibilities.all()
        return "・".join(str(link.department) for link in links if not link.last_fiscal_year)


@admin.register(Target)
class TargetAdmin(FlatTable, ScopedAdmin):
    resource_classes = (TargetResource,)
    path = TARGETS
    related = ("indicator__plan__municipality", "indicator__series")
    list_display = ("indicator", "fiscal_year", "kind", "value", "text", "revision", "plan")
    list_filter = (
        YearFilter,
        "kind",
        municipality_filter("indicator__plan__municipality"),
        plan_filter("indicator__plan"),
        section_filter("indicator__responsibilities__department"),
    )
    search_fields = ("indicator__name", "indicator__series__name", "indicator__code", "text")
    ordering = ("indicator__plan", "indicator__order", "fiscal_year", "revision")
    readonly_once_saved = ("indicator",)

    @admin.display(description=_("計画"))
    def plan(self, obj: Target) -> str:
        return str(obj.indicator.plan)


@admin.register(Judgement)
class JudgementAdmin(MovesPlannersRows, ScopedAdmin):
    path = JUDGEMENTS
    mover = staticmethod(move_judgements)
    places = staticmethod(places_of_judgements)
    related = ("indicator__plan__municipality", "indicator__series", "band__scheme")
    list_display = ("indicator", "fiscal_year", "period", "stage", "band", "state", "plan")
    list_filter = (
        YearFilter,
        "period",
        "stage",
        "state",
        municipality_filter("indicator__plan__municipality"),
        plan_filter("indicator__plan"),
        section_filter("indicator__responsibilities__department"),
    )
    search_fields = ("indicator__name", "indicator__series__name", "indicator__code", "reason")
    ordering = ("-fiscal_year", "indicator__plan", "indicator__order", "stage")
    readonly_once_saved = ("indicator",)

    @admin.display(description=_("計画"))
    def plan(self, obj: Judgement) -> str:
        return str(obj.indicator.plan)


@admin.register(Series)
class SeriesAdmin(FlatTable, ScopedAdmin):
    resource_classes = (SeriesResource,)
    path = PLAN_ROWS
    related = ("municipality", "owner", "common")
    list_display = ("name", "code", "unit", "decimals", "accumulation", "owner", "municipality")
    list_filter = (
        municipality_filter(),
        plan_filter("indicators__plan"),
        section_filter("owner", _("所管課")),
        "accumulation",
        "basis",
    )
    search_fields = ("name", "code", "definition", "indicators__name")
    readonly_once_saved = ("municipality",)
    inlines = (SeriesBreakInline, ActualInline)
    fieldsets = (
        (None, {"fields": ("municipality", "code", "name", "unit", "decimals", "owner")}),
        (_("定義"), {"fields": ("definition", "definition_by_site", "source", "source_url")}),
        (
            _("数え方"),
            {
                "fields": (
                    "accumulation",
                    "accumulation_note",
                    "start_fiscal_year",
                    "basis",
                    ("as_of_month", "as_of_day"),
                    "mean_years",
                    ("window_start", "window_end"),
                    "settled_month",
                )
            },
        ),
        (_("そのほか"), {"fields": ("common", "note")}),
    )

    def label(self, obj: Series) -> str:
        return f"{obj.name}（{obj.unit}）" if obj.unit else obj.name


@admin.register(SeriesBreak)
class SeriesBreakAdmin(ScopedAdmin):
    path = PLAN_ROWS
    related = ("series__municipality",)
    list_display = ("series", "fiscal_year", "reason")
    list_filter = (municipality_filter("series__municipality"), YearFilter)
    search_fields = ("series__name", "reason")
    readonly_once_saved = ("series",)


@admin.register(Responsibility)
class ResponsibilityAdmin(ScopedAdmin):
    related = ("indicator__plan__municipality", "indicator__series", "department")
    list_display = ("indicator", "department", "order", "first_fiscal_year", "last_fiscal_year")
    list_filter = (
        municipality_filter("indicator__plan__municipality"),
        plan_filter("indicator__plan"),
        section_filter("department"),
    )
    search_fields = ("indicator__name", "indicator__series__name", "department__name")
    readonly_once_saved = ("indicator",)


@admin.register(CommonIndicator)
class CommonIndicatorAdmin(ScopedAdmin):
    list_display = ("name", "code", "unit")
    search_fields = ("name", "code", "definition")
