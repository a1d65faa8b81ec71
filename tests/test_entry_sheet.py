"""The entry sheet: one page with all a section owes, and who sees and does what on it."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from indicators.choices import Accumulation
from indicators.models import Actual, Series
from municipalities.models import Department
from plans.choices import Period
from plans.models import Plan
from rounds.models import Handover, Request

from . import factories as make
from .admin_pages import sign_in
from .entry_forms import SheetPage, sheet_url
from .people import People, make_people

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(db: None) -> People:
    return make_people()


@pytest.fixture
def plan(people: People) -> Plan:
    return make.make_plan(people.kita, title="総合計画")


@pytest.fixture
def asked(plan: Plan) -> Request:
    return make.make_request(plan)


def test_everything_a_section_owes_stands_on_one_page_each_series_once(
    people: People, plan: Plan
) -> None:
    other = make.make_plan(people.kita, title="総合戦略")
    series = make.make_series(people.kita, name="見守り訪問", definition="延べ回数", unit="回")
    for each in (plan, other):
        indicator = make.make_indicator(each, series, [people.welfare])
        make.make_target(indicator, 2023, 120)
    make.make_actual(series, 2022, 1050, note="速報による")
    make.make_indicator(plan, departments=[people.finance])
    action = make.make_action(plan, title="地域で見守る")
    row = make.make_row(action, [people.welfare, people.finance])
    make.make_column(plan, "cost", label="事業費", kind="number", is_public=False)
    make.make_report(row, fiscal_year=2022, result="去年の成果")
    asked = make.make_request(plan, other)
    sheet = SheetPage(people.entry, asked, people.welfare)
    assert sheet.keys() == [f"series-{series.pk}", f"report-{row.pk}"]
    figure = sheet.row(f"series-{series.pk}").get_text(" ", strip=True)
    for words in (
        "見守り訪問",
        "総合計画・総合戦略",
        "単位：回",
        "延べ回数",
        "100",
        "120以上",
    ):
        assert words in figure, words
    assert "1,050" in figure
    assert "速報による" in figure
    report = sheet.row(f"report-{row.pk}").get_text(" ", strip=True)
    for words in ("地域で見守る", "去年の成果", "福祉課・財政課"):
        assert words in report, words
    assert "事業費" in sheet.page.select("table.entry-grid")[1].thead.get_text()


def test_every_box_has_a_name_that_holds_its_rows(people: People, plan: Plan) -> None:
    indicator = make.make_indicator(plan, departments=[people.welfare], name="見守り訪問")
    make.make_row(make.make_action(plan, title="地域で見守る"), [people.welfare])
    sheet = SheetPage(people.entry, make.make_request(plan), people.welfare)
    row = sheet.row(f"series-{indicator.series_id}")
    assert row.th["scope"] == "row"
    cells = sheet.page.select("tr[data-row] td")
    assert all(cell.get("data-label") for cell in cells)
    kinds = "input:not([type=hidden]), select, textarea"
    boxes = sheet.page.select(f"tr[data-row] td[data-col] :is({kinds})")
    assert len(boxes) == 7 + 6
    for box in boxes:
        name = box.get("aria-label") or box.find_parent("label").get_text()
        assert "見守り訪問" in name or "地域で見守る" in name, box


def test_a_first_figure_in_september_is_held_against_the_end_of_the_year_before(
    people: People, plan: Plan
) -> None:
    series = make.make_indicator(plan, departments=[people.welfare]).series
    make.make_actual(series, 2022, 1200)
    key = f"series-{series.pk}"
    asked = make.make_request(plan, period=Period.MID_YEAR)
    sheet = SheetPage(people.entry, asked, people.welfare)
    assert "令和4年度 年度末実績 1,200" in sheet.row(key).get_text(" ", strip=True)
    sheet.fill(key, value="12000").press()
    assert "前の値（1,200）の約10倍" in sheet.problems[0]
    # Half a year is no slip beside a whole one.
    Series.objects.update(accumulation=Accumulation.FLOW)
    sheet.open().fill(key, value="150").press()
    assert series.actuals.get(fiscal_year=2023).value == 150


def test_late_figures_of_earlier_years_have_rows_of_their_own(people: People, plan: Plan) -> None:
    series = make.make_indicator(plan, departments=[people.welfare]).series
    awaited = {"missing_reason": "not_compiled", "expected_on": date(2024, 5, 1)}
    make.make_actual(series, 2022, None, state="draft", **awaited)
    asked = make.make_request(plan, deadline=date(2024, 5, 31))
    sheet = SheetPage(people.entry, asked, people.welfare)
    late = f"series-{series.pk}-2022"
    assert sheet.keys() == [late, f"series-{series.pk}"]
    assert "令和4年度分" in sheet.row(late).get_text()
    assert "期限：令和6年5月31日" in sheet.row(late).get_text()
    assert "回答期限：令和6年5月31日（金）、" in sheet.page.get_text()
    make.make_lock(plan, 2022)
    series.actuals.update(state="approved")
    sheet.open().fill(late, value="98").press()
    came = series.actuals.get(fiscal_year=2022)
    assert (came.value, came.missing_reason, came.expected_on) == (98, "", None)
    assert (came.state, came.is_late) == ("draft", True)


@pytest.mark.parametrize(
    ("who", "status", "writes"),
    [
        ("entry", 200, True),
        ("approver", 200, True),
        ("head", 200, True),
        ("planner", 200, True),
        ("operator", 200, True),
        ("colleague", 200, False),
        ("reader", 200, False),
        ("stranger", 404, False),
        ("stranger_entry", 404, False),
    ],
)
def test_who_sees_and_who_writes(
    who: str, status: int, writes: bool, people: People, plan: Plan, asked: Request
) -> None:
    series = make.make_indicator(plan, departments=[people.welfare]).series
    client = sign_in(getattr(people, who))
    url = sheet_url(asked, people.welfare)
    page = client.get(url)
    assert page.status_code == status
    key = f"series-{series.pk}"
    assert (f'name="{key}-value"' in page.content.decode()) == writes
    answer = client.post(url, {f"{key}-value": "5", f"{key}-version": "", "do": "save"})
    assert answer.status_code == (302 if writes else 403 if status == 200 else 404)
    assert series.actuals.exists() == writes
    draft = client.post(
        sheet_url(asked, people.welfare, "draft"),
        {"fields": {f"{key}-value": "6"}, "versions": {}},
        content_type="application/json",
    )
    assert draft.status_code == (200 if writes else 403 if status == 200 else 404)
    assert asked.drafts.exists() == writes


def test_a_section_of_another_town_is_not_found(people: People, asked: Request) -> None:
    client = sign_in(people.entry)
    assert client.get(sheet_url(asked, people.minami_welfare)).status_code == 404
    asked.pk = 10**17
    assert client.get(sheet_url(asked, people.welfare)).status_code == 404


def test_what_is_prepared_only_planners_see(people: People, plan: Plan) -> None:
    make.make_indicator(plan, departments=[people.welfare])
    asked = make.make_request(plan, state=Request.State.DRAFT)
    url = sheet_url(asked, people.welfare)
    assert sign_in(people.entry).get(url).status_code == 404
    sheet = SheetPage(people.planner, asked, people.welfare)
    assert "照会の準備中" in sheet.page.get_text()
    assert not sheet.page.select("button[name=do]")


def test_a_row_that_cannot_be_entered_says_why(people: People, plan: Plan, asked: Request) -> None:
    locked = make.make_plan(people.kita)
    rows = [make.make_indicator(plan, departments=[people.welfare]).series for _ in range(3)]
    make.make_indicator(locked, rows[0])
    make.make_lock(locked, 2023)
    make.make_actual(rows[1], state="approved")
    make.make_actual(rows[2], state="submitted")
    sheet = SheetPage(people.entry, asked, people.welfare)
    closed = [sheet.row(f"series-{row.pk}").get("data-closed") for row in rows]
    assert closed == ["年度の締切済み", "承認済", None]
    planner = SheetPage(people.planner, asked, people.welfare)
    assert planner.row(f"series-{rows[1].pk}")["data-closed"] == "承認済"
    colleague = SheetPage(people.colleague, asked, people.welfare)
    assert "担当ではありません" in colleague.row(f"series-{rows[2].pk}")["data-closed"]


def test_once_the_request_has_closed_only_late_figures_are_open(people: People, plan: Plan) -> None:
    late = make.make_series(people.kita, settled_month=8)
    make.make_indicator(plan, late, [people.welfare])
    usual = make.make_indicator(plan, departments=[people.welfare]).series
    asked = make.make_request(plan, deadline=date(2024, 5, 31), state=Request.State.CLOSED)
    sheet = SheetPage(people.entry, asked, people.welfare)
    assert sheet.row(f"series-{usual.pk}")["data-closed"] == "照会は終了しました"
    sheet.fill(f"series-{late.pk}", value="7")
    sheet.fields |= {f"series-{usual.pk}-value": "8", f"series-{usual.pk}-version": ""}
    sheet.press()
    assert any("終了" in problem for problem in sheet.problems)
    assert "入力：8" in sheet.row(f"series-{usual.pk}").get_text()
    sheet.press()
    assert (late.actuals.count(), usual.actuals.count()) == (1, 0)
    refused = sheet.send("draft", {f"series-{usual.pk}-value": "8"})
    assert refused.status_code == 409
    assert "終了" in refused.json()["message"]


def test_the_successor_of_a_section_enters_what_was_the_others(people: People, plan: Plan) -> None:
    today = timezone.localdate()
    old = make.make_department(people.kita, "旧課", valid_to=today - timedelta(days=1))
    make.make_succession(old, people.welfare, effective_on=today)
    series = make.make_indicator(plan, departments=[old]).series
    sheet = SheetPage(people.entry, make.make_request(plan), people.welfare)
    sheet.fill(f"series-{series.pk}", value="12").press()
    assert series.actuals.get().value == 12


# --- The workflow -----------------------------------------------------------------------------


@pytest.fixture
def handed_in(people: People, plan: Plan, asked: Request) -> list[str]:
    """Two submitted figures the section's entry has entered; their keys."""
    keys = []
    for value in (110, 111):
        series = make.make_indicator(plan, departments=[people.welfare]).series
        make.make_actual(series, value=value, state="submitted", changed_by=people.entry)
        keys.append(f"series-{series.pk}")
    return keys


