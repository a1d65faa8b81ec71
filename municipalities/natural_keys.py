"""Natural keys, so that fixtures name their rows by address instead of by number."""

from typing import Any

from django.db import models


class NaturalKeyManager(models.Manager):
    """Finds a row by the flat tuple `natural_key()` returns."""

    def get_by_natural_key(self, *key: Any) -> Any:
        return self.get(**dict(zip(self.model.natural_lookups(), key, strict=True)))


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
        key: tuple[Any, ...] = ()
        for name in self.natural_fields:
            value = getattr(self, name)
            key += value.natural_key() if isinstance(value, models.Model) else (value,)
        return key
