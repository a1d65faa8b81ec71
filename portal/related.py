"""The plans, ordinances and laws a municipality's plans refer to, and who refers to whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from municipalities.models import Municipality
from plans.models import Plan, RelatedPlan
from rounds.published import published_plans

from .towns import plan_badges, plan_link
from .wording import Badge, Link, node_name, page_url, plan_url


@dataclass(frozen=True)
class RelatedShown:
    kind: str
    title: str
    url: str
    period: str
    tier: str
    note: str
    policies: list[Link] = field(default_factory=list)


def related_url(town: Municipality) -> str:
    return reverse("portal:related", args=[town.slug])


def related_of(plan: Plan, related: Any, with_policies: bool) -> list[RelatedShown]:
    """Return related plans and ordinances; linked where they are published here.

    At most two queries.
    """
    if with_policies:
        related = related.prefetch_related("policies")
    return [
        RelatedShown(
            kind=row.get_kind_display(),
            title=row.title,
            url=plan_url(row.linked_plan) if row.is_linked else "",
            period=_period(plan, row),
            tier=row.tier,
            note=row.note,
            policies=_policies(row) if with_policies else [],
        )
        for row in _with_links(related)
    ]


def referring_to(plan: Plan) -> list[Link]:
    """Return the other published plans that refer to this one. One query."""
    refers = Exists(RelatedPlan.objects.filter(plan=OuterRef("pk"), linked_plan=plan))
    others = published_plans().filter(refers).exclude(pk=plan.pk).select_related("municipality")
    return [_plan_link(plan.municipality, other) for other in others]


def _with_links(rows: Any) -> Any:
    """Say of each row whether its linked plan is published (`is_linked`)."""
    is_linked = Exists(published_plans().filter(pk=OuterRef("linked_plan")))
    return rows.annotate(is_linked=is_linked).select_related("linked_plan__municipality")


def _policies(row: RelatedPlan) -> list[Link]:
    return [
        Link(node_name(row.plan, policy), page_url(row.plan, policy))
        for policy in row.policies.all()
    ]


def _period(plan: Plan, row: RelatedPlan) -> str:
    if row.period_label:
        return row.period_label
    first, last = (
        "" if year is None else plan.municipality.year_label(year)
        for year in (row.start_fiscal_year, row.end_fiscal_year)
    )
    return f"{first}～{last}" if first or last else ""


def _plan_link(town: Municipality, plan: Plan) -> Link:
    """Return a link to a plan as the pages of `town` name it."""
    name = str(plan) if plan.municipality_id == town.pk else f"{plan.municipality.name} {plan}"
    return Link(name, plan_url(plan))


# --- The list of a municipality ----------------------------------------------------------------


@dataclass(frozen=True)
class Reference:
    """That a plan refers to something, and for which of its policies."""

    plan: Link
    policies: list[Link]
    note: str


@dataclass(frozen=True)
class OwnPlan:
    """A published plan of the municipality; its individual plans are nested below it."""

    title: str
    url: str
    badges: list[Badge]
    period: str
    stage: str
    before: list[Link]
    after: list[Link]
    references: list[Reference]
    children: list[OwnPlan]


@dataclass
class Document:
    """A plan outside the municipality's own list, an ordinance or a law; once, however many plans
    refer to it."""

    title: str
    url: str
    kinds: list[str]
    periods: list[str]
    tiers: list[str]
    references: list[Reference]


@dataclass(frozen=True)
class DocumentGroup:
    title: str
    documents: list[Document]


@dataclass(frozen=True)
class RelatedPage:
    plans: list[OwnPlan]
    groups: list[DocumentGroup]
    """What is referred to: plans above, other plans, ordinances, laws."""

    @property
    def says_something(self) -> bool:
        """Whether there is more than one plan alone, see `has_related`."""
        return bool(
            self.groups or len(self.plans) > 1 or self.plans[0].children or self.plans[0].references
        )


GROUPS = (
    RelatedPlan.Kind.PARENT,
    RelatedPlan.Kind.PLAN,
    RelatedPlan.Kind.ORDINANCE,
    RelatedPlan.Kind.LAW,
)


def has_related(town: Municipality, plans: int) -> bool:
    """Return whether the list of a municipality with so many published plans says more than its
    page: several plans, or one that refers to something or is referred to. One query at most."""
    return plans > 1 or _of_town(town).exists()


def related_page(town: Municipality) -> RelatedPage:
    """Return the published plans of a municipality and all they refer to. Three queries."""
    plans = list(published_plans().filter(municipality=town))
    for plan in plans:
        plan.municipality = town
    own = {plan.pk for plan in plans}
    rows = _with_links(_of_town(town)).select_related(
        "plan__municipality", "linked_plan__municipality"
    )
    rows = rows.prefetch_related("policies").order_by(
        "plan__municipality", "plan__order", "plan__slug", "number"
    )
    groups = _merged(rows)
    references = {
        row.linked_plan_id: _references(town, group)
        for group in groups
        for row in group
        if row.linked_plan_id in own
    }
    others = [group for group in groups if own.isdisjoint(row.linked_plan_id for row in group)]
    return RelatedPage(plans=_nested(plans, references), groups=_grouped(town, others))


def _of_town(town: Municipality) -> QuerySet[RelatedPlan]:
    """What the municipality's plans refer to, and who refers to one of them."""
    own = published_plans().filter(municipality=town)
    rows = RelatedPlan.objects.filter(Q(plan__in=own) | Q(linked_plan__in=own))
    return rows.filter(plan__in=published_plans())


