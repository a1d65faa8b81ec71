"""Tables of what was promised of each indicator: definition, baseline, targets, sections."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from indicators.choices import (
    Accumulation,
    BaselineStatus,
    Basis,
    Direction,
    TargetKind,
)
from indicators.models import Series
from rounds.frozen import thaw_figure
from rounds.models import PublishedIndicator

from .common import (
    INDICATOR,
    PLAN,
    SOURCE,
    figure,
    life_columns,
    place_columns,
    sdgs_column,
    time_columns,
    year_columns,
)
from .scope import Scope
from .table import Column, Kind, Table, coded, plain_columns

# --- Indicators ---------------------------------------------------------------------------------


def _indicators(scope: Scope) -> Iterator[tuple[Any, ...]]:
    for plan, indicator, record in scope.records:
        path = reverse("portal:indicator", args=[plan.municipality.slug, plan.slug, indicator.code])
        placed = scope.place_of(indicator)
        url = f"{scope.site}{path}"
        yield plan, indicator, record.latest, indicator.series, placed, url, scope


def _as_of(series: Series) -> str:
    if series.basis != Basis.AS_OF_DATE or not series.as_of_month or not series.as_of_day:
        return ""
    return f"{series.as_of_month:02d}-{series.as_of_day:02d}"


INDICATORS = Table(
    name="indicators",
    title=_("指標"),
    description=_("指標の定義、単位、値の時点、数え方、望ましい向き、出典、基準値。"),
    is_core=True,
    rows=_indicators,
    documents=(),
    columns=(
        *PLAN,
        *INDICATOR,
        *plain_columns(
            ("label", _("番号の表記"), Kind.TEXT, _("計画書の印字のまま。")),
            ("group", _("まとめの見出し"), Kind.TEXT),
            of=1,
        ),
        *place_columns(4),
        *plain_columns(("unit", _("単位"), Kind.TEXT, _("空欄は記載なし。")), of=2),
        *plain_columns(("decimals", _("小数桁"), Kind.INTEGER), of=2),
        Column(
            "series",
            _("系列コード"),
            Kind.CODE,
            lambda _p, _i, _row, series, *_r: series.code,
            _("何を数えたか。同じ自治体の別の計画で同じコードなら、同じ数値です。"),
        ),
        *plain_columns(
            ("definition", _("定義・算出方法"), Kind.TEXT, _("空欄は記載なし。")),
            ("definition_by_site", _("定義は当サイトによる要約"), Kind.BOOLEAN),
            of=3,
        ),
        *coded("basis", _("値の時点"), Basis, lambda _p, _i, _row, series, *_r: series.basis),
        Column(
            "as_of",
            _("現在日"),
            Kind.TEXT,
            lambda _p, _i, _row, series, *_r: _as_of(series),
            _("値の時点が「○月○日現在」のとき、MM-DD。"),
        ),
        *plain_columns(("mean_years", _("平均の年数"), Kind.INTEGER), of=3),
        *year_columns(
            "window_start", _("累計期間の初年度"), lambda _p, _i, _row, s, *_r: s.window_start
        ),
        *year_columns(
            "window_end", _("累計期間の最終年度"), lambda _p, _i, _row, s, *_r: s.window_end
        ),
        *coded(
            "accumulation",
            _("値の数え方"),
            Accumulation,
            lambda _p, _i, _row, series, *_r: series.accumulation,
        ),
        *plain_columns(("accumulation_note", _("数え方の根拠"), Kind.TEXT), of=3),
        *year_columns(
            "start_fiscal_year",
            _("数え始めの年度"),
            lambda _p, _i, _row, s, *_r: s.start_fiscal_year,
        ),
        Column(
            "breaks",
            _("定義の変更"),
            Kind.LIST,
            lambda _p, _i, _row, series, _placed, _url, scope: [
                str(change) for change in scope.breaks[series.pk]
            ],
            _("「年度（西暦） 内容」。その年度から、前の値と単純に比べられません。"),
        ),
        *coded("direction", _("望ましい向き"), Direction, lambda _p, i, *_r: i.direction),
        *plain_columns(("direction_note", _("向きの根拠"), Kind.TEXT), of=1),
        *coded(
            "baseline_status",
            _("基準値の状態"),
            BaselineStatus,
            lambda _p, _i, row, *_r: row.baseline_status,
        ),
        Column(
            "baseline_value",
            _("基準値"),
            Kind.NUMBER,
            lambda _p, _i, row, *_r: figure(row.baseline_value, row),
            _("空欄は値なし（0は値です）。理由は「基準値の状態」。"),
        ),
        *year_columns(
            "baseline_fiscal_year",
            _("基準年度"),
            lambda _p, _i, row, *_r: row.baseline_fiscal_year,
            lambda _p, _i, row, *_r: row.baseline_label,
            _("状態が「開始前」のときは、数え始める年度。"),
        ),
        *plain_columns(
            ("baseline_value_label", _("基準値の表記"), Kind.TEXT, _("資料の印字のまま。")),
            ("baseline_mark", _("基準値の脚注の印"), Kind.TEXT),
            ("baseline_note", _("基準値の注記"), Kind.TEXT),
            of=2,
        ),
        *plain_columns(("baseline_is_average", _("基準値は数年の平均"), Kind.BOOLEAN), of=1),
        *plain_columns(*SOURCE, of=2),
        *life_columns(of=1),
        *plain_columns(("note", _("注記"), Kind.TEXT), of=1),
        Column(
            "series_note", _("系列の注記"), Kind.TEXT, lambda _p, _i, _row, series, *_r: series.note
        ),
        Column("url", _("ページのアドレス"), Kind.ADDRESS, lambda *row: row[5]),
        sdgs_column(
            lambda _p, indicator, *rest: rest[-1].sdgs_of(indicator),
            _("指標の付く段の目標。その段になければ、上へたどって最初にある段の目標。"),
        ),
    ),
)

# --- Targets ------------------------------------------------------------------------------------


def _targets(scope: Scope) -> Iterator[tuple[Any, ...]]:
    """Yield the targets in force, each after those it replaced."""
    for plan, indicator, record in scope.records:
        row = record.promised
        in_force = {each["fiscal_year"]: each for each in row.targets if each["in_force"]}
        final = max(in_force, default=None)
        told = [
            each
            for each in row.targets
            if each["fiscal_year"] in in_force
            and each["revision"] <= in_force[each["fiscal_year"]]["revision"]
        ]
        for each in sorted(told, key=lambda each: (each["fiscal_year"], each["revision"])):
            is_final = each["in_force"] and each["fiscal_year"] == final
            yield plan, indicator, row, each, is_final


def _target_figure(name: str) -> Any:
    return lambda _plan, _indicator, row, target, _is_final: figure(thaw_figure(target[name]), row)


def _target_unit(row: PublishedIndicator, target: dict[str, Any]) -> str:
    return "%" if target["kind"] == TargetKind.CHANGE else row.unit


def _target_columns(*columns: tuple[str, Any, Kind]) -> Iterator[Column]:
    for name, label, kind in columns:
        yield Column(name, label, kind, lambda _p, _i, _row, each, _f, name=name: each[name])


TARGETS = Table(
    name="targets",
    title=_("目標値"),
    description=_("指標と年度ごとの目標。改定されたものは、改定前の目標と理由も。"),
    is_core=True,
    rows=_targets,
    documents=("targets",),
    columns=(
        *PLAN,
        *INDICATOR,
        *year_columns(
            "fiscal_year",
            _("目標年度"),
            lambda _p, _i, _row, target, _f: target["fiscal_year"],
            lambda _p, _i, _row, target, _f: target["year_label"],
        ),
        *_target_columns(("revision", _("改定"), Kind.INTEGER)),
        Column(
            "in_force",
            _("有効"),
            Kind.BOOLEAN,
            lambda _p, _i, _row, target, _f: target["in_force"],
            _("false は改定前の目標。"),
        ),
        Column("is_final", _("最終目標"), Kind.BOOLEAN, lambda *row: row[4]),
        *coded("kind", _("目標の種類"), TargetKind, lambda _p, _i, _row, t, _f: t["kind"]),
        Column(
            "value",
            _("目標値"),
            Kind.NUMBER,
            _target_figure("value"),
            _("種類が「基準値からの増減率」のときは％。数値でない目標では空欄。"),
        ),
        Column("lower", _("範囲の下限"), Kind.NUMBER, _target_figure("lower")),
        Column("upper", _("範囲の上限"), Kind.NUMBER, _target_figure("upper")),
        Column("tolerance", _("維持とみなす幅"), Kind.NUMBER, _target_figure("tolerance")),
        Column(
            "unit", _("単位"), Kind.TEXT, lambda _p, _i, row, target, _f: _target_unit(row, target)
        ),
        *_target_columns(
            ("text", _("文章の目標"), Kind.TEXT),
            ("value_label", _("値の表記"), Kind.TEXT),
            ("mark", _("脚注の印"), Kind.TEXT),
            ("note", _("注記"), Kind.TEXT),
            ("decided_on", _("決めた日"), Kind.DATE),
        ),
        Column(
            "reason",
            _("改定の理由"),
            Kind.TEXT,
            lambda _p, _i, _row, target, _f: target["reason"] if target["revision"] else "",
        ),
    ),
)

# --- Who answers --------------------------------------------------------------------------------


def _responsibilities(scope: Scope) -> Iterator[tuple[Any, ...]]:
    for plan, indicator, record in scope.records:
        for row in record.years or (record.latest,):
            for number, section in enumerate(row.departments, start=1):
                yield plan, indicator, row, number, section


RESPONSIBILITIES = Table(
    name="responsibilities",
    title=_("指標の担当課"),
    description=_("年度ごとの担当課を、その公表のときの名称で。"),
    rows=_responsibilities,
    documents=("departments",),
    columns=(
        *PLAN,
        *INDICATOR,
        *time_columns(of=2),
        Column("number", _("順番"), Kind.INTEGER, lambda *row: row[3]),
        Column(
            "department",
            _("組織コード"),
            Kind.CODE,
            lambda *row: row[4]["code"],
            _("departments.csv と結び付けられます。"),
        ),
        Column("department_name", _("組織の名称"), Kind.TEXT, lambda *row: row[4]["name"]),
    ),
)
