"""What the page of a plan shows besides its tree and its indicators."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.models import Action
from plans.choices import TitleSource
from plans.models import Plan
from rounds.models import Publication
from rounds.published import current_of, published_plans

from .indicator_list import IndicatorRow
from .rollup import RollUpShown, YearRollUp
from .structure import TreeNode
from .succession import Takeover, takeover_of
from .towns import moment_words, plan_badges
from .wording import LEVELS, Badge, Link, by_site, level_name, node_name, page_url, plan_url

# Words for a level the plan itself leaves unnamed.
UNNAMED = {
    "basicgoal": gettext_lazy("大項目"),
    "policyfield": gettext_lazy("分野"),
    "policy": gettext_lazy("中項目"),
    "measure": gettext_lazy("小項目"),
    "action": gettext_lazy("細項目"),
}


@dataclass(frozen=True)
class Count:
    label: str
    number: int


@dataclass(frozen=True)
class PublicationShown:
    subject: str
    published_on: str
    mark: str
    tone: str
    reason: str
    note: str
    is_current: bool


@dataclass(frozen=True)
class PlanPage:
    badges: list[Badge]
    summary: str
    summary_badges: list[Badge]
    period: str
    period_note: str
    stage: str
    counts: list[Count]
    before: list[Link]
    after: list[Link]
    parents: list[Link]
    children: list[Link]
    notes: list[str]
    publications: list[PublicationShown]
    takeover: Takeover | None


def plan_page(
    plan: Plan, record: list[Publication], nodes: list[TreeNode], indicators: int
) -> PlanPage:
    """Return the plan's facts; `record` is all that was published of it, oldest first."""
    current = current_of(record)
    others = _relatives(plan)

    def links(condition: Any) -> list[Link]:
        return [Link(str(other), plan_url(other)) for other in others if condition(other)]

    return PlanPage(
        badges=plan_badges(plan),
        summary=plan.summary,
        summary_badges=[by_site()] if plan.summary_by_site else [],
        period=plan.period_text() or _("記載なし"),
        period_note=plan.period_note,
        stage=plan.get_stage_display(),
        counts=counts_of(plan, nodes, indicators),
        before=links(lambda other: other.pk == plan.predecessor_id),
        after=links(lambda other: other.predecessor_id == plan.pk),
        parents=links(lambda other: other.pk == plan.parent_id),
        children=links(lambda other: other.parent_id == plan.pk),
        notes=[
            note
            for note in (
                plan.title_note if plan.title_source != TitleSource.DOCUMENT else "",
                plan.scope_note,
            )
            if note
        ],
        publications=[
            _publication_shown(plan, publication, publication in current)
            for publication in record[::-1]
        ],
        takeover=takeover_of(plan, others),
    )


def _relatives(plan: Plan) -> list[Plan]:
    """Return the published plans before, after, above and below this one."""
    mine = Q(predecessor=plan) | Q(parent=plan) | Q(pk__in=[plan.predecessor_id, plan.parent_id])
    others = list(published_plans().filter(mine))
    for other in others:
        other.municipality = plan.municipality  # relatives are of the same town
    return others


def counts_of(plan: Plan, nodes: list[TreeNode], indicators: int) -> list[Count]:
    """Count the nodes per level, in the plan's own words where it has some."""
    found = Counter(node.row._meta.model_name for top in nodes for node in top.walk())
    found["action"] += sum(node.action_count for top in nodes for node in top.walk())
    counts = [
        Count(level_name(plan, kind) or str(UNNAMED[kind]), found[kind])
        for kind in LEVELS
        if found[kind]
    ]
    return [*counts, Count(plan.label_indicator or _("指標"), indicators)]


def _publication_shown(plan: Plan, publication: Publication, is_current: bool) -> PublicationShown:
    if publication.fiscal_year is None:
        subject = publication.get_kind_display()
    else:
        year = plan.municipality.year_label(publication.fiscal_year)
        subject = f"{year} {plan.period_name(publication.period)}"
    tones = {
        Publication.Mark.CORRECTION: "is-alert",
        Publication.Mark.FINAL: "",
    }
    return PublicationShown(
        subject=subject,
        published_on=moment_words(plan.municipality, publication.effective_at),
        mark="" if publication.kind == Publication.Kind.PLAN and not publication.reason
        else publication.get_mark_display(),
        tone=tones.get(Publication.Mark(publication.mark), "is-attention"),
        reason=publication.reason,
        note=publication.note,
        is_current=is_current,
    )  # fmt: skip


@dataclass(frozen=True)
class IndicatorGroup:
    """The indicators of the plan itself, or of one of its top nodes with all below it."""

    title: str
    url: str
    rows: list[IndicatorRow]
    rollup: RollUpShown | None = None


def indicator_groups(
    plan: Plan, nodes: list[TreeNode], rows: list[IndicatorRow], rollup: YearRollUp | None
) -> list[IndicatorGroup]:
    """Return the indicators of the plan itself first, then those below each top node. Several
    groups are rolled up each; one alone is the plan."""
    place = {(node.row._meta.model_name, node.row.pk): top for top in nodes for node in top.walk()}
    below: dict[int, list[IndicatorRow]] = defaultdict(list)
    own = []
    for row in rows:
        parent = row.indicator.parent
        top = None if parent is None else place.get((parent._meta.model_name, parent.pk))
        if top is not None and top.row == parent:
            row = replace(row, place="")  # the group's title says it
        (own if top is None else below[id(top)]).append(row)
    groups = [IndicatorGroup(_("計画全体"), "", own)] if own else []
    for top in nodes:
        if id(top) in below:
            url = page_url(plan, top.row) if top.url else ""
            groups.append(IndicatorGroup(node_name(plan, top.row), url, below[id(top)]))
    if rollup is None or len(groups) == 1:
        return groups
    return [replace(group, rollup=rollup.of_list(group.rows)) for group in groups]


def loose_actions(nodes: list[TreeNode]) -> list[Action]:
    """Return the actions that hang on the plan itself."""
    return [node.row for node in nodes if isinstance(node.row, Action)]
