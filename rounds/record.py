"""The one write path for publications: freezing what has been checked."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from indicators import judging
from indicators.choices import Accumulation, MissingReason
from indicators.evaluation import to_decimal
from indicators.judging import Judged
from indicators.models import Actual, Indicator
from indicators.models.series import MAX_DECIMALS
from measures.models import DepartmentPolicySheet, ProgressReport, ReportColumn, ReviewComment
from municipalities.access import require_planner
from plans.choices import Period, WorkState
from plans.models import Plan, PlanScheme
from plans.record import ensure_in_force

from . import frozen
from .models import (
    Publication,
    PublishedComment,
    PublishedIndicator,
    PublishedReport,
    PublishedSheet,
)


@transaction.atomic
def publish(
    plan: Plan,
    kind: str,
    *,
    by: Any,
    fiscal_year: int | None = None,
    period: str = "",
    effective_at: datetime | None = None,
    mark: str = Publication.Mark.FINAL,
    reason: str = "",
    note: str = "",
) -> Publication:
    """Freeze a plan's figures and reports of a fiscal year and period, and return the publication.

    Kind PLAN takes no year: it shows baselines and targets only. `effective_at` None is now; a
    later time lets citizens see everything at once then. Only rows in state "checked" are frozen;
    an indicator without one is printed as not compiled. Planners only. Bad combinations, and a
    year another plan has taken over, raise ValidationError. The number of queries does not depend
    on the number of rows.
    """
    if by is not None:
        require_planner(by, plan.municipality_id)
    Plan.objects.select_for_update().get(pk=plan.pk)  # one publication at a time gets a number
    last = Publication.objects.filter(plan=plan).aggregate(last=Max("number"))["last"]
    publication = Publication(
        plan=plan,
        number=(last or 0) + 1,
        kind=kind,
        fiscal_year=fiscal_year,
        period=period,
        effective_at=effective_at or timezone.now(),
        mark=mark,
        reason=reason,
        note=note,
        published_by=by,
    )
    publication.full_clean()
    if fiscal_year is not None:
        ensure_in_force(plan, fiscal_year)
    if kind != Publication.Kind.PLAN and not _plan_is_published(publication):
        raise ValidationError(
            _("先に「計画の公表」をしてください。実績はその計画のページに載ります。")
        )
    publication.legends = _freeze_legends(publication)
    publication.save()
    PublishedIndicator.objects.bulk_create(_freeze_indicators(publication))
    PublishedReport.objects.bulk_create(_freeze_reports(publication))
    PublishedSheet.objects.bulk_create(_freeze_sheets(publication))
    PublishedComment.objects.bulk_create(_freeze_comments(publication))
    return publication


def _plan_is_published(publication: Publication) -> bool:
    return (
        Publication.objects.effective(publication.effective_at)
        .filter(plan=publication.plan, kind=Publication.Kind.PLAN)
        .exists()
    )


# --- Indicators -------------------------------------------------------------------------------


def _freeze_indicators(publication: Publication) -> list[PublishedIndicator]:
    plan, year, period = publication.plan, publication.fiscal_year, publication.period
    indicators = judging.with_relations(Indicator.objects.filter(plan=plan)).prefetch_related(
        "responsibilities__department"
    )
    if year is None:
        coming = Q(first_fiscal_year__gt=publication.year_shown)
        return [_promise(publication, indicator) for indicator in indicators.exclude(coming)]
    actuals = {
        actual.series_id: actual
        for actual in Actual.objects.filter(
            series__in=plan.indicators.values("series"),
            fiscal_year=year,
            period=period,
            state__in=judging.CHECKED,
        )
    }
    return [
        _result(publication, judged, actuals.get(judged.indicator.series_id))
        for judged in judging.judge_plan(
            plan, year, period, states=judging.CHECKED, indicators=indicators.in_year(year)
        )
    ]


def _promise(publication: Publication, indicator: Indicator) -> PublishedIndicator:
    """Return what was promised: baseline, targets, sections."""
    series, year = indicator.series, publication.fiscal_year
    targets = indicator.targets.all()
    in_force = judging.targets_in_force(targets, year)
    promised_years = {target.fiscal_year for target in in_force}
    return PublishedIndicator(
        publication=publication,
        indicator=indicator,
        name=indicator.display_name,
        unit=series.unit,
        decimals=series.decimals,
        source=series.source,
        source_url=series.source_url,
        baseline_status=indicator.baseline_status,
        baseline_value=indicator.baseline_value,
        baseline_fiscal_year=indicator.baseline_fiscal_year,
        baseline_label=indicator.baseline_label,
        baseline_value_label=indicator.baseline_value_label,
        baseline_mark=indicator.baseline_mark,
        baseline_note=indicator.baseline_note,
        targets=[
            frozen.freeze_target(target, target in in_force)
            for target in targets
            if target.fiscal_year in promised_years
        ],
        departments=frozen.freeze_departments(
            link.department
            for link in indicator.responsibilities.all()
            if link.is_in_year(publication.year_shown)
        ),
    )


def _result(publication: Publication, judged: Judged, actual: Actual | None) -> PublishedIndicator:
    """Return the promise with the year's figure, or why there is none, and what is said of it."""
    row, series = _promise(publication, judged.indicator), judged.indicator.series
    if actual is None:
        row.missing_reason = MissingReason.NOT_COMPILED
    else:
        for name in _COPIED:
            setattr(row, name, getattr(actual, name))
        row.source = actual.source or series.source
        row.source_url = actual.source_url or series.source_url
    if series.accumulation == Accumulation.SUM and judged.period != Period.MID_YEAR:
        row.total = to_decimal(judged.course.actual(judged.fiscal_year), MAX_DECIMALS)
    row.rates = {name: frozen.freeze_rate(rate) for name, rate in judged.rates.items()}
    row.judgements = [frozen.freeze_judgement(judgement) for judgement in judged.judgements]
    row.computed = frozen.freeze_computed(judged)
    return row


