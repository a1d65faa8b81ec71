"""外部評価: what a review board says of a year's work, and what the municipality answers."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from municipalities.access import ScopedQuerySet
from municipalities.history import tracked
from municipalities.models import Department
from municipalities.natural_keys import NaturalKeyManager, NaturalKeyModel
from plans.models import BasicGoal, Plan, Policy, WorkingRow
from plans.models.nodes import at_most_one
from plans.models.plan import year_field

from .nodes import Measure


class ReviewComment(NaturalKeyModel, WorkingRow):
    """A comment of a review board on a plan, goal, policy or measure and a fiscal year, with the
    municipality's answer. Names the board and posts, never persons; public once published."""

    plan = models.ForeignKey(
        Plan, models.CASCADE, related_name="review_comments", verbose_name=_("計画")
    )
    fiscal_year = year_field(_("対象の年度"))
    number = models.PositiveSmallIntegerField(_("番号"))
    basic_goal = models.ForeignKey(
        BasicGoal,
        models.CASCADE,
        related_name="review_comments",
        null=True,
        blank=True,
        verbose_name=_("基本目標"),
    )
    policy = models.ForeignKey(
        Policy,
        models.CASCADE,
        related_name="review_comments",
        null=True,
        blank=True,
        verbose_name=_("政策・施策"),
    )
    measure = models.ForeignKey(
        Measure,
        models.CASCADE,
        related_name="review_comments",
        null=True,
        blank=True,
        verbose_name=_("施策"),
    )
    board = models.CharField(
        _("会議の名称"), max_length=100, help_text=_("例：総合計画審議会。人名は入れません。")
    )
    commented_on = models.DateField(_("意見の日"), null=True, blank=True)
    comment = models.TextField(_("意見"))
    answer = models.TextField(_("市町村の回答"), blank=True)
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        related_name="review_comments",
        null=True,
        blank=True,
        verbose_name=_("回答した組織"),
    )
    answered_on = models.DateField(_("回答の日"), null=True, blank=True)
    texts_by_site = models.BooleanField(_("文は当サイトによる要約"), default=False)

    target_names = ("measure", "policy", "basic_goal")
    natural_fields = ("plan", "fiscal_year", "number")
    municipality_lookup = "plan__municipality"
    stays_with = ("plan",)
    objects = NaturalKeyManager.from_queryset(ScopedQuerySet)()
    history = tracked()

    class Meta:
        verbose_name = _("外部評価の意見")
        verbose_name_plural = _("外部評価の意見")
        ordering = ["plan", "-fiscal_year", "number"]
        constraints = [
            models.UniqueConstraint(
                name="review_comment_unique",
                fields=["plan", "fiscal_year", "number"],
                violation_error_message=_("この年度のこの番号の意見がすでにあります。"),
            ),
            models.CheckConstraint(
                name="review_comment_on_one",
                condition=at_most_one("basic_goal", "policy", "measure"),
                violation_error_message=_("対象は一つだけ選んでください。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.target} {self.fiscal_year} {self.number}"

    @property
    def target(self) -> Any:
        """The node the board speaks of; the plan itself where it speaks of the whole."""
        for name in self.target_names:
            if getattr(self, f"{name}_id") is not None:
                return getattr(self, name)
        return self.plan

    def clean(self) -> None:
        super().clean()
        for name in self.target_names:
            node = getattr(self, name)
            if node is not None and node.plan_id != self.plan_id:
                raise ValidationError({name: _("同じ計画の中から選んでください。")})
        if self.department_id and self.plan_id:
            self.department.check_town(self.plan.municipality_id, "department")
        if (self.department_id or self.answered_on) and not self.answer.strip():
            raise ValidationError({"answer": _("回答の文を入力してください。")})
