"""The nodes of plans in the order in which they are printed, each with what stands above it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from plans.models import BasicGoal, Plan, PlanNode, Policy, PolicyField

from .models import Action, Measure

MODELS = (BasicGoal, PolicyField, Policy, Measure, Action)
Key = tuple[str, int]
"""Model name and id: what tells one node from all others."""


@dataclass(frozen=True)
class Place:
    """A node where it stands in print; `above` are the nodes over it, the highest first."""

    plan: Plan
    node: Any
    above: tuple[Any, ...]

    @cached_property
    def key(self) -> Key:
        return key_of(self.node)

    @cached_property
    def keys_above(self) -> tuple[Key, ...]:
        return tuple(key_of(node) for node in self.above)


def key_of(node: Any) -> Key:
    return node._meta.model_name, node.pk


def ancestors(node: Any) -> list[Any]:
    """Return the nodes above, the highest first; reads the selected parents."""
    above: list[Any] = []
    while (node := node.parent) is not None:
        above.insert(0, node)
    return above


def key_above(node: Any) -> Key | None:
    """Return where a node hangs in print: a policy under its field, else as the plan says; None
    for what hangs on the plan itself."""
    names = ("field", *node.parent_names) if isinstance(node, Policy) else node.parent_names
    for name in names:
        parent_id = getattr(node, f"{name}_id")
        if parent_id is not None:
            return node._meta.get_field(name).related_model._meta.model_name, parent_id
    return None


def outlines(plans: Iterable[Plan]) -> dict[int, list[Place]]:
    """Return plan id → its nodes of every level in print order, those below a node right after
    it. Five queries for any number of plans."""
    by_id = {plan.pk: plan for plan in plans}
    below: dict[tuple[int, Key | None], list[PlanNode]] = defaultdict(list)
    for model in MODELS:
        for node in model.objects.filter(plan__in=by_id):
            below[node.plan_id, key_above(node)].append(node)
    found: dict[int, list[Place]] = {}
    for plan in by_id.values():
        waiting = [(node, ()) for node in reversed(below[plan.pk, None])]
        found[plan.pk] = places = []
        while waiting:
            node, above = waiting.pop()
            places.append(Place(plan, node, above))
            children = below[plan.pk, key_of(node)]
            waiting += [(child, (*above, node)) for child in reversed(children)]
    return found
