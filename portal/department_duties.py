"""What departments answer for in a year: the indicators and the rows of sheets that name them.

Every figure is counted once, also where several plans or several sections of a division show it:
it stands with the section that is named first, the others lead there.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TypeVar

from django.utils.translation import gettext as _

from indicators.models import Indicator
from measures.models import Action
from municipalities.models import Department
from plans.models import Plan, PlanScheme
from rounds.models import PublishedIndicator, PublishedReport
from rounds.published import records_of, reports_of
from rounds.sheet_rows import classes_of, rating_column, shared_column
from rounds.year_counts import schemes_of

from .department_answers import Answers
from .indicator_list import IndicatorRow, row_of
from .judgements import JudgementShown, band_shown
from .report_rows import relisted_badge
from .rollup import RollUpShown, YearRollUp
from .sections import Sections, SectionShown
from .sheet_rollup import Tally, tally_of
from .sheets import sheet_url
from .wording import Badge, Link, ancestors, node_name, page_url, plan_url
from .years import as_published


@dataclass(frozen=True)
class ActionRow:
    """A row of a progress sheet: the measure it belongs to, the action, and its rating."""

    node: Link
    """The measure, or the level above the action where it hangs on no measure."""
    time: str
    title: str
    url: str
    """The row on the sheet of that year."""
    badges: list[Badge]
    note: str
    """Who reports it too, and who owns it."""
    has_rating: bool
    """Whether the plan's sheet has a public rating at all."""
    rating: JudgementShown | None


@dataclass(frozen=True)
class Duties:
    """What one department or section answers for; what stands elsewhere on the page is a link."""

    section: SectionShown
    anchor: str
    post: str
    indicators: list[IndicatorRow]
    indicators_elsewhere: list[Link]
    rows: list[ActionRow]
    rows_elsewhere: list[Link]

    @property
    def named(self) -> list[SectionShown]:
        """The section as the name of the group."""
        return [self.section]

    @property
    def is_empty(self) -> bool:
        return not (
            self.indicators or self.indicators_elsewhere or self.rows or self.rows_elsewhere
        )


@dataclass(frozen=True)
class PlanTally:
    """What the judgements and ratings of one plan come to."""

    plan: Link
    rollup: RollUpShown | None
    promised: int
    """The indicators whose results have not been published in this year."""
    time: str
    column: str
    """What the plan calls its rating, "" where its sheet has no public one."""
    ratings: Tally | None


@dataclass(frozen=True)
class DutiesOfYear:
    groups: list[Duties]
    """The department itself first, then its sections."""
    tallies: list[PlanTally]


def duties_of(
    answers: Answers, sections: Sections, members: list[Department], year: int
) -> DutiesOfYear:
    """Return what `members`, a department with its sections, answer for in a year. Five queries,
    none for what nobody is named in."""
    return _Duties(answers, sections, members, year).shown()


@dataclass
class _Held:
    """Something with the codes of the members named, the first of whom holds it."""

    codes: list[str]


@dataclass
class _HeldIndicator(_Held):
    plan: Plan
    published: PublishedIndicator
    row: IndicatorRow


@dataclass
class _HeldReport(_Held):
    plan: Plan
    action: Action
    report: PublishedReport
    others: list[PublishedReport]
    """The other rows of the action."""


