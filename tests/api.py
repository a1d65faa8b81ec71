"""Reading the API as somebody elsewhere does: without an account, page by page."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from exchange.api.throttling import PerAddress

V1 = "/api/v1/"


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has to wait."""
    monkeypatch.setattr(PerAddress, "allow_request", lambda *_args: True)


def read(path: str, status: int = 200, **headers: str) -> Any:
    """Return the JSON an anonymous reader gets."""
    answer = Client().get(path, headers=headers)
    assert answer.status_code == status, (path, answer.content.decode())
    assert answer.headers["Content-Type"] == "application/json", path
    return answer.json()


def pages_of(path: str) -> Iterator[dict[str, Any]]:
    """Yield a list page by page, going along by the links."""
    following = path
    while following:
        page = read(following)
        yield page
        following = page["next"]


def rows_of(path: str) -> list[dict[str, Any]]:
    """Return all rows of a list."""
    return [row for page in pages_of(path) for row in page["results"]]
