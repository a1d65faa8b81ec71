"""Whether a figure looks like a slip of the pen: an order of magnitude, a sign, a lost total.

Pure: figures go in, questions come out. A question never forbids anything; whoever typed the figure
says that it is right as it stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class Slip(StrEnum):
    """What may have happened."""

    TENFOLD = "tenfold"
    HUNDREDFOLD = "hundredfold"
    TENTH = "tenth"
    HUNDREDTH = "hundredth"
    SIGN = "sign"
    OVER_HUNDRED = "over_hundred"
    FALLING_TOTAL = "falling_total"
    FAR = "far"


@dataclass(frozen=True)
class Doubt:
    """A question about a figure, and its words."""

    slip: Slip
    text: str


_LEAST_DIGITS = Decimal(50)  # counts below this change by such factors every year
_FEWEST_YEARS = 4
_FAR = 3
_FACTORS = (
    (Slip.TENFOLD, Decimal(7), Decimal(15), gettext_lazy("約10倍")),
    (Slip.HUNDREDFOLD, Decimal(70), Decimal(150), gettext_lazy("約100倍")),
    (Slip.TENTH, 1 / Decimal(15), 1 / Decimal(7), gettext_lazy("約10分の1")),
    (Slip.HUNDREDTH, 1 / Decimal(150), 1 / Decimal(70), gettext_lazy("約100分の1")),
)


def doubts(
    value: Decimal,
    earlier: Mapping[int, Decimal],
    fiscal_year: int,
    *,
    is_percent: bool = False,
    is_running_total: bool = False,
) -> list[Doubt]:
    """Return what to ask about the figure of a fiscal year, [] where it looks like the others.

    `earlier` holds the figures of other years; those of later years are not looked at.
    """
    before = {year: figure for year, figure in earlier.items() if year < fiscal_year}
    found: list[Doubt] = []
    last = before[max(before)] if before else None
    if is_percent and value > 100 and all(figure <= 100 for figure in before.values()):
        found.append(
            Doubt(
                Slip.OVER_HUNDRED,
                _("%(value)s％は100％を超えています。") % {"value": _figure(value)},
            )
        )
    if last is None:
        return found
    if is_running_total and value < last:
        text = _("累計が前の値（%(last)s）より減っています。")
        found.append(Doubt(Slip.FALLING_TOTAL, text % {"last": _figure(last)}))
    if value * last < 0 and all(value * figure <= 0 for figure in before.values()):
        text = _("正負がこれまで（前の値は%(last)s）と逆です。")
        found.append(Doubt(Slip.SIGN, text % {"last": _figure(last)}))
    return found or _out_of_size(value, last, list(before.values()))


def _out_of_size(value: Decimal, last: Decimal, figures: list[Decimal]) -> list[Doubt]:
    low, high = min(figures), max(figures)
    if low <= value <= high:
        return []
    factor = _factor(value, last)
    if factor is not None:
        return [factor]
    if len(figures) < _FEWEST_YEARS or _is_small(value, low, high):
        return []
    spread = high - low
    is_near = abs(value - last) <= abs(last) / 2
    if is_near or low - _FAR * spread <= value <= high + _FAR * spread:
        return []
    text = _("これまでの範囲（%(low)s～%(high)s）から大きく離れています。")
    return [Doubt(Slip.FAR, text % {"low": _figure(low), "high": _figure(high)})]


def _factor(value: Decimal, last: Decimal) -> Doubt | None:
    """Return the question whether a digit too many or too few was typed."""
    if last == 0 or value == 0 or _is_small(value, last):
        return None
    ratio = abs(value / last)
    for slip, least, most, words in _FACTORS:
        if least <= ratio <= most:
            text = _("前の値（%(last)s）の%(factor)sです。桁を確かめてください。")
            return Doubt(slip, text % {"last": _figure(last), "factor": words})
    return None


def _is_small(*figures: Decimal) -> bool:
    """Whether these are small counts, for which any change is usual."""
    return all(abs(each) < _LEAST_DIGITS and each == int(each) for each in figures)


def _figure(value: Decimal) -> str:
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
