"""From published rows to the chart of an indicator."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from indicators.choices import Accumulation, TargetKind
from indicators.models import Indicator, SeriesBreak
from municipalities.models import Municipality
from plans.choices import Period
from plans.models import Plan
from portal.chart_data import Kind
from portal.charts import Border, ChartPoint, ChartTarget, Gap, LineChart, line_chart
from rounds.frozen import thaw_figure
from rounds.models import PublishedIndicator
from rounds.published import Record

from . import figures
from .succession import Era, earlier_rows, era_name
from .wording import short_year

POINT_KINDS: dict[str, Kind] = {
    Period.YEAR_END: "actual",
    Period.FORECAST: "forecast",
    Period.MID_YEAR: "mid_year",
}


def chart_of(
    plan: Plan,
    indicator: Indicator,
    record: Record,
    breaks: Iterable[SeriesBreak],
    eras: list[Era] | None = None,
) -> SafeString:
    """Return the chart as SVG, "" where there is no figure to draw.

    Where yearly entries add up, the totals are drawn: they are what the targets speak of. What the
    plans before published (`eras`) continues into the same line, unless in another unit.
    """
    eras = eras or []
    latest, municipality = record.latest, plan.municipality
    is_sum = indicator.series.accumulation == Accumulation.SUM
    points, gaps = [], []
    before = [row for _plan, row in earlier_rows(eras, record) if row.unit == latest.unit]
    for row in [*before, *record.years]:
        year, kind = row.publication.fiscal_year, POINT_KINDS[Period(row.publication.period)]
        value = row.total if is_sum else row.value
        if value is not None:
            provisional = any(badge.label == _("速報") for badge in figures.row_badges(row))
            points.append(ChartPoint(year, value, kind, provisional))
        elif kind == "actual":
            gaps.append(Gap(year, _gap_reason(row, municipality)))
    baseline = None
    if latest.baseline_value is not None:
        baseline = (latest.baseline_fiscal_year, latest.baseline_value)
    targets = tuple(
        drawn
        for target in figures.targets_in_force(record.promised)
        if (drawn := _chart_target(target, latest.baseline_value)) is not None
    )
    changes = tuple(change.fiscal_year for change in breaks)
    borders = tuple(Border(era.until, era_name(era.after)) for era in eras if before)
    years = [point.fiscal_year for point in points] + [gap.fiscal_year for gap in gaps]
    years += [target.fiscal_year for target in targets] + list(changes)
    years += [border.fiscal_year for border in borders]
    years += [baseline[0]] if baseline and baseline[0] else []
    chart = LineChart(
        uid="chart",
        title=_("%(name)sの推移") % {"name": indicator.display_name},
        description="",
        unit=latest.unit,
        decimals=latest.decimals,
        points=tuple(points),
        baseline=baseline,
        targets=targets,
        gaps=tuple(gaps),
        breaks=changes,
        borders=borders,
        year_labels={
            year: short_year(municipality, year)
            for year in range(min(years, default=0), max(years, default=-1) + 1)
        },
        mid_year_label=plan.label_mid_year,
    )
    return line_chart(chart)


def _gap_reason(row: PublishedIndicator, municipality: Municipality) -> str:
    if row.value is not None:
        return _("途中の年度の値がないため累計なし")
    return figures.missing_words(row, municipality)


def _chart_target(target: dict[str, Any], baseline: Decimal | None) -> ChartTarget | None:
    """Return what can be drawn of a target: a level or a range; None for words."""
    year, value = target["fiscal_year"], thaw_figure(target["value"])
    match TargetKind(target["kind"]):
        case TargetKind.RANGE:
            lower, upper = thaw_figure(target["lower"]), thaw_figure(target["upper"])
            return ChartTarget(year, lower=lower, upper=upper)
        case TargetKind.MAINTAIN:
            tolerance = thaw_figure(target["tolerance"])
            if baseline is not None and tolerance:
                return ChartTarget(year, lower=baseline - tolerance, upper=baseline + tolerance)
            level = value if value is not None else baseline
            return None if level is None else ChartTarget(year, level)
        case TargetKind.CHANGE:
            level = figures.change_level(target, baseline)
            return None if level is None else ChartTarget(year, level)
        case TargetKind.AT_LEAST | TargetKind.AT_MOST | TargetKind.UNSPECIFIED:
            return None if value is None else ChartTarget(year, value)
    return None
