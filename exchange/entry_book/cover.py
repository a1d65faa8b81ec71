"""The cover of an entry workbook: the request as a letter, how to fill in, an invented example."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from exchange.reports.layout import shares
from exchange.sheets import Book, Sheet, filling, looks
from exchange.sheets.paper import A4_PORTRAIT
from indicators.choices import MissingReason
from municipalities.days import day_words
from rounds.entry.figure_lines import FIGURE_LABELS
from rounds.requests.texts import WEEKDAYS, address_of

from . import layout
from .content import Content

COLUMNS = 8
_ADDRESSEE = looks.PLAIN.but(size=12)
_TITLE = looks.TITLE.but(wrap=True, across="center")
_TEXT = looks.PLAIN.but(size=10, down="top")
_RIGHT = looks.PLAIN.but(size=10, across="right")
_HEADING = looks.PLAIN.but(size=11, bold=True)
_SPACE = 8.0
_STAMP = 48.0
"""Points: the height of a row for stamps."""


@dataclass(frozen=True)
class Letter:
    """What the planners add to a request's workbooks: 資料番号, whom to ask (with 内線), and
    whether there are boxes for the section's decision (決裁欄)."""

    number: str = ""
    contact: str = ""
    has_boxes: bool = True


def write_cover(book: Book, content: Content, letter: Letter) -> Sheet:
    sheet = book.sheet(str(layout.COVER), shares(A4_PORTRAIT.room, [], [1] * COLUMNS))
    request, town = content.request, content.request.municipality
    if request.document_number:
        sheet.line(request.document_number, _RIGHT)
    if request.sent_at is not None:
        sheet.line(day_words(town, timezone.localdate(request.sent_at)), _RIGHT)
    sheet.line(_addressee(content), _ADDRESSEE)
    sheet.line(town.name, _RIGHT)
    sheet.end_row(_SPACE)
    sheet.line(_("%(title)s（回答用）") % {"title": request.title}, _TITLE)
    sheet.end_row(_SPACE)
    sheet.line(
        _("次のとおり照会します。このブックの黄色のセルに入力して、回答してください。"), _TEXT
    )
    for paragraph in request.note.strip().splitlines():
        sheet.line(paragraph, _TEXT)
    sheet.end_row(_SPACE)
    _write_facts(sheet, content, letter)
    if letter.has_boxes:
        _write_boxes(sheet)
    _write_how(sheet)
    _write_example(sheet)
    sheet.print_on(A4_PORTRAIT, number=letter.number, footer=footer(content), fit=False)
    filling.protect(sheet)
    return sheet


def footer(content: Content) -> str:
    return f"{content.request.municipality.name}　{content.name}　{content.request.title}"


def _addressee(content: Content) -> str:
    """Return 福祉課　課長　様, or 福祉課　御中 where no post is known."""
    section = content.sections[0]
    said = {"name": content.name, "post": section.post}
    if section.name == content.name and section.post:
        return _("%(name)s　%(post)s　様") % said
    return _("%(name)s　御中") % said


def _write_facts(sheet: Sheet, content: Content, letter: Letter) -> None:
    request, town = content.request, content.request.municipality
    deadline = request.deadline
    facts = {
        _("年度・時期"): f"{content.year}　{request.get_period_display()}",
        _("計画"): _("、").join(str(plan) for plan in _plans(content)),
        _("回答期限"): _("%(day)s（%(weekday)s）")
        % {"day": day_words(town, deadline), "weekday": WEEKDAYS[deadline.weekday()]},
        _("回答するもの"): _("指標 %(figures)d件、進捗の報告 %(reports)d件")
        % {"figures": len(content.figures), "reports": content.reports},
    }
    if content.has_several_sections:
        facts[_("対象の課")] = _("、").join(section.name for section in content.sections)
    if letter.contact:
        facts[_("問い合わせ先")] = letter.contact
    address = "" if content.has_several_sections else address_of(request, content.sections[0])
    if address:
        facts[_("画面で回答するとき")] = address
    first = sheet.row
    for label, text in facts.items():
        sheet.put(1, label, looks.HEAD.but(across="left"))
        sheet.merge(1, 2)
        sheet.line(text, looks.CELL.but(size=10), column=3)
    sheet.frame(first, 1, sheet.row - 1, COLUMNS)


