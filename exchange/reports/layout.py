"""What all reports share: the head of a sheet, the stamp, widths by content, charts in greys."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from openpyxl.chart import BarChart, Reference, Series
from openpyxl.chart.data_source import StrRef
from openpyxl.chart.label import DataLabel, DataLabelList
from openpyxl.chart.series import SeriesLabel
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import CharacterProperties, Font, Paragraph, ParagraphProperties

from exchange.sheets import Book, Sheet, looks

from .editions import Edition

# From dark to light, so that a photocopy tells them apart; each has a line around it.
GREYS = ("262626", "7F7F7F", "BFBFBF", "F2F2F2", "595959", "A6A6A6", "D9D9D9", "404040")
CENTIMETRES = 37.8
"""Pixels of one."""


@dataclass(frozen=True)
class Options:
    """What goes on the paper beside the content: the 資料番号."""

    number: str = ""


def new_book(edition: Edition, title: str) -> Book:
    """Return a workbook that bears the moment of what it prints: a reprint equals the print."""
    town = edition.plan.municipality
    return Book(
        title=f"{edition.plan} {title} {edition.subject}",
        creator=town.name,
        made_at=edition.publication.effective_at,
    )


def head(sheet: Sheet, edition: Edition, title: str, *, unit: str = "", subject: str = "") -> None:
    """Write title, plan, year, stamp and （単位：…） over all columns of a sheet."""
    sheet.line(title, looks.TITLE.but(wrap=True), keep=True)
    about = f"{edition.plan.municipality.name}　{edition.plan}　{subject or edition.subject}"
    sheet.line(f"{about}　{edition.scope_words}".rstrip(), looks.PLAIN, keep=True)
    words = [edition.stamp, *([_("（単位：%(unit)s）") % {"unit": unit}] if unit else [])]
    sheet.line("　".join(words), looks.PLAIN.but(across="right"), keep=True)


def footer(edition: Edition) -> str:
    return edition.stamp


def column_heads(sheet: Sheet, labels: Iterable[str], **options: Any) -> int:
    """Write a row of heads; return its number."""
    return sheet.write_row(labels, looks.HEAD, keep=True, **options)


def shares(room: int, fixed: Sequence[float], parts: Sequence[float]) -> list[float]:
    """Return widths (in digits) for columns that share what the `fixed` ones (in digits) leave of
    `room` pixels."""
    free = room - sum(7 * wide + 5 for wide in fixed) - 5 * len(parts)
    return [max(4.0, free / 7 * part / sum(parts)) for part in parts]


def figure_width(texts: Iterable[str], least: float) -> float:
    """Return a width in which every one of these figures fits, also in a font wider than ours."""
    longest = max((len(text) for text in texts), default=0)
    return max(least, (7.7 * longest + 6) / 7)


# --- Charts ------------------------------------------------------------------------------------


def bar_chart(
    sheet: Sheet,
    anchor: str,
    *,
    title: str,
    names: tuple[int, int, int],
    values: tuple[int, int],
    head_row: int,
    size: tuple[float, float],
    stacked: bool = False,
    number_format: str = "#,##0",
) -> None:
    """Draw lying bars of cells: `names` are (column, first row, last row), `values` the columns,
    whose names stand in `head_row`; `size` in centimetres."""
    chart = BarChart()
    chart.type, chart.style = "bar", 1
    chart.grouping = "stacked" if stacked else "clustered"
    chart.overlap = 100 if stacked else None
    chart.gapWidth = 50
    column, first, last = names
    page = sheet.worksheet
    for at in range(values[0], values[1] + 1):
        data = Reference(page, min_col=at, min_row=head_row, max_row=head_row)
        cells = Reference(page, min_col=at, min_row=first, max_row=last)
        _add_series(chart, data, cells, at - values[0])
        if stacked:
            zeros = [row for row in range(first, last + 1) if not page.cell(row, at).value]
            _hide_labels(chart.series[-1], [row - first for row in zeros])
    chart.set_categories(Reference(page, min_col=column, min_row=first, max_row=last))
    chart.title = title
    chart.title.tx.rich.p[0].r[0].rPr = _letters(1000, bold=True)
    chart.title.overlay = False
    chart.y_axis.scaling.min = 0
    chart.y_axis.number_format = number_format
    chart.y_axis.majorGridlines.spPr = GraphicalProperties(ln=LineProperties(solidFill="D9D9D9"))
    chart.x_axis.scaling.orientation = "maxMin"  # the first name on top, the figures below
    chart.y_axis.crosses = "max"
    for axis in (chart.x_axis, chart.y_axis):
        axis.delete = False
        axis.txPr = _text(900)
    if stacked:
        chart.legend.position = "b"
        chart.legend.txPr = _text(900)
    else:
        chart.legend = None
    chart.width, chart.height = size
    page.add_chart(chart, anchor)


def _add_series(chart: BarChart, name: Reference, cells: Reference, place: int) -> None:

    series = Series(cells)
    series.tx = SeriesLabel(strRef=StrRef(f=str(name)))
    grey = GREYS[place % len(GREYS)] if chart.grouping == "stacked" else "7F7F7F"
    series.graphicalProperties = GraphicalProperties(
        solidFill=grey, ln=LineProperties(solidFill="000000", w=6350)
    )
    series.dLbls = DataLabelList()
    series.dLbls.showVal = True
    for name_of in ("showSerName", "showCatName", "showLegendKey", "showPercent"):
        setattr(series.dLbls, name_of, False)
    dark = grey in {"262626", "404040", "595959", "7F7F7F"}
    series.dLbls.txPr = _text(900, "FFFFFF" if dark and chart.grouping == "stacked" else "000000")
    chart.series.append(series)


def _hide_labels(series: Any, points: Iterable[int]) -> None:
    """Leave a bar of no length without its label."""
    series.dLbls.dLbl = [
        DataLabel(
            idx=point,
            showVal=False,
            showSerName=False,
            showCatName=False,
            showLegendKey=False,
            showPercent=False,
        )
        for point in points
    ]


def _letters(size: int, color: str = "000000", *, bold: bool = False) -> CharacterProperties:
    face = Font(typeface=looks.FONT)
    return CharacterProperties(sz=size, b=bold, latin=face, ea=face, solidFill=color)


def _text(size: int, color: str = "000000") -> RichText:
    letters = _letters(size, color)
    return RichText(p=[Paragraph(pPr=ParagraphProperties(defRPr=letters), endParaRPr=letters)])
