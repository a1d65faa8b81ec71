"""The workflow on the sheet: rows handed in, approved, returned, in the versions shown."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from indicators.models import Actual
from indicators.record_many import move_actuals
from measures.models import ProgressReport
from measures.record_many import move_reports
from municipalities.access import scope_of
from municipalities.record_many import RefusedError
from plans.moving import WORDS, flow_of, parties_of
from plans.workflow import WITH_REASON, Action, Refusal, State

from .desk import Desk, by_row
from .lines import Line, Problem

SECTIONS_ACTIONS = frozenset({Action.SUBMIT, Action.WITHDRAW})


@dataclass
class Moved:
    """What became of a press: how many rows moved, and which did not and why."""

    count: int = 0
    own: list[str] = field(default_factory=list)
    """Names of rows left out because the person has entered them."""
    blank: list[str] = field(default_factory=list)
    """Names of rows left out because nothing has been entered."""
    problems: list[Problem] = field(default_factory=list)


def refusal_of(desk: Desk, line: Line, action: Action) -> Refusal | None:
    """Return why the person may not move a line, None where they may; a reason is asked for when
    it is moved. Reads the line's sections."""
    if line.working is None:
        return Refusal.NOT_A_STEP
    flow = flow_of(desk.request.municipality)
    parties = parties_of(scope_of(desk.user), line.municipality_id, line.sections())
    if not parties:
        return Refusal.NOT_YOURS
    step = flow.step(State(line.working.state), action)
    is_own = line.working.changed_by_id == desk.user.pk
    return flow.refusal(step, parties, is_own=is_own, has_reason=True)


def is_blank(line: Line) -> bool:
    """Whether nothing has been entered; 0 and a reason are something."""
    return line.working is None or not any(line.texts.values())


def move(
    desk: Desk,
    action: Action,
    fields: Mapping[str, Any],
    *,
    chosen: Collection[str] = (),
    reason: str = "",
    versions: Mapping[str, int] | None = None,
) -> Moved:
    """Take the chosen rows of a page a step, all or none; without a choice all it can be done to.

    `versions` names those that are newer than what the page has sent, because it has just saved
    them. Who returns rows says which.
    """
    found = Moved()
    rows = by_row(fields)
    if chosen:
        rows = {key: texts for key, texts in rows.items() if key in chosen}
    elif action in WITH_REASON:
        text = _("%(action)sの対象の行を選んでください。")
        found.problems.append(Problem("", "", "", "", text % {"action": WORDS[action]}))
        return found
    lines = desk.lines_of(rows, with_sections=True)
    going: dict[str, Line] = {}
    for key, line in lines.items():
        if action in SECTIONS_ACTIONS and not desk.is_open(key):
            continue
        refusal = refusal_of(desk, line, action)
        if action == Action.SUBMIT and is_blank(line):
            found.blank.append(line.name)
        elif refusal is None or (chosen and line.working is not None):
            going[key] = line
        elif refusal == Refusal.OWN:
            found.own.append(line.name)
    seen = {key: _number(texts.get("version", "")) for key, texts in rows.items()} | dict(
        versions or {}
    )
    with transaction.atomic():
        for model, mover in ((Actual, move_actuals), (ProgressReport, move_reports)):
            of_model = [line for line in going.values() if isinstance(line.working, model)]
            found.count += _moved(of_model, mover, action, desk, reason, seen, found)
        if found.problems:
            transaction.set_rollback(True)
            found.count = 0
    return found


def _moved(
    lines: Iterable[Line],
    mover: Callable[..., list[Any]],
    action: Action,
    desk: Desk,
    reason: str,
    seen: Mapping[str, int | None],
    found: Moved,
) -> int:
    by_number = {line.working.pk: line for line in lines}
    if not by_number:
        return 0
    try:
        moved = mover(
            [line.working for line in by_number.values()],
            action,
            by=desk.user,
            reason=reason,
            versions={
                number: version
                for number, line in by_number.items()
                if (version := seen.get(line.key)) is not None
            },
        )
    except RefusedError as refused:
        for position, error in refused.problems.items():
            line = by_number[refused.rows[position].pk]
            found.problems += [line.problem("", message) for message in error.messages]
        return 0
    except ValidationError as error:
        found.problems += [Problem("", "", "", "", message) for message in error.messages]
        return 0
    return len(moved)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None
