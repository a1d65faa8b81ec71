"""What is decided about a workbook's rows in its preview, and how that is remembered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from rounds.entry.reading import MOST_LETTERS, cleaned, short
from rounds.entry.saving import MINE, THEIRS

from .reading import FileRow

CHOICE, SHOWN, CONFIRMED, HOLD, FIX = "choice", "shown", "confirmed", "hold", "fix"
BETWEEN = "|"
"""Between the parts of a box's name on the page: what is decided, the row, the column."""


def box_name(what: str, key: str, column: str = "") -> str:
    """Return how the box is called that decides about a row, or one of its cells."""
    return BETWEEN.join((what, key, column) if column else (what, key))


@dataclass
class Decisions:
    """By row, or (row, column): whose value stays where two have been saved, and in which version
    that was shown; which doubtful value is right; what is held; what a cell should say."""

    choices: dict[str, str] = field(default_factory=dict)
    shown: dict[str, str] = field(default_factory=dict)
    confirmed: dict[str, str] = field(default_factory=dict)
    held: set[tuple[str, str]] = field(default_factory=set)
    """Column "": the whole row."""
    fixed: dict[tuple[str, str], str] = field(default_factory=dict)

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Decisions:
        """Return what a form says."""
        found = cls()
        for name, sent in data.items():
            text = cleaned(sent)  # it is kept beside the file
            what, *place = cleaned(name).split(BETWEEN, 2)
            if not place:
                continue
            key, column = place[0], place[1] if len(place) > 1 else ""
            match what:
                case "choice" if text in {MINE, THEIRS}:
                    found.choices[key] = text
                case "shown":
                    found.shown[key] = text
                case "confirmed" if text:
                    found.confirmed[key] = text
                case "hold" if text:
                    found.held.add((key, column))
                case "fix" if column:
                    found.fixed[key, column] = text[: MOST_LETTERS + 1].strip()
        return found

    def boxes(self) -> dict[str, str]:
        """Return what the form said, for `of` to read again."""
        of_rows = ((CHOICE, self.choices), (SHOWN, self.shown), (CONFIRMED, self.confirmed))
        said = {box_name(what, key): text for what, texts in of_rows for key, text in texts.items()}
        said |= {box_name(HOLD, *place): "on" for place in sorted(self.held)}
        return said | {box_name(FIX, *place): text for place, text in self.fixed.items()}

    def take_back(self, rows: Iterable[FileRow]) -> None:
        """Forget corrections that say what the file says."""
        for row in rows:
            for column in row.places:
                said = self.fixed.get((row.key, column))
                if said is not None and said == row.said(column):
                    del self.fixed[row.key, column]

    @property
    def are_planners(self) -> bool:
        """Whether something is decided that only planners may."""
        return bool(self.held or self.fixed)

    def holds(self, key: str, column: str = "") -> bool:
        return (key, column) in self.held

    def holds_some(self, key: str) -> bool:
        """Whether a cell of a row is held."""
        return any(each == key for each, _column in self.held)

    def words(self, rows: Iterable[FileRow]) -> list[str]:
        """Return what was decided, one sentence for each cell or row."""
        said = []
        for row in rows:
            about = {"row": row.label or row.key}
            if self.holds(row.key):
                said.append(_("「%(row)s」を保留") % about)
            elif row.key in self.choices:
                text = {
                    MINE: _("「%(row)s」は、ほかの人の保存をファイルの値で上書き"),
                    THEIRS: _("「%(row)s」は、ほかの人が保存した値のまま"),
                }[self.choices[row.key]]
                said.append(text % about)
            for column in row.places:
                cell = about | {
                    "column": row.headings.get(column) or column,
                    "was": short(row.said(column)),
                    "now": short(self.fixed.get((row.key, column), "")),
                }
                if self.holds(row.key, column):
                    said.append(_("「%(row)s」の%(column)s「%(was)s」を保留") % cell)
                elif (row.key, column) in self.fixed:
                    text = _("「%(row)s」の%(column)sを「%(was)s」から「%(now)s」に訂正")
                    said.append(text % cell)
        return said
