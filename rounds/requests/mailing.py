"""Sending the letters of a day: at most one a day to each person of a town."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import IntegrityError, transaction

from ..models import SentReminder
from .reminders import Letter
from .texts import body_of, subject_of

NO_MAIL = "django.core.mail.backends.dummy.EmailBackend"
"""The backend of an installation that names no mail server."""


@dataclass
class Outcome:
    """What became of the letters of a day."""

    sent: list[Letter] = field(default_factory=list)
    already: list[Letter] = field(default_factory=list)
    """To people who have had one that day."""
    failed: list[tuple[Letter, str]] = field(default_factory=list)
    without_address: list[Letter] = field(default_factory=list)


def is_configured() -> bool:
    """Whether this installation can send mail."""
    return settings.EMAIL_BACKEND != NO_MAIL


def send_letters(letters: Iterable[Letter], day: date) -> Outcome:
    """Send letters one by one; an address that fails stops no other."""
    outcome = Outcome()
    connection = get_connection()
    for letter in letters:
        if not letter.user.email:
            outcome.without_address.append(letter)
            continue
        try:
            is_sent = _send(letter, day, connection)
        except (OSError, ValueError) as error:  # SMTP errors are OSErrors, bad headers ValueErrors
            outcome.failed.append((letter, str(error) or type(error).__name__))
            continue
        (outcome.sent if is_sent else outcome.already).append(letter)
    return outcome


@transaction.atomic
def _send(letter: Letter, day: date, connection: Any) -> bool:
    """Note and send a letter, both or neither; False where the person has had one that day.

    The note comes first: of two processes the second waits for the first, and finds it.
    """
    subject = subject_of(letter, day)
    try:
        with transaction.atomic():
            SentReminder.objects.create(
                user=letter.user,
                municipality=letter.municipality,
                sent_on=day,
                subject=subject[:200],
                rows=letter.rows,
            )
    except IntegrityError:
        return False
    EmailMessage(
        subject,
        body_of(letter, day),
        to=[letter.user.email],
        connection=connection,
        headers={"Auto-Submitted": "auto-generated"},
    ).send()
    return True
