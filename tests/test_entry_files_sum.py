"""Nothing a section has typed is lost: rows in are the rows shown, and those written, unchanged and
refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exchange.entry_book.decisions import Decisions
from exchange.entry_book.keeping import bring
from exchange.entry_book.taking import REFUSED, WRITTEN, Kind
from indicators.models import Actual
from measures.models import ProgressReport
from municipalities.models import User
from municipalities.uploads import Refused
from rounds.models import Request

from . import factories as make
from .entry_books import Filled
from .filled_workbooks import book_for
from .people import make_people
from .permission_town import undone

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
ROWS = 6
CELLS = st.sampled_from(
    [None, "", 0, 1, 110, "１２０", "▲3", "多い", "－", 12.5, True, "=1+1", "#N/A", " 7 ", "1,000"]
)
EDIT = st.fixed_dictionaries(
    {},
    optional={
        "value": CELLS,
        "missing_reason": st.sampled_from([None, "未集計", "対象外", "ほか"]),
        "note": st.sampled_from([None, "注", "注" * 600, "=注"]),
        "#version": st.sampled_from([None, "", 1, "7", "x"]),
        "#key": st.sampled_from([None, "series-1", "series-0", "report-1", "壊れた", "#"]),
        "gone": st.just(True),
    },
)


@pytest.fixture(scope="module")
def asked(django_db_setup: None, django_db_blocker: Any) -> Any:
    with django_db_blocker.unblock(), undone():
        people = make_people()
        plan = make.make_plan(people.kita)
        make.make_scheme(plan=plan)
        for place in range(ROWS):
            series = make.make_indicator(plan, departments=[people.welfare]).series
            row = make.make_row(make.make_action(plan), [people.welfare])
            if place % 2:
                make.make_actual(series, value=100 + place, state="draft")
                make.make_report(row, state="submitted")
        yield make.make_request(plan)


@pytest.fixture(scope="module")
def content(asked: Request) -> bytes:
    return book_for(asked, asked.municipality.departments.get(code="welfare"))


def edited(content: bytes, edits: list[dict[str, Any]], added: list[Any]) -> tuple[Filled, int]:
    """Return the workbook as somebody leaves it, and how many rows of it say something."""
    book, rows = Filled(content), 0
    for sheet, technical, ids in book.sheets():
        keyed = [
            number
            for number in range(technical + 2, sheet.max_row + 1)
            if str(sheet.cell(number, ids["#key"]).value or "#") != "#"
        ]
        for number, edit in zip(keyed, edits, strict=False):
            for column, value in edit.items():
                if column in ids:
                    sheet.cell(number, ids[column]).value = value
            if edit.get("gone"):
                for column in ids.values():
                    sheet.cell(number, column).value = None
        for value in added:
            sheet.cell(sheet.max_row + 1, ids.get("value") or ids["result"]).value = value
        boxes = [place for name, place in ids.items() if name and not str(name).startswith("#")]
        for number in range(technical + 2, sheet.max_row + 1):
            key = str(sheet.cell(number, ids["#key"]).value or "").strip()
            says = any(
                str(sheet.cell(number, place).value or "").strip()
                or sheet.cell(number, place).value in (0, False)
                for place in boxes
            )
            rows += key != "#" if key else says
    return book, rows


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    edits=st.lists(EDIT, max_size=ROWS),
    added=st.lists(st.sampled_from([None, "足した", 5]), max_size=2),
    holds=st.booleans(),
)
def test_rows_in_are_rows_shown_written_unchanged_and_refused(
    asked: Request,
    content: bytes,
    edits: list[dict[str, Any]],
    added: list[Any],
    holds: bool,
) -> None:
    book, rows = edited(content, edits, added)
    with undone():
        by = User.objects.get(username="planner")
        if not rows:
            with pytest.raises(Refused, match="一つも見つかりません"):
                bring(asked, book.to_bytes(), "回答.xlsx", by=by)
            return
        before = saved()
        shown = bring(asked, book.to_bytes(), "回答.xlsx", by=by)
        counts = shown.taken.counts
        assert rows == len(shown.taken.book.rows) == sum(counts.values())
        assert saved() == before, "a look writes nothing"
        decisions = Decisions()
        if holds:
            decisions.held = {
                (row.source.key, "") for row in shown.taken.rows if row.kind in REFUSED
            }
        done = bring(
            asked,
            book.to_bytes(),
            "回答.xlsx",
            by=by,
            seen=shown.taken.fingerprint,
            decisions=decisions,
        )
        now = done.taken.counts
        assert rows == sum(now.values())
        refused = sum(now[kind] for kind in REFUSED)
        assert (done.kept is None) == bool(refused)
        if done.kept is None:
            assert saved() == before
            return
        kept = done.kept
        assert rows == kept.rows == kept.written + kept.unchanged + kept.held
        written = sum(now[kind] for kind in WRITTEN)
        assert written == kept.written == len(saved() ^ before) - changed(before)
        assert now[Kind.NEW] == len(saved()) - len(before)


def saved() -> set[tuple[str, int, int]]:
    """Return every stored row in its version."""
    return {
        (model.__name__, *row)
        for model in (Actual, ProgressReport)
        for row in model.objects.values_list("pk", "version")
    }


def changed(before: set[tuple[str, int, int]]) -> int:
    """Return how many of the stored rows have another version than before."""
    return len(before - saved())
