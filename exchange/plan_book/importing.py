"""Reads a workbook into a plan: everything is looked at, and all of it is written or nothing.

A preview is the import itself, undone at its end: what it says is what will happen.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from municipalities.access import require_planner
from municipalities.memory import without_garbage_collection
from municipalities.models import Municipality
from municipalities.uploads import Book, ErrorValue
from municipalities.uploads.complaints import Complaint
from plans.models import Plan

from . import scanning, waiting
from .columns import Column
from .reading import Line, Lines, find_sheet, lines_of, must_stand
from .shelf import Shelf
from .table import Faults, Item, Status, Table
from .tables import TABLES
from .taking import take
from .town_tables import PlanTable
from .values import CellError, as_text


@dataclass
class SheetOutcome:
    """What one sheet does: its rows, and how many lines cannot be read."""

    name: str
    items: list[Item] = field(default_factory=list)
    wrong: int = 0
    waiting: int = 0
    waits: list[waiting.Wait] = field(default_factory=list)
    """Lines, or parts of lines, that wait for another plan; `waiting` counts the whole ones."""

    @property
    def counts(self) -> dict[Status, int]:
        """How many lines (of actuals: cells) are new, changed, unchanged, waiting and wrong."""
        counts = Counter(item.status for item in self.items)
        counts[Status.WAITING] += self.waiting
        counts[Status.WRONG] += self.wrong
        return {status: counts[status] for status in Status}


@dataclass
class Outcome:
    """What an import did, or would do. Nothing has been written where `complaints` are there."""

    plan: Plan | None = None
    is_new: bool = False
    sheets: list[SheetOutcome] = field(default_factory=list)
    complaints: list[Complaint] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What was inferred or left unread, for people to look at."""

    @property
    def counts(self) -> dict[Status, int]:
        return {status: sum(sheet.counts[status] for sheet in self.sheets) for status in Status}

    @property
    def fingerprint(self) -> str:
        """What a person agrees to: an import that would write something else has another one."""
        told = hashlib.sha256()
        for sheet in self.sheets:
            told.update(f"{sheet.name}{sheet.counts}".encode())
            for item in sheet.items:
                if item.is_written:
                    place = item.number, item.column, str(item.status)
                    told.update(f"{place}{item.changes}".encode())
        return told.hexdigest()


class _Undo(Exception):  # noqa: N818
    """Leaves the transaction of a preview."""


def import_plan(
    book: Book,
    municipality: Municipality,
    *,
    by: Any,
    reason: str = "",
    dry_run: bool = False,
    expected: str | None = None,
) -> Outcome:
    """Write what the workbook says into a plan of `municipality`, and return what became of it.

    The plan is found by its address name; a new one begins as a draft. Where anything is wrong,
    with `dry_run`, or where the outcome is not the `expected` one (a fingerprint somebody agreed
    to), nothing is written. Planners only (`by` None: a command): raises as `require_planner`.
    """
    if by is not None:
        require_planner(by, municipality.pk)
    outcome = Outcome()
    try:
        with transaction.atomic(), without_garbage_collection():
            _Import(book, municipality, by, reason, outcome).run()
            stale = expected is not None and outcome.fingerprint != expected
            if dry_run or outcome.complaints or stale:
                raise _Undo
    except _Undo:
        pass
    return outcome


