"""Planners publish from the admin, having seen how much it is."""

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from plans.models import Plan
from rounds.models import Publication

from . import factories as make
from .admin_pages import address, sign_in
from .people import People, make_people


@pytest.fixture
def people(db: None) -> People:
    return make_people()


@pytest.fixture
def plan(people: People) -> Plan:
    """A plan with three indicators: one checked figure, one submitted, one missing."""
    plan = make.make_plan(people.kita)
    for state in ("checked", "submitted", None):
        indicator = make.make_indicator(plan)
        if state:
            make.make_actual(indicator.series, 2023, state=state)
    return plan


def send(client: Client, plan: Plan, **fields: str) -> str:
    """Send the form; who publishes has looked before."""
    data = {"kind": "plan", "mark": "final"} | fields
    data.setdefault("plan_id", str(plan.pk))
    data["plan"] = data.pop("plan_id")
    url = reverse("admin:rounds_publication_publish")
    if "publish" in data and "seen" not in data:
        page = BeautifulSoup(client.post(url, data | {"publish": ""}).content, "html.parser")
        data |= {box["name"]: box["value"] for box in page.select("input[name=seen]")}
    return client.post(url, data, follow=True).content.decode()


def test_a_planner_sees_the_extent_before_publishing(people: People, plan: Plan) -> None:
    planner = sign_in(people.planner)
    assert "公表する" in planner.get(address(Publication, "changelist")).content.decode()
    page = send(planner, plan, kind="public", fiscal_year="R5", period="year_end", preview="1")
    assert "3件" in page
    assert "未確認の1件は「未集計」として載ります。" in page
    assert not Publication.objects.exists()


def test_the_plan_then_its_year_are_published(people: People, plan: Plan) -> None:
    planner = sign_in(people.planner)
    year = {"kind": "public", "fiscal_year": "R5", "period": "year_end", "publish": "1"}
    assert "先に「計画の公表」" in send(planner, plan, **year)
    assert "を公表しました" in send(planner, plan, publish="1")
    assert "を公表しました" in send(planner, plan, **year)
    latest = Publication.objects.get(kind="public")
    assert (latest.published_by, latest.indicators.count()) == (people.planner, 3)


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "plan", "fiscal_year": "R5"},
        {"kind": "public", "fiscal_year": "", "period": "year_end"},
        {"kind": "plan", "mark": "correction"},
        {"kind": "nonsense"},
        {"kind": "plan", "effective_at_0": "abc", "effective_at_1": "99"},
        {"kind": "plan", "plan_id": "abc"},
    ],
)
def test_impossible_publications_are_explained(
    people: People, plan: Plan, fields: dict[str, str]
) -> None:
    page = send(sign_in(people.planner), plan, **({"publish": "1"} | fields))
    assert "まだ公表していません" in page
    assert not Publication.objects.exists()


def test_what_was_published_is_not_changed(people: People, plan: Plan) -> None:
    publication = make.make_publication(plan)
    for who in (people.planner, people.superuser):
        client = sign_in(who)
        for page in ("change", "delete"):
            url = address(Publication, page, publication.pk)
            assert client.post(url, {"post": "yes", "change_reason": "x"}).status_code == 403
        assert client.get(address(Publication, "add")).status_code == 403
