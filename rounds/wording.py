"""What a row of a publication says in words, label by label: for staff who compare two of them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from indicators import evaluation
from indicators.choices import BaselineStatus
from indicators.evaluation import Figure, Movement, Outcome, Reason, to_decimal
from indicators.evaluation.terms import exact
from indicators.words import figure_words, target_words
from measures.models import ReportColumn
from municipalities.days import day_words, month_words
from municipalities.models import Municipality
from plans.choices import Visibility
from plans.models import Plan

from . import frozen
from .models import (
    PublishedComment,
    PublishedIndicator,
    PublishedReport,
    PublishedSheet,
)

Words = dict[str, str]
"""Label → text as people read it, "" where a row says nothing there; in the order of the page."""

# --- Indicators -------------------------------------------------------------------------------


def indicator_words(row: PublishedIndicator, plan: Plan) -> Words:
    """Return what a published indicator says. Labels name what `plan` keeps from citizens."""
    town = plan.municipality
    computed = row.computed or {}
    inside = _("%(label)s（庁内だけ）")

    def seen(label: str, visibility: str) -> str:
        return label if visibility == Visibility.PUBLIC else inside % {"label": label}

    return {
        _("名称"): row.name,
        _("単位"): row.unit,
        _("実績値"): value_words(row, town),
        _("累計"): _number(row.total, row),
        _("印"): _marks(row),
        seen(_("進捗率"), plan.show_rates): _rate(row.rates.get("progress")),
        seen(_("達成率"), plan.show_rates): _rate(row.rates.get("achievement")),
        _("評価"): judgement_words(row),
        seen(_("計算による評価"), plan.show_computed_judgement): _verdict(computed.get("verdict")),
        seen(_("前年度からの動き"), plan.show_computed_judgement): _trend(computed.get("trend")),
        seen(_("見通し"), plan.show_forecast): _forecast(computed.get("forecast"), row, town),
        _("基準値"): _baseline(row, town),
        _("目標値"): "／".join(_target(each, row, town) for each in row.targets),
        _("担当課"): _names(row.departments),
        _("注記"): row.note,
        _("年度の表記"): row.year_label,
        _("出典"): _source(row),
    }


def value_words(row: PublishedIndicator, town: Municipality) -> str:
    """Return the figure of a row, or why there is none and when it will be settled; "" for a row
    of no year."""
    label = _("（資料の表記：%(label)s）") % {"label": row.value_label} if row.value_label else ""
    if row.value is not None:
        return f"{_number(row.value, row)}{label}"
    if not row.missing_reason:
        return label
    words = row.get_missing_reason_display()
    if row.expected_on:
        words += _("、%(month)sに確定予定") % {"month": month_words(town, row.expected_on)}
    return f"－（{words}）{label}"


def judgement_words(row: PublishedIndicator) -> str:
    """Return what people judged at each stage, with their reasons; "" where nobody did."""
    return "／".join(
        _("%(stage)s：%(band)s") % {"stage": judged["stage_label"], "band": band_words(judged)}
        + (f"（{judged['reason']}）" if judged["reason"] else "")
        for judged in row.judgements
    )


def band_words(band: dict[str, Any]) -> str:
    """Return symbol and label of a class, once where they are the same."""
    symbol, label = band["symbol"], band["label"]
    return label if symbol == label else f"{symbol} {label}".strip()


def _number(value: Decimal | None, row: PublishedIndicator) -> str:
    if value is None:
        return ""
    return f"{figure_words(Figure(exact(value)), row.decimals)}{row.unit}"


def _marks(row: PublishedIndicator) -> str:
    marks = [_("速報")] if row.is_provisional else []
    if row.revision:
        reason = f"（{row.revision_reason}）" if row.revision_reason else ""
        marks.append(f"{row.get_revision_display()}{reason}")
    return "、".join(marks)


def _rate(document: dict[str, str] | None) -> str:
    rate = frozen.thaw_rate(document)
    if rate is None:
        return ""
    if rate.value is None:
        return f"－（{rate.reason.label}）"
    return f"{to_decimal(rate, 1):,f}%"


def _verdict(verdict: dict[str, Any] | None) -> str:
    if verdict is None or verdict["reason"] == Reason.CHOSEN_BY_PEOPLE:
        return ""
    if verdict["is_rated"]:
        return band_words(verdict)
    return f"－（{Reason(verdict['reason']).label}）" if verdict["reason"] else "－"


def _trend(trend: dict[str, Any] | None) -> str:
    if trend is None:
        return ""
    if trend["movement"] is None:
        return f"－（{Reason(trend['reason']).label}）"
    labels = {Movement.BETTER: _("改善"), Movement.SAME: _("横ばい"), Movement.WORSE: _("悪化")}
    return labels[Movement(trend["movement"])]


def _forecast(forecast: dict[str, Any] | None, row: PublishedIndicator, town: Municipality) -> str:
    if forecast is None:
        return ""
    value = frozen.thaw_outcome(forecast["value"])
    if value.value is None:
        return f"－（{value.reason.label}）"
    year = forecast["target_year"]
    rounded = Outcome(Fraction(to_decimal(value, row.decimals)))
    return (
        f"{town.year_label(year) if year else ''} {figure_words(rounded, row.decimals)}{row.unit}"
    )


def _baseline(row: PublishedIndicator, town: Municipality) -> str:
    words = [row.baseline_label]
    if not row.baseline_label and row.baseline_fiscal_year is not None:
        words = [town.year_label(row.baseline_fiscal_year)]
    if row.baseline_status == BaselineStatus.VALUE:
        words.append(_number(row.baseline_value, row))
    else:
        words.append(row.get_baseline_status_display())
    words += [row.baseline_value_label, row.baseline_mark, row.baseline_note]
    return " ".join(filter(None, words))


def _target(target: dict[str, Any], row: PublishedIndicator, town: Municipality) -> str:
    names = ("value", "lower", "upper", "tolerance")
    figures = {name: frozen.thaw_figure(target[name]) for name in names}
    asked = evaluation.Target(kind=evaluation.TargetKind(target["kind"]), **figures)
    words = [
        target["year_label"] or town.year_label(target["fiscal_year"]),
        target["value_label"] or target["text"] or target_words(asked, row.decimals),
    ]
    if target["revision"]:
        words.append(_("改定%(number)d") % {"number": target["revision"]})
    if not target["in_force"]:
        words.append(_("（改定前）"))
    return " ".join(words)


def _source(row: PublishedIndicator) -> str:
    return " ".join(filter(None, (row.source, row.source_url)))


def _names(departments: Iterable[dict[str, str]]) -> str:
    return "・".join(department["name"] for department in departments)


# --- Reports, sheets, comments ----------------------------------------------------------------


def report_words(row: PublishedReport) -> Words:
    """Return what a published report says, column by column."""
    words = {cell["label"]: _cell(cell) for cell in row.cells}
    words[_("担当課")] = _names(row.departments)
    words[_("再掲")] = _("はい") if row.is_relisted else ""
    return words | {_("文"): _by_site(row.texts_by_site), _("注記"): row.note}


def _cell(cell: dict[str, Any]) -> str:
    value = cell["value"]
    if cell["kind"] == ReportColumn.Kind.RATING:
        return band_words(value) if value else ""
    if isinstance(value, list):
        return "\n".join(map(str, value))
    return "" if value in ("", None) else f"{value}{cell.get('unit') or ''}"


def _by_site(by_site: bool) -> str:
    return _("当サイトによる要約") if by_site else ""


def sheet_words(row: PublishedSheet) -> Words:
    """Return what a department's published policy sheet says."""
    issues = {
        _("重点課題%(number)s") % {"number": issue["number"]}: "\n".join(
            filter(None, (issue[name] for name in ("title", "issue", "approach", "result")))
        )
        for issue in row.issues
    }
    return {
        _("組織の名称"): row.name,
        _("長の職名"): row.post,
        _("見出し"): row.heading,
        _("役割"): "\n".join([row.role, *map(str, row.role_items)]).strip(),
        **issues,
        _("成果"): row.result,
        _("文"): _by_site(row.texts_by_site),
    }


def comment_words(row: PublishedComment, town: Municipality) -> Words:
    """Return what a published comment of the review board says, and the answer. Reads the node it
    is about."""
    return {
        _("対象"): str(row.measure or row.policy or row.basic_goal or _("計画全体")),
        _("会議"): row.board,
        _("意見の日"): day_words(town, row.commented_on) if row.commented_on else "",
        _("意見"): row.comment,
        _("回答"): row.answer,
        _("回答した組織"): _names(row.departments),
        _("回答の日"): day_words(town, row.answered_on) if row.answered_on else "",
        _("文"): _by_site(row.texts_by_site),
    }
