"""What people type into the workbook of a plan that could be lost without a word, or could not be
understood: years above columns, targets that are no figures, numbers of lines that wait."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from exchange.plan_book.importing import Outcome
from exchange.plan_book.workbook import plan_workbook
from indicators.models import Actual, Target
from municipalities.models import Municipality
from plans.models import Plan

from . import factories as make
from .plan_books import book_of, bring, counts, form, small

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Municipality:
    return make.make_municipality("kita", name="きた市")


def wrong(outcome: Outcome) -> list[tuple[str, str, str]]:
    return [(each.sheet, each.place, each.found) for each in outcome.complaints]


# --- Years above columns ------------------------------------------------------------------------


def test_a_year_stands_above_one_column_only(town: Municipality) -> None:
    """The later column would overwrite the earlier one."""
    sheet = [["系列", "令和6年度", "R7", "2024"], ["parks", 14, 15, 16]]
    outcome = bring(book_of(small(実績=sheet)), town)
    assert wrong(outcome) == [("実績", "D1", "2024")]
    assert "同じ年度の列が2つ" in outcome.complaints[0].message
    assert not Actual.objects.exists()


@pytest.mark.parametrize("heading", [date(2024, 4, 1), "令和6年", "2024年", "R6.3", "6", "2024/4"])
def test_a_year_that_is_no_fiscal_year_is_complained_of(town: Municipality, heading: Any) -> None:
    """Its figures would be left out, and only a note would say so."""
    sheet = [["系列", "R7", heading], ["parks", 15, 16]]
    outcome = bring(book_of(small(実績=sheet)), town)
    assert [place[:2] for place in wrong(outcome)] == [("実績", "C1")]
    assert "年度" in outcome.complaints[0].message


@pytest.mark.parametrize("heading", ["備考", "合計", "資料3", "R欄"])
def test_other_columns_beside_the_years_are_said_to_be_left_out(
    town: Municipality, heading: str
) -> None:
    sheet = [["系列", "R7", heading], ["parks", 15, 16]]
    outcome = bring(book_of(small(実績=sheet)), town)
    assert wrong(outcome) == []
    assert any("次の列は読みません" in note and heading in note for note in outcome.notes)


def test_a_formula_without_its_result_is_no_error_of_excel(town: Municipality) -> None:
    sheet = [["系列", "R7"], ["parks", "=1+2"]]
    outcome = bring(book_of(small(実績=sheet)), town)
    assert wrong(outcome) == [("実績", "B2", "未計算の式")]
    assert "保存し直す" in outcome.complaints[0].message
    assert "エラー値" not in outcome.complaints[0].message


# --- Targets that are no figures ----------------------------------------------------------------


def test_the_kind_of_a_target_follows_from_what_is_filled_in(town: Municipality) -> None:
    sheet = [
        ["指標", "目標年度", "目標値", "種類", "範囲の下限", "範囲の上限", "文章の目標"],
        ["1-1-1", "R8", None, None, 15, 20, None],
        ["1-1-1", "R9", None, None, None, None, "設置"],
    ]
    outcome = bring(book_of(small(目標=sheet)), town)
    assert wrong(outcome) == []
    ranged, told = Target.objects.order_by("fiscal_year")
    assert (ranged.kind, ranged.lower, ranged.upper) == ("range", Decimal(15), Decimal(20))
    assert (told.kind, told.text) == ("text", "設置")
    again = bring(plan_workbook(Plan.objects.get()), town)
    assert set(counts(again)) == {"unchanged"}


@pytest.mark.parametrize("typed", ["15～20", "設置"])
def test_the_columns_for_other_targets_are_named(town: Municipality, typed: str) -> None:
    sheet = [["指標", "目標年度", "目標値"], ["1-1-1", "R8", typed]]
    outcome = bring(book_of(small(目標=sheet)), town)
    assert [place[:2] for place in wrong(outcome)] == [("目標", "C2")]
    assert "「範囲の下限」" in outcome.complaints[0].message
    assert "「文章の目標」" in outcome.complaints[0].message


def test_a_target_that_says_nothing_is_explained_at_its_figure(town: Municipality) -> None:
    sheet = [["指標", "目標年度", "目標値"], ["1-1-1", "R8", "－"]]
    outcome = bring(book_of(small(目標=sheet)), town)
    assert wrong(outcome) == [("目標", "C2", "－")]
    assert outcome.complaints[0].message == (
        "目標値、範囲の下限と上限、文章の目標のどれかを入力してください。"
    )


# --- Lines that wait ----------------------------------------------------------------------------


@pytest.mark.parametrize("number", ["1.0", "1,000", "１"])
def test_the_number_of_a_line_that_waits_may_be_typed_in_any_way(
    town: Municipality, number: str
) -> None:
    """It goes out as the number it is; an export broke on it."""
    sheet = [["番号", "新しい項目", "前の計画", "備考"], [number, "政策 1-1", "kyu", "改称"]]
    outcome = bring(book_of(small(新旧対応=sheet)), town)
    assert wrong(outcome) == []
    plan = Plan.objects.get()
    again = bring(plan_workbook(plan), town)
    assert set(counts(again)) == {"unchanged", "waiting"}
    assert plan.waiting_lines.count() == 1
    bring(book_of(small(計画=form(アドレス名="kyu", 計画名="旧計画"))), town)
    assert not plan.waiting_lines.exists()
