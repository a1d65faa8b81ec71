"""A planner confirms the direction somebody proposed for an indicator."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import Client

from indicators.choices import Direction
from indicators.models import Indicator
from indicators.record import confirm_directions
from municipalities.access import Role
from plans.models import Plan

from . import factories as make
from .admin_pages import address, sign_in
from .people import People, make_people

LIST = "提案された向きを確認する"


@pytest.fixture
def people(db: None) -> People:
    return make_people()


@pytest.fixture
def plan(people: People) -> Plan:
    """Two indicators with a proposal, one without, one whose direction is stated."""
    plan = make.make_plan(people.kita)
    for name, direction, proposed in (
        ("道路", "unknown", "rising"),
        ("ごみ", "unknown", "falling"),
        ("人口", "unknown", ""),
        ("水道", "rising", "falling"),
    ):
        make.make_indicator(plan, name=name, direction=direction, proposed_direction=proposed)
    return plan


def directions(plan: Plan) -> dict[str, str]:
    return dict(plan.indicators.values_list("name", "direction"))


def confirm(client: Client, *indicators: Indicator) -> list[str]:
    """Choose the action for `indicators`; return what the page then says."""
    chosen = {"action": "confirm_directions", "_selected_action": [row.pk for row in indicators]}
    page = client.post(address(Indicator, "changelist"), chosen, follow=True)
    assert page.status_code == 200
    found = BeautifulSoup(page.content, "html.parser").select(".messagelist li")
    return [message.get_text(strip=True) for message in found]


def offers(client: Client) -> bool:
    return LIST in client.get(address(Indicator, "changelist")).content.decode()


def test_a_planner_confirms_what_was_proposed(people: People, plan: Plan) -> None:
    planner = sign_in(people.planner)
    assert offers(planner)
    assert confirm(planner, *plan.indicators.all()) == [
        "2件の向きを確認しました：道路、ごみ",
        "1件には向きの提案がありません：人口",
        "1件は向きが決まっているため、変えていません：水道",
    ]
    assert directions(plan) == {
        "道路": "rising",
        "ごみ": "falling",
        "人口": "unknown",
        "水道": "rising",
    }
    last = plan.indicators.get(name="道路").history.first()
    assert (last.history_user, last.history_change_reason) == (
        people.planner,
        "提案された向きを確認",
    )
    assert plan.indicators.get(name="人口").history.count() == 1
    assert confirm(planner, plan.indicators.get(name="道路")) == [
        "1件は向きが決まっているため、変えていません：道路"
    ]


def test_many_names_are_cut_short(people: People, plan: Plan) -> None:
    for number in range(12):
        make.make_indicator(plan, name=f"指標{number}", direction="unknown")
    (message,) = confirm(sign_in(people.planner), *plan.indicators.filter(name__startswith="指標"))
    assert message.startswith("12件には向きの提案がありません：指標0、")
    assert message.endswith("、ほか2件")


@pytest.mark.parametrize("who", ["entry", "colleague", "approver", "head", "reader"])
def test_who_does_not_plan_is_not_offered_it(people: People, plan: Plan, who: str) -> None:
    client, before = sign_in(getattr(people, who)), directions(plan)
    assert not offers(client)
    confirm(client, *plan.indicators.all())
    assert directions(plan) == before
    with pytest.raises(PermissionDenied):
        confirm_directions(plan.indicators.all(), by=getattr(people, who), reason="x")


def test_strangers_cannot(people: People, plan: Plan) -> None:
    before = directions(plan)
    own = make.make_indicator(
        make.make_plan(people.minami),
        name="みなみ",
        direction="unknown",
        proposed_direction="rising",
    )
    messages = confirm(sign_in(people.stranger), own, *plan.indicators.all())
    assert messages == ["1件の向きを確認しました：みなみ"]
    assert directions(plan) == before
    with pytest.raises(Http404):
        confirm_directions(plan.indicators.all(), by=people.stranger, reason="x")


def test_a_planner_who_only_reads_elsewhere_changes_nothing(people: People, plan: Plan) -> None:
    make.make_membership(people.stranger, Role.READER, people.kita)
    before = directions(plan)
    assert "企画担当だけができます" in confirm(sign_in(people.stranger), *plan.indicators.all())[0]
    assert directions(plan) == before


@pytest.mark.parametrize("direction", list(Direction))
def test_the_list_is_filtered_by_direction(
    people: People, plan: Plan, direction: Direction
) -> None:
    planner, url = sign_in(people.planner), address(Indicator, "changelist")
    page: Any = BeautifulSoup(planner.get(url).content, "html.parser")
    links = {
        link.get_text(strip=True): link["href"] for link in page.select("#changelist-filter a")
    }
    listed = planner.get(url + links[str(direction.label)]).context["cl"].result_list
    assert {row.name for row in listed} == {
        name for name, stored in directions(plan).items() if stored == direction
    }
