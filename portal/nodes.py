"""The page of a basic goal, policy or measure: its texts, and what the plan says around it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from plans.choices import TitleSource
from plans.models import Footnote, GlossaryTerm, Plan, Policy, RelatedPlan
from plans.models.nodes import PlanNode
from rounds.published import published_plans

from .wording import (
    Badge,
    Link,
    by_site,
    level_name,
    life_badges,
    lifetime_words,
    node_name,
    numbering,
    page_url,
    plan_url,
    title_badges,
)


@dataclass(frozen=True)
class Text:
    label: str
    text: str


@dataclass(frozen=True)
class NodePage:
    number: str
    title: str
    name: str
    """Number and title: the page's name in lists and in the title of the window."""
    place: str
    """The names of what stands above, the nearest first."""
    level: str
    badges: list[Badge]
    slogan: str
    summary: str
    texts: list[Text]
    text_badges: list[Badge]
    lifetime: str
    sdgs: list[int]
    notes: list[str]


def node_page(plan: Plan, node: PlanNode, above: list[PlanNode]) -> NodePage:
    texts = [
        Text(_("めざす姿"), node.vision),
        Text(_("現状"), node.current_state),
        Text(_("課題"), node.issues),
    ]
    notes = [node.title_note] if node.title_source != TitleSource.DOCUMENT else []
    return NodePage(
        number=numbering(plan, node),
        title=node.display_title,
        name=node_name(plan, node),
        place="｜".join(node_name(plan, other) for other in reversed(above)),
        level=level_name(plan, node._meta.model_name or ""),
        badges=[*title_badges(node), *life_badges(node)],
        slogan=getattr(node, "slogan", ""),
        summary=node.summary,
        texts=[text for text in texts if text.text],
        text_badges=[by_site()] if node.texts_by_site else [],
        lifetime=lifetime_words(plan.municipality, node),
        sdgs=[tag.number for tag in node.sdgs.all()] if hasattr(node, "sdgs") else [],
        notes=[note for note in (*notes, node.note) if note],
    )


# --- Related plans, glossary, footnotes --------------------------------------------------------


@dataclass(frozen=True)
class RelatedShown:
    kind: str
    title: str
    url: str
    period: str
    tier: str
    note: str
    policies: list[Link] = field(default_factory=list)


def related_of(plan: Plan, related: Any, with_policies: bool) -> list[RelatedShown]:
    """Return related plans and ordinances; linked where they are published here.

    At most two queries.
    """
    if with_policies:
        related = related.prefetch_related("policies")
    is_linked = Exists(published_plans().filter(pk=OuterRef("linked_plan")))
    rows = related.annotate(is_linked=is_linked).select_related("linked_plan__municipality")
    return [
        RelatedShown(
            kind=row.get_kind_display(),
            title=row.title,
            url=plan_url(row.linked_plan) if row.is_linked else "",
            period=_related_period(plan, row),
            tier=row.tier,
            note=row.note,
            policies=[
                Link(node_name(plan, policy), page_url(plan, policy))
                for policy in (row.policies.all() if with_policies else ())
            ],
        )
        for row in rows
    ]


def _related_period(plan: Plan, row: RelatedPlan) -> str:
    if row.period_label:
        return row.period_label
    first, last = (
        "" if year is None else plan.municipality.year_label(year)
        for year in (row.start_fiscal_year, row.end_fiscal_year)
    )
    return f"{first}～{last}" if first or last else ""


@dataclass(frozen=True)
class TermShown:
    term: str
    formal_name: str
    definition: str
    badges: list[Badge]
    place: str
    note: str


def terms_of(rows: Any) -> list[TermShown]:
    return [
        TermShown(
            term=row.term,
            formal_name=row.formal_name,
            definition=row.definition,
            badges=[by_site()] if row.definition_by_site and row.definition else [],
            place=row.place,
            note=row.note,
        )
        for row in rows
    ]


def glossary_of(plan: Plan, policy: Policy | None = None) -> list[TermShown]:
    rows = GlossaryTerm.objects.filter(plan=plan)
    return terms_of(rows.filter(policy=policy) if policy else rows)


@dataclass(frozen=True)
class FootnoteShown:
    mark: str
    text: str
    marked_on: str
    note: str


def footnotes_of(plan: Plan, policy: Policy | None = None) -> list[FootnoteShown]:
    """Return footnotes as printed, of one policy or of the whole plan, also those without a
    mark that points to them."""
    rows = Footnote.objects.filter(plan=plan)
    if policy:
        rows = rows.filter(policy=policy)
    return [
        FootnoteShown(
            mark=row.mark,
            text=row.text,
            marked_on=row.marked_on or _("対応する印は計画書に見当たりません"),
            note=row.note,
        )
        for row in rows
    ]