def states(keys: list[str]) -> list[str]:
    return [Actual.objects.get(series=key.removeprefix("series-")).state for key in keys]


def test_the_approver_approves_all_or_the_chosen(
    people: People, asked: Request, handed_in: list[str]
) -> None:
    sheet = SheetPage(people.approver, asked, people.welfare)
    sheet.press("approve", chosen=handed_in[:1])
    assert states(handed_in) == ["approved", "submitted"]
    assert "1件を承認しました" in sheet.messages[0]
    sheet.press("approve")
    assert states(handed_in) == ["approved", "approved"]


def test_nobody_approves_a_version_they_have_not_seen(
    people: People, asked: Request, handed_in: list[str]
) -> None:
    sheet = SheetPage(people.approver, asked, people.welfare)
    entry = SheetPage(people.entry, asked, people.welfare)
    entry.fill(handed_in[0], value="120").press()
    sheet.press("approve")
    assert "ほかの人が先に変更しました" in " ".join(sheet.problems)
    assert states(handed_in) == ["submitted", "submitted"]
    sheet.press("approve")
    assert states(handed_in) == ["approved", "approved"]


def test_own_figures_are_not_approved(people: People, asked: Request, handed_in: list[str]) -> None:
    sheet = SheetPage(people.approver, asked, people.welfare)
    sheet.fill(handed_in[0], value="120").press()
    assert "自分が入力した1件" in sheet.page.get_text()
    sheet.press("approve", chosen=handed_in[:1])
    assert "自分が入力した内容の承認はできません" in " ".join(sheet.problems)
    sheet.press("approve")
    assert states(handed_in) == ["submitted", "approved"]
    assert "自分が入力した行は承認・確認していません" in " ".join(sheet.messages)


