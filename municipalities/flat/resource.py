"""The resource of a flat table: its columns, how it leaves, and through which path it comes in."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cached_property
from typing import Any

from django.db import models
from import_export import resources
from import_export.fields import Field
from tablib import Dataset

from municipalities import record_many
from municipalities.memory import without_garbage_collection
from municipalities.record_many import Problems

from .columns import Column, Link
from .formats import Table
from .importing import Import, Line, Outcome


class FlatResource(resources.ModelResource):
    """One table. A subclass names its model, columns and rows' relations, and where its rows have
    a write path of their own, `check` and `save`.

    An import is all or nothing, and its number of queries does not depend on the rows.
    """

    model: type[models.Model]
    related: tuple[str, ...] = ()

    class Meta:
        skip_unchanged = True
        report_skipped = True

    @classmethod
    def columns(cls) -> Sequence[Column | Link]:
        """Return the columns in the order of the table, parents before what is within them."""
        raise NotImplementedError

    @cached_property
    def table(self) -> list[Any]:
        return list(self.columns())

    # --- Out ------------------------------------------------------------------------------------

    def get_user_visible_fields(self) -> list[Field]:
        return self.table

    def export(self, queryset: Any = None, **kwargs: Any) -> Dataset:
        """Return the rows of a queryset; links are read with them."""
        links = {one.related for one in self.table if isinstance(one, Link) and one.related}
        rows = queryset.select_related(*links, *self.related)
        return Dataset(
            *[tuple(one.export(row) for one in self.table) for row in rows],
            headers=[one.column_name for one in self.table],
            title=str(self.model._meta.verbose_name_plural)[:31],
        )

    # --- In -------------------------------------------------------------------------------------

    def import_data(
        self,
        dataset: Table,
        dry_run: bool = False,
        user: Any = None,
        reason: str = "",
        seen: str | None = None,
        **kwargs: Any,
    ) -> Outcome:
        """Return what the table would change and what is wrong with it; unless `dry_run`, save it
        where nothing is wrong. `seen` is the fingerprint of the outcome that was confirmed: where
        it is another by now, nothing is saved."""
        with without_garbage_collection():
            return Import(self, dataset, user).run(dry_run=dry_run, reason=reason, seen=seen)

    def stored(self, user: Any, towns: Collection[int], years: Collection[int]) -> Any:
        """Return the rows the table may be about, of the towns (and years, if any) it names."""
        rows = self.model._default_manager.visible_to(user).select_related(*self.related)
        if self.model.municipality_lookup:
            rows = rows.filter(**{f"{self.model.municipality_lookup}__in": towns})
        return rows.filter(fiscal_year__in=years) if years else rows

    def check(self, lines: Sequence[Line], *, by: Any, fields: Collection[str]) -> Problems:
        """Return what is wrong with rows that are new or changed, by their position."""
        return record_many.check_rows([line.row for line in lines], by=by, fields=fields)

    def save(self, lines: Sequence[Line], *, by: Any, reason: str, fields: Collection[str]) -> None:
        """Save rows that have been checked: all or none. ValidationError where others were
        quicker."""
        record_many.save_rows([line.row for line in lines], by=by, reason=reason, fields=fields)
