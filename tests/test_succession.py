"""A successor begins as a copy of its predecessor, and from its year on takes its place."""

from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext

from indicators.choices import Stage
from indicators.models import Actual, Indicator, Judgement, Target
from indicators.record import record_actual, record_judgement, record_target
from indicators.succession import Part, Selection, start_successor
from measures.models import (
    Action,
    DepartmentPolicySheet,
    Measure,
    MeasureSdg,
    ProgressReport,
    ReviewComment,
)
from measures.record import record_comment, record_report, record_sheet
from municipalities.history import Door, through
from plans.choices import WorkState
from plans.models import BasicGoal, Plan, PlanScheme, Policy
from rounds import succession
from rounds.models import Publication
from rounds.record import publish

from . import factories as make
from .people import People, make_people

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.fixture
def plan(people: People) -> Plan:
    """A plan from 2020 on with two goals; below the first stands one of everything."""
    plan = make.make_plan(
        people.kita, "sogo", title="総合計画", label_measure="小施策", show_rates="internal"
    )
    goal = make.make_goal(plan, code="1", order=1, title="くらし")
    make.make_goal(plan, code="2", order=2, title="しごと")
    field = make.make_field(goal, code="f")
    policy = make.make_policy(plan, code="1-1", basic_goal=goal, field=field)
    measure = make.make_measure(plan, code="1-1-1", policy=policy)
    MeasureSdg.objects.create(measure=measure, number=3)
    action = make.make_action(plan, code="1-1-1-1", measure=measure)
    make.make_row(action, [people.welfare])
    indicator = make.make_indicator(
        plan, departments=[people.welfare], code="i", policy=policy, baseline_value=Decimal(50)
    )
    make.make_target(indicator, 2024, 80)
    make.make_target(indicator, 2029, 100)
    make.make_target(indicator, 2029, 120, revision=1, reason="上方修正", effective_from=2023)
    make.make_term(plan, policy=policy, term="見守り")
    make.make_footnote(plan, text="国の調査による")
    make.make_related_plan(plan, title="福祉計画").policies.add(policy)
    make.make_column(plan, "result", label="主な成果")
    make.make_scheme(plan=plan)
    return plan


def start(plan: Plan, **fields: Any) -> Plan:
    defaults = {
        "slug": "sogo-kaitei",
        "title": plan.title,
        "edition": "改訂版",
        "takes_over_from": 2025,
        "start_fiscal_year": 2020,
        "end_fiscal_year": 2029,
        "by": None,
    }
    return start_successor(plan, **(defaults | fields))


def put_in_force(plan: Plan) -> Plan:
    plan.stage = Plan.Stage.CURRENT
    return succession.record_plan(plan, by=None)


def titles(rows: Any) -> list[str]:
    return [row.title for row in rows]


# --- What comes along -------------------------------------------------------------------------


def test_a_successor_is_a_draft_that_holds_all_the_old_plan_holds(plan: Plan) -> None:
    new = start(plan)
    assert (new.predecessor, new.takes_over_from, new.stage) == (plan, 2025, Plan.Stage.DRAFT)
    assert (str(new), new.label_measure, new.show_rates) == (
        "総合計画 改訂版",
        "小施策",
        "internal",
    )
    assert not new.publications.exists()
    action = new.action_set.get()
    assert action.measure.policy.field.basic_goal == new.basicgoal_set.get(code="1")
    assert action.measure.plan == action.measure.policy.plan == action.measure.policy.field.plan
    assert [tag.number for tag in action.measure.sdgs.all()] == [3]
    assert [str(link.department) for link in action.rows.get().departments.all()] == ["福祉課"]
    assert (new.glossary.get().policy, new.glossary.get().term) == (new.policy_set.get(), "見守り")
    assert new.footnotes.get().text == "国の調査による"
    assert list(new.related_plans.get().policies.all()) == [new.policy_set.get()]
    assert [column.label for column in new.report_columns.all()] == ["主な成果"]
    assert {scheme.from_fiscal_year for scheme in new.schemes.all()} == {2025}
    assert new.scheme_in("indicators", 2025) == plan.scheme_in("indicators", 2025)


