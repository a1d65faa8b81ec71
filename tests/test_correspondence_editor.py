"""Planners lay a new plan beside an old one on one page; nothing is linked that nobody accepted."""

import time
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from measures.models import Correspondence, Measure
from municipalities.history import Door
from plans.models import Plan, Policy

from . import factories as make
from .admin_pages import address, filled_in, save, sign_in
from .people import People, make_people


@pytest.fixture
def people(db: None) -> People:
    return make_people()


@pytest.fixture
def old(people: People) -> Plan:
    return make.make_plan(people.kita, "zenki", title="前期計画", label_policy="施策")


@pytest.fixture
def new(people: People, old: Plan) -> Plan:
    return make.make_plan(people.kita, "koki", title="後期計画", predecessor=old)


@pytest.fixture
def health(new: Plan) -> Measure:
    return make.make_measure(new, code="2-1", title="健康づくりの推進")


@pytest.fixture
def before(old: Plan) -> Policy:
    return make.make_policy(old, code="1-1", title="健康づくりと医療の推進")


@pytest.fixture
def planner(people: People) -> Client:
    return sign_in(people.planner)


def url(plan: Plan, query: str = "") -> str:
    return reverse("admin:measures_correspondence_edit", args=[plan.pk]) + query


def page(client: Client, plan: Plan, query: str = "") -> BeautifulSoup:
    answer = client.get(url(plan, query))
    assert answer.status_code == 200
    return BeautifulSoup(answer.content, "html.parser")


def row(found: BeautifulSoup, node: Any) -> Tag:
    return found.select_one(f"tr#{token(node)}")


def token(node: Any) -> str:
    return f"{node._meta.model_name}-{node.pk}"


def post(client: Client, plan: Plan, query: str = "", **typed: str) -> list[str]:
    """Save what the page holds and what is typed besides; return the errors."""
    return save(client, url(plan, query), filled_in(client, url(plan, query)) | typed)


def pairs() -> list[tuple[Any, Any]]:
    return [(line.new, line.old) for line in Correspondence.objects.all()]


# --- Linking ------------------------------------------------------------------------------------


def test_the_plan_leads_to_its_editor(planner: Client, new: Plan) -> None:
    assert url(new) in planner.get(address(Plan, "change", new.pk)).content.decode()


def test_any_level_is_linked_to_any_other_by_code_or_by_the_words_of_the_list(
    people: People, planner: Client, new: Plan, health: Measure, before: Policy
) -> None:
    goal = make.make_goal(before.plan, code="9", title="しあわせ")
    listed = [box["value"] for box in page(planner, new).select("#old-nodes option")]
    assert listed == ["9 しあわせ（基本目標）", "1-1 健康づくりと医療の推進（政策・施策）"]
    assert post(planner, new, **{f"add-{token(health)}": "１－１"}) == []
    typed = {f"add-{token(health)}": listed[0], f"note-{token(health)}": "再編"}
    assert post(planner, new, **typed, change_reason="新旧対照の整理") == []
    assert pairs() == [(health, before), (health, goal)]
    line = Correspondence.objects.last()
    assert (line.number, line.basis, line.remark) == (2, "person", "再編")
    history = line.history.get()
    assert (history.history_user, history.history_change_reason) == (
        people.planner,
        "新旧対照の整理",
    )
    assert history.door == Door.ADMIN
    shown = row(page(planner, new), health)
    assert "施策 1-1" not in shown.th.text
    assert "健康づくりと医療の推進" in shown.text
    assert "しあわせ" in shown.text


def test_similar_titles_are_proposed_and_only_accepted_ones_saved(
    planner: Client, new: Plan, health: Measure, before: Policy
) -> None:
    make.make_policy(before.plan, title="消防・救急の強化")
    boxes = row(page(planner, new), health).select(f"[name=accept-{token(health)}]")
    assert [box["value"] for box in boxes] == [token(before)]
    assert not boxes[0].has_attr("checked")
    assert "84%" in boxes[0].parent.text
    assert post(planner, new) == []
    assert pairs() == []
    assert post(planner, new, **{f"accept-{token(health)}": token(before)}) == []
    assert pairs() == [(health, before)]
    assert not row(page(planner, new), health).select("[name^=accept]")


