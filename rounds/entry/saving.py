"""Saving a sheet: all that was changed or nothing, and nothing over what somebody else has saved.

What was sent is compared with what the person had seen (the version of each row, looked up in its
history where somebody has saved meanwhile): so only what they touched is written, and only that
can be in conflict.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import prefetch_related_objects
from django.http import Http404
from django.utils.translation import gettext as _

from indicators.models import Actual
from indicators.record_many import record_actuals
from indicators.standing import SeriesCalendar
from measures.models import ProgressReport
from measures.record_many import record_reports
from municipalities.record_many import RefusedError

from ..models import EntryDraft
from . import handovers
from .desk import Desk, by_row, content_of
from .drafts import clock
from .figure_lines import FIGURE_FIELDS, FigureLine
from .lines import AS_IS, OWN_NAMES, Line, Problem, Texts
from .outcome import Clash, Outcome, Question
from .plausible import Doubt
from .reading import cleaned, figure_text
from .results import Book

MINE, THEIRS = "mine", "theirs"
REPORT_FIELDS = ("issues", "projects", "result", "rating", "direction", "extra")


Words = Callable[[Line, str, str], str]
"""Reads what a file says in a box: line, column and the cell's text go in, the text of the box
comes out. Raises ValidationError where the box cannot say that."""


def save(
    desk: Desk, fields: Mapping[str, Any], reason: str = "", *, words: Words | None = None
) -> Outcome:
    """Save what was changed on a sheet: all or nothing. Raises PermissionDenied where the person
    enters nothing for the section. Where somebody saves in the very same moment, it is compared
    once more.

    `words`: a file says it, and this reads its cells. A box that it does not have says nothing,
    what the write path has against rows is told even where others cannot be read, and the person's
    draft stays. The lines know their sections.
    """
    try:
        return _saved(desk, fields, reason, words)
    except _OvertakenError:
        return _saved(desk, fields, reason, words)


@transaction.atomic
def _saved(desk: Desk, fields: Mapping[str, Any], reason: str, words: Words | None) -> Outcome:
    """Compare and write while nobody else changes the rows that are there."""
    outcome = _Saving(desk, fields, reason, to_write=True, words=words).outcome()
    if outcome.is_refused:
        transaction.set_rollback(True)
    return outcome


class _OvertakenError(Exception):
    """Somebody has made a row between comparing and writing."""


class _Saving:
    def __init__(
        self,
        desk: Desk,
        fields: Mapping[str, Any],
        reason: str = "",
        *,
        to_write: bool = False,
        words: Words | None = None,
    ) -> None:
        self.desk, self.reason, self.from_file = desk, reason, words is not None
        self.typed = {
            key: _with_boxes(texts) if words is None else texts
            for key, texts in by_row(fields).items()
            if content_of(texts) or "handover" in texts
        }
        self.lines = desk.lines_of(self.typed, with_sections=words is not None, to_write=to_write)
        self.found = Outcome(self.typed, self.lines, from_file=self.from_file)
        if words is not None:
            self._read_cells(words)

    def _read_cells(self, words: Words) -> None:
        """Let the boxes say what the cells of a file do; what they cannot say is put down."""
        for key, line in self.lines.items():
            texts = self.typed[key]
            for column, cell in content_of(texts).items():
                message = ""
                if column in line.texts or column.startswith(AS_IS):
                    try:
                        texts[column] = words(line, column, cell)
                        continue
                    except ValidationError as error:
                        message = " ".join(error.messages)
                elif cell.strip():
                    message = _("この行に、この列はありません。")
                del texts[column]
                if message:
                    self.found.problems.append(Problem(key, line.name, column, column, message))

    def outcome(self) -> Outcome:
        touched = self._touched()
        rows = {key: row for key in touched if (row := self._made(key)) is not None}
        notes = self._notes()
        self._ask(rows)
        self.found.after = {key: self.lines[key].texts_of(row) for key, row in rows.items()}
        if (rows or notes) and (self.from_file or not self.found.is_refused):
            self._write(rows, notes)
        elif not self.found.is_refused:
            self._drop_draft()
        return self.found

    def unsaved(self) -> Outcome | None:
        """Return what the person has typed and not saved, None where that is nothing."""
        has_changes = bool(self._touched() or self._notes() or self.found.is_refused)
        return self.found if has_changes else None

    # --- What the person has changed ----------------------------------------------------------

    def _touched(self) -> list[str]:
        """Return the rows the person has changed, and that can be written; the others that cannot
        are put down as conflicts. Of what was sent, only what was changed is kept: what somebody
        else has saved since is not shown as if the person had typed the old."""
        seen = self._seen()
        touched = []
        for key, texts in self.typed.items():
            self.typed[key] = {name: text for name, text in texts.items() if name in OWN_NAMES}
            line = self.lines.get(key)
            if line is None:
                continue
            now, before = line.texts, seen.get(key)
            changed = line.changed(content_of(texts), now if before is None else before)
            merged = now | {column: texts[column] for column in changed}
            if not line.changed(merged, now):
                continue  # untouched, or somebody else has saved the very same
            moved = bool(before is not None and line.changed(now, before))
            if (moved or "clash" in texts) and not self._is_chosen(key, texts, merged, moved):
                continue
            self.typed[key] |= merged
            if not self.desk.is_open(key):
                message = _("この照会は終了しました。")
                self.found.problems.append(line.problem("", message, "closed"))
            elif self.from_file and line.working is None and texts.get("version"):
                message = _("このファイルを書き出した後に、保存されていた値が削除されています。")
                self.found.problems.append(line.problem("", message, "gone"))
            else:
                touched.append(key)
        self._tell_clashes()
        return touched

    def _seen(self) -> dict[str, Texts]:
        """Return the rows that have another version than the person has seen, as they were then."""
        stale: dict[str, int] = {}
        found: dict[str, Texts] = {}
        for key, line in self.lines.items():
            version = self.typed[key].get("version", line.version)
            if version == line.version or line.working is None:
                continue
            found[key] = line.texts_of(None)
            if version.isascii() and version.isdecimal() and len(version) < 10:
                stale[key] = int(version)
        for model in (Actual, ProgressReport):
            of_model = {
                key: (self.lines[key].working.pk, version)
                for key, version in stale.items()
                if isinstance(self.lines[key].working, model)
            }
            if not of_model:
                continue
            numbers, versions = map(set, zip(*of_model.values(), strict=True))
            rows = model.history.filter(id__in=numbers, version__in=versions)
            past = {
                (row.id, row.version): row for row in rows.order_by("history_date", "history_id")
            }
            for key, place in of_model.items():
                if place in past:
                    then = model(
                        **{
                            each.attname: getattr(past[place], each.attname)
                            for each in model._meta.concrete_fields
                        }
                    )
                    found[key] = self.lines[key].texts_of(then)
        return found

    def _is_chosen(self, key: str, texts: Texts, merged: Texts, moved: bool) -> bool:
        """Whether the person has said that theirs is to be written over what somebody else saved;
        a row whose conflict is still to be decided is put down. Who decides about a file still
        names the version the file was made on, and beside it the one that was shown."""
        is_shown = not moved or texts.get("clash_version") == self.lines[key].version
        choice = texts.get("choice") if is_shown else None
        if choice == MINE:
            return True
        if choice != THEIRS:
            self.found.clashes[key] = Clash("", "", [], merged)
        return False

    def _tell_clashes(self) -> None:
        lines = [self.lines[key] for key in self.found.clashes]
        prefetch_related_objects([line.working for line in lines], "changed_by")
        for line in lines:
            clash, working = self.found.clashes[line.key], line.working
            clash.who = str(working.changed_by) if working.changed_by else _("ほかの人")
            clash.when = clock(working.updated_at)
            clash.cells = [
                (
                    str(line.labels[column]),
                    spoken(line, column, clash.texts[column]),
                    spoken(line, column, line.texts[column]),
                )
                for column in line.changed(clash.texts, line.texts)
                if column in line.labels
            ]

    # --- What it means ------------------------------------------------------------------------

    def _made(self, key: str) -> Any:
        """Return a row as it is to be saved, None where something in it is wrong."""
        line = self.lines[key]
        values, problems = line.read(self.typed[key])
        self.found.problems += problems
        return None if problems else line.made(values)

    def _notes(self) -> dict[str, str]:
        """Return row → the note the person has changed."""
        typed = {
            key: texts
            for key, texts in self.typed.items()
            if "handover" in texts and key in self.lines
        }
        for key in [key for key, texts in typed.items() if handovers.is_as_seen(texts)]:
            del typed[key]["handover"], typed[key]["handover_seen"], typed[key]
        if not typed:
            return {}
        stored = handovers.handovers_of({key: self.lines[key] for key in typed})
        found: dict[str, str] = {}
        for key, texts in typed.items():
            note, text, seen = stored.get(key), texts["handover"], texts.get("handover_seen")
            if not handovers.is_changed(note, text, seen):
                del texts["handover"]
                texts.pop("handover_seen", None)
                continue
            clash = handovers.clash_of(note, text, seen)
            messages = [clash] if clash else handovers.too_long(text)
            line = self.lines[key]
            self.found.problems += [
                Problem(key, line.name, "handover", _("引継ぎメモ"), message)
                for message in messages
            ]
            if not messages:
                found[key] = text
        return found

    def _ask(self, rows: dict[str, Any]) -> None:
        """Ask about figures that look like a slip, and that nobody has said to be right. What was
        asked and answered stays in the internal note: who approves the figure reads it there."""
        asked = {
            key: line
            for key, line in self.lines.items()
            if key in rows
            and isinstance(line, FigureLine)
            and rows[key].value is not None
            and (line.working is None or line.working.value != rows[key].value)
        }
        if not asked:
            return
        book = Book(asked.values(), with_plans=False)
        for key, line in asked.items():
            value = figure_text(rows[key].value)
            found = book.doubts(line, rows[key].value)
            if found and self.typed[key].get("confirmed") != value:
                self.found.questions[key] = Question(found, value)
            elif found and not (line.working is not None and line.working.is_awaited):
                rows[key].internal_note = _with_answer(rows[key].internal_note, found)

    # --- Writing ------------------------------------------------------------------------------

    def _write(self, rows: dict[str, Any], notes: dict[str, str]) -> None:
        figures = {key: row for key, row in rows.items() if isinstance(row, Actual)}
        reports = {key: row for key, row in rows.items() if isinstance(row, ProgressReport)}
        calendar = SeriesCalendar(
            {row.series_id for row in figures.values()},
            {row.row.action.plan_id for row in reports.values()},
        )
        fields = (*FIGURE_FIELDS, "state")
        sections_of = self._sections_of(figures) if self.from_file else None
        self._write_rows(figures, record_actuals, fields, calendar, sections_of=sections_of)
        self._write_rows(reports, record_reports, REPORT_FIELDS, calendar)
        self._write_notes(notes)
        if not self.found.is_refused:
            self._drop_draft()
            self.found.saved = list(dict.fromkeys([*rows, *notes]))

    def _sections_of(self, figures: dict[str, Actual]) -> Callable[[Actual], set[int]]:
        """Return who answers for a figure, as its line has read it."""
        lines = {(row.series_id, row.fiscal_year): self.lines[key] for key, row in figures.items()}
        return lambda row: lines[row.series_id, row.fiscal_year].sections()

    def _write_rows(
        self,
        rows: dict[str, Any],
        record: Callable[..., None],
        fields: tuple[str, ...],
        calendar: SeriesCalendar,
        **known: Any,
    ) -> None:
        """Write rows of one kind, or put down what the write path says against it."""
        if not rows or transaction.get_rollback():
            return
        keys = list(rows)
        try:
            record(
                [rows[key] for key in keys],
                by=self.desk.user,
                reason=self.reason,
                fields=fields,
                expected_versions={row.pk: row.version for row in rows.values() if row.pk},
                stored={row.pk: self.lines[key].working for key, row in rows.items() if row.pk},
                calendar=calendar,
                with_led=self.from_file,
                **known,
            )
        except RefusedError as refused:
            for position, error in refused.problems.items():
                self.found.problems += self.lines[keys[position]].problems_of(error)
        except ValidationError as error:
            if error.code == "duplicate":
                raise _OvertakenError from error
            line = self.lines[keys[0]]
            self.found.problems += [line.problem("", message) for message in error.messages]

    def _write_notes(self, notes: dict[str, str]) -> None:
        if not notes or transaction.get_rollback():
            return
        try:
            handovers.record_handovers(self.lines, notes, by=self.desk.user)
        except (PermissionDenied, Http404) as error:
            key = next(iter(notes))
            self.found.problems.append(self.lines[key].problem("", str(error)))

    def _drop_draft(self) -> None:
        if self.from_file or not self.desk.request.has_own_draft:
            return
        EntryDraft.objects.filter(
            request=self.desk.request, department=self.desk.department, author=self.desk.user
        ).delete()


def _with_boxes(texts: Texts) -> Texts:
    """Add what a browser does not send: a box without a tick."""
    return {"is_provisional": "", **texts} if "value" in texts else texts


def _with_answer(note: str, found: list[Doubt]) -> str:
    """Return an internal note that says what was asked of the figure and answered; one that has
    no room for it stays as it is."""
    answer = _("【確認済】%(doubts)s このとおりで正しい値です。") % {
        "doubts": "".join(doubt.text for doubt in found)
    }
    together = "\n".join(filter(None, [note, answer]))
    most = Actual._meta.get_field("internal_note").max_length
    return together if len(together) <= most and answer not in note else note


def unsaved(desk: Desk, fields: Mapping[str, Any]) -> Outcome | None:
    """Return what a page sends and nobody has saved, None where that is nothing."""
    return _Saving(desk, fields).unsaved()


def spoken(line: Line, column: str, text: str) -> str:
    """Return what a box shows as people read it."""
    if column.startswith(AS_IS):
        return ""
    return cleaned(line.spoken(column, text)) or _("（空欄）")
