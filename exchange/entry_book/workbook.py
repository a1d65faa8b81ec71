"""The entry workbooks of a request: of one section, and of many as a ZIP."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from io import BytesIO
from itertools import chain
from typing import Any
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from exchange.downloads import ZIP, File, file_name, free_name
from exchange.sheets import Book, Sheet, filling
from rounds.models import Request

from . import layout
from .content import Content
from .cover import Letter, footer, write_cover
from .figures import write_figures
from .grid import Grid
from .outside import lines_of_marks
from .reports import write_reports


def entry_workbook(content: Content, letter: Letter, made_at: datetime | None = None) -> bytes:
    """Return the workbook (.xlsx) that some sections fill in."""
    made_at = made_at or timezone.now()
    request = content.request
    title = f"{request.title} {content.name}"
    book = Book(title, request.municipality.name, made_at)
    cover = write_cover(book, content, letter)
    grids = []
    choices = filling.Choices(book, layout.CHOICES)
    if content.figures:
        grids.append(write_figures(book, content, choices))
    grids += write_reports(book, content, choices)
    for grid in grids:
        grid.finish(number=letter.number, footer=footer(content))
    choices.move_to_end()
    _write_about(book, content, cover, grids, made_at)
    return book.to_bytes()


def _write_about(
    book: Book, content: Content, cover: Sheet, grids: Iterable[Grid], made_at: datetime
) -> None:
    """Write what the workbook is, for whoever reads it back."""
    sheet = book.sheet(layout.ABOUT, (20, 60))
    about = {
        layout.FORMAT: layout.VERSION_OF_FORMAT,
        layout.MUNICIPALITY: content.request.municipality.slug,
        layout.REQUEST: str(content.request.pk),
        layout.SECTIONS: ",".join(section.code for section in content.sections),
        layout.MADE_AT: made_at.isoformat(timespec="seconds"),
        layout.TITLE: content.request.title,
        layout.NAME: content.name,
    }
    rows = [*content.figures, *(row for table in content.tables for row in table.rows)]
    names = [(row.key, row.line.name) for row in rows]
    written = chain.from_iterable(_said(grid.sheet) for grid in grids)
    texts = [(layout.TEXTS, marks) for marks in lines_of_marks(written)]
    texts += [(layout.COVER_TEXTS, marks) for marks in lines_of_marks(_said(cover))]
    for line in [*about.items(), *names, *texts]:
        sheet.write_row(line)
    filling.hide_sheet(sheet)
    filling.protect(sheet)


def _said(sheet: Sheet) -> Iterator[Any]:
    """Yield what the cells of a sheet say."""
    for row in sheet.worksheet.iter_rows(min_row=1, values_only=True):
        yield from row


def entry_file(content: Content, letter: Letter) -> File:
    """Return the workbook of one section under its name: 資料3_福祉課.xlsx."""
    return File(_name(content, letter), entry_workbook(content, letter))


def entry_files(request: Request, contents: Iterable[tuple[Content, Letter]]) -> File:
    """Return a ZIP of workbooks, each under a name of its own."""
    made_at = timezone.now()
    out, used = BytesIO(), set()
    date = timezone.localtime(made_at).timetuple()[:6]
    with ZipFile(out, "w", ZIP_STORED) as archive:
        for content, letter in contents:
            entry = ZipInfo(free_name(_name(content, letter), used), date)
            entry.external_attr = 0o600 << 16
            archive.writestr(entry, entry_workbook(content, letter, made_at))
    return File(file_name([request.title, _("入力用Excel")], "zip"), out.getvalue(), ZIP)


def _name(content: Content, letter: Letter) -> str:
    return file_name([letter.number or content.request.title, content.name])
