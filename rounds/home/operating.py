"""運用管理者: the municipalities in which something waits, the most urgent first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, F, Min, Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities.home import Panel, Task, days_left_words, urgency_of
from municipalities.models import Municipality

from ..models import Request
from . import pages
from .planning import locked_out, unchecked

PER_PAGE = 20
PAGE = "towns"


def told_to(request: HttpRequest) -> Iterator[Task | Panel]:
    """Yield the table of the municipalities in which something waits, a page of it at a time; the
    number of queries depends neither on them nor on their rows."""
    today = timezone.localdate()
    yield from locked_out(request.user)
    is_open = Q(requests__state=Request.State.SENT)
    is_draft = Q(requests__state=Request.State.DRAFT)
    towns = (
        Municipality.objects.filter(is_open | is_draft)
        .annotate(
            open=Count("requests", filter=is_open, distinct=True),
            overdue=Count(
                "requests", filter=is_open & Q(requests__deadline__lt=today), distinct=True
            ),
            drafts=Count("requests", filter=is_draft, distinct=True),
            deadline=Min("requests__deadline", filter=is_open),
        )
        .order_by(F("deadline").asc(nulls_last=True), "code", "slug")
    )
    paginator = Paginator(towns, PER_PAGE)
    page = paginator.get_page(request.GET.get(PAGE))
    shown_towns = list(page.object_list)
    to_check = unchecked(shown_towns)
    total = Request.objects.open().aggregate(
        all=Count("pk"), overdue=Count("pk", filter=Q(deadline__lt=today))
    )
    yield Panel(
        _("照会中の自治体"),
        "admin/home/_towns.html",
        {
            "lines": [_line(town, to_check, today) for town in shown_towns],
            "page": page,
            "parameter": PAGE,
            "total": total,
        },
    )


def _line(town: Any, to_check: dict[int, int], today: date) -> dict[str, Any]:
    return {
        "town": town.name,
        "url": pages.list_url(Request, municipality=town.pk),
        "open": town.open,
        "overdue": town.overdue,
        "drafts": town.drafts,
        "unchecked": to_check.get(town.pk, 0),
        "when": days_left_words(town.deadline, today) if town.deadline else "",
        "tone": urgency_of(town.deadline, today).name.lower() if town.deadline else "open",
    }
