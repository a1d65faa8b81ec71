"""Descriptions for machines: schema.org for a page of data, DCAT for all published plans."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.db.models import Max, Min
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from municipalities import fiscal_year as fiscal_years
from municipalities.models import Municipality
from plans.models import Plan
from rounds.published import published_plans, visible_publications

from .package import Package, license_of, title_of
from .tables import BY_NAME, TABLES

MEDIA_TYPES = {"csv": "text/csv", "json": "application/json", "zip": "application/zip"}
_ESCAPES = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}
_EUROPE = "http://publications.europa.eu/resource/authority"


def data_block(document: dict[str, Any]) -> SafeString:
    """Return JSON that can stand in a `script` of data: nothing in it ends the element."""
    # Safe: the characters that mean something to HTML are escaped as JSON escapes them.
    return mark_safe(json.dumps(document, ensure_ascii=False).translate(_ESCAPES))  # noqa: S308


def _iso(moment: datetime) -> str:
    return timezone.localtime(moment).isoformat(timespec="seconds")


def description_of(town: Municipality, plan: Any = None) -> str:
    """Return in a sentence or two what the files hold."""
    words = _(
        "%(title)s。公表済みの目標、指標、基準値、目標値、実績値、評価、進捗の報告を、"
        "CSVとJSONで収めています。"
    ) % {"title": title_of(town, plan)}
    if town.is_sample:
        words += _("この自治体と数値は架空です。")
    return words


def keywords_of(town: Municipality) -> list[str]:
    words = [_("行政計画"), _("指標"), _("目標値"), _("実績値"), town.name]
    return [*words, _("架空")] if town.is_sample else words


def _span(plan: Plan) -> tuple[str, str] | None:
    """Return first and last day of a plan, None where one is unknown."""
    first, last = plan.start_fiscal_year, plan.end_fiscal_year
    if first is None or last is None:
        return None
    return fiscal_years.first_day(first).isoformat(), fiscal_years.last_day(last).isoformat()


# --- schema.org ---------------------------------------------------------------------------------


def dataset(package: Package) -> dict[str, Any]:
    """Return schema.org's Dataset of a plan or a municipality."""
    town, plan, site = package.town, package.plan, package.scope.site
    page = f"{site}{package.address('page')}"
    organization = _organization(town)
    document: dict[str, Any] = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": page,
        "name": package.title,
        "description": description_of(town, plan),
        "url": page,
        "identifier": page,
        "inLanguage": "ja",
        "isAccessibleForFree": True,
        "license": package.license.url,
        "creditText": package.license.attribution,
        "creator": organization,
        "publisher": organization,
        "datePublished": _iso(min(each.effective_at for each in package.scope.all_current)),
        "dateModified": package.modified,
        "keywords": keywords_of(town),
        "spatialCoverage": {"@type": "Place", "name": f"{town.prefecture}{town.name}"},
        "includedInDataCatalog": {"@type": "DataCatalog", "url": f"{site}{_catalogue_path()}"},
        "distribution": _downloads(package),
    }
    if plan is not None and (span := _span(plan)):
        document["temporalCoverage"] = "/".join(span)
    return document


def _organization(town: Municipality) -> dict[str, Any]:
    found = {"@type": "GovernmentOrganization", "name": town.name}
    if town.website:
        found["url"] = town.website
    if town.code:
        found["identifier"] = town.code
    return found


def _downloads(package: Package) -> list[dict[str, Any]]:
    site = package.scope.site
    whole = f"{site}{package.address('zip')}"
    found = [_download(_("すべてのファイル"), "zip", whole, package.zip)]
    for name, contents in package.files.items():
        for kind, content in contents.items():
            url = f"{site}{package.address(kind, name)}"
            found.append(_download(str(BY_NAME[name].title), kind, url, content))
    return found


def _download(name: str, kind: str, url: str, content: bytes) -> dict[str, Any]:
    return {
        "@type": "DataDownload",
        "name": name,
        "encodingFormat": MEDIA_TYPES[kind],
        "contentUrl": url,
        "contentSize": f"{len(content)} B",
    }


# --- DCAT ---------------------------------------------------------------------------------------


def _catalogue_path() -> str:
    return reverse("open_data:catalogue")


