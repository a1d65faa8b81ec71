"""The evaluation of a fiscal year as CSV and as JSON, and its words for every format."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from decimal import Decimal
from io import StringIO
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indicators.choices import TargetKind
from indicators.evaluation import Formula, Movement, Reason, to_decimal
from municipalities.cells import neutral, plain
from plans.choices import WorkState

from .evaluation_table import Amount, Chosen, Class, Compared, Row, Table, Target

FORMULAS = {
    Formula.PROGRESS: gettext_lazy("進捗率"),
    Formula.ACHIEVEMENT: gettext_lazy("達成率"),
    Formula.ACHIEVEMENT_PLAIN: gettext_lazy("達成率（実績÷目標）"),
    Formula.CHANGE: gettext_lazy("増減率"),
}
MOVEMENTS = {
    Movement.BETTER: gettext_lazy("改善"),
    Movement.SAME: gettext_lazy("横ばい"),
    Movement.WORSE: gettext_lazy("悪化"),
}
AGAINST = {
    "interim": gettext_lazy("年度目標"),
    "line": gettext_lazy("直線"),
    "final": gettext_lazy("経過年数"),
}


# --- CSV ----------------------------------------------------------------------------------------


def as_csv(table: Table) -> str:
    """Return a header and one line an indicator; figures plain, empty where there is none."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(str(name) for name, _cell in _COLUMNS)
    for row in table.rows:
        writer.writerow(neutral(_text(cell(row))) for _name, cell in _COLUMNS)
    return out.getvalue()


def _text(value: object) -> object:
    """Return a reason in words; everything else as it is."""
    return value.label if isinstance(value, Reason) else value


def _of_chosen(part: Callable[[Chosen], object]) -> Callable[[Row], object]:
    return lambda row: None if row.chosen is None else part(row.chosen)


def _of_compared(part: Callable[[Compared], object]) -> Callable[[Row], object]:
    return lambda row: None if row.compared is None else part(row.compared)


_COLUMNS: tuple[tuple[object, Callable[[Row], object]], ...] = (
    (gettext_lazy("コード"), lambda row: row.code),
    (gettext_lazy("指標"), lambda row: row.name),
    (gettext_lazy("単位"), lambda row: row.unit),
    (gettext_lazy("基準値"), lambda row: row.baseline.value),
    (gettext_lazy("基準年度"), lambda row: row.baseline.fiscal_year),
    (gettext_lazy("基準値のない理由"), lambda row: row.baseline.reason),
    (gettext_lazy("目標の種類"), lambda row: kind_name(row.target)),
    (
        gettext_lazy("目標"),
        lambda row: _aim_cell(row.target),
    ),
    (gettext_lazy("目標年度"), lambda row: row.target.fiscal_year),
    (gettext_lazy("実績値"), lambda row: row.actual.value),
    (gettext_lazy("実績の年度"), lambda row: None if row.actual.reason else row.actual.fiscal_year),
    (gettext_lazy("実績値のない理由"), lambda row: row.actual.reason),
    (gettext_lazy("実績の状態"), lambda row: state_name(row.state)),
    (gettext_lazy("率の式"), lambda row: FORMULAS[row.formula]),
    (gettext_lazy("率（％）"), lambda row: row.rate.value),
    (gettext_lazy("率のない理由"), lambda row: row.rate.reason),
    (gettext_lazy("比べ方"), _of_compared(lambda compared: AGAINST[compared.against])),
    (gettext_lazy("比べる値"), _of_compared(lambda compared: compared.expected.value)),
    (gettext_lazy("比べた率（％）"), _of_compared(lambda compared: compared.rate.value)),
    (gettext_lazy("計算による評価の記号"), lambda row: row.computed.symbol),
    (gettext_lazy("計算による評価"), lambda row: row.computed.label),
    (gettext_lazy("計算による評価のない理由"), lambda row: row.computed.reason),
    (gettext_lazy("人の評価の記号"), _of_chosen(lambda chosen: chosen.shown.symbol)),
    (gettext_lazy("人の評価"), _of_chosen(lambda chosen: chosen.shown.label)),
    (gettext_lazy("人の評価の段階"), _of_chosen(lambda chosen: chosen.stage)),
    (gettext_lazy("人の評価の理由"), _of_chosen(lambda chosen: chosen.reason)),
    (gettext_lazy("人の評価の状態"), _of_chosen(lambda chosen: state_name(chosen.state))),
    (gettext_lazy("有効な評価の記号"), lambda row: row.valid.symbol),
    (gettext_lazy("有効な評価"), lambda row: row.valid.label),
    (gettext_lazy("前年度から"), lambda row: row.movement and MOVEMENTS[Movement(row.movement)]),
    (gettext_lazy("前年度と比べられない理由"), lambda row: row.movement_reason),
    (gettext_lazy("見通し"), lambda row: row.forecast.value.value),
    (gettext_lazy("見通しの年度"), lambda row: row.forecast.value.fiscal_year),
    (gettext_lazy("見通しで達成"), lambda row: yes_or_no(row.forecast.meets)),
    (gettext_lazy("見通しのない理由"), lambda row: row.forecast.value.reason),
)


# --- JSON ---------------------------------------------------------------------------------------


