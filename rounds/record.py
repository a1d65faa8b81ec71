"""The one write path for publications: freezing what has been checked."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities.access import require_planner
from plans.models import Plan
from plans.record import ensure_in_force

from . import contents
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
    publication.legends = contents.legends_of(publication)
    publication.save()
    PublishedIndicator.objects.bulk_create(contents.indicators_of(publication))
    PublishedReport.objects.bulk_create(contents.reports_of(publication))
    PublishedSheet.objects.bulk_create(contents.sheets_of(publication))
    PublishedComment.objects.bulk_create(contents.comments_of(publication))
    return publication


def _plan_is_published(publication: Publication) -> bool:
    return (
        Publication.objects.effective(publication.effective_at)
        .filter(plan=publication.plan, kind=Publication.Kind.PLAN)
        .exists()
    )