def catalogue(site: str) -> dict[str, Any]:
    """Return the DCAT catalogue (DCAT-AP, JSON-LD): a dataset for each published plan. Two
    queries."""
    moments = {
        found["plan"]: (found["first"], found["last"])
        for found in visible_publications()
        .order_by()
        .values("plan")
        .annotate(first=Min("effective_at"), last=Max("effective_at"))
    }
    plans = list(published_plans().select_related("municipality"))
    document: dict[str, Any] = {
        "@context": {
            "dcat": "http://www.w3.org/ns/dcat#",
            "dct": "http://purl.org/dc/terms/",
            "foaf": "http://xmlns.com/foaf/0.1/",
            "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
            "xsd": "http://www.w3.org/2001/XMLSchema#",
        },
        "@id": f"{site}{_catalogue_path()}",
        "@type": "dcat:Catalog",
        "dct:title": _text(_("しるべ　自治体の計画のオープンデータ")),
        "dct:description": _text(_("公表中の計画ごとのデータの目録です。")),
        "dct:publisher": _agent(_("しるべ"), f"{site}/"),
        "dct:language": {"@id": f"{_EUROPE}/language/JPN"},
        "foaf:homepage": {"@id": f"{site}/"},
        "dcat:dataset": [_dcat_dataset(plan, site, *moments[plan.pk]) for plan in plans],
    }
    if moments:
        document["dct:modified"] = _moment(max(last for _first, last in moments.values()))
    return document


def _text(words: str) -> dict[str, str]:
    return {"@value": words, "@language": "ja"}


def _moment(moment: datetime) -> dict[str, str]:
    return {"@value": _iso(moment), "@type": "xsd:dateTime"}


def _agent(name: str, homepage: str) -> dict[str, Any]:
    agent: dict[str, Any] = {"@type": "foaf:Agent", "foaf:name": _text(name)}
    if homepage:
        agent["foaf:homepage"] = {"@id": homepage}
    return agent


def _dcat_dataset(plan: Plan, site: str, first: datetime, last: datetime) -> dict[str, Any]:
    town = plan.municipality
    page = f"{site}{reverse('open_data:plan', args=[town.slug, plan.slug])}"
    dataset: dict[str, Any] = {
        "@id": page,
        "@type": "dcat:Dataset",
        "dct:identifier": page,
        "dct:title": _text(title_of(town, plan)),
        "dct:description": _text(description_of(town, plan)),
        "dct:publisher": _agent(town.name, town.website),
        "dct:issued": _moment(first),
        "dct:modified": _moment(last),
        "dct:language": {"@id": f"{_EUROPE}/language/JPN"},
        "dct:spatial": _place(town),
        "dcat:theme": {"@id": f"{_EUROPE}/data-theme/GOVE"},
        "dcat:keyword": [_text(word) for word in keywords_of(town)],
        "dcat:landingPage": {"@id": page},
        "dcat:distribution": _distributions(plan, page),
    }
    span = _span(plan)
    if span:
        start, end = ({"@value": day, "@type": "xsd:date"} for day in span)
        dataset["dct:temporal"] = {
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": start,
            "dcat:endDate": end,
        }
    return dataset


def _place(town: Municipality) -> dict[str, Any]:
    place: dict[str, Any] = {
        "@type": "dct:Location",
        "rdfs:label": _text(f"{town.prefecture}{town.name}"),
    }
    if town.code:
        place["dct:identifier"] = town.code
    return place


def _distributions(plan: Plan, page: str) -> list[dict[str, Any]]:
    """Return the ZIP of everything and the core tables."""
    terms = license_of(plan.municipality, plan)
    files = [(_("すべてのファイル"), "zip", "all.zip")]
    files += [(str(each.title), "csv", f"{each.name}.csv") for each in TABLES if each.is_core]
    return [
        {
            "@id": f"{page}{name}",
            "@type": "dcat:Distribution",
            "dct:title": _text(title),
            "dcat:accessURL": {"@id": page},
            "dcat:downloadURL": {"@id": f"{page}{name}"},
            "dcat:mediaType": {
                "@id": f"https://www.iana.org/assignments/media-types/{MEDIA_TYPES[kind]}"
            },
            "dct:format": {"@id": f"{_EUROPE}/file-type/{kind.upper()}"},
            "dct:license": {"@id": terms.url, "@type": "dct:LicenseDocument"},
            "dct:rights": _text(terms.attribution),
        }
        for title, kind, name in files
    ]
