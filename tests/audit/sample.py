"""One of each: which pages stand for all the others."""

from collections.abc import Iterable

from django.urls import resolve

from .crawl import Visit


def samples(visits: Iterable[Visit]) -> list[str]:
    """Return the paths of the longest and the shortest page of every URL name.

    The longest shows the most; the shortest shows what a page looks like with little in it.
    """
    kinds: dict[str, list[Visit]] = {}
    for visit in visits:
        if visit.is_html and visit.answer.status == 200:
            kinds.setdefault(resolve(visit.path.partition("?")[0]).view_name, []).append(visit)
    chosen: dict[str, None] = {}
    for pages in kinds.values():
        pages.sort(key=lambda visit: len(visit.answer.text))
        chosen |= dict.fromkeys([pages[-1].path, pages[0].path])
    return list(chosen)
