"""要説明一覧 as a workbook: what a council will ask about a year, concern by concern, A4."""

from __future__ import annotations

from django.utils.translation import gettext as _

from exchange.sheets import A4, Book, Sheet, looks, texts
from exchange.sheets.book import MOST_LINES
from indicators import evaluation
from indicators.evaluation import Outcome, to_decimal
from indicators.explain import Concern, Facts, Row, by_concern, working_facts
from indicators.models.series import MAX_DECIMALS
from municipalities import fiscal_year as fiscal_years
from rounds.explained import facts_of

from . import layout
from .editions import Edition
from .layout import Options

_FIXED = [24.0, 7.0, 12.0, 11.0, 11.0, 13.0]


def explanation_rows(edition: Edition) -> dict[Concern, list[Row]]:
    """Return the list of an edition: every concern with its rows in the order of the plan. The
    number of queries does not grow with the indicators."""
    year = edition.publication.fiscal_year
    facts: list[Facts] = []
    if year is not None and edition.is_internal:
        facts = working_facts(edition.plan, year)
    elif year is not None:
        before = [each for each in edition.earlier if each.fiscal_year == year - 1]
        facts = facts_of(edition.publication, before[0] if before else None)
    wanted = [each for each in facts if _is_wanted(edition, each)]
    return by_concern(wanted, edition.fiscal_year)


def _is_wanted(edition: Edition, facts: Facts) -> bool:
    if edition.section is not None and not _names(edition) & set(facts.departments):
        return False
    return edition.is_wanted(edition.goal_of_indicator(facts.indicator))


def _names(edition: Edition) -> set[str]:
    return {each.name for each in edition.departments}


def build(edition: Edition, options: Options) -> Book:
    book = layout.new_book(edition, _("要説明一覧"))
    widths = [*_FIXED, *layout.shares(A4.room, _FIXED, [1])]
    sheet = book.sheet(_("要説明一覧"), widths)
    layout.head(sheet, edition, _("要説明一覧"), unit=_("各行の単位欄のとおり"))
    year = edition.fiscal_year
    label = edition.plan.municipality.year_label
    heads = [
        _("指標名"),
        _("単位"),
        _("担当課"),
        label(year - 1) if year > fiscal_years.FIRST else _("前年度"),
        label(year),
        _("最終目標"),
        _("説明"),
    ]
    first = layout.column_heads(sheet, heads)
    for concern, rows in explanation_rows(edition).items():
        words = _("%(concern)s（%(count)d件）") % {"concern": concern.label, "count": len(rows)}
        sheet.line(words, looks.SUBHEAD, keep=bool(rows))
        for row in rows:
            _write_row(sheet, row, year)
    sheet.frame(first, 1, sheet.row - 1, len(widths))
    sheet.freeze(first + 1, 2)
    sheet.print_on(
        A4,
        number=options.number,
        footer=layout.footer(edition),
        title_rows=(first, first),
        fit=False,
    )
    return book


def _write_row(sheet: Sheet, row: Row, year: int) -> None:
    facts = row.facts
    trend = evaluation.trend(facts.course, year)
    sheet.put(1, facts.name)
    sheet.put(2, facts.unit, looks.CENTER)
    sheet.put(3, "\n".join(facts.departments))
    _put_figure(sheet, 4, trend.before, facts.decimals)
    _put_figure(sheet, 5, trend.now, facts.decimals)
    sheet.put(6, row.target or _("目標なし"), looks.CENTER)
    note = [_("注記：%(note)s") % {"note": facts.note}] if facts.note else []
    words = "\n".join([*row.words, *([facts.judged] if facts.judged else []), *note])
    first, *more = texts.pieces(texts.legal(words), sheet.room(7), MOST_LINES)
    sheet.put(7, first)
    sheet.end_row()
    for part in more:
        for column in range(1, 7):
            sheet.put(column, None)
        sheet.put(7, part)
        sheet.end_row()


def _put_figure(sheet: Sheet, column: int, figure: Outcome, decimals: int) -> None:
    """Write a figure with the decimals of its series, more where it has more, or why none."""
    if figure.value is None:
        sheet.put(column, figure.reason.label if figure.reason else "－", looks.MISSING)
        return
    while decimals < MAX_DECIMALS and (figure.value * 10**decimals).denominator != 1:
        decimals += 1
    sheet.put(column, to_decimal(figure, decimals), looks.NUMBER.as_number(decimals))
