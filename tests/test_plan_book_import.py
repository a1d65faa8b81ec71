"""An import says everything that is wrong at once, by the cell, and writes all of it or nothing."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from exchange.plan_book.importing import Outcome
from exchange.plan_book.workbook import plan_workbook, template_workbook
from indicators.models import Actual, Indicator, Series, Target
from municipalities.access import Role
from municipalities.history import Door, through
from municipalities.models import Department, Municipality, User
from municipalities.uploads import read
from plans.choices import WorkState
from plans.models import BasicGoal, Plan, Policy

from . import factories as make
from .plan_books import book_of, bring, changed, counts, form, saved, small

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def town() -> Municipality:
    return make.make_municipality("kita", name="きた市")


@pytest.fixture
def planner(town: Municipality) -> User:
    return make.make_user(Role.PLANNER, town)


def said(outcome: Outcome) -> list[tuple[str, str, str, str]]:
    return [(each.sheet, each.place, each.found, each.message) for each in outcome.complaints]


def nothing_is_there() -> bool:
    return not any(
        model.objects.exists()
        for model in (Plan, BasicGoal, Series, Indicator, Target, Actual, Department)
    )


# --- What people type -----------------------------------------------------------------------------


def test_a_small_plan_as_people_type_it(town: Municipality, planner: User) -> None:
    with through(Door.WORKBOOK):
        outcome = bring(book_of(small()), town, by=planner, reason="初めての取込")
    assert said(outcome) == []
    plan = Plan.objects.get()
    assert (plan.stage, plan.start_fiscal_year, plan.end_fiscal_year) == ("draft", 2024, 2028)
    indicator = Indicator.objects.get()
    assert indicator.policy == Policy.objects.get(code="1-1", basic_goal__code="1")
    assert (indicator.baseline_status, indicator.baseline_value) == ("value", 12)
    assert indicator.baseline_fiscal_year == 2023
    assert [link.department.name for link in indicator.responsibilities.all()] == ["こども課"]
    target = Target.objects.get()
    assert (target.kind, target.value, target.fiscal_year) == ("at_least", 20, 2028)
    actuals = {each.fiscal_year: each for each in Actual.objects.all()}
    assert (actuals[2024].value, actuals[2025].value) == (14, None)
    assert actuals[2025].missing_reason == "not_compiled"
    assert {each.state for each in actuals.values()} == {WorkState.CHECKED}
    history = actuals[2024].history.get()
    assert (history.history_user, history.history_change_reason) == (planner, "初めての取込")
    assert history.door == Door.WORKBOOK


def test_a_direction_nobody_states_is_a_proposal(town: Municipality) -> None:
    outcome = bring(book_of(small()), town)
    indicator = Indicator.objects.get()
    assert (indicator.direction, indicator.proposed_direction) == ("unknown", "rising")
    assert any("増えるほど良い」と提案" in note for note in outcome.notes)


def test_stated_as_unknown_is_not_guessed(town: Municipality) -> None:
    sheets = small()
    sheets["指標"][0].append("向き")
    sheets["指標"][1].append("記載なし")
    bring(book_of(sheets), town)
    assert Indicator.objects.get().proposed_direction == ""


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (0, "0"),
        ("0", "0"),
        ("１，２３４", "1234"),
        ("1,234.5", "1234.5"),
        ("▲3", "-3"),
        ("△ 3.25", "-3.25"),
        ("－5", "-5"),
        ("1,234か所", "1234"),
        ("１２か所", "12"),
        (0.1 + 0.2, "0.3"),
        (1e-3, "0.001"),
    ],
)
def test_figures_as_people_type_them(cell: Any, value: str, town: Municipality) -> None:
    sheets = small(実績=[["系列", "R6"], ["parks", cell]])
    assert said(bring(book_of(sheets), town)) == []
    assert Actual.objects.get().value == Decimal(value)


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("未集計", "not_compiled"),
        ("調査のない年", "no_survey"),
        ("－", "not_stated"),
        ("―", "not_stated"),
    ],
)
def test_no_value_has_a_reason(cell: str, reason: str, town: Municipality) -> None:
    outcome = bring(book_of(small(実績=[["系列", "R6"], ["parks", cell]])), town)
    assert (Actual.objects.get().value, Actual.objects.get().missing_reason) == (None, reason)
    assert any("資料に記載なし" in note for note in outcome.notes) == (reason == "not_stated")


@pytest.mark.parametrize(("unit", "is_read"), [("%", True), ("％", True), ("人", False)])
def test_a_cell_shown_as_percent(unit: str, is_read: bool, town: Municipality) -> None:
    """Excel keeps 56.7% as 0.567: it must not arrive as less than one percent."""
    sheets = small(実績=[["系列", "R6"], ["parks", 0.567]])
    sheets["系列"][1][2] = unit
    book = load_workbook(BytesIO(book_of(sheets)))
    book["実績"]["B2"].number_format = "0.0%"
    outcome = bring(saved(book), town)
    if is_read:
        assert Actual.objects.get().value == Decimal("56.7")
    else:
        assert [found for _s, _p, found, _m in said(outcome)] == ["56.7%"]


def test_a_blank_cell_says_nothing(town: Municipality) -> None:
    bring(book_of(small(実績=[["系列", "R6", "R7"], ["parks", None, 3]])), town)
    assert [each.fiscal_year for each in Actual.objects.all()] == [2025]


@pytest.mark.parametrize(
    "heading", ["令和6年度", "R6", 2024, "2024年度", "Ｒ６", "FY2024", "令和６年度末"]
)
def test_years_as_people_type_them(heading: Any, town: Municipality) -> None:
    bring(book_of(small(実績=[["系列", heading], ["parks", 3]])), town)
    assert Actual.objects.get().fiscal_year == 2024


def test_headings_may_stand_anywhere_in_any_order(town: Municipality) -> None:
    sheets = small()
    sheets["系列"] = [
        ["きた市の系列"],
        [],
        ["備考欄", "所管課", "名称", "コード", "単位"],
        ["読まない", "こども課", "公園の数", "parks", "か所"],
    ]
    outcome = bring(book_of(sheets), town)
    assert said(outcome) == []
    assert Series.objects.get().owner.code == "kodomo"
    assert any("備考欄" in note for note in outcome.notes)


def test_decimals_come_from_the_figures(town: Municipality) -> None:
    sheets = small(実績=[["系列", "R6"], ["parks", "14.25"]])
    bring(book_of(sheets), town)
    assert Series.objects.get().decimals == 2


def test_a_sheet_nobody_knows_is_named(town: Municipality) -> None:
    outcome = bring(book_of(small(メモ=[["なにか"]])), town)
    assert any("メモ" in note for note in outcome.notes)
    assert Plan.objects.exists()


# --- What is wrong --------------------------------------------------------------------------------


def test_everything_wrong_is_said_at_once_by_its_cell(town: Municipality) -> None:
    sheets = small()
    sheets["計画"] = form(アドレス名="shin", 計画名="新しい計画", 開始年度="平成99年度")
    sheets["政策"].append(["1-1", "また同じ", "基本目標 9"])
    sheets["政策"].append(["1 2", "空白のあるコード", None])
    sheets["指標"].append(["1-1-2", "1-1", "trees", "みどり課", "たくさん", 31])
    sheets["目標"].append(["1-1-9", "R10", 5])
    sheets["実績"].append(["parks", None, 1, 2])
    sheets["実績"][1][3] = "増えた"
    outcome = bring(book_of(sheets), town)
    assert nothing_is_there()
    places = {(sheet, place): message for sheet, place, _found, message in said(outcome)}
    assert set(places) >= {
        ("計画", "B4"),
        ("政策", "A3"),
        ("政策", "A4"),
        ("指標", "C3"),
        ("指標", "D3"),
        ("指標", "E3"),
        ("指標", "F3"),
        ("目標", "A3"),
        ("実績", "A3"),
        ("実績", "D2"),
    }
    assert "2行目と同じ行" in places["政策", "A3"]
    assert "半角の英数字" in places["政策", "A4"]
    assert "系列「trees」がありません" in places["指標", "C3"]
    assert "組織「みどり課」がありません" in places["指標", "D3"]
    assert "例：1,234.5や▲3" in places["指標", "E3"]
    assert "元号がありません" in places["指標", "F3"]
    assert "未集計" in places["実績", "D2"]
    found = {(sheet, place): found for sheet, place, found, _message in said(outcome)}
    assert found["指標", "E3"] == "たくさん"


def test_the_rules_of_the_write_path_point_to_the_cell(town: Municipality) -> None:
    sheets = small()
    sheets["系列"][0].append("小数桁")
    sheets["系列"][1].append(0)
    sheets["実績"][1][2] = 14.25
    sheets["目標"] = [
        ["指標", "目標年度", "改定", "目標値", "種類"],
        ["1-1-1", "R10", 0, 20, "以上"],
        ["1-1-1", "R10", 1, 25, "以上"],
    ]
    outcome = bring(book_of(sheets), town)
    assert nothing_is_there()
    assert [(sheet, place) for sheet, place, _f, _m in said(outcome)] == [
        ("目標", "A3"),
        ("実績", "C2"),
    ]
    assert "改定した目標値には理由" in said(outcome)[0][3]
    assert "小数2桁" in said(outcome)[1][3]


def test_an_error_of_excel_is_named(town: Municipality) -> None:
    book = load_workbook(BytesIO(book_of(small())))
    book["実績"]["C2"].value = "#N/A"
    book["実績"]["C2"].data_type = "e"
    outcome = bring(saved(book), town)
    assert nothing_is_there()
    assert [place for _s, place, _f, _m in said(outcome)] == ["C2"]
    assert "#N/A" in said(outcome)[0][3]


@pytest.mark.parametrize(
    "sheets",
    [
        {"なにか": [["x"]]},
        {"計画": [["項目", "内容"]]},
        {"計画": form(計画名="名前だけ")},
        {"計画": form(アドレス名=None, 計画名="名前だけ")},
    ],
)
def test_a_book_without_a_plan_is_refused(sheets: Any, town: Municipality) -> None:
    outcome = bring(book_of(sheets), town)
    assert len(outcome.complaints) >= 1
    assert nothing_is_there()


def test_csv_is_no_plan(town: Municipality) -> None:
    outcome = bring("コード,題名\n1,x\n".encode(), town, name="plan.csv")
    assert "xlsx" in outcome.complaints[0].message


def test_headings_that_are_missing_are_named(town: Municipality) -> None:
    outcome = bring(book_of(small(目標=[["しひょう", "年"], ["1-1-1", "R10"]])), town)
    assert "指標、目標年度" in said(outcome)[0][3]
    assert nothing_is_there()


def test_sections_above_themselves(town: Municipality) -> None:
    sheets = small(
        組織=[
            ["コード", "名称", "上位の組織"],
            ["a", "あ課", "b"],
            ["b", "い課", "a"],
            ["kodomo", "こども課", None],
        ]
    )
    outcome = bring(book_of(sheets), town)
    assert outcome.complaints
    assert nothing_is_there()


# --- Into a plan that is there --------------------------------------------------------------------


@pytest.fixture
def plan(town: Municipality) -> Plan:
    bring(book_of(small()), town)
    return Plan.objects.get()


def test_only_what_changed_is_written(plan: Plan, town: Municipality, planner: User) -> None:
    content = changed(plan_workbook(plan), {("実績", "E5"): 15, ("政策", "C5"): "遊び場と公園"})
    outcome = bring(content, town, by=planner, reason="修正")
    assert counts(outcome)["changed"] == 2
    assert "new" not in counts(outcome)
    assert Actual.objects.get(fiscal_year=2024).value == 15
    assert Actual.objects.get(fiscal_year=2024).version == 2
    assert Actual.objects.get(fiscal_year=2025).history.count() == 1
    assert Policy.objects.get().title == "遊び場と公園"
    changes = [
        change for sheet in outcome.sheets for item in sheet.items for change in item.changes
    ]
    assert ("題名", "遊び場", "遊び場と公園") in [tuple(change) for change in changes]


def test_a_dry_run_says_the_same_and_writes_nothing(plan: Plan, town: Municipality) -> None:
    content = changed(plan_workbook(plan), {("実績", "E5"): 15})
    preview = bring(content, town, dry_run=True)
    assert counts(preview)["changed"] == 1
    assert Actual.objects.get(fiscal_year=2024).value == 14
    assert bring(content, town, expected=preview.fingerprint).fingerprint == preview.fingerprint
    assert Actual.objects.get(fiscal_year=2024).value == 15


def test_another_outcome_than_agreed_to_writes_nothing(plan: Plan, town: Municipality) -> None:
    content = changed(plan_workbook(plan), {("実績", "E5"): 15})
    preview = bring(content, town, dry_run=True)
    Actual.objects.filter(fiscal_year=2024).update(value=15)
    Actual.objects.filter(fiscal_year=2025).update(value=9, missing_reason="")
    outcome = bring(content, town, expected=preview.fingerprint)
    assert outcome.fingerprint != preview.fingerprint
    assert Actual.objects.get(fiscal_year=2025).value == 9


def test_rows_the_book_does_not_name_stay(plan: Plan, town: Municipality) -> None:
    make.make_goal(plan, code="2", title="しごと")
    bring(book_of(small()), town)
    assert set(plan.basicgoal_set.values_list("code", flat=True)) == {"1", "2"}


def test_a_closed_year_stays_closed(plan: Plan, town: Municipality, planner: User) -> None:
    make.make_lock(plan, 2024)
    content = changed(plan_workbook(plan), {("実績", "E5"): 15, ("実績", "F5"): 16})
    outcome = bring(content, town, by=planner)
    assert [(sheet, place) for sheet, place, _f, _m in said(outcome)] == [("実績", "E5")]
    assert "締め切られている" in said(outcome)[0][3]
    assert Actual.objects.get(fiscal_year=2025).value is None
    unchanged = bring(plan_workbook(plan), town, by=planner)
    assert said(unchanged) == []


def test_a_lock_of_another_plan_on_the_same_series_holds_too(
    plan: Plan, town: Municipality
) -> None:
    other = make.make_plan(town)
    make.make_indicator(other, Series.objects.get())
    make.make_lock(other, 2024)
    outcome = bring(changed(plan_workbook(plan), {("実績", "E5"): 15}), town)
    assert "締め切られている" in said(outcome)[0][3]


def test_a_late_figure_is_no_longer_expected(plan: Plan, town: Municipality) -> None:
    Actual.objects.filter(fiscal_year=2025).update(expected_on="2026-08-01")
    content = book_of(small(実績=[["系列", "R7"], ["parks", 21]]))
    assert said(bring(content, town)) == []
    actual = Actual.objects.get(fiscal_year=2025)
    assert (actual.value, actual.missing_reason, actual.expected_on) == (21, "", None)


def test_another_section_takes_the_place_of_the_one_before(plan: Plan, town: Municipality) -> None:
    sheets = small()
    sheets["組織"].append(["midori", "みどり課"])
    sheets["指標"][1][3] = "midori"
    bring(book_of(sheets), town)
    assert [each.department.code for each in Indicator.objects.get().responsibilities.all()] == [
        "midori"
    ]


def test_two_plans_of_a_town_share_a_series(plan: Plan, town: Municipality) -> None:
    sheets = small()
    sheets["計画"] = form(アドレス名="second", 計画名="別の計画")
    assert said(bring(book_of(sheets), town)) == []
    assert Series.objects.count() == 1
    assert Indicator.objects.filter(series=Series.objects.get()).count() == 2


# --- Who ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.ENTRY, Role.APPROVER, Role.READER])
def test_colleagues_may_not(role: str, town: Municipality) -> None:
    with pytest.raises(PermissionDenied):
        bring(book_of(small()), town, by=make.make_user(role, town))
    assert not Plan.objects.exists()


def test_strangers_find_nothing(town: Municipality) -> None:
    with pytest.raises(Http404):
        bring(book_of(small()), town, by=make.make_user(Role.PLANNER))


def test_a_book_reaches_into_its_own_town_only(plan: Plan, planner: User) -> None:
    """The same codes in another town are that town's rows."""
    other = make.make_municipality("minami")
    bring(book_of(small(実績=[["系列", "R6"], ["parks", 99]])), other)
    assert Actual.objects.get(series__municipality=plan.municipality, fiscal_year=2024).value == 14
    assert set(Department.objects.values_list("municipality__slug", flat=True)) == {
        "kita",
        "minami",
    }


