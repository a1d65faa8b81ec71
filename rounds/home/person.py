"""Who looks at the first page, and what the requests ask of the sections of the towns: read once,
for all the roles of a person."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Q
from django.utils import timezone

from municipalities import fiscal_year as fiscal_years
from municipalities.access import Role, scope_of
from municipalities.models import Department, Municipality
from municipalities.presence import Presence
from plans.choices import Period

from ..models import EntryDraft, Request
from ..requests.dues import Due, FigureDue, dues_of
from .rows import Key, Returned, returned_rows

MOST_OPEN = 6
MOST_CLOSED = 2
LATE_YEARS = 2
"""For so many years after its own, a closed request is asked for late figures."""


@dataclass
class Asked:
    """A request with everything it asks for."""

    request: Request
    dues: list[Due]


class Person:
    """One person today. Each open request costs the queries of its dues; there are few at once."""

    def __init__(self, user: Any) -> None:
        self.user, self.scope, self.today = user, scope_of(user), timezone.localdate()
        self._presences: dict[int, Presence] = {}

    @cached_property
    def entering(self) -> list[Department]:
        """The sections in which the person enters today."""
        memberships = self.user.memberships.valid_on(self.today).filter(role=Role.ENTRY)
        memberships = memberships.select_related("department__municipality")
        found = {each.department_id: each.department for each in memberships}
        return sorted(found.values(), key=lambda each: (each.municipality_id, each.order))

    @cached_property
    def towns(self) -> dict[int, Municipality]:
        """The municipalities in which the person has a role, operators aside."""
        return Municipality.objects.in_bulk(self.scope.municipalities)

    def presence(self, town: int) -> Presence:
        """The sections of a municipality as they stand today."""
        if town not in self._presences:
            self._presences[town] = Presence(town, self.today)
        return self._presences[town]

    @cached_property
    def asked(self) -> list[Asked]:
        """The requests that are open, the most pressing first, then closed ones that still wait
        for late figures."""
        requests = Request.objects.filter(municipality__in=self.scope.municipalities)
        open_ = requests.open().order_by("deadline", "pk")[:MOST_OPEN]
        closed = requests.filter(
            state=Request.State.CLOSED,
            period=Period.YEAR_END,
            fiscal_year__gte=fiscal_years.of(self.today) - LATE_YEARS,
        ).order_by("-fiscal_year", "-pk")[:MOST_CLOSED]
        return [
            Asked(request, dues_of(request, day=self.today))
            for request in [*self._of_towns(open_), *self._of_towns(closed)]
        ]

    def _of_towns(self, requests: Any) -> list[Request]:
        found = list(requests)
        for request in found:
            request.municipality = self.towns[request.municipality_id]
        return found

    @cached_property
    def before(self) -> dict[tuple[int, str, int], Request]:
        """Town, period and year → the request of that time, for those a year before the open
        ones."""
        wanted = Q(pk__in=[])
        for asked in self.asked:
            request = asked.request
            wanted |= Q(
                municipality=request.municipality_id,
                period=request.period,
                fiscal_year=request.fiscal_year - 1,
            )
        return {
            (each.municipality_id, each.period, each.fiscal_year): each
            for each in Request.objects.sent().filter(wanted).order_by("number")
        }

    @cached_property
    def drafts(self) -> list[EntryDraft]:
        """What has been typed for the own sections and not saved."""
        return list(
            EntryDraft.objects.filter(
                request__in=[asked.request.pk for asked in self.asked],
                department__in=[section.pk for section in self.entering],
            )
            .select_related("author")
            .defer("fields", "versions")
        )

    @cached_property
    def returned(self) -> dict[Key, Returned]:
        """What came back to the sections the person enters or approves for."""
        return returned_rows(self.scope.departments)

    def entered(self) -> set[int]:
        """The sections in which the person enters, with those whose duties they carry on."""
        own = {section.pk for section in self.entering}
        return own | {
            number
            for town in {section.municipality_id for section in self.entering}
            for number in self.presence(town).departments
            for section in self.presence(town).of(number)
            if section.pk in own
        }

    @cached_property
    def late(self) -> list[tuple[Asked, FigureDue]]:
        """Return the late figures that are missing and may still be entered, each once."""
        found: dict[tuple[int, int], tuple[Asked, FigureDue]] = {}
        for asked in self.asked:
            for due in asked.dues:
                if not due.is_late or not isinstance(due, FigureDue):
                    continue
                if due.is_open(asked.request) and not due.is_answered(self.today):
                    found.setdefault((due.series.pk, due.fiscal_year), (asked, due))
        return list(found.values())
