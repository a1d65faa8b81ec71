"""Indicators in a list: one row each, with the figures that stand for them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from indicators.models import Indicator
from plans.choices import Period
from plans.models import Plan
from rounds.models import Publication, PublishedIndicator
from rounds.published import Record, records_of

from . import figures
from .figures import RateShown, Shown
from .judgements import JudgementShown, TrendShown, latest_judgement, trend_of
from .outlook import ForecastShown, forecast_of
from .wording import Badge, life_badges, lifetime_words, node_name, page_url, year_words


@dataclass(frozen=True)
class Fact:
    """A figure with its heading and year."""

    name: str
    year: str
    shown: Shown
    badges: list[Badge] = field(default_factory=list)
    later: list[Fact] = field(default_factory=list)
    """What was published for a later time: half a year, or a year without figure yet."""


@dataclass(frozen=True)
class IndicatorRow:
    indicator: Indicator
    number: str
    title: str
    url: str
    place: str
    """The node it hangs on, where the list does not say so already."""
    group: str
    badges: list[Badge]
    lifetime: str
    facts: list[Fact]
    rate: RateShown | None
    judgement: JudgementShown | None
    trend: TrendShown | None
    forecast: ForecastShown | None
    record: Record
    note: str = ""
    """What a list says of it that its own page need not."""


def time_words(plan: Plan, row: PublishedIndicator) -> str:
    """Return a row's year, with the period where it is not the whole year's result."""
    year = year_words(plan.municipality, row.publication.fiscal_year, row.year_label)
    if row.publication.period == Period.YEAR_END or row.year_label:
        return year
    return f"{year} {plan.period_name(row.publication.period)}"


def facts_of(plan: Plan, indicator: Indicator, record: Record) -> list[Fact]:
    """Return actual, the target of that very year if it has one, and the final target; without
    any actual figure the baseline comes first."""
    municipality = plan.municipality
    row = figures.headline(record)
    facts = []
    if row is None or row.amount is None:
        latest = record.latest
        facts.append(
            Fact(
                _("基準値"),
                figures.baseline_year(latest, municipality),
                figures.baseline_shown(latest),
            )
        )
    if row is None:
        facts.append(Fact(_("実績"), "", figures.missing(_("公表された実績はまだありません"))))
    else:
        later = _together(_actual_fact(plan, other) for other in figures.newer(record, row))
        facts.append(replace(_actual_fact(plan, row), later=later))
    targets = figures.targets_in_force(record.promised)
    if targets:
        year = None if row is None else row.publication.fiscal_year
        facts += [
            Fact(
                _("目標"),
                figures.target_year(target, municipality),
                figures.target_shown(target, record.promised, indicator.direction),
            )
            for target in targets
            if target is targets[-1] or target["fiscal_year"] == year
        ]
    else:
        facts.append(Fact(_("目標"), "", figures.missing(_("目標値なし"))))
    return facts


def _actual_fact(plan: Plan, row: PublishedIndicator) -> Fact:
    return Fact(
        name=_("実績（累計）") if row.total is not None else _("実績"),
        year=time_words(plan, row),
        shown=figures.amount_shown(row, plan.municipality),
        badges=figures.row_badges(row),
    )


def _together(facts: Iterable[Fact]) -> list[Fact]:
    """Take neighbouring times together that say the same: four years without a survey."""
    return [
        replace(first, year=_("、").join([first.year, *(fact.year for fact in rest)]))
        for _shown, (first, *rest) in groupby(facts, key=lambda fact: (fact.shown, fact.badges))
    ]


def rate_of(plan: Plan, record: Record) -> RateShown | None:
    """Return the rate of the figure shown, with its year; None where the plan does not show
    rates, nothing has been published yet, or the figure is that of half a year."""
    row = figures.headline(record)
    rate = None if row is None else figures.main_rate(plan, row)
    if row is None or rate is None:
        return None
    year = plan.municipality.year_label(row.publication.fiscal_year)
    return RateShown(rate.name, rate.shown, rate.percent, year)


def row_of(plan: Plan, indicator: Indicator, record: Record, place: str = "") -> IndicatorRow:
    shown = figures.headline(record)
    has_figure = shown is not None and shown.amount is not None
    return IndicatorRow(
        indicator=indicator,
        number=indicator.label,
        title=indicator.display_name,
        url=page_url(plan, indicator),
        place=place,
        group=indicator.group,
        badges=life_badges(indicator),
        lifetime=lifetime_words(plan.municipality, indicator),
        facts=facts_of(plan, indicator, record),
        rate=rate_of(plan, record) if has_figure else None,
        judgement=latest_judgement(plan, record),
        trend=trend_of(plan, shown) if has_figure else None,
        forecast=forecast_of(plan, indicator, record),
        record=record,
    )


def rows_of(
    plan: Plan,
    publications: list[Publication],
    indicators: Iterable[Indicator],
    of: Any = None,
) -> list[IndicatorRow]:
    """Return a row for each indicator a publication holds; the others are not public yet.

    `indicators` come with series and parents selected; `of` is the node whose page this is. One
    query.
    """
    indicators = list(indicators)
    records = records_of(publications, [indicator.pk for indicator in indicators])
    return [
        row_of(plan, indicator, records[indicator.pk], _place(plan, indicator, of))
        for indicator in indicators
        if indicator.pk in records
    ]


def _place(plan: Plan, indicator: Indicator, of: Any) -> str:
    parent = indicator.parent
    return "" if parent in (None, of) else node_name(plan, parent)
