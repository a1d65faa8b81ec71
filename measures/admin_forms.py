"""The form of a progress report: the columns its plan defines, as data."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from municipalities.admin_fields import LinesField
from municipalities.admin_forms import RowForm
from plans.models import Plan

from .models import ProgressReport, ReportColumn

_PREFIX = "column_"


class ReportForm(RowForm):
    """A report whose own columns are fields of their own, kept together in `extra`."""

    place_fields = ("row", "fiscal_year", "period")
    core_fields = tuple(ReportColumn.Core.values)
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
    def of_plan(cls, plan: Plan) -> type[ReportForm]:
        """Return the form for reports of one plan."""
        named = cls.columns_of(plan)
        own = {name: _own_field(column) for name, column in named if not column.is_core}
        return type("ReportFormOfPlan", (cls,), own | {"columns": tuple(c for _n, c in named)})

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

    def _post_clean(self) -> None:
        for column in self.columns:
            name = f"{_PREFIX}{column.key}"
            if name not in self.cleaned_data:
                continue
            value = self.cleaned_data[name]
            if value in ("", [], None):
                self.instance.extra.pop(column.key, None)
            else:
                self.instance.extra[column.key] = value
        super()._post_clean()


def _limit(column: ReportColumn) -> Any:
    if column.max_length is None:
        return ""
    return _("%(limit)d文字まで。") % {"limit": column.max_length}


def _own_field(column: ReportColumn) -> forms.Field:
    """Return the form field of a column the plan defined itself."""
    options = {"label": column.label, "required": False, "help_text": _limit(column)}
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
