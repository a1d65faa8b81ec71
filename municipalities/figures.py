"""Figures as people type them: any width of letters, thousands commas, ▲ or △ for minus."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Any

# NFKC makes a hyphen of the full-width minus; the others it leaves alone.
_MINUS = re.compile("[▲△\u2212][ ]?")
# A small or circled digit marks a note; NFKC would make a digit of the figure of it, and 1201 of
# 120①. Behind a letter it belongs to a unit (m²).
_NOTE = re.compile(r"(?<![^\W\d_])[²³¹⁰⁴-⁹₀-₉①-⓿❶-➓㉑-㉟㊱-㊿]")
# What pages and calculators put around a figure that is copied there, and nobody sees.
_UNSEEN = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
# So long that no budget is cut, so short that no figure fills a page.
_FIGURE = re.compile(r"[-+]?([0-9]{1,15}|[0-9]{1,3}(,[0-9]{3}){1,4})(\.[0-9]{1,4})?")


def folded(text: str) -> str:
    """Return the text with half-width letters, a hyphen for minus, marks of notes in brackets."""
    seen = _NOTE.sub(r"(\g<0>)", _UNSEEN.sub("", text))
    return _MINUS.sub("-", unicodedata.normalize("NFKC", seen).strip())


def read(value: Any) -> Decimal | None:
    """Return the number that was typed or kept (text or a number), None where it is none."""
    text = folded(str(value))
    return Decimal(text.replace(",", "")) if _FIGURE.fullmatch(text) else None
