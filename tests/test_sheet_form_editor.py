"""Planners shape the form of the progress sheet on one page; what reports say is never lost."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from measures import record
from measures.models import ProgressReport, ReportColumn
from measures.presets import PRESETS
from plans.models import Plan

from . import factories as make
from .admin_pages import add_row, address, filled_in, save, sign_in
from .people import People, make_people


@pytest.fixture
def people(db: None) -> People:
    return make_people()


@pytest.fixture
def plan(people: People) -> Plan:
    return make.make_plan(people.kita)


@pytest.fixture
def planner(people: People) -> Client:
    return sign_in(people.planner)


def editor(plan: Plan) -> str:
    return reverse("admin:measures_reportcolumn_form", args=[plan.pk])


def labels(plan: Plan) -> list[str]:
    plan = Plan.objects.get(pk=plan.pk)
    return [column.label for column in ReportColumn.of_plan(plan)]


def preview(answer: Any) -> list[str]:
    page = BeautifulSoup(answer.content, "html.parser")
    return [cell.get_text(" ", strip=True) for cell in page.select("#preview thead th")]


def report(plan: Plan, people: People, year: int = 2023, **fields: Any) -> ProgressReport:
    row = make.make_row(make.make_action(plan), [people.welfare])
    return make.make_report(row, fiscal_year=year, **fields)


def course(plan: Plan) -> ReportColumn:
    return make.make_column(
        plan, "course", label="方向性", kind="choice", choices=["拡充", "継続"], order=60
    )


# --- Shaping the form --------------------------------------------------------------------------


def test_the_page_of_a_plan_leads_to_its_form(plan: Plan, planner: Client, people: People) -> None:
    page = address(Plan, "change", plan.pk)
    assert editor(plan) in planner.get(page).content.decode()
    assert editor(plan) not in sign_in(people.reader).get(page).content.decode()
    shown = planner.get(editor(plan))
    assert preview(shown)[2:] == ["現状・課題", "実施事業", "成果", "達成度", "今後の方向性"]


def test_looking_and_saving_unchanged_writes_nothing(plan: Plan, planner: Client) -> None:
    assert save(planner, editor(plan), filled_in(planner, editor(plan))) == []
    assert not ReportColumn.objects.exists()


def test_core_columns_are_renamed_hidden_and_moved(plan: Plan, planner: Client) -> None:
    data = filled_in(planner, editor(plan)) | {
        "column-issues-label": "課題認識",
        "column-issues-max_length": "400",
        "column-projects-order": "35",
        "column-direction-is_hidden": "on",
        "change_reason": "審議会の様式",
    }
    assert save(planner, editor(plan), data) == []
    assert labels(plan) == ["課題認識", "成果", "実施事業", "達成度"]
    changed = ReportColumn.objects.get(key="issues")
    assert changed.max_length == 400
    assert changed.history.get().history_change_reason == "審議会の様式"
    assert not ReportColumn.objects.filter(key="result").exists()  # nobody changed it
    again = filled_in(planner, editor(plan))
    del again["column-direction-is_hidden"]
    assert save(planner, editor(plan), again) == []
    assert "今後の方向性" in labels(plan)


def test_own_columns_are_added_with_or_without_a_key(plan: Plan, planner: Client) -> None:
    data = filled_in(planner, editor(plan)) | {
        "new-1-label": "協働の相手",
        "new-1-kind": "list",
        "new-2-label": "参加者",
        "new-2-key": "visitors",
        "new-2-kind": "number",
        "new-2-unit": "人",
        "new-2-order": "15",
    }
    del data["new-1-is_public"]
    assert save(planner, editor(plan), data) == []
    assert labels(plan)[1] == "参加者"
    assert labels(plan)[-1] == "協働の相手"
    own = ReportColumn.objects.get(key="own-1")
    assert (own.kind, own.is_public) == ("list", False)
    shown = preview(planner.get(editor(plan)))
    assert "協働の相手 （庁内のみ）" in shown
    assert "参加者" in shown
    assert (
        save(planner, editor(plan), filled_in(planner, editor(plan)) | {"new-1-label": "五"}) == []
    )
    assert ReportColumn.objects.get(label="五").key == "own-2"


def test_presets_are_added_with_one_press_and_what_was_typed(plan: Plan, planner: Client) -> None:
    for preset in PRESETS:
        data = filled_in(planner, editor(plan)) | {"preset": preset.key}
        if preset.key == "budget":
            data["column-issues-label"] = "課題認識"
        assert save(planner, editor(plan), data) == []
    assert labels(plan)[0] == "課題認識"
    assert labels(plan)[5:] == ["要因分析", "今後の取組", "方向性", "予算額", "決算額"]
    chosen = ReportColumn.objects.get(key="course")
    assert chosen.choices == ["拡充", "継続", "改善", "縮小", "廃止", "完了"]
    budget = ReportColumn.objects.get(key="budget")
    assert (budget.kind, budget.unit) == ("number", "千円")
    page = planner.get(editor(plan)).content.decode()
    assert 'name="preset"' not in page  # all are there
    errors = save(planner, editor(plan), filled_in(planner, editor(plan)) | {"preset": "budget"})
    assert errors == ["この名前の列がすでにあります。"]


def test_the_preview_shows_what_is_typed_and_saves_nothing(plan: Plan, planner: Client) -> None:
    data = filled_in(planner, editor(plan)) | {
        "column-result-label": "主な成果",
        "new-1-label": "メモ",
        "preview": "1",
    }
    answer = planner.post(editor(plan), data)
    assert {"主な成果", "メモ"} <= set(preview(answer))
    assert 'value="主な成果"' in answer.content.decode()
    assert not ReportColumn.objects.exists()


def test_the_preview_names_the_classes_of_the_scheme(plan: Plan, planner: Client) -> None:
    make.make_scheme(plan=plan)
    assert "A 評価A・B 評価B・C 評価C" in planner.get(editor(plan)).content.decode()


# --- What is wrong -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"column-issues-label": ""}, "必須"),
        ({"column-issues-order": "-1"}, "0"),
        ({"column-issues-order": "9" * 5000}, "整数"),
        ({"column-issues-max_length": "0"}, "1以上"),
        ({"new-1-label": "向き", "new-1-kind": "choice"}, "選択肢を入力"),
        ({"new-1-label": "向き", "new-1-kind": "choice", "new-1-choices": "甲\n甲"}, "二度"),
        ({"new-1-label": "向き", "new-1-kind": "rating"}, "rating"),
        ({"new-1-label": "向き", "new-1-key": "向き"}, "コード"),
        ({"new-1-label": "向き", "new-1-key": "result"}, "標準の列"),
        ({"new-1-kind": "list"}, "必須"),
        ({"new-1-label": "字\0"}, "文字を入力"),
        (
            {"new-1-label": "一", "new-1-key": "x", "new-2-label": "二", "new-2-key": "x"},
            "すでにあります",
        ),
        ({"preset": "nonsense"}, "選び直して"),
        ({"seen": "", "column-issues-label": "課題認識"}, "ほかの人が様式を変更"),
    ],
)
def test_errors_stand_beside_the_fields_and_nothing_is_lost(
    plan: Plan, planner: Client, typed: dict[str, str], message: str
) -> None:
    data = filled_in(planner, editor(plan)) | {"column-result-label": "主な成果"} | typed
    errors = save(planner, editor(plan), data)
    assert any(message in error for error in errors), errors
    assert not ReportColumn.objects.exists()
    assert 'value="主な成果"' in planner.post(editor(plan), data).content.decode()


def test_a_form_somebody_else_changed_meanwhile_is_saved_knowingly(
    plan: Plan, planner: Client
) -> None:
    opened = filled_in(planner, editor(plan)) | {"column-result-label": "主な成果"}
    make.make_column(plan, "issues", label="課題認識", order=10)
    assert any("ほかの人" in error for error in save(planner, editor(plan), opened))
    seen = planner.post(editor(plan), opened).context["seen"]
    assert save(planner, editor(plan), opened | {"seen": seen}) == []
    assert labels(plan)[:3] == ["現状・課題", "実施事業", "主な成果"]


# --- What reports say --------------------------------------------------------------------------


def test_a_choice_in_use_is_kept_at_every_door(plan: Plan, planner: Client, people: People) -> None:
    column = course(plan)
    for year in (2021, 2023, 2023):
        report(plan, people, year, extra={"course": "継続"})
    expected = "3件の報告（令和3年度、令和5年度）に書かれているため、選択肢「継続」を消せません"

    def refused(url: str, name: str) -> bool:
        errors = save(planner, url, filled_in(planner, url) | {name: "拡充\n縮小"})
        return any(expected in error for error in errors)

    assert refused(editor(plan), "column-course-choices")
    assert refused(address(ReportColumn, "change", column.pk), "choices")
    assert refused(address(Plan, "change", plan.pk), "report_columns-0-choices")
    column.choices = ["拡充"]
    with pytest.raises(ValidationError, match="消せません"):
        record.record_column(column, by=None)
    added = {"column-course-choices": "継続\n縮小"}  # 拡充 is in no report
    assert save(planner, editor(plan), filled_in(planner, editor(plan)) | added) == []


def test_a_column_in_use_keeps_kind_and_key_and_is_not_removed(
    plan: Plan, planner: Client, people: People
) -> None:
    column = make.make_column(plan, "memo", label="メモ", order=60)
    report(plan, people, extra={"memo": "済"})
    data = filled_in(planner, editor(plan))
    assert "1件の報告（令和5年度）" in planner.get(editor(plan)).content.decode()
    for change, message in (
        ({"column-memo-kind": "number"}, "種類を変えられません"),
        ({"column-memo-remove": "on"}, "削除できません"),
    ):
        errors = save(planner, editor(plan), data | change)
        assert any(message in error for error in errors), errors
    page = address(Plan, "change", plan.pk)
    inline = filled_in(planner, page)
    for change, message in (
        ({"report_columns-0-kind": "list"}, "種類を変えられません"),
        ({"report_columns-0-key": "notes"}, "「項目の名前」を変えられません"),
        ({"report_columns-0-DELETE": "on"}, "削除できません"),
    ):
        errors = save(planner, page, inline | change)
        assert any(message in error for error in errors), errors
    confirmed = {"post": "yes", "change_reason": "x"}
    deleted = planner.post(address(ReportColumn, "delete", column.pk), confirmed, follow=True)
    assert "削除できません" in deleted.content.decode()
    assert ReportColumn.objects.get().kind == "text"
    assert save(planner, editor(plan), data | {"column-memo-is_hidden": "on"}) == []


def test_what_no_report_says_may_change_and_go(plan: Plan, planner: Client, people: People) -> None:
    course(plan)
    report(plan, people, extra={"course": ""})
    data = filled_in(planner, editor(plan))
    assert save(planner, editor(plan), data | {"column-course-kind": "text"}) == []
    data = filled_in(planner, editor(plan))
    assert save(planner, editor(plan), data | {"column-course-remove": "on"}) == []
    assert not ReportColumn.objects.filter(key="course").exists()


def test_a_report_keeps_what_it_says_in_a_hidden_column(plan: Plan, people: People) -> None:
    column = make.make_column(plan, "memo", label="メモ")
    row = report(plan, people, state="draft", extra={"memo": "済"})
    column.is_hidden = True
    record.record_column(column, by=people.planner)
    row = ProgressReport.objects.get(pk=row.pk)
    row.result = "直し"
    record.record_report(row, by=people.entry)
    assert ProgressReport.objects.get().extra == {"memo": "済"}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("1,234", "1234"),
        ("１２，３４５", "12345"),
        ("▲500", "-500"),
        ("△ 1,200", "-1200"),
        ("－３", "-3"),
        ("\u22124.5", "-4.5"),
        ("0", "0"),
        (48200, "48200"),
    ],
)
def test_figures_are_kept_as_plain_numbers(
    plan: Plan, people: People, typed: Any, kept: str
) -> None:
    make.make_column(plan, "budget", label="予算額", kind="number", unit="千円")
    row = report(plan, people, state="draft")
    row.extra = {"budget": typed}
    record.record_report(row, by=people.entry)
    assert ProgressReport.objects.get().extra == {"budget": kept}


@pytest.mark.parametrize("typed", ["約千円", "1,23", "－", "1e999999", "NaN", "9" * 5000, "1.2.3"])
def test_what_is_no_figure_is_said_beside_its_box(plan: Plan, people: People, typed: str) -> None:
    make.make_column(plan, "budget", label="予算額", kind="number", unit="千円")
    row = report(plan, people, state="draft")
    entry, url = sign_in(people.entry), address(ProgressReport, "change", row.pk)
    answer = entry.post(url, filled_in(entry, url) | {"column_budget": typed})
    page = BeautifulSoup(answer.content, "html.parser")
    box = page.select_one(".field-column_budget")
    assert "「予算額」は数値で入力してください（例：1,234や▲500。" in box.get_text()
    assert page.select_one("[name=column_budget]")["value"] == typed


# --- Who, and how often the database is asked --------------------------------------------------


def test_only_planners_of_the_town_shape_its_form(plan: Plan, people: People) -> None:
    for who, status in (
        (people.entry, 403),
        (people.approver, 403),
        (people.reader, 403),
        (people.stranger, 404),
        (people.nobody, 302),
        (people.operator, 200),
    ):
        client = sign_in(who)
        assert client.get(editor(plan)).status_code == status
        if status != 200:
            assert client.post(editor(plan), {"preset": "budget"}).status_code == status
    assert not ReportColumn.objects.exists()
    column = make.make_column(plan)
    with pytest.raises(PermissionDenied):
        record.record_column(column, by=people.entry)
    with pytest.raises(PermissionDenied):
        record.remove_column(column, by=people.entry, reason="x")


@pytest.mark.parametrize("number", ["abc", "0", "9" * 30, "%00"])
def test_forms_of_plans_that_do_not_exist_are_not_found(planner: Client, number: str) -> None:
    assert planner.get(f"/admin/measures/reportcolumn/form/{number}/").status_code == 404


def test_the_inline_of_the_plan_still_adds_columns(plan: Plan, planner: Client) -> None:
    url = address(Plan, "change", plan.pk)
    row = {"key": "new", "label": "新しい列", "kind": "text", "order": 1, "choices": ""}
    assert save(planner, url, add_row(filled_in(planner, url), "report_columns", **row)) == []
    assert "新しい列" in labels(plan)


def test_the_page_asks_a_constant_number_of_queries(
    plan: Plan, planner: Client, people: People
) -> None:
    def grow(columns: int) -> int:
        for _number in range(columns):
            key = make.make_column(plan, kind="list").key
            report(plan, people, extra={key: ["一"]})
        with CaptureQueriesContext(connection) as asked:
            assert planner.get(editor(plan)).status_code == 200
        return len(asked)

    few = grow(3)
    assert grow(30) == few
    assert few <= 9
