"""The evaluation of a fiscal year as a table for a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from django.utils.translation import gettext as _

from indicators.choices import TargetKind
from indicators.evaluation import Band, to_decimal
from municipalities import fiscal_year as fiscal_years
from municipalities.cells import plain
from plans.choices import WorkState

from .evaluation_formats import (
    AGAINST,
    FORMULAS,
    MOVEMENTS,
    aim,
    label,
    state_name,
    yes_or_no,
)
from .evaluation_table import Amount, Chosen, Class, Row, Table

LONGEST_NAME = 40
IN_UNIT = {
    TargetKind.AT_LEAST,
    TargetKind.AT_MOST,
    TargetKind.RANGE,
    TargetKind.UNSPECIFIED,
}
"""The kinds of targets that are printed with the unit of the series."""


def as_table(table: Table) -> str:
    """Return the rows aligned, full-width characters as two columns, and the roll-up below."""
    head = [
        *(_("コード"), _("指標"), _("基準値"), _("目標"), _("実績"), _("状態"), _("率"), _("比較")),
        *(_("計算"), _("人"), _("評価"), _("前年度から"), _("見通し")),
    ]
    lines = [[str(cell) for cell in head], *(_cells(row, table) for row in table.rows)]
    widths = [max(map(width, column)) for column in zip(*lines, strict=True)]
    body = [
        "  ".join(padded(cell, wide) for cell, wide in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]
    body.insert(1, "  ".join("-" * wide for wide in widths))
    return "\n".join([*_heading(table), "", *body, "", *_roll_up_lines(table)]) + "\n"


def width(text: str) -> int:
    """Return the columns a text takes in a terminal: wide and full-width characters take two.

    Ambiguous ones (○, ±) take two as well, as terminals set to Japanese show them.
    """
    return sum(
        0 if unicodedata.combining(letter) else 1 + (unicodedata.east_asian_width(letter) in "WFA")
        for letter in text
    )


def padded(text: str, columns: int) -> str:
    return text + " " * (columns - width(text))


def _shortened(text: str) -> str:
    """Return a name of at most LONGEST_NAME columns."""
    text = " ".join(text.split())
    if width(text) <= LONGEST_NAME:
        return text
    while width(text) > LONGEST_NAME - 2:
        text = text[:-1]
    return f"{text}.."


def _heading(table: Table) -> Iterator[str]:
    plan, publication = table.plan, table.publication
    yield f"{plan.municipality} {plan}"
    year = plan.municipality.year_label(table.fiscal_year)
    view = _("作業中の値（すべての状態）")
    if publication is not None:
        view = _("%(kind)s（第%(number)d号、%(mark)s）の値") % {
            "kind": publication.get_kind_display(),
            "number": publication.number,
            "mark": publication.get_mark_display(),
        }
    yield f"{year} {plan.period_name(table.period)} {view}"
    name = _("なし") if table.scheme is None else table.scheme.name
    yield _("評価方式：%(name)s") % {"name": name}


def _short(year: int | None) -> str:
    return "" if year is None else f"({fiscal_years.short_label(year)})"


def _cells(row: Row, table: Table) -> list[str]:
    forecast, chosen = row.forecast, row.chosen
    return [
        row.code,
        _shortened(row.name),
        _with_year(row.baseline, row.unit),
        _aim_with_year(row),
        _with_year(row.actual, row.unit, table.fiscal_year),
        state_name(row.state),
        _rate_cell(row),
        _compared_cell(row),
        _class_cell(row.computed),
        "" if chosen is None else _chosen_cell(chosen),
        _title(row.valid),
        label(row.movement_reason) if row.movement is None else str(MOVEMENTS[row.movement]),
        f"{_with_year(forecast.value, row.unit)} {yes_or_no(forecast.meets)}".rstrip(),
    ]


def _with_year(amount: Amount, unit: str, usual_year: int | None = None) -> str:
    """Return 100人(R元); the year only where it is not the usual one."""
    if amount.value is None:
        return label(amount.reason)
    year = "" if amount.fiscal_year in (None, usual_year) else _short(amount.fiscal_year)
    return f"{plain(amount.value)}{unit}{year}"


def _aim_with_year(row: Row) -> str:
    target = row.target
    unit = row.unit if target.kind in IN_UNIT else ""
    year = "" if target.fiscal_year is None else _short(target.fiscal_year)
    return f"{aim(target, unit)}{year}"


def _rate_cell(row: Row) -> str:
    if row.rate.value is None:
        return label(row.rate.reason)
    return f"{FORMULAS[row.formula]} {plain(row.rate.value)}%"


def _compared_cell(row: Row) -> str:
    """Return 直線 140：87.5%, 経過年数 2/5：87.5%."""
    compared = row.compared
    if compared is None:
        return ""
    cell = f"{AGAINST[compared.against]} {plain(compared.expected.value)}"
    if compared.against == "final" and compared.elapsed is not None:
        cell = f"{AGAINST[compared.against]} {compared.elapsed[0]}/{compared.elapsed[1]}"
    if compared.rate.value is None:
        return cell
    return f"{cell}：{plain(compared.rate.value)}%"


def _title(shown: Class | Band) -> str:
    return shown.label if shown.symbol == shown.label else f"{shown.symbol} {shown.label}".strip()


def _class_cell(shown: Class) -> str:
    if shown.reason is None:
        return _title(shown)
    title = _title(shown)
    return f"{title}（{label(shown.reason)}）" if title else label(shown.reason)


def _chosen_cell(chosen: Chosen) -> str:
    unfinished = chosen.state not in ("", WorkState.CHECKED)
    state = f"、{state_name(chosen.state)}" if unfinished else ""
    return f"{_title(chosen.shown)}（{chosen.stage}{state}）"


def _roll_up_lines(table: Table) -> Iterator[str]:
    roll_up = table.roll_up
    rated = _("評価：%(rated)d / %(total)d指標") % {
        "rated": roll_up.rated,
        "total": roll_up.total,
    }
    counts = [f"{_title(count.band)} {count.count}" for count in roll_up.counts]
    yield f"{rated}（{'、'.join(counts)}）" if counts else rated
    unrated = [f"{reason.label} {count}" for reason, count in roll_up.unrated.items()]
    if unrated:
        yield _("評価なし：%(count)d指標（%(reasons)s）") % {
            "count": roll_up.total - roll_up.rated,
            "reasons": "、".join(unrated),
        }
    share = to_decimal(roll_up.share_reported, 1)
    yield _("値のある指標：%(reported)d / %(total)d指標（%(share)s）") % {
        "reported": roll_up.reported,
        "total": roll_up.total,
        "share": label(roll_up.share_reported.reason) if share is None else f"{share}%",
    }
    mean = to_decimal(roll_up.mean, 2)
    if mean is None:
        yield _("点数の平均：なし（%(reason)s）") % {"reason": label(roll_up.mean.reason)}
    else:
        yield _("点数の平均：%(mean)s（%(scored)d指標）") % {
            "mean": mean,
            "scored": roll_up.scored,
        }
