"""要説明一覧: what a council will ask about a plan's year, and what can be said already.

`concerns` is a pure rule on the facts of one indicator. `working_facts` reads them from the rows
under work; `rounds.explained` reads them from a publication.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from municipalities import fiscal_year as fiscal_years
from plans.choices import Period
from plans.models import Plan

from . import evaluation, judging
from .choices import MissingReason, Revision, TargetKind
from .evaluation import Course, Figure, Movement, Trend
from .models import Actual, Indicator, Judgement, Target
from .words import figure_words, target_words


class Concern(StrEnum):
    """Why an indicator has to be explained, in the order of the list."""

    WORSENED = "worsened"
    MISSED = "missed"
    UNCHANGED = "unchanged"
    REVISED = "revised"
    MISSING = "missing"
    CORRECTED = "corrected"

    @property
    def label(self) -> str:
        return str(_CONCERN_LABELS[self])


_CONCERN_LABELS = {
    Concern.WORSENED: gettext_lazy("前年度より悪化した指標"),
    Concern.MISSED: gettext_lazy("目標年度の目標に届かなかった指標"),
    Concern.UNCHANGED: gettext_lazy("達成済みで、目標値が据え置きの指標"),
    Concern.REVISED: gettext_lazy("目標値を改定した指標"),
    Concern.MISSING: gettext_lazy("値のない指標"),
    Concern.CORRECTED: gettext_lazy("値を訂正・遡及改定した指標"),
}


@dataclass(frozen=True)
class Revised:
    """A target that took the place of an earlier one. None: not recorded."""

    fiscal_year: int
    before: evaluation.Target | None
    after: evaluation.Target
    decided_on: date | None
    since: int | None
    reason: str


@dataclass(frozen=True)
class Facts:
    """One indicator in a year. `course` holds its figures and the targets in force then.

    `missing_reason` "" with no value: nothing has been entered. `has_later_target`: a target that
    replaces one of those in force has been decided already. `judged` is what people said last, in
    words, "" where nobody did.
    """

    indicator: Indicator
    name: str
    unit: str
    decimals: int
    departments: tuple[str, ...]
    course: Course
    has_value: bool
    missing_reason: str = ""
    expected_on: date | None = None
    revision: str = ""
    revision_reason: str = ""
    note: str = ""
    judged: str = ""
    revised: tuple[Revised, ...] = ()
    has_later_target: bool = False


@dataclass(frozen=True)
class Row:
    """One line of the list: an indicator, its figures, and what is to be explained."""

    concern: Concern
    facts: Facts
    before: str
    now: str
    target: str
    words: tuple[str, ...]


# --- The rules --------------------------------------------------------------------------------


def concerns(facts: Facts, fiscal_year: int) -> list[Row]:
    """Return the lines an indicator has in the list of a year, in the order of `Concern`.

    MISSED asks the target of that very year, and the final one from its year on. UNCHANGED is a
    final target that is reached before its year and that nobody has replaced; maintenance and
    ranges are there to be kept, not reached.
    """
    course, trend = facts.course, evaluation.trend(facts.course, fiscal_year)
    final, final_year = course.final_target, course.target_year
    due, due_year = course.targets.get(fiscal_year), fiscal_year
    if due is None and final is not None and final_year is not None and final_year < fiscal_year:
        due, due_year = final, final_year
    found: list[tuple[Concern, list[str]]] = []
    if trend.movement is Movement.WORSE:
        found.append((Concern.WORSENED, [_difference(trend, facts.decimals)]))
    if due is not None and evaluation.is_met(course.case(fiscal_year, due)).value is False:
        words = _("%(year)sの目標は%(target)s") % {
            "year": fiscal_years.label(due_year),
            "target": target_words(due, facts.decimals),
        }
        found.append((Concern.MISSED, [words]))
    if (
        final is not None
        and final_year is not None
        and fiscal_year < final_year
        and final.kind in _REACHED
        and not facts.has_later_target
        and evaluation.is_met(course.case(fiscal_year, final))
    ):
        words = _("%(year)sの目標を達成済み。目標値の改定なし") % {
            "year": fiscal_years.label(final_year)
        }
        found.append((Concern.UNCHANGED, [words]))
    if facts.revised:
        found.append((Concern.REVISED, [_revision(each, facts) for each in facts.revised]))
    if not facts.has_value:
        found.append((Concern.MISSING, [_absence(facts)]))
    if facts.revision in {Revision.CORRECTED, Revision.SOURCE_REVISED}:
        label = str(Revision(facts.revision).label)
        found.append((Concern.CORRECTED, [_join(label, facts.revision_reason)]))
    return [
        Row(
            concern=concern,
            facts=facts,
            before=figure_words(trend.before, facts.decimals),
            now=figure_words(trend.now, facts.decimals),
            target="" if final is None else target_words(final, facts.decimals),
            words=tuple(words),
        )
        for concern, words in found
    ]


_REACHED = frozenset({TargetKind.AT_LEAST, TargetKind.AT_MOST, TargetKind.CHANGE})


def by_concern(facts: Iterable[Facts], fiscal_year: int) -> dict[Concern, list[Row]]:
    """Return the whole list: every concern, with its lines in the order of the indicators."""
    found: dict[Concern, list[Row]] = {concern: [] for concern in Concern}
    for each in facts:
        for row in concerns(each, fiscal_year):
            found[row.concern].append(row)
    return found


def _difference(trend: Trend, decimals: int) -> str:
    if trend.now.value is None or trend.before.value is None:
        return ""
    difference = trend.now.value - trend.before.value
    sign = "+" if difference > 0 else ""
    return _("前年度との差：%(difference)s") % {
        "difference": sign + figure_words(Figure(difference), decimals)
    }


def _revision(revised: Revised, facts: Facts) -> str:
    year = fiscal_years.label(revised.fiscal_year)
    before = _("（なし）")
    if revised.before is not None:
        before = target_words(revised.before, facts.decimals)
    what = _("%(year)sの目標：%(before)s → %(after)s") % {
        "year": year,
        "before": before,
        "after": target_words(revised.after, facts.decimals),
    }
    when = []
    if revised.decided_on is not None:
        when.append(_("%(day)s決定") % {"day": _day(revised.decided_on)})
    if revised.since is not None:
        when.append(_("%(year)sの評価から") % {"year": fiscal_years.label(revised.since)})
    return _join(what, "、".join(when) or _("時期の記録なし"), _reason(revised.reason))


def _absence(facts: Facts) -> str:
    label = str(MissingReason(facts.missing_reason).label) if facts.missing_reason else _("未入力")
    if facts.expected_on is None:
        return label
    month = _("%(year)d年%(month)d月") % {
        "year": facts.expected_on.year,
        "month": facts.expected_on.month,
    }
    return _join(label, _("%(month)sに確定の予定") % {"month": month})


def _reason(reason: str) -> str:
    return _("理由：%(reason)s") % {"reason": reason} if reason else _("理由の記録なし")


def _join(*parts: str) -> str:
    return "。".join(part.rstrip("。") for part in parts if part)


def _day(day: date) -> str:
    return _("%(year)d年%(month)d月%(day)d日") % {
        "year": day.year,
        "month": day.month,
        "day": day.day,
    }


# --- The rows under work ----------------------------------------------------------------------


def working_facts(plan: Plan, fiscal_year: int) -> list[Facts]:
    """Return the facts of all indicators of the year as they stand now, checked or not.

    The number of queries does not depend on the number of indicators.
    """
    indicators = judging.with_relations(plan.indicators.in_year(fiscal_year)).prefetch_related(
        "responsibilities__department"
    )
    actuals = {
        actual.series_id: actual
        for actual in Actual.objects.filter(
            series__in=plan.indicators.values("series"),
            fiscal_year=fiscal_year,
            period=Period.YEAR_END,
        )
    }
    judged = judging.judge_plan(plan, fiscal_year, indicators=indicators)
    return [_working(each, fiscal_year, actuals.get(each.indicator.series_id)) for each in judged]


def _working(judged: judging.Judged, fiscal_year: int, actual: Actual | None) -> Facts:
    indicator, series = judged.indicator, judged.indicator.series
    targets = list(indicator.targets.all())
    in_force = judging.targets_in_force(targets, fiscal_year)
    return Facts(
        indicator=indicator,
        name=indicator.display_name,
        unit=series.unit,
        decimals=series.decimals,
        departments=tuple(
            str(link.department)
            for link in indicator.responsibilities.all()
            if link.is_in_year(fiscal_year)
        ),
        course=judged.course,
        has_value=actual is not None and actual.value is not None,
        missing_reason="" if actual is None else actual.missing_reason,
        expected_on=None if actual is None else actual.expected_on,
        revision="" if actual is None else actual.revision,
        revision_reason="" if actual is None else actual.revision_reason,
        note="" if actual is None else actual.note,
        judged=_judged(judged.chosen),
        revised=tuple(
            _revised(target, targets)
            for target in in_force
            if target.revision and _since(target) in {None, fiscal_year}
        ),
        has_later_target=any(
            target.effective_from is not None and target.effective_from > fiscal_year
            for target in targets
        ),
    )


def _judged(chosen: Judgement | None) -> str:
    if chosen is None:
        return ""
    return judged_words(chosen.get_stage_display(), str(chosen.band), chosen.reason)


def judged_words(stage: str, band: str, reason: str) -> str:
    """Return 最終評価「B 順調」。理由…"""
    return _join(f"{stage}「{band}」", reason)


def _since(target: Target) -> int | None:
    """Return the year a revision belongs to: from which it is judged by, else when decided."""
    if target.effective_from is not None:
        return target.effective_from
    return None if target.decided_on is None else fiscal_years.of(target.decided_on)


def _revised(target: Target, targets: Iterable[Target]) -> Revised:
    earlier = [
        other
        for other in targets
        if other.fiscal_year == target.fiscal_year and other.revision < target.revision
    ]
    before = max(earlier, key=lambda other: other.revision, default=None)
    return Revised(
        fiscal_year=target.fiscal_year,
        before=None if before is None else judging.target_rule(before),
        after=judging.target_rule(target),
        decided_on=target.decided_on,
        since=target.effective_from,
        reason=target.reason,
    )
