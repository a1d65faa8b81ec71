"""What the write path asks of series, for many at once: whose they are, and which years of them are
closed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db import models

from plans.models import Plan
from plans.record import locked
from plans.record_many import Calendar

from .models import Actual, Responsibility, Series


class SeriesCalendar(Calendar):
    """Which years are closed for the figures of some series, by any plan that shows them; and
    what `Calendar` says of the plans named beside them. One query."""

    def __init__(self, series_ids: Iterable[int], plan_ids: Iterable[int] = ()) -> None:
        self._series_ids = set(series_ids)
        self._closed_for: dict[tuple[int, int], Plan] = {}
        super().__init__(plan_ids)

    def _plans(self) -> models.QuerySet:
        if not self._series_ids:
            return super()._plans()
        # A plan comes once for each of the series it shows.
        of_these = models.Q(indicators__series__in=self._series_ids)
        shown = models.FilteredRelation("indicators", condition=of_these)
        return super()._plans().annotate(shown=shown, series=models.F("shown__series"))

    def _wanted(self, plan_ids: set[int]) -> models.Q:
        """Also the plans that show a series."""
        wanted = super()._wanted(plan_ids)
        return wanted | models.Q(shown__isnull=False) if self._series_ids else wanted

    def _put_down(self, plan: Any) -> None:
        super()._put_down(plan)
        if self._series_ids and None not in (plan.series, plan.closed):
            self._closed_for[plan.series, plan.closed] = plan

    def is_closed_for(self, series_id: int, fiscal_year: int) -> bool:
        """Whether a plan that shows a series has closed a year."""
        return (series_id, fiscal_year) in self._closed_for

    def ensure_open_for(self, series_id: int, fiscal_year: int) -> None:
        """Raise ValidationError where a plan that shows a series has closed a year."""
        if self.is_closed_for(series_id, fiscal_year):
            raise locked(self._closed_for[series_id, fiscal_year], fiscal_year)


class Sections:
    """The sections that answer for some series, as `record.sections_of`. One query."""

    def __init__(self, series_ids: Iterable[int]) -> None:
        self._links: dict[int, list[Responsibility]] = defaultdict(list)
        links = Responsibility.objects.filter(indicator__series__in=series_ids)
        for link in links.annotate(series=models.F("indicator__series")):
            self._links[link.series].append(link)

    def of(self, series: Series, fiscal_year: int) -> set[int]:
        """Return the ids of the sections that answer for a series in a year."""
        owner = {series.owner_id} if series.owner_id else set()
        return owner | {
            link.department_id for link in self._links[series.pk] if link.is_in_year(fiscal_year)
        }

    def of_row(self, row: Actual) -> set[int]:
        """As `of`, for an actual with its series."""
        return self.of(row.series, row.fiscal_year)
