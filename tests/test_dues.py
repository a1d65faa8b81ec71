"""What a request asks of each section."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from indicators.choices import Basis, MissingReason
from plans.choices import Period, WorkState
from rounds.models import Request
from rounds.requests.dues import dues_of, of_section

from .factories import (
    make_action,
    make_actual,
    make_department,
    make_indicator,
    make_lock,
    make_municipality,
    make_plan,
    make_report,
    make_request,
    make_row,
    make_series,
    make_succession,
)

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def keys(request: Request, **options: object) -> list[str]:
    return [due.key for due in dues_of(request, **options)]


def test_a_series_in_two_plans_is_due_once() -> None:
    town = make_municipality()
    section = make_department(town)
    series = make_series(town)
    first, second = make_plan(town, order=1), make_plan(town, order=2)
    make_indicator(second, series, [section])
    make_indicator(first, series, [section])
    (due,) = dues_of(make_request(first, second))
    assert due.plans == [first, second]
    assert due.sections == (section,)
    assert due.state == ""


def test_the_successor_of_an_ended_section_owes_its_figures_from_the_day_on() -> None:
    town = make_municipality()
    old = make_department(town, valid_to=TODAY)
    new = make_department(town, valid_from=TODAY + timedelta(days=1))
    make_succession(old, new, effective_on=TODAY + timedelta(days=1))
    plan = make_plan(town)
    make_indicator(plan, departments=[old])
    request = make_request(plan)
    (due,) = dues_of(request, day=TODAY)
    assert due.sections == (old,)
    (due,) = dues_of(request, day=TODAY + timedelta(days=1))
    assert due.named == (old,)
    assert due.sections == (new,)
    assert of_section([due], new) == [due]
    assert of_section([due], old) == []


def test_what_nobody_carries_on_stays_on_the_list() -> None:
    town = make_municipality()
    gone = make_department(town, valid_to=TODAY - timedelta(days=1))
    other = make_department(town)
    plan = make_plan(town)
    make_indicator(plan, departments=[gone])
    make_indicator(plan, departments=[other])
    request = make_request(plan)
    request.departments.set([other])
    assert [due.sections for due in dues_of(request)] == [(), (other,)]


def test_only_chosen_sections_are_asked() -> None:
    town = make_municipality()
    one, other = make_department(town), make_department(town)
    plan = make_plan(town)
    mine = make_indicator(plan, departments=[one])
    make_indicator(plan, departments=[other])
    request = make_request(plan)
    request.departments.set([one])
    assert keys(request) == [f"series-{mine.series_id}"]


def test_rows_of_the_sheet_are_due_with_the_figures() -> None:
    town = make_municipality()
    section, partner = make_department(town), make_department(town)
    plan = make_plan(town)
    joint = make_row(make_action(plan), [section, partner])
    ended = make_row(make_action(plan, last_fiscal_year=2022), [section])
    report = make_report(joint, fiscal_year=2023, state=WorkState.SUBMITTED)
    (due,) = dues_of(make_request(plan))
    assert due.key == f"report-{joint.pk}"
    assert due.sections == (section, partner)
    assert due.working == report
    assert due.is_answered(TODAY)
    assert ended.pk != joint.pk


def test_late_statistics_are_due_in_their_month_and_stay_open() -> None:
    town = make_municipality()
    plan = make_plan(town)
    series = make_series(town, settled_month=8)
    make_indicator(plan, series, [make_department(town)])
    request = make_request(plan, deadline=date(2024, 5, 31), state=Request.State.CLOSED)
    (due,) = dues_of(request)
    assert due.due_on == date(2024, 8, 31)
    assert due.is_late
    assert due.is_open(request)
    assert not due.is_overdue(date(2024, 8, 31))
    assert due.is_overdue(date(2024, 9, 1))


def test_a_figure_announced_for_a_month_is_an_answer_until_that_month() -> None:
    town = make_municipality()
    plan = make_plan(town)
    series = make_series(town)
    make_indicator(plan, series, [make_department(town)])
    make_actual(
        series,
        value=None,
        missing_reason=MissingReason.NOT_COMPILED,
        expected_on=date(2024, 8, 1),
    )
    (due,) = dues_of(make_request(plan, deadline=date(2024, 5, 31)))
    assert due.is_answered(date(2024, 7, 31))
    assert not due.is_answered(date(2024, 8, 1))
    assert not due.is_overdue(date(2024, 8, 31))
    assert due.is_overdue(date(2024, 9, 1))


def test_an_awaited_figure_of_an_earlier_year_is_asked_for_again() -> None:
    town = make_municipality()
    plan = make_plan(town)
    series = make_series(town)
    make_indicator(plan, series, [make_department(town)])
    make_actual(
        series,
        2022,
        value=None,
        missing_reason=MissingReason.NOT_COMPILED,
        expected_on=date(2024, 5, 1),
    )
    make_lock(plan, 2022)
    request = make_request(plan, deadline=date(2024, 5, 31))
    assert keys(request) == [f"series-{series.pk}-2022", f"series-{series.pk}"]
    late, _this_year = dues_of(request)
    assert late.fiscal_year == 2022
    assert late.is_open(request)


def test_an_earlier_figure_that_came_stays_on_the_sheet_until_it_is_checked() -> None:
    town = make_municipality()
    plan = make_plan(town)
    series, other = make_series(town), make_series(town)
    for each in (series, other):
        make_indicator(plan, each, [make_department(town)])
    make_actual(other, 2022, state="draft")  # nobody ever awaited it
    actual = make_actual(
        series,
        2022,
        value=None,
        missing_reason=MissingReason.NOT_COMPILED,
        expected_on=date(2024, 5, 1),
    )
    make_lock(plan, 2022)
    request = make_request(plan, deadline=date(2024, 5, 31))
    key = f"series-{series.pk}-2022"
    of_this_year = [f"series-{series.pk}", f"series-{other.pk}"]
    actual.value, actual.missing_reason, actual.expected_on = 7, "", None
    actual.is_late = True
    for state, is_answered in (("draft", False), ("submitted", True), ("approved", True)):
        actual.state = state
        actual.save()
        assert keys(request) == [key, *of_this_year]
        late = dues_of(request)[0]
        assert late.is_open(request)
        assert late.is_answered(date(2024, 5, 31)) == is_answered
    actual.state = "checked"
    actual.save()
    assert keys(request) == of_this_year


def test_a_closed_year_is_not_open() -> None:
    town = make_municipality()
    plan, other = make_plan(town), make_plan(town)
    series = make_series(town)
    make_indicator(plan, series, [make_department(town)])
    make_indicator(other, series)
    make_lock(other, 2023)
    request = make_request(plan)
    (due,) = dues_of(request)
    assert due.is_locked
    assert not due.is_open(request)


def test_in_september_only_what_can_be_known_is_due() -> None:
    town = make_municipality()
    section = make_department(town)
    plan = make_plan(town)
    yearly = make_series(town)
    survey, told = (
        make_series(town, basis=Basis.SURVEY_YEAR),
        make_series(town, basis=Basis.CALENDAR_YEAR),
    )
    for series in (yearly, survey, told):
        make_indicator(plan, series, [section])
    make_actual(told, 2022, period=Period.MID_YEAR)
    make_row(make_action(plan), [section])
    request = make_request(plan, period=Period.MID_YEAR)
    assert keys(request) == [f"series-{yearly.pk}", f"series-{told.pk}"]
    plan.label_mid_year = "9月末現在"
    plan.save()
    assert len(keys(request)) == 3


@pytest.mark.parametrize("count", [2, 20])
def test_the_number_of_queries_does_not_grow(count: int, django_assert_num_queries: object) -> None:
    town = make_municipality()
    section = make_department(town)
    plan = make_plan(town)
    for _ in range(count):
        make_indicator(plan, departments=[section])
        make_report(make_row(make_action(plan), [section]), fiscal_year=2023)
    request = Request.objects.get(pk=make_request(plan).pk)
    with django_assert_num_queries(12):
        assert len(dues_of(request)) == 2 * count
