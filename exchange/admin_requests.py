"""The admin of requests, with the workbooks that go out to the sections."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.urls import path

from rounds.admin_requests import RequestAdmin
from rounds.models import Request

from . import admin_entry_books


class ExchangedRequestAdmin(RequestAdmin):
    """The admin of requests, with their workbooks."""

    def get_urls(self) -> list[Any]:
        sheet = "<int:request_id>/sheet/<int:department_id>"
        pages = (
            ("<int:pk>/books/", admin_entry_books.books_view, "books"),
            ("<int:pk>/status/", admin_entry_books.status_view, "status"),
            (f"{sheet}/book/", admin_entry_books.book_view, "book"),
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
