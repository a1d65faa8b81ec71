"""The facts of the 要説明一覧 as a publication froze them; see `indicators.explain`."""

from __future__ import annotations

from datetime import date
from typing import Any

from indicators import evaluation
from indicators.choices import BaselineStatus, TargetKind
from indicators.evaluation import Course, Figure, Reason
from indicators.explain import Facts, Revised, judged_words
from municipalities import fiscal_year as fiscal_years
from plans.choices import Period
from plans.models import Plan

from . import frozen, published
from .models import Publication, PublishedIndicator


def published_facts(plan: Plan, fiscal_year: int) -> tuple[Publication | None, list[Facts]]:
    """Return what citizens read now of a year's end, and the facts of every indicator in it, in
    the order of the plan; (None, []) where the year is not published yet.

    The number of queries does not depend on the number of indicators.
    """
    by_year = {
        publication.fiscal_year: publication
        for publication in published.current_publications(plan)
        if publication.period == Period.YEAR_END
    }
    publication = by_year.get(fiscal_year)
    if publication is None:
        return None, []
    return publication, facts_of(publication, by_year.get(fiscal_year - 1))


def facts_of(publication: Publication, before: Publication | None) -> list[Facts]:
    """Return the facts of every indicator in a publication, in the order of the plan; `before` is
    that of the year before.

    A target counts as revised in the first year whose publication has it in force. Four queries
    at most.
    """
    last = _revisions_in_force(before)
    rows = (
        publication.indicators.select_related("indicator__series", "indicator__plan")
        .prefetch_related("indicator__series__breaks")
        .order_by("indicator__order", "indicator__code")
    )
    year = publication.fiscal_year
    return [_facts(row, year, last.get(row.indicator_id)) for row in rows]


def _revisions_in_force(publication: Publication | None) -> dict[int, dict[int, int]]:
    """Return indicator id → target year → revision, as a publication had them in force."""
    if publication is None:
        return {}
    rows = publication.indicators.order_by().values_list("indicator", "targets")
    return {
        indicator: {
            target["fiscal_year"]: target["revision"] for target in targets if target["in_force"]
        }
        for indicator, targets in rows
    }


def _facts(row: PublishedIndicator, fiscal_year: int, last: dict[int, int] | None) -> Facts:
    """Return the facts of a row; `last` None: the year before says nothing of this indicator."""
    in_force = [target for target in row.targets if target["in_force"]]

    def is_new(target: dict[str, Any]) -> bool:
        if last is None:
            return _decided_in(target) in {None, fiscal_year}
        return target["revision"] > last.get(target["fiscal_year"], 0)

    return Facts(
        indicator=row.indicator,
        name=row.name,
        unit=row.unit,
        decimals=row.decimals,
        departments=tuple(department["name"] for department in row.departments),
        course=_course(row, fiscal_year, in_force),
        has_value=row.value is not None,
        missing_reason=row.missing_reason,
        expected_on=row.expected_on,
        revision=row.revision,
        revision_reason=row.revision_reason,
        note=row.note,
        judged=_judged(row.judgements),
        revised=tuple(
            _revised(target, row.targets)
            for target in in_force
            if target["revision"] and is_new(target)
        ),
        has_later_target=any(
            other["fiscal_year"] == target["fiscal_year"] and other["revision"] > target["revision"]
            for target in in_force
            for other in row.targets
        ),
    )


def _judged(judgements: list[dict[str, Any]]) -> str:
    if not judgements:
        return ""
    last = judgements[-1]  # kept in the order of the stages
    symbol, label = last["symbol"], last["label"]
    band = label if symbol == label else f"{symbol} {label}"
    return judged_words(last["stage_label"], band, last["reason"])


def _course(row: PublishedIndicator, year: int, targets: list[dict[str, Any]]) -> Course:
    terms = _terms(row)
    now = Figure.of(row.amount, Reason(row.missing_reason or Reason.NO_ACTUAL))
    not_started = row.baseline_status == BaselineStatus.NOT_STARTED
    absent = Reason.NOT_STARTED if not_started else Reason.NO_BASELINE
    return Course(
        baseline=Figure.of(row.baseline_value, absent),
        direction=evaluation.Direction(terms["direction"]),
        targets={
            target["fiscal_year"]: _target(target)
            for target in targets
            if target["kind"] != TargetKind.UNSPECIFIED or target["value"] is not None
        },
        actuals={year: now, year - 1: _before(row)},
        baseline_year=row.baseline_fiscal_year,
        breaks=terms["breaks"],
        window_known=terms["window_known"],
        baseline_is_average=terms["baseline_is_average"],
    )


def _terms(row: PublishedIndicator) -> dict[str, Any]:
    """Return by which terms the year was compared then; a publication so old that it kept none
    takes today's."""
    kept = (row.computed or {}).get("terms")
    return frozen.freeze_terms(row.indicator) if kept is None else kept


def _before(row: PublishedIndicator) -> Figure:
    """Return the figure of the year before as it was compared then."""
    if row.computed is None:
        return Figure.missing(Reason.NO_PREVIOUS)
    return frozen.thaw_outcome(row.computed["trend"]["before"])


def _target(kept: dict[str, Any]) -> evaluation.Target:
    figures = {
        name: frozen.thaw_figure(kept[name]) for name in ("value", "lower", "upper", "tolerance")
    }
    return evaluation.Target(kind=evaluation.TargetKind(kept["kind"]), **figures)


def _decided_on(kept: dict[str, Any]) -> date | None:
    return None if kept["decided_on"] is None else date.fromisoformat(kept["decided_on"])


def _decided_in(kept: dict[str, Any]) -> int | None:
    day = _decided_on(kept)
    return None if day is None else fiscal_years.of(day)


def _revised(kept: dict[str, Any], targets: list[dict[str, Any]]) -> Revised:
    earlier = [
        other
        for other in targets
        if other["fiscal_year"] == kept["fiscal_year"] and other["revision"] < kept["revision"]
    ]
    before = max(earlier, key=lambda other: other["revision"], default=None)
    return Revised(
        fiscal_year=kept["fiscal_year"],
        before=None if before is None else _target(before),
        after=_target(kept),
        decided_on=_decided_on(kept),
        since=None,
        reason=kept["reason"],
    )
