"""The page of open data, its description for search engines, the catalogue, and the terms."""

import json
from typing import Any

import html5lib
import pytest

from municipalities.access import Role
from municipalities.models import Municipality
from plans.models import Plan

from . import factories as make
from .admin_pages import address, filled_in, save, sign_in
from .open_data_files import get, json_rows, unpacked
from .public_pages import publish_plan

pytestmark = pytest.mark.django_db
REQUIRED = {"@context", "@type", "name", "description"}
RECOMMENDED = {
    "creator",
    "dateModified",
    "datePublished",
    "distribution",
    "identifier",
    "includedInDataCatalog",
    "isAccessibleForFree",
    "keywords",
    "license",
    "publisher",
    "spatialCoverage",
    "url",
}
HOSTILE = "</script><script>alert(1)</script>&<!--"


@pytest.fixture
def plan(db: None) -> Plan:
    town = make.make_municipality("kita", name="きた市", website="https://kita.example.jp/")
    plan = make.make_plan(town, "sogo", title="総合計画")
    make.make_indicator(plan)
    publish_plan(plan)
    return plan


def structured(path: str) -> dict[str, Any]:
    """Return the JSON-LD of a page, which holds no other script."""
    page = html5lib.parse(get(path).decode(), namespaceHTMLElements=False)
    (script,) = page.iter("script")
    assert script.attrib == {"type": "application/ld+json"}
    found: dict[str, Any] = json.loads(script.text)
    return found


@pytest.mark.parametrize("path", ["/kita/data/", "/kita/sogo/data/"])
def test_search_engines_find_a_dataset(plan: Plan, path: str) -> None:
    found = structured(path)
    assert set(found) >= REQUIRED | RECOMMENDED
    assert found["@context"] == "https://schema.org/"
    assert found["@type"] == "Dataset"
    assert 50 <= len(found["description"]) <= 5000
    assert found["license"] == "https://creativecommons.org/licenses/by/4.0/deed.ja"
    assert found["creator"]["name"] == "きた市"
    for download in found["distribution"]:
        content = get(download["contentUrl"].removeprefix("http://testserver"))
        assert download["@type"] == "DataDownload"
        assert download["contentSize"] == f"{len(content)} B"
    assert len(found["distribution"]) == 43


def test_a_dataset_of_a_plan_says_of_which_years(plan: Plan) -> None:
    assert structured("/kita/sogo/data/")["temporalCoverage"] == "2020-04-01/2030-03-31"
    Plan.objects.update(end_fiscal_year=None)
    assert "temporalCoverage" not in structured("/kita/sogo/data/")


def test_a_hostile_title_does_not_leave_the_block_of_data(plan: Plan) -> None:
    Plan.objects.update(title=HOSTILE)
    assert HOSTILE in structured("/kita/sogo/data/")["name"]
    assert b"</script><script>" not in get("/kita/sogo/data/")
    assert HOSTILE in json.loads(get("/data.json"))["dcat:dataset"][0]["dct:title"]["@value"]


def test_an_invented_town_says_so_everywhere(db: None) -> None:
    town = make.make_municipality("mihon", name="みほん市", is_sample=True)
    publish_plan(make.make_plan(town, "sogo"))
    found = structured("/mihon/sogo/data/")
    assert "架空" in found["name"]
    assert "架空" in found["description"]
    assert "架空" in found["keywords"]
    assert "identifier" not in found["creator"]
    (dataset,) = json.loads(get("/data.json"))["dcat:dataset"]
    assert "架空" in dataset["dct:title"]["@value"]
    assert json_rows("/mihon/sogo/data/", "plans")[0]["is_sample"] is True
    assert json_rows("/mihon/sogo/data/", "plans")[0]["municipality_code"] is None
    readme = unpacked(get("/mihon/data/all.zip"))["mihon/はじめに.txt"].decode()
    assert "架空です" in readme
    assert "架空" in get("/mihon/sogo/data/").decode()


# --- The catalogue ------------------------------------------------------------------------------


