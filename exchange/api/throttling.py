"""How often one address may ask."""

from __future__ import annotations

from typing import Any

from rest_framework.throttling import AnonRateThrottle

from municipalities.signing_in import client_address


class PerAddress(AnonRateThrottle):
    """Counts in the cache, by the address that signing in counts by; unknown ones count as one."""

    scope = "address"

    def get_ident(self, request: Any) -> str:
        return client_address(request) or "unknown"
