"""Who gets which page: every address of the site, by every person of the cast."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from copy import copy
from inspect import unwrap
from typing import Any
from unittest.mock import PropertyMock, patch

import pytest
from django.apps import apps
from django.contrib.admin import ModelAdmin
from django.http import HttpResponse
from django.template.response import SimpleTemplateResponse
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.views.generic import RedirectView

from exchange.api.views import Missing
from municipalities.admin_site import ShirubeAdminSite
from municipalities.flat.admin import FlatTable

from .permission_table import ANSWERS, FLAT, PAGES, PEOPLE, POLICIES, PUBLIC, TABLES, Page
from .permission_town import Town, make_town, undone

# Who may is asked of people and rows; nothing of it depends on the database.
pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
SEEN_BY = {"entry"}
"""Whose pages are made whole; of the others' only the answer is asked for."""


@pytest.fixture(scope="module")
def town(django_db_setup: None, django_db_blocker: Any) -> Iterator[Town]:
    refusals = logging.getLogger("django.request")
    level, refusals.level = refusals.level, logging.CRITICAL
    with django_db_blocker.unblock(), undone():
        yield make_town()
    refusals.setLevel(level)


def written(answers: str) -> str:
    """Return the answers of a line without the gaps that make it readable."""
    found = answers.replace(" ", "")
    assert len(found) in {0, len(PEOPLE)}, answers
    return found


def letter(answer: HttpResponse) -> str:
    if answer.status_code == 302:
        return "L" if answer["Location"].startswith(reverse("admin:login")) else ">"
    return ANSWERS.get(answer.status_code, str(answer.status_code))


@contextmanager
def only_the_answer() -> Iterator[None]:
    """Make no page: whether it is answered is decided before."""
    with ExitStack() as stack:
        nothing = PropertyMock(return_value="")
        stack.enter_context(patch.object(SimpleTemplateResponse, "rendered_content", nothing))
        menu = [{"name": "", "app_label": "", "models": []}]
        stack.enter_context(patch.object(ShirubeAdminSite, "get_app_list", lambda *args: menu))
        found = patch.object(ModelAdmin, "get_deleted_objects", lambda *args: ([], {}, set(), []))
        stack.enter_context(found)
        stack.enter_context(patch.object(FlatTable, "_preview", lambda *args: {}))
        yield


def told(town: Town, name: str, page: Page, row: Any = None) -> dict[str, str]:
    """Return what the site answers everybody who asks for a page, as the table writes it."""
    names = page.where.split()
    args = [row.pk if each == "row" else town.places[each] for each in names if each[0] != "?"]
    query = next((town.places[each] for each in names if each[0] == "?"), {})
    path = reverse(name, args=args)

    def ask(who: str, method: str) -> HttpResponse:
        client = town.clients[who]
        jar = copy(client.cookies)
        is_whole = method == "get" and who in SEEN_BY
        with undone(), nullcontext() if is_whole else only_the_answer():
            if method == "get":
                answer = client.get(path, query)
            else:
                data = town.bodies[page.body](row)
                sent = {"content_type": "application/json"} if isinstance(data, str) else {}
                answer = client.post(path, data, query_params=query, **sent)
        client.cookies = jar  # neither signed out nor told anything
        return answer

    return {
        method: "".join(letter(ask(who, method)) for who in PEOPLE)
        for method in ("get", "post")
        if getattr(page, method)
    }


def expected(page: Page) -> dict[str, str]:
    answers = {"get": written(page.get), "post": written(page.post)}
    return {method: found for method, found in answers.items() if found}


def url_names() -> Iterator[tuple[str, URLPattern]]:
    """Yield every address of the site with its name, "" where it has none."""

    def walk(resolver: URLResolver, space: str) -> Iterator[tuple[str, URLPattern]]:
        for found in resolver.url_patterns:
            if isinstance(found, URLResolver):
                inner = f"{space}{found.namespace}:" if found.namespace else space
                yield from walk(found, inner)
            else:
                yield (f"{space}{found.name}" if found.name else ""), found

    yield from walk(get_resolver(), "")


def table_pages(label: str) -> Iterator[tuple[str, Page]]:
    """Yield the generated pages of a table with what the table of permissions says of them."""
    policy, file = TABLES[label]
    prefix = f"admin:{label.lower().replace('.', '_')}_"
    for pages in (POLICIES[policy], FLAT[file] if file else {}):
        for name, page in pages.items():
            yield f"{prefix}{name}", page


def test_every_address_has_its_line() -> None:
    listed = {f"admin:{name}" for name in PAGES} | set(PUBLIC)
    for label in TABLES:
        listed |= {name for name, _page in table_pages(label)}
    names = {name for name, _pattern in url_names()} - {""}
    assert names - listed == set(), "not in the table of permissions (tests/permission_table.py)"
    assert listed - names == set(), "in the table of permissions, but not on the site"


def test_addresses_without_a_name_lead_elsewhere_or_nowhere() -> None:
    for name, pattern in url_names():
        if name == "":
            view = getattr(pattern.callback, "view_class", None) or unwrap(pattern.callback)
            assert view in {RedirectView, Missing} or view.__name__ in {
                "catch_all_view",
                "wrapper",
            }, pattern


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_the_admin(town: Town, name: str) -> None:
    page = PAGES[name]
    with patch.multiple("exchange.admin_plans", template_workbook=bytes, plan_workbook=no_bytes):
        assert told(town, f"admin:{name}", page) == expected(page)


def no_bytes(plan: Any) -> bytes:
    return b""


@pytest.mark.parametrize("label", TABLES)
def test_the_pages_of_a_table(town: Town, label: str) -> None:
    row = town.rows[apps.get_model(label)]
    pages = dict(table_pages(label))
    found = {name: told(town, name, page, row) for name, page in pages.items()}
    assert found == {name: expected(page) for name, page in pages.items()}


@pytest.mark.parametrize("name", PUBLIC)
def test_a_page_for_citizens(town: Town, name: str) -> None:
    names, client = PUBLIC[name].split(), town.clients["anonymous"]
    path = reverse(name, args=[town.places[each] for each in names])
    with undone():
        answer = client.get(path)
        assert (answer.status_code, client.post(path).status_code) == (200, 405)
        # It has not looked who asks, so everybody gets the same.
        assert "Cookie" not in answer.get("Vary", "")
        if "slug" in names:
            hidden = ["hidden" if each == "slug" else each for each in names]
            path = reverse(name, args=[town.places[each] for each in hidden])
            assert client.get(path).status_code == 404
            assert town.clients["planner"].get(path).status_code == 404
