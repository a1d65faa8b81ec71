"""The write path for many figures, targets and judgements at once: the rules of
`indicators.record`, and a number of queries that does not depend on the number of rows.

Rows carry the rows they refer to; what is wrong comes back by position (see
`municipalities.record_many`). A row `by` may not write is a problem like any other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError

from municipalities.access import acts_for_sections, require_planner
from municipalities.record_many import (
    Problems,
    check_rows,
    check_valid,
    gathered,
    refuse,
    stored_rows,
)
from plans.models import Plan, PlanScheme
from plans.moving import Flows, Place, check_state, move_rows
from plans.record import require_section, wrong_scheme
from plans.record_many import Calendar, places_in_plan, save_rows
from plans.workflow import Action

from . import judging
from .models import Actual, Indicator, Judgement, Target
from .record import is_late, refuse_override, series_is_shown
from .standing import Sections, SeriesCalendar

# --- Actuals ----------------------------------------------------------------------------------


SectionsOf = Callable[[Actual], Collection[int]]
"""Returns the ids of the sections that answer for an actual."""


def check_actuals(
    rows: Sequence[Actual],
    *,
    by: Any,
    fields: Collection[str] | None = None,
    stored: Mapping[int, Actual] | None = None,
    calendar: SeriesCalendar | None = None,
    sections_of: SectionsOf | None = None,
    with_led: bool = False,
) -> Problems:
    """Return what is wrong with actuals, new or changed; see `record.check_actual`. Those that may
    be written know whether they are late. The rest as in `record_actuals`."""
    if stored is None:
        stored = stored_rows(rows, "series")
    both = [*rows, *stored.values()]
    calendar = calendar or SeriesCalendar(row.series_id for row in both)
    place_of = _places_of(calendar, sections_of or _sections(both, by))
    flows = Flows()

    def is_closed(row: Actual, before: Actual | None) -> bool:
        """Whether the year is closed, but open for this row; raise where it is not."""
        is_moved = before is not None and (before.series_id, before.fiscal_year) != (
            row.series_id,
            row.fiscal_year,
        )
        try:
            for place in map(place_of, [row, before] if is_moved else [row]):
                if by is not None:
                    sections = place.sections
                    require_section(by, place.municipality_id, sections, with_led=with_led)
                place.ensure_open()
        except ValidationError:
            if not row.stays_open(before):
                raise
            return True
        return False

    def check(row: Actual) -> None:
        before = stored.get(row.pk)
        row.is_late = is_late(row, before, is_closed=is_closed(row, before))
        check_state(
            row,
            before,
            by=by,
            municipality_id=row.series.municipality_id,
            sections=lambda: place_of(row).sections,
            flows=flows,
            reason=None,
        )
        check_valid(row, fields)

    return gathered(rows, check)


def _sections(rows: Sequence[Actual], by: Any) -> SectionsOf:
    """Return which sections answer for an actual. Where `by` acts as planner, nobody asks for
    them, and they are not read."""
    if not acts_for_sections(by, {row.series.municipality_id for row in rows}):
        return lambda row: ()
    return Sections(row.series_id for row in rows).of_row


def _places_of(calendar: SeriesCalendar, sections_of: SectionsOf) -> Callable[[Actual], Place]:
    """Return where each actual stands: the sections that answer for its series, and every plan
    that shows it."""

    def place_of(row: Actual) -> Place:
        return Place(
            row.series.municipality_id,
            lambda: calendar.ensure_open_for(row.series_id, row.fiscal_year),
            sections_of(row),
        )

    return place_of


def places_of_actuals(rows: Sequence[Actual]) -> Callable[[Actual], Place]:
    """Return where stored actuals stand; a closed year is open for the figures it awaits."""
    series_ids = {row.series_id for row in rows}
    place_of = _places_of(SeriesCalendar(series_ids), Sections(series_ids).of_row)

    def place_in_workflow(row: Actual) -> Place:
        place = place_of(row)
        return replace(place, ensure_open=lambda: None) if row.stays_open(row) else place

    return place_in_workflow


def move_actuals(
    rows: Sequence[Actual],
    action: Action,
    *,
    by: Any,
    reason: str = "",
    versions: Mapping[int, int] | None = None,
) -> list[Actual]:
    """Take actuals a step of the workflow; see `plans.moving.move_rows`."""
    return move_rows(
        rows,
        action,
        by=by,
        reason=reason,
        versions=versions,
        places=places_of_actuals,
        related=("series",),
    )


def record_actuals(
    rows: Sequence[Actual],
    *,
    by: Any,
    reason: str = "",
    fields: Collection[str] | None = None,
    expected_versions: Mapping[int, int] | None = None,
    stored: Mapping[int, Actual] | None = None,
    calendar: SeriesCalendar | None = None,
    sections_of: SectionsOf | None = None,
    with_led: bool = False,
) -> None:
    """Check and save actuals, with their history: all or none. `fields` names what may have
    changed of stored ones (None: everything). What the caller knows is not read here: `stored` is
    number → row, with its series, as it has been locked, see `plans.record_many.save_rows`;
    `calendar` of all their series; `sections_of` who answers for them. `with_led`: a lead section
    brings its division's, see `plans.record.require_section`. Raises ValidationError with every
    problem."""
    problems = check_actuals(
        rows,
        by=by,
        fields=fields,
        stored=stored,
        calendar=calendar,
        sections_of=sections_of,
        with_led=with_led,
    )
    refuse(problems, rows)
    save_actuals(
        rows,
        by=by,
        reason=reason,
        fields=fields,
        expected_versions=expected_versions,
        stored=stored,
    )


def save_actuals(
    rows: Sequence[Actual],
    *,
    by: Any,
    reason: str = "",
    fields: Collection[str] | None = None,
    expected_versions: Mapping[int, int] | None = None,
    stored: Mapping[int, Actual] | None = None,
) -> None:
    """Save actuals that have passed `check_actuals`; see `plans.record_many.save_rows`."""
    if fields is not None:
        fields = {*fields, "is_late"}
    save_rows(
        rows,
        by=by,
        reason=reason,
        fields=fields,
        expected_versions=expected_versions,
        stored=stored,
    )


# --- Indicators -------------------------------------------------------------------------------


def check_indicators(
    rows: Sequence[Indicator], *, by: Any, fields: Collection[str] | None = None
) -> Problems:
    """Return what is wrong with indicators, new or changed; see `record.check_indicator`."""
    problems = check_rows(rows, by=by, fields=fields)
    stored = stored_rows(rows)
    swapped = {
        position: (stored[row.pk], row)
        for position, row in enumerate(rows)
        if row.pk in stored and stored[row.pk].series_id != row.series_id
    }
    if not swapped:
        return problems
    calendar = Calendar(before.plan_id for before, _row in swapped.values())
    years: dict[int, set[int]] = defaultdict(set)
    both = {each.series_id for pair in swapped.values() for each in pair}
    for series_id, year in Actual.objects.filter(series__in=both).values_list(
        "series", "fiscal_year"
    ):
        years[series_id].add(year)
    for position, pair in swapped.items():
        closed = calendar.closed_years(pair[0].plan_id)
        shown = {
            year
            for each in pair
            for year in closed & years[each.series_id]
            if each.is_in_year(year)
        }
        if shown:
            problems[position] = series_is_shown(min(shown))
    return problems


# --- Targets and judgements -------------------------------------------------------------------


def check_targets(
    rows: Sequence[Target], *, by: Any, fields: Collection[str] | None = None
) -> Problems:
    """Return what is wrong with targets, new or changed; see `record.check_target`."""
    return gathered(rows, _promise_check(rows, by, fields))


def _promise_check(
    rows: Sequence[Target] | Sequence[Judgement], by: Any, fields: Collection[str] | None
) -> Callable[[Any], None]:
    """Return the check that a planner writes, something valid, into a year that is open and not
    another plan's, and takes nothing out of a closed one."""
    stored = stored_rows(rows, "indicator")
    plans: dict[int, Plan] = {row.indicator.plan_id: row.indicator.plan for row in rows}
    calendar = Calendar({*plans, *(row.indicator.plan_id for row in stored.values())})
    for plan in plans.values():
        if by is not None:
            require_planner(by, plan.municipality_id)
    flows = Flows(of_planners=True)

    def check(row: Any) -> None:
        before = stored.get(row.pk)
        for each in filter(None, (row, before)):
            calendar.ensure_open([each.indicator.plan_id], each.fiscal_year)
        if isinstance(row, Judgement):
            check_state(
                row,
                before,
                by=by,
                municipality_id=row.indicator.plan.municipality_id,
                sections=tuple,
                flows=flows,
                reason=None,
            )
        check_valid(row, fields)
        calendar.ensure_in_force(row.indicator.plan, row.fiscal_year)

    return check


