"""Tables of what is said of figures: judgements, trends, forecasts.

What people judged is as published; what was computed is only where `rounds.visible` shows it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from indicators.choices import (
    Stage,
)
from indicators.evaluation import Movement, Reason, to_decimal
from indicators.models import Indicator
from plans.choices import Period
from plans.models import Plan
from rounds.frozen import thaw_figure, thaw_outcome
from rounds.models import PublishedIndicator
from rounds.published import Record
from rounds.visible import forecast_row, public_trend, public_verdict

from ..evaluation_formats import MOVEMENTS
from .common import (
    INDICATOR,
    PLAN,
    time_columns,
    year_columns,
)
from .scope import Scope
from .table import Column, Kind, Table, coded, plain_columns

# --- Judgements ---------------------------------------------------------------------------------


class _Judged(NamedTuple):
    """A judgement of a year by people, or the computed one."""

    by: str
    document: dict[str, Any]
    is_valid: bool


def _judgements(scope: Scope) -> Iterator[tuple[Any, ...]]:
    for plan, indicator, row, record in scope.years():
        for judged in _judged(plan, row, record):
            yield plan, indicator, row, judged


def _judged(plan: Plan, row: PublishedIndicator, record: Record) -> Iterator[_Judged]:
    """Yield people's judgements stage by stage, the last one valid; then the computed one. What
    was expected of a year that is over is not told any more."""
    for made in row.judgements:
        yield _Judged("people", made, made is row.judgements[-1])
    verdict = public_verdict(plan, row)
    is_past = row.publication.period == Period.FORECAST and any(
        other.publication.period == Period.YEAR_END
        and other.publication.fiscal_year == row.publication.fiscal_year
        for other in record.years
    )
    if verdict is not None and not is_past:
        yield _Judged("computed", verdict, verdict["is_rated"] and not row.judgements)


def _said(name: str, *, by: Iterable[str] = ("people", "computed")) -> Any:
    def value(_plan: Plan, _indicator: Indicator, _row: Any, judged: _Judged) -> Any:
        return judged.document.get(name) if judged.by in by else None

    return value


def _why_unrated(judged: _Judged) -> str:
    unrated = judged.by == "computed" and not judged.document["is_rated"]
    return judged.document["reason"] if unrated else ""


JUDGEMENTS = Table(
    name="judgements",
    title=_("評価"),
    description=_(
        "人による評価（段階ごと、理由つき）と、公開する計画では当サイトが計算した評価。"
        "各年度で有効なのは人の最後の段階、なければ計算による評価です。"
    ),
    is_core=True,
    rows=_judgements,
    documents=("judgements", "computed"),
    is_of_years=True,
    columns=(
        *PLAN,
        *INDICATOR,
        *time_columns(of=2),
        Column(
            "by",
            _("評価の主体コード"),
            Kind.CODE,
            lambda _p, _i, _row, judged: judged.by,
            _("people＝人、computed＝当サイトの計算。"),
            choices={"people": _("人"), "computed": _("当サイトの計算")},
        ),
        Column("is_valid", _("有効"), Kind.BOOLEAN, lambda _p, _i, _row, judged: judged.is_valid),
        *coded("stage", _("段階"), Stage, _said("stage", by=["people"])),
        Column("scheme", _("評価方式"), Kind.TEXT, _said("scheme", by=["computed"])),
        Column("symbol", _("記号"), Kind.TEXT, _said("symbol")),
        Column("label", _("評価"), Kind.TEXT, _said("label")),
        Column("meaning", _("評価の意味"), Kind.TEXT, _said("meaning")),
        Column(
            "score",
            _("点数"),
            Kind.NUMBER,
            lambda _p, _i, _row, judged: thaw_figure(judged.document["score"]),
        ),
        Column("reason", _("評価の理由"), Kind.TEXT, _said("reason", by=["people"])),
        *coded(
            "unrated_reason",
            _("計算できない理由"),
            Reason,
            lambda _p, _i, _row, judged: _why_unrated(judged),
        ),
        Column("judged_by", _("評価した組織"), Kind.TEXT, _said("judged_by", by=["people"])),
        Column("judged_on", _("評価した日"), Kind.DATE, _said("judged_on", by=["people"])),
        Column("note", _("注記"), Kind.TEXT, _said("note", by=["people"])),
        Column("source_url", _("出典のアドレス"), Kind.ADDRESS, _said("source_url", by=["people"])),
    ),
)

# --- Trends and forecasts -----------------------------------------------------------------------


def _trends(scope: Scope) -> Iterator[tuple[Any, ...]]:
    for plan, indicator, row, _record in scope.years():
        trend = public_trend(plan, row)
        if trend is not None:
            yield plan, indicator, row, trend


TRENDS = Table(
    name="trends",
    title=_("前年度からの動き"),
    description=_(
        "望ましい向きに進んだか（当サイトの計算）。計算による評価を公開しない計画の行はありません。"
    ),
    rows=_trends,
    documents=("computed",),
    is_of_years=True,
    columns=(
        *PLAN,
        *INDICATOR,
        *time_columns(of=2),
        Column(
            "movement",
            _("動きコード"),
            Kind.CODE,
            lambda _p, _i, _row, trend: trend["movement"],
            _("better＝改善、same＝横ばい、worse＝悪化。空欄は比べられないもの。"),
            choices={movement.value: words for movement, words in MOVEMENTS.items()},
        ),
        Column(
            "movement_label",
            _("動き"),
            Kind.TEXT,
            lambda _p, _i, _row, trend: (
                str(MOVEMENTS[Movement(trend["movement"])]) if trend["movement"] else ""
            ),
        ),
        *coded(
            "reason", _("比べられない理由"), Reason, lambda _p, _i, _row, trend: trend["reason"]
        ),
    ),
)


def _forecasts(scope: Scope) -> Iterator[tuple[Any, ...]]:
    for plan, indicator, record in scope.records:
        row = forecast_row(plan, record)
        if row is not None and row.computed is not None:
            yield plan, indicator, row, row.computed["forecast"]


FORECASTS = Table(
    name="forecasts",
    title=_("見通し"),
    description=_(
        "これまでのペースが続いた場合の目標年度の値（当サイトの計算）。見通しを公開しない計画の行はありません。"
    ),
    rows=_forecasts,
    documents=("computed",),
    columns=(
        *PLAN,
        *INDICATOR,
        *time_columns(of=2),
        *year_columns(
            "target_year", _("見通しの年度"), lambda _p, _i, _row, found: found["target_year"]
        ),
        Column(
            "value",
            _("見通し"),
            Kind.NUMBER,
            lambda _p, _i, row, found: to_decimal(thaw_outcome(found["value"]), row.decimals),
        ),
        *plain_columns(("unit", _("単位"), Kind.TEXT), of=2),
        Column(
            "meets",
            _("目標に達する"),
            Kind.BOOLEAN,
            lambda _p, _i, _row, found: found["meets"],
            _("空欄は言えないもの。"),
        ),
        Column(
            "points",
            _("使った年度"),
            Kind.LIST,
            lambda _p, _i, _row, found: [str(year) for year in found["points"]],
        ),
        *coded("reason", _("見通しのない理由"), Reason, lambda _p, _i, _row, f: f["reason"]),
    ),
)
