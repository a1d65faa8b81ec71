"""What a browser would send of a form as it stands on a page."""

from __future__ import annotations

from bs4 import Tag

BOXES = "input, select, textarea"
BUTTONS = {"submit", "button", "image", "reset", "file"}
"""Types of inputs that send nothing unless pressed or filled."""


def sent(form: Tag) -> dict[str, list[str]]:
    """Return name → values of a form's boxes, also of those elsewhere on its page that name it."""
    boxes = form.select(BOXES)
    if form.has_attr("id"):
        page = [*form.parents][-1]
        boxes += [box for box in page.select(BOXES) if box.get("form") == form["id"]]
    found: dict[str, list[str]] = {}
    for box in boxes:
        name, kind = box.get("name"), box.get("type")
        is_off = kind in {"checkbox", "radio"} and not box.has_attr("checked")
        if name and not is_off and kind not in BUTTONS and not box.has_attr("disabled"):
            found.setdefault(name, []).extend(values(box))
    return found


def values(box: Tag) -> list[str]:
    """Return what a box holds: several where several may be chosen."""
    if box.name == "textarea":
        # A browser takes one line end after the tag away, and sends line ends of two letters.
        text = box.get_text().replace("\r\n", "\n").removeprefix("\n")
        return [text.replace("\n", "\r\n")]
    if box.name != "select":
        return [str(box.get("value", "on" if box.get("type") in {"checkbox", "radio"} else ""))]
    options = box.select("option")
    chosen = [_value(option) for option in options if option.has_attr("selected")]
    if chosen or box.has_attr("multiple"):
        return chosen
    return [_value(option) for option in options[:1]]


def words(element: Tag) -> str:
    """Return what an element says, with single spaces between the words."""
    return " ".join(element.get_text().split())


def _value(option: Tag) -> str:
    return str(option.get("value", words(option)))
