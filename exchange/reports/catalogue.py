"""All reports: what they are called, what makes them, and what their files are called."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from io import BytesIO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exchange import downloads
from exchange.downloads import ZIP, File
from exchange.sheets import Book
from municipalities import fiscal_year as fiscal_years
from municipalities.memory import without_garbage_collection
from municipalities.models import Department
from plans.choices import Period
from plans.models import Plan

from . import (
    achievement,
    editions,
    explanations,
    indicator_list,
    layout,
    policy_sheets,
    progress_sheets,
    revision,
)
from .editions import Edition
from .indicator_rows import indicator_table
from .layout import Options
from .progress_rows import progress_sheets as progress_rows


@dataclass(frozen=True)
class Report:
    """`by_goal`, `by_section`: whether it can be limited so. `is_public`: whether citizens may
    have it of what is published."""

    label: object
    build: Callable[[Edition, Options], Book]
    by_goal: bool = True
    by_section: bool = True
    is_public: bool = True
    has_year: bool = True
    """Whether it speaks of a year; else of the plan itself."""


REPORTS = {
    "indicators": Report(gettext_lazy("指標一覧"), indicator_list.build),
    "progress": Report(gettext_lazy("施策進捗管理シート"), progress_sheets.build),
    "policy": Report(gettext_lazy("部門方針シート"), policy_sheets.build, by_goal=False),
    "achievement": Report(gettext_lazy("達成状況のまとめ"), achievement.build),
    "explanations": Report(gettext_lazy("要説明一覧"), explanations.build, is_public=False),
    "revision": Report(
        gettext_lazy("新旧対照表"), revision.build, by_goal=False, by_section=False, has_year=False
    ),
}
_PERIODS = {
    Period.YEAR_END: gettext_lazy("年度末"),
    Period.FORECAST: gettext_lazy("年度末見込"),
    Period.MID_YEAR: gettext_lazy("年度9月末"),
}


def make(kind: str, edition: Edition, options: Options | None = None) -> File:
    """Return a report of an edition, or the ZIP of all sections; NoEditionError where there is
    nothing it could print."""
    if kind == SECTIONS:
        if edition.section is not None:
            raise editions.NoEditionError(_("全担当課のシートは、担当課では絞り込めません。"))
        return all_sections(edition, options)
    report = REPORTS[kind]
    if edition.goal is not None and not report.by_goal:
        raise editions.NoEditionError(_("この帳票は、基本目標では絞り込めません。"))
    if edition.section is not None and not report.by_section:
        raise editions.NoEditionError(_("この帳票は、担当課では絞り込めません。"))
    with without_garbage_collection():
        content = report.build(edition, options or Options()).to_bytes()
    limits = [edition.goal.title or edition.goal.code] if edition.goal else []
    limits += [edition.section.name] if edition.section else []
    return File(file_name(edition, [str(report.label), *limits]), content)


def published_report(
    kind: str, plan: Plan, fiscal_year: int, period: str = Period.YEAR_END
) -> File:
    """Return a report as citizens may have it; NoEditionError where the year is not published,
    KeyError for a report that is not for them."""
    if not REPORTS[kind].is_public:
        raise KeyError(kind)
    return make(kind, edition_for_citizens(kind, plan, fiscal_year, period))


def edition_for_citizens(kind: str, plan: Plan, fiscal_year: int | None, period: str) -> Edition:
    """Return what citizens read of the year; of the plan where the report asks no year."""
    if fiscal_year is None or not has_year(kind):
        return editions.of_plan_itself(plan)
    return editions.of_citizens(plan, fiscal_year, period)


def working_edition(kind: str, plan: Plan, fiscal_year: int | None, period: str) -> Edition:
    """Return the year as it stands now; the plan where the report asks no year."""
    if fiscal_year is None or not has_year(kind):
        return editions.working_plan(plan)
    return editions.working(plan, fiscal_year, period)


def has_year(kind: str) -> bool:
    """Whether a report (or the ZIP of all sections) speaks of a year."""
    return kind not in REPORTS or REPORTS[kind].has_year


def file_name(edition: Edition, parts: Iterable[str], ending: str = "xlsx") -> str:
    """Return R7年度末_総務部_人権擁護課.xlsx; no sign that a file system would refuse."""
    publication = edition.publication
    year = "計画"
    if publication.fiscal_year is not None:
        period = _PERIODS[Period(publication.period)]
        year = f"{fiscal_years.short_label(publication.fiscal_year)}{period}"
    words = [year, *parts]
    if edition.view is editions.View.FROZEN:
        words.append(str(publication.get_kind_display()))
    return downloads.file_name(words, ending)


# --- All sections ------------------------------------------------------------------------------


SECTIONS = "sections"
"""What stands for the ZIP where a kind of report is asked for."""


def all_sections(edition: Edition, options: Options | None = None) -> File:
    """Return a ZIP with a workbook per section the year's rows name: its sheets and its
    indicators. The number of queries does not grow with the sections."""
    options = options or Options()
    edition.read_all()
    out = BytesIO()
    used: set[str] = set()
    date = edition.publication.effective_at.timetuple()[:6]
    with ZipFile(out, "w", ZIP_STORED) as archive:
        for section in _sections(edition):
            above = [section.parent.name] if section.parent else []
            own = edition.of_section(section)
            name = downloads.free_name(file_name(own, [*above, section.name]), used)
            entry = ZipInfo(name, date)
            entry.external_attr = 0o600 << 16
            archive.writestr(entry, section_book(own, options).to_bytes())
    if not used:
        raise editions.NoEditionError(_("この年度・時期には、担当課のある行がありません。"))
    name = file_name(edition, [_("全担当課のシート")], "zip")
    return File(name, out.getvalue(), ZIP)


def section_book(edition: Edition, options: Options) -> Book:
    """Return the sheets and the indicators of one section; what it has none of is left out."""
    book = layout.new_book(edition, edition.scope_words)
    sheets, table = progress_rows(edition), indicator_table(edition)
    if sheets.sheets or not table.groups:
        progress_sheets.write_sheets(book, sheets, options)
    if table.groups:
        indicator_list.write_list(book, table, options)
    return book


def _sections(edition: Edition) -> list[Department]:
    """Return the sections that the year's indicators and rows of the sheet name, in order."""
    named = {
        section["code"]
        for row in edition.all_rows.get(edition.fiscal_year, {}).values()
        for section in row.departments
    }
    named |= {
        section["code"]
        for rows in edition.reports.values()
        for report in rows.values()
        for section in report.departments
    }
    if edition.is_internal:
        named |= {
            department.code
            for action in edition.actions
            for row in action.rows.all()
            if row.is_in_year(edition.fiscal_year)
            for department in row.departments_in(edition.fiscal_year)
        }
    found = Department.objects.filter(
        municipality=edition.plan.municipality, code__in=named
    ).select_related("parent")
    return list(found.order_by("order", "code"))
