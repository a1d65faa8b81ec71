"""Citizens find from the old plan to the new one and back, and read one line of figures."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from indicators.succession import start_successor
from plans.models import Plan

from . import factories as make
from .public_pages import main_part, open_page, publish_plan, publish_year

pytestmark = pytest.mark.django_db


@pytest.fixture
def old(db: None) -> Plan:
    """A plan with one of each level and an indicator whose 2023 and 2024 are published."""
    plan = make.make_plan(make.make_municipality("kita"), "sogo", title="総合計画")
    goal = make.make_goal(plan, code="g", title="くらし")
    policy = make.make_policy(plan, code="p", title="子育て", basic_goal=goal)
    measure = make.make_measure(plan, code="m", title="保育", policy=policy)
    make.make_action(plan, code="a", title="整備", label="", measure=measure)
    series = make.make_series(plan.municipality, name="園の数", unit="園")
    indicator = make.make_indicator(plan, series, code="i", measure=measure)
    make.make_target(indicator, 2029, 200)
    publish_plan(plan)
    for year, value in ((2023, 110), (2024, 120)):
        make.make_actual(series, year, value)
        publish_year(plan, year)
    return plan


@pytest.fixture
def new(old: Plan) -> Plan:
    """Its revised edition from 2025 on, published, with the year 2025."""
    plan = start_successor(
        old,
        slug="kaitei",
        title="総合計画",
        edition="改訂版",
        takes_over_from=2025,
        start_fiscal_year=2020,
        end_fiscal_year=2029,
        by=None,
    )
    plan.stage = Plan.Stage.CURRENT
    plan.save()
    publish_plan(plan)
    make.make_actual(plan.indicators.get().series, 2025, 150)
    publish_year(plan, 2025)
    return plan


def page(path: str) -> BeautifulSoup:
    return open_page(Client(), path)


def words(path: str) -> str:
    return main_part(Client(), path).get_text("", strip=True)


def meta(path: str) -> dict[str, list[tuple[str, str]]]:
    """Return what the page says of other plans: heading → links (text, address)."""
    return {
        line.dt.get_text(strip=True): [
            (link.get_text(), link["href"]) for link in line.select("dd a")
        ]
        or [(line.dd.get_text(strip=True), "")]
        for line in page(path).select("dl.meta > div")
        if "では" in line.dt.get_text()
    }


# --- Plans --------------------------------------------------------------------------------------


def test_the_old_plan_says_who_took_over(new: Plan) -> None:
    notice = page("/kita/sogo/").select_one(".alert")
    assert notice.get_text(strip=True) == "令和7年度からは「総合計画 改訂版」に引き継がれました。"
    assert notice.a["href"] == "/kita/kaitei/"
    assert page("/kita/kaitei/").select_one(".alert") is None


def test_a_takeover_to_come_is_told_as_such(new: Plan) -> None:
    Plan.objects.filter(pk=new.pk).update(takes_over_from=2028)
    assert "令和10年度からは「総合計画 改訂版」に引き継がれます。" in words("/kita/sogo/")


def test_nothing_is_said_of_a_plan_nobody_may_read(old: Plan) -> None:
    """A draft, and a plan in force that is not published, leave no trace."""
    draft = start_successor(old, slug="d", title="秘密の計画", takes_over_from=2025, by=None)
    paths = ["/kita/sogo/", "/kita/sogo/policies/p/", "/kita/sogo/indicators/i/"]
    for stage in ("draft", "current"):
        Plan.objects.filter(pk=draft.pk).update(stage=stage)
        for path in paths:
            assert "秘密の計画" not in str(page(path))
            assert "引き継" not in words(path)


def test_a_published_draft_takes_nothing_over(old: Plan) -> None:
    draft = start_successor(old, slug="d", title="新計画", takes_over_from=2025, by=None)
    publish_plan(draft)
    assert "引き継" not in words("/kita/sogo/")
    assert "「新計画」では" in meta("/kita/sogo/policies/p/")


# --- Goals, policies, measures ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("level", "title"), [("goals/g", "くらし"), ("policies/p", "子育て"), ("measures/m", "保育")]
)
def test_each_level_leads_to_its_counterpart_and_back(new: Plan, level: str, title: str) -> None:
    [(heading, [(text, url)])] = meta(f"/kita/sogo/{level}/").items()
    assert heading == "「総合計画 改訂版」では"
    assert text.endswith(title)
    assert url == f"/kita/kaitei/{level}/"
    [(heading, [(text, url)])] = meta(f"/kita/kaitei/{level}/").items()
    assert heading == "前の計画「総合計画」では"
    assert url == f"/kita/sogo/{level}/"


def test_several_counterparts_at_any_level_are_all_named(old: Plan, new: Plan) -> None:
    policy = old.policy_set.get()
    make.make_correspondence(
        new, old, number=90, new_measure=new.measure_set.get(), old_policy=policy
    )
    make.make_correspondence(
        new, old, number=91, new_action=new.action_set.get(), old_policy=policy
    )
    make.make_correspondence(
        new, old, number=92, new_measure=new.measure_set.get(), old_policy=policy
    )
    assert [url for _text, url in meta("/kita/sogo/policies/p/")["「総合計画 改訂版」では"]] == [
        "/kita/kaitei/policies/p/",
        "/kita/kaitei/measures/m/",
        "/kita/kaitei/measures/m/#action-a",
    ]


def test_what_was_dropped_or_is_new_is_said_only_where_a_line_says_it(old: Plan, new: Plan) -> None:
    dropped = make.make_policy(old, code="x", title="やめた政策")
    added = make.make_policy(new, code="y", title="新しい政策")
    assert meta("/kita/sogo/policies/x/") == meta("/kita/kaitei/policies/y/") == {}
    make.make_correspondence(new, old, number=90, old_policy=dropped)
    make.make_correspondence(new, old, number=91, new_policy=added)
    assert meta("/kita/sogo/policies/x/") == {"「総合計画 改訂版」では": [("（削除）", "")]}
    assert meta("/kita/kaitei/policies/y/") == {"前の計画「総合計画」では": [("（新設）", "")]}


# --- Indicators ---------------------------------------------------------------------------------


def table(path: str) -> list[list[str]]:
    rows = page(path).select("table.data tbody tr")
    return [[cell.get_text(" ", strip=True) for cell in row.select("th, td")] for row in rows]


def test_the_new_indicator_draws_one_line_with_the_border_marked(new: Plan) -> None:
    chart = page("/kita/kaitei/indicators/i/").select_one("svg.chart")
    [line] = [each for each in chart.select("polyline") if "chart-line" in each["class"]]
    assert len(line["points"].split()) == 3
    assert chart.select(".chart-border")
    assert "R7からは「改訂版」の値です。" in chart.desc.text
    assert "実績はR5の110園からR7の150園になりました。" in chart.desc.text
    assert "令和7年度からの値は「総合計画 改訂版」で公表したもの" in words(
        "/kita/kaitei/indicators/i/"
    )


def test_the_table_says_which_plan_published_a_line(new: Plan) -> None:
    rows = table("/kita/kaitei/indicators/i/")
    assert [row[:2] for row in rows] == [
        ["令和元年度 基準値", "改訂版"],
        ["令和5年度 実績", "総合計画"],
        ["令和6年度 実績", "総合計画"],
        ["令和7年度 実績", "改訂版"],
        ["令和11年度 目標", "改訂版"],
    ]
    rated = [bool("".join(row[4:])) for row in rows[1:4]]
    assert rated == [False, False, True]  # rates speak of the targets of one plan


def test_the_old_indicator_keeps_its_own_and_leads_on(new: Plan) -> None:
    text = words("/kita/sogo/indicators/i/")
    assert "これより後の年度の値は、「総合計画 改訂版」のページにあります。" in text
    assert "公表した計画" not in text
    assert "150園" not in text
    assert not page("/kita/sogo/indicators/i/").select(".chart-border")
    assert meta("/kita/sogo/indicators/i/") == {
        "「総合計画 改訂版」では": [("園の数", "/kita/kaitei/indicators/i/")]
    }
    assert meta("/kita/kaitei/indicators/i/") == {
        "前の計画「総合計画」では": [("園の数", "/kita/sogo/indicators/i/")]
    }


def test_a_changed_definition_breaks_the_line_at_the_border(new: Plan) -> None:
    make.make_break(new.indicators.get().series, 2025, reason="認可外を含める")
    chart = page("/kita/kaitei/indicators/i/").select_one("svg.chart")
    [line] = [each for each in chart.select("polyline") if "chart-line" in each["class"]]
    assert len(line["points"].split()) == 2
    assert {"定義の変更", "改訂版"} <= {text.text for text in chart.select("text")}


def test_only_published_values_of_the_years_before_continue(old: Plan, new: Plan) -> None:
    series = old.indicators.get().series
    make.make_actual(series, 2022, 99999)
    assert "99,999" not in words("/kita/kaitei/indicators/i/")


def test_a_year_that_was_taken_over_is_not_shown_as_the_old_plans(new: Plan) -> None:
    Plan.objects.filter(pk=new.pk).update(takes_over_from=2024)
    plans = {row[0]: row[1] for row in table("/kita/kaitei/indicators/i/")}
    assert plans["令和5年度 実績"] == "総合計画"
    assert "令和6年度 実績" not in plans


def test_another_unit_is_not_joined_to_the_line(old: Plan, new: Plan) -> None:
    old.publications.first().indicators.model.objects.filter(publication__plan=old).update(
        unit="施設"
    )
    chart = page("/kita/kaitei/indicators/i/").select_one("svg.chart")
    assert not chart.select(".chart-border, polyline.chart-line")
    assert "施設" in words("/kita/kaitei/indicators/i/")


def test_the_line_runs_through_a_chain_of_plans(old: Plan, new: Plan) -> None:
    third = start_successor(new, slug="third", title="第2期計画", takes_over_from=2026, by=None)
    publish_plan(third)
    chart = page("/kita/third/indicators/i/").select_one("svg.chart")
    [line] = [each for each in chart.select("polyline") if "chart-line" in each["class"]]
    assert len(line["points"].split()) == 3
    assert "R7からは「改訂版」の値です。R8からは「第2期計画」の値です。" in chart.desc.text
    assert [row[1] for row in table("/kita/third/indicators/i/")] == [
        "第2期計画",
        "総合計画",
        "総合計画",
        "改訂版",
        "第2期計画",
    ]


def test_queries_do_not_grow(old: Plan, new: Plan) -> None:
    paths = [
        f"/kita/{plan}/{page}/"
        for plan in ("sogo", "kaitei")
        for page in ("policies/p", "indicators/i")
    ]
    policy, other = old.policy_set.get(), new.policy_set.get()
    counts: list[dict[str, int]] = []
    for size in (4, 16):
        for n in range(size):
            action = make.make_action(new, measure=new.measure_set.get())
            make.make_correspondence(
                new, old, number=100 * size + n, new_action=action, old_policy=policy
            )
            extra: Any = make.make_action(old, policy=policy)
            make.make_correspondence(
                new, old, number=100 * size + 50 + n, new_policy=other, old_action=extra
            )
        for n in range(size // 4):
            make.make_actual(old.indicators.get().series, 2000 + size - n, 5)
            publish_year(old, 2000 + size - n)
        counts.append({})
        for path in paths:
            with CaptureQueriesContext(connection) as asked:
                assert Client().get(path).status_code == 200
            counts[-1][path] = len(asked)
    assert counts[0] == counts[1]


def test_queries_do_not_grow_with_the_chain_of_plans(new: Plan) -> None:
    def asked(slug: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert Client().get(f"/kita/{slug}/indicators/i/").status_code == 200
        return len(queries)

    last, counts = new, []
    for year in range(2026, 2030):
        last = start_successor(
            last, slug=f"from-{year}", title=f"{year}年度からの計画", takes_over_from=year, by=None
        )
        publish_plan(last)
        counts.append(asked(f"from-{year}"))
    assert counts == [counts[0]] * 4
