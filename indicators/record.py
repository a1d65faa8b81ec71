"""The one write path for figures, targets and judgements.

`check_…` says whether a row may be written and raises what is wrong: ValidationError (bad or
locked), Http404 (a stranger's row), PermissionDenied (a colleague's row). `record_…` checks and
writes. `by` None is a command acting for the system; see `plans.record`.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum, auto
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from municipalities import fiscal_year as fiscal_years
from municipalities import record
from municipalities.access import require_planner
from municipalities.record_many import check_unique, check_valid
from plans.models import PlanScheme, YearLock
from plans.moving import Flows, check_removal, check_state
from plans.record import (
    delete_row,
    ensure_in_force,
    ensure_open,
    require_section,
    save_row,
    wrong_scheme,
)

from . import evaluation, judging
from .choices import Direction
from .models import Actual, Indicator, Judgement, Responsibility, Series, Target


class Confirmation(Enum):
    """What became of an indicator whose proposed direction was to be confirmed."""

    CONFIRMED = auto()
    NO_PROPOSAL = auto()
    STATED = auto()


def sections_of(series: Series, fiscal_year: int) -> set[int]:
    """Return the ids of the sections that answer for a series in a fiscal year: its owner and
    those responsible for its indicators."""
    responsible = (
        Responsibility.objects.filter(indicator__series=series)
        .in_year(fiscal_year)
        .values_list("department_id", flat=True)
    )
    owner = {series.owner_id} if series.owner_id else set()
    return owner | set(responsible)


def check_actual(actual: Actual, *, by: Any, reason: str | None = None) -> None:
    """Raise where `by` may not write this actual, its year is closed, or it is not valid. A closed
    year still takes a figure it awaited; the row is marked as late then."""
    stored, is_closed = _check_places(actual, by)
    actual.is_late = is_late(actual, stored, is_closed=is_closed)
    check_state(
        actual,
        stored,
        by=by,
        municipality_id=actual.series.municipality_id,
        sections=lambda: sections_of(actual.series, actual.fiscal_year),
        flows=Flows(),
        reason=reason,
    )
    check_valid(actual)
    check_unique(actual)


def is_late(actual: Actual, stored: Actual | None, *, is_closed: bool) -> bool:
    """Return whether a row that may be written came after its year had been closed."""
    came_before = stored is not None and stored.is_late
    return came_before or (is_closed and not actual.is_awaited)


def _check_places(
    actual: Actual, by: Any, *, is_leaving: bool = False
) -> tuple[Actual | None, bool]:
    """Ask for where the row is to stand, and where it stands: moving takes it away from there.
    Return it as it stands, and whether its year is closed but open for this row."""
    if by is not None:
        _check_section(actual, by)
    stored = Actual.objects.filter(pk=actual.pk).select_related("series").first()
    is_moved = stored is not None and _place(stored) != _place(actual)
    is_closed = False
    try:
        _check_open(actual)
        if is_moved:
            if by is not None:
                _check_section(stored, by)
            _check_open(stored)
    except ValidationError:
        if is_leaving or not actual.stays_open(stored):
            raise
        is_closed = True
    return stored, is_closed


def _place(actual: Actual) -> tuple[int, int]:
    return actual.series_id, actual.fiscal_year


def _check_section(actual: Actual, by: Any) -> None:
    sections = sections_of(actual.series, actual.fiscal_year)
    require_section(by, actual.series.municipality_id, sections)


def _check_open(actual: Actual) -> None:
    plans = Indicator.objects.filter(series=actual.series).values_list("plan_id", flat=True)
    ensure_open(plans, actual.fiscal_year)


def record_actual(
    actual: Actual, *, by: Any, reason: str = "", expected_version: int | None = None
) -> Actual:
    """Check and save an actual (a new or changed instance), with its history."""
    check_actual(actual, by=by, reason=reason)
    return save_row(actual, by=by, reason=reason, expected_version=expected_version)


def remove_actual(actual: Actual, *, by: Any, reason: str) -> None:
    """Delete an actual. Its year must be open, and a section deletes only its own drafts."""
    _check_places(actual, by, is_leaving=True)
    check_removal(actual, by=by, municipality_id=actual.series.municipality_id)
    delete_row(actual, by=by, reason=reason)


def check_indicator(indicator: Indicator, *, by: Any) -> None:
    """Raise where `by` may not write this indicator, it is not valid, or it takes another series
    though a closed year of its plan shows figures of the one or the other."""
    record.check_row(indicator, by=by)
    stored = Indicator.objects.filter(pk=indicator.pk).first()
    if stored is None or stored.series_id == indicator.series_id:
        return
    locks = YearLock.objects.filter(plan=stored.plan_id)
    closed = set(locks.values_list("fiscal_year", flat=True))
    shown = stored.years_with_figures(closed) | indicator.years_with_figures(closed)
    if shown:
        raise series_is_shown(min(shown))


def series_is_shown(fiscal_year: int) -> ValidationError:
    """Return the error of swapping a series whose figures a closed year shows."""
    message = _("締め切られた%(year)sの実績があるため、系列を変えられません。")
    return ValidationError(
        {"series": message % {"year": fiscal_years.label(fiscal_year)}}, code="locked"
    )


def record_indicator(indicator: Indicator, *, by: Any, reason: str = "") -> Indicator:
    """Check and save an indicator (a new or changed instance), with its history."""
    check_indicator(indicator, by=by)
    return save_row(indicator, by=by, reason=reason)


@transaction.atomic
def confirm_directions(
    indicators: Iterable[Indicator], *, by: Any, reason: str
) -> dict[Confirmation, list[Indicator]]:
    """Make the proposed direction the direction where there is none yet, and return what became
    of each indicator. What is stated already stays as it is. Planners only."""
    found: dict[Confirmation, list[Indicator]] = {answer: [] for answer in Confirmation}
    for indicator in indicators:
        if indicator.direction != Direction.UNKNOWN:
            answer = Confirmation.STATED
        elif indicator.proposed_direction in {"", Direction.UNKNOWN}:
            answer = Confirmation.NO_PROPOSAL
        else:
            answer = Confirmation.CONFIRMED
            indicator.direction = indicator.proposed_direction
            try:
                record_indicator(indicator, by=by, reason=reason)
            except ValidationError as error:
                problems = [f"{indicator}：{message}" for message in error.messages]
                raise ValidationError(problems) from error
        found[answer].append(indicator)
    return found


def _check_promise(row: Target | Judgement, by: Any) -> Any:
    """Raise where `by` is no planner of the plan or the year is closed: where the row is to
    stand, and where it stands. Return it as it stands."""
    stored = type(row)._default_manager.filter(pk=row.pk).select_related("indicator__plan").first()
    places = {(row.indicator.plan, row.fiscal_year)}
    if stored is not None:
        places.add((stored.indicator.plan, stored.fiscal_year))
    for plan, year in places:
        if by is not None:
            require_planner(by, plan.municipality_id)
        ensure_open([plan.pk], year)
    return stored


def check_target(target: Target, *, by: Any) -> None:
    """Raise where `by` is no planner of the plan, the target's year is closed or another plan's,
    or it is not valid."""
    _check_promise(target, by)
    target.full_clean()
    ensure_in_force(target.indicator.plan, target.fiscal_year)


def record_target(target: Target, *, by: Any, reason: str = "") -> Target:
    """Check and save a target. A later decision is a new revision, not an overwritten row."""
    check_target(target, by=by)
    return save_row(target, by=by, reason=reason or target.reason)


def remove_target(target: Target, *, by: Any, reason: str) -> None:
    """Delete a target of an open year. Planners only."""
    _check_promise(target, by)
    delete_row(target, by=by, reason=reason)


def check_judgement(judgement: Judgement, *, by: Any, reason: str | None = None) -> None:
    """Raise where `by` is no planner of the plan, the year is closed or another plan's, the band is
    not one of the scheme the plan uses then, or it overrides the computed one without a reason.

    The number of queries depends neither on the size of the plan nor on the years."""
    stored = _check_promise(judgement, by)
    plan = judgement.indicator.plan
    check_state(
        judgement,
        stored,
        by=by,
        municipality_id=plan.municipality_id,
        sections=tuple,
        flows=Flows(of_planners=True),
        reason=reason,
    )
    judgement.full_clean()
    ensure_in_force(plan, judgement.fiscal_year)
    scheme = plan.scheme_in(PlanScheme.Subject.INDICATORS, judgement.fiscal_year)
    if scheme is None or judgement.band.scheme_id != scheme.pk:
        raise wrong_scheme("band")
    check_override(judgement, judging.rules_of(scheme))


def check_override(judgement: Judgement, scheme: evaluation.Scheme) -> None:
    """Raise ValidationError where people chose another band of `scheme` than the figures give,
    and say no reason. Where nothing is computed, no reason is asked for."""
    if judgement.reason.strip():
        return
    entries = judging.entries_of(judgement.indicator.series, judgement.fiscal_year)
    course = judging.course_of(
        judgement.indicator, entries, judgement.fiscal_year, judgement.period
    )
    refuse_override(judgement, evaluation.judge(scheme, course, judgement.fiscal_year).band)


def refuse_override(judgement: Judgement, computed: evaluation.Band | None) -> None:
    """Raise ValidationError where a judgement that gives no reason is not the computed band."""
    if computed is not None and computed.order != judgement.band.order:
        raise ValidationError(
            {
                "reason": _(
                    "計算による評価は「%(computed)s」です。「%(chosen)s」を選ぶ理由を入力してください。"
                )
                % {"computed": computed.title, "chosen": judgement.band}
            },
            code="override",
        )


def record_judgement(
    judgement: Judgement, *, by: Any, reason: str = "", expected_version: int | None = None
) -> Judgement:
    """Check and save what people judged at one stage."""
    reason = reason or judgement.reason
    check_judgement(judgement, by=by, reason=reason)
    return save_row(judgement, by=by, reason=reason, expected_version=expected_version)


def remove_judgement(judgement: Judgement, *, by: Any, reason: str) -> None:
    """Delete a judgement of an open year. Planners only."""
    _check_promise(judgement, by)
    delete_row(judgement, by=by, reason=reason)
