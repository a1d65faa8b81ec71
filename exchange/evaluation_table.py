"""The evaluation of a plan's fiscal year as typed rows: what every format of `evaluate` prints.

Working tables and publications give the same rows. Both go through the documents of
`rounds.frozen`, so what is shown of the work is what publishing it would freeze.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from indicators import evaluation, judging
from indicators.choices import BaselineStatus, MissingReason
from indicators.evaluation import Band, Figure, Formula, Outcome, Reason, RollUp, Rounding, Scheme
from indicators.judging import Judged
from indicators.models import Actual, Indicator
from indicators.models.series import MAX_DECIMALS
from municipalities.cells import with_decimals
from plans.choices import Period, Tone
from plans.models import Plan
from rounds import frozen
from rounds.models import Publication, PublishedIndicator

RATE_DECIMALS = 1
"""Of a rate which no scheme says how to print."""


class Amount(NamedTuple):
    """A figure or a rate (percent), rounded for print and exact; None for the reason given."""

    value: Decimal | None
    exact: Fraction | None
    reason: Reason | None
    fiscal_year: int | None = None


class Target(NamedTuple):
    """The final target in force; figures in the unit of the series, of a change in percent.

    `kind` "": there is none, for the reason given.
    """

    kind: str
    fiscal_year: int | None
    value: Decimal | None
    lower: Decimal | None
    upper: Decimal | None
    tolerance: Decimal | None
    text: str
    reason: Reason | None


class Compared(NamedTuple):
    """What the year was to reach instead of the final target, and the rate the bands saw.

    `against`: interim (the year's own target), line, or final with `elapsed` (pro rata): years
    passed and all years.
    """

    against: str
    expected: Amount
    elapsed: tuple[int, int] | None
    rate: Amount


class Class(NamedTuple):
    """A class of a scheme; without a band the scheme's words for that, and the reason."""

    symbol: str
    label: str
    reason: Reason | None = None
    score: Decimal | None = None
    tone: str = Tone.NONE
    order: int = 0
    """Its place in the scheme where a computation gave it."""


class Chosen(NamedTuple):
    """What people judged at a stage; `state` is that of the working row, "" once published."""

    shown: Class
    stage: str
    reason: str
    state: str


class Forecast(NamedTuple):
    """The value in the target year if it goes on like this, and whether that meets the target."""

    value: Amount
    meets: bool | None


@dataclass(frozen=True)
class Row:
    """One indicator in the year of the table."""

    code: str
    name: str
    unit: str
    baseline: Amount
    target: Target
    actual: Amount
    state: str
    """Of the year's actual: a work state; "" where nothing has been entered, or once published."""
    formula: Formula
    rate: Amount
    compared: Compared | None
    computed: Class
    people: tuple[Chosen, ...]
    movement: str | None
    movement_reason: Reason | None
    forecast: Forecast

    @property
    def chosen(self) -> Chosen | None:
        """What people judged last, None where nobody did."""
        return self.people[-1] if self.people else None

    @property
    def valid(self) -> Class:
        """The judgement that counts: what people chose, else what was computed."""
        return self.computed if self.chosen is None else self.chosen.shown

    @property
    def by(self) -> str:
        """Whose judgement counts: people, computed, or "" where the indicator is unrated."""
        if self.chosen is not None:
            return "people"
        return "computed" if self.computed.reason is None else ""


@dataclass(frozen=True)
class Table:
    """A plan's fiscal year and period; `publication` None is the work as it stands."""

    plan: Plan
    fiscal_year: int
    period: str
    publication: Publication | None
    scheme: Scheme | None
    rows: list[Row]
    roll_up: RollUp


# --- From the work and from publications --------------------------------------------------------


def working(plan: Plan, fiscal_year: int, period: str) -> Table:
    """Return the year as it stands now, rows in every state. A constant number of queries."""
    found = judging.judge_plan(plan, fiscal_year, period)
    actuals = {
        actual["series_id"]: actual
        for actual in Actual.objects.filter(
            series__in=plan.indicators.values("series"), fiscal_year=fiscal_year, period=period
        ).values("series_id", "value", "missing_reason", "state")
    }
    rows = [_working_row(judged, actuals.get(judged.indicator.series_id)) for judged in found]
    scheme = found[0].scheme if found else None
    return _table(plan, fiscal_year, period, None, scheme, rows)


def published(publication: Publication) -> Table:
    """Return the year exactly as a publication froze it. One query."""
    found = publication.indicators.select_related("indicator").order_by(
        "indicator__order", "indicator__code"
    )
    rows = [_published_row(row, publication) for row in found]
    verdicts = (row.computed["verdict"] for row in found if row.computed)
    name = next((verdict["scheme"] for verdict in verdicts if verdict is not None), None)
    scheme = None if name is None else Scheme(code="", name=name, bands=())
    plan, year, period = publication.plan, publication.fiscal_year, publication.period
    return _table(plan, year, period, publication, scheme, rows)


def _working_row(judged: Judged, actual: Mapping[str, Any] | None) -> Row:
    indicator, year = judged.indicator, judged.fiscal_year
    series = indicator.series
    in_force = judging.targets_in_force(indicator.targets.all(), year)
    value = judged.course.actual(year)
    if judged.period == Period.MID_YEAR and actual is not None:
        value = Figure.of(actual["value"], Reason(actual["missing_reason"] or Reason.NO_ACTUAL))
    return _row(
        indicator,
        name=indicator.display_name,
        unit=series.unit,
        decimals=series.decimals,
        baseline=indicator,
        target=frozen.freeze_target(in_force[-1], in_force=True) if in_force else None,
        value=value,
        state="" if actual is None else actual["state"],
        fiscal_year=year,
        rates={name: frozen.freeze_rate(rate) for name, rate in judged.rates.items()},
        people=[(frozen.freeze_judgement(made), made.state) for made in judged.judgements],
        computed=frozen.freeze_computed(judged),
    )


def _published_row(row: PublishedIndicator, publication: Publication) -> Row:
    in_force = [target for target in row.targets if target["in_force"]]
    year = publication.fiscal_year
    value = Figure.of(row.amount, Reason(row.missing_reason or MissingReason.NOT_COMPILED))
    verdict = (row.computed or {}).get("verdict")
    whole = publication.period != Period.MID_YEAR
    if whole and verdict is not None and row.amount is not None and verdict["value_year"] != year:
        # Yearly entries with a gap: the year's own is printed, but it is no total.
        value = Figure.missing(Reason(verdict["value"].get("reason", Reason.NO_ACTUAL)))
    return _row(
        row.indicator,
        name=row.name,
        unit=row.unit,
        decimals=row.decimals,
        baseline=row,
        target=max(in_force, key=lambda target: target["fiscal_year"], default=None),
        value=value,
        state="",
        fiscal_year=year,
        rates=row.rates,
        people=[(made, "") for made in row.judgements],
        computed=row.computed or {},
    )


def _row(
    indicator: Indicator,
    *,
    name: str,
    unit: str,
    decimals: int,
    baseline: Indicator | PublishedIndicator,
    target: Mapping[str, Any] | None,
    value: Figure,
    state: str,
    fiscal_year: int,
    rates: Mapping[str, Any],
    people: Iterable[tuple[Mapping[str, Any], str]],
    computed: Mapping[str, Any],
) -> Row:
    verdict = computed.get("verdict")
    formula, rate = _rate(verdict, rates)
    movement, movement_reason = _movement(computed.get("trend"))
    return Row(
        code=indicator.code,
        name=name,
        unit=unit,
        baseline=_baseline(baseline, decimals),
        target=_target(target, decimals),
        actual=_actual(value, fiscal_year, verdict, decimals),
        state=state,
        formula=formula,
        rate=rate,
        compared=_compared(verdict, decimals),
        computed=_computed(verdict),
        people=tuple(
            Chosen(_class(made), made["stage_label"], made["reason"], state)
            for made, state in people
        ),
        movement=movement,
        movement_reason=movement_reason,
        forecast=_forecast(computed.get("forecast"), decimals),
    )


# --- The parts of a row -------------------------------------------------------------------------


def _amount(
    found: Outcome[Fraction],
    decimals: int,
    fiscal_year: int | None = None,
    rounding: Rounding = Rounding.HALF_UP,
) -> Amount:
    return Amount(
        evaluation.to_decimal(found, decimals, rounding), found.value, found.reason, fiscal_year
    )


def _entered(figure: Fraction, fiscal_year: int | None, decimals: int) -> Amount:
    """Return a figure with as many decimals as it has: at least those of its series."""
    exact = evaluation.to_decimal(Figure(figure), MAX_DECIMALS)
    assert exact is not None
    return Amount(with_decimals(exact, decimals), figure, None, fiscal_year)


def _baseline(row: Indicator | PublishedIndicator, decimals: int) -> Amount:
    year = row.baseline_fiscal_year
    if row.baseline_value is None:
        not_started = row.baseline_status == BaselineStatus.NOT_STARTED
        reason = Reason.NOT_STARTED if not_started else Reason.NO_BASELINE
        return Amount(None, None, reason, year)
    return _entered(Fraction(row.baseline_value), year, decimals)


def _target(document: Mapping[str, Any] | None, decimals: int) -> Target:
    if document is None:
        return Target("", None, None, None, None, None, "", Reason.NO_TARGET)
    value, lower, upper, tolerance = (
        None if figure is None else with_decimals(figure, decimals)
        for figure in (
            frozen.thaw_figure(document[name]) for name in ("value", "lower", "upper", "tolerance")
        )
    )
    return Target(
        kind=document["kind"],
        fiscal_year=document["fiscal_year"],
        value=value,
        lower=lower,
        upper=upper,
        tolerance=tolerance,
        text=document["text"] or (document["value_label"] if value is None else ""),
        reason=None,
    )


def _actual(
    value: Figure, fiscal_year: int, verdict: Mapping[str, Any] | None, decimals: int
) -> Amount:
    """Return the year's figure, else the earlier one which the scheme takes in its place."""
    year = fiscal_year
    if value.value is None and verdict is not None and verdict["value_year"] is not None:
        value, year = frozen.thaw_outcome(verdict["value"]), verdict["value_year"]
    if value.value is None:
        return Amount(None, None, value.reason, year)
    return _entered(value.value, year, decimals)


def _rate(verdict: Mapping[str, Any] | None, rates: Mapping[str, Any]) -> tuple[Formula, Amount]:
    """Return the scheme's rate. Where it uses none: the progress rate against the final target,
    else the achievement rate; with neither, why there is no progress rate."""
    if verdict is not None and verdict["formula"] != Formula.NONE:
        formula, document = Formula(verdict["formula"]), verdict["rate"]
    else:
        both = (Formula.PROGRESS, Formula.ACHIEVEMENT)
        formula = next((name for name in both if "percent" in rates.get(name, {})), both[0])
        document = rates.get(formula)
    return formula, _percent(document, verdict)


def _percent(document: dict[str, str] | None, verdict: Mapping[str, Any] | None) -> Amount:
    rate = frozen.thaw_rate(document)
    if rate is None:  # the middle of a year is shown, but not rated yet
        return Amount(None, None, Reason.MID_YEAR_ONLY)
    if verdict is None:
        return _amount(rate, RATE_DECIMALS)
    return _amount(rate, verdict["decimals"], rounding=Rounding(verdict["rounding"]))


def _compared(verdict: Mapping[str, Any] | None, decimals: int) -> Compared | None:
    """Return the comparison where it is not simply one with the final target."""
    if verdict is None or (verdict["against"] == "final" and verdict["basis"] != "pro_rata"):
        return None
    expected, year = frozen.thaw_outcome(verdict["expected"]), verdict["target_year"]
    return Compared(
        against=verdict["against"],
        expected=Amount(None, None, expected.reason, year)
        if expected.value is None
        else _entered(expected.value, year, decimals),
        elapsed=None if verdict["elapsed"] is None else tuple(verdict["elapsed"]),
        rate=_percent(verdict["compared"], verdict),
    )


def _computed(verdict: Mapping[str, Any] | None) -> Class:
    if verdict is None:
        return Class("", "", Reason.NO_SCHEME)
    shown = _class(verdict)
    return shown._replace(reason=None if verdict["is_rated"] else Reason(verdict["reason"]))


def _class(document: Mapping[str, Any]) -> Class:
    return Class(
        document["symbol"],
        document["label"],
        score=frozen.thaw_figure(document["score"]),
        tone=document["tone"],
        order=document.get("order") or 0,
    )


def _movement(document: Mapping[str, Any] | None) -> tuple[str | None, Reason | None]:
    if document is None:
        return None, Reason.NOT_COMPILED
    reason = document["reason"]
    return document["movement"], None if reason is None else Reason(reason)


def _forecast(document: Mapping[str, Any] | None, decimals: int) -> Forecast:
    if document is None:
        return Forecast(Amount(None, None, Reason.NOT_COMPILED), None)
    value = frozen.thaw_outcome(document["value"])
    return Forecast(_amount(value, decimals, document["target_year"]), document["meets"])


# --- All rows together --------------------------------------------------------------------------


def _table(
    plan: Plan,
    fiscal_year: int,
    period: str,
    publication: Publication | None,
    scheme: Scheme | None,
    rows: list[Row],
) -> Table:
    rules = _with_classes_of(rows, scheme or Scheme(code="", name="", bands=()))
    bands = {band.symbol: band for band in rules.bands}
    roll_up = evaluation.roll_up(
        evaluation.Entry(
            key=row.code,
            scheme=rules,
            band=bands[row.valid.symbol] if row.by else None,
            reason=row.valid.reason,
            reported=row.actual.value is not None and row.actual.fiscal_year == fiscal_year,
        )
        for row in rows
    )
    return Table(plan, fiscal_year, period, publication, scheme, rows, roll_up)


def _with_classes_of(rows: Iterable[Row], scheme: Scheme) -> Scheme:
    """Return the scheme with the given classes it does not hold, best first, at its end: a
    publication keeps only classes that were given, and where it was computed, its place."""
    known = {band.symbol for band in scheme.bands}
    more = {row.valid.symbol: row.valid for row in rows if row.by and row.valid.symbol not in known}
    tones = Tone.values
    in_order = sorted(more.values(), key=lambda given: (tones.index(given.tone), given.order))
    first = max((band.order for band in scheme.bands), default=0) + 1
    bands = (
        Band(order=order, symbol=given.symbol, label=given.label, score=given.score)
        for order, given in enumerate(in_order, start=first)
    )
    return replace(scheme, bands=(*scheme.bands, *bands))
