"""How one plan follows another: a successor or revised edition begins as a copy of what it keeps.

The copies are new rows of the new plan, so what the old plan published stays as it was. What is
counted is not copied: the new indicators stand on the same series, and the line goes on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.models import (
    Action,
    Correspondence,
    Measure,
    MeasureSdg,
    ReportColumn,
    ReportingDepartment,
    ReportingRow,
)
from measures.models.revision import LEVELS
from measures.outline import outlines
from municipalities import record
from municipalities.access import require_planner
from municipalities.history import create_with_reason
from plans.models import (
    BasicGoal,
    Footnote,
    GlossaryTerm,
    Lifetime,
    Plan,
    PlanScheme,
    Policy,
    PolicyField,
    PolicySdg,
    RelatedPlan,
)

from .judging import targets_in_force
from .models import Indicator, Responsibility, Target


class Part(models.TextChoices):
    """What a new plan can take from the one before it."""

    GOALS = "goals", gettext_lazy("基本目標")
    POLICIES = "policies", gettext_lazy("分野・政策")
    MEASURES = "measures", gettext_lazy("施策")
    ACTIONS = "actions", gettext_lazy("取組")
    ROWS = "rows", gettext_lazy("報告する行と担当課")
    SDGS = "sdgs", gettext_lazy("SDGs目標")
    INDICATORS = "indicators", gettext_lazy("指標（同じ系列、向き、基準値、担当課）")
    TARGETS = "targets", gettext_lazy("目標値（引き継ぐ年度以後）")
    FORM = "form", gettext_lazy("進捗管理シートの様式")
    SCHEMES = "schemes", gettext_lazy("評価方式")
    GLOSSARY = "glossary", gettext_lazy("用語")
    FOOTNOTES = "footnotes", gettext_lazy("脚注")
    RELATED = "related", gettext_lazy("関連計画")
    SETTINGS = "settings", gettext_lazy("段の呼び名と公開の範囲")


ALL_PARTS: frozenset[Part] = frozenset(Part)

# Each table after those it hangs on.
TABLES: tuple[tuple[Part, type[models.Model]], ...] = (
    (Part.GOALS, BasicGoal),
    (Part.POLICIES, PolicyField),
    (Part.POLICIES, Policy),
    (Part.MEASURES, Measure),
    (Part.ACTIONS, Action),
    (Part.ROWS, ReportingRow),
    (Part.ROWS, ReportingDepartment),
    (Part.SDGS, PolicySdg),
    (Part.SDGS, MeasureSdg),
    (Part.INDICATORS, Indicator),
    (Part.INDICATORS, Responsibility),
    (Part.TARGETS, Target),
    (Part.FORM, ReportColumn),
    (Part.SCHEMES, PlanScheme),
    (Part.GLOSSARY, GlossaryTerm),
    (Part.FOOTNOTES, Footnote),
    (Part.RELATED, RelatedPlan),
)
_COPIED = {Plan, *(model for _part, model in TABLES)}
# Without these a row still makes sense; without any other part of the plan it hangs on, it does
# not come along.
_DISPENSABLE = {"field"}
_SETTINGS = tuple(
    field.name for field in Plan._meta.fields if field.name.startswith(("label_", "show_"))
)

Key = tuple[type[models.Model], int]


class Selection:
    """What a plan that takes over from `fiscal_year` finds of `parts` in `plan`, in the tables'
    order: rows that belong to the plan in that year and hang on nothing that stays behind.

    `goals` limits it to what hangs on those basic goals or on the plan itself; None: no limit.
    The number of queries does not depend on the number of rows.
    """

    def __init__(
        self,
        plan: Plan,
        fiscal_year: int,
        parts: Collection[Part] = ALL_PARTS,
        goals: Iterable[BasicGoal] | None = None,
    ) -> None:
        self.plan, self.fiscal_year = plan, fiscal_year
        wanted = set(map(Part, parts))
        self.goals = None if goals is None else {goal.pk for goal in goals}
        self.rows: dict[type[models.Model], list[models.Model]] = {}
        self._found: set[Key] = {(Plan, plan.pk)}
        for part, model in TABLES:
            self.rows[model] = self._choose(model) if part in wanted else []
            self._found |= {(model, row.pk) for row in self.rows[model]}

    @property
    def counts(self) -> dict[Part, int]:
        """How many rows of each part come along; sections and targets count as rows of theirs."""
        counts = dict.fromkeys((part for part, _model in TABLES), 0)
        for part, model in TABLES:
            if model not in {PolicyField, ReportingDepartment, Responsibility}:
                counts[part] += len(self.rows[model])
        return counts

    def _choose(self, model: type[models.Model]) -> list[models.Model]:
        way = model.municipality_lookup.removesuffix("__municipality")
        rows = model._default_manager.filter(**{way: self.plan})
        if issubclass(model, Lifetime):
            rows = rows.in_year(self.fiscal_year)
        if model is BasicGoal and self.goals is not None:
            rows = rows.filter(pk__in=self.goals)
        chosen = [row for row in rows if all(key in self._found for key in _hangs_on(row))]
        if model is Target:
            return self._newest(chosen)
        return self._in_force(chosen) if model is PlanScheme else chosen

    def _newest(self, targets: list[Any]) -> list[models.Model]:
        """Of each indicator and coming year the last decision."""
        of_indicator: dict[int, list[Target]] = {}
        for target in targets:
            if target.fiscal_year >= self.fiscal_year:
                of_indicator.setdefault(target.indicator_id, []).append(target)
        return [target for rows in of_indicator.values() for target in targets_in_force(rows, None)]

    def _in_force(self, choices: list[Any]) -> list[models.Model]:
        """The scheme of each subject in the year of the takeover."""
        newest: dict[str, Any] = {}
        for choice in sorted(choices, key=lambda choice: choice.from_fiscal_year):
            if choice.from_fiscal_year <= self.fiscal_year:
                newest[choice.subject] = choice
        return list(newest.values())


def _own_keys(row: models.Model) -> list[models.ForeignKey]:
    """Return the foreign keys that lead to another part of the row's own plan."""
    elsewhere = getattr(row, "links_elsewhere", ())
    return [
        field
        for field in row._meta.fields
        if field.related_model in _COPIED and field.name not in elsewhere
    ]


