"""A plan laid beside its old plans: which node goes with which, in the order of the new plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from plans.models import BasicGoal, Plan, PolicyField

from .models import Correspondence
from .models.revision import LEVELS
from .outline import Key, Place, outlines
from .text_diff import likeness

ALIKE = 0.6
"""From this likeness on, a title is taken for the new wording of one among several old ones."""
HEADINGS = (BasicGoal, PolicyField)  # printed above the rows, not in each of them


@dataclass(frozen=True)
class Match:
    """A row of the table before it is worded.

    `new` is None where old nodes are dropped. `headings` are the goal and the field above, each
    None where there is none. `lines` are all that the row rests on; `olds` has one for each old
    node, in the order of the old plans.
    """

    headings: tuple[Any, Any]
    new: Place | None
    olds: tuple[tuple[Place, Correspondence], ...]
    lines: tuple[Correspondence, ...]

    @property
    def is_new(self) -> bool:
        """Whether a line says that the new node has no forerunner."""
        return self.new is not None and any(side_of(line, "old") is None for line in self.lines)


class Correspondences:
    """The nodes of `plan` and of `old_plans`, and the lines between them. Six queries."""

    def __init__(self, plan: Plan, old_plans: Iterable[Plan]) -> None:
        old_plans = tuple(old_plans)
        lines = Correspondence.objects.filter(new_plan=plan, old_plan__in=old_plans)
        places = outlines([plan, *old_plans])
        self.new = {place.key: place for place in places[plan.pk]}
        self.old = {place.key: place for old in old_plans for place in places[old.pk]}
        self.by_new: dict[Key | None, list[Correspondence]] = defaultdict(list)
        self.by_old: dict[Key | None, list[Correspondence]] = defaultdict(list)
        for line in lines:
            self.by_new[side_of(line, "new")].append(line)
            self.by_old[side_of(line, "old")].append(line)
        self._order = {key: number for number, key in enumerate(self.old)}

    # --- Rows ---

    def matches(self) -> list[Match]:
        """Return the rows of the new plan in its order, those dropped put in between."""
        found = []
        for key, place in self.new.items():
            if key in self.by_new:
                path = (*place.above, place.node)
                headings = tuple(_first(path, kind) for kind in HEADINGS)
                found.append(self._match(headings, place, self.by_new[key]))
        for key, place in self.old.items():
            lines = [line for line in self.by_old.get(key, ()) if side_of(line, "new") is None]
            if lines:
                at, headings = self._place_of(place, found)
                found.insert(at, self._match(headings, None, lines))
        return found

    def _match(
        self, headings: tuple[Any, ...], new: Place | None, lines: list[Correspondence]
    ) -> Match:
        first = {side_of(line, "old"): line for line in reversed(lines)}
        olds = sorted(first.keys() & self.old.keys(), key=self._order.__getitem__)
        goal, field = headings
        pairs = tuple((self.old[key], first[key]) for key in olds)
        return Match((goal, field), new, pairs, tuple(lines))

    def _place_of(self, dropped: Place, matches: list[Match]) -> tuple[int, tuple[Any, Any]]:
        """Return where a dropped node goes and under which headings: behind what stood before it
        in the same part of the old plan, else before what followed."""
        here = self._order[dropped.key]
        best: tuple[int, bool, int, int] | None = None
        for number, match in enumerate(matches):
            for old, _line in match.olds:
                there = self._order[old.key]
                shared = _shared(_path(dropped), _path(old))
                rank = (shared, there <= here, -abs(here - there), -number)
                best = rank if best is None else max(best, rank)
        if best is None:
            return 0, (None, None)
        _steps, is_behind, _distance, number = best
        return (1 if is_behind else 0) - number, matches[-number].headings

    # --- What can be compared ---

    def is_one_to_one(self, new: Key, old: Key) -> bool:
        """Return whether neither node corresponds to any other one."""
        olds = {side_of(line, "old") for line in self.by_new[new]}
        news = {side_of(line, "new") for line in self.by_old[old]}
        return olds == {old} and news == {new}

    def partners(self) -> dict[Key, Key]:
        """Return new node → the old one whose title it words anew: its only correspondence, or
        among several the one with the most similar title, each old one once."""
        found, alike = {}, []
        for new in self.by_new.keys() & self.new.keys():
            for old in {side_of(line, "old") for line in self.by_new[new]} & self.old.keys():
                titles = self.new[new].node.title, self.old[old].node.title
                if all(titles) and self.is_one_to_one(new, old):
                    found[new] = old
                elif all(titles) and (degree := likeness(*titles)) >= ALIKE:
                    alike.append((-degree, self._order[old], new, old))
        taken = set()
        for _degree, _place, new, old in sorted(alike):
            if new not in found and old not in taken:
                found[new] = old
                taken.add(old)
        return found

    # --- What is missing ---

    def undecided_new(self) -> list[Place]:
        return _undecided(self.new, self.by_new.keys() & self.new.keys())

    def undecided_old(self) -> list[Place]:
        return _undecided(self.old, self.by_old.keys() & self.old.keys())


def _undecided(places: dict[Key, Place], told: set[Key]) -> list[Place]:
    """Return the nodes without a line that need one: a neighbour of the same level has its own,
    or nothing is said above either. What has lines below needs none itself."""
    above_told = {key for told_key in told for key in places[told_key].keys_above}
    beside_told = {(key[0], places[key].keys_above) for key in told}
    return [
        place
        for key, place in places.items()
        if key not in told
        and key not in above_told
        and not isinstance(place.node, PolicyField)
        and ((key[0], place.keys_above) in beside_told or told.isdisjoint(place.keys_above))
    ]


def side_of(line: Correspondence, side: str) -> Key | None:
    """Return the node on the "new" or the "old" side of a line, None where there is none."""
    for level in LEVELS:
        pk = getattr(line, f"{side}_{level}_id")
        if pk is not None:
            return level.replace("_", ""), pk
    return None


def _first(nodes: Iterable[Any], kind: type[Any]) -> Any:
    return next((node for node in nodes if isinstance(node, kind)), None)


def _path(place: Place) -> tuple[Any, ...]:
    return place.plan.pk, *place.keys_above, place.key


def _shared(one: tuple[Any, ...], other: tuple[Any, ...]) -> int:
    """Return how many steps two ways down have in common."""
    same = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            break
        same += 1
    return same
