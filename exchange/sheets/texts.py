"""Text in the cells of a workbook: what may stand there, and how much room it takes.

Widths are counted in half-width characters: あ is 2, a is 1. Where lines break, a counts for more:
fonts that stand in for ours draw it wider.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

LONGEST = 32_767
"""Characters of one cell; Excel calls a file with more broken."""
CUT = "…（長いため以下省略）"
SHEET_NAME_LONGEST = 31

# What XML cannot hold, and halves of surrogate pairs.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
# Excel reads _x0041_ as A; the first underscore is written as a code itself.
_CODE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\\t\n]")
_FULL_WIDTH = str.maketrans("[]:*?/\\", "［］：＊？／＼")
_TOKEN = re.compile(r"[!-~]+|.", re.DOTALL)
_NOT_LAST = frozenset("（［｛「『【〔〈《(")
# What a line does not begin with; the character before it comes along.
_NOT_FIRST = frozenset(
    "、。，．・：；？！）］｝」』】〕〉》ー～…々ぁぃぅぇぉっゃゅょァィゥェォッャュョ％"
)


def legal(text: str) -> str:
    """Return a text with line feeds only and nothing illegal, as it is measured and cut."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _ILLEGAL.sub("", text)


def clean(text: str) -> str:
    """Return a text as a cell can hold it: legal, nothing that is read as a code, not too long.
    To be done once: what it has written would be taken for a text again."""
    text = legal(text)
    if "_x" in text:
        text = _CODE.sub("_x005F_", text)
    # Excel counts UTF-16 units.
    if len(text) > LONGEST // 2 and _units(text) > LONGEST:
        text = _first_units(text, LONGEST - len(CUT)) + CUT
    return text


def _units(text: str) -> int:
    return len(text) + sum(character > "\uffff" for character in text)


def _first_units(text: str, limit: int) -> str:
    encoded = text.encode("utf-16-le")[: 2 * limit]
    return encoded.decode("utf-16-le", errors="ignore")


def width(text: str) -> int:
    """Return the width of a text in one line."""
    if text.isascii():
        return len(text)
    return sum(map(_width_of, text))


@lru_cache(maxsize=8192)
def _width_of(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WFA" else 1


def _breadth(text: str) -> int:
    """Return the width of a text in hundredths, as wide as it may be drawn."""
    total = width(text)
    narrow = sum(map(str.isascii, text)) if total < 2 * len(text) else 0
    return 100 * total + _WIDER * narrow


_WIDER = 30


@lru_cache(maxsize=4096)
def lines(text: str, room: int) -> tuple[str, ...]:
    """Return the lines a text breaks into where a line has `room`; never none."""
    room = max(room, 2)
    found: list[str] = []
    for paragraph in text.split("\n"):
        if _breadth(paragraph) <= 100 * room:
            found.append(paragraph)
        else:
            found.extend(_broken(paragraph, room))
    return tuple(found)


def _broken(paragraph: str, room: int) -> Iterator[str]:
    """Yield the lines of a paragraph: words of letters stay whole where they fit."""
    line, used, most = "", 0, 100 * room
    for token in _tokens(paragraph, most):
        size = _breadth(token)
        if used and used + size > most:
            taken = ""
            while _is_torn(line, taken or token) and _breadth(line[-1] + taken) + size <= most:
                line, taken = line[:-1], line[-1] + taken
            yield line
            line, used = taken, _breadth(taken)
        line += token
        used += size
    yield line


def _is_torn(line: str, following: str) -> bool:
    """Whether a line may not end before what follows it."""
    return len(line) > 1 and (following[0] in _NOT_FIRST or line[-1] in _NOT_LAST)


def _tokens(paragraph: str, most: int) -> Iterator[str]:
    longest = max(1, most // (100 + _WIDER))
    for token in _TOKEN.findall(paragraph):
        yield from (token[at : at + longest] for at in range(0, len(token), longest))


def pieces(text: str, room: int, most_lines: int) -> list[str]:
    """Return a text in parts of at most `most_lines` lines, for a row each: Excel shows no row
    higher than 409 points."""
    found = lines(text, room)
    if len(found) <= most_lines:
        return [text]
    parts, rest = [], list(found)
    whole = text
    while len(rest) > most_lines:
        size = 0
        for line in rest[:most_lines]:
            size += len(line)
            if whole[size : size + 1] == "\n":
                size += 1
        parts.append(whole[:size].removesuffix("\n"))
        whole, rest = whole[size:], rest[most_lines:]
    return [*parts, whole] if whole else parts


def header_text(text: str) -> str:
    """Return a text for the header of a page, where & begins a code."""
    return _CODE.sub("_x005F_", _ILLEGAL.sub("", " ".join(text.split()))).replace("&", "&&")


def sheet_name(wanted: str, taken: Iterable[str]) -> str:
    """Return a name Excel takes for a sheet beside those `taken`, as near `wanted` as can be."""
    name = _ILLEGAL.sub("", wanted).translate(_FULL_WIDTH)
    name = _NOT_IN_SHEET_NAMES.sub(" ", name).strip().strip("'")
    name = _shortened(name or "シート", "")
    used = {other.casefold() for other in taken} | {"history"}
    candidate, number = name, 1
    while candidate.casefold() in used:
        number += 1
        candidate = _shortened(name, f"({number})")
    return candidate


def _shortened(name: str, ending: str) -> str:
    return _first_units(name, SHEET_NAME_LONGEST - len(ending)).rstrip(" '") + ending
