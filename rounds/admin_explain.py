"""The 要説明一覧 of a plan's year, for planners and for the council's papers. Looks only."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from indicators.explain import by_concern, working_facts
from municipalities import fiscal_year as fiscal_years
from municipalities.admin_fields import FiscalYearField
from plans.models import Plan

from .explained import published_facts

WORKING, PUBLISHED = "working", "published"


class ExplainForm(forms.Form):
    """Which plan, which year, and as it stands now or as it was published."""

    plan = forms.ModelChoiceField(Plan.objects.none(), label=gettext_lazy("計画"), empty_label=None)
    fiscal_year = FiscalYearField(
        label=gettext_lazy("年度"), min_value=fiscal_years.FIRST, max_value=fiscal_years.LAST
    )
    view = forms.ChoiceField(
        label=gettext_lazy("見る内容"),
        choices=[
            (WORKING, gettext_lazy("作業中の値")),
            (PUBLISHED, gettext_lazy("公表した内容")),
        ],
    )


@require_safe
def explain_view(request: HttpRequest, model_admin: Any) -> HttpResponse:
    """Show what is to be explained of a plan's year. Everybody of the municipality."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    plans = Plan.objects.visible_to(request.user).select_related("municipality")
    last_year = fiscal_years.of(timezone.localdate()) - 1
    form = ExplainForm({"fiscal_year": str(last_year), "view": WORKING} | request.GET.dict())
    field = form.fields["plan"]
    field.queryset = plans
    field.label_from_instance = lambda plan: f"{plan.municipality} {plan}"
    plan = _plan(field, request.GET.get("plan"))
    form.data["plan"] = None if plan is None else plan.pk
    context = model_admin.admin_site.each_context(request) | {
        "title": _("要説明一覧"),
        "opts": model_admin.opts,
        "form": form,
        "plan": plan,
        "media": model_admin.media,
    }
    if plan is not None and form.is_valid():
        context |= _list(plan, form.cleaned_data["fiscal_year"], form.cleaned_data["view"])
    return TemplateResponse(request, "admin/rounds/publication/explain.html", context)


def _plan(field: forms.ModelChoiceField, value: str | None) -> Plan | None:
    """Return the plan a request names, the first one where it names none; Http404 for a plan the
    person does not see."""
    if not value:
        return field.queryset.first()
    try:
        return field.clean(value)
    except ValidationError as error:
        raise Http404(_("見つかりません。")) from error


def _list(plan: Plan, fiscal_year: int, view: str) -> dict[str, Any]:
    publication = None
    if view == PUBLISHED:
        publication, facts = published_facts(plan, fiscal_year)
    else:
        facts = working_facts(plan, fiscal_year)
    return {
        "year": plan.municipality.year_label(fiscal_year),
        "year_before": (
            plan.municipality.year_label(fiscal_year - 1)
            if fiscal_year > fiscal_years.FIRST
            else ""
        ),
        "is_published": view == PUBLISHED,
        "publication": publication,
        "count": len(facts),
        "sections": list(by_concern(facts, fiscal_year).items()),
    }
