"""List filters that offer only what the person may see."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.db import models
from django.utils.translation import gettext_lazy as _

from . import fiscal_year
from .models import Department, Municipality


def _require_offered(chosen: admin.SimpleListFilter) -> None:
    """Refuse nonsense, and rows the person does not see, as Django refuses unknown filters."""
    if str(chosen.value()) not in {str(value) for value, _label in chosen.lookup_choices}:
        raise IncorrectLookupParameters


class RelatedFilter(admin.SimpleListFilter):
    """Filters by a row of another table; offered where there is a choice of at least two.

    `lookup` leads from the listed row to the other; a lookup over several rows lists no row twice.
    """

    lookup: str
    related_model: type[models.Model]

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[int, str]]:
        related = model_admin.admin_site.get_model_admin(self.related_model)
        return [(row.pk, related.label(row)) for row in related.get_queryset(request)]

    def has_output(self) -> bool:
        return len(self.lookup_choices) > 1

    def queryset(self, request: Any, queryset: models.QuerySet) -> models.QuerySet:
        if self.value() is None:
            return queryset
        _require_offered(self)
        chosen = queryset.model._default_manager.filter(**{self.lookup: self.value()})
        return queryset.filter(pk__in=chosen.values("pk"))


def related_filter(
    related: type[models.Model], lookup: str, heading: Any = None
) -> type[RelatedFilter]:
    """Return a filter by `related`, reached through `lookup` ("series__indicators__plan")."""
    return type(
        f"{related.__name__}Filter",
        (RelatedFilter,),
        {
            "title": heading or related._meta.verbose_name,
            "parameter_name": related._meta.model_name,
            "related_model": related,
            "lookup": lookup,
        },
    )


def municipality_filter(lookup: str = "municipality") -> type[RelatedFilter]:
    """A filter by municipality: only those who see several get one."""
    return related_filter(Municipality, lookup)


def section_filter(lookup: str, heading: Any = None) -> type[RelatedFilter]:
    """A filter by section."""
    return related_filter(Department, lookup, heading or _("担当課"))


class YearFilter(admin.SimpleListFilter):
    """Filters by fiscal year; offers the years of the visible rows, the newest first."""

    title = _("年度")
    parameter_name = "fiscal_year"

    def lookups(self, request: Any, model_admin: Any) -> Iterable[tuple[int, str]]:
        years = (
            model_admin.get_queryset(request)
            .order_by(f"-{self.parameter_name}")
            .values_list(self.parameter_name, flat=True)
            .distinct()
        )
        return [(year, fiscal_year.label(year)) for year in years if year is not None]

    def queryset(self, request: Any, queryset: models.QuerySet) -> models.QuerySet:
        if self.value() is None:
            return queryset
        _require_offered(self)
        return queryset.filter(**{self.parameter_name: int(self.value())})


class OwnSectionsFilter(admin.SimpleListFilter):
    """Shows people of a section their own rows first; all rows are one click away.

    Model admins that use it have `of_sections(queryset, department_ids)`.
    """

    title = _("担当")
    parameter_name = "own"

    def __init__(self, request: Any, params: Any, model: Any, model_admin: Any) -> None:
        self.model_admin = model_admin
        self.scope = model_admin.scope(request)
        super().__init__(request, params, model, model_admin)

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, Any]]:
        return [("all", _("すべての組織"))] if self.scope.departments else []

    def choices(self, changelist: Any) -> Iterable[dict[str, Any]]:
        own, everything = super().choices(changelist)
        yield own | {"display": _("自分の組織")}
        yield everything

    def queryset(self, request: Any, queryset: models.QuerySet) -> models.QuerySet:
        if not self.scope.departments or self.value() == "all":
            return queryset
        return self.model_admin.of_sections(queryset, self.scope.departments)
