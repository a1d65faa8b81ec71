"""Which reports are of some sections: those of the years in which they answer for the row."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Exists, OuterRef, QuerySet

from .models import ReportingDepartment


def of_sections(reports: QuerySet, departments: Collection[int]) -> QuerySet:
    """Return the reports for whose row one of the sections answers in their year."""
    links = ReportingDepartment.objects.in_year(OuterRef("fiscal_year")).filter(
        row=OuterRef("row"),
        department__in=departments,
    )
    return reports.filter(Exists(links))
