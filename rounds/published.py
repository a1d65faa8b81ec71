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

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast

from indicators.models import Indicator
from measures.models import Action
from municipalities.models import Department, Municipality
from plans.choices import Period
from plans.models import Plan

from .models import (
    Publication,
    PublicationQuerySet,
    PublishedComment,
    PublishedIndicator,
    PublishedReport,
    PublishedSheet,
)

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
    publications: Iterable[Publication],
    indicators: Iterable[int] | None = None,
    fields: Iterable[str] | None = None,
) -> dict[int, Record]:
    """Return indicator id → record, for `indicators` (ids; None: all) the publications hold.

    One query; each row carries its publication. Of `fields` (None: all) more than these are read
    only when asked for, row by row.
    """
    by_id = {publication.pk: publication for publication in publications}
    rows = PublishedIndicator.objects.filter(publication__in=list(by_id))
    if indicators is not None:
        rows = rows.filter(indicator__in=list(indicators))
    if fields is not None:
        rows = rows.only(*fields)
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


Reports = dict[int, dict[int, dict[int, PublishedReport]]]
"""Publication id → action id → order of the row → report; empty where there is none."""


def reports_of(
    publications: Iterable[Publication], actions: Iterable[Action] | None = None
) -> Reports:
    """Return the reports of publications, on `actions` only (None: on all). One query."""
    reports = PublishedReport.objects.filter(publication__in=list(publications))
    if actions is not None:
        reports = reports.filter(action__in=[action.pk for action in actions])
    found: Reports = defaultdict(lambda: defaultdict(dict))
    for report in reports.order_by("action", "order"):
        found[report.publication_id][report.action_id][report.order] = report
    return found


def sheet_years(
    publications: Iterable[Publication], of: Q | None = None
) -> dict[int, dict[Publication, int]]:
    """Return fiscal year → the current `publications` of it that hold any report, in the order of
    their periods → how many of these reports meet the condition `of` (None: all). Oldest year
    first. One query."""
    by_id = {publication.pk: publication for publication in publications}
    counts = (
        PublishedReport.objects.filter(publication__in=list(by_id))
        .order_by()
        .values("publication")
        .annotate(count=Count("pk", filter=of))
        .values_list("publication", "count")
    )
    found: dict[int, dict[Publication, int]] = defaultdict(dict)
    for publication, count in sorted(counts, key=lambda row: _time(by_id[row[0]])):
        found[by_id[publication].fiscal_year][by_id[publication]] = count
    return found


def publications_of_town(
    municipality: Municipality, at: datetime | None = None
) -> dict[Plan, list[Publication]]:
    """Return the published plans of a municipality, in its order → what is valid now of each,
    oldest first. Two queries; publications carry their plan, plans their municipality."""
    plans = list(published_plans(at).filter(municipality=municipality))
    by_id = {plan.pk: plan for plan in plans}
    found: dict[Plan, list[Publication]] = {plan: [] for plan in plans}
    for publication in visible_publications(at).filter(plan__in=plans):
        publication.plan = by_id[publication.plan_id]
        found[publication.plan].append(publication)
    for plan in plans:
        plan.municipality = municipality
    return {plan: current_of(publications) for plan, publications in found.items()}


def sheets_of(
    publications: Iterable[Publication], department: Department | None = None
) -> list[PublishedSheet]:
    """Return the policy sheets of a department (None: of all), one each per plan and fiscal year,
    oldest year first: that of the latest of the current `publications` in the order of the year;
    what the plan's own publication prints comes before all results. One query; each carries its
    publication."""
    by_id = {publication.pk: publication for publication in publications}
    rows = PublishedSheet.objects.filter(publication__in=list(by_id))
    if department is not None:
        rows = rows.filter(department=department)
    sheets = list(rows.select_related("department"))
    for sheet in sheets:
        sheet.publication = by_id[sheet.publication_id]
    sheets.sort(key=lambda sheet: _time(sheet.publication))
    newest = {
        (sheet.publication.plan_id, sheet.department_id, sheet.fiscal_year): sheet
        for sheet in sheets
    }
    return sorted(newest.values(), key=lambda sheet: sheet.fiscal_year)


def indicators_naming(
    publications: Iterable[Publication], codes: Iterable[str]
) -> dict[int, list[PublishedIndicator]]:
    """Return publication id → the indicators that name one of the sections with these `codes`,
    their sections only. One query."""
    rows = PublishedIndicator.objects.filter(publication__in=list(publications))
    return _naming(rows.only("publication", "indicator", "departments"), codes)


def reports_naming(
    publications: Iterable[Publication], codes: Iterable[str]
) -> dict[int, list[PublishedReport]]:
    """Return publication id → the reports that name one of the sections with these `codes`, their
    sections only. One query."""
    rows = PublishedReport.objects.filter(publication__in=list(publications))
    return _naming(rows.only("publication", "action", "order", "departments"), codes)


def _naming(rows: QuerySet[Any], codes: Iterable[str]) -> dict[int, list[Any]]:
    """Group by publication the rows whose `departments` name one of the `codes`."""
    codes = set(codes)
    # Only PostgreSQL looks into a list of documents; as text every database finds the code.
    texts = Q(*(Q(as_text__contains=f'"code": "{code}"') for code in codes), _connector=Q.OR)
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows.alias(as_text=Cast("departments", TextField())).filter(texts).order_by():
        if any(section["code"] in codes for section in row.departments):
            found[row.publication_id].append(row)
    return found


def comments_of(publications: Iterable[Publication], of: Q | None = None) -> list[PublishedComment]:
    """Return the review board's comments of publications, those only that meet `of` (None: all).
    One query; each carries its publication and its node with all above."""
    by_id = {publication.pk: publication for publication in publications}
    comments = PublishedComment.objects.filter(of or Q(), publication__in=list(by_id))
    found = list(
        comments.select_related(
            "basic_goal",
            "policy__basic_goal",
            "measure__basic_goal",
            "measure__policy__basic_goal",
        ).order_by()
    )
    for comment in found:
        comment.publication = by_id[comment.publication_id]
    return found


def has_comments(publications: Iterable[Publication]) -> bool:
    """Whether any of the publications prints a comment of the review board. One query."""
    return PublishedComment.objects.filter(publication__in=list(publications)).exists()


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
