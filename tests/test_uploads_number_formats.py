"""What uploaded cells say that show their number as percent, as a day or as the year of an era."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from openpyxl import Workbook

from .test_uploads import only, saved


@pytest.mark.parametrize(
    ("value", "number_format", "seen"),
    [
        (0.567, "0.0%", "56.7%"),
        (0.07, "0%", "7%"),
        (1, "0.00%", "100%"),
        (0, "0%", "0%"),
        (-0.125, "#,##0.0%;▲#,##0.0%", "-12.5%"),
        (56.7, '0.0"%"', Decimal("56.7")),
        (56.7, "0.0\\%", Decimal("56.7")),
        (56.7, "0.0", Decimal("56.7")),
        ("56.7", "0.0%", "56.7"),
    ],
)
def test_percent_is_read_as_it_is_seen(value: object, number_format: str, seen: object) -> None:
    book = Workbook()
    book.active["B2"] = value
    book.active["B2"].number_format = number_format
    assert only(saved(book))[1][1] == seen


@pytest.mark.parametrize(
    ("code", "seen"),
    [
        ('ggge"年度"', date(2024, 4, 1)),
        ('[$-411]ggge"年"m"月"', date(2024, 4, 1)),
        ('[<43586]"平成"e"年";"令和"e"年"', date(2024, 4, 1)),
        ("(aaa)", date(2024, 4, 1)),
        ("General", 45383),
        ('G/標準"人"', 45383),
        ("0.00E+00", 45383),
        ('#,##0"g";[Red]▲#,##0"g"', 45383),
    ],
)
def test_a_day_shown_as_a_year_of_its_era_is_a_day(code: str, seen: object) -> None:
    book = Workbook()
    book.active["A1"] = 45383
    book.active["A1"].number_format = code
    assert only(saved(book)) == [[seen]]
