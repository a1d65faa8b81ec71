"""The admin of requests: what was asked and answered, to look up; it is written on own pages."""

from __future__ import annotations

from typing import Any

from django.contrib import admin

from municipalities.admin_base import FrozenAdmin
from municipalities.admin_filters import YearFilter, municipality_filter

from .entry.urls import sheet_urls
from .models import Handover, Reply, Request


@admin.register(Request)
class RequestAdmin(FrozenAdmin):
    related = ("municipality",)
    list_display = ("title", "fiscal_year", "period", "deadline", "document_number", "state")
    list_filter = (municipality_filter(), YearFilter, "period", "state")
    search_fields = ("title", "document_number", "note")
    ordering = ("municipality", "-number")

    def get_urls(self) -> list[Any]:
        return [*sheet_urls(self), *super().get_urls()]


@admin.register(Reply)
class ReplyAdmin(FrozenAdmin):
    related = ("request__municipality", "department")
    list_display = ("request", "department", "channel", "decided_on", "document_number")
    list_filter = (municipality_filter("request__municipality"), "channel")
    search_fields = ("request__title", "department__name", "document_number")
    ordering = ("-request", "department")


@admin.register(Handover)
class HandoverAdmin(FrozenAdmin):
    related = ("municipality", "series__municipality", "row__action__plan")
    list_display = ("__str__", "text", "updated_at")
    list_filter = (municipality_filter(),)
    search_fields = ("text", "series__name", "row__action__title")
    ordering = ("-updated_at",)
