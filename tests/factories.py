"""Small factories: each makes one valid row from what the test names, the rest is a default.

They write to the tables directly, as a fixture does; a test of the write path calls `record`.
"""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from indicators.choices import BaselineStatus, Direction, Stage, TargetKind
from indicators.models import (
    Actual,
    CommonIndicator,
    Indicator,
    Judgement,
    Responsibility,
    Series,
    SeriesBreak,
    Target,
)
from measures.models import (
    Action,
    Correspondence,
    DepartmentPolicySheet,
    Measure,
    PriorityIssue,
    ProgressReport,
    ReportColumn,
    ReportingDepartment,
    ReportingRow,
    ReviewComment,
)
from municipalities.access import Role
from municipalities.models import (
    Department,
    DepartmentSuccession,
    Membership,
    Municipality,
    User,
)
from municipalities.validators import check_digit
from plans.choices import Period, WorkState
from plans.models import (
    Band,
    BasicGoal,
    Footnote,
    GlossaryTerm,
    Plan,
    PlanScheme,
    Policy,
    PolicyField,
    RatingScheme,
    RelatedPlan,
    YearLock,
)
from rounds.models import Publication, Request

from .numbers import number

PASSWORD = "a-password-of-the-tests"


# --- Who --------------------------------------------------------------------------------------


def make_municipality(slug: str = "", **fields: Any) -> Municipality:
    """A city with a valid code; the sample town (no code) with is_sample=True."""
    n = number()
    five = f"10{600 + n % 400}"  # of Gunma, and no town of it has one from 600 on
    defaults = {
        "slug": slug or f"city-{n}",
        "name": f"第{n}市",
        "prefecture": "群馬県",
        "kind": Municipality.Kind.CITY,
        "code": None if fields.get("is_sample") else five + check_digit(five),
    }
    return Municipality.objects.create(**(defaults | fields))


def make_department(
    municipality: Municipality | None = None, name: str = "", **fields: Any
) -> Department:
    n = number()
    defaults = {"code": f"dep-{n}", "name": name or f"第{n}課", "order": n}
    return Department.objects.create(
        municipality=municipality or make_municipality(), **(defaults | fields)
    )


def make_succession(
    predecessor: Department, successor: Department, **fields: Any
) -> DepartmentSuccession:
    defaults = {"kind": DepartmentSuccession.Kind.RENAMED, "effective_on": "2024-04-01"}
    return DepartmentSuccession.objects.create(
        predecessor=predecessor, successor=successor, **(defaults | fields)
    )


def make_user(
    role: str | None = None,
    municipality: Municipality | None = None,
    department: Department | None = None,
    **fields: Any,
) -> User:
    """A person with one role (None: without any) whose password is PASSWORD.

    Entry and approver get a section of their own where none is given.
    """
    user = User.objects.create_user(
        **({"username": f"user-{number()}", "password": PASSWORD} | fields)
    )
    if role is not None:
        make_membership(user, role, municipality, department)
    return user


def make_membership(
    user: User,
    role: str,
    municipality: Municipality | None = None,
    department: Department | None = None,
    **fields: Any,
) -> Membership:
    if department is not None:
        municipality = municipality or department.municipality
    if role != Role.OPERATOR:
        municipality = municipality or make_municipality()
    if role in {Role.ENTRY, Role.APPROVER}:
        department = department or make_department(municipality)
    return Membership.objects.create(
        user=user, role=role, municipality=municipality, department=department, **fields
    )


# --- What was promised ------------------------------------------------------------------------


def make_plan(municipality: Municipality | None = None, slug: str = "", **fields: Any) -> Plan:
    n = number()
    defaults = {
        "slug": slug or f"plan-{n}",
        "title": f"第{n}次総合計画",
        "start_fiscal_year": 2020,
        "end_fiscal_year": 2029,
        "order": n,
    }
    return Plan.objects.create(
        municipality=municipality or make_municipality(), **(defaults | fields)
    )


def _node(kind: str, **fields: Any) -> dict[str, Any]:
    n = number()
    return {"code": f"{n}", "label": f"{n}", "order": n, "title": f"{kind}{n}"} | fields


def make_goal(plan: Plan | None = None, **fields: Any) -> BasicGoal:
    return BasicGoal.objects.create(plan=plan or make_plan(), **_node("基本目標", **fields))


def make_field(goal: BasicGoal | None = None, **fields: Any) -> PolicyField:
    goal = goal or make_goal()
    return PolicyField.objects.create(plan=goal.plan, basic_goal=goal, **_node("分野", **fields))


