"""The words in which the tables of the sample town are written."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from indicators.choices import BaselineStatus, MissingReason, Revision, TargetKind
from plans.choices import WorkState


class Round(StrEnum):
    """When a figure of a fiscal year was entered."""

    COUNCIL = "council"  # August after the year
    PUBLIC = "public"  # September after the year
    LATE = "late"  # September two years after, when late statistics are settled
    CORRECTION = "correction"
    SOURCE = "source"  # the source was revised


@dataclass(frozen=True)
class Entry:
    """A figure, or why there is none, as a section entered it in one round."""

    value: Decimal | None
    at: Round = Round.COUNCIL
    fields: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, given: Entry | str | int) -> Entry:
        """Return the entry a table means by a bare number."""
        return given if isinstance(given, Entry) else value(given)


@dataclass(frozen=True)
class Line:
    """An indicator, with what its series says year by year.

    `on` names the node it hangs on ("goal 1", "policy 1-1", "measure 1-1-1", "" the plan).
    `series` holds the fields of a new series, or only the code of one that another plan keeps.
    `values` are year-end figures by fiscal year, several where they changed later; `mid` and
    `forecast` those of 9月末 and 年度末見込. `sections` answer from the start; where one of them
    ended at the reorganisation, `later_sections` (default: its successors) follow.
    """

    code: str
    on: str
    series: dict[str, Any] | str
    direction: str
    baseline: dict[str, Any]
    targets: list[dict[str, Any]]
    values: dict[int, Any] = field(default_factory=dict)
    mid: dict[int, Entry | str] = field(default_factory=dict)
    forecast: dict[int, Entry | str] = field(default_factory=dict)
    sections: tuple[str, ...] = ()
    later_sections: tuple[str, ...] = ()
    breaks: dict[int, str] = field(default_factory=dict)
    fields: dict[str, Any] = field(default_factory=dict)

    @property
    def series_code(self) -> str:
        return self.series if isinstance(self.series, str) else self.series["code"]

    def entries(self, year: int, at: Round) -> list[Entry]:
        """Return what was entered for a year in a round (none or one entry)."""
        given = self.values.get(year, ())
        entries = given if isinstance(given, tuple) else (given,)
        return [entry for entry in map(Entry.of, entries) if entry.at == at]


# --- Entries ----------------------------------------------------------------------------------


def value(number: str | int, at: Round = Round.COUNCIL, **fields: Any) -> Entry:
    return Entry(Decimal(number), at, fields)


def provisional(number: str | int, **fields: Any) -> Entry:
    return value(number, is_provisional=True, **fields)


def settled(number: str | int, at: Round = Round.PUBLIC, **fields: Any) -> Entry:
    """The figure that replaces a provisional or late one."""
    return value(number, at, revision=Revision.SETTLED, **fields)


def corrected(number: str | int, reason: str) -> Entry:
    return value(number, Round.CORRECTION, revision=Revision.CORRECTED, revision_reason=reason)


def source_revised(number: str | int, reason: str) -> Entry:
    return value(number, Round.SOURCE, revision=Revision.SOURCE_REVISED, revision_reason=reason)


def missing(reason: str, expected: date | None = None, note: str = "") -> Entry:
    """No value; `expected` is the first day of the month in which it will be settled."""
    return Entry(None, fields={"missing_reason": reason, "expected_on": expected, "note": note})


def no_survey(*years: int) -> dict[int, Entry]:
    return {year: missing(MissingReason.NO_SURVEY) for year in years}


def in_state(number: str | int, state: str, **fields: Any) -> Entry:
    """A figure of the round that is still going on."""
    return value(number, state=state, **fields)


DRAFT, SUBMITTED, APPROVED = WorkState.DRAFT, WorkState.SUBMITTED, WorkState.APPROVED

# --- Baselines --------------------------------------------------------------------------------


def baseline(number: str, year: int | None, **fields: Any) -> dict[str, Any]:
    return {
        "baseline_status": BaselineStatus.VALUE,
        "baseline_value": Decimal(number),
        "baseline_fiscal_year": year,
        **{f"baseline_{name}": content for name, content in fields.items()},
    }


def not_started(year: int, label: str) -> dict[str, Any]:
    return {
        "baseline_status": BaselineStatus.NOT_STARTED,
        "baseline_fiscal_year": year,
        "baseline_label": label,
    }


def unavailable(note: str) -> dict[str, Any]:
    return {
        "baseline_status": BaselineStatus.UNAVAILABLE,
        "baseline_value_label": "－",
        "baseline_note": note,
    }


# --- Targets ----------------------------------------------------------------------------------


def target(year: int, kind: str, number: str | None = None, **fields: Any) -> dict[str, Any]:
    figures = {} if number is None else {"value": Decimal(number)}
    return {"fiscal_year": year, "kind": kind, **figures, **fields}


def at_least(year: int, number: str, **fields: Any) -> dict[str, Any]:
    return target(year, TargetKind.AT_LEAST, number, **fields)


def at_most(year: int, number: str, **fields: Any) -> dict[str, Any]:
    return target(year, TargetKind.AT_MOST, number, **fields)


def between(year: int, lower: str, upper: str, **fields: Any) -> dict[str, Any]:
    return target(year, TargetKind.RANGE, lower=Decimal(lower), upper=Decimal(upper), **fields)


def yearly(kind: str, first: int, *numbers: str) -> list[dict[str, Any]]:
    """A target for each year from `first` on."""
    return [target(first + n, kind, number) for n, number in enumerate(numbers)]


def years(first: int, *given: Any) -> dict[int, Any]:
    """Figures of consecutive years."""
    return {first + n: content for n, content in enumerate(given)}


# --- Reports ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Report:
    """What a section wrote on a row of the sheet. `row` 1 is the owner's, the others 再掲.

    `yen` is the budget in thousand yen, with what was spent of it once the year is settled.
    `taken_over` names the columns whose text is that of the year before and was not touched.
    """

    action: str
    year: int
    rating: str  # symbol of the scheme; "" not rated
    course: str  # 方向性
    yen: tuple[int, int] | int | None
    projects: tuple[str, ...]
    result: str
    next: str
    row: int = 1
    issues: str = ""
    partners: tuple[str, ...] = ()
    memo: str = ""
    mid_year: bool = False
    state: str = WorkState.CHECKED
    taken_over: tuple[str, ...] = ()

    def extra(self) -> dict[str, Any]:
        """Return the plan's own columns, those without content left out."""
        budget, spent = self.yen if isinstance(self.yen, tuple) else (self.yen, None)
        extra = {
            "budget": budget,
            "settlement": spent,
            "course": self.course,
            "partners": list(self.partners),
            "memo": self.memo,
        }
        return {key: content for key, content in extra.items() if content not in (None, "", [])}


# --- The review board -------------------------------------------------------------------------


@dataclass(frozen=True)
class Comment:
    """What the review board said of a year, `on` as for a `Line`, and what a section answered.

    Days are (month, day) of the year after. No answer yet where `answer` is "".
    """

    year: int
    on: str
    day: tuple[int, int]
    comment: str
    answer: str = ""
    section: str = ""
    answer_day: tuple[int, int] | None = None
    state: str = WorkState.CHECKED

    @property
    def said_on(self) -> date:
        return date(self.year + 1, *self.day)

    @property
    def answered_on(self) -> date | None:
        return self.answer_day and date(self.year + 1, *self.answer_day)
