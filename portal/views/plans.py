"""Municipalities, their plans, and every level of a plan down to the indicator."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from indicators.models import Indicator
from measures.models import Action, Measure
from plans.models import BasicGoal, Plan, Policy
from rounds.published import (
    current_of,
    current_publications,
    publications_by_year,
    publications_of,
    sheet_years,
)

from .. import departments, nodes, related, sdgs, towns, years
from ..glossary import PageTerms, policy_of
from ..indicator_list import rows_of
from ..indicator_page import indicator_page
from ..plan_page import indicator_groups, loose_actions, plan_page
from ..report_rows import actions_of
from ..reviews import on_node, reviews_of, reviews_of_whole
from ..revision import tables_with
from ..rollup import YearRollUp, newest_rollup, schemes_of
from ..sections import Sections
from ..sheets import sheet_links, sheet_url, years_of
from ..structure import tree
from ..succession import counterparts_of
from ..wording import ancestors, breadcrumbs
from .pages import published_plan, published_town, render_page


def _indicators(plan: Plan, *conditions: Q) -> QuerySet[Indicator]:
    return Indicator.objects.filter(*conditions, plan=plan).select_related(
        "series", "basic_goal", "policy__basic_goal", "measure__policy__basic_goal",
        "measure__basic_goal",
    )  # fmt: skip


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Municipalities by prefecture, the sample town apart."""
    return render_page(request, "home", prefectures=towns.prefectures(), samples=towns.samples())


@require_safe
def municipality(request: HttpRequest, municipality: str) -> HttpResponse:
    """A municipality's published plans, and what their newest years come to together."""
    town = published_town(municipality)
    cards, summary = towns.plans_of(town)
    return render_page(
        request,
        "municipality",
        is_sample=town.is_sample,
        town=town,
        plans=cards,
        summary=summary,
        related_url=related.related_url(town) if related.has_related(town, len(cards)) else "",
        departments=departments.links_of(town),
        breadcrumbs=breadcrumbs(town),
    )


@require_safe
def plan(request: HttpRequest, municipality: str, plan: str) -> HttpResponse:
    """A plan: its levels, its indicators, and what it refers to."""
    found = published_plan(municipality, plan)
    record = publications_of(found)
    publications = current_of(record)
    rows = rows_of(found, publications, _indicators(found))
    branches = tree(found)
    rollup = newest_rollup(found, publications, rows)
    words = PageTerms(found)
    page = words.plan_head(plan_page(found, record, branches, len(rows)))
    shown = [node for node in branches if node.url or node.children]
    words.mark_tree(shown)
    actions = actions_of(found, publications, loose_actions(branches))
    return render_page(
        request,
        "plan",
        is_sample=found.municipality.is_sample,
        plan=found,
        page=page,
        tree=shown,
        actions=words.mark_actions(actions),
        groups=indicator_groups(found, branches, rows, rollup),
        rollup=rollup.of_list(rows) if rollup else None,
        years=years.year_links(found, publications),
        sheets=sheet_links(found, None, sheet_years(publications)),
        reviews=reviews_of_whole(found, publications),
        revisions=tables_with(found),
        departments=departments.links_of(found.municipality),
        sdgs_url=sdgs.sdgs_url(found) if sdgs.has_sdgs(found) else "",
        related=related.related_of(found, found.related_plans.all(), with_policies=True),
        referring=related.referring_to(found),
        related_url=related.related_url(found.municipality),
        glossary=words.all(),
        term_notes=words.notes(),
        footnotes=nodes.footnotes_of(found),
        breadcrumbs=breadcrumbs(found),
    )


@require_safe
def year(request: HttpRequest, municipality: str, plan: str, fiscal_year: int) -> HttpResponse:
    """A plan's indicators as the current publication of a fiscal year printed them."""
    found = published_plan(municipality, plan)
    publications = current_publications(found)
    publication = publications_by_year(publications).get(fiscal_year)
    if publication is None:
        raise Http404(_("この年度は公表されていません。"))
    rows = years.as_published(rows_of(found, [publication], _indicators(found)))
    rollup = YearRollUp(found, publication, schemes_of([found]))
    page = years.year_page(found, publication)
    sections = Sections(found.municipality)
    has_sheets = fiscal_year in sheet_years(publications)
    return render_page(
        request,
        "year",
        is_sample=found.municipality.is_sample,
        plan=found,
        page=page,
        groups=indicator_groups(found, tree(found), rows, rollup),
        rollup=rollup.of_list(rows),
        sections=rollup.by_section(rows, sections),
        reviews=reviews_of(found, [publication], sections=sections),
        sheets_url=sheet_url(found, None, fiscal_year) if has_sheets else "",
        years=years.year_links(found, publications, fiscal_year),
        breadcrumbs=years.year_breadcrumbs(found, page),
    )


