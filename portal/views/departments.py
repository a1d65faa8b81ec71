"""The departments of a municipality, and what each of them answers for in a year."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ..department_page import department_page
from ..departments import departments_page
from ..wording import breadcrumbs_below
from .pages import published_town, render_page


@require_safe
def departments(request: HttpRequest, municipality: str) -> HttpResponse:
    """The departments of today as a tree, and what became of the former ones."""
    town = published_town(municipality)
    page = departments_page(town)
    if page is None:
        raise Http404(_("組織は登録されていません。"))
    return render_page(
        request,
        "departments",
        is_sample=town.is_sample,
        town=town,
        page=page,
        breadcrumbs=breadcrumbs_below(town, _("組織")),
    )


@require_safe
def department(request: HttpRequest, municipality: str, code: str) -> HttpResponse:
    """A department in the newest year of which anything has been published."""
    return _department(request, municipality, code, None)


@require_safe
def department_year(
    request: HttpRequest, municipality: str, code: str, fiscal_year: int
) -> HttpResponse:
    """A department in a fiscal year, as that year's publications name it."""
    return _department(request, municipality, code, fiscal_year)


def _department(
    request: HttpRequest, municipality: str, code: str, fiscal_year: int | None
) -> HttpResponse:
    town = published_town(municipality)
    page = department_page(town, code, fiscal_year)
    if page is None:
        raise Http404(_("この組織またはこの年度のページはありません。"))
    return render_page(
        request,
        "department",
        is_sample=town.is_sample,
        town=town,
        page=page,
        is_newest=fiscal_year is None,
        breadcrumbs=page.breadcrumbs,
    )
