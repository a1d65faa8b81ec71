"""今すること: the beginning of the staff's first page, told by every app that knows something.

An app registers a function that says for a request's person what there is to do; the page itself
knows none of them. What a person must not see, the function does not tell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

SOON_DAYS = 7
MOST_ITEMS = 5


class Urgency(IntEnum):
    """How soon somebody has to act; the page begins with the most urgent."""

    OVERDUE = 1
    SOON = 2
    OPEN = 3


@dataclass(frozen=True)
class Link:
    label: str
    url: str


@dataclass(frozen=True)
class Item:
    """A line of a task: a row, a section, and what is to be said of it."""

    text: str
    url: str = ""
    note: str = ""


@dataclass(frozen=True)
class Task:
    """One thing to do now."""

    title: str
    urgency: Urgency = Urgency.OPEN
    due_on: date | None = None
    when: str = ""
    """How urgent it is, in words; never told by colour alone."""
    facts: tuple[str, ...] = ()
    items: tuple[Item, ...] = ()
    items_title: str = ""
    more: int = 0
    """How many more lines there are than are shown."""
    links: tuple[Link, ...] = ()
    """The first is the button."""

    @property
    def tone(self) -> str:
        return self.urgency.name.lower()


@dataclass(frozen=True)
class Coming:
    """What is not to be done yet, or goes on by itself; `day` None: nobody knows when."""

    text: str
    day: date | None = None
    link: Link | None = None


@dataclass(frozen=True)
class Panel:
    """Something to look at below the tasks, with a template of its own."""

    title: str
    template: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Home:
    tasks: list[Task]
    coming: list[Coming]
    panels: list[Panel]


Provider = Callable[[HttpRequest], Iterable[Task | Coming | Panel]]
_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Ask `provider` for every first page from now on; registering twice asks once."""
    if provider not in _providers:
        _providers.append(provider)


def home_of(request: HttpRequest) -> Home:
    """Return what the first page tells the person of `request`, the most urgent first."""
    told = [each for provider in _providers for each in provider(request)]
    last = date.max
    tasks = [each for each in told if isinstance(each, Task)]
    coming = [each for each in told if isinstance(each, Coming)]
    return Home(
        tasks=sorted(tasks, key=lambda task: (task.urgency, task.due_on or last)),
        coming=sorted(coming, key=lambda each: each.day or last),
        panels=[each for each in told if isinstance(each, Panel)],
    )


def urgency_of(due_on: date, today: date) -> Urgency:
    """Return how urgent something is that is due on a day; that day itself is not too late."""
    if today > due_on:
        return Urgency.OVERDUE
    return Urgency.SOON if (due_on - today).days <= SOON_DAYS else Urgency.OPEN


def days_left_words(due_on: date, today: date) -> str:
    """Return あと3日, 今日まで or 2日過ぎています."""
    days = (due_on - today).days
    if days < 0:
        return _("期限を%(days)d日過ぎています") % {"days": -days}
    return _("あと%(days)d日") % {"days": days} if days else _("今日まで")


def shown(items: Iterable[Item], most: int = MOST_ITEMS) -> dict[str, Any]:
    """Return the lines a task shows and how many it leaves out, as its fields."""
    found = tuple(items)
    return {"items": found[:most], "more": max(0, len(found) - most)}
