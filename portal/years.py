"""The year switch: a plan as one of its past years was published."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.urls import reverse

from plans.choices import Period
from plans.models import Plan
from rounds.models import Publication
from rounds.published import publications_by_year

from .indicator_list import IndicatorRow
from .towns import moment_words
from .wording import Badge, Link, breadcrumbs, plan_url


@dataclass(frozen=True)
class YearLink:
    label: str
    url: str
    is_current: bool


@dataclass(frozen=True)
class YearPage:
    """How a year was handed out."""

    year: str
    subject: str
    """The year with its period: 令和5年度 年度末実績."""
    published_on: str
    badges: list[Badge]
    reason: str
    note: str


def year_url(plan: Plan, fiscal_year: int) -> str:
    return reverse("portal:year", args=[plan.municipality.slug, plan.slug, fiscal_year])


def year_links(
    plan: Plan, publications: list[Publication], shown: int | None = None
) -> list[YearLink]:
    """Return the published years, the newest first; `shown` is the one whose page this is."""
    links = [
        YearLink(_year_words(plan, publication), year_url(plan, year), year == shown)
        for year, publication in publications_by_year(publications).items()
    ]
    return links[::-1]


def _year_words(plan: Plan, publication: Publication) -> str:
    year = plan.municipality.year_label(publication.fiscal_year)
    if publication.period == Period.YEAR_END:
        return year
    return f"{year} {plan.period_name(publication.period)}"


def year_page(plan: Plan, publication: Publication) -> YearPage:
    year = plan.municipality.year_label(publication.fiscal_year)
    tone = {
        Publication.Mark.CORRECTION: "is-alert",
        Publication.Mark.FINAL: "",
    }.get(Publication.Mark(publication.mark), "is-attention")
    return YearPage(
        year=year,
        subject=f"{year} {plan.period_name(publication.period)}",
        published_on=moment_words(plan.municipality, publication.effective_at),
        badges=[Badge(publication.get_mark_display(), tone)],
        reason=publication.reason,
        note=publication.note,
    )


def as_published(rows: list[IndicatorRow]) -> list[IndicatorRow]:
    """Return rows under the names they were published with, without what became of them later."""
    return [replace(row, title=row.record.latest.name, badges=[], lifetime="") for row in rows]


def year_breadcrumbs(plan: Plan, page: YearPage) -> list[Link]:
    links = breadcrumbs(plan)
    links[-1] = Link(str(plan), plan_url(plan))
    return [*links, Link(page.year)]
