"""Entry workbooks as their readers find them: by ids and keys, whatever else stands there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import openpyxl
from django.utils import timezone
from openpyxl.cell import Cell

from exchange.entry_book import layout
from exchange.entry_book.content import Contents
from exchange.entry_book.cover import Letter
from exchange.entry_book.workbook import entry_workbook
from municipalities.models import Department
from plans.models import Plan
from rounds.models import Request
from rounds.requests.dues import dues_of

from . import factories as make
from .people import People

TECHNICAL = {layout.ABOUT, layout.CHOICES, str(layout.COVER)}


def book_for(request: Request, *sections: Department, letter: Letter | None = None) -> bytes:
    """Return the workbook of some sections."""
    content = Contents(request, dues_of(request)).of(sections[0].name, sections)
    return entry_workbook(content, letter or Letter(), timezone.now())


@dataclass
class DataSheet:
    """A sheet of rows: `rows` is key → id of a column → cell."""

    worksheet: Any
    technical: int
    columns: dict[str, int]
    rows: dict[str, dict[str, Cell]] = field(default_factory=dict)

    def texts(self, key: str) -> dict[str, str]:
        """Return what the boxes' cells of a row say, as text."""
        return {
            id: "" if cell.value is None else str(cell.value)
            for id, cell in self.rows[key].items()
            if not id.startswith(layout.READ_ONLY)
        }

    def open_cells(self) -> set[str]:
        return {
            cell.coordinate
            for row in self.worksheet.iter_rows()
            for cell in row
            if not cell.protection.locked
        }

    def rule(self, cell: Cell) -> Any:
        """Return the rule that holds for a cell, None for none."""
        rules = [
            rule
            for rule in self.worksheet.data_validations.dataValidation
            if cell.coordinate in rule.sqref
        ]
        assert len(rules) <= 1
        return rules[0] if rules else None


@dataclass
class EntryBook:
    workbook: Any
    sheets: list[DataSheet]
    about: dict[str, str]

    @property
    def keys(self) -> list[str]:
        return [key for sheet in self.sheets for key in sheet.rows]

    def sheet_of(self, key: str) -> DataSheet:
        (found,) = [sheet for sheet in self.sheets if key in sheet.rows]
        return found

    def cell(self, key: str, id: str) -> Cell:
        return self.sheet_of(key).rows[key][id]

    def texts(self, key: str) -> dict[str, str]:
        return self.sheet_of(key).texts(key)

    def words(self) -> list[str]:
        """Return all texts people can see."""
        return [
            str(cell.value)
            for sheet in self.workbook
            for row in sheet.iter_rows()
            for cell in row
            if cell.value is not None
        ]

    def offered(self, cell: Cell) -> list[str]:
        """Return what a drop-down offers."""
        rule = self.sheet_of_cell(cell).rule(cell)
        name, _mark, area = rule.formula1.rpartition("!")
        choices = self.workbook[name.strip("'")]
        return [each.value for row in choices[area.replace("$", "")] for each in _row(row)]

    def sheet_of_cell(self, cell: Cell) -> DataSheet:
        return next(sheet for sheet in self.sheets if sheet.worksheet is cell.parent)


def _row(row: Any) -> Iterable[Cell]:
    return row if isinstance(row, tuple) else (row,)


def opened(content: bytes) -> EntryBook:
    """Return a workbook as it is read back."""
    workbook = openpyxl.load_workbook(BytesIO(content))
    about = {row[0].value: row[1].value for row in workbook[layout.ABOUT].iter_rows()}
    sheets = [_read(sheet) for sheet in workbook if sheet.title not in TECHNICAL]
    return EntryBook(workbook, sheets, about)


def _read(worksheet: Any) -> DataSheet:
    rows = list(worksheet.iter_rows())
    technical = next(
        number for number, row in enumerate(rows) if layout.KEY in [cell.value for cell in row]
    )
    columns = {cell.value: place for place, cell in enumerate(rows[technical]) if cell.value}
    found = DataSheet(worksheet, technical + 1, columns)
    for row in rows[technical + 1 :]:
        key = row[columns[layout.KEY]].value
        if key and key != layout.READ_ONLY:
            assert key not in found.rows
            found.rows[key] = {id: row[place] for id, place in columns.items()}
    return found


def unzipped(content: bytes) -> dict[str, EntryBook]:
    """Return the workbooks of a ZIP by name."""
    with ZipFile(BytesIO(content)) as archive:
        return {name: opened(archive.read(name)) for name in archive.namelist()}


def book_of(request: Request, *sections: Department) -> EntryBook:
    """Return the workbook of some sections as it is read back."""
    return opened(book_for(request, *sections))


# --- What is asked ----------------------------------------------------------------------------


def _add_columns(plan: Plan) -> None:
    make.make_scheme(plan=plan)
    make.make_column(plan, "cost", label="決算額", kind="number", unit="千円")
    make.make_column(plan, "next", label="来年度", kind="choice", choices=["拡充, 継続", "縮小"])
    make.make_column(plan, "memo", label="メモ", max_length=40, is_public=False)


def ask_of_every_kind(people: People, plan: Plan) -> Request:
    """Two plans; figures and reports of two sections, begun, joint, late, closed."""
    other = make.make_plan(people.kita, title="総合戦略")
    make.make_column(other, "result", label="成果（戦略）", order=1)
    _add_columns(plan)
    shared = make.make_series(people.kita, name="見守り訪問", definition="延べ回数", unit="回")
    for each in (plan, other):
        make.make_target(make.make_indicator(each, shared, [people.welfare]), 2023, 120)
    make.make_actual(shared, 2022, 1050, note="速報による")
    make.make_actual(shared, 2023, "12.5", state="draft", note="注", is_provisional=True)
    late = make.make_indicator(plan, departments=[people.welfare]).series
    awaited = {"missing_reason": "not_compiled", "expected_on": date(2024, 5, 1)}
    make.make_actual(late, 2022, None, state="draft", **awaited)
    make.make_actual(late, 2023, 5, state="approved")
    make.make_indicator(plan, departments=[people.finance])
    joint = make.make_row(make.make_action(plan), [people.welfare, people.finance])
    extra = {"cost": "-1200.50", "next": "縮小"}
    make.make_report(joint, result="1行目\n2行目", projects=["あ", "い"], extra=extra)
    make.make_report(joint, fiscal_year=2022, result="去年の成果")
    joint.reports.filter(fiscal_year=2023).update(
        state="draft", rating=plan.schemes.first().scheme.bands.all()[1]
    )
    make.make_row(make.make_action(other), [people.welfare])
    return make.make_request(plan, other, deadline=date(2024, 5, 31), document_number="企第1号")
