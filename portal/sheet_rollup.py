"""What the ratings of a year's sheets come to: per goal, policy, section and in all.

An action counts once, by its owner's row. A section's line counts every row the section reports,
relisted and joint ones included, so these lines may add up to more than the total.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from django.utils.translation import gettext as _

from measures.models import Action, Measure
from plans.models import BasicGoal, Plan, Policy
from plans.models.nodes import PlanNode
from rounds.models import Publication, PublishedReport
from rounds.published import Reports, reports_of, sheet_years
from rounds.sheet_rows import (
    Classes,
    classes_of,
    count_ratings,
    lived_in,
    owned_reports,
    report_legend,
    shared_column,
)

from .judgements import JudgementShown, band_shown
from .report_rows import relisted_badge
from .sections import Sections, SectionShown
from .sheets import (
    SheetTable,
    sheet_links,
    sheet_tables,
    sheet_url,
)
from .structure import TreeNode, tree
from .wording import Link, breadcrumbs, node_name, plan_url
from .years import YearLink, YearPage, year_page, year_url


@dataclass(frozen=True)
class Tally:
    """Counts that add up: `total` is the sum of the `bands`, of the `blank` ones and of those
    `missing`. Nothing is a part of anything else."""

    bands: list[tuple[JudgementShown, int]]
    """Empty where the form has no public rating."""
    blank: int
    """Published rows without a rating."""
    missing: int
    """Actions of which nothing has been published by the section that owns them."""

    @property
    def rated(self) -> int:
        return sum(count for _band, count in self.bands)

    @property
    def reported(self) -> int:
        return self.rated + self.blank

    @property
    def total(self) -> int:
        return self.reported + self.missing


@dataclass(frozen=True)
class TallyLine:
    name: str
    tally: Tally
    url: str = ""
    sections: tuple[SectionShown, ...] = ()
    """A section is named as it was then; other lines have none."""
    is_part: bool = False
    """Whether the line above it counts the same actions too."""


@dataclass(frozen=True)
class PeriodTally:
    """The ratings of one publication."""

    period: str
    title: str
    """Year, period and what is counted: 令和6年度 年度末実績の達成度."""
    release: YearPage
    column: str
    """What the plan calls its rating, "" where the form has no public one."""
    total: Tally
    nodes: list[TallyLine]
    sections: list[TallyLine]


@dataclass(frozen=True)
class RowCount:
    """How many rows of a sheet a publication printed, and how many list an action again."""

    subject: str
    rows: int
    relisted: int


@dataclass(frozen=True)
class SheetListed:
    """A node in the list of sheets; one without any action in the year has no `url`."""

    name: str
    url: str
    counts: list[RowCount]


@dataclass(frozen=True)
class SheetGroup:
    """The sheets of one goal or policy; "" where there is none above them."""

    title: str
    sheets: list[SheetListed]


@dataclass(frozen=True)
class SheetsPage:
    year: str
    year_url: str
    level: str
    """The plan's own name of an action."""
    relisted: str
    """The plan's own word for a row that lists an action again."""
    groups: list[SheetGroup]
    own: list[SheetTable]
    """The rows of the actions that hang on the plan itself."""
    tallies: list[PeriodTally]
    years: list[YearLink]
    breadcrumbs: list[Link]


def sheets_page(plan: Plan, publications: list[Publication], fiscal_year: int) -> SheetsPage | None:
    """Return the overview of a plan's sheets of a year; None where nothing has been published of
    them. Ten queries, five more with actions on the plan itself."""
    years = sheet_years(publications)
    if fiscal_year not in years:
        return None
    year = plan.municipality.year_label(fiscal_year)
    of_year = list(years[fiscal_year])
    reports = reports_of(of_year)
    plan_year = _PlanYear(plan, fiscal_year, reports)
    sections = Sections(plan.municipality)
    own = plan_year.own_actions()
    links = breadcrumbs(plan)
    links[-1] = Link(str(plan), plan_url(plan))
    return SheetsPage(
        year=year,
        year_url=year_url(plan, fiscal_year),
        level=plan.label_action or _("取組"),
        relisted=relisted_badge(plan).label,
        groups=plan_year.groups(of_year),
        own=sheet_tables(plan, of_year, own) if own else [],
        tallies=[
            _Ratings(plan_year, publication, reports[publication.pk], sections).tally()
            for publication in of_year
        ],
        years=sheet_links(plan, None, years, fiscal_year),
        breadcrumbs=[*links, Link(_("%(year)sの進捗管理シート") % {"year": year})],
    )


