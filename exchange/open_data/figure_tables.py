"""Tables of values year by year, and of the rates the pages show beside them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from indicators.choices import (
    MissingReason,
    Revision,
)
from indicators.evaluation import Formula, Reason, to_decimal
from rounds.models import Publication, PublishedIndicator
from rounds.visible import RATES as ALL_RATES
from rounds.visible import public_rates

from ..evaluation_formats import FORMULAS
from .common import (
    INDICATOR,
    PLAN,
    SOURCE,
    figure,
    time_columns,
)
from .scope import Scope
from .table import Column, Kind, Table, coded, plain_columns

RATE_DECIMALS = 1
"""As on the pages."""


# --- Values -------------------------------------------------------------------------------------


def _is_provisional(row: PublishedIndicator) -> bool:
    is_preliminary = row.publication.mark == Publication.Mark.PRELIMINARY
    return row.is_provisional or (is_preliminary and row.amount is not None)


VALUES = Table(
    name="values",
    title=_("実績値"),
    description=_("指標・年度・時期ごとに1行。値のない年度は、空欄と理由。"),
    is_core=True,
    rows=Scope.years,
    documents=(),
    is_of_years=True,
    columns=(
        *PLAN,
        *INDICATOR,
        *time_columns(of=2),
        Column(
            "value",
            _("実績値"),
            Kind.NUMBER,
            lambda _p, _i, row, _record: figure(row.value, row),
            _("空欄は値なし（0は値です）。理由は「値のない理由」。"),
        ),
        *plain_columns(("unit", _("単位"), Kind.TEXT, _("空欄は記載なし。")), of=2),
        Column(
            "total",
            _("累計"),
            Kind.NUMBER,
            lambda _p, _i, row, _record: figure(row.total, row),
            _("各年度の値を合計する指標だけ。目標と比べるのはこの値です。"),
        ),
        *plain_columns(("value_label", _("値の表記"), Kind.TEXT, _("資料の印字のまま。")), of=2),
        *coded(
            "missing_reason",
            _("値のない理由"),
            MissingReason,
            lambda _p, _i, row, _record: row.missing_reason,
        ),
        *plain_columns(("expected_on", _("確定予定月"), Kind.DATE, _("その月の1日の日付。")), of=2),
        Column(
            "is_provisional",
            _("速報値"),
            Kind.BOOLEAN,
            lambda _p, _i, row, _record: _is_provisional(row),
        ),
        *coded(
            "revision",
            _("訂正などの印"),
            Revision,
            lambda _p, _i, row, _record: row.revision,
            _("corrected は誤りの訂正、source_revised は統計側の遡及改定。"),
        ),
        *plain_columns(
            ("revision_reason", _("訂正などの理由"), Kind.TEXT),
            ("note", _("注記"), Kind.TEXT),
            *SOURCE,
            of=2,
        ),
    ),
)

# --- Rates --------------------------------------------------------------------------------------


def _rates(scope: Scope) -> Iterator[tuple[Any, ...]]:
    for plan, indicator, row, _record in scope.years():
        for name, rate in public_rates(plan, row).items():
            yield plan, indicator, row, name, rate


RATES = Table(
    name="rates",
    title=_("進捗率・達成率"),
    description=_(
        "公表された値から当サイトが計算した率。ページに示すものと同じ。率を公開しない計画の行はありません。"
    ),
    rows=_rates,
    documents=("rates",),
    is_of_years=True,
    columns=(
        *PLAN,
        *INDICATOR,
        *time_columns(of=2),
        Column(
            "rate",
            _("率の種類コード"),
            Kind.CODE,
            lambda _p, _i, _row, name, _rate: name,
            _(
                "progress＝進捗率（実績－基準値）÷（目標－基準値）、"
                "achievement＝達成率（実績÷目標。減らす目標では目標÷実績）。"
            ),
            choices={name: FORMULAS[Formula(name)] for name in ALL_RATES},
        ),
        Column(
            "rate_label",
            _("率の種類"),
            Kind.TEXT,
            lambda _p, _i, _row, name, _rate: str(FORMULAS[Formula(name)]),
        ),
        Column(
            "value",
            _("率"),
            Kind.NUMBER,
            lambda _p, _i, _row, _name, rate: to_decimal(rate, RATE_DECIMALS),
            _("百分率（50.0 は50.0％）。上限も下限もありません。空欄は計算できないもの。"),
        ),
        Column("unit", _("単位"), Kind.TEXT, lambda *_row: "%"),
        *coded(
            "reason", _("率のない理由"), Reason, lambda _p, _i, _row, _name, rate: rate.reason or ""
        ),
    ),
)
