"""Words of the glossary in running text: where they stand, and the mark at their first use.

Nothing here reads the database. A word is found in full and half width alike; where several
words begin at one place, the longest counts, and nothing is found inside it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Term:
    """A word to look for. `key` names it on the page; with a `scope` it is looked for only in
    texts of that scope, without one (None) in every text."""

    key: int
    word: str
    scope: Hashable = None


class Terms:
    """The words of one page: marks each at its first use, and remembers what the page needs.

    `seen` holds the keys of the words that stand somewhere on the page, `marked` those that bear
    a mark and so need an explanation with the id `anchor(key)`.
    """

    def __init__(self, terms: Iterable[Term]) -> None:
        usable = (term for term in terms if term.word.strip())
        # Longest first; of two equal words the one that belongs to the place.
        self._terms = sorted(usable, key=lambda term: (-len(_fold(term.word)), term.scope is None))
        self._patterns: dict[Hashable, tuple[re.Pattern[str] | None, list[Term]]] = {}
        self.seen: set[int] = set()
        self.marked: set[int] = set()

    def mark(self, text: str, scope: Hashable = None) -> SafeString:
        """Return `text` escaped, with the mark of each word that has not been marked before."""
        parts, end = [], 0
        for term, start, stop in self._found(text, scope):
            self.seen.add(term.key)
            if term.key not in self.marked:
                self.marked.add(term.key)
                parts += [escape(text[end:start]), _marked(term, text[start:stop])]
                end = stop
        return SafeString("".join([*parts, escape(text[end:])]))

    def see(self, text: str, scope: Hashable = None) -> None:
        """Remember the words of a text that must not be marked, such as a heading."""
        self.seen |= self.keys(text, scope)

    def keys(self, text: str, scope: Hashable = None) -> set[int]:
        """Return the keys of the words in a text, remembering nothing."""
        return {term.key for term, _start, _stop in self._found(text, scope)}

    def _found(self, text: str, scope: Hashable) -> Iterator[tuple[Term, int, int]]:
        pattern, terms = self._pattern(scope)
        if pattern is not None:
            for match in pattern.finditer(text):
                yield terms[(match.lastindex or 1) - 1], *match.span()

    def _pattern(self, scope: Hashable) -> tuple[re.Pattern[str] | None, list[Term]]:
        if scope not in self._patterns:
            terms = [term for term in self._terms if term.scope in {None, scope}]
            words = "|".join(f"({_expression(term.word)})" for term in terms)
            self._patterns[scope] = (re.compile(words) if terms else None, terms)
        return self._patterns[scope]


def anchor(key: int) -> str:
    """Return the id of a word's explanation."""
    return f"term-{key}"


def _marked(term: Term, words: str) -> SafeString:
    """Return the words with a button behind them that shows their explanation.

    The words stay text, because readers' tools drop buttons from a sentence; as the button's
    label they open the explanation too.
    """
    return format_html(
        '<label class="term">{}<button type="button" class="term-mark" popovertarget="{}"'
        ' aria-label="{}">＊</button></label>',
        words,
        anchor(term.key),
        _("「%(term)s」の説明") % {"term": term.word},
    )


# --- Widths ------------------------------------------------------------------------------------

_SOUND_MARKS = "ﾞﾟ\u3099\u309a"
_LETTER = "[0-9A-Za-z０-９Ａ-Ｚａ-ｚÀ-ɏ]"


@cache
def _variants() -> dict[str, list[str]]:
    """Return character → how else it is written: A → Ａ, ド → ﾄﾞ."""
    found: dict[str, list[str]] = {" ": ["\u3000"]}
    halves = [chr(code) for code in range(0xFF01, 0xFFE7)]
    for written in [*halves, *(kana + mark for kana in halves for mark in "ﾞﾟ")]:
        plain = unicodedata.normalize("NFKC", written)
        if len(plain) == 1:
            found.setdefault(plain, []).append(written)
    return found


@cache
def _plain() -> tuple[re.Pattern[str], dict[str, str]]:
    plain = {other: char for char, others in _variants().items() for other in others}
    longest_first = sorted(plain, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first))), plain


def _fold(word: str) -> str:
    pattern, plain = _plain()
    return pattern.sub(lambda match: plain[match[0]], word.strip())


def _expression(word: str) -> str:
    """Return the expression of a word in any width; a Latin letter or digit at its end must not
    go on in the text (DV is not in DVD, but NPO is in NPO法人)."""
    folded = _fold(word)
    middle = "".join(
        f"(?:{'|'.join(map(re.escape, [char, *_variants().get(char, [])]))})" for char in folded
    )
    before = f"(?<!{_LETTER})" if re.match(_LETTER, folded) else ""
    after = f"(?!{_LETTER})" if re.match(_LETTER, folded[-1]) else ""
    return f"{before}{middle}{after}(?![{_SOUND_MARKS}])"
