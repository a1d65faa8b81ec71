"""The read side of publications: what citizens see, in a constant number of queries.

Only publications that are effective, meant for citizens and not superseded are read here; the
working tables never are. `at` None is now.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet

from indicators.models import Indicator
from measures.models import Action
from municipalities.models import Municipality
from plans.choices import Period
from plans.models import Plan

from .models import Publication, PublicationQuerySet, PublishedIndicator, PublishedReport

PERIOD_ORDER = {period: place for place, period in enumerate(Period.values)}


def visible_publications(at: datetime | None = None) -> PublicationQuerySet:
    """Every publication the public may read, superseded ones included."""
    return Publication.objects.effective(at).for_citizens()


def published_plans(at: datetime | None = None) -> QuerySet[Plan]:
    """Plans that have been published as plans; all others do not exist for citizens."""
    published = visible_publications(at).filter(kind=Publication.Kind.PLAN, plan=OuterRef("pk"))
    return Plan.objects.filter(Exists(published))


def published_municipalities(at: datetime | None = None) -> QuerySet[Municipality]:
    """Municipalities with at least one published plan."""
    return Municipality.objects.filter(
        Exists(published_plans(at).filter(municipality=OuterRef("pk")))
    )


def publications_of(plan: Plan, at: datetime | None = None) -> list[Publication]:
    """Return all that citizens may read of a plan, oldest first, superseded ones included."""
    return sorted(visible_publications(at).filter(plan=plan), key=_age)


def current_of(publications: Iterable[Publication]) -> list[Publication]:
    """Return what is valid of `publications_of` a plan: its own publication, and one per fiscal
    year and period. The same rule as `PublicationQuerySet.current`, for rows already read."""
    newest = {
        (publication.kind, publication.fiscal_year, publication.period): publication
        for publication in sorted(publications, key=_age)
    }
    return sorted(newest.values(), key=_age)


def current_publications(plan: Plan, at: datetime | None = None) -> list[Publication]:
    """Return what is valid now for citizens, oldest first."""
    return current_of(publications_of(plan, at))


def publications_by_year(publications: Iterable[Publication]) -> dict[int, Publication]:
    """Return fiscal year → the one of the current `publications` that stands for it, oldest year
    first: the year's end, else what was expected of it, else its middle."""
    of_years = (found for found in publications if found.fiscal_year is not None)
    return {found.fiscal_year: found for found in sorted(of_years, key=_time)}


def newest_year(publications: Iterable[Publication]) -> Publication | None:
    """Return what stands for the newest year of the current `publications`: a whole year where
    there is one, since the middle of a year is not judged. None before the first results."""
    by_year = list(publications_by_year(publications).values())
    whole = [found for found in by_year if found.period != Period.MID_YEAR]
    return (whole or by_year or [None])[-1]


@dataclass(frozen=True)
class Record:
    """What the current publications say of one indicator.

    `latest` is the newest row: name and baseline. `promised` holds the targets: a correction of
    an earlier year repeats the targets of that year, which are not the promise of today. `years`
    are the rows of fiscal years and periods, oldest first; empty before the first results.
    """

    latest: PublishedIndicator
    promised: PublishedIndicator
    years: tuple[PublishedIndicator, ...]


def records_of(
    publications: Iterable[Publication], indicators: Iterable[int] | None = None
) -> dict[int, Record]:
    """Return indicator id → record, for `indicators` (ids; None: all) the publications hold.

    One query; each row carries its publication.
    """
    by_id = {publication.pk: publication for publication in publications}
    rows = PublishedIndicator.objects.filter(publication__in=list(by_id))
    if indicators is not None:
        rows = rows.filter(indicator__in=list(indicators))
    found: dict[int, list[PublishedIndicator]] = defaultdict(list)
    for row in rows.order_by():
        row.publication = by_id[row.publication_id]
        found[row.indicator_id].append(row)
    return {indicator: _record(rows) for indicator, rows in found.items()}


def rows_by_publication(
    publications: Iterable[Publication],
) -> dict[int, list[PublishedIndicator]]:
    """Return publication id → its rows, without the texts that counting needs not. One query.

    Each row carries its publication and `series`, the id of what its indicator counts.
    """
    by_id = {publication.pk: publication for publication in publications}
    rows = PublishedIndicator.objects.filter(publication__in=list(by_id)).annotate(
        series=F("indicator__series")
    )
    found: dict[int, list[PublishedIndicator]] = defaultdict(list)
    for row in rows.defer("targets", "departments", "rates", "note", "baseline_note").order_by():
        row.publication = by_id[row.publication_id]
        found[row.publication_id].append(row)
    return found


def superseded_rows(
    publications: Iterable[Publication], indicator: Indicator
) -> list[PublishedIndicator]:
    """Return what was once public of an indicator and has been replaced by `publications`, the
    current ones. One query."""
    current = [publication.pk for publication in publications]
    rows = PublishedIndicator.objects.filter(
        indicator=indicator, publication__in=visible_publications()
    ).exclude(publication__in=current)
    return list(rows.select_related("publication"))


def latest_reports(
    publications: Iterable[Publication], actions: Iterable[Action]
) -> dict[int, dict[int, PublishedReport]]:
    """Return action id → order of the row → its newest published report. One query."""
    by_id = {publication.pk: publication for publication in publications}
    reports = PublishedReport.objects.filter(
        publication__in=list(by_id), action__in=[action.pk for action in actions]
    )
    found: dict[int, dict[int, PublishedReport]] = defaultdict(dict)
    for report in reports.order_by():
        report.publication = by_id[report.publication_id]
        rows = found[report.action_id]
        other = rows.get(report.order)
        if other is None or _time(other.publication) < _time(report.publication):
            rows[report.order] = report
    return found


def _age(publication: Publication) -> tuple[Any, ...]:
    return publication.effective_at, publication.number


def _time(publication: Publication) -> tuple[int, int]:
    """Return where a publication's subject lies in time; the plan itself before every year."""
    if publication.fiscal_year is None:
        return 0, 0
    return publication.fiscal_year, PERIOD_ORDER[publication.period]


def _record(rows: list[PublishedIndicator]) -> Record:
    years = sorted(
        (row for row in rows if row.publication.fiscal_year is not None),
        key=lambda row: _time(row.publication),
    )
    last_year = years[-1].publication.fiscal_year if years else None
    return Record(
        latest=max(rows, key=lambda row: _age(row.publication)),
        promised=max(
            (row for row in rows if row.publication.fiscal_year in (None, last_year)),
            key=lambda row: _age(row.publication),
        ),
        years=tuple(years),
    )
