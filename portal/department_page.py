"""The page of a department in a year: its policy sheets, its sections, what it answers for."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from municipalities.models import Department, Municipality
from plans.models import Plan
from rounds.models import Publication, PublishedSheet
from rounds.published import publications_of_town, sheets_of

from .department_answers import Answers
from .department_duties import Duties, DutiesOfYear, duties_of
from .departments import Step, departments_url, steps_after, steps_before
from .sections import Sections, SectionShown, department_url, lived_in_year
from .towns import moment_words
from .wording import (
    Badge,
    Link,
    breadcrumbs_below,
    by_site,
    day_words,
    plan_url,
    this_fiscal_year,
)
from .years import YearLink, YearPage, year_page


@dataclass(frozen=True)
class Issue:
    number: int
    title: str
    issue: str
    approach: str
    result: str


@dataclass(frozen=True)
class SheetShown:
    """A policy sheet as one publication printed it."""

    plan: Link
    release: YearPage
    heading: str
    role: str
    role_items: list[str]
    issues: list[Issue]
    result: str
    badges: list[Badge]

    @property
    def has_results(self) -> bool:
        return bool(self.result or any(issue.result for issue in self.issues))


@dataclass(frozen=True)
class DepartmentPage:
    section: SectionShown
    """The department by its name of that year."""
    year: str
    post: str
    parent: SectionShown | None
    existed: str
    """From when to when it existed, "" where that is not known."""
    is_there: bool
    """Whether it existed in the year."""
    before: list[Step]
    after: list[Step]
    sheets: list[SheetShown]
    sections: list[SectionShown]
    duties: DutiesOfYear
    sources: list[Plan]
    """The plans that say something of it in this year."""
    years: list[YearLink]
    breadcrumbs: list[Link]

    @property
    def groups(self) -> list[Duties]:
        """The department itself where it answers for something, and each of its sections."""
        own, *sections = self.duties.groups
        return sections if own.is_empty else [own, *sections]

    @property
    def is_published(self) -> bool:
        """Whether anything has been published of it in this year."""
        return bool(self.sheets or self.duties.tallies)


def department_page(
    town: Municipality, code: str, fiscal_year: int | None = None
) -> DepartmentPage | None:
    """Return the page of a department in a fiscal year (None: the newest of which anything has
    been published, else this one); None where there is no such department or the municipality
    knows nothing of the year. Thirteen queries at most."""
    sections = Sections(town)
    department = sections.by_code.get(code)
    if department is None:
        return None
    record = publications_of_town(town)
    everyone = [department, *sections.below(department)]
    answers = Answers(record, [each.code for each in everyone])
    publications = [publication for found in record.values() for publication in found]
    sheets = sheets_of(publications, department)
    if fiscal_year is not None and not _is_known(fiscal_year, publications):
        return None
    years = _years(answers, sections, department, sheets)
    year = fiscal_year or max(years, default=this_fiscal_year())
    members = [department, *sections.below(department, year)]
    duties = duties_of(answers, sections, members, year)
    of_year = [sheet for sheet in sheets if sheet.fiscal_year == year]
    section = duties.groups[0].section
    if of_year:
        [section] = sections.show([{"code": code, "name": of_year[0].name}], year)
    links = breadcrumbs_below(town, _("組織"))
    links[-1] = Link(_("組織"), departments_url(town))
    return DepartmentPage(
        section=section,
        year=town.year_label(year),
        post=of_year[0].post if of_year else department.post,
        parent=_parent(sections, department, year),
        existed=_existed(town, department),
        is_there=lived_in_year(department, year),
        before=steps_before(sections, department),
        after=steps_after(sections, department),
        sheets=[_sheet_shown(sheet) for sheet in of_year],
        sections=[group.section for group in duties.groups[1:]],
        duties=duties,
        sources=_sources(record, of_year, duties),
        years=_year_links(town, code, years, year),
        breadcrumbs=[*links, Link(f"{section.name}　{town.year_label(year)}")],
    )


def _is_known(fiscal_year: int, publications: list[Publication]) -> bool:
    """Whether a year lies between the first and the last of which the municipality says anything,
    this one included."""
    years = [this_fiscal_year(), *(publication.year_shown for publication in publications)]
    return min(years) <= fiscal_year <= max(years)


def _years(
    answers: Answers, sections: Sections, department: Department, sheets: list[PublishedSheet]
) -> set[int]:
    """Return the years in which anything has been published of a department or its sections; the
    years in which plans were handed out that name them where there are no results yet."""

    def codes(year: int) -> set[str]:
        return {each.code for each in (department, *sections.below(department, year))}

    found = {year for year in answers.years() if answers.is_named(year, codes(year))}
    found |= {sheet.fiscal_year for sheet in sheets}
    return found or {
        promise.year_shown
        for promise in answers.promises()
        for row in answers.indicators.get(promise.pk, ())
        if any(each["code"] in codes(promise.year_shown) for each in row.departments)
    }


def _sources(
    record: dict[Plan, list[Publication]], sheets: list[PublishedSheet], duties: DutiesOfYear
) -> list[Plan]:
    urls = {tally.plan.url for tally in duties.tallies}
    with_sheet = {sheet.publication.plan_id for sheet in sheets}
    return [plan for plan in record if plan.pk in with_sheet or plan_url(plan) in urls]


def _year_links(town: Municipality, code: str, years: set[int], shown: int) -> list[YearLink]:
    return [
        YearLink(town.year_label(year), department_url(town, code, year), year == shown)
        for year in sorted(years, reverse=True)
    ]


def _parent(sections: Sections, department: Department, year: int) -> SectionShown | None:
    above = department.parent
    if above is None:
        return None
    return sections.show([{"code": above.code, "name": above.name}], year)[0]


def _existed(town: Municipality, department: Department) -> str:
    first, last = (
        "" if day is None else day_words(town, day)
        for day in (department.valid_from, department.valid_to)
    )
    return f"{first}～{last}" if first or last else ""


def _sheet_shown(sheet: PublishedSheet) -> SheetShown:
    plan = sheet.publication.plan
    return SheetShown(
        plan=Link(str(plan), plan_url(plan)),
        release=_release(plan, sheet.publication),
        heading=sheet.heading,
        role=sheet.role,
        role_items=list(sheet.role_items),
        issues=[
            Issue(
                number=issue["number"],
                title=issue["title"],
                issue=issue["issue"],
                approach=issue["approach"],
                result=issue["result"],
            )
            for issue in sheet.issues
        ],
        result=sheet.result,
        badges=[by_site()] if sheet.texts_by_site else [],
    )


def _release(plan: Plan, publication: Publication) -> YearPage:
    """Return how a sheet was handed out: with the results of a year, or with the plan itself."""
    if publication.fiscal_year is not None:
        return year_page(plan, publication)
    return YearPage(
        year="",
        subject=publication.get_kind_display(),
        published_on=moment_words(plan.municipality, publication.effective_at),
        badges=[],
        reason=publication.reason,
        note=publication.note,
    )
