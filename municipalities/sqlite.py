"""SQLite takes as many values in one statement as it was built for; Django assumes 999."""

import sqlite3
from typing import Any

from django.db.backends.signals import connection_created
from django.dispatch import receiver


@receiver(connection_created)
def allow_large_statements(connection: Any, **kwargs: Any) -> None:
    """Let rows written together go in a few statements instead of one for forty rows."""
    if connection.vendor == "sqlite":
        limit = connection.connection.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER)
        connection.features.max_query_params = limit
