"""Walk every internal link of a running site."""

import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import urldefrag, urljoin, urlsplit
from xml.etree.ElementTree import Element

import html5lib

MOST_PAGES = 5_000
LINKS = {"a": "href", "area": "href", "link": "href", "img": "src", "script": "src", "use": "href"}


@dataclass(frozen=True)
class Answer:
    """What the server said to one GET; `text` is empty for what is not text."""

    status: int
    content_type: str
    text: str
    location: str = ""


@dataclass(frozen=True)
class Visit:
    """One address of the site (path and query), its answer, and the first page that led there."""

    path: str
    answer: Answer
    referrer: str = ""
    parser: html5lib.HTMLParser = field(
        default_factory=lambda: html5lib.HTMLParser(namespaceHTMLElements=False), repr=False
    )

    @property
    def is_html(self) -> bool:
        return self.answer.content_type.startswith("text/html") and not self.answer.location

    @cached_property
    def document(self) -> Element:
        """The tree of the page; its parse errors are in `parser.errors` afterwards."""
        return self.parser.parse(self.answer.text)

    def links(self) -> Iterator[str]:
        """Yield every address the answer points to, as written."""
        if self.answer.location:
            yield self.answer.location
        elif self.is_html:
            for element in self.document.iter():
                attribute = LINKS.get(element.tag) if isinstance(element.tag, str) else None
                if attribute and element.get(attribute):
                    yield element.get(attribute, "")
        elif self.path.endswith("sitemap.xml"):
            for part in self.answer.text.split("<loc>")[1:]:
                yield part.partition("</loc>")[0].strip()


def crawl(
    fetch: Callable[[str], Answer],
    host: str,
    starts: Iterable[str] = ("/",),
    passing: tuple[str, ...] = ("/admin/",),
) -> list[Visit]:
    """Return every address reachable from `starts` within `host`, each visited once.

    `fetch` gets a path with its query. What begins with one of `passing` is asked for, but its
    own links are not followed. Raises RuntimeError beyond MOST_PAGES: links without end.
    """
    referrers = dict.fromkeys(starts, "")
    queue = list(referrers)
    visits = []
    while queue:
        path = queue.pop(0)
        visit = Visit(path, fetch(path), referrers[path])
        visits.append(visit)
        if len(visits) > MOST_PAGES:
            raise RuntimeError(f"more than {MOST_PAGES} pages; the last is {path}")
        if path.startswith(passing):
            continue
        for link in visit.links():
            found = internal_path(link, path, host)
            if found and found not in referrers:
                referrers[found] = path
                queue.append(found)
    return visits


def internal_path(link: str, path: str, host: str) -> str | None:
    """Return the path with query to which `link` on page `path` leads; None if elsewhere."""
    target = urlsplit(urldefrag(urljoin(f"http://{host}{path}", link)).url)
    if target.scheme not in {"http", "https"} or target.netloc != host:
        return None
    return target.path + (f"?{target.query}" if target.query else "")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args, **kwargs):
        return None


def fetch_by_http(address: str) -> Callable[[str], Answer]:
    """Return a `fetch` for the running server at `address` (no trailing slash)."""
    opener = urllib.request.build_opener(_NoRedirect)

    def fetch(path: str) -> Answer:
        try:
            response = opener.open(address + path, timeout=60)
        except urllib.error.HTTPError as error:
            response = error
        with response:
            content_type = response.headers.get("Content-Type", "")
            body = response.read()
        return Answer(
            response.status,
            content_type,
            body.decode() if is_text(content_type) else "",
            response.headers.get("Location", ""),
        )

    return fetch


def is_text(content_type: str) -> bool:
    """Return whether the body is to be read as text."""
    return content_type.startswith(("text/html", "text/xml", "application/xml"))
