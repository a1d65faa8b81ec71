"""指標一覧 as a workbook: A3, as many years side by side as a page holds, a chart per goal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from exchange.sheets import A3, A4, Book, Sheet, looks, number_format, texts
from exchange.sheets.book import MOST_LINES
from municipalities import fiscal_year as fiscal_years

from . import layout
from .editions import Edition
from .indicator_rows import NONE, Figure, Line, Table, Year, indicator_table
from .layout import Options

TITLE_COLUMNS = 3
_SAYS_OF_YEAR: tuple[tuple[str, Callable[[Year], Any]], ...] = (
    ("target", lambda year: year.target),
    ("actual", lambda year: year.actual),
    ("rate", lambda year: year.rate),
    ("judgement", lambda year: year.judgement),
)


@dataclass(frozen=True)
class Column:
    """A column: its heads (a year's name above, "" for none), its width and what stands in it.
    Columns of one `block` stay on one page."""

    above: str
    label: str
    wide: float
    block: str
    cell: Callable[[Line], Any]


def build(edition: Edition, options: Options) -> Book:
    table = indicator_table(edition)
    book = layout.new_book(edition, _("指標一覧"))
    write_list(book, table, options)
    if edition.shows_rates and table.years:
        _write_charts(book, table, options)
    return book


# --- The list ----------------------------------------------------------------------------------


def write_list(book: Book, table: Table, options: Options) -> None:
    columns = list(_columns(table))
    sheet = book.sheet(_("指標一覧"), [column.wide for column in columns])
    pages = _pages(columns)
    edition = table.edition
    # Titles stay on the first page, whatever stands right of it.
    last = pages[0]
    widths, sheet.widths = sheet.widths, sheet.widths[:last]
    title = _("%(level)s一覧") % {"level": edition.plan.label_indicator or _("指標")}
    layout.head(sheet, edition, title, unit=_("各行の単位欄のとおり"))
    sheet.widths = widths
    first = _write_heads(sheet, columns)
    write = [(at, column.cell) for at, column in enumerate(columns, start=1)]
    for group in table.groups:
        for at in range(1, len(columns) + 1):
            sheet.put(at, group.name if at == 1 else None, looks.SUBHEAD)
        sheet.merge(1, min(TITLE_COLUMNS, len(columns)))
        room = sheet.room(1, TITLE_COLUMNS)
        sheet.end_row(sheet.height(len(texts.lines(group.name, room))), keep=True)
        for line in group.lines:
            for at, cell in write:
                _put(sheet, at, cell(line))
            if sheet.lines() > MOST_LINES:
                _write_long(sheet, [cell(line) for _at, cell in write])
            else:
                sheet.end_row()
    if not table.groups:
        sheet.line(_("当てはまる指標はありません。"), looks.CELL)
    bottom = sheet.row - 1
    sheet.frame(first, 1, bottom, len(columns))
    _write_legend(sheet, table, last)
    sheet.freeze(first + 2, TITLE_COLUMNS + 1)
    for page_end in pages[:-1]:
        sheet.break_right_of(page_end)
    sheet.print_on(
        A3,
        number=options.number,
        footer=layout.footer(edition),
        title_rows=(first, first + 1),
        title_columns=(1, TITLE_COLUMNS) if len(pages) > 1 else None,
        fit=False,
    )


def _columns(table: Table) -> Iterator[Column]:
    lines = table.lines
    yield Column("", _("番号"), 6, "", lambda line: line.number)
    yield Column("", _("指標名"), 23, "", lambda line: line.name)
    yield Column("", _("単位"), 6, "", lambda line: _Centered(line.unit))
    yield Column("", _("担当課"), 10, "section", lambda line: line.sections)
    wide = _wide([line.baseline for line in lines], 8)
    yield Column("", _("基準値"), wide, "baseline", lambda line: line.baseline)
    yield Column("", _("基準年度"), 7, "baseline", lambda line: _Centered(line.baseline_year))
    has_formula = table.edition.shows_rates and bool(table.years)
    if has_formula:
        yield Column("", _("率の種類"), 7, "rate", lambda line: _Centered(line.formula))
    for place, year in enumerate(table.years):
        yield from _year_columns(table, place, year, lines)
    wide = _wide([line.target for line in lines], 9)
    yield Column("", _("最終目標"), wide, "final", lambda line: line.target)
    yield Column("", _("目標年度"), 7, "final", lambda line: _Centered(line.target_year))
    yield Column("", _("備考"), 16, "remarks", lambda line: line.remarks)


def _year_columns(table: Table, place: int, year: int, lines: list[Line]) -> Iterator[Column]:
    name = table.edition.plan.municipality.year_label(year)
    if year == table.edition.fiscal_year and table.edition.publication.period != "year_end":
        name = f"{name} {table.edition.plan.period_name(table.edition.publication.period)}"
    found = [line.years[place] for line in lines]
    labels = {
        "target": _("目標"),
        "actual": _("実績"),
        "rate": _("率（％）"),
        "judgement": _("評価"),
    }
    for part, say in _SAYS_OF_YEAR:
        said = [say(each) for each in found if each is not None]
        if part == "target" and not any(said):
            continue
        if part == "rate" and not table.edition.shows_rates:
            continue
        if part == "judgement" and all(each == NONE for each in said):
            continue
        least = {"target": 8, "actual": 8, "rate": 8, "judgement": 5}[part]
        figures = [each for each in said if isinstance(each, Figure)]
        yield Column(name, labels[part], _wide(figures, least), name, _of_year(place, say))


def _of_year(place: int, say: Callable[[Year], Any]) -> Callable[[Line], Any]:
    def cell(line: Line) -> Any:
        year = line.years[place]
        if year is None:
            return _Centered(NONE)
        found = say(year)
        if found is None:
            return _Centered(NONE)
        return _Centered(found) if isinstance(found, str) else found

    return cell


class _Centered(str):
    """A short word in the middle of its cell."""


def _wide(figures: list[Figure | None], least: float) -> float:
    texts = [
        f"{each.value:,.{each.decimals}f}{each.suffix * 2}"
        for each in figures
        if each is not None and each.value is not None
    ]
    return round(layout.figure_width(texts, least), 1)


def _put(sheet: Sheet, column: int, value: Any) -> None:
    if isinstance(value, Figure):
        if value.value is None:
            sheet.put(column, value.words, looks.MISSING)
        elif value.suffix:
            look = looks.NUMBER.but(
                number_format=number_format(value.decimals, value.suffix), is_text=False
            )
            sheet.put(column, value.value, look)
        else:
            sheet.put(column, value.value, looks.NUMBER.as_number(value.decimals))
    elif isinstance(value, _Centered):
        sheet.put(column, str(value), looks.CENTER)
    else:
        sheet.put(column, value, looks.CELL)


def _write_long(sheet: Sheet, values: list[Any]) -> None:
    """Write a row whose texts are long: they go on in the rows below."""
    parts = []
    for at, value in enumerate(values, start=1):
        words = value.words if isinstance(value, Figure) and value.value is None else value
        is_text = isinstance(words, str)
        parts.append(
            texts.pieces(texts.legal(words), sheet.room(at), MOST_LINES) if is_text else [value]
        )
    for line in range(max(map(len, parts))):
        for at, part in enumerate(parts, start=1):
            _put(sheet, at, part[line] if line < len(part) else None)
        sheet.end_row()


def _pages(columns: list[Column]) -> list[int]:
    """Return the last column of each page across: blocks stay whole, title columns come again."""
    titles = sum(_pixels(column) for column in columns[:TITLE_COLUMNS])
    found: list[int] = []
    used, at = titles, TITLE_COLUMNS
    while at < len(columns):
        block = [each for each in columns[at:] if each.block == columns[at].block]
        size = sum(map(_pixels, block))
        if used + size > A3.room and used > titles:
            found.append(at)
            used = titles
        used += size
        at += len(block)
    return [*found, len(columns)]


def _pixels(column: Column) -> float:
    return 7 * column.wide + 5


def _write_heads(sheet: Sheet, columns: list[Column]) -> int:
    """Write two rows of heads, the years over their columns; return the number of the first."""
    first = sheet.row
    for at, column in enumerate(columns, start=1):
        sheet.put(at, column.above or column.label, looks.HEAD)
    for at, column in enumerate(columns, start=1):
        sheet.put(at, column.label if column.above else None, looks.HEAD, row=first + 1)
    start = 1
    for at, column in enumerate(columns, start=1):
        if not column.above:
            sheet.merge(at, at, row=first, last_row=first + 1)
            start = at + 1
        elif at == len(columns) or columns[at].above != column.above:
            sheet.merge(start, at, row=first)
            start = at + 1
    sheet.end_row(sheet.height(2), keep=True)
    sheet.end_row(keep=True)
    return first


def _write_legend(sheet: Sheet, table: Table, last: int) -> None:
    notes = []
    if table.legend:
        words = "　".join(f"{symbol}：{meaning}" for symbol, meaning in table.legend)
        notes.append(_("評価の凡例　%(words)s") % {"words": words})
    notes.append(_("「－」は、率・評価のないもの、またはその年度に計画の対象でなかったものです。"))
    if table.edition.shows_rates and table.years:
        notes.append(
            _(
                "達成率＝実績÷目標、進捗率＝（実績－基準値）÷（目標－基準値）。"
                "最終目標または評価方式の比べ方によります。"
            )
        )
    for note in notes:
        sheet.line(note, looks.PLAIN, last=last)


# --- The charts --------------------------------------------------------------------------------

CHART_ROWS = 24


def _write_charts(book: Book, table: Table, options: Options) -> None:
    """Draw the rates of the newest year goal by goal, beside the cells they are drawn from; an
    indicator without a rate has none, which is not 0."""
    edition, year = table.edition, table.edition.fiscal_year
    fixed = [38.0, 10.0, 12.0]
    widths = [*fixed, *layout.shares(A4.room, fixed, [1])]
    sheet = book.sheet(_("グラフ"), widths)
    layout.head(sheet, edition, _("指標の達成の度合い（目標ごと）"), unit="％")
    for group in table.groups:
        lines = [line for line in group.lines if _rate_of(line) is not None]
        for start in range(0, max(1, len(lines)), CHART_ROWS):
            some = lines[start : start + CHART_ROWS]
            if sheet.row > 4:
                sheet.break_after(sheet.row - 1)
            _write_chart(sheet, group.name, some, fiscal_years.short_label(year))
    sheet.print_on(A4, number=options.number, footer=layout.footer(edition), fit=False)


def _rate_of(line: Line) -> Figure | None:
    year = line.years[-1]
    return year.rate if year is not None and year.rate.value is not None else None


def _write_chart(sheet: Sheet, name: str, lines: list[Line], year: str) -> None:
    sheet.line(name, looks.SUBHEAD.but(border=False), last=4, keep=True)
    if not lines:
        sheet.line(_("率のある指標はありません。"), looks.PLAIN, last=4)
        return
    heads = sheet.row
    for at, label in enumerate(
        (_("指標名"), _("率の種類"), _("%(year)sの率（％）") % {"year": year}), start=1
    ):
        sheet.put(at, label, looks.HEAD)
    sheet.end_row(sheet.height(2), keep=True)
    for number, line in enumerate(lines):
        sheet.put(1, line.name)
        sheet.put(2, line.formula, looks.CENTER)
        rate = _rate_of(line)
        assert rate is not None
        assert rate.value is not None
        sheet.put(3, rate.value, looks.NUMBER.as_number(rate.decimals))
        sheet.end_row(keep=number < len(lines) - 1)
    last = sheet.row - 1
    sheet.frame(heads, 1, last, 3)
    wide = 7 * sheet.widths[3] / layout.CENTIMETRES
    layout.bar_chart(
        sheet,
        f"D{heads}",
        title=name,
        names=(1, heads + 1, last),
        values=(3, 3),
        head_row=heads,
        size=(round(wide - 0.3, 1), round(min(15.0, 2.5 + 0.62 * len(lines)), 1)),
        number_format="#,##0",
    )
    # The chart needs as much room as its bars.
    least = (2.5 + 0.62 * len(lines)) * layout.CENTIMETRES * 0.75
    heights = sheet.worksheet.row_dimensions
    used = sum(heights[row].height for row in range(heads, last + 1))
    while used < least + 15:
        used += sheet.worksheet.row_dimensions[sheet.end_row(15)].height
