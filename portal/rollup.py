"""Many judgements together: a plan, a goal, a policy or a section in one published year."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Self

from django.db.models import F
from django.utils.translation import gettext as _

from indicators.evaluation import Band, Entry, Reason, RollUp, Scheme, roll_up, to_decimal
from plans.choices import Tone
from plans.models import Plan, PlanScheme
from rounds.models import Publication, PublishedIndicator
from rounds.published import newest_year, publications_by_year
from rounds.visible import public_verdict

from . import figures
from .figures import Shown
from .indicator_list import IndicatorRow
from .judgements import JudgementShown, band_shown, reason_words
from .sections import Sections


@dataclass(frozen=True)
class CountsShown:
    """What the judgements of some indicators come to; every count is a part of one beside it.

    Where nobody has judged and computed judgements are not public, `ratable` is 0 and there is
    only how many indicators have a figure.
    """

    bands: list[tuple[JudgementShown, int]]
    total: int
    ratable: int
    """The indicators among which `rated` is counted: those whose judgements are public."""
    rated: int
    unrated: list[tuple[str, int]]
    reported: int
    share: str
    """The reported ones among `total`, in percent."""
    scored: int
    mean: Shown | None
    """None where nothing rated has a score."""

    @classmethod
    def of(cls, counted: RollUp, *, is_judged: bool) -> Self:
        """Take counts; `is_judged`: whether anything may be said of judgements at all."""
        return cls(
            bands=[
                (band_shown(vars(count.band)), count.count)
                for count in (counted.counts if is_judged else ())
            ],
            total=counted.total,
            ratable=counted.total if is_judged else 0,
            rated=counted.rated,
            unrated=[
                (reason_words(reason), count)
                for reason, count in (counted.unrated.items() if is_judged else ())
            ],
            reported=counted.reported,
            share=f"{to_decimal(counted.share_reported, 1)}%",
            scored=counted.scored,
            mean=figures.show(to_decimal(counted.mean, 2), 2, _("点")),
        )

    @property
    def unrated_count(self) -> int:
        return self.ratable - self.rated


@dataclass(frozen=True)
class RollUpShown(CountsShown):
    """The counts of a year, and who judged."""

    year: str
    scheme: str
    """The name of the scheme that computed, "" where all judgements are people's."""
    by_people: int
    computed: int


@dataclass(frozen=True)
class CountsRow:
    """A row of a table: a section, or a plan with its year."""

    name: str
    counts: CountsShown
    year: str = ""
    url: str = ""


@dataclass(frozen=True)
class CountsTable:
    """Roll-ups below each other. `total` counts every indicator once and names the classes."""

    rows: list[CountsRow]
    total: CountsShown
    is_computed: bool
    """Whether this site computed any of the judgements."""


Schemes = dict[int, dict[int, Scheme]]
"""Plan id → fiscal year from which it holds → scheme, with its classes only."""

_NO_SECTION = {"code": "", "name": ""}
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

    The classes are those the publication kept, so that the empty ones are counted too and a year
    stays what it was. A publication so old that it kept none takes those of the year's scheme;
    where that no longer holds the published ones, only those are counted.
    """

    def __init__(self, plan: Plan, publication: Publication, schemes: Schemes) -> None:
        self.plan = plan
        self.publication = publication
        self.year = publication.fiscal_year
        of_plan = schemes.get(plan.pk, {})
        since = max((year for year in of_plan if year <= self.year), default=None)
        scheme = None if since is None else of_plan[since]
        self.scheme = _kept_scheme(publication) if publication.legends else scheme

    def of_list(self, rows: Iterable[IndicatorRow]) -> RollUpShown | None:
        """Roll up the indicators of a list that belong to the plan in the year."""
        return self.of(self._published(rows))

    def _published(self, rows: Iterable[IndicatorRow]) -> Iterator[PublishedIndicator]:
        for row in rows:
            for published in row.record.years:
                if published.publication == self.publication:
                    yield published

    def of(self, rows: Iterable[PublishedIndicator]) -> RollUpShown | None:
        """Roll up rows of the publication; None for none."""
        rows = list(rows)
        return self._shown(self.entries(rows), rows) if rows else None

    def by_section(self, rows: Iterable[IndicatorRow], sections: Sections) -> CountsTable | None:
        """Roll up a list section by section, in the order in which the list first names them.

        Sections bear the names they were published with, and lead to their pages. An indicator of
        two sections is in the row of each and once in the total; those without any come last. None
        for no indicators.
        """
        published = list(self._published(rows))
        whole = self.of(published)
        if whole is None:
            return None
        of_sections: dict[tuple[str, str], list[Entry]] = defaultdict(list)
        for row, entry in zip(published, self.entries(published), strict=True):
            for section in row.departments or [_NO_SECTION]:
                of_sections[section["code"], section["name"]].append(entry)
        nobody = of_sections.pop(("", ""), None)
        named = [
            (name, sections.url(code, self.year), entries)
            for (code, name), entries in of_sections.items()
        ]
        if nobody is not None:
            named.append((_("担当課の記載なし"), "", nobody))
        return CountsTable(
            rows=[
                CountsRow(
                    name,
                    CountsShown.of(roll_up(entries), is_judged=bool(whole.ratable)),
                    url=url,
                )
                for name, url, entries in named
            ],
            total=whole,
            is_computed=bool(whole.computed),
        )

    def entries(self, rows: list[PublishedIndicator]) -> list[Entry]:
        """Return what counts of each row of the publication: its public judgement, else why there
        is none. All are of one scheme."""
        valid = [self._valid(row) for row in rows]
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

    def _shown(self, entries: list[Entry], rows: list[PublishedIndicator]) -> RollUpShown:
        counted = roll_up(entries)
        verdicts = [public_verdict(self.plan, row) for row in rows]
        names = dict.fromkeys(verdict["scheme"] for verdict in verdicts if verdict is not None)
        by_people = sum(bool(row.judgements) for row in rows)
        return RollUpShown(
            **vars(CountsShown.of(counted, is_judged=bool(counted.rated or names))),
            year=self.plan.municipality.year_label(self.year),
            scheme=_("、").join(names),
            by_people=by_people,
            computed=counted.rated - by_people,
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
