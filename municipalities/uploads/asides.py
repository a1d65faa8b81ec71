"""What people have put on a sheet beside its cells: comments, text boxes, shapes with words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import chain

from .book import Asides
from .parsing import Listener, follow
from .relations import relations_of

_KINDS = ("/comments", "/threadedComment", "/drawing")
_PREFACE = re.compile(r"\[(?:Threaded comment|スレッド化されたコメント)\].*?(?:Comment|コメント):")
"""What Excel tells older programs before the words of a conversation."""
_ROOM = 8 * 2**20
"""Bytes of the parts that are read; one that does not fit in is passed over."""
_MOST = 1_000
"""Comments, or shapes, of a part; what comes after them is not read."""
_LONGEST = 1_000
"""Letters that are read of each."""


def asides_of(package: Mapping[str, bytes], sheets: Iterable[str]) -> dict[str, Asides]:
    """Return sheet (its part) → what has been put beside its cells. Raises Refused where a part
    that says it is broken."""
    leads_to = {
        sheet: [name for _id, name in relations_of(package, sheet, _KINDS) if name in package]
        for sheet in sheets
    }
    # Each part is read once, however many sheets lead to it.
    texts: dict[str, _Texts] = {}
    room = _ROOM
    for name in dict.fromkeys(chain.from_iterable(leads_to.values())):
        fits = len(package[name]) <= room
        room -= len(package[name]) if fits else 0
        texts[name] = _Texts()
        if fits:
            follow(package[name], texts[name])
    return {sheet: _together([texts[name] for name in names]) for sheet, names in leads_to.items()}


def _together(parts: list[_Texts]) -> Asides:
    # Beneath a conversation lies a comment for older programs, which repeats it.
    comments = {place: text for part in parts for place, text in part.comments.items()}
    threads = {place: text for part in parts for place, text in part.threads.items()}
    return Asides(comments | threads, tuple(text for part in parts for text in part.boxes))


class _Texts(Listener):
    """Collects the words of comments, of conversations and of shapes, without phonetic guides."""

    def __init__(self) -> None:
        self.comments: dict[str, str] = {}
        self.threads: dict[str, str] = {}
        self.boxes: dict[str, None] = {}
        self._place = ""
        self._words: list[str] = []
        self._length = 0
        self._is_open = self._is_guide = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        match name:
            case "comment" | "threadedComment":
                self._place, self._words, self._length = attributes.get("ref", ""), [], 0
            case "sp":
                self._words, self._length = [], 0
            case "p":
                self._words.append(" ")
            case "t" | "text":
                self._is_open = not self._is_guide
            case "rPh":
                self._is_guide = True

    def text(self, data: str) -> None:
        if self._is_open and self._length < _LONGEST:
            self._words.append(data[:_LONGEST])
            self._length += len(data)

    def end(self, name: str) -> None:
        match name:
            case "comment":
                self._keep(self.comments, _without_preface(self._said()))
            case "threadedComment":
                self._keep(self.threads, self._said())
            case "sp":
                if (words := self._said()) and len(self.boxes) < _MOST:
                    self.boxes[words] = None
            case "t" | "text":
                self._is_open = False
            case "rPh":
                self._is_guide = False

    def _keep(self, found: dict[str, str], words: str) -> None:
        if words and (self._place in found or len(found) < _MOST):
            found[self._place] = f"{found.get(self._place, '')} {words}".strip()[:_LONGEST]

    def _said(self) -> str:
        return " ".join("".join(self._words).split())


def _without_preface(comment: str) -> str:
    preface = _PREFACE.match(comment)
    return comment[preface.end() :].strip() if preface else comment
