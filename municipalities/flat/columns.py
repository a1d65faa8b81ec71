"""The columns of a flat table: values of the row, and codes of the rows it belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import models
from import_export.fields import Field

from municipalities.models import Municipality

from .widgets import Text, widget_for


class Column(Field):
    """A value of the row, or of a row it belongs to (`attribute` user__name).

    `is_key` columns tell which row is meant.
    """

    def __init__(
        self, model_field: models.Field, attribute: str = "", *, key: bool = False
    ) -> None:
        super().__init__(
            attribute=attribute or model_field.name,
            column_name=str(model_field.verbose_name),
            widget=widget_for(model_field),
        )
        self.model_field = model_field
        self.is_key = key

    @property
    def empty(self) -> Any:
        """What an empty cell means: None or "", None too where a value is required."""
        return None if self.model_field.null else ""

    @property
    def may_be_empty(self) -> bool:
        return self.model_field.null or self.model_field.blank


class Link(Field):
    """Another row by its code, which is `path`'s last part and known within `parent`'s row.

    `attribute` is the row's foreign key to it; without one the link only leads to the next.
    `reads` names what the rules ask of the linked row.
    """

    def __init__(
        self,
        heading: str,
        model: type[models.Model],
        path: str,
        *,
        parent: Link | None = None,
        within: str = "",
        attribute: str = "",
        key: bool = False,
        required: bool = True,
        may_be_new: bool = False,
        reads: tuple[str, ...] = (),
    ) -> None:
        super().__init__(attribute=path, column_name=heading, widget=Text())
        self.model = model
        self.code = path.rpartition("__")[2]
        self.parent = parent
        self.within = within
        self.sets = attribute
        self.is_key = key
        self.may_be_empty = not required
        self.may_be_new = may_be_new
        self.reads = (within, *reads) if within else reads

    @property
    def related(self) -> str:
        """The way from the row to the linked one: series__municipality."""
        return self.attribute.rpartition("__")[0]


def town_link(path: str, *, key: bool = False, attribute: str = "") -> Link:
    """Return the column that names the municipality by its address name."""
    return Link("自治体", Municipality, path, key=key, attribute=attribute)


def columns_of(
    model: type[models.Model], names: Sequence[str], keys: Sequence[str] = ()
) -> list[Column]:
    """Return columns of a model's own fields, headed by their verbose names."""
    return [Column(model._meta.get_field(name), key=name in keys) for name in names]
