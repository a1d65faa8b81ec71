"""What a report is made from: a plan's year as it stands now, as citizens read it, or exactly as
one publication froze it. Every report takes its rows from here, so all views print alike.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _

from indicators.models import Actual, Indicator
from measures.models import Action
from measures.outline import Key, Place, key_of, outlines
from municipalities.days import day_words
from municipalities.models import Department
from plans.choices import Period, WorkState
from plans.models import BasicGoal, Plan
from plans.naming import node_name
from rounds import contents, published
from rounds.models import Publication, PublishedIndicator, PublishedReport, PublishedSheet
from rounds.sheet_rows import read_rows
from rounds.visible import is_seen
from rounds.year_counts import Schemes, schemes_of

Reports = dict[int, dict[int, PublishedReport]]
"""Action id → order of the row → report."""


Rows = dict[int, PublishedIndicator]
"""Indicator id → row."""
# What is read once for an edition and all that is cut out of it.
_READ = ("places", "indicators", "all_rows", "schemes", "reports", "actions")


class View(StrEnum):
    """Whose eyes a report is for."""

    WORKING = "working"
    PUBLISHED = "published"
    FROZEN = "frozen"


class NoEditionError(ValueError):
    """There is nothing to print; the message (Japanese) says why."""


@dataclass(frozen=True)
class Edition:
    """A plan's year and period in one view.

    `publication` is that of the year, unsaved for the work; `earlier` are those of the years
    before. `goal` and `section` limit what is printed; `departments` are the section and all below
    it.
    """

    plan: Plan
    view: View
    publication: Publication
    earlier: tuple[Publication, ...] = ()
    goal: BasicGoal | None = None
    section: Department | None = None
    departments: tuple[Department, ...] = ()

    @cached_property
    def codes(self) -> frozenset[str]:
        """The codes of the sections that are printed; empty: all are."""
        return frozenset(each.code for each in self.departments)

    @property
    def is_internal(self) -> bool:
        """Whether this is the work, which leaves the town hall only by mistake."""
        return self.view is View.WORKING

    @property
    def fiscal_year(self) -> int:
        return self.publication.year_shown

    @property
    def year_words(self) -> str:
        return self.plan.municipality.year_label(self.fiscal_year)

    @property
    def subject(self) -> str:
        """The year with its period: 令和6年度 年度末実績; 計画の公表 for the plan itself."""
        if self.publication.fiscal_year is None:
            return _("計画の公表")
        return f"{self.year_words} {self.plan.period_name(self.publication.period)}"

    @property
    def years(self) -> tuple[int, ...]:
        """The years with results, oldest first."""
        if self.publication.fiscal_year is None:
            return ()
        return (*(found.fiscal_year for found in self.earlier), self.fiscal_year)

    @property
    def stamp(self) -> str:
        """When and as what this was handed out, or that it is the work of a day."""
        town, publication = self.plan.municipality, self.publication
        day = day_words(town, timezone.localdate(publication.effective_at))
        if self.is_internal:
            return _("%(day)s現在　作業中（確認前の値を含む。公開しないこと）") % {"day": day}
        words = _("%(day)s　%(kind)s（%(mark)s、第%(number)d号）") % {
            "day": day,
            "kind": publication.get_kind_display(),
            "mark": publication.get_mark_display(),
            "number": publication.number,
        }
        return f"{words}　{publication.reason}".rstrip()

    @property
    def scope_words(self) -> str:
        """What limits the report, "" where nothing does."""
        words = [node_name(self.plan, self.goal)] if self.goal else []
        return "　".join([*words, *([self.section.name] if self.section else [])])

    @property
    def shows_rates(self) -> bool:
        return is_seen(self.plan.show_rates, self.is_internal)

    def only(self, goal: BasicGoal | None = None, section: Department | None = None) -> Edition:
        """Return the same limited to a goal, a section with all below it, or both. One query."""
        departments = () if section is None else tuple(with_below(section))
        return self._limited(goal=goal, section=section, departments=departments)

    def of_section(self, section: Department) -> Edition:
        """Return the same limited to a section without those below it; what has been read is read
        once for all sections."""
        return self._limited(section=section, departments=(section,))

    def _limited(self, **limits: Any) -> Edition:
        limited = replace(self, **limits)
        for name in _READ:
            if name in self.__dict__:
                limited.__dict__[name] = self.__dict__[name]
        return limited

    def read_all(self) -> None:
        """Read what the reports of every section need."""
        prefetch_related_objects([self.plan], "report_columns")
        for name in _READ:
            getattr(self, name)

    # --- Where things stand ---

    @cached_property
    def places(self) -> dict[Key, tuple[int, Place]]:
        """Every node → its place in print. Five queries."""
        return {
            place.key: (number, place)
            for number, place in enumerate(outlines([self.plan])[self.plan.pk])
        }

    def goal_of(self, key: Key | None) -> BasicGoal | None:
        """Return the goal a node stands below, None for what hangs on the plan itself."""
        found = self.places.get(key) if key else None
        if found is None:
            return None
        top = (*found[1].above, found[1].node)[0]
        return top if isinstance(top, BasicGoal) else None

    def is_wanted(self, goal: BasicGoal | None) -> bool:
        return self.goal is None or (goal is not None and goal.pk == self.goal.pk)

    def is_of_section(self, departments: Iterable[dict[str, str]]) -> bool:
        return not self.codes or any(each["code"] in self.codes for each in departments)

    # --- Indicators ---

    @cached_property
    def indicators(self) -> dict[int, Indicator]:
        """The plan's indicators by id, in order. One query."""
        rows = Indicator.objects.filter(plan=self.plan).select_related("series")
        return {row.pk: row for row in rows.order_by("order", "code")}

    @cached_property
    def all_rows(self) -> dict[int, Rows]:
        """Fiscal year → indicator id → its row; the plan's own publication stands for the year it
        shows. The number of queries does not grow with the indicators."""
        return self._rows((*self.earlier, self.publication))

    @cached_property
    def year_rows(self) -> Rows:
        """Indicator id → its row of the edition's year."""
        read = self.__dict__.get("all_rows") or self._rows((self.publication,))
        return read.get(self.fiscal_year, {})

    def _rows(self, wanted: tuple[Publication, ...]) -> dict[int, Rows]:
        found: dict[int, Rows] = defaultdict(dict)
        for row in self._working_rows(wanted) if self.is_internal else _frozen_rows(wanted):
            found[row.publication.year_shown][row.indicator_id] = row
        return found

    @cached_property
    def schemes(self) -> Schemes:
        """The rating schemes of the plan. One query."""
        return schemes_of([self.plan])

    def _working_rows(self, wanted: Iterable[Publication]) -> Iterator[PublishedIndicator]:
        indicators = list(contents.with_sections(Indicator.objects.filter(plan=self.plan)))
        for publication in wanted:
            alive = [each for each in indicators if each.is_in_year(publication.fiscal_year)]
            yield from contents.results_of(
                publication, alive, contents.EVERY_STATE, with_outlook=False
            )

    def goal_of_indicator(self, indicator: Indicator) -> BasicGoal | None:
        return self.goal_of(_parent_key(indicator))

    # --- Sheets ---

    @cached_property
    def reports(self) -> Reports:
        """The reports of the year. A constant number of queries."""
        if not self.is_internal:
            return published.reports_of([self.publication])[self.publication.pk]
        found: Reports = defaultdict(dict)
        for report in contents.reports_of(self.publication, contents.EVERY_STATE, whole_form=True):
            found[report.action_id][report.order] = report
        return found

    @cached_property
    def actions(self) -> list[Action]:
        """The plan's actions in the order of print, with their rows and all above. Three
        queries."""
        rows = Action.objects.filter(plan=self.plan).select_related(
            "basic_goal", "policy__basic_goal", "measure__basic_goal", "measure__policy__basic_goal"
        )
        actions = sorted(rows, key=lambda action: self.places[key_of(action)][0])
        read_rows(actions)
        return actions

    def sheets(self) -> list[PublishedSheet]:
        """Return the departments' policy sheets of the year, in the order of the departments."""
        if self.is_internal:
            found = contents.sheets_of(self.publication, contents.EVERY_STATE)
        else:
            rows = PublishedSheet.objects.filter(publication=self.publication)
            found = list(rows.select_related("department"))
        found.sort(key=lambda sheet: (sheet.department.order, sheet.department.code))
        return [sheet for sheet in found if not self.codes or sheet.department.code in self.codes]


