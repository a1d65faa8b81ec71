"""How much a publication would freeze, and what would stay behind because nobody has checked it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from indicators.models import Actual, Indicator, Judgement
from measures.models import DepartmentPolicySheet, ProgressReport, ReportColumn, ReviewComment
from plans.choices import Period, WorkState
from plans.models import Plan

from .models import Publication


@dataclass(frozen=True)
class Left:
    """A working row that has not been checked; `page` names its page in the admin."""

    title: str
    state: str
    page: str
    number: int


@dataclass(frozen=True)
class Extent:
    """How much a publication would freeze, and what would stay behind unchecked."""

    indicators: int
    figures: int = 0
    left_figures: tuple[Left, ...] = ()
    judgements: int = 0
    left_judgements: tuple[Left, ...] = ()
    reports: int = 0
    left_reports: tuple[Left, ...] = ()
    untouched_reports: int = 0
    """Checked reports with a public column that still says what an earlier year said."""
    sheets: int = 0
    left_sheets: tuple[Left, ...] = ()
    comments: int = 0
    left_comments: tuple[Left, ...] = ()


def extent_of(
    plan: Plan, year: int | None, period: str, effective_at: datetime | None = None
) -> Extent:
    """Count the rows of a plan's year and period, and name those left behind; without year, its
    indicators and the policy sheets of the year it shows from `effective_at` (None: now) on."""
    indicators = Indicator.objects.filter(plan=plan)
    shown = Publication(plan=plan, fiscal_year=year, effective_at=effective_at or timezone.now())
    sheets = DepartmentPolicySheet.objects.filter(plan=plan, fiscal_year=shown.year_shown)
    extent = Extent(
        indicators=indicators.count(),
        sheets=sheets.filter(state=WorkState.CHECKED).count(),
        left_sheets=left_behind(sheets.select_related("department"), lambda row: row.department),
    )
    if year is None:
        return extent
    indicators = indicators.in_year(year)
    when = {"fiscal_year": year, "period": period}
    figures = Actual.objects.filter(series__in=indicators.values("series"), **when)
    reports = ProgressReport.objects.filter(row__action__plan=plan, **when)
    judgements = Judgement.objects.filter(indicator__in=indicators, **when)
    comments = ReviewComment.objects.filter(plan=plan, fiscal_year=year)
    if period != Period.YEAR_END:  # the board speaks of whole years
        comments = comments.none()
    return replace(
        extent,
        indicators=indicators.count(),
        figures=figures.filter(state=WorkState.CHECKED).count(),
        left_figures=left_behind(figures.select_related("series"), lambda row: row.series),
        judgements=judgements.filter(state=WorkState.CHECKED).count(),
        left_judgements=left_behind(
            judgements.select_related("indicator__series"),
            lambda row: f"{row.indicator}（{row.get_stage_display()}）",
        ),
        reports=reports.filter(state=WorkState.CHECKED).count(),
        left_reports=left_behind(reports.select_related("row__action"), lambda row: row.row.action),
        untouched_reports=_untouched(plan, reports.filter(state=WorkState.CHECKED)),
        comments=comments.filter(state=WorkState.CHECKED).count(),
        left_comments=left_behind(comments, lambda row: f"{row.number}（{row.board}）"),
    )


def left_behind(rows: QuerySet, title: Callable[[Any], Any]) -> tuple[Left, ...]:
    """Return those of some working rows that have not been checked."""
    return tuple(
        Left(
            str(title(row)),
            row.get_state_display(),
            f"admin:{row._meta.app_label}_{row._meta.model_name}_change",
            row.pk,
        )
        for row in rows.exclude(state=WorkState.CHECKED)
    )


def _untouched(plan: Plan, reports: QuerySet) -> int:
    public = {column.key for column in ReportColumn.of_plan(plan) if column.is_public}
    marked = reports.still_taken_over().values_list("taken_over", flat=True)
    return sum(not public.isdisjoint(keys) for keys in marked)
