"""What of a request nobody can answer: it keeps the request from being sent."""

from __future__ import annotations

from django.urls import reverse

from ..models import Request
from ..transfers.ownerless import Ownerless, ownerless
from .dues import Due, FigureDue, ReportDue
from .sections import Sections


def gaps_of(request: Request, sections: Sections) -> list[Ownerless]:
    """Return what of a request nobody can answer: what nobody carries on, and the sections in
    which nobody enters. What the request's period, sections and closed years leave out is not
    missed. The number of queries does not depend on the number of rows."""
    found = ownerless(
        request.municipality,
        plans=request.plans.all(),
        fiscal_year=request.fiscal_year,
        day=sections.presence.day,
    )
    pages = {page for due in sections.orphans if not due.is_locked for page in pages_of(due)}
    asked = {
        section.name
        for section in sections.asked
        if not all(due.is_locked for due in sections.dues(section))
    }
    return [gap for gap in found if gap.url in pages or (gap.is_of_people and gap.section in asked)]


def pages_of(due: Due) -> list[str]:
    """Return where in the admin it is said who answers for a due."""
    match due:
        case FigureDue():
            name = "admin:indicators_indicator_change"
            return [reverse(name, args=[indicator.pk]) for indicator in due.indicators]
        case ReportDue():
            return [reverse("admin:measures_reportingrow_change", args=[due.row.pk])]
    return []
