"""What the write path asks of series, for many at once: whose they are, and which years of them are
closed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.db import models

from plans.record_many import Calendar, PlanYear

from .models import Actual, Indicator, Responsibility, Series


class SeriesCalendar(Calendar):
    """Which years are closed for the figures of some series, by any plan that shows them; and
    what `Calendar` says of the plans named beside them. One query."""

    def __init__(self, series_ids: Iterable[int], plan_ids: Iterable[int] = ()) -> None:
        self._indicators = Indicator.objects.filter(series__in=set(series_ids)).order_by()
        self._showing: dict[int, set[int]] = defaultdict(set)
        super().__init__(plan_ids)

    def _rows(self, plan_ids: set[int], also: models.Q | None = None) -> models.QuerySet:
        """Also the plans that show a series; and, without a stage, which plan shows which: joined,
        every closed year would come once for each series."""
        plans = super()._rows(plan_ids, models.Q(pk__in=self._indicators.values("plan")))
        no_year = models.Value(None, output_field=models.IntegerField())
        shown = self._indicators.values_list("plan", no_year, "series", no_year, models.Value(""))
        return plans.union(shown, all=True)

    def _put_down(self, row: PlanYear) -> None:
        if row.stage:
            super()._put_down(row)
        else:
            self._showing[row.predecessor_id].add(row.plan_id)

    def is_closed_for(self, series_id: int, fiscal_year: int) -> bool:
        """Whether a plan that shows a series has closed a year."""
        return any(fiscal_year in self._closed[plan] for plan in self._showing[series_id])

    def ensure_open_for(self, series_id: int, fiscal_year: int) -> None:
        """Raise ValidationError where a plan that shows a series has closed a year."""
        self.ensure_open(sorted(self._showing[series_id]), fiscal_year)


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
