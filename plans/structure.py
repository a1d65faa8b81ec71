"""Removing parts of a plan: what a closed year reported does not disappear with them."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.utils import NestedObjects
from django.core.exceptions import ValidationError
from django.db import models, router
from django.utils.translation import gettext as _

from municipalities import fiscal_year as fiscal_years
from municipalities import record

from .models import Plan, YearLock


def remove_row(row: models.Model, *, by: Any, reason: str) -> None:
    """Delete a row of structure with everything below it, as `municipalities.record.remove_row`.

    Raises ValidationError where that would take along a figure, target, judgement or report of a
    fiscal year its plan has closed, or rows that are published.
    """
    if by is not None:
        record.require_writer(by, row, "delete")
    collector = NestedObjects(using=router.db_for_write(type(row)))
    collector.collect([row])
    if collector.protected:
        raise record.in_use(collector.protected)
    falling = [each for rows in collector.data.values() for each in rows]
    locks = YearLock.objects.filter(plan__in=_plans_of(row, falling))
    closed = {lock.fiscal_year for lock in locks}
    taken = {each.fiscal_year for each in falling if hasattr(each, "fiscal_year")} & closed
    if closed and not taken:  # a figure stays with its series, but nothing would keep it closed
        taken = {
            year
            for each in falling
            if hasattr(each, "years_with_figures")
            for year in each.years_with_figures(closed)
        }
    if taken:
        raise ValidationError(
            _("締め切られた%(year)sの実績・目標・評価・報告があるため、削除できません。")
            % {"year": fiscal_years.label(min(taken))},
            code="locked",
        )
    record.remove_row(row, by=by, reason=reason)


def _plans_of(row: models.Model, falling: list[models.Model]) -> set[int]:
    """Return the ids of the plans `row` and everything that falls with it belongs to."""
    plans = {each.pk for each in falling if isinstance(each, Plan)}
    plans |= {each.plan_id for each in falling if getattr(each, "plan_id", None)}
    above, plan, _town = (row.municipality_lookup or "").rpartition("plan__")
    if plan:  # a row deep in a plan, such as a line of its progress sheet
        found: Any = row
        for name in filter(None, (above + "plan").split("__")):
            found = getattr(found, name)
        plans.add(found.pk)
    return plans
