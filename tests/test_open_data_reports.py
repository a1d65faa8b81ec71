"""Citizens take the town's own reports as workbooks from the page of open data."""

from io import BytesIO

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from openpyxl import load_workbook

from plans.choices import WorkState
from plans.models import Plan
from rounds.models import Publication

from . import factories as make
from .public_pages import publish_year

pytestmark = pytest.mark.django_db

SECRET = "まだ言わない"


@pytest.fixture
def plan() -> Plan:
    """きた市's plan, published with FY2023; FY2024 is worked on."""
    plan = make.make_plan(make.make_municipality("kita", name="きた市"), "sogo", title="きた計画")
    section = make.make_department(plan.municipality, "みどり課")
    indicator = make.make_indicator(plan, departments=[section], name="公園の数")
    make.make_target(indicator)
    make.make_actual(indicator.series, 2023, 140)
    make.make_actual(indicator.series, 2024, 987654)
    row = make.make_row(make.make_action(plan, title="公園をつくる"), [section])
    make.make_report(row, result="2か所つくりました。", state=WorkState.CHECKED)
    make.make_report(row, fiscal_year=2024, result=SECRET, state=WorkState.CHECKED)
    publish_year(plan)
    publish_year(plan, 2024, kind=Publication.Kind.COUNCIL)
    return plan


def links() -> dict[str, str]:
    page = BeautifulSoup(Client().get("/kita/sogo/data/").content, "html.parser")
    return {link.text: link["href"] for link in page.select("#reports ~ dl a")}


def test_every_link_leads_to_a_workbook_of_what_is_published(plan: Plan) -> None:
    found = links()
    assert set(found) == {"指標一覧", "達成状況のまとめ", "施策進捗管理シート"}
    for address in found.values():
        answer = Client().get(address)
        assert answer.status_code == 200
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        book = load_workbook(BytesIO(answer.content))
        text = "".join(
            str(cell) for sheet in book for row in sheet.values for cell in row if cell is not None
        )
        assert "きた計画" in text
        assert SECRET not in text
        assert "987654" not in text


def test_what_is_not_for_citizens_is_not_there(plan: Plan) -> None:
    place = "/kita/sogo/data/reports/"
    for name in (
        "indicators-2024-year_end.xlsx",
        "indicators-2023-mid_year.xlsx",
        "indicators-9999-year_end.xlsx",
        "explanations-2023-year_end.xlsx",
        "sections-2023-year_end.xlsx",
        "nonsense-2023-year_end.xlsx",
        "indicators-2023-nonsense.xlsx",
    ):
        assert Client().get(place + name).status_code == 404, name
    assert Client().post(links()["指標一覧"]).status_code == 405


def test_a_plan_that_is_not_published_has_none() -> None:
    make.make_plan(make.make_municipality("minami"), "sogo")
    address = "/minami/sogo/data/reports/revision.xlsx"
    assert Client().get(address).status_code == 404