def test_the_catalogue_lists_each_published_plan_once(plan: Plan) -> None:
    second = make.make_plan(plan.municipality, "hoka")
    elsewhere = make.make_plan(make.make_municipality("minami"), "sogo")
    make.make_plan(plan.municipality, "draft")
    for each in (second, elsewhere):
        publish_plan(each)
    found = json.loads(get("/data.json"))
    pages = [each["dcat:landingPage"]["@id"] for each in found["dcat:dataset"]]
    assert sorted(pages) == [
        "http://testserver/kita/hoka/data/",
        "http://testserver/kita/sogo/data/",
        "http://testserver/minami/sogo/data/",
    ]
    assert found["@type"] == "dcat:Catalog"
    assert {"dct:title", "dct:description", "dct:publisher", "dcat:dataset"} <= set(found)
    for dataset in found["dcat:dataset"]:
        assert dataset["@type"] == "dcat:Dataset"
        assert {"dct:title", "dct:description", "dct:publisher", "dct:identifier"} <= set(dataset)
        assert dataset["dct:modified"]["@type"] == "xsd:dateTime"
        for distribution in dataset["dcat:distribution"]:
            assert {"dcat:accessURL", "dct:license", "dct:format"} <= set(distribution)
            get(distribution["dcat:downloadURL"]["@id"].removeprefix("http://testserver"))


def test_every_prefix_of_the_catalogue_is_declared(plan: Plan) -> None:
    found = json.loads(get("/data.json"))
    used = set()

    def visit(value: Any) -> None:
        if isinstance(value, dict):
            used.update(name.partition(":")[0] for name in value if ":" in name)
            kinds = value.get("@type", "")
            used.update([kinds.partition(":")[0]] if ":" in kinds else [])
            for each in value.values():
                visit(each)
        elif isinstance(value, list):
            for each in value:
                visit(each)

    visit({name: value for name, value in found.items() if name != "@context"})
    assert used == set(found["@context"]) - ({"rdfs"} - used)


def test_an_empty_site_has_an_empty_catalogue(db: None) -> None:
    assert json.loads(get("/data.json"))["dcat:dataset"] == []


# --- Terms --------------------------------------------------------------------------------------


def test_a_town_may_set_its_own_terms(plan: Plan) -> None:
    Municipality.objects.update(
        license_name="公共データ利用規約（第1.0版）",
        license_url="https://www.digital.go.jp/resources/open_data/public_data_license_v1.0",
        attribution="出典：きた市企画課",
    )
    assert structured("/kita/sogo/data/")["license"].endswith("public_data_license_v1.0")
    page = get("/kita/sogo/data/").decode()
    assert "公共データ利用規約（第1.0版）" in page
    assert "出典：きた市企画課" in page
    assert "CC BY" not in page
    head = json.loads(get("/kita/sogo/data/values.json"))
    assert (head["license"], head["attribution"]) == (
        "公共データ利用規約（第1.0版）",
        "出典：きた市企画課",
    )
    (dataset,) = json.loads(get("/data.json"))["dcat:dataset"]
    assert {each["dct:rights"]["@value"] for each in dataset["dcat:distribution"]} == {
        "出典：きた市企画課"
    }


def test_terms_have_both_a_name_and_an_address(plan: Plan) -> None:
    town = plan.municipality
    planner = sign_in(make.make_user(Role.PLANNER, town))
    url = address(Municipality, "change", town.pk)
    form = filled_in(planner, url)
    errors = save(planner, url, form | {"license_name": "独自の規約"})
    assert errors == ["利用条件は、名称とアドレスの両方を入力するか、両方とも空欄にしてください。"]
    errors = save(planner, url, form | {"license_name": "悪", "license_url": "javascript:alert(1)"})
    assert errors != []
    good = {"license_name": "独自の規約", "license_url": "https://kita.example.jp/terms"}
    assert save(planner, url, form | good) == []
    assert "独自の規約" in get("/kita/sogo/data/").decode()


# --- The page -----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/kita/data/", "/kita/sogo/data/"])
def test_sizes_and_rows_on_the_page_are_those_of_the_files(plan: Plan, path: str) -> None:
    page = get(path).decode()
    assert "indicators.csv" in page
    rows = json_rows(path, "indicators")
    assert f"{len(rows)}行" in page
    size = len(get(f"{path}indicators.json"))
    assert f"{size / 1024:.1f}\xa0KB" in page


def test_pages_lead_to_the_data(plan: Plan) -> None:
    indicator = plan.indicators.get()
    assert 'href="/kita/data/"' in get("/kita/").decode()
    assert 'href="/kita/sogo/data/"' in get("/kita/sogo/").decode()
    page = get(f"/kita/sogo/indicators/{indicator.code}/").decode()
    assert 'href="/kita/sogo/data/values.csv"' in page
    assert 'href="/kita/sogo/data/"' in page
    assert 'href="/kita/sogo/data/"' in get("/kita/data/").decode()
    assert 'href="/data.json"' in get("/kita/sogo/data/").decode()
