"""What the page says of a workbook: row by row what it would do, and the boxes to decide there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from exchange.models import EntryFile, EntryUpload
from municipalities.uploads import address
from rounds.entry.figure_lines import FIGURE_OR_REASON

from .decisions import CHOICE, CONFIRMED, FIX, HOLD, SHOWN, Decisions, box_name
from .taking import REFUSED, WRITTEN, Change, Kind, Part, Taken, TakenRow, counted

MOST_ROWS = 500
"""Rows a section's list shows of those that need no decision."""
_LONG = 40
"""A longer text gets a box of several lines."""


@dataclass(frozen=True)
class Cell:
    """A cell that can be held or corrected."""

    label: str
    place: str
    text: str
    hold: str
    is_held: bool
    fix: str

    @property
    def is_long(self) -> bool:
        return len(self.text) > _LONG or "\n" in self.text


@dataclass(frozen=True)
class Row:
    """A row of the list; the names are those of the boxes to decide in, "" where there is none."""

    name: str
    place: str
    kind: str
    label: str
    changes: list[Change]
    messages: list[str]
    clash: list[tuple[str, str, str]] = field(default_factory=list)
    who: str = ""
    when: str = ""
    choice: str = ""
    chosen: str = ""
    shown: str = ""
    version: str = ""
    questions: list[str] = field(default_factory=list)
    confirmed: str = ""
    value: str = ""
    is_confirmed: bool = False
    hold: str = ""
    is_held: bool = False
    cells: list[Cell] = field(default_factory=list)


@dataclass(frozen=True)
class Section:
    """A section's rows; those that are not shown are only counted."""

    name: str
    counts: list[tuple[str, int]]
    rows: list[Row]
    more: int


@dataclass(frozen=True)
class Preview:
    """What the page shows of a workbook."""

    taken: Taken
    sections: list[Section]
    sum: str
    questions: int

    @property
    def changes_nothing(self) -> bool:
        return not any(row.kind in WRITTEN for row in self.taken.rows)


def preview_of(taken: Taken, decisions: Decisions, *, is_planner: bool) -> Preview:
    """Return what is shown of a workbook; planners get boxes to hold and to correct cells."""
    return Preview(
        taken,
        [_section(part, decisions, is_planner) for part in taken.parts],
        sum_words(taken.counts),
        sum(row.question is not None for row in taken.rows),
    )


def sum_words(counts: Mapping[Kind, int] | Mapping[str, int]) -> str:
    """Return ファイルの30行 ＝ 新規5 ＋ 変更なし25."""
    counts = {Kind(kind): count for kind, count in counts.items()}
    parts = [f"{kind.label}{count}" for kind, count in counts.items() if count]
    total = sum(counts.values())
    return _("ファイルの%(total)d行 ＝ %(parts)s") % {"total": total, "parts": " ＋ ".join(parts)}


@dataclass(frozen=True)
class Waiting:
    """A file of the list of those that wait: what there is to know of it, and whether it is chosen
    to be taken in unless somebody says otherwise."""

    upload: EntryUpload
    sum: str
    notes: list[str]
    is_chosen: bool


def waiting_of(uploads: Sequence[EntryUpload], before: Mapping[str, EntryFile]) -> list[Waiting]:
    """Return the list, what is to be looked at first. `before`: hash → a file taken in before.
    Of several files of one section people choose."""
    several = {name for name, n in Counter(each.sections for each in uploads).items() if n > 1}
    found = []
    for upload in sorted(uploads, key=lambda each: not each.is_refused):
        notes = []
        if upload.sections in several:
            notes.append(
                _("この組織のファイルが、ほかにもあります。取り込むものを選んでください。")
            )
        if upload.remarks:
            text = _("確かめてほしいことが%(count)d件あります。ファイル名を押して見てください。")
            notes.append(text % {"count": upload.remarks})
        if upload.decided:
            notes.append(_("確認画面で決めたことを、そのまま使います。"))
        if upload.sha256 in before:
            notes.append(before[upload.sha256].again)
        is_chosen = not upload.is_refused and upload.sections not in several
        found.append(Waiting(upload, sum_words(upload.counts), notes, is_chosen))
    return found


