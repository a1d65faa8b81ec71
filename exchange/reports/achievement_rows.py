"""達成状況のまとめ as typed rows: how many indicators and actions are in each class, by goal and by
section. An indicator or action of two sections is in the line of each and once in the total."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from indicators.evaluation import RollUp, roll_up, to_decimal
from measures.models import Action
from measures.outline import key_above, key_of
from plans.models import BasicGoal
from plans.naming import node_name
from rounds.models import PublishedIndicator, PublishedReport
from rounds.sheet_rows import (
    Ratings,
    classes_of,
    count_ratings,
    lived_in,
    owned_reports,
    report_legend,
    shared_column,
)
from rounds.year_counts import YearEntries

from .editions import Edition

Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Line:
    """Counts of one goal or section, or of all; `others` are those without a class."""

    name: str
    counts: tuple[int, ...]
    others: tuple[int, ...]
    total: int
    share: Decimal | None = None
    """Of the indicators with a figure, in percent; None where there is none, or of actions."""


@dataclass(frozen=True)
class Tally:
    """A table by goal and one by section, over the same classes."""

    title: str
    classes: tuple[str, ...]
    others: tuple[str, ...]
    has_share: bool
    total: Line
    goals: tuple[Line, ...]
    sections: tuple[Line, ...]


@dataclass(frozen=True)
class Achievement:
    edition: Edition
    indicators: Tally | None
    actions: Tally | None


def achievement(edition: Edition) -> Achievement:
    """Return the counts of an edition. The number of queries does not grow with the plan."""
    if edition.publication.fiscal_year is None:
        return Achievement(edition, None, None)
    return Achievement(edition, _of_indicators(edition), _of_actions(edition))


# --- Indicators --------------------------------------------------------------------------------


def _of_indicators(edition: Edition) -> Tally | None:
    rows = edition.year_rows
    wanted = [
        rows[pk]
        for pk, indicator in edition.indicators.items()
        if pk in rows
        and edition.is_wanted(edition.goal_of_indicator(indicator))
        and edition.is_of_section(rows[pk].departments)
    ]
    if not wanted:
        return None
    judge = YearEntries(
        edition.plan, edition.publication, edition.schemes, is_internal=edition.is_internal
    )
    entries = dict(zip((row.indicator_id for row in wanted), judge.entries(wanted), strict=True))

    def line(name: str, some: Iterable[PublishedIndicator]) -> Line:
        counted = roll_up([entries[row.indicator_id] for row in some])
        return _indicator_line(name, counted)

    total = roll_up(entries.values())
    return Tally(
        title=edition.plan.label_indicator or _("指標"),
        classes=tuple(_class_name(count.band.symbol, count.band.label) for count in total.counts),
        others=(_("評価なし"),),
        has_share=True,
        total=line(_("計"), wanted),
        goals=_by_goal(
            edition,
            wanted,
            lambda row: edition.goal_of_indicator(edition.indicators[row.indicator_id]),
            line,
        ),
        sections=_by_section(edition, wanted, lambda row: row.departments, line),
    )


def _indicator_line(name: str, counted: RollUp) -> Line:
    return Line(
        name=name,
        counts=tuple(count.count for count in counted.counts),
        others=(counted.total - counted.rated,),
        total=counted.total,
        share=to_decimal(counted.share_reported, 1),
    )


def _class_name(symbol: str, label: str) -> str:
    return label if symbol in ("", label) else f"{symbol} {label}"


# --- Actions -----------------------------------------------------------------------------------


def _of_actions(edition: Edition) -> Tally | None:
    if not edition.reports:
        return None
    year, reports = edition.fiscal_year, edition.reports
    actions = [
        action
        for action in edition.actions
        if (action.pk in reports or lived_in(action, year))
        and edition.is_wanted(edition.goal_of(key_above(action)))
    ]
    printed = [
        report
        for action in actions
        for report in reports.get(action.pk, {}).values()
        if edition.is_of_section(report.departments)
    ]
    column = shared_column(printed)
    if column is None:
        return None
    classes = classes_of(printed, report_legend(edition.plan, edition.publication))

    def of_actions(name: str, some: Iterable[Action]) -> Line:
        owned = owned_reports(some, reports)
        found = [report for report in owned if report and edition.is_of_section(report.departments)]
        missing = 0 if edition.codes else owned.count(None)
        return _action_line(name, count_ratings(found, classes, missing))

    def of_reports(name: str, some: Iterable[PublishedReport]) -> Line:
        return _action_line(name, count_ratings(list(some), classes))

    level = edition.plan.label_action or _("取組")
    return Tally(
        title=_("%(level)sの%(column)s") % {"level": level, "column": column["label"]},
        classes=tuple(_class_name(*key) for key in classes),
        others=(_("未評価"), _("報告なし")),
        has_share=False,
        total=of_actions(_("計"), actions),
        goals=_by_goal(
            edition, actions, lambda action: edition.goal_of(key_above(action)), of_actions
        ),
        sections=_by_section(edition, printed, lambda report: report.departments, of_reports),
    )


def _action_line(name: str, counted: Ratings) -> Line:
    return Line(
        name=name,
        counts=tuple(count for _band, count in counted.bands),
        others=(counted.blank, counted.missing),
        total=counted.total,
    )


# --- Lines -------------------------------------------------------------------------------------


def _by_goal(
    edition: Edition,
    things: Iterable[Thing],
    goal_of: Callable[[Thing], BasicGoal | None],
    line: Callable[[str, Iterable[Thing]], Line],
) -> tuple[Line, ...]:
    found: dict[int, tuple[BasicGoal | None, list[Thing]]] = {}
    for thing in things:
        goal = goal_of(thing)
        place = edition.places[key_of(goal)][0] if goal else -1
        found.setdefault(place, (goal, []))[1].append(thing)
    return tuple(
        line(node_name(edition.plan, goal) if goal else _("計画全体"), some)
        for _place, (goal, some) in sorted(found.items(), key=lambda each: each[0])
    )


def _by_section(
    edition: Edition,
    things: Iterable[Thing],
    sections_of: Callable[[Thing], list[dict[str, Any]]],
    line: Callable[[str, Iterable[Thing]], Line],
) -> tuple[Line, ...]:
    """Return a line per section by the name of then, in the order in which the plan first names
    them; what names none comes last."""
    found: dict[tuple[str, str], list[Thing]] = defaultdict(list)
    nobody = []
    for thing in things:
        sections = sections_of(thing)
        for section in sections:
            if not edition.codes or section["code"] in edition.codes:
                found[section["code"], section["name"]].append(thing)
        if not sections:
            nobody.append(thing)
    lines = [line(name, some) for (_code, name), some in found.items()]
    return (*lines, *([line(_("担当課の記載なし"), nobody)] if nobody else []))
