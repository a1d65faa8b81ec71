"""What `manage.py check --deploy` says of the API."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Info, register


@register(deploy=True)
def counts_in_one_place(**_options: Any) -> list[CheckMessage]:
    """Return a note where each process counts for itself how often an address asks."""
    if "locmem" not in settings.CACHES["default"]["BACKEND"]:
        return []
    hint = "Set CACHE_URL to a Redis where several processes run."
    message = "Each process counts the requests to /api/ by itself (API_REQUESTS_PER_MINUTE)."
    return [Info(message, hint=hint, id="exchange.I001")]
