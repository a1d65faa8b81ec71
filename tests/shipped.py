"""The plans of fixtures/ in the database of a test.

Loading them takes many seconds. It is done once in a process; afterwards the rows it left behind
are copied as the database gave them, numbers included.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from django.apps import apps
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, models, transaction

from municipalities.models import Municipality
from municipalities.natural_keys import keys_at_hand

SAMPLE_TOWN = ("rating_schemes", "mihon", "mihon_mirai")
OURS = ("municipalities", "plans", "measures", "indicators", "rounds", "exchange")
Rows = dict[str, tuple[list[str], list[tuple[object, ...]]]]  # table → its columns, its rows
_loaded: dict[tuple[str, ...], Rows] = {}


def load(*fixtures: str) -> None:
    """Load `fixtures`, or what `load_plans` loads where none is named, into an empty database."""
    if fixtures in _loaded:
        assert not Municipality.objects.exists()
        _write(_loaded[fixtures])
        return
    if fixtures:
        with keys_at_hand():
            call_command("loaddata", *fixtures, verbosity=0)
    else:
        call_command("load_plans", verbosity=0)
    _loaded[fixtures] = rows()


@contextmanager
def loaded_for_module(blocker: object, *fixtures: str) -> Iterator[None]:
    """Have them loaded for a module: each test runs on a savepoint inside, and in the end all is
    rolled back. `blocker`: pytest-django's, opened here."""
    with blocker.unblock(), transaction.atomic():
        load(*fixtures)
        yield
        transaction.set_rollback(True)


@cache
def _models() -> list[type[models.Model]]:
    return [
        model
        for label in OURS
        for model in apps.get_app_config(label).get_models(include_auto_created=True)
        if not model._meta.proxy
    ]


def rows() -> Rows:
    """Return the rows of every table of ours that has any, in the order of their numbers."""
    found = {}
    with connection.cursor() as cursor:
        for model in _models():
            table = model._meta.db_table
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)} ORDER BY 1")  # noqa: S608
            if rows := cursor.fetchall():
                found[table] = ([column[0] for column in cursor.description], rows)
    return found


def _write(found: Rows) -> None:
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for table, (columns, rows) in found.items():
            names = ", ".join(map(quote, columns))
            line = "(" + ", ".join(["%s"] * len(columns)) + ")"
            # SQLite takes a limited number of values at once.
            size = max(1, 900 // len(columns))
            for start in range(0, len(rows), size):
                part = rows[start : start + size]
                cursor.execute(
                    f"INSERT INTO {quote(table)} ({names}) VALUES {', '.join([line] * len(part))}",  # noqa: S608
                    [value for row in part for value in row],
                )
        for sql in connection.ops.sequence_reset_sql(no_style(), _models()):
            cursor.execute(sql)
