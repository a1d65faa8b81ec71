"""Numbers and names of a plan's levels, as the plan prints them."""

from __future__ import annotations

import re

from .models import Plan, PlanNode

LEVELS = {
    "basicgoal": "label_basic_goal",
    "policyfield": "label_field",
    "policy": "label_policy",
    "measure": "label_measure",
    "action": "label_action",
    "indicator": "label_indicator",
}


def level_name(plan: Plan, kind: str) -> str:
    """Return the plan's own name of a level (model name), "" where it has none."""
    return getattr(plan, LEVELS[kind])


def numbering(plan: Plan, node: PlanNode) -> str:
    """Return the printed number with the level's name (基本目標 Ⅰ), unless the number already says
    it (第1章; 柱1 of the level 戦略の柱)."""
    name, printed = level_name(plan, node._meta.model_name or ""), node.label
    words = re.sub(r"[\d.\-()（）第]", "", printed)
    if printed and (name in printed or (words and words in name)):
        return printed
    return f"{name} {printed}".strip()


def node_name(plan: Plan, node: PlanNode) -> str:
    """Return number and title; without a printed number the title alone."""
    return f"{numbering(plan, node)} {node.display_title}" if node.label else node.display_title
