"""The sheets of actuals: one with the values, a column a fiscal year, and one with what else is
said of some of them. Both speak of the same rows and are saved together."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from indicators.choices import MissingReason
from indicators.models import Actual, Series
from indicators.record_many import check_actuals, save_actuals
from municipalities import fiscal_year
from municipalities.fiscal_year import FiscalYearError
from plans.choices import WorkState

from . import values
from .columns import Column, linked, plain, plains
from .figure_tables import period_column, state_column
from .shelf import Shelf
from .table import Faults, Item, Table, hangs_on_unsaved, seen

Key = tuple[str, int, str]
REASONS = {values.folded(reason.label): reason for reason in MissingReason}


def key_of(row: Actual) -> Key:
    return row.series.code, row.fiscal_year, row.period


def year_of(heading: Any) -> int | None:
    """Return the fiscal year a heading names, None where it is no year."""
    if heading is None or isinstance(heading, bool):
        return None
    try:
        return fiscal_year.parse(heading if isinstance(heading, int) else values.as_text(heading))
    except FiscalYearError:
        return None


_YEAR_LIKE = re.compile(
    r"(令和|平成|昭和|西暦|[RHS]\.?|FY)? ?(元|[0-9]+)([年./-].*)?", re.IGNORECASE
)


def seems_year(heading: Any) -> bool:
    """Whether people mean a year by a heading, be it a fiscal year or not."""
    if year_of(heading) is not None or isinstance(heading, date):
        return True
    try:
        return _YEAR_LIKE.fullmatch(values.folded(heading)) is not None
    except values.CellError:
        return False


def read_value(cell: Any, series: Series, shelf: Shelf) -> tuple[Decimal | None, str]:
    """Return (value, "") or (None, the reason why there is none). Raises CellError."""
    reason = REASONS.get(values.folded(cell))
    if reason is not None:
        return None, reason
    if values.is_dash(cell):
        shelf.notes.append(
            _("系列 %(code)s：「－」を「%(reason)s」と読みました。")
            % {"code": series.code, "reason": MissingReason.NOT_STATED.label}
        )
        return None, MissingReason.NOT_STATED
    try:
        return values.figure().read(values.without_unit(cell, series.unit)), ""
    except values.CellError as error:
        names = "、".join(str(each.label) for each in MissingReason)
        raise values.CellError(
            _("%(problem)s値がないときは理由（%(names)s）を入力してください。")
            % {"problem": error, "names": names}
        ) from error


class ActualTable(Table):
    """A line a series and period, a column a year. A blank cell says nothing: what is stored
    stays."""

    sheet = "実績"
    about = (
        "系列ごと・年度ごとの実績値。値がないときは理由（未集計、調査のない年など）を書きます。"
        "空欄は「まだ何も言わない」、0は値です。"
    )
    model = Actual
    columns = (
        linked("系列", "series", Shelf.one_series, is_key=True, hint=_("系列のコード")),
        Column(
            "系列の名称",
            (),
            write=lambda row: row.series.name,
            read=lambda cell, shelf, row: None,
            current=lambda row: None,
            put=lambda row, value: None,
            hint=_("読み取りません"),
        ),
        Column(
            "単位",
            (),
            write=lambda row: row.series.unit or None,
            read=lambda cell, shelf, row: None,
            current=lambda row: None,
            put=lambda row, value: None,
            hint=_("読み取りません"),
        ),
        period_column(Actual),
    )

    def reads_heading(self, heading: Any) -> bool:
        return seems_year(heading)

    def stored(self, shelf: Shelf) -> list[Any]:
        series = [each.pk for each in shelf.series.values() if each.pk is not None]
        order = ("series__code", "period", "fiscal_year")
        rows = shelf.adopt(Actual.objects.filter(series__in=series).order_by(*order))
        shelf.actuals = {key_of(row): row for row in rows}
        return rows

    def key(self, row: Any) -> tuple[Any, ...]:
        return key_of(row)

    def new(self, shelf: Shelf) -> Any:
        return Actual(state=WorkState.CHECKED)

    def write(self, items: Sequence[Item], shelf: Shelf, *, by: Any, reason: str) -> Faults:
        shelf.actual_items = list(items)
        return []


class ActualNoteTable(Table):
    """What is said of an actual beside its value; saves the values as well."""

    sheet = "実績の補足"
    about = "速報値、訂正、注記、出典など、「実績」の値に添えること。"
    model = Actual
    columns = (
        linked("系列", "series", Shelf.one_series, is_key=True, hint=_("系列のコード")),
        plain(Actual, "fiscal_year", is_key=True),
        period_column(Actual),
        *plains(Actual, "is_provisional", "expected_on", "revision", "revision_reason"),
        *plains(Actual, "year_label", "value_label", "note", "internal_note"),
        *plains(Actual, "source", "source_url"),
        state_column(),
    )

    def stored(self, shelf: Shelf) -> list[Any]:
        return list(shelf.actuals.values())

    def exported(self, shelf: Shelf) -> list[Any]:
        """Those of which more is said than the value."""
        return [
            row
            for row in shelf.actuals.values()
            if any(column.write(row) is not None for column in self.columns[3:])
        ]

    def key(self, row: Any) -> tuple[Any, ...]:
        return key_of(row)

    def new(self, shelf: Shelf) -> Any:
        return Actual(state=WorkState.CHECKED)

    def write(self, items: Sequence[Item], shelf: Shelf, *, by: Any, reason: str) -> Faults:
        by_row = {id(item.row): item for item in (*items, *shelf.actual_items) if item.is_written}
        written = [item for item in by_row.values() if not hangs_on_unsaved(item.row)]
        if not written:
            return []
        rows = [item.row for item in written]
        fields = {
            name
            for item in (*items, *shelf.actual_items)
            if item.is_written
            for name in item.fields
        }
        problems = check_actuals(rows, by=by, fields=fields)
        good = [row for position, row in enumerate(rows) if position not in problems]
        try:
            save_actuals(good, by=by, reason=reason, fields=fields, expected_versions=seen(good))
        except ValidationError as error:
            problems.setdefault(0, error)
        return [(written[position], error) for position, error in problems.items()]
