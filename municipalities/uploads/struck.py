"""Words that are struck out in cells (見え消し): they still stand there, but nobody means them."""

from __future__ import annotations

from collections.abc import Mapping

from .extent import Place, Walk
from .parsing import Listener, follow

_MOST_TAGS = 500_000
_ON = frozenset({"1", "true", "on"})


def struck_cells(parts: Mapping[str, bytes]) -> dict[str, set[Place]]:
    """Return part → its cells whose words are struck out, all of them or some, for the parts that
    have such cells. Books larger than people fill in are not looked through."""
    is_struck = any(b"strike" in xml for xml in parts.values())
    if not is_struck or sum(xml.count(b"<") for xml in parts.values()) > _MOST_TAGS:
        return {}
    styles, texts = _Styles(), _Texts()
    for xml in parts.values():
        if b"cellXfs" in xml:
            follow(xml, styles)
        else:
            follow(xml, texts)
    found = {}
    for name, xml in parts.items():
        cells = _Cells(styles.struck, texts.struck)
        follow(xml, cells)
        if cells.struck:
            found[name] = cells.struck
    return found


def _is_on(attributes: Mapping[str, str]) -> bool:
    return attributes.get("val", "1") in _ON


class _Styles(Listener):
    """Collects the numbers of the styles that strike out all of a cell. What only rules use (dxfs)
    comes behind them."""

    def __init__(self) -> None:
        self._is_inside = False
        self._fonts = self._styles = -1
        self._struck_fonts: set[str] = set()
        self.struck: set[str] = set()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        match name:
            case "font":
                self._fonts += 1
            case "strike" if _is_on(attributes):
                self._struck_fonts.add(str(self._fonts))
            case "cellXfs":
                self._is_inside = True
            case "xf" if self._is_inside:
                self._styles += 1
                if attributes.get("fontId") in self._struck_fonts:
                    self.struck.add(str(self._styles))

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self._is_inside = False


class _Runs(Listener):
    """Follows the runs of texts, and tells of words that are struck out."""

    def __init__(self) -> None:
        self._is_text = self._is_struck = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        match name:
            case "strike":
                self._is_struck = _is_on(attributes)
            case "t":
                self._is_text = True

    def text(self, data: str) -> None:
        if self._is_text and self._is_struck and data.strip():
            self.found_struck()

    def end(self, name: str) -> None:
        match name:
            case "r":
                self._is_struck = False
            case "t":
                self._is_text = False

    def found_struck(self) -> None:
        raise NotImplementedError


class _Texts(_Runs):
    """Collects the numbers of the texts of the book that have struck words."""

    def __init__(self) -> None:
        super().__init__()
        self._number = -1
        self.struck: set[str] = set()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        super().start(name, attributes)
        if name == "si":
            self._number += 1

    def found_struck(self) -> None:
        self.struck.add(str(self._number))


class _Cells(_Runs):
    """Collects the cells that have struck words, by their style, their text or the book's."""

    def __init__(self, styles: set[str], texts: set[str]) -> None:
        super().__init__()
        self._styles, self._texts = styles, texts
        self._walk = Walk()
        self._cell: dict[str, str] = {}
        self._value = ""
        self._is_value = False
        self.struck: set[Place] = set()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        super().start(name, attributes)
        self._walk.start(name, attributes)
        if name == "c":
            self._cell = attributes
        elif name in {"v", "is"} and self._cell.get("s") in self._styles:
            self.found_struck()
        self._is_value, self._value = name == "v", ""

    def text(self, data: str) -> None:
        super().text(data)
        if self._is_value:
            self._value += data

    def end(self, name: str) -> None:
        super().end(name)
        if name == "v" and self._cell.get("t") == "s" and self._value.strip() in self._texts:
            self.found_struck()

    def found_struck(self) -> None:
        self.struck.add(self._walk.place)
