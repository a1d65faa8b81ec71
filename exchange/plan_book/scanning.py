"""What all sheets together tell of a series or an indicator, before any of them is read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from indicators.choices import Direction
from indicators.models.series import MAX_DECIMALS

from . import values
from .actual_tables import year_of
from .reading import Lines
from .shelf import Shelf
from .values import CellError

_UNIT = re.compile("[^0-9]+$")
Sheets = dict[str, Lines]


def scan(shelf: Shelf, sheets: Sheets) -> None:
    """Put on the shelf how many decimals the figures of each series have, and which direction the
    way from baseline to target proposes for each indicator."""
    series_of = dict(_pairs(sheets, "指標", "コード", "系列"))
    for series, figure in _figures(sheets, series_of):
        decimals = min(MAX_DECIMALS, max(0, -int(figure.normalize().as_tuple().exponent)))
        shelf.decimals[series] = max(shelf.decimals.get(series, 0), decimals)
    baselines = {code: _number(cell) for code, cell in _cells(sheets, "指標", "コード", "基準値")}
    targets: dict[str, Decimal] = {}
    for code, cell in _cells(sheets, "目標", "指標", "目標値"):
        number = _number(values.split_aim(cell)[0])
        if number is not None:
            targets[code] = number
    for code, baseline in baselines.items():
        target = targets.get(code)
        if baseline is not None and target is not None and target != baseline:
            is_rising = target > baseline
            shelf.proposals[code] = Direction.RISING if is_rising else Direction.FALLING


def _cells(sheets: Sheets, sheet: str, key: str, name: str) -> Iterator[tuple[str, Any]]:
    """Yield (key cell, cell) of every line of a sheet."""
    lines = sheets.get(sheet)
    if lines is None:
        return
    keys = {line.number: cell for line, cell in lines.values_under(key)}
    for line, cell in lines.values_under(name):
        try:
            yield values.folded(keys.get(line.number)), cell
        except CellError:
            continue


def _pairs(sheets: Sheets, sheet: str, key: str, name: str) -> Iterator[tuple[str, str]]:
    for code, cell in _cells(sheets, sheet, key, name):
        try:
            yield code, values.folded(cell) or code
        except CellError:
            continue


def _figures(sheets: Sheets, series_of: dict[str, str]) -> Iterator[tuple[str, Decimal]]:
    """Yield (code of the series, figure) of actuals, baselines and targets."""
    for code, cell in _cells(sheets, "指標", "コード", "基準値"):
        yield from _with(series_of.get(code, code), [cell])
    for name in ("目標値", "範囲の下限", "範囲の上限"):
        for code, cell in _cells(sheets, "目標", "指標", name):
            yield from _with(series_of.get(code, code), [values.split_aim(cell)[0]])
    lines = sheets.get("実績")
    if lines is None:
        return
    years = [number for number, heading in lines.headings.items() if year_of(heading) is not None]
    keys = {line.number: cell for line, cell in lines.values_under("系列")}
    for line in lines.rows:
        try:
            code = values.folded(keys.get(line.number))
        except CellError:
            continue
        yield from _with(code, (line.cells.get(number) for number in years))


def _with(code: str, cells: Iterable[Any]) -> Iterator[tuple[str, Decimal]]:
    for cell in cells:
        number = _number(cell)
        if number is not None:
            yield code, number


def _number(cell: Any) -> Decimal | None:
    """Return the figure of a cell, whatever unit stands behind it; None where it holds none. What
    is wrong is said later."""
    if cell is None or isinstance(cell, bool):
        return None
    if isinstance(cell, int):
        return Decimal(cell)
    try:
        if isinstance(cell, str):
            cell = _UNIT.sub("", values.folded(cell))
        return values.figure().read(cell)
    except CellError:
        return None
