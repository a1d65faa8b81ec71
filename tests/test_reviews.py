"""What the review board said and what the municipality answered, as citizens read it."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from measures.models import Measure, ReviewComment
from municipalities.models import Municipality
from plans.choices import WorkState
from plans.models import Plan, Policy
from rounds.models import Publication

from . import factories as make
from .public_pages import open_page, publish_plan, publish_year

pytestmark = pytest.mark.django_db
PLAN = "/kita/sogo/"
REVIEWS = f"{PLAN}reviews/"


@pytest.fixture
def plan() -> Plan:
    plan = make.make_plan(make.make_municipality("kita", name="きた市"), "sogo")
    publish_plan(plan)
    return plan


@pytest.fixture
def policy(plan: Plan) -> Policy:
    goal = make.make_goal(plan, code="1", label="1", title="くらし")
    return make.make_policy(plan, code="1-1", label="1-1", title="健康", basic_goal=goal)


@pytest.fixture
def measure(policy: Policy) -> Measure:
    return make.make_measure(policy.plan, code="1-1-1", label="1-1-1", title="健診", policy=policy)


def said(plan: Plan, comment: str = "目標を見直すこと。", **fields: Any) -> ReviewComment:
    """Make a checked comment on a fiscal year, 2023 where none is given."""
    return make.make_comment(plan, comment=comment, **({"state": WorkState.CHECKED} | fields))


def told(url: str) -> list[str]:
    """Return the comments on a page in their order."""
    return [item.find("dd").p.text for item in open_page(Client(), url).select("li[id^=review-]")]


# --- What is shown ------------------------------------------------------------------------------


def test_a_comment_stands_with_board_day_answer_section_and_day_of_the_answer(
    plan: Plan, policy: Policy
) -> None:
    section = make.make_department(plan.municipality, "健康課")
    said(
        plan,
        "受診率を\n\n上げてほしい。",
        policy=policy,
        board="総合計画審議会",
        commented_on=date(2024, 8, 7),
        answer="休日にも行います。",
        department=section,
        answered_on=date(2024, 9, 10),
    )
    publish_year(plan)
    section.name = "健康づくり課"
    section.save()
    for url in (f"{PLAN}policies/1-1/", f"{PLAN}years/2023/", REVIEWS):
        item = open_page(Client(), url).select_one("li[id^=review-]")
        assert item.select_one(".node-label").text == "総合計画審議会（令和6年8月7日）"
        terms = [term.text for term in item.select("dt")]
        comment, answer = item.select("dd")
        assert terms == ["意見", "市の回答"]
        assert [part.text for part in comment.select("p")] == ["受診率を", "上げてほしい。"]
        assert answer.p.text == "休日にも行います。"
        note = "".join(answer.select_one(".note").text.split())
        assert note == "健康課（現：健康づくり課）（令和6年9月10日）"


def test_a_comment_without_answer_says_so(plan: Plan) -> None:
    said(plan, texts_by_site=True)
    publish_year(plan)
    item = open_page(Client(), PLAN).select_one("li[id^=review-]")
    assert item.select("dd")[1].text == "まだ回答がありません"
    assert "当サイトによる要約" in item.text


def test_the_plan_shows_what_was_said_of_the_whole_in_the_newest_year(
    plan: Plan, policy: Policy
) -> None:
    for year in (2021, 2022):
        said(plan, f"{year}年度の全体", fiscal_year=year)
        publish_year(plan, year)
    said(plan, "政策だけ", policy=policy)
    publish_year(plan, 2023)
    assert told(PLAN) == ["2022年度の全体"]
    found = open_page(Client(), PLAN)
    assert "令和4年度について" in [heading.text for heading in found.select("h3")]
    assert found.select_one(f'a[href="{REVIEWS}"]')
    assert found.select_one('.toc a[href="#reviews"]')


def test_the_plan_leads_to_comments_on_its_parts_where_there_are_no_others(
    plan: Plan, policy: Policy
) -> None:
    said(plan, policy=policy)
    publish_year(plan)
    assert told(PLAN) == []
    assert open_page(Client(), PLAN).select_one(f'a[href="{REVIEWS}"]')


def test_a_node_shows_its_own_comments_of_all_years_newest_first(
    plan: Plan, policy: Policy, measure: Measure
) -> None:
    for year in (2021, 2023, 2022):
        said(plan, f"政策 {year}", fiscal_year=year, policy=policy)
        said(plan, f"目標 {year}", fiscal_year=year, basic_goal=policy.basic_goal)
        publish_year(plan, year)
    said(plan, "施策", fiscal_year=2024, measure=measure)
    publish_year(plan, 2024)
    assert told(f"{PLAN}policies/1-1/") == ["政策 2023", "政策 2022", "政策 2021"]
    assert told(f"{PLAN}goals/1/") == ["目標 2023", "目標 2022", "目標 2021"]
    assert told(f"{PLAN}measures/1-1-1/") == ["施策"]
    make.make_measure(plan, code="1-1-2", policy=policy)
    assert "外部評価" not in open_page(Client(), f"{PLAN}measures/1-1-2/").text


def test_the_list_goes_by_year_and_by_the_order_of_the_plan(
    plan: Plan, policy: Policy, measure: Measure
) -> None:
    later = make.make_goal(plan, code="0", label="0", title="しごと")
    said(plan, "しごと", basic_goal=later, number=1)
    said(plan, "健診", measure=measure, number=2)
    said(plan, "健康の2", policy=policy, number=5)
    said(plan, "健康の1", policy=policy, number=4)
    said(plan, "全体", number=9)
    said(plan, "前の年", fiscal_year=2022)
    publish_year(plan, 2022)
    publish_year(plan, 2023)
    order = ["全体", "健康の1", "健康の2", "健診", "しごと"]
    assert told(f"{PLAN}years/2023/") == order
    assert told(REVIEWS) == [*order, "前の年"]
    found = open_page(Client(), REVIEWS)
    assert [each.text for each in found.select("h2")] == ["令和5年度について", "令和4年度について"]
    assert [each.text for each in found.select("h3")] == [
        "計画全体",
        "1-1 健康",
        "1-1-1 健診",
        "0 しごと",
        "計画全体",
    ]
    links = {link["href"] for link in found.select("h3 a, section > p > a")}
    assert links == {
        f"{PLAN}policies/1-1/",
        f"{PLAN}measures/1-1-1/",
        f"{PLAN}goals/0/",
        f"{PLAN}years/2023/",
        f"{PLAN}years/2022/",
    }
    assert all(Client().get(link).status_code == 200 for link in links)


@pytest.mark.parametrize(
    ("kind", "name", "label"),
    [
        (Municipality.Kind.CITY, "ひがし市", "市の回答"),
        (Municipality.Kind.CORE_CITY, "ひがし市", "市の回答"),
        (Municipality.Kind.DESIGNATED_CITY, "ひがし市", "市の回答"),
        (Municipality.Kind.TOWN, "ひがし町", "町の回答"),
        (Municipality.Kind.VILLAGE, "ひがし村", "村の回答"),
        (Municipality.Kind.SPECIAL_WARD, "ひがし区", "区の回答"),
        (Municipality.Kind.PREFECTURE, "ひがし県", "県の回答"),
        (Municipality.Kind.PREFECTURE, "ひがし府", "府の回答"),
        (Municipality.Kind.PREFECTURE, "ほっかい道", "道の回答"),
        (Municipality.Kind.PREFECTURE, "ひがし都", "都の回答"),
    ],
)
def test_the_answer_is_the_towns_the_villages_the_prefectures(
    kind: str, name: str, label: str
) -> None:
    town = make.make_municipality("higashi", name=name, kind=kind)
    plan = make.make_plan(town, "sogo")
    publish_plan(plan)
    said(plan)
    publish_year(plan)
    item = open_page(Client(), "/higashi/sogo/reviews/").select_one("li[id^=review-]")
    assert [term.text for term in item.select("dt")] == ["意見", label]


# --- What is not shown --------------------------------------------------------------------------


def test_without_comments_there_is_no_page_and_no_heading(plan: Plan) -> None:
    publish_year(plan)
    for url in (REVIEWS, "/kita/other/reviews/", "/nowhere/sogo/reviews/"):
        assert Client().get(url).status_code == 404
    for url in (PLAN, f"{PLAN}years/2023/"):
        assert "外部評価" not in open_page(Client(), url).text


def test_what_is_not_checked_or_only_for_the_council_stays_inside(
    plan: Plan, policy: Policy
) -> None:
    said(plan, "議会へ先に", policy=policy)
    publish_year(plan, kind=Publication.Kind.COUNCIL)
    assert Client().get(REVIEWS).status_code == 404
    for state in (WorkState.DRAFT, WorkState.SUBMITTED, WorkState.APPROVED):
        said(plan, f"{state}", state=state)
    publish_year(plan)
    assert told(REVIEWS) == told(f"{PLAN}years/2023/") == ["議会へ先に"]


def test_an_answer_is_public_once_it_is_published_anew(plan: Plan) -> None:
    comment = said(plan, "最初の意見")
    publish_year(plan)
    comment.answer, comment.comment = "見直します。", "改めた意見"
    comment.save()
    assert told(PLAN) == ["最初の意見"]
    assert "まだ回答がありません" in open_page(Client(), PLAN).text
    publish_year(plan, mark=Publication.Mark.CORRECTION, reason="回答を加えました。")
    assert told(PLAN) == told(REVIEWS) == ["改めた意見"]
    assert "見直します。" in open_page(Client(), PLAN).text


def test_the_middle_of_a_year_and_later_publications_show_nothing(plan: Plan) -> None:
    said(plan)
    publish_year(plan, period="mid_year")
    assert Client().get(REVIEWS).status_code == 404
    later = timezone.now() + timedelta(days=1)
    publish_year(plan, effective_at=later)
    assert Client().get(REVIEWS).status_code == 404


def test_markup_in_a_comment_is_shown_as_written(plan: Plan) -> None:
    said(plan, "<b>太字</b>にすべき", answer="<script>x</script>")
    publish_year(plan)
    assert b"&lt;b&gt;" in Client().get(REVIEWS).content
    assert b"<script>x" not in Client().get(REVIEWS).content


def test_the_sample_town_is_marked_as_invented() -> None:
    plan = make.make_plan(make.make_municipality("mihon", is_sample=True), "sogo")
    publish_plan(plan)
    said(plan)
    publish_year(plan)
    assert open_page(Client(), "/mihon/sogo/reviews/").select_one(".overline .badge").text == "架空"


# --- Queries ------------------------------------------------------------------------------------


def test_queries_do_not_grow_with_comments(plan: Plan, measure: Measure) -> None:
    section = make.make_department(plan.municipality)
    policy, goal = measure.policy, measure.policy.basic_goal
    nodes = ("goals/1/", "policies/1-1/", "measures/1-1-1/")
    urls = [PLAN, *(f"{PLAN}{node}" for node in nodes), f"{PLAN}years/2023/", REVIEWS]

    def grow(count: int) -> None:
        answered = {"answer": "回答", "department": section}
        for _number in range(count):
            for target in ({}, {"measure": measure}, {"policy": policy}, {"basic_goal": goal}):
                said(plan, **target, **answered)
            said(plan, measure=make.make_measure(plan, policy=policy), **answered)
        publish_year(plan)

    grow(2)
    few = {url: _asked(url) for url in urls}
    grow(40)
    assert {url: _asked(url) for url in urls} == few
    assert few[REVIEWS] <= 5


def _asked(url: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert Client().get(url).status_code == 200
    return len(asked)
