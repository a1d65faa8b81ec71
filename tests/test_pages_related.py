"""What a municipality's plans refer to, and who refers to them: list, plan page, admin."""

from io import StringIO

import pytest
from bs4 import BeautifulSoup
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from municipalities.access import Role
from plans.models import Plan, RelatedPlan

from .admin_pages import address, filled_in, save, sign_in
from .factories import (
    make_municipality,
    make_plan,
    make_policy,
    make_related_plan,
    make_user,
)
from .public_pages import open_page, publish_plans, tight

pytestmark = pytest.mark.django_db
LIST, PLAN = "/kita/related/", "/kita/sogo/"
KIND = RelatedPlan.Kind


@pytest.fixture
def plan() -> Plan:
    return make_plan(make_municipality("kita", name="きた市"), "sogo", title="総合計画")


def rows(page: BeautifulSoup) -> list[tuple[str, str, str]]:
    """Return heading, title and text of everything that is referred to."""
    return [
        (tight(row.find_previous("h2")), tight(row.dt), tight(row.dd))
        for row in page.select("dl.definitions > div")
    ]


def own(page: BeautifulSoup) -> list[str]:
    return [tight(node) for node in page.select("main > section > .tree > .node")]


# --- The list of a municipality ----------------------------------------------------------------


def test_plans_stand_by_tier_and_follow_each_other(client: Client, plan: Plan) -> None:
    child = make_plan(plan.municipality, "child", title="個別の計画", parent=plan)
    grandchild = make_plan(plan.municipality, "grand", title="実施計画", parent=child)
    before = make_plan(plan.municipality, "before", title="前期", order=0)
    child.predecessor = before
    child.save()
    hidden = make_plan(plan.municipality, "hidden", title="公表前", parent=plan)
    publish_plans(plan, child, grandchild, before)
    page = open_page(client, LIST)
    first, second = own(page)
    assert first.startswith("前期")
    assert "次の計画個別の計画" in first
    assert second.startswith("総合計画")
    nested = [tight(node.select_one(".node-title")) for node in page.select(".tree .tree > .node")]
    assert nested == ["個別の計画", "実施計画"]
    assert "前の計画前期" in second
    assert hidden.title not in page.get_text()


def test_a_child_of_an_unpublished_plan_stands_on_top(client: Client, plan: Plan) -> None:
    plan.parent = make_plan(plan.municipality, title="公表前")
    plan.save()
    make_related_plan(plan)
    publish_plans(plan)
    assert [text[:4] for text in own(open_page(client, LIST))] == ["総合計画"]


def test_plans_that_name_each_other_as_parents_are_shown_once(client: Client, plan: Plan) -> None:
    other = make_plan(plan.municipality, title="輪の計画", parent=plan)
    Plan.objects.filter(pk=plan.pk).update(parent=other)
    publish_plans(plan, other)
    titles = [tight(title) for title in open_page(client, LIST).select(".node-title")]
    assert sorted(titles) == ["総合計画", "輪の計画"]


def test_what_several_plans_refer_to_stands_there_once(client: Client, plan: Plan) -> None:
    other = make_plan(plan.municipality, "other", title="別の計画")
    policy = make_policy(plan, code="p", label="1", title="支え合い")
    same = {"title": "環境計画", "period_label": "令和2年度～"}
    make_related_plan(plan, tier="個別計画", note="本文に記載", **same).policies.add(policy)
    make_related_plan(other, tier="分野別", **same)
    make_related_plan(other, title="環境計画", period_label="令和7年度～")
    make_related_plan(plan, title="自治条例", kind=KIND.ORDINANCE)
    make_related_plan(plan, title="推進法", kind=KIND.LAW)
    make_related_plan(
        plan, title="県計画", kind=KIND.PARENT, start_fiscal_year=2020, end_fiscal_year=2024
    )
    publish_plans(plan, other)
    page = open_page(client, LIST)
    assert rows(page) == [
        ("上位計画", "県計画", "期間など：令和2年度～令和6年度総合計画から参照"),
        (
            "そのほかの計画",
            "環境計画",
            "期間など：令和2年度～位置づけ：個別計画、分野別"
            "総合計画から参照（1支え合い）本文に記載別の計画から参照",
        ),
        ("そのほかの計画", "環境計画", "期間など：令和7年度～別の計画から参照"),
        ("条例", "自治条例", "総合計画から参照"),
        ("法令等", "推進法", "総合計画から参照"),
    ]
    links = [link["href"] for link in page.select("dl.definitions a")]
    assert "/kita/sogo/policies/p/" in links
    assert "/kita/other/" in links


def test_a_plan_of_the_list_says_who_refers_to_it(client: Client, plan: Plan) -> None:
    other = make_plan(plan.municipality, "other", title="別の計画")
    neighbour = make_plan(make_municipality("minami", name="みなみ市"), "m", title="広域計画")
    make_related_plan(other, title="上の計画", linked_plan=plan)
    make_related_plan(neighbour, linked_plan=plan)
    publish_plans(plan, other, neighbour)
    page = open_page(client, LIST)
    assert rows(page) == []
    assert own(page)[0].endswith("別の計画から参照みなみ市広域計画から参照")
    assert page.find("a", href="/minami/m/") is not None


