"""The figures of the sheet: what a series' boxes show and mean."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indicators.choices import MissingReason
from indicators.models import Actual, Indicator, Series
from plans.choices import WorkState
from plans.moving import SECTION_STATES

from .lines import NOTHING_SAID, Line, Problem, Texts, Values
from .reading import (
    figure_text,
    is_alike,
    is_no_value,
    month_text,
    read_figure,
    read_month,
    short,
)

FIGURE_LABELS: dict[str, Promise] = {
    "value": gettext_lazy("実績値"),
    "missing_reason": gettext_lazy("値のない理由"),
    "expected_on": gettext_lazy("確定予定月"),
    "is_provisional": gettext_lazy("速報値"),
    "note": gettext_lazy("注記（公開）"),
    "internal_note": gettext_lazy("注記（庁内）"),
}
FIGURE_FIELDS = tuple(FIGURE_LABELS)
FIGURE_OR_REASON = frozenset({"value", "missing_reason"})
"""The boxes one of which has to say something."""


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