class _Import:
    """One run through all sheets."""

    def __init__(
        self, book: Book, municipality: Municipality, by: Any, reason: str, outcome: Outcome
    ) -> None:
        self.book, self.by, self.reason = book, by, reason
        self.shelf = Shelf(municipality)
        self.outcome = outcome
        self._lines_read: dict[Table, Lines] = {}

    def run(self) -> None:
        if self.book.kind != "xlsx":
            self._complain_of_book(_("計画の取込はExcelのブック（.xlsx）だけです。"))
            return
        sheets = {table: self._lines(table) for table in TABLES}
        plan_lines = sheets[TABLES[0]]
        if plan_lines is None or not plan_lines.rows:
            self._complain_of_book(
                _(
                    "シート「計画」に「アドレス名」の行がありません。ひな形のシートを使ってください。"
                )
            )
            return
        scanning.scan(self.shelf, {table.sheet: lines for table, lines in sheets.items() if lines})
        for table, lines in sheets.items():
            self._table(table, lines)
            if self.shelf.plan is None:
                return
        self.outcome.plan, self.outcome.notes = (
            self.shelf.plan,
            list(dict.fromkeys(self.shelf.notes)),
        )
        self._unread_sheets()
        self._count_written()
        if not self.outcome.complaints and self.shelf.plan.pk is not None:
            waiting.try_again(self.shelf.plan, self.by, self.reason, self.outcome.notes)

    # --- Sheets -----------------------------------------------------------------------------------

    def _lines(self, table: Table) -> Lines | None:
        sheet = find_sheet(self.book, table.sheet)
        if sheet is None or not any(cell is not None for row in sheet.rows for cell in row):
            return None
        lines = lines_of(sheet, table.columns, is_upright=table.is_upright)
        if lines is None:
            names = "、".join(column.name for column in must_stand(table.columns))
            self.outcome.complaints.append(
                Complaint(
                    sheet.name,
                    None,
                    None,
                    "",
                    _("見出し（%(names)s）の行が見つかりません。") % {"names": names},
                )
            )
        return lines

    def _table(self, table: Table, lines: Lines | None) -> None:
        stored = table.stored(self.shelf)
        for row in stored:
            self.shelf.keep(row)
        if isinstance(table, PlanTable):
            self.shelf.plan = None  # whichever the sheet names
        outcome = SheetOutcome(lines.name if lines else table.sheet)
        items: list[Item] = []
        if lines is not None:
            sheet = _Sheet(self, table, lines, outcome)
            items = take(table, lines, stored, self.shelf, sheet.complain, sheet.wait)
            self._unread_columns(table, lines)
        if isinstance(table, PlanTable) and self.shelf.plan is not None:
            self.outcome.is_new = self.shelf.plan_is_fresh
        faults = table.write(items, self.shelf, by=self.by, reason=self.reason)
        outcome.items = items
        if lines is not None:
            self.outcome.sheets.append(outcome)
        self._faults(faults)
        if lines is not None and self.shelf.plan is not None and self.shelf.plan.pk is not None:
            if sheet.waiting_lines or not self.outcome.is_new:
                waiting.keep(self.shelf.plan, table, sheet.waiting_lines, items)
            outcome.waits = sheet.waiting_lines
            outcome.waiting = sum(1 for each in sheet.waiting_lines if each.is_whole)

    def _faults(self, faults: Faults) -> None:
        for item, error in faults:
            lines = self._lines_read.get(item.table)
            item.status = Status.WRONG
            self.outcome.complaints += _complaints(item, error, lines, self.shelf)

    def _count_written(self) -> None:
        """Nothing is lost in silence: what is neither saved nor wrong would be an error of ours."""
        lost = [
            item
            for sheet in self.outcome.sheets
            for item in sheet.items
            if item.is_written and item.row.pk is None
        ]
        if lost and not self.outcome.complaints:
            raise AssertionError(f"{len(lost)} rows were read but not saved, such as {lost[0].row}")

    # --- What is left ---------------------------------------------------------------------------

    def _complain_of_book(self, message: str) -> None:
        self.outcome.complaints.append(Complaint("", None, None, "", message))

    def _unread_columns(self, table: Table, lines: Lines) -> None:
        known = set(lines.column_of(table.columns_for(self.shelf)))
        self._lines_read[table] = lines
        unread = [
            as_text(heading)
            for number, heading in lines.headings.items()
            if number not in known and not table.reads_heading(heading)
        ]
        if unread and not table.is_upright:
            self.shelf.notes.append(
                _("シート「%(sheet)s」の次の列は読みません：%(names)s")
                % {"sheet": lines.name, "names": "、".join(unread)}
            )

    def _unread_sheets(self) -> None:
        names = {find.name for table in TABLES if (find := find_sheet(self.book, table.sheet))}
        unread = [
            sheet.name
            for sheet in self.book.sheets
            if sheet.name not in names and sheet.name not in UNREAD
        ]
        if unread:
            self.outcome.notes.append(
                _("次のシートは読みません：%(names)s") % {"names": "、".join(unread)}
            )


UNREAD = frozenset({"はじめに", "記入例", "取込結果"})


class _Sheet:
    """Hears what is wrong or waits while one sheet is read."""

    def __init__(self, run: _Import, table: Table, lines: Lines, outcome: SheetOutcome) -> None:
        self.run, self.table, self.lines, self.outcome = run, table, lines, outcome
        self.waiting_lines: list[waiting.Wait] = []
        self._wrong: set[int] = set()

    def complain(self, line: Line, column: int | None, found: Any, message: str) -> None:
        place = _place(self.table, line.number, column)
        self.run.outcome.complaints.append(
            Complaint(self.lines.name, *place, _shown(found), message)
        )
        self._wrong.add(line.number)
        self.outcome.wrong = len(self._wrong)

    def wait(self, line: Line, columns: dict[int, Column], held: set[str], slug: str) -> None:
        try:
            self.waiting_lines.append(waiting.Wait.of(self.table, line, columns, held, slug))
        except CellError as error:  # an error value of Excel is nothing to keep
            self._complain_of_errors(line, columns, str(error))

    def _complain_of_errors(self, line: Line, columns: dict[int, Column], message: str) -> None:
        for number in columns:
            cell = line.cells.get(number)
            if isinstance(cell, ErrorValue):
                self.complain(line, number, cell, message)


def _place(table: Table, row: int, column: int | None) -> tuple[int | None, int | None]:
    """Return row and column of a cell in the sheet; an upright sheet is read turned."""
    return (column, row) if table.is_upright and column is not None else (row, column)


def _shown(found: Any) -> str:
    try:
        text = as_text(found)
    except CellError:
        text = str(found)
    return text if len(text) <= 60 else f"{text[:60]}…"


def _complaints(
    item: Item, error: ValidationError, lines: Lines | None, shelf: Shelf
) -> Iterator[Complaint]:
    """Yield what is wrong with a row, each by the cell that says it."""
    by_field: dict[str, int] = {}
    sheet = lines.name if lines else item.table.sheet
    if lines is not None:
        for number, column in lines.column_of(item.table.columns_for(shelf)).items():
            for name in column.fields:
                by_field.setdefault(name, number)
    first = min(by_field.values(), default=None)
    messages: dict[str, list[str]] = defaultdict(list)
    if hasattr(error, "error_dict"):
        messages |= error.message_dict
    else:
        messages[NON_FIELD_ERRORS] = error.messages
    for name, texts in messages.items():
        column = item.column if item.column is not None else by_field.get(name, first)
        found = ""
        if lines is not None and column is not None:
            line = next((each for each in lines.rows if each.number == item.number), None)
            found = _shown(line.cells.get(column)) if line else ""
        prefix = "" if name in by_field or name == NON_FIELD_ERRORS else _label(item.row, name)
        for text in texts:
            yield Complaint(
                sheet, *_place(item.table, item.number, column), found, f"{prefix}{text}"
            )


def _label(row: Any, name: str) -> str:
    try:
        return f"{row._meta.get_field(name).verbose_name}："
    except LookupError:
        return ""
