"""The admin of requests: what was asked and answered, to look up; it is written on own pages."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse

from municipalities.admin_base import FrozenAdmin
from municipalities.admin_filters import YearFilter, municipality_filter

from .entry.urls import sheet_urls
from .models import EntryDraft, Handover, Reply, Request, SentReminder
from .requests import views, views_board


class RequestList(ChangeList):
    """The list of requests, which leads to their boards."""

    def url_for_result(self, result: Request) -> str:
        return reverse("admin:rounds_request_board", args=[result.pk])


@admin.register(Request)
class RequestAdmin(FrozenAdmin):
    related = ("municipality",)
    list_display = ("title", "fiscal_year", "period", "deadline", "document_number", "state")
    list_filter = (municipality_filter(), YearFilter, "period", "state")
    search_fields = ("title", "document_number", "note")
    ordering = ("municipality", "-number")
    change_list_template = "admin/rounds/request/change_list.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Drafts are the planners'."""
        return super().get_queryset(request).known_to(request.user)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return RequestList

    def get_urls(self) -> list[Any]:
        pages = (
            ("new/", views.new_view, "new"),
            ("<int:pk>/board/", views_board.board_view, "board"),
            ("<int:pk>/edit/", views.edit_view, "edit"),
            ("<int:pk>/text/", views_board.text_view, "text"),
            ("<int:pk>/reply/<int:department_pk>/", views_board.reply_view, "reply"),
        )
        return [
            *sheet_urls(self),
            *(
                path(
                    route,
                    self.admin_site.admin_view(view),
                    {"model_admin": self},
                    name=f"rounds_request_{name}",
                )
                for route, view, name in pages
            ),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        scope = self.scope(request)
        may_write = {"may_write": scope.is_operator or bool(scope.planned)}
        return super().changelist_view(request, may_write | (extra_context or {}))


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


@admin.register(EntryDraft)
class EntryDraftAdmin(FrozenAdmin):
    """Who has typed something that is not saved yet; what it is, the section's sheet shows."""

    related = ("request__municipality", "department", "author")
    list_display = ("request", "department", "author", "saved_at")
    list_filter = (municipality_filter("request__municipality"),)
    search_fields = ("request__title", "department__name")
    fields = list_display
    ordering = ("-saved_at",)


@admin.register(SentReminder)
class SentReminderAdmin(FrozenAdmin):
    related = ("user", "municipality")
    list_display = ("sent_at", "user", "subject", "rows")
    list_filter = (municipality_filter(), "sent_on")
    search_fields = ("user__name", "user__username", "subject")
    ordering = ("-sent_at",)