def as_json(table: Table) -> str:
    """Return everything; figures are strings, and null has its reason beside.

    `exact` is the unrounded figure, as a fraction where it has no end.
    """
    publication = table.publication
    parts = {
        "municipality": table.plan.municipality.slug,
        "plan": table.plan.slug,
        "fiscal_year": table.fiscal_year,
        "period": table.period,
        "publication": publication
        and {
            "number": publication.number,
            "kind": publication.kind,
            "mark": publication.mark,
            "effective_at": publication.effective_at.isoformat(),
        },
        "scheme": table.scheme and table.scheme.name,
        "roll_up": _roll_up_document(table),
    }
    # A line per indicator: readable, and several times as fast as `indent`.
    lines = [f"{_json(name)}: {_json(part)}" for name, part in parts.items()]
    rows = ",\n".join(_json(_row_document(row)) for row in table.rows)
    lines.append(f'"indicators": [\n{rows}\n]')
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _row_document(row: Row) -> dict[str, Any]:
    target, compared, forecast = row.target, row.compared, row.forecast
    return {
        "code": row.code,
        "name": row.name,
        "unit": row.unit,
        "baseline": _amount_document(row.baseline),
        "target": {
            "kind": target.kind or None,
            **{
                name: _figure(getattr(target, name))
                for name in ("value", "lower", "upper", "tolerance")
            },
            "text": target.text,
            "fiscal_year": target.fiscal_year,
            **_reason_document(target.reason),
        },
        "actual": _amount_document(row.actual) | {"state": row.state or None},
        "rate": {"formula": row.formula, **_rate_document(row.rate)},
        "compared": compared
        and {
            "against": compared.against,
            "expected": _amount_document(compared.expected),
            "elapsed": compared.elapsed,
            "rate": _rate_document(compared.rate),
        },
        "computed": _class_document(row.computed),
        "people": [
            _class_document(chosen.shown)
            | {"stage": chosen.stage, "state": chosen.state or None, "reason_given": chosen.reason}
            for chosen in row.people
        ],
        "valid": _class_document(row.valid) | {"by": row.by or None},
        "trend": {"movement": row.movement, **_reason_document(row.movement_reason)},
        "forecast": _amount_document(forecast.value) | {"meets": forecast.meets},
    }


def _figure(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


def _rate_document(rate: Amount) -> dict[str, Any]:
    return {
        "value": _figure(rate.value),
        "exact": None if rate.exact is None else str(rate.exact),
        **_reason_document(rate.reason),
    }


def _amount_document(amount: Amount) -> dict[str, Any]:
    return _rate_document(amount) | {"fiscal_year": amount.fiscal_year}


def _reason_document(reason: Reason | None) -> dict[str, str | None]:
    return {"reason": reason, "reason_label": reason and reason.label}


def _class_document(shown: Class) -> dict[str, Any]:
    return {"symbol": shown.symbol, "label": shown.label, **_reason_document(shown.reason)}


def _roll_up_document(table: Table) -> dict[str, Any]:
    roll_up = table.roll_up
    share, mean = roll_up.share_reported, roll_up.mean
    return {
        "total": roll_up.total,
        "rated": roll_up.rated,
        "counts": [
            {"symbol": count.band.symbol, "label": count.band.label, "count": count.count}
            for count in roll_up.counts
        ],
        "unrated": [
            {**_reason_document(reason), "count": count}
            for reason, count in roll_up.unrated.items()
        ],
        "reported": roll_up.reported,
        "share_reported": _rate_document(Amount(to_decimal(share, 1), share.value, share.reason)),
        "scored": roll_up.scored,
        "mean": _rate_document(Amount(to_decimal(mean, 2), mean.value, mean.reason)),
    }


# --- Words --------------------------------------------------------------------------------------


def _aim_cell(target: Target) -> object:
    """Return the number alone, whose kind stands beside; without one the target in words."""
    return aim(target) if target.value is None else target.value


def aim(target: Target, unit: str = "") -> str:
    """Return the target in figures and words: 200人以上, 3～5, 基準値を維持."""
    value = f"{plain(target.value)}{unit}"
    match target.kind:
        case "":
            return label(target.reason)
        case TargetKind.AT_LEAST:
            return _("%(value)s以上") % {"value": value}
        case TargetKind.AT_MOST:
            return _("%(value)s以下") % {"value": value}
        case TargetKind.RANGE:
            return f"{plain(target.lower)}～{plain(target.upper)}{unit}"
        case TargetKind.CHANGE:
            return _("基準値から%(value)s％") % {"value": f"{target.value:+f}"}
        case TargetKind.TEXT:
            return target.text
        case TargetKind.MAINTAIN:
            width = "" if target.tolerance is None else f"（±{plain(target.tolerance)}）"
            return target.text or _("基準値を維持") + width
        case TargetKind.UNSPECIFIED if target.value is None:
            return target.text or Reason.NOT_STATED.label
        case TargetKind.UNSPECIFIED:
            return _("%(value)s（向きの記載なし）") % {"value": value}
    return target.text or kind_name(target)


def kind_name(target: Target) -> str:
    return str(TargetKind(target.kind).label) if target.kind else label(target.reason)


def state_name(state: str) -> str:
    return str(WorkState(state).label) if state else ""


def label(reason: Reason | None) -> str:
    return "" if reason is None else reason.label


def yes_or_no(answer: bool | None) -> str:
    return "" if answer is None else (_("達成") if answer else _("未達成"))
