"""What somebody has written where people only read: it is not taken in, but not passed over
either."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence

from django.utils.translation import gettext as _

from municipalities.uploads import Cell, Sheet, address
from municipalities.uploads.marked import without_mark
from rounds.entry.reading import short

from .cells import text_of

MOST_CELLS = 5
"""Cells that are named of a sheet."""
_A_LINE = 1_000
"""Marks that are kept in one cell."""


def mark(text: str) -> str:
    """Return a short mark of a text, the same whatever a program has made of its spaces, widths
    and codes."""
    folded = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text.replace("_x005F_", "_")))
    return hashlib.sha256(folded.encode()).hexdigest()[:8]


def lines_of_marks(cells: Iterable[Cell]) -> list[str]:
    """Return the marks of what cells say, in lines for the sheet nobody sees."""
    found = sorted({mark(text) for cell in cells if (text := text_of(cell))})
    return [" ".join(found[at : at + _A_LINE]) for at in range(0, len(found), _A_LINE)]


def outside_note(sheet: Sheet, marks: frozenset[str], is_read: Callable[[int, int], bool]) -> str:
    """Return what to say of the cells that say something we have not written (none of `marks`) and
    that nobody reads (`is_read`: row and column, from 0), "" where there is none."""
    found = [
        (number, place, text)
        for number, row in enumerate(sheet.rows)
        for place, cell in enumerate(row)
        if (text := text_of(cell)) and not is_read(number, place) and mark(text) not in marks
    ]
    if not found:
        return ""
    named = _named([(address(number, place), text) for number, place, text in found])
    return _(
        "シート「%(sheet)s」の、入力欄ではないセル（%(cells)s）に書かれた内容は取り込みません。"
    ) % {"sheet": sheet.name, "cells": named}


def beside_notes(sheet: Sheet) -> list[str]:
    """Return what to say of comments and text boxes on a sheet; what an import has written there
    nobody has to be told."""
    said = {place: without_mark(text) for place, text in sheet.asides.comments.items()}
    comments = [(place, text) for place, text in said.items() if text]
    boxes = [("", text) for text in sheet.asides.boxes]
    notes = []
    if comments:
        text = _("シート「%(sheet)s」のコメント（%(cells)s）は取り込みません。")
        notes.append(text % {"sheet": sheet.name, "cells": _named(comments)})
    if boxes:
        text = _("シート「%(sheet)s」の図形に書かれた文字（%(texts)s）は取り込みません。")
        notes.append(text % {"sheet": sheet.name, "texts": _named(boxes)})
    return notes


def _named(found: Sequence[tuple[str, str]]) -> str:
    """Return the first of some places with what is written there."""
    named = "、".join(
        _("%(cell)s「%(text)s」") % {"cell": place, "text": short(text)}
        for place, text in found[:MOST_CELLS]
    )
    if len(found) > MOST_CELLS:
        named += _(" ほか%(count)d件") % {"count": len(found) - MOST_CELLS}
    return named
