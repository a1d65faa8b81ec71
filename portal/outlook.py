"""Where an indicator leads if it goes on as it has: このペースだと, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from indicators.evaluation import Reason, to_decimal
from indicators.models import Indicator
from plans.models import Plan
from rounds.frozen import thaw_outcome
from rounds.models import PublishedIndicator
from rounds.published import Record
from rounds.visible import forecast_row

from . import figures
from .figures import Shown


@dataclass(frozen=True)
class ForecastShown:
    """The value expected in the target year; without one only `reason` says why."""

    year: str
    value: Shown | None
    meets: bool | None
    """Whether it would meet the target; None where that cannot be said."""
    target: Shown | None
    as_of: str
    """The last year that was taken in."""
    points: str
    """The years the line was drawn through."""
    reason: str


def forecast_of(plan: Plan, indicator: Indicator, record: Record) -> ForecastShown | None:
    """Return the forecast of the newest whole year published; None where forecasts are not
    public or there are no results yet."""
    row = forecast_row(plan, record)
    if row is None or row.computed is None:
        return None
    return _shown(plan, indicator, row, row.computed["forecast"])


def _shown(
    plan: Plan, indicator: Indicator, row: PublishedIndicator, forecast: dict[str, Any]
) -> ForecastShown:
    label = plan.municipality.year_label
    value = to_decimal(thaw_outcome(forecast["value"]), row.decimals)
    targets = [
        figures.target_shown(target, row, indicator.direction)
        for target in figures.targets_in_force(row)
        if target["fiscal_year"] == forecast["target_year"]
    ]
    return ForecastShown(
        year="" if forecast["target_year"] is None else label(forecast["target_year"]),
        value=figures.show(value, row.decimals, row.unit),
        meets=forecast["meets"],
        target=targets[0] if targets else None,
        as_of=label(row.publication.fiscal_year),
        points=_("、").join(label(year) for year in forecast["points"]),
        reason="" if forecast["reason"] is None else Reason(forecast["reason"]).label,
    )
