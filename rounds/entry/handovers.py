"""引継ぎメモ: written by the section beside its rows, kept with history, never published."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from municipalities.history import write_with_reason
from municipalities.record_many import check_valid
from plans.record import require_section

from ..models import Handover
from .figure_lines import FigureLine
from .lines import Line, Texts
from .reading import cleaned, is_alike
from .report_lines import ReportLine


def handovers_of(lines: Mapping[str, Line]) -> dict[str, Handover]:
    """Return row → its note, where it has one. One query."""
    series = {line.series.pk for line in lines.values() if isinstance(line, FigureLine)}
    rows = {line.row.pk for line in lines.values() if isinstance(line, ReportLine)}
    found = Handover.objects.filter(Q(series__in=series) | Q(row__in=rows))
    by_place = {(note.series_id, note.row_id): note for note in found}
    return {key: by_place[_place(line)] for key, line in lines.items() if _place(line) in by_place}


def _place(line: Line) -> tuple[int | None, int | None]:
    if isinstance(line, FigureLine):
        return line.series.pk, None
    assert isinstance(line, ReportLine)
    return None, line.row.pk


def seal(text: str) -> str:
    """Return what stands for a text that was seen, short enough for a hidden box."""
    return hashlib.sha256(cleaned(text).strip().encode()).hexdigest()[:12]


def record_handovers(lines: Mapping[str, Line], texts: Mapping[str, str], *, by: Any) -> None:
    """Save the notes of some lines (row → text, "" removes it), with their history: all or none.
    The lines' sections write them. Raises as the write path of figures does."""
    stored = handovers_of({key: lines[key] for key in texts})
    new: list[Handover] = []
    changed: list[Handover] = []
    gone: list[Handover] = []
    for key, text in texts.items():
        line, note = lines[key], stored.get(key)
        if by is not None:
            require_section(by, line.municipality_id, line.sections())
        if not text.strip():
            if note is not None:
                gone.append(note)
            continue
        if note is None:
            series, row = _place(line)
            note = Handover(municipality_id=line.municipality_id, series_id=series, row_id=row)
            new.append(note)
        elif is_alike(note.text, text):
            continue
        else:
            changed.append(note)
        note.text = text.strip()
        check_valid(note, {"text"})
    with transaction.atomic():
        write_with_reason(new, changed, {"text", "updated_at"}, by)
        for note in gone:
            note._history_user = by
            note.delete()


def clash_of(note: Handover | None, text: str, seen: str | None) -> str:
    """Return what is wrong where somebody else has changed a note meanwhile and the person has
    typed into what they saw before; "" else."""
    now = "" if note is None else note.text
    if seen is None or seal(now) == seen or seal(text) == seen or is_alike(now, text):
        return ""
    return _(
        "引継ぎメモが先に変更されています。今の内容：「%(now)s」。あなたの入力は下の欄にあります。"
        "合わせてから、もう一度保存してください。"
    ) % {"now": now}


def is_as_seen(texts: Texts) -> bool:
    """Whether a row's box holds the note the person was shown; nobody has to look it up."""
    return seal(texts["handover"]) == texts.get("handover_seen")


def is_changed(note: Handover | None, text: str, seen: str | None) -> bool:
    """Whether the person has changed a note."""
    now = "" if note is None else note.text
    return not is_alike(now, text) and (seen is None or seal(text) != seen)


def too_long(text: str) -> list[str]:
    """Return what is wrong with a note, [] where it fits."""
    try:
        Handover._meta.get_field("text").run_validators(text)
    except ValidationError as error:
        return error.messages
    return []
