"""Who: municipalities, their sections as they change over the years, and the people."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from municipalities import fiscal_year
from municipalities.access import OWN_TOWN, ScopedQuerySet
from municipalities.history import tracked
from municipalities.natural_keys import NaturalKeyManager, NaturalKeyModel
from municipalities.prefectures import PREFECTURES
from municipalities.validators import (
    five_digit_code,
    validate_code,
    validate_municipality_code,
    validate_slug_not_reserved,
)


class ValidityQuerySet(ScopedQuerySet):
    """Rows with a first and a last day (both included, open where None)."""

    def valid_on(self, day: date) -> ValidityQuerySet:
        return self.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=day),
            Q(valid_to__isnull=True) | Q(valid_to__gte=day),
        )


class Validity(models.Model):
    """From which day to which day a row holds; None leaves that end open."""

    valid_from = models.DateField(_("有効開始日"), null=True, blank=True)
    valid_to = models.DateField(_("有効終了日"), null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_validity_order",
                condition=Q(valid_from__isnull=True)
                | Q(valid_to__isnull=True)
                | Q(valid_to__gte=F("valid_from")),
                violation_error_message=_("有効終了日は有効開始日以後の日にしてください。"),
            )
        ]

    def is_valid_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )


class Municipality(NaturalKeyModel, Validity):
    """A town, city, ward or prefecture that keeps its plans here."""

    class Kind(models.TextChoices):
        PREFECTURE = "prefecture", _("都道府県")
        DESIGNATED_CITY = "designated_city", _("政令指定都市")
        CORE_CITY = "core_city", _("中核市")
        CITY = "city", _("市")
        SPECIAL_WARD = "special_ward", _("特別区")
        TOWN = "town", _("町")
        VILLAGE = "village", _("村")

    class YearStyle(models.TextChoices):
        WAREKI = "wareki", _("和暦（令和6年度）")
        SEIREKI = "seireki", _("西暦（2024年度）")
        BOTH = "both", _("併記（令和6年度（2024年度））")

    slug = models.SlugField(
        _("アドレス名"),
        max_length=40,
        unique=True,
        validators=[validate_slug_not_reserved],
        help_text=_("ページのアドレスに使う英小文字の名前。例：isesaki"),
    )
    code = models.CharField(
        _("全国地方公共団体コード"),
        max_length=6,
        unique=True,
        null=True,
        blank=True,
        validators=[validate_municipality_code],
        help_text=_("検査数字を含む6桁。架空の自治体だけ空欄にします。"),
    )
    name = models.CharField(_("名称"), max_length=50)
    kana = models.CharField(_("よみがな"), max_length=100, blank=True)
    name_en = models.CharField(_("英語名"), max_length=100, blank=True)
    prefecture = models.CharField(
        _("都道府県"), max_length=10, choices=[(name, name) for name in PREFECTURES], blank=True
    )
    kind = models.CharField(_("種別"), max_length=20, choices=Kind.choices)
    is_sample = models.BooleanField(
        _("架空の自治体"), default=False, help_text=_("全ページに「架空」と表示します。")
    )
    predecessors = models.ManyToManyField(
        "self",
        verbose_name=_("合併前の自治体"),
        related_name="mergers",
        symmetrical=False,
        blank=True,
    )
    year_style = models.CharField(
        _("年度の表記"), max_length=10, choices=YearStyle.choices, default=YearStyle.WAREKI
    )
    website = models.URLField(_("公式サイト"), blank=True)
    notice = models.TextField(
        _("お知らせ"), blank=True, help_text=_("自治体のページの初めに示す文。空欄なら出ません。")
    )
    license_name = models.CharField(
        _("利用条件の名称"),
        max_length=100,
        blank=True,
        help_text=_(
            "オープンデータの利用条件。例：公共データ利用規約（第1.0版）。空欄なら CC BY 4.0。"
        ),
    )
    license_url = models.URLField(
        _("利用条件のアドレス"), blank=True, help_text=_("名称を入れたときは必ず入力します。")
    )
    attribution = models.CharField(
        _("出典の書き方"),
        max_length=200,
        blank=True,
        help_text=_("データを使う人に書いてもらう出典。空欄なら自治体と計画の名称から作ります。"),
    )

    has_approval_step = models.BooleanField(
        _("課長の承認を使う"),
        default=True,
        help_text=_("担当→課長→企画課の順に進みます。使わないと、課長を飛ばして進みます。"),
    )
    has_lead_step = models.BooleanField(
        _("部主管課の確認を使う"),
        default=False,
        help_text=_(
            "企画課の確認の前に、部主管課の承認者が確認します。どの課が部主管課かは「組織」で示します。"
        ),
    )
    allows_own_approval = models.BooleanField(
        _("自分が入力した内容の承認・確認を認める"),
        default=False,
        help_text=_("人数の少ない自治体のためのものです。認めないのが原則です。"),
    )

    # What only operators change, beside the municipalities that merged into this one.
    registered = ("slug", "code", "is_sample", "valid_from", "valid_to")
    natural_fields = ("slug",)
    municipality_lookup = "pk"
    permissions = OWN_TOWN
    objects = NaturalKeyManager.from_queryset(ValidityQuerySet)()
    history = tracked(m2m_fields=[predecessors])

    class Meta(Validity.Meta):
        verbose_name = _("自治体")
        verbose_name_plural = _("自治体")
        ordering = ["is_sample", "code", "slug"]
        constraints = [
            *Validity.Meta.constraints,
            models.CheckConstraint(
                name="municipality_has_code_unless_sample",
                condition=Q(is_sample=True, code__isnull=True)
                | Q(is_sample=False, code__isnull=False),
                violation_error_message=_(
                    "全国地方公共団体コードは、架空の自治体では空欄に、ほかでは必ず入力してください。"
                ),
            ),
            models.CheckConstraint(
                name="municipality_license_has_address",
                condition=Q(license_name="", license_url="")
                | (~Q(license_name="") & ~Q(license_url="")),
                violation_error_message=_(
                    "利用条件は、名称とアドレスの両方を入力するか、両方とも空欄にしてください。"
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        self.code = self.code or None  # an empty form field must not occupy the unique code

    @property
    def short_code(self) -> str | None:
        """The code without its check digit (5 digits), None for the sample town."""
        return five_digit_code(self.code) if self.code else None

    def year_label(self, year: int) -> str:
        """Return the label of a fiscal year in this municipality's style."""
        return fiscal_year.label(year, fiscal_year.YearStyle(self.year_style))


