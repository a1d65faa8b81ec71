"""How a value stands in a cell, and how a cell is read: forgiving in form, strict in meaning.

`clean` takes a cell of `municipalities.uploads` that is not empty and raises ValueError with a
message in Japanese; `render` returns text, int, Decimal, date or None.
"""

from __future__ import annotations

import unicodedata
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db import models
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from import_export.widgets import Widget

from municipalities import figures, fiscal_year
from municipalities.admin_fields import is_year
from municipalities.uploads import ErrorValue

YES, NO = "はい", "いいえ"
_YES = {"はい", "1", "true", "yes", "y", "有", "有効", "○", "〇", "✓"}
_NO = {"いいえ", "0", "false", "no", "n", "無", "無効", "×"}


class Text(Widget):
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        if isinstance(value, ErrorValue):
            raise ValueError(_("式が誤りになっています。値を入力してください。"))
        if isinstance(value, datetime | date):
            return f"{value:%Y-%m-%d}"
        return as_lines(str(value)).strip()

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return value


class Year(Text):
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> int:
        if isinstance(value, int) and not isinstance(value, bool):
            return fiscal_year.parse(value)
        return fiscal_year.parse(super().clean(value))

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return None if value is None else fiscal_year.label(value)


class Figure(Text):
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Decimal:
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            return Decimal(value)
        number = figures.read(super().clean(value)) if isinstance(value, str) else None
        if number is None:
            raise ValueError(_("数値を入力してください（例：1,234.5）。値がなければ空欄にします。"))
        return number

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        if value is None or value == value.to_integral_value():
            return None if value is None else int(value)
        return value.normalize()


class Number(Figure):
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        number = super().clean(value)
        if number != number.to_integral_value():
            raise ValueError(_("整数を入力してください。"))
        return int(number)

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return value


class Day(Text):
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> date:
        if isinstance(value, datetime):
            value = value.date()
        if isinstance(value, date):
            return value
        text = figures.folded(super().clean(value)).replace("/", "-").replace(".", "-")
        parts = [part.zfill(2) for part in text.split("-")]
        try:
            day = parse_date("-".join(parts))
        except ValueError:
            day = None
        if day is None:
            raise ValueError(_("日付を 2024-04-01 の形で入力してください。"))
        return day


class Flag(Text):
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> bool:
        if isinstance(value, bool):
            return value
        text = _folded(str(super().clean(value)))
        if text not in _YES | _NO:
            raise ValueError(_("「はい」か「いいえ」を入力してください。"))
        return text in _YES

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return YES if value else NO


class Choice(Text):
    """A choice by its label or its code."""

    def __init__(self, choices: Any) -> None:
        super().__init__()
        self._choices = choices

    @cached_property
    def labels(self) -> dict[Any, str]:
        return {code: str(label) for code, label in self._choices if label}

    @cached_property
    def _codes(self) -> dict[str, Any]:
        codes = {_folded(str(code)): code for code in self.labels}
        return codes | {_folded(label): code for code, label in self.labels.items()}

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        text = _folded(str(super().clean(value)))
        if text in self._codes:
            return self._codes[text]
        labels = "、".join(label for code, label in self.labels.items() if code != "")
        if len(labels) > 120:
            labels = f"{labels[:120]}…"
        raise ValueError(_("次のどれかを入力してください：%(labels)s。") % {"labels": labels})

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return self.labels.get(value, value) if value not in {None, ""} else None


def widget_for(field: models.Field) -> Widget:
    """Return how values of a model's field stand in a cell."""
    if field.choices:
        return Choice(field.flatchoices)
    if is_year(field):
        return Year()
    match field:
        case models.DecimalField():
            return Figure()
        case models.BooleanField():
            return Flag()
        case models.IntegerField():
            return Number()
        case models.DateField():
            return Day()
    return Text()


def as_lines(text: str) -> str:
    """Return the text with the line ends of Python: workbooks and browsers have others."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()
