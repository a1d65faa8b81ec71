"""The public sheets as the tests read them, and the plan they are of."""

from typing import Any

from django.test import Client

from measures.models import Measure, ProgressReport, ReportingRow
from municipalities.models import Department
from plans.choices import WorkState
from plans.models import Band, Plan

from .factories import make_goal, make_measure, make_policy, make_report, make_row, make_scheme
from .kita_plan import make_kita_plan
from .public_pages import cells, main_part

MEASURE, OVERVIEW = "/kita/sogo/measures/m/sheets/2023/", "/kita/sogo/sheets/2023/"


def make_sheet_plan() -> Plan:
    """きた市's plan: goal g, policy p, measure m; rated by A, B and C."""
    plan = make_kita_plan(label_action="主な取組")
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


def tables(client: Client, path: str) -> list[list[list[str]]]:
    """Return the tables of a page, each as `cells` gives it."""
    return [cells(table) for table in main_part(client, path).find_all("table")]
