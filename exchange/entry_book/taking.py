"""Taking a workbook in: compared and written by the entry sheet's own path, as a whole or not.

A preview does the very same and lets go of it. Each row of the file becomes one of `Kind`, so rows
in are always the rows written, unchanged, held and refused.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from municipalities.uploads.complaints import Complaint
from rounds.entry.desk import Desk
from rounds.entry.figure_lines import FIGURE_OR_REASON, FigureLine
from rounds.entry.lines import NOTHING_SAID, Line, Problem
from rounds.entry.outcome import Clash, Outcome, Question
from rounds.entry.reading import short
from rounds.entry.saving import THEIRS, save, spoken

from . import layout
from .decisions import Decisions
from .matching import Owners
from .outside import mark
from .reading import EntryBook, FileRow

LOCKED = frozenset(
    {"locked", "closed", "approved", "taken_over", "state", "forbidden", "taken_over_by_plan"}
)
"""What the write path calls rows that are not to be changed now, or not by this person."""


class Kind(models.TextChoices):
    """What becomes of a row of the file."""

    NEW = "new", gettext_lazy("新規")
    CHANGED = "changed", gettext_lazy("変更")
    UNCHANGED = "unchanged", gettext_lazy("変更なし")
    HELD = "held", gettext_lazy("保留")
    STALE = "stale", gettext_lazy("ほかの人が変更")
    LOCKED = "locked", gettext_lazy("変更できない行")
    UNKNOWN = "unknown", gettext_lazy("知らない行")
    WRONG = "wrong", gettext_lazy("誤り")


WRITTEN = (Kind.NEW, Kind.CHANGED)
REFUSED = (Kind.STALE, Kind.LOCKED, Kind.UNKNOWN, Kind.WRONG)


class Change(NamedTuple):
    """A box that is to say something else: its column, what that is called, what is saved, and what
    will be."""

    column: str
    label: str
    before: str
    after: str


@dataclass
class TakenRow:
    """A row of the file and what becomes of it."""

    source: FileRow
    kind: Kind
    name: str
    changes: list[Change] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    clash: Clash | None = None
    question: Question | None = None
    version: str = ""
    """The version that is saved now."""

    @property
    def complaints(self) -> list[Complaint]:
        """What is wrong, at its place in the workbook."""
        found = list(self.source.complaints.values())
        found += [self.source.complaint(each.column, each.message) for each in self.problems]
        if self.clash is not None:
            said = "、".join(
                _("%(column)s：ファイル「%(mine)s」、保存済み「%(theirs)s」")
                % {"column": label, "mine": mine, "theirs": theirs}
                for label, mine, theirs in self.clash.cells
            )
            text = _(
                "このブックを書き出した後に、%(who)sさんが%(when)sに保存しました（%(said)s）。"
            )
            about = {"who": self.clash.who, "when": self.clash.when, "said": said}
            found.append(self.source.complaint("", text % about))
        return found


@dataclass
class Part:
    """A section's rows."""

    desk: Desk
    rows: list[TakenRow]

    @property
    def counts(self) -> dict[Kind, int]:
        return counted(self.rows)


@dataclass
class Taken:
    """What a workbook does, or has done (`is_written`)."""

    book: EntryBook
    parts: list[Part]
    decided: list[str]
    """What was decided about it, in words."""
    fingerprint: str = ""
    is_written: bool = False

    @property
    def rows(self) -> list[TakenRow]:
        return [row for part in self.parts for row in part.rows]

    @property
    def counts(self) -> dict[Kind, int]:
        return counted(self.rows)

    @property
    def is_refused(self) -> bool:
        return any(row.kind in REFUSED for row in self.rows)

    @property
    def remarks(self) -> int:
        """How many things there are to say of it that do not keep it from being taken in."""
        return len(self.book.notes) + sum(row.question is not None for row in self.rows)

    @property
    def complaints(self) -> list[Complaint]:
        return [one for row in self.rows if row.kind in REFUSED for one in row.complaints]


def counted(rows: Sequence[TakenRow]) -> dict[Kind, int]:
    """Return how many rows are of each kind."""
    counts = Counter(row.kind for row in rows)
    return {kind: counts[kind] for kind in Kind}


