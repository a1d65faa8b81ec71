"""Many rows at once: the same rules and the same words as one by one, in a few queries."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext

from indicators import record, record_many
from indicators.choices import MissingReason
from indicators.models import Actual, Indicator, Judgement, Series, Target
from measures import record as measures_record
from measures import record_many as measures_many
from measures.models import ProgressReport
from municipalities import record as structure
from municipalities import record_many as structure_many
from municipalities.access import Role
from municipalities.history import Door, through
from municipalities.models import Department, Membership, User
from plans.choices import WorkState
from plans.models import BasicGoal, Plan
from plans.record import ensure_in_force
from plans.record_many import Calendar

from . import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def plan() -> Plan:
    return make.make_plan()


@pytest.fixture
def planner(plan: Plan) -> User:
    return make.make_user(Role.PLANNER, plan.municipality)


@pytest.fixture
def section(plan: Plan) -> Department:
    return make.make_department(plan.municipality)


@pytest.fixture
def series(plan: Plan, section: Department) -> Series:
    series = make.make_series(plan.municipality, decimals=1)
    make.make_indicator(plan, series, [section])
    return series


def words_of_one(check: Callable[..., None], row: Any, by: Any) -> list[str]:
    try:
        check(row, by=by)
    except ValidationError as error:
        return sorted(error.messages)
    except (PermissionDenied, Http404) as error:
        return [str(error)]
    return []


def words_of_many(check: Callable[..., Any], row: Any, by: Any) -> list[str]:
    problems = check([row], by=by)
    return sorted(problems[0].messages) if problems else []


# --- Years --------------------------------------------------------------------------------------


def test_a_year_is_another_plans_from_the_first_takeover_on(plan: Plan) -> None:
    for year, stage in ((2030, "current"), (2027, "current"), (2025, "draft")):
        make.make_plan(plan.municipality, predecessor=plan, takes_over_from=year, stage=stage)
    calendar = Calendar([plan.pk])
    for year in range(2024, 2032):
        for ensure in (calendar.ensure_in_force, ensure_in_force):
            if year < 2027:
                ensure(plan, year)
                continue
            with pytest.raises(ValidationError) as refused:
                ensure(plan, year)
            assert refused.value.error_list[0].code == "taken_over_by_plan"


# --- Actuals ----------------------------------------------------------------------------------

ACTUALS: dict[str, dict[str, Any]] = {
    "good": {"value": Decimal("1.5")},
    "zero": {"value": Decimal(0)},
    "too fine": {"value": Decimal("1.55")},
    "neither value nor reason": {"value": None},
    "both": {"value": Decimal(1), "missing_reason": MissingReason.NO_SURVEY},
    "no such year": {"value": Decimal(1), "fiscal_year": 1800},
    "no such period": {"value": Decimal(1), "period": "often"},
    "a correction without reason": {"value": Decimal(1), "revision": "corrected"},
    "checked": {"value": Decimal(1), "state": WorkState.CHECKED},
    "closed": {"value": Decimal(1), "fiscal_year": 2020},
}
WRITERS = ("nobody", "planner", "entry", "other section", "other town", "reader")


def writer(name: str, plan: Plan, section: Department) -> User | None:
    match name:
        case "planner":
            return make.make_user(Role.PLANNER, plan.municipality)
        case "entry":
            return make.make_user(Role.ENTRY, department=section)
        case "other section":
            return make.make_user(Role.ENTRY, plan.municipality)
        case "other town":
            return make.make_user(Role.PLANNER)
        case "reader":
            return make.make_user(Role.READER, plan.municipality)
    return None


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("case", ACTUALS)
def test_an_actual_is_judged_the_same(
    name: str, case: str, plan: Plan, section: Department, series: Series
) -> None:
    make.make_lock(plan, 2020)
    by = writer(name, plan, section)
    fields = {"fiscal_year": 2023, "state": WorkState.DRAFT} | ACTUALS[case]
    one = words_of_one(record.check_actual, Actual(series=series, **fields), by)
    assert words_of_many(record_many.check_actuals, Actual(series=series, **fields), by) == one
    assert bool(one) == (case not in {"good", "zero", "checked"} or by_is_refused(name, case))


def by_is_refused(name: str, case: str) -> bool:
    return name not in {"nobody", "planner", "entry"} or (name, case) == ("entry", "checked")


def test_what_planners_took_over_is_not_changed_by_a_section(
    plan: Plan, section: Department, series: Series
) -> None:
    actual = make.make_actual(series, 2023, 5, state=WorkState.APPROVED)
    by = make.make_user(Role.ENTRY, department=section)
    actual.value, actual.state = Decimal(6), WorkState.DRAFT
    assert words_of_many(record_many.check_actuals, actual, by) == words_of_one(
        record.check_actual, actual, by
    )
    assert words_of_many(record_many.check_actuals, actual, by) != []


def test_an_actual_does_not_leave_a_closed_year(plan: Plan, planner: User, series: Series) -> None:
    actual = make.make_actual(series, 2020, 5)
    make.make_lock(plan, 2020)
    actual.fiscal_year = 2021
    assert "締め切られている" in words_of_many(record_many.check_actuals, actual, planner)[0]


def test_the_same_place_twice_is_refused_with_the_words_of_the_constraint(
    planner: User, series: Series
) -> None:
    rows = [Actual(series=series, fiscal_year=2023, value=Decimal(n)) for n in range(2)]
    problems = record_many.check_actuals(rows, by=planner)
    assert {position: error.messages for position, error in problems.items()} == {
        1: ["この系列のこの年度・時期の実績がすでにあります。"]
    }


def test_all_or_none(planner: User, series: Series) -> None:
    rows = [
        Actual(series=series, fiscal_year=2022, value=Decimal(1)),
        Actual(series=series, fiscal_year=2023, value=Decimal("1.23")),
    ]
    with pytest.raises(ValidationError, match="小数2桁"):
        record_many.record_actuals(rows, by=planner)
    assert not Actual.objects.exists()


def test_a_row_somebody_else_made_meanwhile(planner: User, series: Series) -> None:
    make.make_actual(series, 2023, 5)
    new = Actual(series=series, fiscal_year=2023, value=Decimal(6))
    with pytest.raises(ValidationError) as caught:
        record_many.record_actuals([new], by=planner)
    assert caught.value.code == "duplicate"


def test_history_names_who_why_and_the_door(planner: User, series: Series) -> None:
    with through(Door.WORKBOOK):
        record_many.record_actuals(
            [Actual(series=series, fiscal_year=y, value=Decimal(y)) for y in (2022, 2023)],
            by=planner,
            reason="一括取込",
        )
        changed = list(Actual.objects.select_related("series"))
        for row in changed:
            row.value += 1
        record_many.record_actuals(changed, by=planner, reason="訂正", fields={"value"})
    for row in Actual.objects.all():
        newest, first = row.history.order_by("-history_id")
        assert (first.history_type, first.history_change_reason) == ("+", "一括取込")
        assert (newest.history_type, newest.history_change_reason) == ("~", "訂正")
        assert {first.door, newest.door} == {Door.WORKBOOK}
        assert {first.history_user, newest.history_user} == {planner}
        assert (first.value, newest.value) == (row.value - 1, row.value)
        assert newest.version == row.version == 2
        assert row.updated_at == newest.updated_at > first.updated_at


def test_history_tells_new_rows_from_changed_ones(planner: User, series: Series) -> None:
    stored = make.make_actual(series, 2022, 5)
    stored.value = Decimal(6)
    new = Actual(series=series, fiscal_year=2023, value=Decimal(7))
    seen = {stored.pk: stored.version}
    record_many.record_actuals([new, stored], by=planner, reason="一括", expected_versions=seen)
    told = Actual.history.filter(history_change_reason="一括")
    assert set(told.values_list("fiscal_year", "value", "history_type")) == {
        (2022, Decimal(6), "~"),
        (2023, Decimal(7), "+"),
    }


def test_a_version_nobody_has_seen_is_not_overwritten(planner: User, series: Series) -> None:
    actual = make.make_actual(series, 2023, 5)
    seen = {actual.pk: actual.version}
    record.record_actual(Actual.objects.get(), by=planner)
    actual.value = Decimal(9)
    with pytest.raises(ValidationError) as caught:
        record_many.record_actuals([actual], by=planner, expected_versions=seen)
    assert caught.value.code == "stale"
    assert Actual.objects.get().value == 5


def test_queries_do_not_grow_with_rows(plan: Plan, planner: User) -> None:
    def queries(count: int, year: int) -> int:
        series = [make.make_series(plan.municipality) for _ in range(count)]
        for one in series:
            make.make_indicator(plan, one)
        rows = [Actual(series=one, fiscal_year=year, value=Decimal(1)) for one in series]
        with CaptureQueriesContext(connection) as asked:
            record_many.record_actuals(rows, by=planner)
        return len(asked)

    queries(1, 2020)  # the first asks who the planner is
    assert queries(3, 2021) == queries(120, 2022) <= 10


# --- Indicators, targets, judgements ----------------------------------------------------------


def test_a_series_shown_in_a_closed_year_is_not_swapped(
    plan: Plan, planner: User, series: Series
) -> None:
    make.make_actual(series, 2023, 5)
    make.make_lock(plan, 2023)
    indicator = Indicator.objects.get()
    indicator.series = make.make_series(plan.municipality)
    one = words_of_one(record.check_indicator, indicator, planner)
    assert words_of_many(record_many.check_indicators, indicator, planner) == one != []


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("year", [2020, 2022, 2028])
@pytest.mark.parametrize("kind", ["at_least", "range"])
def test_a_target_is_judged_the_same(
    name: str, year: int, kind: str, plan: Plan, section: Department, series: Series
) -> None:
    make.make_lock(plan, 2020)
    make.make_plan(plan.municipality, predecessor=plan, takes_over_from=2027)
    indicator = Indicator.objects.select_related("plan__municipality", "series").get()
    by = writer(name, plan, section)
    target = Target(indicator=indicator, fiscal_year=year, kind=kind, value=Decimal(3))
    one = words_of_one(record.check_target, target, by)
    try:
        many = words_of_many(record_many.check_targets, target, by)
    except (PermissionDenied, Http404) as error:
        many = [str(error)]
    assert bool(one) == bool(many)
    if name in {"nobody", "planner"}:
        assert many == one
        assert (one == []) == (year == 2022 and kind == "at_least")


@pytest.mark.parametrize("symbol", ["A", "B"])
@pytest.mark.parametrize("reason", ["", "新型の感染症"])
def test_a_judgement_against_the_figures_needs_a_reason(
    symbol: str, reason: str, plan: Plan, planner: User, series: Series
) -> None:
    scheme = make.make_scheme(plan=plan, symbols="AB", formula="progress", chosen_by_people=False)
    scheme.bands.filter(symbol="A").update(test="rate_at_least", threshold=80)
    scheme.bands.filter(symbol="B").update(test="otherwise")
    indicator = Indicator.objects.select_related("plan__municipality", "series").get()
    make.make_target(indicator, 2025, 200)
    make.make_actual(series, 2023, 190)
    judgement = Judgement(
        indicator=indicator,
        fiscal_year=2023,
        stage="1_first",
        band=scheme.bands.get(symbol=symbol),
        reason=reason,
    )
    one = words_of_one(record.check_judgement, judgement, planner)
    assert words_of_many(record_many.check_judgements, judgement, planner) == one
    assert bool(one) == (symbol == "B" and not reason)


def test_a_band_of_another_scheme_is_refused(plan: Plan, planner: User, series: Series) -> None:
    make.make_scheme(plan=plan)
    indicator = Indicator.objects.select_related("plan__municipality", "series").get()
    band = make.make_scheme(plan.municipality).bands.first()
    judgement = Judgement(indicator=indicator, fiscal_year=2023, stage="1_first", band=band)
    one = words_of_one(record.check_judgement, judgement, planner)
    assert words_of_many(record_many.check_judgements, judgement, planner) == one != []


# --- Structure and reports --------------------------------------------------------------------


@pytest.mark.parametrize("name", WRITERS)
def test_structure_is_judged_the_same(name: str, plan: Plan, section: Department) -> None:
    by = writer(name, plan, section)
    stored = make.make_goal(plan, title="くらし")
    stored.title = ""
    moved = make.make_goal(plan)
    moved.plan = make.make_plan(plan.municipality)
    strange = make.make_goal(plan)
    strange.plan = make.make_plan()
    fine = BasicGoal(plan=plan, code="9", title="しごと")
    for row in (stored, moved, strange, fine):
        one = words_of_one(structure.check_row, row, by)
        assert words_of_many(structure_many.check_rows, row, by) == one
        if name in {"nobody", "planner"}:
            assert (one == []) == (row is fine)


@pytest.mark.parametrize(
    "fields",
    [
        {"result": "進みました。"},
        {"projects": ["講座"], "fiscal_year": 2020},
        {"projects": "講座"},
        {"extra": {"unknown": "x"}},
        {"fiscal_year": 2028},
    ],
)
@pytest.mark.parametrize("name", WRITERS)
def test_a_report_is_judged_the_same(
    name: str, fields: dict[str, Any], plan: Plan, section: Department
) -> None:
    make.make_lock(plan, 2020)
    make.make_plan(plan.municipality, predecessor=plan, takes_over_from=2027)
    row = make.make_row(make.make_action(plan), [section])
    report = ProgressReport(row=row, **({"fiscal_year": 2023, "period": "year_end"} | fields))
    by = writer(name, plan, section)
    one = words_of_one(measures_record.check_report, report, by)
    assert words_of_many(measures_many.check_reports, report, by) == one
    may_write = name in {"nobody", "planner", "entry"}
    assert (one == []) == (may_write and fields == {"result": "進みました。"})


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("state", ["draft", "submitted", "approved", "checked"])
@pytest.mark.parametrize("is_moved", [False, True])
def test_a_stored_report_is_judged_the_same(
    name: str, state: str, is_moved: bool, plan: Plan, section: Department
) -> None:
    make.make_lock(plan, 2020)
    row = make.make_row(make.make_action(plan), [section])
    stored = make.make_report(row, state=state, fiscal_year=2020 if is_moved else 2023)
    report = ProgressReport.objects.get(pk=stored.pk)
    report.fiscal_year, report.result = 2023, "もっと進みました。"
    by = writer(name, plan, section)
    one = words_of_one(measures_record.check_report, report, by)
    assert words_of_many(measures_many.check_reports, report, by) == one
    if is_moved or name in {"other section", "other town", "reader"}:
        assert one


@pytest.mark.parametrize("name", ["planner", "entry"])
def test_reports_lose_their_marks_the_same(name: str, plan: Plan, section: Department) -> None:
    texts = {"issues": "課題", "result": "成果", "direction": "方向"}
    kept = []
    for path in ("one", "many"):
        row = make.make_row(make.make_action(plan), [section])
        report = make.make_report(row, state="draft", taken_over=list(texts), **texts)
        report.issues, report.direction = "新しい課題", ""
        by = writer(name, plan, section)
        if path == "one":
            measures_record.record_report(report, by=by, expected_version=1)
        else:
            versions = {report.pk: 1}
            measures_many.record_reports([report], by=by, expected_versions=versions)
        report.refresh_from_db()
        kept.append((report.taken_over, report.issues, report.version, report.changed_by == by))
        assert report.history.first().history_user == by
    assert kept[0] == kept[1] == (["result"], "新しい課題", 2, True)


def test_reports_of_a_section_are_saved_in_a_few_queries(plan: Plan, section: Department) -> None:
    by = writer("entry", plan, section)
    counts = []
    for count in (2, 12):
        reports = [
            make.make_report(make.make_row(make.make_action(plan), [section]), state="draft")
            for _ in range(count)
        ]
        found = list(
            ProgressReport.objects.select_related("row__action__plan").filter(
                pk__in=[report.pk for report in reports]
            )
        )
        for report in found:
            report.result = "新しい成果"
        with CaptureQueriesContext(connection) as captured:
            measures_many.record_reports(found, by=by)
        counts.append(len(captured))
    assert counts[1] <= counts[0]


@pytest.mark.parametrize("field", ["slug", "code", "is_sample", "valid_to"])
def test_what_is_registered_of_a_town_only_operators_change(field: str) -> None:
    town = make.make_municipality("kita")
    other = make.make_municipality("minami")
    other.delete()
    town.name = "きた市"
    planner, operator = make.make_user(Role.PLANNER, town), make.make_user(Role.OPERATOR)
    assert words_of_one(structure.check_row, town, planner) == []
    value = {"slug": "nishi", "code": other.code, "is_sample": True, "valid_to": date(2030, 3, 31)}
    setattr(town, field, value[field])
    if field == "is_sample":
        town.code = None
    one = words_of_one(structure.check_row, town, planner)
    assert set(one) == {"この列を変えられるのは運用管理者だけです。"}
    assert words_of_many(structure_many.check_rows, town, planner) == one
    assert words_of_one(structure.check_row, town, operator) == []
    assert words_of_many(structure_many.check_rows, town, operator) == []


def test_rows_that_name_no_section_take_no_place_from_each_other() -> None:
    """As in the database: NULL is not the same as NULL."""
    town, person = make.make_municipality(), make.make_user()
    since = date(2026, 4, 1)
    rows = [
        Membership(
            user=person, role=Role.READER, municipality=town, department=None, valid_from=since
        )
        for _each in range(2)
    ]
    assert structure_many.duplicates(rows) == {}
