"""Two lines of a revision table never contradict each other, through whichever door they come."""

from io import StringIO
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.http import Http404

from measures.lines import contradicting_lines, record_line, remove_line
from measures.models import Correspondence, Measure
from plans.models import Plan, Policy

from . import factories as make
from .admin_pages import address, filled_in, save, sign_in
from .people import People, make_people

SAME = "同じ対応がすでに登録されています（番号1）。"
NEW = "新設の項目には、前の計画の項目を対応させられません（番号1と矛盾）。"
DROPPED = "削除された項目は、新しい計画の項目と対応させられません（番号1と矛盾）。"


@pytest.fixture
def people(db: None) -> People:
    return make_people()


@pytest.fixture
def old(people: People) -> Plan:
    return make.make_plan(people.kita)


@pytest.fixture
def new(people: People, old: Plan) -> Plan:
    return make.make_plan(people.kita, predecessor=old)


@pytest.fixture
def nodes(new: Plan, old: Plan) -> dict[str, Measure | Policy]:
    return {
        "new_measure": make.make_measure(new),
        "new_policy": make.make_policy(new),
        "old_measure": make.make_measure(old),
        "old_policy": make.make_policy(old),
    }


PAIR = ("new_measure", "old_policy")
CONTRADICTIONS = [
    (PAIR, PAIR, SAME),
    (("new_measure",), ("new_measure",), SAME),
    (("old_policy",), ("old_policy",), SAME),
    (PAIR, ("new_measure",), NEW),
    (("new_measure",), PAIR, NEW),
    (PAIR, ("old_policy",), DROPPED),
    (("old_policy",), PAIR, DROPPED),
]
PEACE = [
    (PAIR, ("new_measure", "old_measure")),
    (PAIR, ("new_policy", "old_policy")),
    (PAIR, ("new_policy",)),
    (PAIR, ("old_measure",)),
    (("new_measure",), ("old_policy",)),
]


def line_of(new: Plan, old: Plan, nodes: dict[str, Any], sides: tuple[str, ...]) -> Correspondence:
    return Correspondence(new_plan=new, old_plan=old, **{side: nodes[side] for side in sides})


@pytest.mark.parametrize(("first", "second", "message"), CONTRADICTIONS)
def test_a_contradicting_line_is_refused(
    people: People, new: Plan, old: Plan, nodes: dict, first: Any, second: Any, message: str
) -> None:
    for by in (None, people.planner):
        Correspondence.objects.all().delete()
        kept = record_line(line_of(new, old, nodes, first), by=by)
        record_line(kept, by=by, reason="同じ行をもう一度")
        with pytest.raises(ValidationError, match=message):
            record_line(line_of(new, old, nodes, second), by=by)
        assert Correspondence.objects.get() == kept


@pytest.mark.parametrize(("first", "second"), PEACE)
def test_lines_that_go_together_are_kept(
    new: Plan, old: Plan, nodes: dict, first: Any, second: Any
) -> None:
    lines = [record_line(line_of(new, old, nodes, sides), by=None) for sides in (first, second)]
    assert [line.number for line in lines] == [1, 2]
    assert list(contradicting_lines()) == []


def test_what_is_new_beside_one_plan_may_come_from_another(
    people: People, new: Plan, old: Plan, nodes: dict
) -> None:
    record_line(line_of(new, old, nodes, ("new_measure",)), by=None)
    other = make.make_plan(people.kita)
    goal = make.make_goal(other)
    beside = Correspondence(
        new_plan=new, old_plan=other, new_measure=nodes["new_measure"], old_basic_goal=goal
    )
    assert record_line(beside, by=None).number == 2


def test_a_line_changed_into_a_contradiction_is_refused(new: Plan, old: Plan, nodes: dict) -> None:
    record_line(line_of(new, old, nodes, PAIR), by=None)
    line = record_line(line_of(new, old, nodes, ("new_policy", "old_policy")), by=None)
    line.new_policy, line.new_measure = None, nodes["new_measure"]
    with pytest.raises(ValidationError, match=SAME):
        record_line(line, by=None)


def test_a_plan_is_not_its_own_predecessor(new: Plan, nodes: dict) -> None:
    line = Correspondence(new_plan=new, old_plan=new, new_measure=nodes["new_measure"])
    with pytest.raises(ValidationError, match="別の計画"):
        record_line(line, by=None)


def test_only_planners_of_the_town_write_lines(
    people: People, new: Plan, old: Plan, nodes: dict
) -> None:
    line = line_of(new, old, nodes, PAIR)
    for who, refusal in (("entry", PermissionDenied), ("stranger", Http404)):
        with pytest.raises(refusal):
            record_line(line, by=getattr(people, who))
    record_line(line, by=people.planner)
    for who, refusal in (("entry", PermissionDenied), ("stranger", Http404)):
        with pytest.raises(refusal):
            remove_line(line, by=getattr(people, who), reason="x")
    remove_line(line, by=people.planner, reason="誤り")
    assert not Correspondence.objects.exists()


def test_the_plain_admin_refuses_it_too_and_numbers_lines(
    people: People, new: Plan, old: Plan, nodes: dict
) -> None:
    planner, url = sign_in(people.planner), address(Correspondence, "add")
    data = filled_in(planner, url) | {
        "new_plan": new.pk,
        "old_plan": old.pk,
        "new_measure": nodes["new_measure"].pk,
        "old_policy": nodes["old_policy"].pk,
    }
    assert save(planner, url, data) == []
    assert Correspondence.objects.get().number == 1
    assert save(planner, url, data) == [SAME]
    assert save(planner, url, data | {"old_policy": ""}) == [NEW]
    assert Correspondence.objects.count() == 1


@pytest.mark.parametrize(("first", "second", "message"), CONTRADICTIONS)
def test_check_data_finds_what_came_past_every_door(
    new: Plan, old: Plan, nodes: dict, first: Any, second: Any, message: str
) -> None:
    call_command("check_data", stdout=StringIO())
    for number, sides in enumerate((first, second), start=1):
        line = line_of(new, old, nodes, sides)
        line.number = number
        line.save()
    told = StringIO()
    with pytest.raises(CommandError):
        call_command("check_data", stderr=told, stdout=StringIO())
    assert message in told.getvalue()
