"""How live rows are written into a publication, and how the documents in it are read again."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from indicators import evaluation
from indicators.evaluation import Figure, Outcome, Rate, Reason, Verdict
from indicators.judging import Judged
from indicators.models import Indicator, Judgement, Target
from measures.models import ProgressReport, ReportColumn
from municipalities.models import Department
from plans.models import Band, RatingScheme


def freeze_rate(rate: Rate) -> dict[str, str]:
    """Keep a rate exactly, as a fraction of percent, or the reason why there is none."""
    if rate.value is None:
        return {"reason": str(rate.reason)}
    return {"percent": str(rate.value)}


def thaw_rate(frozen: dict[str, str] | None) -> Rate | None:
    """Return what `freeze_rate` kept; None where the publication holds no such rate."""
    if not frozen:
        return None
    if "percent" in frozen:
        return Rate(Fraction(frozen["percent"]))
    return Rate.missing(Reason(frozen["reason"]))


def freeze_target(target: Target, in_force: bool) -> dict[str, Any]:
    """Keep a target with its revision; figures as strings, so that no digit is lost."""
    return {
        "fiscal_year": target.fiscal_year,
        "revision": target.revision,
        "in_force": in_force,
        "kind": target.kind,
        "text": target.text,
        "year_label": target.year_label,
        "value_label": target.value_label,
        "mark": target.mark,
        "note": target.note,
        "reason": target.reason,
        "decided_on": target.decided_on.isoformat() if target.decided_on else None,
        **{
            name: None if figure is None else str(figure)
            for name, figure in (
                ("value", target.value),
                ("lower", target.lower),
                ("upper", target.upper),
                ("tolerance", target.tolerance),
            )
        },
    }


def thaw_figure(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def freeze_band(band: Band) -> dict[str, Any]:
    return {
        "symbol": band.symbol,
        "label": band.label,
        "spoken": band.spoken,
        "meaning": band.meaning,
        "tone": band.tone,
        "score": None if band.score is None else str(band.score),
    }


def freeze_legend(scheme: RatingScheme) -> dict[str, Any]:
    """Keep the classes of a scheme in their order, the one for what cannot be rated included."""
    return {
        "code": scheme.code,
        "name": scheme.name,
        "note": scheme.note,
        "bands": [freeze_band(band) for band in scheme.bands.all()],
        "unrated": {"symbol": scheme.unrated_symbol, "label": scheme.unrated_label},
    }


def freeze_judgement(judgement: Judgement) -> dict[str, Any]:
    return {
        **freeze_band(judgement.band),
        "stage": judgement.stage,
        "stage_label": judgement.get_stage_display(),
        "reason": judgement.reason,
        "judged_by": judgement.judged_by,
        "judged_on": judgement.judged_on.isoformat() if judgement.judged_on else None,
        "note": judgement.note,
        "source_url": judgement.source_url,
    }


def freeze_computed(judged: Judged, *, with_outlook: bool = True) -> dict[str, Any]:
    """Keep what was computed of an indicator, with all that explains it; without trend and
    forecast where nobody asks for them."""
    verdict = None if judged.verdict is None else _freeze_verdict(judged.verdict)
    if not with_outlook:
        return {"verdict": verdict}
    trend, forecast = judged.trend, judged.forecast
    return {
        "verdict": verdict,
        "trend": {
            "movement": trend.movement,
            "reason": trend.reason,
            "before": _freeze_figure(trend.before),
        },
        "forecast": {
            "value": _freeze_figure(forecast.value),
            "meets": forecast.meets.value,
            "reason": forecast.value.reason,
            "target_year": forecast.target_year,
            "points": [point.fiscal_year for point in forecast.points],
            "method": forecast.method,
        },
        "terms": freeze_terms(judged.indicator),
    }


def freeze_terms(indicator: Indicator) -> dict[str, Any]:
    """Keep by which terms an indicator is compared; they may be stated otherwise one day."""
    series = indicator.series
    return {
        "direction": indicator.direction,
        "breaks": [change.fiscal_year for change in series.breaks.all()],
        "window_known": series.window_is_known,
        "baseline_is_average": indicator.baseline_is_average,
    }


def _freeze_verdict(verdict: Verdict) -> dict[str, Any]:
    scheme, comparison = verdict.scheme, verdict.comparison
    target = verdict.case.target
    return {
        "scheme": scheme.name,
        "scheme_code": scheme.code,
        "formula": scheme.formula,
        "basis": scheme.basis,
        "rounding": scheme.rounding,
        "decimals": scheme.decimals,
        "bands_see_rounded": scheme.bands_see_rounded,
        "symbol": verdict.symbol,
        "label": verdict.label,
        "spoken": verdict.spoken,
        "tone": verdict.tone,
        "is_rated": verdict.band is not None,
        "order": None if verdict.band is None else verdict.band.order,
        "rule": "" if verdict.band is None else verdict.band.rule,
        "meaning": "" if verdict.band is None else verdict.band.meaning,
        "score": _text(None if verdict.band is None else verdict.band.score),
        "reason": verdict.reason,
        "stopped_at": "" if verdict.stopped_at is None else verdict.stopped_at.rule,
        "by_met": verdict.by_met,
        "rate": freeze_rate(verdict.rate),
        "compared": freeze_rate(verdict.compared),
        "baseline": _freeze_figure(verdict.case.baseline),
        "baseline_year": verdict.baseline_year,
        "target": None
        if target is None
        else {
            "kind": target.kind,
            **{
                name: _text(getattr(target, name))
                for name in ("value", "lower", "upper", "tolerance")
            },
        },
        "target_year": comparison.target_year,
        "against": comparison.against,
        "expected": _freeze_figure(verdict.expected),
        "elapsed": None if verdict.elapsed is None else [verdict.elapsed.years, verdict.elapsed.of],
        "value": _freeze_figure(verdict.case.actual),
        "value_year": verdict.value_year,
    }


def _freeze_figure(figure: Outcome[Any]) -> dict[str, str]:
    """Keep a figure exactly, as a fraction, or the reason why there is none."""
    if figure.value is None:
        return {"reason": str(figure.reason)}
    return {"value": str(figure.value)}


def thaw_outcome(frozen: dict[str, str]) -> Figure:
    """Return what `freeze_computed` kept as a figure."""
    if "value" in frozen:
        return Figure(Fraction(frozen["value"]))
    return Figure.missing(Reason(frozen["reason"]))


def _text(number: evaluation.Number | None) -> str | None:
    return None if number is None else str(number)


def freeze_departments(departments: Iterable[Department]) -> list[dict[str, str]]:
    """Keep the sections by the names they bear now."""
    return [{"code": department.code, "name": department.name} for department in departments]


def freeze_cells(report: ProgressReport, columns: Iterable[ReportColumn]) -> list[dict[str, Any]]:
    """Keep these columns of a report, in the order of the plan's form."""
    cells = []
    for column in columns:
        value = report.value_of(column)
        if isinstance(value, Band):
            value = freeze_band(value)
        cells.append(
            {
                "key": column.key,
                "label": column.label,
                "kind": column.kind,
                "unit": column.unit,
                "value": value,
            }
        )
    return cells
