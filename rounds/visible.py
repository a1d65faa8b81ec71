"""What of a published row its plan lets citizens see: rates, the computed judgement, the trend,
the forecast. Pages and files ask here, so that neither says more than the other."""

from __future__ import annotations

from typing import Any

from indicators.evaluation import Rate, Reason
from plans.choices import Period, Visibility
from plans.models import Plan

from .frozen import thaw_rate
from .models import PublishedIndicator
from .published import Record

RATES = ("progress", "achievement")


def public_rates(plan: Plan, row: PublishedIndicator) -> dict[str, Rate]:
    """Return the frozen rates of a year by name, those without a figure with their reason; {}
    where the plan does not show rates, or the year is not rated."""
    if plan.show_rates != Visibility.PUBLIC:
        return {}
    rates = {name: thaw_rate(row.rates.get(name)) for name in RATES}
    return {name: rate for name, rate in rates.items() if rate is not None}


def public_verdict(plan: Plan, row: PublishedIndicator) -> dict[str, Any] | None:
    """Return the frozen computed judgement of a year; None where the plan does not make it
    public, has no scheme or one that people choose by, or the year is not over (its middle is
    never judged)."""
    if not _is_computed(plan, row):
        return None
    verdict = row.computed["verdict"]
    return None if verdict is None or verdict["reason"] == Reason.CHOSEN_BY_PEOPLE else verdict


def public_trend(plan: Plan, row: PublishedIndicator) -> dict[str, Any] | None:
    """Return how a whole year stands against the one before, as it was frozen; None where computed
    judgements are not public."""
    return row.computed["trend"] if _is_computed(plan, row) else None


def _is_computed(plan: Plan, row: PublishedIndicator) -> bool:
    return bool(
        plan.show_computed_judgement == Visibility.PUBLIC
        and row.computed
        and row.publication.period != Period.MID_YEAR
    )


def forecast_row(plan: Plan, record: Record) -> PublishedIndicator | None:
    """Return the row whose forecast counts, that of the newest whole year published; None where
    forecasts are not public or there are no results yet."""
    rows = [row for row in record.years if row.computed]
    whole = [row for row in rows if row.publication.period != Period.MID_YEAR]
    if plan.show_forecast != Visibility.PUBLIC or not rows:
        return None
    return (whole or rows)[-1]
