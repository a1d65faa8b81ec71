"""The answers of the API: for everyone, by GET and HEAD only.

Each view declares what can be asked (`query`) and what is answered (`answer`); the document of the
API and the page a browser gets are made from the same.
"""

from __future__ import annotations

from typing import Any, NoReturn
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.pagination import PageNumberPagination
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from exchange.open_data.package import Package
from exchange.open_data.plan_tables import PLANS
from exchange.open_data.reference_tables import DEPARTMENTS
from exchange.open_data.scope import Scope, of_plan, of_town
from exchange.open_data.table import Words
from exchange.open_data.views import site_of
from rounds.published import published_municipalities, published_plans

from .pages import Page
from .refusals import TooOften
from .resources import (
    MUNICIPALITIES,
    OF_INDICATOR,
    PLAN_LIST,
    RESOURCES,
    Resource,
    Rows,
    Towns,
    answered,
    rest_of,
    slugs_of,
)
from .schema import LEAD, RULES, TITLE, ApiSchema, document
from .serializers import Asked, Entry, detail_of, indicator_detail

AROUND = gettext_lazy("自治体と計画")
OF_ONE_PLAN = gettext_lazy("計画の内容")
DATA_PAGE = gettext_lazy("データのページ")


class Pages(PageNumberPagination):
    """A page of a list, as the checked query (`asked`) wants it: what is read once more from the
    address may mean another number ("5.0")."""

    invalid_page_message = gettext_lazy(
        "{page_number}ページ目はありません。1ページ目から next をたどってください。"
    )

    def __init__(self, asked: dict[str, Any]) -> None:
        self.asked = asked

    def get_page_size(self, _request: Request) -> int:
        size: int = self.asked["page_size"]
        return size

    def get_page_number(self, _request: Request, _paginator: Any) -> int:
        number: int = self.asked["page"]
        return number

    def get_next_link(self) -> str | None:
        return _asked_only(super().get_next_link())

    def get_previous_link(self) -> str | None:
        return _asked_only(super().get_previous_link())


def _asked_only(url: str | None) -> str | None:
    """Return an address without what the form of the page sent blank."""
    if url is None:
        return None
    parts = urlsplit(url)
    return parts._replace(query=urlencode(parse_qsl(parts.query))).geturl()


class ApiView(APIView):
    """What all answers share. `operation` is the name in the document of the API."""

    operation = ""
    title: Words = ""
    description: Words = ""
    rules: tuple[Words, ...] = ()
    tag: Words = AROUND
    query: type[Asked] = Asked
    answer: type[Serializer] | None = None
    schema = ApiSchema()

    def asked(self) -> dict[str, Any]:
        """Return the query; a wrong one is answered by 400. The form of the page sends also what
        was left blank, which is not asked."""
        given = self.request.query_params.lists()
        if self.request.accepted_renderer.format == Page.format:
            given = [(name, values) for name, values in given if values != [""]]
        query = self.query(data=dict(given))
        query.is_valid(raise_exception=True)
        return query.validated_data

    def throttled(self, request: Request, wait: float | None) -> NoReturn:
        raise TooOften(wait)

    def get_view_name(self) -> str:
        return str(self.title)

    def get_view_description(self, html: bool = False) -> str:
        return str(self.description)

    def url(self, name: str, *args: str) -> str:
        """Return a whole address of this site."""
        return f"{site_of(self.request)}{reverse(name, args=args)}"


class ListView(ApiView):
    """The rows of a resource, page by page."""

    resource: Resource | None = None

    def page(
        self, asked: dict[str, Any], rows: Any, read: Any, terms: dict[str, Any] | None = None
    ) -> Response:
        """Return the page asked for of `rows`; `read` makes objects of what stands on it."""
        pages = Pages(asked)
        found = pages.paginate_queryset(rows, self.request, view=self)
        return Response(
            {
                "count": pages.page.paginator.count,
                "next": pages.get_next_link(),
                "previous": pages.get_previous_link(),
                **(terms or {}),
                "results": read(found),
            }
        )


def terms_of(scope: Scope) -> dict[str, Any]:
    """Return whether a scope is invented, which no row of an empty list would say, when something
    of it was published last, and how its data may be used."""
    package = Package(scope)
    return {
        "is_sample": package.town.is_sample,
        "modified": package.modified,
        "license": package.license.name,
        "license_url": package.license.url,
        "attribution": package.license.attribution,
    }


# --- Municipalities and plans -------------------------------------------------------------------


class Root(ApiView):
    operation = "root"
    title, description, rules = TITLE, LEAD, RULES
    answer = Entry

    def get(self, request: Request) -> Response:
        self.asked()
        names = ("municipalities", "plans", "openapi")
        return Response({name: self.url(f"api:{name}") for name in names})