class _PlanYear:
    """The levels of a plan with the actions that belong to it in a year: those that lived in it,
    and those of which a publication of the year holds a report. Six queries."""

    def __init__(self, plan: Plan, year: int, reports: Reports) -> None:
        self.plan = plan
        self.year = year
        self.reports = reports
        self.branches = tree(plan)
        reported = {action for of_actions in reports.values() for action in of_actions}
        actions = Action.objects.filter(plan=plan).select_related(
            "basic_goal", "policy__basic_goal", "measure__basic_goal", "measure__policy__basic_goal"
        )
        self.actions: dict[PlanNode | None, list[Action]] = defaultdict(list)
        for action in actions:
            if action.pk in reported or lived_in(action, year):
                self.actions[action.parent].append(action)
        self.present = set(self._present(self.branches))

    def own_actions(self) -> list[Action]:
        return self.actions[None]

    def below(self, node: TreeNode) -> list[Action]:
        """Return the actions of a node and of everything below it, in order."""
        return [action for each in node.walk() for action in self.actions.get(each.row, ())]

    def in_order(self) -> list[Action]:
        """Return every action of the year, those of the plan itself last."""
        return [
            *(action for top in self.branches for action in self.below(top)),
            *self.own_actions(),
        ]

    def _present(self, nodes: list[TreeNode], is_there: bool = True) -> Iterator[PlanNode]:
        """Yield the nodes that lived in the year, or below which an action belongs to it."""
        for node in nodes:
            lives = is_there and node.row.is_in_year(self.year)
            if lives or self.below(node):
                yield node.row
            yield from self._present([*node.children, *node.leaves], lives)

    def groups(self, publications: list[Publication]) -> list[SheetGroup]:
        """Return the sheets, goal by goal and policy by policy."""
        listed = [
            (title, sheet)
            for title, node in self._titled(self.branches)
            if (sheet := self._listed(node, publications)) is not None
        ]
        return [
            SheetGroup(title, [sheet for _title, sheet in found])
            for title, found in groupby(listed, key=itemgetter(0))
        ]

    def _titled(self, nodes: list[TreeNode], title: str = "") -> Iterator[tuple[str, TreeNode]]:
        """Yield nodes with the names of the goal and policy they are part of."""
        for node in nodes:
            own = title
            if isinstance(node.row, BasicGoal | Policy):
                own = f"{title}　{node_name(self.plan, node.row)}".strip()
            yield own, node
            yield from self._titled([*node.leaves, *node.children], own)

    def _listed(self, node: TreeNode, publications: list[Publication]) -> SheetListed | None:
        """Return a node with a sheet, or a measure that has none; None for others."""
        row, actions = node.row, self.actions.get(node.row, [])
        if not actions and not (isinstance(row, Measure) and row in self.present):
            return None
        return SheetListed(
            name=node_name(self.plan, row),
            url=sheet_url(self.plan, row, self.year) if actions else "",
            counts=[self._count(publication, actions) for publication in publications if actions],
        )

    def _count(self, publication: Publication, actions: list[Action]) -> RowCount:
        found = [
            report
            for action in actions
            for report in self.reports[publication.pk].get(action.pk, {}).values()
        ]
        return RowCount(
            subject=self.plan.period_name(publication.period),
            rows=len(found),
            relisted=sum(report.is_relisted for report in found),
        )


class _Ratings:
    """Counts the ratings of one publication by its own classes."""

    def __init__(
        self,
        plan_year: _PlanYear,
        publication: Publication,
        reports: dict[int, dict[int, PublishedReport]],
        sections: Sections,
    ) -> None:
        self.plan_year = plan_year
        self.plan = plan_year.plan
        self.publication = publication
        self.reports = reports
        self.sections = sections
        printed = list(self._in_order())
        self.column = shared_column(printed)
        legend = report_legend(self.plan, self.publication) if self.column else None
        self.bands = classes_of(printed, legend)

    def tally(self) -> PeriodTally:
        release = year_page(self.plan, self.publication)
        column = self.column["label"] if self.column else ""
        return PeriodTally(
            period=self.publication.period,
            title=_("%(year)sの%(column)s")
            % {"year": release.subject, "column": column or _("報告")},
            release=release,
            column=column,
            total=self._of_actions(self.plan_year.in_order()),
            nodes=[*self._nodes(self.plan_year.branches), *self._own()],
            sections=self._by_section(),
        )

    def _in_order(self) -> Iterator[PublishedReport]:
        for action in self.plan_year.in_order():
            yield from self.reports.get(action.pk, {}).values()

    def _nodes(self, nodes: list[TreeNode], is_part: bool = False) -> Iterator[TallyLine]:
        """Yield a line per goal and policy, and per measure that hangs on neither."""
        for node in nodes:
            has_line = isinstance(node.row, BasicGoal | Policy) or (
                isinstance(node.row, Measure) and not is_part
            )
            if has_line and node.row in self.plan_year.present:
                yield TallyLine(
                    name=node_name(self.plan, node.row),
                    tally=self._of_actions(self.plan_year.below(node)),
                    url=node.url,
                    is_part=is_part,
                )
            yield from self._nodes([*node.children, *node.leaves], is_part or has_line)

    def _own(self) -> Iterator[TallyLine]:
        if own := self.plan_year.own_actions():
            yield TallyLine(_("計画全体"), self._of_actions(own))

    def _by_section(self) -> list[TallyLine]:
        """Return a line per section, in the order in which the plan first names them, under the
        names they were published with; rows without any come last."""
        found: dict[tuple[str, str], list[PublishedReport]] = defaultdict(list)
        nobody = []
        for report in self._in_order():
            for section in report.departments:
                found[section["code"], section["name"]].append(report)
            if not report.departments:
                nobody.append(report)
        lines = [
            TallyLine(
                name,
                tally_of(reports, self.bands),
                sections=tuple(
                    self.sections.show([{"code": code, "name": name}], self.publication.fiscal_year)
                ),
            )
            for (code, name), reports in found.items()
        ]
        if nobody:
            lines.append(TallyLine(_("担当課の記載なし"), tally_of(nobody, self.bands)))
        return lines

    def _of_actions(self, actions: list[Action]) -> Tally:
        """Count actions, each by the row of the section that owns it."""
        owned = owned_reports(actions, self.reports)
        reports = [report for report in owned if report is not None]
        return tally_of(reports, self.bands, missing=len(owned) - len(reports))


def tally_of(reports: list[PublishedReport], classes: Classes, missing: int = 0) -> Tally:
    """Count reports by the class of their rating."""
    counted = count_ratings(reports, classes, missing)
    return Tally(
        bands=[(band_shown(band), count) for band, count in counted.bands],
        blank=counted.blank,
        missing=counted.missing,
    )