def test_returned_rows_come_back_with_the_reason_and_then_show_what_is_new(
    people: People, asked: Request, handed_in: list[str]
) -> None:
    sheet = SheetPage(people.approver, asked, people.welfare)
    sheet.press("return", change_reason="")
    assert "対象の行を選んでください" in " ".join(sheet.problems)
    sheet.press("return", chosen=handed_in[:1])
    assert "理由を入力してください" in " ".join(sheet.problems)
    sheet.press("return", chosen=handed_in[:1], change_reason="出典を確かめて")
    assert states(handed_in) == ["draft", "submitted"]
    entry = SheetPage(people.entry, asked, people.welfare)
    assert "出典を確かめて" in entry.row(handed_in[0]).get_text()
    entry.fill(handed_in[0], value="130").press("submit")
    assert states(handed_in) == ["submitted", "submitted"]
    row = sheet.open().row(handed_in[0])
    assert (row.find("del").text, row.find("ins").text) == ("110", "130")


def test_withdraw_check_and_reopen(people: People, asked: Request, handed_in: list[str]) -> None:
    entry = SheetPage(people.entry, asked, people.welfare)
    entry.press("withdraw", chosen=handed_in[1:])
    assert states(handed_in) == ["submitted", "draft"]
    SheetPage(people.approver, asked, people.welfare).press("approve")
    planner = SheetPage(people.planner, asked, people.welfare)
    planner.press("check")
    assert states(handed_in) == ["checked", "draft"]
    planner.press("reopen", all="1", change_reason="書き間違い")
    assert states(handed_in) == ["draft", "draft"]


