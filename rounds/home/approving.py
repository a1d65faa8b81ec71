"""承認者: what waits for a section's head, or for the lead section of a division."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator

from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities.days import day_words
from municipalities.home import (
    Coming,
    Item,
    Link,
    Task,
    Urgency,
    days_left_words,
    shown,
    urgency_of,
)
from municipalities.models import Department, Municipality
from plans.workflow import Action

from . import pages
from .person import Asked, Person
from .rows import (
    MODELS,
    Pile,
    counts_in_words,
    name_of,
    of_sections,
    sections_of,
    states_before,
    with_sections,
)


def told_to(person: Person) -> Iterator[Task | Coming]:
    """Yield what waits for the person, then what the sections below have not answered."""
    for town in _towns(person):
        yield from _waiting(
            person, town, Action.APPROVE, person.scope.approved, _("承認を待っている行")
        )
        yield from _waiting(
            person, town, Action.CONFIRM, person.scope.led, _("部主管課の確認を待っている行")
        )
    watched = person.scope.approved | person.scope.led
    for asked in person.asked:
        if asked.request.is_open:
            yield from _answers(person, asked, watched)
    yield from _returned(person)


def _towns(person: Person) -> list[Municipality]:
    return sorted(person.towns.values(), key=lambda town: town.pk)


def _waiting(
    person: Person,
    town: Municipality,
    action: Action,
    departments: Collection[int],
    title: str,
) -> Iterator[Task]:
    """Yield the rows of a municipality's sections that wait for a step, section by section."""
    states = states_before(town, action)
    presence = person.presence(town.pk)
    here = {number for number in departments if number in presence.departments}
    if not states or not here:
        return
    rows = [
        row
        for model in MODELS
        for row in with_sections(of_sections(model, here).filter(state__in=states))
    ]
    own = [row for row in rows if row.changed_by_id == person.user.pk]
    if town.allows_own_approval:
        own = []
    if len(own) == len(rows):
        return
    sections = sections_of(rows)
    piles: dict[int, Pile] = {}
    for row in rows:
        for section in presence.of(*(sections[type(row), row.pk] & here)):
            piles.setdefault(section.pk, Pile(section)).add(row)
    sheets = {
        section.pk: pages.sheet_url(asked.request, section)
        for asked in reversed(person.asked)
        for due in asked.dues
        if due.state in states
        for section in due.sections
    }
    counts = Counter(type(row) for row in rows)
    facts = [pages.comma(counts_in_words(counts))]
    if own:
        text = _("うち%(count)d件は自分が入力した内容のため、ほかの人が進めます。")
        facts.append(text % {"count": len(own)})
    since = timezone.localtime(min(row.updated_at for row in rows)).date()
    if since < person.today:
        days = (person.today - since).days
        facts.append(_("最も長く待っている行：%(days)d日") % {"days": days})
    yield Task(
        _("%(title)s：%(count)d件") % {"title": title, "count": len(rows)},
        Urgency.SOON,
        facts=tuple(facts),
        links=tuple(
            Link(
                _("%(what)sを確かめる") % {"what": model._meta.verbose_name},
                pages.waiting_url(model, states),
            )
            for model in counts
        ),
        **shown(
            Item(
                pile.section.name,
                sheets.get(pile.section.pk, ""),
                pages.comma(counts_in_words(pile.counts)),
            )
            for pile in sorted(piles.values(), key=lambda pile: pile.since)
        ),
    )


def _answers(person: Person, asked: Asked, watched: Collection[int]) -> Iterator[Task | Coming]:
    """Yield which of the sections below have not answered a request that is open."""
    request, today = asked.request, person.today
    missing: Counter[Department] = Counter()
    for due in asked.dues:
        if due.is_open(request) and due.is_missing(today):
            missing.update(section for section in due.sections if section.pk in watched)
    if not missing:
        return
    if today <= request.deadline:
        words = {"request": request.title, "sections": pages.comma(missing)}
        yield Coming(
            _("%(request)s：回答の済んでいない課は %(sections)s") % words, request.deadline
        )
        return
    yield Task(
        _("%(request)s：期限を過ぎても回答のない課があります") % {"request": request.title},
        urgency_of(request.deadline, today),
        request.deadline,
        days_left_words(request.deadline, today),
        (_("回答期限：%(day)s") % {"day": day_words(request.municipality, request.deadline)},),
        **shown(
            Item(
                section.name,
                pages.sheet_url(request, section),
                _("未回答 %(count)d件") % {"count": count},
            )
            for section, count in missing.items()
        ),
    )


def _returned(person: Person) -> Iterator[Coming]:
    """Yield what was sent back to the sections and has not come again."""
    entered = person.entered()
    for each in person.returned.values():
        if each.sections & person.scope.approved and entered.isdisjoint(each.sections):
            words = {"row": name_of(each.row), "why": each.reason}
            yield Coming(
                _("差戻し中：%(row)s（理由：%(why)s）") % words,
                link=Link(_("見る"), pages.row_url(each.row)),
            )
