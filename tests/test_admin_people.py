"""Planners manage the people of their own municipality, and nobody gains power by it."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.test import Client
from django.urls import reverse

from municipalities import record
from municipalities.access import Role
from municipalities.models import Membership, User

from . import factories as make
from .admin_pages import add_row, address, filled_in, save, sign_in
from .people import People, make_people

NEW_PASSWORD = "ひみつの長い合言葉42"


@pytest.fixture
def people(db: None) -> People:
    return make_people()


@pytest.fixture
def both(people: People) -> User:
    """An entry person of きた市 who also works for みなみ市."""
    user = make.make_user(Role.ENTRY, department=people.welfare, username="both")
    make.make_membership(user, Role.READER, people.minami)
    return user


def new_person(people: People, **role: object) -> dict[str, object]:
    data = {
        "username": "newcomer",
        "name": "新人",
        "email": "",
        "usable_password": "true",
        "password1": NEW_PASSWORD,
        "password2": NEW_PASSWORD,
        "memberships-TOTAL_FORMS": "0",
        "memberships-INITIAL_FORMS": "0",
    }
    role = {"municipality": people.kita.pk, "role": "reader", "department": ""} | role
    return add_row(data, "memberships", **role)


def test_planners_see_their_own_people_only(people: People, both: User) -> None:
    page = sign_in(people.planner).get(address(User, "changelist")).content.decode()
    seen = {user.username for user in User.objects.all() if f"/{user.pk}/change/" in page}
    assert seen == {"entry", "colleague", "approver", "head", "planner", "reader"}


@pytest.mark.parametrize("who", ["operator", "superuser", "stranger", "nobody", "both"])
def test_planners_reach_nobody_else(people: People, both: User, who: str) -> None:
    user = both if who == "both" else getattr(people, who)
    planner = sign_in(people.planner)
    old = user.password
    for url in (
        address(User, "change", user.pk),
        address(User, "history", user.pk),
        reverse("admin:auth_user_password_change", args=[user.pk]),
    ):
        assert planner.get(url).status_code == 404
        data = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD, "usable_password": "true"}
        assert planner.post(url, data).status_code == 404
    user.refresh_from_db()
    assert user.password == old


def test_an_operator_does_not_reach_superusers(people: People) -> None:
    operator = sign_in(people.operator)
    assert operator.get(address(User, "change", people.planner.pk)).status_code == 200
    assert operator.get(address(User, "change", people.superuser.pk)).status_code == 404


def test_a_person_who_left_the_other_town_is_managed_here(people: People, both: User) -> None:
    both.memberships.filter(municipality=people.minami).update(valid_to="2020-03-31")
    planner = sign_in(people.planner)
    assert planner.get(address(User, "change", both.pk)).status_code == 200


def test_a_planner_registers_a_colleague_who_then_signs_in(people: People) -> None:
    planner = sign_in(people.planner)
    data = new_person(people, role="entry", department=people.welfare.pk)
    assert save(planner, address(User, "add"), data) == []
    newcomer = User.objects.get(username="newcomer")
    assert newcomer.memberships.get().department == people.welfare
    assert not newcomer.is_staff
    browser = Client()
    answer = browser.post(
        reverse("admin:login"),
        {"username": "newcomer", "password": NEW_PASSWORD, "next": reverse("admin:index")},
    )
    assert answer["Location"] == reverse("admin:index")
    # The planner knows this password: it is changed before anything else.
    assert browser.get(reverse("admin:index"))["Location"] == reverse("admin:password_change")


def test_who_has_no_role_does_not_sign_in(people: People) -> None:
    signing_in = {"username": "nobody", "password": make.PASSWORD}
    page = Client().post(reverse("admin:login"), signing_in).content.decode()
    assert "役割がありません" in page


def test_who_left_does_not_sign_in(people: People) -> None:
    people.entry.memberships.update(valid_to="2020-03-31")
    signing_in = {"username": "entry", "password": make.PASSWORD}
    assert "役割がありません" in Client().post(reverse("admin:login"), signing_in).content.decode()
    assert sign_in(people.entry).get(reverse("admin:index")).status_code == 302


def test_a_new_person_needs_a_role(people: People) -> None:
    data = new_person(people) | {"memberships-TOTAL_FORMS": "0"}
    assert save(sign_in(people.planner), address(User, "add"), data) != []
    assert not User.objects.filter(username="newcomer").exists()


@pytest.mark.parametrize(
    "role",
    [
        {"role": "operator", "municipality": ""},
        {"role": "operator"},
        {"role": "planner", "municipality": "minami"},
        {"role": "entry", "department": "minami_welfare"},
    ],
)
def test_a_planner_gives_no_role_beyond_the_town(people: People, role: dict[str, str]) -> None:
    role = {
        name: getattr(people, value).pk if hasattr(people, value) and name != "role" else value
        for name, value in role.items()
    }
    planner = sign_in(people.planner)
    before = Membership.objects.count()
    assert save(planner, address(User, "add"), new_person(people, **role)) != []
    url = address(User, "change", people.reader.pk)
    new = {"municipality": people.kita.pk, "department": ""} | role
    assert save(planner, url, add_row(filled_in(planner, url), "memberships", **new)) != []
    assert save(planner, address(Membership, "add"), {"user": people.reader.pk} | new) != []
    assert Membership.objects.count() == before


def test_flags_posted_by_hand_are_ignored(people: People) -> None:
    planner, url = sign_in(people.planner), address(User, "change", people.reader.pk)
    data = filled_in(planner, url)
    assert not {"is_superuser", "is_staff", "groups", "user_permissions"} & set(data)
    flags = {"is_superuser": "on", "is_staff": "on", "groups": "1", "user_permissions": "1"}
    assert save(planner, url, data | flags | {"name": "改名"}) == []
    people.reader.refresh_from_db()
    assert people.reader.name == "改名"
    assert not people.reader.is_superuser
    assert not people.reader.is_staff


def test_a_planner_resets_a_password(people: People) -> None:
    url = reverse("admin:auth_user_password_change", args=[people.entry.pk])
    data = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD, "usable_password": "true"}
    assert save(sign_in(people.planner), url, data) == []
    people.entry.refresh_from_db()
    assert people.entry.check_password(NEW_PASSWORD)


def test_planners_delete_nobody_but_end_the_access(people: People) -> None:
    planner = sign_in(people.planner)
    confirmed = {"post": "yes", "change_reason": "退職"}
    assert planner.post(address(User, "delete", people.reader.pk), confirmed).status_code == 403
    url = address(User, "change", people.reader.pk)
    data = filled_in(planner, url)
    del data["is_active"]
    assert save(planner, url, data | {"change_reason": "退職"}) == []
    people.reader.refresh_from_db()
    assert not people.reader.is_active
    assert people.reader.history.first().history_change_reason == "退職"


@pytest.mark.parametrize("who", ["entry", "approver", "reader"])
def test_colleagues_do_not_manage_people(people: People, who: str) -> None:
    client = sign_in(getattr(people, who))
    for page in ("changelist", "add"):
        assert client.get(address(User, page)).status_code == 403
        assert client.get(address(Membership, page)).status_code == 403


# --- The write path itself --------------------------------------------------------------------


def test_the_write_path_gives_no_operator_role(people: People) -> None:
    with pytest.raises(ValidationError):
        record.grant(Membership(user=people.reader, role=Role.OPERATOR), by=people.planner)
    role = Membership(user=make.make_user(), role=Role.OPERATOR)
    assert record.grant(role, by=people.operator).pk


def test_the_write_path_gives_no_role_to_strangers(people: People, both: User) -> None:
    for user in (people.stranger, people.operator, people.superuser, both):
        role = Membership(user=user, role=Role.READER, municipality=people.kita)
        with pytest.raises(Http404):
            record.grant(role, by=people.planner)
    role = Membership(user=people.reader, role=Role.READER, municipality=people.minami)
    with pytest.raises(Http404):
        record.grant(role, by=people.planner)
    role = Membership(user=people.reader, role=Role.PLANNER, municipality=people.kita)
    with pytest.raises(PermissionDenied):
        record.grant(role, by=people.entry)


def test_the_write_path_takes_no_role_from_strangers(people: People, both: User) -> None:
    for role in (people.stranger.memberships.get(), both.memberships.first()):
        with pytest.raises(Http404):
            record.revoke(role, by=people.planner, reason="x")
    own = people.reader.memberships.get()
    record.revoke(own, by=people.planner, reason="異動")
    assert Membership.history.first().history_change_reason == "異動"


def test_the_write_path_makes_no_superuser(people: People) -> None:
    people.reader.is_superuser = True
    for by in (people.planner, people.operator):
        with pytest.raises(PermissionDenied):
            record.record_person(people.reader, by=by)
    with pytest.raises(Http404):
        record.record_person(people.stranger, by=people.planner)
    with pytest.raises(Http404):
        record.record_person(people.nobody, by=people.planner)