def check_judgements(
    rows: Sequence[Judgement], *, by: Any, fields: Collection[str] | None = None
) -> Problems:
    """Return what is wrong with judgements, new or changed; see `record.check_judgement`.

    Figures and targets they judge are read from the database. The number of queries grows with
    the years that are judged without a reason, not with the rows.
    """
    check_promise = _promise_check(rows, by, fields)
    computed = _Computed()

    def check(row: Judgement) -> None:
        check_promise(row)
        plan = row.indicator.plan
        scheme = plan.scheme_in(PlanScheme.Subject.INDICATORS, row.fiscal_year)
        if scheme is None or row.band.scheme_id != scheme.pk:
            raise wrong_scheme("band")
        if not row.reason.strip():
            refuse_override(row, computed.band_of(row))

    return gathered(rows, check)


def move_judgements(
    rows: Sequence[Judgement],
    action: Action,
    *,
    by: Any,
    reason: str = "",
    versions: Mapping[int, int] | None = None,
) -> list[Judgement]:
    """Take judgements a step of the planners' workflow; see `plans.moving.move_rows`."""
    return move_rows(
        rows,
        action,
        by=by,
        reason=reason,
        versions=versions,
        places=places_of_judgements,
        related=("indicator__plan", "indicator__series", "band"),
        of_planners=True,
    )


def places_of_judgements(rows: Sequence[Judgement]) -> Callable[[Judgement], Place]:
    """Return where stored judgements stand; they belong to no section."""
    return places_in_plan(rows, lambda row: row.indicator.plan, lambda row: ())


class _Computed:
    """What the figures give, by plan, year and period; each judged once, when first asked for."""

    def __init__(self) -> None:
        self._bands: dict[tuple[int, int, str], dict[int, Any]] = {}

    def band_of(self, row: Judgement) -> Any:
        """Return the computed band for the indicator of a judgement, None where there is none."""
        plan = row.indicator.plan
        key = plan.pk, row.fiscal_year, row.period
        if key not in self._bands:
            everyone = judging.with_relations(plan.indicators.all())
            self._bands[key] = {
                judged.indicator.pk: judged.verdict and judged.verdict.band
                for judged in judging.judge_plan(
                    plan, row.fiscal_year, row.period, indicators=everyone
                )
            }
        return self._bands[key].get(row.indicator_id)
