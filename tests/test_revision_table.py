"""The revision table as rows: what stands beside what, in which order, and what is compared."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from measures.models import Correspondence
from measures.outline import Place
from measures.revision_table import Branch, RevisionTable, Row, old_plans_of, revision_table
from measures.text_diff import Side
from plans.choices import TitleSource
from plans.models import Plan

from .factories import (
    make_action,
    make_correspondence,
    make_field,
    make_goal,
    make_measure,
    make_municipality,
    make_plan,
    make_policy,
)

pytestmark = pytest.mark.django_db
Basis = Correspondence.Basis
UNKNOWN = {"title": "", "label": "", "title_source": TitleSource.MISSING}


@dataclass
class Plans:
    old: Plan
    new: Plan

    def line(self, new: Any = None, old: Any = None, **fields: Any) -> Correspondence:
        """Let two nodes of any level correspond."""
        levels = {"BasicGoal": "basic_goal", "Policy": "policy"}
        for side, node in (("new", new), ("old", old)):
            if node is not None:
                kind = type(node).__name__
                fields[f"{side}_{levels.get(kind, kind.lower())}"] = node
        return make_correspondence(self.new, fields.pop("old_plan", self.old), **fields)

    def table(self) -> RevisionTable:
        return revision_table(self.new, old_plans_of(self.new))


@pytest.fixture
def plans() -> Plans:
    town = make_municipality("kita")
    old = make_plan(town, "zenki", title="前期計画")
    return Plans(old, make_plan(town, "koki", title="後期計画", predecessor=old))


def marked(side: Side) -> str:
    return "".join(f"[{piece.text}]" if piece.changed else piece.text for piece in side)


def named(branches: tuple[Branch, ...]) -> list[str]:
    return [
        " ".join(filter(None, (entry.number, marked(entry.title))))
        + ("（再掲）" if entry.is_repeated else "")
        for branch in branches
        for entry in branch.entries
    ]


def rows(table: RevisionTable) -> list[Row]:
    return [row for group in table.groups for section in group.sections for row in section.rows]


def told(table: RevisionTable) -> list[tuple[str, list[str]]]:
    """Return each row as its new node and its old ones."""
    return [
        ("".join(named(row.new)) or "（削除）", named(row.old) + ["（新設）"] * row.is_new)
        for row in rows(table)
    ]


# --- Rows --------------------------------------------------------------------------------------


def test_rows_stand_in_the_order_of_the_new_plan_at_any_level(plans: Plans) -> None:
    goal = make_goal(plans.new, label="Ⅰ", title="安心")
    field = make_field(goal, label="", title="福祉")
    policy = make_policy(plans.new, label="1", title="支え合い", basic_goal=goal, field=field)
    measure = make_measure(plans.new, label="①", title="見守り", policy=policy)
    action = make_action(plans.new, label="ア", title="声かけ", measure=measure)
    old_measure = make_measure(plans.old, label="(1)", title="訪問")
    old_action = make_action(plans.old, label="㋐", title="電話", measure=old_measure)
    plans.line(action, old_measure)
    plans.line(measure, old_action)
    plans.line(measure, old_measure)
    plans.line(policy, old_action)
    plans.line(goal, old_measure)
    table = plans.table()
    assert [(group.name, group.anchor) for group in table.groups] == [
        ("Ⅰ 安心", f"goal-{goal.code}")
    ]
    assert [(section.name, len(section.rows)) for section in table.groups[0].sections] == [
        ("", 1),
        ("福祉", 3),
    ]
    assert told(table) == [
        ("Ⅰ 安心", ["(1) 訪問"]),
        ("1 支え合い", ["㋐ 電話"]),
        ("1 ① 見守り", ["(1) 訪問（再掲）", "㋐ 電話（再掲）"]),
        ("1 ① ア 声かけ", ["(1) 訪問（再掲）"]),
    ]
    assert (table.linked, table.added, table.dropped) == (5, 0, 0)


def test_a_node_is_named_with_what_it_hangs_on(plans: Plans) -> None:
    plans.old.label_policy = "政策"
    plans.old.save()
    goal = make_goal(plans.old, label="第1章", title="安心")
    field = make_field(goal, label="第2節", title="福祉")
    policy = make_policy(plans.old, label="3", title="支え合い", basic_goal=goal, field=field)
    olds = [make_measure(plans.old, title=title, policy=policy) for title in ("訪問", "電話")]
    new_policy = make_policy(plans.new, label="1.", title="見守る")
    new = make_measure(plans.new, label="(1)", title="声かけ", policy=new_policy)
    for old in olds:
        plans.line(new, old)
    (row,) = rows(plans.table())
    assert [branch.place for branch in row.old] == ["第1章 第2節 政策 3 支え合い"]
    assert len(row.old[0].entries) == 2
    assert (row.new[0].place, named(row.new)) == ("1. 見守る", ["(1) 声かけ"])
    plans.line(new_policy, policy)  # now the policy has a row of its own and is not repeated
    assert [branch.place for row in rows(plans.table()) for branch in row.new] == ["", ""]
    assert told(plans.table())[1][0] == "1. (1) 声かけ"


def test_what_is_dropped_stands_where_the_old_plan_had_it(plans: Plans) -> None:
    goals = [make_goal(plans.old, label="", title=title) for title in ("一", "二")]
    first, gone, second = (
        make_measure(plans.old, label="", title=title, basic_goal=goals[0])
        for title in ("道を直す", "橋を架ける", "川を守る")
    )
    gone_first, third = (
        make_measure(plans.old, label="", title=title, basic_goal=goals[1])
        for title in ("船を出す", "山を守る")
    )
    news = [
        make_measure(plans.new, label="", title=title)
        for title in ("山を守る", "川を守る", "道を直す", "海を守る")
    ]
    for new, old in zip(news, (third, second, first, None), strict=True):
        plans.line(new, old)
    plans.line(None, gone)
    plans.line(None, gone_first)
    table = plans.table()
    assert told(table) == [
        ("（削除）", ["船を出す"]),  # first in its part: before what followed
        ("山を守る", ["山を守る"]),
        ("川を守る", ["川を守る"]),
        ("道を直す", ["道を直す"]),
        ("（削除）", ["橋を架ける"]),  # behind what stood before it
        ("海を守る", ["（新設）"]),
    ]
    assert (table.linked, table.added, table.dropped) == (3, 1, 2)


def test_a_plan_may_only_drop(plans: Plans) -> None:
    olds = [make_goal(plans.old, label="", title=title) for title in ("一", "二")]
    for old in reversed(olds):
        plans.line(None, old)
    assert told(plans.table()) == [("（削除）", ["一"]), ("（削除）", ["二"])]


def test_what_is_both_new_and_corresponding_says_both(plans: Plans) -> None:
    new = make_goal(plans.new, label="", title="安心")
    plans.line(new, make_goal(plans.old, label="", title="安全"))
    plans.line(new)
    assert told(plans.table()) == [("安心", ["安全", "（新設）"])]


def test_remarks_are_told_once_and_inferences_as_such(plans: Plans) -> None:
    inferred, mixed, plain = (make_goal(plans.new) for _ in range(3))
    for _ in range(2):
        old = make_goal(plans.old)
        plans.line(inferred, old, basis=Basis.INFERRED, remark="順による")
        plans.line(plain, old, basis=Basis.STATED)
    plans.line(mixed, make_goal(plans.old), basis=Basis.ROW, remark="一つめ")
    plans.line(mixed, make_goal(plans.old), basis=Basis.INFERRED, remark="二つめ")
    first, second, third = rows(plans.table())
    assert (first.basis, first.remarks) == (Basis.INFERRED, ("順による",))
    assert (second.basis, second.remarks) == (None, ("一つめ", "二つめ"))
    assert [entry.basis for entry in second.old[0].entries] == [None, Basis.INFERRED]
    assert (third.basis, third.remarks) == (None, ())


def test_missing_titles_are_named_so_and_goals_without_name_are_no_heading(plans: Plans) -> None:
    goal, old = make_goal(plans.new, **UNKNOWN), make_goal(plans.old, **UNKNOWN)
    plans.line(goal, old)
    assert told(plans.table()) == [("（題名の記載なし）", ["（題名の記載なし）"])]
    assert [group.name for group in plans.table().groups] == [""]
    plans.line(make_goal(plans.new, label="Ⅱ", title="安心"), old)
    assert [group.name for group in plans.table().groups] == ["（題名の記載なし）", "Ⅱ 安心"]


def test_titles_by_the_site_are_marked_and_pages_linked(plans: Plans) -> None:
    goal = make_goal(plans.new, title_source=TitleSource.SITE)
    plans.line(goal, make_goal(plans.old))

    def address(place: Place) -> str:
        return f"/{place.plan.slug}/{place.node.code}"

    (row,) = rows(revision_table(plans.new, [plans.old], address))
    assert row.new[0].entries[0].title_source == "当サイトによる要約"
    assert row.old[0].entries[0].title_source == ""
    assert row.new[0].entries[0].url == f"/koki/{goal.code}"


def test_several_old_plans_are_told_apart_and_others_stay_out(plans: Plans) -> None:
    other = make_plan(plans.new.municipality, "betsu", title="別の計画")
    goal = make_goal(plans.new)
    old, theirs = make_goal(plans.old, title="一"), make_goal(other, title="二")
    plans.line(goal, theirs, old_plan=other)
    plans.line(goal, old)
    table = plans.table()
    assert table.old_name == "前期計画、別の計画"
    assert [branch.place for branch in rows(table)[0].old] == ["前期計画", "別の計画"]
    only = revision_table(plans.new, [plans.old])
    assert "二" not in str(only)
    assert only.linked == 1


# --- What is compared --------------------------------------------------------------------------


def test_changed_words_are_marked_on_both_sides(plans: Plans) -> None:
    new = make_measure(
        plans.new, label="", title="情報公開の推進", summary="窓口を3か所に増やします。\r\n毎年。",
        vision="同じ文です。", issues="新しい課題。",
    )  # fmt: skip
    old = make_measure(
        plans.old, label="", title="情報公開の充実", summary="窓口を2か所に増やします。\n毎年。",
        vision="同じ文です。", current_state="前の現状。",
    )  # fmt: skip
    plans.line(new, old)
    (row,) = rows(plans.table())
    (left,), (right,) = row.new[0].entries, row.old[0].entries
    assert (marked(left.title), marked(right.title)) == ("情報公開の[推進]", "情報公開の[充実]")
    assert [(text.label, marked(text.pieces)) for text in left.texts] == [
        ("概要", "窓口を[3]か所に増やします。\n毎年。"),
        ("めざす姿", "同じ文です。"),
        ("現状", ""),
        ("課題", "新しい課題。"),
    ]
    assert [(text.label, marked(text.pieces), text.is_same) for text in right.texts] == [
        ("概要", "窓口を[2]か所に増やします。\n毎年。", False),
        ("めざす姿", "同じ文です。", True),
        ("現状", "前の現状。", False),
        ("課題", "", False),
    ]


@pytest.mark.parametrize("by_site", ["new", "old"])
def test_a_summary_by_this_site_is_never_compared(plans: Plans, by_site: str) -> None:
    new, old = (
        make_measure(plan, title=title, summary="市の文。", texts_by_site=side == by_site)
        for side, plan, title in (("new", plans.new, "道づくり"), ("old", plans.old, "道作り"))
    )
    plans.line(new, old)
    (row,) = rows(plans.table())
    assert (row.new[0].entries[0].texts, row.old[0].entries[0].texts) == ((), ())


def test_texts_are_compared_only_one_to_one(plans: Plans) -> None:
    news = [make_measure(plans.new, summary="新しい文。") for _ in range(2)]
    olds = [make_measure(plans.old, summary="前の文。") for _ in range(2)]
    plans.line(news[0], olds[0])
    plans.line(news[0], olds[1])
    plans.line(news[1], make_measure(plans.old, summary="前の文。"))
    one_to_many, one_to_one = rows(plans.table())
    assert [entry.texts for entry in one_to_many.old[0].entries] == [(), ()]
    assert [bool(branch.entries[0].texts) for branch in (*one_to_many.new, *one_to_one.new)] == [
        False,
        True,
    ]


def test_among_several_the_title_most_like_it_is_compared(plans: Plans) -> None:
    new = make_measure(plans.new, label="", title="市民と進める協働のまちづくり")
    other = make_measure(plans.new, label="", title="市民と進める共生のまちづくり")
    like = make_measure(plans.old, label="", title="市民と進めるまちづくり")
    unlike = make_measure(plans.old, label="", title="地方自治の確立")
    for old in (like, unlike):
        plans.line(new, old)
    plans.line(other, like)
    assert told(plans.table()) == [
        ("市民と進める[協働の]まちづくり", ["市民と進めるまちづくり", "地方自治の確立"]),
        ("市民と進める共生のまちづくり", ["市民と進めるまちづくり（再掲）"]),
    ]


# --- What is undecided -------------------------------------------------------------------------


def test_undecided_is_what_nobody_has_said_anything_about(plans: Plans) -> None:
    told_goal, split_goal, open_goal = (
        make_goal(plans.new, label="", title=title) for title in ("済み", "分かれる", "未定")
    )
    make_measure(plans.new, title="済みの下", basic_goal=told_goal)
    measures = [
        make_measure(plans.new, label="", title=title, basic_goal=split_goal)
        for title in ("決まった施策", "隣の施策")
    ]
    make_measure(plans.new, label="", title="未定の下", basic_goal=open_goal)
    old = make_goal(plans.old, label="", title="前の目標")
    make_goal(plans.old, label="", title="前の未定")
    plans.line(told_goal, old)
    plans.line(measures[0])
    table = plans.table()
    assert named(table.undecided_new) == ["隣の施策", "未定", "未定の下"]
    assert named(table.undecided_old) == ["前の未定"]
    assert "分かれる" not in named(table.undecided_new)  # its measures are spoken of


def test_the_table_takes_six_queries_however_large(plans: Plans) -> None:
    def ask() -> int:
        with CaptureQueriesContext(connection) as asked:
            revision_table(plans.new, [plans.old])
        return len(asked)

    for _ in range(2):
        plans.line(make_measure(plans.new), make_measure(plans.old))
    assert ask() == 6
    for _ in range(40):
        goal = make_goal(plans.new)
        policy = make_policy(plans.new, basic_goal=goal, field=make_field(goal))
        measure = make_measure(plans.new, policy=policy)
        plans.line(make_action(plans.new, measure=measure), make_action(plans.old))
        plans.line(None, make_measure(plans.old, policy=make_policy(plans.old)))
    assert ask() == 6