def test_what_is_typed_and_accepted_too_is_linked_once(
    planner: Client, new: Plan, health: Measure, before: Policy
) -> None:
    typed = {f"add-{token(health)}": "1-1", f"accept-{token(health)}": token(before)}
    assert post(planner, new, **typed) == []
    assert pairs() == [(health, before)]


def test_new_and_dropped_nodes_are_marked(
    planner: Client, new: Plan, health: Measure, before: Policy
) -> None:
    typed = {f"mark-{token(health)}": "on", f"mark-{token(before)}": "on"}
    assert post(planner, new, **typed, **{f"note-{token(before)}": "役割を終えた"}) == []
    assert pairs() == [(health, None), (None, before)]
    found = page(planner, new)
    assert "（新設）" in row(found, health).text
    assert not row(found, health).select("[name^=accept], [name^=mark]")
    dropped = row(found, before)
    assert dropped.find_parent(id="unlinked-old-nodes")
    assert dropped.select_one("[name^=remark]")["value"] == "役割を終えた"


def test_remarks_are_changed_and_lines_removed_with_a_reason(
    planner: Client, new: Plan, old: Plan, health: Measure, before: Policy
) -> None:
    line = make.make_correspondence(
        new, old, new_measure=health, old_policy=before, basis="row", remark="統合"
    )
    assert row(page(planner, new), before) is None  # it has a successor
    assert post(planner, new, **{f"remark-{line.pk}": "統合して拡充"}) == []
    line.refresh_from_db()
    assert (line.remark, line.basis) == ("統合して拡充", "row")
    assert post(planner, new, **{f"remove-{line.pk}": "on"}) == [
        "対応を外すときは、変更理由を入力してください。"
    ]
    removed = {f"remove-{line.pk}": "on", "change_reason": "誤り"}
    assert post(planner, new, **removed) == []
    assert pairs() == []
    last = Correspondence.history.filter(history_type="-").get()
    assert last.history_change_reason == "誤り"


def test_a_pair_gives_way_to_the_mark_in_one_go(
    planner: Client, new: Plan, old: Plan, health: Measure, before: Policy
) -> None:
    line = make.make_correspondence(new, old, new_measure=health, old_policy=before)
    typed = {f"remove-{line.pk}": "on", f"mark-{token(health)}": "on", "change_reason": "新設"}
    assert post(planner, new, **typed) == []
    assert pairs() == [(health, None)]


# --- All or nothing -----------------------------------------------------------------------------


def test_one_mistake_saves_nothing_and_loses_nothing(
    planner: Client, new: Plan, health: Measure, before: Policy
) -> None:
    other = make.make_measure(new, code="2-2", title="スポーツの振興")
    data = filled_in(planner, url(new)) | {
        f"accept-{token(health)}": token(before),
        f"add-{token(other)}": "8-8",
        f"note-{token(other)}": "<i>検討中</i>",
        "change_reason": "整理",
    }
    answer = planner.post(url(new), data)
    found = BeautifulSoup(answer.content, "html.parser")
    assert pairs() == []
    assert "「8-8」に当たる前の計画の項目がありません" in row(found, other).th.text
    assert not row(found, health).select(".errorlist")
    kept = {box["name"]: box.get("value") for box in found.select("input[name]")}
    assert kept[f"add-{token(other)}"] == "8-8"
    assert kept[f"note-{token(other)}"] == "<i>検討中</i>"
    assert kept["change_reason"] == "整理"
    assert row(found, health).select_one("[name^=accept]").has_attr("checked")


def test_a_mistake_stays_in_sight_whatever_level_is_shown(
    planner: Client, new: Plan, health: Measure, before: Policy
) -> None:
    data = {f"add-{token(health)}": "8-8", f"mark-{token(before)}": "on"}
    answer = planner.post(url(new, "?level=action&old_level=action"), data)
    found = BeautifulSoup(answer.content, "html.parser")
    assert row(found, health).select(".errorlist")
    assert row(found, before).select_one("[name^=mark]").has_attr("checked")


