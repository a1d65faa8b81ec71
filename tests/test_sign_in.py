"""Signing in: who fails too often waits, and what happened is seen by those who manage people."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.http import HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import reverse
from django.utils import timezone

from municipalities.models import FailedSignIn, SignIn, SignInWait
from municipalities.signing_in import client_address, waits_until

from . import factories as make
from .admin_pages import address, sign_in
from .people import People, make_people

HOME = "192.0.2.10"


@pytest.fixture
def people(db: None) -> People:
    return make_people()


def try_to(
    sign_in_as: str, password: str, ip: str = HOME, browser: str = "Firefox", **fields: str
) -> HttpResponse:
    client = Client(REMOTE_ADDR=ip, HTTP_USER_AGENT=browser)
    data = {"username": sign_in_as, "password": password} | fields
    return client.post(reverse("admin:login"), data)


def fail(username: str, times: int = 5, **client: str) -> HttpResponse:
    for _number in range(times):
        answer = try_to(username, "wrong", **client)
    return answer


def later(minutes: int) -> None:
    """Let that much time pass for the failures of the test."""
    for failure in SignInWait.objects.all():
        at = failure.attempt_time - timedelta(minutes=minutes)
        SignInWait.objects.filter(pk=failure.pk).update(attempt_time=at)


# --- Waiting ----------------------------------------------------------------------------------


def test_who_fails_five_times_waits_and_learns_until_when(people: People) -> None:
    assert fail("entry", 4).status_code == 200
    answer = fail("entry", 1)
    assert answer.status_code == 429
    until = waits_until("entry", HOME)
    assert timedelta(minutes=14) < until - timezone.now() <= timedelta(minutes=15)
    shown = timezone.localtime(until + timedelta(minutes=1))
    assert f"{shown:%H:%M}までサインインできません" in answer.content.decode()
    # The right password helps no more, nor does another browser.
    answer = try_to("entry", make.PASSWORD, browser="Edge")
    assert answer.status_code == 429
    assert f"{shown:%H:%M}までサインインできません" in answer.content.decode()


def test_failing_on_does_not_make_the_wait_longer(people: People) -> None:
    fail("entry")
    until = waits_until("entry", HOME)
    fail("entry", 3)
    assert waits_until("entry", HOME) == until


def test_after_the_wait_the_person_signs_in(people: People) -> None:
    fail("entry")
    later(minutes=14)
    assert try_to("entry", make.PASSWORD).status_code == 429
    later(minutes=2)
    assert try_to("entry", make.PASSWORD).status_code == 302
    assert fail("entry", 4).status_code == 200


def test_signing_in_forgets_the_failures(people: People) -> None:
    fail("entry", 4)
    assert try_to("entry", make.PASSWORD).status_code == 302
    assert fail("entry", 4).status_code == 200


def test_failures_add_up_over_browsers(people: People) -> None:
    fail("entry", 3, browser="Firefox")
    assert fail("entry", 2, browser="Edge").status_code == 429


def test_colleagues_and_other_addresses_do_not_wait(people: People) -> None:
    fail("entry")
    assert try_to("colleague", make.PASSWORD).status_code == 302
    assert try_to("entry", make.PASSWORD, ip="192.0.2.11").status_code == 302


def test_nobody_learns_which_accounts_exist(people: People) -> None:
    known, unknown = fail("entry", 1), fail("nonesuch", 1)
    strip = lambda answer, name: answer.content.decode().replace(name, "?").split("csrf")[0]  # noqa: E731
    assert "正しい" in known.content.decode()
    assert strip(known, "entry") == strip(unknown, "nonesuch")
    assert (fail("entry").status_code, fail("nonesuch").status_code) == (429, 429)


@override_settings(AXES_FAILURE_LIMIT=2, AXES_COOLOFF_TIME=timedelta(days=2))
def test_a_wait_beyond_today_names_the_day(people: People) -> None:
    answer = fail("entry", 2)
    day = timezone.localdate() + timedelta(days=2)
    assert f"{day:%Y-%m-%d} " in answer.content.decode()


@pytest.mark.parametrize(
    "username", ["x" * 151, "x" * 3000, "\0", "", "'; --", "ｅｎｔｒｙ", "日本語" * 40]
)
def test_nonsense_as_a_name_is_answered(people: People, username: str) -> None:
    answer = try_to(username, "wrong", browser="B" * 3000)
    assert answer.status_code == 200
    assert "errornote" in answer.content.decode()


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:1"])
def test_signing_in_leads_nowhere_else(people: People, elsewhere: str) -> None:
    answer = try_to("entry", make.PASSWORD, next=elsewhere)
    assert answer["Location"] in {reverse("admin:index"), settings.LOGIN_REDIRECT_URL}


def test_a_page_asked_for_comes_after_signing_in(people: People) -> None:
    wanted = reverse("admin:plans_plan_changelist")
    assert Client().get(wanted)["Location"].endswith(f"?next={wanted}")
    assert try_to("entry", make.PASSWORD, next=wanted)["Location"] == wanted


# --- Addresses --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "203.0.113.9", "192.0.2.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        (2, "6.6.6.6, 203.0.113.9, 10.0.0.1", "203.0.113.9"),
        (2, "203.0.113.9", "192.0.2.1"),
        (1, "203.0.113.9:4711", "203.0.113.9"),
        (1, "[2001:db8::1]:4711", "2001:db8::1"),
        (1, "::ffff:203.0.113.9", "203.0.113.9"),
        (1, "fe80::1%eth0", "fe80::1"),
        (1, "nonsense", None),
        (1, "", "192.0.2.1"),
    ],
)
def test_the_address_is_what_our_own_proxy_saw(
    proxies: int, forwarded: str, expected: str | None
) -> None:
    request = RequestFactory(REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR=forwarded).get("/")
    with override_settings(PROXY_COUNT=proxies):
        assert client_address(request) == expected


@override_settings(PROXY_COUNT=1)
def test_an_unknown_address_waits_too(people: People) -> None:
    client = Client(HTTP_X_FORWARDED_FOR="nonsense")
    data = {"username": "entry", "password": "wrong"}
    answers = [client.post(reverse("admin:login"), data) for _number in range(5)]
    assert answers[-1].status_code == 429
    assert "までサインインできません" in answers[-1].content.decode()


# --- The record -------------------------------------------------------------------------------


def listed(people: People, who: str, model: type) -> set[str]:
    """Return whose rows a person sees in a list."""
    answer = sign_in(getattr(people, who)).get(address(model, "changelist"))
    assert answer.status_code == 200
    return {row.username for row in answer.context["cl"].result_list}


def test_signing_in_failing_and_signing_out_are_kept(people: People) -> None:
    fail("entry", 1)
    client = Client(REMOTE_ADDR=HOME)
    client.post(reverse("admin:login"), {"username": "entry", "password": make.PASSWORD})
    kept = SignIn.objects.get()
    assert (kept.username, kept.ip_address, kept.logout_time) == ("entry", HOME, None)
    client.post(reverse("admin:logout"))
    kept.refresh_from_db()
    assert kept.logout_time is not None
    failed = FailedSignIn.objects.get()
    assert (failed.username, failed.ip_address, failed.locked_out) == ("entry", HOME, False)


def test_signing_in_is_no_change_of_a_person(people: People) -> None:
    people.entry.history.all().delete()
    assert try_to("entry", make.PASSWORD).status_code == 302
    people.entry.refresh_from_db()
    assert timezone.now() - people.entry.last_login < timedelta(minutes=1)
    assert not people.entry.history.exists()


def test_no_password_is_kept(people: People) -> None:
    fail("entry", 2)
    everything = [*SignInWait.objects.values_list(), *FailedSignIn.objects.values_list()]
    assert "wrong" not in str(everything)


@pytest.mark.parametrize("model", [SignIn, FailedSignIn, SignInWait])
def test_planners_see_their_own_people_operators_everybody(people: People, model: type) -> None:
    names = {"entry", "stranger", "operator", "nonesuch"}
    for name in names:
        fail(name, 1)
        SignIn.objects.create(username=name)
    # Beside these, each sees that he or she has just signed in.
    assert listed(people, "planner", model) - {"planner"} == {"entry"}
    assert listed(people, "stranger", model) == {"stranger"}
    assert listed(people, "operator", model) >= names
    for who in ("entry", "approver", "reader"):
        client = sign_in(getattr(people, who))
        assert client.get(address(model, "changelist")).status_code == 403
    theirs = model.objects.filter(username="stranger").first()
    for who, status in (("planner", 404), ("entry", 404), ("stranger", 200), ("operator", 200)):
        client = sign_in(getattr(people, who))
        assert client.get(address(model, "change", theirs.pk)).status_code == status
        assert client.post(address(model, "delete", theirs.pk), {"post": "yes"}).status_code in {
            403,
            404,
        }


def test_the_lists_speak_japanese(people: People) -> None:
    fail("entry")
    SignIn.objects.create(username="entry", ip_address=HOME)
    planner = sign_in(people.planner)
    for model, words in (
        (SignIn, ["サインインの記録", "サインアウト", HOME]),
        (FailedSignIn, ["サインインの失敗", "停止した", HOME]),
        (SignInWait, ["サインインの停止", "失敗の回数", "まで停止", HOME]),
    ):
        page = planner.get(address(model, "changelist")).content.decode()
        assert [word for word in words if word not in page] == []
        assert "ccess" not in page.split('id="content"')[1]


def let_in(people: People, who: str, account: str) -> HttpResponse:
    wait = SignInWait.objects.get(username=account)
    data = {"action": "let_in", "_selected_action": [wait.pk]}
    return sign_in(getattr(people, who)).post(address(SignInWait, "changelist"), data)


def test_a_planner_lets_the_own_people_in_again(people: People) -> None:
    fail("entry")
    fail("stranger")
    let_in(people, "planner", "entry")
    let_in(people, "planner", "stranger")
    assert try_to("entry", make.PASSWORD).status_code == 302
    assert try_to("stranger", make.PASSWORD).status_code == 429
    let_in(people, "operator", "stranger")
    assert try_to("stranger", make.PASSWORD).status_code == 302


@pytest.mark.parametrize("who", ["entry", "approver", "reader", "stranger"])
def test_nobody_else_lets_them_in(people: People, who: str) -> None:
    fail("entry")
    let_in(people, who, "entry")
    assert try_to("entry", make.PASSWORD).status_code == 429


# --- Sessions ---------------------------------------------------------------------------------


def ends(client: Client) -> timedelta:
    session = Session.objects.get(session_key=client.session.session_key)
    return session.expire_date - timezone.now()


def test_a_session_ends_four_hours_after_its_last_use(people: People) -> None:
    client = Client()
    client.post(reverse("admin:login"), {"username": "entry", "password": make.PASSWORD})
    assert timedelta(minutes=239) < ends(client) <= timedelta(hours=4)
    session = client.session
    session["renewed"] -= 3600
    session.save()
    Session.objects.update(expire_date=timezone.now() + timedelta(hours=3))
    answer = client.get(reverse("admin:stay"))  # what a page asks while somebody types
    assert answer.status_code == 204
    assert timedelta(minutes=239) < ends(client) <= timedelta(hours=4)
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    answer = client.get(reverse("admin:stay"))
    assert answer["Location"].startswith(reverse("admin:login"))


def test_a_session_is_not_written_with_every_page(
    people: People, django_assert_num_queries: object
) -> None:
    client = sign_in(people.reader)
    client.get(reverse("admin:stay"))
    with django_assert_num_queries(3):  # session, person, roles
        client.get(reverse("admin:stay"))


def test_citizens_get_no_session(people: People) -> None:
    answer = Client().get("/")
    assert answer.status_code == 200
    assert not answer.cookies
    assert "Cookie" not in answer.get("Vary", "")
