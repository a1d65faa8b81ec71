"""Passwords without mail: everybody changes the own one, planners set one that is used once."""

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from municipalities.models import SignIn, User

from . import factories as make
from .admin_pages import address, save, sign_in
from .people import People, make_people

ONE_TIME = "かりの長い合言葉42"
OWN = "じぶんだけの長い合言葉43"
CHANGE = "admin:password_change"


@pytest.fixture
def people(db: None) -> People:
    return make_people()


def enter(username: str, password: str) -> Client:
    """Return a browser that has sent the form of signing in."""
    client = Client()
    client.post(reverse("admin:login"), {"username": username, "password": password})
    return client


def set_password(by: User, person: User, password: str = ONE_TIME, **fields: str) -> HttpResponse:
    url = reverse("admin:auth_user_password_change", args=[person.pk])
    data = {"password1": password, "password2": password, "usable_password": "true"}
    return sign_in(by).post(url, data | {"set-password": "1"} | fields)


def own(old: str, new: str) -> dict[str, str]:
    return {"old_password": old, "new_password1": new, "new_password2": new}


@pytest.mark.parametrize("who", ["entry", "approver", "planner", "reader", "operator", "superuser"])
def test_everybody_changes_the_own_password(people: People, who: str) -> None:
    client = enter(who, make.PASSWORD)
    page = client.get(reverse(CHANGE)).content.decode()
    assert "パスワードの変更" in page
    assert "ほかの人が設定した" not in page
    assert reverse(CHANGE) in client.get(reverse("admin:index")).content.decode()
    assert save(client, reverse(CHANGE), own("not mine", OWN)) != []
    assert save(client, reverse(CHANGE), own(make.PASSWORD, "short")) != []
    assert save(client, reverse(CHANGE), own(make.PASSWORD, OWN)) == []
    assert client.get(reverse("admin:password_change_done")).status_code == 200
    assert client.get(reverse("admin:index")).status_code == 200  # still signed in
    assert enter(who, OWN).get(reverse("admin:index")).status_code == 200
    assert enter(who, make.PASSWORD).get(reverse("admin:index")).status_code == 302


def test_a_password_set_by_a_planner_is_changed_before_anything_else(people: People) -> None:
    before = sign_in(people.entry)
    assert set_password(people.planner, people.entry).status_code == 302
    assert before.get(reverse("admin:index")).status_code == 302  # signed out everywhere
    client = enter("entry", ONE_TIME)
    for name in ("admin:index", "admin:plans_plan_changelist", "admin:indicators_actual_entry"):
        assert client.get(reverse(name))["Location"] == reverse(CHANGE)
        assert client.post(reverse(name))["Location"] == reverse(CHANGE)
    page = client.get(reverse(CHANGE)).content.decode()
    assert "ほかの人が設定した" in page
    assert save(client, reverse(CHANGE), own(ONE_TIME, ONE_TIME)) == [
        "今までと違うパスワードを入力してください。"
    ]
    assert save(client, reverse(CHANGE), own(ONE_TIME, OWN)) == []
    assert client.get(reverse("admin:index")).status_code == 200
    people.entry.refresh_from_db()
    assert not people.entry.must_change_password


def test_who_must_change_it_may_also_leave(people: People) -> None:
    set_password(people.planner, people.entry)
    client = enter("entry", ONE_TIME)
    assert client.post(reverse("admin:logout")).status_code in {200, 302}
    assert client.get(reverse("admin:index"))["Location"].startswith(reverse("admin:login"))


def test_setting_a_password_is_kept_in_the_history_without_it(people: People) -> None:
    set_password(people.planner, people.entry)
    last = people.entry.history.first()
    assert (last.history_user, last.must_change_password) == (people.planner, True)
    assert not hasattr(last, "password")
    page = sign_in(people.planner).get(address(User, "history", people.entry.pk)).content.decode()
    assert "次のサインインでパスワードを変更" in page


@pytest.mark.parametrize("by", ["entry", "approver", "reader", "stranger", "colleague"])
def test_nobody_else_sets_a_password(people: People, by: str) -> None:
    old = people.head.password
    assert set_password(getattr(people, by), people.head).status_code in {403, 404}
    people.head.refresh_from_db()
    assert people.head.password == old
    assert not people.head.must_change_password


def test_the_own_password_is_changed_with_the_old_one_only(people: People) -> None:
    answer = set_password(people.planner, people.planner)
    assert answer["Location"] == reverse(CHANGE)
    people.planner.refresh_from_db()
    assert people.planner.check_password(make.PASSWORD)


def test_an_account_without_password_has_none_to_change(people: People) -> None:
    fields = {"usable_password": "false", "unset-password": "1"}
    assert set_password(people.planner, people.entry, "", **fields).status_code == 302
    people.entry.refresh_from_db()
    assert not people.entry.has_usable_password()
    assert not people.entry.must_change_password


def test_signing_out_is_noted_after_changing_the_password_too(people: People) -> None:
    client = enter("entry", make.PASSWORD)
    save(client, reverse(CHANGE), own(make.PASSWORD, OWN))
    client.post(reverse("admin:logout"))
    assert SignIn.objects.get(username="entry").logout_time is not None
