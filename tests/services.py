"""What the tests can use on this machine: Chromium, LibreOffice, PostgreSQL, Redis.

Where one is missing its tests are skipped; with REQUIRE_SERVICES=1 (CI) they fail.
`python -m tests.services <url>` exits 0 when that PostgreSQL or Redis answers.
"""

import os
import shutil
import sys
from typing import NoReturn

import pytest

REDIS_URL = os.environ.get("TEST_CACHE_URL") or "redis://127.0.0.1:6379/15"


def required() -> bool:
    """Return whether a missing service is a failure."""
    return os.environ.get("REQUIRE_SERVICES", "") not in {"", "0"}


def missing(what: str) -> NoReturn:
    """Skip the running test because `what` is missing, or fail it where that is compulsory."""
    if required():
        pytest.fail(f"{what} is missing and REQUIRE_SERVICES is set")
    pytest.skip(f"{what} is missing")


def find_chromium() -> str | None:
    """Return the path of an installed Chromium or Chrome, or None."""
    names = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)


def find_soffice() -> str | None:
    """Return the path of an installed LibreOffice, or None."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def answers(url: str) -> bool:
    """Return whether the PostgreSQL or Redis at `url` can be used."""
    if not url:
        return False
    if url.startswith("redis"):
        import redis

        try:
            return bool(redis.Redis.from_url(url, socket_connect_timeout=3).ping())
        except redis.RedisError:
            return False
    import psycopg2

    try:
        psycopg2.connect(url, connect_timeout=3).close()
    except psycopg2.Error:
        return False
    return True


if __name__ == "__main__":
    sys.exit(not answers(sys.argv[1]))