def _merged(rows: Iterable[Any]) -> list[list[Any]]:
    """Return the rows that mean the same together: the same plan of this site, or the same title
    and period (unless they are linked to different plans)."""
    groups: list[list[Any]] = []
    by_plan: dict[int, list[Any]] = {}
    by_words: dict[tuple[str, str], list[Any]] = {}
    for row in rows:
        linked, words = row.linked_plan_id, (row.title, _period(row.plan, row))
        group = by_plan.get(linked)
        if group is None:
            group = by_words.get(words)
            if group is None or (linked and any(other.linked_plan_id for other in group)):
                groups.append(group := [])
        group.append(row)
        by_words.setdefault(words, group)
        if linked:
            by_plan[linked] = group
    return groups


def _references(town: Municipality, rows: list[Any]) -> list[Reference]:
    """Return who refers to what the rows mean."""
    return [Reference(_plan_link(town, row.plan), _policies(row), row.note) for row in rows]


def _nested(plans: list[Plan], references: dict[int, list[Reference]]) -> list[OwnPlan]:
    published = {plan.pk for plan in plans}
    below: dict[int | None, list[Plan]] = defaultdict(list)
    for plan in plans:
        below[plan.parent_id if plan.parent_id in published else None].append(plan)
    shown: set[int] = set()

    def build(parent: int | None) -> list[OwnPlan]:
        return [own(plan) for plan in below[parent]]

    def own(plan: Plan) -> OwnPlan:
        shown.add(plan.pk)
        return OwnPlan(
            title=str(plan),
            url=plan_url(plan),
            badges=plan_badges(plan),
            period=plan.period_text() or _("記載なし"),
            stage=plan.get_stage_display(),
            before=[plan_link(other) for other in plans if other.pk == plan.predecessor_id],
            after=[plan_link(other) for other in plans if other.predecessor_id == plan.pk],
            references=references.get(plan.pk, []),
            children=[own(other) for other in below[plan.pk] if other.pk not in shown],
        )

    # Plans that name each other as their parents stand on no top plan.
    nested = build(None)
    return nested + [own(plan) for plan in plans if plan.pk not in shown]


def _grouped(town: Municipality, groups: list[list[Any]]) -> list[DocumentGroup]:
    found: dict[str, list[Document]] = defaultdict(list)
    for rows in groups:
        kinds = [kind for kind in GROUPS if any(row.kind == kind for row in rows)]
        found[kinds[0]].append(_document(town, rows, kinds))
    titles = {
        RelatedPlan.Kind.PARENT: _("上位計画"),
        RelatedPlan.Kind.PLAN: _("そのほかの計画"),
        RelatedPlan.Kind.ORDINANCE: _("条例"),
        RelatedPlan.Kind.LAW: _("法令等"),
    }
    return [DocumentGroup(titles[kind], found[kind]) for kind in GROUPS if kind in found]


def _document(town: Municipality, rows: list[Any], kinds: list[Any]) -> Document:
    def each(values: Iterable[str]) -> list[str]:
        return list(dict.fromkeys(value for value in values if value))

    linked = next((row.linked_plan for row in rows if row.is_linked), None)
    return Document(
        title=rows[0].title,
        url=plan_url(linked) if linked else "",
        kinds=[str(kind.label) for kind in kinds],
        periods=each(_period(row.plan, row) for row in rows),
        tiers=each(row.tier for row in rows),
        references=_references(town, rows),
    )
