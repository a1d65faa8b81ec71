"""What `manage.py evaluate` says, in each of its formats."""

import csv
import json
from io import StringIO
from typing import Any

from django.core.management import call_command


def evaluate(*arguments: str, **options: Any) -> str:
    """Return what the command prints."""
    out = StringIO()
    call_command("evaluate", *arguments, stdout=out, **options)
    return out.getvalue()


def document(*arguments: str, **options: Any) -> dict[str, Any]:
    """Return the JSON."""
    return json.loads(evaluate(*arguments, format="json", **options))


def by_code(*arguments: str, **options: Any) -> dict[str, dict[str, Any]]:
    """Return code → indicator of the JSON."""
    found = document(*arguments, **options)["indicators"]
    return {indicator["code"]: indicator for indicator in found}


def lines_of(*arguments: str, **options: Any) -> list[dict[str, str]]:
    """Return the lines of the CSV."""
    return list(csv.DictReader(StringIO(evaluate(*arguments, format="csv", **options))))
