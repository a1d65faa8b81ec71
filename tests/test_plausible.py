"""Which figures look like a slip of the pen."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rounds.entry.plausible import Slip, doubts

STEADY = {2019: Decimal(1180), 2020: Decimal(1210), 2021: Decimal(1195), 2022: Decimal(1200)}
FIGURES = st.decimals(-(10**10), 10**10, places=4)
EARLIER = st.dictionaries(st.integers(2015, 2030), FIGURES, max_size=6)


def slips(value: str, earlier: dict[int, Decimal] = STEADY, **options: bool) -> list[Slip]:
    return [doubt.slip for doubt in doubts(Decimal(value), earlier, 2023, **options)]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1230", []),
        ("900", []),
        ("12300", [Slip.TENFOLD]),
        ("123000", [Slip.HUNDREDFOLD]),
        ("123", [Slip.TENTH]),
        ("12", [Slip.HUNDREDTH]),
        ("-1200", [Slip.SIGN]),
        ("3000", [Slip.FAR]),
        ("0", [Slip.FAR]),
    ],
)
def test_a_digit_too_many_or_too_few(value: str, expected: list[Slip]) -> None:
    assert slips(value) == expected


def test_small_counts_change_by_such_factors_every_year() -> None:
    assert slips("10", {2022: Decimal(1)}) == []
    assert slips("32", {2022: Decimal("3.2")}) == [Slip.TENFOLD]


def test_more_than_all_is_asked_about_once_only() -> None:
    share = {2021: Decimal("98.5"), 2022: Decimal("99.0")}
    assert slips("101", share, is_percent=True) == [Slip.OVER_HUNDRED]
    assert slips("101", share) == []
    assert slips("101", {2022: Decimal(104)}, is_percent=True) == []
    assert slips("101", {}, is_percent=True) == [Slip.OVER_HUNDRED]


def test_a_running_total_does_not_fall() -> None:
    assert slips("1199", is_running_total=True) == [Slip.FALLING_TOTAL]
    assert slips("1200", is_running_total=True) == []
    assert slips("1199") == []


def test_a_sign_that_was_there_before_is_usual() -> None:
    assert slips("-12.5", {2021: Decimal("-11.0"), 2022: Decimal("10.5")}) == []


@given(FIGURES, EARLIER)
def test_it_never_fails_and_never_looks_ahead(value: Decimal, earlier: dict) -> None:
    before = {year: figure for year, figure in earlier.items() if year < 2023}
    assert doubts(value, earlier, 2023) == doubts(value, before, 2023)


@given(FIGURES, st.integers(1, 8))
def test_the_same_as_ever_raises_no_question(value: Decimal, years: int) -> None:
    earlier = {2023 - year: value for year in range(1, years + 1)}
    assert doubts(value, earlier, 2023, is_running_total=True) == []


@given(st.decimals(50, 10**8, places=2), st.booleans())
def test_ten_times_as_much_is_asked_about(value: Decimal, is_negative: bool) -> None:
    figure = -value if is_negative else value
    earlier = {2021: figure, 2022: figure}
    assert [doubt.slip for doubt in doubts(figure * 10, earlier, 2023)] == [Slip.TENFOLD]
