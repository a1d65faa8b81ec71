"""Whatever stands in a cell, an import answers with complaints: it never fails, nothing is lost."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from exchange.plan_book.importing import Outcome, import_plan
from exchange.plan_book.reading import find_sheet
from exchange.plan_book.tables import TABLES
from exchange.plan_book.workbook import plan_workbook
from municipalities.models import Municipality
from municipalities.uploads import UNCALCULATED, Book, read
from plans.models import Plan

from . import factories as make
from .full_town import fill_town
from .permission_town import undone

pytestmark = pytest.mark.django_db
HEAD = 3
"""The row of the headings, counted from 0; the plan's own sheet has its form below row 2."""
NAMES = [table.sheet for table in TABLES]


@pytest.fixture(scope="module")
def town(django_db_setup: None, django_db_blocker: Any) -> Iterator[Municipality]:
    with django_db_blocker.unblock(), undone():
        yield make.make_municipality("kita", name="きた市")


@pytest.fixture(scope="module")
def book(town: Municipality) -> Book:
    """The export of a plan with a row on nearly every sheet; every test begins with it anew."""
    return read(plan_workbook(fill_town(make.make_department(town))[Plan]), "plan.xlsx")


def with_rows(book: Book, name: str, rows: list[list[Any]]) -> Book:
    sheets = [replace(each, rows=rows) if each.name == name else each for each in book.sheets]
    return replace(book, sheets=tuple(sheets))


def spoiled(book: Book, name: str, value: Any) -> Iterator[Book]:
    """Yield the book with a value in one column of a sheet, column by column."""
    sheet = find_sheet(book, name)
    assert sheet is not None
    is_upright = name == NAMES[0]
    for place in range(HEAD, len(sheet.rows)) if is_upright else range(len(sheet.rows[HEAD])):
        rows = [list(row) for row in sheet.rows]
        if is_upright:
            rows[place][1] = value
        else:
            for row in rows[HEAD + 1 :]:
                row[place] = value
        yield with_rows(book, name, rows)


def look(book: Book, town: Municipality) -> Outcome:
    return import_plan(book, town, by=None, dry_run=True)


@pytest.mark.any_database
@pytest.mark.parametrize("name", NAMES)
def test_an_error_value_in_any_column(book: Book, town: Municipality, name: str) -> None:
    for each in spoiled(book, name, UNCALCULATED):
        for complaint in look(each, town).complaints:
            assert complaint.message


@pytest.mark.any_database
def test_sheets_without_their_rows(book: Book, town: Municipality) -> None:
    elsewhere = make.make_municipality()
    for name in NAMES[1:]:
        sheet = find_sheet(book, name)
        assert sheet is not None
        emptied = with_rows(book, name, sheet.rows[: HEAD + 1])
        look(emptied, town)
        look(emptied, elsewhere)


def test_a_scheme_of_the_town_changes_by_its_lines(book: Book, town: Municipality) -> None:
    sheet = find_sheet(book, "評価方式")
    assert sheet is not None
    rows = [list(row) for row in sheet.rows]
    rows[HEAD + 1][1] = "新しい名前"
    outcome = import_plan(with_rows(book, "評価方式", rows), town, by=None)
    assert outcome.complaints == []
    [item] = [each for part in outcome.sheets for each in part.items if each.is_written]
    [change] = item.changes
    assert (change.column, change.after) == ("名称", "新しい名前")
    assert change.before != change.after
    assert town.rating_schemes.get().name == "新しい名前"


def test_bands_without_their_scheme_are_sent_to_its_sheet(book: Book, town: Municipality) -> None:
    sheet = find_sheet(book, "評価方式")
    assert sheet is not None
    outcome = look(with_rows(book, "評価方式", sheet.rows[: HEAD + 1]), town)
    assert {(each.sheet, each.place) for each in outcome.complaints} == {
        ("評価区分", place) for place in ("A5", "A6", "A7")
    }
    assert "シート「評価方式」にも" in outcome.complaints[0].message


@pytest.mark.any_database
@pytest.mark.parametrize("name", ["評価方式", "進捗の報告", "部門方針"])
def test_any_words_in_any_column(book: Book, town: Municipality, name: str) -> None:
    for each in spoiled(book, name, "ことば"):
        outcome = look(each, town)
        assert outcome.complaints or outcome.counts["changed"] or outcome.counts["unchanged"]
