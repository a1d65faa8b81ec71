"""Rows under work that meet other people after a reorganisation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from indicators.models import Actual
from measures.models import ProgressReport
from municipalities.models import Department
from plans.choices import WorkState

from .duties import Duty


@dataclass(frozen=True)
class Waiting:
    """How many rows of a section are in a state, and which sections see them from the day on."""

    old: str
    state: str
    count: int
    seen_by: tuple[Department, ...]


def waiting_of(duties: Iterable[Duty], fiscal_year: int) -> list[Waiting]:
    """Return the figures and reports that are being entered or approved, of the year before
    `fiscal_year` and later, by section and state. Two queries."""
    series: dict[int, list[Duty]] = {}
    rows: dict[int, list[Duty]] = {}
    for duty in duties:
        if duty.goes:
            kind, _dash, number = duty.key.partition("-")[2].partition("-")
            held = series if kind == "series" else rows
            held.setdefault(int(number), []).append(duty)
    asked = {"fiscal_year__gte": fiscal_year - 1}
    found: Counter[tuple[int, str]] = Counter()
    fates = {}
    for numbers, model, name in ((series, Actual, "series"), (rows, ProgressReport, "row")):
        working = model._default_manager.filter(**asked, **{f"{name}__in": numbers})
        for number, state in working.exclude(state=WorkState.CHECKED).values_list(name, "state"):
            for duty in numbers[number]:
                fates[duty.fate.old.pk] = duty.fate
                found[duty.fate.old.pk, state] += 1
    order = list(WorkState.values)
    return [
        Waiting(fates[old].old.name, WorkState(state).label, count, tuple(fates[old].targets))
        for (old, state), count in sorted(
            found.items(), key=lambda item: (fates[item[0][0]].old.order, order.index(item[0][1]))
        )
    ]
