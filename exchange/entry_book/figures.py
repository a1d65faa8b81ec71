"""The sheet of figures: one row each, with definition, unit, targets and last year's beside it."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from exchange.reports.layout import shares
from exchange.sheets import A3, Book, filling, looks
from exchange.sheets.filling import Choices
from indicators.choices import MissingReason
from rounds.entry.boxes import LENGTHS
from rounds.entry.figure_lines import FIGURE_LABELS, FigureLine
from rounds.entry.reading import is_percent
from rounds.entry.sheet import Fact, SheetRow

from . import layout
from .content import Content
from .grid import (
    CLOSED,
    CLOSED_WORD,
    OPEN,
    OPEN_WORD,
    READ,
    Cell,
    Column,
    Grid,
    cell_maker,
    name_text,
    state_text,
)

LINES = 3
"""What a row has room for at least."""
MOST = 10**11
_FIXED = {"#unit": 7.0, "#before": 15.0, "value": 14.0, "missing_reason": 13.0}
_FIXED |= {"expected_on": 12.0, "is_provisional": 7.0, "#state": 12.0}
_SHARES = {"#name": 25, "#definition": 25, "#facts": 27, "note": 22, "internal_note": 18}
_OPEN_NUMBER = looks.INPUT_NUMBER.but(down="top")
_CLOSED_NUMBER = looks.NUMBER.but(down="top", fill=looks.PALE)


def write_figures(book: Book, content: Content, choices: Choices) -> Grid:
    """Add the sheet. The caller sets up its paper."""
    grid = Grid(book, str(layout.FIGURES), _columns(content))
    grid.line(
        _("指標の実績（%(name)s）　%(count)d件")
        % {"name": content.name, "count": len(content.figures)},
        looks.TITLE.but(wrap=True),
    )
    grid.line(
        _(
            "黄色のセルに入力します。値か、値のない理由の一方を入力します。0は値です。"
            "減少は -3 か ▲3 と入力します。"
            "灰色のセルは入力できません（右端の「状態」に理由があります）。"
        )
    )
    grid.headings()
    for row in content.figures:
        _write(grid, content, row)
    _check(grid, content, choices)
    return grid


def _columns(content: Content) -> list[Column]:
    before = content.request.municipality.year_label(content.request.fiscal_year - 1)
    headings = {
        "#name": _("指標"),
        "#unit": _("単位"),
        "#definition": _("定義"),
        "#facts": _("基準値・目標値"),
        "#before": _("%(year)sの値") % {"year": before},
        **{name: str(label) for name, label in FIGURE_LABELS.items()},
        "#state": _("状態"),
    }
    headings["expected_on"] += _("\n例：2026-08\n　　R8.8")
    headings["is_provisional"] += f"\n（{layout.TICK}）"
    wide = shares(A3.room, [*_FIXED.values()], [*_SHARES.values()])
    widths = _FIXED | dict(zip(_SHARES, wide, strict=True))
    return [Column(id, heading, widths[id]) for id, heading in headings.items()]


def _write(grid: Grid, content: Content, row: SheetRow) -> None:
    line = row.line
    assert isinstance(line, FigureLine)
    asked, town = content.request.fiscal_year, content.request.municipality
    is_of_request = line.fiscal_year == asked
    year = "" if is_of_request else _("%(year)s分") % {"year": town.year_label(line.fiscal_year)}
    name = name_text(row, year, with_sections=content.has_several_sections)
    cell = cell_maker(row)
    cells = [
        Cell(f"{name}\n{row.plans}"),
        Cell(line.series.unit, looks.CENTER.but(down="top")),
        Cell(line.series.definition),
        Cell("\n".join(_facts(row))),
        Cell(_before(row.before, with_year=not is_of_request), READ.but(across="right")),
        _value(row),
        cell("missing_reason", OPEN_WORD, CLOSED_WORD),
        cell("expected_on", OPEN, CLOSED),
        cell("is_provisional", OPEN_WORD, CLOSED_WORD),
        cell("note", OPEN, CLOSED),
        cell("internal_note", OPEN, CLOSED),
        Cell(state_text(row), READ),
    ]
    grid.row(cells, row.key, line.version, LINES)


def _value(row: SheetRow) -> Cell:
    """Return the cell of the figure. One of a series in per cent has no format of its own: Excel
    then keeps that 50% was typed."""
    line = row.line
    assert isinstance(line, FigureLine)
    text = line.texts["value"]
    look = _CLOSED_NUMBER if row.closed else _OPEN_NUMBER
    if not is_percent(line.series):
        look = look.as_number(line.series.decimals)
    return Cell(Decimal(text) if text else None, look.but(is_text=False))


def _facts(row: SheetRow) -> list[str]:
    """Return the lines of baselines and targets, and the note of the year before, for which the
    column of its value is too narrow."""
    found = [f"{fact.label} {fact.text}{_in_brackets(fact.note)}" for fact in row.facts]
    if row.before is not None and row.before.note:
        found.append(
            _("%(year)sの注記：%(note)s")
            % {
                "year": row.before.label,
                "note": row.before.note,
            }
        )
    return found


def _before(fact: Fact | None, *, with_year: bool) -> str:
    if fact is None:
        return ""
    return f"{fact.text}{_in_brackets(fact.label)}" if with_year else fact.text


def _in_brackets(note: str) -> str:
    return _("（%(note)s）") % {"note": note} if note else ""


# --- What is warned of ------------------------------------------------------------------------


def _check(grid: Grid, content: Content, choices: Choices) -> None:
    sheet = grid.sheet
    decimals = {
        row.key: row.line.series.decimals
        for row in content.figures
        if isinstance(row.line, FigureLine) and not row.closed
    }
    open_values = dict(zip(decimals, grid.open_cells("value"), strict=True))
    for places in sorted(set(decimals.values())):
        filling.warn_of_others(
            sheet,
            [cell for key, cell in open_values.items() if decimals[key] == places],
            _(
                "数値（小数%(places)d桁まで）を入力してください。減少は -3 か ▲3 とします。"
                "値がなければ空欄にして、値のない理由を選びます。"
            )
            % {"places": places},
            decimals=places,
            most=MOST,
        )
    filling.offer(
        sheet,
        grid.open_cells("missing_reason"),
        choices,
        [str(reason.label) for reason in MissingReason],
        _("値のない理由は、一覧から選んでください。値があるときは空欄にします。"),
    )
    filling.offer(
        sheet,
        grid.open_cells("is_provisional"),
        choices,
        [layout.TICK],
        _("速報値のときは「%(tick)s」を選び、ほかは空欄にしてください。") % {"tick": layout.TICK},
    )
    for name, most in LENGTHS.items():
        message = _("%(most)d文字までにしてください。") % {"most": most}
        filling.limit(sheet, grid.open_cells(name), most, message)
