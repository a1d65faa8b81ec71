"""How the levels of an old plan correspond to those of the new one (新旧対照)."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from municipalities.access import ScopedQuerySet
from municipalities.history import tracked
from municipalities.natural_keys import NaturalKeyManager, NaturalKeyModel
from plans.models import BasicGoal, Plan, Policy
from plans.models.nodes import at_most_one

from .nodes import Action, Measure

LEVELS = ("basic_goal", "policy", "measure", "action")
SIDES = tuple(f"{side}_{level}" for side in ("new", "old") for level in LEVELS)


def _side(side: str, model: type[models.Model], name: str) -> models.ForeignKey:
    return models.ForeignKey(
        model,
        models.CASCADE,
        related_name=f"{side}_links",
        null=True,
        blank=True,
        verbose_name=name,
    )


class Correspondence(NaturalKeyModel):
    """One line between a node of the old plan and a node of the new one, at any levels.

    A line without old side says the new node is new (新設); without new side, that the old
    one is dropped (削除).
    """

    class Basis(models.TextChoices):
        ROW = "row", _("同じ行に並ぶ")
        COLUMN = "column", _("同じ欄に並ぶ")
        STATED = "stated", _("本文に記載")
        INFERRED = "inferred", _("順序からの推定")
        PERSON = "person", _("担当者による対応づけ")
        COPIED = "copied", _("前の計画からの写し")

    new_plan = models.ForeignKey(
        Plan, models.CASCADE, related_name="correspondences", verbose_name=_("新しい計画")
    )
    old_plan = models.ForeignKey(
        Plan, models.CASCADE, related_name="later_correspondences", verbose_name=_("前の計画")
    )
    number = models.PositiveIntegerField(_("番号"))
    new_basic_goal = _side("old", BasicGoal, _("新：基本目標"))
    new_policy = _side("old", Policy, _("新：政策・施策"))
    new_measure = _side("old", Measure, _("新：施策"))
    new_action = _side("old", Action, _("新：取組"))
    old_basic_goal = _side("new", BasicGoal, _("旧：基本目標"))
    old_policy = _side("new", Policy, _("旧：政策・施策"))
    old_measure = _side("new", Measure, _("旧：施策"))
    old_action = _side("new", Action, _("旧：取組"))
    basis = models.CharField(_("根拠"), max_length=10, choices=Basis.choices, default=Basis.PERSON)
    remark = models.CharField(_("備考"), max_length=300, blank=True)

    natural_fields = ("new_plan", "number")
    municipality_lookup = "new_plan__municipality"
    objects = NaturalKeyManager.from_queryset(ScopedQuerySet)()
    history = tracked()

    class Meta:
        verbose_name = _("新旧の対応")
        verbose_name_plural = _("新旧の対応")
        ordering = ["new_plan", "number"]
        constraints = [
            models.UniqueConstraint(
                name="correspondence_number_unique",
                fields=["new_plan", "number"],
                violation_error_message=_("この番号の対応がすでにあります。"),
            ),
            models.CheckConstraint(
                name="correspondence_one_new",
                condition=at_most_one(*(f"new_{level}" for level in LEVELS)),
                violation_error_message=_("新しい側は一つだけ選んでください。"),
            ),
            models.CheckConstraint(
                name="correspondence_one_old",
                condition=at_most_one(*(f"old_{level}" for level in LEVELS)),
                violation_error_message=_("前の側は一つだけ選んでください。"),
            ),
            models.CheckConstraint(
                name="correspondence_not_empty",
                condition=~Q(
                    **{
                        f"{side}_{level}__isnull": True
                        for side in ("new", "old")
                        for level in LEVELS
                    }
                ),
                violation_error_message=_("新しい側か前の側を選んでください。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.new or _('（削除）')} ← {self.old or _('（新設）')}"

    def _node(self, side: str) -> Any:
        for level in LEVELS:
            if getattr(self, f"{side}_{level}_id") is not None:
                return getattr(self, f"{side}_{level}")
        return None

    @property
    def new(self) -> Any:
        """The node of the new plan, None where the old one was dropped."""
        return self._node("new")

    @property
    def old(self) -> Any:
        """The node of the old plan, None where the new one has no forerunner."""
        return self._node("old")

    def clean(self) -> None:
        super().clean()
        for side in ("new", "old"):
            node, plan_id = self._node(side), getattr(self, f"{side}_plan_id")
            if node is not None and node.plan_id != plan_id:
                raise ValidationError(_("それぞれの計画の中から選んでください。"))
