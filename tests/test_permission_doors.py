"""Who may write what: every write function of the product, asked by every person of the cast."""

from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.utils import timezone

from indicators.models import Actual, Indicator, Judgement, Target
from indicators.succession import Part
from measures.models import (
    Correspondence,
    DepartmentPolicySheet,
    PriorityIssue,
    ProgressReport,
    ReportColumn,
    ReviewComment,
)
from measures.taking_over import candidates
from municipalities.access import Role
from municipalities.models import Membership, Municipality, User
from municipalities.uploads import read
from municipalities.validators import check_digit
from plans.models import (
    Band,
    BasicGoal,
    Footnote,
    Plan,
    PlanScheme,
    RatingScheme,
    YearLock,
)
from plans.workflow import Action
from rounds.entry.figure_lines import FigureLine
from rounds.models import Reply, Request
from rounds.transfers.reading import read_order

from . import factories as make
from .door_table import DOORS, INNER, READS, Door
from .filled_workbooks import book_for
from .permission_table import PEOPLE
from .permission_town import Town, make_town, undone
from .plan_pages import PARK_PLAN, filled_template
from .test_architecture import LEVELS, ROOT, imported, modules

# Who may is asked of people and rows; nothing of it depends on the database.
pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
EVERYBODY = (*PEOPLE, "system")
Thing = Callable[[Any], Any]


@pytest.fixture(scope="module")
def town(django_db_setup: None, django_db_blocker: Any) -> Iterator[Town]:
    with django_db_blocker.unblock(), undone():
        yield make_town()


@pytest.fixture(scope="module")
def things(town: Town) -> dict[str, Thing]:
    return things_of(town)


