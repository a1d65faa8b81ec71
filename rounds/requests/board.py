"""The board of a request: how far each section has come, counted from what is due."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indicators.models import Actual
from measures.models import ProgressReport
from municipalities.models import Department, User
from plans.choices import WorkState

from ..models import EntryDraft, Reply, Request
from ..transfers.ownerless import Ownerless
from .dues import Due, FigureDue, dues_of
from .gaps import gaps_of
from .sections import Sections, is_beside_the_screen, replies_to

UNTOUCHED = ""
LONG_AGO = datetime.min.replace(tzinfo=timezone.get_default_timezone())


class Show(models.TextChoices):
    """Which lines of the board are shown."""

    ALL = "", gettext_lazy("すべて")
    OVERDUE = "overdue", gettext_lazy("期限切れだけ")
    OPEN = "open", gettext_lazy("未回答だけ")


class Sort(models.TextChoices):
    """In which order; only that of the sections is grouped by division."""

    PLACE = "", gettext_lazy("組織順")
    OVERDUE = "overdue", gettext_lazy("期限切れの多い順")
    OPEN = "open", gettext_lazy("未回答の多い順")
    LAST = "last", gettext_lazy("最後の動きの古い順")


@dataclass(frozen=True)
class Change:
    """When somebody last did something, and who (None: a command)."""

    at: datetime
    by: User | None = None


@dataclass(frozen=True)
class Count:
    """How many things are due, and how far they have come. A thing of several sections counts
    once."""

    total: int
    figures: int
    reports: int
    states: tuple[int, ...]
    """By the columns of the board."""
    answered: int
    open: int
    """To be handed in; see `Due.is_missing`."""
    overdue: int
    late: int
    """To be handed in only in a later month, when it is settled."""


@dataclass
class Line:
    """A section, or what nobody carries on (then `section` is None)."""

    name: str
    dues: Sequence[Due]
    count: Count
    section: Department | None = None
    division: Department | None = None
    former: list[str] = field(default_factory=list)
    """What the sections were called whose duties it carries on."""
    replies: list[Reply] = field(default_factory=list)
    last: Change | None = None
    sheet: str = ""
    """Where the section enters; "" where nobody does."""

    @property
    def has_replied(self) -> bool:
        """Whether nothing is missing, or the section has replied beside the screen."""
        return not self.count.open or is_beside_the_screen(self.replies)


@dataclass(frozen=True)
class Group:
    """The lines of a division, with its sums; without a name all lines, in another order."""

    name: str
    lines: Sequence[Line]
    count: Count | None


class Board:
    """A request as it stands on a day (default: today). The number of queries does not depend on
    the number of rows or sections."""

    def __init__(self, request: Request, day: date | None = None) -> None:
        self.request = request
        self.day = day = day or timezone.localdate()
        self.dues = dues_of(request, day=day)
        self.sections = Sections(request, self.dues, day)
        self.gaps: list[Ownerless] = gaps_of(request, self.sections)
        self.states = self._states()
        replies, changes = replies_to(request, self.sections), _changes(self.dues)
        drafts = self._drafts()
        self.lines = [
            self._line(section, replies[section.pk], changes, drafts[section.pk])
            for section in self.sections.asked
        ]
        self.orphans = self._orphans()
        self.count = self.counted(self.dues)

    @property
    def columns(self) -> list[str]:
        """The headings of the states."""
        return [str(WorkState(state).label) if state else str(_("未入力")) for state in self.states]

    @property
    def divisions(self) -> list[Department]:
        return list(dict.fromkeys(line.division for line in self.lines))

    def counted(self, dues: Iterable[Due]) -> Count:
        """Count dues, each once."""
        dues = list({due.key: due for due in dues}.values())
        found: dict[str, int] = defaultdict(int)
        for due in dues:
            found[due.state] += 1
        waiting = [due for due in dues if not due.is_locked and not due.is_answered(self.day)]
        missing = [due for due in waiting if due.is_missing(self.day)]
        figures = sum(isinstance(due, FigureDue) for due in dues)
        return Count(
            total=len(dues),
            figures=figures,
            reports=len(dues) - figures,
            states=tuple(found[state] for state in self.states),
            answered=sum(due.is_answered(self.day) for due in dues),
            open=len(missing),
            overdue=sum(due.is_overdue(self.day) for due in missing),
            late=len(waiting) - len(missing),
        )

    def arranged(
        self, show: str = Show.ALL, division: int | None = None, sort: str = Sort.PLACE
    ) -> list[Group]:
        """Return the chosen lines, by division where they stand in the order of the sections."""
        lines = [
            line
            for line in self.lines
            if (division is None or line.division.pk == division) and _is_shown(line, show)
        ]
        if sort != Sort.PLACE:
            return [Group("", sorted(lines, key=ORDERS[Sort(sort)]), None)] if lines else []
        of_division: dict[Department, list[Line]] = defaultdict(list)
        for line in lines:
            of_division[line.division].append(line)
        return [
            Group(above.name, below, self.counted(due for line in below for due in line.dues))
            for above, below in of_division.items()
        ]

    # --- What it is made of -------------------------------------------------------------------

    def _states(self) -> tuple[str, ...]:
        """The states the town uses, and those in which rows stand all the same."""
        town = self.request.municipality
        unused = set()
        if not town.has_approval_step:
            unused.add(WorkState.APPROVED)
        if not town.has_lead_step:
            unused.add(WorkState.CONFIRMED)
        unused -= {due.state for due in self.dues}
        return (UNTOUCHED, *(state.value for state in WorkState if state not in unused))

    def _drafts(self) -> dict[int, list[Change]]:
        """Return section → when somebody typed something that is not saved yet."""
        found: dict[int, list[Change]] = defaultdict(list)
        drafts = EntryDraft.objects.filter(request=self.request).select_related("author")
        for draft in drafts.defer("fields", "versions"):
            for section in self.sections.presence.of(draft.department_id):
                found[section.pk].append(Change(draft.saved_at, draft.author))
        return found

    def _line(
        self,
        section: Department,
        replies: list[Reply],
        changes: dict[tuple[type, int], Change],
        drafts: list[Change],
    ) -> Line:
        dues = self.sections.dues(section)
        done = [changes[key] for due in dues if (key := _key(due)) in changes]
        return Line(
            name=section.name,
            dues=dues,
            count=self.counted(dues),
            section=section,
            division=self.sections.division(section),
            former=self.sections.former_names(section),
            replies=replies,
            last=max([*done, *drafts], key=lambda change: change.at, default=None),
            sheet=sheet_of(self.request, section),
        )

    def _orphans(self) -> list[Line]:
        """Return what nobody carries on, by the sections the plans name."""
        by_names: dict[str, list[Due]] = defaultdict(list)
        for due in self.sections.orphans:
            by_names[_("・").join(section.name for section in due.named)].append(due)
        return [
            Line(name or _("（担当課の記載なし）"), dues, self.counted(dues))
            for name, dues in by_names.items()
        ]


def sheet_of(request: Request, section: Department) -> str:
    """Return the address of the sheet on which a section answers a request."""
    return reverse("admin:rounds_request_sheet", args=[request.pk, section.pk])


def _is_shown(line: Line, show: str) -> bool:
    match show:
        case Show.OVERDUE:
            return bool(line.count.overdue) and not line.has_replied
        case Show.OPEN:
            return not line.has_replied
    return True


ORDERS: dict[str, Callable[[Line], Any]] = {
    Sort.OVERDUE: lambda line: -line.count.overdue,
    Sort.OPEN: lambda line: -line.count.open,
    Sort.LAST: lambda line: line.last.at if line.last else LONG_AGO,
}


def _key(due: Due) -> tuple[type, int]:
    return (type(due.working), due.working.pk if due.working is not None else 0)


def _changes(dues: Iterable[Due]) -> dict[tuple[type, int], Change]:
    """Return the last change of each row that has been begun. A query for each kind of row."""
    found = {}
    for model in (Actual, ProgressReport):
        numbers = [due.working.pk for due in dues if isinstance(due.working, model)]
        last = model.history.filter(id__in=numbers).order_by().values("id")
        last = last.annotate(last=models.Max("history_id")).values("last")
        rows = model.history.filter(history_id__in=last).select_related("history_user")
        for row in rows.only("id", "history_date", "history_user"):
            found[model, row.id] = Change(row.history_date, row.history_user)
    return found
