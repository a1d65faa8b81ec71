"""A list of what needs explaining is reprinted as it was handed out, whatever is stated later."""

import pytest

from indicators.choices import Direction
from indicators.models import Indicator
from plans.models import Plan
from rounds.explained import facts_of
from rounds.models import Publication

from . import factories as make
from .public_pages import publish_plan, publish_year

pytestmark = pytest.mark.django_db


def told(publication: Publication) -> list[tuple[object, ...]]:
    return [
        (facts.course.direction, tuple(facts.course.breaks), facts.course.baseline_is_average)
        for facts in facts_of(publication, None)
    ]


def test_direction_and_breaks_are_those_of_the_day() -> None:
    plan: Plan = make.make_plan()
    indicator = make.make_indicator(plan)
    make.make_target(indicator)
    make.make_break(indicator.series, 2021)
    make.make_actual(indicator.series, 2023, 90)
    publish_plan(plan)
    council = publish_year(plan, kind=Publication.Kind.COUNCIL)
    before = told(council)
    assert before == [("rising", (2021,), False)]
    Indicator.objects.update(direction=Direction.FALLING, baseline_is_average=True)
    make.make_break(indicator.series, 2023)
    assert told(Publication.objects.get(pk=council.pk)) == before
    later = publish_year(plan, kind=Publication.Kind.COUNCIL)
    assert told(later) == [("falling", (2021, 2023), True)]
