"""Following the XML of a part as it comes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from xml.parsers import expat

from . import limits
from .package import broken

_END_OF_CELLS = re.compile(rb"</[^<>]*sheetData\s*>")
_CHUNK = 2**20


def parse(xml: bytes, **handlers: Callable[..., None]) -> Iterator[None]:
    """Hand the XML to the handlers; pause after every megabyte. Raises Refused where it is broken.
    What follows the cells of a sheet is only checked: newer rules of Excel have formulas there that
    are no cell's."""
    parser = expat.ParserCreate()
    for name, handler in handlers.items():
        setattr(parser, name, handler)
    end = max((match.end() for match in _END_OF_CELLS.finditer(xml)), default=len(xml))
    try:
        for start in range(0, end, _CHUNK):
            parser.Parse(xml[start : min(start + _CHUNK, end)], False)
            yield
        for name in handlers:
            setattr(parser, name, None)
        parser.Parse(xml[end:], True)
    except expat.ExpatError as error:
        raise broken() from error


class Listener:
    """Is told of the elements of a part by their names, whatever their prefix."""

    def start(self, name: str, attributes: dict[str, str]) -> None: ...

    def text(self, data: str) -> None: ...

    def end(self, name: str) -> None: ...


def follow(xml: bytes, listener: Listener) -> None:
    """Tell a listener all of a part. Raises Refused where the XML is broken."""
    for _chunk in parse(
        xml,
        StartElementHandler=lambda name, found: listener.start(name.rpartition(":")[2], found),
        CharacterDataHandler=listener.text,
        EndElementHandler=lambda name: listener.end(name.rpartition(":")[2]),
    ):
        pass


def elements(xml: bytes, *locals: str, most: int = limits.MEMBERS) -> list[dict[str, str]]:
    """Return the attributes of all elements of these names, whatever their prefix. Refused where
    they are more than `most`, or the XML is broken."""
    found: list[dict[str, str]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] in locals:
            found.append(attributes)
            if len(found) > most:
                raise broken()

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    try:
        parser.Parse(xml, True)
    except expat.ExpatError as error:
        raise broken() from error
    return found