class _Duties:
    def __init__(
        self, answers: Answers, sections: Sections, members: list[Department], year: int
    ) -> None:
        self.answers = answers
        self.sections = sections
        self.members = members
        self.codes = {member.code for member in members}
        self.year = year
        self.names: dict[str, str] = {}
        self.standing = {found.pk: found for found in answers.standing(year)}
        self.sheets = {found.pk: found for found in answers.sheets(year)}
        self.indicators = self._indicators()
        self.reports = self._reports()

    def shown(self) -> DutiesOfYear:
        return DutiesOfYear(
            groups=[self._group(member) for member in self.members],
            tallies=self._tallies(),
        )

    # --- What names them ---------------------------------------------------------------------

    def _named(self, departments: list[dict[str, str]]) -> list[str]:
        """Return the codes of the members a row names, in its order; keep their names of then."""
        found = [section for section in departments if section["code"] in self.codes]
        self.names.update({section["code"]: section["name"] for section in found})
        return [section["code"] for section in found]

    def _indicators(self) -> list[_HeldIndicator]:
        """Return the indicators, one per series: results before promises, judged ones before
        others, then in the order of the plans."""
        codes = {
            row.indicator_id: named
            for key in self.standing
            for row in self.answers.indicators.get(key, ())
            if (named := self._named(row.departments))
        }
        if not codes:
            return []
        records = records_of(self.standing.values(), codes)
        rows = Indicator.objects.filter(pk__in=records).select_related(
            "series", "basic_goal", "policy__basic_goal", "measure__policy__basic_goal",
            "measure__basic_goal",
        )  # fmt: skip
        by_series: dict[int, list[_HeldIndicator]] = defaultdict(list)
        for indicator in rows:
            published = records[indicator.pk].latest
            plan = published.publication.plan
            has_results = published.publication.fiscal_year is not None
            if has_results or indicator.is_in_year(self.year):
                row = row_of(plan, indicator, records[indicator.pk], _place(plan, indicator))
                held = _HeldIndicator(codes[indicator.pk], plan, published, row)
                by_series[indicator.series_id].append(held)
        return [_of_one_series(found) for found in by_series.values()]

    def _reports(self) -> list[_HeldReport]:
        named = {
            (key, row.action_id, row.order): codes
            for key in self.sheets
            for row in self.answers.reports.get(key, ())
            if (codes := self._named(row.departments))
        }
        if not named:
            return []
        actions = Action.objects.filter(pk__in={action for _key, action, _order in named})
        actions = actions.select_related(
            "basic_goal", "policy__basic_goal", "measure__basic_goal", "measure__policy__basic_goal"
        )
        found = list(actions)
        reports = reports_of(self.sheets.values(), found)
        held = []
        for key, publication in self.sheets.items():
            for action in sorted(found, key=_place_in_plan):
                rows = reports[key][action.pk]
                held += [
                    _HeldReport(
                        codes=named[key, action.pk, order],
                        plan=publication.plan,
                        action=action,
                        report=report,
                        others=[other for other in rows.values() if other is not report],
                    )
                    for order, report in rows.items()
                    if (key, action.pk, order) in named
                ]
        return held

    # --- Section by section ------------------------------------------------------------------

    def _group(self, member: Department) -> Duties:
        code = member.code
        own, other = _split(self.indicators, code)
        rows, other_rows = _split(self.reports, code)
        name = self.names.get(code, member.name)
        return Duties(
            section=self.sections.show([{"code": code, "name": name}], self.year)[0],
            anchor=f"section-{code}",
            post=member.post,
            indicators=[self._with_note(held) for held in own],
            indicators_elsewhere=[
                Link(self._led_to(held.row.title, held), held.row.url) for held in other
            ],
            rows=[self._row(held) for held in rows],
            rows_elsewhere=[
                Link(self._led_to(held.action.display_title, held), self._sheet_row(held))
                for held in other_rows
            ],
        )

    def _led_to(self, title: str, held: _Held) -> str:
        return _("%(title)s（%(section)sの項にあります）") % {
            "title": title,
            "section": self.names[held.codes[0]],
        }

    def _with_note(self, held: _HeldIndicator) -> IndicatorRow:
        others = _others(held.published.departments, held.codes[0])
        if not others:
            return held.row
        joint = _("%(sections)sと共同で担当します。") % {"sections": _("、").join(others)}
        return replace(held.row, note=f"{joint}{held.row.note}")

    def _row(self, held: _HeldReport) -> ActionRow:
        plan, publication = held.plan, self.sheets[held.report.publication_id]
        node = held.action.parent
        cell = rating_column(held.report.cells)
        others = _others(held.report.departments, held.codes[0])
        notes = [_("%(sections)sと共同") % {"sections": _("、").join(others)}] if others else []
        notes += self._owner(held)
        year = plan.municipality.year_label(self.year)
        return ActionRow(
            node=Link(str(plan), plan_url(plan))
            if node is None
            else Link(node_name(plan, node), page_url(plan, node)),
            time=f"{plan}　{year} {plan.period_name(publication.period)}",
            title=f"{held.action.label} {held.action.display_title}".strip(),
            url=self._sheet_row(held),
            badges=[relisted_badge(plan)] if held.report.is_relisted else [],
            note=_("。").join(notes),
            has_rating=cell is not None,
            rating=band_shown(cell["value"]) if cell and cell["value"] else None,
        )

    def _owner(self, held: _HeldReport) -> list[str]:
        """Say whose action a relisted row lists again."""
        if not held.report.is_relisted:
            return []
        owners = [
            section["name"]
            for other in held.others
            if not other.is_relisted
            for section in other.departments
        ]
        return [_("主担当：%(sections)s") % {"sections": _("、").join(owners)}] if owners else []

    def _sheet_row(self, held: _HeldReport) -> str:
        publication = self.sheets[held.report.publication_id]
        url = sheet_url(held.plan, held.action.parent, self.year)
        return f"{url}#{publication.period}-{held.action.code}-{held.report.order}"

    # --- Plan by plan ------------------------------------------------------------------------

    def _tallies(self) -> list[PlanTally]:
        plans = {held.plan for held in (*self.indicators, *self.reports)}
        schemes = schemes_of(plans) if self.indicators else {}
        results = {found.plan_id: found for found in self.answers.results(self.year)}
        tallies = []
        for plan in self.answers.record:
            if plan not in plans:
                continue
            rows = [held.row for held in self.indicators if held.plan == plan]
            reports = [held.report for held in self.reports if held.plan == plan]
            rolled = YearRollUp(plan, results[plan.pk], schemes) if plan.pk in results else None
            tallies.append(self._tally(plan, rows, reports, rolled))
        return tallies

    def _tally(
        self,
        plan: Plan,
        rows: list[IndicatorRow],
        reports: list[PublishedReport],
        rolled: YearRollUp | None,
    ) -> PlanTally:
        column, classes, time = None, {}, ""
        if reports:
            publication = self.sheets[reports[0].publication_id]
            legend = publication.legends.get(PlanScheme.Subject.REPORTS)
            column, classes = shared_column(reports), classes_of(reports, legend)
            year = plan.municipality.year_label(self.year)
            time = f"{year} {plan.period_name(publication.period)}"
        return PlanTally(
            plan=Link(str(plan), plan_url(plan)),
            rollup=rolled.of_list(rows) if rolled else None,
            promised=0 if rolled else len(rows),
            time=time,
            column=column["label"] if column else "",
            ratings=tally_of(reports, classes) if reports else None,
        )


