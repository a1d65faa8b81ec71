"""Flat tables as files: what an export says, and tables to import."""

import csv
from io import BytesIO, StringIO
from typing import Any

from openpyxl import Workbook

from municipalities.flat.formats import Csv, Xlsx, table_of
from municipalities.flat.importing import Outcome
from municipalities.flat.resource import FlatResource
from municipalities.models import User
from municipalities.uploads import read

FORMATS = {"xlsx": Xlsx, "csv": Csv}


def exported(resource: type[FlatResource], user: User, kind: str = "xlsx") -> bytes:
    """Return what a person exports of a table."""
    rows = resource.model._default_manager.visible_to(user).order_by("pk")
    return FORMATS[kind]().export_data(resource().export(rows))


def imported(
    resource: type[FlatResource], user: User, content: bytes, *, save: bool = True, **more: Any
) -> Outcome:
    """Import a file, of the kind its content is."""
    name = "a.xlsx" if content.startswith(b"PK") else "a.csv"
    table = table_of(read(content, name))
    return resource().import_data(table, dry_run=not save, user=user, **more)


def as_csv(*rows: list[Any]) -> bytes:
    file = StringIO()
    csv.writer(file).writerows(rows)
    return file.getvalue().encode()


def as_xlsx(*rows: list[Any]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def said(outcome: Outcome) -> list[tuple[str, str, str]]:
    """Return the complaints as (place, found, message)."""
    return [(one.place, one.found, one.message) for one in outcome.complaints]
