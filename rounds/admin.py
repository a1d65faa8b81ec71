"""The admin of publications: made by publishing, then only read: what was handed out stays."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _

from municipalities.admin_base import FrozenAdmin
from municipalities.admin_filters import YearFilter, municipality_filter
from plans.admin_base import plan_filter

from . import (
    admin_closing,  # noqa: F401  registers the closed years with the way to close another
    admin_explain,
    admin_publish,
    admin_requests,  # noqa: F401
    admin_succession,  # noqa: F401  registers the plans with the way to the next one
    admin_transfers,  # noqa: F401  registers the sections with their reorganisation
)
from .models import (
    Publication,
    PublishedComment,
    PublishedIndicator,
    PublishedReport,
    PublishedSheet,
)


class PublicationYearFilter(YearFilter):
    parameter_name = "publication__fiscal_year"


@admin.register(Publication)
class PublicationAdmin(FrozenAdmin):
    related = ("plan__municipality", "published_by")
    list_display = (
        "plan",
        "number",
        "kind",
        "fiscal_year",
        "period",
        "mark",
        "effective_at",
        "published_by",
    )
    list_filter = (
        municipality_filter("plan__municipality"),
        plan_filter(),
        "kind",
        YearFilter,
        "mark",
    )
    search_fields = ("plan__title", "reason", "note")
    ordering = ("plan", "-number")
    change_list_template = "admin/rounds/publication/change_list.html"

    def get_urls(self) -> list[Any]:
        publish = self.admin_site.admin_view(admin_publish.publish_view)
        explain = self.admin_site.admin_view(admin_explain.explain_view)
        return [
            path("explain/", explain, {"model_admin": self}, name="rounds_publication_explain"),
            path("publish/", publish, {"model_admin": self}, name="rounds_publication_publish"),
            path(
                "<path:object_id>/withdraw/",
                self.admin_site.admin_view(admin_publish.withdraw_view),
                {"model_admin": self},
                name="rounds_publication_withdraw",
            ),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        scope = self.scope(request)
        own = {
            "may_publish": scope.is_operator or bool(scope.planned),
            "scheduled": admin_publish.scheduled_for(request.user),
        }
        return super().changelist_view(request, own | (extra_context or {}))


@admin.register(PublishedIndicator)
class PublishedIndicatorAdmin(FrozenAdmin):
    related = ("publication__plan__municipality", "indicator__series", "indicator__plan")
    list_display = ("name", "figure", "unit", "publication")
    list_filter = (
        municipality_filter("publication__plan__municipality"),
        plan_filter("publication__plan"),
        PublicationYearFilter,
        "missing_reason",
    )
    search_fields = ("name", "publication__plan__title")
    ordering = ("publication__plan", "-publication__number", "indicator__order")

    @admin.display(description=_("実績値"))
    def figure(self, obj: PublishedIndicator) -> Any:
        """The value as printed, or why there is none."""
        if obj.value is None:
            return f"－（{obj.get_missing_reason_display()}）" if obj.missing_reason else ""
        return f"{obj.value:,.{obj.decimals}f}"


@admin.register(PublishedReport)
class PublishedReportAdmin(FrozenAdmin):
    related = ("publication__plan__municipality", "action__plan")
    list_display = ("action", "order", "is_relisted", "publication")
    list_filter = (
        municipality_filter("publication__plan__municipality"),
        plan_filter("publication__plan"),
        PublicationYearFilter,
    )
    search_fields = ("action__title", "publication__plan__title")
    ordering = ("publication__plan", "-publication__number", "action__order", "order")


@admin.register(PublishedSheet)
class PublishedSheetAdmin(FrozenAdmin):
    related = ("publication__plan__municipality", "department")
    list_display = ("name", "fiscal_year", "heading", "publication")
    list_filter = (
        municipality_filter("publication__plan__municipality"),
        plan_filter("publication__plan"),
        YearFilter,
    )
    search_fields = ("name", "heading", "publication__plan__title")
    ordering = ("publication__plan", "-publication__number", "department__order")


@admin.register(PublishedComment)
class PublishedCommentAdmin(FrozenAdmin):
    related = ("publication__plan__municipality",)
    list_display = ("publication", "number", "board", "comment")
    list_filter = (
        municipality_filter("publication__plan__municipality"),
        plan_filter("publication__plan"),
        PublicationYearFilter,
    )
    search_fields = ("comment", "answer", "publication__plan__title")
    ordering = ("publication__plan", "-publication__number", "number")
