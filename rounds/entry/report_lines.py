"""The reports of the sheet: what the boxes of a plan's own form show and mean."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from measures.models import ProgressReport, ReportColumn, ReportingRow
from municipalities import figures
from plans.models import Band, PlanScheme

from .lines import AS_IS, OWN_NAMES, Line, Problem, Texts, Values, too_long
from .reading import MOST_LETTERS, cleaned, is_alike, is_no_value, short, without_unit


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
            unit = self.columns[column].unit
            one, other = _number(one, unit), _number(other, unit)
            value = figures.read(one)
            return one == other or (value is not None and value == figures.read(other))
        return kind == ReportColumn.Kind.LIST and _lines(one) == _lines(other)

    def spoken(self, column: str, text: str) -> str:
        if column in self.columns and self.columns[column].kind == ReportColumn.Kind.RATING:
            bands = {str(band.pk): str(band) for band in self.bands}
            if text and text not in bands and text == self.texts[column]:
                return str(self.working.rating)  # of a scheme the plan has had before
            return bands.get(text, text)
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
            elif column.kind == ReportColumn.Kind.NUMBER:
                values[name] = _number(text, column.unit)
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


def _number(text: str, unit: str) -> str:
    """Return a number as it was typed, without the sign of its column's own unit; "" for － and the
    like, as of figures."""
    typed = cleaned(text).strip()
    if is_no_value(typed):
        return ""
    bare = without_unit(typed, unit)
    is_number_only_so = figures.read(typed) is None and figures.read(bare) is not None
    return bare if is_number_only_so else typed
