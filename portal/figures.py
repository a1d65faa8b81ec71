"""Published figures, targets, rates and judgements as values ready to print."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from indicators.choices import BaselineStatus, Direction, MissingReason, Revision, TargetKind
from indicators.evaluation import Rate, to_decimal
from municipalities.models import Municipality
from plans.choices import Period
from plans.models import Plan
from portal.chart_scale import format_value
from rounds.frozen import thaw_figure
from rounds.models import Publication, PublishedIndicator
from rounds.published import Record
from rounds.visible import public_rates

from .wording import Badge, expected_words, year_words

MINUS_SIGNS = "-−‐－▲△"
DASHES = {"-", "−", "‐", "－", "ー", "―", "—"}


@dataclass(frozen=True)
class Shown:
    """A figure, or words in its place, or the reason why there is neither."""

    text: str = ""
    """The figure without its sign, or words."""
    negative: bool = False
    unit: str = ""
    suffix: str = ""
    """What the figure is bound to: 以上, 以下, を維持."""
    missing: str = ""
    """Why there is no figure; then `text` is empty."""
    mark: str = ""
    """The printed mark of a footnote."""
    is_figure: bool = True


def show(value: Decimal | None, decimals: int, unit: str, printed: str = "") -> Shown | None:
    """Return a figure as it is printed; None for None without a printed label.

    A label stored from the document wins over the figure's own form.
    """
    if printed and (value is None or not _says_the_same(printed, value, decimals, unit)):
        negative = value is not None and value < 0 and printed[0] in MINUS_SIGNS
        return Shown(text=printed[1:] if negative else printed, negative=negative)
    if value is None:
        return None
    text = format_value(value, decimals, minus="")
    return Shown(text=text, negative=value < 0 and text.strip("0.,") != "", unit=unit)


def _says_the_same(printed: str, value: Decimal, decimals: int, unit: str) -> bool:
    folded = re.sub(r"[\s,]", "", unicodedata.normalize("NFKC", printed))
    plain = format_value(value, decimals, minus="-").replace(",", "")
    unit = re.sub(r"\s", "", unicodedata.normalize("NFKC", unit))
    return folded.replace("−", "-").replace("▲", "-").replace("△", "-") in {plain, plain + unit}


def missing(reason: Any) -> Shown:
    return Shown(missing=str(reason))


# --- A year's figure ---------------------------------------------------------------------------


def missing_words(row: PublishedIndicator, municipality: Municipality) -> str:
    """Return why a year has no figure: 未集計（令和6年10月に確定予定）."""
    reason = str(MissingReason(row.missing_reason).label) if row.missing_reason else _("記載なし")
    if row.expected_on is None:
        return reason
    return f"{reason}（{expected_words(municipality, row.expected_on)}）"


def actual_shown(row: PublishedIndicator, municipality: Municipality) -> Shown:
    """Return the year's own figure."""
    shown = show(row.value, row.decimals, row.unit, row.value_label)
    return shown or missing(missing_words(row, municipality))


def amount_shown(row: PublishedIndicator, municipality: Municipality) -> Shown:
    """Return the figure the year is judged by: the running total where entries add up."""
    if row.total is None:
        return actual_shown(row, municipality)
    shown = show(row.total, row.decimals, row.unit)
    assert shown is not None
    return shown


def row_badges(row: PublishedIndicator) -> list[Badge]:
    """Return 速報, 訂正, 遡及改定, 確定: marks of the figure and of its publication."""
    badges = []
    publication = row.publication
    is_preliminary = publication.mark == Publication.Mark.PRELIMINARY
    if row.is_provisional or (is_preliminary and row.amount is not None):
        badges.append(Badge(_("速報"), "is-attention"))
    if row.revision == Revision.CORRECTED:
        badges.append(Badge(_("訂正"), "is-alert"))
    elif row.revision:
        badges.append(Badge(str(Revision(row.revision).label), "is-attention"))
    return badges


# --- Baseline and targets ----------------------------------------------------------------------


def baseline_shown(row: PublishedIndicator) -> Shown:
    if row.baseline_status == BaselineStatus.NOT_STARTED:
        shown = missing(_words(row.baseline_value_label) or _("計測開始前"))
    elif row.baseline_value is None:
        shown = missing(_words(row.baseline_value_label) or _("基準値なし"))
    else:
        found = show(row.baseline_value, row.decimals, row.unit, row.baseline_value_label)
        assert found is not None
        shown = found
    return replace(shown, mark=row.baseline_mark)


def _words(printed: str) -> str:
    """Return a printed label unless it is only a dash, which the page prints itself."""
    return "" if printed in DASHES else printed


def baseline_year(row: PublishedIndicator, municipality: Municipality) -> str:
    """Return the baseline's year as printed; 年度不明 where nobody knows it."""
    if row.baseline_label:
        return row.baseline_label
    if row.baseline_fiscal_year is None:
        return "" if row.baseline_status == BaselineStatus.UNAVAILABLE else _("年度不明")
    year = year_words(municipality, row.baseline_fiscal_year)
    if row.baseline_status == BaselineStatus.NOT_STARTED:
        return _("%(year)s開始") % {"year": year}
    return year


def targets_in_force(row: PublishedIndicator) -> list[dict[str, Any]]:
    """Return the frozen targets that count, one per target year, the final one last."""
    return sorted(
        (target for target in row.targets if target["in_force"]), key=lambda t: t["fiscal_year"]
    )


def target_year(target: dict[str, Any], municipality: Municipality) -> str:
    return year_words(municipality, target["fiscal_year"], target["year_label"])


