"""The top page's municipalities and a municipality's plans as cards."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from indicators.evaluation import Entry, roll_up
from indicators.models import Indicator
from municipalities.models import Municipality
from municipalities.prefectures import PREFECTURES
from plans.choices import Period
from plans.models import BasicGoal, Plan
from rounds.models import Publication
from rounds.published import (
    current_of,
    newest_year,
    published_plans,
    rows_by_publication,
    visible_publications,
)
from rounds.year_counts import schemes_of

from .rollup import CountsRow, CountsShown, CountsTable, RollUpShown, YearRollUp
from .wording import Badge, Link, day_words, municipality_url, plan_url, title_badges


@dataclass(frozen=True)
class TownCard:
    name: str
    kana: str
    url: str
    plan_count: int


@dataclass(frozen=True)
class Prefecture:
    name: str
    towns: list[TownCard]


def _towns() -> QuerySet[Municipality]:
    published = Count("plans", filter=Q(plans__in=published_plans()))
    return Municipality.objects.annotate(plan_count=published).filter(plan_count__gt=0)


def _cards(towns: Iterable[Any]) -> list[TownCard]:
    return [
        TownCard(town.name, town.kana, municipality_url(town), town.plan_count) for town in towns
    ]


def prefectures() -> list[Prefecture]:
    """Return the prefectures that have municipalities with published plans, in their order."""
    order = {name: place for place, name in enumerate(PREFECTURES)}
    towns = sorted(
        _towns().filter(is_sample=False),
        key=lambda town: (order.get(town.prefecture, len(order)), town.code),
    )
    return [
        Prefecture(name or _("都道府県の記載なし"), _cards(of_prefecture))
        for name, of_prefecture in groupby(towns, key=lambda town: town.prefecture)
    ]


def samples() -> list[TownCard]:
    """Return the invented towns."""
    return _cards(_towns().filter(is_sample=True).order_by("slug"))


# --- A municipality's plans --------------------------------------------------------------------


@dataclass(frozen=True)
class PlanCard:
    title: str
    url: str
    badges: list[Badge]
    period: str
    stage: str
    goal_count: int
    goal_word: str
    indicator_count: int
    published_on: str
    takes_over: str
    followed_by: str
    rollup: RollUpShown | None


def plan_badges(plan: Plan) -> list[Badge]:
    """Return 仮題 and 素案 where they apply."""
    badges = title_badges(plan)
    if plan.stage == Plan.Stage.DRAFT:
        badges.append(Badge(_("素案"), "is-attention"))
    return badges


@dataclass(frozen=True)
class TownSummary:
    """The newest whole years of a municipality's plans together."""

    table: CountsTable
    """A row per plan; the total counts what several plans count once, and has classes only where
    all judged plans use the same ones."""
    listed: int
    """The sum of the plans' own totals: more than the table's where plans share a series."""
    is_mixed: bool
    """Whether the classes differ between plans, so that they are not added up."""
    unjudged: str
    """The plans whose judgements are not public."""
    left_out: str
    """The plans without results of a whole year."""


def plans_of(town: Municipality) -> tuple[list[PlanCard], TownSummary | None]:
    """Return the published plans in the town's order, and their newest whole years together (None
    before the first results of one). At most four queries."""
    plans = list(_plans_with_counts(town))
    by_id = {plan.pk: plan for plan in plans}
    for plan in plans:
        plan.municipality = town
    newest = _newest_years(plans)
    rollups = {year.plan.pk: year.shown for year in newest}
    cards = [_card(plan, by_id, rollups.get(plan.pk)) for plan in plans]
    return cards, _summary(plans, newest)


@dataclass(frozen=True)
class _PlanYear:
    """The newest published year of a plan, with its rows."""

    rollup: YearRollUp
    rows: list[Any]
    shown: RollUpShown

    @property
    def plan(self) -> Plan:
        return self.rollup.plan

    @property
    def is_whole(self) -> bool:
        return self.rollup.publication.period != Period.MID_YEAR


def _newest_years(plans: list[Plan]) -> list[_PlanYear]:
    """Return the newest published years of plans, where they hold any indicator. Three queries."""
    of_plans: dict[int, list[Publication]] = {plan.pk: [] for plan in plans}
    for publication in visible_publications().filter(plan__in=plans):
        of_plans[publication.plan_id].append(publication)
    newest = {
        plan.pk: found
        for plan in plans
        if (found := newest_year(current_of(of_plans[plan.pk]))) is not None
    }
    if not newest:
        return []
    schemes = schemes_of(plan for plan in plans if plan.pk in newest)
    rows = rows_by_publication(newest.values())
    found = []
    for plan in plans:
        if plan.pk in newest:
            rollup = YearRollUp(plan, newest[plan.pk], schemes)
            shown = rollup.of(rows[newest[plan.pk].pk])
            if shown is not None:
                found.append(_PlanYear(rollup, rows[newest[plan.pk].pk], shown))
    return found


