"""What the page of open data shows: files, terms, conventions and the data dictionary."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from exchange.reports import REPORTS
from rounds.models import PublishedIndicator, PublishedReport, PublishedSheet

from .package import License, Package
from .table import Column, Kind
from .tables import BY_NAME, DICTIONARY


@dataclass(frozen=True)
class Link:
    label: str
    url: str = ""


@dataclass(frozen=True)
class FileShown:
    """A table with its two files; sizes in bytes."""

    name: str
    title: str
    description: str
    rows: int
    csv_url: str
    csv_size: int
    json_url: str
    json_size: int
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class ReportYear:
    """The workbooks of a published year and period."""

    label: str
    links: list[Link]


@dataclass(frozen=True)
class DataPage:
    title: str
    modified: date
    license: License
    zip_url: str
    zip_size: int
    files: list[FileShown]
    empty: list[FileShown]
    """Those with a heading only: the plan has nothing of the kind, or does not publish it."""
    dictionary: FileShown
    kinds: list[Kind]
    plans: list[Link]
    """The plans of a municipality with their own pages of data."""
    town: Link | None
    """The page of the whole municipality, on that of a plan."""
    breadcrumbs: list[Link]
    reports: list[ReportYear]
    api_url: str

    @property
    def described(self) -> list[FileShown]:
        """All files, as the data dictionary goes through them."""
        return [*self.files, *self.empty, self.dictionary]


def data_page(package: Package) -> DataPage:
    files = [_file(package, name) for name in BY_NAME]
    tables = [each for each in files if each.name != DICTIONARY.name]
    return DataPage(
        title=package.title,
        modified=timezone.localtime(package.scope.modified).date(),
        license=package.license,
        zip_url=package.address("zip"),
        zip_size=len(package.zip),
        files=[each for each in tables if each.rows],
        empty=[each for each in tables if not each.rows],
        dictionary=files[-1],
        kinds=list(Kind),
        plans=_plans(package) if package.plan is None else [],
        town=None
        if package.plan is None
        else Link(package.town.name, reverse("open_data:town", args=[package.town.slug])),
        breadcrumbs=_breadcrumbs(package),
        reports=report_years(package),
        api_url=_api_url(package),
    )


def report_years(package: Package) -> list[ReportYear]:
    """Return what can be printed of a plan as published, the newest year first; [] for a whole
    municipality. Four queries."""
    plan = package.plan
    if plan is None:
        return []
    current = [each for each in package.scope.current[plan.pk] if each.fiscal_year is not None]
    holders = {
        "indicators": PublishedIndicator,
        "achievement": PublishedIndicator,
        "progress": PublishedReport,
        "policy": PublishedSheet,
    }
    found = {
        model: set(
            model.objects.filter(publication__in=current)
            .order_by()
            .values_list("publication", flat=True)
            .distinct()
        )
        for model in dict.fromkeys(holders.values())
    }
    town = package.town
    years = [
        ReportYear(
            f"{town.year_label(each.fiscal_year)} {plan.period_name(each.period)}",
            [
                Link(
                    str(REPORTS[kind].label),
                    reverse(
                        "open_data:report",
                        args=[town.slug, plan.slug, kind, each.fiscal_year, each.period],
                    ),
                )
                for kind, model in holders.items()
                if each.pk in found[model]
            ],
        )
        for each in reversed(current)
    ]
    if plan.correspondences.exists():
        address = reverse("open_data:revision", args=[town.slug, plan.slug])
        years.append(ReportYear(_("計画"), [Link(str(REPORTS["revision"].label), address)]))
    return [year for year in years if year.links]


def _file(package: Package, name: str) -> FileShown:
    table, contents = BY_NAME[name], package.files[name]
    return FileShown(
        name=name,
        title=str(table.title),
        description=str(table.description),
        rows=len(package.records(table)),
        csv_url=package.address("csv", name),
        csv_size=len(contents["csv"]),
        json_url=package.address("json", name),
        json_size=len(contents["json"]),
        columns=table.columns,
    )


def _plans(package: Package) -> list[Link]:
    slug = package.town.slug
    return [
        Link(str(plan), reverse("open_data:plan", args=[slug, plan.slug]))
        for plan in package.scope.plans
    ]


def _api_url(package: Package) -> str:
    """Return where the same can be read row by row."""
    slugs = [each.slug for each in (package.town, package.plan) if each]
    return reverse("api:municipality" if package.plan is None else "api:plan", args=slugs)


def _breadcrumbs(package: Package) -> list[Link]:
    """Return the way from the top page over the pages of municipality and plan."""
    town, plan = package.town, package.plan
    links = [
        Link(_("トップ"), reverse("portal:home")),
        Link(town.name, reverse("portal:municipality", args=[town.slug])),
    ]
    if plan is not None:
        links.append(Link(str(plan), reverse("portal:plan", args=[town.slug, plan.slug])))
    return [*links, Link(_("オープンデータ"))]
