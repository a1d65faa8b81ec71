"""Which reports are of some sections: those of the years in which they answer for the row."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q, QuerySet

from .models import ReportingDepartment


def of_sections(reports: QuerySet, departments: Collection[int]) -> QuerySet:
    """Return the reports for whose row one of the sections answers in their year."""
    year = OuterRef("fiscal_year")
    links = ReportingDepartment.objects.filter(
        Q(first_fiscal_year__isnull=True) | Q(first_fiscal_year__lte=year),
        Q(last_fiscal_year__isnull=True) | Q(last_fiscal_year__gte=year),
        row=OuterRef("row"),
        department__in=departments,
    )
    return reports.filter(Exists(links))