def take(
    book: EntryBook,
    desks: Sequence[Desk],
    *,
    file_name: str,
    decisions: Decisions | None = None,
    reason: str = "",
    seen: str | None = None,
) -> Taken:
    """Write what a workbook says. It may stay (`is_written`) where nothing of it is refused and
    what is saved is what was `seen` (the fingerprint of a preview; None: only show); else the
    caller, whose transaction this is, rolls it back. `desks` are those of its sections, all of one
    person, as `matching.desks_of` returns them. Raises PermissionDenied where they decide what
    only planners do."""
    decisions = decisions or Decisions()
    decisions.take_back(book.rows)
    if decisions.are_planners and not desks[0].is_planner:
        raise PermissionDenied(_("セルの訂正と保留は、企画担当だけができます。"))
    decided = decisions.words(book.rows)
    said = _reason(file_name, desks[0].user, decided, reason)
    owners = Owners([*desks])
    parts = [
        _part(desk, owners, owners.rows_of(desk, book.rows), decisions, said) for desk in desks
    ]
    taken = Taken(book, [part for part, _lines in parts], decided)
    known = {key: line for _part_, lines in parts for key, line in lines.items()}
    book.notes += _missing_columns(book.rows, known)
    book.notes += _swapped(taken.rows)
    book.notes += _of_other_units(taken.rows, known)
    taken.fingerprint = _fingerprint([lines for _part_, lines in parts])
    taken.is_written = seen == taken.fingerprint and not taken.is_refused
    return taken


def _reason(file_name: str, by: Any, decided: list[str], reason: str) -> str:
    said = _("回答ファイル「%(file)s」の取込") % {"file": file_name}
    if decided:
        said += _("（%(who)sが確認：%(what)s）") % {"who": by, "what": "、".join(decided)}
    return "／".join(filter(None, [said, reason]))


def _part(
    desk: Desk, owners: Owners, rows: list[FileRow], decisions: Decisions, reason: str
) -> tuple[Part, Mapping[str, Line]]:
    fields: dict[str, str] = {}
    for row in rows:
        fields |= _fields(row, decisions)
    outcome = save(desk, fields, reason, words=layout.typed)
    foreign = owners.foreign(desk, outcome.lines)
    problems: dict[str, list[Problem]] = {}
    for problem in outcome.problems:
        problems.setdefault(problem.key, []).append(problem)
    taken = [_row(row, outcome, foreign, problems.get(row.key, []), decisions) for row in rows]
    return Part(desk, taken), outcome.lines


def _fields(row: FileRow, decisions: Decisions) -> dict[str, str]:
    """Return what a row says in the boxes of the entry sheet, {} where it says nothing. One that
    is held is looked up all the same: what is saved of it has been seen too."""
    if not row.is_known or "" in row.complaints:
        return {}
    if decisions.holds(row.key):
        return {f"{row.key}-{layout.READ_ONLY}": ""}
    cells = dict(row.cells)
    for column in row.places:
        if (row.key, column) in decisions.fixed:
            cells[column] = decisions.fixed[row.key, column]
            row.complaints.pop(column, None)
        if decisions.holds(row.key, column):
            cells.pop(column, None)
            row.complaints.pop(column, None)
    fields = {f"{row.key}-{column}": text for column, text in cells.items()}
    fields[f"{row.key}-version"] = row.version
    for name, said in (
        ("choice", decisions.choices),
        ("clash_version", decisions.shown),
        ("confirmed", decisions.confirmed),
    ):
        if row.key in said:
            fields[f"{row.key}-{name}"] = said[row.key]
    return fields


def _row(
    source: FileRow,
    outcome: Outcome,
    foreign: set[str],
    problems: list[Problem],
    decisions: Decisions,
) -> TakenRow:
    key, line = source.key, outcome.lines.get(source.key)
    name = source.label or source.key if line is None else line.name
    row = TakenRow(source, Kind.UNCHANGED, name, problems=_told(source, problems))
    row.version = "" if line is None else line.version
    row.clash, row.question = outcome.clashes.get(key), outcome.questions.get(key)
    if decisions.holds(key):
        row.kind = Kind.HELD
        return row
    if key in outcome.after:
        row.changes = _changes(line, outcome.after[key])
    if source.complaints:
        row.kind = Kind.WRONG if source.is_known else Kind.UNKNOWN
    elif line is None or key in foreign:
        row.kind = Kind.UNKNOWN
        source.complain("", _("この照会で、この組織が回答する行ではありません。"))
    elif problems:
        is_locked = all(problem.code in LOCKED for problem in problems)
        row.kind = Kind.LOCKED if is_locked else Kind.WRONG
    elif row.clash is not None:
        row.kind = Kind.STALE
    elif key in outcome.after:
        row.kind = Kind.NEW if line.working is None else Kind.CHANGED
    elif decisions.choices.get(key) == THEIRS or decisions.holds_some(key):
        row.kind = Kind.HELD
    return row


