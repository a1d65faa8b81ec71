"""The form of a progress report: the columns its plan defines, as data."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from municipalities.admin_fields import LinesField
from municipalities.admin_forms import RowForm
from plans.choices import Period
from plans.models import Band, Plan, PlanScheme, RatingScheme

from .models import ProgressReport, ReportColumn
from .taking_over import years_taken_from

_PREFIX, _AS_IS = "column_", "as_is_"


class ReportForm(RowForm):
    """A report whose own columns are fields of their own, kept together in `extra`.

    A column whose text was taken over says so, and has a box このままでよい that ends the mark.
    """

    place_fields = ("row", "fiscal_year", "period")
    core_fields = tuple(ReportColumn.Core.values)
    plan: Plan | None = None
    fiscal_year: int | None = None
    columns: tuple[ReportColumn, ...] = ()

    class Meta:
        model = ProgressReport
        exclude = ("extra",)

    @classmethod
    def columns_of(cls, plan: Plan) -> list[tuple[str, ReportColumn]]:
        """Return (field name, column) for the visible columns of a plan's form."""
        return [
            (column.key if column.is_core else f"{_PREFIX}{column.key}", column)
            for column in ReportColumn.of_plan(plan)
        ]

    @classmethod
    def rows_of(cls, plan: Plan, report: ProgressReport | None) -> list[str | tuple[str, str]]:
        """Return the names of the columns' fields, beside each taken over one that of its box."""
        marked = () if report is None else report.taken_over
        return [
            (name, f"{_AS_IS}{column.key}") if column.key in marked else name
            for name, column in cls.columns_of(plan)
        ]

    @classmethod
    def of_plan(
        cls, plan: Plan, fiscal_year: int | None = None, report: ProgressReport | None = None
    ) -> type[ReportForm]:
        """Return the form for a report of one plan, new or stored; `fiscal_year` None where it is
        not known yet."""
        named = cls.columns_of(plan)
        fields: dict[str, Any] = {
            name: _own_field(column) for name, column in named if not column.is_core
        }
        for _name, column in named:
            if report is not None and column.key in report.taken_over:
                fields[f"{_AS_IS}{column.key}"] = forms.BooleanField(
                    label=_("このままでよい"), required=False
                )
        about = {"plan": plan, "fiscal_year": fiscal_year, "columns": tuple(c for _n, c in named)}
        return type("ReportFormOfPlan", (cls,), fields | about)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for column in self.columns:
            if not column.is_core:
                value = self.instance.value_of(column)
                self.initial[f"{_PREFIX}{column.key}"] = (
                    value if isinstance(value, list) else str(value)
                )
            elif column.key in self.fields:
                self.fields[column.key].label = column.label
                self.fields[column.key].help_text = _limit(column)
        if self.plan is not None:
            self._name_periods(self.plan)
            self._offer_bands(self.plan)
            self._tell_taken_over(self.plan)

    def _name_periods(self, plan: Plan) -> None:
        if "period" in self.fields:
            self.fields["period"].choices = [
                (value, plan.period_name(value) if value in Period.values else label)
                for value, label in self.fields["period"].choices
            ]

    def _offer_bands(self, plan: Plan) -> None:
        """Offer the bands of the scheme in force, and explain them."""
        if "rating" not in self.fields or self.fiscal_year is None:
            return
        scheme = plan.scheme_in(PlanScheme.Subject.REPORTS, self.fiscal_year)
        field = self.fields["rating"]
        field.widget = forms.Select()
        field.queryset = Band.objects.filter(Q(scheme=scheme) | Q(pk=self.instance.rating_id))
        field.label_from_instance = str
        field.help_text = _legend(scheme)

    def _tell_taken_over(self, plan: Plan) -> None:
        years = years_taken_from(self.instance)
        for name, column in self.columns_of(plan):
            if column.key not in self.instance.taken_over or name not in self.fields:
                continue
            year = years.get(column.key)
            words = (
                _("前の年度の文のままです。")
                if year is None
                else _("%(year)sの文のままです。") % {"year": plan.municipality.year_label(year)}
            )
            self.fields[name].help_text = format_html(
                "<strong>{}</strong> {}", words, self.fields[name].help_text
            )

    def _post_clean(self) -> None:
        for column in self.columns:
            name = f"{_PREFIX}{column.key}"
            if name in self.cleaned_data:
                self.instance.set_value(column, self.cleaned_data[name])
        self.instance.taken_over = [
            key for key in self.instance.taken_over if not self.cleaned_data.get(f"{_AS_IS}{key}")
        ]
        super()._post_clean()

    def show(self, error: ValidationError) -> None:
        """Put what is wrong with an own column beside its field."""
        if hasattr(error, "error_dict"):
            error = ValidationError(
                {
                    name.replace("extra.", _PREFIX, 1): errors
                    for name, errors in error.error_dict.items()
                }
            )
        super().show(error)


def _limit(column: ReportColumn) -> Any:
    if column.max_length is None:
        return ""
    return _("%(limit)d文字まで。") % {"limit": column.max_length}


def _legend(scheme: RatingScheme | None) -> Any:
    """Return the bands of a scheme and what they mean, one per line."""
    if scheme is None:
        return _("この年度の評価方式がまだ決まっていません。")
    bands = [
        (f"{band}：{band.meaning}" if band.meaning else str(band),) for band in scheme.bands.all()
    ]
    return format_html_join("", "<div>{}</div>", bands)


def _own_field(column: ReportColumn) -> forms.Field:
    """Return the form field of a column the plan defined itself."""
    label = f"{column.label}（{column.unit}）" if column.unit else column.label
    options = {"label": label, "required": False, "help_text": _limit(column)}
    if column.kind == ReportColumn.Kind.LIST:
        return LinesField(**options)
    if column.kind == ReportColumn.Kind.CHOICE:
        choices = [("", "---------"), *((choice, choice) for choice in column.choices)]
        return forms.ChoiceField(choices=choices, **options)
    if column.kind == ReportColumn.Kind.NUMBER:
        return forms.CharField(widget=forms.TextInput(attrs={"inputmode": "decimal"}), **options)
    return forms.CharField(
        widget=forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"}), **options
    )
