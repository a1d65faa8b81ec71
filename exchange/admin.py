"""The admin of what files bring: the pages stand with the plans, here is what waits."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from municipalities.admin_base import FrozenAdmin
from municipalities.admin_filters import municipality_filter
from plans.admin_base import plan_filter

from . import admin_plans, admin_requests  # noqa: F401  register plans and requests anew
from .models import EntryFile, WaitingLine


@admin.register(WaitingLine)
class WaitingLineAdmin(FrozenAdmin):
    related = ("plan__municipality",)
    list_display = ("key", "sheet", "plan", "waits_for", "said")
    list_filter = (municipality_filter("plan__municipality"), plan_filter(), "sheet")
    search_fields = ("key", "waits_for", "plan__title")
    ordering = ("plan", "sheet", "key")

    @admin.display(description=_("内容"))
    def said(self, obj: Any) -> str:
        return "、".join(f"{heading}：{text}" for heading, text in obj.cells.items())


@admin.register(EntryFile)
class EntryFileAdmin(FrozenAdmin):
    """Which entry workbooks have been taken in; to have one again, the page of its request."""

    related = ("request__municipality", "brought_by")
    list_display = ("file_name", "request", "brought_by", "brought_at", "lines")
    list_filter = (municipality_filter("request__municipality"), "brought_at")
    search_fields = ("file_name", "request__title", "departments__name")
    fields = ("file_name", "request", "departments", "brought_by", "brought_at", "lines", "sha256")
    ordering = ("-brought_at",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[EntryFile]:
        return super().get_queryset(request).defer("content")

    @admin.display(description=_("行"))
    def lines(self, obj: EntryFile) -> str:
        return obj.sum
