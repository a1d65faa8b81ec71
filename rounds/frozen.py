"""How live rows are written into a publication, and how the documents in it are read again."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from indicators.evaluation import Rate, Reason
from indicators.models import Judgement, Target
from measures.models import ProgressReport, ReportColumn
from municipalities.models import Department
from plans.models import Band


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


def freeze_departments(departments: Iterable[Department]) -> list[dict[str, str]]:
    """Keep the sections by the names they bear now."""
    return [{"code": department.code, "name": department.name} for department in departments]


def freeze_cells(report: ProgressReport, columns: Iterable[ReportColumn]) -> list[dict[str, Any]]:
    """Keep the public columns of a report, in the order of the plan's form."""
    cells = []
    for column in columns:
        if not column.is_public:
            continue
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
