"""The addresses of the entry sheet, within the admin of requests."""

from __future__ import annotations

from typing import Any

from django.urls import path

from .views import draft_view, preview_view, sheet_view


def sheet_urls(model_admin: Any) -> list[Any]:
    """Return the paths below rounds/request/ of the admin site."""
    admin_view = model_admin.admin_site.admin_view
    place = "<int:request_id>/sheet/<int:department_id>/"
    return [
        path(
            place,
            admin_view(sheet_view),
            {"model_admin": model_admin},
            name="rounds_request_sheet",
        ),
        path(f"{place}draft/", admin_view(draft_view), name="rounds_request_draft"),
        path(f"{place}preview/", admin_view(preview_view), name="rounds_request_preview"),
    ]
