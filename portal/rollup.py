"""Many judgements together: a plan, a goal, a policy or a section in one published year."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Self

from django.utils.translation import gettext as _

from indicators.evaluation import Entry, RollUp, roll_up, to_decimal
from plans.models import Plan
from rounds.models import Publication, PublishedIndicator
from rounds.published import newest_year, publications_by_year
from rounds.visible import public_verdict
from rounds.year_counts import YearEntries, schemes_of

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


_NO_SECTION = {"code": "", "name": ""}


class YearRollUp(YearEntries):
    """Rolls up published indicators of a plan in the year of one publication."""

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
