"""An indicator's figures as a table, and its targets with what they replaced."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from indicators.choices import Revision
from indicators.models import Indicator
from municipalities.models import Municipality
from plans.choices import Period
from plans.models import Plan
from rounds.models import PublishedIndicator
from rounds.published import Record

from . import figures
from .figures import RateShown, Shown
from .succession import Era, earlier_rows, era_name
from .towns import moment_words
from .wording import Badge, iso_day_words, year_words


@dataclass(frozen=True)
class Note:
    """A remark on a line of the table; `before` is the figure that a correction replaced."""

    text: str
    label: str = ""
    before: Shown | None = None
    before_published: str = ""


@dataclass(frozen=True)
class TableRow:
    """A line of the table that says the same as the chart."""

    year: str
    kind: str
    shown: Shown
    total: Shown | None = None
    target: Shown | None = None
    progress: RateShown | None = None
    achievement: RateShown | None = None
    badges: list[Badge] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    plan: str = ""
    """Which plan published it, where not all lines are of one."""
    sort_key: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class Table:
    rows: list[TableRow]
    unit: str
    has_totals: bool
    has_targets: bool
    has_rates: bool
    has_notes: bool
    has_plans: bool = False


def _kind_beside(year: str, kind: str) -> str:
    """Return the kind of a line unless its printed year already says it (令和3年度 実績値)."""
    return "" if kind in year else kind


def table_of(
    plan: Plan,
    indicator: Indicator,
    record: Record,
    earlier: list[PublishedIndicator],
    eras: list[Era] | None = None,
) -> Table:
    """Return baseline, published years and targets in order of time; `earlier` are superseded
    rows of the indicator, for what a correction replaced. The lines of the plans before (`eras`)
    hold their figures only: their rates speak of other targets."""
    rows = [_baseline_row(plan, record.latest)]
    before = replaced_by(record, earlier)
    rows += [
        _year_row(plan, row, before.get(row.pk))
        for row in record.years
        if figures.says_something(row)
    ]
    former = [
        replace(_year_row(old, row, None), progress=None, achievement=None, plan=era_name(old))
        for old, row in earlier_rows(eras or [], record)
        if figures.says_something(row)
    ]
    if former:
        rows = [*former, *(replace(row, plan=era_name(plan)) for row in rows)]
    places = {row.sort_key: place for place, row in enumerate(rows)}
    for target in figures.targets_in_force(record.promised):
        row = _target_row(plan, target, record.promised, indicator.direction)
        place = places.get((target["fiscal_year"], 1 + Period.values.index(Period.YEAR_END)))
        if place is None:
            rows.append(replace(row, plan=era_name(plan) if former else ""))
        else:  # the year's own line
            rows[place] = replace(
                rows[place], target=row.target, notes=rows[place].notes + row.notes
            )
    return Table(
        rows=sorted(rows, key=lambda row: row.sort_key),
        unit=record.latest.unit,
        has_totals=any(row.total for row in rows),
        has_targets=any(row.target for row in rows),
        has_rates=any(row.progress or row.achievement for row in rows),
        has_notes=any(row.notes for row in rows),
        has_plans=bool(former),
    )


def _baseline_row(plan: Plan, row: PublishedIndicator) -> TableRow:
    return TableRow(
        year=figures.baseline_year(row, plan.municipality),
        kind=_("基準値"),
        shown=figures.baseline_shown(row),
        notes=[Note(row.baseline_note)] if row.baseline_note else [],
        sort_key=(row.baseline_fiscal_year or 0, 0),
    )


def replaced_by(record: Record, earlier: list[PublishedIndicator]) -> dict[int, PublishedIndicator]:
    """Return id of a revised row → the newest superseded row of its year with another figure."""
    found = {}
    for row in record.years:
        if not row.revision:
            continue
        others = [
            other
            for other in earlier
            if other.publication.fiscal_year == row.publication.fiscal_year
            and other.publication.period == row.publication.period
            and other.value is not None
            and other.value != row.value
        ]
        if others:
            found[row.pk] = max(others, key=lambda other: other.publication.effective_at)
    return found


def _notes(
    row: PublishedIndicator, before: PublishedIndicator | None, municipality: Municipality
) -> list[Note]:
    notes = [Note(row.note)] if row.note else []
    if row.revision_reason or before is not None:
        label = str(Revision(row.revision).label) if row.revision else ""
        if before is None:
            notes.append(Note(row.revision_reason, label))
        else:
            day = moment_words(municipality, before.publication.effective_at)
            shown = figures.actual_shown(before, municipality)
            notes.append(Note(row.revision_reason, label, shown, day))
    return notes


def _year_row(plan: Plan, row: PublishedIndicator, before: PublishedIndicator | None) -> TableRow:
    fiscal_year, period = row.publication.fiscal_year, row.publication.period
    year = year_words(plan.municipality, fiscal_year, row.year_label)
    kind = _("実績") if period == Period.YEAR_END else plan.period_name(period)
    rates = figures.rates_of(plan, row)
    return TableRow(
        year=year,
        kind=_kind_beside(year, kind),
        shown=figures.actual_shown(row, plan.municipality),
        total=figures.amount_shown(row, plan.municipality) if row.total is not None else None,
        progress=rates.get("progress"),
        achievement=rates.get("achievement"),
        badges=figures.row_badges(row),
        notes=_notes(row, before, plan.municipality),
        sort_key=(fiscal_year, 1 + Period.values.index(period)),
    )


def _target_row(
    plan: Plan, target: dict[str, Any], row: PublishedIndicator, direction: str
) -> TableRow:
    return TableRow(
        year=figures.target_year(target, plan.municipality),
        kind=_("目標"),
        shown=figures.missing(_("公表された実績なし")),
        target=figures.target_shown(target, row, direction),
        notes=[Note(target["note"])] if target["note"] else [],
        sort_key=(target["fiscal_year"], 9),
    )


# --- Targets -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class EarlierTarget:
    shown: Shown
    decided: str


@dataclass(frozen=True)
class TargetShown:
    """A target with what it replaced and why."""

    year: str
    shown: Shown
    kind: str
    is_final: bool
    note: str
    reason: str
    decided: str
    earlier: list[EarlierTarget]
    level: Shown | None
    """The figure that a change from the baseline leads to, by our arithmetic."""


def targets_of(plan: Plan, indicator: Indicator, record: Record) -> list[TargetShown]:
    row, municipality = record.promised, plan.municipality
    in_force = figures.targets_in_force(row)
    return [
        TargetShown(
            year=figures.target_year(target, municipality),
            shown=figures.target_shown(target, row, indicator.direction),
            kind=figures.target_kind_words(target, row),
            is_final=target is in_force[-1],
            note=target["note"],
            reason=target["reason"],
            decided=_decided(target, municipality),
            earlier=[
                EarlierTarget(
                    figures.target_shown(other, row, indicator.direction),
                    _decided(other, municipality),
                )
                for other in row.targets
                if other["fiscal_year"] == target["fiscal_year"]
                and other["revision"] < target["revision"]
            ],
            level=figures.show(
                figures.change_level(target, record.latest.baseline_value), row.decimals, row.unit
            ),
        )
        for target in in_force
    ]


def _decided(target: dict[str, Any], municipality: Municipality) -> str:
    return iso_day_words(municipality, target["decided_on"])
