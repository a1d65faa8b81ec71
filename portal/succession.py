"""What became of a plan and its parts in the plan that followed, and what they were before.

Only published plans are named; a draft that is published stands beside the plan in force, but takes
nothing over.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q

from indicators.models import Indicator
from measures.models import Action, Correspondence
from measures.models.revision import LEVELS, SIDES
from measures.outline import Place
from plans.models import Plan, PlanNode
from rounds.models import Publication, PublishedIndicator
from rounds.published import Record, current_of, published_plans, records_of, visible_publications

from .revision import address
from .wording import Link, node_name, page_url, plan_url, this_fiscal_year

# --- A plan ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Takeover:
    """That another plan stands in this one's place from a fiscal year on."""

    year: str
    plan: Link
    has_begun: bool


def takeover_of(plan: Plan, others: Iterable[Plan]) -> Takeover | None:
    """Return which of the published plans `others` takes over from `plan`, None where none does."""
    for other in others:
        if (
            other.predecessor_id == plan.pk
            and other.takes_over_from is not None
            and other.stage != Plan.Stage.DRAFT
        ):
            return Takeover(
                plan.municipality.year_label(other.takes_over_from),
                Link(str(other), plan_url(other)),
                other.takes_over_from <= this_fiscal_year(),
            )
    return None


# --- Goals, policies, measures -----------------------------------------------------------------


@dataclass
class Counterparts:
    """What corresponds to a node in another plan, `plan`, which is later or earlier.

    Without `links` a line of the revision table says that there is nothing: dropped, or new.
    """

    plan: Link
    is_later: bool
    links: list[Link] = field(default_factory=list)


def counterparts_of(plan: Plan, node: PlanNode) -> list[Counterparts]:
    """Return the counterparts of a node in the published plans before and after its own, the
    earlier plans first. What no line speaks of is left out. One query."""
    level = next(
        name
        for name in LEVELS
        if Correspondence._meta.get_field(f"new_{name}").related_model is type(node)
    )
    above = [f"{side}_action__{name}" for side in ("new", "old") for name in Action.parent_names]
    lines = (
        Correspondence.objects.filter(Q(**{f"new_{level}": node}) | Q(**{f"old_{level}": node}))
        .annotate(
            new_is_published=Exists(published_plans().filter(pk=OuterRef("new_plan"))),
            old_is_published=Exists(published_plans().filter(pk=OuterRef("old_plan"))),
        )
        .select_related("new_plan", "old_plan", *SIDES, *above)
        .order_by("new_plan__order", "number")
    )
    found: dict[tuple[bool, int], Counterparts] = {}
    for line in lines:
        is_later = line.new_plan_id != plan.pk
        other, side = (line.new_plan, line.new) if is_later else (line.old_plan, line.old)
        if not (line.new_is_published if is_later else line.old_is_published):
            continue
        other.municipality = plan.municipality
        shown = Counterparts(Link(str(other), plan_url(other)), is_later)
        shown = found.setdefault((is_later, other.pk), shown)
        if side is not None:
            above_it = (side.parent,) if isinstance(side, Action) and side.parent else ()
            link = Link(node_name(other, side), address(Place(other, side, above_it)))
            if link not in shown.links:
                shown.links.append(link)
    return [found[key] for key in sorted(found)]


# --- Indicators --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Era:
    """The years in which an earlier plan reported the same series, before `until` (not included),
    when the plan `after` took over: its indicator as its current publications show it."""

    plan: Plan
    record: Record
    until: int
    after: Plan


@dataclass(frozen=True)
class Line:
    """A series through the plans that followed each other: the eras before the indicator's own,
    oldest first, and its counterparts in the plan before and in those that follow. `ends` is the
    first fiscal year that is another plan's, None where the series stays here."""

    eras: list[Era]
    counterparts: list[Counterparts]
    ends: int | None = None


def line_of(plan: Plan, indicator: Indicator) -> Line:
    """Return how the series of an indicator ran through published plans before its own, and where
    it goes on. One query where no other plan shows the series, else three at most."""
    others = list(
        Indicator.objects.filter(series=indicator.series_id, plan__in=published_plans())
        .exclude(plan=plan)
        .select_related("plan", "series")
        .order_by("plan__order", "order")
    )
    for other in others:
        other.plan.municipality = plan.municipality
    forerunners = _forerunners(plan, others)
    after = [
        other
        for other in others
        if other.plan.predecessor_id == plan.pk and other.plan.takes_over_from is not None
    ]
    return Line(
        eras=_eras(forerunners) if forerunners else [],
        counterparts=[
            *(_counterpart(other, is_later=False) for other, *_when in forerunners[:1]),
            *(_counterpart(other, is_later=True) for other in after),
        ],
        ends=min(
            (other.plan.takes_over_from for other in after if other.plan.stage != Plan.Stage.DRAFT),
            default=None,
        ),
    )


def _counterpart(other: Indicator, *, is_later: bool) -> Counterparts:
    link = Link(other.display_name, page_url(other.plan, other))
    return Counterparts(Link(str(other.plan), plan_url(other.plan)), is_later, [link])


def _forerunners(plan: Plan, others: list[Indicator]) -> list[tuple[Indicator, int, Plan]]:
    """Return the indicator of the plan before, of the one before that …, each with the first year
    that is not its own any more and the plan that took over then. The chain ends where a plan does
    not say when it took over."""
    by_plan = {other.plan_id: other for other in reversed(others)}
    found: list[tuple[Indicator, int, Plan]] = []
    until = plan.takes_over_from
    while until is not None and plan.predecessor_id in by_plan:
        before = by_plan.pop(plan.predecessor_id)  # a circle ends, too
        found.append((before, until, plan))
        plan, begins = before.plan, before.plan.takes_over_from
        until = None if begins is None else min(begins, until)
    return found


def _eras(forerunners: list[tuple[Indicator, int, Plan]]) -> list[Era]:
    """Return what the forerunners published, oldest first. Two queries."""
    plans = [indicator.plan_id for indicator, *_when in forerunners]
    of_plan: dict[int, list[Publication]] = {}
    for publication in visible_publications().filter(plan__in=plans):
        of_plan.setdefault(publication.plan_id, []).append(publication)
    current = [found for each in of_plan.values() for found in current_of(each)]
    records = records_of(current, [indicator.pk for indicator, *_when in forerunners])
    return [
        Era(indicator.plan, records[indicator.pk], until, after)
        for indicator, until, after in reversed(forerunners)
        if indicator.pk in records
    ]


def earlier_rows(eras: Iterable[Era], record: Record) -> list[tuple[Plan, PublishedIndicator]]:
    """Return what the plans before published, each with its plan, oldest first. A year that the
    indicator itself shows is its own."""
    own = {(row.publication.fiscal_year, row.publication.period) for row in record.years}
    return [
        (era.plan, row)
        for era in eras
        for row in era.record.years
        if row.publication.fiscal_year < era.until
        and (row.publication.fiscal_year, row.publication.period) not in own
    ]


def era_name(plan: Plan) -> str:
    """Return how a plan is called beside the others of its line: its edition, else its name."""
    return plan.edition or str(plan)
