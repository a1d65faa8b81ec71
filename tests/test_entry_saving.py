"""Saving the entry sheet: what was changed and nothing else, all or nothing, nothing typed lost."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from indicators.models import Actual, Series
from measures.models import ProgressReport, ReportingRow
from municipalities.history import Door
from plans.models import Plan
from rounds.entry.reading import read_figure, read_month
from rounds.models import EntryDraft, Request

from . import factories as make
from .entry_forms import SheetPage, sheet_url
from .people import People, make_people

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def people(db: None) -> People:
    return make_people()


@pytest.fixture
def plan(people: People) -> Plan:
    return make.make_plan(people.kita)


@pytest.fixture
def series(people: People, plan: Plan) -> Series:
    indicator = make.make_indicator(plan, departments=[people.welfare], name="見守り")
    make.make_target(indicator, 2023, 200)
    make.make_scheme(plan=plan, chosen_by_people=False, formula="progress").bands.filter(
        symbol="A"
    ).update(test="otherwise", symbol="○", label="順調")
    return indicator.series


@pytest.fixture
def row(people: People, plan: Plan) -> ReportingRow:
    return make.make_row(make.make_action(plan, title="地域で見守る"), [people.welfare])


@pytest.fixture
def asked(plan: Plan) -> Request:
    return make.make_request(plan)


@pytest.fixture
def sheet(people: People, asked: Request, series: Series) -> SheetPage:
    return SheetPage(people.entry, asked, people.welfare)


@pytest.fixture
def key(series: Series) -> str:
    return f"series-{series.pk}"


def test_open_change_one_value_save(sheet: SheetPage, key: str, people: People) -> None:
    sheet.fill(key, value="１，２３４", note="速報による", is_provisional="on").press()
    assert sheet.messages == ["1件を保存しました。"]
    actual = Actual.objects.get()
    assert (actual.value, actual.note, actual.is_provisional) == (1234, "速報による", True)
    assert (actual.state, actual.version, actual.changed_by) == ("draft", 1, people.entry)
    past = actual.history.get()
    assert (past.door, past.history_user) == (Door.SCREEN, people.entry)
    sheet.fields.pop(f"{key}-is_provisional")
    sheet.press(change_reason="確定した")
    actual.refresh_from_db()
    assert (actual.is_provisional, actual.version) == (False, 2)
    assert actual.history.first().history_change_reason == "確定した"


def test_an_untouched_page_changes_nothing(
    people: People, plan: Plan, series: Series, row: ReportingRow, asked: Request
) -> None:
    make.make_column(plan, "cost", label="事業費", kind="number")
    make.make_actual(series, value=Decimal("110.0000"), state="draft", note=" 前後に空白 ")
    other = make.make_indicator(plan, departments=[people.welfare]).series
    awaited = {"missing_reason": "not_compiled", "expected_on": date(2030, 8, 1)}
    make.make_actual(other, value=None, state="draft", **awaited)
    make.make_report(
        row,
        state="draft",
        result="一行目\r\n二行目 ",
        projects=["講座", " 訪問"],
        extra={"cost": "1200"},
        taken_over=["result"],
    )
    kept = (Actual, ProgressReport, Actual.history.model, ProgressReport.history.model)
    before = [list(model.objects.values()) for model in kept]
    sheet = SheetPage(people.entry, asked, people.welfare)
    sheet.press()
    assert sheet.messages == ["変わったところはありません。"]
    assert [list(model.objects.values()) for model in kept] == before


def test_a_second_press_does_no_harm(sheet: SheetPage, key: str) -> None:
    sheet.fill(key, value="5")
    first = dict(sheet.fields)
    sheet.press("submit")
    sheet.fields = first
    sheet.press("submit")
    assert sheet.problems == []
    actual = Actual.objects.get()
    assert (actual.value, actual.state, actual.version) == (5, "submitted", 2)
    assert actual.history.count() == 2


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("１，２３４．５", "1234.5"),
        ("▲3", "-3"),
        ("△1,000", "-1000"),
        ("62.5％", "62.5"),
        ("62.5 %", "62.5"),
        ("\u202d62.5\u202c", "62.5"),
        ("\ufeff62.5\u200b", "62.5"),
        ("0", "0"),
        ("－", None),
        ("", None),
    ],
)
def test_figures_are_read_as_people_type_them(text: str, value: str | None) -> None:
    read = read_figure(text, Series(unit="％", decimals=1))
    assert read == (None if value is None else Decimal(value))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("多い", "「多い」は数値ではありません"),
        ("12.55", "小数1桁までです"),
        ("1.123456", "小数1桁までです"),
        ("5％", "単位は「人」です"),
        ("1,23", "数値ではありません"),
        ("9" * 14, "大きすぎます"),
        ("9" * 21, "大きすぎます"),
        ("12①", "「12①」は数値ではありません"),
        ("①12", "数値ではありません"),
        ("10²", "数値ではありません"),
        ("①", "数値ではありません"),
        ("NaN", "数値ではありません"),
    ],
)
def test_what_is_no_figure_is_named(text: str, words: str) -> None:
    with pytest.raises(ValidationError) as error:
        read_figure(text, Series(unit="人", decimals=1))
    assert words in error.value.messages[0]


MONTHS = ["R8.8", "2026-08", "令和8年8月", "2026/8", "Ｒ８．８", "2026年8月", "r8/08", "2026-08-01"]


@pytest.mark.parametrize("text", MONTHS)
def test_months_are_read_as_people_type_them(text: str) -> None:
    assert read_month(text) == date(2026, 8, 1)


@pytest.mark.parametrize("text", ["8月", "R8.13", "0000-01", "来年", "2026-8-15", "9" * 50])
def test_what_is_no_month_is_named(text: str) -> None:
    with pytest.raises(ValidationError) as error:
        read_month(text)
    assert "年月ではありません" in error.value.messages[0]


@pytest.mark.parametrize(
    ("texts", "column", "words"),
    [
        ({"value": "12.5"}, "実績値", "小数0桁までです"),
        ({"value": "多い"}, "実績値", "「多い」は数値ではありません"),
        ({"value": "5", "missing_reason": "not_compiled"}, "値のない理由", "どちらか一方"),
        ({"value": "－"}, "値のない理由", "値か、値のない理由"),
        ({"note": "あとで"}, "値のない理由", "値か、値のない理由"),
        ({"value": "5", "expected_on": "R8.8"}, "確定予定月", "値のないときだけ"),
        ({"missing_reason": "not_compiled", "expected_on": "夏"}, "確定予定月", "「夏」は年月では"),
        ({"missing_reason": "nonsense"}, "値のない理由", "「nonsense」という理由はありません"),
    ],
)
def test_one_wrong_row_keeps_all_from_being_saved(
    texts: dict[str, str], column: str, words: str, plan: Plan, people: People, asked: Request
) -> None:
    wrong = make.make_indicator(plan, departments=[people.welfare], name="見守り").series
    fine = make.make_indicator(plan, departments=[people.welfare]).series
    sheet = SheetPage(people.entry, asked, people.welfare)
    sheet.fill(f"series-{wrong.pk}", **texts).fill(f"series-{fine.pk}", value="7").press()
    (problem,) = sheet.problems
    assert problem.startswith("見守り ／ ") or "見守り ／" in problem
    assert column in problem
    assert words in problem
    link = sheet.page.select_one("#entry-problems a")["href"].removeprefix("#")
    assert sheet.page.find(id=link)["name"].startswith(f"series-{wrong.pk}-")
    for name, text in texts.items():
        if text != "nonsense":
            assert sheet.fields[f"series-{wrong.pk}-{name}"] == text
    assert sheet.fields[f"series-{fine.pk}-value"] == "7"
    assert not Actual.objects.exists()


def test_taking_a_saved_value_away_asks_for_a_reason(
    people: People, series: Series, asked: Request, key: str
) -> None:
    make.make_actual(series, value=110, state="draft")
    sheet = SheetPage(people.entry, asked, people.welfare)
    sheet.fill(key, value="").press()
    assert "値（110）を消すときは" in sheet.problems[0]
    sheet.fill(key, missing_reason="withheld").press()
    assert Actual.objects.get().missing_reason == "withheld"


def test_what_the_write_path_refuses_stands_at_its_row(
    sheet: SheetPage, key: str, plan: Plan
) -> None:
    sheet.fill(key, value="5")
    make.make_lock(plan, 2023)
    sheet.press()
    assert "締め切られている" in sheet.problems[0]
    assert "入力：5" in sheet.row(key).get_text()
    assert not Actual.objects.exists()


# --- Slips of the pen -------------------------------------------------------------------------


def test_a_figure_that_looks_like_a_slip_is_asked_about_once(
    people: People, series: Series, asked: Request, key: str
) -> None:
    make.make_actual(series, 2022, 1200)
    sheet = SheetPage(people.entry, asked, people.welfare)
    sheet.fill(key, value="12000").press()
    assert "前の値（1,200）の約10倍" in sheet.problems[0]
    assert not series.actuals.filter(fiscal_year=2023).exists()
    sheet.press()
    assert sheet.problems
    sheet.fill(key, confirmed="12000").fill(key, value="13000").press()
    assert sheet.problems, "the tick was for another figure"
    sheet.fill(key, confirmed="13000").press()
    actual = series.actuals.get(fiscal_year=2023)
    assert actual.value == 13000
    assert "このとおりで正しい" in actual.internal_note
    sheet.fill(key, note="注記").press()
    assert sheet.problems == []


# --- Handing in -------------------------------------------------------------------------------


def test_what_is_complete_is_handed_in_and_the_rest_is_named(
    people: People, plan: Plan, series: Series, row: ReportingRow, asked: Request, key: str
) -> None:
    blank = make.make_indicator(plan, departments=[people.welfare], name="空欄の指標")
    sheet = SheetPage(people.entry, asked, people.welfare)
    sheet.fill(key, value="0").press("submit")
    assert Actual.objects.get().state == "submitted"
    assert not blank.series.actuals.exists()
    assert not ProgressReport.objects.exists()
    told = " ".join(sheet.messages)
    assert "1件を提出しました" in told
    assert "空欄の指標" in told
    assert "地域で見守る" in told


# --- Reports ----------------------------------------------------------------------------------


def test_a_report_is_written_in_the_plans_own_form(
    people: People, plan: Plan, row: ReportingRow, asked: Request
) -> None:
    make.make_column(plan, "cost", label="事業費", kind="number", is_public=False)
    make.make_column(plan, "version", label="版", kind="choice", choices=["初版", "改訂"])
    band = make.make_scheme(plan=plan).bands.first()
    sheet, key = SheetPage(people.entry, asked, people.welfare), f"report-{row.pk}"
    sheet.fill(key, result="進んだ\r\n二行目", projects="講座\r\n\r\n訪問", rating=str(band.pk))
    sheet.fill(key, **{"cost": "▲1,200", ":version": "改訂"}).press()
    report = ProgressReport.objects.get()
    assert (report.result, report.projects, report.rating) == (
        "進んだ\n二行目",
        ["講座", "訪問"],
        band,
    )
    assert report.extra == {"cost": "-1200", "version": "改訂"}
    sheet.fill(key, cost="たくさん", rating="0").press()
    assert len(sheet.problems) == 1
    sheet.fill(key, rating=str(band.pk)).press()
    assert "「事業費」は数値で入力してください" in sheet.problems[0]
    assert sheet.fields[f"{key}-cost"] == "たくさん"


def test_marks_of_taken_over_text_go_when_it_is_touched_or_accepted(
    people: People, row: ReportingRow, asked: Request
) -> None:
    texts = {"issues": "課題", "result": "成果", "direction": "方向"}
    report = make.make_report(row, state="draft", taken_over=list(texts), **texts)
    sheet, key = SheetPage(people.entry, asked, people.welfare), f"report-{row.pk}"
    assert "前の年度の文のまま" in sheet.row(key).get_text()
    sheet.fill(key, issues="課題を直した", **{"as-is:result": "on"}).press()
    report.refresh_from_db()
    assert (report.issues, report.taken_over) == ("課題を直した", ["direction"])


# --- Drafts and preview -----------------------------------------------------------------------


def test_a_draft_is_shown_again_and_goes_when_saved(sheet: SheetPage, key: str) -> None:
    answer = sheet.send("draft", {f"{key}-value": "5", "unknown": "x"}, versions={key: ""})
    assert (answer.status_code, len(answer.json()["saved_at"])) == (200, 5)
    sheet.send("draft", {f"{key}-note": "あとで", f"{key}-nonsense": "x"})
    draft = EntryDraft.objects.get()
    assert draft.fields == {f"{key}-value": "5", f"{key}-note": "あとで"}
    sheet.open()
    assert (sheet.fields[f"{key}-value"], sheet.fields[f"{key}-note"]) == ("5", "あとで")
    assert sheet.page.find(id=f"{key}-value")["data-original"] == ""
    assert "保存していない下書き" in sheet.page.get_text()
    sheet.press()
    assert Actual.objects.get().note == "あとで"
    assert not EntryDraft.objects.exists()


def test_a_draft_is_discarded(sheet: SheetPage, key: str) -> None:
    sheet.send("draft", {f"{key}-value": "5"})
    EntryDraft.objects.get().full_clean()  # as check_data looks at it
    sheet.open().press("discard_draft")
    assert sheet.fields[f"{key}-value"] == ""
    assert not EntryDraft.objects.exists()


def test_a_colleague_goes_on_with_a_draft(
    sheet: SheetPage, key: str, people: People, asked: Request
) -> None:
    sheet.send("draft", {f"{key}-value": "5"}, versions={key: ""})
    approver = SheetPage(people.approver, asked, people.welfare)
    assert "entryさんの下書き" in approver.page.get_text()
    assert approver.fields[f"{key}-value"] == ""
    approver.press(f"take_over:{EntryDraft.objects.get().pk}")
    assert approver.fields[f"{key}-value"] == "5"
    reader = SheetPage(people.reader, asked, people.welfare)
    assert "さんの下書き" not in reader.page.get_text()


@pytest.mark.parametrize(
    "body", ["", "nonsense", "[]", '{"fields": 1}', '{"x": 1}', "[" * 100_000, '{"fields": null}']
)
@pytest.mark.parametrize("page", ["draft", "preview"])
def test_nonsense_is_answered(body: str, page: str, sheet: SheetPage) -> None:
    url = sheet_url(sheet.request, sheet.department, page)
    answer = sheet.client.post(url, body, content_type="application/json")
    assert answer.status_code == 400
    assert sheet.client.get(url).status_code == 405


def test_odd_texts_do_no_harm(sheet: SheetPage, key: str) -> None:
    odd = {f"{key}-value": 5, f"{key}-note": "\0\ud800", "series-9-": "", f"{key}-x": "x" * 50}
    assert sheet.send("draft", odd, versions={key: "\ud800", "x": [1]}).status_code == 200
    assert sheet.send("preview", odd | {f"{key}-value": "9" * 500}).status_code == 200
    sheet.open().press()
    assert sheet.problems
    huge = {f"{key}-note": "字" * 30_000}
    assert sheet.send("draft", huge).status_code == 413
    sheet.press(**{f"{key}-version": "9" * 30, "series-999999999999999999-value": "1"})
    assert sheet.problems


def test_the_preview_says_what_a_figure_comes_to(sheet: SheetPage, key: str) -> None:
    answer = sheet.send("preview", {f"{key}-value": "162.5", f"{key}-missing_reason": ""})
    assert "小数" in answer.json()["rows"][key]["error"]
    answer = sheet.send("preview", {f"{key}-value": "162"})
    assert answer.json() == {
        "rows": {key: {"text": "進捗率 62.0％／○ 順調", "warnings": [], "error": ""}}
    }
    assert not Actual.objects.exists()
    sheet.fill(key, value="162").press()
    assert "進捗率 62.0％／○ 順調" in sheet.row(key).output.get_text()


# --- Queries ----------------------------------------------------------------------------------


def build(people: People, plan: Plan, count: int) -> list[Series]:
    found = []
    for number in range(count):
        indicator = make.make_indicator(plan, departments=[people.welfare])
        make.make_target(indicator)
        make.make_actual(indicator.series, 2022, 100 + number)
        make.make_actual(
            indicator.series,
            value=100 + number,
            state="draft",
            version=2,
            changed_by=people.entry,
        )
        found.append(indicator.series)
    return found


def queries_of(action: Callable[..., object], *args: object) -> int:
    with CaptureQueriesContext(connection) as captured:
        action(*args)
    return len(captured)


def test_queries_do_not_grow_with_the_rows(people: People, plan: Plan, asked: Request) -> None:
    make.make_scheme(plan=plan)
    counts = []
    url = sheet_url(asked, people.welfare)
    for rows in (2, 12):
        found = build(people, plan, rows)
        for _ in range(rows):
            row = make.make_row(make.make_action(plan), [people.welfare])
            make.make_report(row, state="draft", version=2, changed_by=people.entry)
            make.make_report(row, fiscal_year=2022)
        sheet = SheetPage(people.planner, asked, people.welfare)
        changed = sheet.fields | {f"series-{found[0].pk}-value": "99"}
        figures = {name: text for name, text in sheet.fields.items() if "-value" in name}
        counts.append(
            (
                queries_of(sheet.open),
                queries_of(sheet.send, "preview", figures),
                queries_of(sheet.send, "draft", figures),
                queries_of(sheet.client.post, url, changed),
            )
        )
    assert counts[0] == counts[1]


def test_two_hundred_rows_are_saved_at_once(people: People, plan: Plan, asked: Request) -> None:
    found = build(people, plan, 200)
    sheet = SheetPage(people.entry, asked, people.welfare)
    url = sheet_url(asked, people.welfare)
    one = sheet.fields | {f"series-{found[0].pk}-value": "99"}
    single = queries_of(sheet.client.post, url, one)
    for number, series in enumerate(found):
        sheet.fill(f"series-{series.pk}", value=str(102 + number))
    sheet.fields[f"series-{found[0].pk}-version"] = "3"
    start = time.process_time()
    several = queries_of(sheet.client.post, url, sheet.fields)
    seconds = time.process_time() - start
    assert Actual.objects.filter(fiscal_year=2023, value__gte=102).count() == 200
    assert (single, several) == (14, 14)
    assert seconds < 3  # 0.5 s on a machine that does nothing else
