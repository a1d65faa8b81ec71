"""Which publications of a municipality's plans stand for a year, and where they name sections."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from plans.models import Plan
from rounds.models import Publication
from rounds.published import (
    indicators_naming,
    publications_by_year,
    reports_naming,
    sheet_years,
)


class Answers:
    """Where the published plans of a municipality name some sections. Three queries."""

    def __init__(self, record: dict[Plan, list[Publication]], codes: Iterable[str]) -> None:
        publications = [publication for found in record.values() for publication in found]
        codes = list(codes)
        self.record = record
        self.indicators = indicators_naming(publications, codes)
        self.reports = reports_naming(publications, codes)
        self._by_year = {plan: publications_by_year(found) for plan, found in record.items()}
        # The last period of a year that printed a sheet stands for its sheets.
        self._sheets: dict[int, dict[int, Publication]] = defaultdict(dict)
        for year, counts in sheet_years(publications).items():
            for publication in counts:
                self._sheets[year][publication.plan_id] = publication

    def years(self) -> set[int]:
        """Return the fiscal years with any results."""
        return {year for by_year in self._by_year.values() for year in by_year}

    def promises(self) -> list[Publication]:
        """Return the publications of the plans themselves."""
        return [
            publication
            for found in self.record.values()
            for publication in found
            if publication.fiscal_year is None
        ]

    def results(self, year: int) -> list[Publication]:
        """Return what stands for a year, at most one of each plan."""
        return [by_year[year] for by_year in self._by_year.values() if year in by_year]

    def standing(self, year: int) -> list[Publication]:
        """Return the same, and the plan's own publication where it holds in the year and nothing
        has been published of its results."""
        with_results = {publication.plan_id for publication in self.results(year)}
        return [
            *self.results(year),
            *(
                publication
                for publication in self.promises()
                if publication.plan_id not in with_results and self._holds(publication, year)
            ),
        ]

    def sheets(self, year: int) -> list[Publication]:
        """Return what stands for the progress sheets of a year, in the order of the plans."""
        found = self._sheets.get(year, {})
        return [found[plan.pk] for plan in self.record if plan.pk in found]

    def is_named(self, year: int, codes: set[str]) -> bool:
        """Whether the results of a year name one of the sections."""
        rows = [
            *(row for found in self.results(year) for row in self.indicators.get(found.pk, ())),
            *(row for found in self.sheets(year) for row in self.reports.get(found.pk, ())),
        ]
        return any(section["code"] in codes for row in rows for section in row.departments)

    def _holds(self, publication: Publication, year: int) -> bool:
        """Whether a plan of which only itself has been published holds in a year: within its
        period, and until another published plan takes over."""
        plan = publication.plan
        first = plan.start_fiscal_year or publication.year_shown
        taken_over = any(
            other.predecessor_id == plan.pk
            and other.takes_over_from is not None
            and other.takes_over_from <= year
            for other in self.record
        )
        is_over = plan.end_fiscal_year is not None and plan.end_fiscal_year < year
        return first <= year and not is_over and not taken_over
