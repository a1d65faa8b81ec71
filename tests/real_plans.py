"""The plans of fixtures/ that are taken from papers, and what is asked of them."""

from typing import Any

from indicators.models import Indicator, Target
from plans.models import Plan, PlanNode
from rounds.models import PublishedIndicator

FIXTURES = """
    rating_schemes gunma gunma_seikatsu gunma_ict_3 gunma_ict_4 isesaki isesaki_sogo
    konan konan_sogo mihon mihon_kihon_zenki mihon_kihon
""".split()  # noqa: SIM905


def plan_of(address: str) -> Plan:
    """Return the plan at "town/plan"."""
    municipality, slug = address.split("/")
    return Plan.objects.get(municipality__slug=municipality, slug=slug)


def node(model: type[PlanNode], address: str, code: str) -> Any:
    """Return what has a code among the goals, policies, measures or actions of a plan."""
    return model.objects.get(plan=plan_of(address), code=code)


def indicator(address: str, code: str) -> Indicator:
    """Return the indicator of a plan that has the code."""
    return Indicator.objects.get(plan=plan_of(address), code=code)


def only_target(address: str, code: str) -> Target:
    """Return the one target of an indicator."""
    return indicator(address, code).targets.get()


def printed(address: str, year: int, period: str, code: str) -> PublishedIndicator:
    """Return what citizens read about an indicator in a year."""
    return PublishedIndicator.objects.get(
        publication__plan=plan_of(address),
        publication__fiscal_year=year,
        publication__period=period,
        indicator__code=code,
    )
