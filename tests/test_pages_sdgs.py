"""The list of a plan's Sustainable Development Goals, and their names wherever they are shown."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from measures.models import MeasureSdg
from municipalities.access import Role
from plans.choices import TitleSource
from plans.models import Plan, Policy, PolicySdg
from plans.sdgs import SDGS, sdg_name

from .admin_pages import address, filled_in, save, sign_in
from .factories import (
    make_field,
    make_goal,
    make_measure,
    make_municipality,
    make_plan,
    make_policy,
    make_user,
)
from .public_pages import open_page, publish_plan

pytestmark = pytest.mark.django_db
BASE = "/kita/sogo/"
LIST = BASE + "sdgs/"


@pytest.fixture
def plan() -> Plan:
    town = make_municipality("kita", name="きた市")
    return make_plan(town, "sogo", label_policy="政策", label_measure="施策")


@pytest.fixture
def policy(plan: Plan) -> Policy:
    return make_policy(plan, code="p", label="1", title="支え合い")


def test_there_are_seventeen_goals_with_names() -> None:
    assert list(SDGS) == list(range(1, 18))
    assert sdg_name(3) == "3 すべての人に健康と福祉を"
    assert sdg_name(99) == "99"


def test_goals_list_their_policies_and_measures_in_the_order_of_the_plan(
    client: Client, plan: Plan
) -> None:
    second = make_goal(plan, order=2)
    first = make_goal(plan, order=1)
    late = make_policy(plan, basic_goal=second, order=1, label="2", title="あと", code="b")
    early = make_policy(plan, field=make_field(first), basic_goal=first, order=2, label="1",
                        title="さき", code="a", title_source=TitleSource.WORKING)  # fmt: skip
    measure = make_measure(plan, policy=early, label="①", title="施策A", code="m")
    for policy in (late, early):
        PolicySdg.objects.create(policy=policy, number=3)
    MeasureSdg.objects.create(measure=measure, number=3)
    MeasureSdg.objects.create(measure=measure, number=17)
    publish_plan(plan)
    page = open_page(client, LIST)
    assert [heading.get_text() for heading in page.select("main h2")] == [
        "3 すべての人に健康と福祉を",
        "17 パートナーシップで目標を達成しよう",
    ]
    health = page.find(id="sdg-3").parent
    assert [(link.get_text(), link["href"]) for link in health.select("a")] == [
        ("政策 1 さき", f"{BASE}policies/a/"),
        ("施策 ① 施策A", f"{BASE}measures/m/"),
        ("政策 2 あと", f"{BASE}policies/b/"),
    ]
    assert "さき 仮題" in " ".join(health.get_text().split())
    without = page.find(string=lambda text: "関連の示されていない目標" in text)
    assert "1 貧困をなくそう、2 飢餓をゼロに、4 質の高い教育をみんなに" in without
    assert "3 すべて" not in without


def test_pages_name_their_goals_and_lead_to_the_list(
    client: Client, plan: Plan, policy: Policy
) -> None:
    measure = make_measure(plan, policy=policy, code="m")
    PolicySdg.objects.create(policy=policy, number=11)
    MeasureSdg.objects.create(measure=measure, number=4)
    publish_plan(plan)
    for path, name, anchor in (
        ("policies/p/", "11 住み続けられるまちづくりを", "sdg-11"),
        ("measures/m/", "4 質の高い教育をみんなに", "sdg-4"),
    ):
        link = open_page(client, BASE + path).find("a", string=name)
        assert link["href"] == f"{LIST}#{anchor}"
    assert open_page(client, BASE).find("a", href=LIST) is not None


def test_a_plan_without_goals_has_no_list_and_no_link(
    client: Client, plan: Plan, policy: Policy
) -> None:
    PolicySdg.objects.create(policy=policy, number=1)
    assert client.get(LIST).status_code == 404  # not published yet
    PolicySdg.objects.all().delete()
    publish_plan(plan)
    assert client.get(LIST).status_code == 404
    assert LIST not in client.get(BASE).content.decode()
    assert client.get("/kita/nothing/sdgs/").status_code == 404


def test_goals_of_another_plan_do_not_count(client: Client, plan: Plan) -> None:
    other = make_policy(make_plan(plan.municipality))
    PolicySdg.objects.create(policy=other, number=1)
    publish_plan(plan)
    assert client.get(LIST).status_code == 404
    assert LIST not in client.get(BASE).content.decode()


def test_queries_do_not_grow_with_the_plan(client: Client, plan: Plan) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(LIST).status_code == 200
        return len(captured)

    def grow(times: int) -> None:
        for _ in range(times):
            policy = make_policy(plan)
            PolicySdg.objects.create(policy=policy, number=1)
            MeasureSdg.objects.create(measure=make_measure(plan, policy=policy), number=2)

    grow(1)
    publish_plan(plan)
    few = count()
    grow(20)
    assert count() == few
    assert few <= 8


# --- The admin ---------------------------------------------------------------------------------


@pytest.fixture
def planner(plan: Plan) -> Client:
    return sign_in(make_user(Role.PLANNER, plan.municipality))


def test_planners_choose_goals_by_name(planner: Client, policy: Policy) -> None:
    PolicySdg.objects.create(policy=policy, number=3)
    url = address(Policy, "change", policy.pk)
    choice = open_page(planner, url).find("select", {"name": "sdgs-0-number"})
    chosen = [option.get_text() for option in choice.select("option[selected]")]
    assert chosen == ["3 すべての人に健康と福祉を"]
    data = filled_in(planner, url)
    assert save(planner, url, data | {"sdgs-0-number": "5"}) == []
    assert [tag.number for tag in policy.sdgs.all()] == [5]
    for nonsense in ("18", "abc", "", "9" * 40):
        assert save(planner, url, data | {"sdgs-0-number": nonsense}) != []
    assert [tag.number for tag in policy.sdgs.all()] == [5]


@pytest.mark.parametrize("model", [PolicySdg, MeasureSdg])
def test_lists_of_the_admin_show_and_filter_names(
    planner: Client, policy: Policy, model: type[PolicySdg | MeasureSdg]
) -> None:
    make_measure(policy.plan, policy=policy).sdgs.create(number=3)
    policy.sdgs.create(number=3)
    url = address(model, "changelist")

    def rows(query: str) -> list[str]:
        found = open_page(planner, url + query).select("#result_list .field-__str__")
        return [cell.get_text() for cell in found]

    assert rows("?number=3") == ["3 すべての人に健康と福祉を"]
    assert rows("?number=4") == []
    assert planner.get(url, {"number": "9" * 40}).status_code == 302
