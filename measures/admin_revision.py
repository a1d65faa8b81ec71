"""The revision table (新旧対照表) as it stands, for the council's papers and before publishing."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from municipalities.access import get_visible_or_404
from plans.models import Plan

from .outline import Place
from .revision_table import old_plans_of, revision_table


@require_safe
def table_view(request: HttpRequest, plan_id: int, model_admin: Any) -> HttpResponse:
    """Show a plan beside the plans before it, published or not, and what is still undecided.
    Everybody of the municipality."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    plans = Plan.objects.select_related("municipality")
    plan = get_visible_or_404(plans, request.user, pk=plan_id)
    context = model_admin.admin_site.each_context(request) | {
        "title": _("新旧対照表"),
        "opts": model_admin.opts,
        "plan": plan,
        "table": revision_table(plan, old_plans_of(plan), _address),
        "media": model_admin.media,
    }
    return TemplateResponse(request, "admin/measures/correspondence/table.html", context)


def _address(place: Place) -> str:
    name = f"{place.node._meta.app_label}_{place.node._meta.model_name}"
    return reverse(f"admin:{name}_change", args=[place.node.pk])
