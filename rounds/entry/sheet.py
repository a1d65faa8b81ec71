"""The whole sheet as the page shows it: rows, boxes, what is known beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from indicators import judging
from indicators.models import Actual, Indicator
from indicators.words import target_words
from measures.forerunners import forerunners
from measures.models import ProgressReport, ReportColumn
from municipalities.days import day_words
from plans.choices import Period, WorkState
from plans.workflow import APPROVING, Action, Refusal

from ..requests.dues import Due
from . import boxes
from .boxes import Box
from .desk import Desk, prepare_plans
from .drafts import Drafts, clock, overlay
from .figure_lines import FigureLine
from .handovers import handovers_of, seal
from .lines import Line, Problem, Texts
from .moves import refusal_of
from .outcome import Clash, Outcome, Question
from .reading import figure_words
from .report_lines import ReportLine
from .results import Book, Result, reason_words, saved_result, typed_result
from .stories import Story, stories_of

MOST_COLUMNS = 7


@dataclass
class Fact:
    """Something known of a row that is not typed here."""

    label: str
    text: str
    note: str = ""


@dataclass
class SheetRow:
    """A row of the page."""

    line: Line
    due: Due
    closed: str
    boxes: list[Box] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    """Of a figure: its baselines and targets."""
    before: Fact | None = None
    """Of a figure: that of the year before."""
    result: Result = field(default_factory=Result)
    story: Story = field(default_factory=Story)
    other_year: str = ""
    """Its year, where that is not the request's."""
    late_until: str = ""
    """The day by which it is due, where that is later than the request's."""
    changed: str = ""
    """Who changed it last, and when."""
    handover: str = ""
    handover_seal: str = ""
    may_hand_over: bool = False
    version: str = ""
    clash: Clash | None = None
    question: Question | None = None
    problems: list[Problem] = field(default_factory=list)
    draft_clash: bool = False
    """Somebody has saved the row since the draft shown here was begun."""

    @property
    def key(self) -> str:
        return self.line.key

    @property
    def own_problems(self) -> list[Problem]:
        """Those that belong to no box."""
        return [problem for problem in self.problems if not problem.column]

    @property
    def plans(self) -> str:
        return "・".join(str(plan) for plan in self.due.plans)

    @property
    def partners(self) -> str:
        """The sections that answer for it together; "" where there is one only."""
        names = [str(section) for section in self.due.named]
        return "・".join(names) if len(names) > 1 else ""

    @property
    def state(self) -> str:
        working = self.line.working
        return _("未入力") if working is None else str(WorkState(working.state).label)


@dataclass
class ReportTable:
    """The rows of one plan's progress sheet, in the plan's own form."""

    plan: Any
    columns: list[ReportColumn]
    bands: list[Any]
    rows: list[SheetRow]
    before: str
    """The year whose text stands beside."""

    @property
    def is_wide(self) -> bool:
        """Whether it has more columns than a window holds."""
        return len(self.columns) > MOST_COLUMNS


@dataclass
class Sheet:
    """Everything the page shows."""

    figures: list[SheetRow]
    tables: list[ReportTable]
    offers: dict[str, int]
    """Action → the number of rows it can be done to."""
    own: int
    """How many rows the person could approve, had they not entered them."""

    @property
    def rows(self) -> list[SheetRow]:
        return [*self.figures, *(row for table in self.tables for row in table.rows)]

    @property
    def has_boxes(self) -> bool:
        return any(not row.closed for row in self.rows)

    @property
    def blank(self) -> int:
        return sum(row.line.working is None for row in self.rows)


def sheet_of(desk: Desk, drafts: Drafts, outcome: Outcome | None = None) -> Sheet:
    """Return the sheet as it stands, with the person's own draft on top; after a press that was
    refused, with what they had typed. The number of queries does not depend on its rows."""
    builder = _Builder(desk, drafts, outcome)
    return Sheet(*builder.rows(), *builder.offers())


def saved_rows(desk: Desk) -> tuple[list[SheetRow], list[ReportTable]]:
    """Return the rows of the sheet as they are saved, whoever asks: figures, and reports."""
    return _Builder(desk, Drafts(None, []), None).rows()


