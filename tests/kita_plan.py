"""きた市総合計画 at /kita/sogo/, the plan most public pages are tested with."""

from collections.abc import Iterable
from typing import Any

from indicators.models import Indicator
from plans.models import Band, Plan, RatingScheme

from .factories import (
    make_indicator,
    make_municipality,
    make_plan,
    make_scheme,
    make_series,
    make_target,
)

TOP, PAGE = "/kita/sogo/", "/kita/sogo/indicators/1/"  # of the plan, of its indicator 1
# symbol, label, tone, test, threshold, score
BANDS = [
    ("A", "達成", "good", "rate_at_least", 100, 3),
    ("B", "順調", "fair", "rate_at_least", 50, 1),
    ("C", "遅れ", "poor", "otherwise", None, 0),
]


def make_kita_plan(**fields: Any) -> Plan:
    """きた市総合計画 with nothing in it; nothing is published."""
    town = make_municipality("kita", name="きた市")
    return make_plan(town, "sogo", title="きた市総合計画", **fields)


def make_users(plan: Plan) -> Indicator:
    """利用者数: 100人 in FY2019, 200人 promised for FY2029; code 1."""
    series = make_series(plan.municipality, name="利用者数", source="利用統計")
    indicator = make_indicator(plan, series, code="1")
    make_target(indicator)
    return indicator


def judged_by_rule(
    plan: Plan, bands: Iterable[tuple[Any, ...]] = BANDS, **fields: Any
) -> RatingScheme:
    """Give a plan a computed scheme: by default progress against the final target."""
    options = {"chosen_by_people": False, "formula": "progress", "name": "きた市の方式"}
    scheme = make_scheme(symbols="", plan=plan, **(options | fields))
    for order, (symbol, label, tone, test, threshold, score) in enumerate(bands, start=1):
        Band.objects.create(
            scheme=scheme,
            order=order,
            symbol=symbol,
            label=label,
            tone=tone,
            test=test,
            threshold=threshold,
            score=score,
        )
    return scheme
