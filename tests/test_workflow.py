"""Who takes which row a step further: state × role × action, by one row and by many, and every
way around it that was tried elsewhere."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from indicators.models import Actual
from indicators.record import record_actual
from indicators.record_many import move_actuals, move_judgements, record_actuals
from measures.models import PriorityIssue
from measures.record import record_sheet
from measures.record_many import move_comments, move_sheets
from municipalities.access import Role
from municipalities.models import User
from plans.choices import WorkState
from plans.models import Plan
from plans.workflow import Action

from . import factories as make
from .people import People, make_people
from .working_rows import done, put, states, versions

ACTIONS = ("submit", "withdraw", "approve", "confirm", "check", "return", "reopen")
LETTERS = {"entry": "E", "approver": "A", "head": "H", "lead": "L", "planner": "P", "operator": "O"}
NEVER = ("colleague", "reader", "stranger", "stranger_entry", "stranger_lead", "nobody")
# E entry, A approver of the section, H of the division, L of its lead section, P planner,
# O operator: of the row's own section and town. Everybody else never does anything.
TABLES = {
    "課長・部主管課": """
        .          submit withdraw approve confirm check return reopen
        draft      EAHPO  -        -       -       -     -      -
        submitted  -      E        AHPO    -       -     AHLPO  -
        approved   -      -        -       LPO     -     AHLPO  -
        confirmed  -      -        -       -       PO    LPO    -
        checked    -      -        -       -       -     -      PO
    """,
    "課長": """
        .          submit withdraw approve confirm check return reopen
        draft      EAHPO  -        -       -       -     -      -
        submitted  -      E        AHPO    -       -     AHPO   -
        approved   -      -        -       -       PO    AHPO   -
        confirmed  -      -        -       -       PO    PO     -
        checked    -      -        -       -       -     -      PO
    """,
    "部主管課": """
        .          submit withdraw approve confirm check return reopen
        draft      EAHPO  -        -       -       -     -      -
        submitted  -      E        -       LPO     -     AHLPO  -
        approved   -      -        -       LPO     -     AHLPO  -
        confirmed  -      -        -       -       PO    LPO    -
        checked    -      -        -       -       -     -      PO
    """,
    "企画課だけ": """
        .          submit withdraw approve confirm check return reopen
        draft      EAHPO  -        -       -       -     -      -
        submitted  -      E        -       -       PO    AHPO   -
        approved   -      -        -       -       PO    AHPO   -
        confirmed  -      -        -       -       PO    PO     -
        checked    -      -        -       -       -     -      PO
    """,
}


def table_of(name: str) -> dict[tuple[str, str], str]:
    """Return (state, action) → the letters of those who may."""
    head, *lines = [line.split() for line in TABLES[name].strip().splitlines()]
    assert tuple(head[1:]) == ACTIONS
    return {
        (line[0], action): cell.strip("-")
        for line in lines
        for action, cell in zip(ACTIONS, line[1:], strict=True)
    }


@pytest.fixture
def people(db: None) -> People:
    return make_people()


@pytest.fixture
def lead(people: People) -> User:
    """The approver of the section that gathers what its division reports."""
    section = make.make_department(people.kita, "健康総務課", parent=people.division, is_lead=True)
    return make.make_user(Role.APPROVER, department=section, username="lead")


@pytest.fixture
def cast(people: People, lead: User) -> dict[str, User]:
    """Everybody by name, and the approver of another town's lead section."""
    division = make.make_department(people.minami, "健康部")
    section = make.make_department(people.minami, "総務課", parent=division, is_lead=True)
    elsewhere = make.make_user(Role.APPROVER, department=section, username="stranger-lead")
    names = {name: getattr(people, name) for name in (*LETTERS, *NEVER) if hasattr(people, name)}
    return names | {"lead": lead, "stranger_lead": elsewhere}


@pytest.fixture
def plan(people: People) -> Plan:
    return make.make_plan(people.kita)


