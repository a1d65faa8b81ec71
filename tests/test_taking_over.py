"""Last year's text is the start of this year's report, marked until somebody touches it."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.http import Http404
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from measures import record
from measures.models import ProgressReport, ReportingRow
from measures.taking_over import candidates, take_over
from plans.models import Plan
from rounds.extent import extent_of

from . import factories as make
from .admin_pages import address, filled_in, save, sign_in
from .people import People, make_people

KEYS = ("issues", "projects", "direction", "partners")
TEXTS = {
    "issues": "担い手が\n足りない。",
    "projects": ["講座", "相談"],
    "direction": "続ける。",
    "result": "10回開いた。",
}


@pytest.fixture
def people(db: None) -> People:
    return make_people()


@pytest.fixture
def plan(people: People) -> Plan:
    """A plan whose form has two columns of its own: a list and a figure."""
    plan = make.make_plan(people.kita, label_mid_year="9月末現在")
    make.make_column(plan, "partners", label="協働の相手", kind="list", order=60)
    make.make_column(plan, "budget", label="予算額", kind="number", order=70)
    return plan


@pytest.fixture
def row(plan: Plan, people: People) -> ReportingRow:
    """A row of 福祉課 that said in FY2022 all there is to say."""
    row = make.make_row(make.make_action(plan), [people.welfare])
    extra = {"partners": ["自治会"], "budget": "100"}
    make.make_report(row, fiscal_year=2022, state="checked", extra=extra, **TEXTS)
    return row


def taken(row: ReportingRow, by: Any = None, year: int = 2023, keys: Any = KEYS) -> ProgressReport:
    plan = Plan.objects.get(pk=row.action.plan_id)
    (candidate,) = candidates(plan, year, "year_end", by=by, rows=[row.pk])
    report = take_over(candidate, keys, by=by)
    assert report is not None
    return ProgressReport.objects.get(pk=report.pk)


def page_of(of: Plan, **more: Any) -> str:
    place = {"plan": of.pk, "fiscal_year": 2023, "period": "year_end"} | more
    query = "&".join(f"{name}={value}" for name, value in place.items())
    return f"{reverse('admin:measures_progressreport_takeover')}?{query}"


def press(client: Client, url: str, **changes: Any) -> str:
    """Press 引き継ぐ with the boxes as they are; return the page that follows."""
    page = BeautifulSoup(client.get(url).content, "html.parser")
    boxes = page.select("#take-over-form input[type=checkbox][checked]")
    data: dict[str, Any] = {"columns": [], "rows": []}
    for box in boxes:
        data[box["name"]].append(box["value"])
    return client.post(url, data | changes, follow=True).content.decode()


# --- What is taken over ------------------------------------------------------------------------


def test_a_new_report_starts_with_last_years_text(row: ReportingRow, people: People) -> None:
    report = taken(row, people.entry)
    assert (report.issues, report.projects, report.direction) == (
        TEXTS["issues"],
        TEXTS["projects"],
        TEXTS["direction"],
    )
    assert report.extra == {"partners": ["自治会"]}
    assert (report.result, report.rating, report.state) == ("", None, "draft")
    assert report.taken_over == ["issues", "projects", "direction", "partners"]
    assert report.history.get().history_change_reason == "前の年度の文を引き継ぎ"


def test_results_ratings_and_figures_are_never_taken_over(row: ReportingRow) -> None:
    band = make.make_scheme(plan=row.action.plan).bands.first()
    row.reports.update(rating=band)
    report = taken(row, keys=[*KEYS, "result", "rating", "budget"])
    assert (report.result, report.rating) == ("", None)
    assert "budget" not in report.extra


def test_the_same_period_of_the_year_before_comes_first(row: ReportingRow) -> None:
    make.make_report(row, fiscal_year=2021, issues="二年前")
    make.make_report(row, fiscal_year=2022, period="mid_year", issues="半ば")
    assert taken(row).issues == TEXTS["issues"]
    row.reports.filter(fiscal_year=2022, period="year_end").delete()
    row.reports.filter(fiscal_year=2023).delete()
    assert taken(row).issues == "半ば"
    row.reports.filter(fiscal_year__gt=2021).delete()
    assert taken(row).issues == "二年前"


def test_what_is_there_is_not_overwritten(row: ReportingRow, people: People) -> None:
    make.make_report(row, state="draft", issues="新しい課題", version=4)
    report = taken(row, people.entry)
    assert (report.issues, report.direction) == ("新しい課題", "続ける。")
    assert report.taken_over == ["projects", "direction", "partners"]
    assert report.version == 5


@pytest.mark.parametrize("state", ["submitted", "approved", "checked"])
def test_what_was_handed_in_is_not_filled_up(row: ReportingRow, state: str) -> None:
    make.make_report(row, state=state)
    (candidate,) = candidates(row.action.plan, 2023, "year_end", by=None)
    assert candidate.columns == ()
    assert "の報告は変えません" in candidate.why_not
    assert take_over(candidate, KEYS, by=None) is None


def test_text_the_form_no_longer_holds_stays_behind(row: ReportingRow) -> None:
    make.make_column(row.action.plan, "direction", label="方向", max_length=3)
    report = taken(row)
    assert report.direction == ""
    assert "direction" not in report.taken_over


def test_sections_write_their_own_rows_in_open_years_only(
    row: ReportingRow, people: People
) -> None:
    plan = row.action.plan
    assert candidates(plan, 2023, "year_end", by=people.colleague) == []
    (candidate,) = candidates(plan, 2023, "year_end", by=people.planner)
    with pytest.raises(PermissionDenied):
        take_over(candidate, KEYS, by=people.colleague)
    with pytest.raises(Http404):
        take_over(candidate, KEYS, by=people.stranger)
    make.make_lock(plan, 2023)
    with pytest.raises(ValidationError, match="締め切られて"):
        take_over(candidate, KEYS, by=people.planner)
    assert not row.reports.filter(fiscal_year=2023).exists()


def test_somebody_who_was_quicker_is_not_overwritten(row: ReportingRow) -> None:
    plan = row.action.plan
    (new,) = candidates(plan, 2023, "year_end", by=None)
    report = make.make_report(row, state="draft")
    with pytest.raises(ValidationError, match="すでにあります"):
        take_over(new, KEYS, by=None)
    (old,) = candidates(plan, 2023, "year_end", by=None)
    ProgressReport.objects.filter(pk=report.pk).update(issues="いま書いた", version=2)
    with pytest.raises(ValidationError, match="先に変更"):
        take_over(old, KEYS, by=None)
    assert row.reports.get(fiscal_year=2023).issues == "いま書いた"


# --- Marked until touched ----------------------------------------------------------------------


def test_every_door_ends_the_mark_of_what_it_changes(row: ReportingRow, people: People) -> None:
    report = taken(row, people.entry)
    report.issues = "新しい課題"
    report.extra["partners"] = ["自治会", "学校"]
    report.direction = ""
    record.record_report(report, by=people.entry)
    assert ProgressReport.objects.get(pk=report.pk).taken_over == ["projects"]


def test_line_ends_of_a_browser_touch_nothing(row: ReportingRow, people: People) -> None:
    report = taken(row, people.entry)
    report.issues = "担い手が\r\n足りない。"
    report.result = "12回開いた。"
    record.record_report(report, by=people.entry)
    assert "issues" in ProgressReport.objects.get(pk=report.pk).taken_over


def test_the_form_marks_each_column_and_asks_whether_it_may_stay(
    row: ReportingRow, people: People
) -> None:
    report = taken(row, people.entry)
    entry, url = sign_in(people.entry), address(ProgressReport, "change", report.pk)
    page = BeautifulSoup(entry.get(url).content, "html.parser")
    box = page.select_one(".field-issues")
    assert "令和4年度の文のままです。" in box.get_text()
    assert box.select_one("[name=as_is_issues]")
    assert not page.select("[name=as_is_result]")
    # Saved once more with a result: only what is touched or ticked loses its mark.
    data = filled_in(entry, url) | {"result": "12回開いた。", "as_is_projects": "on"}
    assert save(entry, url, data | {"direction": "広げる。"}) == []
    report.refresh_from_db()
    assert (report.result, report.direction) == ("12回開いた。", "広げる。")
    assert report.taken_over == ["issues", "partners"]
    ticked = filled_in(entry, url) | {"as_is_issues": "on", "as_is_partners": "on"}
    assert save(entry, url, ticked) == []
    report.refresh_from_db()
    assert report.taken_over == []
    assert "のままです" not in entry.get(url).content.decode()


def test_handing_in_reminds_of_what_is_untouched(row: ReportingRow, people: People) -> None:
    entry, url = sign_in(people.entry), address(ProgressReport, "change", taken(row).pk)
    page = entry.post(url, filled_in(entry, url) | {"state": "submitted"}, follow=True)
    assert "引き継いだままの項目があります：現状・課題、実施事業" in page.content.decode()


def test_who_only_reads_a_report_sees_its_marks_and_own_columns(
    row: ReportingRow, people: People
) -> None:
    url = address(ProgressReport, "change", taken(row).pk)
    page = sign_in(people.colleague).get(url).content.decode()
    assert "引き継いだままの項目：現状・課題（令和4年度）" in page
    assert "自治会" in page
    assert "このままでよい" not in page


def test_the_list_names_and_finds_what_is_untouched(row: ReportingRow, people: People) -> None:
    report, other = taken(row), row.reports.get(fiscal_year=2022)
    planner, url = sign_in(people.planner), address(ProgressReport, "changelist")
    page = planner.get(url, {"taken_over": "yes"}).content.decode()
    assert "現状・課題、実施事業、今後の方向性、協働の相手" in page
    assert address(ProgressReport, "change", other.pk) not in page
    page = planner.get(url, {"taken_over": "no"}).content.decode()
    assert address(ProgressReport, "change", report.pk) not in page
    assert address(ProgressReport, "change", other.pk) in page


def test_the_publish_preview_warns_of_untouched_text(row: ReportingRow, people: People) -> None:
    plan, report = row.action.plan, taken(row)
    assert extent_of(plan, 2023, "year_end").untouched_reports == 0  # not checked yet
    ProgressReport.objects.filter(pk=report.pk).update(state="checked")
    assert extent_of(plan, 2023, "year_end").untouched_reports == 1
    form = {"plan": plan.pk, "kind": "public", "fiscal_year": "R5", "period": "year_end"}
    url = reverse("admin:rounds_publication_publish")
    page = sign_in(people.planner).post(url, form | {"mark": "final", "preview": "1"})
    assert "1件には、前の年度の文を引き継いだままの欄があります。" in page.content.decode()
    # A column citizens do not see needs no warning.
    make.make_column(plan, "issues", label="課題", is_public=False)
    ProgressReport.objects.filter(pk=report.pk).update(taken_over=["issues"])
    assert extent_of(Plan.objects.get(pk=plan.pk), 2023, "year_end").untouched_reports == 0


# --- The page ----------------------------------------------------------------------------------


def test_a_section_takes_over_its_rows_on_one_page(row: ReportingRow, people: People) -> None:
    plan = row.action.plan
    theirs = make.make_row(make.make_action(plan), [people.finance])
    make.make_report(theirs, fiscal_year=2022, issues="財政課の課題")
    entry = sign_in(people.entry)
    assert "take-over" in entry.get(address(ProgressReport, "changelist")).content.decode()
    page = entry.get(page_of(plan)).content.decode()
    assert "令和4年度 年度末実績" in page
    assert "9月末現在" in page
    assert str(theirs.action) not in page
    assert "1件の報告に" in press(entry, page_of(plan), rows=[row.pk, theirs.pk])
    assert row.reports.get(fiscal_year=2023).taken_over == list(KEYS)
    assert not theirs.reports.filter(fiscal_year=2023).exists()
    assert "引き継げる報告はありません" in entry.get(page_of(plan)).content.decode()


def test_columns_and_rows_are_chosen(row: ReportingRow, people: People) -> None:
    make.make_column(row.action.plan, "course", kind="choice", label="方向性", choices=["継続"])
    row.reports.update(extra={"course": "継続"})
    planner, url = sign_in(people.planner), page_of(row.action.plan)
    chosen = planner.get(url).context["columns"]
    assert {column.key for column, is_chosen in chosen if is_chosen} == set(KEYS)
    assert {column.key for column, is_chosen in chosen if not is_chosen} == {"course"}
    assert "引き継ぐ項目を選んで" in press(planner, url, columns=[])
    assert "引き継ぐ行を選んで" in press(planner, url, rows=["abc", "\x00", "9" * 500])
    press(planner, url, columns=["course", "result", "nonsense"], change_reason="4月の準備")
    report = row.reports.get(fiscal_year=2023)
    assert (report.taken_over, report.extra, report.result) == (
        ["course"],
        {"course": "継続"},
        "",
    )
    assert report.history.get().history_change_reason == "4月の準備"


def test_the_page_of_a_report_leads_there_and_back(row: ReportingRow, people: People) -> None:
    report = make.make_report(row, state="draft")
    entry, url = sign_in(people.entry), address(ProgressReport, "change", report.pk)
    link = BeautifulSoup(entry.get(url).content, "html.parser").select_one("a[href*=take-over]")
    assert "令和4年度の文のままです。" in press(entry, link["href"])


def test_chosen_rows_of_the_sheet_lead_to_the_page(row: ReportingRow, people: People) -> None:
    other = make.make_row(make.make_action(row.action.plan), [people.welfare])
    make.make_report(other, fiscal_year=2022, issues="ほか")
    planner, url = sign_in(people.planner), address(ReportingRow, "changelist")
    asked = {"action": "take_over_rows", "_selected_action": [row.pk]}
    page = planner.post(url, asked, follow=True)
    shown = [candidate.row for candidate, _chosen, _words in page.context["offered"]]
    assert shown == [row]
    foreign = make.make_row(make.make_action(make.make_plan(people.kita)))
    asked["_selected_action"].append(foreign.pk)
    assert "一つの計画の行を" in planner.post(url, asked, follow=True).content.decode()


def test_a_closed_year_says_so_and_refuses(row: ReportingRow, people: People) -> None:
    make.make_lock(row.action.plan, 2023)
    planner, url = sign_in(people.planner), page_of(row.action.plan)
    assert "締め切られて" in planner.get(url).content.decode()
    data = {"columns": ["issues"], "rows": [row.pk]}
    assert "締め切られて" in planner.post(url, data).content.decode()
    assert not row.reports.filter(fiscal_year=2023).exists()


def test_who_may_open_the_page(row: ReportingRow, people: People) -> None:
    url = page_of(row.action.plan)
    data = {"columns": ["issues"], "rows": [row.pk]}
    for who, status in ((people.reader, 403), (people.stranger, 404), (people.nobody, 302)):
        assert sign_in(who).get(url).status_code == status
        assert sign_in(who).post(url, data).status_code == status
    for who in (people.entry, people.approver, people.planner, people.operator):
        assert sign_in(who).get(url).status_code == 200
    assert not row.reports.filter(fiscal_year=2023).exists()


@pytest.mark.parametrize("name", ["plan", "fiscal_year", "period", "row"])
@pytest.mark.parametrize("nonsense", ["abc", "9" * 30, "%00", "-1"])
def test_nonsense_in_the_address_does_no_harm(
    row: ReportingRow, people: People, name: str, nonsense: str
) -> None:
    status = sign_in(people.planner).get(page_of(row.action.plan, **{name: nonsense})).status_code
    assert status == (404 if name == "plan" else 200)


def test_the_page_asks_a_constant_number_of_queries(plan: Plan, people: People) -> None:
    planner = sign_in(people.planner)

    def grow(rows: int) -> int:
        for _number in range(rows):
            row = make.make_row(make.make_action(plan), [people.welfare])
            for year in (2021, 2022):
                make.make_report(row, fiscal_year=year, issues="課題")
        with CaptureQueriesContext(connection) as asked:
            assert planner.get(page_of(plan)).status_code == 200
        return len(asked)

    few = grow(3)
    assert grow(30) == few
    assert few <= 18
