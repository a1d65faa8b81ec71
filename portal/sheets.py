"""The progress sheet of a year: the rows of actions by section, in the plan's own form."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from measures.models import Action, ReportColumn
from plans.models import Plan
from plans.models.nodes import PlanNode
from rounds.models import Publication, PublishedReport
from rounds.published import reports_of, sheet_years
from rounds.sheet_rows import (
    Source,
    form_of,
    lived_in,
    rating_column,
    read_rows,
    report_legend,
    sources_of,
)

from .judgements import JudgementShown, band_shown
from .report_rows import Cell, cell_shown, relisted_badge
from .sections import Sections, SectionShown
from .wording import (
    PAGES,
    Badge,
    Link,
    ancestors,
    breadcrumbs,
    by_site,
    node_name,
    page_url,
    title_badges,
)
from .years import YearLink, YearPage, year_page


@dataclass(frozen=True)
class SheetColumn:
    label: str
    is_number: bool


@dataclass(frozen=True)
class SheetRow:
    """A row of the sheet; one without `cells` says in `missing` why."""

    anchor: str
    number: str
    title: str
    title_badges: list[Badge]
    sections: list[SectionShown]
    badges: list[Badge]
    owner: Link | None
    """Where the row lists the action again: the row of the section that owns it."""
    cells: list[Cell]
    missing: str
    note: str


@dataclass(frozen=True)
class Legend:
    """What the classes of a column mean, as they were in force."""

    title: str
    bands: list[JudgementShown]
    note: str


@dataclass(frozen=True)
class SheetTable:
    """The rows of one period, as its publication printed them."""

    period: str
    release: YearPage
    columns: list[SheetColumn]
    rows: list[SheetRow]
    blank: str
    """The columns in which no row says anything, joined; "" where every one says something."""
    legend: Legend | None


@dataclass(frozen=True)
class SheetPage:
    year: str
    title: str
    """The node whose sheet this is, with its number."""
    place: str
    """The names of what stands above, the nearest first."""
    url: str
    overview_url: str
    level: str
    """The plan's own name of an action."""
    tables: list[SheetTable]
    years: list[YearLink]
    breadcrumbs: list[Link]


# --- Addresses and years -----------------------------------------------------------------------


def sheet_url(plan: Plan, node: PlanNode | None, fiscal_year: int) -> str:
    """Return the address of the sheet of a goal, policy or measure; None: of the overview."""
    place: tuple[Any, ...] = plan.municipality.slug, plan.slug
    if node is None:
        return reverse("portal:sheets", args=[*place, fiscal_year])
    return reverse(f"portal:{PAGES[type(node)]}_sheet", args=[*place, node.code, fiscal_year])


def sheet_links(
    plan: Plan, node: PlanNode | None, years: Iterable[int], shown: int | None = None
) -> list[YearLink]:
    """Return the sheets of a node (None: the overviews) in `years`, the newest first; `shown` is
    the year whose page this is."""
    return [
        YearLink(plan.municipality.year_label(year), sheet_url(plan, node, year), year == shown)
        for year in sorted(years, reverse=True)
    ]


def years_of(
    publications: list[Publication], node: PlanNode, actions: list[Action]
) -> dict[int, list[Publication]]:
    """Return the years in which a node with these `actions` has a sheet → the publications that
    printed the plan's sheets of it: years with a report on any of them, and those in which one
    belonged to the plan while others were reported on. One query."""
    if not actions:
        return {}
    of_node = Q(**{f"action__{_parent_name(node)}": node})
    return {
        year: list(counts)
        for year, counts in sheet_years(publications, of_node).items()
        if any(counts.values()) or any(lived_in(action, year) for action in actions)
    }


def _parent_name(node: PlanNode) -> str:
    """Return the name of the foreign key by which an action hangs on such a node."""
    return next(
        name
        for name in Action.parent_names
        if Action._meta.get_field(name).related_model is type(node)
    )


# --- A page ------------------------------------------------------------------------------------


