"""The progress sheet of a measure and a year, as citizens see it."""

from typing import Any

import pytest
from django.test import Client

from measures.models import Action
from plans.choices import LifeReason, Period, WorkState
from plans.models import Band, Plan, PlanScheme
from rounds.models import Publication

from .factories import (
    make_action,
    make_column,
    make_department,
    make_goal,
    make_measure,
    make_policy,
    make_succession,
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
BLANK = "－空欄"


@pytest.fixture
def plan() -> Plan:
    return make_sheet_plan()


@pytest.fixture
def action(plan: Plan) -> Action:
    return make_action(plan, measure=measure_of(plan), code="a", label="①", title="道を直す")


def table(client: Client, path: str = MEASURE) -> list[list[str]]:
    [found] = tables(client, path)
    return found


# --- The table ---------------------------------------------------------------------------------


def test_the_sheet_is_a_table_in_the_plans_own_form(
    client: Client, plan: Plan, action: Action
) -> None:
    make_column(plan, "budget", label="予算額", kind="number", unit="千円", order=5)
    make_column(plan, "result", label="主な成果", order=30)
    section = make_department(plan.municipality, "道路課")
    report = {
        "extra": {"budget": "1234567"},
        "issues": "狭い",
        "projects": ["舗装", "拡幅"],
        "result": "3本直した",
        "rating": band(plan, "A"),
        "direction": "続ける",
    }
    add_row(action, section, report=report)
    publish_year(plan)
    assert table(client) == [
        ["担当課・主な取組", "予算額", "現状・課題", "実施事業", "主な成果", "達成度",
         "今後の方向性"],
        ["①道を直す道路課", "1,234,567千円", "狭い", "舗装拡幅", "3本直した", "A評価A", "続ける"],
    ]  # fmt: skip
    [row] = main_part(client, MEASURE).select("table > tbody > tr")
    found = row.select("th, td")
    assert found[0].get("scope") == "row"
    assert found[1].get("class") == ["num"]
    assert [tight(item) for item in found[3].find_all("li")] == ["舗装", "拡幅"]


def test_zero_is_a_figure_and_blank_is_blank(client: Client, plan: Plan, action: Action) -> None:
    make_column(plan, "budget", label="予算額", kind="number", unit="千円", order=5)
    make_column(plan, "spent", label="決算額", kind="number", unit="千円", order=6)
    make_column(plan, "change", label="増減", kind="number", unit="千円", order=7)
    add_row(action, report={"extra": {"budget": 0, "spent": "", "change": "-1500.5"}})
    publish_year(plan)
    assert table(client)[1][1:4] == ["0千円", BLANK, "▲マイナス1,500.5千円"]


def test_a_rating_has_symbol_name_and_spoken_text_and_a_legend(
    client: Client, plan: Plan, action: Action
) -> None:
    Band.objects.filter(symbol="A").update(spoken="エー、よい", meaning="計画どおり進んだ")
    add_row(action, report={"rating": band(plan, "A")})
    publish_year(plan)
    main = main_part(client, MEASURE)
    rating = main.select_one("tbody span[class='judgement is-none']")
    assert rating is not None
    assert tight(rating) == "A評価Aエー、よい"
    [legend] = main.select("div[class=legend]")
    assert tight(legend).startswith("達成度の凡例A評価Aエー、よい計画どおり進んだB評価BC評価C")


def test_columns_blank_in_every_row_stay_and_are_named(
    client: Client, plan: Plan, action: Action
) -> None:
    add_row(action, report={"result": "", "issues": "狭い"})
    add_row(action, order=2, is_relisted=True, report={"result": "直した"})
    publish_year(plan)
    assert len(table(client)[0]) == 6
    assert "「実施事業」「達成度」「今後の方向性」の欄は、この表のどの行でも空欄のまま" in read(
        client, MEASURE
    )


def test_summaries_by_this_site_and_notes_are_marked(
    client: Client, plan: Plan, action: Action
) -> None:
    add_row(action, report={"texts_by_site": True, "note": "行頭記号なし"})
    publish_year(plan)
    assert table(client)[1][0] == "①道を直す担当課の記載なし当サイトによる要約行頭記号なし"


# --- Rows --------------------------------------------------------------------------------------


def test_the_owner_comes_first_and_relisted_rows_point_to_it(
    client: Client, plan: Plan, action: Action
) -> None:
    plan.label_relisted = "再び掲載"
    plan.save()
    roads, welfare = (make_department(plan.municipality, name) for name in ("道路課", "福祉課"))
    add_row(action, welfare, is_relisted=True, report={"result": "手伝った"})
    add_row(action, roads, order=2, report={"result": "直した"})
    publish_year(plan)
    _head, owner, relisted = table(client)
    assert owner[0] == "①道を直す道路課"
    assert relisted[0] == "①道を直す福祉課再び掲載主担当の行：道路課"
    main = main_part(client, MEASURE)
    [link] = [link for link in main.select("tbody a") if link.text == "道路課"][1:]
    [target] = [row for row in main.find_all("tr") if f"#{row.get('id')}" == link.get("href")]
    assert tight(target).startswith("①道を直す道路課")


def test_a_joint_row_names_both_sections_of_the_time_and_what_became_of_them(
    client: Client, plan: Plan, action: Action
) -> None:
    roads, welfare = (make_department(plan.municipality, name) for name in ("道路課", "福祉課"))
    add_row(action, roads, welfare, report={})
    publish_year(plan)
    make_succession(roads, make_department(plan.municipality, "まちづくり課"))
    assert table(client)[1][0] == "①道を直す道路課（現：まちづくり課）、福祉課"


def test_what_is_missing_says_so(client: Client, plan: Plan, action: Action) -> None:
    section = make_department(plan.municipality, "道路課")
    add_row(action, section)
    make_action(plan, measure=measure_of(plan), title="行のない取組", label="")
    add_row(make_action(plan, measure=measure_of(plan)), report={})
    publish_year(plan)
    _head, without_report, without_row, _other = table(client)
    assert without_report == ["①道を直す道路課", "この行の報告は公表されていません。"]
    assert without_row == ["行のない取組", "進捗管理シートに、この取組の行はありません。"]


def test_a_relisted_row_points_to_an_owner_whose_report_is_not_out_yet(
    client: Client, plan: Plan, action: Action
) -> None:
    roads, welfare = (make_department(plan.municipality, name) for name in ("道路課", "福祉課"))
    add_report(add_row(action, roads), state=WorkState.SUBMITTED, result="まだ言えない")
    add_row(action, welfare, order=2, is_relisted=True, report={})
    publish_year(plan)
    _head, owner, relisted = table(client)
    assert owner == ["①道を直す道路課", "この行の報告は公表されていません。"]
    assert relisted[0].endswith("主担当の行：道路課")


def test_only_actions_and_rows_of_the_year_are_there(
    client: Client, plan: Plan, action: Action
) -> None:
    later = make_action(plan, measure=measure_of(plan), title="あとの取組", first_fiscal_year=2024)
    ended = make_action(plan, measure=measure_of(plan), title="前の取組", last_fiscal_year=2022)
    for each in (later, ended):
        add_row(each)
    add_row(action, report={})
    add_row(action, order=2, is_relisted=True, first_fiscal_year=2024)
    publish_year(plan)
    assert [row[0] for row in table(client)[1:]] == ["①道を直す担当課の記載なし"]


def test_a_published_row_stays_though_it_has_left_the_plan_since(
    client: Client, plan: Plan, action: Action
) -> None:
    row = add_row(action, report={"result": "直した"})
    publish_year(plan)
    row.delete()
    action.last_fiscal_year, action.life_reason = 2022, LifeReason.ABOLISHED
    action.save()
    assert "直した" in table(client)[1]


# --- Years and periods -------------------------------------------------------------------------


def test_the_middle_and_the_end_of_a_year_are_shown_each(
    client: Client, plan: Plan, action: Action
) -> None:
    plan.label_mid_year = "9月末現在"
    plan.save()
    row = add_row(action, report={"result": "終わりの報告"})
    add_report(row, period=Period.MID_YEAR, result="半ばの報告")
    publish_year(plan, period=Period.MID_YEAR)
    publish_year(plan)
    middle, end = tables(client, MEASURE)
    assert "半ばの報告" in middle[1]
    assert "終わりの報告" in end[1]
    headings = [tight(heading) for heading in main_part(client, MEASURE).find_all("h2")]
    assert headings == ["令和5年度9月末現在", "令和5年度年度末実績"]


def test_the_year_can_be_changed_among_those_with_reports(
    client: Client, plan: Plan, action: Action
) -> None:
    row = add_row(action, report={})
    add_report(row, fiscal_year=2021)
    for year in (2021, 2022, 2023):
        publish_year(plan, year)
    for path in (MEASURE, OVERVIEW):
        [switch] = main_part(client, path).select("nav[class=years]")
        assert tight(switch) == "令和5年度令和3年度"
        [link] = switch.find_all("a")
        assert client.get(str(link.get("href"))).status_code == 200
        assert client.get(path.replace("2023", "2022")).status_code == 404


def test_other_pages_lead_to_the_sheets(client: Client, plan: Plan, action: Action) -> None:
    add_row(action, report={})
    publish_year(plan, 2022)
    publish_year(plan)

    def links(path: str) -> set[Any]:
        return {link.get("href") for link in main_part(client, path).find_all("a")}

    assert MEASURE in links("/kita/sogo/measures/m/")
    assert OVERVIEW in links("/kita/sogo/")
    assert OVERVIEW in links("/kita/sogo/years/2023/")
    assert links("/kita/sogo/years/2022/").isdisjoint({OVERVIEW.replace("2023", "2022")})
    assert MEASURE in links(OVERVIEW)
    assert OVERVIEW in links(MEASURE)


@pytest.mark.parametrize("level", ["goals", "policies"])
def test_actions_hanging_higher_up_have_a_sheet_there(
    client: Client, plan: Plan, level: str
) -> None:
    parent = {"goals": "basic_goal", "policies": "policy"}[level]
    node = {"goals": make_goal, "policies": make_policy}[level](plan, code="x")
    add_row(make_action(plan, title="じかの取組", **{parent: node}), report={"result": "進んだ"})
    publish_year(plan)
    path = f"/kita/sogo/{level}/x/sheets/2023/"
    assert "進んだ" in table(client, path)[1]
    assert path in {
        link.get("href") for link in main_part(client, f"/kita/sogo/{level}/x/").find_all("a")
    }
    assert path in {link.get("href") for link in main_part(client, OVERVIEW).find_all("a")}


def test_the_foot_tells_date_mark_and_reason(client: Client, plan: Plan, action: Action) -> None:
    add_row(action, report={})
    publish_year(plan, mark=Publication.Mark.PRELIMINARY)
    assert "公表した内容令和5年度年度末実績速報公表日" in read(client, MEASURE)
    publish_year(plan, mark=Publication.Mark.CORRECTION, reason="誤植のため")
    for path in (MEASURE, OVERVIEW):
        assert "令和5年度年度末実績訂正公表日" in read(client, path)
        assert "理由誤植のため" in read(client, path)


# --- What must not be seen ---------------------------------------------------------------------

EVERY_PAGE = [
    "/kita/sogo/",
    "/kita/sogo/years/2023/",
    "/kita/sogo/goals/g/",
    "/kita/sogo/policies/p/",
    "/kita/sogo/measures/m/",
    MEASURE,
    OVERVIEW,
]


def test_internal_columns_states_and_years_never_leave(
    client: Client, plan: Plan, action: Action
) -> None:
    make_column(plan, "memo", label="庁内メモ", order=90, is_public=False)
    row = add_row(action, report={"extra": {"memo": "言えない"}, "result": "言える"})
    publish_year(plan)
    row.reports.update(result="直している途中")
    other = add_row(make_action(plan, measure=measure_of(plan)))
    for state in (WorkState.DRAFT, WorkState.SUBMITTED, WorkState.APPROVED):
        year = 2020 + list(WorkState).index(state)
        add_report(other, state=state, fiscal_year=year, result=f"まだ{year}")
    add_report(row, fiscal_year=2024, result="まだ2024")
    publish_year(plan, 2020)
    publish_year(plan, 2024, kind=Publication.Kind.COUNCIL)
    pages = "".join(client.get(path).content.decode() for path in EVERY_PAGE)
    for hidden in (
        "庁内メモ",
        "言えない",
        "直している途中",
        "まだ20",
        "sheets/2024",
        "sheets/2020",
    ):
        assert hidden not in pages
    assert "言える" in pages
    for year in (2020, 2024):
        for path in (MEASURE, OVERVIEW):
            assert client.get(path.replace("2023", str(year))).status_code == 404


def test_a_rating_that_is_internal_is_neither_shown_nor_counted(
    client: Client, plan: Plan, action: Action
) -> None:
    make_column(plan, "rating", label="内部評価", kind="rating", is_public=False)
    add_row(action, report={"rating": band(plan, "A")})
    publish_year(plan)
    pages = read(client, MEASURE) + read(client, OVERVIEW)
    for hidden in ("内部評価", "評価A", "凡例", "未記入"):
        assert hidden not in pages


@pytest.mark.parametrize(
    "path",
    [
        MEASURE.replace("/m/", "/none/"),
        MEASURE.replace("2023", "99999999999999999999"),
        MEASURE.replace("2023", "abc"),
        MEASURE.replace("/m/", "/m%00/"),
        OVERVIEW.replace("2023", "0"),
        OVERVIEW.replace("sogo", "none"),
        "/kita/sogo/measures/empty/sheets/2023/",
        "/kita/sogo/measures/later/sheets/2023/",
    ],
)
def test_what_is_not_there_is_not_found(
    client: Client, plan: Plan, action: Action, path: str
) -> None:
    make_measure(plan, code="empty")
    make_action(plan, measure=make_measure(plan, code="later", first_fiscal_year=2024))
    add_row(action, report={})
    publish_year(plan)
    assert client.get(path).status_code == 404
    assert client.post(MEASURE).status_code == 405


def test_a_measure_of_another_plan_has_no_sheet_here(client: Client, plan: Plan) -> None:
    other = make_measure(code="other")
    add_row(make_action(other.plan, measure=other), report={})
    publish_year(other.plan)
    publish_year(plan)
    assert client.get("/kita/sogo/measures/other/sheets/2023/").status_code == 404


# --- Legends -----------------------------------------------------------------------------------


def test_a_published_year_keeps_its_classes_when_the_scheme_changes(
    client: Client, plan: Plan, action: Action
) -> None:
    add_row(action, report={"rating": band(plan, "A")})
    publish_year(plan)
    before = [read(client, path) for path in (MEASURE, OVERVIEW)]
    Band.objects.filter(symbol="B").update(label="別の名前", meaning="別の意味")
    Band.objects.filter(symbol="C").delete()
    assert [read(client, path) for path in (MEASURE, OVERVIEW)] == before


def test_an_old_publication_without_classes_takes_those_of_today(
    client: Client, plan: Plan, action: Action
) -> None:
    add_row(action, report={"rating": band(plan, "A")})
    Publication.objects.filter(pk=publish_year(plan).pk).update(legends={})
    assert "達成度の凡例A評価AB評価BC評価C" in read(client, MEASURE)


def test_a_plan_without_classes_has_no_legend(client: Client, plan: Plan, action: Action) -> None:
    PlanScheme.objects.filter(subject=PlanScheme.Subject.REPORTS).delete()
    add_row(action, report={})
    publish_year(plan)
    assert "凡例" not in read(client, MEASURE)
