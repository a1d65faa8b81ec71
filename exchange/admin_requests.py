"""The admin of requests, with the entry workbooks that come back."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.urls import path

from rounds.admin_requests import RequestAdmin
from rounds.models import Request

from .entry_book import views_in


class ExchangedRequestAdmin(RequestAdmin):
    """The admin of requests, with the workbooks of their answers."""

    def get_urls(self) -> list[Any]:
        pages = (
            ("<int:pk>/entry-files/", views_in.files_view, "files"),
            ("<int:pk>/entry-files/<int:number>/", views_in.file_view, "file"),
            ("<int:pk>/entry-files/<int:number>/marked/", views_in.marked_view, "marked"),
            ("<int:pk>/entry-files/kept/<int:number>/", views_in.kept_view, "kept"),
        )
        own = {"model_admin": self}
        return [
            *(
                path(
                    route,
                    self.admin_site.admin_view(view),
                    own,
                    name=f"rounds_request_entry_{name}",
                )
                for route, view, name in pages
            ),
            *super().get_urls(),
        ]


admin.site.unregister(Request)
admin.site.register(Request, ExchangedRequestAdmin)
