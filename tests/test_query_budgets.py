"""Pages ask the database as often for 300 indicators as for 30."""

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from plans.choices import Visibility, WorkState
from plans.models import Plan
from rounds.models import Publication
from rounds.record import publish

from .factories import (
    make_action,
    make_actual,
    make_break,
    make_comment,
    make_department,
    make_field,
    make_footnote,
    make_goal,
    make_indicator,
    make_judgement,
    make_measure,
    make_municipality,
    make_plan,
    make_policy,
    make_related_plan,
    make_report,
    make_row,
    make_scheme,
    make_series,
    make_succession,
    make_target,
    make_term,
)

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
BUDGETS = {
    "/": 2,
    "/kita/": 6,
    "/kita/related/": 4,
    "/kita/sogo/": 23,
    "/kita/sogo/glossary/": 14,
    "/kita/sogo/years/2022/": 15,
    "/kita/sogo/reviews/": 5,
    "/kita/sogo/goals/g/": 22,
    "/kita/sogo/policies/p/": 22,
    "/kita/sogo/measures/m/": 19,
    "/kita/sogo/indicators/i/": 12,
    "/data.json": 2,
    "/kita/data/": 25,
    "/kita/sogo/data/": 28,
    "/kita/sogo/data/all.zip": 24,
    "/kita/sogo/data/values.csv": 4,
    "/kita/sogo/data/reports.json": 8,
    "/api/v1/": 0,
    "/api/v1/openapi.json": 0,
    "/api/v1/municipalities/": 2,
    "/api/v1/municipalities/kita/": 4,
    "/api/v1/municipalities/kita/departments/": 5,
    "/api/v1/plans/": 4,
    "/api/v1/plans/kita/sogo/": 3,
    "/api/v1/plans/kita/sogo/structure/": 9,
    "/api/v1/plans/kita/sogo/indicators/": 14,
    "/api/v1/plans/kita/sogo/indicators/i/": 12,
    "/api/v1/plans/kita/sogo/targets/?in_force=true": 6,
    "/api/v1/plans/kita/sogo/values/?fiscal_year=2023&page=2&page_size=10": 6,
    "/api/v1/plans/kita/sogo/judgements/": 6,
    "/api/v1/plans/kita/sogo/reports/": 8,
    "/api/v1/plans/kita/sogo/review-comments/": 8,
    "/api/v1/plans/kita/sogo/correspondences/": 3,
    "/api/v1/plans/kita/sogo/related-plans/": 4,
    "/api/v1/plans/kita/sogo/glossary/": 3,
}


def build(indicators: int) -> Plan:
    """Make きた市's plan with something of everything; the rows grow with `indicators`."""
    town = make_municipality("kita")
    plan = make_plan(town, "sogo", predecessor=make_plan(town, "before"))
    old, new = make_department(town), make_department(town)
    make_succession(old, new)
    band = make_scheme(plan=plan).bands.first()
    plan.show_computed_judgement = plan.show_forecast = Visibility.PUBLIC
    plan.save()
    goal = make_goal(plan, code="g")
    policy = make_policy(plan, code="p", basic_goal=goal, field=make_field(goal))
    measure = make_measure(plan, code="m", policy=policy)
    for number in range(indicators):
        code = "i" if number == 0 else f"i{number}"
        indicator = make_indicator(plan, make_series(town), [old], code=code, measure=measure)
        make_target(indicator)
        make_judgement(indicator, band)
        for year in (2022, 2023):
            make_actual(indicator.series, year)
        make_break(indicator.series, 2021)
    for number in range(indicators // 10):
        make_measure(plan, policy=policy)
        make_policy(plan, basic_goal=goal)
        make_related_plan(plan, linked_plan=plan.predecessor).policies.add(policy)
        make_term(plan, policy=policy)
        make_footnote(plan, policy=policy)
        for parent in ({"measure": measure}, {"policy": policy}, {"basic_goal": goal}):
            row = make_row(make_action(plan, **parent), [old, new])
            make_report(row, state=WorkState.CHECKED)
        for target in ({}, {"measure": measure}, {"policy": policy}, {"basic_goal": goal}):
            answered = {"answer": "見直します。", "department": old, "fiscal_year": 2022}
            make_comment(plan, state=WorkState.CHECKED, **target, **answered)
        make_plan(town, f"other-{number}")
    for other in town.plans.all():
        publish(other, Publication.Kind.PLAN, by=None)
    for year in (2022, 2023):
        publish(plan, Publication.Kind.PUBLIC, by=None, fiscal_year=year, period="year_end")
    return plan


def queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


@pytest.fixture(scope="module")
def counts(django_db_setup: None, django_db_blocker) -> dict[int, dict[str, int]]:
    """Number of indicators → path → number of queries."""
    found = {}
    for size in (30, 300):
        with django_db_blocker.unblock(), transaction.atomic():
            build(size)
            found[size] = {path: queries(Client(), path) for path in BUDGETS}
            transaction.set_rollback(True)
    return found


@pytest.mark.parametrize("path", BUDGETS)
def test_queries_do_not_grow_and_keep_to_the_budget(
    counts: dict[int, dict[str, int]], path: str
) -> None:
    assert counts[30][path] == counts[300][path]
    assert counts[300][path] <= BUDGETS[path]
