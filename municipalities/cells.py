"""What stands in a cell of any table that leaves the house: CSV, JSON or workbook."""

from __future__ import annotations

import re
from decimal import Decimal

_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def plain(value: object) -> str:
    """Return a figure without exponent, "" for None, everything else as its text."""
    match value:
        case None:
            return ""
        case Decimal():
            return f"{value:f}"
    return str(value)


def with_decimals(figure: Decimal, decimals: int) -> Decimal:
    """Return a stored figure with the decimals of its series, or with more if it has them."""
    places = max(decimals, -int(figure.normalize().as_tuple().exponent))
    return figure.quantize(Decimal(1).scaleb(-places))


def is_formula(text: str) -> bool:
    """Whether a spreadsheet would take this text for a formula; a number is none."""
    return text.startswith(FORMULA_STARTS) and not _NUMBER.fullmatch(text)


def neutral(value: object) -> str:
    """Return the text of a CSV cell that no spreadsheet takes for a formula; numbers stay numbers.

    In a workbook the type of the cell says that it is text: nothing is put before it there.
    """
    text = plain(value)
    return f"'{text}" if is_formula(text) else text


def original(text: str) -> str:
    """Return what `neutral` made this text of."""
    return text[1:] if text.startswith("'") and is_formula(text[1:]) else text