# --- Template, size -------------------------------------------------------------------------------


def test_the_template_has_every_sheet_an_export_has(plan: Plan) -> None:
    template = read(template_workbook(), "template.xlsx")
    export = read(plan_workbook(plan), "plan.xlsx")
    assert {sheet.name for sheet in template.sheets} - {"記入例"} == {s.name for s in export.sheets}


def test_an_empty_template_is_refused_with_a_hint(town: Municipality) -> None:
    outcome = bring(template_workbook(), town)
    assert outcome.complaints
    assert nothing_is_there()


def test_queries_do_not_grow_with_the_plan(town: Municipality, planner: User) -> None:
    def queries(count: int, slug: str) -> tuple[int, int]:
        sheets = small()
        sheets["計画"] = form(アドレス名=slug, 計画名=slug)
        for n in range(count):
            code = f"{slug}-{n}"
            sheets["系列"].append([code, f"系列{n}", "人", "kodomo"])
            sheets["指標"].append([code, "1-1", code, "こども課", n, "R5"])
            sheets["目標"].append([code, "R10", "20以上"])
            sheets["実績"].append([code, None, n, n + 1])
        content = book_of(sheets)
        with CaptureQueriesContext(connection) as importing:
            assert said(bring(content, town, by=planner)) == []
        plan = Plan.objects.get(slug=slug)
        with CaptureQueriesContext(connection) as exporting:
            plan_workbook(plan)
        return len(importing), len(exporting)

    queries(1, "zero")
    few, many = queries(3, "few"), queries(60, "many")
    assert few == many
    assert few[0] <= 70
    assert few[1] <= 60
