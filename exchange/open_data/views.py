"""The pages and files of open data: for everyone, by GET and HEAD only.

A file is made anew from what is published, and its ETag is that of its content: structure edits
are live at once, which no number of a publication would tell.
"""

from __future__ import annotations

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from exchange.downloads import sent
from exchange.reports import published_report

from . import scope as scopes
from .catalogue import MEDIA_TYPES, catalogue, data_block, dataset
from .formats import encoded
from .package import Package
from .page import data_page
from .table import Table
from .tables import BY_NAME


def site_of(request: HttpRequest) -> str:
    return request.build_absolute_uri("/")[:-1]


def _package(request: HttpRequest, municipality: str, plan: str | None) -> Package:
    """Return what is published of a plan (None: of the municipality), else raise Http404."""
    if plan is None:
        return Package(scopes.of_town(municipality, site_of(request)))
    return Package(scopes.of_plan(municipality, plan, site_of(request)))


@require_safe
def page(request: HttpRequest, municipality: str, plan: str | None = None) -> HttpResponse:
    """The files of a plan or a municipality, with licence, date and data dictionary."""
    package = _package(request, municipality, plan)
    return render(
        request,
        "open_data/page.html",
        {
            "canonical": request.build_absolute_uri(request.path),
            "is_sample": package.town.is_sample,
            "town": package.town,
            "plan": package.plan,
            "page": data_page(package),
            "json_ld": data_block(dataset(package)),
        },
    )


@require_safe
def csv_file(
    request: HttpRequest, municipality: str, table: str, plan: str | None = None
) -> HttpResponse:
    """A table as CSV."""
    package, found = _package(request, municipality, plan), _table(table)
    return _file(package.csv(found), "csv", f"{package.name}_{found.name}.csv")


@require_safe
def json_file(
    request: HttpRequest, municipality: str, table: str, plan: str | None = None
) -> HttpResponse:
    """A table as JSON."""
    package, found = _package(request, municipality, plan), _table(table)
    return _file(package.json(found), "json", f"{package.name}_{found.name}.json")


@require_safe
def zip_file(request: HttpRequest, municipality: str, plan: str | None = None) -> HttpResponse:
    """All files of a plan or a municipality."""
    package = _package(request, municipality, plan)
    return _file(package.zip, "zip", f"{package.name}_{package.modified[:10]}.zip")


@require_safe
def report_file(
    request: HttpRequest,
    municipality: str,
    plan: str,
    kind: str = "revision",
    fiscal_year: int = 0,
    period: str = "",
) -> HttpResponse:
    """A report as a workbook, as citizens read the year; the revision table has no year."""
    found = _package(request, municipality, plan).plan
    try:
        return sent(published_report(kind, found, fiscal_year, period))
    except (KeyError, ValueError) as error:  # no such report, year, period, or not published
        raise Http404(_("この帳票は公表されていません。")) from error


@require_safe
def data_catalogue(request: HttpRequest) -> HttpResponse:
    """The DCAT catalogue of all published plans."""
    text = json.dumps(catalogue(site_of(request)), ensure_ascii=False, indent=1)
    response = _file(encoded(text), "json", "data.json")
    response.headers["Content-Type"] = "application/ld+json"
    return response


def _table(name: str) -> Table:
    found = BY_NAME.get(name)
    if found is None:
        raise Http404(_("この名前のデータはありません。"))
    return found


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    """Return a file that pages of other sites may read too; JSON opens in the browser."""
    content_type = MEDIA_TYPES[kind] + ("; charset=utf-8" if kind == "csv" else "")
    place = "inline" if kind == "json" else "attachment"
    headers: dict[str, Any] = {
        "Content-Disposition": f'{place}; filename="{name}"',
        "Access-Control-Allow-Origin": "*",
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(content, content_type=content_type, headers=headers)
