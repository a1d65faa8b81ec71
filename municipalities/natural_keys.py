"""Natural keys, so that fixtures name their rows by address instead of by number."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import models

_at_hand: ContextVar[dict[tuple[Any, ...], Any] | None] = ContextVar("keys_at_hand", default=None)
"""(model, key) → row and (model, id) → key, of the rows asked for so far; None: not kept."""


@contextmanager
def keys_at_hand() -> Iterator[None]:
    """Ask for each row only once while a file is loaded; inside, rows are added, never removed or
    given another key."""
    token = _at_hand.set({})
    try:
        yield
    finally:
        _at_hand.reset(token)


class NaturalKeyManager(models.Manager):
    """Finds a row by the flat tuple `natural_key()` returns."""

    def get_by_natural_key(self, *key: Any) -> Any:
        known = _at_hand.get()
        if known is not None and (self.model, key) in known:
            return known[self.model, key]
        row = self.get(**dict(zip(self.model.natural_lookups(), key, strict=True)))
        if known is not None:
            known[self.model, key] = row
            known[self.model, row.pk] = key
        return row


class NaturalKeyModel(models.Model):
    """A model known by `natural_fields`; a foreign key among them contributes its own key."""

    natural_fields: tuple[str, ...]

    class Meta:
        abstract = True

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
