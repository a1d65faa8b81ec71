"""新旧対照表 as a workbook: a plan beside the plans before it, changed words underlined, A4."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from exchange.sheets import A4, Book, Sheet, looks
from exchange.sheets.book import Runs
from measures.models import Correspondence
from measures.revision_table import Branch, Entry, RevisionTable, Row, old_plans_of, revision_table
from rounds.published import published_plans

from . import layout
from .editions import Edition, NoEditionError
from .layout import Options

_REMARKS = 18.0


def revision_rows(edition: Edition) -> RevisionTable:
    """Return the table: for staff beside all plans before, else beside published ones only;
    NoEditionError where there is none. Eight queries at most."""
    plan = edition.plan
    olds = old_plans_of(plan)
    if not edition.is_internal:
        named = Correspondence.objects.filter(new_plan=plan).values("old_plan")
        olds = olds.filter(pk__in=named).filter(pk__in=published_plans().values("pk"))
    table = revision_table(plan, olds)
    if not table.groups:
        raise NoEditionError(
            _("「%(plan)s」には、前の計画との新旧の対応がまだありません。") % {"plan": plan}
        )
    return table


def build(edition: Edition, options: Options) -> Book:
    table = revision_rows(edition)
    book = layout.new_book(edition, _("新旧対照表"))
    half = layout.shares(A4.room, [_REMARKS], [1, 1])
    sheet = book.sheet(_("新旧対照表"), [*half, _REMARKS])
    subject = _("前の計画：%(olds)s") % {"olds": table.old_name}
    layout.head(sheet, edition, _("新旧対照表"), subject=subject)
    counts = _("対応%(linked)d件、新規%(added)d件、廃止%(dropped)d件。下線は変わった語句です。") % {
        "linked": table.linked,
        "added": table.added,
        "dropped": table.dropped,
    }
    sheet.line(counts, looks.PLAIN, keep=True)
    heads = [_("新：%(plan)s") % {"plan": table.plan}, _("旧：%(plan)s") % {"plan": table.old_name}]
    first = layout.column_heads(sheet, [*heads, _("備考")])
    for group in table.groups:
        if group.name:
            sheet.line(group.name, looks.SUBHEAD, keep=True)
        for section in group.sections:
            if section.name:
                sheet.line(section.name, looks.SUBHEAD.but(indent=1), keep=True)
            for row in section.rows:
                _write_row(sheet, row)
    sheet.frame(first, 1, sheet.row - 1, 3)
    sheet.freeze(first + 1)
    sheet.print_on(
        A4,
        number=options.number,
        footer=layout.footer(edition),
        title_rows=(first, first),
        fit=False,
    )
    return book


def _write_row(sheet: Sheet, row: Row) -> None:
    remarks = [_("新規")] if row.is_new else []
    remarks += [_("廃止")] if not row.new else []
    remarks += [str(row.basis.label)] if row.basis else []
    sheet.write_block(
        [
            _side(row.new),
            _side(row.old),
            "\n".join([*remarks, *row.remarks]),
        ]
    )


def _side(branches: Iterable[Branch]) -> Runs:
    runs: Runs = []
    for branch in branches:
        if branch.place:
            runs.append((_("\n（%(place)s）") % {"place": branch.place}, False))
        for entry in branch.entries:
            runs += _entry(entry)
    if runs:
        runs[0] = (runs[0][0].lstrip("\n"), runs[0][1])
    return runs or [("－", False)]


def _entry(entry: Entry) -> Iterator[tuple[str, bool]]:
    yield f"\n{entry.number} " if entry.number else "\n", False
    yield from ((piece.text, piece.changed) for piece in entry.title)
    notes = [entry.title_source] if entry.title_source else []
    notes += [_("再出")] if entry.is_repeated else []
    notes += [str(entry.basis.label)] if entry.basis else []
    if notes:
        yield f"（{'、'.join(notes)}）", False
    for text in entry.texts:
        yield f"\n【{text.label}】", False
        if text.is_same:
            yield _("（変更なし）"), False
        elif not text.pieces:
            yield _("（記載なし）"), False
        else:
            yield from ((piece.text, piece.changed) for piece in text.pieces)
