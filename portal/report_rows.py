"""Actions with what the sections reported on them, from the published rows of the sheet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects
from django.utils.translation import gettext as _

from measures.models import Action, ReportColumn, ReportingDepartment, ReportingRow
from plans.models import Plan
from rounds.models import Publication, PublishedReport
from rounds.published import latest_reports

from .sections import Sections, SectionShown
from .structure import TreeNode, node_of
from .wording import Badge, by_site, lifetime_words, this_fiscal_year


@dataclass(frozen=True)
class Cell:
    """A column of the sheet: text, a list, a rating or a number; all empty where it is blank."""

    label: str
    text: str = ""
    items: tuple[str, ...] = ()
    rating: dict[str, Any] | None = None
    unit: str = ""


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
    links = ReportingDepartment.objects.select_related("department")
    prefetch_related_objects(actions, "rows", Prefetch("rows__departments", links))
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
    badges = [Badge(plan.label_relisted or _("再掲"))] if is_relisted else []
    if report is None:
        now = [
            {"code": department.code, "name": department.name}
            for department in row.departments_in(this_fiscal_year())
        ]
        return ReportRow(sections.show(now), "", badges, [], lifetime_words(plan.municipality, row))
    publication = report.publication
    year = plan.municipality.year_label(publication.fiscal_year)
    if report.texts_by_site:
        badges.append(by_site())
    return ReportRow(
        sections=sections.show(report.departments),
        time=f"{year} {plan.period_name(publication.period)}",
        badges=badges,
        cells=[_cell(cell) for cell in report.cells],
        lifetime=lifetime_words(plan.municipality, row),
    )


def _cell(cell: dict[str, Any]) -> Cell:
    value, label = cell["value"], cell["label"]
    match cell["kind"]:
        case ReportColumn.Kind.LIST:
            return Cell(label, items=tuple(value or ()))
        case ReportColumn.Kind.RATING:
            return Cell(label, rating=value or None)
        case ReportColumn.Kind.NUMBER if value not in ("", None):
            return Cell(label, text=_number(value), unit=cell["unit"])
    return Cell(label, text="" if value is None else str(value))


def _number(value: Any) -> str:
    try:
        return f"{Decimal(str(value)):,f}"
    except InvalidOperation:
        return str(value)
