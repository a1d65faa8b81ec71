"""Columns that the progress sheets of many municipalities have, ready to be added to a form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from plans.models import Plan

from .models import ReportColumn

_Kind = ReportColumn.Kind


@dataclass(frozen=True)
class Preset:
    """A column as it is added; `key` is the name under which reports keep its content."""

    key: str
    label: Any
    kind: str
    choices: tuple[Any, ...] = ()
    unit: Any = ""

    def column(self, plan: Plan, order: int) -> ReportColumn:
        """Return the column for a plan's form, not saved yet."""
        return ReportColumn(
            plan=plan,
            key=self.key,
            order=order,
            label=str(self.label),
            kind=self.kind,
            choices=[str(choice) for choice in self.choices],
            unit=str(self.unit),
        )


PRESETS = (
    Preset("cause", _("要因分析"), _Kind.TEXT),
    Preset("next-steps", _("今後の取組"), _Kind.TEXT),
    Preset(
        "course",
        _("方向性"),
        _Kind.CHOICE,
        choices=(_("拡充"), _("継続"), _("改善"), _("縮小"), _("廃止"), _("完了")),
    ),
    Preset("budget", _("予算額"), _Kind.NUMBER, unit=_("千円")),
    Preset("settlement", _("決算額"), _Kind.NUMBER, unit=_("千円")),
)
