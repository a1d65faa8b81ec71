"""Finding the old node a new one may come from: by similar titles, and by what people type.

Pure: it knows texts only. What is found is proposed; a person decides.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz, process

Key = tuple[str, int]
"""Level and id: what tells one node from all others."""
LEAST = 60
"""Percent from which on two titles are similar enough to be proposed."""
MOST = 3
"""How many old nodes are proposed for one new node."""


@dataclass(frozen=True)
class Similar:
    """An old node whose title is like the new one's; 100 percent says the same."""

    key: Key
    percent: int


def folded(text: str) -> str:
    """Return the letters and digits of a text in one width and case: １-1　Ａ is 11a."""
    return "".join(
        letter for letter in unicodedata.normalize("NFKC", text).casefold() if letter.isalnum()
    )


def similar(
    new: Mapping[Key, str], old: Mapping[Key, str], linked: Container[tuple[Key, Key]] = ()
) -> dict[Key, list[Similar]]:
    """Return new node → the old ones with similar titles, the most similar first, those of its own
    level before others; `linked` pairs (new, old) are left out. Takes node → title; a node without
    title is like no other."""
    choices = {key: title for key, text in old.items() if (title := folded(text))}
    order = {key: number for number, key in enumerate(choices)}
    found: dict[Key, list[Similar]] = {}
    for key, text in new.items():
        title = folded(text)
        if not title:
            continue
        hits = process.extract(title, choices, scorer=fuzz.ratio, score_cutoff=LEAST, limit=None)
        alike = [Similar(other, int(score)) for _title, score, other in hits]
        alike = [each for each in alike if (key, each.key) not in linked]
        alike.sort(key=lambda each: (-each.percent, each.key[0] != key[0], order[each.key]))
        found[key] = alike[:MOST]
    return found


class Directory:
    """Nodes by what people type: the words under which they are listed, or their code alone.

    Takes (node, code, words); the words of two nodes differ in more than width and signs.
    """

    def __init__(self, nodes: Iterable[tuple[Key, str, str]]) -> None:
        self._by_words: dict[str, list[Key]] = defaultdict(list)
        self._by_code: dict[str, list[Key]] = defaultdict(list)
        for key, code, words in nodes:
            self._by_words[_squeezed(words)].append(key)
            self._by_code[_squeezed(code)].append(key)

    def find(self, typed: str) -> list[Key]:
        """Return the nodes that `typed` may mean: none, the one, or several to choose from."""
        text = _squeezed(typed)
        return list(self._by_words.get(text) or self._by_code.get(text) or ())


def _squeezed(text: str) -> str:
    """Keep the signs, which tell 1-11 from 11-1; widths and spaces tell nothing."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
