"""The revision table on the public page and as staff see it before anything is published."""

import re
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from measures.models import Correspondence
from plans.models import Plan

from .admin_pages import address, sign_in
from .factories import (
    make_action,
    make_correspondence,
    make_field,
    make_goal,
    make_measure,
    make_plan,
    make_policy,
)
from .people import People, make_people
from .public_pages import open_page, publish_plans, tight

pytestmark = pytest.mark.django_db
PAGE = "/kita/koki/revision/"


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.fixture
def old(people: People) -> Plan:
    return make_plan(people.kita, "zenki", title="前期計画")


@pytest.fixture
def new(people: People, old: Plan) -> Plan:
    return make_plan(people.kita, "koki", title="後期計画", predecessor=old)


@pytest.fixture
def line(new: Plan, old: Plan) -> Correspondence:
    """見守りの推進 of the new plan, 見守りの充実 of the old one."""
    return make_correspondence(
        new,
        old,
        new_measure=make_measure(new, code="n", label="①", title="見守りの推進", summary="3回。"),
        old_measure=make_measure(old, code="o", label="(1)", title="見守りの充実", summary="2回。"),
    )


def table_rows(page: BeautifulSoup) -> list[list[str]]:
    """Return the rows of all tables, each as new, old, remarks."""
    return [
        [tight(cell) for cell in row.find_all("td")]
        for row in page.select("table.revision tbody tr")
        if row.find("td")
    ]


# --- What citizens see -------------------------------------------------------------------------


def test_both_plans_side_by_side_with_changes_marked_and_spoken(
    client: Client, new: Plan, old: Plan, line: Correspondence
) -> None:
    line.remark = "国の指針による"
    line.save()
    publish_plans(old, new)
    page = open_page(client, PAGE)
    assert table_rows(page) == [
        [
            "①見守りの〔変更〕推進〔変更終わり〕概要〔変更〕3〔変更終わり〕回。",
            "(1)見守りの〔変更〕充実〔変更終わり〕概要〔変更〕2〔変更終わり〕回。",
            "国の指針による",
        ]
    ]
    table = page.select_one("table.revision")
    assert table is not None
    assert [tight(head) for head in table.select("thead th[scope=col]")] == [
        "〔新〕後期計画",
        "〔旧〕前期計画",
        "備考",
    ]
    assert tight(table.caption) == "「後期計画」と「前期計画」の対照"
    assert [tight(u) for u in table.find_all("u")][:1] == ["〔変更〕推進〔変更終わり〕"]
    assert not page.select("main :is(del, s, strike, ins)")
    assert [link["href"] for link in table.find_all("a")] == [
        "/kita/koki/measures/n/",
        "/kita/zenki/measures/o/",
    ]
    assert "対応1件新設0件削除0件" in tight(page.select_one("dl.meta"))


def test_added_dropped_and_inferred_are_told(client: Client, new: Plan, old: Plan) -> None:
    goal = make_goal(new, label="", title="水", code="w")
    for number in range(2):
        basis = Correspondence.Basis.INFERRED
        measure = make_measure(old, label="", title=f"川{number}")
        make_correspondence(new, old, new_basic_goal=goal, old_measure=measure, basis=basis)
    make_correspondence(new, old, new_basic_goal=make_goal(new, label="", title="風", code="v"))
    make_correspondence(new, old, old_measure=make_measure(old, label="", title="山"))
    publish_plans(old, new)
    page = open_page(client, PAGE)
    assert table_rows(page) == [
        ["水", "川0川1", "順序からの推定"],
        ["（削除）", "山", ""],
        ["風", "（新設）", ""],
    ]
    assert "資料が示したものではありません" in tight(page.select_one(".revision-notes"))
    assert [link["href"] for link in page.select("nav.toc a")] == ["#goal-w", "#goal-v"]
    assert [tight(page.find(id=name)) for name in ("goal-w", "goal-v")] == ["水", "風"]


