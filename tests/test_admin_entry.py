"""Staff enter figures and reports in the admin, each section its own, in open years."""

import pytest
from django.urls import reverse

from indicators.models import Actual, Series
from measures.models import ProgressReport
from municipalities.history import Door
from plans.models import Plan, YearLock

from . import factories as make
from .admin_pages import add_row, address, filled_in, save, sign_in
from .people import People, make_people

SHEET = "admin:indicators_actual_entry"


@pytest.fixture
def people(db: None) -> People:
    return make_people()


@pytest.fixture
def plan(people: People) -> Plan:
    return make.make_plan(people.kita)


@pytest.fixture
def own(people: People, plan: Plan) -> Series:
    """A series 福祉課 answers for; its people are `entry`."""
    return make.make_indicator(plan, departments=[people.welfare], name="見守り").series


@pytest.fixture
def other(people: People, plan: Plan) -> Series:
    """A series of 財政課."""
    return make.make_indicator(plan, departments=[people.finance], name="公債費").series


def test_people_of_a_section_see_their_own_rows_first(
    people: People, own: Series, other: Series
) -> None:
    mine, theirs = make.make_actual(own), make.make_actual(other)
    entry, url = sign_in(people.entry), address(Actual, "changelist")
    page = entry.get(url).content.decode()
    assert address(Actual, "change", mine.pk) in page
    assert address(Actual, "change", theirs.pk) not in page
    page = entry.get(url, {"own": "all"}).content.decode()
    assert address(Actual, "change", theirs.pk) in page
    page = sign_in(people.planner).get(url).content.decode()
    assert address(Actual, "change", theirs.pk) in page


def test_a_section_changes_its_own_figure(people: People, own: Series) -> None:
    actual = make.make_actual(own, state="draft")
    entry, url = sign_in(people.entry), address(Actual, "change", actual.pk)
    data = filled_in(entry, url) | {"value": "１，２３４", "change_reason": "集計し直し"}
    assert save(entry, url, data) == []
    actual.refresh_from_db()
    assert (actual.value, actual.version) == (1234, 2)
    last = actual.history.first()
    assert (last.history_user, last.history_change_reason, last.door) == (
        people.entry,
        "集計し直し",
        Door.ADMIN,
    )
    page = entry.get(address(Actual, "history", actual.pk)).content.decode()
    assert "集計し直し" in page
    assert "1234" in page
    assert "管理画面" in page


def test_a_colleagues_figure_is_only_read(people: People, other: Series) -> None:
    actual = make.make_actual(other, state="draft")
    entry, url = sign_in(people.entry), address(Actual, "change", actual.pk)
    assert filled_in(entry, url) == {}
    assert entry.post(url, {"value": "1"}).status_code == 403
    actual.refresh_from_db()
    assert actual.value == 110


def test_readers_change_nothing(people: People, own: Series) -> None:
    actual = make.make_actual(own, state="draft")
    reader, url = sign_in(people.reader), address(Actual, "change", actual.pk)
    assert filled_in(reader, url) == {}
    assert reader.post(url, {"value": "1"}).status_code == 403
    assert reader.get(address(Actual, "add")).status_code == 403


def new_actual(series: Series, **fields: str) -> dict[str, str]:
    return {
        "series": str(series.pk),
        "fiscal_year": "令和5年度",
        "period": "year_end",
        "value": "12",
        "state": "draft",
    } | fields


