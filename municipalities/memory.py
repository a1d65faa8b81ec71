"""Work on many rows at once, without looking through them for garbage while they grow."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_garbage_collection() -> Iterator[None]:
    """All rows live until the work is done. To look through those of a large plan for garbage,
    again and again while they grow, would take as long as the work itself."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
