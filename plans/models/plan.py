"""A plan and what hangs on it directly: related plans, glossary, footnotes, locks."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from municipalities import fiscal_year
from municipalities.access import ScopedQuerySet
from municipalities.history import tracked
from municipalities.models import Municipality
from municipalities.natural_keys import NaturalKeyManager, NaturalKeyModel
from municipalities.validators import validate_slug_not_reserved
from plans.choices import Period, TitleSource, Visibility


def year_field(verbose_name: str, **options: object) -> models.PositiveSmallIntegerField:
    """Return a field for a fiscal year, the western year in which its April lies."""
    return models.PositiveSmallIntegerField(
        verbose_name,
        validators=[
            MinValueValidator(fiscal_year.FIRST),
            MaxValueValidator(fiscal_year.LAST),
        ],
        **options,
    )


class PlanQuerySet(ScopedQuerySet):
    def in_force(self) -> PlanQuerySet:
        """Plans that hold or once held: all but drafts."""
        return self.exclude(stage=Plan.Stage.DRAFT)


class Plan(NaturalKeyModel):
    """A plan of a municipality, or a revised edition of one (then it has a predecessor)."""

    class Stage(models.TextChoices):
        DRAFT = "draft", _("素案")
        CURRENT = "current", _("実施中")
        ENDED = "ended", _("終了")

    municipality = models.ForeignKey(
        Municipality, models.PROTECT, related_name="plans", verbose_name=_("自治体")
    )
    slug = models.SlugField(
        _("アドレス名"),
        max_length=60,
        validators=[validate_slug_not_reserved],
        help_text=_("ページのアドレスに使う英小文字の名前。公開後は変えません。"),
    )
    title = models.CharField(_("計画名"), max_length=200)
    title_source = models.CharField(
        _("計画名の出所"), max_length=10, choices=TitleSource.choices, default=TitleSource.DOCUMENT
    )
    title_note = models.CharField(_("計画名の注記"), max_length=300, blank=True)
    edition = models.CharField(
        _("版"), max_length=40, blank=True, help_text=_("例：改訂版、後期。")
    )
    stage = models.CharField(_("段階"), max_length=10, choices=Stage.choices, default=Stage.CURRENT)
    start_fiscal_year = year_field(_("開始年度"), null=True, blank=True)
    end_fiscal_year = year_field(_("終了年度"), null=True, blank=True)
    period_label = models.CharField(_("期間の表記"), max_length=100, blank=True)
    period_note = models.CharField(_("期間の注記"), max_length=300, blank=True)
    summary = models.TextField(_("概要"), blank=True)
    summary_by_site = models.BooleanField(_("概要は当サイトによる要約"), default=False)
    scope_note = models.CharField(
        _("収録範囲"), max_length=300, blank=True, help_text=_("一部だけ収録したときに示します。")
    )
    source = models.CharField(_("出典"), max_length=300, blank=True)
    source_url = models.URLField(_("出典のアドレス"), max_length=300, blank=True)
    order = models.PositiveIntegerField(_("並び順"), default=0)

    predecessor = models.ForeignKey(
        "self",
        models.PROTECT,
        related_name="successors",
        null=True,
        blank=True,
        verbose_name=_("前の計画・前の版"),
    )
    takes_over_from = year_field(
        _("引き継ぐ年度"),
        null=True,
        blank=True,
        help_text=_("この年度から前の計画に代わります。"),
    )
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        related_name="children",
        null=True,
        blank=True,
        verbose_name=_("上位計画"),
    )

    label_basic_goal = models.CharField(_("「基本目標」の呼び名"), max_length=20, blank=True)
    label_field = models.CharField(_("「分野」の呼び名"), max_length=20, blank=True)
    label_policy = models.CharField(_("「政策」の呼び名"), max_length=20, blank=True)
    label_measure = models.CharField(_("「施策」の呼び名"), max_length=20, blank=True)
    label_action = models.CharField(_("「取組」の呼び名"), max_length=20, blank=True)
    label_indicator = models.CharField(_("「指標」の呼び名"), max_length=20, blank=True)
    label_mid_year = models.CharField(_("「9月末実績」の呼び名"), max_length=20, blank=True)
    label_relisted = models.CharField(_("「再掲」の呼び名"), max_length=20, blank=True)

    show_rates = models.CharField(
        _("達成率・進捗率"), max_length=10, choices=Visibility.choices, default=Visibility.PUBLIC
    )
    show_computed_judgement = models.CharField(
        _("計算による評価"),
        max_length=10,
        choices=Visibility.choices,
        default=Visibility.INTERNAL,
    )
    show_forecast = models.CharField(
        _("見通し"), max_length=10, choices=Visibility.choices, default=Visibility.INTERNAL
    )
    show_comparison = models.CharField(
        _("他団体との比較"), max_length=10, choices=Visibility.choices, default=Visibility.INTERNAL
    )

    natural_fields = ("municipality", "slug")
    municipality_lookup = "municipality"
    plan_lookup = "pk"
    objects = NaturalKeyManager.from_queryset(PlanQuerySet)()
    history = tracked()

    class Meta:
        verbose_name = _("計画")
        verbose_name_plural = _("計画")
        ordering = ["municipality", "order", "slug"]
        constraints = [
            models.UniqueConstraint(
                name="plan_slug_unique",
                fields=["municipality", "slug"],
                violation_error_message=_("このアドレス名の計画がすでにあります。"),
            ),
            models.CheckConstraint(
                name="plan_period_order",
                condition=Q(start_fiscal_year__isnull=True)
                | Q(end_fiscal_year__isnull=True)
                | Q(end_fiscal_year__gte=F("start_fiscal_year")),
                violation_error_message=_("終了年度は開始年度以後にしてください。"),
            ),
            models.CheckConstraint(
                name="plan_takes_over_only_with_predecessor",
                condition=Q(takes_over_from__isnull=True) | Q(predecessor__isnull=False),
                violation_error_message=_("引き継ぐ年度には前の計画を選んでください。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.edition}".strip()

    def clean(self) -> None:
        super().clean()
        for name in ("predecessor", "parent"):
            other = getattr(self, name)
            if other is None:
                continue
            if other.pk == self.pk:
                raise ValidationError({name: _("この計画自身は選べません。")})
            if other.municipality_id != self.municipality_id:
                raise ValidationError({name: _("同じ自治体の計画から選んでください。")})
        if self.predecessor is not None and self.takes_over_from is not None:
            self._check_takeover(self.predecessor, self.takes_over_from)

    def _check_takeover(self, before: Plan, year: int) -> None:
        """Raise ValidationError where the year in which this plan takes over lies outside its own
        period, not after the start of the plan before, or where another one has taken over."""
        problem = None
        if self.start_fiscal_year is not None and year < self.start_fiscal_year:
            problem = _("この計画の開始年度以後の年度にしてください。")
        elif self.end_fiscal_year is not None and year > self.end_fiscal_year:
            problem = _("この計画の終了年度以前の年度にしてください。")
        elif any(
            first is not None and year <= first
            for first in (before.start_fiscal_year, before.takes_over_from)
        ):
            problem = _("前の計画が始まった年度より後の年度にしてください。")
        elif self.stage != self.Stage.DRAFT:
            others = before.successors.in_force().exclude(pk=self.pk)
            other = others.filter(takes_over_from__isnull=False).first()
            if other is not None:
                message = _(
                    "前の計画は、%(year)sから「%(plan)s」に引き継がれています。"
                    "その計画を「前の計画・前の版」に選ぶか、段階を「素案」にしてください。"
                )
                taken = fiscal_year.label(other.takes_over_from)
                problem = message % {"year": taken, "plan": other}
        if problem:
            raise ValidationError({"takes_over_from": problem})

    def successor_in(self, year: int) -> Plan | None:
        """Return the plan or edition that stands in this one's place in a fiscal year, None where
        this one still holds. A draft takes nothing over. One query."""
        return self.successors.in_force().filter(takes_over_from__lte=year).first()

    def period_text(self) -> str:
        """Return the plan's period as printed, else from its years; "" where unknown."""
        if self.period_label:
            return self.period_label
        first, last = (
            "" if year is None else self.municipality.year_label(year)
            for year in (self.start_fiscal_year, self.end_fiscal_year)
        )
        return f"{first}～{last}" if first or last else ""

    def scheme_in(self, subject: str, year: int) -> Any:
        """Return the rating scheme in force for indicators or reports in a fiscal year, None
        where the plan has none yet. Reads the prefetched `schemes`."""
        in_force = [
            choice
            for choice in self.schemes.all()
            if choice.subject == subject and choice.from_fiscal_year <= year
        ]
        return (
            max(in_force, key=lambda choice: choice.from_fiscal_year).scheme if in_force else None
        )

    def period_name(self, period: str) -> str:
        """Return the plan's own name of a period (Konan prints 9月末現在)."""
        if period == Period.MID_YEAR and self.label_mid_year:
            return self.label_mid_year
        return str(Period(period).label)


