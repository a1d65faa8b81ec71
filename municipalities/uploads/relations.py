"""Which part of an xlsx leads to which."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping

from . import limits
from .parsing import elements


def relations_part(name: str) -> str:
    """Return the part that says where a part leads to; of the package itself for ""."""
    folder, base = posixpath.split(name)
    return posixpath.join(folder, "_rels", f"{base}.rels")


def relations_of(
    package: Mapping[str, bytes], source: str, kinds: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    """Yield (id, part) of what a part ("": the package) leads to, of these kinds (the ends of
    their types)."""
    folder = posixpath.dirname(source)
    xml = package.get(relations_part(source), b"<none/>")
    for one in elements(xml, "Relationship", most=limits.ROWS):  # one for each link of a sheet
        if one.get("Type", "").endswith(kinds):
            target = posixpath.normpath(posixpath.join("/", folder, one.get("Target", "")))
            yield one.get("Id", ""), target.lstrip("/")
