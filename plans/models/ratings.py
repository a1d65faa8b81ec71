"""Rating schemes are data: how a plan judges its indicators and the rows of its sheets."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from municipalities.access import ScopedQuerySet
from municipalities.history import tracked
from municipalities.models import Municipality
from municipalities.natural_keys import NaturalKeyManager, NaturalKeyModel
from municipalities.validators import validate_code
from plans.choices import Tone

from .plan import Plan, year_field


class RatingScheme(NaturalKeyModel):
    """Rate formula, comparison basis and bands; without municipality a preset for all."""

    class Formula(models.TextChoices):
        PROGRESS = "progress", _("進捗率（基準値から目標値まで）")
        ACHIEVEMENT = "achievement", _("達成率（以下の目標では目標÷実績）")
        ACHIEVEMENT_PLAIN = "achievement_plain", _("達成率（つねに実績÷目標）")
        CHANGE = "change", _("増減率（基準値から）")
        NONE = "none", _("率を使わない")

    class Basis(models.TextChoices):
        FINAL_TARGET = "final_target", _("最終目標")
        YEAR_TARGET = "year_target", _("その年度の目標")
        PRO_RATA = "pro_rata", _("経過年数の割合")

    class YearsFrom(models.TextChoices):
        BASELINE = "baseline", _("基準年度")
        PLAN_START = "plan_start", _("計画の開始")

    class NoValue(models.TextChoices):
        UNRATED = "unrated", _("評価しない")
        LATEST = "latest", _("直近の値を年度とともに示す")

    class Rounding(models.TextChoices):
        HALF_UP = "half_up", _("四捨五入")
        TRUNCATE = "truncate", _("切り捨て")

    code = models.CharField(_("コード"), max_length=60, unique=True, validators=[validate_code])
    municipality = models.ForeignKey(
        Municipality,
        models.CASCADE,
        related_name="rating_schemes",
        null=True,
        blank=True,
        verbose_name=_("自治体"),
        help_text=_("空欄はすべての自治体が選べるひな形です。"),
    )
    name = models.CharField(_("名称"), max_length=100)
    formula = models.CharField(
        _("率の式"), max_length=20, choices=Formula.choices, default=Formula.NONE
    )
    basis = models.CharField(
        _("比べる相手"), max_length=20, choices=Basis.choices, default=Basis.FINAL_TARGET
    )
    years_from = models.CharField(
        _("経過年数の起点"), max_length=12, choices=YearsFrom.choices, default=YearsFrom.BASELINE
    )
    chosen_by_people = models.BooleanField(
        _("人が選ぶ"), default=False, help_text=_("計算せず、担当者や審議会が区分を選びます。")
    )
    met_counts_as_top = models.BooleanField(_("率がなくても達成なら最上位"), default=False)
    no_value = models.CharField(
        _("値のない年度"), max_length=10, choices=NoValue.choices, default=NoValue.UNRATED
    )
    unrated_symbol = models.CharField(_("評価なしの記号"), max_length=8, default="－")
    unrated_label = models.CharField(_("評価なしの名称"), max_length=40, default="評価なし")
    decimals = models.PositiveSmallIntegerField(_("率の小数桁"), default=1)
    rounding = models.CharField(
        _("端数処理"), max_length=10, choices=Rounding.choices, default=Rounding.HALF_UP
    )
    bands_see_rounded = models.BooleanField(_("丸めた率で区分する"), default=False)
    source = models.CharField(_("出典"), max_length=300, blank=True)
    note = models.TextField(_("説明"), blank=True)

    natural_fields = ("code",)
    municipality_lookup = "municipality"
    has_shared_rows = True
    objects = NaturalKeyManager.from_queryset(ScopedQuerySet)()
    history = tracked()

    class Meta:
        verbose_name = _("評価方式")
        verbose_name_plural = _("評価方式")
        ordering = ["municipality", "code"]

    def __str__(self) -> str:
        return self.name


class Band(NaturalKeyModel):
    """One class of a scheme (Ａ, ◎, 前進…); bands are tried in order, the first match wins."""

    class Test(models.TextChoices):
        MET = "met", _("目標を達成")
        EXCEEDED = "exceeded", _("目標を超えて達成")
        RATE_AT_LEAST = "rate_at_least", _("率が下限以上")
        RATE_ABOVE = "rate_above", _("率が下限より大きい")
        BETTER = "better", _("基準値より良い")
        UNCHANGED = "unchanged", _("基準値から横ばい")
        WORSE = "worse", _("基準値より悪い")
        OTHERWISE = "otherwise", _("それ以外")
        PEOPLE = "people", _("人が選ぶ")

    class Tolerance(models.TextChoices):
        ABSOLUTE = "absolute", _("値の差")
        RELATIVE = "relative", _("基準値に対する％")

    scheme = models.ForeignKey(
        RatingScheme, models.CASCADE, related_name="bands", verbose_name=_("評価方式")
    )
    order = models.PositiveSmallIntegerField(_("順番"))
    symbol = models.CharField(_("記号"), max_length=8)
    label = models.CharField(_("名称"), max_length=60)
    spoken = models.CharField(
        _("読み上げ"), max_length=60, blank=True, help_text=_("例：◎は「二重丸、目標超過」。")
    )
    meaning = models.CharField(_("意味"), max_length=200, blank=True)
    tone = models.CharField(_("色調"), max_length=5, choices=Tone.choices, default=Tone.NONE)
    score = models.DecimalField(_("点数"), max_digits=5, decimal_places=2, null=True, blank=True)
    test = models.CharField(
        _("当てはまる条件"), max_length=15, choices=Test.choices, default=Test.PEOPLE
    )
    threshold = models.DecimalField(
        _("率の下限（％）"), max_digits=9, decimal_places=3, null=True, blank=True
    )
    tolerance = models.DecimalField(
        _("横ばいの幅"), max_digits=15, decimal_places=4, null=True, blank=True
    )
    tolerance_kind = models.CharField(
        _("幅の単位"), max_length=10, choices=Tolerance.choices, blank=True
    )

    natural_fields = ("scheme", "order")
    municipality_lookup = "scheme__municipality"
    has_shared_rows = True
    objects = NaturalKeyManager.from_queryset(ScopedQuerySet)()
    history = tracked()

    class Meta:
        verbose_name = _("評価区分")
        verbose_name_plural = _("評価区分")
        ordering = ["scheme", "order"]
        constraints = [
            models.UniqueConstraint(
                name="band_order_unique",
                fields=["scheme", "order"],
                violation_error_message=_("この順番の区分がすでにあります。"),
            ),
            models.UniqueConstraint(
                name="band_symbol_unique",
                fields=["scheme", "symbol"],
                violation_error_message=_("この記号の区分がすでにあります。"),
            ),
            models.CheckConstraint(
                name="band_rate_tests_have_threshold",
                condition=~Q(test__in=["rate_at_least", "rate_above"]) | Q(threshold__isnull=False),
                violation_error_message=_("率で分ける区分には下限を入力してください。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.symbol} {self.label}" if self.symbol != self.label else self.label


class PlanScheme(NaturalKeyModel):
    """Which scheme a plan uses from a fiscal year on, for indicators or for sheet rows."""

    class Subject(models.TextChoices):
        INDICATORS = "indicators", _("指標")
        REPORTS = "reports", _("進捗管理シート")

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="schemes", verbose_name=_("計画"))
    subject = models.CharField(_("対象"), max_length=10, choices=Subject.choices)
    from_fiscal_year = year_field(_("適用する年度から"))
    scheme = models.ForeignKey(
        RatingScheme, models.PROTECT, related_name="plan_schemes", verbose_name=_("評価方式")
    )

    natural_fields = ("plan", "subject", "from_fiscal_year")
    municipality_lookup = "plan__municipality"
    objects = NaturalKeyManager.from_queryset(ScopedQuerySet)()
    history = tracked()

    class Meta:
        verbose_name = _("計画の評価方式")
        verbose_name_plural = _("計画の評価方式")
        ordering = ["plan", "subject", "from_fiscal_year"]
        constraints = [
            models.UniqueConstraint(
                name="plan_scheme_unique",
                fields=["plan", "subject", "from_fiscal_year"],
                violation_error_message=_("この年度からの評価方式がすでにあります。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan} {self.scheme}"

    def clean(self) -> None:
        super().clean()
        if (
            self.plan_id
            and self.scheme_id
            and self.scheme.municipality_id not in (None, self.plan.municipality_id)
        ):
            raise ValidationError(
                {"scheme": _("この自治体の評価方式か、ひな形から選んでください。")}
            )
