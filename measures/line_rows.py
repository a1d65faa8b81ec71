"""The rows of the editor of correspondences, as its page shows them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from plans.models import Plan
from plans.naming import node_name

from .correspondences import side_of
from .line_editor import FIELDS, Editor, names_of_levels, token_of, words_of
from .matching import similar
from .models import Correspondence
from .outline import Key, Place

USUAL = ("measure", "policy", "basicgoal", "action")
"""On which level plans are usually compared: the first one that a plan has."""
EVERY = "all"
Proposals = dict[Key, tuple["Proposal", ...]]


@dataclass(frozen=True)
class LineShown:
    """A stored line; `words` names its other side, `remark` is what the box says."""

    pk: int
    words: str
    remark: str
    is_removed: bool


@dataclass(frozen=True)
class Proposal:
    """An old node with a similar title, which a person may accept."""

    token: str
    words: str
    percent: int
    is_accepted: bool


@dataclass(frozen=True)
class NodeRow:
    """A node with its lines and what was typed for it. `is_marked` says 新設 of a new node and 削除
    of an old one; one that has lines is not to be marked."""

    token: str
    level: str
    place: str
    words: str
    lines: tuple[LineShown, ...]
    proposals: tuple[Proposal, ...]
    typed: str
    note: str
    is_marked: bool
    may_be_marked: bool
    problems: tuple[str, ...]


@dataclass(frozen=True)
class Level:
    """A level of a plan; `kind` is its model's name."""

    kind: str
    name: str
    count: int


def levels(plan: Plan, places: dict[Key, Place]) -> list[Level]:
    """Return the levels of a plan that have nodes, the highest first."""
    counts = Counter(key[0] for key in places)
    names = names_of_levels(plan, places.values())
    return [Level(kind, name, counts[kind]) for kind, name in names.items()]


def new_rows(editor: Editor, level: str = "") -> list[NodeRow]:
    """Return the new nodes of a level in the order of the plan; level "" is the usual one with all
    that has lines, EVERY the whole plan."""
    keys = _shown(editor, editor.new, level, {_usual(editor.new)}, editor.found.by_new)
    proposals = _proposals(editor, keys)
    by_new = editor.found.by_new
    return [
        _row(editor, editor.new[key], by_new.get(key, []), "old", proposals.get(key, ()))
        for key in keys
    ]


def old_rows(editor: Editor, level: str = "") -> list[NodeRow]:
    """Return the old nodes of a level that no new one corresponds to; level "" is the usual one
    and those that lines speak of."""
    by_old = editor.found.by_old
    usual = {_usual(editor.old)} | {key[0] for key in by_old if key}
    dropped = {
        key: [line for line in by_old.get(key, ()) if side_of(line, "new") is None]
        for key in editor.old
    }
    unlinked = [
        key
        for key, lines in dropped.items()
        if len(lines) == len(by_old.get(key, ())) or token_of(key) in editor.problems
    ]
    keys = _shown(editor, unlinked, level, usual, by_old)
    return [_row(editor, editor.old[key], dropped[key], "new", ()) for key in keys]


def _usual(places: dict[Key, Place]) -> str:
    kinds = {key[0] for key in places}
    return next((kind for kind in USUAL if kind in kinds), "")


def _shown(
    editor: Editor,
    places: Iterable[Key],
    level: str,
    usual: set[str],
    lines: dict[Key | None, list[Correspondence]],
) -> list[Key]:
    """Return the nodes of a level; what was typed, and a problem, is never filtered away."""
    return [
        key
        for key in places
        if (level in (key[0], EVERY) if level in FIELDS or level == EVERY else key[0] in usual)
        or (not level and key in lines)
        or editor.has_typed(key)
        or token_of(key) in editor.problems
    ]


def _proposals(editor: Editor, keys: list[Key]) -> Proposals:
    """Return what is proposed for new nodes that are not said to be new: old ones that are not
    said to be dropped."""
    by_new, by_old = editor.found.by_new, editor.found.by_old
    new = {
        key: editor.new[key].node.title
        for key in keys
        if all(side_of(line, "old") for line in by_new.get(key, ()))
    }
    old = {
        key: place.node.title
        for key, place in editor.old.items()
        if all(side_of(line, "new") for line in by_old.get(key, ()))
    }
    linked = {(side_of(line, "new"), side_of(line, "old")) for line in editor.lines}
    found: Proposals = {}
    for key, alike in similar(new, old, linked).items():
        accepted = editor.data.getlist(f"accept-{token_of(key)}")
        found[key] = tuple(
            Proposal(
                token=(token := token_of(each.key)),
                words=words_of(editor.old[each.key]),
                percent=each.percent,
                is_accepted=token in accepted,
            )
            for each in alike
        )
    return found


def _row(
    editor: Editor,
    place: Place,
    lines: list[Correspondence],
    other: str,
    proposals: tuple[Proposal, ...],
) -> NodeRow:
    token, data = token_of(place.key), editor.data
    is_marked = bool(editor.typed(f"mark-{token}"))
    return NodeRow(
        token=token,
        level=str(place.node._meta.verbose_name),
        place=" › ".join(node_name(place.plan, node) for node in place.above),
        words=node_name(place.plan, place.node),
        lines=tuple(
            LineShown(
                pk=line.pk,
                words=editor.side(line, other),
                remark=data.get(f"remark-{line.pk}", line.remark),
                is_removed=f"remove-{line.pk}" in data,
            )
            for line in lines
        ),
        proposals=proposals,
        typed=data.get(f"add-{token}", ""),
        note=data.get(f"note-{token}", ""),
        is_marked=is_marked,
        may_be_marked=is_marked or not lines,
        problems=tuple(editor.problems.get(token, ())),
    )
