"""Sections by the names they bore, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils import timezone

from municipalities.models import Department, DepartmentSuccession, Municipality


@dataclass(frozen=True)
class SectionShown:
    """A section by its name of that time; `now` names today's sections where they differ."""

    name: str
    now: list[str] = field(default_factory=list)
    closed: bool = False


class Sections:
    """The sections of a municipality and what became of them. Two queries."""

    def __init__(self, municipality: Municipality) -> None:
        departments = Department.objects.filter(municipality=municipality)
        self.by_code = {department.code: department for department in departments}
        by_id = {department.pk: department for department in self.by_code.values()}
        self.successors: dict[int, list[Department]] = {}
        successions = DepartmentSuccession.objects.filter(
            predecessor__municipality=municipality
        ).order_by("effective_on", "pk")
        for step in successions:
            if step.effective_on <= timezone.localdate():
                found = self.successors.setdefault(step.predecessor_id, [])
                found.append(by_id[step.successor_id])

    def show(self, frozen: list[dict[str, str]]) -> list[SectionShown]:
        return [self._show(section) for section in frozen]

    def _show(self, section: dict[str, str]) -> SectionShown:
        department = self.by_code.get(section["code"])
        if department is None:
            return SectionShown(section["name"])
        heirs = self._heirs(department, {department.pk})
        if heirs:
            return SectionShown(section["name"], [heir.name for heir in heirs])
        if department.name != section["name"]:
            return SectionShown(section["name"], [department.name])
        return SectionShown(
            section["name"], closed=not department.is_valid_on(timezone.localdate())
        )

    def _heirs(self, department: Department, seen: set[int]) -> list[Department]:
        """Return today's sections that took over, directly or through others."""
        heirs: list[Department] = []
        for successor in self.successors.get(department.pk, []):
            if successor.pk in seen:
                continue
            seen.add(successor.pk)
            heirs += self._heirs(successor, seen) or [successor]
        return heirs