def target_shown(target: dict[str, Any], row: PublishedIndicator, direction: str) -> Shown:
    """Return a frozen target in figures and words."""
    shown = _target_body(target, row, direction)
    return replace(shown, mark=target["mark"])


def _target_body(target: dict[str, Any], row: PublishedIndicator, direction: str) -> Shown:
    kind, printed = TargetKind(target["kind"]), target["value_label"]
    value = thaw_figure(target["value"])
    figure = show(value, row.decimals, row.unit, printed)
    match kind:
        case TargetKind.TEXT:
            return Shown(text=target["text"], is_figure=False)
        case TargetKind.RANGE if not printed:
            return _range_shown(target, row)
        case TargetKind.CHANGE if value is not None and not printed:
            return _change_shown(value)
        case TargetKind.DIRECTION_ONLY if figure is None:
            words = {Direction.RISING: _("増やす"), Direction.FALLING: _("減らす")}
            return Shown(
                text=target["text"] or words.get(Direction(direction), _("方向だけの目標")),
                is_figure=False,
            )
        case TargetKind.MAINTAIN if figure is None:
            return Shown(text=target["text"] or _("基準値を維持"), is_figure=False)
    if figure is None:
        return missing(target["text"] or _("資料に記載なし"))
    suffixes = {
        TargetKind.AT_LEAST: _("以上"),
        TargetKind.AT_MOST: _("以下"),
        TargetKind.MAINTAIN: _("を維持"),
    }
    suffix = suffixes.get(kind, "")
    says_it = suffix in figure.text or not re.search(r"\d", figure.text)
    return replace(figure, suffix="" if says_it else suffix)


def _range_shown(target: dict[str, Any], row: PublishedIndicator) -> Shown:
    lower, upper = (
        show(thaw_figure(target[end]), row.decimals, row.unit) for end in ("lower", "upper")
    )
    assert lower is not None
    assert upper is not None
    sign = _("マイナス")
    text = "～".join(f"{sign if end.negative else ''}{end.text}" for end in (lower, upper))
    return Shown(text=text, unit=row.unit)


def _change_shown(value: Decimal) -> Shown:
    figure = f"{abs(value).normalize():f}"
    words = _("基準値から%(figure)s％減") if value < 0 else _("基準値から%(figure)s％増")
    return Shown(text=words % {"figure": figure}, is_figure=False)


def change_level(target: dict[str, Any], baseline: Decimal | None) -> Decimal | None:
    """Return the figure that a change of x percent from the baseline leads to; None for other
    kinds, and where the baseline is not a positive figure."""
    value = thaw_figure(target["value"])
    if target["kind"] != TargetKind.CHANGE or value is None or not baseline or baseline < 0:
        return None
    return baseline * (1 + value / 100)


def target_kind_words(target: dict[str, Any], row: PublishedIndicator) -> str:
    """Return what kind of target it is: 以上, 以下, 範囲, 維持（±5人）…"""
    kind = TargetKind(target["kind"])
    words = str(kind.label)
    if kind == TargetKind.RANGE:
        shown = _range_shown(target, row)
        return f"{words}（{shown.text}{shown.unit}）"
    tolerance = thaw_figure(target["tolerance"])
    if tolerance is None:
        return words
    return f"{words}（±{format_value(tolerance, row.decimals)}{row.unit}）"


# --- Rates -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RateShown:
    """A rate rounded for print, never capped; `percent` draws its bar."""

    name: str
    shown: Shown
    percent: Decimal | None = None
    year: str = ""


def rate_shown(name: str, rate: Rate) -> RateShown:
    percent = to_decimal(rate, 1)
    shown = show(percent, 1, "%")
    if shown is None:
        assert rate.reason is not None
        shown = missing(rate.reason.label)
    return RateShown(name, shown, percent)


def rates_of(plan: Plan, row: PublishedIndicator) -> dict[str, RateShown]:
    """Return the published rates of a year by name; {} where the plan does not show rates, or the
    year is not rated."""
    names = {"progress": _("進捗率"), "achievement": _("達成率")}
    return {name: rate_shown(names[name], rate) for name, rate in public_rates(plan, row).items()}


def main_rate(plan: Plan, row: PublishedIndicator) -> RateShown | None:
    """Return the rate that stands for a year: the progress rate, else the achievement rate;
    with neither, why there is no progress rate. None where the plan shows none."""
    rates = rates_of(plan, row)
    for rate in rates.values():
        if rate.percent is not None:
            return rate
    return rates.get("progress")


# --- What stands for an indicator in a list ----------------------------------------------------


def headline(record: Record) -> PublishedIndicator | None:
    """Return the year that stands for an indicator: the newest figure of a whole year, else the
    newest of all, else the newest row without figure. None before the first results."""
    whole = [row for row in record.years if row.publication.period != Period.MID_YEAR]
    for rows in (whole, record.years):
        with_figure = [row for row in rows if row.amount is not None]
        if with_figure:
            return with_figure[-1]
    return record.years[-1] if record.years else None


def says_something(row: PublishedIndicator) -> bool:
    """Whether a row is worth a line: not the half year of something counted once a year."""
    is_whole = row.publication.period == Period.YEAR_END
    return is_whole or row.missing_reason != MissingReason.NOT_APPLICABLE


def newer(record: Record, than: PublishedIndicator | None) -> list[PublishedIndicator]:
    """Return the rows published for a later time than the headline."""
    if than is None:
        return []
    later = record.years[record.years.index(than) + 1 :]
    return [row for row in later if says_something(row)]
