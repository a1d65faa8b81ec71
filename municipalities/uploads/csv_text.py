"""Reading a CSV: UTF-8 or Shift_JIS, separated by commas or tabs; every cell stays text."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from io import StringIO

from django.utils.translation import gettext as _

from . import limits
from .book import Book, Cell, Refused, Sheet
from .book import text as as_cell
from .extent import too_many_cells

ENCODINGS = ("utf-8-sig", "cp932")
_BINARY = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# A record may span lines, but not be long without end.
_RECORD = 100 * limits.COLUMNS


def read_csv(content: bytes) -> Book:
    """Return one sheet of texts; Refused where the text or the table cannot be told."""
    text, _encoding = decoded(content)
    rows = list(_records(text, delimiter(text)))
    width = max(map(len, rows), default=0)
    if width * len(rows) > limits.CELLS:
        raise too_many_cells()
    padded: list[list[Cell]] = [[*map(as_cell, row), *[None] * (width - len(row))] for row in rows]
    return Book((Sheet("", padded),), "csv")


def decoded(content: bytes) -> tuple[str, str]:
    """Return the text and its encoding."""
    for encoding in ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError as error:
            place = content.count(b"\n", 0, error.start) + 1
            continue
        if _BINARY.search(text):
            raise Refused(
                _(
                    "文字ではないデータを含むため、CSVとして読み取れません。"
                    "Excelで開ける場合は「Excelブック (.xlsx)」で保存し直してください。"
                )
            )
        return text, encoding
    raise Refused(
        _(
            "文字コードがUTF-8でもShift_JIS（CP932）でもありません（%(line)d行目）。"
            "「CSV UTF-8（コンマ区切り）(.csv)」の形式で保存し直してください。"
        )
        % {"line": place}
    )


def delimiter(text: str) -> str:
    """Return the tab where the first line has one and no comma, else the comma."""
    first = text.partition("\n")[0]
    return "\t" if "\t" in first and "," not in first else ","


def _records(text: str, separator: str) -> Iterator[list[str]]:
    """Yield the records as they stand, the empty ones too."""
    open_separators = 0

    def lines() -> Iterator[str]:
        nonlocal open_separators
        for line in StringIO(text, newline=""):
            open_separators += line.count(separator)
            if open_separators > _RECORD:
                raise _too_wide()
            yield line

    reader = csv.reader(lines(), delimiter=separator, strict=True)
    try:
        for number, record in enumerate(reader, start=1):
            open_separators = 0
            if number > limits.ROWS:
                raise too_many_cells()
            if len(record) > limits.COLUMNS:
                raise _too_wide()
            yield record
    except csv.Error as error:
        raise Refused(
            _(
                '%(line)d行目をCSVとして読み取れません。引用符（"）が閉じているか、'
                "1つのセルの文字数が多すぎないか確認してください。"
            )
            % {"line": reader.line_num}
        ) from error


def _too_wide() -> Refused:
    return Refused(
        _("列が多すぎます。%(limit)s列まで読み取れます。区切り文字を確認してください。")
        % {"limit": f"{limits.COLUMNS:,}"}
    )
