"""How a plan differs from the one before it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ..revision import revision_page
from .pages import published_plan, render_page


@require_safe
def revision(request: HttpRequest, municipality: str, plan: str) -> HttpResponse:
    """The revision table of a plan: the new wording left, the old one right."""
    found = published_plan(municipality, plan)
    page = revision_page(found)
    if page is None:
        raise Http404(_("この計画の新旧対照表はありません。"))
    return render_page(
        request,
        "revision",
        is_sample=found.municipality.is_sample,
        plan=found,
        page=page,
        breadcrumbs=page.breadcrumbs,
    )
