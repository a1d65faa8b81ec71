"""A plan's workbook goes through LibreOffice: opened, edited, saved, and read again."""

from pathlib import Path

import pytest

from exchange.plan_book.workbook import plan_workbook
from indicators.models import Actual
from plans.models import Plan, Policy
from rounds import published
from rounds.models import Publication
from rounds.record import publish

from . import factories as make
from .office import convert
from .plan_books import book_of, bring, copy_to, counts, small

pytestmark = pytest.mark.django_db


def test_what_was_edited_there_is_all_that_changes(soffice: str, tmp_path: Path) -> None:
    town = make.make_municipality("kita")
    bring(book_of(small()), town)
    plan = Plan.objects.get()
    source = tmp_path / "plan.xlsx"
    source.write_bytes(plan_workbook(plan))
    flat = convert(soffice, source, "fods")
    text = flat.read_text()
    assert text.count("遊び場") == 1
    assert text.count('office:value="14"') == 1
    text = text.replace("遊び場", "遊び場と公園").replace('office:value="14"', 'office:value="15"')
    edited = tmp_path / "edited.fods"
    edited.write_text(text.replace("<text:p>14</text:p>", "<text:p>15</text:p>"))
    saved = convert(soffice, edited, "xlsx:Calc MS Excel 2007 XML")
    outcome = bring(saved.read_bytes(), town)
    assert outcome.complaints == []
    assert (counts(outcome)["changed"], "new" in counts(outcome)) == (2, False)
    assert Policy.objects.get().title == "遊び場と公園"
    assert Actual.objects.get(fiscal_year=2024).value == 15


def test_what_came_in_is_ready_to_publish() -> None:
    """Figures of past years count as checked: two publications, and citizens read the same."""
    source = make.make_plan(slug="sogo")
    scheme = make.make_scheme(plan=source, formula="progress", chosen_by_people=False)
    scheme.bands.filter(symbol="A").update(test="rate_at_least", threshold=100)
    scheme.bands.filter(symbol="B").update(test="rate_at_least", threshold=50)
    scheme.bands.filter(symbol="C").update(test="otherwise")
    for value in (90, 150, 260, 0):
        indicator = make.make_indicator(source)
        make.make_target(indicator)
        make.make_actual(indicator.series, 2023, value)
    plans = [source, copy_to(source, make.make_municipality("there"))]
    for plan in plans:
        publish(plan, Publication.Kind.PLAN, by=None)
        publish(plan, Publication.Kind.PUBLIC, by=None, fiscal_year=2023, period="year_end")
    told = []
    for plan in plans:
        records = published.records_of(published.current_publications(plan)).values()
        rows = sorted((record.latest for record in records), key=lambda row: row.indicator_id)
        told.append([(row.name, row.value, row.rates, row.computed["verdict"]) for row in rows])
    for verdicts in told:  # schemes bear the name of their town
        for _name, _value, _rates, verdict in verdicts:
            verdict.pop("scheme_code")
    assert told[0] == told[1]
    assert len(told[0]) == 4
