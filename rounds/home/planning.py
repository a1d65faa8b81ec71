"""企画担当: how far the requests have come, what is to be checked and published, who is locked out,
and what comes next in the town's year."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities.days import day_words
from municipalities.home import (
    Coming,
    Item,
    Link,
    Panel,
    Task,
    Urgency,
    days_left_words,
    shown,
    urgency_of,
)
from municipalities.models import Department, Municipality, SignInWait
from municipalities.signing_in import waiting, when_again
from plans.workflow import Action

from ..models import Publication, Request
from ..requests.dues import Due
from ..requests.sections import Sections, is_beside_the_screen, replies_to
from . import pages, year
from .person import Asked, Person
from .rows import MODELS, counts_in_words, of_towns, states_before

MOST_SCHEDULED = 5


def told_to(person: Person) -> Iterator[Task | Coming | Panel]:
    """Yield what the municipalities of a planner ask for."""
    towns = [person.towns[number] for number in sorted(person.scope.planned)]
    planned = {town.pk for town in towns}
    asked = [each for each in person.asked if each.request.municipality_id in planned]
    progress = {each.request.pk: Progress(person, each) for each in asked if each.request.is_open}
    for each in progress.values():
        yield each.task()
    yield from _late(person, planned)
    yield from _drafts(towns)
    yield from _to_check(towns)
    yield from _scheduled(planned)
    yield from locked_out(person.user)
    yield from year.told_to(towns, person.today, progress)


class Progress:
    """How many sections have answered a request, and which are late."""

    def __init__(self, person: Person, asked: Asked) -> None:
        self.request, self.today = asked.request, person.today
        sections = Sections(asked.request, asked.dues, person.today)
        replies = replies_to(asked.request, sections)
        self.sections = len(sections.asked)
        self.nobody = len(sections.orphans)
        self.missing: dict[Department, list[Due]] = {}
        """As on the board: who has anything to hand in, and has not replied beside the screen."""
        for section in sections.asked:
            waiting = [due for due in sections.dues(section) if due.is_missing(self.today)]
            if waiting and not is_beside_the_screen(replies[section.pk]):
                self.missing[section] = waiting
        self.overdue = {
            section: late
            for section, waiting in self.missing.items()
            if (late := [due for due in waiting if due.is_overdue(self.today)])
        }

    @property
    def answered(self) -> int:
        return self.sections - len(self.missing)

    def words(self) -> str:
        return _("%(all)d課中%(done)d課が回答済み") % {
            "all": self.sections,
            "done": self.answered,
        }

    def task(self) -> Task:
        """Return what a planner does about it: watch, remind, or close it."""
        request, today = self.request, self.today
        facts = [
            _("回答期限：%(day)s") % {"day": day_words(request.municipality, request.deadline)},
            self.words(),
        ]
        if self.nobody:
            text = _("担当する課がないもの：%(count)d件")
            facts.append(text % {"count": self.nobody})
        if not self.missing:
            facts.append(_("すべての課が回答しました。確認して、照会を終えてください。"))
        urgency = urgency_of(request.deadline, today)
        if not self.overdue and (urgency == Urgency.OVERDUE or not self.missing):
            urgency = Urgency.OPEN
        return Task(
            request.title,
            urgency,
            request.deadline,
            days_left_words(request.deadline, today) if self.missing else "",
            tuple(facts),
            items_title=_("期限を過ぎた課") if self.overdue else _("まだの課"),
            links=(Link(_("回答状況を見る"), pages.board_url(request)),),
            **shown(
                Item(
                    section.name,
                    pages.sheet_url(request, section),
                    _("未回答 %(count)d件") % {"count": len(dues)},
                )
                for section, dues in (self.overdue or self.missing).items()
            ),
        )


def _late(person: Person, planned: set[int]) -> Iterator[Task]:
    """Yield the figures that should have been settled by now and are still missing."""
    overdue = [
        (asked, due)
        for asked, due in person.late
        if asked.request.municipality_id in planned and due.is_overdue(person.today)
    ]
    if overdue:
        first = min(due.due_on for _asked, due in overdue)
        yield Task(
            _("確定する月を過ぎて、まだ入力されていない数値"),
            Urgency.OVERDUE,
            first,
            days_left_words(first, person.today),
            links=(Link(_("回答状況を見る"), pages.board_url(overdue[0][0].request)),),
            **shown(
                Item(
                    pages.figure_words(due, asked.request.municipality),
                    "",
                    pages.comma(due.sections) or _("担当する課がありません"),
                )
                for asked, due in overdue
            ),
        )


def _drafts(towns: list[Municipality]) -> Iterator[Task]:
    drafts = Request.objects.filter(municipality__in=towns, state=Request.State.DRAFT)
    for request in drafts.order_by("deadline", "pk"):
        yield Task(
            _("準備中の照会：%(title)s") % {"title": request.title},
            due_on=request.deadline,
            facts=(_("まだ各課に届いていません。内容を確かめて送ってください。"),),
            links=(Link(_("確かめて照会する"), pages.board_url(request)),),
        )


def _to_check(towns: list[Municipality]) -> Iterator[Task]:
    """Yield how many rows wait for the planners' check."""
    states = {town.pk: states_before(town, Action.CHECK) for town in towns}
    counts = {model: of_towns(model, states).count() for model in MODELS}
    if any(counts.values()):
        shared = sorted({state for each in states.values() for state in each})
        yield Task(
            _("確認を待っている行：%(count)d件") % {"count": sum(counts.values())},
            Urgency.SOON,
            facts=(pages.comma(counts_in_words(counts)),),
            links=tuple(
                Link(
                    _("%(what)sを確かめる") % {"what": model._meta.verbose_name},
                    pages.waiting_url(model, shared),
                )
                for model, count in counts.items()
                if count
            ),
        )


def _scheduled(planned: set[int]) -> Iterator[Coming]:
    scheduled = (
        Publication.objects.filter(plan__municipality__in=planned, effective_at__gt=timezone.now())
        .select_related("plan__municipality")
        .order_by("effective_at")
    )
    for publication in scheduled[:MOST_SCHEDULED]:
        at = timezone.localtime(publication.effective_at)
        words = {
            "what": publication.get_kind_display(),
            "plan": publication.plan,
            "time": f"{at:%H:%M}",
        }
        yield Coming(
            _("公表の予定：%(plan)s %(what)s（%(time)s）") % words,
            at.date(),
            Link(_("見る"), pages.row_url(publication)),
        )


def locked_out(user: Any) -> Iterator[Task]:
    """Yield whose sign-in is stopped after failures, among the people `user` manages."""
    waits = waiting(SignInWait.objects.visible_to(user))
    if waits:
        yield Task(
            _("サインインが停止している人がいます"),
            facts=(_("本人からの連絡を確かめてから、停止を解除してください。"),),
            links=(
                Link(
                    _("停止の一覧を開く"),
                    reverse("admin:municipalities_signinwait_changelist"),
                ),
            ),
            **shown(
                Item(account or "－", "", _("%(time)sまで") % {"time": when_again(until)})
                for (account, _address), until in waits.items()
            ),
        )


def unchecked(towns: list[Municipality]) -> dict[int, int]:
    """Return how many rows of each municipality wait for the planners' check."""
    states = {town.pk: states_before(town, Action.CHECK) for town in towns}
    found: dict[int, int] = defaultdict(int)
    for model in MODELS:
        rows = of_towns(model, states).order_by().values_list(model.municipality_lookup)
        for town, count in rows.annotate(count=Count("pk")):
            found[town] += count
    return found
