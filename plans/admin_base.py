"""What the tables of a plan's structure share in the admin."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from municipalities import record
from municipalities.admin_base import PERIOD_OF_LIFE, Scoped, ScopedAdmin
from municipalities.admin_filters import municipality_filter, related_filter
from municipalities.admin_forms import WritePath

from . import structure
from .models import Plan
from .sdgs import SDGS, sdg_name

PLAN_ROWS = WritePath(record.check_row, record.record_row, structure.remove_row)


def plan_filter(lookup: str = "plan") -> type:
    """A filter by plan."""
    return related_filter(Plan, lookup)


class PlanRowAdmin(ScopedAdmin):
    """A table whose rows belong to one plan and stay there."""

    path = PLAN_ROWS
    related = ("plan__municipality",)
    readonly_once_saved = ("plan",)
    list_filter: tuple[Any, ...] = (municipality_filter("plan__municipality"), plan_filter())

    def label(self, obj: Any) -> str:
        """Name the plan first: titles and numbers repeat between plans."""
        return f"{obj.plan}：{obj}"


class NodeAdmin(PlanRowAdmin):
    """One level of a plan's structure, listed in the order of the plan."""

    parents: tuple[str, ...] = ()
    list_display: tuple[Any, ...] = ("__str__", "code", "plan", "parent_title", "last_fiscal_year")
    search_fields: tuple[str, ...] = ("title", "label", "code", "plan__title")

    def get_fieldsets(self, request: Any, obj: Any = None) -> list[Any]:
        self_fields = [
            name
            for name in self.get_fields(request, obj)
            if name not in {*_PLACE, *_TITLE, *_TEXTS, *PERIOD_OF_LIFE[1]["fields"], *self.parents}
        ]
        own = [(None, {"fields": [*_PLACE[:1], *self.parents, *_PLACE[1:]]})]
        own.append((_("題名"), {"fields": [*_TITLE, *self_fields]}))
        own.append((_("本文"), {"fields": _TEXTS}))
        own.append(PERIOD_OF_LIFE)
        return [*own, *super().get_fieldsets(request, obj)[1:]]

    @staticmethod
    def _place(obj: Any) -> str:
        return str(obj.parent or "")

    def parent_title(self, obj: Any) -> str:
        return self._place(obj)

    parent_title.short_description = _("上の段")


class SdgRows(Scoped):
    """Rows that name one of the Sustainable Development Goals, chosen by its name."""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name != "number":
            return super().formfield_for_dbfield(db_field, request, **kwargs)
        names = [(number, sdg_name(number)) for number in SDGS]
        return forms.TypedChoiceField(
            label=db_field.verbose_name, coerce=int, choices=[("", _("（選択）")), *names]
        )


class SdgFilter(admin.SimpleListFilter):
    """Filters by goal, under its name."""

    title = _("SDGs目標")
    parameter_name = "number"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(number), sdg_name(number)) for number in SDGS]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() is None:
            return queryset
        if self.value() not in dict(self.lookup_choices):
            raise IncorrectLookupParameters
        return queryset.filter(number=self.value())


_PLACE = ["plan", "code", "label", "order"]
_TITLE = ["title", "title_source", "title_note"]
_TEXTS = ["summary", "vision", "current_state", "issues", "texts_by_site", "note"]
