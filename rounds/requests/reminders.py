"""Whom to remind of what on a day: one letter per person and town, over all requests."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from django.utils import timezone

from municipalities.models import Department, Municipality, User
from plans.choices import WorkState

from ..models import Request
from .dues import Due, FigureDue, ReportDue, dues_of
from .people import People
from .sections import Sections, is_beside_the_screen, replies_to

DAYS_BEFORE = (7, 3, 1, 0)
FRIDAY = 4
LATE_AFTER_CLOSING = timedelta(days=3 * 366)
"""How long figures that are settled later are chased after a request has been closed."""


class Task(StrEnum):
    """What somebody is reminded to do."""

    ENTER = "enter"
    APPROVE = "approve"
    CONFIRM = "confirm"


@dataclass(frozen=True)
class Item:
    """What waits in a section for a request."""

    task: Task
    request: Request
    section: Department
    former: tuple[str, ...]
    """What the sections were called whose duties it carries on."""
    dues: tuple[Due, ...]
    """All due on one day."""

    @property
    def due_on(self) -> date:
        return self.dues[0].due_on


@dataclass
class Letter:
    """What one person is told about one town."""

    user: User
    municipality: Municipality
    items: list[Item] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return sum(len(item.dues) for item in self.items)


@dataclass
class Round:
    """All letters of a day, and the sections in which nobody receives any."""

    letters: list[Letter] = field(default_factory=list)
    unread: list[Item] = field(default_factory=list)
    orphans: list[tuple[Request, int]] = field(default_factory=list)
    """Requests and how much of them nobody carries on."""


def is_time(due_on: date, day: date, days_before: Collection[int] = DAYS_BEFORE) -> bool:
    """Whether to remind on a `day` of what is due on another: so many days before, and once it is
    overdue from Monday to Friday."""
    left = (due_on - day).days
    return left in days_before or (left < 0 and day.weekday() <= FRIDAY)


def round_of(
    day: date,
    *,
    days_before: Collection[int] = DAYS_BEFORE,
    municipality: Municipality | None = None,
) -> Round:
    """Return whom to remind on a day, in all towns or in one. The number of queries depends on
    the number of requests only."""
    found = Round()
    letters: dict[tuple[int, int], Letter] = {}
    told: set[tuple] = set()
    for request in _requests(day, municipality):
        dues = dues_of(request, day=day)
        sections = Sections(request, dues, day)
        people = People(sections.presence, request.municipality_id)
        orphans = sum(_waits(due, request, day) for due in sections.orphans)
        if orphans:
            found.orphans.append((request, orphans))
        for item in _items(request, sections, day, days_before, told):
            readers = _readers(item, people)
            if not readers:
                found.unread.append(item)
            for user in readers:
                key = (request.municipality_id, user.pk)
                letter = letters.setdefault(key, Letter(user, request.municipality))
                letter.items.append(item)
    found.letters = list(letters.values())
    return found


def _requests(day: date, municipality: Municipality | None) -> list[Request]:
    """Return the requests that may still be answered: of each town the open ones first, in the
    order of their deadlines."""
    requests = Request.objects.sent().select_related("municipality")
    if municipality is not None:
        requests = requests.filter(municipality=municipality)
    recent = timezone.now() - LATE_AFTER_CLOSING
    requests = requests.exclude(state=Request.State.CLOSED, closed_at__lt=recent)
    return sorted(requests, key=lambda row: (row.municipality_id, not row.is_open, row.deadline))


def _readers(item: Item, people: People) -> list[User]:
    match item.task:
        case Task.APPROVE:
            return people.approving(item.section)
        case Task.CONFIRM:
            return people.confirming(item.section)
    return people.entering(item.section)


def _waits(due: Due, request: Request, day: date) -> bool:
    """Whether a section has still to hand something in."""
    return due.is_open(request) and not due.is_answered(day)


def _items(
    request: Request,
    sections: Sections,
    day: date,
    days_before: Collection[int],
    told: set[tuple],
) -> Iterable[Item]:
    """Yield what it is time to speak of; what an earlier request has told is left out."""
    replies = replies_to(request, sections)
    for section in sections.asked:
        by_day: dict[tuple[Task, date], list[Due]] = {}
        is_answered = is_beside_the_screen(replies[section.pk])
        for due in sections.dues(section):
            task = _task(due, request, day)
            if task is None or not is_time(due.due_on, day, days_before):
                continue
            if task == Task.ENTER and is_answered:
                continue
            key = (section.pk, *_thing(due))
            if key not in told:
                told.add(key)
                by_day.setdefault((task, due.due_on), []).append(due)
        former = tuple(sections.former_names(section))
        for (task, _due_on), dues in sorted(by_day.items(), key=lambda pair: pair[0][1]):
            yield Item(task, request, section, former, tuple(dues))


def _task(due: Due, request: Request, day: date) -> Task | None:
    """Return what a due waits for, None where the section and its heads have done their part."""
    if not due.is_open(request):
        return None
    if not due.is_answered(day):
        return Task.ENTER
    town = request.municipality
    if due.state == WorkState.SUBMITTED and town.has_approval_step:
        return Task.APPROVE
    if due.state in {WorkState.SUBMITTED, WorkState.APPROVED} and town.has_lead_step:
        return Task.CONFIRM
    return None


def _thing(due: Due) -> tuple:
    match due:
        case FigureDue():
            return ("series", due.series.pk, due.fiscal_year, due.period)
        case ReportDue():
            return ("row", due.row.pk, due.fiscal_year, due.period)
    return (due.key,)
