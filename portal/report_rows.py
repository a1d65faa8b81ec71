"""Actions with what the sections reported on them, from the published rows of the sheet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from measures.models import Action, ReportColumn, ReportingRow
from municipalities import figures as typed
from plans.models import Plan
from rounds.frozen import freeze_departments
from rounds.models import Publication, PublishedReport
from rounds.published import latest_reports
from rounds.sheet_rows import read_rows

from . import figures
from .figures import Shown
from .judgements import JudgementShown, band_shown
from .sections import Sections, SectionShown
from .structure import TreeNode, node_of
from .wording import Badge, by_site, lifetime_words, this_fiscal_year


@dataclass(frozen=True)
class Cell:
    """A column of the sheet: text, a list, a rating or a number; all empty where it is blank."""

    label: str
    text: str = ""
    items: tuple[str, ...] = ()
    rating: JudgementShown | None = None
    number: Shown | None = None

    @property
    def is_blank(self) -> bool:
        """Whether the section wrote nothing here; 0 is a figure."""
        return not (self.text.strip() or self.items or self.rating or self.number)


@dataclass(frozen=True)
class ReportRow:
    sections: list[SectionShown]
    time: str
    """Of which year and period the report is; "" where nothing has been published yet."""
    badges: list[Badge]
    cells: list[Cell]
    lifetime: str


@dataclass(frozen=True)
class ActionShown:
    node: TreeNode
    anchor: str
    items: list[str]
    rows: list[ReportRow]
    note: str
    has_sheet: bool
    """Whether the plan keeps a progress sheet at all; if so, an action without row says so."""


def actions_of(
    plan: Plan, publications: list[Publication], actions: Iterable[Action], heading: int = 3
) -> list[ActionShown]:
    """Return the actions with their reporting rows. Seven queries at most."""
    actions = list(actions)
    if not actions:
        return []
    read_rows(actions)
    reports = latest_reports(publications, actions)
    sections = Sections(plan.municipality)
    has_sheet = (
        any(action.rows.all() for action in actions)
        or ReportingRow.objects.filter(action__plan=plan).exists()
    )
    return [
        ActionShown(
            node=node_of(plan, action, heading),
            anchor=f"action-{action.code}",
            items=list(action.named_items),
            rows=[
                _row(plan, row, reports[action.pk].get(row.order), sections)
                for row in action.rows.all()
            ],
            note=action.note,
            has_sheet=has_sheet,
        )
        for action in actions
    ]


def _row(
    plan: Plan, row: ReportingRow, report: PublishedReport | None, sections: Sections
) -> ReportRow:
    is_relisted = row.is_relisted if report is None else report.is_relisted
    badges = [relisted_badge(plan)] if is_relisted else []
    if report is None:
        year = this_fiscal_year()
        now = freeze_departments(row.departments_in(year))
        return ReportRow(
            sections.show(now, year), "", badges, [], lifetime_words(plan.municipality, row)
        )
    publication = report.publication
    time = plan.municipality.year_label(publication.fiscal_year)
    if report.texts_by_site:
        badges.append(by_site())
    return ReportRow(
        sections=sections.show(report.departments, publication.fiscal_year),
        time=f"{time} {plan.period_name(publication.period)}",
        badges=badges,
        cells=[cell_shown(cell) for cell in report.cells],
        lifetime=lifetime_words(plan.municipality, row),
    )


def relisted_badge(plan: Plan) -> Badge:
    """Return the mark of a row that lists an action again, in the plan's own word."""
    return Badge(plan.label_relisted or _("再掲"))


def cell_shown(cell: dict[str, Any]) -> Cell:
    """Return a frozen cell as it is printed."""
    value, label = cell["value"], cell["label"]
    if value in ("", None):
        return Cell(label)
    match cell["kind"]:
        case ReportColumn.Kind.LIST:
            return Cell(label, items=tuple(value))
        case ReportColumn.Kind.RATING:
            return Cell(label, rating=band_shown(value))
        case ReportColumn.Kind.NUMBER if (number := typed.read(value)) is not None:
            decimals = max(0, -int(number.as_tuple().exponent))
            return Cell(label, number=figures.show(number, decimals, cell["unit"]))
        case ReportColumn.Kind.NUMBER:
            return Cell(label, text=f"{value}{cell['unit']}")
    return Cell(label, text=str(value))
