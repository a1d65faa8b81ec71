"""The levels of a plan as a tree to print; queries do not grow with the plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q

from measures.models import Action, Measure
from measures.outline import key_above, key_of
from plans.models import BasicGoal, Plan, Policy, PolicyField
from plans.models.nodes import PlanNode

from .wording import (
    PAGES,
    Badge,
    by_site,
    level_name,
    life_badges,
    lifetime_words,
    numbering,
    page_url,
    title_badges,
)


@dataclass
class TreeNode:
    """One part of a plan as it is printed; `url` is empty for field headings and actions."""

    row: PlanNode
    number: str
    title: str
    url: str
    badges: list[Badge]
    text: str
    text_badges: list[Badge]
    lifetime: str
    heading: int = 3
    children: list[TreeNode] = field(default_factory=list)
    leaves: list[TreeNode] = field(default_factory=list)
    """Children printed as short lines: measures below a policy, actions."""
    action_count: int = 0

    def walk(self) -> Iterable[TreeNode]:
        """Yield this node and everything below it, in order."""
        yield self
        for child in [*self.children, *self.leaves]:
            yield from child.walk()


def node_of(plan: Plan, row: PlanNode, heading: int = 3) -> TreeNode:
    return TreeNode(
        row=row,
        number=_number(plan, row),
        title=row.display_title,
        url=page_url(plan, row) if type(row) in PAGES else "",
        badges=[*title_badges(row), *life_badges(row)],
        text=row.summary,
        text_badges=[by_site()] if row.texts_by_site and row.summary else [],
        lifetime=lifetime_words(plan.municipality, row),
        heading=heading,
        action_count=getattr(row, "action_count", 0),
    )


def _number(plan: Plan, row: PlanNode) -> str:
    """Return the printed number; where there is none, the level's name if it tells something."""
    if isinstance(row, Action):
        return row.label  # the heading above the actions names their level
    if row.label:
        return numbering(plan, row)
    name = level_name(plan, row._meta.model_name or "")
    return "" if name in row.title else name


def tree(plan: Plan, top: BasicGoal | Policy | None = None, heading: int = 3) -> list[TreeNode]:
    """Return the nodes below `top` (None: of the whole plan), nested, from heading level
    `heading` downwards. At most five queries; the actions of `top` itself are left out."""
    rows = [*_branches(plan, top), *_loose_actions(plan, top)]
    below: dict[Any, list[Any]] = defaultdict(list)
    for row in rows:
        below[key_above(row)].append(row)

    def build(parent: Any, level: int) -> list[TreeNode]:
        nodes = []
        for row in below[parent]:
            node = node_of(plan, row, level)
            for child in build(key_of(row), min(level + 1, 6)):
                is_leaf = isinstance(child.row, Measure | Action)
                (node.leaves if is_leaf else node.children).append(child)
            nodes.append(node)
        return nodes

    return build(key_of(top) if top is not None else None, heading)


def _branches(plan: Plan, top: BasicGoal | Policy | None) -> list[PlanNode]:
    measures = Measure.objects.filter(plan=plan).annotate(action_count=Count("actions"))
    fields = PolicyField.objects.filter(plan=plan)
    policies = Policy.objects.filter(plan=plan)
    if isinstance(top, Policy):
        return list(measures.filter(policy=top))
    if isinstance(top, BasicGoal):
        fields = fields.filter(basic_goal=top)
        policies = policies.filter(basic_goal=top)
        measures = measures.filter(Q(basic_goal=top) | Q(policy__basic_goal=top))
    goals = BasicGoal.objects.filter(plan=plan) if top is None else ()
    return [*goals, *fields, *policies, *measures]


def _loose_actions(plan: Plan, top: BasicGoal | Policy | None) -> Iterable[Action]:
    """The actions below that hang on no measure; those of a measure are printed on its page, those
    of `top` itself on this one."""
    if isinstance(top, Policy):
        return ()
    actions = Action.objects.filter(plan=plan, measure=None)
    return actions if top is None else actions.filter(policy__basic_goal=top)