def _plans(content: Content) -> list[Any]:
    rows = [*content.figures, *(row for table in content.tables for row in table.rows)]
    plans = {plan.pk: plan for row in rows for plan in row.due.plans}
    return sorted(plans.values(), key=lambda plan: (plan.order, plan.slug))


def _write_boxes(sheet: Sheet) -> None:
    """Write the boxes in which the section decides on its answer, on paper."""
    sheet.end_row(_SPACE)
    posts = (_("担当"), _("係長"), _("課長"), _("部長"))
    at = COLUMNS - len(posts)
    first = sheet.row
    sheet.put(at, _("回答の決裁"), looks.HEAD)
    for place, post in enumerate(posts, start=at + 1):
        sheet.put(place, post, looks.HEAD)
    sheet.end_row()
    for place in range(at, COLUMNS + 1):
        sheet.put(place, None, looks.HEAD if place == at else looks.CELL)
    last = sheet.end_row(_STAMP)
    sheet.merge(at, at, row=first, last_row=last)
    sheet.frame(first, at, last, COLUMNS)


def _write_how(sheet: Sheet) -> None:
    sheet.end_row(_SPACE)
    sheet.line(_("記入のしかた"), _HEADING)
    steps = (
        _("黄色のセルだけに入力します。ほかのセルは保護しています（パスワードはありません）。"),
        _(
            "実績は、値か、値のない理由の一方を入力します。0は値です。値がまだ確定しないときは、"
            "理由を「%(reason)s」にして、確定予定月を入力します。"
        )
        % {"reason": MissingReason.NOT_COMPILED.label},
        _("すでに保存されている内容は、入力済みになっています。変わるところだけ直します。"),
        _(
            "行の高さは自由に変えられます。行を絞り込めます。並べ替えるときや列を足すときは、"
            "先に「校閲」の「シート保護の解除」をします。行を並べ替えるときは、表の全部の列を選びます。"
        ),
        _("表示されていない列（A列・B列）と行は、行の目印です。消さないでください。"),
        _("保存して、ファイルのまま返してください。名前は変えてもかまいません。"),
    )
    for number, step in enumerate(steps, start=1):
        sheet.line(f"{number}．{step}", _TEXT)


def _write_example(sheet: Sheet) -> None:
    """Write lines nobody takes for an answer, on one page."""
    sheet.end_row(_SPACE)
    sheet.line(_("記入例（架空のもの。回答ではありません）"), _HEADING, keep=True)
    waiting = str(MissingReason.NOT_COMPILED.label)
    labels = [str(FIGURE_LABELS[name]) for name in FIGURE_LABELS if name != "internal_note"]
    lines = (
        (_("指標"), *labels),
        (_("例：見守り訪問の回数"), "1,234", "", "", "", ""),
        (_("例：ごみの排出量"), "", waiting, "2026-08", "", _("県の公表を待つため")),
        (_("例：人口の増減"), "▲12", "", "", layout.TICK, _("速報による")),
    )
    first = sheet.row
    for line in lines:
        look = looks.HEAD if line is lines[0] else looks.CELL
        for at, text in zip((1, *range(3, COLUMNS)), line, strict=True):
            is_figure = at == 3 and look is looks.CELL
            across = "right" if is_figure else "center" if 3 <= at < COLUMNS - 1 else look.across
            sheet.put(at, text, look.but(across=across))
        sheet.merge(1, 2)
        sheet.merge(COLUMNS - 1, COLUMNS)
        sheet.end_row(keep=line is not lines[-1])
    sheet.frame(first, 1, sheet.row - 1, COLUMNS)
