"""The write path of plans that follow another: each fiscal year is reported by one of them.

Only here is known all that a plan keeps of a year. `plans.record.ensure_in_force` refuses new rows
of a year that has been taken over; this refuses taking over years in which there are some.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from indicators.models import Judgement
from measures.models import DepartmentPolicySheet, ProgressReport, ReviewComment
from municipalities import fiscal_year as fiscal_years
from municipalities import record
from plans.models import Plan

from .models import Publication

# What belongs to a fiscal year of a plan. Targets are promises made before, figures those of a
# series: neither has to go.
KEPT_BY_YEAR: tuple[type[models.Model], ...] = (
    ProgressReport,
    DepartmentPolicySheet,
    ReviewComment,
    Judgement,
    Publication,
)


def check_plan(plan: Plan, *, by: Any) -> None:
    """Raise where `by` may not write this plan, it is not valid, or it is no draft and takes over
    years of which the plan before it keeps reports, judgements or publications."""
    record.check_row(plan, by=by)
    if plan.stage == Plan.Stage.DRAFT or plan.predecessor is None or plan.takes_over_from is None:
        return
    kinds, years = [], set()
    for model in KEPT_BY_YEAR:
        rows = model._default_manager.filter(
            **{_way(model): plan.predecessor}, fiscal_year__gte=plan.takes_over_from
        )
        found = set(rows.order_by().values_list("fiscal_year", flat=True).distinct())
        if found:
            kinds.append(str(model._meta.verbose_name))
            years |= found
    if years:
        message = _(
            "前の計画に%(years)sの行（%(kinds)s）があるため、この年度からは引き継げません。"
            "引き継ぐ年度を改めるか、先にそれらの行を消してください（公表したものは消せません）。"
        )
        words = "、".join(map(fiscal_years.label, sorted(years)))
        raise ValidationError(
            {"takes_over_from": message % {"years": words, "kinds": "、".join(kinds)}},
            code="reported",
        )


@transaction.atomic
def record_plan(plan: Plan, *, by: Any, reason: str = "") -> Plan:
    """Check and save a plan (a new or changed instance), with its history."""
    check_plan(plan, by=by)
    return record.record_row(plan, by=by, reason=reason)


def taken_over_rows() -> Iterator[models.Model]:
    """Yield every row of a fiscal year in which another plan has taken over from its own: none, in
    a database that obeys the rules. The number of queries does not depend on the rows."""
    for model in KEPT_BY_YEAR:
        successors = Plan.objects.in_force().filter(
            predecessor=OuterRef(_way(model)), takes_over_from__lte=OuterRef("fiscal_year")
        )
        yield from model._default_manager.filter(Exists(successors))


def _way(model: Any) -> str:
    """Return the lookup that leads from a row to its plan."""
    return model.municipality_lookup.removesuffix("__municipality")
