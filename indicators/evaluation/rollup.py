"""Many judgements together: counts per class, what is unrated and why, means of scores."""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Self

from .schemes import Band, Scheme
from .terms import Figure, Rate, Reason, exact
from .verdicts import Verdict


@dataclass(frozen=True)
class Entry:
    """The valid judgement of one indicator: what people chose, else what was computed.

    `key` tells indicators apart. Exactly one of `band` and `reason` is given. `reported`: this
    very year has a figure.
    """

    key: Hashable
    scheme: Scheme
    band: Band | None
    reason: Reason | None
    reported: bool

    @classmethod
    def of(cls, key: Hashable, verdict: Verdict, chosen: Band | None = None) -> Self:
        """Take a verdict, or what people chose in its place."""
        band = chosen or verdict.band
        reason = verdict.reason if band is None else None
        return cls(key, verdict.scheme, band, reason, verdict.is_reported)


@dataclass(frozen=True)
class BandCount:
    scheme: Scheme
    band: Band
    count: int


@dataclass(frozen=True)
class RollUp:
    """What the judgements of some indicators come to. Unrated ones are in no denominator but that
    of the share reported; their number and reasons stand beside.

    `counts` holds every class of every scheme met, the empty ones too. `mean` is that of the
    scores of the `scored` indicators.
    """

    total: int
    rated: int
    reported: int
    counts: tuple[BandCount, ...]
    unrated: Mapping[Reason, int]
    scored: int
    mean: Figure

    @property
    def share_reported(self) -> Rate:
        """The indicators with a figure of this year among all, in percent."""
        if not self.total:
            return Rate.missing(Reason.NO_INDICATORS)
        return Rate(Fraction(self.reported, self.total) * 100)


def roll_up(entries: Iterable[Entry]) -> RollUp:
    """Count the judgements of a policy, goal, plan, section or municipality.

    An indicator counts once, however often it comes (the first entry of a key is taken). Which
    indicators belong to the plan in the year is for the caller to choose.
    """
    once: dict[Hashable, Entry] = {}
    for entry in entries:
        once.setdefault(entry.key, entry)
    found = list(once.values())
    schemes = {entry.scheme.code: entry.scheme for entry in found}
    per_band = Counter(
        (entry.scheme.code, entry.band.order) for entry in found if entry.band is not None
    )
    reasons = Counter(entry.reason for entry in found if entry.reason is not None)
    scores = [
        (entry.scheme.code, exact(entry.band.score))
        for entry in found
        if entry.band is not None and entry.band.score is not None
    ]
    return RollUp(
        total=len(found),
        rated=per_band.total(),
        reported=sum(entry.reported for entry in found),
        counts=tuple(
            BandCount(scheme, band, per_band[code, band.order])
            for code, scheme in schemes.items()
            for band in scheme.bands
        ),
        unrated={reason: reasons[reason] for reason in Reason if reason in reasons},
        scored=len(scores),
        mean=_mean(scores),
    )


def _mean(scores: list[tuple[str, Fraction]]) -> Figure:
    """Return the mean of (scheme, score); scores of different schemes have none in common."""
    if not scores:
        return Figure.missing(Reason.NO_SCORES)
    if len({scheme for scheme, _score in scores}) > 1:
        return Figure.missing(Reason.MIXED_SCHEMES)
    return Figure(sum((score for _scheme, score in scores), Fraction(0)) / len(scores))
