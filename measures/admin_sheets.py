"""The admin of departments' policy sheets."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from municipalities.admin_base import ScopedAdmin
from municipalities.admin_base import ScopedStackedInline as Stacked
from municipalities.admin_filters import (
    OwnSectionsFilter,
    YearFilter,
    municipality_filter,
    section_filter,
)
from municipalities.admin_forms import WritePath
from plans.admin_base import PlanRowAdmin
from plans.admin_workflow import MovesRows

from . import record
from .models import DepartmentPolicySheet, PriorityIssue
from .record_many import move_sheets, places_of_sheets

SHEETS = WritePath(record.check_sheet, record.record_sheet, record.remove_sheet, is_versioned=True)
ISSUES = WritePath(record.check_sheet, record.record_sheet, record.remove_sheet)


class OfDepartment:
    """Rows that a department writes beside the planners."""

    def may_write(self, request: HttpRequest, obj: DepartmentPolicySheet | PriorityIssue) -> bool:
        own = record.sheet_of(obj).department_id in self.scope(request).departments
        return own or super().may_write(request, obj)


class PriorityIssueInline(OfDepartment, Stacked):
    model = PriorityIssue
    path = ISSUES
    classes = ()


@admin.register(DepartmentPolicySheet)
class DepartmentPolicySheetAdmin(OfDepartment, MovesRows, PlanRowAdmin):
    path = SHEETS
    mover = staticmethod(move_sheets)
    places = staticmethod(places_of_sheets)
    related = ("plan__municipality", "department")
    list_display = ("department", "fiscal_year", "heading", "state", "plan")
    list_filter = (
        OwnSectionsFilter,
        YearFilter,
        "state",
        *PlanRowAdmin.list_filter,
        section_filter("department", _("組織")),
    )
    search_fields = ("department__name", "heading", "plan__title")
    inlines = (PriorityIssueInline,)

    @staticmethod
    def of_sections(queryset: Any, departments: frozenset[int]) -> Any:
        return queryset.filter(department__in=departments)


@admin.register(PriorityIssue)
class PriorityIssueAdmin(OfDepartment, ScopedAdmin):
    path = ISSUES
    related = ("sheet__plan__municipality", "sheet__department")
    list_display = ("title", "number", "sheet")
    list_filter = (
        municipality_filter("sheet__plan__municipality"),
        section_filter("sheet__department", _("組織")),
    )
    search_fields = ("title", "issue", "approach")
    readonly_once_saved = ("sheet",)