def things_of(town: Town) -> dict[str, Thing]:
    """What the lines of the table name, made anew for each who tries; given who that is."""
    rows, people = town.rows, town.people
    preset = make.make_scheme()
    abroad = make.make_plan(people.minami)
    content = filled_template(**PARK_PLAN)
    entry_book = book_for(rows[Request], people.welfare)
    scheme = rows[RatingScheme]
    later = {Plan: {"summary": "改めた"}, Actual: {"value": Decimal(0)}}

    def row(model: Any, **fields: Any) -> Thing:
        """A stored row, changed but not saved."""

        def changed(by: Any) -> Any:
            found = model.objects.get(pk=rows[model].pk)
            for name, value in (later.get(model, {}) | fields).items():
                setattr(found, name, value)
            return found

        return changed

    def put(model: Any, state: str, **fields: Any) -> Thing:
        """A stored row that has come so far; `changed_by` None is somebody else."""

        def moved(by: Any) -> Any:
            found = model.objects.filter(pk=rows[model].pk)
            found.update(state=state, **fields)
            return row(model)(by)

        return moved

    def own(by: Any) -> Any:
        is_person = isinstance(by, User)
        return put(Actual, "submitted", changed_by=by if is_person else None)(by)

    def stated(model: Any, state: str, before: str) -> Thing:
        """A stored row whose state a form changes, and nothing else."""

        def typed(by: Any) -> Any:
            model.objects.filter(pk=rows[model].pk).update(state=before, changed_by=None)
            found = model.objects.get(pk=rows[model].pk)
            found.state = state
            return found

        return typed

    def closed(by: Any) -> Any:
        make.make_lock(rows[Plan], 2023)
        return row(Actual)(by)

    def goal_abroad(by: Any) -> Any:
        return BasicGoal(plan=abroad, code="x", label="x", order=1, title="よその目標")

    def candidate(by: Any) -> Any:
        ProgressReport.objects.update(issues="課題")
        return candidates(row(Plan)(by), 2024, "year_end", by=None)[0]

    def only_request(state: str) -> Thing:
        def made(by: Any) -> Request:
            Request.objects.all().delete()  # it asks for the same
            return make.make_request(rows[Plan], state=state)

        return made

    def sheet_lines(by: Any) -> dict[str, FigureLine]:
        line = FigureLine(
            key="series-1",
            fiscal_year=2023,
            period="year_end",
            working=None,
            series=rows[Actual].series,
            indicators=[row(Indicator)(by)],
        )
        return {line.key: line}

    def role(by: Any) -> Membership:
        return Membership.objects.get(pk=rows[Membership].pk)

    def new_bands(by: Any) -> list[Band]:
        return [Band(order=1, symbol="可", label="可"), Band(order=2, symbol="否", label="否")]

    return {
        "goal": row(BasicGoal, title="改題"),
        "new_goal": lambda by: BasicGoal(
            plan=rows[Plan], code="n", label="n", order=9, title="新しい目標", title_source="site"
        ),
        "goal_of_minami": goal_abroad,
        "town": row(Municipality, notice="お知らせ"),
        "renamed_town": row(Municipality, slug="taken"),
        "new_town": lambda by: Municipality(
            slug="nishi",
            code=f"10999{check_digit('10999')}",
            name="にし市",
            prefecture="群馬県",
            kind=Municipality.Kind.CITY,
        ),
        "empty_town": lambda by: make.make_municipality(),
        "shared": lambda by: type(rows[Actual].series.common).objects.get(),
        "footnote": row(Footnote),
        "column": row(ReportColumn, label="新しい名"),
        "line": row(Correspondence, note="備考"),
        "new_line": lambda by: Correspondence(
            new_plan=rows[Plan],
            old_plan=rows[Correspondence].old_plan,
            old_basic_goal=make.make_goal(rows[Correspondence].old_plan),
        ),
        "indicator": row(Indicator, note="備考"),
        "undecided": row(Indicator, direction="unknown", proposed_direction="rising"),
        "scheme": row(RatingScheme, name="改めた"),
        "bands": lambda by: list(scheme.bands.all()),
        "fewer_bands": lambda by: list(scheme.bands.all())[:2],
        "preset": lambda by: RatingScheme.objects.get(pk=preset.pk),
        "bands_of_preset": lambda by: list(preset.bands.all()),
        "new_scheme": lambda by: RatingScheme(
            municipality=people.kita, code="new", name="新方式", chosen_by_people=True
        ),
        "new_bands": new_bands,
        "plan_scheme": lambda by: PlanScheme.objects.get(
            pk=PlanScheme.objects.filter(plan=rows[Plan]).last().pk
        ),
        "later_scheme": lambda by: PlanScheme.objects.create(
            plan=rows[Plan], subject="reports", from_fiscal_year=2028, scheme=scheme
        ),
        "person": row(User, name="改名"),
        "new_person": lambda by: User(username="newcomer"),
        "new_superuser": lambda by: User(username="newcomer", is_superuser=True),
        "role": role,
        "operators_role": lambda by: Membership(user=rows[User], role=Role.OPERATOR),
        "figure": put(Actual, "draft", changed_by=None),
        "new_figure": lambda by: Actual(
            series=rows[Actual].series, fiscal_year=2024, value=Decimal(0)
        ),
        "submitted_figure": stated(Actual, "submitted", "draft"),
        "approved_figure": put(Actual, "approved", changed_by=None),
        "checked_figure": put(Actual, "checked", changed_by=None),
        "figure_of_a_closed_year": closed,
        "handed_in": put(Actual, "submitted", changed_by=None),
        "own": own,
        "approved": put(Actual, "approved", changed_by=None),
        "checked": put(Actual, "checked", changed_by=None),
        "target": row(Target, note="備考"),
        "judgement": row(Judgement, reason="話し合い"),
        "report": row(ProgressReport, result="進んだ"),
        "checked_report": put(ProgressReport, "checked", changed_by=None),
        "handed_in_report": put(ProgressReport, "submitted", changed_by=None),
        "candidate": candidate,
        "keys": lambda by: ["issues"],
        "sheet": row(DepartmentPolicySheet, heading="見出し"),
        "handed_in_sheet": put(DepartmentPolicySheet, "submitted", changed_by=None),
        "issue": row(PriorityIssue, title="課題"),
        "comment": row(ReviewComment, comment="意見"),
        "plan": row(Plan),
        "lock": row(YearLock),
        "new_lock": lambda by: YearLock(plan=rows[Plan], fiscal_year=2026),
        "kind": lambda by: "plan",
        "scheduled": lambda by: make.make_publication(
            rows[Plan], effective_at=timezone.now() + timedelta(days=1)
        ),
        "request": row(Request, title="改めた照会"),
        "draft_request": only_request("draft"),
        "closed_request": only_request("closed"),
        "reply": row(Reply, note="電話"),
        "sheet_lines": sheet_lines,
        "sheet_notes": lambda by: {"texts": {"series-1": "住民課の帳票から写す。"}},
        "order": lambda by: read_order(people.kita, date(2030, 4, 1), (), (), {}, {})[0],
        "successor": lambda by: {
            "slug": "next",
            "title": "次",
            "takes_over_from": 2030,
            "parts": [Part.GOALS],
        },
        "book": lambda by: read(content, "計画.xlsx"),
        "entry_book": lambda by: entry_book,
        "entry_book_name": lambda by: "回答.xlsx",
        **{action.value: lambda by, action=action: action for action in Action},
    }


