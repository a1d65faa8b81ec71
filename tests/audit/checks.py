"""What can be seen in the HTML alone: `problems(visit)` is empty for a good page."""

from collections import Counter
from collections.abc import Iterator
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from .crawl import Visit

# Attributes that name ids of the same page.
REFERENCES = ("aria-labelledby", "aria-describedby", "aria-controls", "for", "headers", "list")


def problems(visit: Visit) -> list[str]:
    """Return what is wrong with an HTML page, one line each."""
    document = visit.document
    elements = [element for element in document.iter() if isinstance(element.tag, str)]
    return [
        *(f"line {line}: {code}" for (line, _), code, _ in visit.parser.errors),
        *frame_problems(document, elements),
        *id_problems(elements),
        *policy_problems(elements),
    ]


def frame_problems(document: Element, elements: list[Element]) -> Iterator[str]:
    """A page is Japanese, has a title, one h1 and one main."""
    if document.get("lang") != "ja":
        yield f"lang is {document.get('lang')!r}, not 'ja'"
    if not (document.findtext("head/title") or "").strip():
        yield "no title"
    for tag in ("h1", "main"):
        found = [element for element in elements if element.tag == tag]
        if len(found) != 1:
            yield f"{len(found)} <{tag}>, not 1"
        elif not "".join(found[0].itertext()).strip():
            yield f"empty <{tag}>"


def id_problems(elements: list[Element]) -> Iterator[str]:
    """Ids are unique, and what refers to an id of the page finds it."""
    ids = Counter(element.get("id") for element in elements if element.get("id"))
    for name, count in ids.items():
        if count > 1:
            yield f"id {name!r} {count} times"
    for element in elements:
        names = [name for key in REFERENCES for name in (element.get(key) or "").split()]
        href = element.get("href") or ""
        if href.startswith("#") and len(href) > 1:
            names.append(unquote(href[1:]))
        for name in names:
            if name not in ids:
                yield f"<{element.tag}> refers to the id {name!r}, which is not there"


def policy_problems(elements: list[Element]) -> Iterator[str]:
    """Nothing that the content security policy would block: no inline style, script, handler.

    A block of data (JSON-LD) is no script: browsers never run it.
    """
    for element in elements:
        is_data = element.get("type") == "application/ld+json"
        is_script = element.tag == "script" and not element.get("src") and not is_data
        if element.tag == "style" or is_script:
            yield f"inline <{element.tag}>"
        for name in element.attrib:
            if name == "style" or name.startswith("on"):
                yield f"<{element.tag} {name}=…>"
