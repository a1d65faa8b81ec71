"""Publications: what the town handed out, frozen as it was handed out.

Citizens read these rows only; a reprint equals the first print.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from indicators.choices import BaselineStatus, MissingReason, Revision
from indicators.models import Indicator
from indicators.models.series import figure_field
from measures.models import Action, Measure
from municipalities import fiscal_year as fiscal_years
from municipalities.access import FROZEN, ScopedQuerySet
from municipalities.fiscal_year import FIRST, LAST
from municipalities.history import tracked
from municipalities.models import Department
from municipalities.natural_keys import NaturalKeyManager, NaturalKeyModel
from plans.choices import Period
from plans.models import BasicGoal, Plan, Policy
from plans.models.plan import year_field


def validate_moment(moment: datetime | None) -> None:
    """Raise ValidationError where a moment lies outside the years the site knows; None passes."""
    if moment and not FIRST <= moment.year <= LAST:
        raise ValidationError(_("公表日時の年を確かめてください。"))


class PublicationQuerySet(ScopedQuerySet):
    def effective(self, at: datetime | None = None) -> PublicationQuerySet:
        """Publications whose time has come (default: by now)."""
        return self.filter(effective_at__lte=at or timezone.now())

    def for_citizens(self) -> PublicationQuerySet:
        """What the public may read; the council's copies are for the council."""
        return self.filter(kind__in=[Publication.Kind.PLAN, Publication.Kind.PUBLIC])

    def scheduled(self) -> PublicationQuerySet:
        """Publications whose time has not come yet."""
        return self.filter(effective_at__gt=timezone.now())

    def current(self, at: datetime | None = None) -> PublicationQuerySet:
        """The newest effective publication of each plan, kind, year and period."""
        newer = Publication.objects.effective(at).filter(
            Q(fiscal_year=OuterRef("fiscal_year"), period=OuterRef("period"))
            | Q(kind=Publication.Kind.PLAN),
            Q(effective_at__gt=OuterRef("effective_at"))
            | Q(effective_at=OuterRef("effective_at"), number__gt=OuterRef("number")),
            plan=OuterRef("plan"),
            kind=OuterRef("kind"),
        )
        return self.effective(at).filter(~Exists(newer))


class Publication(NaturalKeyModel):
    """One handing-out of a plan's figures, for a fiscal year and period.

    The first publication of a plan (kind 計画) shows its structure, baselines and targets and
    belongs to no year. Written through `rounds.record` only, and never changed afterwards; its
    history tells who scheduled one and took it back before its time.
    """

    class Kind(models.TextChoices):
        PLAN = "plan", _("計画の公表")
        COUNCIL = "council", _("議会提出版")
        PUBLIC = "public", _("公表版")

    class Mark(models.TextChoices):
        PRELIMINARY = "preliminary", _("速報")
        FINAL = "final", _("確定")
        CORRECTION = "correction", _("訂正")
        SOURCE_REVISION = "source_revision", _("遡及改定")

    plan = models.ForeignKey(
        Plan, models.PROTECT, related_name="publications", verbose_name=_("計画")
    )
    number = models.PositiveIntegerField(_("番号"))
    kind = models.CharField(_("種類"), max_length=10, choices=Kind.choices)
    fiscal_year = year_field(_("年度"), null=True, blank=True)
    period = models.CharField(_("時期"), max_length=10, choices=Period.choices, blank=True)
    effective_at = models.DateTimeField(_("公表日時"))
    mark = models.CharField(_("印"), max_length=20, choices=Mark.choices, default=Mark.FINAL)
    reason = models.CharField(_("訂正などの理由（公開）"), max_length=300, blank=True)
    note = models.CharField(_("注記（公開）"), max_length=300, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("公表した人"),
    )
    created_at = models.DateTimeField(_("作成日時"), default=timezone.now)
    # The classes in force then, by subject (indicators, reports); see rounds.frozen.
    legends = models.JSONField(_("評価の凡例"), default=dict, blank=True)

    natural_fields = ("plan", "number")
    municipality_lookup = "plan__municipality"
    permissions = FROZEN
    objects = NaturalKeyManager.from_queryset(PublicationQuerySet)()
    history = tracked(excluded_fields=["legends"])

    class Meta:
        verbose_name = _("公表")
        verbose_name_plural = _("公表")
        ordering = ["plan", "number"]
        constraints = [
            models.UniqueConstraint(name="publication_number_unique", fields=["plan", "number"]),
            models.CheckConstraint(
                name="publication_year_and_period_unless_plan",
                condition=Q(kind="plan", fiscal_year__isnull=True, period="")
                | (~Q(kind="plan") & Q(fiscal_year__isnull=False) & ~Q(period="")),
                violation_error_message=_(
                    "計画の公表では年度と時期を空欄に、ほかでは両方とも入力してください。"
                ),
            ),
            models.CheckConstraint(
                name="publication_correction_has_reason",
                condition=~Q(mark__in=["correction", "source_revision"]) | ~Q(reason=""),
                violation_error_message=_(
                    "訂正・遡及改定の公表には公開する理由を入力してください。"
                ),
            ),
        ]
        indexes = [
            models.Index(
                name="publication_current",
                fields=["plan", "kind", "fiscal_year", "period", "effective_at"],
            )
        ]

    def __str__(self) -> str:
        return f"{self.plan} {self.get_kind_display()} {self.fiscal_year or ''}".strip()

    @property
    def period_name(self) -> str:
        """The plan's own name of the period, "" for the plan itself."""
        return self.plan.period_name(self.period) if self.period else ""

    @property
    def year_shown(self) -> int:
        """Whose sections and indicators are printed: those of the publication's year, or of the
        day on which the plan itself is handed out, within the plan's period."""
        if self.fiscal_year is not None:
            return self.fiscal_year
        year = fiscal_years.of(timezone.localtime(self.effective_at).date())
        first, last = self.plan.start_fiscal_year, self.plan.end_fiscal_year
        return min(max(year, first or FIRST), last or LAST)

    def clean(self) -> None:
        super().clean()
        try:
            validate_moment(self.effective_at)
        except ValidationError as error:
            raise ValidationError({"effective_at": error}) from error


