"""Workbooks as a browser keeps them."""

from __future__ import annotations

import re
from io import BytesIO

from django.http import FileResponse

from exchange.sheets.book import XLSX

_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]+')
LONGEST_NAME = 100


def file_name(*parts: object) -> str:
    """Return みほん市_みらい計画.xlsx: a name any system keeps, whatever the parts say."""
    words = (" ".join(_NOT_IN_NAMES.sub(" ", str(part)).split()) for part in parts)
    return f"{'_'.join(words)[:LONGEST_NAME].strip(' .') or 'shirube'}.xlsx"


def workbook_response(content: bytes, name: str) -> FileResponse:
    """Return a workbook that is saved under `name` and not opened in the browser."""
    return FileResponse(BytesIO(content), as_attachment=True, filename=name, content_type=XLSX)
