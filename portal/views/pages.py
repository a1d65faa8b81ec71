"""What the views of all public pages share."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from municipalities.models import Municipality
from plans.models import Plan
from rounds.published import published_municipalities, published_plans


def render_page(
    request: HttpRequest, template: str, *, is_sample: bool = False, **context: Any
) -> HttpResponse:
    """Render a public page; `is_sample` marks it 架空."""
    canonical = request.build_absolute_uri(request.path)
    return render(
        request,
        f"portal/{template}.html",
        {"canonical": canonical, "is_sample": is_sample, **context},
    )


def published_plan(municipality: str, plan: str) -> Plan:
    """Return a published plan with its municipality, else raise Http404."""
    plans = published_plans().select_related("municipality")
    return get_object_or_404(plans, municipality__slug=municipality, slug=plan)


def published_town(municipality: str) -> Municipality:
    """Return a municipality with a published plan, else raise Http404."""
    return get_object_or_404(published_municipalities(), slug=municipality)
