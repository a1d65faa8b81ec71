"""Reading open data as somebody who downloads it: every file of a page, rows by heading or name."""

import csv
import json
import zipfile
from collections.abc import Iterator
from io import BytesIO, StringIO
from typing import Any

from django.test import Client

from exchange.open_data.tables import BY_NAME


def get(path: str) -> bytes:
    """Return what an anonymous reader gets."""
    response = Client().get(path)
    assert response.status_code == 200, path
    return response.content


def csv_rows(base: str, table: str) -> list[dict[str, str]]:
    """Return the rows of a CSV by heading."""
    text = get(f"{base}{table}.csv").decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text, newline="")))


def json_rows(base: str, table: str) -> list[dict[str, Any]]:
    """Return the rows of a JSON by name."""
    return json.loads(get(f"{base}{table}.json"))["rows"]


def unpacked(content: bytes) -> dict[str, bytes]:
    """Return path → content of a ZIP."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def everything(base: str) -> Iterator[tuple[str, bytes]]:
    """Yield (name, content) of the page, of each of its files, and of what is in its ZIP."""
    yield base, get(base)
    for name in BY_NAME:
        for kind in ("csv", "json"):
            yield f"{base}{name}.{kind}", get(f"{base}{name}.{kind}")
    yield from unpacked(get(f"{base}all.zip")).items()
