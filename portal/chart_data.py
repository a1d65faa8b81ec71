"""What a chart shows: figures, targets, gaps and breaks of a series, and their words for listeners.

Pure: no Django model, no drawing.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from django.utils.translation import gettext as _

from portal.chart_scale import spoken_value

Kind = Literal["actual", "mid_year", "forecast"]


def require_uid(uid: str) -> None:
    """Raise ValueError where `uid` cannot be an element's id and part of url(#…)."""
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", uid):
        raise ValueError(f"Not an ASCII identifier: {uid!r}")


def require_finite(*values: Decimal | None) -> None:
    """Raise ValueError for NaN and infinity: a missing figure is a Gap, not a number."""
    if any(value is not None and not value.is_finite() for value in values):
        raise ValueError("A chart takes finite figures only; a missing one is a Gap.")


@dataclass(frozen=True)
class ChartPoint:
    """One figure of a fiscal year. `provisional` (速報) counts for actual values."""

    fiscal_year: int
    value: Decimal
    kind: Kind = "actual"
    provisional: bool = False

    def __post_init__(self) -> None:
        require_finite(self.value)

    @property
    def mark(self) -> str:
        """The name of the mark that is drawn for this figure."""
        if self.kind == "actual":
            return "provisional" if self.provisional else "actual"
        return self.kind


@dataclass(frozen=True)
class ChartTarget:
    """The target of a fiscal year: one `value`, or a range from `lower` to `upper`."""

    fiscal_year: int
    value: Decimal | None = None
    lower: Decimal | None = None
    upper: Decimal | None = None

    def __post_init__(self) -> None:
        require_finite(self.value, self.lower, self.upper)
        if self.value is not None:
            if self.lower is not None or self.upper is not None:
                raise ValueError("A target is either one value or a range.")
        elif self.lower is None or self.upper is None or self.lower > self.upper:
            raise ValueError("A target range needs a lower and an upper end, in this order.")

    @property
    def ends(self) -> tuple[Decimal, ...]:
        """The value, or the lower and upper end of the range."""
        return tuple(v for v in (self.value, self.lower, self.upper) if v is not None)


@dataclass(frozen=True)
class Gap:
    """A fiscal year without an actual value, and why (未集計, 調査のない年 …)."""

    fiscal_year: int
    reason: str


@dataclass(frozen=True)
class Border:
    """From a fiscal year on the figures are those of the plan or edition called `label`."""

    fiscal_year: int
    label: str


@dataclass(frozen=True)
class LineChart:
    """What one chart shows.

    `uid` is an ASCII identifier, unique on the page. An empty `description` is written by
    describe(). `baseline` is (fiscal year or None where it is unknown, value), or None without
    a baseline. A fiscal year in `breaks` is the first one of a new definition: the line breaks off
    there. At `borders`, where one plan follows another, it goes on. `year_labels` gives short
    labels (R3); a year it does not hold is printed as it is. `mid_year_label` is the plan's own
    name for its mid-year figures.
    """

    uid: str
    title: str
    description: str
    unit: str
    decimals: int
    points: tuple[ChartPoint, ...] = ()
    baseline: tuple[int | None, Decimal] | None = None
    targets: tuple[ChartTarget, ...] = ()
    gaps: tuple[Gap, ...] = ()
    breaks: tuple[int, ...] = ()
    borders: tuple[Border, ...] = ()
    year_labels: Mapping[int, str] | None = None
    mid_year_label: str = ""

    def __post_init__(self) -> None:
        require_uid(self.uid)
        require_finite(self.baseline[1] if self.baseline else None)

    def label(self, fiscal_year: int) -> str:
        """Return the short label of a fiscal year."""
        return (self.year_labels or {}).get(fiscal_year, str(fiscal_year))

    def mark_label(self, mark: str) -> str:
        """Return the name of a mark as the legend prints it."""
        return {
            "actual": _("実績"),
            "provisional": _("速報"),
            "mid_year": self.mid_year_label or _("9月末"),
            "forecast": _("年度末見込"),
            "baseline": _("基準値"),
            "target": _("目標"),
        }[mark]

    def actuals(self) -> list[ChartPoint]:
        """Return the actual values, oldest first."""
        return sorted(
            (p for p in self.points if p.kind == "actual"), key=lambda point: point.fiscal_year
        )

    def missing(self) -> list[Gap]:
        """Return the gaps, oldest first, without years that have an actual value after all."""
        years = {point.fiscal_year for point in self.actuals()}
        return sorted(
            (g for g in self.gaps if g.fiscal_year not in years), key=lambda gap: gap.fiscal_year
        )


