"""What the API lists: tables of open data, each with the columns it can be filtered by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from exchange.open_data.common import town_columns
from exchange.open_data.formats import json_value
from exchange.open_data.plan_tables import PLANS
from exchange.open_data.reference_tables import DEPARTMENTS
from exchange.open_data.scope import Scope
from exchange.open_data.table import Column, Kind, Table, Words, coded, plain_columns
from exchange.open_data.tables import BY_NAME
from municipalities.models import Municipality
from plans.models import Plan


@dataclass(frozen=True)
class Resource:
    """A table the API lists, and by which of its columns.

    `lookups` is set where the database chooses and pages the rows: name of a filter → field.
    """

    table: Table
    filters: tuple[Column, ...]
    lookups: dict[str, str] | None = None

    @property
    def name(self) -> str:
        return self.table.name

    def matching(self, scope: Any, asked: dict[str, Any]) -> list[tuple[Any, ...]]:
        """Return the rows in which each column holds what is `asked` of it; a list, whether it
        holds that among others."""
        filters = [(each, asked[each.name]) for each in self.filters if each.name in asked]
        return [
            row
            for row in self.table.rows(scope)
            if all(_holds(column.of(row), wanted) for column, wanted in filters)
        ]


class Rows(Sequence):
    """The rows of a resource that hold what is asked, for pages.

    Which rows there are is found with little read of each indicator; only those of a page are read
    whole: the same rows, made in the same way.
    """

    def __init__(self, resource: Resource, scope: Scope, asked: dict[str, Any]) -> None:
        table = resource.table
        year = asked.get("fiscal_year") if table.is_of_years else None
        self.resource, self.asked = resource, asked
        self.is_sketch = table.documents is not None and not scope.indicator
        self.scope = scope.sketch(table.documents, year) if self.is_sketch else scope
        self.found = resource.matching(self.scope, asked)

    def __len__(self) -> int:
        return len(self.found)

    def __getitem__(self, wanted: Any) -> Any:
        rows = self.found[wanted]
        if not self.is_sketch or not rows:
            return rows
        indicators = [indicator.pk for _plan, indicator, *_rest in self.found]
        start = wanted.start or 0
        before = start - indicators.index(indicators[start])
        page = self.scope.about(set(indicators[wanted]))
        return self.resource.matching(page, self.asked)[before:][: len(rows)]


def _holds(value: Any, wanted: Any) -> bool:
    return wanted in value if isinstance(value, list) else json_value(value) == wanted


def answered(columns: tuple[Column, ...], records: list[Any]) -> list[dict[str, Any]]:
    """Return rows as the JSON files hold them: name of a column → value."""
    names = [column.name for column in columns]
    return [dict(zip(names, map(json_value, record), strict=True)) for record in records]


# --- Across municipalities ----------------------------------------------------------------------

_SLUG = Column(
    "municipality_slug",
    _("自治体のアドレス名"),
    Kind.CODE,
    lambda first, *_r: getattr(first, "municipality", first).slug,
    _("アドレスに使う名前。"),
)


def _address(label: Words, kind: str) -> Column:
    return Column(
        "api_url",
        label,
        Kind.ADDRESS,
        lambda first, scope, *_r: f"{scope.site}{reverse(f'api:{kind}', args=slugs_of(first))}",
        _("続きを読むところ。"),
    )


def slugs_of(found: Municipality | Plan) -> list[str]:
    """Return what an address names a municipality or a plan by."""
    return [found.municipality.slug, found.slug] if isinstance(found, Plan) else [found.slug]


@dataclass(frozen=True)
class Towns:
    """The scope of a list of municipalities; `site` is what addresses begin with."""

    towns: list[Municipality]
    site: str = ""


def _towns(scope: Towns) -> Iterator[tuple[Any, ...]]:
    for town in scope.towns:
        yield town, scope


MUNICIPALITIES = Table(
    name="municipalities",
    title=_("自治体"),
    description=_("公表中の計画のある自治体。"),
    rows=_towns,
    columns=(
        *town_columns(lambda town: town),
        _SLUG,
        *plain_columns(("prefecture", _("都道府県"), Kind.TEXT), of=0),
        *coded("kind", _("種別"), Municipality.Kind, lambda town, _scope: town.kind),
        *plain_columns(("website", _("公式サイト"), Kind.ADDRESS), of=0),
        Column(
            "url",
            _("ページのアドレス"),
            Kind.ADDRESS,
            lambda town, scope: f"{scope.site}{reverse('portal:municipality', args=[town.slug])}",
        ),
        _address(_("APIでのアドレス"), "municipality"),
    ),
)

ALL_PLANS = Table(
    name=PLANS.name,
    title=PLANS.title,
    description=PLANS.description,
    rows=PLANS.rows,
    columns=(*PLANS.columns, _SLUG, _address(_("APIでのアドレス"), "plan")),
)


def _columns(table: Table, names: str) -> tuple[Column, ...]:
    by_name = {column.name: column for column in table.columns}
    return tuple(by_name[name] for name in names.split())


def _resource(table: Table, filters: str, lookups: dict[str, str] | None = None) -> Resource:
    return Resource(table, _columns(table, filters), lookups)


TOWN_LIST = _resource(
    MUNICIPALITIES,
    "municipality municipality_slug municipality_code prefecture kind is_sample",
    {
        "municipality": "name",
        "municipality_slug": "slug",
        "municipality_code": "code",
        "prefecture": "prefecture",
        "kind": "kind",
        "is_sample": "is_sample",
    },
)
PLAN_LIST = _resource(
    ALL_PLANS,
    "municipality municipality_slug municipality_code prefecture is_sample plan stage "
    "start_fiscal_year end_fiscal_year",
    {
        "municipality": "municipality__name",
        "municipality_slug": "municipality__slug",
        "municipality_code": "municipality__code",
        "prefecture": "municipality__prefecture",
        "is_sample": "municipality__is_sample",
        "plan": "slug",
        "stage": "stage",
        "start_fiscal_year": "start_fiscal_year",
        "end_fiscal_year": "end_fiscal_year",
    },
)
DEPARTMENT_LIST = _resource(DEPARTMENTS, "code name kind parent")

# --- Of a plan ----------------------------------------------------------------------------------

_TIME = "fiscal_year period publication"
OF_PLAN: tuple[Resource, ...] = tuple(
    _resource(BY_NAME[name], filters)
    for name, filters in {
        "structure": "level code parent_level parent_code sdgs",
        "indicators": "indicator indicator_name level code series direction baseline_status sdgs",
        "targets": "indicator fiscal_year in_force is_final kind",
        "values": f"indicator {_TIME} missing_reason is_provisional revision",
        "rates": f"indicator {_TIME} rate reason",
        "judgements": f"indicator {_TIME} by is_valid stage symbol label unrated_reason",
        "trends": f"indicator {_TIME} movement reason",
        "forecasts": f"indicator {_TIME} meets reason",
        "responsibilities": f"indicator {_TIME} department",
        "reports": f"action departments {_TIME} column column_kind value is_relisted",
        "policy-sheets": "department fiscal_year publication",
        "policy-issues": "department fiscal_year publication",
        "review-comments": f"{_TIME} level code departments",
        "correspondences": "new_level new_code old_plan old_level old_code basis",
        "related-plans": "kind linked_plan policies",
        "glossary": "term policy",
        "footnotes": "mark policy",
        "publications": "publication kind fiscal_year period mark is_current",
    }.items()
)
"""The tables of a plan, in the order of the data dictionary."""

OF_INDICATOR = (
    "targets",
    "values",
    "rates",
    "judgements",
    "trends",
    "forecasts",
    "responsibilities",
)
"""The tables that tell of an indicator beside its own row."""
RESOURCES = {resource.name: resource for resource in OF_PLAN}


def rest_of(table: Table) -> tuple[Column, ...]:
    """Return the columns of a table that do not name the plan and the indicator again."""
    names = {"indicator", "indicator_name"}
    return tuple(each for each in table.columns if not each.is_shared and each.name not in names)