def _parent_key(indicator: Indicator) -> Key | None:
    for name in indicator.parent_names:
        parent = getattr(indicator, f"{name}_id")
        if parent is not None:
            model = indicator._meta.get_field(name).related_model
            return model._meta.model_name, parent
    return None


def _frozen_rows(publications: Iterable[Publication]) -> Iterator[PublishedIndicator]:
    by_id = {found.pk: found for found in publications}
    rows = PublishedIndicator.objects.filter(publication__in=list(by_id))
    for row in rows.defer("source", "source_url").order_by():
        row.publication = by_id[row.publication_id]
        yield row


def state_words(state: str) -> str:
    """Return how far a working row has come, "" for one that is checked or published."""
    return "" if state in ("", WorkState.CHECKED) else str(WorkState(state).label)


def with_below(section: Department) -> list[Department]:
    """Return a section and every one below it, in order. One query."""
    below: dict[int | None, list[Department]] = defaultdict(list)
    for each in Department.objects.filter(municipality=section.municipality_id):
        below[each.parent_id].append(each)
    found, waiting = [], [section]
    while waiting:
        each = waiting.pop(0)
        if each not in found:
            found.append(each)
            waiting = [*below[each.pk], *waiting]
    return found


# --- Making them -------------------------------------------------------------------------------