def describe(chart: LineChart) -> str:
    """Return the chart in sentences: first, last, highest, lowest, last two targets, gaps, breaks,
    borders between plans.

    Meant for listeners: a negative figure is マイナス712, not ▲712.
    """

    # A long unit (人口10万人当たり…) is said once, not after every figure.
    suffix = chart.unit if len(chart.unit) <= 6 else ""

    def figure(value: Decimal) -> str:
        return spoken_value(value, chart.decimals) + suffix

    actuals = chart.actuals()
    sentences = [_("単位は%(unit)sです。") % {"unit": chart.unit}] if chart.unit != suffix else []
    if not actuals:
        sentences.append(_("実績のデータはありません。"))
    elif len(actuals) == 1:
        only = actuals[0]
        sentences.append(
            _("実績は%(year)sの%(value)sのみです。")
            % {"year": chart.label(only.fiscal_year), "value": figure(only.value)}
        )
    else:
        first, last = actuals[0], actuals[-1]
        sentences.append(
            _("実績は%(first_year)sの%(first)sから%(last_year)sの%(last)sになりました。")
            % {
                "first_year": chart.label(first.fiscal_year),
                "first": figure(first.value),
                "last_year": chart.label(last.fiscal_year),
                "last": figure(last.value) + (_("（速報）") if last.provisional else ""),
            }
        )
    if len(actuals) > 2:
        highest = max(actuals, key=lambda point: point.value)
        lowest = min(actuals, key=lambda point: point.value)
        sentences.append(
            _("最大は%(high_year)sの%(high)s、最小は%(low_year)sの%(low)sです。")
            % {
                "high_year": chart.label(highest.fiscal_year),
                "high": figure(highest.value),
                "low_year": chart.label(lowest.fiscal_year),
                "low": figure(lowest.value),
            }
        )
    for kind in ("mid_year", "forecast"):
        latest = max(
            (p for p in chart.points if p.kind == kind), key=lambda p: p.fiscal_year, default=None
        )
        if latest:
            sentences.append(
                _("%(year)sの%(kind)sは%(value)sです。")
                % {
                    "year": chart.label(latest.fiscal_year),
                    "kind": chart.mark_label(latest.kind),
                    "value": figure(latest.value),
                }
            )
    if chart.baseline:
        year, value = chart.baseline
        sentences.append(
            _("基準値は%(value)s（年度不明）です。") % {"value": figure(value)}
            if year is None
            else _("基準値は%(year)sの%(value)sです。")
            % {"year": chart.label(year), "value": figure(value)}
        )
    for target in sorted(chart.targets, key=lambda target: target.fiscal_year)[-2:]:
        sentences.append(
            _("%(year)sの目標は%(value)sです。")
            % {
                "year": chart.label(target.fiscal_year),
                "value": _("以上").join(figure(end) for end in target.ends)
                + (_("以下") if target.value is None else ""),
            }
        )
    reasons: dict[str, list[str]] = {}
    for gap in chart.missing():
        reasons.setdefault(gap.reason, []).append(chart.label(gap.fiscal_year))
    for reason, years in reasons.items():
        sentences.append(
            _("%(years)sはデータがありません（%(reason)s）。")
            % {"years": _("、").join(years), "reason": reason}
        )
    for year in sorted(chart.breaks):
        sentences.append(_("%(year)sから定義が変わりました。") % {"year": chart.label(year)})
    for border in sorted(chart.borders, key=lambda border: border.fiscal_year):
        sentences.append(
            _("%(year)sからは「%(plan)s」の値です。")
            % {"year": chart.label(border.fiscal_year), "plan": border.label}
        )
    return "".join(sentences)