def _hangs_on(row: models.Model) -> list[Key]:
    return [
        (field.related_model, getattr(row, field.attname))
        for field in _own_keys(row)
        if field.name not in _DISPENSABLE and getattr(row, field.attname) is not None
    ]


# --- Starting ---------------------------------------------------------------------------------


def start_successor(
    predecessor: Plan,
    *,
    slug: str,
    title: str,
    edition: str = "",
    takes_over_from: int,
    start_fiscal_year: int | None = None,
    end_fiscal_year: int | None = None,
    period_label: str = "",
    parts: Collection[Part] = ALL_PARTS,
    goals: Iterable[BasicGoal] | None = None,
    by: Any,
    reason: str = "",
) -> Plan:
    """Make the plan or revised edition that takes over from a fiscal year, and return it.

    It is a draft nobody outside sees, and holds copies of `parts` of `predecessor` (see
    `Selection`), whose lifetimes begin anew; its targets are the newest decisions of the years to
    come. Each copied goal, policy, measure and action gets its line of the revision table. A year
    of None is unknown. Planners of the municipality only; ValidationError names the field that is
    wrong. Copies are not checked one by one: what they say has been checked in the old plan, and
    the database's own rules hold. Rows are written table by table, with their history: the number
    of queries does not depend on their number.
    """
    if by is not None:
        require_planner(by, predecessor.municipality_id)
    goals = None if goals is None else list(goals)
    if any(goal.plan_id != predecessor.pk for goal in goals or ()):
        raise ValidationError({"goals": _("前の計画の中から選んでください。")})
    plan = Plan(
        municipality=predecessor.municipality,
        slug=slug,
        title=title,
        edition=edition,
        stage=Plan.Stage.DRAFT,
        start_fiscal_year=start_fiscal_year,
        end_fiscal_year=end_fiscal_year,
        period_label=period_label,
        order=predecessor.order,
        predecessor=predecessor,
        takes_over_from=takes_over_from,
        parent=predecessor.parent,
    )
    if takes_over_from is None:
        raise ValidationError({"takes_over_from": _("引き継ぐ年度を入力してください。")})
    if Part.SETTINGS in set(map(Part, parts)):
        for name in _SETTINGS:
            setattr(plan, name, getattr(predecessor, name))
    reason = reason or _("「%(plan)s」からの写し") % {"plan": predecessor}
    try:
        with transaction.atomic():
            record.record_row(plan, by=by, reason=reason)
            selection = Selection(predecessor, takes_over_from, parts, goals)
            copies = _copy(selection, plan, by, reason)
            create_with_reason(_lines(selection, plan, copies), by, reason)
    except IntegrityError as error:
        raise ValidationError(
            _("前の計画に重なった行があるため、写せませんでした。前の計画を確かめてください。")
        ) from error
    return plan


