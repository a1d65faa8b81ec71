"""Two people at the same sheet: nobody's figures are lost, and only the rows both touched ask."""

from __future__ import annotations

import pytest

from indicators.models import Actual
from measures.models import ProgressReport
from plans.models import Plan
from rounds.models import Request

from . import factories as make
from .entry_forms import SheetPage
from .people import People, make_people

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def people(db: None) -> People:
    return make_people()


@pytest.fixture
def plan(people: People) -> Plan:
    return make.make_plan(people.kita)


@pytest.fixture
def keys(people: People, plan: Plan) -> list[str]:
    """A figure that has been saved, another, and one nobody has begun."""
    series = [make.make_indicator(plan, departments=[people.welfare]).series for _ in range(3)]
    for each in series[:2]:
        make.make_actual(each, value=110, state="draft")
    return [f"series-{each.pk}" for each in series]


@pytest.fixture
def asked(plan: Plan, keys: list[str]) -> Request:
    return make.make_request(plan)


@pytest.fixture
def mine(people: People, asked: Request) -> SheetPage:
    return SheetPage(people.entry, asked, people.welfare)


@pytest.fixture
def theirs(people: People, asked: Request, mine: SheetPage) -> SheetPage:
    return SheetPage(people.approver, asked, people.welfare)


def value(key: str) -> object:
    found = Actual.objects.filter(series=key.removeprefix("series-")).first()
    return found and found.value


def test_rows_only_one_has_touched_are_no_conflict(
    keys: list[str], mine: SheetPage, theirs: SheetPage
) -> None:
    theirs.fill(keys[0], value="120").fill(keys[2], value="7").press()
    mine.fill(keys[1], value="130").press()
    assert mine.problems == []
    assert [value(key) for key in keys] == [120, 130, 7]


@pytest.mark.parametrize("is_new", [False, True])
def test_a_row_both_have_touched_shows_both_and_asks(
    keys: list[str], mine: SheetPage, theirs: SheetPage, is_new: bool
) -> None:
    key = keys[2] if is_new else keys[0]
    theirs.fill(key, value="120", note="窓口の集計").press()
    mine.fill(key, value="130").fill(keys[1], value="140").press()
    (problem,) = mine.problems
    assert "approverさんが" in problem
    asked = mine.row(key).select_one(".entry-clash").get_text()
    assert "130" in asked
    assert "120" in asked
    assert mine.fields[f"{key}-value"] == "130"
    assert mine.fields[f"{keys[1]}-value"] == "140"
    assert (value(key), value(keys[1])) == (120, 110)
    mine.press()
    assert mine.problems, "nothing is written before one of the two is chosen"
    assert value(key) == 120


def test_the_next_press_uses_the_choice(
    keys: list[str], mine: SheetPage, theirs: SheetPage
) -> None:
    theirs.fill(keys[0], value="120", note="窓口の集計").fill(keys[1], value="121").press()
    mine.fill(keys[0], value="130").fill(keys[1], value="131").fill(keys[2], value="9").press()
    mine.fill(keys[0], choice="mine").fill(keys[1], choice="theirs").press()
    assert mine.problems == []
    assert [value(key) for key in keys] == [130, 121, 9]
    assert Actual.objects.get(series=keys[0].removeprefix("series-")).note == "窓口の集計"


def test_a_third_who_saves_while_one_chooses_is_not_overwritten(
    keys: list[str], mine: SheetPage, theirs: SheetPage
) -> None:
    theirs.fill(keys[0], value="120").press()
    mine.fill(keys[0], value="130").press()
    theirs.fill(keys[0], value="125").press()
    mine.fill(keys[0], choice="mine").press()
    assert "125" in mine.row(keys[0]).get_text()
    assert value(keys[0]) == 125


def test_a_refused_page_does_not_bring_old_values_back(
    keys: list[str], mine: SheetPage, theirs: SheetPage
) -> None:
    theirs.fill(keys[0], value="120").press()
    mine.fill(keys[1], value="多い").press()
    assert mine.fields[f"{keys[0]}-value"] == "120"
    mine.fill(keys[1], value="130").press()
    assert [value(key) for key in keys[:2]] == [120, 130]


def test_both_typing_the_same_is_no_conflict(
    keys: list[str], mine: SheetPage, theirs: SheetPage
) -> None:
    theirs.fill(keys[0], value="120").press()
    mine.fill(keys[0], value="120").press()
    assert mine.problems == []
    assert Actual.objects.get(series=keys[0].removeprefix("series-")).version == 2


def test_what_was_only_handed_in_meanwhile_is_no_conflict(
    keys: list[str], mine: SheetPage, theirs: SheetPage
) -> None:
    theirs.press("submit")
    mine.fill(keys[0], value="130").press()
    assert mine.problems == []
    assert value(keys[0]) == 130


def test_what_was_approved_meanwhile_is_not_changed(
    people: People, keys: list[str], mine: SheetPage, theirs: SheetPage
) -> None:
    theirs.press("submit")
    theirs.press("approve")
    mine.fill(keys[0], value="130").press()
    assert "企画担当に差し戻しを依頼" in mine.problems[0]
    assert "入力：130" in mine.row(keys[0]).get_text()
    assert value(keys[0]) == 110


def test_a_draft_that_somebody_has_overtaken_asks_when_saved(
    keys: list[str], mine: SheetPage, theirs: SheetPage
) -> None:
    mine.send("draft", {f"{keys[0]}-value": "130"}, versions={keys[0]: "1"})
    theirs.fill(keys[0], value="120").press()
    mine.open()
    assert "下書きの後に、ほかの人がこの行を保存しました" in mine.row(keys[0]).get_text()
    mine.press()
    assert "120" in mine.row(keys[0]).select_one(".entry-clash").get_text()
    mine.fill(keys[0], choice="mine").press()
    assert value(keys[0]) == 130


def test_reports_are_kept_apart_in_the_same_way(people: People, plan: Plan, asked: Request) -> None:
    row = make.make_row(make.make_action(plan), [people.welfare])
    key = f"report-{row.pk}"
    SheetPage(people.entry, asked, people.welfare).fill(key, result="成果").press()
    mine, theirs = (
        SheetPage(user, asked, people.welfare) for user in (people.entry, people.approver)
    )
    theirs.fill(key, result="成果を詳しく").press()
    mine.fill(key, issues="課題").press()
    assert "成果を詳しく" in mine.fields[f"{key}-result"]
    mine.fill(key, choice="mine").press()
    report = ProgressReport.objects.get()
    assert (report.issues, report.result) == ("課題", "成果を詳しく")
