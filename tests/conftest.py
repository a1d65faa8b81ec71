"""Fixtures every test can use: the database, browser, office and cache underneath.

The people and plans of a test are made by the tests of their app.
"""

import zlib
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import override_settings
from hypothesis import settings as hypothesis_settings

from . import browser as browsers
from . import shipped
from .audit.site import trial_site
from .environment import WORKER
from .numbers import counted_again
from .services import REDIS_URL, answers, find_chromium, find_soffice, missing

# Properties hold on a slow machine too.
hypothesis_settings.register_profile("shirube", deadline=None)
hypothesis_settings.load_profile("shirube")


USES_DATABASE = {"db", "transactional_db", "django_db_setup", "live_server"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that `make test` runs on PostgreSQL where it answers, instead of SQLite: those
    that use the database, but not what Chromium and LibreOffice make of a page or a workbook."""
    for item in items:
        used = set(getattr(item, "fixturenames", ()))
        asks = item.get_closest_marker("django_db") or used & USES_DATABASE
        once = item.get_closest_marker("browser") or item.get_closest_marker("any_database")
        if asks and not (once or "soffice" in used):
            item.add_marker("postgresql")


@pytest.fixture(scope="session", autouse=True)
def settings_of_the_tests() -> Iterator[None]:
    """Serve static files without `collectstatic`, and hash passwords quickly."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(
        STORAGES=settings.STORAGES | {"staticfiles": plain},
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    ):
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Put a SQLite test database in a file: WAL, and a connection per thread, as in service.

    On PostgreSQL its name carries checkout and process, so several can be tested at once.
    """
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        database["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")
    else:
        checkout = zlib.crc32(str(settings.BASE_DIR).encode())
        database["TEST"] |= {
            "NAME": f"test_shirube_{checkout:08x}_{WORKER}",
            # A server set up without a locale would count bytes instead of characters.
            "CHARSET": "UTF8",
            "TEMPLATE": "template0",
        }


@pytest.fixture(scope="module", autouse=True)
def numbers_of_a_module() -> Iterator[None]:
    """Number the rows of each module from 1, whichever modules were tested before it."""
    with counted_again(1):
        yield


@pytest.fixture(autouse=True)
def numbers_of_a_test(numbers_of_a_module: None) -> Iterator[None]:
    """Number the rows of each test from behind those that its module shares."""
    with counted_again():
        yield


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    """Start every test with an empty cache."""
    cache.clear()


@pytest.fixture
def loaded_plans(db: None) -> None:
    """The plans of fixtures/ in the database of the test (of `live_server` too, if used)."""
    shipped.load()


@pytest.fixture(scope="session")
def chromium() -> Iterator[browsers.Browser]:
    """The browser, started once; needs `@pytest.mark.browser`."""
    path = find_chromium()
    if path is None:
        missing("Chromium")
    # The driver runs an event loop in this thread, in which Django would refuse its database.
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        with browsers.launch(path) as browser:
            yield browser


@pytest.fixture
def page(chromium: browsers.Browser) -> Iterator[browsers.Page]:
    """A page of a fresh browser context: no cookies, the width of a desktop."""
    with browsers.new_page(chromium) as page:
        yield page


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running trial, as `make run` starts it, with every plan loaded."""
    with trial_site(tmp_path_factory.mktemp("site")) as address:
        yield address


@pytest.fixture(scope="session")
def soffice() -> str:
    """The path of LibreOffice."""
    return find_soffice() or missing("LibreOffice")


@pytest.fixture
def redis_cache() -> Iterator[None]:
    """The cache is Redis during the test, even where the others use the local one."""
    if not answers(REDIS_URL):
        missing("Redis")
    backend = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    with override_settings(CACHES={"default": backend}):
        cache.clear()
        yield
        cache.clear()
