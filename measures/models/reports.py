"""The yearly sheets: progress of an action in the plan's own form, and goals of departments."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from municipalities.access import RECORDED, ScopedQuerySet
from municipalities.history import tracked
from municipalities.models import Department
from municipalities.natural_keys import NaturalKeyManager, NaturalKeyModel
from municipalities.validators import validate_code
from plans.choices import Period
from plans.models import Band, Plan, WorkingRow
from plans.models.plan import year_field

from .nodes import ReportingRow


class ReportColumn(NaturalKeyModel):
    """A column of a plan's progress sheet: a core one renamed or hidden, or one of its own.

    A plan without rows here uses the core columns under their own names.
    """

    class Kind(models.TextChoices):
        TEXT = "text", _("文章")
        CHOICE = "choice", _("選択")
        NUMBER = "number", _("数値")
        LIST = "list", _("箇条書き")
        RATING = "rating", _("評価")

    class Core(models.TextChoices):
        ISSUES = "issues", _("現状・課題")
        PROJECTS = "projects", _("実施事業")
        RESULT = "result", _("成果")
        RATING = "rating", _("達成度")
        DIRECTION = "direction", _("今後の方向性")

    plan = models.ForeignKey(
        Plan, models.CASCADE, related_name="report_columns", verbose_name=_("計画")
    )
    key = models.CharField(
        _("項目の名前"),
        max_length=40,
        validators=[validate_code],
        help_text=_("標準の列は issues, projects, result, rating, direction。ほかは英数字。"),
    )
    order = models.PositiveSmallIntegerField(_("並び順"), default=0)
    label = models.CharField(_("見出し"), max_length=60)
    kind = models.CharField(_("種類"), max_length=10, choices=Kind.choices, default=Kind.TEXT)
    max_length = models.PositiveIntegerField(
        _("文字数の上限"), null=True, blank=True, help_text=_("空欄は上限なし。")
    )
    choices = models.JSONField(
        _("選択肢"), default=list, blank=True, help_text=_("種類が「選択」のときの一覧。")
    )
    unit = models.CharField(_("単位"), max_length=20, blank=True)
    is_hidden = models.BooleanField(_("使わない"), default=False)
    is_public = models.BooleanField(_("公開する"), default=True)

    natural_fields = ("plan", "key")
    municipality_lookup = "plan__municipality"
    stays_with = ("plan", "key")  # reports name their content by it
    objects = NaturalKeyManager.from_queryset(ScopedQuerySet)()
    history = tracked()

    class Meta:
        verbose_name = _("進捗管理シートの列")
        verbose_name_plural = _("進捗管理シートの列")
        ordering = ["plan", "order", "key"]
        constraints = [
            models.UniqueConstraint(
                name="report_column_unique",
                fields=["plan", "key"],
                violation_error_message=_("この名前の列がすでにあります。"),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def is_core(self) -> bool:
        return self.key in self.Core.values

    def clean(self) -> None:
        super().clean()
        core_kinds = {"projects": self.Kind.LIST, "rating": self.Kind.RATING}
        if self.is_core and self.kind != core_kinds.get(self.key, self.Kind.TEXT):
            raise ValidationError({"kind": _("標準の列の種類は変えられません。")})
        if not self.is_core and self.kind == self.Kind.RATING:
            raise ValidationError({"kind": _("評価の列は標準の「rating」だけです。")})
        if not isinstance(self.choices, list) or not all(
            isinstance(choice, str) and choice.strip() for choice in self.choices
        ):
            raise ValidationError({"choices": _("選択肢は語の一覧で入力してください。")})
        if len(set(self.choices)) < len(self.choices):
            raise ValidationError({"choices": _("同じ選択肢が二度あります。")})
        if self.kind == self.Kind.CHOICE and not self.choices:
            raise ValidationError({"choices": _("選択肢を入力してください。")})
        if self.max_length == 0:
            raise ValidationError(
                {"max_length": _("1以上にするか、上限がなければ空欄にしてください。")}
            )

    @classmethod
    def of_plan(cls, plan: Plan) -> list[ReportColumn]:
        """Return the visible columns of the plan's sheet in order, core defaults included."""
        return [column for column in cls.whole_form(plan) if not column.is_hidden]

    @classmethod
    def whole_form(cls, plan: Plan) -> list[ReportColumn]:
        """Return the columns of the plan's sheet in order, hidden ones and core defaults included.

        Reads the prefetched `report_columns`. A core column nobody changed is not saved.
        """
        own = {column.key: column for column in plan.report_columns.all()}
        columns = [own.pop(column.key, column) for column in cls.core_form(plan)]
        columns += own.values()
        return sorted(columns, key=lambda column: (column.order, column.key))

    @classmethod
    def core_form(cls, plan: Plan | None = None) -> list[ReportColumn]:
        """Return the core columns under their own names, not saved."""
        kinds = {cls.Core.PROJECTS: cls.Kind.LIST, cls.Core.RATING: cls.Kind.RATING}
        return [
            cls(
                plan=plan,
                key=core.value,
                label=str(core.label),
                order=10 * (position + 1),
                kind=kinds.get(core, cls.Kind.TEXT),
            )
            for position, core in enumerate(cls.Core)
        ]


class ProgressReportQuerySet(ScopedQuerySet):
    def still_taken_over(self) -> ProgressReportQuerySet:
        """Reports that carry text of an earlier report nobody has touched since."""
        return self.exclude(taken_over=[])


