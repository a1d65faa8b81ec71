"""Which sections carry on the duties of others on a day, and which they come from and go to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from .models import Department, DepartmentSuccession, Municipality


class Presence:
    """The sections of a municipality as they stand on a day. Two queries, made at once.

    A section that exists then carries on its own duties, also where it has given some away; one
    that has ended passes them on to its successors, step by step. What is booked ahead does not
    count before its day: the duties of a section that has yet to begin are its forerunners'.
    """

    def __init__(self, municipality: Municipality | int, day: date) -> None:
        town = municipality.pk if isinstance(municipality, Municipality) else municipality
        self.day = day
        self.departments: dict[int, Department] = {
            department.pk: department
            for department in Department.objects.filter(municipality=town).order_by("order", "code")
        }
        self._successors: dict[int, list[int]] = defaultdict(list)
        self._forerunners: dict[int, list[int]] = defaultdict(list)
        successions = DepartmentSuccession.objects.filter(predecessor__municipality=town).order_by(
            "successor__order", "successor__code", "predecessor__order"
        )
        for old, new, effective_on in successions.values_list(
            "predecessor", "successor", "effective_on"
        ):
            if effective_on <= day:
                self._successors[old].append(new)
            else:
                self._forerunners[new].append(old)

    def of(self, *department_ids: int, heirs: Collection[int] = ()) -> tuple[Department, ...]:
        """Return the sections that carry on the duties of these today, each once; () where a
        section has ended and nobody followed. `heirs` are sections that are known to have the
        very duty in later years: of several that followed, only these carry it on."""
        found: dict[int, Department] = {}
        seen: set[int] = set()
        waiting = list(department_ids)
        while waiting:
            number = waiting.pop(0)
            department = self.departments.get(number)
            if department is None or number in seen:
                continue
            seen.add(number)
            if department.is_valid_on(self.day):
                found[number] = department
            elif department.valid_from is not None and department.valid_from > self.day:
                waiting += self._forerunners[number]
            else:
                waiting += self._successors[number]
        followed = found.keys() - set(department_ids)
        if not followed.isdisjoint(heirs):
            followed -= set(heirs)
            found = {number: each for number, each in found.items() if number not in followed}
        return tuple(found.values())


class Lineage:
    """What the sections of a municipality came from and went to, step by step; what is booked ahead
    counts already. One query, made at once."""

    def __init__(self, municipality_id: int) -> None:
        self._before: dict[int, set[int]] = defaultdict(set)
        self._after: dict[int, set[int]] = defaultdict(set)
        successions = DepartmentSuccession.objects.filter(predecessor__municipality=municipality_id)
        for old, new in successions.values_list("predecessor", "successor"):
            self._before[new].add(old)
            self._after[old].add(new)

    def forerunners(self, department_id: int) -> set[int]:
        """Return the ids of the sections whose duties came, or will come, to this one."""
        return self._along(self._before, department_id)

    def successors(self, department_id: int) -> set[int]:
        """Return the ids of the sections to which duties of this one went, or will go."""
        return self._along(self._after, department_id)

    @staticmethod
    def _along(ways: dict[int, set[int]], start: int) -> set[int]:
        found: set[int] = set()
        step = {start}
        while step:
            step = {other for one in step for other in ways.get(one, ())} - found - {start}
            found |= step
        return found
