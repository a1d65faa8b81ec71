"""入力担当: what the own sections still owe, by when, and what came back."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext as _

from indicators.models import Actual
from measures.models import ProgressReport
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
from municipalities.models import Department
from plans.choices import WorkState

from ..requests.dues import Due, FigureDue, of_section
from . import pages
from .person import Asked, Person
from .rows import Key, Returned, name_of


def told_to(person: Person) -> Iterator[Task | Coming]:
    """Yield what there is to do for each section in which the person enters."""
    own = person.entered()
    returned = {
        key: each
        for key, each in person.returned.items()
        if each.by != person.user.pk and not own.isdisjoint(each.sections)
    }
    told: set[Key] = set()
    is_asked = False
    for section in person.entering:
        for asked in person.asked:
            mine = of_section(asked.dues, section)
            back = {key: returned[key] for key in map(_key, mine) if key in returned}
            if asked.request.is_open:
                answers = list(_answer(person, asked, section, mine, back))
                is_asked = is_asked or bool(answers)
                if any(isinstance(each, Task) for each in answers):
                    told |= set(back)
                yield from answers
        yield from _late(person, section)
    yield from _left_over([each for key, each in returned.items() if key not in told])
    if not is_asked:
        yield Coming(_("回答する照会は、いまありません。照会が届くと、ここに出ます。"))


def _key(due: Due) -> Key:
    model = Actual if isinstance(due, FigureDue) else ProgressReport
    return model, due.working.pk if due.working is not None else 0


def _answer(
    person: Person,
    asked: Asked,
    section: Department,
    mine: list[Due],
    back: dict[Key, Returned],
) -> Iterator[Task | Coming]:
    """Yield how far a section has come with a request."""
    request, today = asked.request, person.today
    counted = [due for due in mine if due.is_open(request) or due.is_answered(today)]
    missing = [due for due in counted if due.is_missing(today)]
    answered = sum(due.is_answered(today) for due in counted)
    later = len(counted) - len(missing) - answered
    drafts = [
        draft
        for draft in person.drafts
        if (draft.request_id, draft.department_id) == (request.pk, section.pk)
    ]
    title = _("%(section)s：%(request)s") % {"section": section, "request": request.title}
    sheet = pages.sheet_url(request, section)
    done = {"all": len(counted), "done": answered}
    come = _("%(count)d件は、後から確定するものです") % {"count": later} if later else ""
    if not missing and not drafts and not back:
        if counted:
            text = _("%(title)s は回答済みです（%(all)d件中%(done)d件）。") % {
                "title": title,
                **done,
            }
            yield Coming(f"{text}{come}", request.deadline, Link(_("見る"), sheet))
        return
    facts = [
        _("回答期限：%(day)s") % {"day": day_words(request.municipality, request.deadline)},
        _("%(all)d件中%(done)d件が回答済み") % done,
        *([come] if come else []),
    ]
    begun = sum(due.state == WorkState.DRAFT for due in missing)
    if begun:
        facts.append(_("入力中で、まだ提出していないもの：%(count)d件") % {"count": begun})
    for draft in drafts:
        who = _("あなた") if draft.author_id == person.user.pk else draft.author
        at = timezone.localtime(draft.saved_at)
        words = {"who": who, "at": f"{at:%m-%d %H:%M}"}
        facts.append(_("保存していない下書きがあります：%(who)s（%(at)s）") % words)
    before = person.before.get((request.municipality_id, request.period, request.fiscal_year - 1))
    urgency = urgency_of(request.deadline, today)
    when = days_left_words(request.deadline, today)
    if not missing:
        urgency, when = Urgency.SOON, ""
    yield Task(
        title,
        min(urgency, Urgency.SOON) if back else urgency,
        request.deadline,
        when,
        tuple(facts),
        items_title=_("差し戻された行") if back else "",
        links=(
            Link(_("入力する"), sheet),
            Link(_("前年度の内容を見る"), pages.last_year_url(before, request, section)),
        ),
        **shown(_returned_items(back.values())),
    )


def _returned_items(returned: object) -> list[Item]:
    return [
        Item(name_of(each.row), pages.row_url(each.row), _("理由：%(why)s") % {"why": each.reason})
        for each in returned
    ]


def _late(person: Person, section: Department) -> Iterator[Task | Coming]:
    """Yield the figures that are settled late: to be entered from their month on."""
    mine = [(asked, due) for asked, due in person.late if section in due.sections]
    now = [(asked, due) for asked, due in mine if person.today >= due.due_on.replace(day=1)]
    if now:
        asked, first = min(now, key=lambda pair: pair[1].due_on)
        yield Task(
            _("%(section)s：確定する時期になった数値") % {"section": section},
            urgency_of(first.due_on, person.today),
            first.due_on,
            days_left_words(first.due_on, person.today),
            (_("値が決まったら入力してください。まだなら、確定予定月を直してください。"),),
            links=(Link(_("入力する"), pages.sheet_url(asked.request, section)),),
            **shown(
                Item(
                    pages.figure_words(due, each.request.municipality),
                    "",
                    _("%(day)sまで") % {"day": day_words(each.request.municipality, due.due_on)},
                )
                for each, due in sorted(now, key=lambda pair: pair[1].due_on)
            ),
        )
    later = [pair for pair in mine if pair not in now]
    if later:
        asked, first = min(later, key=lambda pair: pair[1].due_on)
        words = {"section": section, "count": len(later), "first": first.series.name}
        yield Coming(
            _("%(section)s：後から確定する数値 %(count)d件（はじめは「%(first)s」）") % words,
            first.due_on,
            Link(_("見る"), pages.sheet_url(asked.request, section)),
        )


def _left_over(returned: list[Returned]) -> Iterator[Task]:
    """Yield what came back and belongs to no request that is open."""
    if returned:
        yield Task(
            _("差し戻された行"),
            Urgency.SOON,
            facts=(_("理由を読んで直し、もう一度提出してください。"),),
            links=(Link(_("直す"), pages.row_url(returned[0].row)),),
            **shown(_returned_items(returned)),
        )
