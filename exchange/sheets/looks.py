"""What cells look like: a `Look` is a value, a workbook makes each one's style once."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Self

from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side

# On every Windows, with Office on a Mac too. Where it is missing, Excel takes another Gothic of the
# same charset and pitch, and LibreOffice what fontconfig offers for Japanese (Noto Sans CJK, IPA).
# All of them draw あ as wide as the font is high, so texts break where `texts.lines` says.
FONT = "ＭＳ ゴシック"
COLUMN_FONT = "Arial"
"""Of the style "Normal", whose digits are the unit of column widths: 7 pixels wide at 10 points
here and in LibreOffice, which brings its twin along."""
_SHIFT_JIS = 128
_FIXED_PITCH = 1

BODY = 9
"""Points; nothing smaller is printed."""
GREY = "D9D9D9"
"""Black on it is legible, printed in grey and photocopied too."""
PALE = "F2F2F2"
INPUT = "FFF9D6"

NEGATIVE = "▲"


@dataclass(frozen=True)
class Look:
    """The look of a cell. `is_text`: what is edited in it stays text, also = or 1-2."""

    size: int = BODY
    bold: bool = False
    fill: str = ""
    across: str = "left"
    down: str = "center"
    wrap: bool = True
    border: bool = True
    number_format: str = "General"
    is_text: bool = True
    locked: bool = True
    indent: int = 0
    color: str = "000000"

    def but(self, **changes: Any) -> Self:
        return replace(self, **changes)

    def as_number(self, decimals: int) -> Look:
        return _as_number(self, decimals)


TITLE = Look(size=14, bold=True, border=False, wrap=False)
PLAIN = Look(border=False)
NOTE = PLAIN.but(wrap=False)
RIGHT_NOTE = NOTE.but(across="right")
HEAD = Look(bold=True, fill=GREY, across="center")
SUBHEAD = Look(bold=True, fill=PALE)
TEXT = Look(down="top")
CELL = Look()
CENTER = Look(across="center")
NUMBER = Look(across="right", wrap=False)
"""Of a figure; `as_number` with the decimals of the series. Words in its place: `MISSING`."""
MISSING = Look(across="center")
INPUT_TEXT = TEXT.but(fill=INPUT, locked=False)
INPUT_NUMBER = NUMBER.but(fill=INPUT, locked=False, is_text=False)


@lru_cache(maxsize=256)
def _as_number(look: Look, decimals: int) -> Look:
    return replace(look, number_format=number_format(decimals), is_text=False)


@lru_cache(maxsize=64)
def number_format(decimals: int, unit: str = "") -> str:
    """Return #,##0.0;▲#,##0.0 for one decimal, with the `unit` behind it."""
    figure = "#,##0" + (f".{'0' * decimals}" if decimals else "")
    behind = f'"{unit.replace(chr(34), "")}"' if unit else ""
    return f"{figure}{behind};{NEGATIVE}{figure}{behind}"


_THIN = Side(style="thin")
_MEDIUM = Side(style="medium")
SIDES = ("left", "right", "top", "bottom")


def font(**options: Any) -> Font:
    return Font(name=FONT, charset=_SHIFT_JIS, family=_FIXED_PITCH, **options)


def dress(cell: Cell, look: Look, medium: frozenset[str] = frozenset()) -> None:
    """Give a cell its look; `medium` are the sides at the edge of its table."""
    cell.font = font(sz=look.size, b=look.bold, color=look.color)
    if look.fill:
        cell.fill = PatternFill("solid", fgColor=look.fill)
    if look.border or medium:
        inner = _THIN if look.border else None
        cell.border = Border(**{side: _MEDIUM if side in medium else inner for side in SIDES})
    cell.alignment = Alignment(
        horizontal=look.across, vertical=look.down, wrap_text=look.wrap, indent=look.indent
    )
    cell.number_format = look.number_format
    if not look.locked:
        cell.protection = Protection(locked=False)
    cell._style.quotePrefix = int(look.is_text)


def style_of(cell: Cell) -> Any:
    """Return the style of a cell for other cells to share."""
    return copy(cell._style)
