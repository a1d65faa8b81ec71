"""Many judgements together: a plan, a goal or a policy in one published year."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from indicators.evaluation import Band, Entry, Reason, RollUp, Scheme, roll_up, to_decimal
from plans.choices import Tone
from plans.models import Plan, PlanScheme
from rounds.models import Publication, PublishedIndicator
from rounds.published import newest_year, publications_by_year

from . import figures
from .figures import Shown
from .indicator_list import IndicatorRow
from .judgements import JudgementShown, band_shown, public_verdict, reason_words


@dataclass(frozen=True)
class RollUpShown:
    """Counts of a year; every count stands with what it is a part of.

    `bands` is empty where nobody has judged and computed judgements are not public: then there is
    only how many indicators have a figure.
    """

    year: str
    scheme: str
    """The name of the scheme that computed, "" where all judgements are people's."""
    bands: list[tuple[JudgementShown, int]]
    total: int
    rated: int
    by_people: int
    computed: int
    unrated: list[tuple[str, int]]
    reported: int
    share: str
    """The reported ones in percent."""
    scored: int
    mean: Shown | None
    """None where the scheme has no scores."""


Schemes = dict[int, dict[int, Scheme]]
"""Plan id → fiscal year from which it holds → scheme, with its classes only."""

_CLASS_FIELDS = ("order", "symbol", "label", "spoken", "meaning", "tone", "score")


def schemes_of(plans: Iterable[Plan]) -> Schemes:
    """Return the rating schemes of plans, for the classes nobody is in. One query."""
    rows = (
        PlanScheme.objects.filter(plan__in=list(plans), subject=PlanScheme.Subject.INDICATORS)
        .order_by("plan", "from_fiscal_year", "scheme__bands__order")
        .values(
            "plan_id",
            "from_fiscal_year",
            "scheme__code",
            "scheme__name",
            **{f"band_{name}": F(f"scheme__bands__{name}") for name in _CLASS_FIELDS},
        )
    )
    found: Schemes = defaultdict(dict)
    for (plan, year), of_scheme in groupby(
        rows, key=lambda row: (row["plan_id"], row["from_fiscal_year"])
    ):
        bands = list(of_scheme)
        found[plan][year] = Scheme.of(
            {"code": bands[0]["scheme__code"], "name": bands[0]["scheme__name"]},
            [
                {name: band[f"band_{name}"] for name in _CLASS_FIELDS}
                for band in bands
                if band["band_order"] is not None
            ],
        )
    return found


class YearRollUp:
    """Rolls up published indicators of a plan in the year of one publication.

    The scheme of the year gives the classes, so that the empty ones are counted too; where it has
    been changed since so that it no longer holds the published ones, only those are counted.
    """

    def __init__(self, plan: Plan, publication: Publication, schemes: Schemes) -> None:
        self.plan = plan
        self.publication = publication
        self.year = publication.fiscal_year
        of_plan = schemes.get(plan.pk, {})
        since = max((year for year in of_plan if year <= self.year), default=None)
        self.scheme = None if since is None else of_plan[since]

    def of_list(self, rows: Iterable[IndicatorRow]) -> RollUpShown | None:
        """Roll up the indicators of a list that belong to the plan in the year."""
        return self.of(
            published
            for row in rows
            for published in row.record.years
            if published.publication == self.publication
        )

    def of(self, rows: Iterable[PublishedIndicator]) -> RollUpShown | None:
        """Roll up rows of the publication; None for none."""
        rows = list(rows)
        if not rows:
            return None
        valid = {row.pk: self._valid(row) for row in rows}
        scheme = self._scheme([document for document in valid.values() if document is not None])
        bands = {(band.symbol, band.label): band for band in scheme.bands}
        counted = roll_up(
            Entry(
                key=row.indicator_id,
                scheme=scheme,
                band=None if document is None else bands[_key(document)],
                reason=self._reason(row) if document is None else None,
                reported=_is_reported(row),
            )
            for row in rows
            for document in [valid[row.pk]]
        )
        return self._shown(counted, rows)

    def _valid(self, row: PublishedIndicator) -> dict[str, Any] | None:
        """Return the class that counts: people's, else the computed one; None where unrated."""
        if row.judgements:
            return row.judgements[-1]
        verdict = public_verdict(self.plan, row)
        return verdict if verdict is not None and verdict["is_rated"] else None

    def _reason(self, row: PublishedIndicator) -> Reason:
        verdict = public_verdict(self.plan, row)
        if verdict is not None:
            return Reason(verdict["reason"])
        return Reason(row.missing_reason) if row.missing_reason else Reason.CHOSEN_BY_PEOPLE

    def _scheme(self, documents: list[dict[str, Any]]) -> Scheme:
        """Return the year's scheme with its classes as they were published."""
        found = {_key(document): document for document in documents}
        if self.scheme is not None:
            bands = {(band.symbol, band.label): band for band in self.scheme.bands}
            if found.keys() <= bands.keys():
                merged = [
                    Band.of({**vars(band), **found.get(key, {}), "order": band.order})
                    for key, band in bands.items()
                ]
                return Scheme(self.scheme.code, self.scheme.name, tuple(merged))
        tones = list(Tone)
        in_order = sorted(found, key=lambda key: (tones.index(Tone(found[key]["tone"])), key))
        return Scheme(
            code="",
            name="",
            bands=tuple(
                Band.of({**found[key], "order": order}) for order, key in enumerate(in_order)
            ),
        )

    def _shown(self, counted: RollUp, rows: list[PublishedIndicator]) -> RollUpShown:
        verdicts = [public_verdict(self.plan, row) for row in rows]
        names = dict.fromkeys(verdict["scheme"] for verdict in verdicts if verdict is not None)
        says_something = counted.rated or names
        by_people = sum(bool(row.judgements) for row in rows)
        mean = to_decimal(counted.mean, 2)
        return RollUpShown(
            year=self.plan.municipality.year_label(self.year),
            scheme=_("、").join(names),
            bands=[
                (band_shown(vars(count.band)), count.count)
                for count in (counted.counts if says_something else ())
            ],
            total=counted.total,
            rated=counted.rated,
            by_people=by_people,
            computed=counted.rated - by_people,
            unrated=[(reason_words(reason), count) for reason, count in counted.unrated.items()],
            reported=counted.reported,
            share=f"{to_decimal(counted.share_reported, 1)}%",
            scored=counted.scored,
            mean=figures.show(mean, 2, _("点")),
        )


def newest_rollup(
    plan: Plan, publications: list[Publication], rows: Iterable[IndicatorRow]
) -> YearRollUp | None:
    """Return what rolls up the newest year in which any of the `rows` was judged, else the newest
    year of the current `publications`; None before the first results. One query."""
    newest = newest_year(publications)
    if newest is None:
        return None
    by_year = publications_by_year(publications)
    judged = {
        published.publication.fiscal_year
        for row in rows
        for published in row.record.years
        if published.publication == by_year[published.publication.fiscal_year]
        and (published.judgements or public_verdict(plan, published))
    }
    publication = by_year[max(judged)] if judged else newest
    return YearRollUp(plan, publication, schemes_of([plan]))


def _key(document: dict[str, Any]) -> tuple[str, str]:
    return document["symbol"], document["label"]


def _is_reported(row: PublishedIndicator) -> bool:
    """Whether the year has a figure, or words in its place (設置済み)."""
    return row.amount is not None or bool(row.value_label and not row.missing_reason)
