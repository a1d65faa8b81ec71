"""An indicator places a series in a plan: its baseline, targets, direction, sections."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from indicators.choices import BaselineStatus, Direction, TargetKind
from measures.models import Measure
from municipalities.access import ScopedQuerySet
from municipalities.history import tracked
from municipalities.models import Department
from municipalities.natural_keys import NaturalKeyManager, NaturalKeyModel
from municipalities.validators import validate_code
from plans.models import BasicGoal, Lifetime, Plan, Policy
from plans.models.nodes import LifetimeQuerySet, at_most_one
from plans.models.plan import year_field

from .series import Actual, Series, figure_field


class Indicator(NaturalKeyModel, Lifetime):
    """指標: a series with this plan's baseline, targets and direction.

    It hangs on a basic goal, a policy or a measure; on the plan itself where none is set.
    """

    plan = models.ForeignKey(
        Plan, models.CASCADE, related_name="indicators", verbose_name=_("計画")
    )
    basic_goal = models.ForeignKey(
        BasicGoal,
        models.CASCADE,
        related_name="indicators",
        null=True,
        blank=True,
        verbose_name=_("基本目標"),
    )
    policy = models.ForeignKey(
        Policy,
        models.CASCADE,
        related_name="indicators",
        null=True,
        blank=True,
        verbose_name=_("政策・施策"),
    )
    measure = models.ForeignKey(
        Measure,
        models.CASCADE,
        related_name="indicators",
        null=True,
        blank=True,
        verbose_name=_("施策"),
    )
    series = models.ForeignKey(
        Series, models.PROTECT, related_name="indicators", verbose_name=_("系列")
    )
    code = models.CharField(
        _("コード"), max_length=40, validators=[validate_code], help_text=_("アドレスに使います。")
    )
    label = models.CharField(_("番号の表記"), max_length=40, blank=True)
    order = models.PositiveIntegerField(_("並び順"), default=0)
    name = models.CharField(
        _("計画での名称"), max_length=300, blank=True, help_text=_("空欄なら系列の名称。")
    )
    group = models.CharField(_("まとめの見出し"), max_length=200, blank=True)
    direction = models.CharField(
        _("向き"),
        max_length=10,
        choices=Direction.choices,
        default=Direction.UNKNOWN,
        help_text=_("企画担当が確かめた向き。「記載なし」の間は達成を判定しません。"),
    )
    proposed_direction = models.CharField(
        _("向きの提案"), max_length=10, choices=Direction.choices, blank=True
    )
    direction_note = models.CharField(_("向きの根拠"), max_length=300, blank=True)

    baseline_status = models.CharField(
        _("基準値の状態"),
        max_length=12,
        choices=BaselineStatus.choices,
        default=BaselineStatus.UNAVAILABLE,
    )
    baseline_value = figure_field(_("基準値"), null=True, blank=True)
    baseline_fiscal_year = year_field(
        _("基準年度"), null=True, blank=True, help_text=_("開始前のときは開始年度。")
    )
    baseline_label = models.CharField(
        _("基準年度の表記"), max_length=60, blank=True, help_text=_("例：H28年度開始。")
    )
    baseline_value_label = models.CharField(_("基準値の表記"), max_length=60, blank=True)
    baseline_mark = models.CharField(_("基準値の脚注の印"), max_length=10, blank=True)
    baseline_note = models.CharField(_("基準値の注記"), max_length=500, blank=True)
    baseline_is_average = models.BooleanField(_("基準値は数年の平均"), default=False)
    note = models.CharField(_("注記"), max_length=500, blank=True)

    parent_names = ("measure", "policy", "basic_goal")
    natural_fields = ("plan", "code")
    municipality_lookup = "plan__municipality"
    stays_with = ("plan",)
    objects = NaturalKeyManager.from_queryset(LifetimeQuerySet)()
    history = tracked()

    class Meta:
        verbose_name = _("指標")
        verbose_name_plural = _("指標")
        ordering = ["plan", "order", "code"]
        constraints = [
            *Lifetime.Meta.constraints,
            models.UniqueConstraint(
                name="indicator_code_unique",
                fields=["plan", "code"],
                violation_error_message=_("このコードはこの計画ですでに使われています。"),
            ),
            models.CheckConstraint(
                name="indicator_hangs_on_one",
                condition=at_most_one("basic_goal", "policy", "measure"),
                violation_error_message=_("付ける段は一つだけ選んでください。"),
            ),
            models.CheckConstraint(
                name="indicator_baseline_value_as_status_says",
                condition=Q(baseline_status=BaselineStatus.VALUE, baseline_value__isnull=False)
                | (~Q(baseline_status=BaselineStatus.VALUE) & Q(baseline_value__isnull=True)),
                violation_error_message=_(
                    "基準値の状態が「値あり」のときだけ、基準値を入力してください（0は値です）。"
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        return self.name or self.series.name

    @property
    def parent(self) -> Any:
        """The node the indicator hangs on, None for the plan itself."""
        for name in self.parent_names:
            node = getattr(self, name)
            if node is not None:
                return node
        return None

    def years_with_figures(self, years: Iterable[int]) -> set[int]:
        """Return those of `years` in which the indicator counts and its series has a figure."""
        found = Actual.objects.filter(series=self.series_id, fiscal_year__in=list(years))
        return set(filter(self.is_in_year, found.values_list("fiscal_year", flat=True)))

    def clean(self) -> None:
        super().clean()
        for name in self.parent_names:
            node = getattr(self, name)
            if node is not None and node.plan_id != self.plan_id:
                raise ValidationError({name: _("同じ計画の中から選んでください。")})
        if self.series_id and self.plan_id:
            if self.series.municipality_id != self.plan.municipality_id:
                raise ValidationError({"series": _("この自治体の系列から選んでください。")})
            if self.baseline_value is not None:
                self.series.validate_decimals(self.baseline_value)


class Responsibility(NaturalKeyModel, Lifetime):
    """担当課 of an indicator, per fiscal year; an indicator may have none or several."""

    indicator = models.ForeignKey(
        Indicator, models.CASCADE, related_name="responsibilities", verbose_name=_("指標")
    )
    department = models.ForeignKey(
        Department, models.PROTECT, related_name="responsibilities", verbose_name=_("担当課")
    )
    order = models.PositiveSmallIntegerField(_("順番"), default=1)

    natural_fields = ("indicator", "department", "order")
    municipality_lookup = "indicator__plan__municipality"
    objects = NaturalKeyManager.from_queryset(LifetimeQuerySet)()
    history = tracked()

    class Meta:
        verbose_name = _("指標の担当課")
        verbose_name_plural = _("指標の担当課")
        ordering = ["indicator", "order"]
        constraints = [
            *Lifetime.Meta.constraints,
            models.UniqueConstraint(
                name="responsibility_unique",
                fields=["indicator", "department", "order"],
                violation_error_message=_("この担当課はすでに登録されています。"),
            ),
        ]

    def __str__(self) -> str:
        return str(self.department)

    def clean(self) -> None:
        super().clean()
        if self.indicator_id and self.department_id:
            self.department.check_town(self.indicator.plan.municipality_id, "department")


class Target(NaturalKeyModel):
    """目標値 for a fiscal year; a revision keeps the earlier one beside it.

    Written through `indicators.record` only. A year is judged by the revision whose
    `effective_from` is the latest not after that year (None: from the start).
    """

    indicator = models.ForeignKey(
        Indicator, models.CASCADE, related_name="targets", verbose_name=_("指標")
    )
    fiscal_year = year_field(_("目標年度"))
    revision = models.PositiveSmallIntegerField(_("改定"), default=0)
    kind = models.CharField(_("種類"), max_length=15, choices=TargetKind.choices)
    value = figure_field(
        _("目標値"), null=True, blank=True, help_text=_("増減率のときは％（減は負の数）。")
    )
    lower = figure_field(_("範囲の下限"), null=True, blank=True)
    upper = figure_field(_("範囲の上限"), null=True, blank=True)
    tolerance = figure_field(_("維持とみなす幅"), null=True, blank=True)
    text = models.CharField(_("文章の目標"), max_length=200, blank=True)
    year_label = models.CharField(_("年度の表記"), max_length=40, blank=True)
    value_label = models.CharField(_("値の表記"), max_length=60, blank=True)
    mark = models.CharField(_("脚注の印"), max_length=10, blank=True)
    note = models.CharField(_("注記"), max_length=500, blank=True)
    decided_on = models.DateField(_("決めた日"), null=True, blank=True)
    effective_from = year_field(_("この年度の評価から使う"), null=True, blank=True)
    reason = models.CharField(_("改定の理由"), max_length=300, blank=True)

    natural_fields = ("indicator", "fiscal_year", "revision")
    municipality_lookup = "indicator__plan__municipality"
    objects = NaturalKeyManager.from_queryset(ScopedQuerySet)()
    history = tracked()

    class Meta:
        verbose_name = _("目標値")
        verbose_name_plural = _("目標値")
        ordering = ["indicator", "fiscal_year", "revision"]
        constraints = [
            models.UniqueConstraint(
                name="target_unique",
                fields=["indicator", "fiscal_year", "revision"],
                violation_error_message=_("この年度の目標値がすでにあります。"),
            ),
            models.CheckConstraint(
                name="target_kind_has_its_figures",
                condition=Q(kind__in=["at_least", "at_most", "change"], value__isnull=False)
                | Q(
                    kind="range",
                    value__isnull=True,
                    lower__isnull=False,
                    upper__isnull=False,  # a comparison with NULL would pass the check
                    upper__gte=F("lower"),
                )
                | (Q(kind="text") & ~Q(text=""))
                | Q(kind__in=["maintain", "direction_only", "unspecified"]),
                violation_error_message=_(
                    "目標の種類に合う値を入力してください（範囲は下限と上限、文章は文）。"
                ),
            ),
            models.CheckConstraint(
                name="target_range_only_for_ranges",
                condition=Q(kind="range") | Q(lower__isnull=True, upper__isnull=True),
                violation_error_message=_("下限と上限は、種類が「範囲」のときだけ入力します。"),
            ),
            models.CheckConstraint(
                name="target_tolerance_not_negative",
                condition=Q(tolerance__isnull=True) | Q(tolerance__gte=0),
                violation_error_message=_("幅は0以上にしてください。"),
            ),
            models.CheckConstraint(
                name="target_revision_has_reason",
                condition=Q(revision=0) | ~Q(reason=""),
                violation_error_message=_("改定した目標値には理由を入力してください。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.fiscal_year}"

    def clean(self) -> None:
        super().clean()
        if self.indicator_id and self.kind != TargetKind.CHANGE:
            for figure in (self.value, self.lower, self.upper):
                if figure is not None:
                    self.indicator.series.validate_decimals(figure)
