"""Publishing freezes: what was handed out stays as it was handed out."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from indicators.evaluation import Reason, to_decimal
from indicators.record import record_actual
from measures.models import ReportingDepartment
from plans.models import Plan
from rounds.frozen import thaw_rate
from rounds.models import Publication, PublishedIndicator
from rounds.record import publish

from .factories import (
    make_action,
    make_actual,
    make_column,
    make_department,
    make_indicator,
    make_judgement,
    make_plan,
    make_report,
    make_row,
    make_scheme,
    make_series,
    make_target,
)
from .people import make_people
from .public_pages import publish_year

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
PLAN, PUBLIC, COUNCIL = Publication.Kind.PLAN, Publication.Kind.PUBLIC, Publication.Kind.COUNCIL


@pytest.fixture
def plan() -> Plan:
    return make_plan()


def percent(row: PublishedIndicator, name: str = "progress") -> Decimal | None:
    return to_decimal(thaw_rate(row.rates[name]), 1)


def test_a_publication_stays_as_it_was_handed_out(plan: Plan) -> None:
    indicator = make_indicator(plan)
    make_target(indicator)
    actual = make_actual(indicator.series, value=150)
    first = publish_year(plan)

    actual.value, actual.revision, actual.revision_reason = 140, "corrected", "集計の誤り"
    record_actual(actual, by=None)
    indicator.baseline_value = 90
    indicator.save()
    indicator.targets.update(value=300)

    row = first.indicators.get()
    assert (row.value, row.baseline_value, row.targets[0]["value"]) == (150, 100, "200.0000")
    assert percent(row) == 50
    second = publish_year(plan, mark="correction", reason="集計の誤り").indicators.get()
    assert (second.value, second.revision) == (140, "corrected")
    assert percent(second) == Decimal("23.8")


def test_only_checked_rows_are_published(plan: Plan) -> None:
    indicator = make_indicator(plan)
    make_target(indicator)
    make_actual(indicator.series, state="approved")
    make_judgement(indicator, state="submitted")
    make_report(make_row(make_action(plan)), state="draft")
    publication = publish_year(plan)

    row = publication.indicators.get()
    assert (row.value, row.missing_reason, row.judgements) == (None, "not_compiled", [])
    assert thaw_rate(row.rates["progress"]).reason is Reason.NO_ACTUAL
    assert not publication.reports.exists()


def test_zero_is_published_as_zero_and_missing_with_its_reason(plan: Plan) -> None:
    zero, missing = make_indicator(plan), make_indicator(plan)
    make_actual(zero.series, value=0)
    make_actual(missing.series, value=None, missing_reason="not_compiled", expected_on="2024-08-01")
    published = publish_year(plan).indicators

    assert published.get(indicator=zero).value == 0
    row = published.get(indicator=missing)
    assert (row.value, row.missing_reason, row.expected_on.month) == (None, "not_compiled", 8)


def test_yearly_entries_that_add_up_are_judged_by_their_sum(plan: Plan) -> None:
    series = make_series(plan.municipality, accumulation="sum", start_fiscal_year=2022)
    indicator = make_indicator(plan, series, baseline_status="unavailable")
    make_target(indicator, value=400)
    make_actual(series, 2022, 100)
    make_actual(series, 2023, 250)

    row = publish_year(plan).indicators.get()
    assert (row.value, row.total, row.amount) == (250, 350, 350)
    assert percent(row, "achievement") == Decimal("87.5")


def test_the_middle_of_a_year_is_shown_but_not_rated(plan: Plan) -> None:
    indicator = make_indicator(plan)
    make_target(indicator)
    make_actual(indicator.series, value=160, period="mid_year")

    row = publish_year(plan, period="mid_year").indicators.get()
    assert (row.value, row.rates) == (160, {})


def test_the_target_in_force_that_year_is_published_beside_the_later_ones(plan: Plan) -> None:
    indicator = make_indicator(plan)
    make_target(indicator, value=200)
    make_target(indicator, value=300, revision=1, reason="上方修正", effective_from=2024)
    make_actual(indicator.series, value=150)
    make_actual(indicator.series, 2024, value=150)

    before = publish_year(plan).indicators.get()
    after = publish_year(plan, 2024).indicators.get()
    assert (percent(before), percent(after)) == (50, 25)
    assert [(row["revision"], row["in_force"]) for row in after.targets] == [(0, False), (1, True)]


def test_each_year_publishes_that_years_set_of_indicators(plan: Plan) -> None:
    make_indicator(plan, name="初めから")
    make_indicator(plan, name="廃止", last_fiscal_year=2022, life_reason="abolished")
    make_indicator(plan, name="追加", first_fiscal_year=2024, life_reason="added")

    names = publish_year(plan).indicators.values_list("name", flat=True)
    assert list(names) == ["初めから"]


def test_sections_are_published_by_the_name_of_the_year(plan: Plan) -> None:
    old = make_department(plan.municipality, "商工課")
    new = make_department(plan.municipality, "産業課")
    indicator = make_indicator(plan, departments=[old, new])
    indicator.responsibilities.filter(department=old).update(last_fiscal_year=2023)
    indicator.responsibilities.filter(department=new).update(first_fiscal_year=2024)

    assert [row["name"] for row in publish_year(plan).indicators.get().departments] == ["商工課"]
    old.name = "別の名"
    old.save()
    assert publish_year(plan, 2024).indicators.get().departments[0]["name"] == "産業課"


def test_reports_keep_the_plans_form_and_leave_internal_columns_at_home(plan: Plan) -> None:
    scheme = make_scheme(plan=plan)
    make_column(plan, "issues", label="課題", order=1)
    make_column(plan, "direction", label="次年度", is_hidden=True)
    make_column(plan, "memo", label="庁内メモ", is_public=False)
    sections = [make_department(plan.municipality, name) for name in ("学校課", "園課")]
    row = make_row(make_action(plan), sections)
    make_report(
        row,
        state="checked",
        issues="担い手不足",
        projects=["講座", "相談"],
        rating=scheme.bands.first(),
        extra={"memo": "内緒"},
    )
    report = publish_year(plan).reports.get()

    assert [department["name"] for department in report.departments] == ["学校課", "園課"]
    assert [cell["label"] for cell in report.cells] == ["課題", "実施事業", "成果", "達成度"]
    assert report.cells[1]["value"] == ["講座", "相談"]
    assert report.cells[3]["value"]["symbol"] == "A"
    assert "内緒" not in str(report.cells)


def test_joint_sections_keep_their_printed_order(plan: Plan) -> None:
    first, second = (make_department(plan.municipality, name) for name in ("乙課", "甲課"))
    row = make_row(make_action(plan))
    ReportingDepartment.objects.create(row=row, department=second, order=2)
    ReportingDepartment.objects.create(row=row, department=first, order=1)
    make_report(row, state="checked")

    names = [department["name"] for department in publish_year(plan).reports.get().departments]
    assert names == ["乙課", "甲課"]


# --- Current, effective, who ---------------------------------------------------------------------


def test_citizens_see_the_newest_effective_version_of_each_year(plan: Plan) -> None:
    first = publish_year(plan)
    other_year = publish_year(plan, 2022)
    council = publish_year(plan, kind=COUNCIL)
    corrected = publish_year(plan, mark="correction", reason="誤り")
    coming = publish_year(plan, effective_at=timezone.now() + timedelta(days=1))

    current = Publication.objects.for_citizens().current()
    assert set(current.filter(kind=PUBLIC)) == {other_year, corrected}
    assert council not in current
    assert first not in current
    tomorrow = timezone.now() + timedelta(days=2)
    assert coming in Publication.objects.for_citizens().current(tomorrow)


def test_publishing_is_for_planners_of_the_town() -> None:
    people = make_people()
    plan = make_plan(people.kita)
    for person in (people.entry, people.approver, people.reader):
        with pytest.raises(PermissionDenied):
            publish(plan, PLAN, by=person)
    with pytest.raises(Http404):
        publish(plan, PLAN, by=people.stranger)
    assert publish(plan, PLAN, by=people.planner).published_by == people.planner


@pytest.mark.parametrize(
    "options",
    [
        {"kind": PUBLIC},
        {"kind": PUBLIC, "fiscal_year": 2023},
        {"kind": PLAN, "fiscal_year": 2023, "period": "year_end"},
        {"kind": PUBLIC, "fiscal_year": 2023, "period": "spring"},
        {"kind": PUBLIC, "fiscal_year": 2023, "period": "year_end", "mark": "correction"},
        {"kind": "secret"},
    ],
)
def test_combinations_that_mean_nothing_are_refused(plan: Plan, options: dict[str, Any]) -> None:
    publish(plan, PLAN, by=None)
    with pytest.raises(ValidationError):
        publish(plan, by=None, **options)
    assert plan.publications.count() == 1


def test_figures_are_not_published_before_their_plan(plan: Plan) -> None:
    publish(plan, PLAN, by=None, effective_at=datetime(2030, 4, 1, tzinfo=ZoneInfo("Asia/Tokyo")))
    with pytest.raises(ValidationError, match="計画の公表"):
        publish(plan, PUBLIC, by=None, fiscal_year=2023, period="year_end")


@pytest.mark.parametrize("kind", [PLAN, PUBLIC])
def test_queries_do_not_grow_with_the_plan(kind: str) -> None:
    counts = []
    for size in (3, 30):
        plan = make_plan()
        section = make_department(plan.municipality)
        publish(plan, PLAN, by=None)
        for _number in range(size):
            indicator = make_indicator(plan, departments=[section])
            make_target(indicator)
            make_actual(indicator.series)
            make_report(make_row(make_action(plan), [section]), state="checked")
        year = {} if kind == PLAN else {"fiscal_year": 2023, "period": "year_end"}
        with CaptureQueriesContext(connection) as queries:
            publish(plan, kind, by=None, **year)
        counts.append(len(queries))
    assert counts[0] == counts[1]
