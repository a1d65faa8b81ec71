"""What the number formats of a workbook show: a ratio as percent, a day as the year of its era."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from .parsing import parse

_PRINTED = re.compile(r'"[^"]*"|\\.')
"""What a format prints as it stands: a quoted or escaped % multiplies nothing."""
_CONDITION = re.compile(r"\[[^\]]*\]")
_CODE = re.compile(rb"""(<[^<>]*\sformatCode\s*=\s*)("[^"]*"|'[^']*')""")
_NUMBER = re.compile("[0#?@]|General|G/", re.IGNORECASE)
_ERA_OR_WEEKDAY = re.compile("[egr]|aaa", re.IGNORECASE)


def percent_styles(xml: bytes) -> Iterator[str]:
    """Yield the numbers of the styles that show a ratio as percent, where this part has styles."""
    if b"cellXfs" not in xml:
        return
    styles = _Styles()
    for _chunk in parse(xml, StartElementHandler=styles.start, EndElementHandler=styles.end):
        pass
    for number, code in enumerate(styles.used):
        if code in styles.percents:
            yield str(number)


class _Styles:
    """Collects the number formats that show percent, and which of them each style uses."""

    def __init__(self) -> None:
        self.percents = {"9", "10"}  # Excel's own: 0% and 0.00%
        self.used: list[str] = []
        self._inside = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        match name.rpartition(":")[2]:
            case "numFmt" if "%" in _PRINTED.sub("", attributes.get("formatCode", "")):
                self.percents.add(attributes.get("numFmtId", ""))
            case "cellXfs":
                self._inside = True
            case "xf" if self._inside:
                self.used.append(attributes.get("numFmtId", ""))

    def end(self, name: str) -> None:
        if name.rpartition(":")[2] == "cellXfs":
            self._inside = False


def with_plain_years(xml: bytes) -> bytes:
    """Return styles that show a year where they showed a day as no more than the year of its era
    (令和6年度) or the day of its week: calamine takes these formats for numbers."""
    return _CODE.sub(_plain, xml)


def _plain(found: re.Match[bytes]) -> bytes:
    code = _CONDITION.sub("", _PRINTED.sub("", unescape(found[2][1:-1].decode("utf-8", "replace"))))
    is_day = not _NUMBER.search(code) and _ERA_OR_WEEKDAY.search(code)
    return found[1] + b'"yyyy"' if is_day else found[0]
