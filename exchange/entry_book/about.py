"""What a workbook that comes back says of itself, in the sheet nobody sees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from municipalities.uploads import Book, Refused, Sheet
from rounds.entry.desk import split_name
from rounds.entry.reading import short

from . import layout
from .cells import text_of

_MOST_TITLES = 3
"""Rows in which `layout.FORMAT` is looked for."""


@dataclass(frozen=True)
class About:
    """What the workbook says of itself."""

    municipality: str
    request: int
    sections: tuple[str, ...]
    made_at: datetime | None
    title: str
    name: str
    rows: Mapping[str, str]
    """Key of each row it had when it was made → how people call it."""
    texts: frozenset[str]
    """Marks of what its sheets of rows said then; none in workbooks of former times."""
    cover_texts: frozenset[str]
    """Marks of what its cover said then; none in workbooks of former times."""


def about_of(book: Book) -> About:
    """Return what a workbook says of itself. Raises Refused where it is none of ours, or of a
    layout of former times."""
    sheet = next((sheet for sheet in book.sheets if _says_what_it_is(sheet)), None)
    if sheet is None and any(_has_keys(sheet) for sheet in book.sheets):
        raise Refused(
            _(
                "入力用Excelの一部のシートだけのブックです（隠れたシート「%(sheet)s」がありません）。"
                "もとの入力用Excelに入力した内容を貼り付けて、そのブックを取り込んでください。"
            )
            % {"sheet": layout.ABOUT}
        )
    if sheet is None:
        raise Refused(
            _(
                "しるべの入力用Excelではありません。照会の画面から受け取ったブックに入力し、"
                "そのブックを取り込んでください。"
            )
        )
    said = {text_of(row[0]): text_of(row[1]) for row in sheet.rows if len(row) > 1}
    version = said.get(layout.FORMAT, "")
    if version != layout.VERSION_OF_FORMAT:
        raise Refused(
            _(
                "このブックの様式（版 %(found)s）は古く、取り込めません（今の版は %(now)s）。"
                "入力用Excelを受け取り直し、入力した内容を貼り付けてください。"
            )
            % {"found": short(version) or _("なし"), "now": layout.VERSION_OF_FORMAT}
        )
    request = said.get(layout.REQUEST, "")
    codes = [code.strip() for code in said.get(layout.SECTIONS, "").split(",")]
    return About(
        municipality=said.get(layout.MUNICIPALITY, ""),
        request=int(request) if request.isascii() and request.isdecimal() else 0,
        sections=tuple(code for code in codes if code),
        made_at=_moment(said.get(layout.MADE_AT, "")),
        title=said.get(layout.TITLE, ""),
        name=said.get(layout.NAME, ""),
        rows={key: name for key, name in said.items() if is_key(key)},
        texts=_marks(sheet, layout.TEXTS),
        cover_texts=_marks(sheet, layout.COVER_TEXTS),
    )


def _marks(sheet: Sheet, name: str) -> frozenset[str]:
    return frozenset(
        each
        for row in sheet.rows
        if len(row) > 1 and text_of(row[0]) == name
        for each in text_of(row[1]).split()
    )


def is_key(text: str) -> bool:
    return split_name(f"{text}-{layout.KEY}") == (text, layout.KEY)


def _has_keys(sheet: Sheet) -> bool:
    return any(layout.KEY in map(text_of, row) for row in sheet.rows)


def _says_what_it_is(sheet: Sheet) -> bool:
    """Whether a sheet is the one nobody sees; Numbers puts the title of a table above its rows."""
    return any(row and text_of(row[0]) == layout.FORMAT for row in sheet.rows[:_MOST_TITLES])


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