@pytest.mark.parametrize(
    ("name", "typed", "message"),
    [
        ("add", "1", "「1」は次のうちどれですか：1 しごと（基本目標）、1 くらし（政策・施策）"),
        ("note", "備考だけ", "備考を付ける対応を選んでください。"),
        ("add", "\0", None),
    ],
)
def test_what_is_unclear_is_asked(
    planner: Client, new: Plan, old: Plan, name: str, typed: str, message: str | None
) -> None:
    measure = make.make_measure(new)
    make.make_goal(old, code="1", title="しごと")
    make.make_policy(old, code="1", title="くらし")
    errors = post(planner, new, **{f"{name}-{token(measure)}": typed})
    assert errors == ([message] if message else [])
    assert pairs() == []


def test_a_remark_too_long_is_told_beside_the_row(
    planner: Client, new: Plan, health: Measure, before: Policy
) -> None:
    typed = {f"accept-{token(health)}": token(before), f"note-{token(health)}": "あ" * 301}
    (error,) = post(planner, new, **typed)
    assert error.startswith("備考：")
    assert "300" in error


@pytest.mark.parametrize("seen", ["", "nonsense", "[1]", '{"1": 2}', "[" * 9000, '{"x": ["a"]}'])
def test_a_tampered_page_does_no_harm(
    planner: Client, new: Plan, old: Plan, health: Measure, seen: str
) -> None:
    line = make.make_correspondence(new, old, new_measure=health)
    data = {"seen": seen, f"remark-{line.pk}": "新しい", f"accept-{token(health)}": "policy-x"}
    assert planner.post(url(new), data).status_code == 302
    line.refresh_from_db()
    assert line.remark == "新しい"


# --- Others at work -----------------------------------------------------------------------------


def test_a_line_somebody_added_meanwhile_is_shown_and_not_doubled(
    planner: Client, new: Plan, old: Plan, health: Measure, before: Policy
) -> None:
    data = filled_in(planner, url(new)) | {f"accept-{token(health)}": token(before)}
    make.make_correspondence(new, old, new_measure=health, old_policy=before, number=7)
    answer = planner.post(url(new), data)
    found = BeautifulSoup(answer.content, "html.parser")
    told = row(found, health).select_one(".errorlist").text
    assert told == "同じ対応がすでに登録されています（番号7）。"
    assert "ほかの人が加えた対応" in found.text
    assert row(found, health).select("[name^=remark]")
    assert len(pairs()) == 1


def test_a_remark_somebody_changed_meanwhile_is_not_overwritten_unawares(
    planner: Client, new: Plan, old: Plan, health: Measure
) -> None:
    line = make.make_correspondence(new, old, new_measure=health, remark="初め")
    data = filled_in(planner, url(new)) | {f"remark-{line.pk}": "私の備考"}
    untouched = filled_in(planner, url(new))
    Correspondence.objects.update(remark="先の備考")
    assert planner.post(url(new), untouched).status_code == 302
    assert Correspondence.objects.get().remark == "先の備考"
    answer = planner.post(url(new), data)
    found = BeautifulSoup(answer.content, "html.parser")
    assert "「先の備考」に変えました" in row(found, health).text
    assert row(found, health).select_one("[name^=remark]")["value"] == "私の備考"
    again = data | {"seen": found.select_one("[name=seen]")["value"]}
    assert save(planner, url(new), again) == []
    assert Correspondence.objects.get().remark == "私の備考"


def test_a_remark_on_a_line_somebody_removed_is_told_not_dropped(
    planner: Client, new: Plan, old: Plan, health: Measure, before: Policy
) -> None:
    line = make.make_correspondence(new, old, new_measure=health, old_policy=before)
    data = filled_in(planner, url(new))
    Correspondence.objects.all().delete()
    (error,) = save(planner, url(new), data | {f"remark-{line.pk}": "私の備考"})
    assert "健康づくりと医療の推進」はほかの人が外しました" in error
    assert "私の備考" in error
    reason = {"change_reason": "不要"}
    assert save(planner, url(new), data | {f"remove-{line.pk}": "on"} | reason) == []


