"""Who signed in, who failed, who has to wait: kept by django-axes, read by planners and operators.

Also what django-axes and Django ask us: the address of a client, the answer to somebody who has to
wait, and how long a session lasts.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address
from typing import Any

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.conf import settings
from django.contrib.auth import SESSION_KEY, get_user_model
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .access import SIGN_INS, ScopedQuerySet, scope_of

RENEWED = "renewed"
RENEWAL_SECONDS = 300


class SignInQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any) -> SignInQuerySet:
        """What was typed as the name of the people `user` manages; for operators everything."""
        scope = scope_of(user)
        if scope.is_operator:
            return self
        if not scope.planned:
            return self.none()
        people = get_user_model().objects.managed_by(user)
        return self.filter(username__in=people.order_by().values("username"))

    def counting(self) -> SignInQuerySet:
        """Failures that still count towards the limit."""
        return self.filter(attempt_time__gte=timezone.now() - settings.AXES_COOLOFF_TIME)


class SignIn(AccessLog):
    """Somebody signed in, and perhaps out."""

    municipality_lookup = None
    permissions = SIGN_INS
    objects = SignInQuerySet.as_manager()

    class Meta:
        proxy = True
        verbose_name = _("サインインの記録")
        verbose_name_plural = _("サインインの記録")

    def __str__(self) -> str:
        return f"{timezone.localtime(self.attempt_time):%Y-%m-%d %H:%M} {self.username}"


class FailedSignIn(AccessFailureLog):
    """Somebody typed a wrong name or password."""

    municipality_lookup = None
    permissions = SIGN_INS
    objects = SignInQuerySet.as_manager()

    class Meta:
        proxy = True
        verbose_name = _("サインインの失敗")
        verbose_name_plural = _("サインインの失敗")

    def __str__(self) -> str:
        return f"{timezone.localtime(self.attempt_time):%Y-%m-%d %H:%M} {self.username}"


class SignInWait(AccessAttempt):
    """Recent failures of one account from one address and browser, which add up to a wait."""

    municipality_lookup = None
    permissions = SIGN_INS
    objects = SignInQuerySet.as_manager()

    class Meta:
        proxy = True
        verbose_name = _("サインインの停止")
        verbose_name_plural = _("サインインの停止")

    def __str__(self) -> str:
        return f"{self.username}（{self.ip_address or '－'}）"


def waiting(failures: SignInQuerySet) -> dict[tuple[str | None, str | None], datetime]:
    """Return (account, address) → when it may be tried again, for all that have to wait."""
    counts: dict[tuple[str | None, str | None], int] = {}
    waits = {}
    for failure in failures.counting().order_by("-attempt_time"):
        pair = (failure.username, failure.ip_address)
        counts[pair] = counts.get(pair, 0) + failure.failures_since_start
        if counts[pair] >= settings.AXES_FAILURE_LIMIT and pair not in waits:
            waits[pair] = failure.attempt_time + settings.AXES_COOLOFF_TIME
    return waits


def waits_until(username: str | None, address: str | None) -> datetime | None:
    """Return when this account may be tried again from this address, None where it may now."""
    failures = SignInWait.objects.filter(username=username, ip_address=address)
    return waiting(failures).get((username, address))


def when_again(until: datetime) -> str:
    """Return the minute from which somebody may try again, as people read it."""
    minute = timezone.localtime(until + timedelta(minutes=1))
    if minute.date() == timezone.localdate():
        return f"{minute:%H:%M}"
    return f"{minute:%Y-%m-%d %H:%M}"


# --- What django-axes asks --------------------------------------------------------------------


def client_address(request: HttpRequest) -> str | None:
    """Return the address a request comes from, None where it is unknown.

    Behind our own proxies it is the entry the outermost of them wrote into X-Forwarded-For; what
    stands before it, anybody may have made up.
    """
    given = request.META.get("REMOTE_ADDR", "")
    if settings.PROXY_COUNT:
        chain = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        if len(chain) >= settings.PROXY_COUNT:
            given = chain[-settings.PROXY_COUNT].strip() or given
    return _plain_address(given)


def _plain_address(text: str) -> str | None:
    """Return an address without port, brackets or zone; None for what is none."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return str(address)


def answer_who_waits(
    request: HttpRequest, response: HttpResponse, credentials: Any
) -> HttpResponse:
    """Return the page of signing in, whose form says until when to wait, as such an answer."""
    response.status_code = settings.AXES_HTTP_RESPONSE_CODE
    return response


# --- Sessions ---------------------------------------------------------------------------------


@receiver(user_logged_in)
def note_sign_in(user: Any, **kwargs: Any) -> None:
    """Note when somebody last signed in. Django would save the person, and so leave a line in the
    record of changes in which nothing has changed (`MunicipalitiesConfig.ready`)."""
    user.last_login = timezone.now()
    type(user)._base_manager.filter(pk=user.pk).update(last_login=user.last_login)


@receiver(user_logged_in)
def renew(request: HttpRequest, **kwargs: Any) -> None:
    """Note that the session has just been used."""
    request.session[RENEWED] = int(time.time())


def stay_signed_in(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: a session ends after a time without use. It is renewed every few minutes only:
    reading a page must not wait for those who write."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        session = request.session
        is_in_use = session.accessed and SESSION_KEY in session
        if is_in_use and time.time() - session.get(RENEWED, 0) >= RENEWAL_SECONDS:
            renew(request)
        return response

    return middleware
