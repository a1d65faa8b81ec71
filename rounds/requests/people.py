"""Who enters, approves and confirms in the sections of a town on a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from municipalities.access import Role
from municipalities.models import Department, Membership, User
from municipalities.presence import Presence


class People:
    """The active people of a town by section and role. One query."""

    def __init__(self, presence: Presence, municipality_id: int) -> None:
        self._departments = presence.departments
        self._people: dict[tuple[int, str], list[User]] = defaultdict(list)
        memberships = (
            Membership.objects.valid_on(presence.day)
            .filter(
                municipality=municipality_id,
                role__in=[Role.ENTRY, Role.APPROVER],
                user__is_active=True,
            )
            .select_related("user")
            .order_by("user__username")
        )
        for membership in memberships:
            people = self._people[membership.department_id, membership.role]
            if membership.user not in people:
                people.append(membership.user)

    def entering(self, section: Department) -> list[User]:
        """Return those who enter for a section."""
        return self._people.get((section.pk, Role.ENTRY), [])

    def approving(self, section: Department) -> list[User]:
        """Return those who approve for a section: its own, else those of the nearest one above."""
        return next(
            (
                people
                for place in (section, *self._above(section))
                if (people := self._people.get((place.pk, Role.APPROVER)))
            ),
            [],
        )

    def confirming(self, section: Department) -> list[User]:
        """Return those who approve for the lead section (部主管課) of a section's division."""
        above = {place.pk for place in self._above(section)}
        return [
            person
            for lead in self._departments.values()
            if lead.is_lead and lead.parent_id in above
            for person in self._people.get((lead.pk, Role.APPROVER), [])
        ]

    def _above(self, section: Department) -> Iterator[Department]:
        seen = {section.pk}
        while section.parent_id in self._departments and section.parent_id not in seen:
            section = self._departments[section.parent_id]
            seen.add(section.pk)
            yield section
