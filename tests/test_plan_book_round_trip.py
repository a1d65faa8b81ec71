"""Export = import: a plan comes back as it went out, in another town too."""

import string
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.plan_book.workbook import plan_workbook
from indicators.models import Actual
from municipalities.models import Municipality
from plans.models import GlossaryTerm

from . import factories as make
from .plan_books import bring, cells_of, copy_to, counts, stored_rows

# --- Rows in = rows out ---------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 79, 80, 703, 5000])
def test_every_row_arrives(count: int) -> None:
    plan = make.make_plan(slug="many")
    GlossaryTerm.objects.bulk_create(
        GlossaryTerm(plan=plan, number=n, term=f"用語{n}", definition="" if n % 2 else f"={n}")
        for n in range(1, count + 1)
    )
    outcome = bring(plan_workbook(plan), there := make.make_municipality("there"))
    assert counts(outcome) == {"new": count + 1}
    assert stored_rows(outcome.plan) == stored_rows(plan)
    assert GlossaryTerm.objects.filter(plan__municipality=there).count() == count


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 79, 80, 703])
def test_every_actual_arrives(count: int) -> None:
    plan = make.make_plan(slug="many")
    for number in range(count):
        series = make.make_series(plan.municipality, decimals=2)
        make.make_indicator(plan, series)
        make.make_actual(series, 2022, Decimal(number) / 100)
        make.make_actual(series, 2023, 0)
        make.make_actual(series, 2024, None, missing_reason="no_survey")
    copied = copy_to(plan, make.make_municipality("there"))
    assert stored_rows(copied) == stored_rows(plan)
    actuals = Actual.objects.filter(series__municipality__slug="there")
    assert actuals.count() == 3 * count
    assert actuals.filter(value=0, fiscal_year=2023).count() == count
    assert actuals.filter(value=None, missing_reason="no_survey").count() == count


# --- Whatever people write ------------------------------------------------------------------------

HOSTILE = st.sampled_from(
    [
        "=1+1",
        '=HYPERLINK("http://x","y")',
        "+81-3",
        "-1",
        "@SUM(A1)",
        "'quoted",
        "_x0041_",
        "1-2",
        "00123",
        "1e5",
        "TRUE",
        "#N/A",
        "2024/4/1",
        "<b>&amp;\"'",
        "改行\nあり\n\nと空行",
        "👩‍👩‍👧‍👦𠮷野家",
        "\u202eright to left",
        "，、；｜",
        "－",
        "○",
        "長" * 1500,
    ]
)
TEXT = HOSTILE | st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Cn"))
    | st.sampled_from("\n\t" + string.printable[:95]),
    max_size=60,
).map(lambda text: text.replace("\ufffe", "").replace("\uffff", "").strip())


@pytest.mark.any_database
@pytest.mark.django_db
@settings(max_examples=40)
@given(
    title=TEXT.map(lambda text: text[:100].replace("\n", " ").strip()).filter(bool),
    texts=st.lists(TEXT, min_size=6, max_size=6),
    value=st.decimals(-(10**9), 10**9, places=4),
    items=st.lists(TEXT.filter(lambda text: text and "\n" not in text), max_size=4),
)
def test_any_text_and_figure_comes_back(
    title: str, texts: list[str], value: Decimal, items: list[str]
) -> None:
    with transaction.atomic():
        plan = make.make_plan(slug="any", title=title, summary=texts[0])
        goal = make.make_goal(plan, title=title, vision=texts[1])
        make.make_action(plan, basic_goal=goal, title=title, named_items=items)
        make.make_term(plan, term=title[:100], definition=texts[2])
        row = make.make_row(make.make_action(plan, title=title))
        make.make_report(row, result=texts[3], projects=items, direction=texts[4], state="checked")
        series = make.make_series(plan.municipality, name=title, decimals=4, definition=texts[5])
        make.make_indicator(plan, series, baseline_value=value)
        make.make_actual(series, 2023, value)
        there = make.make_municipality()
        copied = copy_to(plan, there)
        assert stored_rows(copied) == stored_rows(plan)
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_only_this_plan_goes_out() -> None:
    plan, other = make.make_plan(slug="one"), make.make_plan(slug="two")
    make.make_term(other, term="ほかの町の用語")
    make.make_department(other.municipality, "ほかの町の課")
    make.make_department(plan.municipality, "計画に出てこない課")
    text = str(cells_of(plan))
    assert "ほかの町" not in text
    assert "計画に出てこない課" not in text
    assert Municipality.objects.count() == 2
