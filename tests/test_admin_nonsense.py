"""Nonsense in the forms and addresses of the admin is answered politely."""

import re

import pytest
from django.db import models
from django.urls import reverse

from indicators.models import Actual, Indicator
from measures.models import ProgressReport
from municipalities.models import User
from rounds.models import Request

from .admin_pages import address, form_page, sign_in, take_over_page
from .full_town import fill_town
from .people import People, make_people

GARBAGE = ("abc", "9" * 5000, "-1", "NaN", "Infinity", "1e999999", "－", "\x00")
OF_LISTS = {"q", "p", "o", "fiscal_year", "own", "all", "plan", "e"}
OF_FILTERS = ("abc", "9" * 30, "-1", "\x00")
LISTS = (Actual, Indicator, ProgressReport, Request, User)
"""Lists on which what all of them understand is tried."""
ROUNDS = 2
"""How often a form is sent: each box meets a part of the garbage, its neighbours and those of
other forms other parts."""


@pytest.fixture
def people(db: None) -> People:
    return make_people()


@pytest.fixture
def home(people: People) -> dict[type[models.Model], models.Model]:
    """A row of every table in きた市."""
    return fill_town(people.welfare)


def spoiled(names: set[str], turn: int) -> dict[str, str]:
    """Return a value for each box of a form, another one at each turn."""
    return {
        name: GARBAGE[(place + 3 * turn) % len(GARBAGE)] for place, name in enumerate(sorted(names))
    }


@pytest.mark.parametrize("who", ["planner", "entry"])
def test_nonsense_in_forms_is_answered_politely(people: People, home: dict, who: str) -> None:
    client = sign_in(getattr(people, who))
    for number, (model, row) in enumerate(home.items()):
        for url in (address(model, "add"), address(model, "change", row.pk)):
            page = client.get(url)
            if page.status_code != 200:
                continue
            names = set(re.findall(r'name="([^"]+)"', page.content.decode()))
            management = dict(
                re.findall(r'name="([^"]+_FORMS)" value="(\d+)"', page.content.decode())
            )
            for turn in range(number, number + ROUNDS):
                data = spoiled(names, turn) | management
                assert client.post(url, data).status_code in {200, 302, 403, 404}, (url, data)
            assert client.post(url, {}).status_code in {200, 302, 403, 404, 400}, url
            assert client.get(url, dict.fromkeys(names, "abc")).status_code in {200, 302}, url
        if not type(row)._default_manager.filter(pk=row.pk).exists():
            pytest.fail(f"{row!r} was lost")


def test_nonsense_on_the_pages_of_the_progress_sheet_is_answered_politely(
    people: People, home: dict
) -> None:
    client = sign_in(people.planner)
    for url in (form_page(home), take_over_page(home)):
        names = set(re.findall(r'name="([^"]+)"', client.get(url).content.decode()))
        for nonsense in GARBAGE:
            assert client.post(url, dict.fromkeys(names, nonsense)).status_code == 200, url
        assert client.post(url, {}).status_code == 200
    assert ProgressReport.objects.count() == 1


def test_nonsense_in_addresses_is_answered_politely(people: People, home: dict) -> None:
    client = sign_in(people.planner)
    for model in home:
        for page in ("change", "history", "delete"):
            for number in ("abc", "0", "9" * 30):
                assert client.get(address(model, page, number)).status_code == 404
        url = address(model, "changelist")
        filters = set(re.findall(r"\?([a-z_]+)=", client.get(url).content.decode()))
        names = sorted(filters | (OF_LISTS if model in LISTS else {"q"}))
        for place, name in enumerate(names):  # the same filter meets other values on other lists
            for nonsense in OF_FILTERS[place % 2 :: 2]:
                assert client.get(url, {name: nonsense}).status_code in {200, 302}, (url, name)
        chosen = {"action": "delete_selected", "_selected_action": ["abc", "9" * 30]}
        assert client.post(url, chosen).status_code in {200, 302, 403}, url
    asked = {"app_label": "indicators", "model_name": "indicator", "field_name": "series"}
    for term in ("\x00", "あ" * 5000, "'\";--"):
        answer = client.get(reverse("admin:autocomplete"), asked | {"term": term})
        assert answer.status_code == 200
    reason = {"post": "yes", "change_reason": "\x00" * 300}
    assert client.post(address(Actual, "delete", home[Actual].pk), reason).status_code == 302
    reason["change_reason"] += "理由" * 300
    assert client.post(address(Actual, "delete", home[Actual].pk), reason).status_code == 302
    assert not Actual.objects.exists()
