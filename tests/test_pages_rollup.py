"""What the evaluation of a plan comes to: in all, by goal, by section, and over a town's plans."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from indicators.models import Indicator
from municipalities.models import Department
from plans.choices import Period, Visibility
from plans.models import Plan, PlanScheme, RatingScheme
from rounds.models import Publication

from .factories import (
    make_actual,
    make_department,
    make_goal,
    make_indicator,
    make_judgement,
    make_municipality,
    make_plan,
    make_policy,
    make_series,
    make_target,
)
from .kita_plan import BANDS, TOP, judged_by_rule
from .public_pages import cells, open_page, part_under, publish_year, read, tight

pytestmark = pytest.mark.django_db
YEAR, TOWN = "/kita/sogo/years/2023/", "/kita/"


def table(client: Client, path: str, anchor: str) -> list[list[str]]:
    """Return the table under a heading, row by row in words."""
    found = part_under(client, path, anchor)
    assert found is not None
    return cells(found)


def by_section(client: Client) -> list[list[str]]:
    return table(client, YEAR, "sections")


def summary(client: Client) -> list[list[str]]:
    return table(client, TOWN, "summary")


def use(plan: Plan, scheme: RatingScheme) -> None:
    PlanScheme.objects.create(
        plan=plan,
        subject=PlanScheme.Subject.INDICATORS,
        from_fiscal_year=2020,
        scheme=scheme,
    )


def add(
    plan: Plan, value: int | None, *departments: Department, year: int = 2023, **fields: Any
) -> Indicator:
    """Add an indicator from 100 to 200; a value of None is a year without figure."""
    indicator = make_indicator(plan, departments=departments, **fields)
    make_target(indicator)
    if value is not None:
        make_actual(indicator.series, year, value)
    return indicator


def public_plan(town: Any, slug: str, **fields: Any) -> Plan:
    options = {"show_computed_judgement": Visibility.PUBLIC, "title": f"計画{slug}"}
    return make_plan(town, slug, **(options | fields))


@pytest.fixture
def town() -> Any:
    return make_municipality("kita", name="きた市")


@pytest.fixture
def plan(town: Any) -> Plan:
    return public_plan(town, "sogo")


# --- A plan and its parts ----------------------------------------------------------------------


def test_a_plan_is_rolled_up_with_its_denominators(client: Client, plan: Plan) -> None:
    bands = judged_by_rule(plan).bands.all()
    for value in (200, 160, 210):
        add(plan, value)
    make_judgement(add(plan, 250), bands[1], reason="質を見て")
    add(plan, None)
    add(plan, None, first_fiscal_year=2025)
    publish_year(plan)
    text = read(client, TOP)
    assert (
        "令和5年度の評価の内訳当サイトの計算（計算による評価3指標、人による評価1指標）"
        "A達成2指標B順調2指標C遅れ0指標"
        "評価した指標4／5（評価なし：実績値なし1）。"
        "点数の平均2.00点（4指標の平均）。実績のある指標4／5（80.0%）。"
        "評価方式：きた市の方式。"
    ) in text
    assert "令和5年度の評価A達成2、B順調2、C遅れ0、評価した指標4／5当サイトの計算" in read(
        client, "/kita/"
    )


def test_goals_and_policies_count_their_own_indicators(client: Client, plan: Plan) -> None:
    judged_by_rule(plan)
    goal, other = make_goal(plan, code="g"), make_goal(plan, code="h")
    policy = make_policy(plan, code="p", basic_goal=goal)
    add(plan, 200, basic_goal=goal)
    add(plan, 110, policy=policy)
    add(plan, 120, basic_goal=other)
    publish_year(plan)
    assert "A達成1指標B順調0指標C遅れ1指標評価した指標2／2" in read(client, f"{TOP}goals/g/")
    assert "A達成0指標B順調0指標C遅れ1指標評価した指標1／1" in read(client, f"{TOP}policies/p/")
    assert "A達成1指標B順調0指標C遅れ2指標評価した指標3／3" in read(client, TOP)


def test_without_any_public_judgement_only_the_share_reported_is_counted(
    client: Client, plan: Plan
) -> None:
    plan.show_computed_judgement = Visibility.INTERNAL
    plan.save()
    judged_by_rule(plan)
    add(plan, 200)
    add(plan, None)
    publish_year(plan)
    text = read(client, TOP)
    assert "令和5年度の実績のある指標1／2（50.0%）。" in text
    assert "内訳" not in text
    assert "令和5年度の実績実績のある指標1／2" in read(client, "/kita/")


def test_classes_renamed_since_are_counted_as_they_were_published(
    client: Client, plan: Plan
) -> None:
    scheme = judged_by_rule(plan)
    add(plan, 200)
    publish_year(plan)
    scheme.bands.filter(symbol="A").update(label="すばらしい")
    text = read(client, TOP)
    assert "A達成1指標" in text
    assert "すばらしい" not in text


# --- Sections ----------------------------------------------------------------------------------


def test_every_section_has_its_counts_with_what_they_are_a_part_of(
    client: Client, town: Any, plan: Plan
) -> None:
    judged_by_rule(plan)
    welfare, roads = make_department(town, "福祉課"), make_department(town, "道路課")
    add(plan, 200, welfare)
    add(plan, 160, welfare)
    add(plan, None, welfare)
    add(plan, 110, roads)
    add(plan, None)
    publish_year(plan)
    missing = "－データなし"
    assert by_section(client) == [
        ["担当課", "指標の数", "A達成", "B順調", "C遅れ", "評価した指標", "評価なし",
         "実績のある指標", "点数の平均"],
        ["福祉課", "3", "1", "1", "0", "2／3", "1（実績値なし1）", "2／3（66.7%）",
         "2.00点（2指標）"],
        ["道路課", "1", "0", "0", "1", "1／1", "0", "1／1（100.0%）", "0.00点（1指標）"],
        ["担当課の記載なし", "1", "0", "0", "0", "0／1", "1（実績値なし1）", "0／1（0.0%）",
         missing],
        ["全体", "5", "1", "1", "1", "3／5", "2（実績値なし2）", "3／5（60.0%）",
         "1.33点（3指標）"],
    ]  # fmt: skip
    assert "当サイトの計算" in tight(part_under(client, YEAR, "sections"))


def test_an_indicator_of_two_sections_is_in_both_rows_and_once_in_the_total(
    client: Client, town: Any, plan: Plan
) -> None:
    judged_by_rule(plan)
    add(plan, 200, make_department(town, "福祉課"), make_department(town, "道路課"))
    publish_year(plan)
    _head, *rows = by_section(client)
    assert [row[:3] for row in rows] == [["福祉課", "1", "1"], ["道路課", "1", "1"],
                                         ["全体", "1", "1"]]  # fmt: skip
    assert "2つ以上の課が担当する指標は、それぞれの課の行で1つずつ数え" in tight(
        part_under(client, YEAR, "sections")
    )


def test_sections_keep_the_name_of_the_time(client: Client, town: Any, plan: Plan) -> None:
    welfare = make_department(town, "福祉課")
    add(plan, 200, welfare)
    publish_year(plan)
    welfare.name = "くらし支援課"
    welfare.save()
    assert [row[0] for row in by_section(client)] == ["担当課", "福祉課", "全体"]


def test_classes_without_scores_have_no_mean(client: Client, plan: Plan) -> None:
    judged_by_rule(plan, [(*band[:-1], None) for band in BANDS])
    add(plan, 200)
    publish_year(plan)
    assert by_section(client)[0][-1] == "実績のある指標"


@pytest.mark.parametrize("shown", [Visibility.OFF, Visibility.INTERNAL])
def test_internal_judgements_leave_only_the_figures_reported(
    client: Client, town: Any, plan: Plan, shown: str
) -> None:
    plan.show_computed_judgement = shown
    plan.save()
    judged_by_rule(plan)
    add(plan, 200, make_department(town, "福祉課"))
    add(plan, None)
    publish_year(plan)
    assert by_section(client) == [
        ["担当課", "指標の数", "実績のある指標"],
        ["福祉課", "1", "1／1（100.0%）"],
        ["担当課の記載なし", "1", "0／1（0.0%）"],
        ["全体", "2", "1／2（50.0%）"],
    ]
    assert summary(client) == [
        ["計画", "指標の数", "実績のある指標"],
        ["計画sogo令和5年度", "2", "1／2（50.0%）"],
        ["合計（重なりを除く）", "2", "1／2（50.0%）"],
    ]
    for part in (part_under(client, YEAR, "sections"), part_under(client, TOWN, "summary")):
        assert "評価なし" not in tight(part)
        assert "当サイトの計算" not in tight(part)


def test_what_people_judged_counts_where_the_computed_is_internal(
    client: Client, town: Any, plan: Plan
) -> None:
    plan.show_computed_judgement = Visibility.INTERNAL
    plan.save()
    bands = judged_by_rule(plan).bands.all()
    welfare = make_department(town, "福祉課")
    make_judgement(add(plan, 200, welfare), bands[1], reason="質を見て")
    add(plan, 200, welfare)
    publish_year(plan)
    _head, row, _total = by_section(client)
    assert row[:7] == ["福祉課", "2", "0", "1", "0", "1／2",
                       "1（人が選ぶ評価で、公表された評価なし1）"]  # fmt: skip
    assert "当サイトの計算" not in tight(part_under(client, YEAR, "sections"))


# --- A municipality ----------------------------------------------------------------------------


def test_plans_of_one_scheme_are_added_up_class_by_class(
    client: Client, town: Any, plan: Plan
) -> None:
    other = public_plan(town, "senryaku")
    use(other, judged_by_rule(plan))
    add(plan, 200)
    add(plan, None)
    add(other, 160, year=2022)
    publish_year(plan)
    publish_year(other, 2022)
    assert summary(client) == [
        ["計画", "指標の数", "A達成", "B順調", "C遅れ", "評価した指標", "評価なし",
         "実績のある指標", "点数の平均"],
        ["計画sogo令和5年度", "2", "1", "0", "0", "1／2", "1（実績値なし1）", "1／2（50.0%）",
         "3.00点（1指標）"],
        ["計画senryaku令和4年度", "1", "0", "1", "0", "1／1", "0", "1／1（100.0%）",
         "1.00点（1指標）"],
        ["合計（重なりを除く）", "3", "1", "1", "0", "2／3", "1（実績値なし1）", "2／3（66.7%）",
         "2.00点（2指標）"],
    ]  # fmt: skip


def test_a_series_in_several_plans_counts_once_as_its_newest_year_says(
    client: Client, town: Any, plan: Plan
) -> None:
    other = public_plan(town, "senryaku")
    use(other, judged_by_rule(plan))
    series = make_series(town)
    add(plan, 160, series=series, year=2022)
    publish_year(plan, 2022)
    add(other, 200, series=series, year=2023)
    add(other, None)
    publish_year(other)
    *_plans, total = summary(client)
    assert total[1:7] == ["2", "1", "0", "0", "1／2", "1（実績値なし1）"]
    note = tight(part_under(client, TOWN, "summary"))
    assert "いくつの計画に載っていても、合計では1つと数えます" in note
    assert "計画ごとの指標の数を足すと3、重なりを除くと2です。" in note


def test_plans_of_different_schemes_are_not_added_up_by_class(
    client: Client, town: Any, plan: Plan
) -> None:
    other = public_plan(town, "senryaku")
    for found in (plan, other):
        judged_by_rule(found)
        add(found, 200)
        publish_year(found)
    head, *rows = summary(client)
    assert head == ["計画", "指標の数", "評価した指標", "評価なし", "実績のある指標"]
    assert rows[-1] == ["合計（重なりを除く）", "2", "2／2", "0", "2／2（100.0%）"]
    text = tight(open_page(client, TOWN))
    assert "計画によって評価の区分が異なるため" in text
    assert text.count("A達成1、B順調0、C遅れ0、評価した指標1／1") == 2


def test_classes_renamed_for_one_plan_are_not_added_up(
    client: Client, town: Any, plan: Plan
) -> None:
    other = public_plan(town, "senryaku")
    scheme = judged_by_rule(plan)
    use(other, scheme)
    add(plan, 200)
    publish_year(plan)
    scheme.bands.filter(symbol="A").update(label="すばらしい")
    add(other, 200)
    publish_year(other)
    assert "計画によって評価の区分が異なるため" in tight(part_under(client, TOWN, "summary"))


def test_a_plan_with_internal_judgements_is_in_no_denominator_of_judgements(
    client: Client, town: Any, plan: Plan
) -> None:
    hidden = public_plan(town, "naibu", show_computed_judgement=Visibility.INTERNAL)
    use(hidden, judged_by_rule(plan))
    add(plan, 200)
    add(hidden, 160)
    add(hidden, None)
    publish_year(plan)
    publish_year(hidden)
    missing = "－データなし"
    _head, _plan, row, total = summary(client)
    assert row == [
        "計画naibu令和5年度", "2", *[missing] * 4, "この年度の評価の公表なし", "1／2（50.0%）",
        missing,
    ]  # fmt: skip
    assert total[1:8] == ["3", "1", "0", "0", "1／1", "0", "2／3（66.7%）"]
    assert "表の年度の評価を公表していない計画（計画naibu）の指標を含みません" in tight(
        part_under(client, TOWN, "summary")
    )


def test_the_middle_of_a_year_stands_for_no_year(client: Client, town: Any, plan: Plan) -> None:
    other = public_plan(town, "hajime")
    make_actual(add(other, None).series, 2023, 200, period=Period.MID_YEAR)
    publish_year(other, period=Period.MID_YEAR)
    assert part_under(client, TOWN, "summary") is None
    add(plan, 200)
    publish_year(plan, 2023)
    publish_year(plan, 2024, Period.MID_YEAR)
    assert [row[0] for row in summary(client)] == [
        "計画", "計画sogo令和5年度", "合計（重なりを除く）",
    ]  # fmt: skip
    assert "まだ公表していない計画は含みません（計画hajime）" in tight(
        part_under(client, TOWN, "summary")
    )


def test_the_number_of_queries_grows_neither_with_plans_nor_with_sections(
    client: Client, town: Any, plan: Plan
) -> None:
    def queries(path: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(path)
        return len(captured)

    scheme = judged_by_rule(plan)
    add(plan, 200, make_department(town))
    publish_year(plan)
    before = [queries(path) for path in (YEAR, TOWN)]
    for number in range(3):
        other = public_plan(town, f"plan-{number}")
        use(other, scheme)
        add(other, 200)
        publish_year(other)
        add(plan, 160, make_department(town))
    publish_year(plan, mark=Publication.Mark.CORRECTION, reason="追加のため")
    after = [queries(path) for path in (YEAR, TOWN)]
    assert all(now <= then for now, then in zip(after, before, strict=True))
    assert len(by_section(client)) == 6