@pytest.fixture
def figures(people: People, plan: Plan) -> list[Actual]:
    """Two drafts of the welfare section."""
    return [
        make.make_actual(
            make.make_indicator(plan, departments=[people.welfare]).series, state="draft"
        )
        for _number in range(2)
    ]


def use(people: People, name: str) -> None:
    """Let きた市 use the steps named."""
    people.kita.has_approval_step = "課長" in name
    people.kita.has_lead_step = "部主管課" in name
    people.kita.save()


# --- The table ----------------------------------------------------------------------------------


@pytest.mark.any_database
@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("state", [state.value for state in WorkState])
@pytest.mark.parametrize("name", TABLES)
def test_who_takes_a_figure_which_step(
    people: People,
    cast: dict[str, User],
    figures: list[Actual],
    name: str,
    state: str,
    count: int,
) -> None:
    use(people, name)
    rows = put(figures[:count], state)
    may = {
        action: "".join(
            LETTERS.get(who, f"({who})")
            for who in (*LETTERS, *NEVER)
            if done(
                lambda who=who, action=action: move_actuals(
                    rows, Action(action), by=cast[who], reason="理由", versions=versions(rows)
                )
            )
        )
        for action in ACTIONS
    }
    expected = table_of(name)
    assert may == {action: expected[state, action] for action in ACTIONS}


@pytest.mark.any_database
@pytest.mark.parametrize("state", [state.value for state in WorkState])
@pytest.mark.parametrize("name", TABLES)
def test_a_row_written_as_a_whole_takes_the_same_steps(
    people: People, cast: dict[str, User], figures: list[Actual], name: str, state: str
) -> None:
    """A state typed into a form or a file is a step like any other. A lead section writes no
    rows of others."""
    use(people, name)
    [row] = put(figures[:1], state)
    expected = table_of(name)
    targets = {
        "submitted": ["submit"],
        "approved": ["approve"],
        "confirmed": ["confirm"],
        "checked": ["check"],
        "draft": ["withdraw", "return", "reopen"],
    }
    for target, actions in targets.items():
        if target == state:
            continue
        wanted = {letter for action in actions for letter in expected[state, action]} - {"L"}
        for write in (write_one, write_many):
            found = {
                LETTERS.get(who, who)
                for who in (*LETTERS, *NEVER)
                if done(lambda who=who, write=write, to=target: write(row, to, cast[who]))
            }
            assert (target, found) == (target, wanted), write.__name__


def write_one(row: Actual, state: str, by: User) -> None:
    fresh = Actual.objects.get(pk=row.pk)
    fresh.state = state
    record_actual(fresh, by=by, reason="理由", expected_version=fresh.version)


def write_many(row: Actual, state: str, by: User) -> None:
    fresh = Actual.objects.select_related("series").get(pk=row.pk)
    fresh.state = state
    record_actuals([fresh], by=by, reason="理由", expected_versions={fresh.pk: fresh.version})


def test_planners_check_their_own_rows_in_one_step(people: People, plan: Plan) -> None:
    judgement = make.make_judgement(make.make_indicator(plan), state="draft")
    comment = make.make_comment(plan)
    for rows, mover in (([judgement], move_judgements), ([comment], move_comments)):
        for who in ("entry", "approver", "head", "reader", "stranger"):
            by = getattr(people, who)
            assert not done(
                lambda by=by, rows=rows, mover=mover: mover(
                    rows, Action.CHECK, by=by, versions=versions(rows)
                )
            )
        [moved] = mover(rows, Action.CHECK, by=people.planner, versions=versions(rows))
        assert (moved.state, moved.version) == ("checked", 2)
        assert not done(lambda rows=rows, mover=mover: mover(rows, Action.APPROVE, by=None))
        with pytest.raises(ValidationError, match="理由"):
            mover(rows, Action.REOPEN, by=people.planner)
        mover(rows, Action.REOPEN, by=people.planner, reason="訂正")
        assert states(rows) == ["draft"]