def sheet_page(
    plan: Plan, publications: list[Publication], node: PlanNode, fiscal_year: int
) -> SheetPage | None:
    """Return the sheet of a goal, policy or measure in a year; None where there is none. Seven
    queries, four more where an old publication kept no classes."""
    actions = list(node.actions.all())
    years = years_of(publications, node, actions)
    if fiscal_year not in years:
        return None
    year = plan.municipality.year_label(fiscal_year)
    above = ancestors(node)
    links = breadcrumbs(plan, *above, node)
    links[-1] = Link(links[-1].label, page_url(plan, node))
    return SheetPage(
        year=year,
        title=node_name(plan, node),
        place="｜".join(node_name(plan, other) for other in reversed(above)),
        url=page_url(plan, node),
        overview_url=sheet_url(plan, None, fiscal_year),
        level=plan.label_action or _("取組"),
        tables=sheet_tables(plan, years[fiscal_year], actions),
        years=sheet_links(plan, node, years, fiscal_year),
        breadcrumbs=[*links, Link(_("%(year)sの進捗管理シート") % {"year": year})],
    )


def sheet_tables(
    plan: Plan, publications: list[Publication], actions: list[Action]
) -> list[SheetTable]:
    """Return the rows of `actions` in each of the `publications`, which are of one year."""
    read_rows(actions)
    reports = reports_of(publications, actions)
    sections = Sections(plan.municipality)
    return [
        _Table(plan, publication, reports[publication.pk], sections).of(actions)
        for publication in publications
    ]


class _Table:
    """What the rows of one publication are made with."""

    def __init__(
        self,
        plan: Plan,
        publication: Publication,
        reports: dict[int, dict[int, PublishedReport]],
        sections: Sections,
    ) -> None:
        self.plan = plan
        self.publication = publication
        self.reports = reports
        self.sections = sections
        self.form = form_of(report for rows in reports.values() for report in rows.values())

    def of(self, actions: list[Action]) -> SheetTable:
        rows = [row for action in actions for row in self._rows(action)]
        filled = [row.cells for row in rows if row.cells]
        columns = list(zip(*filled, strict=True))
        return SheetTable(
            period=self.publication.period,
            release=year_page(self.plan, self.publication),
            columns=[
                SheetColumn(cell["label"], cell["kind"] == ReportColumn.Kind.NUMBER)
                for cell in self.form.values()
            ],
            rows=rows,
            blank=_("」「").join(
                cells[0].label for cells in columns if all(cell.is_blank for cell in cells)
            ),
            legend=self._legend(),
        )

    def _rows(self, action: Action) -> list[SheetRow]:
        sources = sources_of(action, self.publication.fiscal_year, self.reports[action.pk])
        if not sources:
            return []
        owner = None if sources[0].is_relisted else self._owner(action, sources[0])
        return [
            self._row(action, source, owner if source.is_relisted else None) for source in sources
        ]

    def _row(self, action: Action, source: Source, owner: Link | None) -> SheetRow:
        report = source.report
        badges = [relisted_badge(self.plan)] if source.is_relisted else []
        if report is not None and report.texts_by_site:
            badges.append(by_site())
        return SheetRow(
            anchor=self._anchor(action, source),
            number=action.label,
            title=action.display_title,
            title_badges=title_badges(action),
            sections=self._sections(source),
            badges=badges,
            owner=owner,
            cells=[] if report is None else self._cells(report),
            missing=source.missing,
            note="" if report is None else report.note,
        )

    def _owner(self, action: Action, source: Source) -> Link:
        names = _("、").join(section.name for section in self._sections(source))
        return Link(names or _("担当課の記載なし"), f"#{self._anchor(action, source)}")

    def _anchor(self, action: Action, source: Source) -> str:
        return f"{self.publication.period}-{action.code}-{source.order}"

    def _sections(self, source: Source) -> list[SectionShown]:
        year = self.publication.fiscal_year
        return self.sections.show(source.departments(year), year)

    def _cells(self, report: PublishedReport) -> list[Cell]:
        own = {cell["key"]: cell for cell in report.cells}
        return [
            cell_shown(own.get(key) or {**cell, "value": None}) for key, cell in self.form.items()
        ]

    def _legend(self) -> Legend | None:
        column = rating_column(self.form.values())
        legend = report_legend(self.plan, self.publication) if column else None
        return legend_shown(legend, column["label"]) if legend and column else None


# --- Legend -----------------------------------------------------------------------------------


def legend_shown(legend: dict[str, Any], column: str) -> Legend:
    return Legend(
        title=_("%(column)sの凡例") % {"column": column},
        bands=[replace(band_shown(band), meaning=band["meaning"]) for band in legend["bands"]],
        note=legend["note"],
    )
