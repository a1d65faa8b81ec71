"""Why an indicator is judged as it is: a frozen verdict, in words and with its numbers."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from indicators.evaluation import (
    Against,
    Basis,
    Figure,
    Formula,
    Outcome,
    Rate,
    Rounding,
    TargetKind,
    to_decimal,
)
from indicators.models import Indicator
from indicators.models.series import MAX_DECIMALS
from plans.choices import Visibility
from plans.models import Plan
from rounds.frozen import thaw_outcome, thaw_rate
from rounds.models import PublishedIndicator
from rounds.visible import public_verdict

from . import figures
from .figures import Shown
from .judgements import JudgementShown, computed_judgement

Verdict = dict[str, Any]


@dataclass(frozen=True)
class Input:
    """A number that went into a judgement, with its year."""

    name: str
    year: str
    shown: Shown
    note: str = ""


@dataclass(frozen=True)
class Reasoning:
    """A computed judgement with everything that led to it."""

    judgement: JudgementShown
    scheme: str
    rule: str
    """The test that held, or the one at which the search ended; "" where none was tried."""
    meaning: str
    by_met: bool
    no_rate: str
    """Why there is no rate; "" where there is one, or the scheme uses none."""
    formula: str
    """The formula in words."""
    calculation: SafeString
    """The formula with its numbers; "" where there is no rate, or rates are not public."""
    inputs: list[Input]
    comparison: str
    share: SafeString
    """For a judgement pro rata, the rate divided by the share of the years."""
    rounding: str


def reasoning_of(plan: Plan, indicator: Indicator, row: PublishedIndicator) -> Reasoning | None:
    """Return why a published year was judged so; None where that is not public."""
    verdict, judgement = public_verdict(plan, row), computed_judgement(plan, row)
    if verdict is None or judgement is None:
        return None
    rate = thaw_rate(verdict["rate"])
    assert rate is not None
    rates_are_public = plan.show_rates == Visibility.PUBLIC
    formula = Formula(verdict["formula"])
    uses_rate = formula is not Formula.NONE
    return Reasoning(
        judgement=judgement,
        scheme=verdict["scheme"],
        rule=verdict["rule"] or verdict["stopped_at"],
        meaning=verdict["meaning"],
        by_met=verdict["by_met"],
        no_rate=rate.reason.label if uses_rate and rate.reason is not None else "",
        formula=_formula(formula, verdict, rate),
        calculation=_calculation(formula, verdict, rate, row) if rates_are_public else _NOTHING,
        inputs=_inputs(plan, indicator, row, verdict),
        comparison=_comparison(verdict),
        share=_share(verdict, rate) if rates_are_public else _NOTHING,
        rounding=_rounding(verdict) if uses_rate else "",
    )


_NOTHING = SafeString("")


# --- The formula -------------------------------------------------------------------------------


def _formula(formula: Formula, verdict: Verdict, rate: Rate) -> str:
    match formula:
        case Formula.PROGRESS:
            return _("進捗率＝（実績－基準値）÷（目標－基準値）×100")
        case Formula.CHANGE:
            return _("増減率＝（実績－基準値）÷基準値×100")
        case Formula.NONE:
            return _("率は使わず、実績を目標値や基準値と比べて決めます。")
    if formula is Formula.ACHIEVEMENT and _is_inverted(verdict, rate):
        return _("達成率＝目標÷実績×100（減らす目標のため）")
    return _("達成率＝実績÷目標×100")


def _is_inverted(verdict: Verdict, rate: Rate) -> bool:
    """Whether the target was divided by the actual: told by the figures, else by the target."""
    a, t = _value(verdict, "value"), _value(verdict, "expected")
    if rate.value is None or a is None or not t or a == t:
        return verdict["target"] is not None and verdict["target"]["kind"] == TargetKind.AT_MOST
    return rate.value != a / t * 100


def _value(verdict: Verdict, name: str) -> Fraction | None:
    return thaw_outcome(verdict[name]).value


def _calculation(
    formula: Formula, verdict: Verdict, rate: Rate, row: PublishedIndicator
) -> SafeString:
    if rate.value is None:
        return _NOTHING
    a, b, t = (
        _in_brackets(thaw_outcome(verdict[name]), row.decimals)
        for name in ("value", "baseline", "expected")
    )
    result = _percent(rate, verdict)
    match formula:
        case Formula.PROGRESS:
            return format_html("（{}－{}）÷（{}－{}）×100＝{}", a, b, t, b, result)
        case Formula.CHANGE:
            return format_html("（{}－{}）÷{}×100＝{}", a, b, b, result)
    if formula is Formula.ACHIEVEMENT and _is_inverted(verdict, rate):
        a, t = t, a
    return format_html("{}÷{}×100＝{}", a, t, result)


def _share(verdict: Verdict, rate: Rate) -> SafeString:
    compared = thaw_rate(verdict["compared"])
    pro_rata = verdict["basis"] == Basis.PRO_RATA and verdict["elapsed"]
    if not pro_rata or compared is None or compared.value is None:
        return _NOTHING
    years, of = verdict["elapsed"]
    return format_html(
        "{}÷（{}／{}）＝{}", _percent(rate, verdict), years, of, _percent(compared, verdict)
    )


def _percent(rate: Rate, verdict: Verdict) -> SafeString:
    rounded = to_decimal(rate, verdict["decimals"], Rounding(verdict["rounding"]))
    assert rounded is not None
    return format_html("{}％", _signed(rounded, verdict["decimals"]))


def _in_brackets(figure: Figure, decimals: int) -> SafeString:
    """Return a figure within a formula; a negative one stands in brackets."""
    if figure.value is None:
        return SafeString("－")
    places, rounded = exact_places(figure, decimals)
    text = _signed(rounded, places)
    return format_html("（{}）", text) if rounded < 0 else text


def _signed(value: Decimal, places: int) -> SafeString:
    shown = figures.show(value, places, "")
    assert shown is not None
    if not shown.negative:
        return SafeString(shown.text)
    return format_html(
        '<span aria-hidden="true">▲</span><span class="visually-hidden">{}</span>{}',
        _("マイナス"),
        shown.text,
    )


def exact_places(figure: Outcome[Fraction], decimals: int) -> tuple[int, Decimal]:
    """Return how many decimals show a figure fully, and the figure with them; one without an end
    gets as many as a figure can be stored with, so that the formula can be reckoned again."""
    places = next(
        (
            places
            for places in range(decimals, MAX_DECIMALS)
            if figure.value is not None and (figure.value * 10**places).denominator == 1
        ),
        MAX_DECIMALS,
    )
    rounded = to_decimal(figure, places)
    assert rounded is not None
    return places, rounded


def figure_shown(frozen: dict[str, str], row: PublishedIndicator) -> Shown:
    """Return a figure of a verdict with the unit, or why there is none."""
    figure = thaw_outcome(frozen)
    if figure.reason is not None:
        return figures.missing(figure.reason.label)
    places, rounded = exact_places(figure, row.decimals)
    shown = figures.show(rounded, places, row.unit)
    assert shown is not None
    return shown


# --- What went in ------------------------------------------------------------------------------


def _inputs(
    plan: Plan, indicator: Indicator, row: PublishedIndicator, verdict: Verdict
) -> list[Input]:
    municipality = plan.municipality
    baseline = Input(
        _("基準値"),
        figures.baseline_year(row, municipality),
        figures.baseline_shown(row),
    )
    actual = Input(
        _("実績"),
        municipality.year_label(row.publication.fiscal_year),
        figures.amount_shown(row, municipality),
    )
    if verdict["value_year"] not in (None, row.publication.fiscal_year):
        actual = Input(
            _("実績"),
            municipality.year_label(verdict["value_year"]),
            figure_shown(verdict["value"], row),
            _("この年度の値がないため、直近の値によります。"),
        )
    return [baseline, *_targets(plan, indicator, row, verdict), actual]


def _targets(
    plan: Plan, indicator: Indicator, row: PublishedIndicator, verdict: Verdict
) -> list[Input]:
    """Return the target that counted, and the place on the line where one was drawn."""
    target = next(
        (
            target
            for target in figures.targets_in_force(row)
            if target["fiscal_year"] == verdict["target_year"]
        ),
        None,
    )
    if target is None:
        return [Input(_("目標"), "", figures.missing(_("目標値なし")))]
    year = figures.target_year(target, plan.municipality)
    shown = figures.target_shown(target, row, indicator.direction)
    if verdict["against"] == Against.LINE:
        expected = Input(
            _("この年度に見込まれる水準"),
            plan.municipality.year_label(row.publication.fiscal_year),
            figure_shown(verdict["expected"], row),
        )
        return [Input(_("最終目標"), year, shown), expected]
    is_interim = verdict["against"] == Against.INTERIM
    return [Input(_("その年度の目標") if is_interim else _("目標"), year, shown)]


def _comparison(verdict: Verdict) -> str:
    """Return what the year was compared with."""
    years = {}
    if verdict["elapsed"]:
        years = dict(zip(("years", "of"), verdict["elapsed"], strict=True))
    if verdict["basis"] == Basis.PRO_RATA:
        words = _("最終目標までの率を、経過した年数の割合で割って比べます。")
    elif verdict["against"] == Against.INTERIM:
        words = _("その年度の目標（中間の目標）と比べます。")
    elif verdict["against"] == Against.LINE:
        words = _("基準値から最終目標まで毎年度同じ幅で進む直線の、この年度の水準と比べます。")
    else:
        words = _("最終目標と比べます。")
    if years:
        words += _("経過した年数：%(of)s年のうち%(years)s年（%(years)s／%(of)s）。") % years
    return words


def _rounding(verdict: Verdict) -> str:
    truncates = verdict["rounding"] == Rounding.TRUNCATE
    if verdict["decimals"]:
        how = _("切り捨てます") if truncates else _("四捨五入します")
        text = _("率は小数第%(place)s位まで表示し、その下を%(how)s。") % {
            "place": verdict["decimals"],
            "how": how,
        }
    else:
        how = _("切り捨てて") if truncates else _("四捨五入して")
        text = _("率は小数点以下を%(how)s表示します。") % {"how": how}
    if verdict["bands_see_rounded"]:
        return text + _("区分は、表示する率（端数を処理した後の率）で決めます。")
    return text + _("区分は、端数を処理する前の率で決めます。")