def test_actions_lead_to_the_page_that_shows_them(client: Client, new: Plan, old: Plan) -> None:
    policy = make_policy(old, code="p", basic_goal=make_goal(old))
    below, loose = (make_action(old, code=code, **at) for code, at in
                    (("a", {"policy": policy}), ("b", {})))  # fmt: skip
    goal = make_goal(new, code="g")
    for action in (below, loose):
        make_correspondence(new, old, new_basic_goal=goal, old_action=action)
    publish_plans(old, new)
    links = [link["href"] for link in open_page(client, PAGE).select("table.revision a")]
    assert links == ["/kita/koki/goals/g/", "/kita/zenki/policies/p/#action-a",
                     "/kita/zenki/#action-b"]  # fmt: skip
    for link in links[1:]:
        path, _hash, anchor = link.partition("#")
        assert open_page(client, path).find(id=anchor), link


def test_only_published_plans_have_a_table(
    client: Client, new: Plan, old: Plan, line: Correspondence
) -> None:
    def statuses() -> list[int]:
        paths = (PAGE, "/kita/zenki/revision/", "/kita/none/revision/")
        return [client.get(path).status_code for path in paths]

    assert statuses() == [404, 404, 404]
    publish_plans(new)
    assert statuses() == [404, 404, 404]
    assert "新旧対照表" not in client.get("/kita/koki/").content.decode()
    publish_plans(old)
    assert statuses() == [200, 404, 404]
    assert client.post(PAGE).status_code == 405
    line.delete()
    assert statuses() == [404, 404, 404]


def test_nodes_of_an_unpublished_plan_do_not_leak(
    client: Client, people: People, new: Plan, old: Plan, line: Correspondence
) -> None:
    secret = make_plan(people.kita, "secret", title="秘密の計画")
    measure = make_measure(secret, title="秘密の施策")
    fields = {"old_measure": measure, "remark": "秘密の備考"}
    make_correspondence(new, secret, new_measure=line.new_measure, **fields)
    make_correspondence(new, secret, **fields)
    make_measure(new, title="まだ決まらない施策")
    publish_plans(old, new)
    answer = client.get(PAGE).content.decode()
    assert "見守りの" in answer
    assert "秘密" not in answer
    assert "まだ決まらない施策" not in answer
    publish_plans(secret)
    assert "秘密の備考" in client.get(PAGE).content.decode()


def test_the_pages_of_both_plans_lead_to_the_table(
    client: Client, new: Plan, old: Plan, line: Correspondence
) -> None:
    publish_plans(old, new)
    for slug in ("koki", "zenki"):
        (link,) = open_page(client, f"/kita/{slug}/").select(f'dl.meta a[href="{PAGE}"]')
        assert tight(link) == "「後期計画」の新旧対照表"


def test_titles_cannot_break_the_page(client: Client, new: Plan, old: Plan) -> None:
    make_correspondence(
        new,
        old,
        new_basic_goal=make_goal(new, label="", title="<b>水</b>&の道"),
        old_basic_goal=make_goal(old, label="", title="<b>水</b>&の路"),
    )
    publish_plans(old, new)
    page = open_page(client, PAGE)
    assert not page.select("main b")
    assert "<b>水</b>&の〔変更〕道" in table_rows(page)[0][0]


# --- The shipped plans -------------------------------------------------------------------------


@pytest.mark.usefixtures("loaded_plans")
def test_every_correspondence_of_the_draft_stands_side_by_side(client: Client) -> None:
    page = open_page(client, "/mihon/kihon/revision/")
    side_by_side = {
        (tight(new), tight(old.find("a")))
        for new, old in (
            row.find_all("td")[:2] for row in page.select("table.revision tr") if row.find("td")
        )
        for old in old.select("li")
    }
    lines = Correspondence.objects.filter(new_plan__slug="kihon")
    assert lines.count() == 46 + 8

    def plain(text: str) -> str:
        return re.sub("〔変更(?:終わり)?〕", "", text)

    found = {(plain(new), plain(old)) for new, old in side_by_side}
    for line in lines:
        number = f"{line.new.policy.label}{line.new.label}" if line.new_measure else line.new.label
        assert ("".join(f"{number}{line.new.title}".split()), line.old.title) in found, line
    assert len(table_rows(page)) == 13 + 5
    assert "対応54件新設0件削除0件" in tight(page.select_one("dl.meta"))
    repeated = lines.count() - len({line.old for line in lines})
    assert tight(page).count("（再掲）") == repeated + 1 == 14  # once in the notes
    badges = [tight(badge) for badge in page.select("table.revision .badge")]
    assert (badges.count("順序からの推定"), badges.count("同じ欄に並ぶ")) == (2, 3)
    assert "架空" in tight(page.select_one(".page-header"))


