"""What happened to the rows before: why one came back, and what is new since it last went on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from indicators.models import Actual
from measures.models import ProgressReport
from plans.choices import WorkState

from .drafts import clock
from .lines import Line


@dataclass
class Story:
    """What to know of a row before one goes on with it."""

    returned: str = ""
    """Who returned it, when and why; "" unless it is a draft again."""
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    """Of a row that was handed in before: column, what it said then, what it says now."""
    is_first: bool = False
    """Handed in for the first time."""


def stories_of(lines: Iterable[Line]) -> dict[str, Story]:
    """Return row → story of those that have one. Two queries at most."""
    found: dict[str, Story] = {}
    for model in (Actual, ProgressReport):
        of_model = {line.working.pk: line for line in lines if isinstance(line.working, model)}
        if not of_model:
            continue
        pasts: dict[int, list[Any]] = defaultdict(list)
        rows = model.history.filter(id__in=of_model).select_related("history_user")
        for past in rows.order_by("history_date", "history_id"):
            pasts[past.id].append(past)
        for number, line in of_model.items():
            found[line.key] = _story(line, pasts[number])
    return found


def _story(line: Line, pasts: list[Any]) -> Story:
    now = line.working
    if now.state == WorkState.DRAFT:
        return Story(returned=_returned(pasts))
    start = len(pasts)
    while start and pasts[start - 1].state != WorkState.DRAFT:
        start -= 1  # the run of states since it was last handed in
    before = next((past for past in reversed(pasts[:start]) if past.state != WorkState.DRAFT), None)
    if before is None:
        return Story(is_first=True)
    texts = line.texts_of(_row_of(type(now), before))
    return Story(
        changes=[
            (
                str(line.labels[column]),
                line.spoken(column, texts[column]),
                line.spoken(column, line.texts[column]),
            )
            for column in line.changed(line.texts, texts)
            if column in line.labels
        ]
    )


def _returned(pasts: list[Any]) -> str:
    for past, before in zip(reversed(pasts), reversed(pasts[:-1]), strict=False):
        if past.state != WorkState.DRAFT:
            return ""
        if before.state != WorkState.DRAFT:
            if before.state == WorkState.SUBMITTED and past.history_user_id == past.changed_by_id:
                return ""  # withdrawn by themselves
            who = past.history_user or ""
            return f"{past.history_change_reason or ''}（{who} {clock(past.history_date)}）"
    return ""


def _row_of(model: Any, past: Any) -> Any:
    """Return a row as a record of its history keeps it."""
    return model(
        **{
            each.attname: getattr(past, each.attname)
            for each in model._meta.concrete_fields
            if hasattr(past, each.attname)
        }
    )
