"""Two people who press in the very same moment, in two threads with a connection each."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from indicators.models import Actual

from . import factories as make
from .entry_forms import SheetPage
from .people import make_people

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
        press_at_once(sheets)
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


def press_at_once(sheets: list[SheetPage]) -> None:
    """Press the save button of every sheet in a thread of its own."""
    barrier = threading.Barrier(len(sheets))
    problems: list[BaseException] = []

    def press(sheet: SheetPage) -> None:
        barrier.wait()
        try:
            sheet.press()
        except BaseException as error:
            problems.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=(sheet,)) for sheet in sheets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