# --- Who, and which plans -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("planner", 200),
        ("operator", 200),
        ("superuser", 200),
        ("entry", 403),
        ("approver", 403),
        ("head", 403),
        ("reader", 403),
        ("stranger", 404),
        ("stranger_entry", 404),
        ("nobody", 302),
    ],
)
def test_only_planners_of_the_town_come_in(
    people: People, new: Plan, health: Measure, before: Policy, who: str, status: int
) -> None:
    client = sign_in(getattr(people, who))
    assert client.get(url(new)).status_code == status
    answer = client.post(url(new), {f"accept-{token(health)}": token(before)})
    assert answer.status_code == (302 if status == 200 else status)
    assert bool(pairs()) == (status == 200)


def test_another_towns_plan_is_no_old_plan(people: People, planner: Client, new: Plan) -> None:
    abroad = make.make_plan(people.minami)
    found = page(planner, new)
    assert str(abroad.pk) not in [option["value"] for option in found.select("#id_old option")]
    for value in (abroad.pk, new.pk, "x", "9" * 400, "\0"):
        assert planner.get(url(new), {"old": value}).status_code == 404


def test_a_node_of_another_plan_cannot_be_smuggled_in(
    people: People, planner: Client, new: Plan, health: Measure
) -> None:
    alien = make.make_policy(make.make_plan(people.minami))
    assert post(planner, new, **{f"accept-{token(health)}": token(alien)}) == []
    assert pairs() == []


def test_the_old_plan_is_chosen_where_none_is_registered(people: People, planner: Client) -> None:
    lonely = make.make_plan(people.kita)
    assert "先に前の計画を登録してください" in page(planner, lonely).text
    other = make.make_plan(people.kita, title="別の計画")
    make.make_measure(other, title="別の施策")
    assert "どの計画と対応させるかを選んでください" in page(planner, lonely).text
    assert "別の施策" in page(planner, lonely, f"?old={other.pk}").text


# --- What is shown ------------------------------------------------------------------------------


def test_a_level_is_chosen_by_a_link(planner: Client, new: Plan, health: Measure) -> None:
    goal = make.make_goal(new, title="くらし")
    assert row(page(planner, new), goal) is None
    links = {link.text: link["href"] for link in page(planner, new).select(".levels a")}
    found = page(planner, new, links["基本目標（1）"])
    assert row(found, goal)
    assert row(found, health) is None
    assert all(row(page(planner, new, links["すべての段"]), node) for node in (goal, health))
    assert page(planner, new, "?level=%00x&old_level=9").select("#new-nodes")


def test_what_has_lines_is_shown_whatever_its_level(
    planner: Client, new: Plan, old: Plan, health: Measure
) -> None:
    goal = make.make_goal(new)
    make.make_correspondence(new, old, new_basic_goal=goal)
    assert row(page(planner, new), goal)


def test_every_box_says_what_it_is_for(
    planner: Client, new: Plan, old: Plan, health: Measure, before: Policy
) -> None:
    make.make_correspondence(new, old, new_measure=health)
    boxes = page(planner, new).select("#correspondences-form :is(td input)")
    assert boxes
    assert [box for box in boxes if not box.get("aria-label")] == []


def test_the_page_is_quick_and_asks_a_constant_number_of_queries(
    people: People, planner: Client, new: Plan, old: Plan
) -> None:
    def grow(count: int) -> None:
        goals = make.make_goal(new), make.make_goal(old)
        for number in range(count):
            title = f"地域で支える{number}番目の取組の推進"
            mine = make.make_measure(new, basic_goal=goals[0], title=title)
            theirs = make.make_measure(old, basic_goal=goals[1], title=f"{title}と充実")
            if number % 2:
                make.make_correspondence(new, old, new_measure=mine, old_measure=theirs)

    grow(20)
    planner.get(url(new, "?level=all&old_level=all"))  # content types are asked for once
    few = _asked(planner, new)
    grow(180)
    begun = time.monotonic()
    assert _asked(planner, new) == few <= 20
    assert time.monotonic() - begun < 10  # half a second, where nothing else runs


def _asked(client: Client, plan: Plan) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url(plan, "?level=all&old_level=all")).status_code == 200
    return len(asked)
