"""What a publication holds: the rows of a plan's year as they would be handed out.

`record.publish` saves the checked ones. A report on the work takes rows of every state, unsaved:
so it shows what publishing everything would print.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import JSONField, Model, Q, QuerySet

from indicators import judging
from indicators.choices import Accumulation, MissingReason
from indicators.evaluation import to_decimal
from indicators.judging import CHECKED, Judged
from indicators.models import Actual, Indicator
from indicators.models.series import MAX_DECIMALS
from measures.models import DepartmentPolicySheet, ProgressReport, ReportColumn, ReviewComment
from plans.choices import Period, WorkState
from plans.models import PlanScheme

from . import frozen
from .models import (
    Publication,
    PublishedComment,
    PublishedIndicator,
    PublishedReport,
    PublishedSheet,
)

EVERY_STATE = frozenset(WorkState.values)
States = Collection[str]


@dataclass(frozen=True)
class Contents:
    """All rows of one publication."""

    indicators: list[PublishedIndicator]
    reports: list[PublishedReport]
    sheets: list[PublishedSheet]
    comments: list[PublishedComment]

    @property
    def rows(self) -> list[Model]:
        return [*self.indicators, *self.reports, *self.sheets, *self.comments]


def contents_of(publication: Publication) -> Contents:
    """Return what publishing freezes, unsaved. A constant number of queries."""
    return Contents(
        indicators_of(publication),
        reports_of(publication),
        sheets_of(publication),
        comments_of(publication),
    )


def values_of(row: Model) -> dict[str, Any]:
    """Return what a row of a publication says, by the name of its column; documents as they come
    back from the database."""
    return {
        field.attname: json.loads(json.dumps(getattr(row, field.attname)))
        if isinstance(field, JSONField)
        else getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if field.name not in {"id", "publication"}
    }


# --- Indicators -------------------------------------------------------------------------------


def indicators_of(
    publication: Publication, states: States = CHECKED, *, with_outlook: bool = True
) -> list[PublishedIndicator]:
    """Return the indicators of a publication with what is said of them in its year; without year
    what was promised. Each row names in `state` how far its figure has come, "" without one.

    `with_outlook` False leaves out trend and forecast.
    """
    plan, year = publication.plan, publication.fiscal_year
    indicators = with_sections(Indicator.objects.filter(plan=plan))
    if year is None:
        coming = Q(first_fiscal_year__gt=publication.year_shown)
        return [_promise(publication, indicator) for indicator in indicators.exclude(coming)]
    return results_of(publication, indicators.in_year(year), states, with_outlook=with_outlook)


def with_sections(indicators: QuerySet[Indicator]) -> Any:
    """Return the queryset with all a row is made of."""
    return judging.with_relations(indicators).prefetch_related("responsibilities__department")


def results_of(
    publication: Publication,
    indicators: Any,
    states: States = CHECKED,
    *,
    with_outlook: bool = True,
) -> list[PublishedIndicator]:
    """Return rows of a year for `indicators`, which are `with_sections`."""
    plan, year, period = publication.plan, publication.fiscal_year, publication.period
    actuals = {
        actual.series_id: actual
        for actual in Actual.objects.filter(
            series__in=plan.indicators.values("series"),
            fiscal_year=year,
            period=period,
            state__in=states,
        )
    }
    return [
        _result(publication, judged, actuals.get(judged.indicator.series_id), with_outlook)
        for judged in judging.judge_plan(plan, year, period, states=states, indicators=indicators)
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


def _result(
    publication: Publication, judged: Judged, actual: Actual | None, with_outlook: bool
) -> PublishedIndicator:
    """Return the promise with the year's figure, or why there is none, and what is said of it."""
    row, series = _promise(publication, judged.indicator), judged.indicator.series
    if actual is None:
        row.missing_reason = MissingReason.NOT_COMPILED
    else:
        for name in _COPIED:
            setattr(row, name, getattr(actual, name))
        row.state = actual.state
        row.source = actual.source or series.source
        row.source_url = actual.source_url or series.source_url
    if series.accumulation == Accumulation.SUM and judged.period != Period.MID_YEAR:
        row.total = to_decimal(judged.course.actual(judged.fiscal_year), MAX_DECIMALS)
    row.rates = {name: frozen.freeze_rate(rate) for name, rate in judged.rates.items()}
    row.judgements = [frozen.freeze_judgement(judgement) for judgement in judged.judgements]
    row.computed = frozen.freeze_computed(judged, with_outlook=with_outlook)
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


def reports_of(
    publication: Publication, states: States = CHECKED, *, whole_form: bool = False
) -> list[PublishedReport]:
    """Return the reports of a publication; with the columns that are not public too where
    `whole_form`. Each names in `state` how far it has come."""
    if publication.fiscal_year is None:
        return []
    columns = ReportColumn.of_plan(publication.plan)
    if not whole_form:
        columns = [column for column in columns if column.is_public]
    reports = (
        ProgressReport.objects.filter(
            row__action__plan=publication.plan,
            fiscal_year=publication.fiscal_year,
            period=publication.period,
            state__in=states,
        )
        .select_related("row", "rating")
        .prefetch_related("row__departments__department")
    )
    return [
        _with_state(
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
            ),
            report.state,
        )
        for report in reports
    ]


def _with_state(row: Any, state: str) -> Any:
    row.state = state
    return row


def legends_of(publication: Publication) -> dict[str, Any]:
    """Return the classes in force in the year of a publication, by subject, and who saw then what
    is computed."""
    if publication.fiscal_year is None:
        return {}
    schemes = {
        subject: publication.plan.scheme_in(subject, publication.fiscal_year)
        for subject in PlanScheme.Subject.values
    }
    legends = {
        subject: frozen.freeze_legend(scheme) for subject, scheme in schemes.items() if scheme
    }
    shown = {name: getattr(publication.plan, name) for name in _VISIBILITY}
    return legends | {SHOWN: shown}


SHOWN = "shown"
_VISIBILITY = ("show_rates", "show_computed_judgement")


# --- Policy sheets and the review board -------------------------------------------------------


def sheets_of(publication: Publication, states: States = CHECKED) -> list[PublishedSheet]:
    """Return the policy sheets of a publication. Each names in `state` how far it has come."""
    sheets = DepartmentPolicySheet.objects.filter(
        plan=publication.plan,
        fiscal_year=publication.year_shown,
        state__in=states,
    )
    has_results = publication.fiscal_year is not None
    return [
        _with_state(
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
            ),
            sheet.state,
        )
        for sheet in sheets.select_related("department").prefetch_related("priority_issues")
    ]


def comments_of(publication: Publication, states: States = CHECKED) -> list[PublishedComment]:
    """Return the review board's comments: it speaks of whole years, so with the year's end."""
    if publication.period != Period.YEAR_END:
        return []
    comments = ReviewComment.objects.filter(
        plan=publication.plan, fiscal_year=publication.fiscal_year, state__in=states
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
