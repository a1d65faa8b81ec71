"""What goes into the entry workbooks of a request: the rows of the sections' sheets, read once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from municipalities.models import Department
from rounds.entry.desk import Desk
from rounds.entry.lines import Line
from rounds.entry.sheet import ReportTable, SheetRow, saved_rows
from rounds.models import Request
from rounds.requests.dues import Due


class SectionsDesk(Desk):
    """The sections before their sheets. Open is what they may enter themselves, whoever fetches
    the workbooks."""

    is_planner = False

    def __init__(self, request: Request, dues: list[Due]) -> None:
        super().__init__(request, department=None, user=None)
        self.dues = dues

    def owns(self, line: Line) -> bool:
        return True


@dataclass(frozen=True)
class Content:
    """What stands in the workbook of some sections (one; or those of a division together)."""

    request: Request
    name: str
    sections: tuple[Department, ...]
    figures: list[SheetRow]
    tables: list[ReportTable]

    @property
    def reports(self) -> int:
        return sum(len(table.rows) for table in self.tables)

    @property
    def year(self) -> str:
        return self.request.municipality.year_label(self.request.fiscal_year)

    @property
    def has_several_sections(self) -> bool:
        return len(self.sections) > 1


class Contents:
    """The rows of everything that is due, as it is saved; drafts stay on the screen. The number of
    queries depends neither on the rows nor on how many workbooks are made of them."""

    def __init__(self, request: Request, dues: Iterable[Due]) -> None:
        self.request = request
        self._figures, self._tables = saved_rows(SectionsDesk(request, [*dues]))

    def of(self, name: str, sections: Iterable[Department]) -> Content:
        """Return what some sections answer for today."""
        sections = tuple(sections)
        tables = [
            ReportTable(table.plan, table.columns, table.bands, rows, table.before)
            for table in self._tables
            if (rows := _of(table.rows, sections))
        ]
        return Content(self.request, name, sections, _of(self._figures, sections), tables)


def _of(rows: list[SheetRow], sections: tuple[Department, ...]) -> list[SheetRow]:
    return [row for row in rows if not set(sections).isdisjoint(row.due.sections)]
