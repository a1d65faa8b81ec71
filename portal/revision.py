"""The revision table (新旧対照表) as citizens read it: between published plans only."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from measures.models import Action, Correspondence
from measures.outline import Place
from measures.revision_table import RevisionTable, old_plans_of, revision_table
from plans.models import Plan
from rounds.published import published_plans

from .wording import PAGES, Link, breadcrumbs, page_url, plan_url


@dataclass(frozen=True)
class RevisionPage:
    table: RevisionTable
    new: Link
    olds: list[Link]
    breadcrumbs: list[Link]


def revision_url(plan: Plan) -> str:
    return reverse("portal:revision", args=[plan.municipality.slug, plan.slug])


def revision_page(plan: Plan) -> RevisionPage | None:
    """Return the table of a published plan beside the published plans before it; None where no
    correspondence leads to one. Seven queries."""
    named = Correspondence.objects.filter(new_plan=plan).values("old_plan")
    olds = old_plans_of(plan).filter(pk__in=named).filter(pk__in=published_plans().values("pk"))
    table = revision_table(plan, olds, address)
    if not table.groups:
        return None
    return RevisionPage(
        table=table,
        new=Link(str(plan), plan_url(plan)),
        olds=[Link(str(old), plan_url(old)) for old in table.old_plans],
        breadcrumbs=[
            *breadcrumbs(plan)[:-1],
            Link(str(plan), plan_url(plan)),
            Link(_("新旧対照表")),
        ],
    )


def tables_with(plan: Plan) -> list[Link]:
    """Return the tables in which a published plan stands on either side, its own first. One
    query."""
    lines = Correspondence.objects.filter(new_plan=OuterRef("pk"), old_plan__in=published_plans())
    of_plan = lines.filter(Q(new_plan=plan) | Q(old_plan=plan))
    found = published_plans().filter(Exists(of_plan), municipality=plan.municipality_id)
    newer = sorted(found, key=lambda new: (new.pk != plan.pk, new.order, new.slug))
    for new in newer:
        new.municipality = plan.municipality
    return [Link(_("「%(plan)s」の新旧対照表") % {"plan": new}, revision_url(new)) for new in newer]


def address(place: Place) -> str:
    """Return the page of a node; an action stands on the page of what it hangs on."""
    if type(place.node) in PAGES:
        return page_url(place.plan, place.node)
    if not isinstance(place.node, Action):
        return ""
    nearest = next((node for node in reversed(place.above) if type(node) in PAGES), None)
    page = page_url(place.plan, nearest) if nearest else plan_url(place.plan)
    return f"{page}#action-{place.node.code}"
