"""The list of what has to be explained of a plan's year, as it stands and as it was published."""

from datetime import date
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from indicators.choices import Direction
from indicators.explain import Concern, by_concern, working_facts
from indicators.models import Actual
from plans.models import Plan
from rounds.explained import published_facts

from . import factories as make
from .admin_pages import address, sign_in
from .people import People, make_people
from .public_pages import publish_plan, publish_year

URL = "admin:rounds_publication_explain"


@pytest.fixture
def people(db: None) -> People:
    return make_people()


def add(
    plan: Plan, name: str, values: dict[int, Any], targets: Any = ((2029, 200),), **fields: Any
) -> Any:
    """Make an indicator with baseline 100 in FY2019; a value of None is a year without survey."""
    indicator = make.make_indicator(plan, name=name, **fields)
    for year, target in targets:
        make.make_target(indicator, year, target)
    for year, value in values.items():
        reason = "no_survey" if value is None else ""
        make.make_actual(indicator.series, year, value, missing_reason=reason)
    return indicator


@pytest.fixture
def plan(people: People) -> Plan:
    """An indicator for each concern of FY2023, and some that need no explanation."""
    plan = make.make_plan(people.kita, title="総合計画")
    section = [people.welfare]
    add(plan, "順調", {2022: 110, 2023: 120}, departments=section)
    add(plan, "悪化", {2022: 120, 2023: 110}, departments=section)
    add(
        plan,
        "減るほど良い",
        {2022: 90, 2023: 80},
        (),
        direction=Direction.FALLING,
    )
    add(plan, "未達", {2022: 110, 2023: 140}, ((2023, 150), (2029, 200)))
    add(plan, "据え置き", {2022: 190, 2023: 210})
    raised = add(plan, "引き上げ予定", {2022: 190, 2023: 210})
    revision = {"revision": 1, "reason": "達成したため", "decided_on": date(2024, 3, 20)}
    make.make_target(raised, 2029, 250, effective_from=2024, **revision)
    revised = add(plan, "改定", {2022: 110, 2023: 120})
    revision = {"revision": 1, "reason": "需要が減ったため", "decided_on": date(2023, 3, 20)}
    make.make_target(revised, 2029, 180, effective_from=2023, **revision)
    add(plan, "未入力", {2022: 110})
    late = add(plan, "確定待ち", {2022: 110, 2023: None})
    late.series.actuals.filter(fiscal_year=2023).update(
        missing_reason="not_compiled", expected_on=date(2024, 10, 1)
    )
    corrected = add(plan, "訂正", {2022: 110, 2023: 120})
    corrected.series.actuals.filter(fiscal_year=2023).update(
        revision="corrected", revision_reason="集計の誤り"
    )
    settled = add(plan, "確定", {2022: 110, 2023: 120})
    settled.series.actuals.filter(fiscal_year=2023).update(revision="settled")
    add(plan, "向き不明", {2022: 120, 2023: 110}, direction=Direction.UNKNOWN)
    return plan


EXPECTED = {
    Concern.WORSENED: {"悪化": ("前年度との差：-10",)},
    Concern.MISSED: {"未達": ("令和5年度の目標は150以上",)},
    Concern.UNCHANGED: {"据え置き": ("令和11年度の目標を達成済み。目標値の改定なし",)},
    Concern.REVISED: {
        "改定": (
            "令和11年度の目標：200以上 → 180以上。2023年3月20日決定、令和5年度の評価から。"
            "理由：需要が減ったため",
        )
    },
    Concern.MISSING: {
        "未入力": ("未入力",),
        "確定待ち": ("未集計。2024年10月に確定の予定",),
    },
    Concern.CORRECTED: {"訂正": ("訂正。集計の誤り",)},
}


def words(facts: Any, year: int) -> dict[Concern, dict[str, tuple[str, ...]]]:
    found = by_concern(facts, year)
    return {concern: {row.facts.name: row.words for row in rows} for concern, rows in found.items()}


def test_every_concern_of_the_rows_under_work(plan: Plan) -> None:
    assert words(working_facts(plan, 2023), 2023) == EXPECTED


def test_the_published_list_stays_as_it_was_published(plan: Plan) -> None:
    assert published_facts(plan, 2023) == (None, [])
    publish_plan(plan)
    for year in (2022, 2023):
        publish_year(plan, year)
    Actual.objects.filter(fiscal_year=2023).update(value=1, missing_reason="", expected_on=None)
    publication, facts = published_facts(plan, 2023)
    assert publication is not None
    found = words(facts, 2023)
    # What nobody entered was printed as not compiled; from when a target is used is not kept.
    assert found[Concern.MISSING].pop("未入力") == ("未集計",)
    assert found[Concern.REVISED]["改定"][0].startswith("令和11年度の目標：200以上 → 180以上")
    assert "2023年3月20日決定" in found[Concern.REVISED]["改定"][0]
    same = {Concern.WORSENED, Concern.MISSED, Concern.UNCHANGED, Concern.CORRECTED}
    assert {concern: found[concern] for concern in same} == {
        concern: EXPECTED[concern] for concern in same
    }
    assert list(found[Concern.MISSING]) == ["確定待ち"]
    assert list(found[Concern.REVISED]) == ["改定"]
    assert words(published_facts(plan, 2022)[1], 2022)[Concern.REVISED] == {}


