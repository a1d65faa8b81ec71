"""The lower levels of a plan, and which sections report on an action."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from municipalities.history import tracked
from municipalities.models import Department
from municipalities.natural_keys import NaturalKeyManager, NaturalKeyModel
from plans.models import BasicGoal, Lifetime, PlanNode, Policy, SdgTag
from plans.models.nodes import LifetimeQuerySet, at_most_one


class Measure(PlanNode):
    """施策, what a policy consists of; may hang on a goal or on the plan itself."""

    basic_goal = models.ForeignKey(
        BasicGoal,
        models.CASCADE,
        related_name="measures",
        null=True,
        blank=True,
        verbose_name=_("基本目標"),
        help_text=_("政策の段がない計画だけで使います。"),
    )
    policy = models.ForeignKey(
        Policy,
        models.CASCADE,
        related_name="measures",
        null=True,
        blank=True,
        verbose_name=_("政策・施策"),
    )

    parent_names = ("policy", "basic_goal")
    history = tracked()

    class Meta(PlanNode.Meta):
        verbose_name = _("施策")
        verbose_name_plural = _("施策")
        constraints = [
            *PlanNode.Meta.constraints,
            models.CheckConstraint(
                name="measure_hangs_on_one",
                condition=at_most_one("basic_goal", "policy"),
                violation_error_message=_("政策と基本目標は、どちらか一つだけ選んでください。"),
            ),
        ]


class Action(PlanNode):
    """施策内容・主要事業, the lowest level; what the sections report on."""

    basic_goal = models.ForeignKey(
        BasicGoal,
        models.CASCADE,
        related_name="actions",
        null=True,
        blank=True,
        verbose_name=_("基本目標"),
    )
    policy = models.ForeignKey(
        Policy,
        models.CASCADE,
        related_name="actions",
        null=True,
        blank=True,
        verbose_name=_("政策・施策"),
    )
    measure = models.ForeignKey(
        Measure,
        models.CASCADE,
        related_name="actions",
        null=True,
        blank=True,
        verbose_name=_("施策"),
    )
    named_items = models.JSONField(
        _("挙げられた事業名"), default=list, blank=True, help_text=_("名称の一覧。")
    )

    parent_names = ("measure", "policy", "basic_goal")
    history = tracked()

    class Meta(PlanNode.Meta):
        verbose_name = _("取組")
        verbose_name_plural = _("取組")
        constraints = [
            *PlanNode.Meta.constraints,
            models.CheckConstraint(
                name="action_hangs_on_one",
                condition=at_most_one("basic_goal", "policy", "measure"),
                violation_error_message=_("上位の段は一つだけ選んでください。"),
            ),
        ]


class MeasureSdg(SdgTag):
    measure = models.ForeignKey(
        Measure, models.CASCADE, related_name="sdgs", verbose_name=_("施策")
    )

    natural_fields = ("measure", "number")
    municipality_lookup = "measure__plan__municipality"

    class Meta(SdgTag.Meta):
        verbose_name = _("SDGs目標")
        verbose_name_plural = _("SDGs目標")
        constraints = [
            models.UniqueConstraint(
                name="measure_sdg_unique",
                fields=["measure", "number"],
                violation_error_message=_("この目標はすでに登録されています。"),
            ),
            models.CheckConstraint(
                name="measure_sdg_range",
                condition=Q(number__gte=1, number__lte=17),
                violation_error_message=_("SDGsの目標は1から17までです。"),
            ),
        ]


class ReportingRow(NaturalKeyModel, Lifetime):
    """A row of an action on the progress sheet.

    The first row is the owner's; the others list the action again (再掲) for a section that
    contributes. The row stays when sections are reorganised; its departments change.
    """

    action = models.ForeignKey(Action, models.CASCADE, related_name="rows", verbose_name=_("取組"))
    order = models.PositiveSmallIntegerField(_("行の順番"))
    is_relisted = models.BooleanField(_("再掲"), default=False)

    natural_fields = ("action", "order")
    municipality_lookup = "action__plan__municipality"
    stays_with = ("action",)
    objects = NaturalKeyManager.from_queryset(LifetimeQuerySet)()
    history = tracked()

    class Meta:
        verbose_name = _("報告する行")
        verbose_name_plural = _("報告する行")
        ordering = ["action", "order"]
        constraints = [
            *Lifetime.Meta.constraints,
            models.UniqueConstraint(
                name="reporting_row_unique",
                fields=["action", "order"],
                violation_error_message=_("この順番の行がすでにあります。"),
            ),
            models.UniqueConstraint(
                name="reporting_row_one_owner",
                fields=["action"],
                condition=Q(is_relisted=False, last_fiscal_year__isnull=True),
                violation_error_message=_("再掲でない行（主担当）は一つだけです。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.order}"

    def departments_in(self, year: int) -> list[Department]:
        """Return the sections that report this row in a fiscal year, in printed order.

        Several mean that they report jointly. Reads the prefetched `departments`.
        """
        return [link.department for link in self.departments.all() if link.is_in_year(year)]


class ReportingDepartment(NaturalKeyModel, Lifetime):
    """A section responsible for a row, per fiscal year; several make the row a joint one."""

    row = models.ForeignKey(
        ReportingRow, models.CASCADE, related_name="departments", verbose_name=_("報告する行")
    )
    department = models.ForeignKey(
        Department, models.PROTECT, related_name="reporting_rows", verbose_name=_("担当課")
    )
    order = models.PositiveSmallIntegerField(_("順番"), default=1)

    natural_fields = ("row", "department", "order")
    municipality_lookup = "row__action__plan__municipality"
    objects = NaturalKeyManager.from_queryset(LifetimeQuerySet)()
    history = tracked()

    class Meta:
        verbose_name = _("報告する担当課")
        verbose_name_plural = _("報告する担当課")
        ordering = ["row", "order"]
        constraints = [
            *Lifetime.Meta.constraints,
            models.UniqueConstraint(
                name="reporting_department_unique",
                fields=["row", "department", "order"],
                violation_error_message=_("この担当課はすでに登録されています。"),
            ),
        ]

    def __str__(self) -> str:
        return str(self.department)

    def clean(self) -> None:
        super().clean()
        if self.row_id and self.department_id:
            self.department.check_town(self.row.action.plan.municipality_id, "department")
