"""The sheets of what is counted: series with their actuals, indicators, targets, judgements."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from indicators.choices import BaselineStatus, Direction, TargetKind
from indicators.models import Indicator, Judgement, Responsibility, Series, SeriesBreak, Target
from indicators.record_many import check_indicators, check_judgements, check_targets
from municipalities.record_many import Problems
from plans.choices import Period, WorkState
from plans.models import PlanScheme

from . import values
from .columns import (
    LIFETIME,
    Column,
    department,
    linked,
    node,
    of_kind,
    plain,
    plains,
    related,
    sections,
)
from .section_links import SectionedTable, SectionTable
from .shelf import Shelf
from .structure_tables import next_place
from .table import Table


def state_column() -> Column:
    """How far a row has come: what an import brings counts as checked where it says nothing."""
    kind = values.choice(WorkState.choices, blank=WorkState.CHECKED)
    return of_kind("状態", "state", kind, hint=_("空欄は確認済"))


def period_column(model: Any) -> Column:
    kind = values.choice(Period.choices, blank=Period.YEAR_END)
    return of_kind(
        "時期",
        "period",
        kind,
        is_key=True,
        hint=_("空欄は年度末実績"),
        guess=lambda shelf, row, place: Period.YEAR_END,
    )


# --- Series -------------------------------------------------------------------------------------


class SeriesTable(Table):
    """What is counted; other plans of the town may count by the same series."""

    sheet = "系列"
    about = "何を数えるか。ほかの計画と同じものは、同じコードにします（実績は一度だけ入力）。"
    model = Series
    columns = (
        plain(Series, "code", is_key=True),
        plain(Series, "name", is_required=True),
        plain(Series, "unit"),
        plain(
            Series,
            "decimals",
            guess=lambda shelf, row, place: shelf.decimals.get(row.code, 0),
            hint=_("0から4。空欄なら、このブックの値から決めます"),
        ),
        *plains(Series, "definition", "definition_by_site", "accumulation", "accumulation_note"),
        *plains(Series, "start_fiscal_year", "basis", "as_of_month", "as_of_day", "mean_years"),
        *plains(Series, "window_start", "window_end", "source", "source_url"),
        department("所管課", "owner"),
        plain(Series, "settled_month"),
        linked("共通指標", "common", Shelf.common),
        plain(Series, "note"),
    )

    def stored(self, shelf: Shelf) -> list[Any]:
        return shelf.adopt(Series.objects.filter(municipality=shelf.municipality))

    def exported(self, shelf: Shelf) -> list[Any]:
        series = Series.objects.filter(indicators__plan=shelf.plan).distinct()
        return shelf.adopt(series.select_related("common").order_by("code"))

    def new(self, shelf: Shelf) -> Any:
        return Series(municipality=shelf.municipality)


class BreakTable(Table):
    sheet = "定義の変更"
    about = "この年度から数え方が変わり、前の値と比べられないこと。"
    model = SeriesBreak
    columns = (
        linked("系列", "series", Shelf.one_series, is_key=True),
        plain(SeriesBreak, "fiscal_year", is_key=True),
        plain(SeriesBreak, "reason", is_required=True),
    )

    def stored(self, shelf: Shelf) -> list[Any]:
        breaks = SeriesBreak.objects.filter(series__municipality=shelf.municipality)
        return shelf.adopt(breaks.order_by("series__code", "fiscal_year"))

    def exported(self, shelf: Shelf) -> list[Any]:
        numbers = {each.pk for each in shelf.series.values()}
        return [row for row in self.stored(shelf) if row.series_id in numbers]

    def new(self, shelf: Shelf) -> Any:
        return SeriesBreak()


# --- Indicators ---------------------------------------------------------------------------------


def _status(shelf: Shelf, row: Indicator, place: int) -> str:
    has_value = row.baseline_value is not None
    return BaselineStatus.VALUE if has_value else BaselineStatus.UNAVAILABLE


def _proposal(shelf: Shelf, row: Indicator, place: int) -> str:
    """A direction people have not stated is proposed from baseline to target, and stays unknown."""
    proposed = shelf.proposals.get(row.code, "")
    if not getattr(row, "has_no_direction", False) or not proposed:
        return ""
    shelf.notes.append(
        _("指標 %(code)s：向きを「%(direction)s」と提案しました。確かめるまで判定には使いません。")
        % {"code": row.code, "direction": Direction(proposed).label}
    )
    return proposed


def _unknown(shelf: Shelf, row: Indicator, place: int) -> str:
    """A blank says nothing, unlike 「記載なし」, which says that the document states none."""
    row.has_no_direction = True
    return Direction.UNKNOWN


def _same_code(shelf: Shelf, row: Indicator, place: int) -> Series:
    """Without a code of its own an indicator stands on the series of the same code."""
    return shelf.one_series(row.code)


class IndicatorTable(SectionedTable):
    sheet = "指標"
    about = "計画の指標。実績は「実績」に、系列ごとに書きます。"
    model, links, parent = Indicator, Responsibility, "indicator"
    columns = (
        plain(Indicator, "code", is_key=True),
        plain(Indicator, "label"),
        plain(Indicator, "name"),
        node("付ける段", {"measure": "measure", "policy": "policy", "basicgoal": "basic_goal"}),
        linked("系列", "series", Shelf.one_series, guess=_same_code, hint=_("系列のコード")),
        sections(lambda row: getattr(row, "kept_sections", [])),
        plain(Indicator, "order", guess=next_place),
        plain(Indicator, "group"),
        of_kind(
            "向き",
            "direction",
            values.choice(Direction.choices, blank=None),
            hint=_("空欄なら、基準値と目標値から提案します"),
            guess=_unknown,
        ),
        plain(Indicator, "proposed_direction", guess=_proposal),
        plain(Indicator, "direction_note"),
        plain(Indicator, "baseline_value"),
        plain(Indicator, "baseline_status", guess=_status),
        *plains(Indicator, "baseline_fiscal_year", "baseline_label", "baseline_value_label"),
        *plains(Indicator, "baseline_mark", "baseline_note", "baseline_is_average", "note"),
        *plains(Indicator, *LIFETIME),
    )

    def check(
        self, rows: Sequence[Any], shelf: Shelf, *, by: Any, fields: Collection[str] | None
    ) -> Problems:
        return check_indicators(rows, by=by, fields=fields)


class ResponsibilityTable(SectionTable):
    sheet = "指標の担当課の期間"
    about = "途中の年度から、または途中の年度まで担当する課。"
    model, parent = Responsibility, "indicator"
    columns = (
        linked("指標", "indicator", Shelf.indicator, is_key=True),
        department("担当課", "department", is_key=True),
        plain(Responsibility, "order", is_key=True),
        *plains(Responsibility, *LIFETIME),
    )


# --- Targets ------------------------------------------------------------------------------------

_KINDS = {"以上": TargetKind.AT_LEAST, "以下": TargetKind.AT_MOST}
_BY_DIRECTION = {Direction.RISING: TargetKind.AT_LEAST, Direction.FALLING: TargetKind.AT_MOST}


def _read_aim(cell: Any, shelf: Shelf, row: Target) -> Any:
    """Read 200, and also 200人以上, which says the kind as well."""
    number, kind = values.split_aim(cell)
    row.said_kind = _KINDS.get(kind, "")
    series = related(row.indicator, "series")  # none where the sheet of indicators is wrong
    try:
        return values.figure().read(values.without_unit(number, series.unit if series else ""))
    except values.CellError as error:
        raise values.CellError(
            _(
                "%(problem)s幅のある目標は「範囲の下限」と「範囲の上限」に、"
                "文の目標（設置、策定など）は「文章の目標」に入力してください。"
            )
            % {"problem": error}
        ) from error


def _kind_beside(row: Target) -> str:
    """Return the kind that the other columns tell where neither the figure nor 種類 does."""
    if row.text:
        return TargetKind.TEXT
    return TargetKind.RANGE if row.lower is not None and row.upper is not None else ""


def _kind(shelf: Shelf, row: Target, place: int) -> str:
    if getattr(row, "said_kind", ""):
        return row.said_kind
    if row.value is None:
        return ""
    return _BY_DIRECTION.get(row.indicator.direction, TargetKind.UNSPECIFIED)


class TargetTable(Table):
    sheet = "目標"
    about = (
        "年度ごとの目標値。改定した目標は、改定の番号を1、2…として別の行に理由とともに書きます。"
    )
    model = Target
    columns = (
        linked("指標", "indicator", Shelf.indicator, is_key=True),
        plain(Target, "fiscal_year", is_key=True),
        plain(Target, "revision", is_key=True, guess=lambda shelf, row, place: 0),
        Column(
            "目標値",
            ("value",),
            write=lambda row: row.value,
            read=_read_aim,
            current=lambda row: row.value,
            put=lambda row, value: setattr(row, "value", value),
            hint=_("数値。「200以上」のようにも書けます"),
        ),
        plain(Target, "kind", guess=_kind),
        *plains(Target, "lower", "upper", "tolerance", "text", "year_label", "value_label"),
        *plains(Target, "mark", "note", "decided_on", "effective_from", "reason"),
    )

    def new(self, shelf: Shelf) -> Any:
        return Target()

    def ordering(self) -> tuple[str, ...]:
        return ("indicator__order", "indicator__code", "fiscal_year", "revision")

    def check(
        self, rows: Sequence[Any], shelf: Shelf, *, by: Any, fields: Collection[str] | None
    ) -> Problems:
        for row in rows:
            row.kind = row.kind or _kind_beside(row)
        problems = check_targets(rows, by=by, fields=fields)
        for position, row in enumerate(rows):
            if not row.kind:
                message = _("目標値、範囲の下限と上限、文章の目標のどれかを入力してください。")
                problems[position] = ValidationError({"value": message})
        return problems


# --- Judgements ---------------------------------------------------------------------------------


class JudgementTable(Table):
    sheet = "評価"
    about = "人が決めた評価。計算による評価は書きません。"
    model = Judgement
    columns = (
        linked("指標", "indicator", Shelf.indicator, is_key=True),
        plain(Judgement, "fiscal_year", is_key=True),
        period_column(Judgement),
        plain(Judgement, "stage", is_key=True),
        Column(
            "評価",
            ("band",),
            write=lambda row: row.band.symbol,
            read=lambda cell, shelf, row: shelf.band(
                PlanScheme.Subject.INDICATORS, row.fiscal_year, values.folded(cell)
            ),
            current=lambda row: related(row, "band"),
            put=lambda row, value: setattr(row, "band", value),
            hint=_("評価方式の記号か名称"),
            is_required=True,
        ),
        *plains(Judgement, "reason", "judged_by", "judged_on", "note", "source_url"),
        state_column(),
    )

    def new(self, shelf: Shelf) -> Any:
        return Judgement(state=WorkState.CHECKED)

    def ordering(self) -> tuple[str, ...]:
        return ("indicator__order", "indicator__code", "fiscal_year", "period", "stage")

    def stored(self, shelf: Shelf) -> list[Any]:
        rows = super().stored(shelf)
        prefetch_related_objects(rows, "band")
        return rows

    def check(
        self, rows: Sequence[Any], shelf: Shelf, *, by: Any, fields: Collection[str] | None
    ) -> Problems:
        prefetch_related_objects([shelf.plan], "schemes__scheme__bands")
        return check_judgements(rows, by=by, fields=fields)
