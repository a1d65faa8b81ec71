"""Planners enter what the review board said, answer it, and check many comments at once."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from measures.models import ReviewComment
from municipalities.history import Door
from plans.choices import WorkState
from plans.models import Plan, Policy

from . import factories as make
from .admin_pages import address, filled_in, save, sign_in
from .people import People, make_people

LIST = "/admin/measures/reviewcomment/"


@pytest.fixture
def people(db: None) -> People:
    return make_people()


@pytest.fixture
def plan(people: People) -> Plan:
    return make.make_plan(people.kita)


@pytest.fixture
def policy(plan: Plan) -> Policy:
    return make.make_policy(plan, label="1-1", title="健康", basic_goal=make.make_goal(plan))


@pytest.fixture
def planner(people: People) -> Client:
    return sign_in(people.planner)


def page(client: Client, url: str, **query: Any) -> BeautifulSoup:
    answer = client.get(url, query)
    assert answer.status_code == 200
    return BeautifulSoup(answer.content, "html.parser")


def listed(client: Client, **query: Any) -> set[str]:
    boxes = page(client, LIST, **query).select("[name=_selected_action]")
    return {box["value"] for box in boxes}


def check(client: Client, *comments: ReviewComment) -> Any:
    """Choose comments in the list, and confirm the page that shows them."""
    chosen = {"action": "workflow_check", "_selected_action": [each.pk for each in comments]}
    shown = BeautifulSoup(client.post(LIST, chosen, follow=True).content, "html.parser")
    seen = " ".join(box["value"] for box in shown.select("#move-form [name=seen]"))
    return client.post(LIST, chosen | {"post": "yes", "seen": seen}, follow=True)


# --- One comment --------------------------------------------------------------------------------


def test_a_comment_on_a_node_is_entered_from_its_plan(
    planner: Client, plan: Plan, policy: Policy
) -> None:
    alien = make.make_measure(make.make_plan(plan.municipality))
    link = f"{address(ReviewComment, 'add')}?plan={plan.pk}"
    assert link in planner.get(address(Plan, "change", plan.pk)).content.decode()
    offered = [option["value"] for option in page(planner, link).select("#id_about option")]
    assert offered == ["", f"basicgoal-{policy.basic_goal_id}", f"policy-{policy.pk}"]
    data = filled_in(planner, link) | {
        "fiscal_year": "令和5年度",
        "number": "1",
        "board": "審議会",
        "comment": "受診率を上げること。",
        "about": f"policy-{policy.pk}",
    }
    assert save(planner, link, data | {"about": f"measure-{alien.pk}"})
    assert save(planner, link, data) == []
    comment = ReviewComment.objects.get()
    assert (comment.plan, comment.target, comment.fiscal_year) == (plan, policy, 2023)
    url = address(ReviewComment, "change", comment.pk)
    data = filled_in(planner, url)
    assert data["about"] == f"policy-{policy.pk}"
    answer = {"answer": "進めます。", "about": f"basicgoal-{policy.basic_goal_id}"}
    assert save(planner, url, data | answer) == []
    comment.refresh_from_db()
    assert (comment.answer, comment.target, comment.policy) == (
        "進めます。",
        policy.basic_goal,
        None,
    )
    assert save(planner, url, filled_in(planner, url) | {"about": ""}) == []
    comment.refresh_from_db()
    assert comment.target == plan


@pytest.mark.parametrize("plan_id", ["", "x", "\0", "9" * 400])
def test_without_a_plan_only_the_whole_is_offered(
    people: People, planner: Client, plan_id: str
) -> None:
    url = f"{address(ReviewComment, 'add')}?plan={plan_id}"
    assert [option.text for option in page(planner, url).select("#id_about option")] == ["計画全体"]
    assert planner.post(url, {"plan": plan_id, "about": "policy-1"}).status_code == 200


def test_another_towns_plan_offers_nothing(people: People, planner: Client) -> None:
    abroad = make.make_goal(make.make_plan(people.minami), title="よその目標")
    url = f"{address(ReviewComment, 'add')}?plan={abroad.plan_id}"
    assert "よその目標" not in page(planner, url).text


# --- The list -----------------------------------------------------------------------------------


def test_the_list_is_narrowed_by_answer_year_and_board(planner: Client, plan: Plan) -> None:
    waiting = make.make_comment(plan, board="審議会")
    answered = make.make_comment(plan, board="評価委員会", answer="済み", fiscal_year=2022)
    assert listed(planner) == {str(waiting.pk), str(answered.pk)}
    for query in ({"answered": "no"}, {"fiscal_year": 2023}, {"board": "審議会"}):
        assert listed(planner, **query) == {str(waiting.pk)}
    assert listed(planner, answered="yes") == {str(answered.pk)}
    for query in ({"answered": "x"}, {"board": "\0"}, {"board": "ない会議"}):
        assert planner.get(LIST, query).status_code in {200, 302}


def test_no_filter_names_a_strangers_board(people: People, planner: Client, plan: Plan) -> None:
    make.make_comment(plan)
    make.make_comment(make.make_plan(people.minami), board="よその審議会")
    assert "よその審議会" not in page(planner, LIST).text


def test_many_comments_are_checked_at_once(people: People, planner: Client, plan: Plan) -> None:
    comments = [make.make_comment(plan) for _number in range(2)]
    done = make.make_comment(plan, state=WorkState.CHECKED)
    answer = check(planner, *comments, done)
    assert "公表すると市民に見えます" in answer.content.decode()
    assert "2件を確認済にしました" in answer.content.decode()
    for comment in comments:
        comment.refresh_from_db()
        last = comment.history.first()
        assert (comment.state, comment.version) == (WorkState.CHECKED, 2)
        assert (last.history_user, last.door) == (people.planner, Door.ADMIN)
        assert last.history_change_reason
    done.refresh_from_db()
    assert done.version == 1


def test_a_closed_year_is_not_checked_and_nothing_with_it(planner: Client, plan: Plan) -> None:
    free = make.make_comment(plan, fiscal_year=2024)  # the list begins with it
    closed = make.make_comment(plan, fiscal_year=2023)
    make.make_lock(plan, 2023)
    assert "締め切られている" in check(planner, free, closed).content.decode()
    assert set(ReviewComment.objects.values_list("state", flat=True)) == {WorkState.DRAFT}


@pytest.mark.parametrize("who", ["entry", "approver", "reader", "stranger"])
def test_nobody_else_checks_comments(people: People, plan: Plan, who: str) -> None:
    comment = make.make_comment(plan)
    client = sign_in(getattr(people, who))
    check(client, comment)
    comment.refresh_from_db()
    assert comment.state == WorkState.DRAFT
    expected = 404 if who == "stranger" else 200
    assert client.get(address(ReviewComment, "change", comment.pk)).status_code == expected