@pytest.mark.usefixtures("loaded_plans")
def test_of_the_draft_only_titles_are_compared(client: Client) -> None:
    page = open_page(client, "/mihon/kihon/revision/")
    assert not page.select("table.revision dl")  # the texts are summaries by this site
    first = table_rows(page)[0]
    assert first[0] == "6-1-1市民の創意と意欲を活かした〔変更〕協働の〔変更終わり〕まちづくり"
    assert "第1節市民とともにつくるまちづくり1.市民の創意と意欲を活かしたまちづくり" in first[1]
    assert first[2] == "※第1節-1.と、第7章第1節-1.、2.のうちから"


# --- What staff see ----------------------------------------------------------------------------


def preview(plan: Plan) -> str:
    return reverse("admin:measures_correspondence_table", args=[plan.pk])


@pytest.mark.parametrize(
    "who", ["entry", "colleague", "approver", "head", "planner", "reader", "operator", "superuser"]
)
def test_colleagues_see_the_table_before_it_is_published(
    people: People, new: Plan, line: Correspondence, who: str
) -> None:
    make_measure(new, label="②", title="まだ決まらない施策")
    page = open_page(sign_in(getattr(people, who)), preview(new))
    assert table_rows(page)[0][0].startswith("①見守りの")
    assert "対応未定の項目" in tight(page)
    assert "②まだ決まらない施策" in tight(page)
    href = address(type(line.new_measure), "change", line.new_measure.pk)
    assert page.select(f'table.revision a[href="{href}"]')
    assert not page.select("style, script:not([src]), [style], [onclick]")


def test_the_preview_is_linked_from_its_plan(people: People, new: Plan) -> None:
    page = sign_in(people.planner).get(address(Plan, "change", new.pk))
    assert preview(new) in page.content.decode()


@pytest.mark.parametrize("who", ["stranger", "stranger_entry"])
def test_strangers_find_no_preview(
    people: People, new: Plan, line: Correspondence, who: str
) -> None:
    client = sign_in(getattr(people, who))
    assert client.get(preview(new)).status_code == 404
    nowhere = "/admin/measures/correspondence/table/"
    assert client.get(f"{nowhere}{'9' * 30}/").status_code == 404


def test_who_has_no_role_is_asked_to_sign_in(people: People, new: Plan) -> None:
    for client in (Client(), sign_in(people.nobody)):
        assert client.get(preview(new)).status_code == 302
    assert sign_in(people.planner).post(preview(new)).status_code == 405


def test_a_plan_without_predecessor_or_lines_says_so(people: People, new: Plan, old: Plan) -> None:
    client = sign_in(people.planner)
    assert "前の計画がありません" in tight(open_page(client, preview(old)))
    make_goal(old, label="Ⅰ", title="前の目標")
    page = tight(open_page(client, preview(new)))
    assert "対応はまだ登録されていません" in page
    assert "Ⅰ前の目標" in page


# --- Large plans -------------------------------------------------------------------------------


def fill(new: Plan, old: Plan, rows: int) -> None:
    for _ in range(rows):
        goals = [make_goal(plan) for plan in (new, old)]
        policies: list[Any] = [
            make_policy(goal.plan, basic_goal=goal, field=make_field(goal), summary="同じ文。")
            for goal in goals
        ]
        make_correspondence(new, old, new_policy=policies[0], old_policy=policies[1])
        make_correspondence(new, old, old_action=make_action(old, policy=policies[1]))


@pytest.mark.parametrize("page", ["public", "preview", "plan"])
def test_a_large_plan_asks_no_more_queries(
    people: People, new: Plan, old: Plan, line: Correspondence, page: str
) -> None:
    client = sign_in(people.reader) if page == "preview" else Client()
    path = {"public": PAGE, "preview": preview(new), "plan": "/kita/koki/"}[page]
    publish_plans(old, new)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path).status_code == 200
        return len(asked)

    few = queries()
    fill(new, old, 30)
    assert queries() == few
    if page == "public":
        assert few == 8
