"""The admin of progress reports: each in its plan's own form, last year's text at hand."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet, prefetch_related_objects
from django.http import HttpRequest
from django.urls import path
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from municipalities import fiscal_year as fiscal_years
from municipalities.admin_base import ScopedAdmin
from municipalities.admin_filters import (
    OwnSectionsFilter,
    YearFilter,
    municipality_filter,
    section_filter,
)
from municipalities.admin_forms import WritePath
from plans.admin_base import plan_filter
from plans.admin_workflow import MovesRows
from plans.choices import WorkState
from plans.models import Plan

from . import admin_taking_over, record
from .admin_forms import ReportForm
from .models import ProgressReport, ReportColumn, ReportingRow
from .record_many import move_reports, places_of_reports
from .sections import of_sections
from .taking_over import years_taken_from

REPORTS = WritePath(
    record.check_report, record.record_report, record.remove_report, is_versioned=True
)


class TakenOverFilter(admin.SimpleListFilter):
    """Reports that still carry text of an earlier year."""

    title = gettext_lazy("引継ぎのまま")
    parameter_name = "taken_over"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("引き継いだままの文がある")), ("no", _("ない"))]

    def queryset(self, request: Any, queryset: QuerySet) -> QuerySet:
        if self.value() not in {"yes", "no"}:
            return queryset
        untouched = queryset.model.objects.still_taken_over().values("pk")
        if self.value() == "yes":
            return queryset.filter(pk__in=untouched)
        return queryset.exclude(pk__in=untouched)


@admin.register(ProgressReport)
class ProgressReportAdmin(MovesRows, ScopedAdmin):
    """Reports of the progress sheet; people of a section see and change their own first."""

    form = ReportForm
    path = REPORTS
    mover = staticmethod(move_reports)
    of_sections = staticmethod(of_sections)
    places = staticmethod(places_of_reports)
    related = ("row__action__plan__municipality", "rating__scheme")
    list_display = ("action", "fiscal_year", "time", "sections", "rating", "state", "untouched")
    list_filter = (
        OwnSectionsFilter,
        YearFilter,
        "period",
        "state",
        TakenOverFilter,
        municipality_filter("row__action__plan__municipality"),
        plan_filter("row__action__plan"),
        section_filter("row__departments__department"),
    )
    search_fields = ("row__action__title", "row__action__code", "result", "issues")
    ordering = ("-fiscal_year", "row__action__plan", "row__action__order", "row__order")
    readonly_once_saved = ("row",)
    change_form_template = "admin/measures/progressreport/change_form.html"
    change_list_template = "admin/measures/progressreport/change_list.html"

    def get_urls(self) -> list[Any]:
        take_over = self.admin_site.admin_view(admin_taking_over.take_over_view)
        own = {"model_admin": self}
        return [
            path("take-over/", take_over, own, name="measures_progressreport_takeover"),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return (
            super()
            .get_queryset(request)
            .prefetch_related("row__departments__department", "row__action__plan__report_columns")
        )

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        """Return the report; who may only read it reads the plan's own columns too."""
        report = super().get_object(request, object_id, from_field)
        for name, column in ReportForm.columns_of(report.row.action.plan):
            if not column.is_core:
                setattr(report, name, _read(report, column))
        return report

    def may_write(self, request: HttpRequest, obj: ProgressReport) -> bool:
        if super().may_write(request, obj):
            return True
        links = obj.row.departments.in_year(obj.fiscal_year)
        return links.filter(department__in=self.scope(request).departments).exists()

    # --- The form -----------------------------------------------------------------------------

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """The plan's own form: its columns in its order, under its names."""
        plan, _year = self._asked(request, obj)
        marked = obj if obj is not None and self.has_change_permission(request, obj) else None
        names: list[Any] = list(ReportForm.place_fields)
        if plan is None:
            names += ReportForm.core_fields
        else:
            names += ReportForm.rows_of(plan, marked)
        about = format_html_join("", "<div>{}</div>", ((words,) for words in _about(obj)))
        fieldsets: list[Any] = [(None, {"fields": names, "description": about})]
        fieldsets.append((_("記録"), {"fields": ["state", "texts_by_site", "note"]}))
        return [*fieldsets, *super().get_fieldsets(request, obj)[1:]]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [*ReportForm.place_fields, "state"]

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        plan, fiscal_year = self._asked(request, obj)
        if plan is not None:
            prefetch_related_objects([plan], "report_columns", "schemes__scheme__bands")
            kwargs["form"] = ReportForm.of_plan(plan, fiscal_year, obj)
        return super().get_form(request, obj, change=change, **kwargs)

    def _asked(
        self, request: HttpRequest, obj: ProgressReport | None
    ) -> tuple[Plan | None, int | None]:
        """Return the plan and fiscal year of a report, of a new one those the address names."""
        if obj is not None:
            return obj.row.action.plan, obj.fiscal_year
        number, year = request.GET.get("row", ""), request.GET.get("fiscal_year", "")
        if not re.fullmatch("[0-9]{1,18}", number):
            return None, None
        rows = ReportingRow.objects.visible_to(request.user)
        row = rows.filter(pk=number).select_related("action__plan__municipality").first()
        try:
            asked_year = fiscal_years.parse(year)
        except fiscal_years.FiscalYearError:
            asked_year = None
        return (None, None) if row is None else (row.action.plan, asked_year)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save, and remind who hands a report in of what nobody has touched."""
        super().save_model(request, obj, form, change)
        columns = self.untouched(obj)
        if columns and obj.state != WorkState.DRAFT:
            text = _("前の年度の文を引き継いだままの項目があります：%(columns)s")
            self.message_user(request, text % {"columns": columns}, messages.WARNING)

    # --- The list -----------------------------------------------------------------------------

    @admin.display(description=gettext_lazy("取組"), ordering="row__action__order")
    def action(self, obj: ProgressReport) -> str:
        plan = obj.row.action.plan
        relisted = f"（{plan.label_relisted or _('再掲')}）" if obj.row.is_relisted else ""
        return f"{obj.row.action}{relisted}"

    @admin.display(description=gettext_lazy("時期"), ordering="period")
    def time(self, obj: ProgressReport) -> str:
        return obj.row.action.plan.period_name(obj.period)

    @admin.display(description=gettext_lazy("担当課"))
    def sections(self, obj: ProgressReport) -> str:
        return _names(obj.row.departments_in(obj.fiscal_year))

    @admin.display(description=gettext_lazy("引継ぎのまま"))
    def untouched(self, obj: ProgressReport) -> str:
        """The columns whose text is still that of an earlier year."""
        columns = ReportColumn.of_plan(obj.row.action.plan)
        return "、".join(column.label for column in columns if column.key in obj.taken_over)


def _names(departments: Iterable[Any]) -> str:
    return "・".join(map(str, departments))


def _read(report: ProgressReport, column: ReportColumn) -> str:
    value = report.value_of(column)
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)


def _about(report: ProgressReport | None) -> list[str]:
    """Return what one should know before reading or writing a report."""
    if report is None:
        return []
    words = []
    row, plan = report.row, report.row.action.plan
    if row.is_relisted:
        words.append(
            _("この行は「%(relisted)s」です。この取組の主担当：%(owner)s")
            % {"relisted": plan.label_relisted or _("再掲"), "owner": _owner(report)}
        )
    years = years_taken_from(report)
    labels = [
        f"{column.label}（{plan.municipality.year_label(years[column.key])}）"
        if column.key in years
        else column.label
        for column in ReportColumn.of_plan(plan)
        if column.key in report.taken_over
    ]
    if labels:
        words.append(
            _("前の年度の文を引き継いだままの項目：%(columns)s") % {"columns": "、".join(labels)}
        )
    return words


def _owner(report: ProgressReport) -> str:
    """Return the sections that own the action in the report's year."""
    rows = report.row.action.rows.filter(is_relisted=False).in_year(report.fiscal_year)
    owner = rows.prefetch_related("departments__department").first()
    names = "" if owner is None else _names(owner.departments_in(report.fiscal_year))
    return names or _("（登録がありません）")
