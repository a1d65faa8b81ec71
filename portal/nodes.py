"""The page of a basic goal, policy or measure: its texts, and what the plan says around it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from plans.choices import TitleSource
from plans.models import Footnote, Plan, Policy
from plans.models.nodes import PlanNode

from .sdgs import sdg_links
from .wording import (
    Badge,
    Link,
    by_site,
    level_name,
    life_badges,
    lifetime_words,
    node_name,
    numbering,
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
    sdgs: list[Link]
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
        sdgs=sdg_links(plan, node),
        notes=[note for note in (*notes, node.note) if note],
    )


# --- Footnotes ---------------------------------------------------------------------------------


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
