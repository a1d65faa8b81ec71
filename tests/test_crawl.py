"""Every page a citizen can reach by links, in a running trial with the plans of fixtures/; the
longest and the shortest of every kind in a real browser too, wide and narrow.

`make audit` looks at all of them in the same way.
"""

from contextlib import suppress

import pytest
from django.urls import Resolver404, resolve
from django.views.defaults import page_not_found, server_error

from exchange.open_data import urls as open_data_urls
from portal import urls as portal_urls

from .audit.checks import problems
from .audit.crawl import Answer, Visit, crawl, fetch_by_http
from .audit.sample import samples
from .browser import Page, problems_of

NOT_FOUND = "/there-is-no-such-page/"


@pytest.fixture(scope="module")
def visits(site: str) -> list[Visit]:
    """Every address of the site with its answer."""
    return crawl(fetch_by_http(site), site.partition("//")[2])


@pytest.fixture(scope="module")
def pages(visits: list[Visit]) -> list[Visit]:
    """The pages among the addresses, without the admin."""
    return [visit for visit in visits if visit.is_html and not visit.path.startswith("/admin/")]


def test_no_link_is_broken_and_no_page_fails(visits: list[Visit]) -> None:
    assert [
        f"{visit.answer.status} {visit.path} (linked from {visit.referrer})"
        for visit in visits
        if visit.answer.status >= 400
    ] == []


def test_every_page_is_well_formed_and_japanese(pages: list[Visit]) -> None:
    assert [f"{page.path}: {what}" for page in pages for what in problems(page)] == []


def test_every_kind_of_page_can_be_reached_by_links(visits: list[Visit]) -> None:
    reached = set()
    for visit in visits:
        with suppress(Resolver404):
            reached.add(resolve(visit.path.partition("?")[0]).view_name)
    kinds = {
        f"{urls.app_name}:{pattern.name}"
        for urls in (portal_urls, open_data_urls)
        for pattern in urls.urlpatterns
    }
    assert kinds - reached == set()


def test_every_page_has_a_title_of_its_own(pages: list[Visit]) -> None:
    titles: dict[str, str] = {}
    twins = []
    for page in pages:
        if page.answer.status != 200 or "?" in page.path:
            continue
        title = " ".join((page.document.findtext("head/title") or "").split())
        if title in titles:
            twins.append(f"{title}: {titles[title]} {page.path}")
        titles[title] = page.path
    assert twins == []


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(lambda request: page_not_found(request, Exception()), id="404"),
        pytest.param(server_error, id="500"),
    ],
)
def test_error_pages_are_pages_too(rf, answer) -> None:
    text = answer(rf.get("/nowhere/")).content.decode()
    assert problems(Visit("/nowhere/", Answer(200, "text/html", text))) == []


@pytest.mark.browser
def test_pages_are_accessible_fit_a_phone_and_obey_the_policy(
    pages: list[Visit], site: str, page: Page
) -> None:
    paths = samples(pages)
    assert "/" in paths
    assert [
        f"{path} at {width} px: {what}"
        for path in paths
        for width, what in problems_of(page, site + path)
    ] == []


@pytest.mark.browser
def test_the_page_for_a_wrong_address_is_accessible(site: str, page: Page) -> None:
    assert problems_of(page, site + NOT_FOUND, expected_status=404) == []
