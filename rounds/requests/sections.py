"""The sections a request goes to, as they stand on a day, and what each of them owes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from municipalities.models import Department
from municipalities.presence import Presence

from ..models import Reply, Request
from .dues import Due


class Sections:
    """Sorts the dues of a request by the sections that answer for them on a day.

    Three queries, whatever is asked afterwards. A due of several sections is with each of them;
    what nobody carries on is in `orphans`.
    """

    def __init__(self, request: Request, dues: Iterable[Due], day: date) -> None:
        self.presence = Presence(request.municipality_id, day)
        chosen = [department.pk for department in request.departments.all()]
        present = {department.pk for department in self.presence.of(*chosen)}
        self.orphans: list[Due] = []
        dues_of: dict[int, list[Due]] = {}
        for due in dues:
            if not due.sections:
                self.orphans.append(due)
            for section in due.sections:
                if not chosen or section.pk in present:
                    dues_of.setdefault(section.pk, []).append(due)
        self._dues = dues_of
        self.asked: list[Department] = [
            section for section in self.presence.departments.values() if section.pk in dues_of
        ]
        """The sections that answer for something, in their order."""

    def dues(self, section: Department) -> list[Due]:
        """Return what a section answers for."""
        return self._dues.get(section.pk, [])

    def former_names(self, section: Department) -> list[str]:
        """Return what the sections were called whose duties here a section carries on: those that
        the plans name and that have ended."""
        day = self.presence.day
        named = dict.fromkeys(
            department
            for due in self.dues(section)
            for department in due.named
            if department.valid_to is not None and department.valid_to < day
        )
        return [
            department.name for department in named if section in self.presence.of(department.pk)
        ]

    def division(self, section: Department) -> Department:
        """Return what stands above all else over a section: its division, or the section itself
        where nothing does."""
        seen = set()
        while section.parent_id in self.presence.departments and section.pk not in seen:
            seen.add(section.pk)
            section = self.presence.departments[section.parent_id]
        return section


def replies_to(request: Request, sections: Sections) -> dict[int, list[Reply]]:
    """Return section → replies of it, and of those whose duties it has taken over. One query."""
    found: dict[int, list[Reply]] = defaultdict(list)
    for reply in request.replies.select_related("department"):
        for section in sections.presence.of(reply.department_id):
            found[section.pk].append(reply)
    return found


def is_beside_the_screen(replies: Iterable[Reply]) -> bool:
    """Whether a section has replied on paper or by file: others type that in for it."""
    return any(reply.channel != Reply.Channel.SCREEN for reply in replies)
