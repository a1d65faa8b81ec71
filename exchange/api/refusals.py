"""What the API says where it does not answer, in words that say how to go on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import NotAcceptable, Throttled
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request


class TooOften(Throttled):
    default_detail = _("短い間に多すぎます。")
    extra_detail_singular = extra_detail_plural = _("{wait}秒待ってから、もう一度読んでください。")


class Unwritten(NotAcceptable):
    default_detail = _(
        "返せるのは application/json と text/html です。CSVは計画のデータのページにあります。"
    )


class Negotiation(DefaultContentNegotiation):
    """Chooses JSON or the page. A `format` that is neither is told of with the other wrong
    conditions (400), by the query of the view."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: Any = None
    ) -> tuple[BaseRenderer, str]:
        try:
            return super().select_renderer(request, renderers, format_suffix)
        except NotAcceptable as error:
            raise Unwritten from error

    def filter_renderers(self, renderers: list[BaseRenderer], format: str) -> list[BaseRenderer]:
        return [each for each in renderers if each.format == format] or renderers