def _copy(selection: Selection, plan: Plan, by: Any, reason: str) -> dict[Key, models.Model]:
    """Save the copies table by table, and return (model, id of the old row) → copy."""
    copies: dict[Key, models.Model] = {(Plan, selection.plan.pk): plan}
    for model, rows in selection.rows.items():
        new = [_copy_of(row, copies, plan) for row in rows]
        if hasattr(model, "history"):
            create_with_reason(new, by, reason)
        else:
            model._default_manager.bulk_create(new)
        copies |= {(model, row.pk): copy for row, copy in zip(rows, new, strict=True)}
    _relate_policies(copies, selection.rows[RelatedPlan])
    return copies


def _copy_of(row: models.Model, copies: dict[Key, models.Model], plan: Plan) -> models.Model:
    """Return an unsaved copy that hangs on the copies of what `row` hangs on."""
    copy = type(row)(
        **{
            field.attname: getattr(row, field.attname)
            for field in row._meta.concrete_fields
            if not field.primary_key
        }
    )
    for field in _own_keys(row):
        setattr(copy, field.name, copies.get((field.related_model, getattr(row, field.attname))))
    if isinstance(copy, Lifetime):
        for field in Lifetime._meta.fields:
            setattr(copy, field.name, field.get_default())
    elif isinstance(copy, PlanScheme):
        copy.from_fiscal_year = plan.takes_over_from
    elif isinstance(copy, Target):
        copy.revision, copy.effective_from, copy.reason = 0, None, ""
    return copy


def _relate_policies(copies: dict[Key, models.Model], related: list[models.Model]) -> None:
    through = RelatedPlan.policies.through
    links = through.objects.filter(relatedplan__in=[row.pk for row in related])
    through.objects.bulk_create(
        through(
            relatedplan=copies[RelatedPlan, link.relatedplan_id],
            policy=copies[Policy, link.policy_id],
        )
        for link in links
        if (Policy, link.policy_id) in copies
    )


def _lines(
    selection: Selection, plan: Plan, copies: dict[Key, models.Model]
) -> list[Correspondence]:
    """Return the line old → new of each copied node, in the order in which a plan is read."""
    level_of = {
        Correspondence._meta.get_field(f"new_{name}").related_model: name for name in LEVELS
    }
    printed = [place.node for place in outlines([selection.plan])[selection.plan.pk]]
    lines = [row for row in printed if type(row) in level_of and (type(row), row.pk) in copies]
    return [
        Correspondence(
            new_plan=plan,
            old_plan=selection.plan,
            number=number,
            basis=Correspondence.Basis.COPIED,
            **{
                f"new_{level_of[type(row)]}": copies[type(row), row.pk],
                f"old_{level_of[type(row)]}": row,
            },
        )
        for number, row in enumerate(lines, start=1)
    ]
