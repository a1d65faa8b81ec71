"""Who judged a year, and how: what people chose, and what was computed where that is public."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from indicators.evaluation import Movement, Reason
from municipalities.models import Municipality
from plans.models import Plan
from rounds.models import PublishedIndicator
from rounds.published import Record
from rounds.visible import public_trend, public_verdict

from .wording import year_words


@dataclass(frozen=True)
class JudgementShown:
    """A judgement by symbol, label and tone; computed ones have neither stage nor body."""

    symbol: str
    label: str
    spoken: str
    tone: str
    year: str = ""
    stage: str = ""
    meaning: str = ""
    reason: str = ""
    """Why people judged so; for a computed judgement why there is no class."""
    judged_by: str = ""
    judged_on: str | None = None
    note: str = ""
    source_url: str = ""
    is_computed: bool = False


def judgements_of(row: PublishedIndicator, municipality: Municipality) -> list[JudgementShown]:
    """Return what people judged for a year, stage by stage; the last one is valid."""
    year = year_words(municipality, row.publication.fiscal_year, row.year_label)
    return [
        JudgementShown(
            **_band(found),
            year=year,
            stage=found["stage_label"],
            meaning=found["meaning"],
            reason=found["reason"],
            judged_by=found["judged_by"],
            judged_on=found["judged_on"],
            note=found["note"],
            source_url=found["source_url"],
        )
        for found in row.judgements
    ]


def computed_judgement(plan: Plan, row: PublishedIndicator) -> JudgementShown | None:
    """Return the computed judgement of a year as far as it is public, an unrated one with its
    reason."""
    verdict = public_verdict(plan, row)
    if verdict is None:
        return None
    year = year_words(plan.municipality, row.publication.fiscal_year, row.year_label)
    reason = "" if verdict["is_rated"] else reason_words(Reason(verdict["reason"]))
    return JudgementShown(**_band(verdict), year=year, reason=reason, is_computed=True)


def reason_words(reason: Reason) -> str:
    """Return why an indicator is unrated, for a reader who knows nothing of schemes."""
    if reason is Reason.CHOSEN_BY_PEOPLE:
        return _("人が選ぶ評価で、公表された評価なし")
    return reason.label


def latest_judgement(plan: Plan, record: Record) -> JudgementShown | None:
    """Return the valid judgement of the newest judged year: people's, else the computed one."""
    for row in reversed(record.years):
        judgements = judgements_of(row, plan.municipality)
        valid = judgements[-1] if judgements else computed_judgement(plan, row)
        if valid is not None:
            return valid
    return None


def band_shown(document: dict[str, Any]) -> JudgementShown:
    """Return a class alone, as a publication keeps it or as a scheme defines it."""
    return JudgementShown(**_band(document))


def _band(document: dict[str, Any]) -> dict[str, str]:
    symbol, label = document["symbol"], document["label"]
    return {
        "symbol": "" if symbol == label else symbol,
        "label": label,
        "spoken": document["spoken"],
        "tone": document["tone"],
    }


# --- Against the year before -------------------------------------------------------------------


@dataclass(frozen=True)
class TrendShown:
    """Better or worse than the year before, whether the figure rose or fell."""

    symbol: str
    label: str
    year: str
    reason: str = ""
    """Why it cannot be said; then symbol and label are empty."""


MOVEMENTS = {Movement.BETTER: "↗", Movement.SAME: "→", Movement.WORSE: "↘"}


def trend_of(plan: Plan, row: PublishedIndicator | None) -> TrendShown | None:
    """Return how a year stands against the one before; None where computed judgements are not
    public, or the row is not that of a whole year."""
    trend = None if row is None else public_trend(plan, row)
    if row is None or trend is None:
        return None
    year = year_words(plan.municipality, row.publication.fiscal_year, row.year_label)
    if trend["movement"] is None:
        return TrendShown("", "", year, Reason(trend["reason"]).label)
    movement = Movement(trend["movement"])
    labels = {Movement.BETTER: _("改善"), Movement.SAME: _("横ばい"), Movement.WORSE: _("悪化")}
    return TrendShown(MOVEMENTS[movement], labels[movement], year)