class _Builder:
    def __init__(self, desk: Desk, drafts: Drafts, outcome: Outcome | None) -> None:
        self.desk, self.outcome = desk, outcome
        self.draft = drafts.own if outcome is None else None
        self.typed: Mapping[str, Texts] = overlay(self.draft) if outcome is None else outcome.typed
        self.seen = {} if self.draft is None else self.draft.versions
        self.lines = {due.key: desk.line_of(due) for due in desk.dues}
        self._prepare()

    def _prepare(self) -> None:
        figures = [line for line in self.lines.values() if isinstance(line, FigureLine)]
        reports = [line for line in self.lines.values() if isinstance(line, ReportLine)]
        prepare_plans({line.plan.pk: line.plan for line in reports}.values())
        working = [line.working for line in self.lines.values() if line.working is not None]
        prefetch_related_objects(working, "changed_by")
        self.book = Book(figures)
        self.before = self._figures_before(figures)
        self.texts_before = self._reports_before(reports)
        self.handovers = handovers_of(self.lines)
        self.stories = stories_of(
            [line for line in self.lines.values() if line.working and line.working.version > 1]
        )

    def _figures_before(self, lines: list[FigureLine]) -> dict[tuple[int, int, str], Actual]:
        """Return the actuals of the year before each line's."""
        rows = Actual.objects.filter(
            series__in={line.series.pk for line in lines},
            fiscal_year__in={line.fiscal_year - 1 for line in lines},
        )
        return {(row.series_id, row.fiscal_year, row.period): row for row in rows}

    def _reports_before(self, lines: list[ReportLine]) -> dict[int, ProgressReport]:
        """Return row id → its report of the year before, of the plan before where it is the first
        year of a plan that follows another."""
        plans = {line.plan.pk: line.plan for line in lines}
        way: dict[int, int] = {}
        for plan in plans.values():
            way |= forerunners(plan, [line.row for line in lines if line.plan is plan])
        year, period = self.desk.request.fiscal_year - 1, self.desk.request.period
        numbers = {line.row.pk for line in lines} | set(way.values())
        found = {
            report.row_id: report
            for report in ProgressReport.objects.filter(
                row__in=numbers, fiscal_year=year, period=period
            ).select_related("rating")
        }
        return {
            line.row.pk: report
            for line in lines
            if (report := found.get(line.row.pk) or found.get(way.get(line.row.pk, 0)))
        }

    # --- Rows ---------------------------------------------------------------------------------

    def rows(self) -> tuple[list[SheetRow], list[ReportTable]]:
        """Return the figures, and the reports by plan."""
        rows = [self._row(due, self.lines[due.key]) for due in self.desk.dues]
        figures = [row for row in rows if isinstance(row.line, FigureLine)]
        return figures, self._tables(rows)

    def _row(self, due: Due, line: Line) -> SheetRow:
        typed = self.typed.get(line.key, {})
        row = SheetRow(line, due, self.desk.why_closed(line, due), version=line.version)
        row.story = self.stories.get(line.key, row.story)
        town = self.desk.request.municipality
        if line.fiscal_year != self.desk.request.fiscal_year:
            row.other_year = town.year_label(line.fiscal_year)
        if due.is_late:
            row.late_until = day_words(town, due.due_on)
        if line.working is not None and line.working.changed_by is not None:
            row.changed = f"{line.working.changed_by}（{clock(line.working.updated_at)}）"
        note = self.handovers.get(line.key)
        text = "" if note is None else note.text
        row.handover_seal = typed.get("handover_seen", seal(text))
        row.handover = typed.get("handover", text)
        row.may_hand_over = self.desk.owns(line)
        if self.outcome is not None:
            row.problems = [each for each in self.outcome.problems if each.key == line.key]
            row.clash = self.outcome.clashes.get(line.key)
            row.question = self.outcome.questions.get(line.key)
            if any(problem.column == "handover" for problem in row.problems):
                row.handover_seal = seal(text)  # seen by now
            if row.clash is not None:
                typed = row.clash.texts
        elif typed:
            row.version = self.seen.get(line.key, line.version)
            row.draft_clash = row.version != line.version
        if isinstance(line, FigureLine):
            row.facts = [*self._facts(line), *self._year_end_before(line)]
            row.before = self._fact_before(line)
            is_typed = bool(line.changed(typed, line.texts)) and not row.closed
            row.result = (
                typed_result(self.book, line, typed) if is_typed else saved_result(self.book, line)
            )
            row.boxes = boxes.figure_boxes(line, typed, row.problems)
        else:
            assert isinstance(line, ReportLine)
            before = self.texts_before.get(line.row.pk)
            row.boxes = boxes.report_boxes(line, typed, row.problems, before)
        return row

    def _facts(self, line: FigureLine) -> list[Fact]:
        town = self.desk.request.municipality
        facts = []
        several = len(line.indicators) > 1
        for indicator in line.indicators:
            plan = f"{indicator.plan} " if several else ""
            facts.append(Fact(f"{plan}{_('基準値')}", *_baseline(indicator, town)))
            targets = judging.targets_in_force(indicator.targets.all(), line.fiscal_year)
            shown = {target.fiscal_year: target for target in targets}
            years = {line.fiscal_year, max(shown, default=line.fiscal_year)}
            for year in sorted(years & shown.keys()):
                label = _("%(year)sの目標") % {"year": town.year_label(year)}
                facts.append(Fact(f"{plan}{label}", _target(shown[year], line.series.decimals)))
        return facts

    def _fact_before(self, line: FigureLine) -> Fact:
        before = self.before.get((line.series.pk, line.fiscal_year - 1, line.period))
        label = self.desk.request.municipality.year_label(line.fiscal_year - 1)
        if before is None:
            return Fact(label, "－")
        words = figure_words(before.value, line.series)
        if before.value is None:
            words = f"－（{reason_words(vars(before))}）"
        return Fact(label, words, before.note)

    def _year_end_before(self, line: FigureLine) -> list[Fact]:
        """Return what the year before came to in the end, where only another period is asked for
        and told nothing then."""
        year = line.fiscal_year - 1
        same, end = (
            self.before.get((line.series.pk, year, period))
            for period in (line.period, Period.YEAR_END)
        )
        if (same is not None and same.value is not None) or end is None or end.value is None:
            return []
        town = self.desk.request.municipality
        label = f"{town.year_label(year)} {Period.YEAR_END.label}"
        return [Fact(label, figure_words(end.value, line.series), end.note)]

    def _tables(self, rows: list[SheetRow]) -> list[ReportTable]:
        tables: dict[int, ReportTable] = {}
        town = self.desk.request.municipality
        for row in rows:
            if not isinstance(row.line, ReportLine):
                continue
            plan = row.line.plan
            if plan.pk not in tables:
                tables[plan.pk] = ReportTable(
                    plan,
                    list(row.line.columns.values()),
                    row.line.bands,
                    [],
                    town.year_label(self.desk.request.fiscal_year - 1),
                )
            tables[plan.pk].rows.append(row)
        return list(tables.values())

    def offers(self) -> tuple[dict[str, int], int]:
        """Return action → how many rows it can be done to; and how many are barred as own."""
        offers: dict[str, int] = {}
        own: set[str] = set()
        if self.desk.request.state == self.desk.request.State.DRAFT:
            return offers, 0
        for key, line in self.lines.items():
            for action in Action:
                refusal = refusal_of(self.desk, line, action)
                if refusal is None:
                    offers[action.value] = offers.get(action.value, 0) + 1
                elif refusal == Refusal.OWN and action in APPROVING:
                    own.add(key)
        return offers, len(own)


def _baseline(indicator: Indicator, town: Any) -> tuple[str, str]:
    """Return a baseline in words, with its year."""
    if indicator.baseline_value is None:
        text = indicator.baseline_value_label or indicator.get_baseline_status_display()
    else:
        text = figure_words(indicator.baseline_value, indicator.series)
    year = indicator.baseline_label or (
        town.year_label(indicator.baseline_fiscal_year) if indicator.baseline_fiscal_year else ""
    )
    return text, year


def _target(target: Any, decimals: int) -> str:
    return target.value_label or target.text or target_words(judging.target_rule(target), decimals)
