"""Approvals name a version, changes undo them, closed years and missing reasons refuse, and many
rows are moved all or none, in as many queries as few."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext

from indicators.models import Actual, Judgement
from indicators.record import record_actual, record_judgement
from indicators.record_many import check_actuals, move_actuals, move_judgements, record_actuals
from measures.models import ProgressReport
from measures.record import record_comment, record_report, record_sheet
from measures.record_many import move_comments, move_reports, move_sheets
from municipalities.models import User
from plans.models import Plan
from plans.workflow import Action

from . import factories as make
from .people import People, make_people
from .working_rows import done, make_figures, put, rows_of_every_kind, states, versions


@pytest.fixture
def people(db: None) -> People:
    return make_people()


@pytest.fixture
def plan(people: People) -> Plan:
    return make.make_plan(people.kita)


@pytest.fixture
def figures(people: People, plan: Plan) -> list[Actual]:
    """Two drafts of the welfare section."""
    return make_figures(people, plan)


# --- Versions, and changes after an approval -----------------------------------------------------


def test_an_approval_names_the_version_seen(people: People, figures: list[Actual]) -> None:
    rows = put(figures, "submitted", changed_by=people.entry)
    seen = versions(rows)
    rows[1].value = Decimal(999)
    record_actual(rows[1], by=people.entry)
    with pytest.raises(ValidationError) as caught:
        move_actuals(rows, Action.APPROVE, by=people.approver, versions=seen)
    assert [rows[1].series.name in text for text in caught.value.messages] == [True]
    assert "見た版：1、今の版：2" in caught.value.messages[0]
    for missing in (None, {}, {rows[0].pk: 1}):
        with pytest.raises(ValidationError, match="先に変更しました"):
            move_actuals(rows, Action.APPROVE, by=people.approver, versions=missing)
    fresh = Actual.objects.get(pk=rows[0].pk)
    fresh.state = "approved"
    with pytest.raises(ValidationError, match="先に変更しました"):  # a write that names none
        record_actual(fresh, by=people.approver)
    with pytest.raises(ValidationError, match="先に変更しました"):
        record_actuals([fresh], by=people.approver)
    assert states(rows) == ["submitted"] * 2


@pytest.mark.parametrize("state", ["approved", "confirmed"])
def test_what_is_approved_is_returned_before_it_is_changed(
    people: People, figures: list[Actual], state: str
) -> None:
    [row] = put(figures[:1], state, changed_by=people.entry)
    for who in ("entry", "approver", "planner"):
        row.value = Decimal(8)
        with pytest.raises(ValidationError, match="差し戻"):
            record_actual(row, by=getattr(people, who))
        assert check_actuals([row], by=getattr(people, who)) != {}
    move_actuals([row], Action.RETURN, by=people.planner, reason="桁の誤り")
    last = row.history.first()
    assert (last.history_change_reason, last.history_user) == ("桁の誤り", people.planner)
    row.refresh_from_db()
    row.value = Decimal(8)
    record_actual(row, by=people.entry)
    assert not done(
        lambda: move_actuals([row], Action.APPROVE, by=people.head, versions=versions([row]))
    )
    move_actuals([row], Action.SUBMIT, by=people.entry)
    row.refresh_from_db()
    move_actuals([row], Action.APPROVE, by=people.head, versions=versions([row]))


def test_planners_correct_what_is_checked_and_it_stays_so(
    people: People, figures: list[Actual]
) -> None:
    [row] = put(figures[:1], "checked", changed_by=people.entry)
    row.value = Decimal(9)
    record_actual(row, by=people.planner, reason="集計の誤り")
    row.refresh_from_db()
    assert (row.state, row.version, row.changed_by) == ("checked", 2, people.planner)
    newest = row.history.first()
    assert (newest.value, newest.history_user) == (9, people.planner)
    assert newest.history_change_reason == "集計の誤り"


def test_planners_register_what_was_settled_long_ago(people: People, plan: Plan) -> None:
    series = make.make_indicator(plan, departments=[people.welfare]).series
    given = {"series": series, "value": Decimal(1), "state": "checked"}
    record_actual(Actual(fiscal_year=2021, **given), by=people.planner)
    record_actuals([Actual(fiscal_year=2022, **given)], by=people.planner)
    for who in ("entry", "approver", "head"):
        with pytest.raises(ValidationError, match="承認者と企画担当"):
            record_actual(Actual(fiscal_year=2023, **given), by=getattr(people, who))
    assert set(Actual.objects.values_list("state", "changed_by")) == {
        ("checked", people.planner.pk)
    }


# --- Reasons, closed years, all or none ----------------------------------------------------------


@pytest.mark.parametrize("reason", ["", "  ", "　"])
def test_nothing_goes_back_without_a_reason(
    people: People, figures: list[Actual], reason: str
) -> None:
    for state, action, by in (
        ("submitted", Action.RETURN, people.approver),
        ("approved", Action.RETURN, people.head),
        ("checked", Action.REOPEN, people.planner),
    ):
        [row] = put(figures[:1], state)
        with pytest.raises(ValidationError, match="理由"):
            move_actuals([row], action, by=by, reason=reason)
        row.state = "draft"
        with pytest.raises(ValidationError, match="理由"):
            record_actual(row, by=by, reason=reason)
        with pytest.raises(ValidationError, match="理由"):
            record_actuals([row], by=by, reason=reason)
        assert states([row]) == [state]


WRITES = {
    move_actuals: record_actual,
    move_judgements: record_judgement,
    move_reports: record_report,
    move_sheets: record_sheet,
    move_comments: record_comment,
}


@pytest.mark.parametrize("who", ["planner", "operator", None])
def test_a_closed_year_refuses_every_move(people: People, plan: Plan, who: str | None) -> None:
    kinds = rows_of_every_kind(people, plan)
    make.make_lock(plan, 2023)
    by = getattr(people, who) if who else None
    for mover, row in kinds.items():
        rows = [row]
        for action in Action:
            with pytest.raises(ValidationError):
                mover(rows, action, by=by, reason="理由", versions=versions(rows))
        with pytest.raises(ValidationError, match="締め切られている"):
            mover(rows, Action.RETURN, by=by, reason="理由", versions=versions(rows))
        rows[0].state = "draft"
        with pytest.raises(ValidationError, match="締め切られている"):
            WRITES[mover](rows[0], by=by, reason="理由")
        assert states(rows) == ["submitted"]


def test_a_year_of_the_successor_refuses_every_move(people: People, plan: Plan) -> None:
    kinds = rows_of_every_kind(people, plan)
    make.make_plan(people.kita, predecessor=plan, takes_over_from=2023)
    for mover, row in kinds.items():
        if mover is not move_actuals:  # figures are the series', whichever plan shows them
            with pytest.raises(ValidationError, match="引き継がれています"):
                mover([row], Action.RETURN, by=people.planner, reason="理由")


def test_all_or_none_and_each_refusal_is_named(people: People, figures: list[Actual]) -> None:
    first, second = figures
    rows = put([first], "submitted") + put([second], "draft")
    abroad = make.make_actual(make.make_series(people.minami), state="submitted")
    with pytest.raises(ValidationError) as caught:
        move_actuals(rows, Action.APPROVE, by=people.head, versions=versions(rows))
    assert [second.series.name in text for text in caught.value.messages] == [True]
    assert "「入力中」の行に承認はできません" in caught.value.messages[0]
    with pytest.raises(Http404):  # a stranger's row is not even named
        move_actuals([*rows, abroad], Action.APPROVE, by=people.head, versions=versions(rows))
    gone = Actual(pk=10**6, series=first.series)
    with pytest.raises(ValidationError, match="見つかりません"):
        move_actuals([*rows, gone], Action.APPROVE, by=people.head, versions=versions(rows))
    assert states(figures) == ["submitted", "draft"]


def test_other_sections_rows_are_not_moved_among_own(people: People, plan: Plan) -> None:
    own, other = (
        make.make_report(make.make_row(make.make_action(plan), [section]), state="submitted")
        for section in (people.welfare, people.finance)
    )
    with pytest.raises(ValidationError, match="担当する組織の行だけ"):
        move_reports(
            [own, other], Action.APPROVE, by=people.approver, versions={own.pk: 1, other.pk: 1}
        )
    assert states([own, other]) == ["submitted"] * 2
    move_reports([own, other], Action.APPROVE, by=people.head, versions=versions([own, other]))


def test_every_move_is_kept_in_the_history(people: People, plan: Plan) -> None:
    for mover, row in rows_of_every_kind(people, plan).items():
        rows, before = [row], row.history.count()
        mover(rows, Action.RETURN, by=people.planner, reason="様式の誤り")
        [row] = put(rows, "draft")
        last = row.history.first()
        assert (row.version, row.history.count()) == (2, before + 1)
        assert (last.state, last.version) == ("draft", 2)
        assert (last.history_user, last.history_change_reason) == (people.planner, "様式の誤り")


# --- Cost ---------------------------------------------------------------------------------------


def test_moving_many_asks_as_much_as_moving_few(people: People, plan: Plan) -> None:
    def reports(count: int) -> list[ProgressReport]:
        return [
            make.make_report(
                make.make_row(make.make_action(plan), [people.welfare]), state="submitted"
            )
            for _number in range(count)
        ]

    def actuals(count: int) -> list[Actual]:
        return make_figures(people, plan, count, state="submitted")

    def judgements(count: int) -> list[Judgement]:
        return [
            make.make_judgement(make.make_indicator(plan), band, state="submitted")
            for _number in range(count)
        ]

    band = make.make_scheme(plan=plan).bands.first()
    for mover, some, action in (
        (move_actuals, actuals, Action.APPROVE),
        (move_reports, reports, Action.APPROVE),
        (move_judgements, judgements, Action.CHECK),
    ):
        asked = []
        for count in (3, 60):
            by = User.objects.get(pk=people.planner.pk)
            rows = some(count)
            with CaptureQueriesContext(connection) as queries:
                mover(rows, action, by=by, versions=versions(rows))
            asked.append(len(queries))
        assert asked[0] == asked[1] <= 13, mover.__name__
