"""Makes what stands still: sections, schemes, the two plans with their nodes and indicators.

Everything that begins or ends within the plans carries its fiscal years from the start; figures,
targets, reports and judgements are told by `story`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import models

from indicators.models import CommonIndicator, Indicator, Responsibility, Series, SeriesBreak
from measures.models import (
    Action,
    DepartmentPolicySheet,
    Measure,
    MeasureSdg,
    PriorityIssue,
    ReportColumn,
    ReportingDepartment,
    ReportingRow,
)
from municipalities import fiscal_year as fiscal_years
from municipalities.models import Department, DepartmentSuccession, Municipality
from plans.choices import WorkState
from plans.models import (
    Band,
    BasicGoal,
    Footnote,
    GlossaryTerm,
    Plan,
    PlanScheme,
    Policy,
    PolicyField,
    PolicySdg,
    RatingScheme,
    RelatedPlan,
)

from . import goal_1, goal_2, goal_3, goal_4, goal_5, reports, sheets, strategy, town, whole
from .shapes import Line

GOALS = [module.GOAL for module in (goal_1, goal_2, goal_3, goal_4, goal_5)]
LINES = [
    line for module in (whole, goal_1, goal_2, goal_3, goal_4, goal_5) for line in module.LINES
]
NEW_ORDER = fiscal_years.of(town.REORGANISED_ON)  # the first fiscal year of the new sections

NODE_LEVELS = {"goal": BasicGoal, "policy": Policy, "measure": Measure}
CHILDREN = ("fields", "policies", "measures", "actions", "rows", "later_rows", "sdgs")


def make(model: type[models.Model], **fields: Any) -> Any:
    """Validate and save a row."""
    row = model(**fields)
    row.full_clean()
    row.save()
    return row


# --- The town ---------------------------------------------------------------------------------


def make_sections(municipality: Municipality) -> None:
    sections: dict[str, Department] = {}
    for order, given in enumerate([*town.DEPARTMENTS, *town.NEW_DEPARTMENTS], start=1):
        fields = given | {"parent": sections.get(given.get("parent", ""))}
        sections[given["code"]] = make(
            Department, municipality=municipality, order=order * 10, **fields
        )
    for old, new, kind in town.SUCCESSIONS:
        make(
            DepartmentSuccession,
            predecessor=sections[old],
            successor=sections[new],
            kind=kind,
            effective_on=town.REORGANISED_ON,
        )


def make_schemes(municipality: Municipality) -> None:
    for given in town.SCHEMES:
        fields = {name: content for name, content in given.items() if name != "bands"}
        scheme = make(RatingScheme, municipality=municipality, **fields)
        for order, (symbol, label, spoken, meaning, tone) in enumerate(given["bands"], start=1):
            make(
                Band,
                scheme=scheme,
                order=order,
                symbol=symbol,
                label=label,
                spoken=spoken,
                meaning=meaning,
                tone=tone,
            )


# --- The plans --------------------------------------------------------------------------------


def make_mirai(municipality: Municipality) -> Plan:
    """Make みらい計画 with its nodes, form, sheets and indicators."""
    plan = make(Plan, municipality=municipality, **whole.PLAN)
    for subject, year, scheme in whole.PLAN_SCHEMES:
        make(
            PlanScheme,
            plan=plan,
            subject=subject,
            from_fiscal_year=year,
            scheme=RatingScheme.objects.get(code=scheme),
        )
    for column in reports.COLUMNS:
        make(ReportColumn, plan=plan, **column)
    for goal in GOALS:
        make_node(BasicGoal, plan, goal)
    make_words(plan)
    make_sheets(plan)
    for common in whole.COMMON:
        if not CommonIndicator.objects.filter(code=common["code"]).exists():
            make(CommonIndicator, **common)
    make_indicators(plan, LINES)
    return plan


def make_senryaku(mirai: Plan) -> Plan:
    """Make the strategy below みらい計画, whose related plans then lead to it."""
    plan = make(Plan, municipality=mirai.municipality, parent=mirai, **strategy.PLAN)
    make(
        PlanScheme,
        plan=plan,
        subject=PlanScheme.Subject.INDICATORS,
        from_fiscal_year=2020,
        scheme=RatingScheme.objects.get(code=town.INDICATOR_PRESET),
    )
    for goal in strategy.GOALS:
        make_node(BasicGoal, plan, goal)
    make_indicators(plan, strategy.LINES)
    make_related(mirai, {plan.slug: plan})
    return plan


def make_node(model: type[models.Model], plan: Plan, given: dict[str, Any], **parents: Any) -> None:
    """Make a node of the plan's tree and all below it; `parents` are those it hangs on."""
    fields = {name: content for name, content in given.items() if name not in CHILDREN}
    order = model.objects.filter(plan=plan).count() + 1  # as the plan prints them
    node = make(model, plan=plan, order=order, **parents, **fields)
    for number in given.get("sdgs", ()):
        if model is Policy:
            make(PolicySdg, policy=node, number=number)
        else:
            make(MeasureSdg, measure=node, number=number)
    if model is PolicyField:
        below = {"basic_goal": node.basic_goal, "field": node}
    else:
        below = {"basic_goal" if model is BasicGoal else model._meta.model_name: node}
    for level, children in (
        (PolicyField, "fields"),
        (Policy, "policies"),
        (Measure, "measures"),
        (Action, "actions"),
    ):
        for child in given.get(children, ()):
            make_node(level, plan, child, **below)
    if model is Action:
        make_rows(node, given)


