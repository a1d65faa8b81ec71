"""The admin of plans, with the ways in and out: workbooks and reports."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

from municipalities.access import Role
from plans.models import Plan
from rounds.admin_succession import FollowedPlanAdmin

from . import admin_import
from .admin_reports import reports_view
from .downloads import File, file_name, sent
from .plan_book.workbook import plan_workbook, template_workbook


def may_export(model_admin: Any, request: HttpRequest, plan: Plan) -> bool:
    """Whether a person may take the whole plan out, drafts and internal notes of all sections
    included: who plans for its town, and who reads there without a section of their own."""
    if model_admin.scope(request).plans_for(plan.municipality_id):
        return True
    memberships = request.user.memberships.valid_on(timezone.localdate())
    return memberships.filter(role=Role.READER, municipality=plan.municipality_id).exists()


@require_safe
def export_view(request: HttpRequest, object_id: str, model_admin: Any) -> HttpResponse:
    """Send a plan as a workbook."""
    plan = model_admin.get_object(request, object_id)
    if not may_export(model_admin, request, plan):
        raise PermissionDenied
    return sent(File(file_name([plan.municipality, plan]), plan_workbook(plan)))


@require_safe
def template_view(request: HttpRequest, model_admin: Any) -> HttpResponse:
    """Send the empty workbook; it says nothing of anybody."""
    return sent(File(file_name(["計画の取込のひな形"]), template_workbook()))


class ExchangedPlanAdmin(FollowedPlanAdmin):
    """The admin of plans, with their workbooks and reports."""

    def get_urls(self) -> list[Any]:
        pages = (
            ("import/", admin_import.upload_view, "import"),
            ("import/<int:number>/", admin_import.preview_view, "import_preview"),
            ("import/<int:number>/marked/", admin_import.marked_view, "import_marked"),
            ("template/", template_view, "template"),
            ("<path:object_id>/export/", export_view, "export"),
            ("<path:object_id>/reports/", reports_view, "reports"),
        )
        own = {"model_admin": self}
        return [
            *(
                path(route, self.admin_site.admin_view(view), own, name=f"plans_plan_{name}")
                for route, view, name in pages
            ),
            *super().get_urls(),
        ]

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any):
        plan = kwargs.get("obj")
        context["may_export"] = plan is not None and may_export(self, request, plan)
        return super().render_change_form(request, context, *args, **kwargs)


admin.site.unregister(Plan)
admin.site.register(Plan, ExchangedPlanAdmin)
