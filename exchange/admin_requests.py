"""The admin of requests, with the workbooks that go out to the sections and come back."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.urls import path

from rounds.admin_requests import RequestAdmin
from rounds.models import Request

from . import admin_entry_books
from .entry_book import views_in


class ExchangedRequestAdmin(RequestAdmin):
    """The admin of requests, with their workbooks."""

    def get_urls(self) -> list[Any]:
        sheet = "<int:request_id>/sheet/<int:department_id>"
        pages = (
            ("<int:pk>/books/", admin_entry_books.books_view, "books"),
            ("<int:pk>/status/", admin_entry_books.status_view, "status"),
            (f"{sheet}/book/", admin_entry_books.book_view, "book"),
            ("<int:pk>/entry-files/", views_in.files_view, "entry_files"),
            ("<int:pk>/entry-files/<int:number>/", views_in.file_view, "entry_file"),
            ("<int:pk>/entry-files/<int:number>/marked/", views_in.marked_view, "entry_marked"),
            ("<int:pk>/entry-files/kept/<int:number>/", views_in.kept_view, "entry_kept"),
        )
        own = {"model_admin": self}
        return [
            *(
                path(route, self.admin_site.admin_view(view), own, name=f"rounds_request_{name}")
                for route, view, name in pages
            ),
            *super().get_urls(),
        ]


admin.site.unregister(Request)
admin.site.register(Request, ExchangedRequestAdmin)