def make_rows(action: Action, given: dict[str, Any]) -> None:
    rows = given["rows"]
    later = given.get("later_rows") or [()] * len(rows)
    for order, (sections, later_sections) in enumerate(zip(rows, later, strict=True), start=1):
        row = make(ReportingRow, action=action, order=order, is_relisted=order > 1)
        for link in links(action, sections, later_sections):
            make(ReportingDepartment, row=row, **link)


def links(
    owner: Any, sections: tuple[str, ...], later_sections: tuple[str, ...] = ()
) -> Iterable[dict[str, Any]]:
    """Yield who answers for a row or indicator (`owner` says in which years it exists): its
    sections, and from the reorganisation on those that took over."""
    plan = owner.plan
    begins, ends = owner.first_fiscal_year or 0, owner.last_fiscal_year or 9999
    before = sections if begins < NEW_ORDER else ()
    after = (later_sections or town.successors(sections)) if ends >= NEW_ORDER else ()
    for period, others, limit in (
        (before, after, {"last_fiscal_year": NEW_ORDER - 1}),
        (after, before, {"first_fiscal_year": NEW_ORDER}),
    ):
        for order, code in enumerate(period, start=1):
            if code in others and period is after:
                continue  # stays: one link for the whole time
            changes = code not in others and (others or code in town.ENDED)
            yield {
                "department": Department.objects.get(municipality=plan.municipality, code=code),
                "order": order,
                **(limit | {"life_note": town.REORGANISATION_NOTE} if changes else {}),
            }


def make_words(plan: Plan) -> None:
    for number, (term, definition, policy, formal_name) in enumerate(whole.GLOSSARY, start=1):
        make(
            GlossaryTerm,
            plan=plan,
            number=number,
            term=term,
            definition=definition,
            formal_name=formal_name,
            policy=policy and plan.policy_set.get(code=policy),
        )
    for number, (mark, marked_on, text, policy) in enumerate(whole.FOOTNOTES, start=1):
        make(
            Footnote,
            plan=plan,
            number=number,
            mark=mark,
            marked_on=marked_on,
            text=text,
            policy=policy and plan.policy_set.get(code=policy),
        )


def make_related(plan: Plan, kept: dict[str, Plan]) -> None:
    for number, given in enumerate(whole.RELATED, start=1):
        fields = {
            name: content for name, content in given.items() if name not in ("linked", "policies")
        }
        related = make(
            RelatedPlan,
            plan=plan,
            number=number,
            linked_plan=kept.get(given.get("linked", "")),
            **fields,
        )
        related.policies.set(plan.policy_set.filter(code__in=given.get("policies", ())))


def make_sheets(plan: Plan) -> None:
    for given in sheets.SHEETS:
        fields = {
            name: content for name, content in given.items() if name not in ("department", "issues")
        }
        sheet = make(
            DepartmentPolicySheet,
            plan=plan,
            department=Department.objects.get(
                municipality=plan.municipality, code=given["department"]
            ),
            state=WorkState.CHECKED,
            **fields,
        )
        for number, (title, issue, approach, result) in enumerate(given["issues"], start=1):
            make(
                PriorityIssue,
                sheet=sheet,
                number=number,
                title=title,
                issue=issue,
                approach=approach,
                result=result,
            )


# --- Indicators -------------------------------------------------------------------------------


def make_indicators(plan: Plan, lines: list[Line]) -> None:
    for order, line in enumerate(lines, start=1):
        level, _, code = line.on.partition(" ")
        node = NODE_LEVELS[level].objects.get(plan=plan, code=code) if level else None
        parent = {"basic_goal" if level == "goal" else level: node} if node else {}
        indicator = make(
            Indicator,
            plan=plan,
            series=_series(plan, line),
            code=line.code,
            label=f"指標{line.code}",
            order=order,
            direction=line.direction,
            **parent,
            **line.baseline,
            **line.fields,
        )
        for link in links(indicator, line.sections, line.later_sections):
            make(Responsibility, indicator=indicator, **link)


def _series(plan: Plan, line: Line) -> Series:
    if isinstance(line.series, str):
        return Series.objects.get(municipality=plan.municipality, code=line.series)
    fields = dict(line.series)
    if common := fields.pop("common", ""):
        fields["common"] = CommonIndicator.objects.get(code=common)
    owners = line.later_sections or town.successors(line.sections)
    series = make(
        Series,
        municipality=plan.municipality,
        owner=Department.objects.filter(
            municipality=plan.municipality, code__in=owners[:1]
        ).first(),
        **fields,
    )
    for year, reason in line.breaks.items():
        make(SeriesBreak, series=series, fiscal_year=year, reason=reason)
    return series


def day_at(year: int, month: int, day: int) -> date:
    """Return the day, or the Friday before where it is a Saturday or Sunday."""
    given = date(year, month, day)
    return date.fromordinal(given.toordinal() - max(0, given.weekday() - 4))
