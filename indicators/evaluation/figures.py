"""Figures of several years taken together, and figures rounded for display and storage."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from .terms import Accumulation, Figure, Outcome, Reason, Rounding


def accumulate(
    kind: Accumulation,
    entries: Mapping[int, Figure],
    fiscal_year: int,
    start: int | None = None,
) -> Figure:
    """Return the figure of a fiscal year from the entries by fiscal year.

    SUM adds the entries from `start` (None: the first entry) to the year. A sum with a gap is not a
    sum: a missing year inside gives its reason. All other kinds are as entered.
    """
    if kind is not Accumulation.SUM:
        return entries.get(fiscal_year, Figure.missing(Reason.NO_ACTUAL))
    first = min(entries, default=fiscal_year) if start is None else start
    total = Fraction(0)
    for year in range(first, fiscal_year + 1):
        entry = entries.get(year, Figure.missing(Reason.NO_ACTUAL))
        if entry.value is None:
            return entry
        total += entry.value
    return Figure(total) if first <= fiscal_year else Figure.missing(Reason.NO_ACTUAL)


def to_decimal(
    rate: Outcome[Fraction], places: int, mode: Rounding = Rounding.HALF_UP
) -> Decimal | None:
    """Round to a Decimal with exactly `places` decimals; None stays None.

    Both modes look at the size without its sign: half-up takes −0.05 to −0.1, truncation −0.09 to
    0.0. There is no −0.
    """
    if rate.value is None:
        return None
    of = rate.value.denominator
    units, rest = divmod(abs(rate.value.numerator) * 10**places, of)
    if mode is Rounding.HALF_UP and 2 * rest >= of:
        units += 1
    sign = 1 if rate.value < 0 and units else 0
    # From digits, because Decimal's arithmetic would round to its context's precision.
    return Decimal((sign, tuple(int(digit) for digit in str(units)), -places))
