"""What one set of files speaks of: a plan, or all plans of a municipality, as published now.

Everything is read once, when a table asks for it, in a constant number of queries.
"""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cached_property
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _

from indicators.models import Indicator, SeriesBreak
from measures.models import MeasureSdg
from measures.outline import Key, Place, outlines
from municipalities.models import Municipality
from plans.models import Plan, PolicySdg
from rounds.models import Publication, PublishedIndicator
from rounds.published import (
    Record,
    current_of,
    published_municipalities,
    published_plans,
    records_of,
    visible_publications,
)

LEVELS = {
    "basicgoal": "basic_goal",
    "policyfield": "field",
    "policy": "policy",
    "measure": "measure",
    "action": "action",
}
"""Model name → the name of a level in the files."""


SKETCHED = {
    Indicator: (
        *("plan", "series", "series__code", "series__name", "code", "name", "order", "direction"),
        *Indicator.parent_names,
    ),
    PublishedIndicator: (
        *("publication", "indicator", "decimals", "value", "total", "missing_reason"),
        *("is_provisional", "revision", "baseline_status"),
    ),
}
"""What a sketch reads: of what rows are chosen by, the short."""


class Scope:
    """Published plans of one municipality; `plan` is set where it is one plan alone, `town` is
    None where plans of several municipalities stand in a list.

    `site` is what addresses begin with: https://plan.example.jp. `indicator` is a code: with it,
    only that indicator's figures are read.
    """

    def __init__(
        self,
        town: Municipality | None,
        plans: Iterable[Plan],
        plan: Plan | None = None,
        site: str = "",
        indicator: str = "",
    ) -> None:
        self.town, self.plan, self.site, self.indicator = town, plan, site, indicator
        self.chosen: Iterable[int] | None = None
        self.documents: tuple[str, ...] | None = None
        self.fiscal_year: int | None = None
        self.plans = list(plans)
        for each in self.plans:
            each.municipality = town or each.municipality
        found: dict[int, list[Publication]] = defaultdict(list)
        by_id = {each.pk: each for each in self.plans}
        for publication in visible_publications().filter(plan__in=by_id).order_by("number"):
            publication.plan = by_id[publication.plan_id]
            found[publication.plan_id].append(publication)
        self.publications = dict(found)
        """Plan id → all that citizens may read of it, superseded publications included."""
        self.current = {pk: current_of(of_plan) for pk, of_plan in found.items()}
        """Plan id → what is valid now, oldest first."""

    @property
    def all_current(self) -> list[Publication]:
        return [publication for plan in self.plans for publication in self.current[plan.pk]]

    @property
    def modified(self) -> datetime:
        """When something of this was published last."""
        return max(publication.effective_at for publication in self.all_current)

    @cached_property
    def records(self) -> list[tuple[Plan, Indicator, Record]]:
        """The published indicators in the order of plans and indicators. Two queries."""
        indicators = (
            Indicator.objects.filter(plan__in=self.plans)
            .select_related("series")
            .order_by("order", "code")
        )
        if self.indicator:
            indicators = indicators.filter(code=self.indicator)
        if self.chosen is not None:
            indicators = indicators.filter(pk__in=self.chosen)
        fields = None
        if self.documents is not None:
            indicators = indicators.only(*SKETCHED[Indicator])
            fields = (*SKETCHED[PublishedIndicator], *self.documents)
        is_part = self.indicator or self.chosen is not None
        records = records_of(
            [each for each in self.all_current if self.fiscal_year in (None, each.fiscal_year)],
            [each.pk for each in indicators] if is_part else None,
            fields,
        )
        of_plan = defaultdict(list)
        for indicator in indicators:
            if indicator.pk in records:
                of_plan[indicator.plan_id].append((indicator, records[indicator.pk]))
        return [(plan, *found) for plan in self.plans for found in of_plan[plan.pk]]

    def sketch(self, documents: tuple[str, ...], fiscal_year: int | None = None) -> Scope:
        """Return the scope with little read of each indicator: what is short, and `documents` of
        what was published of it. The rest would be read one by one. With `fiscal_year`, what was
        published of other years is left out."""
        return self._with(documents=documents, fiscal_year=fiscal_year)

    def about(self, indicators: Iterable[int]) -> Scope:
        """Return the scope with these indicators (ids) alone, read whole."""
        return self._with(documents=None, chosen=list(indicators))

    def _with(self, **changes: Any) -> Scope:
        other = copy.copy(self)
        other.__dict__ |= changes
        for read in ("records", "breaks"):
            other.__dict__.pop(read, None)
        return other

    @cached_property
    def breaks(self) -> dict[int, list[SeriesBreak]]:
        """Series → where its definition changed, oldest first. One query."""
        found: dict[int, list[SeriesBreak]] = defaultdict(list)
        series = {indicator.series_id for _plan, indicator, _record in self.records}
        for change in SeriesBreak.objects.filter(series__in=series):
            found[change.series_id].append(change)
        return found

    def years(self) -> Iterator[tuple[Plan, Indicator, PublishedIndicator, Record]]:
        """Yield every published year and period of every indicator, oldest first."""
        for plan, indicator, record in self.records:
            for row in record.years:
                yield plan, indicator, row, record

    @cached_property
    def outlines(self) -> dict[int, list[Place]]:
        """Plan id → its nodes in print order. Five queries."""
        return outlines(self.plans)

    @cached_property
    def places(self) -> dict[Key, Place]:
        return {place.key: place for places in self.outlines.values() for place in places}

    def place_of(self, row: Any) -> tuple[str, str]:
        """Return level and code of what a row (indicator, comment) hangs on; the level "plan" for
        the plan itself."""
        place = self._node_of(row)
        return (LEVELS[place.key[0]], place.node.code) if place else ("plan", "")

    def _node_of(self, row: Any) -> Place | None:
        for name in ("measure", "policy", "basic_goal"):
            pk = getattr(row, f"{name}_id")
            if pk is not None:
                return self.places[name.replace("_", ""), pk]
        return None

    @cached_property
    def sdgs(self) -> dict[Key, list[str]]:
        """Node → the numbers of its Sustainable Development Goals. Two queries."""
        found: dict[Key, list[str]] = defaultdict(list)
        for model, name in ((PolicySdg, "policy"), (MeasureSdg, "measure")):
            tags = model.objects.filter(**{f"{name}__plan__in": self.plans}).order_by("number")
            for pk, number in tags.values_list(name, "number"):
                found[name, pk].append(str(number))
        return found

    def sdgs_of(self, row: Any) -> list[str]:
        """Return the goals of what a row hangs on; where that is marked with none, of the nearest
        above it that is."""
        place = self._node_of(row)
        keys = (place.key, *reversed(place.keys_above)) if place else ()
        return next((self.sdgs[key] for key in keys if key in self.sdgs), [])

    @cached_property
    def published_here(self) -> dict[int, Plan]:
        """Id → each published plan of the municipalities: what other plans may be named by. One
        query."""
        towns = {plan.municipality_id for plan in self.plans}
        plans = published_plans().filter(municipality__in=towns)
        return {plan.pk: plan for plan in plans}

    def slug_of(self, plan_id: int | None) -> str:
        """Return the address name of a plan, "" where it is not published."""
        found = self.published_here.get(plan_id or 0)
        return found.slug if found else ""

    def each(self, rows: Iterable[Any]) -> Iterator[tuple[Plan, Any]]:
        """Yield rows with their plan, plan by plan."""
        of_plan = defaultdict(list)
        for row in rows:
            of_plan[row.plan_id].append(row)
        for plan in self.plans:
            for row in of_plan[plan.pk]:
                yield plan, row


def of_plan(municipality: str, slug: str, site: str = "", indicator: str = "") -> Scope:
    """Return a published plan; Http404 where there is none of that name."""
    plans = published_plans().select_related("municipality")
    plan = plans.filter(municipality__slug=municipality, slug=slug).first()
    if plan is None:
        raise Http404(_("この計画は公表されていません。"))
    return Scope(plan.municipality, [plan], plan, site, indicator)


def of_town(municipality: str, site: str = "") -> Scope:
    """Return all published plans of a municipality; Http404 where there is none."""
    town = published_municipalities().filter(slug=municipality).first()
    if town is None:
        raise Http404(_("この自治体に公表中の計画はありません。"))
    return Scope(town, published_plans().filter(municipality=town), None, site)
