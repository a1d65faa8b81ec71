"""The progress sheets of a plan's fiscal year: one per measure, and what their ratings come to."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from measures.models import Measure
from plans.models import BasicGoal, Plan, Policy
from plans.models.nodes import PlanNode
from rounds.published import current_publications

from ..glossary import PageTerms, policy_of
from ..sheet_rollup import SheetsPage, sheets_page
from ..sheets import SheetPage, sheet_page
from .pages import published_plan, render_page


@require_safe
def sheets(request: HttpRequest, municipality: str, plan: str, fiscal_year: int) -> HttpResponse:
    """The sheets of a year, and their ratings per goal, policy and section."""
    found = published_plan(municipality, plan)
    page = sheets_page(found, current_publications(found), fiscal_year)
    return _render(request, "sheets", found, page)


@require_safe
def measure_sheet(
    request: HttpRequest, municipality: str, plan: str, code: str, fiscal_year: int
) -> HttpResponse:
    """The sheet of a measure."""
    found = published_plan(municipality, plan)
    measures = Measure.objects.select_related("basic_goal", "policy__basic_goal")
    return _sheet(request, found, get_object_or_404(measures, plan=found, code=code), fiscal_year)


@require_safe
def policy_sheet(
    request: HttpRequest, municipality: str, plan: str, code: str, fiscal_year: int
) -> HttpResponse:
    """The sheet of the actions that hang on a policy itself."""
    found = published_plan(municipality, plan)
    policies = Policy.objects.select_related("basic_goal")
    return _sheet(request, found, get_object_or_404(policies, plan=found, code=code), fiscal_year)


@require_safe
def goal_sheet(
    request: HttpRequest, municipality: str, plan: str, code: str, fiscal_year: int
) -> HttpResponse:
    """The sheet of the actions that hang on a basic goal itself."""
    found = published_plan(municipality, plan)
    goal = get_object_or_404(BasicGoal, plan=found, code=code)
    return _sheet(request, found, goal, fiscal_year)


def _sheet(request: HttpRequest, plan: Plan, node: PlanNode, fiscal_year: int) -> HttpResponse:
    page = sheet_page(plan, current_publications(plan), node, fiscal_year)
    words = PageTerms(plan)
    if page is not None:
        page = words.mark_sheet(page, policy_of(node))
    return _render(
        request, "sheet", plan, page, glossary=words.below(node), term_notes=words.notes()
    )


def _render(
    request: HttpRequest,
    template: str,
    plan: Plan,
    page: SheetPage | SheetsPage | None,
    **context: Any,
) -> HttpResponse:
    if page is None:
        raise Http404(_("この年度の進捗管理シートは公表されていません。"))
    return render_page(
        request,
        template,
        is_sample=plan.municipality.is_sample,
        plan=plan,
        page=page,
        breadcrumbs=page.breadcrumbs,
        **context,
    )