def test_a_target_stays_missed_after_its_year(people: People) -> None:
    plan = make.make_plan(people.kita)
    add(plan, "過ぎた", {2023: 140}, ((2022, 150),))
    add(plan, "届いた", {2023: 150}, ((2022, 150),))
    add(plan, "途中", {2023: 140}, ((2024, 150),))
    kept = add(plan, "維持", {2023: 100}, ())
    make.make_target(kept, 2029, 100, kind="maintain")  # there to be kept, not reached
    found = words(working_facts(plan, 2023), 2023)
    assert found[Concern.MISSED] == {"過ぎた": ("令和4年度の目標は150以上",)}
    assert found[Concern.UNCHANGED] == {}


def test_what_people_judged_stands_beside(people: People) -> None:
    plan = make.make_plan(people.kita)
    indicator = add(plan, "悪化", {2022: 120, 2023: 110})
    band = make.make_scheme(plan=plan).bands.last()
    make.make_judgement(indicator, band)
    make.make_judgement(indicator, band, stage="4_final", reason="利用者が減った。")
    publish_year(plan)
    for facts in (working_facts(plan, 2023), published_facts(plan, 2023)[1]):
        assert [each.judged for each in facts] == ["最終評価「C 評価C」。利用者が減った"]


# --- The page ---------------------------------------------------------------------------------


def names(page: Any, concern: str) -> list[str]:
    rows = BeautifulSoup(page.content, "html.parser").select(f"#{concern} tbody th a")
    return [row.get_text(strip=True) for row in rows]


def test_the_page_shows_both_views(people: People, plan: Plan) -> None:
    planner = sign_in(people.planner)
    assert (
        f"{reverse(URL)}?plan={plan.pk}"
        in planner.get(address(Plan, "change", plan.pk)).content.decode()
    )
    query = {"plan": plan.pk, "fiscal_year": "R5"}
    page = planner.get(reverse(URL), query)
    assert names(page, "worsened") == ["悪化"]
    assert names(page, "missing") == ["未入力", "確定待ち"]
    text = page.content.decode()
    assert "確認前の値を含む" in text
    assert "福祉課" in text
    page = planner.get(reverse(URL), query | {"view": "published"})
    assert "まだ公表していません" in page.content.decode()
    publish_year(plan)
    page = planner.get(reverse(URL), query | {"view": "published"})
    assert names(page, "worsened") == ["悪化"]
    assert "公表版（確定" in page.content.decode()


@pytest.mark.parametrize(
    "who", ["entry", "colleague", "approver", "head", "planner", "reader", "operator"]
)
def test_colleagues_may_read_strangers_find_nothing(people: People, plan: Plan, who: str) -> None:
    theirs = make.make_plan(people.minami, title="みなみの計画")
    client = sign_in(getattr(people, who))
    page = client.get(reverse(URL), {"plan": plan.pk, "fiscal_year": 2023})
    assert names(page, "missed") == ["未達"]
    for view in ("working", "published"):
        answer = client.get(reverse(URL), {"plan": theirs.pk, "view": view})
        assert answer.status_code == (200 if who == "operator" else 404)
    if who != "operator":
        assert "みなみの計画" not in client.get(reverse(URL)).content.decode()


def test_who_has_no_role_is_asked_to_sign_in(people: People) -> None:
    for client in (Client(), sign_in(people.nobody)):
        assert client.get(reverse(URL)).status_code == 302
    assert sign_in(people.planner).get(reverse(URL)).status_code == 200  # no plan yet


@pytest.mark.parametrize("nonsense", ["abc", "-1", "9" * 5000, "\x00", "0"])
def test_nonsense_is_answered_politely(people: People, plan: Plan, nonsense: str) -> None:
    client = sign_in(people.planner)
    for name in ("plan", "fiscal_year", "view"):
        query = {"plan": plan.pk, "fiscal_year": 2023} | {name: nonsense}
        assert client.get(reverse(URL), query).status_code in {200, 404}


@pytest.mark.parametrize("view", ["working", "published"])
def test_a_large_plan_asks_no_more_queries(people: People, plan: Plan, view: str) -> None:
    client = sign_in(people.reader)
    publish_plan(plan)

    def queries() -> int:
        for year in (2022, 2023):
            publish_year(plan, year)
        with CaptureQueriesContext(connection) as asked:
            query = {"plan": plan.pk, "fiscal_year": 2023, "view": view}
            assert client.get(reverse(URL), query).status_code == 200
        return len(asked)

    few = queries()
    for number in range(60):
        added = add(plan, f"{number}", {2022: 120, 2023: 110}, departments=[people.welfare])
        make.make_break(added.series, 2020)
    assert queries() == few


def test_the_pages_obey_the_content_security_policy(people: People, plan: Plan) -> None:
    client = sign_in(people.planner)
    for url in (
        f"{reverse(URL)}?plan={plan.pk}&fiscal_year=2023",
        f"{reverse('admin:plans_ratingscheme_tryout')}?plan={plan.pk}&fiscal_year=2023",
    ):
        page = BeautifulSoup(client.get(url).content, "html.parser")
        assert page.select("style, script:not([src]), [style], [onclick], [onchange]") == []