def test_indicators_stay_on_their_series_with_the_promises_to_come(plan: Plan) -> None:
    old = plan.indicators.get()
    new = start(plan).indicators.get()
    assert (new.series, new.direction, new.baseline_value) == (old.series, "rising", Decimal(50))
    assert new.policy.plan == new.plan
    assert [str(link.department) for link in new.responsibilities.all()] == ["福祉課"]
    target = new.targets.get()
    assert (target.fiscal_year, target.value) == (2029, 120)
    assert (target.revision, target.effective_from, target.reason) == (0, None, "")
    assert [t.value for t in old.targets.all()] == [80, 100, 120]


def test_only_what_lives_in_its_first_year_comes_along_and_lives_anew(plan: Plan) -> None:
    policy = plan.policy_set.get()
    make.make_measure(plan, policy=policy, title="終わった施策", last_fiscal_year=2024)
    make.make_measure(
        plan, policy=policy, title="途中からの施策", first_fiscal_year=2023, life_reason="added"
    )
    ended = make.make_policy(plan, title="終わった政策", last_fiscal_year=2022)
    make.make_measure(plan, policy=ended, title="終わった政策の下の施策")
    new = start(plan)
    assert titles(new.measure_set.exclude(code="1-1-1")) == ["途中からの施策"]
    measure = new.measure_set.get(title="途中からの施策")
    assert (measure.first_fiscal_year, measure.life_reason) == (None, "")
    assert titles(new.policy_set.all()) == titles([policy])


def test_the_sections_are_those_of_the_first_year(people: People, plan: Plan) -> None:
    row, indicator = plan.action_set.get().rows.get(), plan.indicators.get()
    for links in (row.departments, indicator.responsibilities):
        links.update(last_fiscal_year=2024)
        links.create(department=people.finance, order=2, first_fiscal_year=2025)
    new = start(plan)
    of_row = new.action_set.get().rows.get().departments.get()
    of_indicator = new.indicators.get().responsibilities.get()
    assert {of_row.department, of_indicator.department} == {people.finance}
    assert {of_row.first_fiscal_year, of_indicator.first_fiscal_year} == {None}


def test_parts_left_out_stay_behind_with_all_that_hangs_on_them(plan: Plan) -> None:
    make.make_indicator(plan, measure=plan.measure_set.get(), code="deep")
    new = start(plan, parts={Part.GOALS, Part.POLICIES, Part.INDICATORS})
    assert (new.basicgoal_set.count(), new.policy_set.count()) == (2, 1)
    assert not new.measure_set.exists()
    assert not new.action_set.exists()
    assert [indicator.code for indicator in new.indicators.all()] == ["i"]
    assert not Target.objects.filter(indicator__plan=new).exists()
    assert not new.glossary.exists()
    assert (new.label_measure, new.show_rates) == ("", "public")


def test_chosen_goals_bring_only_what_hangs_on_them(plan: Plan) -> None:
    work = plan.basicgoal_set.get(code="2")
    make.make_policy(plan, basic_goal=work, title="しごとの政策")
    new = start(plan, goals=[work])
    assert titles(new.basicgoal_set.all()) == ["しごと"]
    assert titles(new.policy_set.all()) == ["しごとの政策"]
    assert not new.indicators.exists()


def test_what_comes_along_can_be_counted_before(plan: Plan) -> None:
    counts = Selection(plan, 2025).counts
    assert counts[Part.GOALS] == 2
    assert (counts[Part.MEASURES], counts[Part.INDICATORS], counts[Part.TARGETS]) == (1, 1, 1)
    assert Selection(plan, 2030).counts[Part.TARGETS] == 0


