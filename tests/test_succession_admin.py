"""Planners start the next plan or a revised edition from the page of the plan it follows."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from plans.models import Plan

from . import factories as make
from .admin_pages import address, filled_in, save, sign_in
from .people import People, make_people


@pytest.fixture
def people(db: None) -> People:
    return make_people()


@pytest.fixture
def plan(people: People) -> Plan:
    """A plan of 2020 to 2029 with two goals, a policy and an indicator."""
    plan = make.make_plan(people.kita, "sogo", title="総合計画")
    goals = [make.make_goal(plan, title=title) for title in ("くらし", "しごと")]
    make.make_policy(plan, basic_goal=goals[0], title="子育て")
    make.make_indicator(plan)
    return plan


def screen(plan: Plan, kind: str = "revision") -> str:
    return f"{reverse('admin:plans_plan_successor', args=[plan.pk])}?kind={kind}"


def form_of(client: Client, plan: Plan, kind: str = "revision") -> dict[str, Any]:
    """Return what the screen would send if nothing were touched."""
    data = filled_in(client, screen(plan, kind))
    goals = [str(goal.pk) for goal in plan.basicgoal_set.all()]
    parts = ["goals", "policies", "measures", "actions", "indicators", "targets", "settings"]
    return data | {"parts": parts, "goals": goals}


def test_the_page_of_a_plan_leads_there(people: People, plan: Plan) -> None:
    planner = sign_in(people.planner)
    page = planner.get(address(Plan, "change", plan.pk)).content.decode()
    assert reverse("admin:plans_plan_successor", args=[plan.pk]) in page
    page = sign_in(people.reader).get(address(Plan, "change", plan.pk)).content.decode()
    assert reverse("admin:plans_plan_successor", args=[plan.pk]) not in page


@pytest.mark.parametrize(
    ("kind", "proposed"),
    [
        ("revision", {"edition": "改訂版", "slug": "sogo-kaitei", "end_fiscal_year": "2029"}),
        (
            "next",
            {
                "edition": "",
                "slug": "sogo-2",
                "takes_over_from": "2030",
                "start_fiscal_year": "2030",
                "end_fiscal_year": "2039",
            },
        ),
    ],
)
def test_the_form_begins_with_a_proposal(
    people: People, plan: Plan, kind: str, proposed: dict[str, str]
) -> None:
    data = filled_in(sign_in(people.planner), screen(plan, kind))
    assert data["title"] == "総合計画"
    assert {name: data[name] for name in proposed} == proposed


def test_a_proposed_address_is_free(people: People, plan: Plan) -> None:
    make.make_plan(people.kita, "sogo-kaitei")
    assert filled_in(sign_in(people.planner), screen(plan))["slug"] == "sogo-kaitei-2"


def test_the_extent_is_shown_before_anything_is_made(people: People, plan: Plan) -> None:
    planner = sign_in(people.planner)
    data = form_of(planner, plan) | {"preview": "1", "takes_over_from": "R7"}
    page = planner.post(screen(plan), data).content.decode()
    assert "写される件数" in page
    assert '<th scope="row">基本目標</th><td>2件</td>' in page
    assert '<th scope="row">分野・政策</th><td>1件</td>' in page
    assert '<th scope="row">用語</th><td>0件</td>' in page
    assert Plan.objects.count() == 1


def test_a_draft_is_made_and_the_next_steps_are_said(people: People, plan: Plan) -> None:
    planner = sign_in(people.planner)
    data = form_of(planner, plan) | {"create": "1", "takes_over_from": "令和7年度"}
    data["goals"] = data["goals"][:1]
    answer = planner.post(screen(plan), data, follow=True)
    new = Plan.objects.get(slug="sogo-kaitei")
    assert answer.redirect_chain == [(address(Plan, "change", new.pk), 302)]
    assert (new.stage, new.takes_over_from, new.predecessor) == ("draft", 2025, plan)
    assert [goal.title for goal in new.basicgoal_set.all()] == ["くらし"]
    assert new.history.get().door == "admin"
    page = answer.content.decode()
    assert "素案としてつくりました。まだ公開されていません。" in page
    assert f"{reverse('admin:measures_correspondence_changelist')}?plan={new.pk}" in page
    assert planner.get(f"{address(Plan, 'change', new.pk)}").status_code == 200
    lines = f"{reverse('admin:measures_correspondence_changelist')}?plan={new.pk}"
    assert planner.get(lines).status_code == 200


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("slug", "sogo", "このアドレス名の計画がすでにあります。"),
        ("slug", "admin", "当サイトのページが使うアドレス"),
        ("slug", "a\0b", ""),
        ("takes_over_from", "2020", "前の計画が始まった年度より後"),
        ("takes_over_from", "来年", ""),
        ("takes_over_from", "9" * 30, ""),
        ("end_fiscal_year", "2021", "この計画の終了年度以前"),
        ("title", "", ""),
        ("parts", ["everything"], ""),
        ("goals", ["999999"], ""),
    ],
)
def test_what_is_wrong_stands_beside_the_field_and_nothing_typed_is_lost(
    people: People, plan: Plan, field: str, value: Any, message: str
) -> None:
    planner = sign_in(people.planner)
    data = form_of(planner, plan) | {"create": "1", "takes_over_from": "2025", "reason": "見直し"}
    errors = save(planner, screen(plan), data | {field: value})
    assert any(message in error for error in errors)
    page = planner.post(screen(plan), data | {field: value}).content.decode()
    assert "まだつくっていません" in page
    assert 'value="見直し"' in page
    assert Plan.objects.count() == 1


@pytest.mark.parametrize(("person", "status"), [("entry", 403), ("reader", 403), ("stranger", 404)])
def test_others_do_not_get_there(people: People, plan: Plan, person: str, status: int) -> None:
    client = sign_in(getattr(people, person))
    assert client.get(screen(plan)).status_code == status
    assert client.post(screen(plan), {"create": "1"}).status_code == status
    assert Plan.objects.count() == 1


def test_an_unknown_kind_is_not_found(people: People, plan: Plan) -> None:
    assert sign_in(people.planner).get(screen(plan, "\0")).status_code == 404


def test_putting_it_in_force_says_what_changes_and_what_does_not(
    people: People, plan: Plan
) -> None:
    new = make.make_plan(
        people.kita, "shin", title="新計画", predecessor=plan, takes_over_from=2025, stage="draft"
    )
    planner = sign_in(people.planner)
    url = address(Plan, "change", new.pk)
    assert save(planner, url, filled_in(planner, url) | {"stage": "current"}) == []
    page = planner.get(url).content.decode()
    assert "令和7年度からの報告・評価・公表は「新計画」で行います。" in page
    assert "「計画の公表」をするまで公開されません" in page
    plan.refresh_from_db()
    assert plan.stage == "current"


def test_years_already_reported_are_refused_beside_the_field(people: People, plan: Plan) -> None:
    make.make_report(make.make_row(make.make_action(plan)), fiscal_year=2025)
    new = make.make_plan(people.kita, "shin", predecessor=plan, takes_over_from=2025, stage="draft")
    planner = sign_in(people.planner)
    url = address(Plan, "change", new.pk)
    errors = save(planner, url, filled_in(planner, url) | {"stage": "current"})
    assert any("前の計画に令和7年度の行（進捗の報告）がある" in error for error in errors)
    new.refresh_from_db()
    assert new.stage == "draft"
