"""閲覧者: what was published last, and where to read and print it."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities.home import Link, Panel

from ..models import Publication
from . import pages
from .person import Person

MOST = 5
PUBLIC = frozenset({Publication.Kind.PLAN, Publication.Kind.PUBLIC})


def told_to(person: Person) -> Iterator[Panel]:
    """Yield the newest publications of the person's municipalities."""
    newest = (
        Publication.objects.visible_to(person.user)
        .filter(plan__municipality__in=person.scope.municipalities)
        .effective()
        .select_related("plan__municipality")
        .order_by("-effective_at", "-pk")[:MOST]
    )
    yield Panel(
        _("新しい公表"),
        "admin/home/_publications.html",
        {"publications": [_line(publication) for publication in newest]},
    )


def _line(publication: Publication) -> dict[str, object]:
    plan = publication.plan
    links = [Link(_("帳票"), reverse("admin:plans_plan_reports", args=[plan.pk]))]
    if publication.kind in PUBLIC:
        url = reverse("portal:plan", args=[plan.municipality.slug, plan.slug])
        links.insert(0, Link(_("公開ページ"), url))
    words = [publication.get_kind_display()]
    if publication.fiscal_year is not None:
        words += [
            pages.year_words(plan.municipality, publication.fiscal_year),
            plan.period_name(publication.period),
        ]
    return {
        "plan": str(plan),
        "what": " ".join(map(str, words)),
        "day": timezone.localtime(publication.effective_at).date(),
        "links": links,
    }
