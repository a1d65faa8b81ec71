"""照会の回答状況: the board of a request as a workbook, in the lines and the order chosen there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from exchange.downloads import File, file_name
from exchange.reports.layout import shares
from exchange.sheets import A4, Book, Look, Sheet, looks
from rounds.models import Reply
from rounds.requests.board import Board, Count, Group, Line
from rounds.requests.texts import deadline_words, section_words

_COUNT, _LAST, _CHANNEL, _DECIDED, _NUMBER = 6.3, 19.0, 9.0, 11.0, 13.0
_SUM = looks.NUMBER.but(bold=True, fill=looks.PALE)


def board_file(board: Board, groups: Sequence[Group], *, is_chosen: bool) -> File:
    """Return the workbook of these lines; `is_chosen`: they are not all there are."""
    name = file_name([board.request.title, _("回答状況")])
    return File(name, board_workbook(board, groups, is_chosen=is_chosen))


def board_workbook(
    board: Board,
    groups: Sequence[Group],
    *,
    is_chosen: bool,
    made_at: datetime | None = None,
) -> bytes:
    made_at = made_at or timezone.now()
    title = _("照会の回答状況")
    book = Book(f"{board.request.title} {title}", board.request.municipality.name, made_at)
    heads = _heads(board)
    fixed = [*[_COUNT] * (len(heads) - 5), _LAST, _CHANNEL, _DECIDED, _NUMBER]
    sheet = book.sheet(title, [*shares(A4.room, fixed, [1]), *fixed])
    _write_head(sheet, board, title, made_at)
    head = sheet.write_row(heads, looks.HEAD)
    if board.orphans and not is_chosen:
        _write_heading(sheet, _("担当する課がないもの"), len(heads))
        for line in board.orphans:
            _write_line(sheet, line)
    for group in groups:
        if group.name:
            _write_heading(sheet, group.name, len(heads))
        for line in group.lines:
            _write_line(sheet, line)
        if group.count and len(group.lines) > 1:
            _write_sum(sheet, _("%(name)s 計") % {"name": group.name}, group.count)
    if is_chosen:
        shown = [due for group in groups for line in group.lines for due in line.dues]
        _write_sum(sheet, _("表示している組織の計"), board.counted(shown))
    else:
        _write_sum(sheet, _("合計"), board.count)
    sheet.frame(head, 1, sheet.row - 1, len(heads))
    sheet.line(_("共同のものは、それぞれの組織に数え、計では1件としています。"), looks.PLAIN)
    sheet.freeze(head + 1, 2)
    footer = _("%(title)s　%(time)s現在") % {
        "title": board.request.title,
        "time": _clock(made_at),
    }
    sheet.print_on(A4, footer=footer, title_rows=(head, head))
    return book.to_bytes()


def _heads(board: Board) -> list[str]:
    return [
        _("組織"),
        _("件数"),
        *board.columns,
        _("回答済"),
        _("未回答"),
        _("期限切れ"),
        _("最後の動き"),
        _("回答の方法"),
        _("決裁日"),
        _("文書番号"),
    ]


def _write_head(sheet: Sheet, board: Board, title: str, made_at: datetime) -> None:
    request = board.request
    sheet.line(title, looks.TITLE.but(wrap=True))
    about = f"{request.municipality.name}　{request.title}"
    number = _("（%(number)s）") % {"number": request.document_number}
    sheet.line(f"{about}{number if request.document_number else ''}", looks.PLAIN)
    words = _("回答期限：%(deadline)s　回答済みの組織：%(replied)d／%(all)d　%(time)s現在")
    said = {
        "deadline": deadline_words(request.municipality, request.deadline, board.day),
        "replied": sum(line.has_replied for line in board.lines),
        "all": len(board.lines),
        "time": _clock(made_at),
    }
    sheet.line(words % said, looks.PLAIN)


def _write_heading(sheet: Sheet, words: str, columns: int) -> None:
    sheet.put(1, words, looks.SUBHEAD)
    sheet.merge(1, columns)
    sheet.end_row(keep=True)


def _write_line(sheet: Sheet, line: Line) -> None:
    name = line.name if line.section is None else section_words(line.section, line.former)
    sheet.put(1, name)
    at = _write_counts(sheet, line.count, looks.NUMBER)
    for place, text in enumerate(_told(line), start=at):
        sheet.put(place, text, looks.CENTER)
    sheet.end_row()


def _write_sum(sheet: Sheet, words: str, count: Count) -> None:
    sheet.put(1, words, looks.SUBHEAD)
    at = _write_counts(sheet, count, _SUM)
    for place in range(at, len(sheet.widths) + 1):
        sheet.put(place, None, looks.SUBHEAD)
    sheet.end_row()


def _write_counts(sheet: Sheet, count: Count, look: Look) -> int:
    """Write how many there are; return the column behind."""
    numbers = (count.total, *count.states, count.answered, count.open, count.overdue)
    for at, number in enumerate(numbers, start=2):
        sheet.put(at, number, look.as_number(0))
    return 2 + len(numbers)


def _told(line: Line) -> list[str]:
    """Return when who did something last, and how and by which decision the section answered."""
    last = "" if line.last is None else f"{_clock(line.last.at)}\n{line.last.by or ''}".strip()
    channels = [str(reply.get_channel_display()) for reply in line.replies]
    if not channels and line.last is not None:
        channels = [str(Reply.Channel.SCREEN.label)]
    decided = [reply.decided_on.isoformat() if reply.decided_on else "" for reply in line.replies]
    numbers = [reply.document_number for reply in line.replies]
    return [last or "－", *("\n".join(words) or "－" for words in (channels, decided, numbers))]


def _clock(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"
