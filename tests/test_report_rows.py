"""What the reports say: the figures of the pages, the work beside what is published, a reprint."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from exchange import reports
from exchange.reports.explanations import explanation_rows
from exchange.reports.indicator_rows import NONE, Line, indicator_table
from exchange.reports.progress_rows import progress_sheets
from indicators.models import Actual, Judgement, Target
from measures.models import ProgressReport
from plans.choices import Visibility, WorkState
from plans.models import Plan
from rounds.models import Publication

from . import factories as make
from .people import People, make_people
from .public_pages import publish_year
from .sheet_pages import make_sheet_plan, measure_of

pytestmark = pytest.mark.django_db


def only_line(edition: reports.Edition) -> Line:
    (line,) = indicator_table(edition).lines
    return line


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.fixture
def plan(people: People) -> Plan:
    """Goal 1 with one indicator of the welfare section: 110 in FY2023, target 200."""
    plan = make.make_plan(people.kita, title="きた市総合計画", start_fiscal_year=2022)
    goal = make.make_goal(plan, code="g1", label="1", title="大きな目標")
    indicator = make.make_indicator(
        plan,
        make.make_series(people.kita, name="歩く人", unit="人"),
        [people.welfare],
        code="i1",
        basic_goal=goal,
    )
    make.make_target(indicator, 2029, 200)
    make.make_actual(indicator.series, 2022, 0)
    make.make_actual(indicator.series, 2023, 110)
    return plan


# --- Figures -----------------------------------------------------------------------------------


def test_zero_is_a_figure_and_missing_is_a_word(plan: Plan) -> None:
    Actual.objects.filter(fiscal_year=2023).update(value=None, missing_reason="no_survey")
    line = only_line(reports.working(plan, 2023))
    assert [year and year.actual.value for year in line.years] == [0, None]
    assert line.years[1].actual.words == "調査のない年"
    assert line.years[1].rate.words == NONE
    assert line.baseline.value == 100


def test_a_year_without_entry_is_not_compiled(plan: Plan) -> None:
    assert only_line(reports.working(plan, 2024)).years[-1].actual.words == "未集計"


def test_targets_are_figures_where_they_are(plan: Plan) -> None:
    line = only_line(reports.working(plan, 2023))
    assert (line.target.value, line.target.suffix, line.target_year) == (200, "以上", "R11")
    Target.objects.update(kind="text", value=None, text="設置")
    assert only_line(reports.working(plan, 2023)).target.words == "設置"


def test_an_interim_target_stands_in_its_year(plan: Plan) -> None:
    make.make_target(plan.indicators.get(), 2023, 120)
    years = only_line(reports.working(plan, 2023)).years
    assert years[0].target is None
    assert years[1].target.value == 120


def test_an_indicator_that_ended_is_listed_with_its_years(plan: Plan) -> None:
    plan.indicators.update(last_fiscal_year=2022, life_reason="abolished")
    line = only_line(reports.working(plan, 2023))
    assert line.years[1] is None
    assert "令和4年度まで（廃止）" in line.remarks


def test_rates_stay_away_where_the_plan_does_not_use_them(plan: Plan) -> None:
    plan.show_rates = Visibility.OFF
    plan.save()
    line = only_line(reports.working(plan, 2023))
    assert (line.formula, line.years[1].rate.words) == ("", NONE)


# --- Views -------------------------------------------------------------------------------------


def test_the_work_shows_every_state_and_says_so(plan: Plan) -> None:
    publish_year(plan)
    Actual.objects.filter(fiscal_year=2023).update(value=Decimal(150), state=WorkState.DRAFT)
    working = only_line(reports.working(plan, 2023))
    assert working.years[-1].actual.value == 150
    assert "R5：入力中" in working.remarks
    public = only_line(reports.of_citizens(plan, 2023))
    assert public.years[-1].actual.value == 110
    assert "作業中" in reports.working(plan, 2023).stamp
    assert "公表版（確定、第2号）" in reports.of_citizens(plan, 2023).stamp


def test_what_is_internal_is_in_no_public_report(plan: Plan) -> None:
    make.make_column(plan, "memo", label="メモ", is_public=False, order=99)
    row = make.make_row(make.make_action(plan))
    make.make_report(row, state=WorkState.CHECKED, extra={"memo": "内密"})
    publish_year(plan)
    internal = progress_sheets(reports.working(plan, 2023))
    assert [column.label for column in internal.columns][-1] == "メモ（庁内）"
    assert "内密" in internal.rows[0].cells
    public = progress_sheets(reports.of_citizens(plan, 2023))
    assert "内密" not in public.rows[0].cells


def test_computed_judgements_are_for_those_who_may_see_them(plan: Plan) -> None:
    scheme = make.make_scheme(
        plan=plan, symbols="", chosen_by_people=False, formula="progress", basis="final_target"
    )
    scheme.bands.create(order=1, symbol="順", label="順調", test="otherwise")
    publish_year(plan)
    assert plan.show_computed_judgement == Visibility.INTERNAL
    assert only_line(reports.working(plan, 2023)).years[-1].judgement == "順"
    assert only_line(reports.of_citizens(plan, 2023)).years[-1].judgement == NONE


def test_a_year_that_is_not_published_says_so(plan: Plan) -> None:
    with pytest.raises(
        reports.NoEditionError, match="令和5年度 年度末実績はまだ公表されていません"
    ):
        reports.of_citizens(plan, 2023)


def council_copy(plan: Plan) -> Publication:
    make.make_scheme(plan=plan)
    band = plan.schemes.first().scheme.bands.first()
    make.make_judgement(plan.indicators.get(), band)
    row = make.make_row(make.make_action(plan), [plan.municipality.departments.first()])
    make.make_report(row, state=WorkState.CHECKED, rating=band)
    make.make_issue(make.make_sheet(plan, state=WorkState.CHECKED))
    publish_year(plan, 2022)
    return publish_year(plan, kind=Publication.Kind.COUNCIL)


FROZEN_KINDS = ("indicators", "progress", "policy", "achievement", "explanations")


@pytest.mark.parametrize("kind", FROZEN_KINDS)
def test_the_council_copy_is_reprinted_as_it_was(plan: Plan, kind: str) -> None:
    publication = council_copy(plan)
    first = reports.make(kind, reports.reprint(publication))
    Actual.objects.update(value=Decimal(1))
    Target.objects.update(value=Decimal(999))
    Judgement.objects.update(reason="あとから")
    ProgressReport.objects.update(result="あとから書いた文")
    plan.show_rates = Visibility.OFF
    plan.save()
    for year in (2022, 2023):  # corrections for citizens come later than the council's copy
        publish_year(plan, year)
    again = reports.make(kind, reports.reprint(Publication.objects.get(pk=publication.pk)))
    assert again.name == first.name
    assert again.content == first.content


def test_the_work_is_printed_as_it_is_now(plan: Plan) -> None:
    """The guard of the test above: what changed is seen where it should be."""
    first = only_line(reports.working(plan, 2023))
    Actual.objects.update(value=Decimal(1))
    assert only_line(reports.working(plan, 2023)) != first


# --- Limits ------------------------------------------------------------------------------------


def test_a_goal_and_a_section_limit_what_is_printed(plan: Plan, people: People) -> None:
    other = make.make_goal(plan, code="g2", title="もう一つ")
    make.make_indicator(plan, departments=[people.finance], code="i2", basic_goal=other)
    make.make_indicator(plan, code="i3")
    edition = reports.working(plan, 2023)

    def numbers(**limits: Any) -> list[str]:
        return [line.number for line in indicator_table(edition.only(**limits)).lines]

    assert numbers() == ["i3", "i1", "i2"]
    assert numbers(goal=other) == ["i2"]
    assert numbers(section=people.welfare) == ["i1"]
    assert numbers(section=people.division) == ["i1", "i2"]
    assert numbers(goal=other, section=people.welfare) == []


def test_a_row_that_lists_an_action_again_names_its_owner(people: People) -> None:
    plan = make.make_plan(people.kita)
    action = make.make_action(plan, title="歩く会")
    make.make_row(action, [people.welfare, people.finance])
    make.make_row(action, [people.finance], order=2, is_relisted=True)
    (sheet,) = progress_sheets(reports.working(plan, 2023)).sheets
    owner, again = sheet.rows
    assert owner.sections == ("福祉課", "財政課")
    assert (again.is_relisted, again.owner) == (True, "福祉課、財政課")
    assert owner.missing == "まだ入力されていません。"
    limited = reports.working(plan, 2023).only(section=people.welfare)
    assert len(progress_sheets(limited).rows) == 1


def test_the_list_of_explanations_is_that_of_the_page(plan: Plan, people: People) -> None:
    make.make_actual(plan.indicators.get().series, 2024, 90)
    found = explanation_rows(reports.working(plan, 2024))
    assert {concern.value: len(rows) for concern, rows in found.items() if rows} == {"worsened": 1}
    nothing = explanation_rows(reports.working(plan, 2024).only(section=people.finance))
    assert not any(nothing.values())


# --- Queries -----------------------------------------------------------------------------------


def grow(plan: Plan, number: int) -> None:
    for _each in range(number):
        goal = make.make_goal(plan)
        section = make.make_department(plan.municipality)
        indicator = make.make_indicator(plan, departments=[section], basic_goal=goal)
        make.make_target(indicator)
        make.make_actual(indicator.series)
        measure = make.make_measure(plan, basic_goal=goal)
        row = make.make_row(make.make_action(plan, measure=measure), [section])
        make.make_report(row, state=WorkState.CHECKED)
        make.make_issue(make.make_sheet(plan, section, state=WorkState.CHECKED))


def queries(run: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        run()
    return len(captured)


@pytest.mark.parametrize("kind", [*FROZEN_KINDS, reports.SECTIONS])
@pytest.mark.parametrize("view", ["working", "published"])
def test_queries_do_not_grow_with_the_plan(plan: Plan, kind: str, view: str) -> None:
    def run() -> object:
        fresh = Plan.objects.select_related("municipality").get(pk=plan.pk)
        edition = (reports.working if view == "working" else reports.of_citizens)(fresh, 2023)
        return reports.make(kind, edition)

    make.make_scheme(plan=plan)
    grow(plan, 2)
    publish_year(plan)
    few = queries(run)
    grow(plan, 6)
    publish_year(plan)
    assert queries(run) == few <= 35


def test_measures_are_in_the_order_of_the_plan() -> None:
    plan = make_sheet_plan()
    second = make.make_measure(
        plan, code="n", label="1-1-2", title="次の施策", policy=measure_of(plan).policy
    )
    for measure in (second, measure_of(plan)):
        make.make_row(make.make_action(plan, measure=measure))
    found = progress_sheets(reports.working(plan, 2023))
    assert [sheet.title for sheet in found.sheets] == ["1-1-1 小さな施策", "1-1-2 次の施策"]
    assert found.sheets[0].above == "1 大きな目標　1-1 中くらいの政策"
