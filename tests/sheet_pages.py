"""The public sheets as the tests read them, and the plan they are of."""

from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from django.test import Client

from measures.models import Measure, ProgressReport, ReportingRow
from municipalities.models import Department
from plans.choices import Period, WorkState
from plans.models import Band, Plan
from rounds.models import Publication
from rounds.record import publish

from .factories import (
    make_goal,
    make_measure,
    make_municipality,
    make_plan,
    make_policy,
    make_report,
    make_row,
    make_scheme,
)

MEASURE, OVERVIEW = "/kita/sogo/measures/m/sheets/2023/", "/kita/sogo/sheets/2023/"


def make_sheet_plan() -> Plan:
    """きた市's plan: goal g, policy p, measure m; rated by A, B and C."""
    town = make_municipality("kita", name="きた市")
    plan = make_plan(town, "sogo", title="きた市総合計画", label_action="主な取組")
    goal = make_goal(plan, code="g", label="1", title="大きな目標")
    policy = make_policy(plan, code="p", label="1-1", title="中くらいの政策", basic_goal=goal)
    make_measure(plan, code="m", label="1-1-1", title="小さな施策", policy=policy)
    make_scheme(plan=plan)
    return plan


def measure_of(plan: Plan) -> Measure:
    return Measure.objects.get(plan=plan, code="m")


def band(plan: Plan, symbol: str) -> Band:
    return Band.objects.filter(scheme__plan_schemes__plan=plan).distinct().get(symbol=symbol)


def add_row(
    action: Any, *departments: Department, report: dict[str, Any] | None = None, **fields: Any
) -> ReportingRow:
    """Add a row; `report` are the fields of its checked report of FY2023, None for none."""
    row = make_row(action, departments, **fields)
    if report is not None:
        add_report(row, **report)
    return row


def add_report(row: ReportingRow, **fields: Any) -> ProgressReport:
    return make_report(row, **({"state": WorkState.CHECKED} | fields))


def publish_year(
    plan: Plan, year: int = 2023, period: str = Period.YEAR_END, **options: Any
) -> Publication:
    if not plan.publications.exists():
        publish(plan, Publication.Kind.PLAN, by=None)
    kind = options.pop("kind", Publication.Kind.PUBLIC)
    return publish(plan, kind, by=None, fiscal_year=year, period=period, **options)


# --- Reading -----------------------------------------------------------------------------------


def read(client: Client, path: str) -> Element:
    """Return the main part of a page."""
    response = client.get(path)
    assert response.status_code == 200, path
    document = html5lib.parse(response.content.decode(), namespaceHTMLElements=False)
    main = document.find(".//main")
    assert main is not None
    return main


def words(element: Element) -> str:
    """Return the words of a part without white space: what stands side by side."""
    return "".join("".join(element.itertext()).split())


def text(client: Client, path: str) -> str:
    return words(read(client, path))


def tables(client: Client, path: str) -> list[list[list[str]]]:
    """Return the tables of a page as rows of cells, head first, in words."""
    return [
        [[words(cell) for cell in row if cell.tag in {"th", "td"}] for row in table.iter("tr")]
        for table in read(client, path).iter("table")
    ]
