"""What a review board says of a plan, all years on one page."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from rounds.published import current_publications

from ..reviews import reviews_of
from ..wording import breadcrumbs_below
from .pages import published_plan, render_page


@require_safe
def reviews(request: HttpRequest, municipality: str, plan: str) -> HttpResponse:
    """A board's comments on a plan with the answers, by year and node."""
    found = published_plan(municipality, plan)
    page = reviews_of(found, current_publications(found))
    if not page.years:
        raise Http404(_("この計画の外部評価は公表されていません。"))
    return render_page(
        request,
        "reviews",
        is_sample=found.municipality.is_sample,
        plan=found,
        page=page,
        breadcrumbs=breadcrumbs_below(found, _("外部評価")),
    )
