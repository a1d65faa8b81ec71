"""The upper levels of a plan: basic goals, field headings, policies.

The lower levels, measures and actions, stand on the same `PlanNode`.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from municipalities.access import ScopedQuerySet
from municipalities.history import tracked
from municipalities.natural_keys import NaturalKeyManager, NaturalKeyModel
from municipalities.validators import validate_code
from plans.choices import LifeReason, TitleSource
from plans.sdgs import sdg_name

from .plan import Plan, year_field


class LifetimeQuerySet(ScopedQuerySet):
    def in_year(self, year: int | OuterRef) -> LifetimeQuerySet:
        """Rows that belong to their plan in this fiscal year, or in that of an outer query."""
        return self.filter(
            Q(first_fiscal_year__isnull=True) | Q(first_fiscal_year__lte=year),
            Q(last_fiscal_year__isnull=True) | Q(last_fiscal_year__gte=year),
        )


class Lifetime(models.Model):
    """The fiscal years in which a row belongs to its plan; None: as long as the plan."""

    first_fiscal_year = year_field(_("追加された年度"), null=True, blank=True)
    last_fiscal_year = year_field(_("最後の年度"), null=True, blank=True)
    life_reason = models.CharField(
        _("追加・終了の理由"), max_length=10, choices=LifeReason.choices, blank=True
    )
    life_note = models.CharField(_("追加・終了の説明"), max_length=300, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_life_order",
                condition=Q(first_fiscal_year__isnull=True)
                | Q(last_fiscal_year__isnull=True)
                | Q(last_fiscal_year__gte=F("first_fiscal_year")),
                violation_error_message=_("最後の年度は追加された年度以後にしてください。"),
            )
        ]

    def is_in_year(self, year: int) -> bool:
        return (self.first_fiscal_year is None or self.first_fiscal_year <= year) and (
            self.last_fiscal_year is None or year <= self.last_fiscal_year
        )


class PlanNode(NaturalKeyModel, Lifetime):
    """One numbered part of a plan, at any level.

    `label` is the number as printed (Ⅰ, 第1章, ①), `code` its sortable, address-safe form and
    `order` its place among its siblings. Titles are not unique.
    """

    plan = models.ForeignKey(
        Plan, models.CASCADE, related_name="%(class)s_set", verbose_name=_("計画")
    )
    code = models.CharField(
        _("コード"),
        max_length=40,
        validators=[validate_code],
        help_text=_("アドレスに使う英数字。例：1-2。"),
    )
    label = models.CharField(
        _("番号の表記"), max_length=40, blank=True, help_text=_("計画書の印字のまま。例：第1章。")
    )
    order = models.PositiveIntegerField(_("並び順"), default=0)
    title = models.CharField(_("題名"), max_length=300, blank=True)
    title_source = models.CharField(
        _("題名の出所"), max_length=10, choices=TitleSource.choices, default=TitleSource.DOCUMENT
    )
    title_note = models.CharField(_("題名の注記"), max_length=300, blank=True)
    summary = models.TextField(_("概要"), blank=True)
    vision = models.TextField(_("めざす姿"), blank=True)
    current_state = models.TextField(_("現状"), blank=True)
    issues = models.TextField(_("課題"), blank=True)
    texts_by_site = models.BooleanField(_("文は当サイトによる要約"), default=False)
    note = models.CharField(_("注記"), max_length=500, blank=True)

    # The nearest parents first; a level that is absent is skipped.
    parent_names: tuple[str, ...] = ()
    natural_fields = ("plan", "code")
    municipality_lookup = "plan__municipality"
    stays_with: tuple[str, ...] = ("plan",)
    objects = NaturalKeyManager.from_queryset(LifetimeQuerySet)()

    class Meta:
        abstract = True
        ordering = ["plan", "order", "code"]
        constraints = [
            *Lifetime.Meta.constraints,
            models.UniqueConstraint(
                name="%(app_label)s_%(class)s_code_unique",
                fields=["plan", "code"],
                violation_error_message=_("このコードはこの計画ですでに使われています。"),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_title_or_missing",
                condition=Q(title_source=TitleSource.MISSING, title="")
                | (~Q(title_source=TitleSource.MISSING) & ~Q(title="")),
                violation_error_message=_(
                    "題名を入力するか、出所を「題名の記載なし」にしてください。"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.display_title}".strip()

    @property
    def display_title(self) -> str:
        """The title, or words that say the document has none."""
        return self.title or str(_("（題名の記載なし）"))

    @property
    def parent(self) -> Any:
        """The node directly above, None where it hangs on the plan itself."""
        for name in self.parent_names:
            node = getattr(self, name)
            if node is not None:
                return node
        return None

    def clean(self) -> None:
        super().clean()
        for name in self.parent_names:
            node = getattr(self, name)
            if node is not None and node.plan_id != self.plan_id:
                raise ValidationError({name: _("同じ計画の中から選んでください。")})


def at_most_one(*names: str) -> Q:
    """Return the condition that at most one of these foreign keys is set."""
    condition = Q(**{f"{name}__isnull": True for name in names})
    for chosen in names:
        condition |= Q(**{f"{name}__isnull": name != chosen for name in names})
    return condition


class BasicGoal(PlanNode):
    """基本目標, the first level below the plan."""

    slogan = models.CharField(_("副題"), max_length=200, blank=True)

    history = tracked()

    class Meta(PlanNode.Meta):
        verbose_name = _("基本目標")
        verbose_name_plural = _("基本目標")


class PolicyField(PlanNode):
    """分野, a heading that groups the policies of a goal and has no page of its own."""

    basic_goal = models.ForeignKey(
        BasicGoal,
        models.CASCADE,
        related_name="fields",
        null=True,
        blank=True,
        verbose_name=_("基本目標"),
    )

    parent_names = ("basic_goal",)
    history = tracked()

    class Meta(PlanNode.Meta):
        verbose_name = _("分野")
        verbose_name_plural = _("分野")


class Policy(PlanNode):
    """施策（政策）, between basic goal and measure."""

    basic_goal = models.ForeignKey(
        BasicGoal,
        models.CASCADE,
        related_name="policies",
        null=True,
        blank=True,
        verbose_name=_("基本目標"),
    )
    field = models.ForeignKey(
        PolicyField,
        models.SET_NULL,
        related_name="policies",
        null=True,
        blank=True,
        verbose_name=_("分野"),
    )

    parent_names = ("basic_goal",)
    history = tracked()

    class Meta(PlanNode.Meta):
        verbose_name = _("政策・施策")
        verbose_name_plural = _("政策・施策")

    def clean(self) -> None:
        super().clean()
        if self.field_id and self.field.basic_goal_id != self.basic_goal_id:
            raise ValidationError({"field": _("同じ基本目標の分野から選んでください。")})


class SdgTag(NaturalKeyModel):
    """One of the 17 Sustainable Development Goals a node contributes to."""

    number = models.PositiveSmallIntegerField(
        _("SDGs目標"), validators=[MinValueValidator(1), MaxValueValidator(17)]
    )

    objects = NaturalKeyManager.from_queryset(ScopedQuerySet)()

    class Meta:
        abstract = True
        ordering = ["number"]

    def __str__(self) -> str:
        return sdg_name(self.number)


class PolicySdg(SdgTag):
    policy = models.ForeignKey(
        Policy, models.CASCADE, related_name="sdgs", verbose_name=_("政策・施策")
    )

    natural_fields = ("policy", "number")
    municipality_lookup = "policy__plan__municipality"

    class Meta(SdgTag.Meta):
        verbose_name = _("SDGs目標")
        verbose_name_plural = _("SDGs目標")
        constraints = [
            models.UniqueConstraint(
                name="policy_sdg_unique",
                fields=["policy", "number"],
                violation_error_message=_("この目標はすでに登録されています。"),
            ),
            models.CheckConstraint(
                name="policy_sdg_range",
                condition=Q(number__gte=1, number__lte=17),
                violation_error_message=_("SDGsの目標は1から17までです。"),
            ),
        ]
