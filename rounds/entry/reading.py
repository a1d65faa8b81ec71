"""What people type into the sheet, read: figures, months, texts. And back, as the boxes show it."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from indicators.models import Series
from municipalities import figures
from municipalities.fiscal_year import FIRST, LAST

NO_VALUE = frozenset({"-", "－", "―", "—", "–", "ー", "…", "なし"})
"""How people write that there is no value."""
_PERCENT = frozenset({"%", "％"})
_MANY_DECIMALS = re.compile(r"[-+]?[0-9][0-9,]*\.([0-9]{5,})")
_MANY_DIGITS = re.compile(r"[-+]?[0-9]{16,}(\.[0-9]*)?")
_ERAS = {"r": 2018, "令和": 2018, "h": 1988, "平成": 1988, "s": 1925, "昭和": 1925}
_MONTH = re.compile(
    r"(?P<era>[rhs]|令和|平成|昭和)?(?P<year>元|[0-9]{1,4})(?:年(?:\([0-9]{4}年\))?|[./-])"
    r"(?P<month>[0-9]{1,2})(?:月|[./-]0?1)?"
)
_UNWRITABLE = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
"""What the cell of a workbook cannot hold: a line break of PowerPoint's, for one."""
MOST_LETTERS = 20_000
"""What a box takes; longer text is refused, never cut."""


def cleaned(text: object) -> str:
    """Return a text the database can keep: no NUL, no half of a character, line ends of one."""
    words = str(text).replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")
    return words.encode("utf-8", "replace").decode()


def short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"


# --- Figures ----------------------------------------------------------------------------------


def is_no_value(text: str) -> bool:
    """Whether a text says in so many words that there is no value."""
    return unicodedata.normalize("NFKC", text).strip() in NO_VALUE or text.strip() in NO_VALUE


def read_figure(text: str, series: Series) -> Decimal | None:
    """Return the figure that was typed, None for none. Raises ValidationError naming what was
    found and what is expected. A sign of the series' own unit may follow the figure."""
    found = text.strip()
    if not found or is_no_value(found):
        return None
    folded = without_unit(found, series.unit)
    if folded.endswith("%"):
        raise ValidationError(
            _("「%(found)s」に％が付いています。この系列の単位は「%(unit)s」です。")
            % {"found": short(found), "unit": series.unit or _("記載なし")}
        )
    many = _MANY_DECIMALS.fullmatch(folded)
    if many:
        raise ValidationError(
            _("「%(found)s」は小数%(places)d桁です。この系列は小数%(expected)d桁までです。")
            % {"found": short(found), "places": len(many[1]), "expected": series.decimals}
        )
    value = figures.read(folded)
    if value is None and not _MANY_DIGITS.fullmatch(folded):
        raise ValidationError(
            _("「%(found)s」は数値ではありません。数値（例：1,234.5や▲3）を入力してください。")
            % {"found": short(found)}
        )
    if value is None or abs(value) >= 10**11:
        raise ValidationError(
            _("「%(found)s」は大きすぎます。整数の部分は11桁までです。") % {"found": short(found)}
        )
    series.validate_decimals(value)
    return value


def without_unit(text: str, unit: str) -> str:
    """Return what was typed for a figure, folded, without the sign of its own unit behind it: a
    cell of Excel in which somebody types 75% stays one of percent."""
    folded, sign = figures.folded(text), unicodedata.normalize("NFKC", unit).strip()
    return folded.removesuffix(sign).strip() if sign else folded


def figure_text(value: Decimal | None) -> str:
    """Return a figure as its box shows it: 12 rather than 12.0000, no commas."""
    if value is None:
        return ""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def figure_words(value: Decimal | None, series: Series) -> str:
    """Return a figure as people read it, "－" for none."""
    return "－" if value is None else f"{value:,.{series.decimals}f}"


def is_percent(series: Series) -> bool:
    return series.unit.strip() in _PERCENT


# --- Months -----------------------------------------------------------------------------------


def read_month(text: str) -> date | None:
    """Return the first day of the month that was typed (2026-08, R8.8, 令和8年8月), None for none
    (also － and the like, as in the other boxes).
    Raises ValidationError where it is no month."""
    folded = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).lower()
    if not folded or is_no_value(text):
        return None
    match = _MONTH.fullmatch(folded)
    if match is not None:
        year = 1 if match["year"] == "元" else int(match["year"])
        if match["era"]:
            year += _ERAS[match["era"]]
        month = int(match["month"])
        if FIRST <= year <= LAST and 1 <= month <= 12:
            return date(year, month, 1)
    raise ValidationError(
        _("「%(found)s」は年月ではありません。2026-08、R8.8、令和8年8月のように入力してください。")
        % {"found": short(text.strip())}
    )


def month_text(day: date | None) -> str:
    """Return a month as its box shows it."""
    return "" if day is None else f"{day.year}-{day.month:02d}"


# --- Texts ------------------------------------------------------------------------------------


def is_alike(one: str, other: str) -> bool:
    """Whether two texts of a box say the same: line ends, space around and what no workbook can
    hold say nothing."""
    return one == other or _said(one) == _said(other)


def _said(text: str) -> str:
    return _UNWRITABLE.sub("", cleaned(text)).strip()
