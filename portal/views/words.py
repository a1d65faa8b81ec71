"""What stands around a plan: its words, the goals of the world, the plans it refers to."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ..glossary import glossary as glossary_of
from ..related import related_page
from ..sdgs import sdg_list
from ..wording import breadcrumbs_below
from .pages import published_plan, published_town, render_page


@require_safe
def glossary(request: HttpRequest, municipality: str, plan: str) -> HttpResponse:
    """The words a plan explains, with the pages on which they stand."""
    found = published_plan(municipality, plan)
    terms = glossary_of(found)
    if not terms:
        raise Http404(_("この計画に用語の一覧はありません。"))
    return render_page(
        request,
        "glossary",
        is_sample=found.municipality.is_sample,
        plan=found,
        terms=terms,
        breadcrumbs=breadcrumbs_below(found, _("用語解説")),
    )


@require_safe
def sdgs(request: HttpRequest, municipality: str, plan: str) -> HttpResponse:
    """The Sustainable Development Goals with the policies and measures of a plan."""
    found = published_plan(municipality, plan)
    page = sdg_list(found)
    if not page.goals:
        raise Http404(_("この計画にSDGsの目標は付いていません。"))
    return render_page(
        request,
        "sdgs",
        is_sample=found.municipality.is_sample,
        plan=found,
        page=page,
        breadcrumbs=breadcrumbs_below(found, _("SDGs")),
    )


@require_safe
def related(request: HttpRequest, municipality: str) -> HttpResponse:
    """A municipality's plans by tier, and what they refer to."""
    town = published_town(municipality)
    page = related_page(town)
    if not page.says_something:
        raise Http404(_("関連する計画の一覧はありません。"))
    return render_page(
        request,
        "related",
        is_sample=town.is_sample,
        town=town,
        page=page,
        breadcrumbs=breadcrumbs_below(town, _("関連する計画・条例")),
    )
