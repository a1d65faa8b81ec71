"""The rows of a progress sheet as one publication printed them, with the plan's rows of today.

What the pages show and the reports print of a sheet comes from here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects
from django.utils.translation import gettext as _

from measures.models import Action, ReportColumn, ReportingDepartment, ReportingRow
from measures.outline import ancestors
from plans.models import Plan, PlanNode, PlanScheme

from .frozen import freeze_departments, freeze_legend
from .models import Publication, PublishedReport

Cell = dict[str, Any]
"""A column of a report as a publication keeps it; see `frozen.freeze_cells`."""


def lived_in(node: PlanNode, year: int) -> bool:
    """Whether a node and everything above it belonged to the plan in a fiscal year. Reads the
    selected parents."""
    return all(each.is_in_year(year) for each in (node, *ancestors(node)))


def read_rows(actions: list[Action]) -> None:
    """Read the rows of actions with their sections. Two queries."""
    links = ReportingDepartment.objects.select_related("department")
    prefetch_related_objects(actions, "rows", Prefetch("rows__departments", links))


@dataclass(frozen=True)
class Source:
    """What a row is made of: the plan's row of today, the published report, or both."""

    order: int
    row: ReportingRow | None = None
    report: PublishedReport | None = None

    @property
    def is_relisted(self) -> bool:
        found = self.report or self.row
        return found is not None and found.is_relisted

    @property
    def missing(self) -> str:
        """Why there is nothing to read; "" for a published report."""
        if self.report is not None:
            return ""
        if self.row is not None:
            return _("この行の報告は公表されていません。")
        return _("進捗管理シートに、この取組の行はありません。")

    def departments(self, year: int) -> list[dict[str, str]]:
        """Return the sections as published, else those that were to report."""
        if self.report is not None:
            return self.report.departments
        return [] if self.row is None else freeze_departments(self.row.departments_in(year))


def sources_of(action: Action, year: int, reports: Mapping[int, PublishedReport]) -> list[Source]:
    """Return the rows of an action in a year: its owner's first, then the relisted ones; one that
    says so where there is none, nothing where the action was not in the plan. Reads the selected
    parents and the rows of `read_rows`."""
    is_there = lived_in(action, year)
    if not is_there and not reports:
        return []
    own = {row.order: row for row in action.rows.all() if is_there and row.is_in_year(year)}
    sources = [Source(order, own.get(order), reports.get(order)) for order in own | reports]
    sources.sort(key=lambda source: (source.is_relisted, source.order))
    return sources or [Source(0)]


def form_of(reports: Iterable[PublishedReport]) -> dict[str, Cell]:
    """Return the columns of a publication by key. All its rows are of one form; a later row may
    not take a column away."""
    return {cell["key"]: cell for report in reports for cell in report.cells}


# --- Ratings -----------------------------------------------------------------------------------


Classes = dict[tuple[str, str], dict[str, Any]]
"""The classes of a rating by symbol and label, the best first."""


def rating_column(cells: Iterable[Cell]) -> Cell | None:
    """Return the cell of the rating among those of a report; None where the form has none."""
    return next((cell for cell in cells if cell["kind"] == ReportColumn.Kind.RATING), None)


def report_legend(plan: Plan, publication: Publication) -> dict[str, Any] | None:
    """Return the classes of the sheet as the publication kept them; those of today where it is so
    old that it kept none at all. None where the plan had none."""
    if publication.legends:
        return publication.legends.get(PlanScheme.Subject.REPORTS)
    scheme = plan.scheme_in(PlanScheme.Subject.REPORTS, publication.fiscal_year)
    return None if scheme is None else freeze_legend(scheme)


def shared_column(reports: Iterable[PublishedReport]) -> Cell | None:
    """Return the column of the rating in reports of one publication; None where none has one."""
    columns = (rating_column(report.cells) for report in reports)
    return next((column for column in columns if column is not None), None)


def classes_of(reports: Iterable[PublishedReport], legend: dict[str, Any] | None) -> Classes:
    """Return the classes that were in force, as the publication's `legend` keeps them, and any
    other that a row bears."""
    columns = [rating_column(report.cells) for report in reports]
    if not any(columns):
        return {}
    found = [column["value"] for column in columns if column and column["value"]]
    classes: Classes = {}
    for band in [*(legend["bands"] if legend else ()), *found]:
        classes.setdefault(key_of(band), band)
    return classes


@dataclass(frozen=True)
class Ratings:
    """Counts that add up: of each class, of published rows without a rating, and of actions of
    which the section that owns them has published nothing."""

    bands: tuple[tuple[dict[str, Any], int], ...]
    blank: int
    missing: int

    @property
    def rated(self) -> int:
        return sum(count for _band, count in self.bands)

    @property
    def total(self) -> int:
        return self.rated + self.blank + self.missing


def count_ratings(reports: list[PublishedReport], classes: Classes, missing: int = 0) -> Ratings:
    """Count reports by the class of their rating."""
    columns = [rating_column(report.cells) for report in reports]
    rated = Counter(key_of(column["value"]) for column in columns if column and column["value"])
    return Ratings(
        bands=tuple((band, rated[key]) for key, band in classes.items()),
        blank=len(reports) - rated.total(),
        missing=missing,
    )


def owned_reports(
    actions: Iterable[Action], reports: Mapping[int, Mapping[int, PublishedReport]]
) -> list[PublishedReport | None]:
    """Return the row of each action by the section that owns it, None where there is none."""
    rows = (reports.get(action.pk, {}).values() for action in actions)
    return [next((row for row in found if not row.is_relisted), None) for found in rows]


def key_of(band: dict[str, Any]) -> tuple[str, str]:
    return band["symbol"], band["label"]
