"""The one write path: scope, locks, states, versions and history, whoever calls it."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404

from indicators.choices import MissingReason
from indicators.models import Actual, Judgement, Target
from indicators.record import (
    record_actual,
    record_judgement,
    record_target,
    remove_actual,
    remove_target,
)
from measures.models import ProgressReport
from measures.record import record_report, remove_report
from municipalities.access import Role
from municipalities.history import Door, through
from plans.record import lock_year, unlock_year

from .factories import (
    make_action,
    make_actual,
    make_column,
    make_department,
    make_indicator,
    make_lock,
    make_plan,
    make_report,
    make_row,
    make_scheme,
    make_series,
    make_succession,
    make_target,
    make_user,
)
from .people import People, make_people

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.fixture
def indicator(people: People) -> Any:
    """An indicator of きた市 that the welfare section answers for."""
    return make_indicator(make_plan(people.kita), departments=[people.welfare])


def actual_of(indicator: Any, value: Any = "120", **fields: Any) -> Actual:
    return Actual(series=indicator.series, fiscal_year=2023, value=Decimal(value), **fields)


# --- Who ----------------------------------------------------------------------------------------


def test_the_owner_of_a_series_records_it_too(people: People) -> None:
    indicator = make_indicator(
        make_plan(people.kita), make_series(people.kita, owner=people.finance)
    )
    assert record_actual(actual_of(indicator), by=people.colleague).pk


def test_responsibility_is_asked_for_the_year_of_the_figure(people: People, indicator: Any) -> None:
    indicator.responsibilities.update(first_fiscal_year=2024)

    with pytest.raises(PermissionDenied):
        record_actual(actual_of(indicator), by=people.entry)
    assert record_actual(
        Actual(series=indicator.series, fiscal_year=2024, value=Decimal(1)), by=people.entry
    ).pk


def test_the_successor_of_a_section_records_last_years_figures(
    people: People, indicator: Any
) -> None:
    renamed = make_department(people.kita, "地域福祉課")
    make_succession(people.welfare, renamed)
    successor = make_user(Role.ENTRY, department=renamed)

    assert record_actual(actual_of(indicator), by=successor).pk


def test_a_row_cannot_be_taken_from_another_section(people: People, indicator: Any) -> None:
    """Moving a foreign row to one's own series would delete the colleague's figure."""
    foreign = make_indicator(indicator.plan, departments=[people.finance])
    actual = make_actual(foreign.series, state="draft")
    actual.series = indicator.series

    with pytest.raises(PermissionDenied):
        record_actual(actual, by=people.entry)


# --- Zero, missing, decimals -------------------------------------------------------------------


def test_zero_is_a_value_and_stays_one(people: People, indicator: Any) -> None:
    record_actual(actual_of(indicator, "0"), by=people.entry)
    stored = Actual.objects.get()
    assert stored.value == 0
    assert stored.missing_reason == ""


def test_a_missing_value_needs_a_reason_and_a_value_has_none(
    people: People, indicator: Any
) -> None:
    nothing = Actual(series=indicator.series, fiscal_year=2023)
    with pytest.raises(ValidationError, match="0は値です"):
        record_actual(nothing, by=people.entry)
    both = actual_of(indicator, missing_reason=MissingReason.WITHHELD)
    with pytest.raises(ValidationError, match="どちらか一方"):
        record_actual(both, by=people.entry)


def test_more_decimals_than_the_series_keeps_are_refused(people: People, indicator: Any) -> None:
    with pytest.raises(ValidationError, match=r"12\.5 は小数1桁です。この系列は小数0桁まで"):
        record_actual(actual_of(indicator, "12.5"), by=people.entry)


@pytest.mark.parametrize("value", ["NaN", "Infinity", "123456789012.5", "0.00001"])
def test_figures_the_column_cannot_hold_are_refused(
    people: People, indicator: Any, value: str
) -> None:
    with pytest.raises(ValidationError):
        record_actual(actual_of(indicator, value), by=people.entry)


def test_the_same_year_is_recorded_once(people: People, indicator: Any) -> None:
    record_actual(actual_of(indicator), by=people.entry)
    with pytest.raises(ValidationError, match="すでにあります"):
        record_actual(actual_of(indicator), by=people.entry)


def test_a_correction_needs_its_public_reason(people: People, indicator: Any) -> None:
    with pytest.raises(ValidationError, match="公開する理由"):
        record_actual(actual_of(indicator, revision="corrected"), by=people.planner)


# --- Locks ------------------------------------------------------------------------------------


def test_a_closed_year_refuses_every_figure(people: People, indicator: Any) -> None:
    actual, target = make_actual(indicator.series), make_target(indicator, fiscal_year=2023)
    band = make_scheme(plan=indicator.plan).bands.first()
    lock_year(indicator.plan, 2023, by=people.planner)
    actual.value = Decimal(1)

    for attempt in (
        lambda: record_actual(actual, by=people.planner),
        lambda: record_actual(actual, by=None),
        lambda: remove_actual(actual, by=people.planner, reason="誤り"),
        lambda: record_target(target, by=people.planner),
        lambda: remove_target(target, by=people.planner, reason="誤り"),
        lambda: record_judgement(
            Judgement(indicator=indicator, fiscal_year=2023, stage="1_first", band=band),
            by=people.planner,
        ),
    ):
        with pytest.raises(ValidationError, match=r"令和5年度は「.*」で締め切られている"):
            attempt()
    assert Actual.objects.get().value == 110


def test_a_lock_by_any_plan_locks_the_shared_series(people: People, indicator: Any) -> None:
    other = make_plan(people.kita, title="総合戦略")
    make_indicator(other, indicator.series)
    make_lock(other, 2023)

    with pytest.raises(ValidationError, match="総合戦略"):
        record_actual(actual_of(indicator), by=people.planner)


def test_a_figure_cannot_leave_a_closed_year(people: People, indicator: Any) -> None:
    actual = make_actual(indicator.series)
    make_lock(indicator.plan, 2023)
    actual.fiscal_year = 2024

    with pytest.raises(ValidationError, match="令和5年度"):
        record_actual(actual, by=people.planner)


def test_reports_of_a_closed_year_are_refused(people: People) -> None:
    plan = make_plan(people.kita)
    report = make_report(make_row(make_action(plan), [people.welfare]))
    make_lock(plan, 2023)

    with pytest.raises(ValidationError, match="締め切られている"):
        record_report(report, by=people.entry)
    with pytest.raises(ValidationError, match="締め切られている"):
        remove_report(report, by=people.planner, reason="誤り")


def test_locking_is_for_planners_and_unlocking_needs_a_reason(
    people: People, indicator: Any
) -> None:
    plan = indicator.plan
    with pytest.raises(PermissionDenied):
        lock_year(plan, 2023, by=people.entry)
    with pytest.raises(Http404):
        lock_year(plan, 2023, by=people.stranger)
    lock_year(plan, 2023, by=people.planner)
    with pytest.raises(ValidationError, match="すでに締め切られて"):
        lock_year(plan, 2023, by=people.planner)
    with pytest.raises(ValidationError, match="理由"):
        unlock_year(plan, 2023, by=people.planner, reason=" ")
    unlock_year(plan, 2023, by=people.planner, reason="再集計のため")
    assert not plan.year_locks.exists()
    last = plan.year_locks.model.history.latest()
    assert (last.history_type, last.history_change_reason) == ("-", "再集計のため")


# --- States, versions, history -----------------------------------------------------------------


def test_a_section_does_not_change_what_has_been_checked(people: People, indicator: Any) -> None:
    actual = make_actual(indicator.series, state="checked")
    actual.value, actual.state = Decimal(1), "draft"

    with pytest.raises(ValidationError, match="差し戻しを依頼"):
        record_actual(actual, by=people.entry)
    with pytest.raises(ValidationError, match="差し戻しを依頼"):
        remove_actual(actual, by=people.entry, reason="誤り")
    with pytest.raises(ValidationError, match="理由"):
        record_actual(actual, by=people.planner)
    assert record_actual(actual, by=people.planner, reason="集計の誤り").value == 1


def test_a_section_does_not_check_its_own_figures(people: People, indicator: Any) -> None:
    with pytest.raises(ValidationError, match="承認者と企画担当"):
        record_actual(actual_of(indicator, state="checked"), by=people.entry)


def test_the_second_of_two_writers_is_told(people: People, indicator: Any) -> None:
    record_actual(actual_of(indicator), by=people.entry)
    first, second = Actual.objects.get(), Actual.objects.get()
    first.value = Decimal(130)
    record_actual(first, by=people.planner, expected_version=1)
    second.value = Decimal(140)

    with pytest.raises(ValidationError, match="先に変更しました"):
        record_actual(second, by=people.entry, expected_version=1)
    stored = Actual.objects.get()
    assert (stored.value, stored.version) == (130, 2)


def test_history_tells_who_when_why_and_through_which_door(people: People, indicator: Any) -> None:
    actual = record_actual(actual_of(indicator), by=people.entry)
    actual.value = Decimal(125)
    with through(Door.ADMIN):
        record_actual(actual, by=people.planner, reason="集計の誤り")

    change, entry = actual.history.all()
    assert (entry.history_user, entry.value, entry.door) == (people.entry, 120, Door.COMMAND)
    assert (change.history_user, change.value, change.door) == (people.planner, 125, Door.ADMIN)
    assert change.history_change_reason == "集計の誤り"


# --- Targets, judgements, reports ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"kind": "at_least"}, "種類に合う値"),
        ({"kind": "range", "lower": 3}, "種類に合う値"),
        ({"kind": "range", "lower": 5, "upper": 3}, "種類に合う値"),
        ({"kind": "at_most", "value": 5, "upper": 7}, "範囲"),
        ({"kind": "text"}, "種類に合う値"),
        ({"kind": "maintain", "tolerance": -1}, "0以上"),
        ({"kind": "at_least", "value": 5, "revision": 1}, "理由"),
        ({"kind": "at_least", "value": Decimal("5.5")}, "小数"),
    ],
)
def test_targets_that_say_nothing_or_contradict_themselves_are_refused(
    people: People, indicator: Any, fields: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValidationError, match=message):
        record_target(Target(indicator=indicator, fiscal_year=2029, **fields), by=people.planner)


def test_zero_is_a_target(people: People, indicator: Any) -> None:
    target = Target(indicator=indicator, fiscal_year=2029, kind="at_most", value=Decimal(0))
    assert record_target(target, by=people.planner).value == 0


def test_a_judgement_uses_the_scheme_of_plan_and_year(people: People, indicator: Any) -> None:
    own = make_scheme(plan=indicator.plan).bands.first()
    foreign = make_scheme().bands.first()

    def judge(band: Any, year: int = 2023) -> Judgement:
        return record_judgement(
            Judgement(indicator=indicator, fiscal_year=year, stage="4_final", band=band),
            by=people.planner,
        )

    assert judge(own).pk
    with pytest.raises(ValidationError, match="評価方式"):
        judge(foreign, 2024)
    with pytest.raises(ValidationError, match="評価方式"):
        judge(own, 2019)  # the plan adopted it from FY2020 on


def test_a_report_keeps_to_the_form_of_its_plan(people: People) -> None:
    plan = make_plan(people.kita)
    make_column(plan, "budget", label="予算額", kind="number")
    make_column(plan, "course", label="方向性", kind="choice", choices=["拡充", "継続"])
    make_column(plan, "memo", label="メモ")
    make_column(plan, "result", label="主な成果", max_length=5)
    row = make_row(make_action(plan), [people.welfare])

    def report(**fields: Any) -> ProgressReport:
        return record_report(
            ProgressReport(row=row, fiscal_year=2023, period="year_end", **fields),
            by=people.entry,
        )

    for fields, message in (
        ({"extra": {"budget": "約千円"}}, "「予算額」は数値で"),
        ({"extra": {"course": "休止"}}, "「方向性」は次から選んで.*拡充、継続.*休止"),
        ({"extra": {"memo": 3}}, "「メモ」は文で"),
        ({"extra": ["赤"]}, "名前と内容の組"),
        ({"extra": {"colour": "赤"}}, "様式にない項目です：colour"),
        ({"result": "とても長い成果"}, "「主な成果」は5文字まで.*7文字"),
        ({"projects": "一つの文"}, "文の一覧"),
    ):
        with pytest.raises(ValidationError, match=message):
            report(**fields)
    assert report(extra={"budget": "1200", "course": "拡充"}, projects=["講座"]).pk