def test_rows_linked_to_the_same_plan_are_one_whatever_their_titles(
    client: Client, plan: Plan
) -> None:
    other = make_plan(plan.municipality, "other", title="別の計画")
    far = make_plan(make_municipality("minami"), "m", title="広域計画")
    far_too = make_plan(make_municipality("nishi"), "n", title="広域計画")
    make_related_plan(plan, title="広域計画", linked_plan=far)
    make_related_plan(other, title="みなみの計画", linked_plan=far)
    make_related_plan(other, title="広域計画", linked_plan=far_too)
    publish_plans(plan, other, far_too)
    page = open_page(client, LIST)
    assert [text for _heading, _title, text in rows(page)] == [
        "総合計画から参照別の計画から参照",
        "別の計画から参照",
    ]
    assert page.find("a", href="/minami/m/") is None  # not published
    assert page.find("a", href="/nishi/n/") is not None


def test_what_only_unpublished_plans_refer_to_is_not_told(client: Client, plan: Plan) -> None:
    make_related_plan(plan)
    hidden = make_plan(plan.municipality, title="公表前")
    make_related_plan(hidden, title="内緒の計画")
    make_related_plan(hidden, linked_plan=plan)
    publish_plans(plan)
    page = open_page(client, LIST)
    assert "内緒の計画" not in page.get_text()
    assert "公表前" not in page.get_text()
    assert "公表前" not in open_page(client, "/kita/sogo/").get_text()


def test_the_list_is_there_and_linked_where_it_says_something(client: Client, plan: Plan) -> None:
    assert client.get(LIST).status_code == 404
    publish_plans(plan)
    assert client.get(LIST).status_code == 404
    assert LIST not in client.get("/kita/").content.decode()
    assert LIST not in client.get("/kita/sogo/").content.decode()

    make_related_plan(plan, linked_plan=plan)  # of all things, itself
    for path in ("/kita/", "/kita/sogo/"):
        assert open_page(client, path).find("a", href=LIST) is not None
    assert client.get(LIST).status_code == 200


def test_two_plans_are_a_list_without_any_reference(client: Client, plan: Plan) -> None:
    publish_plans(plan, make_plan(plan.municipality))
    assert open_page(client, "/kita/").find("a", href=LIST) is not None
    assert len(own(open_page(client, LIST))) == 2


@pytest.mark.usefixtures("loaded_plans")
def test_the_shipped_plans_have_their_lists(client: Client) -> None:
    konan = rows(open_page(client, "/konan/related/"))
    assert len(konan) == 16
    mihon = open_page(client, "/mihon/related/")
    assert "みほん市みらい計画から参照" in tight(mihon.select_one(".tree .tree > .node"))


# --- The page of a plan ------------------------------------------------------------------------


def test_a_plan_names_the_plans_that_refer_to_it(client: Client, plan: Plan) -> None:
    other = make_plan(plan.municipality, "other", title="別の計画")
    for _ in range(2):
        make_related_plan(other, linked_plan=plan)
    publish_plans(plan, other)
    section = open_page(client, "/kita/sogo/").find(id="related").parent
    assert tight(section.p) == "この計画を参照している計画：別の計画"
    assert open_page(client, "/kita/other/").find(id="related").parent.select("ul > li")


# --- Queries -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("path", "most"), [(LIST, 4), (PLAN, 20)])
def test_queries_do_not_grow_with_plans_and_references(
    client: Client, plan: Plan, path: str, most: int
) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        return len(captured)

    def grow(times: int) -> None:
        for _ in range(times):
            other = make_plan(plan.municipality, parent=plan)
            make_related_plan(other, linked_plan=plan).policies.add(make_policy(other))
            make_related_plan(plan, linked_plan=other).policies.add(make_policy(plan))
            make_related_plan(plan)
            publish_plans(other)

    publish_plans(plan)
    grow(2)
    few = count()
    grow(20)
    assert count() == few
    assert few <= most


# --- The admin ---------------------------------------------------------------------------------


def test_planners_link_a_related_plan_with_policies_and_plans(client: Client, plan: Plan) -> None:
    planner = sign_in(make_user(Role.PLANNER, plan.municipality))
    other = make_plan(plan.municipality, "other", title="別の計画")
    row = make_related_plan(plan, title="べつ")
    policies = [make_policy(plan), make_policy(plan)]
    url = address(RelatedPlan, "change", row.pk)
    data = filled_in(planner, url)
    chosen = {"linked_plan": other.pk, "policies": [policy.pk for policy in policies]}
    assert save(planner, url, data | chosen) == []
    row.refresh_from_db()
    assert row.linked_plan == other
    assert list(row.policies.all()) == policies


def test_policies_of_another_plan_are_refused(client: Client, plan: Plan) -> None:
    planner = sign_in(make_user(Role.PLANNER, plan.municipality))
    row = make_related_plan(plan)
    foreign = make_policy(make_plan(plan.municipality))
    url = address(RelatedPlan, "change", row.pk)
    errors = save(planner, url, filled_in(planner, url) | {"policies": [foreign.pk]})
    assert "同じ計画の中から選んでください。" in errors
    assert list(row.policies.all()) == []


def test_check_data_finds_policies_of_another_plan(plan: Plan) -> None:
    make_related_plan(plan).policies.add(make_policy(plan))
    call_command("check_data", stdout=StringIO())
    make_related_plan(plan, title="まちがい").policies.add(
        make_policy(make_plan(plan.municipality))
    )
    said = StringIO()
    with pytest.raises(CommandError):
        call_command("check_data", stderr=said)
    assert "まちがい" in said.getvalue()
