"""Which actuals are of some sections: those of the years in which they answer for the series."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q, QuerySet

from .models import Responsibility


def of_sections(actuals: QuerySet, departments: Collection[int]) -> QuerySet:
    """Return the actuals for whose series one of the sections answers in their year."""
    responsible = Responsibility.objects.in_year(OuterRef("fiscal_year")).filter(
        indicator__series=OuterRef("series"),
        department__in=departments,
    )
    return actuals.filter(Q(series__owner__in=departments) | Exists(responsible))
