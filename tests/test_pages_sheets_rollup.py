"""What the ratings of a year's sheets come to, on the overview; and the classes of past years."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from measures.models import Action
from plans.choices import Period, Visibility, WorkState
from plans.models import Band, BasicGoal, Plan, Policy
from rounds.models import Publication

from .factories import (
    make_action,
    make_actual,
    make_column,
    make_department,
    make_goal,
    make_indicator,
    make_judgement,
    make_measure,
    make_policy,
)
from .public_pages import main_part, publish_year, read, tight
from .sheet_pages import (
    MEASURE,
    OVERVIEW,
    add_report,
    add_row,
    band,
    make_sheet_plan,
    measure_of,
    tables,
)

pytestmark = pytest.mark.django_db
CLASSES = ["A評価A", "B評価B", "C評価C"]


@pytest.fixture
def plan() -> Plan:
    return make_sheet_plan()


def rated(plan: Plan, symbol: str) -> dict[str, Any]:
    return {"rating": band(plan, symbol)}


def add_action(plan: Plan, **fields: Any) -> Action:
    """Add an action, to the measure unless `fields` say where."""
    return make_action(plan, **(fields or {"measure": measure_of(plan)}))


def nodes(client: Client) -> list[list[str]]:
    return tables(client, OVERVIEW)[0]


def sections(client: Client) -> list[list[str]]:
    return tables(client, OVERVIEW)[1]


# --- Goals, policies, in all -------------------------------------------------------------------


def test_every_class_is_counted_and_blank_and_missing_stand_apart(
    client: Client, plan: Plan
) -> None:
    for report in (rated(plan, "A"), rated(plan, "A"), rated(plan, "C"), {}, None):
        add_row(add_action(plan), report=report)
    add_action(plan)
    other = make_policy(plan, basic_goal=BasicGoal.objects.get(plan=plan), label="", title="別")
    add_row(add_action(plan, measure=make_measure(plan, policy=other)), report=rated(plan, "B"))
    publish_year(plan)
    assert nodes(client) == [
        ["計画の項目", "主な取組の数", *CLASSES, "未記入", "報告の公表なし"],
        ["1大きな目標", "7", "2", "1", "1", "1", "2"],
        ["1-1中くらいの政策", "6", "2", "0", "1", "1", "2"],
        ["別", "1", "0", "1", "0", "0", "0"],
        ["全体", "7", "2", "1", "1", "1", "2"],
    ]
    assert tight(main_part(client, OVERVIEW).select("ul[class=tally]")[0]) == (
        "A評価A2B評価B1C評価C1"
    )


def test_counts_are_never_a_part_of_anything(client: Client, plan: Plan) -> None:
    for report in (rated(plan, "A"), {}, None):
        add_row(add_action(plan), report=report)
    publish_year(plan)
    assert not {"／", "%", "％"} & set("".join(map("".join, nodes(client) + sections(client))))


def test_an_action_counts_once_by_the_row_of_its_owner(client: Client, plan: Plan) -> None:
    action = add_action(plan)
    add_row(action, is_relisted=True, report=rated(plan, "C"))
    add_row(action, order=2, report=rated(plan, "A"))
    only_relisted = add_action(plan)
    add_row(only_relisted)
    add_row(only_relisted, order=2, is_relisted=True, report=rated(plan, "B"))
    publish_year(plan)
    assert nodes(client)[-1] == ["全体", "2", "1", "0", "0", "0", "1"]


def test_actions_count_wherever_they_hang(client: Client, plan: Plan) -> None:
    goal, policy = BasicGoal.objects.get(plan=plan), Policy.objects.get(plan=plan)
    alone = make_measure(plan, label="", title="上のない施策")
    for symbol, parent in (
        ("A", {"basic_goal": goal}),
        ("B", {"policy": policy}),
        ("C", {"measure": measure_of(plan)}),
        ("A", {"measure": alone}),
        ("B", {"measure": None}),
    ):
        add_row(add_action(plan, **parent), report=rated(plan, symbol))
    publish_year(plan)
    assert [row[:5] for row in nodes(client)[1:]] == [
        ["1大きな目標", "3", "1", "1", "1"],
        ["1-1中くらいの政策", "2", "0", "1", "1"],
        ["上のない施策", "1", "1", "0", "0"],
        ["計画全体", "1", "0", "1", "0"],
        ["全体", "5", "2", "2", "1"],
    ]


def test_actions_of_the_plan_itself_have_their_sheet_here(client: Client, plan: Plan) -> None:
    add_row(add_action(plan, measure=None, title="計画の取組"), report={"result": "進んだ"})
    publish_year(plan)
    own = tables(client, OVERVIEW)[2]
    assert own[1][0].startswith("計画の取組") or "計画の取組" in own[1][0]
    assert "進んだ" in own[1]


def test_what_was_not_in_the_plan_that_year_is_not_counted(client: Client, plan: Plan) -> None:
    add_row(add_action(plan), report=rated(plan, "A"))
    add_row(add_action(plan, measure=measure_of(plan), first_fiscal_year=2024))
    make_goal(plan, title="あとの目標", first_fiscal_year=2024)
    ended = make_measure(plan, title="前の施策", last_fiscal_year=2022)
    add_row(add_action(plan, measure=ended))
    publish_year(plan)
    assert nodes(client)[-1][1] == "1"
    assert "あとの目標" not in read(client, OVERVIEW)
    assert "前の施策" not in read(client, OVERVIEW)


def test_a_class_the_scheme_never_held_is_counted_too(client: Client, plan: Plan) -> None:
    scheme = band(plan, "A").scheme
    extra = Band.objects.create(scheme=scheme, order=9, symbol="Z", label="区分外")
    add_row(add_action(plan), report={"rating": extra})
    publication = publish_year(plan)
    legends = publication.legends
    legends["reports"]["bands"].pop()
    Publication.objects.filter(pk=publication.pk).update(legends=legends)
    assert nodes(client)[0][2:6] == [*CLASSES, "Z区分外"]
    assert nodes(client)[-1][2:6] == ["0", "0", "0", "1"]


def test_each_period_is_counted_by_itself(client: Client, plan: Plan) -> None:
    row = add_row(add_action(plan), report=rated(plan, "A"))
    add_report(row, period=Period.MID_YEAR, rating=band(plan, "C"))
    publish_year(plan, period=Period.MID_YEAR)
    publish_year(plan)
    middle, _sections, end, _sections = tables(client, OVERVIEW)
    assert middle[-1][2:5] == ["0", "0", "1"]
    assert end[-1][2:5] == ["1", "0", "0"]


def test_without_a_public_rating_only_reports_are_counted(client: Client, plan: Plan) -> None:
    make_column(plan, "rating", label="評価", kind="rating", is_public=False)
    add_row(add_action(plan), report=rated(plan, "A"))
    add_row(add_action(plan))
    publish_year(plan)
    assert nodes(client)[0] == ["計画の項目", "主な取組の数", "報告あり", "報告の公表なし"]
    assert nodes(client)[-1] == ["全体", "2", "1", "1"]


# --- Sections ----------------------------------------------------------------------------------


def test_every_row_counts_for_every_section_that_reports_it(client: Client, plan: Plan) -> None:
    town = plan.municipality
    roads, welfare, nobody = (make_department(town, name) for name in ("道路課", "福祉課", "空課"))
    action = add_action(plan)
    add_row(action, roads, welfare, report=rated(plan, "A"))
    add_row(action, roads, order=2, is_relisted=True, report=rated(plan, "B"))
    add_row(add_action(plan), report={})
    add_row(add_action(plan), nobody)
    publish_year(plan)
    assert sections(client) == [
        ["担当課", "行の数", *CLASSES, "未記入"],
        ["道路課", "2", "1", "1", "0", "0"],
        ["福祉課", "1", "1", "0", "0", "0"],
        ["担当課の記載なし", "1", "0", "0", "0", "1"],
        ["全体", "2", "1", "0", "0", "1"],
    ]
    assert "課の行を足すと全体の行より多くなることがあります" in read(client, OVERVIEW)


# --- The list of sheets ------------------------------------------------------------------------


def test_every_measure_is_listed_with_its_rows(client: Client, plan: Plan) -> None:
    plan.label_relisted = "再び掲載"
    plan.save()
    action = add_action(plan)
    add_row(action, report={})
    add_row(action, order=2, is_relisted=True, report={})
    goal = BasicGoal.objects.get(plan=plan)
    add_row(add_action(plan, measure=make_measure(plan, title="まだの施策", basic_goal=goal)))
    make_measure(plan, title="取組のない施策", basic_goal=goal)
    publish_year(plan)
    page = read(client, OVERVIEW)
    assert "小さな施策2行（うち再び掲載1行）" in page
    assert "まだの施策公表された報告なし" in page
    assert "取組のない施策この年度の主な取組はありません" in page


# --- The classes of indicators -----------------------------------------------------------------


def test_a_published_year_keeps_the_classes_of_its_indicators(client: Client, plan: Plan) -> None:
    plan.show_computed_judgement = Visibility.PUBLIC
    plan.save()
    indicator = make_indicator(plan)
    make_actual(indicator.series, 2023, 150)
    make_judgement(indicator, band(plan, "A"))
    publish_year(plan)
    path = "/kita/sogo/years/2023/"
    before = read(client, path)
    assert "A評価A1指標B評価B0指標C評価C0指標" in before
    Band.objects.filter(symbol="B").update(label="別の名前")
    Band.objects.filter(symbol="C").delete()
    assert read(client, path) == before


def test_an_old_year_without_kept_classes_takes_those_of_today(client: Client, plan: Plan) -> None:
    indicator = make_indicator(plan)
    make_actual(indicator.series, 2023, 150)
    make_judgement(indicator, band(plan, "A"))
    Publication.objects.filter(pk=publish_year(plan).pk).update(legends={})
    Band.objects.filter(symbol="B").update(label="今の名前")
    assert "A評価A1指標B今の名前0指標" in read(client, "/kita/sogo/years/2023/")


# --- Queries -----------------------------------------------------------------------------------

BUDGETS = {OVERVIEW: 17, MEASURE: 11}


def fill(plan: Plan, size: int) -> None:
    """Add rows of every kind, in step with `size`."""
    goal, policy = BasicGoal.objects.get(code="g"), Policy.objects.get(code="p")
    for number in range(size):
        lead, other = (make_department(plan.municipality) for _ in range(2))
        make_policy(plan, basic_goal=make_goal(plan))
        for parent in (
            {"measure": measure_of(plan)},
            {"measure": make_measure(plan, policy=policy)},
            {"basic_goal": goal},
            {"policy": policy},
            {"measure": None},
        ):
            action = add_action(plan, **parent)
            row = add_row(action, lead, other, report=rated(plan, "ABC"[number % 3]))
            add_report(row, period=Period.MID_YEAR, state=WorkState.CHECKED)
            add_row(action, other, order=2, is_relisted=True, report={})
            add_row(action, other, order=3, is_relisted=True)


def test_queries_do_not_grow_and_keep_to_the_budget(client: Client, plan: Plan) -> None:
    def count(path: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        return len(captured)

    fill(plan, 2)
    publish_year(plan, period=Period.MID_YEAR)
    publish_year(plan)
    before = {path: count(path) for path in BUDGETS}
    fill(plan, 12)
    correction = {"mark": Publication.Mark.CORRECTION, "reason": "追加のため"}
    publish_year(plan, period=Period.MID_YEAR, **correction)
    publish_year(plan, **correction)
    assert {path: count(path) for path in BUDGETS} == before
    for path, budget in BUDGETS.items():
        assert before[path] <= budget, path
