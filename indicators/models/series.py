"""A series is what is counted; it holds the actuals, entered once for every plan."""

from __future__ import annotations

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from indicators.choices import Accumulation, Basis, MissingReason, Revision
from municipalities.access import RECORDED, SHARED, ScopedQuerySet
from municipalities.history import tracked
from municipalities.models import Department, Municipality
from municipalities.natural_keys import NaturalKeyManager, NaturalKeyModel
from municipalities.validators import validate_code
from plans.choices import Period, WorkState
from plans.models import WorkingRow
from plans.models.plan import year_field

MAX_DECIMALS = 4


def figure_field(verbose_name: str, **options: object) -> models.DecimalField:
    """Return a field for a figure: 15 significant digits, which SQLite keeps exactly."""
    return models.DecimalField(verbose_name, max_digits=15, decimal_places=MAX_DECIMALS, **options)


class CommonIndicator(NaturalKeyModel):
    """The same thing counted in several towns, so that their series can be compared."""

    code = models.CharField(_("コード"), max_length=40, unique=True, validators=[validate_code])
    name = models.CharField(_("名称"), max_length=200)
    unit = models.CharField(_("単位"), max_length=20)
    definition = models.TextField(_("定義"), blank=True)

    natural_fields = ("code",)
    municipality_lookup = None
    permissions = SHARED
    objects = NaturalKeyManager.from_queryset(ScopedQuerySet)()
    history = tracked()

    class Meta:
        verbose_name = _("共通指標")
        verbose_name_plural = _("共通指標")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Series(NaturalKeyModel):
    """What is counted, how, and from where; plans place it through their indicators."""

    municipality = models.ForeignKey(
        Municipality, models.PROTECT, related_name="series", verbose_name=_("自治体")
    )
    code = models.CharField(_("コード"), max_length=60, validators=[validate_code])
    name = models.CharField(_("名称"), max_length=300)
    unit = models.CharField(
        _("単位"), max_length=20, blank=True, help_text=_("資料に記載がなければ空欄。")
    )
    decimals = models.PositiveSmallIntegerField(
        _("小数桁"), default=0, validators=[MaxValueValidator(MAX_DECIMALS)]
    )
    definition = models.TextField(_("定義・算出方法"), blank=True)
    definition_by_site = models.BooleanField(_("定義は当サイトによる要約"), default=False)
    accumulation = models.CharField(
        _("累積の仕方"), max_length=15, choices=Accumulation.choices, default=Accumulation.POINT
    )
    accumulation_note = models.CharField(_("累積の仕方の根拠"), max_length=300, blank=True)
    start_fiscal_year = year_field(
        _("数え始めの年度"),
        null=True,
        blank=True,
        help_text=_("各年度の値を合計する累計では必ず入力します。"),
    )
    basis = models.CharField(
        _("値の時点"), max_length=15, choices=Basis.choices, default=Basis.FISCAL_YEAR
    )
    as_of_month = models.PositiveSmallIntegerField(
        _("現在日の月"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(12)],
    )
    as_of_day = models.PositiveSmallIntegerField(
        _("現在日の日"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(31)],
    )
    mean_years = models.PositiveSmallIntegerField(_("平均の年数"), null=True, blank=True)
    window_start = year_field(_("累計期間の初年度"), null=True, blank=True)
    window_end = year_field(_("累計期間の最終年度"), null=True, blank=True)
    source = models.CharField(_("出典"), max_length=300, blank=True)
    source_url = models.URLField(_("出典のアドレス"), max_length=300, blank=True)
    owner = models.ForeignKey(
        Department,
        models.PROTECT,
        related_name="owned_series",
        null=True,
        blank=True,
        verbose_name=_("所管課"),
    )
    settled_month = models.PositiveSmallIntegerField(
        _("例年の確定月"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(12)],
        help_text=_("年度が終わってから統計が確定する月。"),
    )
    common = models.ForeignKey(
        CommonIndicator,
        models.SET_NULL,
        related_name="series",
        null=True,
        blank=True,
        verbose_name=_("共通指標"),
    )
    note = models.CharField(_("注記"), max_length=500, blank=True)

    natural_fields = ("municipality", "code")
    municipality_lookup = "municipality"
    plan_lookup = "indicators__plan"
    objects = NaturalKeyManager.from_queryset(ScopedQuerySet)()
    history = tracked()

    class Meta:
        verbose_name = _("系列")
        verbose_name_plural = _("系列")
        ordering = ["municipality", "code"]
        constraints = [
            models.UniqueConstraint(
                name="series_code_unique",
                fields=["municipality", "code"],
                violation_error_message=_("このコードの系列がすでにあります。"),
            ),
            models.CheckConstraint(
                name="series_decimals_range",
                condition=Q(decimals__lte=MAX_DECIMALS),
                violation_error_message=_("小数桁は4桁までです。"),
            ),
            models.CheckConstraint(
                name="series_sum_has_start",
                condition=~Q(accumulation=Accumulation.SUM) | Q(start_fiscal_year__isnull=False),
                violation_error_message=_("合計する累計には数え始めの年度を入力してください。"),
            ),
            models.CheckConstraint(
                name="series_window_order",
                condition=Q(window_start__isnull=True)
                | Q(window_end__isnull=True)
                | Q(window_end__gte=F("window_start")),
                violation_error_message=_("累計期間の最終年度は初年度以後にしてください。"),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        if self.owner_id:
            self.owner.check_town(self.municipality_id, "owner")
        if self.basis == Basis.AS_OF_DATE and not (self.as_of_month and self.as_of_day):
            raise ValidationError({"as_of_month": _("現在日の月と日を入力してください。")})
        if self.basis == Basis.MEAN_OF_YEARS and not self.mean_years:
            raise ValidationError({"mean_years": _("平均の年数を入力してください。")})

    @property
    def window_is_known(self) -> bool:
        """False where values add up over a window whose years the source does not state."""
        return self.basis != Basis.WINDOW or (
            self.window_start is not None and self.window_end is not None
        )

    def validate_decimals(self, value: Decimal) -> None:
        """Raise ValidationError where `value` has more decimals than this series keeps."""
        if not value.is_finite():
            return  # the field itself refuses it
        found = -value.normalize().as_tuple().exponent
        if found > self.decimals:
            raise ValidationError(
                _("%(value)s は小数%(found)s桁です。この系列は小数%(expected)s桁までです。")
                % {"value": value, "found": found, "expected": self.decimals}
            )


class SeriesBreak(NaturalKeyModel):
    """From a fiscal year on the definition differs: earlier values are not comparable."""

    series = models.ForeignKey(
        Series, models.CASCADE, related_name="breaks", verbose_name=_("系列")
    )
    fiscal_year = year_field(_("変わった年度"))
    reason = models.CharField(_("内容"), max_length=300)

    natural_fields = ("series", "fiscal_year")
    municipality_lookup = "series__municipality"
    plan_lookup = "series__indicators__plan"
    objects = NaturalKeyManager.from_queryset(ScopedQuerySet)()
    history = tracked()

    class Meta:
        verbose_name = _("定義の変更")
        verbose_name_plural = _("定義の変更")
        ordering = ["series", "fiscal_year"]
        constraints = [
            models.UniqueConstraint(
                name="series_break_unique",
                fields=["series", "fiscal_year"],
                violation_error_message=_("この年度の定義の変更がすでにあります。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fiscal_year} {self.reason}"


LATE_FIELDS = frozenset(
    {
        *("value", "missing_reason", "expected_on", "is_provisional", "note"),
        *("source", "source_url", "state"),
        *("is_late", "version", "changed_by", "updated_at"),  # the write path's own
    }
)
"""What may change of an awaited figure in a closed year."""


class Actual(NaturalKeyModel, WorkingRow):
    """実績値: the value of a series for a fiscal year and period, or why there is none.

    Written through `indicators.record` only.
    """

    series = models.ForeignKey(
        Series, models.PROTECT, related_name="actuals", verbose_name=_("系列")
    )
    fiscal_year = year_field(_("年度"))
    period = models.CharField(
        _("時期"), max_length=10, choices=Period.choices, default=Period.YEAR_END
    )
    value = figure_field(_("実績値"), null=True, blank=True)
    missing_reason = models.CharField(
        _("値のない理由"), max_length=15, choices=MissingReason.choices, blank=True
    )
    expected_on = models.DateField(
        _("確定予定月"), null=True, blank=True, help_text=_("その月の1日を入力します。")
    )
    is_provisional = models.BooleanField(_("速報値"), default=False)
    revision = models.CharField(
        _("訂正などの印"), max_length=15, choices=Revision.choices, blank=True
    )
    revision_reason = models.CharField(_("訂正などの理由（公開）"), max_length=300, blank=True)
    year_label = models.CharField(_("年度の表記"), max_length=40, blank=True)
    value_label = models.CharField(_("値の表記"), max_length=60, blank=True)
    note = models.CharField(_("注記（公開）"), max_length=500, blank=True)
    internal_note = models.CharField(_("注記（庁内）"), max_length=500, blank=True)
    source = models.CharField(_("出典"), max_length=300, blank=True)
    source_url = models.URLField(_("出典のアドレス"), max_length=300, blank=True)

    # A figure that came after its year had been closed; set by the write path.
    is_late = models.BooleanField(_("締切後に確定した値"), default=False, editable=False)

    natural_fields = ("series", "fiscal_year", "period")
    municipality_lookup = "series__municipality"
    plan_lookup = "series__indicators__plan"
    permissions = RECORDED
    objects = NaturalKeyManager.from_queryset(ScopedQuerySet)()
    history = tracked()

    class Meta:
        verbose_name = _("実績")
        verbose_name_plural = _("実績")
        ordering = ["series", "fiscal_year", "period"]
        constraints = [
            models.UniqueConstraint(
                name="actual_unique",
                fields=["series", "fiscal_year", "period"],
                violation_error_message=_("この系列のこの年度・時期の実績がすでにあります。"),
            ),
            models.CheckConstraint(
                name="actual_value_or_reason",
                condition=(Q(value__isnull=False) & Q(missing_reason=""))
                | (Q(value__isnull=True) & ~Q(missing_reason="")),
                violation_error_message=_(
                    "実績値か、値のない理由の、どちらか一方を入力してください（0は値です）。"
                ),
            ),
            models.CheckConstraint(
                name="actual_expected_only_without_value",
                condition=Q(expected_on__isnull=True) | Q(value__isnull=True),
                violation_error_message=_("確定予定月は、値のないときだけ入力します。"),
            ),
            models.CheckConstraint(
                name="actual_revision_has_reason",
                condition=~Q(revision__in=[Revision.CORRECTED, Revision.SOURCE_REVISED])
                | ~Q(revision_reason=""),
                violation_error_message=_("訂正・遡及改定には公開する理由を入力してください。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.series} {self.fiscal_year} {self.get_period_display()}"

    @property
    def is_awaited(self) -> bool:
        """Whether there is no value yet, but a month in which it will be settled."""
        return self.value is None and self.expected_on is not None

    def arrives_over(self, before: WorkingRow) -> bool:
        """Whether this is the figure that `before` awaits, or the reason why none will come."""
        return isinstance(before, Actual) and before.is_awaited and not self.is_awaited

    def stays_open(self, stored: Actual | None) -> bool:
        """Whether this row may be written over `stored` (None: a new row), or moved on, though its
        year is closed: the figure was awaited when the year was closed, or came since and has not
        been checked, and nothing but the figure changes."""
        if stored is None:
            return False
        is_open = stored.is_awaited or (stored.is_late and stored.state != WorkState.CHECKED)
        return is_open and not any(
            getattr(self, field.attname) != getattr(stored, field.attname)
            for field in self._meta.concrete_fields
            if field.name not in LATE_FIELDS
        )

    def clean(self) -> None:
        super().clean()
        if self.value is not None and self.series_id:
            self.series.validate_decimals(self.value)
