"""What an entry workbook looks like to whoever reads it back: sheets, technical cells, words.

* `COVER` is for people only. `ABOUT`, very hidden, says what the workbook is: lines of a name (A)
  and a text (B), the first of which is `FORMAT`; then a line for each row, its key and what people
  call it, by which a deleted one is missed; then lines of `TEXTS` and `COVER_TEXTS`. `CHOICES`,
  very hidden, holds what drop-downs offer. Only these two cannot be renamed: the others are told by
  what stands in them.
* Every other sheet has one technical row, hidden, right above its printed headings. It is the first
  row with a cell that says `KEY`. Its cells are the ids of the columns; a column without an id, or
  with one that begins with "#", is only read by people (`KEY` and `VERSION` apart). All other ids
  are names of boxes of the entry sheet: `FIGURE_FIELDS` of figures, `ReportLine.columns` of
  reports, and `AS_IS` with the key of a column behind it (a tick: the text taken over may stay).
  No box's name begins with "#".
* Below it, every row of the entry sheet has its key ("series-12", "series-12-2023", "report-34")
  in the column `KEY`, and in `VERSION` the version that was saved when the workbook was made, ""
  where nothing was. Rows with `READ_ONLY` for a key are for people: what was said the year before,
  the rest of a text that is too long for one row of paper. Rows without a key somebody has added.
* A cell says what the box says, in people's words: `shown` makes them, `typed` reads them. A cell
  may be empty. A figure is a number, a list has a line for each item. What has not been touched is
  read as the text that was saved, or one that `Line.is_same` calls the same.
* Rows the section cannot enter show what is saved; their cells are locked.

Figures all stand in one sheet, reports in one sheet per plan; both may lack.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indicators.choices import MissingReason
from measures.models import ReportColumn
from rounds.entry.figure_lines import FigureLine
from rounds.entry.lines import AS_IS, Line
from rounds.entry.reading import is_no_value, short
from rounds.entry.report_lines import ReportLine

VERSION_OF_FORMAT = "1"

COVER: Promise = gettext_lazy("表紙")
FIGURES: Promise = gettext_lazy("指標")
REPORTS: Promise = gettext_lazy("進捗")
"""With the plan's name behind it in brackets where several plans are asked."""
ABOUT = "_照会"
CHOICES = "_選択肢"

FORMAT = "shirube-entry"
"""The name of the first line of `ABOUT`, in A1; beside it the `VERSION_OF_FORMAT`."""
MUNICIPALITY = "municipality"
"""The slug."""
REQUEST = "request"
"""The id of the request."""
SECTIONS = "sections"
"""The codes of the sections whose rows it holds, with commas between."""
MADE_AT = "made_at"
"""When it was made, ISO 8601 with the time zone."""
TITLE = "title"
"""The request's title, for messages."""
NAME = "name"
"""Whose workbook it is, for messages: the section's name."""
TEXTS = "texts"
"""Marks of what the sheets of rows said when it was made (`outside.mark`), with spaces between."""
COVER_TEXTS = "cover_texts"
"""Marks of what the cover said then."""

READ_ONLY = "#"
KEY = "#key"
VERSION = "#version"
NAME_OF_ROW = "#name"
UNIT = "#unit"
"""Beside figures."""
READ = frozenset({NAME_OF_ROW, "#state"})
"""Columns only people read that every sheet of rows has."""

MONTH = "expected_on"
"""The box of figures that asks for a month."""

TICK = "○"
_TICKS = frozenset({"○", "〇", "◯", "●", "レ", "✓", "✔", "on", "true", "1", "はい", "有"})
_NO_TICKS = frozenset({"", "-", "－", "―", "ー", "×", "off", "false", "0", "いいえ", "無"})


def is_tick(column: str) -> bool:
    """Whether the box of a column is one that is ticked."""
    return column == "is_provisional" or column.startswith(AS_IS)


def words_of(line: Line, column: str) -> Mapping[str, str] | None:
    """Return what a box's choices are called in a cell, by the text of the box, without the empty
    one and in their order; None where the box is not one of choices."""
    if is_tick(column):
        return {"on": TICK}
    if isinstance(line, FigureLine):
        if column == "missing_reason":
            return {reason.value: str(reason.label) for reason in MissingReason}
        return None
    assert isinstance(line, ReportLine)
    if column not in line.columns:
        return None
    kind = line.columns[column].kind
    if kind == ReportColumn.Kind.RATING:
        return {str(band.pk): str(band) for band in line.bands}
    if kind == ReportColumn.Kind.CHOICE:
        return {choice: choice for choice in line.columns[column].choices}
    return None


def shown(line: Line, column: str, text: str) -> str:
    """Return what a cell says where the box says `text`."""
    words = words_of(line, column)
    if words is None or not text:
        return text
    return words.get(text) or line.spoken(column, text)


def typed(line: Line, column: str, cell: str) -> str:
    """Return what the box is to say where a cell says `cell` (the cell as text, "" where empty).
    Raises ValidationError (Japanese: what was found, what is expected) where the box has choices
    and the cell says none of them."""
    words = words_of(line, column)
    if words is None:
        return cell
    if is_tick(column):
        return _ticked(cell)
    found = folded(cell)
    saved = line.texts.get(column, "")
    if found == folded(shown(line, column, saved)):
        return saved  # also one of another scheme, which is no choice any more
    texts = {folded(word): text for text, word in words.items()} | _symbols(line, column)
    if found in texts:
        return texts[found]
    if not found or is_no_value(cell):
        return ""
    message = _("「%(found)s」は選べません。次から選んでください：%(words)s")
    if not words:
        message = _("「%(found)s」は選べません。選ぶものが決まっていないので、空欄にしてください。")
    raise ValidationError(
        message % {"found": short(cell.strip()), "words": "、".join(words.values())}
    )


def _symbols(line: Line, column: str) -> dict[str, str]:
    """Return the bare symbols of classes, as people type them."""
    if not isinstance(line, ReportLine) or column not in line.columns:
        return {}
    if line.columns[column].kind != ReportColumn.Kind.RATING:
        return {}
    return {folded(band.symbol): str(band.pk) for band in line.bands}


def _ticked(cell: str) -> str:
    found = folded(cell)
    if found in _TICKS:
        return "on"
    if found in _NO_TICKS:
        return ""
    message = _("「%(found)s」は使えません。「%(tick)s」か空欄にしてください。")
    raise ValidationError(message % {"found": short(cell.strip()), "tick": TICK})


def folded(text: str) -> str:
    """Return a word as it is compared: letters of any width, capital or not, blanks left out."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()
