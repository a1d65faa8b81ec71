"""The rows of the sheet: what their boxes are called, show and mean.

A line is a figure's or a report's. `texts` is what its boxes show of the row as saved; `read` turns
what was typed into values of the row's fields, `put` writes them into a row.
"""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indicators.choices import MissingReason
from indicators.models import Actual, Indicator, Series
from measures.models import ProgressReport, ReportColumn, ReportingRow
from municipalities import figures
from plans.choices import WorkState
from plans.models import Band, PlanScheme
from plans.moving import SECTION_STATES

from .reading import (
    MOST_LETTERS,
    cleaned,
    figure_text,
    is_alike,
    is_no_value,
    month_text,
    read_figure,
    read_month,
    short,
)

OWN_NAMES = frozenset(
    {"version", "choice", "clash", "clash_version", "confirmed", "handover", "handover_seen"}
)
"""Names of a row's boxes that are no content of it."""
FIGURE_OR_REASON = frozenset({"value", "missing_reason"})
"""The boxes one of which has to say something."""
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


# --- Figures ----------------------------------------------------------------------------------

FIGURE_LABELS: dict[str, Promise] = {
    "value": gettext_lazy("実績値"),
    "missing_reason": gettext_lazy("値のない理由"),
    "expected_on": gettext_lazy("確定予定月"),
    "is_provisional": gettext_lazy("速報値"),
    "note": gettext_lazy("注記（公開）"),
    "internal_note": gettext_lazy("注記（庁内）"),
}
FIGURE_FIELDS = tuple(FIGURE_LABELS)


@dataclass
class FigureLine(Line):
    """A series' figure of a year and period."""

    series: Series = field(kw_only=True)
    indicators: list[Indicator] = field(kw_only=True)
    course: list[Actual] | None = field(default=None, kw_only=True)
    """The series' figures up to the request's year; None: not read."""

    @property
    def name(self) -> str:
        first = self.indicators[0]
        return f"{first.label} {first.display_name}".strip()

    @property
    def labels(self) -> Mapping[str, str | Promise]:
        return FIGURE_LABELS

    @property
    def municipality_id(self) -> int:
        return self.series.municipality_id

    def sections(self) -> set[int]:
        owner = {self.series.owner_id} if self.series.owner_id else set()
        return owner | {
            link.department_id
            for indicator in self.indicators
            for link in indicator.responsibilities.all()
            if link.is_in_year(self.fiscal_year)
        }

    def texts_of(self, row: Actual | None) -> Texts:
        if row is None:
            return dict.fromkeys(FIGURE_FIELDS, "")
        return {
            "value": figure_text(row.value),
            "missing_reason": row.missing_reason,
            "expected_on": month_text(row.expected_on),
            "is_provisional": "on" if row.is_provisional else "",
            "note": row.note,
            "internal_note": row.internal_note,
        }

    def is_same(self, column: str, one: str, other: str) -> bool:
        if is_alike(one, other):
            return True
        try:
            if column == "value":
                return read_figure(one, self.series) == read_figure(other, self.series) and (
                    is_no_value(one) == is_no_value(other)
                )
            if column == "expected_on":
                return read_month(one) == read_month(other)
        except ValidationError:
            return False
        return False

    def spoken(self, column: str, text: str) -> str:
        if column == "missing_reason" and text in MissingReason.values:
            return str(MissingReason(text).label)
        if column == "is_provisional":
            return _("はい") if text else _("いいえ")
        return text

    def read(self, texts: Texts) -> tuple[Values, list[Problem]]:
        problems: list[Problem] = []

        def read(column: str, reader: Any) -> Any:
            try:
                return reader(texts[column])
            except ValidationError as error:
                problems.extend(self.problem(column, message) for message in error.messages)
                return None

        reason = texts["missing_reason"]
        if reason and reason not in MissingReason.values:
            text = _("「%(found)s」という理由はありません。一覧から選んでください。")
            problems.append(self.problem("missing_reason", text % {"found": short(reason)}))
        values = {
            "value": read("value", lambda text: read_figure(text, self.series)),
            "missing_reason": reason,
            "expected_on": read("expected_on", read_month),
            "is_provisional": bool(texts["is_provisional"]),
            "note": texts["note"].strip(),
            "internal_note": texts["internal_note"].strip(),
        }
        if values["value"] is not None:
            self._let_figure_arrive(values)
        if not problems:
            problems = self._contradictions(values, texts["value"])
        return values, problems

    def _let_figure_arrive(self, values: Values) -> None:
        """Take away what is saved of why there was no value, where a figure has come instead."""
        if self.working is None or self.working.value is not None:
            return
        for name, nothing in (("missing_reason", ""), ("expected_on", None)):
            if values[name] == getattr(self.working, name):
                values[name] = nothing

    def _contradictions(self, values: Values, typed: str) -> list[Problem]:
        if values["value"] is not None and values["missing_reason"]:
            text = _(
                "値（%(value)s）と、値のない理由（%(reason)s）の両方が入力されています。"
                "どちらか一方にしてください。"
            )
            said = {
                "value": short(typed.strip()),
                "reason": MissingReason(values["missing_reason"]).label,
            }
            return [self.problem("missing_reason", text % said)]
        if values["value"] is None and not values["missing_reason"]:
            if self.working is not None and self.working.value is not None:
                text = _("値（%(value)s）を消すときは、値のない理由を選んでください。") % {
                    "value": figure_text(self.working.value)
                }
            else:
                text = _("値か、値のない理由を入力してください（0は値です）。")
            return [self.problem("missing_reason", text, NOTHING_SAID)]
        if values["value"] is not None and values["expected_on"] is not None:
            text = _("確定予定月は、値のないときだけ入力します。値があるときは空欄にしてください。")
            return [self.problem("expected_on", text)]
        return []

    def made(self, values: Values) -> Actual:
        row = copy.copy(self.working) or Actual(fiscal_year=self.fiscal_year, period=self.period)
        row.series = self.series
        for name, value in values.items():
            setattr(row, name, value)
        is_vouched = row.state not in SECTION_STATES
        if is_vouched and row.arrives_over(self.working):
            row.state = WorkState.DRAFT  # whoever vouched did so for the waiting
        return row