class Department(NaturalKeyModel, Validity):
    """A section (課, 係) or division (部) as it was named between two dates."""

    class Kind(models.TextChoices):
        DIVISION = "division", _("部・局")
        SECTION = "section", _("課・室")
        SUBSECTION = "subsection", _("係・班")
        OTHER = "other", _("その他")

    municipality = models.ForeignKey(
        Municipality, models.PROTECT, related_name="departments", verbose_name=_("自治体")
    )
    code = models.CharField(
        _("コード"),
        max_length=40,
        validators=[validate_code],
        help_text=_("アドレスと取込に使う英数字。改称しても前の組織のコードは変えません。"),
    )
    name = models.CharField(_("名称"), max_length=60)
    kind = models.CharField(_("種別"), max_length=12, choices=Kind.choices, default=Kind.SECTION)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        related_name="children",
        null=True,
        blank=True,
        verbose_name=_("上位の組織"),
    )
    post = models.CharField(
        _("長の職名"), max_length=30, blank=True, help_text=_("例：部長。人名は入れません。")
    )
    is_lead = models.BooleanField(
        _("部主管課"),
        default=False,
        help_text=_("上位の組織（部）の取りまとめをする課。承認者が部内の課の行を確認します。"),
    )
    order = models.PositiveIntegerField(_("並び順"), default=0)
    note = models.CharField(_("備考"), max_length=200, blank=True)
    successors = models.ManyToManyField(
        "self",
        verbose_name=_("後継の組織"),
        through="DepartmentSuccession",
        related_name="predecessors",
        symmetrical=False,
    )

    natural_fields = ("municipality", "code")
    municipality_lookup = "municipality"
    objects = NaturalKeyManager.from_queryset(ValidityQuerySet)()
    history = tracked()

    class Meta(Validity.Meta):
        verbose_name = _("組織")
        verbose_name_plural = _("組織")
        ordering = ["municipality", "order", "code"]
        constraints = [
            *Validity.Meta.constraints,
            models.UniqueConstraint(
                name="department_code_unique",
                fields=["municipality", "code"],
                violation_error_message=_("このコードの組織がすでにあります。"),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        if self.parent_id and self.municipality_id:
            if self.parent.municipality_id != self.municipality_id:
                raise ValidationError({"parent": _("上位の組織は同じ自治体から選んでください。")})
            above, seen = self.parent, set()
            while above is not None and above.pk not in seen:
                if above.pk == self.pk and self.pk is not None:
                    raise ValidationError({"parent": _("自分自身の下には置けません。")})
                seen.add(above.pk)
                above = above.parent

    def check_town(self, municipality_id: int, field: str) -> None:
        """Raise ValidationError on `field` where this is no section of that municipality."""
        if self.municipality_id != municipality_id:
            raise ValidationError({field: _("この自治体の組織から選んでください。")})


class DepartmentSuccession(NaturalKeyModel):
    """One section's duties went to another on a day: renaming, merger, split."""

    class Kind(models.TextChoices):
        RENAMED = "renamed", _("改称")
        MERGED = "merged", _("統合")
        SPLIT = "split", _("分割")
        MOVED = "moved", _("移管")

    predecessor = models.ForeignKey(
        Department, models.CASCADE, related_name="succession_to", verbose_name=_("前の組織")
    )
    successor = models.ForeignKey(
        Department, models.CASCADE, related_name="succession_from", verbose_name=_("後の組織")
    )
    kind = models.CharField(_("種類"), max_length=10, choices=Kind.choices)
    effective_on = models.DateField(_("施行日"))

    natural_fields = ("predecessor", "successor")
    municipality_lookup = "predecessor__municipality"
    objects = NaturalKeyManager.from_queryset(ScopedQuerySet)()
    history = tracked()

    class Meta:
        verbose_name = _("組織の改編")
        verbose_name_plural = _("組織の改編")
        ordering = ["effective_on", "predecessor"]
        constraints = [
            models.UniqueConstraint(
                name="department_succession_unique",
                fields=["predecessor", "successor"],
                violation_error_message=_("この改編はすでに登録されています。"),
            ),
            models.CheckConstraint(
                name="department_succession_not_itself",
                condition=~Q(predecessor=F("successor")),
                violation_error_message=_("前と後に同じ組織は選べません。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor} → {self.successor}"

    def clean(self) -> None:
        super().clean()
        if (
            self.predecessor_id
            and self.successor_id
            and self.predecessor.municipality_id != self.successor.municipality_id
        ):
            raise ValidationError(_("前と後の組織は同じ自治体から選んでください。"))
