"""The longest and the shortest page of every kind, in a real browser, wide and narrow.

`make audit` looks at all the others in the same way.
"""

import pytest

from .audit.crawl import crawl, fetch_by_http
from .audit.sample import samples
from .browser import Page, problems_of

pytestmark = pytest.mark.browser

NOT_FOUND = "/there-is-no-such-page/"


def test_pages_are_accessible_fit_a_phone_and_obey_the_policy(site: str, page: Page) -> None:
    paths = samples(crawl(fetch_by_http(site), site.partition("//")[2]))
    assert "/" in paths
    assert [
        f"{path} at {width} px: {what}"
        for path in paths
        for width, what in problems_of(page, site + path)
    ] == []


def test_the_page_for_a_wrong_address_is_accessible(site: str, page: Page) -> None:
    assert problems_of(page, site + NOT_FOUND, expected_status=404) == []