def _section(part: Part, decisions: Decisions, is_planner: bool) -> Section:
    told = [row for row in part.rows if row.kind != Kind.UNCHANGED]
    told.sort(key=lambda row: (row.kind not in REFUSED, row.question is None))
    shown = [
        row
        for place, row in enumerate(told)
        if place < MOST_ROWS or row.kind in {*REFUSED, Kind.HELD} or row.question is not None
    ]
    return Section(
        str(part.desk.department),
        [(kind.label, count) for kind, count in counted(part.rows).items()],
        [_row(row, decisions, is_planner) for row in shown],
        len(told) - len(shown),
    )


def _row(row: TakenRow, decisions: Decisions, is_planner: bool) -> Row:
    key, clash, question = row.source.key, row.clash, row.question
    # What is still in conflict is chosen anew: what was chosen before was between other values.
    chosen = decisions.choices.get(key, "") if clash is None else ""
    has_choice = clash is not None or bool(chosen)
    return Row(
        name=row.name,
        place=_("%(sheet)s %(row)d行目")
        % {"sheet": row.source.sheet, "row": row.source.number + 1},
        kind=row.kind.value,
        label=str(row.kind.label),
        changes=row.changes,
        messages=_messages(row),
        clash=[] if clash is None else clash.cells,
        who="" if clash is None else clash.who,
        when="" if clash is None else clash.when,
        choice=box_name(CHOICE, key) if has_choice else "",
        chosen=chosen,
        shown=box_name(SHOWN, key) if has_choice else "",
        version=row.version,
        questions=[] if question is None else [doubt.text for doubt in question.doubts],
        confirmed=box_name(CONFIRMED, key) if question or key in decisions.confirmed else "",
        value=decisions.confirmed.get(key, "") if question is None else question.value,
        is_confirmed=question is None and key in decisions.confirmed,
        hold=box_name(HOLD, key) if is_planner else "",
        is_held=decisions.holds(key),
        cells=_cells(row, decisions) if is_planner and row.kind != Kind.UNKNOWN else [],
    )


def _messages(row: TakenRow) -> list[str]:
    """Return what is wrong, each with its column."""
    if row.kind not in REFUSED or row.kind == Kind.STALE:
        return []
    source = row.source
    names = {place: source.headings.get(column, "") for column, place in source.places.items()}
    return [
        _("%(column)s（%(cell)s）：%(message)s")
        % {"column": names[one.column], "cell": one.place, "message": one.message}
        if one.column in names
        else one.message
        for one in row.complaints
    ]


def _cells(row: TakenRow, decisions: Decisions) -> Sequence[Cell]:
    """Return the cells to decide about."""
    source, wanted = row.source, _wanted(row)
    cells = []
    for column, place in source.places.items():
        is_decided = (source.key, column) in decisions.fixed or decisions.holds(source.key, column)
        if not (is_decided or column in wanted):
            continue
        cells.append(
            Cell(
                source.headings.get(column) or column,
                address(source.number, place),
                decisions.fixed.get((source.key, column), source.said(column)),
                box_name(HOLD, source.key, column),
                decisions.holds(source.key, column),
                box_name(FIX, source.key, column),
            )
        )
    return cells


def _wanted(row: TakenRow) -> set[str]:
    """Return the columns that change something and those that are wrong; where it is the row that
    is refused, and changes nothing that can be read, all of them."""
    changed = {change.column for change in row.changes}
    if row.kind not in REFUSED:
        return changed
    columns = {place: column for column, place in row.source.places.items()}
    wrong = {columns.get(one.column, "") for one in row.complaints}
    if not wrong.isdisjoint(FIGURE_OR_REASON):
        wrong |= FIGURE_OR_REASON  # one of them takes the place of the other
    return changed | wrong if changed or "" not in wrong else set(row.source.places)