def make_policy(plan: Plan | None = None, **fields: Any) -> Policy:
    return Policy.objects.create(plan=plan or make_plan(), **_node("政策", **fields))


def make_measure(plan: Plan | None = None, **fields: Any) -> Measure:
    return Measure.objects.create(plan=plan or make_plan(), **_node("施策", **fields))


def make_action(plan: Plan | None = None, **fields: Any) -> Action:
    return Action.objects.create(plan=plan or make_plan(), **_node("取組", **fields))


def make_related_plan(plan: Plan, **fields: Any) -> RelatedPlan:
    n = number()
    return RelatedPlan.objects.create(
        plan=plan, **({"number": n, "title": f"関連計画{n}"} | fields)
    )


def make_term(plan: Plan, **fields: Any) -> GlossaryTerm:
    n = number()
    return GlossaryTerm.objects.create(plan=plan, **({"number": n, "term": f"用語{n}"} | fields))


def make_footnote(plan: Plan, **fields: Any) -> Footnote:
    n = number()
    defaults = {"number": n, "mark": f"※{n}", "text": "脚注の文"}
    return Footnote.objects.create(plan=plan, **(defaults | fields))


def make_lock(plan: Plan, fiscal_year: int = 2023, **fields: Any) -> YearLock:
    return YearLock.objects.create(plan=plan, fiscal_year=fiscal_year, **fields)


def make_scheme(
    municipality: Municipality | None = None,
    symbols: str = "ABC",
    plan: Plan | None = None,
    **fields: Any,
) -> RatingScheme:
    """A scheme whose bands people choose; with `plan`, its scheme for indicators and reports."""
    n = number()
    defaults = {"code": f"scheme-{n}", "name": f"評価方式{n}", "chosen_by_people": True}
    if plan is not None:
        municipality = municipality or plan.municipality
    scheme = RatingScheme.objects.create(municipality=municipality, **(defaults | fields))
    for order, symbol in enumerate(symbols, start=1):
        Band.objects.create(scheme=scheme, order=order, symbol=symbol, label=f"評価{symbol}")
    if plan is not None:
        for subject in PlanScheme.Subject:
            PlanScheme.objects.create(
                plan=plan, subject=subject, from_fiscal_year=2020, scheme=scheme
            )
    return scheme


# --- What is done -----------------------------------------------------------------------------


def make_row(
    action: Action | None = None, departments: Iterable[Department] = (), **fields: Any
) -> ReportingRow:
    """A row of an action on the progress sheet; several departments report it jointly."""
    row = ReportingRow.objects.create(action=action or make_action(), **({"order": 1} | fields))
    for order, department in enumerate(departments, start=1):
        ReportingDepartment.objects.create(row=row, department=department, order=order)
    return row


def make_report(row: ReportingRow | None = None, **fields: Any) -> ProgressReport:
    defaults = {"fiscal_year": 2023, "period": Period.YEAR_END, "result": "進みました。"}
    return ProgressReport.objects.create(row=row or make_row(), **(defaults | fields))


def make_column(plan: Plan, key: str = "", **fields: Any) -> ReportColumn:
    n = number()
    defaults = {"key": key or f"column-{n}", "label": f"列{n}", "order": n}
    return ReportColumn.objects.create(plan=plan, **(defaults | fields))


def make_sheet(
    plan: Plan, department: Department | None = None, **fields: Any
) -> DepartmentPolicySheet:
    return DepartmentPolicySheet.objects.create(
        plan=plan,
        department=department or make_department(plan.municipality),
        **({"fiscal_year": 2023} | fields),
    )


def make_issue(sheet: DepartmentPolicySheet, **fields: Any) -> PriorityIssue:
    n = number()
    return PriorityIssue.objects.create(
        sheet=sheet, **({"number": n, "title": f"重点課題{n}"} | fields)
    )


def make_comment(plan: Plan, **fields: Any) -> ReviewComment:
    defaults = {
        "fiscal_year": 2023,
        "number": number(),
        "board": "総合計画審議会",
        "comment": "成果の見えやすい指標を加えてほしい。",
    }
    return ReviewComment.objects.create(plan=plan, **(defaults | fields))


def make_correspondence(new_plan: Plan, old_plan: Plan, **fields: Any) -> Correspondence:
    defaults: dict[str, Any] = {"number": number()}
    if not any(name.startswith(("new_", "old_")) for name in fields):
        defaults["new_basic_goal"] = make_goal(new_plan)
    return Correspondence.objects.create(
        new_plan=new_plan, old_plan=old_plan, **(defaults | fields)
    )


