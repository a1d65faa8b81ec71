"""The write path of correspondences: what two lines of a revision table may say together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from municipalities import record
from municipalities.record_many import Problems, check_rows, save_rows
from plans import structure
from plans.models import Plan
from plans.record import save_row

from .models import Correspondence
from .models.revision import LEVELS


def check_line(line: Correspondence, *, by: Any) -> None:
    """Raise where `by` may not write this line, it is not valid, or another line between the same
    two plans contradicts it. A line without number gets the next one. Planners only."""
    if line.number is None and line.new_plan_id is not None:
        line.number = _next_number(line.new_plan_id)
    record.check_row(line, by=by)
    if line.new_plan_id == line.old_plan_id:
        raise _same_plan()
    for other in _neighbours(line):
        problem = contradiction(line, other)
        if problem:
            raise ValidationError(problem, code="contradiction")


def _same_plan() -> ValidationError:
    return ValidationError({"old_plan": _("新しい計画とは別の計画を選んでください。")})


def _next_number(plan_id: int) -> int:
    numbers = Correspondence.objects.filter(new_plan=plan_id)
    return (numbers.aggregate(last=Max("number"))["last"] or 0) + 1


def _neighbours(line: Correspondence) -> Iterable[Correspondence]:
    """Return the other lines between the same plans that hold a node of this one."""
    touching = Q()
    for name in (f"{side}_{level}" for side in ("new", "old") for level in LEVELS):
        node_id = getattr(line, f"{name}_id")
        if node_id is not None:
            touching |= Q(**{name: node_id})
    others = Correspondence.objects.filter(
        touching, new_plan=line.new_plan_id, old_plan=line.old_plan_id
    )
    return others.exclude(pk=line.pk)


def contradiction(line: Correspondence, other: Correspondence) -> str:
    """Return why two lines between the same plans cannot both stand, "" where they can."""
    new, old = _ids(line, "new"), _ids(line, "old")
    other_new, other_old = _ids(other, "new"), _ids(other, "old")
    if (new, old) == (other_new, other_old):
        words = _("同じ対応がすでに登録されています（番号%(number)s）。")
    elif any(new) and new == other_new and not (any(old) and any(other_old)):
        words = _("新設の項目には、前の計画の項目を対応させられません（番号%(number)sと矛盾）。")
    elif any(old) and old == other_old and not (any(new) and any(other_new)):
        words = _(
            "削除された項目は、新しい計画の項目と対応させられません（番号%(number)sと矛盾）。"
        )
    else:
        return ""
    return words % {"number": other.number}


def _ids(line: Correspondence, side: str) -> tuple[int | None, ...]:
    return tuple(getattr(line, f"{side}_{level}_id") for level in LEVELS)


def contradicting_lines(
    lines: Iterable[Correspondence] | None = None,
) -> Iterator[tuple[Correspondence, str]]:
    """Yield every line that an earlier one contradicts, with why: of `lines`, or of all that are
    stored (one query)."""
    if lines is None:
        lines = Correspondence.objects.order_by("new_plan", "number")
    seen: dict[tuple[Any, ...], dict[int, Correspondence]] = defaultdict(dict)
    for line in lines:
        plans = line.new_plan_id, line.old_plan_id
        places = [
            seen[(*plans, side, ids)] for side in ("new", "old") if any(ids := _ids(line, side))
        ]
        earlier = {key: other for place in places for key, other in place.items()}
        problem = next(filter(None, (contradiction(line, other) for other in earlier.values())), "")
        if problem:
            yield line, problem
        for place in places:
            place[id(line)] = line


@transaction.atomic
def record_line(line: Correspondence, *, by: Any, reason: str = "") -> Correspondence:
    """Check and save a line (a new or changed instance), with its history."""
    # One line at a time, so that two people cannot write what contradicts each other.
    Plan.objects.select_for_update().filter(pk=line.new_plan_id).first()
    check_line(line, by=by)
    return save_row(line, by=by, reason=reason)


def check_lines(
    lines: Sequence[Correspondence], *, by: Any, fields: Collection[str] | None = None
) -> Problems:
    """Return what is wrong with lines of one new plan, new or changed, by position; as
    `check_line`, in a number of queries that does not depend on theirs."""
    problems = check_rows(lines, by=by, fields=fields)
    position = {id(line): place for place, line in enumerate(lines)}
    changed = {line.pk for line in lines if line.pk is not None}
    plans = {line.new_plan_id for line in lines}
    stored = Correspondence.objects.filter(new_plan__in=plans).exclude(pk__in=changed)
    for line, problem in contradicting_lines([*stored.order_by("number"), *lines]):
        if id(line) in position:
            error = ValidationError(problem, code="contradiction")
            problems.setdefault(position[id(line)], error)
    for place, line in enumerate(lines):
        if line.new_plan_id == line.old_plan_id:
            problems.setdefault(place, _same_plan())
    return problems


@transaction.atomic
def record_new_lines(lines: Sequence[Correspondence], *, by: Any, reason: str = "") -> Problems:
    """Check and save new lines of one plan, with their history, and return what is wrong, by
    position; then nothing is saved. They get the next numbers in their order."""
    if not lines:
        return {}
    plan_id = lines[0].new_plan_id
    Plan.objects.select_for_update().filter(pk=plan_id).first()  # as record_line
    for number, line in enumerate(lines, start=_next_number(plan_id)):
        line.number = number
    problems = check_lines(lines, by=by)
    if not problems:
        save_rows(lines, by=by, reason=reason)
    return problems


def remove_line(line: Correspondence, *, by: Any, reason: str) -> None:
    """Delete a line; its history keeps who and why. Planners only."""
    structure.remove_row(line, by=by, reason=reason)
