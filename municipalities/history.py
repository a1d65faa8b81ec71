"""Who changed what, when, why and through which door: kept by django-simple-history."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connection, models, transaction
from django.dispatch import receiver
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords
from simple_history.signals import pre_create_historical_record


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
    """Create new `rows` of one model; see `write_with_reason`."""
    write_with_reason(rows, [], (), user, reason)


def update_with_reason(
    rows: Sequence[models.Model], fields: Iterable[str], user: Any, reason: str = ""
) -> None:
    """Write the `fields` (names) of stored `rows` of one model; see `write_with_reason`."""
    write_with_reason([], rows, fields, user, reason)


def write_with_reason(
    new: Sequence[models.Model],
    changed: Sequence[models.Model],
    fields: Iterable[str],
    user: Any,
    reason: str = "",
) -> None:
    """Create the `new` rows of one model and write the `fields` (names) of its `changed` ones,
    each with its history row (where the model keeps any) as by `save_with_reason`. The number of
    queries does not depend on the number of rows."""
    rows = [*new, *changed]
    if not rows:
        return
    model = type(rows[0])
    with transaction.atomic(savepoint=False):
        if new:
            model._base_manager.bulk_create(new)
        if changed:
            # One statement with a case per row, as bulk_update writes it, takes time by the square.
            model._base_manager.bulk_create(
                changed,
                update_conflicts=True,
                unique_fields=[model._meta.pk.name],
                update_fields=sorted(fields),
            )
        if hasattr(model, "history"):
            _keep(rows, {row.pk for row in new}, user, reason)


def _keep(rows: Sequence[models.Model], new: set[Any], user: Any, reason: str) -> None:
    """Write a history row for each stored row; `new` are the numbers of those just made. The
    database copies them itself: to send thousands of rows a second time would take as long as to
    write them."""
    model = type(rows[0])
    history = model.history.model
    quote = connection.ops.quote_name
    said = {
        "history_date": timezone.now(),
        "history_user": user.pk if user is not None and user.is_authenticated else None,
        "history_change_reason": reason or None,
        "door": _current_door.get(),
    }
    fields = [history._meta.get_field(name) for name in said]
    copied = [quote(field.column) for field in history.tracked_fields]
    told = [
        field.get_db_prep_save(value, connection)
        for field, value in zip(fields, said.values(), strict=True)
    ]
    kind = quote(history._meta.get_field("history_type").column)
    number = quote(model._meta.pk.column)
    columns = ", ".join([*copied, *(quote(field.column) for field in fields), kind])
    values = ", ".join([*copied, *(["%s"] * len(told))])
    # Each number may be named twice: where the row is found, and where it is called new.
    most = ((connection.features.max_query_params or 2 * len(rows) + 99) - len(told)) // 2
    with connection.cursor() as cursor:
        for start in range(0, len(rows), most):
            numbers = [row.pk for row in rows[start : start + most]]
            made = [each for each in numbers if each in new]
            kinds = f"CASE WHEN {number} IN ({_places(made)}) THEN '+' ELSE '~' END"
            kinds = kinds if made else "'~'"
            cursor.execute(
                f"INSERT INTO {quote(history._meta.db_table)} ({columns}) "  # noqa: S608
                f"SELECT {values}, {kinds} "
                f"FROM {quote(model._meta.db_table)} WHERE {number} IN ({_places(numbers)})",
                [*told, *made, *numbers],
            )


def _places(values: Sequence[Any]) -> str:
    return ", ".join(["%s"] * len(values))