class ProgressReport(NaturalKeyModel, WorkingRow):
    """What a section reports on its row for a fiscal year and period."""

    row = models.ForeignKey(
        ReportingRow, models.CASCADE, related_name="reports", verbose_name=_("報告する行")
    )
    fiscal_year = year_field(_("年度"))
    period = models.CharField(_("時期"), max_length=10, choices=Period.choices)
    issues = models.TextField(_("現状・課題"), blank=True)
    projects = models.JSONField(_("実施事業"), default=list, blank=True)
    result = models.TextField(_("成果"), blank=True)
    rating = models.ForeignKey(
        Band,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("達成度"),
    )
    direction = models.TextField(_("今後の方向性"), blank=True)
    extra = models.JSONField(_("計画独自の列"), default=dict, blank=True)
    # Keys of the columns whose content was taken over from an earlier year and not touched since.
    taken_over = models.JSONField(
        _("前の報告から引き継いだままの列"), default=list, blank=True, editable=False
    )
    texts_by_site = models.BooleanField(_("文は当サイトによる要約"), default=False)
    note = models.CharField(_("注記"), max_length=300, blank=True)

    natural_fields = ("row", "fiscal_year", "period")
    municipality_lookup = "row__action__plan__municipality"
    permissions = RECORDED
    objects = NaturalKeyManager.from_queryset(ProgressReportQuerySet)()
    history = tracked()

    class Meta:
        verbose_name = _("進捗の報告")
        verbose_name_plural = _("進捗の報告")
        ordering = ["row", "fiscal_year", "period"]
        constraints = [
            models.UniqueConstraint(
                name="progress_report_unique",
                fields=["row", "fiscal_year", "period"],
                violation_error_message=_("この行のこの年度・時期の報告がすでにあります。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.row} {self.fiscal_year} {self.get_period_display()}"

    def value_of(self, column: ReportColumn) -> Any:
        """Return what this report says in a column; "" or [] where it says nothing."""
        if column.is_core:
            return getattr(self, column.key)
        return self.extra.get(column.key, [] if column.kind == ReportColumn.Kind.LIST else "")

    def set_value(self, column: ReportColumn, value: Any) -> None:
        """Write what this report says in a column; an own column that says nothing is left out."""
        if column.is_core:
            setattr(self, column.key, value)
        elif value in ("", [], None):
            self.extra.pop(column.key, None)
        else:
            self.extra[column.key] = value


class DepartmentPolicySheet(NaturalKeyModel, WorkingRow):
    """部門方針シート: what a department sets itself for a fiscal year, and what came of it.

    Speaks of posts, never of persons. Its priority issues share its state.
    """

    department = models.ForeignKey(
        Department, models.PROTECT, related_name="policy_sheets", verbose_name=_("組織")
    )
    plan = models.ForeignKey(
        Plan,
        models.CASCADE,
        related_name="policy_sheets",
        verbose_name=_("計画"),
    )
    fiscal_year = year_field(_("年度"))
    heading = models.CharField(_("見出し"), max_length=200, blank=True)
    role = models.TextField(_("役割"), blank=True)
    role_items = models.JSONField(_("役割の項目"), default=list, blank=True)
    result = models.TextField(_("成果"), blank=True)
    texts_by_site = models.BooleanField(_("文は当サイトによる要約"), default=False)

    natural_fields = ("plan", "department", "fiscal_year")
    municipality_lookup = "plan__municipality"
    permissions = RECORDED
    objects = NaturalKeyManager.from_queryset(ScopedQuerySet)()
    history = tracked()

    class Meta:
        verbose_name = _("部門方針シート")
        verbose_name_plural = _("部門方針シート")
        ordering = ["plan", "-fiscal_year", "department"]
        constraints = [
            models.UniqueConstraint(
                name="department_policy_sheet_unique",
                fields=["plan", "department", "fiscal_year"],
                violation_error_message=_("この組織のこの年度のシートがすでにあります。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.department} {self.fiscal_year}"

    def clean(self) -> None:
        super().clean()
        if self.plan_id and self.department_id:
            self.department.check_town(self.plan.municipality_id, "department")


class PriorityIssue(NaturalKeyModel):
    """重点課題 of a department's sheet, numbered as printed."""

    sheet = models.ForeignKey(
        DepartmentPolicySheet,
        models.CASCADE,
        related_name="priority_issues",
        verbose_name=_("部門方針シート"),
    )
    number = models.PositiveSmallIntegerField(_("番号"))
    title = models.CharField(_("題名"), max_length=200)
    issue = models.TextField(_("課題"), blank=True)
    approach = models.TextField(_("実行方針"), blank=True)
    result = models.TextField(_("結果"), blank=True)

    natural_fields = ("sheet", "number")
    municipality_lookup = "sheet__plan__municipality"
    permissions = RECORDED
    objects = NaturalKeyManager.from_queryset(ScopedQuerySet)()
    history = tracked()

    class Meta:
        verbose_name = _("重点課題")
        verbose_name_plural = _("重点課題")
        ordering = ["sheet", "number"]
        constraints = [
            models.UniqueConstraint(
                name="priority_issue_unique",
                fields=["sheet", "number"],
                violation_error_message=_("この番号の重点課題がすでにあります。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"