class PublishedIndicator(NaturalKeyModel):
    """An indicator as one publication printed it: figures, targets, rates, judgements."""

    publication = models.ForeignKey(
        Publication, models.CASCADE, related_name="indicators", verbose_name=_("公表")
    )
    indicator = models.ForeignKey(
        Indicator, models.PROTECT, related_name="published", verbose_name=_("指標")
    )
    name = models.CharField(_("名称"), max_length=300)
    unit = models.CharField(_("単位"), max_length=20, blank=True)
    decimals = models.PositiveSmallIntegerField(_("小数桁"), default=0)

    value = figure_field(_("実績値"), null=True, blank=True)
    total = figure_field(_("累計"), null=True, blank=True)
    missing_reason = models.CharField(
        _("値のない理由"), max_length=15, choices=MissingReason.choices, blank=True
    )
    expected_on = models.DateField(_("確定予定月"), null=True, blank=True)
    is_provisional = models.BooleanField(_("速報値"), default=False)
    revision = models.CharField(
        _("訂正などの印"), max_length=15, choices=Revision.choices, blank=True
    )
    revision_reason = models.CharField(_("訂正などの理由"), max_length=300, blank=True)
    year_label = models.CharField(_("年度の表記"), max_length=40, blank=True)
    value_label = models.CharField(_("値の表記"), max_length=60, blank=True)
    note = models.CharField(_("注記"), max_length=500, blank=True)
    source = models.CharField(_("出典"), max_length=300, blank=True)
    source_url = models.URLField(_("出典のアドレス"), max_length=300, blank=True)

    baseline_status = models.CharField(
        _("基準値の状態"), max_length=12, choices=BaselineStatus.choices
    )
    baseline_value = figure_field(_("基準値"), null=True, blank=True)
    baseline_fiscal_year = year_field(_("基準年度"), null=True, blank=True)
    baseline_label = models.CharField(_("基準年度の表記"), max_length=60, blank=True)
    baseline_value_label = models.CharField(_("基準値の表記"), max_length=60, blank=True)
    baseline_mark = models.CharField(_("脚注の印"), max_length=10, blank=True)
    baseline_note = models.CharField(_("基準値の注記"), max_length=500, blank=True)

    # Documents, frozen whole; decimals are kept as strings. See rounds.frozen.
    targets = models.JSONField(_("目標値"), default=list, blank=True)
    departments = models.JSONField(_("担当課"), default=list, blank=True)
    rates = models.JSONField(_("率"), default=dict, blank=True)
    judgements = models.JSONField(_("評価"), default=list, blank=True)
    computed = models.JSONField(_("計算による評価"), null=True, blank=True)

    state = ""  # how far the working row has come, where one is not published; see rounds.contents
    natural_fields = ("publication", "indicator")
    municipality_lookup = "publication__plan__municipality"
    permissions = FROZEN
    objects = NaturalKeyManager.from_queryset(ScopedQuerySet)()

    class Meta:
        verbose_name = _("公表した指標")
        verbose_name_plural = _("公表した指標")
        ordering = ["publication", "indicator"]
        constraints = [
            models.UniqueConstraint(
                name="published_indicator_unique", fields=["publication", "indicator"]
            ),
            models.CheckConstraint(
                name="published_not_both_value_and_reason",
                condition=Q(value__isnull=True) | Q(missing_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.publication} {self.name}"

    @property
    def amount(self) -> Any:
        """The figure the year is judged by: the total where yearly entries add up."""
        return self.value if self.total is None else self.total


class PublishedReport(NaturalKeyModel):
    """A row of the progress sheet as one publication printed it, public columns only."""

    publication = models.ForeignKey(
        Publication, models.CASCADE, related_name="reports", verbose_name=_("公表")
    )
    action = models.ForeignKey(
        Action, models.PROTECT, related_name="published", verbose_name=_("取組")
    )
    order = models.PositiveSmallIntegerField(_("行の順番"))
    is_relisted = models.BooleanField(_("再掲"), default=False)
    departments = models.JSONField(_("担当課"), default=list, blank=True)
    # [{"key", "label", "kind", "value"}], in the order of the plan's form
    cells = models.JSONField(_("内容"), default=list, blank=True)
    texts_by_site = models.BooleanField(_("文は当サイトによる要約"), default=False)
    note = models.CharField(_("注記"), max_length=300, blank=True)

    state = ""  # as in PublishedIndicator
    natural_fields = ("publication", "action", "order")
    municipality_lookup = "publication__plan__municipality"
    permissions = FROZEN
    objects = NaturalKeyManager.from_queryset(ScopedQuerySet)()

    class Meta:
        verbose_name = _("公表した進捗の報告")
        verbose_name_plural = _("公表した進捗の報告")
        ordering = ["publication", "action", "order"]
        constraints = [
            models.UniqueConstraint(
                name="published_report_unique", fields=["publication", "action", "order"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.publication} {self.action} {self.order}"


class PublishedSheet(NaturalKeyModel):
    """A department's policy sheet as one publication printed it.

    Handing out the plan prints what departments set themselves; what came of it, a year's own
    publications print.
    """

    publication = models.ForeignKey(
        Publication, models.CASCADE, related_name="sheets", verbose_name=_("公表")
    )
    department = models.ForeignKey(
        Department, models.PROTECT, related_name="published_sheets", verbose_name=_("組織")
    )
    fiscal_year = year_field(_("年度"))
    name = models.CharField(_("組織の名称"), max_length=60)
    post = models.CharField(_("長の職名"), max_length=30, blank=True)
    heading = models.CharField(_("見出し"), max_length=200, blank=True)
    role = models.TextField(_("役割"), blank=True)
    role_items = models.JSONField(_("役割の項目"), default=list, blank=True)
    # [{"number", "title", "issue", "approach", "result"}], in the order of their numbers
    issues = models.JSONField(_("重点課題"), default=list, blank=True)
    result = models.TextField(_("成果"), blank=True)
    texts_by_site = models.BooleanField(_("文は当サイトによる要約"), default=False)

    state = ""  # as in PublishedIndicator
    natural_fields = ("publication", "department")
    municipality_lookup = "publication__plan__municipality"
    permissions = FROZEN
    objects = NaturalKeyManager.from_queryset(ScopedQuerySet)()

    class Meta:
        verbose_name = _("公表した部門方針シート")
        verbose_name_plural = _("公表した部門方針シート")
        ordering = ["publication", "department"]
        constraints = [
            models.UniqueConstraint(
                name="published_sheet_unique", fields=["publication", "department"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.publication} {self.name}"


class PublishedComment(NaturalKeyModel):
    """A comment of the review board, with the answer, as one publication printed it."""

    publication = models.ForeignKey(
        Publication, models.CASCADE, related_name="comments", verbose_name=_("公表")
    )
    number = models.PositiveSmallIntegerField(_("番号"))
    basic_goal = models.ForeignKey(
        BasicGoal,
        models.PROTECT,
        related_name="published_comments",
        null=True,
        blank=True,
        verbose_name=_("基本目標"),
    )
    policy = models.ForeignKey(
        Policy,
        models.PROTECT,
        related_name="published_comments",
        null=True,
        blank=True,
        verbose_name=_("政策・施策"),
    )
    measure = models.ForeignKey(
        Measure,
        models.PROTECT,
        related_name="published_comments",
        null=True,
        blank=True,
        verbose_name=_("施策"),
    )
    board = models.CharField(_("会議の名称"), max_length=100)
    commented_on = models.DateField(_("意見の日"), null=True, blank=True)
    comment = models.TextField(_("意見"))
    answer = models.TextField(_("市町村の回答"), blank=True)
    departments = models.JSONField(_("回答した組織"), default=list, blank=True)
    answered_on = models.DateField(_("回答の日"), null=True, blank=True)
    texts_by_site = models.BooleanField(_("文は当サイトによる要約"), default=False)

    natural_fields = ("publication", "number")
    municipality_lookup = "publication__plan__municipality"
    permissions = FROZEN
    objects = NaturalKeyManager.from_queryset(ScopedQuerySet)()

    class Meta:
        verbose_name = _("公表した外部評価の意見")
        verbose_name_plural = _("公表した外部評価の意見")
        ordering = ["publication", "number"]
        constraints = [
            models.UniqueConstraint(
                name="published_comment_unique", fields=["publication", "number"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.publication} {self.number}"
