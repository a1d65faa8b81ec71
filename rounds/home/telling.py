"""Which parts of the first page a person gets: one for each of the roles held today."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest

from municipalities.access import Role
from municipalities.home import Coming, Panel, Task

from . import approving, entering, looking, operating, planning
from .person import Person


def told_to(request: HttpRequest) -> Iterator[Task | Coming | Panel]:
    """Yield what the year asks of the person of `request`, whatever the roles."""
    person = Person(request.user)
    if person.entering:
        yield from entering.told_to(person)
    if person.scope.approved or person.scope.led:
        yield from approving.told_to(person)
    if person.scope.planned:
        yield from planning.told_to(person)
    if Role.READER in person.scope.roles:
        yield from looking.told_to(person)
    if person.scope.is_operator:
        yield from operating.told_to(request)
