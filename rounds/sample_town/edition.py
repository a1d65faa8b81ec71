"""Makes the revised edition of the strategy as planners would: a copy, then what they changed."""

from __future__ import annotations

from typing import Any

from django.db import models

from indicators.models import Indicator, SeriesBreak, Target
from indicators.record import record_target
from indicators.succession import start_successor
from measures.models import Correspondence
from municipalities.record import record_row
from plans.models import GlossaryTerm, Plan
from plans.structure import remove_row
from rounds.succession import record_plan

from . import strategy, strategy_revised
from .strategy_revised import REASON, TAKES_OVER_FROM
from .structure import BELOW, make, make_indicators, make_node, node_of, parent_of


def make_revised_edition(before: Plan) -> Plan:
    """Start the edition that takes over from `before`, edit it, and put it in force."""
    plan = start_successor(before, **strategy_revised.START, by=None, reason=REASON)
    edit_nodes(plan)
    edit_indicators(plan)
    edit_lines(plan, before)
    number = plan.glossary.count() + 1
    make(GlossaryTerm, plan=plan, number=number, **strategy_revised.TERM)
    for row, texts in (
        (before, strategy.ENDED),
        (plan, strategy_revised.PLAN | {"stage": Plan.Stage.CURRENT}),
    ):
        write(row, texts)
        record_plan(row, by=None, reason=REASON)
    return plan


def edit_nodes(plan: Plan) -> None:
    for name, texts in strategy_revised.REWORDED.items():
        record_row(write(node_of(plan, name), texts), by=None, reason=REASON)
    remove_row(node_of(plan, strategy_revised.DROPPED), by=None, reason=REASON)
    for above, level, given in strategy_revised.ADDED:
        make_node(BELOW[level], plan, given, **parent_of(plan, above))


def edit_indicators(plan: Plan) -> None:
    make_indicators(plan, strategy_revised.LINES)
    changed = Indicator.objects.get(plan=plan, code=strategy_revised.REDEFINED)
    make(
        SeriesBreak,
        series=changed.series,
        fiscal_year=TAKES_OVER_FROM,
        reason=strategy_revised.DEFINITION_CHANGED,
    )
    write(changed, strategy_revised.REDEFINED_BASELINE)
    record_row(changed, by=None, reason=REASON)
    for code, target in strategy_revised.TARGETS:
        record_target(Target(indicator=plan.indicators.get(code=code), **target), by=None)
    for line in strategy_revised.LINES:
        for target in line.targets:
            record_target(Target(indicator=plan.indicators.get(code=line.code), **target), by=None)


def edit_lines(plan: Plan, before: Plan) -> None:
    """Replace the lines of the copy that no longer hold, and say why parts changed."""
    for new, old, basis, remark in strategy_revised.LINES_OF_REVISION:
        sides = {
            **{f"old_{level}": node for level, node in parent_of(before, old).items()},
            **{f"new_{level}": node for level, node in parent_of(plan, new).items()},
        }
        number = 1 + max(plan.correspondences.values_list("number", flat=True))
        line = Correspondence(
            new_plan=plan, old_plan=before, number=number, basis=basis, remark=remark, **sides
        )
        record_row(line, by=None, reason=REASON)
    for line in copied(plan, strategy_revised.NO_LONGER):
        remove_row(line, by=None, reason=REASON)
    for name, remark in strategy_revised.REMARKS.items():
        for line in copied(plan, name):
            record_row(write(line, {"remark": remark}), by=None, reason=REASON)


def copied(plan: Plan, name: str) -> models.QuerySet[Correspondence]:
    """Return the lines `start_successor` drew to a node of the new plan."""
    ((level, node),) = parent_of(plan, name).items()
    return plan.correspondences.filter(basis=Correspondence.Basis.COPIED, **{f"new_{level}": node})


def write(row: Any, fields: dict[str, Any]) -> Any:
    for name, content in fields.items():
        setattr(row, name, content)
    return row