def test_each_copied_node_has_its_line_of_the_revision_table(plan: Plan) -> None:
    new = start(plan)
    lines = list(new.correspondences.all())
    assert {line.basis for line in lines} == {"copied"}
    assert {line.old_plan for line in lines} == {plan}
    assert [line.number for line in lines] == [1, 2, 3, 4, 5]
    assert [(line.old.code, line.new.code) for line in lines] == [
        (code, code) for code in ("1", "1-1", "1-1-1", "1-1-1-1", "2")
    ]
    assert {line.new.plan for line in lines} == {new}


def test_history_tells_who_why_and_through_which_door(people: People, plan: Plan) -> None:
    with through(Door.ADMIN):
        new = start(plan, by=people.planner, reason="中間見直し")
    for row in (new, new.action_set.get(), new.indicators.get(), new.correspondences.first()):
        entry = row.history.get()
        assert (entry.history_user, entry.history_change_reason) == (people.planner, "中間見直し")
        assert (entry.door, entry.history_type) == ("admin", "+")


def test_queries_do_not_grow_with_the_plan(plan: Plan) -> None:
    counts = []
    for size, slug in ((3, "a"), (30, "b")):
        for _ in range(size):
            measure = make.make_measure(plan, policy=plan.policy_set.get())
            make.make_row(make.make_action(plan, measure=measure))
            make.make_target(make.make_indicator(plan, measure=measure))
        with CaptureQueriesContext(connection) as asked:
            start(plan, slug=slug)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 75


