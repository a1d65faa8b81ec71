"""The API says of every shipped plan what its CSV, JSON and pages say, to the last digit."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import jsonschema
import pytest
from drf_spectacular.validation import validate_schema

from exchange.api.resources import OF_INDICATOR, OF_PLAN
from exchange.open_data.tables import BY_NAME
from municipalities.cells import neutral
from rounds.published import published_plans

from .api import V1, read, rows_of, unhurried  # noqa: F401
from .open_data_files import csv_rows, get, json_rows
from .shipped import loaded_for_module
from .test_open_data import printed, table_figures

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unhurried")]
FORMATS = jsonschema.Draft202012Validator.FORMAT_CHECKER


@pytest.fixture(scope="module")
def shipped(django_db_setup: None, django_db_blocker: Any) -> Iterator[list[str]]:
    """The addresses of the shipped plans, such as "konan/sogo"; all is rolled back."""
    with loaded_for_module(django_db_blocker):
        plans = published_plans().select_related("municipality")
        yield [f"{plan.municipality.slug}/{plan.slug}" for plan in plans]


@pytest.fixture(scope="module")
def document(django_db_setup: None) -> dict[str, Any]:
    """The document of the API."""
    return read(f"{V1}openapi.json")


def in_csv(value: Any) -> str:
    """Return what a cell of the CSV holds where the API says `value`."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case list():
            return neutral("\n".join(value))
    return neutral(str(value))


@pytest.mark.parametrize("name", [resource.name for resource in OF_PLAN])
def test_a_table_has_the_rows_of_json_and_csv(shipped: list[str], name: str) -> None:
    labels = {column.name: str(column.label) for column in BY_NAME[name].columns}
    compared = 0
    for place in shipped:
        rows = rows_of(f"{V1}plans/{place}/{name}/?page_size=150")
        assert rows == json_rows(f"/{place}/data/", name)
        lines = [{labels[key]: in_csv(value) for key, value in row.items()} for row in rows]
        assert lines == csv_rows(f"/{place}/data/", name)
        compared += len(rows)
    assert compared > 0


def test_plans_and_departments_are_those_of_the_files(shipped: list[str]) -> None:
    plans = {
        row["api_url"].partition("/plans/")[2].strip("/"): row for row in rows_of(f"{V1}plans/")
    }
    assert set(plans) == set(shipped)
    for place, row in plans.items():
        town, _slash, slug = place.partition("/")
        (own,) = json_rows(f"/{place}/data/", "plans")
        assert {name: row[name] for name in own} == own
        assert row["municipality_slug"] == town
        detail = read(row["api_url"])
        assert {name: detail[name] for name in row} == row
        assert detail["links"]["data"].endswith(f"/{place}/data/")
    for row in rows_of(f"{V1}municipalities/"):
        slug = row["municipality_slug"]
        departments = read(f"{V1}municipalities/{slug}/departments/?page_size=1000")["results"]
        assert departments == json_rows(f"/{slug}/data/", "departments")


def test_every_page_of_an_indicator_shows_what_the_api_says(shipped: list[str]) -> None:
    values_seen = rates_seen = judged = missing = 0
    for place in shipped:
        for row in rows_of(f"{V1}plans/{place}/indicators/?page_size=1000"):
            told = read(f"{V1}plans/{place}/indicators/{row['indicator']}/")
            assert {name: told[name] for name in row} == row
            path = row["url"].removeprefix("http://testserver")
            cells, rates = table_figures(path) if told["values"] else (set(), set())
            text = unescape(re.sub(r"<[^>]*>|\s", "", get(path).decode()))
            last_of_year = {value["fiscal_year"]: value for value in told["values"]}
            for value in told["values"]:
                if value["value"] is not None and not value["value_label"]:
                    assert printed(value["value"]) in cells, (path, value)
                    values_seen += 1
                elif value["missing_reason"] and value is last_of_year[value["fiscal_year"]]:
                    assert (value["value_label"] or value["missing_reason_label"]) in text, path
                    missing += 1
            own = {printed(each["value"]) for each in told["rates"] if each["value"]}
            assert rates == own, path
            rates_seen += len(own)
            for judgement in told["judgements"]:
                if judgement["is_valid"]:
                    assert judgement["label"] in text, (path, judgement)
                    judged += 1
    assert values_seen > 300
    assert rates_seen > 100
    assert judged > 100
    assert missing > 0


def test_an_indicator_has_its_rows_of_the_lists(shipped: list[str]) -> None:
    for place in shipped:
        for row in rows_of(f"{V1}plans/{place}/indicators/?page_size=1000")[:3]:
            code = row["indicator"]
            told = read(f"{V1}plans/{place}/indicators/{code}/")
            for name in OF_INDICATOR:
                listed = rows_of(f"{V1}plans/{place}/{name}/?indicator={code}")
                whole = json_rows(f"/{place}/data/", name)
                assert listed == [each for each in whole if each["indicator"] == code]
                kept = [{key: each[key] for key in told[name][0]} for each in listed]
                assert told[name] == kept


def test_the_document_is_valid_openapi(document: dict[str, Any]) -> None:
    validate_schema(document)
    assert document["openapi"].startswith("3.1")


def test_every_answer_is_as_the_document_says(shipped: list[str], document: dict[str, Any]) -> None:
    checked = 0

    def check(template: str, path: str) -> Any:
        nonlocal checked
        content = document["paths"][template]["get"]["responses"]["200"]["content"]
        schema = content["application/json"]["schema"] | {"components": document["components"]}
        answer = read(path)
        jsonschema.Draft202012Validator(schema, format_checker=FORMATS).validate(answer)
        checked += 1
        return answer

    check(V1, V1)
    for town in check(f"{V1}municipalities/", f"{V1}municipalities/")["results"]:
        check(f"{V1}municipalities/{{municipality}}/", town["api_url"])
        departments = f"{V1}municipalities/{{municipality}}/departments/"
        check(departments, f"{town['api_url']}departments/?page_size=1000")
    check(f"{V1}plans/", f"{V1}plans/")
    plan = f"{V1}plans/{{municipality}}/{{plan}}/"
    for place in shipped:
        check(plan, f"{V1}plans/{place}/")
        for resource in OF_PLAN:
            path = f"{V1}plans/{place}/{resource.name}/?page_size=1000"
            answer = check(f"{plan}{resource.name}/", path)
            if resource.name == "indicators":
                for row in answer["results"][:5]:
                    one = f"{V1}plans/{place}/indicators/{row['indicator']}/"
                    check(f"{plan}indicators/{{indicator}}/", one)
    assert checked > 20 * len(shipped)
