"""部門方針シート as a workbook: a sheet per department, A4."""

from __future__ import annotations

from django.utils.translation import gettext as _

from exchange.sheets import A4, Book, Sheet, looks
from rounds.models import PublishedSheet

from . import layout
from .editions import Edition, state_words
from .layout import Options


def build(edition: Edition, options: Options) -> Book:
    book = layout.new_book(edition, _("部門方針シート"))
    found = edition.sheets()
    for each in found:
        _write(book, edition, each, options)
    if not found:
        sheet = book.sheet(_("部門方針シート"), layout.shares(A4.room, [], [1] * 4))
        layout.head(sheet, edition, _("部門方針シート"))
        sheet.line(_("この年度の部門方針シートはありません。"), looks.PLAIN)
        sheet.print_on(A4, number=options.number, footer=layout.footer(edition))
    return book


def _write(book: Book, edition: Edition, each: PublishedSheet, options: Options) -> None:
    fixed = [6.0, 22.0]
    sheet = book.sheet(each.name, [*fixed, *layout.shares(A4.room, fixed, [1, 1, 1])])
    year = edition.plan.municipality.year_label(each.fiscal_year)
    layout.head(sheet, edition, _("部門方針シート"), subject=year)
    name = f"{each.name}（{each.post}）" if each.post else each.name
    sheet.line(name, looks.PLAIN.but(size=12, bold=True), keep=True)
    if each.heading:
        sheet.line(each.heading, looks.PLAIN.but(bold=True), keep=True)
    state = state_words(each.state)
    by_site = _("当サイトによる要約") if each.texts_by_site else ""
    if by_site or state:
        sheet.line(f"{by_site}　{state}".strip(), looks.PLAIN, keep=True)
    role = [each.role] if each.role else []
    role += [f"・{item}" for item in each.role_items]
    _write_text(sheet, _("役割"), "\n".join(role))
    first = layout.column_heads(
        sheet, [_("番号"), _("重点課題"), _("課題"), _("実行方針"), _("結果")]
    )
    for issue in each.issues:
        parts = (issue[name] for name in ("title", "issue", "approach", "result"))
        sheet.write_block([str(issue["number"]), *parts])
    if not each.issues:
        sheet.line(_("重点課題の記載はありません。"), looks.CELL)
    sheet.frame(first, 1, sheet.row - 1, len(sheet.widths))
    _write_text(sheet, _("成果"), each.result)
    sheet.print_on(A4, number=options.number, footer=layout.footer(edition), fit=False)


def _write_text(sheet: Sheet, label: str, text: str) -> None:
    """Write a text below its head, over all columns; nothing where there is none."""
    if not text:
        return
    first = sheet.line(label, looks.HEAD.but(across="left"), keep=True)
    last = sheet.line(text, looks.TEXT)
    sheet.frame(first, 1, last, len(sheet.widths))
