"""What somebody might try who wants more than the rules give; each was possible once."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.http import Http404

from indicators import record as figures
from indicators.models import Indicator, Target
from measures import record as reports
from measures.models import Action, ReportingRow
from municipalities import record
from municipalities.models import Municipality
from plans import structure
from plans.models import Plan
from rounds import record as rounds

from . import factories as make
from .admin_pages import address, filled_in, save, sign_in
from .people import People, make_people


@pytest.fixture
def people(db: None) -> People:
    return make_people()


@pytest.fixture
def plan(people: People) -> Plan:
    """A plan of きた市; `close` closes its FY2023."""
    return make.make_plan(people.kita)


def close(plan: Plan) -> None:
    make.make_lock(plan, 2023)


def refused(code: str) -> Any:
    return pytest.raises(ValidationError, check=lambda error: code in codes(error))


def codes(error: ValidationError) -> set[str]:
    return {each.code for each in getattr(error, "error_list", [])} | {
        each.code for found in getattr(error, "error_dict", {}).values() for each in found
    }


# --- Out of a closed year -----------------------------------------------------------------------


def test_a_target_is_not_moved_out_of_a_closed_year(people: People, plan: Plan) -> None:
    target = make.make_target(make.make_indicator(plan), 2023)
    close(plan)
    planner, url = sign_in(people.planner), address(Target, "change", target.pk)
    errors = save(planner, url, filled_in(planner, url) | {"fiscal_year": "2025"})
    assert any("締め切られている" in error for error in errors)
    target.fiscal_year = 2025
    with refused("locked"):
        figures.record_target(target, by=people.planner)
    with refused("locked"):
        figures.remove_target(target, by=people.planner, reason="x")


def test_a_judgement_is_not_moved_out_of_a_closed_year(people: People, plan: Plan) -> None:
    judgement = make.make_judgement(make.make_indicator(plan), reason="話し合い")
    close(plan)
    judgement.fiscal_year = 2025
    with refused("locked"):
        figures.record_judgement(judgement, by=people.planner)
    with refused("locked"):
        figures.remove_judgement(judgement, by=people.planner, reason="x")


def test_a_target_of_another_town_is_not_taken_over(people: People, plan: Plan) -> None:
    theirs = make.make_target(make.make_indicator(make.make_plan(people.minami)))
    theirs.indicator = make.make_indicator(plan)
    with pytest.raises(Http404):
        figures.record_target(theirs, by=people.planner)


def test_a_row_that_claims_another_year_is_not_deleted_from_a_closed_one(
    people: People, plan: Plan
) -> None:
    indicator = make.make_indicator(plan, departments=[people.welfare])
    actual = make.make_actual(indicator.series, 2023, state="draft")
    report = make.make_report(make.make_row(make.make_action(plan), [people.welfare]))
    close(plan)
    actual.fiscal_year = report.fiscal_year = 2025
    with refused("locked"):
        figures.remove_actual(actual, by=people.entry, reason="x")
    with refused("locked"):
        reports.remove_report(report, by=people.entry, reason="x")


def test_a_row_of_the_sheet_does_not_take_the_reports_of_a_closed_year_along(
    people: People, plan: Plan
) -> None:
    row = make.make_row(make.make_action(plan), [people.welfare])
    make.make_report(row)
    close(plan)
    planner, url = sign_in(people.planner), address(ReportingRow, "delete", row.pk)
    answer = planner.post(url, {"post": "yes", "change_reason": "x"}, follow=True)
    assert "締め切られた令和5年度" in answer.content.decode()
    assert row.reports.exists()


def test_a_policy_sheet_of_a_closed_year_stays_as_it_is(people: People, plan: Plan) -> None:
    sheet = make.make_sheet(plan, people.welfare)
    issue = make.make_issue(sheet)
    close(plan)
    planner = sign_in(people.planner)
    for row, change in ((sheet, {"heading": "直し"}), (issue, {"title": "直し"})):
        url = address(type(row), "change", row.pk)
        errors = save(planner, url, filled_in(planner, url) | change)
        assert any("締め切られている" in error for error in errors)
        with refused("locked"):
            reports.remove_sheet(row, by=people.planner, reason="x")
    sheet.fiscal_year = 2025
    with refused("locked"):
        reports.record_sheet(sheet, by=people.planner)


# --- Around the lock of a series ---------------------------------------------------------------


def test_an_indicator_does_not_exchange_a_series_with_figures_in_a_closed_year(
    people: People, plan: Plan
) -> None:
    indicator, other = make.make_indicator(plan), make.make_series(people.kita)
    make.make_actual(indicator.series, 2023)
    close(plan)
    planner, url = sign_in(people.planner), address(Indicator, "change", indicator.pk)
    errors = save(planner, url, filled_in(planner, url) | {"series": other.pk})
    assert errors == ["締め切られた令和5年度の実績があるため、系列を変えられません。"]
    plan.year_locks.all().delete()
    assert save(planner, url, filled_in(planner, url) | {"series": other.pk}) == []


def test_deleting_an_indicator_or_what_it_hangs_on_does_not_open_its_series(
    people: People, plan: Plan
) -> None:
    measure = make.make_measure(plan)
    indicator = make.make_indicator(plan, measure=measure)
    actual = make.make_actual(indicator.series, 2023)
    close(plan)
    for row in (indicator, measure):
        with refused("locked"):
            structure.remove_row(row, by=people.planner, reason="x")
    with refused("locked"):
        figures.record_actual(actual, by=people.planner)
    later = make.make_indicator(plan, actual.series, first_fiscal_year=2024)
    structure.remove_row(later, by=people.planner, reason="誤登録")  # never counted in 2023


def test_what_belongs_to_a_plan_does_not_leave_it(people: People, plan: Plan) -> None:
    other = make.make_plan(people.kita)
    row, lock = make.make_row(make.make_action(plan)), make.make_lock(plan, 2023)
    goal, indicator = make.make_goal(plan), make.make_indicator(plan)
    goal.plan = indicator.plan = other
    row.action = make.make_action(other)
    lock.fiscal_year = 2030
    for moved in (goal, indicator, row, lock):
        with refused("moved"):
            record.record_row(moved, by=people.planner)
    with refused("moved"):
        figures.record_indicator(indicator, by=people.planner)


# --- Nonsense ----------------------------------------------------------------------------------


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
@pytest.mark.parametrize("button", [{}, {"publish": "1"}], ids=["preview", "publish"])
def test_a_publication_at_the_end_of_time_is_refused(
    people: People, plan: Plan, day: str, button: dict[str, str]
) -> None:
    form = {"plan": plan.pk, "kind": "plan", "mark": "final"} | button
    errors = save(
        sign_in(people.planner),
        "/admin/rounds/publication/publish/",
        form | {"effective_at_0": day, "effective_at_1": "00:00"},
    )
    assert errors == ["公表日時の年を確かめてください。"]


@pytest.mark.parametrize("year", [1926, 2100, 1925, 2101, "9" * 5000, "%00"])
def test_the_entry_sheet_of_any_year_opens(people: People, plan: Plan, year: Any) -> None:
    make.make_indicator(plan, departments=[people.welfare])
    sheet = sign_in(people.entry).get(f"/admin/indicators/actual/entry/?fiscal_year={year}")
    assert sheet.status_code == 200


def test_lists_take_no_control_characters(people: People, plan: Plan) -> None:
    action = make.make_action(plan)
    planner, url = sign_in(people.planner), address(Action, "change", action.pk)
    assert save(planner, url, filled_in(planner, url) | {"named_items": "一\n二\0"}) != []
    assert save(planner, url, filled_in(planner, url) | {"named_items": "一\n二"}) == []


@pytest.mark.parametrize("place", ["goals", "policies", "measures", "indicators"])
def test_addresses_with_control_characters_are_not_found(
    client: Any, people: People, plan: Plan, place: str
) -> None:
    rounds.publish(plan, "plan", by=people.planner)
    town = Municipality.objects.get(pk=plan.municipality_id).slug
    assert client.get(f"/{town}/{plan.slug}/{place}/a%00b/").status_code == 404
