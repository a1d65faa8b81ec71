"""The working rows a first page speaks of: those that were returned, and those that wait."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from indicators.models import Actual, Series
from indicators.sections import of_sections as actuals_of
from indicators.standing import Sections
from measures.models import DepartmentPolicySheet, ProgressReport
from measures.sections import of_sections as reports_of
from municipalities import fiscal_year as fiscal_years
from municipalities.models import Department, Municipality
from plans.choices import WorkState
from plans.moving import WORDS, flow_of
from plans.workflow import Action, State

MODELS: tuple[type[Any], ...] = (Actual, ProgressReport, DepartmentPolicySheet)
RELATED = {
    Actual: ("series",),
    ProgressReport: ("row__action__plan",),
    DepartmentPolicySheet: ("department", "plan"),
}
MOST_RETURNED = 200
Key = tuple[type[Any], int]


def states_before(town: Municipality, action: Action) -> list[str]:
    """Return the states in which rows of a municipality wait for an action, such as approval."""
    flow = flow_of(town)
    return [state.value for state in State if flow.step(state, action) is not None]


def of_sections(model: type[Any], departments: Collection[int]) -> QuerySet:
    """Return the rows of a model some sections answer for."""
    if model is Actual:
        return actuals_of(Actual.objects.all(), departments)
    if model is ProgressReport:
        return reports_of(ProgressReport.objects.all(), departments)
    return DepartmentPolicySheet.objects.filter(department__in=departments)


def of_towns(model: type[Any], chosen: dict[int, list[str]]) -> QuerySet:
    """Return the rows of a model in the states chosen for each municipality."""
    wanted = Q(pk__in=[])
    for town, states in chosen.items():
        wanted |= Q(**{model.municipality_lookup: town, "state__in": states})
    return model.objects.filter(wanted)


def name_of(row: Any) -> str:
    """Return a row as people call it: what is counted or done, and its year."""
    what = {
        Actual: lambda: row.series.name,
        ProgressReport: lambda: str(row.row.action),
        DepartmentPolicySheet: lambda: f"{row._meta.verbose_name} {row.department}",
    }[type(row)]()
    return f"{what}（{fiscal_years.label(row.fiscal_year)}）"


@dataclass(frozen=True)
class Returned:
    """A row that had been handed in and is a draft again."""

    row: Any
    reason: str
    by: int | None
    sections: frozenset[int]


def returned_rows(departments: Collection[int]) -> dict[Key, Returned]:
    """Return what came back to some sections and has not been handed in again; what they took
    back themselves is not among it. A constant number of queries."""
    found: dict[Key, tuple[Any, str, int | None]] = {}
    for model in MODELS:
        history = model.history.model
        handed_in = history.objects.filter(id=OuterRef("pk")).exclude(state=WorkState.DRAFT)
        drafts = with_sections(
            of_sections(model, departments).filter(Exists(handed_in), state=WorkState.DRAFT)
        )
        rows = {row.pk: row for row in drafts.order_by("-updated_at")[:MOST_RETURNED]}
        told = history.objects.filter(id__in=rows).order_by("id", "history_date", "history_id")
        last: tuple[int, str] = (0, "")
        for number, state, reason, by in told.values_list(
            "id", "state", "history_change_reason", "history_user"
        ):
            if last[0] == number and state == WorkState.DRAFT != last[1]:
                found[model, number] = rows[number], reason or "", by
            last = number, state
    sections = sections_of([row for row, _reason, _by in found.values()])
    withdrawn = str(WORDS[Action.WITHDRAW])
    return {
        key: Returned(row, reason, by, frozenset(sections[key]))
        for key, (row, reason, by) in found.items()
        if reason != withdrawn
    }


@dataclass
class Pile:
    """The rows of a section that wait for one step."""

    section: Department
    counts: dict[type[Any], int] = field(default_factory=dict)
    since: datetime | None = None

    def add(self, row: Any) -> None:
        self.counts[type(row)] = self.counts.get(type(row), 0) + 1
        if self.since is None or row.updated_at < self.since:
            self.since = row.updated_at


def sections_of(rows: Collection[Any]) -> dict[Key, set[int]]:
    """Return each row's sections, by the rules of the write path. Two queries."""
    actuals = [row for row in rows if isinstance(row, Actual)]
    sections = Sections({row.series_id for row in actuals})
    found: dict[Key, set[int]] = {}
    for row in rows:
        if isinstance(row, Actual):
            series: Series = row.series
            found[Actual, row.pk] = sections.of(series, row.fiscal_year)
        elif isinstance(row, ProgressReport):
            links = row.row.departments.all()
            found[ProgressReport, row.pk] = {
                link.department_id for link in links if link.is_in_year(row.fiscal_year)
            }
        else:
            found[DepartmentPolicySheet, row.pk] = {row.department_id}
    return found


def with_sections(rows: QuerySet) -> QuerySet:
    """Return rows with what `sections_of` and `name_of` read."""
    rows = rows.select_related(*RELATED[rows.model])
    return rows.prefetch_related("row__departments") if rows.model is ProgressReport else rows


def counts_in_words(counts: dict[type[Any], int]) -> list[str]:
    """Return 実績 3件, 進捗の報告 2件."""
    return [f"{model._meta.verbose_name} {count}件" for model, count in counts.items() if count]
