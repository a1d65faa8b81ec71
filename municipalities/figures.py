"""Figures as people type them: any width of letters, thousands commas, ▲ or △ for minus."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Any

# NFKC makes a hyphen of the full-width minus; the others it leaves alone.
_MINUS = re.compile("[▲△\u2212][ ]?")
# So long that no budget is cut, so short that no figure fills a page.
_FIGURE = re.compile(r"[-+]?([0-9]{1,15}|[0-9]{1,3}(,[0-9]{3}){1,4})(\.[0-9]{1,4})?")


def folded(text: str) -> str:
    """Return the text with half-width letters and a hyphen for minus."""
    return _MINUS.sub("-", unicodedata.normalize("NFKC", text).strip())


def read(value: Any) -> Decimal | None:
    """Return the number that was typed or kept (text or a number), None where it is none."""
    text = folded(str(value))
    return Decimal(text.replace(",", "")) if _FIGURE.fullmatch(text) else None
