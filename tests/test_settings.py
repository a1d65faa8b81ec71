"""The settings as an administrator meets them: by environment variables, in a fresh process."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PRODUCTION = {
    "SECRET_KEY": "x1-a.long.key:with-many_different/characters+of=every;kind,0123456789",
    "ALLOWED_HOSTS": "shirube.example",
}


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess:
    """Run manage.py with nothing but `environment` set."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PYTHONUTF8": "1"} | environment,
        capture_output=True,
        text=True,
    )


def ask(expression: str, **environment: str) -> object:
    """Return the value of a Python expression over `settings` and `connection`."""
    code = (
        "import json; from django.conf import settings; from django.db import connection; "
        f"print(json.dumps({expression}))"
    )
    answer = manage("shell", "--no-imports", "--command", code, **(PRODUCTION | environment))
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


def pragma(name: str, path: Path) -> object:
    """Return a SQLite setting as the application's own connections have it."""
    return ask(
        f"connection.cursor().execute('PRAGMA {name}').fetchone()[0]",
        DATABASE_URL=f"sqlite:///{path / 'db.sqlite3'}",
    )


def test_without_a_secret_key_it_refuses_to_start() -> None:
    answer = manage("check")
    assert answer.returncode != 0
    assert "SECRET_KEY is not set" in answer.stderr


def test_an_empty_secret_key_is_none() -> None:
    assert manage("check", SECRET_KEY="").returncode != 0


def test_debug_is_off_unless_asked_for() -> None:
    assert ask("settings.DEBUG") is False
    assert ask("settings.DEBUG", DEBUG="1") is True


def test_in_service_nothing_is_left_to_warn_about() -> None:
    answer = manage("check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert answer.returncode == 0, answer.stderr


@pytest.mark.parametrize(
    ("name", "expected"), [("foreign_keys", 1), ("journal_mode", "wal"), ("busy_timeout", 20_000)]
)
def test_sqlite_keeps_references_and_lets_writers_wait(
    tmp_path: Path, name: str, expected: object
) -> None:
    assert pragma(name, tmp_path) == expected


def test_postgresql_goes_through_psycopg2() -> None:
    url = "postgres://user:secret@db.example:5433/shirube"
    expression = "[connection.vendor, connection.Database.__name__, connection.settings_dict[%r]]"
    assert ask(expression % "PORT", DATABASE_URL=url) == ["postgresql", "psycopg2", 5433]


def test_postgresql_compiles_no_queries_unless_told_to() -> None:
    url = "postgres://user:secret@db.example/shirube"
    options = "connection.settings_dict['OPTIONS']"
    assert ask(options, DATABASE_URL=url) == {"options": "-c jit=off"}
    given = ask(options, DATABASE_URL=f"{url}?sslmode=require&options=-c%20jit%3Don")
    assert given == {"sslmode": "require", "options": "-c jit=on"}


def test_the_cache_is_local_unless_redis_is_given() -> None:
    backend = "settings.CACHES['default']['BACKEND'].rpartition('.')[2]"
    assert ask(backend) == "LocMemCache"
    assert ask(backend, CACHE_URL="redis://cache.example/0") == "RedisCache"


def test_an_administrator_learns_where_requests_are_counted() -> None:
    told = "Each process counts the requests to /api/ by itself"
    assert told in manage("check", "--deploy", **PRODUCTION).stderr
    redis = {"CACHE_URL": "redis://cache.example/0"}
    assert told not in manage("check", "--deploy", **PRODUCTION, **redis).stderr


def test_lists_are_separated_by_commas() -> None:
    hosts = ask("settings.ALLOWED_HOSTS", ALLOWED_HOSTS="a.example, b.example,")
    assert hosts == ["a.example", "b.example"]


def test_japanese_and_tokyo() -> None:
    assert ask("[settings.LANGUAGE_CODE, settings.TIME_ZONE]") == ["ja", "Asia/Tokyo"]


def test_every_static_file_that_is_named_exists(tmp_path: Path) -> None:
    answer = manage(
        "collectstatic", "--noinput", STATIC_ROOT=str(tmp_path / "static"), **PRODUCTION
    )
    assert answer.returncode == 0, answer.stderr
    assert not (tmp_path / "static/rest_framework").exists()
    # A script loads others of its own release, not what a browser may have kept of an older one.
    scripts = (tmp_path / "static/js/entry").glob("*.????????????.js")
    loaded = [
        name for script in scripts for name in re.findall(r'from "(\./.+?)"', script.read_text())
    ]
    assert loaded
    assert [name for name in loaded if not re.fullmatch(r"\./\w+\.[0-9a-f]{12}\.js", name)] == []
