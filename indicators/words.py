"""Figures and targets in words, as the pages of the staff print them."""

from __future__ import annotations

from fractions import Fraction

from django.utils.translation import gettext as _

from .choices import TargetKind
from .evaluation import Outcome, Target, to_decimal
from .evaluation.terms import exact
from .models.series import MAX_DECIMALS


def figure_words(figure: Outcome[Fraction], decimals: int) -> str:
    """Return a figure with the decimals of its series, with more where it has more (a point of a
    straight line), or 「－」 with the reason why there is none."""
    if figure.value is None:
        return "－" if figure.reason is None else f"－（{figure.reason.label}）"
    while decimals < MAX_DECIMALS and (figure.value * 10**decimals).denominator != 1:
        decimals += 1
    return f"{to_decimal(figure, decimals):,f}"


def target_words(target: Target, decimals: int) -> str:
    """Return what a target asks for: 1,200以上, 3～5（範囲）, 維持 …"""
    label = str(TargetKind(target.kind).label)

    def number(value: object) -> str:
        return figure_words(Outcome(exact(value)), decimals)

    if target.kind == TargetKind.RANGE and target.lower is not None and target.upper is not None:
        return _("%(lower)s～%(upper)s") % {
            "lower": number(target.lower),
            "upper": number(target.upper),
        }
    if target.value is None:
        return label
    if target.kind == TargetKind.CHANGE:
        return _("基準値から%(value)s%%") % {"value": number(target.value)}
    if target.kind in {TargetKind.AT_LEAST, TargetKind.AT_MOST}:
        return f"{number(target.value)}{label}"
    return f"{number(target.value)}（{label}）"