# --- Own figures --------------------------------------------------------------------------------


def test_nobody_approves_what_they_entered(people: People, figures: list[Actual]) -> None:
    own, other = put(figures, "submitted")
    own.value = Decimal(5)
    record_actual(own, by=people.approver)
    for rows in ([own], [other, own]):  # alone, and hidden among others
        rows = put(rows, "submitted")
        with pytest.raises(ValidationError, match=f"{own.series.name}.*自分が入力した内容の承認"):
            move_actuals(rows, Action.APPROVE, by=people.approver, versions=versions(rows))
    assert states(figures) == ["submitted"] * 2
    rows = put(figures, "submitted")
    move_actuals(rows, Action.APPROVE, by=people.head, versions=versions(rows))
    assert states(figures) == ["approved"] * 2


def test_who_moves_a_row_does_not_make_it_theirs(people: People, figures: list[Actual]) -> None:
    [row] = put(figures[:1], "draft")
    row.value = Decimal(5)
    record_actual(row, by=people.entry)
    row.state = "submitted"
    record_actual(row, by=people.approver)
    row.refresh_from_db()
    assert row.changed_by == people.entry
    move_actuals([row], Action.APPROVE, by=people.approver, versions=versions([row]))
    row.refresh_from_db()
    assert (row.state, row.changed_by) == ("approved", people.entry)


def test_a_planner_does_not_check_what_they_entered(people: People, figures: list[Actual]) -> None:
    [row] = put(figures[:1], "approved", changed_by=people.planner)
    with pytest.raises(ValidationError, match="自分が入力した内容の確認"):
        move_actuals([row], Action.CHECK, by=people.planner, versions=versions([row]))
    row.state = "checked"
    with pytest.raises(ValidationError, match="自分が入力した内容の確認"):
        record_actual(row, by=people.planner, expected_version=row.version)
    colleague = make.make_user(Role.PLANNER, people.kita)
    move_actuals([row], Action.CHECK, by=colleague, versions=versions([row]))


def test_nobody_changes_and_approves_at_once(people: People, figures: list[Actual]) -> None:
    [row] = put(figures[:1], "submitted", changed_by=people.entry)
    row.value, row.state = Decimal(7), "approved"
    with pytest.raises(ValidationError, match="自分が入力した内容の承認"):
        record_actual(row, by=people.approver, expected_version=row.version)
    with pytest.raises(ValidationError, match="自分が入力した内容の承認"):
        record_actuals([row], by=people.approver, expected_versions=versions([row]))
    assert Actual.objects.get(pk=row.pk).value == 110


def test_a_small_town_may_allow_it(people: People, figures: list[Actual]) -> None:
    people.kita.allows_own_approval = True
    people.kita.save()
    [row] = put(figures[:1], "submitted", changed_by=people.approver)
    move_actuals([row], Action.APPROVE, by=people.approver, versions=versions([row]))
    assert states([row]) == ["approved"]


def test_the_issues_of_a_sheet_are_part_of_it(people: People, plan: Plan) -> None:
    sheet = make.make_sheet(plan, people.welfare, state="submitted", changed_by=people.entry)
    issue = make.make_issue(sheet)
    seen = versions([sheet])
    issue.title = "課長が直した課題"
    record_sheet(issue, by=people.approver)
    with pytest.raises(ValidationError, match="先に変更しました"):
        move_sheets([sheet], Action.APPROVE, by=people.head, versions=seen)
    sheet.refresh_from_db()
    with pytest.raises(ValidationError, match="自分が入力した内容"):
        move_sheets([sheet], Action.APPROVE, by=people.approver, versions=versions([sheet]))
    move_sheets([sheet], Action.APPROVE, by=people.head, versions=versions([sheet]))
    for by in (people.entry, people.planner):
        with pytest.raises(ValidationError, match="差し戻"):
            record_sheet(PriorityIssue(sheet=sheet, number=99, title="後から"), by=by)