def _node_page(
    request: HttpRequest,
    plan: Plan,
    node: Any,
    indicators: QuerySet[Indicator],
    actions: QuerySet[Action],
    **context: Any,
) -> HttpResponse:
    """Render the page of a goal, policy or measure."""
    publications = current_publications(plan)
    rows = rows_of(plan, publications, indicators, of=node)
    above = ancestors(node)
    rollup = newest_rollup(plan, publications, rows) if rows else None
    own = list(actions)
    words, scope = PageTerms(plan), policy_of(node)
    page = words.node_head(nodes.node_page(plan, node, above), scope)
    words.mark_tree(context.get("tree", []))
    shown = words.mark_actions(actions_of(plan, publications, own), scope)
    return render_page(
        request,
        "node",
        is_sample=plan.municipality.is_sample,
        plan=plan,
        node=page,
        counterparts=counterparts_of(plan, node),
        rows=rows,
        rollup=rollup.of_list(rows) if rollup else None,
        actions=shown,
        sheets=sheet_links(plan, node, years_of(publications, node, own)),
        reviews=reviews_of(plan, publications, on_node(node)),
        glossary=words.below(node),
        term_notes=words.notes(),
        breadcrumbs=breadcrumbs(plan, *above, node),
        **context,
    )


@require_safe
def goal(request: HttpRequest, municipality: str, plan: str, code: str) -> HttpResponse:
    """A basic goal: the policies and measures below it, its indicators and actions."""
    found = published_plan(municipality, plan)
    node = get_object_or_404(BasicGoal, plan=found, code=code)
    below = (
        Q(basic_goal=node)
        | Q(policy__basic_goal=node)
        | Q(measure__basic_goal=node)
        | Q(measure__policy__basic_goal=node)
    )
    return _node_page(
        request,
        found,
        node,
        _indicators(found, below),
        node.actions.all(),
        tree=tree(found, node),
        heading=found.label_policy or found.label_measure or _("内容"),
    )


@require_safe
def policy(request: HttpRequest, municipality: str, plan: str, code: str) -> HttpResponse:
    """A policy: its measures, indicators and actions, related plans and words explained."""
    found = published_plan(municipality, plan)
    node = get_object_or_404(Policy.objects.select_related("basic_goal"), plan=found, code=code)
    return _node_page(
        request,
        found,
        node,
        _indicators(found, Q(policy=node) | Q(measure__policy=node)),
        node.actions.all(),
        tree=tree(found, node),
        heading=found.label_measure or _("内容"),
        related=related.related_of(found, node.related_plans.all(), with_policies=False),
        footnotes=nodes.footnotes_of(found, node),
    )


@require_safe
def measure(request: HttpRequest, municipality: str, plan: str, code: str) -> HttpResponse:
    """A measure: its indicators, and its actions with what the sections report."""
    found = published_plan(municipality, plan)
    measures = Measure.objects.select_related("basic_goal", "policy__basic_goal")
    node = get_object_or_404(measures, plan=found, code=code)
    return _node_page(request, found, node, _indicators(found, Q(measure=node)), node.actions.all())


@require_safe
def indicator(request: HttpRequest, municipality: str, plan: str, code: str) -> HttpResponse:
    """An indicator: chart, table, targets, judgements, definition, sections, sources."""
    found = published_plan(municipality, plan)
    indicators = _indicators(found).prefetch_related("series__breaks")
    node = get_object_or_404(indicators, code=code)
    return render_page(
        request,
        "indicator",
        is_sample=found.municipality.is_sample,
        plan=found,
        page=indicator_page(found, current_publications(found), node),
        breadcrumbs=breadcrumbs(found, *ancestors(node), node),
    )
