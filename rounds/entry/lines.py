"""The rows of the sheet: what their boxes are called, show and mean.

A line is a figure's or a report's (`figure_lines`, `report_lines`). `texts` is what its boxes show
of the row as saved; `read` turns what was typed into values of the row's fields, `made` puts them
into a row.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from .reading import MOST_LETTERS, is_alike

OWN_NAMES = frozenset(
    {"version", "choice", "clash", "clash_version", "confirmed", "handover", "handover_seen"}
)
"""Names of a row's boxes that are no content of it."""
NOTHING_SAID = "nothing_said"
"""The code of a problem: there is neither a figure nor a reason."""
AS_IS = "as-is:"
"""Before a column's key: the box that says its text, taken over, may stay. No key has a colon."""


@dataclass
class Problem:
    """What is wrong with a box, or ("" as column) with a row."""

    key: str
    name: str
    column: str
    label: str
    message: str
    code: str = ""
    """What the write path calls it; "" where it cannot be read."""

    @property
    def target(self) -> str:
        """The id of what the list of problems leads to."""
        return f"{self.key}-{self.column}" if self.column else self.key


Texts = dict[str, str]
Values = dict[str, Any]


@dataclass
class Line(ABC):
    """A row somebody owes, with what is saved of it (`working` None: nothing yet)."""

    key: str
    fiscal_year: int
    period: str
    working: Any

    @property
    @abstractmethod
    def name(self) -> str:
        """How people call the row."""

    @property
    @abstractmethod
    def labels(self) -> Mapping[str, str | Promise]:
        """Column → how people call it, in order."""

    @property
    @abstractmethod
    def municipality_id(self) -> int:
        """The town it is of."""

    @abstractmethod
    def sections(self) -> set[int]:
        """The ids of the sections that answer for it in its year."""

    @abstractmethod
    def texts_of(self, row: Any) -> Texts:
        """Return what the boxes show of a row as saved once; None: of nothing."""

    @cached_property
    def texts(self) -> Texts:
        """What the boxes show of the row as it is saved."""
        return self.texts_of(self.working)

    @property
    def version(self) -> str:
        """What names the row's version on the page; "" where nothing is saved."""
        return "" if self.working is None else str(self.working.version)

    def is_same(self, column: str, one: str, other: str) -> bool:
        """Whether two texts of a box say the same."""
        return is_alike(one, other)

    def changed(self, texts: Texts, before: Texts) -> list[str]:
        """Return the columns in which `texts` says something else than `before`."""
        return [
            column
            for column, text in texts.items()
            if column in before and not self.is_same(column, text, before[column])
        ]

    def spoken(self, column: str, text: str) -> str:
        """Return what a box shows as people read it."""
        return text

    def problem(self, column: str, message: str, code: str = "") -> Problem:
        label = str(self.labels.get(column, ""))
        return Problem(self.key, self.name, column if label else "", label, message, code)

    def problems_of(self, error: ValidationError) -> list[Problem]:
        """Return what the write path says of the row, by box."""
        named = getattr(error, "error_dict", None) or {"": error.error_list}
        return [
            self.problem(self._column_of(name), message, each.code or "")
            for name, errors in named.items()
            for each in errors
            for message in each.messages
        ]

    def _column_of(self, name: str) -> str:
        return name

    @abstractmethod
    def read(self, texts: Texts) -> tuple[Values, list[Problem]]:
        """Return the values of the row's fields, and what cannot be read."""

    @abstractmethod
    def made(self, values: Values) -> Any:
        """Return the row with these values, a new one where there is none. Nothing is saved."""


def too_long(text: str) -> str:
    return _("%(found)d文字あります。%(most)d文字までにしてください。") % {
        "found": len(text),
        "most": MOST_LETTERS,
    }
