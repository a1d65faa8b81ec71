"""Two people who press in the very same moment, in two threads with a connection each."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from exchange.models import EntryFile, EntryUpload
from indicators.models import Actual

from . import factories as make
from .entry_file_pages import Pages, make_round
from .entry_forms import SheetPage
from .people import make_people

pytestmark = pytest.mark.both_databases
ROWS = 12
TIMES = 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_begun", [True, False])
def test_of_two_who_press_at_once_one_saves_and_the_other_is_shown_both(is_begun: bool) -> None:
    people = make_people()
    plan = make.make_plan(people.kita)
    series = [make.make_indicator(plan, departments=[people.welfare]).series for _ in range(ROWS)]
    if is_begun:
        for each in series:
            make.make_actual(each, value=110, state="draft")
    asked = make.make_request(plan)
    keys = [f"series-{each.pk}" for each in series]
    for time in range(TIMES):
        sheets = [
            SheetPage(person, asked, people.welfare) for person in (people.entry, people.planner)
        ]
        values = [120 + 10 * time, 125 + 10 * time]
        # The one goes down the sheet, the other up: who locked row by row would wait for ever.
        for sheet, way, number in zip(sheets, (keys, keys[::-1]), values, strict=True):
            fields = {f"{key}-value": str(number) for key in way}
            sheet.fields = fields | {
                name: text for name, text in sheet.fields.items() if name not in fields
            }
        at_once(*(sheet.press for sheet in sheets))
        shown = [sheet.page.select(".entry-clash") for sheet in sheets]
        assert sorted(map(len, shown)) == [0, ROWS]
        winner = 1 if shown[0] else 0
        assert {row.value for row in Actual.objects.filter(series__in=series)} == {values[winner]}
        loser = shown[1 - winner][0].get_text()
        assert all(str(value) in loser for value in values)
        if not is_begun:
            break
    changes = Actual.history.filter(history_type="~").count()
    assert changes == (ROWS * TIMES if is_begun else 0)


@pytest.mark.django_db(transaction=True)
def test_a_file_confirmed_twice_at_once_is_taken_in_once() -> None:
    round_ = make_round()
    pages = [Pages(round_.people.entry, round_.asked) for _ in range(2)]
    # It changes nothing, so what is saved stays what both have seen.
    pages[0].bring(round_.book())
    for each in pages:
        each.open()
    at_once(*(each.press for each in pages))
    assert EntryFile.objects.count() == 1
    assert sum("取り込みました" in text for each in pages for text in each.messages) == 1
    assert not EntryUpload.objects.waiting(round_.people.entry, round_.asked).exists()


def at_once(*presses: Callable[[], object]) -> None:
    """Press several buttons, each in a thread of its own."""
    barrier = threading.Barrier(len(presses))
    problems: list[BaseException] = []

    def press(button: Callable[[], object]) -> None:
        barrier.wait()
        try:
            button()
        except BaseException as error:
            problems.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=(button,)) for button in presses]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