def test_the_lead_section_confirms(people: People, asked: Request, handed_in: list[str]) -> None:
    people.kita.has_lead_step = True
    people.kita.save()
    Department.objects.filter(pk=people.finance.pk).update(is_lead=True)
    lead = make.make_user("approver", department=people.finance)
    SheetPage(people.approver, asked, people.welfare).press("approve")
    sheet = SheetPage(lead, asked, people.welfare)
    assert not sheet.page.select("td[data-col] input[type=text]")
    sheet.press("confirm")
    assert states(handed_in) == ["confirmed", "confirmed"]


def test_what_is_typed_is_not_lost_by_approving(
    people: People, asked: Request, handed_in: list[str]
) -> None:
    sheet = SheetPage(people.approver, asked, people.welfare)
    sheet.fill(handed_in[0], value="131").press("approve")
    assert "保存していない変更" in sheet.problems[0]
    assert sheet.fields[f"{handed_in[0]}-value"] == "131"
    assert states(handed_in) == ["submitted", "submitted"]


def test_the_section_keeps_its_handover_notes(
    people: People, asked: Request, handed_in: list[str]
) -> None:
    sheet = SheetPage(people.entry, asked, people.welfare)
    sheet.fill(handed_in[0], handover="共有フォルダの統計表").press()
    note = Handover.objects.get()
    assert note.text == "共有フォルダの統計表"
    assert note.history.get().history_user == people.entry
    colleague = SheetPage(people.colleague, asked, people.welfare)
    assert "共有フォルダの統計表" in colleague.row(handed_in[0]).get_text()
    other = SheetPage(people.approver, asked, people.welfare)
    sheet.fill(handed_in[0], handover="新しい共有フォルダ").press()
    other.fill(handed_in[0], handover="保管庫").press()
    assert "新しい共有フォルダ" in " ".join(other.problems)
    assert other.fields[f"{handed_in[0]}-handover"] == "保管庫"
    other.press()
    note.refresh_from_db()
    assert note.text == "保管庫"
    other.fill(handed_in[0], handover="").press()
    assert not Handover.objects.exists()
