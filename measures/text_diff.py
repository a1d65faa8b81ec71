"""What changed between two wordings of one thing: pure, it knows texts only."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from diff_match_patch import diff_match_patch  # type: ignore[import-untyped]
from rapidfuzz.distance import LCSseq

SECONDS = 0.2
"""How long one comparison looks for the best answer; then it takes the best so far."""
LONGEST = 20_000
"""Characters of both texts together; longer ones are compared paragraph by paragraph."""
LEAST_SHARED = 0.5
"""Less of the shorter text than this found again: a new wording, not a changed one."""

# Numbers, Latin words and characters with the marks that belong to them change as a whole.
_TOKENS = re.compile(
    r"[0-9０-９]+(?:[.,．，][0-9０-９]+)*|[A-Za-zＡ-Ｚａ-ｚ]+|\r\n"
    r"|.[\u0300-\u036f\u3099\u309a\ufe00-\ufe0f\U000e0100-\U000e01ef]*",
    re.DOTALL,
)
_PARAGRAPHS = re.compile(r"[^\n]*\n|[^\n]+")
_SPARE = range(0xF0000, 0x10FFFE)  # characters for private use, one for each longer token


@dataclass(frozen=True)
class Piece:
    text: str
    changed: bool


Side = tuple[Piece, ...]


@lru_cache(maxsize=2048)
def compare(new: str, old: str) -> tuple[Side, Side]:
    """Return both texts in pieces, each saying whether it stands only on its own side.

    The pieces of a side join to its text; those not changed join to the same text on both. Texts
    with too little in common are changed as a whole. An empty text has no pieces.
    """
    if new == old:
        return _plain(new), _plain(old)
    least = max(1.0, LEAST_SHARED * min(len(new), len(old)))
    anew = _plain(new, changed=True), _plain(old, changed=True)
    is_long = len(new) + len(old) > LONGEST
    if not is_long and LCSseq.similarity(new, old) < least:
        return anew  # a quick look spares the careful one
    steps = list(_steps(new, old, _PARAGRAPHS if is_long else _TOKENS))
    if sum(len(text) for step, text in steps if step == diff_match_patch.DIFF_EQUAL) < least:
        return anew
    return (
        _side(steps, diff_match_patch.DIFF_INSERT),
        _side(steps, diff_match_patch.DIFF_DELETE),
    )


def likeness(new: str, old: str) -> float:
    """Return how much of two texts is the same: 0.0 nothing, 1.0 all of both."""
    if new == old:
        return 1.0
    kept = sum(len(piece.text) for piece in compare(new, old)[0] if not piece.changed)
    return 2 * kept / (len(new) + len(old))


def _plain(text: str, *, changed: bool = False) -> Side:
    return (Piece(text, changed),) if text else ()


def _side(steps: Iterable[tuple[int, str]], own: int) -> Side:
    of_side = ((step, text) for step, text in steps if step in (own, diff_match_patch.DIFF_EQUAL))
    return tuple(
        Piece("".join(text for _step, text in run), step == own)
        for step, run in groupby(of_side, key=lambda pair: pair[0])
    )


def _steps(new: str, old: str, tokens: re.Pattern[str]) -> Iterator[tuple[int, str]]:
    """Yield what is the same, inserted or deleted on the way from old to new."""
    engine = diff_match_patch()
    engine.Diff_Timeout = SECONDS
    letters = _Letters(tokens, new + old)
    steps = engine.diff_main(letters.shorten(old), letters.shorten(new), checklines=False)
    engine.diff_cleanupSemantic(steps)
    for step, text in steps:
        yield step, letters.restore(text)


class _Letters:
    """Each longer token as one spare character, so that the engine never cuts it in two."""

    def __init__(self, tokens: re.Pattern[str], texts: str) -> None:
        taken = set(texts)
        self.tokens = tokens
        self.spare = (chr(number) for number in _SPARE if chr(number) not in taken)
        self.letters: dict[str, str] = {}

    def shorten(self, text: str) -> str:
        return self.tokens.sub(lambda found: self._letter(found[0]), text)

    def restore(self, text: str) -> str:
        words = {letter: token for token, letter in self.letters.items()}
        return "".join(words.get(letter, letter) for letter in text)

    def _letter(self, token: str) -> str:
        if len(token) == 1:
            return token
        if token not in self.letters:
            self.letters[token] = next(self.spare, token)  # none left: cut like any text
        return self.letters[token]