def working(plan: Plan, fiscal_year: int, period: str = Period.YEAR_END) -> Edition:
    """Return a year as it stands now, rows in every state, with all years of the plan before it;
    NoEditionError for a year outside the plan's period."""
    first, last = plan.start_fiscal_year, plan.end_fiscal_year
    if (first is not None and fiscal_year < first) or (last is not None and fiscal_year > last):
        raise NoEditionError(
            _("%(year)sは「%(plan)s」の期間（%(period)s）の外です。")
            % {
                "year": plan.municipality.year_label(fiscal_year),
                "plan": plan,
                "period": plan.period_text(),
            }
        )
    if first is None:
        series = plan.indicators.values("series")
        years = Actual.objects.filter(series__in=series, period=Period.YEAR_END)
        first = years.order_by("fiscal_year").values_list("fiscal_year", flat=True).first()
    earlier = range(first if first is not None else fiscal_year, fiscal_year)
    prefetch_related_objects([plan], "schemes__scheme__bands")
    now = _unsaved(plan, fiscal_year, period)
    now.legends = contents.legends_of(now)
    return Edition(
        plan=plan,
        view=View.WORKING,
        publication=now,
        earlier=tuple(_unsaved(plan, year, Period.YEAR_END) for year in earlier),
    )


def working_plan(plan: Plan) -> Edition:
    """Return a plan itself as it stands now, for reports that speak of no year."""
    return Edition(plan=plan, view=View.WORKING, publication=_unsaved(plan, None, ""))


def _unsaved(plan: Plan, fiscal_year: int | None, period: str) -> Publication:
    return Publication(
        plan=plan,
        number=0,
        kind=Publication.Kind.PLAN if fiscal_year is None else Publication.Kind.PUBLIC,
        fiscal_year=fiscal_year,
        period=period,
        effective_at=timezone.now(),
    )


def of_citizens(plan: Plan, fiscal_year: int, period: str = Period.YEAR_END) -> Edition:
    """Return a year as citizens read it now; NoEditionError where it is not published."""
    current = published.current_publications(plan)
    found = next(
        (each for each in current if (each.fiscal_year, each.period) == (fiscal_year, period)),
        None,
    )
    if found is None:
        raise NoEditionError(
            _("%(year)s %(period)sはまだ公表されていません。")
            % {
                "year": plan.municipality.year_label(fiscal_year),
                "period": plan.period_name(period),
            }
        )
    return _frozen_edition(plan, View.PUBLISHED, found, current)


def of_plan_itself(plan: Plan) -> Edition:
    """Return a plan as it was handed out last; NoEditionError where it has not been."""
    current = published.current_publications(plan)
    found = next((each for each in current if each.fiscal_year is None), None)
    if found is None:
        raise NoEditionError(_("「%(plan)s」はまだ公表されていません。") % {"plan": plan})
    return _frozen_edition(plan, View.PUBLISHED, found, current)


def reprint(publication: Publication) -> Edition:
    """Return exactly what a publication froze, beside the years handed out before it."""
    before = Publication.objects.filter(
        plan=publication.plan,
        number__lt=publication.number,
        effective_at__lte=publication.effective_at,
    ).exclude(kind=Publication.Kind.PLAN)
    newest = {
        (each.fiscal_year, each.period): each for each in before.order_by("effective_at", "number")
    }
    plan = copy(publication.plan)
    for name, visibility in publication.legends.get(contents.SHOWN, {}).items():
        setattr(plan, name, visibility)  # as the town had decided then
    return _frozen_edition(plan, View.FROZEN, publication, newest.values())


def _frozen_edition(
    plan: Plan, view: View, publication: Publication, others: Iterable[Publication]
) -> Edition:
    by_year = published.publications_by_year(others)
    year = publication.fiscal_year
    earlier = [each for before, each in by_year.items() if year is not None and before < year]
    for each in (*earlier, publication):
        each.plan = plan
    return Edition(plan=plan, view=view, publication=publication, earlier=tuple(earlier))