class TownList(ListView):
    """Municipalities with a published plan."""

    def get(self, request: Request) -> Response:
        asked = self.asked()
        towns = published_municipalities().filter(**lookups(self.resource, asked))

        def read(found: list[Any]) -> Any:
            table = self.resource.table
            return answered(table.columns, table.records(Towns(found, site_of(request))))

        return self.page(asked, towns, read)


class PlanList(ListView):
    """Published plans of all municipalities."""

    def get(self, request: Request) -> Response:
        asked = self.asked()
        plans = published_plans().filter(**lookups(self.resource, asked))

        def read(found: list[Any]) -> Any:
            table = self.resource.table
            scope = Scope(None, found, site=site_of(request))
            return answered(table.columns, table.records(scope))

        return self.page(asked, plans.select_related("municipality"), read)


def lookups(resource: Resource, asked: dict[str, Any]) -> dict[str, Any]:
    """Return what the database is to look for."""
    known = resource.lookups or {}
    return {known[name]: value for name, value in asked.items() if name in known}


class TownDetail(ApiView):
    operation = "municipality"
    title = gettext_lazy("自治体")
    description = gettext_lazy("1つの自治体と、続きのアドレス。")
    answer = detail_of(
        MUNICIPALITIES, {"plans": PLANS.title, "departments": DEPARTMENTS.title, "data": DATA_PAGE}
    )

    def get(self, request: Request, municipality: str) -> Response:
        self.asked()
        scope = of_town(municipality, site_of(request))
        town = scope.town
        records = MUNICIPALITIES.records(Towns([town], scope.site))
        (row,) = answered(MUNICIPALITIES.columns, records)
        links = {
            "plans": f"{self.url('api:plans')}?municipality_slug={town.slug}",
            "departments": self.url("api:departments", town.slug),
            "data": self.url("open_data:town", town.slug),
        }
        return Response({**row, **terms_of(scope), "links": links})


class PlanDetail(ApiView):
    operation = "plan"
    title = gettext_lazy("計画")
    description = gettext_lazy("1つの計画と、続きのアドレス。")
    answer = detail_of(
        PLAN_LIST.table,
        {
            "municipality": MUNICIPALITIES.title,
            "data": DATA_PAGE,
            **{name: resource.table.title for name, resource in RESOURCES.items()},
        },
    )

    def get(self, request: Request, municipality: str, plan: str) -> Response:
        self.asked()
        scope = of_plan(municipality, plan, site_of(request))
        table = PLAN_LIST.table
        (row,) = answered(table.columns, table.records(scope))
        slugs = slugs_of(scope.plans[0])
        links = {
            "municipality": self.url("api:municipality", slugs[0]),
            "data": self.url("open_data:plan", *slugs),
            **{name: self.url(f"api:{name}", *slugs) for name in RESOURCES},
        }
        return Response({**row, **terms_of(scope), "links": links})


# --- Tables -------------------------------------------------------------------------------------


class TableList(ListView):
    """The rows of a table of a plan, or of a municipality where no plan is named."""

    def get(self, request: Request, municipality: str, plan: str | None = None) -> Response:
        asked, site = self.asked(), site_of(request)
        if plan is None:
            scope = of_town(municipality, site)
        else:
            scope = of_plan(municipality, plan, site, asked.get("indicator", ""))
        table = self.resource.table
        return self.page(
            asked,
            Rows(self.resource, scope, asked),
            lambda found: answered(table.columns, table.read(found)),
            terms_of(scope),
        )


class IndicatorDetail(ApiView):
    operation = "indicator"
    title = gettext_lazy("指標")
    description = gettext_lazy(
        "1つの指標の定義と基準値、目標値、実績値、率、評価、動き、見通し、担当課。"
    )
    tag = OF_ONE_PLAN
    answer = indicator_detail()

    def get(self, request: Request, municipality: str, plan: str, indicator: str) -> Response:
        self.asked()
        scope = of_plan(municipality, plan, site_of(request), indicator)
        table = RESOURCES["indicators"].table
        rows = answered(table.columns, table.records(scope))
        if not rows:
            raise Http404(_("この指標は公表されていません。"))
        told = {}
        for name in OF_INDICATOR:
            table = RESOURCES[name].table
            kept = {column.name for column in rest_of(table)}
            records = answered(table.columns, table.records(scope))
            told[name] = [
                {name: value for name, value in record.items() if name in kept}
                for record in records
            ]
        return Response({**rows[0], **terms_of(scope), **told})


# --- The document -------------------------------------------------------------------------------


class OpenApi(ApiView):
    title = gettext_lazy("APIの定義（OpenAPI）")
    schema = None
    renderer_classes = (JSONRenderer,)

    def get(self, request: Request) -> Response:
        self.asked()
        return Response(document())


class Missing(ApiView):
    """Any other address below that of the API."""

    schema = None

    def get(self, request: Request) -> Response:
        raise Http404(_("このアドレスのAPIはありません。"))
