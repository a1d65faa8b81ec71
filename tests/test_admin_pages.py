"""What the pages of the admin tell whom; who gets which page, `test_permissions` asks."""

import re
from collections.abc import Iterator

import pytest
from django.db import models
from django.urls import reverse

from municipalities.models import FailedSignIn, Membership, SignIn, SignInWait, User
from rounds.models import SentReminder

from .admin_pages import address, form_page, sign_in, take_over_page
from .full_town import fill_town, our_models
from .people import People, make_people

PEOPLE = {User, Membership, SignIn, FailedSignIn, SignInWait, SentReminder}


@pytest.fixture
def people(db: None) -> People:
    return make_people()


@pytest.fixture
def home(people: People) -> dict[type[models.Model], models.Model]:
    """A row of every table in きた市."""
    return fill_town(people.welfare)


@pytest.fixture
def abroad(people: People) -> dict[type[models.Model], models.Model]:
    """A row of every table in みなみ市."""
    return fill_town(people.minami_welfare)


def pages(row: models.Model) -> Iterator[str]:
    model = type(row)
    yield address(model, "changelist")
    yield address(model, "add")
    for page in ("change", "history", "delete"):
        yield address(model, page, row.pk)


def test_every_table_has_its_place_in_the_admin(people: People) -> None:
    page = sign_in(people.superuser).get(reverse("admin:index")).content.decode()
    assert [m.__name__ for m in our_models() if address(m, "changelist") not in page] == []


@pytest.mark.parametrize("who", ["entry", "planner", "reader"])
def test_no_list_names_a_strangers_row(people: People, home: dict, abroad: dict, who: str) -> None:
    client = sign_in(getattr(people, who))
    theirs = people.minami.name
    for model, row in abroad.items():
        answer = client.get(address(model, "changelist"))
        if answer.status_code == 403:
            continue
        page = answer.content.decode()
        assert theirs not in page, model
        if model._meta.model_name != "commonindicator":
            assert address(model, "change", row.pk) not in page, model


@pytest.mark.parametrize("who", ["entry", "planner", "reader"])
def test_no_choice_offers_a_strangers_row(
    people: People, home: dict, abroad: dict, who: str
) -> None:
    client = sign_in(getattr(people, who))
    for model in our_models():
        for field in model._meta.fields:
            target = field.related_model
            if target not in abroad or target.__name__ == "CommonIndicator":
                continue
            answer = client.get(
                reverse("admin:autocomplete"),
                {
                    "app_label": model._meta.app_label,
                    "model_name": model._meta.model_name,
                    "field_name": field.name,
                },
            )
            if answer.status_code == 403:
                assert target in PEOPLE
                continue
            assert answer.status_code == 200
            offered = {choice["id"] for choice in answer.json()["results"]}
            own = str(home[target].pk)
            assert own in offered or len(offered) == 20, (model, field.name)
            assert str(abroad[target].pk) not in offered, (model, field.name)


def test_pages_obey_the_content_security_policy(people: People, home: dict) -> None:
    client = sign_in(people.superuser)
    bad = re.compile(r'\sstyle="|<style|<script(?![^>]*\ssrc=)(?![^>]*json)|\son[a-z]+="')
    for row in home.values():
        for url in pages(row):
            page = client.get(url).content.decode()
            assert bad.findall(page) == [], url
    for name in ("index", "indicators_actual_entry", "rounds_publication_publish"):
        assert bad.findall(client.get(reverse(f"admin:{name}")).content.decode()) == []
    for url in (form_page(home), take_over_page(home)):
        assert bad.findall(client.get(url).content.decode()) == [], url
