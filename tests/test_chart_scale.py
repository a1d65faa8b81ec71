"""The figures, ticks and texts of a chart: how they are printed, and how much room they take."""

from decimal import Decimal
from fractions import Fraction

import pytest

from portal.chart_scale import fit_text, format_value, nice_ticks, tick_labels


@pytest.mark.parametrize(
    ("value", "decimals", "printed"),
    [
        ("0", 0, "0"),
        ("-0.4", 0, "0"),
        ("-712", 0, "▲712"),
        ("3600000", 0, "3,600,000"),
        ("0.6125", 3, "0.613"),
        ("2.5", 0, "3"),
        ("-2.5", 0, "▲3"),
        ("1234.5", 2, "1,234.50"),
        ("12345678901234567890123456789012", 1, "12,345,678,901,234,567,890,123,456,789,012.0"),
    ],
)
def test_figures_are_printed_as_offices_do(value, decimals, printed):
    assert format_value(Decimal(value), decimals) == printed


@pytest.mark.parametrize(
    ("low", "high", "decimals", "ticks"),
    [
        ("0", "0", 0, "0 1"),
        ("5", "5", 0, "0 2 4 6"),
        ("-712", "0", 0, "-800 -600 -400 -200 0"),
        ("0.612", "0.65", 3, "0.61 0.62 0.63 0.64 0.65"),
        ("61.2", "70", 1, "60 65 70"),
        ("12", "35", 0, "0 10 20 30 40"),
        ("1", "3", 0, "0 1 2 3"),
        ("1203456", "3800000", 0, "0 1000000 2000000 3000000 4000000"),
    ],
)
def test_ticks_are_round_numbers(low, high, decimals, ticks):
    assert nice_ticks(Fraction(low), Fraction(high), decimals) == [
        Fraction(tick) for tick in ticks.split()
    ]


def test_large_ticks_are_counted_in_man_unless_the_unit_scales_itself():
    ticks = [Fraction(n) for n in (0, 2000000, 4000000)]
    assert tick_labels(ticks, "人") == ["0", "200万", "400万"]
    assert tick_labels(ticks, "千円") == ["0", "2,000,000", "4,000,000"]
    assert tick_labels([Fraction(-1, 2), Fraction(0), Fraction(1, 2)], "％") == [
        "▲0.5",
        "0.0",
        "0.5",
    ]


def test_a_text_is_cut_only_where_it_must_be():
    assert fit_text("単位：人", 20, 200) == "単位：人"
    assert fit_text("単位：人口当たり", 20, 100) == "単位：人…"
    assert fit_text("あ", 20, 1) == "…"