# --- Asking ---------------------------------------------------------------------------------------


def function(name: str) -> Callable[..., Any]:
    module, _dot, attribute = name.rpartition(".")
    return getattr(import_module(module), attribute)


def tried(door: Door, things: dict[str, Thing], by: Any) -> str:
    """Return what a write function answers one person, as a letter; nothing of it stays."""
    write = function(door.function)
    asked = inspect.signature(write).parameters
    with undone():
        given = [_thing(name, things, by) for name in door.given.split()]
        options: dict[str, Any] = {"by": by}
        if isinstance(given[-1], dict):
            options |= given.pop()
        if "reason" in asked:
            options["reason"] = "誤登録"
        if "versions" in asked:
            options["versions"] = {row.pk: row.version for row in given[0]}
        if "expected_version" in asked and getattr(given[0], "version", None):
            options["expected_version"] = given[0].version
        try:
            answer = write(*given, **options)
        except ValidationError:
            return "v"
        except PermissionDenied:
            return "x"
        except Http404:
            return "-"
    is_refused = door.function.endswith("record_new_lines") and answer  # what is wrong, by row
    return "v" if is_refused else "+"


def _thing(name: str, things: dict[str, Thing], by: Any) -> Any:
    if name.isdigit():
        return int(name)
    if name.startswith("["):
        return [things[name.strip("[]")](by)]
    return things[name](by)


@pytest.mark.parametrize("door", DOORS, ids=lambda door: f"{door.function}({door.given})")
def test_who_may_write(town: Town, things: dict[str, Thing], door: Door) -> None:
    letters = door.answers.replace(" ", "")
    assert len(EVERYBODY) - len(letters) in {0, 1}
    wanted = dict(zip(EVERYBODY, letters, strict=False))
    persons = {"anonymous": AnonymousUser(), "system": None}
    found = {
        who: tried(door, things, persons[who] if who in persons else getattr(town.people, who))
        for who in wanted
    }
    assert found == wanted


# --- Nothing left out -----------------------------------------------------------------------------


def test_every_write_function_has_its_line() -> None:
    listed = {door.function for door in DOORS} | set(INNER) | READS
    found = set(_write_functions())
    assert found - listed == set(), "not in the table of doors (tests/door_table.py)"
    assert listed - found == set(), "in the table of doors, but not in the product"


def _write_functions() -> Iterator[str]:
    """Yield the public functions of the product that are given who writes, without those that
    only check."""
    for app in LEVELS:
        for found in pkgutil.walk_packages(import_module(app).__path__, f"{app}."):
            if ".migrations" in found.name:
                continue
            for name, each in vars(import_module(found.name)).items():
                if (
                    inspect.isfunction(each)
                    and each.__module__ == found.name
                    and "by" in inspect.signature(each).parameters
                    and not name.startswith(("_", "check_", "require_"))
                ):
                    yield f"{found.name}.{name}"


@pytest.mark.parametrize("name", INNER)
def test_what_asks_nobody_is_called_by_those_who_have_asked(name: str) -> None:
    home, _dot, short = name.rpartition(".")
    callers = set()
    for path in modules():
        parts = path.relative_to(ROOT).with_suffix("").parts
        if parts[0] not in LEVELS or short not in path.read_text():
            continue
        names = {dotted for _line, dotted in imported(path)}
        if name in names or (home in names and f".{short}(" in path.read_text()):
            callers.add(".".join(parts))
    assert callers - {home} == INNER[name]
