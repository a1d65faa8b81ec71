"""施策進捗管理シート as typed rows: the actions of each measure with what the sections report."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from measures.models import Action, ReportColumn
from measures.outline import key_above
from municipalities import figures as typed
from plans.naming import node_name
from rounds.sheet_rows import (
    Source,
    form_of,
    rating_column,
    report_legend,
    sources_of,
)

from .editions import Edition, state_words


@dataclass(frozen=True)
class Column:
    key: str
    label: str
    kind: str
    unit: str


@dataclass(frozen=True)
class Row:
    """A row of a sheet; `cells` None: nothing to read, for the reason in `missing`. A cell is a
    text or a figure."""

    number: str
    title: str
    sections: tuple[str, ...]
    is_relisted: bool
    owner: str
    """Who owns the action that is listed again, "" for other rows."""
    cells: tuple[str | Decimal, ...] | None
    missing: str
    remarks: str


@dataclass(frozen=True)
class MeasureSheet:
    """The sheet of a measure, goal or policy; of the plan itself, `title` says so."""

    title: str
    short: str
    """For the tab: number and title."""
    above: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Sheets:
    edition: Edition
    columns: tuple[Column, ...]
    sheets: tuple[MeasureSheet, ...]
    legend_title: str
    legend: tuple[tuple[str, str], ...]
    legend_note: str

    @property
    def rows(self) -> list[Row]:
        return [row for sheet in self.sheets for row in sheet.rows]


def progress_sheets(edition: Edition) -> Sheets:
    """Return the sheets of an edition, in the order of the plan. The number of queries does not
    grow with the rows."""
    return _Builder(edition).sheets()


class _Builder:
    def __init__(self, edition: Edition) -> None:
        self.edition, self.plan = edition, edition.plan
        self.relisted = edition.plan.label_relisted or _("再掲")
        form = self._whole_form() if edition.is_internal else self._printed_form()
        self.columns = tuple(
            Column(cell["key"], cell["label"], cell["kind"], cell["unit"]) for cell in form
        )

    def _printed_form(self) -> Iterable[dict[str, Any]]:
        reports = self.edition.reports.values()
        return form_of(report for rows in reports for report in rows.values()).values()

    def _whole_form(self) -> Iterable[dict[str, Any]]:
        """Return all columns, those marked that are not public."""
        for column in ReportColumn.of_plan(self.plan):
            label = column.label if column.is_public else f"{column.label}{_('（庁内）')}"
            yield {"key": column.key, "label": label, "kind": column.kind, "unit": column.unit}

    def sheets(self) -> Sheets:
        column = rating_column([vars(column) for column in self.columns])
        legend = report_legend(self.plan, self.edition.publication) if column else None
        return Sheets(
            edition=self.edition,
            columns=self.columns,
            sheets=tuple(self._sheets()),
            legend_title=column["label"] if column else "",
            legend=tuple(
                (
                    band["symbol"] or band["label"],
                    "　".join(dict.fromkeys(filter(None, (band["label"], band["meaning"])))),
                )
                for band in (legend["bands"] if legend else ())
            ),
            legend_note=legend["note"] if legend else "",
        )

    def _sheets(self) -> Iterable[MeasureSheet]:
        if not (self.edition.is_internal or self.edition.reports):
            return
        of_node: dict[Any, list[Action]] = defaultdict(list)
        for action in self.edition.actions:
            of_node[key_above(action)].append(action)
        for key, actions in of_node.items():
            if not self.edition.is_wanted(self.edition.goal_of(key)):
                continue
            rows = [row for action in actions for row in self._rows(action)]
            if not rows:
                continue
            if key is None:
                yield MeasureSheet(_("計画全体"), _("計画全体"), "", tuple(rows))
                continue
            place = self.edition.places[key][1]
            yield MeasureSheet(
                title=node_name(self.plan, place.node),
                short=f"{place.node.label} {place.node.display_title}".strip(),
                above="　".join(node_name(self.plan, node) for node in place.above),
                rows=tuple(rows),
            )

    def _rows(self, action: Action) -> list[Row]:
        year = self.edition.fiscal_year
        sources = sources_of(action, year, self.edition.reports.get(action.pk, {}))
        named = [(source, source.departments(year)) for source in sources]
        owner = ""
        if named and not named[0][0].is_relisted:
            owner = "、".join(each["name"] for each in named[0][1]) or _("担当課の記載なし")
        return [
            self._row(action, source, departments, owner)
            for source, departments in named
            if self.edition.is_of_section(departments)
        ]

    def _row(
        self, action: Action, source: Source, departments: list[dict[str, str]], owner: str
    ) -> Row:
        report = source.report
        remarks = []
        if report is not None:
            remarks += [_("当サイトによる要約")] if report.texts_by_site else []
            remarks += [report.note] if report.note else []
            remarks += [state] if (state := state_words(report.state)) else []
        return Row(
            number=action.label,
            title=action.display_title,
            sections=tuple(each["name"] for each in departments),
            is_relisted=source.is_relisted,
            owner=owner if source.is_relisted else "",
            cells=None if report is None else self._cells(report.cells),
            missing=self._missing(source),
            remarks="\n".join(remarks),
        )

    def _missing(self, source: Source) -> str:
        if self.edition.is_internal and source.row is not None and source.report is None:
            return _("まだ入力されていません。")
        return source.missing

    def _cells(self, cells: list[dict[str, Any]]) -> tuple[str | Decimal, ...]:
        own = {cell["key"]: cell["value"] for cell in cells}
        return tuple(_cell(column, own.get(column.key)) for column in self.columns)


def _cell(column: Column, value: Any) -> str | Decimal:
    if value in ("", None, []):
        return ""
    match column.kind:
        case ReportColumn.Kind.LIST:
            return "\n".join(f"・{item}" for item in value)
        case ReportColumn.Kind.RATING:
            return value["symbol"] or value["label"]
        case ReportColumn.Kind.NUMBER:
            number = typed.read(value)
            return f"{value}{column.unit}" if number is None else number
    return str(value)
