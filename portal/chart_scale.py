"""Numbers and words on a chart: how a figure is written, where an axis has ticks, how wide text is.

Pure and exact: Decimal and Fraction, no float, no Django model.
"""

import unicodedata
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from math import ceil, floor

from django.utils.translation import gettext as _

# Japanese large units: an axis to 3,600,000 reads 100万, 200万 … and leaves room on a phone.
LARGE_UNITS = ((10**12, "兆"), (10**8, "億"), (10**4, "万"))
SCALED_UNITS = ("十", "百", "千", "万", "億", "兆")


def format_value(value: Decimal, decimals: int, minus: str = "▲") -> str:
    """Return the figure as a Japanese office prints it: 1,234.5 or ▲712, halves rounded up.

    `decimals` is the series' number of decimal places; `minus` stands before a negative figure.
    """
    places = max(decimals, 0)
    digits = max(value.adjusted(), 0) + places + 2
    rounded = value.quantize(
        Decimal(1).scaleb(-places), context=Context(prec=digits, rounding=ROUND_HALF_UP)
    )
    sign = minus if rounded < 0 else ""
    return f"{sign}{rounded.copy_abs():,f}"


def spoken_value(value: Decimal, decimals: int) -> str:
    """Return the figure for a listener: マイナス712 instead of ▲712."""
    return format_value(value, decimals, minus=_("マイナス"))


def nice_ticks(low: Fraction, high: Fraction, decimals: int) -> list[Fraction]:
    """Return ascending ticks in steps of 1, 2 or 5 × 10ⁿ that enclose low…high: two to seven.

    Zero is taken in where it is near or where all values are equal. No step is finer than the
    figures themselves (`decimals`).
    """
    if low == high or low <= high - low:
        low = min(low, Fraction(0))
    if low == high or -high <= high - low:
        high = max(high, Fraction(0))
    if low == high:
        high = low + 1
    rough = (high - low) / 4
    power = Fraction(1)
    while power * 10 <= rough:
        power *= 10
    while power > rough:
        power /= 10
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
    step = max(step, Fraction(1, 10 ** max(decimals, 0)))
    return [step * count for count in range(floor(low / step), ceil(high / step) + 1)]


def tick_labels(ticks: list[Fraction], unit: str) -> list[str]:
    """Return the texts of evenly spaced ticks (two or more).

    They are in 万, 億 or 兆 where every tick is a multiple of it: shorter on a phone.
    A unit that scales by itself (千円) keeps plain digits: 「100万」「千円」 would read twice.
    """
    divisor, suffix = 1, ""
    if not unit.startswith(SCALED_UNITS):
        for size, name in LARGE_UNITS:
            if max(abs(ticks[0]), abs(ticks[-1])) >= 10 * size and not any(t % size for t in ticks):
                divisor, suffix = size, name
                break
    step = (ticks[1] - ticks[0]) / divisor
    decimals = 0
    while (step * 10**decimals).denominator != 1:
        decimals += 1
    labels = []
    for tick in ticks:
        figure = Decimal(f"{int(tick / divisor * 10**decimals)}E-{decimals}")
        labels.append(format_value(figure, decimals) + (suffix if tick else ""))
    return labels


def text_width(text: str, font_size: int) -> Fraction:
    """Return the room `text` needs at most in common Japanese fonts, in units of `font_size`."""
    hundredths = 0
    for character in text:
        if character in ",.":
            hundredths += 35
        elif character.isdigit() and character.isascii():
            hundredths += 62
        elif unicodedata.east_asian_width(character) in "WFA":
            hundredths += 100
        else:
            hundredths += 70
    return Fraction(hundredths * font_size, 100)


def fit_text(text: str, font_size: int, width: Fraction | int) -> str:
    """Return `text`, shortened with … where it is wider than `width`. For words, not figures."""
    if text_width(text, font_size) <= width:
        return text
    while text and text_width(text + "…", font_size) > width:
        text = text[:-1]
    return text + "…"
