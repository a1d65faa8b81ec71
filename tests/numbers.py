"""The numbers that tell the rows of a test apart, the same in every run.

Towns, sections and plans are listed by their numbers. Were they counted through a whole run, a test
that passes alone would fail where the count passes from 999 to 1000 between two of its rows.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

_numbers = count(1)


def number() -> int:
    """Return a number no other row of the test has."""
    return next(_numbers)


@contextmanager
def counted_again(start: int | None = None) -> Iterator[None]:
    """Count from `start` (None: from where the count stands), and afterwards from there again."""
    global _numbers
    first = number() if start is None else start
    _numbers = count(first)
    yield
    _numbers = count(first)
