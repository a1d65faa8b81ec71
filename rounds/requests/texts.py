"""What reminders say: the mail to a person, and the text to paste into a groupware."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.conf import settings
from django.utils.translation import gettext as _

from municipalities.days import day_words
from municipalities.models import Department, Municipality

from ..models import Request
from .board import Board, Line, sheet_of
from .dues import Due, FigureDue
from .reminders import Item, Letter, Task

WEEKDAYS = "月火水木金土日"


def deadline_words(municipality: Municipality, due_on: date, day: date) -> str:
    """Return 令和6年6月14日（金）、あと3日."""
    left = (due_on - day).days
    if left > 0:
        rest = _("あと%(days)d日") % {"days": left}
    elif left == 0:
        rest = _("今日まで")
    else:
        rest = _("%(days)d日過ぎています") % {"days": -left}
    weekday = WEEKDAYS[due_on.weekday()]
    return _("%(day)s（%(weekday)s）、%(rest)s") % {
        "day": day_words(municipality, due_on),
        "weekday": weekday,
        "rest": rest,
    }


def section_words(section: Department, former: Iterable[str]) -> str:
    """Return a section's name with those of its forerunners: 長寿課（旧：福祉課）."""
    before = _("、").join(former)
    return f"{section.name}{_('（旧：%(names)s）') % {'names': before}}" if before else section.name


def address_of(request: Request, section: Department) -> str:
    """Return where a section answers, with the host of this installation; "" where the settings
    do not name it."""
    if not settings.SITE_URL:
        return ""
    return f"{settings.SITE_URL}{sheet_of(request, section)}"


def _title(request: Request) -> str:
    number = request.document_number
    return f"{request.title}{_('（%(number)s）') % {'number': number}}" if number else request.title


def _kinds(dues: Iterable[Due]) -> str:
    """Return 5件（指標3件、進捗の報告2件）."""
    dues = list(dues)
    figures = sum(isinstance(due, FigureDue) for due in dues)
    parts = [
        words % {"count": count}
        for words, count in (
            (_("指標%(count)d件"), figures),
            (_("進捗の報告%(count)d件"), len(dues) - figures),
        )
        if count
    ]
    return _("%(count)d件（%(kinds)s）") % {"count": len(dues), "kinds": _("、").join(parts)}


# --- Mail ---------------------------------------------------------------------------------------


def subject_of(letter: Letter, day: date) -> str:
    """Return what a letter is about, in one line."""
    is_overdue = any(item.due_on < day for item in letter.items)
    mark = _("【期限超過】") if is_overdue else ""
    tasks = {item.task for item in letter.items}
    about = _("照会の回答のお願い") if Task.ENTER in tasks else _("承認・確認のお願い")
    words = _("%(mark)s%(about)s（%(count)d件、%(town)s）") % {
        "mark": mark,
        "about": about,
        "count": letter.rows,
        "town": letter.municipality,
    }
    return " ".join(words.split())


def body_of(letter: Letter, day: date) -> str:
    """Return the letter as plain text."""
    blocks = [
        _("%(name)s 様") % {"name": letter.user},
        _("照会について、次のものが残っています。"),
    ]
    requests = list(dict.fromkeys(item.request for item in letter.items))
    for request in requests:
        items = [item for item in letter.items if item.request == request]
        blocks.append("\n".join([f"■ {_title(request)}", *_item_lines(items, day)]))
    if not settings.SITE_URL:
        blocks.append(_("しるべの管理画面の「照会」を開いて、入力・承認をしてください。"))
    blocks.append(
        _("行き違いで済んでいるときはご容赦ください。このメールには返信できません。")
        + "\n"
        + _("%(town)s しるべ") % {"town": letter.municipality}
    )
    return "\n\n".join(blocks) + "\n"


def _item_lines(items: Iterable[Item], day: date) -> list[str]:
    verbs = {
        Task.ENTER: _("未回答 %(count)s"),
        Task.APPROVE: _("承認待ち %(count)s"),
        Task.CONFIRM: _("部主管課の確認待ち %(count)s"),
    }
    lines = []
    for item in items:
        name = section_words(item.section, item.former)
        lines.append(
            _("・%(name)s：%(what)s")
            % {
                "name": name,
                "what": verbs[item.task] % {"count": _kinds(item.dues)},
            }
        )
        words = deadline_words(item.request.municipality, item.due_on, day)
        lines.append(_("　期限：%(deadline)s") % {"deadline": words})
        address = address_of(item.request, item.section)
        if address:
            lines.append(f"　{address}")
    return lines


# --- Text to paste ------------------------------------------------------------------------------


def text_for_all(board: Board) -> str:
    """Return a text that speaks to every section with something open, "" where there is none."""
    lines = _open_lines(board)
    if not lines:
        return ""
    request = board.request
    head = _(
        "「%(title)s」の回答期限は%(deadline)sです。次の課は、まだ回答していないものがあります。"
        "入力して提出してください。"
    ) % {
        "title": _title(request),
        "deadline": deadline_words(request.municipality, request.deadline, board.day),
    }
    return "\n\n".join([head, "\n".join(_told(board, line) for line in lines)]) + "\n"


def texts_by_section(board: Board) -> list[tuple[Line, str]]:
    """Return for each section with something open a text that speaks to it alone."""
    request = board.request
    head = _("「%(title)s」の回答期限は%(deadline)sです。入力して提出してください。") % {
        "title": _title(request),
        "deadline": deadline_words(request.municipality, request.deadline, board.day),
    }
    return [(line, f"{head}\n\n{_told(board, line)}\n") for line in _open_lines(board)]


def _open_lines(board: Board) -> list[Line]:
    return [line for line in board.lines if not line.has_replied]


def _told(board: Board, line: Line) -> str:
    """Return what is open in a section: 福祉課：未回答5件（…）、うち期限切れ2件."""
    missing = [due for due in line.dues if due.is_missing(board.day)]
    words = _("・%(name)s：未回答 %(count)s") % {
        "name": section_words(line.section, line.former),
        "count": _kinds(missing),
    }
    if line.count.overdue:
        words += _("、うち期限切れ%(count)d件") % {"count": line.count.overdue}
    address = address_of(board.request, line.section)
    return f"{words}\n　{address}" if address else words