def test_a_section_adds_a_figure_for_its_own_series_only(
    people: People, own: Series, other: Series
) -> None:
    entry, url = sign_in(people.entry), address(Actual, "add")
    assert save(entry, url, new_actual(own)) == []
    assert Actual.objects.get().fiscal_year == 2023
    assert save(entry, url, new_actual(other)) == ["担当する組織の行だけを変更できます。"]
    assert Actual.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"value": "12.5"}, "小数"),
        ({"value": "－"}, "数値を入力"),
        ({"value": "多い"}, "数値を入力"),
        ({"value": ""}, "どちらか一方"),
        ({"missing_reason": "not_compiled"}, "どちらか一方"),
        ({"fiscal_year": "来年度"}, "来年度"),
        ({"state": "checked"}, "checked"),
        ({"revision": "corrected"}, "公開する理由"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_saved(
    people: People, own: Series, fields: dict[str, str], message: str
) -> None:
    entry = sign_in(people.entry)
    errors = save(entry, address(Actual, "add"), new_actual(own, **fields))
    assert any(message in error for error in errors), errors
    assert not Actual.objects.exists()


def test_a_closed_year_is_closed_for_forms(people: People, own: Series, plan: Plan) -> None:
    actual = make.make_actual(own, 2023, state="draft")
    make.make_lock(plan, 2023)
    for who in (people.entry, people.planner):
        client, url = sign_in(who), address(Actual, "change", actual.pk)
        errors = save(client, url, filled_in(client, url) | {"value": "1"})
        assert any("締め切られて" in error for error in errors)
        errors = save(client, address(Actual, "add"), new_actual(own, period="mid_year"))
        assert any("締め切られて" in error for error in errors)
    actual.refresh_from_db()
    assert actual.value == 110


def test_two_people_do_not_overwrite_each_other_unseen(people: People, own: Series) -> None:
    actual = make.make_actual(own, state="draft")
    first, second = sign_in(people.entry), sign_in(people.planner)
    url = address(Actual, "change", actual.pk)
    old_page = filled_in(second, url)
    assert save(first, url, filled_in(first, url) | {"value": "111"}) == []
    answer = second.post(url, old_page | {"value": "222"})
    page = answer.content.decode()
    assert people.entry.username in page
    assert "保存されている値：111／入力した値：222" in page
    actual.refresh_from_db()
    assert actual.value == 111
    shown = answer.context["adminform"].form["seen_version"].value()
    assert save(second, url, old_page | {"value": "222", "seen_version": shown}) == []
    actual.refresh_from_db()
    assert actual.value == 222


def test_a_form_without_its_version_is_not_saved(people: People, own: Series) -> None:
    actual = make.make_actual(own, state="draft")
    entry, url = sign_in(people.entry), address(Actual, "change", actual.pk)
    data = filled_in(entry, url) | {"value": "111"}
    del data["seen_version"]
    assert save(entry, url, data) != []


# --- Deleting ---------------------------------------------------------------------------------


def test_deleting_asks_for_a_reason_and_keeps_it(people: People, own: Series) -> None:
    actual = make.make_actual(own)
    planner, url = sign_in(people.planner), address(Actual, "delete", actual.pk)
    assert planner.post(url, {"post": "yes"}).status_code == 302
    assert Actual.objects.exists()
    planner.post(url, {"post": "yes", "change_reason": "二重登録"})
    assert not Actual.objects.exists()
    gone = Actual.history.first()
    assert (gone.history_type, gone.history_change_reason) == ("-", "二重登録")
    assert gone.history_user == people.planner


def test_deleting_many_stops_at_a_closed_year(people: People, own: Series, plan: Plan) -> None:
    rows = [make.make_actual(own, year) for year in (2021, 2022, 2023)]
    make.make_lock(plan, 2021)
    planner, url = sign_in(people.planner), address(Actual, "changelist")
    chosen = {
        "action": "delete_selected",
        "_selected_action": [row.pk for row in rows],
        "post": "yes",
        "change_reason": "試し",
    }
    page = planner.post(url, chosen, follow=True).content.decode()
    assert "締め切られて" in page
    assert Actual.objects.count() == 3
    chosen["_selected_action"] = [row.pk for row in rows[1:]]
    planner.post(url, chosen)
    assert Actual.objects.get() == rows[0]


def test_people_of_a_section_delete_nothing(people: People, own: Series) -> None:
    actual = make.make_actual(own, state="draft")
    entry = sign_in(people.entry)
    confirmed = {"post": "yes", "change_reason": "x"}
    assert entry.post(address(Actual, "delete", actual.pk), confirmed).status_code == 403
    chosen = confirmed | {"action": "delete_selected", "_selected_action": [actual.pk]}
    entry.post(address(Actual, "changelist"), chosen)
    assert Actual.objects.exists()


# --- The sheet of a year ----------------------------------------------------------------------


def sheet(year: int = 2023) -> str:
    return f"{reverse(SHEET)}?fiscal_year={year}"


def test_a_section_fills_in_its_year_on_one_page(people: People, plan: Plan, own: Series) -> None:
    second = make.make_indicator(plan, departments=[people.welfare]).series
    third = make.make_indicator(plan, departments=[people.welfare]).series
    make.make_actual(own, 2022, value=98)
    entry = sign_in(people.entry)
    assert "98" in entry.get(sheet()).content.decode()
    data = filled_in(entry, sheet()) | {
        f"series-{own.pk}-value": "1,200",
        f"series-{second.pk}-missing_reason": "not_compiled",
        "change_reason": "4月の照会",
    }
    assert save(entry, sheet(), data) == []
    assert Actual.objects.get(series=own, fiscal_year=2023).value == 1200
    missing = Actual.objects.get(series=second, fiscal_year=2023)
    assert (missing.value, missing.missing_reason) == (None, "not_compiled")
    assert not Actual.objects.filter(series=third).exists()
    assert missing.history.first().history_change_reason == "4月の照会"
    # Once more as it is: nothing happens.
    assert save(entry, sheet(), filled_in(entry, sheet())) == []
    assert Actual.history.filter(fiscal_year=2023).count() == 2


def test_one_wrong_row_keeps_the_whole_page_back(people: People, plan: Plan, own: Series) -> None:
    second = make.make_indicator(plan, departments=[people.welfare]).series
    entry = sign_in(people.entry)
    data = filled_in(entry, sheet()) | {
        f"series-{own.pk}-value": "12",
        f"series-{second.pk}-value": "1.55",
    }
    errors = save(entry, sheet(), data)
    assert any("小数" in error for error in errors)
    assert not Actual.objects.exists()


def test_the_page_offers_no_row_of_others(
    people: People, plan: Plan, own: Series, other: Series
) -> None:
    foreign = make.make_indicator(make.make_plan(people.minami)).series
    entry = sign_in(people.entry)
    data = filled_in(entry, sheet())
    assert f"series-{own.pk}-value" in data
    assert f"series-{other.pk}-value" not in data
    shown = entry.get(sheet() + "&others=on").content.decode()
    assert "公債費" in shown
    assert foreign.name not in shown
    assert f"series-{other.pk}-value" not in filled_in(entry, sheet() + "&others=on")
    forged = data | {f"series-{other.pk}-value": "1", f"series-{foreign.pk}-value": "1"}
    save(entry, sheet() + "&others=on", forged)
    assert not Actual.objects.exists()


def test_closed_and_checked_rows_are_shown_but_not_offered(
    people: People, plan: Plan, own: Series
) -> None:
    checked = make.make_indicator(plan, departments=[people.welfare]).series
    make.make_actual(checked, 2023, state="checked")
    entry = sign_in(people.entry)
    assert f"series-{checked.pk}-value" not in filled_in(entry, sheet())
    assert "確認済" in entry.get(sheet()).content.decode()
    make.make_lock(plan, 2023)
    assert "年度の締切済み" in entry.get(sheet()).content.decode()
    data = {f"series-{own.pk}-value": "1"}
    entry.post(sheet(), data)
    assert not Actual.objects.filter(series=own).exists()


def test_the_page_does_not_overwrite_what_came_in_meanwhile(people: People, own: Series) -> None:
    entry, planner = sign_in(people.entry), sign_in(people.planner)
    opened = filled_in(entry, sheet())
    make.make_actual(own, 2023, value=5, state="draft")
    errors = save(entry, sheet(), opened | {f"series-{own.pk}-value": "7"})
    assert any("保存されている値：5" in error for error in errors)
    assert Actual.objects.get().value == 5
    assert f"series-{own.pk}-value" in filled_in(planner, sheet())


# --- Series, reports, locks -------------------------------------------------------------------


def test_planners_enter_the_years_of_a_series_below_it(people: People, own: Series) -> None:
    actual = make.make_actual(own, 2022, value=90)
    planner, url = sign_in(people.planner), address(Series, "change", own.pk)
    data = filled_in(planner, url)
    data = add_row(
        data, "actuals", fiscal_year="R5", period="year_end", value="95", state="checked"
    )
    assert save(planner, url, data | {"actuals-0-value": "91", "change_reason": "訂正"}) == []
    actual.refresh_from_db()
    assert (actual.value, actual.version) == (91, 2)
    assert Actual.objects.get(fiscal_year=2023).value == 95
    assert actual.history.first().history_change_reason == "訂正"
    make.make_lock(own.indicators.get().plan, 2023)
    errors = save(planner, url, filled_in(planner, url) | {"actuals-1-value": "1"})
    assert any("締め切られて" in error for error in errors)


def test_a_report_has_the_columns_of_its_plan(people: People, plan: Plan) -> None:
    make.make_column(plan, "issues", label="課題認識")
    make.make_column(plan, "direction", label="-", is_hidden=True)
    make.make_column(plan, "cost", label="事業費", kind="number")
    make.make_column(plan, "next", label="次年度", kind="choice", choices=["拡充", "縮小"])
    report = make.make_report(
        make.make_row(make.make_action(plan), [people.welfare]), extra={"cost": 5}
    )
    entry, url = sign_in(people.entry), address(ProgressReport, "change", report.pk)
    page = entry.get(url).content.decode()
    assert "課題認識" in page
    assert 'name="direction"' not in page
    data = filled_in(entry, url)
    assert data["column_cost"] == "5"
    assert save(entry, url, data | {"column_next": "拡充", "projects": "健診\r\n\r\n相談"}) == []
    report.refresh_from_db()
    assert report.extra == {"cost": "5", "next": "拡充"}
    assert report.projects == ["健診", "相談"]
    errors = save(entry, url, filled_in(entry, url) | {"column_cost": "多い"})
    assert any("事業費" in error for error in errors)
    colleague = sign_in(people.colleague)
    assert filled_in(colleague, url) == {}
    assert colleague.post(url, data).status_code == 403


def test_a_year_is_closed_and_opened_on_the_page_of_its_plan(people: People, plan: Plan) -> None:
    planner, url = sign_in(people.planner), address(Plan, "change", plan.pk)
    data = add_row(filled_in(planner, url), "year_locks", fiscal_year="R5", reason="決算")
    assert save(planner, url, data) == []
    lock = YearLock.objects.get()
    assert (lock.fiscal_year, lock.locked_by, lock.reason) == (2023, people.planner, "決算")
    opening = filled_in(planner, url) | {"year_locks-0-DELETE": "on"}
    assert any("締切を解く理由" in error for error in save(planner, url, opening))
    assert YearLock.objects.exists()
    assert save(planner, url, opening | {"change_reason": "誤りの訂正"}) == []
    assert not YearLock.objects.exists()
    assert YearLock.history.first().history_change_reason == "誤りの訂正"


def test_sections_close_and_open_no_year(people: People, plan: Plan) -> None:
    lock = make.make_lock(plan, 2022)
    entry = sign_in(people.entry)
    assert entry.get(address(YearLock, "add")).status_code == 403
    confirmed = {"post": "yes", "change_reason": "x"}
    assert entry.post(address(YearLock, "delete", lock.pk), confirmed).status_code == 403
    assert entry.post(address(Plan, "change", plan.pk), {}).status_code == 403
