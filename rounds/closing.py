"""What is still open of a plan's year, for whoever is about to close it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from indicators.models import Actual, Judgement
from measures.models import DepartmentPolicySheet, ProgressReport, ReviewComment
from municipalities.days import month_words
from plans.choices import Period, WorkState
from plans.models import Plan, YearLock
from plans.record import lock_year

from .contents import contents_of
from .differences import differences_of
from .extent import Left, left_behind
from .models import Publication


@dataclass(frozen=True)
class Group:
    """The rows of one kind that have not been checked."""

    name: str
    rows: tuple[Left, ...]


@dataclass(frozen=True)
class Awaited:
    """A figure that is still to come; a closed year takes it. `month` says when it is due."""

    row: Left
    month: str
    is_overdue: bool


@dataclass(frozen=True)
class Closing:
    """What is open of a plan's year. `unpublished` says of each period that citizens do not read
    as it has been checked what they do not read."""

    plan: Plan
    lock: YearLock | None
    unchecked: tuple[Group, ...]
    unpublished: tuple[str, ...]
    awaited: tuple[Awaited, ...]

    @property
    def is_settled(self) -> bool:
        return not (self.unchecked or self.unpublished or self.awaited)


def closing_of(plan: Plan, fiscal_year: int) -> Closing:
    """Return what is open of a year. The number of queries depends neither on the number of
    indicators nor on that of reports."""
    actuals = Actual.objects.filter(
        series__in=plan.indicators.in_year(fiscal_year).values("series"), fiscal_year=fiscal_year
    )
    reports = ProgressReport.objects.filter(row__action__plan=plan, fiscal_year=fiscal_year)
    return Closing(
        plan=plan,
        lock=YearLock.objects.filter(plan=plan, fiscal_year=fiscal_year).first(),
        unchecked=_unchecked(plan, fiscal_year, actuals, reports),
        unpublished=tuple(_unpublished(plan, fiscal_year, actuals, reports)),
        awaited=tuple(_awaited(plan, actuals)),
    )


def _unchecked(
    plan: Plan, fiscal_year: int, actuals: QuerySet, reports: QuerySet
) -> tuple[Group, ...]:
    sheets = DepartmentPolicySheet.objects.filter(plan=plan, fiscal_year=fiscal_year)
    judgements = Judgement.objects.filter(indicator__plan=plan, fiscal_year=fiscal_year)
    comments = ReviewComment.objects.filter(plan=plan, fiscal_year=fiscal_year)

    def timed(title: Callable[[Any], Any]) -> Callable[[Any], str]:
        return lambda row: f"{title(row)}（{plan.period_name(row.period)}）"

    groups = (
        (actuals.select_related("series"), timed(lambda row: row.series)),
        (reports.select_related("row__action"), timed(lambda row: row.row.action)),
        (judgements.select_related("indicator__series"), timed(lambda row: row.indicator)),
        (sheets.select_related("department"), lambda row: row.department),
        (comments, lambda row: f"{row.number}（{row.board}）"),
    )
    found = [
        Group(str(rows.model._meta.verbose_name), left_behind(rows, title))
        for rows, title in groups
    ]
    found.insert(0, _not_entered(plan, fiscal_year))
    return tuple(group for group in found if group.rows)


def _not_entered(plan: Plan, fiscal_year: int) -> Group:
    """Return the indicators of which nobody has entered anything for the year's end."""
    entered = Actual.objects.filter(fiscal_year=fiscal_year, period=Period.YEAR_END)
    indicators = plan.indicators.in_year(fiscal_year).exclude(series__in=entered.values("series"))
    return Group(
        _("実績が未入力の指標"),
        tuple(
            Left(str(each), _("未入力"), "admin:indicators_indicator_change", each.pk)
            for each in indicators.select_related("series")
        ),
    )


def _unpublished(plan: Plan, fiscal_year: int, actuals: QuerySet, reports: QuerySet) -> list[str]:
    checked = {"state": WorkState.CHECKED}
    periods = {
        *actuals.filter(**checked).order_by().values_list("period", flat=True).distinct(),
        *reports.filter(**checked).order_by().values_list("period", flat=True).distinct(),
    }
    found = []
    for period in (each for each in Period.values if each in periods):
        publication = Publication(
            plan=plan,
            kind=Publication.Kind.PUBLIC,
            fiscal_year=fiscal_year,
            period=period,
            effective_at=timezone.now(),
        )
        differences = differences_of(publication, contents_of(publication))
        count = sum(
            len(part.new) + len(part.changed) + len(part.gone) for part in differences.parts
        )
        words = {"period": plan.period_name(period), "count": count}
        if differences.before is None:
            found.append(_("%(period)s：公表版がまだありません。") % words)
        elif count:
            found.append(_("%(period)s：%(count)d件が、公表中の内容と違います。") % words)
    return found


def _awaited(plan: Plan, actuals: QuerySet) -> list[Awaited]:
    today: date = timezone.localdate()
    rows = actuals.filter(value__isnull=True, expected_on__isnull=False)
    return [
        Awaited(
            Left(
                f"{row.series}（{plan.period_name(row.period)}）",
                row.get_state_display(),
                "admin:indicators_actual_change",
                row.pk,
            ),
            month_words(plan.municipality, row.expected_on),
            (row.expected_on.year, row.expected_on.month) < (today.year, today.month),
        )
        for row in rows.select_related("series").order_by("expected_on", "series__code")
    ]


@transaction.atomic
def close_years(plans: list[Plan], fiscal_year: int, *, by: Any, reason: str) -> list[YearLock]:
    """Close a year of some plans, all or none. Planners only; see `plans.record.lock_year`."""
    return [lock_year(plan, fiscal_year, by=by, reason=reason) for plan in plans]
