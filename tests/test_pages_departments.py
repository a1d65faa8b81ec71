"""The departments of a municipality, and what each answers for, as citizens see it."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from bs4 import Tag
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from municipalities.models import Department, DepartmentSuccession, Municipality
from plans.choices import WorkState
from plans.models import Plan
from rounds.models import Publication

from .factories import (
    make_action,
    make_actual,
    make_department,
    make_goal,
    make_indicator,
    make_issue,
    make_judgement,
    make_measure,
    make_municipality,
    make_plan,
    make_policy,
    make_report,
    make_row,
    make_scheme,
    make_series,
    make_sheet,
    make_succession,
)
from .public_pages import main_part, part_under, publish_plan, publish_year, read, tight

pytestmark = pytest.mark.django_db
LIST, YEAR = "/kita/departments/", "/kita/departments/bu/2023/"


@pytest.fixture
def town() -> Municipality:
    return make_municipality("kita", name="きた市")


@pytest.fixture
def plan(town: Municipality) -> Plan:
    return make_plan(town, "sogo", title="きた市総合計画")


@pytest.fixture
def division(town: Municipality) -> Department:
    return make_department(
        town, "企画部", code="bu", kind=Department.Kind.DIVISION, post="企画部長"
    )


def section(above: Department, name: str, code: str, **fields: Any) -> Department:
    return make_department(above.municipality, name, code=code, parent=above, **fields)


def counted(
    plan: Plan, *departments: Department, series: Any = None, year: int = 2023, **place: Any
) -> Any:
    """Add an indicator of sections with a figure of the year."""
    series_of = series or make_series(plan.municipality)
    indicator = make_indicator(plan, series_of, departments, **place)
    if series is None:
        make_actual(indicator.series, year)
    return indicator


def reported(plan: Plan, *departments: Department, title: str = "道を直す", **report: Any) -> Any:
    """Add an action with a checked report of FY2023 by sections."""
    measure = make_measure(plan, title="道の施策")
    action = make_action(plan, measure=measure, label="", title=title)
    row = make_row(action, departments)
    make_report(row, **({"state": WorkState.CHECKED} | report))
    return action


def part(client: Client, path: str, anchor: str) -> Tag:
    """Return the section of the page under the heading `anchor`."""
    found = part_under(client, path, anchor)
    assert found is not None
    return found


# --- The list ----------------------------------------------------------------------------------


def test_the_list_nests_sections_and_tells_what_became_of_the_former_ones(
    client: Client, plan: Plan, division: Department
) -> None:
    old = section(division, "企画課", "old", valid_to="2023-03-31")
    new = section(division, "未来課", "new", valid_from="2023-04-01")
    section(division, "ずっと先の課", "coming", valid_from="2090-04-01")
    make_succession(old, new, effective_on="2023-04-01")
    publish_plan(plan)
    page = main_part(client, LIST)
    [tree] = page.select("#today ~ ul > li")
    assert [link.get_text() for link in tree.select("a")] == ["企画部", "未来課"]
    fold = page.select_one("details.fold")
    assert fold is not None
    links = [(link.get_text(), link["href"]) for link in fold.select("a")]
    assert links == [("企画課", f"{LIST}old/"), ("未来課", f"{LIST}new/")]
    assert "令和5年3月31日まで" in fold.get_text()
    assert "令和5年4月1日　改称：" in fold.get_text()
    assert "ずっと先の課" not in page.get_text()
    assert client.get(f"{LIST}coming/").status_code == 404


def test_the_town_and_the_plan_lead_to_the_list_where_there_is_one(
    client: Client, plan: Plan
) -> None:
    publish_plan(plan)
    assert client.get(LIST).status_code == 404
    assert LIST not in client.get("/kita/").content.decode()
    make_department(plan.municipality)
    for path in ("/kita/", "/kita/sogo/"):
        assert LIST in client.get(path).content.decode()
    assert client.get(LIST).status_code == 200


def test_what_is_unknown_or_unpublished_is_not_found(
    client: Client, plan: Plan, division: Department
) -> None:
    assert client.get(LIST).status_code == 404
    assert client.get(f"{LIST}bu/").status_code == 404
    publish_year(plan)
    assert client.get(f"{LIST}bu/").status_code == 200
    other = make_department(code="elsewhere")
    for code in (other.code, "x", "x%00", "bu/0", "bu/1950", "bu/2099", "bu/" + "9" * 30, "bu/-1"):
        assert client.get(f"{LIST}{code}/").status_code == 404, code


def test_a_year_without_anything_says_so(client: Client, plan: Plan, division: Department) -> None:
    publish_year(plan)
    page = read(client, YEAR)
    assert "令和5年度の企画部について、公表されたものはありません。" in page
    assert "という組織はありません" not in page


# --- Policy sheets -----------------------------------------------------------------------------


def add_sheet(plan: Plan, division: Department, **fields: Any) -> Any:
    defaults = {"state": WorkState.CHECKED, "heading": "まちを動かす", "role": "調整を担う"}
    sheet = make_sheet(plan, division, **(defaults | fields))
    make_issue(
        sheet, number=1, title="移住", issue="人が減る", approach="窓口を作る", result="作った"
    )
    return sheet


def test_a_sheet_is_shown_as_it_was_published(
    client: Client, plan: Plan, division: Department
) -> None:
    sheet = add_sheet(plan, division, result="移住が増えた", texts_by_site=True)
    publish_year(plan)
    sheet.heading = "公表後の見出し"
    sheet.save()
    page = read(client, f"{LIST}bu/")
    for words in ("企画部長", "まちを動かす", "当サイトによる要約", "調整を担う", "重点課題1移住",
                  "課題人が減る", "実行方針窓口を作る", "結果作った", "成果移住が"):  # fmt: skip
        assert words in page
    assert "公表後の見出し" not in page


def test_the_plans_own_publication_shows_the_sheet_without_results(
    client: Client, plan: Plan, division: Department
) -> None:
    year = publish_plan(plan).year_shown
    add_sheet(plan, division, fiscal_year=year, result="移住が増えた")
    publish_plan(plan)
    page = read(client, f"{LIST}bu/")
    assert "実行方針窓口を作る" in page
    assert "作った" not in page
    assert "移住が増えた" not in page
    assert "結果と成果は、この公表には記載されていません。" in page
    publish_year(plan, year)
    publish_plan(plan)
    assert "成果移住が増えた" in read(client, f"{LIST}bu/")


@pytest.mark.parametrize("hidden", ["draft", "council", "later", "unpublished"])
def test_what_the_town_has_not_published_is_not_shown(
    client: Client, plan: Plan, division: Department, hidden: str
) -> None:
    state = WorkState.APPROVED if hidden == "draft" else WorkState.CHECKED
    add_sheet(plan, division, state=state)
    action = reported(plan, division, title="秘密の取組", state=state)
    publish_plan(plan)
    if hidden == "draft":
        publish_year(plan)
    elif hidden == "council":
        counted(plan, division)
        publish_year(plan, kind=Publication.Kind.COUNCIL)
    elif hidden == "later":
        publish_year(plan, effective_at=timezone.now() + timedelta(days=1))
    page = read(client, f"{LIST}bu/")
    assert "公表されたものはありません" in page
    assert "まちを動かす" not in page
    assert action.title not in page


def test_several_plans_may_each_have_a_sheet(
    client: Client, plan: Plan, division: Department
) -> None:
    strategy = make_plan(plan.municipality, "senryaku", title="総合戦略")
    for each, heading in ((plan, "総合の見出し"), (strategy, "戦略の見出し")):
        add_sheet(each, division, heading=heading)
        publish_year(each)
    page = read(client, YEAR)
    assert "部門方針シート（きた市総合計画）総合の見出し" in page
    assert "部門方針シート（総合戦略）戦略の見出し" in page


# --- What it answers for -----------------------------------------------------------------------


def test_a_division_sums_its_sections_and_counts_each_figure_once(
    client: Client, plan: Plan, division: Department
) -> None:
    first, second = section(division, "企画課", "ki"), section(division, "広報課", "ko")
    band = make_scheme(plan=plan).bands.first()
    joint, own = counted(plan, first, second), counted(plan, second)
    make_judgement(joint, band)
    strategy = make_plan(plan.municipality, "senryaku", title="総合戦略")
    counted(strategy, second, series=joint.series)
    counted(plan, make_department(plan.municipality, "ほかの課"))
    for each in (plan, strategy):
        publish_year(each)
    assert "評価した指標1／2" in read(client, YEAR)
    ki, ko = (part(client, YEAR, f"section-{code}") for code in ("ki", "ko"))
    assert [link.get_text() for link in ki.select("h4 a")] == [joint.series.name]
    assert "広報課と共同で担当します。「総合戦略」にも載っています。" in ki.get_text()
    assert [link.get_text() for link in ko.select("h4 a")] == [own.series.name]
    assert f"{joint.series.name}（企画課の項にあります）" in ko.get_text()
    # The section's own page shows it in full.
    assert joint.series.name in str(part(client, f"{LIST}ko/2023/", "section-ko").select("h4"))


def test_rows_of_the_sheet_show_rating_relisting_and_partners(
    client: Client, plan: Plan, division: Department
) -> None:
    other = make_department(plan.municipality, "道路課")
    best = make_scheme(plan=plan).bands.first()
    reported(plan, division, other, title="共同の道", rating=best)
    action = reported(plan, other, title="ほかの道", rating=best)
    again = make_row(action, [division], order=2, is_relisted=True)
    make_report(again, state=WorkState.CHECKED)
    publish_year(plan)
    rows = part(client, YEAR, "section-bu").select("tbody tr")
    joint, relisted = ([tight(cell) for cell in row.select("th, td")]
                       for row in rows)  # fmt: skip
    assert joint[:2] == ["共同の道道路課と共同", "A評価A"]
    assert relisted[:2] == ["ほかの道再掲主担当：道路課", "－未記入"]
    measure = rows[0].select("td a")[0]["href"]
    assert str(measure).startswith("/kita/sogo/measures/")
    row_on_sheet = str(rows[1].select("th a")[0]["href"])
    path, anchor = row_on_sheet.split("#")
    assert main_part(client, path).find(id=anchor) is not None
    assert "評価を記入した行1／2" in read(client, YEAR)


def test_a_plan_without_results_counts_by_what_it_promises(
    client: Client, plan: Plan, division: Department
) -> None:
    promised = make_plan(
        plan.municipality, "kobetsu", title="個別計画", start_fiscal_year=2022, end_fiscal_year=2024
    )
    indicator = counted(promised, division)
    publish_plan(promised)
    counted(plan, division, year=2025)
    for year in (2023, 2025):
        publish_year(plan, year)
    assert indicator.series.name in read(client, YEAR)
    assert "実績がまだ公表されていない指標1" in read(client, YEAR)
    assert indicator.series.name not in read(client, f"{LIST}bu/2025/")


# --- Names of then -----------------------------------------------------------------------------


def test_after_a_reorganisation_past_years_print_the_names_of_then(
    client: Client, plan: Plan, division: Department
) -> None:
    old = section(division, "企画課", "old", valid_to="2023-03-31")
    new = section(division, "未来課", "new", valid_from="2023-04-01")
    make_succession(old, new, effective_on="2023-04-01")
    indicator = make_indicator(plan, departments=[old])
    for year in (2021, 2022):
        publish_year(plan, year)
    indicator.responsibilities.update(department=new)
    publish_year(plan, 2023)
    past = part(client, f"{LIST}bu/2021/", "section-old").get_text()
    assert "企画課（現：未来課）" in past
    assert "未来課" not in part(client, f"{LIST}bu/2023/", "section-new").get_text().replace(
        "未来課", "", 1
    )
    assert "その後令和5年4月1日改称：未来課" in read(client, f"{LIST}old/2021/").replace("　", "")
    assert "前の組織令和5年4月1日改称：企画課" in read(client, f"{LIST}new/").replace("　", "")
    years = [link.get_text() for link in main_part(client, f"{LIST}old/").select("nav.years li")]
    assert years == ["令和4年度", "令和3年度"]
    assert "令和5年度には、企画課という組織はありません。" in read(client, f"{LIST}old/2023/")
    # The page of the indicator leads to the sections of each year.
    page = main_part(client, f"/kita/sogo/indicators/{indicator.code}/")
    links = {str(link["href"]) for link in page.select('a[href*="/departments/"]')}
    assert links == {f"{LIST}old/2022/", f"{LIST}new/2023/"}


def test_a_section_that_gave_away_a_part_is_still_itself(
    client: Client, plan: Plan, division: Department
) -> None:
    made = section(division, "交通室", "kotsu", valid_from="2023-04-01")
    make_succession(division, made, kind=DepartmentSuccession.Kind.MOVED, effective_on="2023-04-01")
    counted(plan, division)
    publish_year(plan)
    page = read(client, YEAR)
    assert "現：" not in page
    assert "一部を移管：交通室" in page


def test_a_name_whose_section_is_gone_is_not_linked(
    client: Client, plan: Plan, division: Department
) -> None:
    indicator = counted(plan, division)
    publish_year(plan)
    path = f"/kita/sogo/indicators/{indicator.code}/"
    assert YEAR in str(main_part(client, path))
    assert YEAR in str(main_part(client, "/kita/sogo/years/2023/"))
    Department.objects.filter(pk=division.pk).update(code="renamed")
    assert "企画部" in read(client, path)
    assert "/departments/bu/" not in client.get(path).content.decode()


# --- The whole ---------------------------------------------------------------------------------


def test_headings_are_in_order(client: Client, plan: Plan, division: Department) -> None:
    add_sheet(plan, division, result="移住が増えた", role_items=["計画"])
    counted(plan, division, section(division, "企画課", "ki"))
    reported(plan, division)
    publish_year(plan)
    levels = [
        int(heading.name[1]) for heading in main_part(client, YEAR).select("h1, h2, h3, h4, h5")
    ]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_queries_grow_neither_with_rows_nor_with_sections_and_plans(client: Client) -> None:
    def queries(path: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        return len(captured)

    found = {}
    for size in (1, 8):
        town = make_municipality(f"town-{size}")
        division = make_department(town, code="bu")
        for number in range(size):
            plan = make_plan(town, f"plan-{number}")
            sections = [section(division, f"課{n}", f"ka-{number}-{n}") for n in range(size)]
            make_succession(sections[0], division)
            add_sheet(plan, division)
            for each in sections:
                action = reported(plan, each, division)
                counted(plan, each, division)
                counted(plan, each, measure=action.measure)
                counted(plan, each, policy=make_policy(plan, basic_goal=make_goal(plan)))
            publish_year(plan)
        root = f"/town-{size}/departments/"
        found[size] = [queries(path) for path in (root, f"{root}bu/", f"{root}bu/2023/")]
    assert found[1] == found[8]
    assert found[8] == [3, 14, 14]


@pytest.mark.usefixtures("loaded_plans")
def test_the_real_and_the_sample_sheets(client: Client) -> None:
    for code in ("sogo-seisaku-bu", "somu-bu"):
        page = main_part(client, f"/konan/departments/{code}/")
        assert "令和4年度" in page.select("h1")[0].get_text()
        labels = [each.get_text() for each in page.select("ol.tree > li > .node-label")]
        assert labels == [f"重点課題{number}" for number in range(1, 6)]
    past = read(client, "/mihon/departments/kankyo-bu/2021/")
    assert "環境課（現：ごみ減量課、ゼロカーボン推進課）" in past
    assert "架空" in past
