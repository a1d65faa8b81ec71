"""Where services are compulsory (CI), a missing one is a failure and not a silent skip."""

import os

import pytest

from .services import REDIS_URL, answers, find_chromium, find_soffice, required

pytestmark = [
    pytest.mark.skipif(not required(), reason="services are optional here"),
    pytest.mark.postgresql,
    pytest.mark.both_databases,
]


def test_chromium_and_libreoffice_are_installed() -> None:
    assert find_chromium()
    assert find_soffice()


def test_redis_answers() -> None:
    assert answers(REDIS_URL)


def test_the_cache_of_the_postgresql_run_is_redis() -> None:
    if os.environ.get("TEST_DATABASE_URL"):
        assert os.environ.get("TEST_CACHE_URL")


@pytest.mark.django_db
def test_the_database_is_the_one_asked_for() -> None:
    from django.db import connection

    asked_for = "postgresql" if os.environ.get("TEST_DATABASE_URL") else "sqlite"
    assert connection.vendor == asked_for