# --- Who, and what is refused -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("person", "outcome"),
    [
        ("entry", PermissionDenied),
        ("approver", PermissionDenied),
        ("reader", PermissionDenied),
        ("stranger", Http404),
        ("nobody", Http404),
    ],
)
def test_only_planners_of_the_town_start_a_successor(
    people: People, plan: Plan, person: str, outcome: type[Exception]
) -> None:
    with pytest.raises(outcome):
        start(plan, by=getattr(people, person))
    assert Plan.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "field", "message"),
    [
        ({"slug": "sogo"}, "__all__", "このアドレス名の計画がすでにあります。"),
        ({"slug": "admin"}, "slug", "当サイトのページが使うアドレス"),
        ({"slug": "日本"}, "slug", ""),
        ({"title": ""}, "title", ""),
        ({"takes_over_from": None}, "takes_over_from", "引き継ぐ年度を入力してください。"),
        ({"takes_over_from": 2020}, "takes_over_from", "前の計画が始まった年度より後"),
        ({"takes_over_from": 99999}, "takes_over_from", ""),
        ({"start_fiscal_year": 2026}, "takes_over_from", "開始年度以後"),
        ({"end_fiscal_year": 2024}, "takes_over_from", "終了年度以前"),
        ({"end_fiscal_year": 2019}, "__all__", "終了年度は開始年度以後"),
    ],
)
def test_a_bad_successor_is_refused_and_nothing_is_made(
    plan: Plan, fields: dict[str, Any], field: str, message: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        start(plan, **fields)
    assert message in " ".join(refused.value.message_dict[field])
    assert Plan.objects.count() == 1
    assert BasicGoal.objects.count() == 2


def test_a_goal_of_another_plan_is_refused(plan: Plan) -> None:
    with pytest.raises(ValidationError, match="前の計画の中から"):
        start(plan, goals=[make.make_goal()])


def test_a_failure_on_the_way_leaves_nothing_behind(
    plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("indicators.succession._lines", fail)
    with pytest.raises(RuntimeError):
        start(plan)
    assert (Plan.objects.count(), Action.objects.count()) == (1, 1)


def test_two_drafts_may_compete_but_one_takes_over(plan: Plan) -> None:
    put_in_force(start(plan))
    other = start(plan, slug="other", takes_over_from=2026)
    with pytest.raises(ValidationError, match="令和7年度から「総合計画 改訂版」に引き継がれて"):
        put_in_force(other)


# --- From a fiscal year on ----------------------------------------------------------------------


def reports(plan: Plan, year: int) -> Any:
    report = ProgressReport(
        row=plan.action_set.get().rows.get(), fiscal_year=year, period="year_end", result="順調"
    )
    return record_report(report, by=None)


def sheets(plan: Plan, year: int) -> Any:
    department = plan.municipality.departments.get(code="welfare")
    sheet = DepartmentPolicySheet(plan=plan, department=department, fiscal_year=year)
    return record_sheet(sheet, by=None)


def comments(plan: Plan, year: int) -> Any:
    comment = ReviewComment(
        plan=plan, fiscal_year=year, number=1, board="審議会", comment="順調です。"
    )
    return record_comment(comment, by=None)


def judges(plan: Plan, year: int) -> Any:
    band = plan.scheme_in(PlanScheme.Subject.INDICATORS, year).bands.first()
    judgement = Judgement(
        indicator=plan.indicators.get(), fiscal_year=year, stage=Stage.FIRST, band=band
    )
    return record_judgement(judgement, by=None)


def promises(plan: Plan, year: int) -> Any:
    target = Target(
        indicator=plan.indicators.get(), fiscal_year=year, revision=5, kind="at_least", value=1
    )
    target.reason = "見直し"
    return record_target(target, by=None)


def publishes(plan: Plan, year: int) -> Any:
    if not plan.publications.exists():
        publish(plan, Publication.Kind.PLAN, by=None)
    return publish(plan, Publication.Kind.PUBLIC, by=None, fiscal_year=year, period="year_end")


DOORS = [reports, sheets, comments, judges, promises, publishes]


@pytest.mark.parametrize("door", DOORS)
def test_a_plan_takes_nothing_of_the_years_of_its_successor(plan: Plan, door: Any) -> None:
    new = put_in_force(start(plan))
    with pytest.raises(ValidationError, match="令和7年度からは「総合計画 改訂版」に引き継がれて"):
        door(plan, 2026)
    assert door(plan, 2024).pk
    assert door(new, 2026).pk


@pytest.mark.parametrize("door", DOORS)
def test_a_draft_takes_nothing_over(plan: Plan, door: Any) -> None:
    start(plan)
    assert door(plan, 2025).pk


def test_figures_belong_to_the_series_and_go_on(plan: Plan) -> None:
    put_in_force(start(plan))
    actual = Actual(series=plan.indicators.get().series, fiscal_year=2026, value=90)
    assert record_actual(actual, by=None).pk
    assert Indicator.objects.filter(series=actual.series).count() == 2


@pytest.mark.parametrize("door", [reports, sheets, comments, judges, publishes])
def test_years_the_old_plan_has_reported_are_not_taken_over(plan: Plan, door: Any) -> None:
    new = start(plan)
    row = door(plan, 2025)
    with pytest.raises(ValidationError, match="前の計画に令和7年度の行") as refused:
        put_in_force(new)
    assert str(row._meta.verbose_name) in str(refused.value)
    new.takes_over_from = 2026
    put_in_force(new)


def test_check_data_finds_rows_of_years_taken_over(plan: Plan) -> None:
    put_in_force(start(plan))
    call_command("check_data", stdout=StringIO())
    row = plan.action_set.get().rows.get()
    make.make_report(row, fiscal_year=2024, state=WorkState.CHECKED)
    call_command("check_data", stdout=StringIO())
    make.make_report(row, fiscal_year=2025)
    found = StringIO()
    with pytest.raises(CommandError, match="1 of"):
        call_command("check_data", stdout=StringIO(), stderr=found)
    assert "別の計画に引き継がれた年度です。" in found.getvalue()


def test_policies_and_measures_of_the_old_plan_stay_untouched(plan: Plan) -> None:
    before = [list(model.objects.values()) for model in (Policy, Measure, Action, Indicator)]
    start(plan)
    after = [
        list(model.objects.filter(plan=plan).values())
        for model in (Policy, Measure, Action, Indicator)
    ]
    assert before == after