# --- Reports ----------------------------------------------------------------------------------


@dataclass
class ReportLine(Line):
    """A row of a plan's progress sheet; reads the plan's prefetched columns, schemes and bands."""

    row: ReportingRow = field(kw_only=True)

    @property
    def plan(self) -> Any:
        return self.row.action.plan

    @property
    def name(self) -> str:
        relisted = f"（{self.plan.label_relisted or _('再掲')}）" if self.row.is_relisted else ""
        return f"{self.row.action}{relisted}"

    @cached_property
    def columns(self) -> dict[str, ReportColumn]:
        """The name of the box → column, in the order of the plan's form."""
        return {box_name(column.key): column for column in ReportColumn.of_plan(self.plan)}

    @property
    def labels(self) -> Mapping[str, str | Promise]:
        return {name: column.label for name, column in self.columns.items()}

    @property
    def municipality_id(self) -> int:
        return self.plan.municipality_id

    @cached_property
    def bands(self) -> list[Band]:
        """The classes of the plan's scheme for reports; [] where it has none in that year."""
        scheme = self.plan.scheme_in(PlanScheme.Subject.REPORTS, self.fiscal_year)
        return [] if scheme is None else list(scheme.bands.all())

    def sections(self) -> set[int]:
        return {
            link.department_id
            for link in self.row.departments.all()
            if link.is_in_year(self.fiscal_year)
        }

    def texts_of(self, row: ProgressReport | None) -> Texts:
        if row is None:
            return dict.fromkeys(self.columns, "")
        marks = {f"{AS_IS}{key}": "" for key in row.taken_over}
        return {name: content_text(row, column) for name, column in self.columns.items()} | marks

    def _column_of(self, name: str) -> str:
        key = name.removeprefix("extra.")
        return box_name(key)

    def is_same(self, column: str, one: str, other: str) -> bool:
        if is_alike(one, other):
            return True
        kind = self.columns[column].kind if column in self.columns else ""
        if kind == ReportColumn.Kind.NUMBER:
            value = figures.read(one)
            return value is not None and value == figures.read(other)
        return kind == ReportColumn.Kind.LIST and _lines(one) == _lines(other)

    def spoken(self, column: str, text: str) -> str:
        if column in self.columns and self.columns[column].kind == ReportColumn.Kind.RATING:
            return {str(band.pk): str(band) for band in self.bands}.get(text, text)
        return text

    def read(self, texts: Texts) -> tuple[Values, list[Problem]]:
        values: Values = {}
        problems: list[Problem] = []
        bands = {str(band.pk): band for band in self.bands}
        for name, column in self.columns.items():
            text = texts[name]
            if len(text) > MOST_LETTERS:
                problems.append(self.problem(name, too_long(text)))
            elif column.kind == ReportColumn.Kind.LIST:
                values[name] = _lines(text)
            elif column.kind != ReportColumn.Kind.RATING:
                values[name] = cleaned(text).strip()
            elif not text or text in bands:
                values[name] = bands.get(text)
            elif self.is_same(name, text, self.texts[name]):
                values[name] = self.working.rating  # of another scheme: the write path says so
            else:
                message = _("「%(found)s」という区分はありません。一覧から選んでください。")
                problems.append(self.problem(name, message % {"found": short(text)}))
        values |= {name: text for name, text in texts.items() if name.startswith(AS_IS)}
        return values, problems

    def made(self, values: Values) -> ProgressReport:
        row = copy.copy(self.working) or ProgressReport(
            fiscal_year=self.fiscal_year, period=self.period
        )
        row.row = self.row
        row.extra, row.taken_over = dict(row.extra), list(row.taken_over)
        for name, column in self.columns.items():
            if name in values and not self._is_as_saved(name, column, values[name]):
                row.set_value(column, values[name])
        accepted = {name.removeprefix(AS_IS) for name in values if values[name] and AS_IS in name}
        row.taken_over = [key for key in row.taken_over if key not in accepted]
        return row

    def _is_as_saved(self, name: str, column: ReportColumn, value: Any) -> bool:
        """Whether a text says what is saved: then that stays, to the letter."""
        if self.working is None or column.kind == ReportColumn.Kind.RATING:
            return False
        text = "\n".join(value) if isinstance(value, list) else value
        return self.is_same(name, text, self.texts[name])


def box_name(key: str) -> str:
    """Return how the box of a column is called within its row."""
    return f":{key}" if key in OWN_NAMES else key


def content_text(report: ProgressReport, column: ReportColumn) -> str:
    """Return what a report says in a column as its box shows it."""
    if column.kind == ReportColumn.Kind.RATING:
        return str(report.rating_id or "")
    value = report.value_of(column)
    return "\n".join(map(str, value)) if isinstance(value, list) else str(value)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in cleaned(text).splitlines() if line.strip()]