class RelatedPlan(NaturalKeyModel):
    """A plan, policy or ordinance this plan refers to; text until it is kept here too."""

    class Kind(models.TextChoices):
        PLAN = "plan", _("関連計画")
        PARENT = "parent", _("上位計画")
        ORDINANCE = "ordinance", _("条例")
        LAW = "law", _("法令等")

    plan = models.ForeignKey(
        Plan, models.CASCADE, related_name="related_plans", verbose_name=_("計画")
    )
    number = models.PositiveSmallIntegerField(_("番号"))
    kind = models.CharField(_("種類"), max_length=10, choices=Kind.choices, default=Kind.PLAN)
    title = models.CharField(_("名称"), max_length=200)
    linked_plan = models.ForeignKey(
        Plan,
        models.SET_NULL,
        related_name="referring_plans",
        null=True,
        blank=True,
        verbose_name=_("このサイトの計画"),
    )
    start_fiscal_year = year_field(_("開始年度"), null=True, blank=True)
    end_fiscal_year = year_field(_("終了年度"), null=True, blank=True)
    period_label = models.CharField(_("期間などの表記"), max_length=100, blank=True)
    tier = models.CharField(
        _("位置づけ"), max_length=40, blank=True, help_text=_("例：個別基本計画。")
    )
    note = models.CharField(_("注記"), max_length=300, blank=True)
    policies = models.ManyToManyField(
        "Policy", verbose_name=_("関連する施策"), related_name="related_plans", blank=True
    )

    links_elsewhere = ("linked_plan",)  # such as the prefecture's plan
    natural_fields = ("plan", "number")
    municipality_lookup = "plan__municipality"
    objects = NaturalKeyManager.from_queryset(ScopedQuerySet)()
    history = tracked()

    class Meta:
        verbose_name = _("関連計画")
        verbose_name_plural = _("関連計画")
        ordering = ["plan", "number"]
        constraints = [
            models.UniqueConstraint(
                name="related_plan_unique",
                fields=["plan", "number"],
                violation_error_message=_("この番号の関連計画がすでにあります。"),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class GlossaryTerm(NaturalKeyModel):
    """A word the plan explains; the definition is blank where the document gives none."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="glossary", verbose_name=_("計画"))
    policy = models.ForeignKey(
        "Policy",
        models.CASCADE,
        related_name="glossary",
        null=True,
        blank=True,
        verbose_name=_("説明のある施策"),
    )
    number = models.PositiveSmallIntegerField(_("番号"))
    term = models.CharField(_("用語"), max_length=100)
    formal_name = models.CharField(_("正式な名称"), max_length=200, blank=True)
    definition = models.TextField(_("説明"), blank=True)
    definition_by_site = models.BooleanField(_("説明は当サイトによる要約"), default=False)
    place = models.CharField(_("出てくる場所"), max_length=60, blank=True)
    note = models.CharField(_("注記"), max_length=300, blank=True)

    natural_fields = ("plan", "number")
    municipality_lookup = "plan__municipality"
    objects = NaturalKeyManager.from_queryset(ScopedQuerySet)()
    history = tracked()

    class Meta:
        verbose_name = _("用語")
        verbose_name_plural = _("用語")
        ordering = ["plan", "number"]
        constraints = [
            models.UniqueConstraint(
                name="glossary_term_unique",
                fields=["plan", "number"],
                violation_error_message=_("この番号の用語がすでにあります。"),
            ),
        ]

    def __str__(self) -> str:
        return self.term

    def clean(self) -> None:
        super().clean()
        _check_same_plan(self)


class Footnote(NaturalKeyModel):
    """A footnote as the plan prints it, also where no mark on the page points to it."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="footnotes", verbose_name=_("計画"))
    policy = models.ForeignKey(
        "Policy",
        models.CASCADE,
        related_name="footnotes",
        null=True,
        blank=True,
        verbose_name=_("載っている施策"),
    )
    number = models.PositiveSmallIntegerField(_("番号"))
    mark = models.CharField(_("印"), max_length=10, help_text=_("例：※1"))
    marked_on = models.CharField(
        _("印のある箇所"), max_length=100, blank=True, help_text=_("対応する印がなければ空欄。")
    )
    text = models.TextField(_("内容"))
    note = models.CharField(_("注記"), max_length=300, blank=True)

    natural_fields = ("plan", "number")
    municipality_lookup = "plan__municipality"
    objects = NaturalKeyManager.from_queryset(ScopedQuerySet)()
    history = tracked()

    class Meta:
        verbose_name = _("脚注")
        verbose_name_plural = _("脚注")
        ordering = ["plan", "number"]
        constraints = [
            models.UniqueConstraint(
                name="footnote_unique",
                fields=["plan", "number"],
                violation_error_message=_("この番号の脚注がすでにあります。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mark} {self.text}"

    def clean(self) -> None:
        super().clean()
        _check_same_plan(self)


def _check_same_plan(row: GlossaryTerm | Footnote) -> None:
    if row.policy is not None and row.policy.plan_id != row.plan_id:
        raise ValidationError({"policy": _("同じ計画の中から選んでください。")})


class YearLock(NaturalKeyModel):
    """A plan's fiscal year is closed: no door changes its figures and reports any more.

    A lock by any plan locks the figures of the series it shares with other plans.
    """

    plan = models.ForeignKey(
        Plan, models.CASCADE, related_name="year_locks", verbose_name=_("計画")
    )
    fiscal_year = year_field(_("年度"))
    locked_at = models.DateTimeField(_("締切日時"), auto_now_add=True)
    locked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        verbose_name=_("締め切った人"),
    )
    reason = models.CharField(_("理由"), max_length=200, blank=True)

    natural_fields = ("plan", "fiscal_year")
    municipality_lookup = "plan__municipality"
    stays_with = ("plan", "fiscal_year")
    objects = NaturalKeyManager.from_queryset(ScopedQuerySet)()
    history = tracked()

    class Meta:
        verbose_name = _("年度の締切")
        verbose_name_plural = _("年度の締切")
        ordering = ["plan", "-fiscal_year"]
        constraints = [
            models.UniqueConstraint(
                name="year_lock_unique",
                fields=["plan", "fiscal_year"],
                violation_error_message=_("この年度はすでに締め切られています。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan} {fiscal_year.label(self.fiscal_year)}"