Held = TypeVar("Held", bound=_Held)


def _split(held: list[Held], code: str) -> tuple[list[Held], list[Held]]:
    """Return what a member holds, and what it is named in beside another."""
    named = [each for each in held if code in each.codes]
    return (
        [each for each in named if each.codes[0] == code],
        [each for each in named if each.codes[0] != code],
    )


def _others(departments: list[dict[str, str]], code: str) -> list[str]:
    return [section["name"] for section in departments if section["code"] != code]


def _place(plan: Plan, indicator: Indicator) -> str:
    parent = indicator.parent
    return f"{plan}" if parent is None else f"{plan}　{node_name(plan, parent)}"


def _place_in_plan(action: Action) -> list[tuple[int, str]]:
    return [(node.order, node.code) for node in (*ancestors(action), action)]


def _of_one_series(found: list[_HeldIndicator]) -> _HeldIndicator:
    """Return the one that stands for a figure, with the other plans in which it is shown."""
    found = sorted(found, key=_rank)
    first, *others = found
    first.codes = list(dict.fromkeys(code for held in found for code in held.codes))
    [row] = as_published([first.row])
    if others:
        plans = _("」「").join(str(held.plan) for held in others)
        row = replace(row, note=_("「%(plans)s」にも載っています。") % {"plans": plans})
    first.row = row
    return first


def _rank(held: _HeldIndicator) -> tuple[bool, bool]:
    """Return what goes before what; the order of the plans decides among equals."""
    return held.published.publication.fiscal_year is None, held.row.judgement is None
