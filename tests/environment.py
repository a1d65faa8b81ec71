"""The environment of the tests, set before the settings are read (`-p tests.environment`).

Only TEST_DATABASE_URL and TEST_CACHE_URL are looked at (empty: SQLite and the local cache), so a
DATABASE_URL of the shell never reaches a test. Of several processes each has its own Redis
database: a test begins by emptying its cache.
"""

import os
from urllib.parse import urlsplit

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0")  # gw0, gw1, …


def cache_url(url: str) -> str:
    """Return the address of this process's own database of that Redis; "" stays."""
    parts = urlsplit(url)
    own = (int(parts.path.lstrip("/") or 0) - int(WORKER.removeprefix("gw"))) % 16
    return parts._replace(path=f"/{own}").geturl() if url else ""


os.environ["TEST_CACHE_URL"] = cache_url(os.environ.get("TEST_CACHE_URL", ""))
os.environ.update(
    SECRET_KEY="only-for-the-tests",
    DEBUG="0",
    ALLOWED_HOSTS="localhost,127.0.0.1",
    SECURE_COOKIES="0",
    DATABASE_URL=os.environ.get("TEST_DATABASE_URL", ""),
    CACHE_URL=os.environ.get("TEST_CACHE_URL", ""),
)
for name in (
    "API_REQUESTS_PER_MINUTE",
    "BEHIND_PROXY",
    "CSRF_TRUSTED_ORIGINS",
    "DEFAULT_FROM_EMAIL",
    "EMAIL_HOST",
    "EMAIL_PASSWORD",
    "EMAIL_PORT",
    "EMAIL_USER",
    "EMAIL_USE_TLS",
    "LOG_LEVEL",
    "PROXY_COUNT",
    "SECURE_HSTS_SECONDS",
    "SECURE_SSL_REDIRECT",
    "SESSION_IDLE_MINUTES",
    "SIGN_IN_FAILURES",
    "SIGN_IN_WAIT_MINUTES",
    "SITE_URL",
    "STATIC_ROOT",
):
    os.environ.pop(name, None)
