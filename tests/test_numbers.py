"""Each test numbers its rows alike, whichever tests ran before it in the same process."""

import pytest

from .numbers import number

SHARED = 3


@pytest.fixture(scope="module")
def shared() -> list[int]:
    """What a module makes once for all of its tests."""
    return [number() for _ in range(SHARED)]


@pytest.mark.parametrize("time", ["first", "second"])
def test_a_test_counts_from_one(time: str) -> None:
    assert [number(), number()] == [1, 2]


@pytest.mark.parametrize("time", ["first", "second"])
def test_a_test_counts_from_behind_what_its_module_shares(shared: list[int], time: str) -> None:
    assert shared == [1, 2, 3]
    assert number() == SHARED + 1