def _summary(plans: list[Plan], newest: list[_PlanYear]) -> TownSummary | None:
    years = [year for year in newest if year.is_whole]
    if not years:
        return None
    judged = [year for year in years if year.shown.ratable]
    is_mixed = len({_classes(year) for year in judged}) > 1
    total = everything = CountsShown.of(roll_up(_by_series(years)), is_judged=False)
    if judged:
        total = replace(
            CountsShown.of(roll_up(_by_series(judged)), is_judged=True),
            total=everything.total,
            reported=everything.reported,
            share=everything.share,
        )
    if is_mixed:
        total = replace(total, bands=[], scored=0, mean=None)
    whole = {year.plan.pk for year in years}
    return TownSummary(
        table=CountsTable(
            rows=[
                CountsRow(str(year.plan), year.shown, year.shown.year, plan_url(year.plan))
                for year in years
            ],
            total=total,
            is_computed=any(year.shown.computed for year in judged),
        ),
        listed=sum(year.shown.total for year in years),
        is_mixed=is_mixed,
        unjudged=_("、").join(str(year.plan) for year in years if not year.shown.ratable),
        left_out=_("、").join(str(plan) for plan in plans if plan.pk not in whole),
    )


def _by_series(years: list[_PlanYear]) -> list[Entry]:
    """Return the judgements of plans by series, those that count first: of the newest year, then
    those with a class, then in the order of the plans."""
    entries = [
        (year.rollup.year, replace(entry, key=row.series))
        for year in years
        for row, entry in zip(year.rows, year.rollup.entries(year.rows), strict=True)
    ]
    entries.sort(key=lambda found: (-found[0], found[1].band is None))
    return [entry for _year, entry in entries]


def _classes(year: _PlanYear) -> Hashable:
    """Return what must be equal for the classes of two plans to be added up. Classes known only
    from a publication belong to no scheme of today and are nobody else's."""
    scheme = year.rollup.entries(year.rows)[0].scheme
    bands = [(band.order, band.symbol, band.label, band.score) for band in scheme.bands]
    return scheme.code or year.plan.pk, tuple(bands)


def _plans_with_counts(town: Municipality) -> QuerySet[Plan]:
    def count(model: type[Any], **condition: Any) -> Subquery:
        rows = model.objects.filter(plan=OuterRef("pk"), **condition).order_by().values("plan")
        return Subquery(rows.annotate(count=Count("pk", distinct=True)).values("count"))

    last = (
        visible_publications()
        .filter(plan=OuterRef("pk"))
        .order_by()
        .values("plan")
        .annotate(last=Max("effective_at"))
        .values("last")
    )
    held = {"published__publication__kind__in": [Publication.Kind.PLAN, Publication.Kind.PUBLIC]}
    return (
        published_plans()
        .filter(municipality=town)
        .annotate(
            goal_count=count(BasicGoal),
            indicator_count=count(
                Indicator, published__publication__effective_at__lte=timezone.now(), **held
            ),
            published_at=Subquery(last),
        )
    )


def _card(plan: Any, by_id: dict[int, Any], rollup: RollUpShown | None) -> PlanCard:
    before = by_id.get(plan.predecessor_id)
    after = [other for other in by_id.values() if other.predecessor_id == plan.pk]
    return PlanCard(
        title=str(plan),
        url=plan_url(plan),
        badges=plan_badges(plan),
        period=plan.period_text(),
        stage=plan.get_stage_display(),
        goal_count=plan.goal_count or 0,
        goal_word=plan.label_basic_goal or _("大項目"),
        indicator_count=plan.indicator_count or 0,
        published_on=moment_words(plan.municipality, plan.published_at),
        takes_over="" if before is None else str(before),
        followed_by=_("、").join(map(str, after)),
        rollup=rollup,
    )


def moment_words(municipality: Municipality, moment: datetime) -> str:
    """Return the day of a moment in Japan."""
    return day_words(municipality, timezone.localdate(moment))


def plan_link(plan: Plan) -> Link:
    return Link(str(plan), plan_url(plan))
