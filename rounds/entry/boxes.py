"""The boxes of the sheet's rows, finished for the page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from indicators.choices import MissingReason
from measures.models import ProgressReport, ReportColumn

from .figure_lines import FIGURE_LABELS, FigureLine
from .lines import AS_IS, Line, Problem, Texts
from .reading import is_percent
from .report_lines import ReportLine, content_text

_Kind = ReportColumn.Kind
_BOXES = {
    "value": "number",
    "missing_reason": "select",
    "expected_on": "month",
    "is_provisional": "check",
    "note": "line",
    "internal_note": "line",
}
LENGTHS = {"note": 500, "internal_note": 500}


@dataclass
class Box:
    """One box: its name, kind (number, line, month, text, list, select, check) and what it shows;
    `original` what is saved, where that is something else."""

    name: str
    column: str
    label: str
    kind: str
    text: str
    aria: str
    original: str | None = None
    choices: list[tuple[str, str]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    shown: str = ""
    """What is read where the box is not offered."""
    length: int | None = None
    unit: str = ""
    help: str = ""
    before: str = ""
    taken_over: str = ""
    as_is: str = ""
    as_is_ticked: bool = False

    @property
    def is_percent(self) -> bool:
        return self.unit in {"%", "％"}


def _box(line: Line, column: str, kind: str, typed: Texts, problems: Iterable[Problem]) -> Box:
    saved = line.texts[column]
    text = typed.get(column, saved)
    label = str(line.labels[column])
    return Box(
        name=f"{line.key}-{column}",
        column=column,
        label=label,
        kind=kind,
        text=text,
        aria=f"{line.name} {label}",
        original=saved if text != saved else None,
        errors=[problem.message for problem in problems if problem.column == column],
        shown=line.spoken(column, saved) or "－",
    )


def figure_boxes(line: FigureLine, typed: Texts, problems: list[Problem]) -> list[Box]:
    """Return the boxes of a figure, in the order of `FIGURE_LABELS`."""
    found = []
    for column in FIGURE_LABELS:
        box = _box(line, column, _BOXES[column], typed, problems)
        box.length = LENGTHS.get(column)
        if column == "value":
            box.unit = line.series.unit if is_percent(line.series) else ""
        if column == "missing_reason":
            box.choices = [
                ("", "－"),
                *((value, str(label)) for value, label in MissingReason.choices),
            ]
        found.append(box)
    return found


def report_boxes(
    line: ReportLine, typed: Texts, problems: list[Problem], before: ProgressReport | None
) -> list[Box]:
    """Return the boxes of a report, in the order of the plan's form."""
    found = []
    marked = () if line.working is None else line.working.taken_over
    for name, column in line.columns.items():
        box = _box(line, name, _kind_of(column), typed, problems)
        box.length, box.unit = column.max_length, column.unit
        box.before = _before(before, column)
        if column.kind == _Kind.RATING:
            box.choices = [("", "－"), *((str(band.pk), str(band)) for band in line.bands)]
        elif column.kind == _Kind.CHOICE:
            box.choices = [("", "－"), *((choice, choice) for choice in column.choices)]
        if box.choices and box.text not in dict(box.choices):
            box.choices.append((box.text, box.shown))
        if column.max_length is not None:
            box.help = _("%(limit)d文字まで") % {"limit": column.max_length}
        if column.key in marked:
            box.taken_over = _("前の年度の文のままです。")
            box.as_is = f"{line.key}-{AS_IS}{column.key}"
            box.as_is_ticked = bool(typed.get(f"{AS_IS}{column.key}"))
        found.append(box)
    return found


def _kind_of(column: ReportColumn) -> str:
    if column.kind in {_Kind.RATING, _Kind.CHOICE}:
        return "select"
    return {_Kind.NUMBER: "number", _Kind.LIST: "list"}.get(column.kind, "text")


def _before(report: ProgressReport | None, column: ReportColumn) -> str:
    """Return what a report of the year before says in a column, "" where it says nothing."""
    if report is None:
        return ""
    if column.kind == _Kind.RATING:
        return "" if report.rating is None else str(report.rating)
    return content_text(report, column)