_COPIED = (
    "value",
    "missing_reason",
    "expected_on",
    "is_provisional",
    "revision",
    "revision_reason",
    "year_label",
    "value_label",
    "note",
)


# --- Reports ----------------------------------------------------------------------------------


def _freeze_reports(publication: Publication) -> list[PublishedReport]:
    if publication.fiscal_year is None:
        return []
    columns = ReportColumn.of_plan(publication.plan)
    reports = (
        ProgressReport.objects.filter(
            row__action__plan=publication.plan,
            fiscal_year=publication.fiscal_year,
            period=publication.period,
            state=WorkState.CHECKED,
        )
        .select_related("row", "rating")
        .prefetch_related("row__departments__department")
    )
    return [
        PublishedReport(
            publication=publication,
            action_id=report.row.action_id,
            order=report.row.order,
            is_relisted=report.row.is_relisted,
            departments=frozen.freeze_departments(
                report.row.departments_in(publication.fiscal_year)
            ),
            cells=frozen.freeze_cells(report, columns),
            texts_by_site=report.texts_by_site,
            note=report.note,
        )
        for report in reports
    ]


def _freeze_legends(publication: Publication) -> dict[str, Any]:
    if publication.fiscal_year is None:
        return {}
    schemes = {
        subject: publication.plan.scheme_in(subject, publication.fiscal_year)
        for subject in PlanScheme.Subject.values
    }
    return {subject: frozen.freeze_legend(scheme) for subject, scheme in schemes.items() if scheme}


# --- Policy sheets and the review board -------------------------------------------------------


def _freeze_sheets(publication: Publication) -> list[PublishedSheet]:
    sheets = DepartmentPolicySheet.objects.filter(
        plan=publication.plan,
        fiscal_year=publication.year_shown,
        state=WorkState.CHECKED,
    )
    has_results = publication.fiscal_year is not None
    return [
        PublishedSheet(
            publication=publication,
            department=sheet.department,
            fiscal_year=sheet.fiscal_year,
            name=sheet.department.name,
            post=sheet.department.post,
            heading=sheet.heading,
            role=sheet.role,
            role_items=sheet.role_items,
            issues=[
                {
                    "number": issue.number,
                    "title": issue.title,
                    "issue": issue.issue,
                    "approach": issue.approach,
                    "result": issue.result if has_results else "",
                }
                for issue in sheet.priority_issues.all()
            ],
            result=sheet.result if has_results else "",
            texts_by_site=sheet.texts_by_site,
        )
        for sheet in sheets.select_related("department").prefetch_related("priority_issues")
    ]


def _freeze_comments(publication: Publication) -> list[PublishedComment]:
    """The board speaks of a whole year: its comments go with the year's end."""
    if publication.period != Period.YEAR_END:
        return []
    comments = ReviewComment.objects.filter(
        plan=publication.plan, fiscal_year=publication.fiscal_year, state=WorkState.CHECKED
    ).select_related("department")
    return [
        PublishedComment(
            publication=publication,
            departments=frozen.freeze_departments(
                [comment.department] if comment.department else []
            ),
            **{name: getattr(comment, name) for name in _COMMENT_COPIED},
        )
        for comment in comments
    ]


_COMMENT_COPIED = (
    "number",
    "basic_goal_id",
    "policy_id",
    "measure_id",
    "board",
    "commented_on",
    "comment",
    "answer",
    "answered_on",
    "texts_by_site",
)
