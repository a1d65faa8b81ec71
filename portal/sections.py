"""Sections by the names they bore, and what became of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.urls import reverse
from django.utils import timezone

from municipalities import fiscal_year as fiscal_years
from municipalities.models import Department, DepartmentSuccession, Municipality


@dataclass(frozen=True)
class SectionShown:
    """A section by its name of that time; `now` names today's sections where they differ."""

    name: str
    now: list[str] = field(default_factory=list)
    closed: bool = False
    url: str = ""
    """Its page of that year, "" where it has none."""


def department_url(town: Municipality, code: str, fiscal_year: int | None = None) -> str:
    """Return the address of a section's page of a year (None: of its newest one)."""
    if fiscal_year is None:
        return reverse("portal:department", args=[town.slug, code])
    return reverse("portal:department_year", args=[town.slug, code, fiscal_year])


def lived_in_year(department: Department, fiscal_year: int) -> bool:
    """Whether a section existed on any day of a fiscal year."""
    first, last = fiscal_years.first_day(fiscal_year), fiscal_years.last_day(fiscal_year)
    return (department.valid_from is None or department.valid_from <= last) and (
        department.valid_to is None or first <= department.valid_to
    )


class Sections:
    """The sections of a municipality and what became of them, up to today. Two queries.

    Sections and reorganisations of days to come are not told.
    """

    def __init__(self, municipality: Municipality) -> None:
        self.municipality = municipality
        self.today = timezone.localdate()
        departments = Department.objects.filter(municipality=municipality)
        by_id = {department.pk: department for department in departments}
        self.by_code = {
            department.code: department
            for department in by_id.values()
            if department.valid_from is None or department.valid_from <= self.today
        }
        self.children: dict[int | None, list[Department]] = defaultdict(list)
        for department in self.by_code.values():
            department.parent = by_id.get(department.parent_id)
            self.children[department.parent_id].append(department)
        self.steps_from: dict[int, list[DepartmentSuccession]] = defaultdict(list)
        self.steps_to: dict[int, list[DepartmentSuccession]] = defaultdict(list)
        successions = DepartmentSuccession.objects.filter(
            predecessor__municipality=municipality, effective_on__lte=self.today
        )
        for step in successions.order_by("effective_on", "pk"):
            step.predecessor = by_id[step.predecessor_id]
            step.successor = by_id[step.successor_id]
            self.steps_from[step.predecessor_id].append(step)
            self.steps_to[step.successor_id].append(step)

    def show(
        self, frozen: list[dict[str, str]], fiscal_year: int | None = None
    ) -> list[SectionShown]:
        """Return sections as a publication names them, with their pages of a fiscal year (None:
        their newest ones)."""
        return [self._show(section, self.url(section["code"], fiscal_year)) for section in frozen]

    def url(self, code: str, fiscal_year: int | None = None) -> str:
        """Return the address of a section's page, "" where there is no such section any more."""
        if code not in self.by_code:
            return ""
        return department_url(self.municipality, code, fiscal_year)

    def below(self, department: Department, fiscal_year: int | None = None) -> list[Department]:
        """Return the sections below a division that existed in a year (None: ever), at every
        depth, in order."""
        return list(self._below(department, fiscal_year, {department.pk}))

    def _below(
        self, above: Department, fiscal_year: int | None, seen: set[int]
    ) -> Iterator[Department]:
        for child in self.children[above.pk]:
            is_there = fiscal_year is None or lived_in_year(child, fiscal_year)
            if is_there and child.pk not in seen:
                seen.add(child.pk)
                yield child
                yield from self._below(child, fiscal_year, seen)

    def _show(self, section: dict[str, str], url: str) -> SectionShown:
        department = self.by_code.get(section["code"])
        if department is None:
            return SectionShown(section["name"])
        heirs = self._heirs(department, {department.pk})
        if heirs:
            return SectionShown(section["name"], [heir.name for heir in heirs], url=url)
        if department.name != section["name"]:
            return SectionShown(section["name"], [department.name], url=url)
        return SectionShown(section["name"], closed=not department.is_valid_on(self.today), url=url)

    def _heirs(self, department: Department, seen: set[int]) -> list[Department]:
        """Return today's sections that took over, directly or through others; one that only gave
        away a part of its duties is still itself."""
        heirs: list[Department] = []
        goes_on = department.is_valid_on(self.today)
        for step in self.steps_from[department.pk]:
            is_part = goes_on and step.kind == DepartmentSuccession.Kind.MOVED
            if is_part or step.successor_id in seen:
                continue
            seen.add(step.successor_id)
            heirs += self._heirs(step.successor, seen) or [step.successor]
        return heirs
