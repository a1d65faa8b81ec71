"""The page a browser gets: the answer as text with links, and a form of its conditions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework.renderers import BrowsableAPIRenderer

from exchange.open_data.page import Link

INDENT = 2


@dataclass(frozen=True)
class Condition:
    """A field of the form; `choices` (code, words) is empty where anything can be typed."""

    name: str
    label: str
    help: str
    value: str
    choices: list[tuple[str, str]]
    problems: list[str]


class Page(BrowsableAPIRenderer):
    template = "api/page.html"

    def get_context(
        self, data: Any, accepted_media_type: str, renderer_context: dict[str, Any]
    ) -> dict[str, Any]:
        view, request = renderer_context["view"], renderer_context["request"]
        status = renderer_context["response"].status_code
        kept = {
            name: value
            for name, value in request.query_params.items()
            if value != "" and name != "format"
        }
        asked = f"?{urlencode(kept)}" if kept else ""
        document = self.get_default_renderer(view)
        context = {**renderer_context, "indent": INDENT}
        found = data if isinstance(data, Mapping) and status == 200 else {}
        return {
            "title": view.get_view_name() or _("API"),
            "description": view.get_view_description(),
            "rules": [str(rule) for rule in view.rules] if status == 200 else [],
            "canonical": request.build_absolute_uri(request.path),
            "address": f"{request.build_absolute_uri(request.path)}{asked}",
            "json_address": f"{request.path}?{urlencode({**kept, 'format': 'json'})}",
            "is_sample": any(row.get("is_sample") for row in [found, *found.get("results", [])]),
            "status": status,
            "detail": data.get("detail") if status != 200 and isinstance(data, Mapping) else None,
            "count": found.get("count"),
            "next": found.get("next"),
            "previous": found.get("previous"),
            "conditions": _conditions(view, request.query_params, data if status == 400 else {}),
            "content": document.render(data, "application/json", context).decode(),
            "breadcrumbs": _breadcrumbs(view),
        }


def _conditions(
    view: Any, given: Mapping[str, str], problems: Mapping[str, Any]
) -> list[Condition]:
    return [
        Condition(
            name,
            str(field.label),
            str(field.help_text or ""),
            given.get(name, ""),
            [(code, str(words)) for code, words in getattr(field, "choices", {}).items()],
            problems.get(name, []),
        )
        for name, field in view.query().fields.items()
        if name not in {"page", "format"}
    ]


def _breadcrumbs(view: Any) -> list[Link]:
    """Return the way from the top page over what the address names."""
    names = [value for name, value in view.kwargs.items() if name in ("municipality", "plan")]
    crumbs = [Link(_("トップ"), reverse("portal:home")), Link(_("API"), reverse("api:root"))]
    kinds = ["municipality", "plan"][: len(names)]
    crumbs += [
        Link(names[place], reverse(f"api:{kind}", args=names[: place + 1]))
        for place, kind in enumerate(kinds)
    ]
    if view.get_view_name() and crumbs[-1].url != view.request.path:
        return [*crumbs, Link(view.get_view_name())]
    return [*crumbs[:-1], Link(crumbs[-1].label)]