def _told(source: FileRow, problems: list[Problem]) -> list[Problem]:
    """Return what to tell of a row: where a figure or reason is there but cannot be read, not that
    there is none."""
    there = {each.column for each in problems if each.code != NOTHING_SAID}
    if there.union(source.complaints).isdisjoint(FIGURE_OR_REASON):
        return problems
    return [each for each in problems if each.code != NOTHING_SAID]


def _changes(line: Line, after: Mapping[str, str]) -> list[Change]:
    return [
        Change(
            column,
            str(line.labels[column]),
            spoken(line, column, line.texts[column]),
            spoken(line, column, after[column]),
        )
        for column in line.changed(dict(after), line.texts)
        if column in line.labels
    ]


def _missing_columns(rows: Sequence[FileRow], lines: Mapping[str, Line]) -> list[str]:
    """Return which columns of the boxes a sheet has no more: nothing that was typed there is in
    the file."""
    missing: dict[tuple[str, str], None] = {}
    for row in rows:
        for column, label in lines[row.key].labels.items() if row.key in lines else ():
            if column not in row.places:
                missing[row.sheet, str(label)] = None
    text = _(
        "シート「%(sheet)s」に「%(column)s」の列がありません。"
        "この列は、保存されている内容のまま変わりません。"
    )
    return [text % {"sheet": sheet, "column": label} for sheet, label in missing]


def _swapped(rows: Sequence[TakenRow]) -> list[str]:
    """Return what to ask where the texts of a column have only changed places between its rows, as
    they do where somebody sorts some of the columns without the others."""
    before: dict[tuple[str, str], list[str]] = {}
    after: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        for change in row.changes if row.kind in WRITTEN else ():
            place = row.source.sheet, change.label
            before.setdefault(place, []).append(change.before)
            after.setdefault(place, []).append(change.after)
    text = _(
        "シート「%(sheet)s」の「%(column)s」は、%(count)d行の間で内容が入れ替わっただけです。"
        "一部の列だけを並べ替えていないか、確かめてください。"
    )
    return [
        text % {"sheet": sheet, "column": column, "count": len(texts)}
        for (sheet, column), texts in before.items()
        if len(texts) > 1 and sorted(texts) == sorted(after[sheet, column])
    ]


def _of_other_units(rows: Sequence[TakenRow], lines: Mapping[str, Line]) -> list[str]:
    """Return what to ask where a figure is written beside another unit than its series has: that
    was changed after the workbook was made, or somebody has typed another one there."""
    found: dict[str, list[str]] = {}
    for row in rows:
        line, said = lines.get(row.source.key), row.source.unit
        if row.kind not in WRITTEN or not isinstance(line, FigureLine) or said is None:
            continue
        unit = line.series.unit
        if mark(said) != mark(unit) and any(each.column == "value" for each in row.changes):
            text = _("%(number)d行目（「%(said)s」、いまは「%(unit)s」）")
            about = {"number": row.source.number + 1, "said": short(said), "unit": unit}
            found.setdefault(row.source.sheet, []).append(text % about)
    text = _(
        "シート「%(sheet)s」の次の行に書かれた単位は、いまの単位と違います。値を確かめてください：%(rows)s"
    )
    return [text % {"sheet": sheet, "rows": "、".join(said)} for sheet, said in found.items()]


def _fingerprint(parts: Sequence[Mapping[str, Line]]) -> str:
    """Return what is saved of the rows, in short: what was shown beside the file, and the choice
    was made upon."""
    said = repr(
        [
            (key, line.version, sorted(line.texts.items()))
            for lines in parts
            for key, line in sorted(lines.items())
        ]
    )
    return hashlib.sha256(said.encode()).hexdigest()
