"""Natural keys, so that fixtures name their rows by address instead of by number."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import models
from django.db.models.signals import post_save
from django.dispatch import receiver

_at_hand: ContextVar[dict[tuple[Any, ...], Any] | None] = ContextVar("keys_at_hand", default=None)
"""(model, key) → row and (model, id) → key, of the rows asked for or saved so far; (model,) →
whether it had no rows at first. None: not kept."""


@contextmanager
def keys_at_hand() -> Iterator[None]:
    """Ask for each row only once while a file is loaded, and for none in a table that was empty;
    inside, rows are saved one by one, never removed or given another key."""
    token = _at_hand.set({})
    try:
        yield
    finally:
        _at_hand.reset(token)


class NaturalKeyManager(models.Manager):
    """Finds a row by the flat tuple `natural_key()` returns."""

    def get_by_natural_key(self, *key: Any) -> Any:
        lookups = dict(zip(self.model.natural_lookups(), key, strict=True))
        known = _at_hand.get()
        if known is None:
            return self.get(**lookups)
        if (self.model,) not in known:
            known[self.model,] = not self.exists()
        key = _as_kept(self.model, key)
        if (self.model, key) not in known:
            if known[self.model,]:
                raise self.model.DoesNotExist
            _keep(self.get(**lookups), key)
        return known[self.model, key]


class NaturalKeyModel(models.Model):
    """A model known by `natural_fields`; a foreign key among them contributes its own key."""

    natural_fields: tuple[str, ...]

    class Meta:
        abstract = True

    @classmethod
    def natural_values(cls) -> list[models.Field]:
        """Return the fields that hold the parts of the key, in the tables they stand in."""
        fields = []
        for name in cls.natural_fields:
            field = cls._meta.get_field(name)
            related = field.related_model
            if related is None:
                fields.append(field)
            elif hasattr(related, "natural_values"):
                fields += related.natural_values()
            else:
                fields.append(related._meta.get_field(related.USERNAME_FIELD))
        return fields

    @classmethod
    def natural_lookups(cls) -> list[str]:
        """Return the lookups of the key: ("plan", "code") becomes
        plan__municipality__slug, plan__slug, code."""
        lookups = []
        for name in cls.natural_fields:
            related = cls._meta.get_field(name).related_model
            if related is None:
                lookups.append(name)
            elif hasattr(related, "natural_lookups"):
                lookups += [f"{name}__{lookup}" for lookup in related.natural_lookups()]
            else:
                lookups.append(f"{name}__{related.USERNAME_FIELD}")
        return lookups

    def natural_key(self) -> tuple[Any, ...]:
        known, key = _at_hand.get() or {}, ()
        for name in self.natural_fields:
            field = self._meta.get_field(name)
            at_hand = known.get((field.related_model, getattr(self, field.attname)))
            if at_hand is not None:
                key += at_hand
                continue
            value = getattr(self, name)
            key += value.natural_key() if isinstance(value, models.Model) else (value,)
        return key


def _as_kept(model: type[NaturalKeyModel], key: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return a key in the types of its columns: a file writes dates as text."""
    fields = model.natural_values()
    return tuple(field.to_python(value) for field, value in zip(fields, key, strict=True))


def _keep(row: NaturalKeyModel, key: tuple[Any, ...]) -> None:
    known = _at_hand.get()
    known[type(row), key] = row
    known[type(row), row.pk] = key


@receiver(post_save)
def _keep_saved(instance: models.Model, **kwargs: Any) -> None:
    if _at_hand.get() is not None and isinstance(instance, NaturalKeyModel):
        _keep(instance, _as_kept(type(instance), instance.natural_key()))
