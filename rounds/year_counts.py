"""What the judgements of a published year count for: the valid class of each indicator, and the
classes among which they are counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.db.models import F

from indicators.evaluation import Band, Entry, Reason, Scheme
from plans.choices import Tone
from plans.models import Plan, PlanScheme

from .models import Publication, PublishedIndicator
from .visible import visible_verdict

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


class YearEntries:
    """What the indicators of a plan count for in the year of one publication.

    The classes are those the publication kept, so that the empty ones are counted too and a year
    stays what it was. A publication so old that it kept none takes those of the year's scheme;
    where that no longer holds the published ones, only those are counted. For staff
    (`is_internal`) computed judgements count also where the plan keeps them inside.
    """

    def __init__(
        self, plan: Plan, publication: Publication, schemes: Schemes, *, is_internal: bool = False
    ) -> None:
        self.plan = plan
        self.publication = publication
        self.year = publication.fiscal_year
        self.is_internal = is_internal
        of_plan = schemes.get(plan.pk, {})
        since = max((year for year in of_plan if year <= self.year), default=None)
        scheme = None if since is None else of_plan[since]
        self.scheme = _kept_scheme(publication) if publication.legends else scheme

    def entries(self, rows: list[PublishedIndicator]) -> list[Entry]:
        """Return what counts of each row of the publication: its public judgement, else why there
        is none. All are of one scheme."""
        valid = [self.valid(row) for row in rows]
        scheme = self._scheme([document for document in valid if document is not None])
        bands = {(band.symbol, band.label): band for band in scheme.bands}
        return [
            Entry(
                key=row.indicator_id,
                scheme=scheme,
                band=None if document is None else bands[_key(document)],
                reason=self._reason(row) if document is None else None,
                reported=_is_reported(row),
            )
            for row, document in zip(rows, valid, strict=True)
        ]

    def verdict(self, row: PublishedIndicator) -> dict[str, Any] | None:
        """Return the computed judgement of a row where these readers see it."""
        return visible_verdict(self.plan, row, self.publication.period, self.is_internal)

    def valid(self, row: PublishedIndicator) -> dict[str, Any] | None:
        """Return the class that counts: people's, else the computed one; None where unrated."""
        if row.judgements:
            return row.judgements[-1]
        verdict = self.verdict(row)
        return verdict if verdict is not None and verdict["is_rated"] else None

    def _reason(self, row: PublishedIndicator) -> Reason:
        verdict = self.verdict(row)
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


def _kept_scheme(publication: Publication) -> Scheme | None:
    """Return the classes a publication kept, None where there were none."""
    legend = publication.legends.get(PlanScheme.Subject.INDICATORS)
    if legend is None:
        return None
    return Scheme.of(
        {"code": legend["code"], "name": legend["name"]},
        [{**band, "order": order} for order, band in enumerate(legend["bands"], start=1)],
    )


def _key(document: dict[str, Any]) -> tuple[str, str]:
    return document["symbol"], document["label"]


def _is_reported(row: PublishedIndicator) -> bool:
    """Whether the year has a figure, or words in its place (設置済み)."""
    return row.amount is not None or bool(row.value_label and not row.missing_reason)
