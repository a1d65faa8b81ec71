"""The Sustainable Development Goals a plan's policies and measures contribute to."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, prefetch_related_objects
from django.urls import reverse

from measures.models import Measure, MeasureSdg
from plans.models import Plan, Policy, PolicySdg
from plans.sdgs import SDGS, sdg_name

from .structure import TreeNode, tree
from .wording import Link, node_name


@dataclass(frozen=True)
class SdgShown:
    """A goal with the policies and measures of the plan, in the plan's order."""

    anchor: str
    name: str
    nodes: list[tuple[str, TreeNode]]
    """Number and title, with the node they name."""


@dataclass(frozen=True)
class SdgList:
    goals: list[SdgShown]
    without: list[str]
    """The names of the goals nothing in the plan is marked with."""


def sdgs_url(plan: Plan) -> str:
    return reverse("portal:sdgs", args=[plan.municipality.slug, plan.slug])


def has_sdgs(plan: Plan) -> bool:
    """Return whether anything in the plan is marked with a goal. One query."""
    tagged = [
        Exists(PolicySdg.objects.filter(policy__plan=OuterRef("pk"))),
        Exists(MeasureSdg.objects.filter(measure__plan=OuterRef("pk"))),
    ]
    return Plan.objects.filter(tagged[0] | tagged[1], pk=plan.pk).exists()


def sdg_list(plan: Plan) -> SdgList:
    """Return the goals of a plan's policies and measures. Seven queries at most."""
    nodes = [node for top in tree(plan) for node in top.walk()]
    for model in (Policy, Measure):
        prefetch_related_objects([node.row for node in nodes if type(node.row) is model], "sdgs")
    found: dict[int, list[TreeNode]] = defaultdict(list)
    for node in nodes:
        for number in _numbers(node.row):
            found[number].append(node)
    return SdgList(
        goals=[
            SdgShown(
                anchor=_anchor(number),
                name=sdg_name(number),
                nodes=[(node_name(plan, node.row), node) for node in found[number]],
            )
            for number in SDGS
            if number in found
        ],
        without=[sdg_name(number) for number in SDGS if number not in found],
    )


def sdg_links(plan: Plan, node: Any) -> list[Link]:
    """Return the goals of a policy or measure, each leading to its place in the plan's list."""
    return [
        Link(sdg_name(number), f"{sdgs_url(plan)}#{_anchor(number)}") for number in _numbers(node)
    ]


def _anchor(number: int) -> str:
    return f"sdg-{number}"


def _numbers(node: Any) -> list[int]:
    return [tag.number for tag in node.sdgs.all()] if hasattr(node, "sdgs") else []
