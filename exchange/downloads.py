"""Files as a browser keeps them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from exchange.sheets.book import XLSX

ZIP = "application/zip"
LONGEST_NAME = 120
# What a file system refuses, and what turns the direction of writing so that a name lies.
_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]')


@dataclass(frozen=True)
class File:
    name: str
    content: bytes
    media_type: str = XLSX


def file_name(parts: Iterable[object], ending: str = "xlsx") -> str:
    """Return みほん市_みらい計画.xlsx: a name any system keeps, whatever the parts say."""
    words = (_NOT_IN_NAMES.sub(" ", str(part)) for part in parts)
    name = "_".join(" ".join(word.split()).strip(" .") for word in words)
    return f"{name[:LONGEST_NAME].strip(' .') or 'shirube'}.{ending}"


def free_name(name: str, used: set[str]) -> str:
    """Return the name, with a number where it is among those `used`, and add it to them."""
    stem, _dot, ending = name.rpartition(".")
    candidate, number = name, 1
    while candidate.casefold() in used:
        number += 1
        candidate = f"{stem}({number}).{ending}"
    used.add(candidate.casefold())
    return candidate


def sent(file: File) -> HttpResponse:
    """Return a file that is saved under its name and not opened in the browser."""
    return HttpResponse(
        file.content,
        content_type=file.media_type,
        headers={
            "Content-Disposition": content_disposition_header(True, file.name),
            "X-Content-Type-Options": "nosniff",
        },
    )