# --- What is counted --------------------------------------------------------------------------


def make_common(**fields: Any) -> CommonIndicator:
    n = number()
    defaults = {"code": f"common-{n}", "name": f"共通指標{n}", "unit": "人"}
    return CommonIndicator.objects.create(**(defaults | fields))


def make_series(municipality: Municipality | None = None, **fields: Any) -> Series:
    n = number()
    defaults = {"code": f"series-{n}", "name": f"系列{n}", "unit": "人"}
    return Series.objects.create(
        municipality=municipality or make_municipality(), **(defaults | fields)
    )


def make_break(series: Series, fiscal_year: int = 2022, **fields: Any) -> SeriesBreak:
    return SeriesBreak.objects.create(
        series=series, fiscal_year=fiscal_year, **({"reason": "調査方法の変更"} | fields)
    )


def make_indicator(
    plan: Plan | None = None,
    series: Series | None = None,
    departments: Iterable[Department] = (),
    **fields: Any,
) -> Indicator:
    """An indicator whose baseline is 100 in FY2019 and whose growth is good."""
    plan = plan or make_plan()
    n = number()
    defaults = {
        "code": f"{n}",
        "order": n,
        "direction": Direction.RISING,
        "baseline_status": BaselineStatus.VALUE,
        "baseline_value": Decimal(100),
        "baseline_fiscal_year": 2019,
    }
    if fields.get("baseline_status", BaselineStatus.VALUE) != BaselineStatus.VALUE:
        defaults["baseline_value"] = None
    indicator = Indicator.objects.create(
        plan=plan, series=series or make_series(plan.municipality), **(defaults | fields)
    )
    for order, department in enumerate(departments, start=1):
        Responsibility.objects.create(indicator=indicator, department=department, order=order)
    return indicator


def make_actual(
    series: Series | None = None,
    fiscal_year: int = 2023,
    value: Decimal | int | str | None = 110,
    **fields: Any,
) -> Actual:
    """A checked value at the year's end; with value=None give a `missing_reason`."""
    return Actual.objects.create(
        series=series or make_series(),
        fiscal_year=fiscal_year,
        value=None if value is None else Decimal(value),
        **({"period": Period.YEAR_END, "state": WorkState.CHECKED} | fields),
    )


def make_target(
    indicator: Indicator | None = None,
    fiscal_year: int = 2029,
    value: Decimal | int | str | None = 200,
    **fields: Any,
) -> Target:
    return Target.objects.create(
        indicator=indicator or make_indicator(),
        fiscal_year=fiscal_year,
        value=None if value is None else Decimal(value),
        **({"kind": TargetKind.AT_LEAST} | fields),
    )


def make_judgement(indicator: Indicator, band: Band | None = None, **fields: Any) -> Judgement:
    """A checked judgement; without `band`, the first of a new scheme of the plan."""
    if band is None:
        band = make_scheme(plan=indicator.plan).bands.first()
    defaults = {
        "fiscal_year": 2023,
        "period": Period.YEAR_END,
        "stage": Stage.FIRST,
        "state": WorkState.CHECKED,
    }
    return Judgement.objects.create(indicator=indicator, band=band, **(defaults | fields))


# --- What was handed out ----------------------------------------------------------------------


def make_publication(plan: Plan | None = None, **fields: Any) -> Publication:
    """An empty publication of the plan; `rounds.record.publish` makes full ones."""
    defaults = {
        "number": number(),
        "kind": Publication.Kind.PLAN,
        "effective_at": timezone.now(),
    }
    return Publication.objects.create(plan=plan or make_plan(), **(defaults | fields))


def make_request(*plans: Plan, **fields: Any) -> Request:
    """Make a request for FY2023's year-end that has been sent, unless `state` says otherwise."""
    town = plans[0].municipality
    sent = fields.get("state") != Request.State.DRAFT
    request = Request.objects.create(
        **{
            "municipality": town,
            "number": Request.objects.filter(municipality=town).count() + 1,
            "title": "令和5年度の実績の照会",
            "fiscal_year": 2023,
            "deadline": timezone.localdate() + timedelta(days=14),
            "state": Request.State.SENT,
            "sent_at": timezone.now() if sent else None,
        }
        | fields
    )
    request.plans.set(plans)
    return request
