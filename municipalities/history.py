"""Who changed what, when, why and through which door: kept by django-simple-history."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import models
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords
from simple_history.signals import pre_create_historical_record
from simple_history.utils import bulk_create_with_history


class Door(models.TextChoices):
    """Where a change came in."""

    ADMIN = "admin", _("管理画面")
    SCREEN = "screen", _("入力画面")
    WORKBOOK = "workbook", _("Excel取込")
    API = "api", _("API")
    COMMAND = "command", _("コマンド")


_current_door: ContextVar[str] = ContextVar("door", default=Door.COMMAND)


@contextmanager
def through(door: Door) -> Iterator[None]:
    """Mark every change made inside as having come through `door`."""
    token = _current_door.set(door)
    try:
        yield
    finally:
        _current_door.reset(token)


class ChangeDoor(models.Model):
    """What every history row keeps beside user, time and reason."""

    door = models.CharField(_("経路"), max_length=10, choices=Door.choices, default=Door.COMMAND)

    class Meta:
        abstract = True


@receiver(pre_create_historical_record)
def note_door(history_instance: models.Model, **kwargs: Any) -> None:
    if isinstance(history_instance, ChangeDoor):
        history_instance.door = _current_door.get()


def tracked(**options: Any) -> HistoricalRecords:
    """Return the history of a model: one row per change, with reason and door."""
    return HistoricalRecords(
        bases=[ChangeDoor],
        history_change_reason_field=models.TextField(_("変更理由"), null=True),
        **options,
    )


def save_with_reason(instance: models.Model, user: Any, reason: str = "") -> None:
    """Save `instance`, its history row naming `user` (None: a command) and `reason`."""
    instance._history_user = user if user is not None and user.is_authenticated else None
    instance._change_reason = reason or None
    instance.save()


def create_with_reason(rows: Sequence[models.Model], user: Any, reason: str = "") -> None:
    """Create new `rows` of one tracked model together, each with its history row as by
    `save_with_reason`. The number of queries does not depend on the number of rows."""
    if rows:
        bulk_create_with_history(
            rows,
            type(rows[0]),
            default_user=user if user is not None and user.is_authenticated else None,
            default_change_reason=reason or None,
            custom_historical_attrs={"door": _current_door.get()},
        )
