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
    Measure,
    MeasureSdg,
    ReportColumn,
    ReportingDepartment,
    ReportingRow,
)
from municipalities import fiscal_year as fiscal_years
from municipalities.models import Department, DepartmentSuccession, Municipality
from plans.choices import LifeReason
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

from . import goal_1, goal_2, goal_3, goal_4, goal_5, strategy, town, whole
from .shapes import Line

GOALS = [module.GOAL for module in (goal_1, goal_2, goal_3, goal_4, goal_5)]
LINES = [
    line for module in (whole, goal_1, goal_2, goal_3, goal_4, goal_5) for line in module.LINES
]
NEW_ORDER = fiscal_years.of(town.REORGANISED_ON)  # the first fiscal year of the new sections

NODE_LEVELS = {"goal": BasicGoal, "policy": Policy, "measure": Measure, "action": Action}
BELOW = {"fields": PolicyField, "policies": Policy, "measures": Measure, "actions": Action}
Words = tuple[str, str, str | None, str]  # a line of glossary or footnotes
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
    """Make みらい計画 with its nodes, form and indicators."""
    plan = make(Plan, municipality=municipality, **whole.PLAN)
    for subject, year, scheme in whole.PLAN_SCHEMES:
        make(
            PlanScheme,
            plan=plan,
            subject=subject,
            from_fiscal_year=year,
            scheme=RatingScheme.objects.get(code=scheme),
        )
    for column in whole.REPORT_COLUMNS:
        make(ReportColumn, plan=plan, **column)
    for goal in GOALS:
        make_node(BasicGoal, plan, goal)
    make_words(plan, whole.GLOSSARY, whole.FOOTNOTES)
    for common in whole.COMMON:
        if not CommonIndicator.objects.filter(code=common["code"]).exists():
            make(CommonIndicator, **common)
    make_indicators(plan, LINES)
    return plan


def make_senryaku(mirai: Plan) -> Plan:
    """Make the strategy below みらい計画."""
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
    make_words(plan, strategy.GLOSSARY)
    make_related(plan, strategy.RELATED, [mirai])
    make_indicators(plan, strategy.LINES)
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
    for children, level in BELOW.items():
        for child in given.get(children, ()):
            make_node(level, plan, child, **below)
    if model is Action:
        make_rows(node, given)


def make_rows(action: Action, given: dict[str, Any]) -> None:
    """Make the rows of an action; one whose later sections are None ends at the reorganisation."""
    rows = given["rows"]
    later = given.get("later_rows") or [()] * len(rows)
    for order, (sections, later_sections) in enumerate(zip(rows, later, strict=True), start=1):
        ended = {
            "last_fiscal_year": NEW_ORDER - 1,
            "life_reason": LifeReason.MERGED,
            "life_note": town.REORGANISATION_NOTE,
        }
        life = ended if later_sections is None else {}
        row = make(ReportingRow, action=action, order=order, is_relisted=order > 1, **life)
        for link in links(action, sections, later_sections or ()):
            if not (life and "first_fiscal_year" in link):
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


def make_words(plan: Plan, glossary: list[Words], footnotes: Iterable[Words] = ()) -> None:
    for number, (term, definition, policy, formal_name) in enumerate(glossary, start=1):
        make(
            GlossaryTerm,
            plan=plan,
            number=number,
            term=term,
            definition=definition,
            formal_name=formal_name,
            policy=policy and plan.policy_set.get(code=policy),
        )
    for number, (mark, marked_on, text, policy) in enumerate(footnotes, start=1):
        make(
            Footnote,
            plan=plan,
            number=number,
            mark=mark,
            marked_on=marked_on,
            text=text,
            policy=policy and plan.policy_set.get(code=policy),
        )


def make_related(plan: Plan, given: list[dict[str, Any]], kept: list[Plan]) -> None:
    """Make the plans `plan` refers to, linked where they are among the `kept` ones."""
    by_slug = {other.slug: other for other in kept}
    for number, row in enumerate(given, start=1):
        fields = {
            name: content for name, content in row.items() if name not in ("linked", "policies")
        }
        related = make(
            RelatedPlan,
            plan=plan,
            number=number,
            linked_plan=by_slug[row["linked"]] if "linked" in row else None,
            **fields,
        )
        related.policies.set(plan.policy_set.filter(code__in=row.get("policies", ())))


# --- Indicators -------------------------------------------------------------------------------


def node_of(plan: Plan, name: str) -> Any:
    """Return the node a table names ("goal 1", "measure 1-1"); None for the plan itself, ""."""
    level, _, code = name.partition(" ")
    return NODE_LEVELS[level].objects.get(plan=plan, code=code) if level else None


def parent_of(plan: Plan, name: str) -> dict[str, Any]:
    """Return the field by which something hangs on that node; {} where on the plan itself."""
    level = name.partition(" ")[0]
    return {"basic_goal" if level == "goal" else level: node_of(plan, name)} if level else {}


def make_indicators(plan: Plan, lines: list[Line]) -> None:
    for order, line in enumerate(lines, start=plan.indicators.count() + 1):
        indicator = make(
            Indicator,
            plan=plan,
            series=_series(plan, line),
            code=line.code,
            label=f"指標{line.code}",
            order=order,
            direction=line.direction,
            **parent_of(plan, line.on),
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
