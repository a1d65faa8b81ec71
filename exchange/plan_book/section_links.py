"""Which sections answer for a row, and for how long.

The column 担当課 of a sheet names those that answer for it as long as it stands; a sheet of its own
holds those with a period. A list that no longer names a section takes it away.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from municipalities.record_many import check_rows, refuse, save_rows
from plans import structure

from .shelf import Shelf
from .table import Table


def have_periods(links: Sequence[Any]) -> bool:
    """Whether these sections of one row need the sheet of periods: one has a first or last year,
    or they are not simply numbered one after the other."""
    return [link.order for link in links] != [*range(1, len(links) + 1)] or any(
        link.first_fiscal_year or link.last_fiscal_year or link.life_reason or link.life_note
        for link in links
    )


def by_parent(links: Iterable[Any], parent: str) -> dict[int, list[Any]]:
    """Return number of the row → its sections in their order."""
    found: dict[int, list[Any]] = defaultdict(list)
    for link in sorted(links, key=lambda link: (link.order, link.department_id)):
        found[getattr(link, f"{parent}_id")].append(link)
    return found


class SectionedTable(Table):
    """Rows with a column 担当課; `links` is the model that leads from a row, its `parent`, to its
    sections."""

    links: type[Any]
    parent: str

    def stored(self, shelf: Shelf) -> list[Any]:
        rows = super().stored(shelf)
        links = {}
        if rows:
            there = self.links.objects.filter(**{f"{self.parent}__in": [row.pk for row in rows]})
            links = by_parent(shelf.adopt(there), self.parent)
        for row in rows:
            found = links.get(row.pk, [])
            row.kept_links = [] if have_periods(found) else found
            row.kept_sections = [link.department for link in row.kept_links]
        return rows

    def save(
        self, rows: Sequence[Any], shelf: Shelf, *, by: Any, reason: str, fields: Collection[str]
    ) -> None:
        super().save(rows, shelf, by=by, reason=reason, fields=fields)
        new = []
        for row in rows:
            kept = getattr(row, "kept_sections", [])
            said = getattr(row, "said_sections", kept)
            if said != kept:
                for link in getattr(row, "kept_links", []):
                    structure.remove_row(link, by=by, reason=reason)
                new += [
                    self.links(**{self.parent: row}, department=section, order=order)
                    for order, section in enumerate(said, start=1)
                    if section.pk is not None  # else it is wrong, and said to be
                ]
        if new:
            refuse(check_rows(new, by=by), new)
            save_rows(new, by=by, reason=reason)


class SectionTable(Table):
    """The sections with a period of one kind of row."""

    parent: str

    def exported(self, shelf: Shelf) -> list[Any]:
        links = by_parent(self.stored(shelf), self.parent)
        return [
            link
            for parent in dict.fromkeys(getattr(link, self.parent) for link in self.stored(shelf))
            for link in links[parent.pk]
            if have_periods(links[parent.pk])
        ]

    def new(self, shelf: Shelf) -> Any:
        return self.model()
