"""Fields and widgets of the admin: figures, fiscal years and lists as people type them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.db import models
from django.utils.translation import gettext_lazy

from . import figures, fiscal_year


class FigureField(forms.DecimalField):
    """A figure in any width of letters, with or without thousands commas, ▲ for minus."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "class": "vFigureField"})
    default_error_messages = {"invalid": gettext_lazy("数値を入力してください（例：1,234.5）。")}

    def to_python(self, value: Any) -> Decimal | None:
        if isinstance(value, str):
            value = figures.folded(value).replace(",", "")
        return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        """Show 12 rather than 12.0000."""
        if isinstance(value, Decimal) and value.is_finite():
            whole = value == value.to_integral_value()
            return str(value.quantize(Decimal(1))) if whole else f"{value.normalize():f}"
        return value


class FiscalYearField(forms.IntegerField):
    """A fiscal year as 2023, R5, 令和5年度 …; the value is the western year."""

    widget = forms.TextInput(attrs={"class": "vYearField"})

    def to_python(self, value: Any) -> int | None:
        if value in self.empty_values:
            return None
        try:
            return fiscal_year.parse(value)
        except fiscal_year.FiscalYearError as error:
            raise ValidationError(str(error), code="fiscal_year") from error


class LinesField(forms.JSONField):
    """A list of short texts, edited as one per line."""

    widget = forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"})

    def to_python(self, value: Any) -> list[str]:
        if isinstance(value, list):
            return value
        ProhibitNullCharactersValidator()(value)  # PostgreSQL keeps none in JSON
        return [line.strip() for line in (value or "").splitlines() if line.strip()]

    def bound_data(self, data: Any, initial: Any) -> Any:
        return data

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(map(str, value)) if isinstance(value, list) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return (initial or []) != self.to_python(data)
        except ValidationError:
            return True


class _Lenient:
    """Nonsense that was posted, or stands in the query, is not chosen instead of an error."""

    def optgroups(self, name: str, value: list[str], attrs: Any = None) -> list[Any]:
        try:
            return super().optgroups(name, value, attrs)
        except (TypeError, ValueError, OverflowError):
            return super().optgroups(name, [], attrs)


class Lookup(_Lenient, AutocompleteSelect):
    """Django's autocomplete, which asks the database for the label of each chosen row.

    A row at hand (`known`) is not asked for again: a page of 300 inlines asks nothing.
    """

    known: models.Model | None = None

    def optgroups(self, name: str, value: list[str], attrs: Any = None) -> list[Any]:
        known = self.known
        if known is None or value != [str(known.pk)]:
            return super().optgroups(name, value, attrs)
        groups = super().optgroups(name, [], attrs)
        label = self.choices.field.label_from_instance(known)
        groups[0][1].append(self.create_option(name, known.pk, label, True, 1))
        return groups


class LookupMultiple(_Lenient, AutocompleteSelectMultiple):
    """The same for several rows."""


def is_year(field: models.Field) -> bool:
    """Whether a model field keeps a fiscal year."""
    return isinstance(field, models.PositiveSmallIntegerField) and (
        field.name.endswith("fiscal_year")
        or field.name in {"effective_from", "takes_over_from", "window_start", "window_end"}
    )
