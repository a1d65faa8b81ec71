"""A table as CSV and as JSON, and files together as ZIP.

The same records make the same bytes.
"""

from __future__ import annotations

import csv
import json
import re
import zipfile
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

from django.utils import timezone

from municipalities.cells import neutral, plain

from .table import Column, Record, Value

BOM = "\ufeff"
_HALF_CHARACTERS = re.compile("[\ud800-\udfff]")
FIRST_ZIP_YEAR = 1980


def encoded(text: str) -> bytes:
    """Return UTF-8; a half of a character, which UTF-8 cannot hold, becomes U+FFFD."""
    return _whole(text).encode()


def _whole(text: str) -> str:
    return _HALF_CHARACTERS.sub("\ufffd", text)


# --- CSV ----------------------------------------------------------------------------------------


def as_csv(columns: Iterable[Column], records: Iterable[Record]) -> bytes:
    """Return a header and one line a record, as spreadsheets open it: BOM, CRLF (RFC 4180)."""
    out = StringIO()
    out.write(BOM)
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(str(column.label) for column in columns)
    writer.writerows([_csv_cell(value) for value in record] for record in records)
    return encoded(out.getvalue())


def _csv_cell(value: Value) -> str:
    """Return the text of a cell; no spreadsheet takes it for a formula."""
    match value:
        case str():
            return neutral(value)
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case list():
            return neutral("\n".join(value))
        case datetime() | date():
            return _moment(value)
    return neutral(value)


def _moment(value: date | datetime) -> str:
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(timespec="seconds")
    return value.isoformat()


# --- JSON ---------------------------------------------------------------------------------------


def as_json(head: Mapping[str, Any], columns: Iterable[Column], records: Iterable[Record]) -> bytes:
    """Return `head` and the rows as objects, one a line; null where nothing is stated."""
    names = [column.name for column in columns]
    parts = [f"{_json(name)}: {_json(value)}" for name, value in head.items()]
    rows = ",\n".join(
        _json(dict(zip(names, map(json_value, record), strict=True))) for record in records
    )
    parts.append(f'"rows": [\n{rows}\n]' if rows else '"rows": []')
    return encoded("{\n" + ",\n".join(parts) + "\n}\n")


def json_value(value: Value) -> Any:
    """Return what JSON holds of a value: numbers as text, so that their decimals stay; None where
    nothing is stated."""
    match value:
        case "":
            return None
        case str():
            return _whole(value)
        case list():
            return [_whole(each) for each in value]
        case Decimal():
            return plain(value)
        case datetime() | date():
            return _moment(value)
    return value


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


# --- ZIP ----------------------------------------------------------------------------------------


def as_zip(files: Iterable[tuple[str, bytes]], moment: datetime) -> bytes:
    """Return the files (path, content) packed; all bear `moment`, so that they pack the same."""
    local = timezone.localtime(moment)
    stamp = (max(local.year, FIRST_ZIP_YEAR), *local.timetuple()[1:6])
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path, content in files:
            entry = zipfile.ZipInfo(path, stamp)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # names and rights as on Unix, whatever machine packs
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return out.getvalue()
