"""The real plans in fixtures/: every oddity of the papers they come from."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from indicators.choices import (
    Accumulation,
    BaselineStatus,
    Basis,
    Direction,
    MissingReason,
    TargetKind,
)
from indicators.models import Actual, Indicator, Judgement
from measures.models import Action, DepartmentPolicySheet, Measure, ProgressReport, ReportingRow
from municipalities.models import Department
from plans.choices import Period, TitleSource
from plans.models import BasicGoal, Footnote, GlossaryTerm, Policy, RelatedPlan
from rounds import frozen
from rounds.models import PublishedIndicator, PublishedReport

from .real_plans import FIXTURES, indicator, node, only_target, plan_of, printed
from .shipped import loaded_for_module

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.any_database,
    pytest.mark.usefixtures("real_plans"),
]


@pytest.fixture(scope="module")
def real_plans(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Load the plans once; each test runs on a savepoint inside, and all is rolled back."""
    with loaded_for_module(django_db_blocker, *FIXTURES):
        yield


# --- 群馬県生活安心いきいきプラン --------------------------------------------------------------


def test_a_baseline_can_be_not_started_or_absent() -> None:
    supporters = indicator("gunma/seikatsu", "gs-2")
    assert supporters.baseline_status == BaselineStatus.NOT_STARTED
    assert (supporters.baseline_value, supporters.baseline_fiscal_year) == (None, 2016)
    assert supporters.baseline_label == "H28年度開始"
    assert supporters.targets.get().value == 2000
    assert indicator("gunma/seikatsu", "gs-5").baseline_label == "H27年度設置"
    counselling = indicator("gunma/seikatsu", "gs-3")
    assert counselling.baseline_status == BaselineStatus.UNAVAILABLE
    assert counselling.baseline_value_label == "－"


def test_a_later_result_is_not_comparable_with_its_baseline() -> None:
    trouble = indicator("gunma/seikatsu", "gs-1")
    assert (trouble.baseline_value, trouble.baseline_label) == (Decimal("24.2"), "H23年度")
    assert trouble.direction == Direction.FALLING
    assert trouble.targets.get().fiscal_year == 2018  # a year before the plan ends
    assert trouble.series.breaks.get().fiscal_year == 2018
    result = trouble.series.actuals.get()
    assert result.value == Decimal("11.4")
    assert result.source_url.startswith("https://www.pref.gunma.jp/")
    row = printed("gunma/seikatsu", 2018, Period.YEAR_END, "gs-1")
    assert {rate["reason"] for rate in row.rates.values()} == {"definition_changed"}


def test_one_result_is_known_and_the_others_are_not_stated() -> None:
    rows = PublishedIndicator.objects.filter(
        publication__plan=plan_of("gunma/seikatsu"), publication__fiscal_year=2018
    )
    assert Counter(row.missing_reason for row in rows) == {"": 1, MissingReason.NOT_STATED: 9}


def test_plans_know_laws_and_plans_they_refer_to() -> None:
    rows = plan_of("gunma/seikatsu").related_plans
    assert rows.get(kind=RelatedPlan.Kind.PARENT).title == "第15次群馬県総合計画"
    assert rows.get(kind=RelatedPlan.Kind.LAW).policies.get().code == "I-1"
    assert rows.filter(kind=RelatedPlan.Kind.PLAN).count() == 8
    # A name without its edition is not the plan of the list.
    assert rows.get(title="群馬県男女共同参画基本計画").policies.get().code == "II-2"
    assert not rows.get(title="群馬県男女共同参画基本計画（第４次）").policies.exists()


# --- 群馬県の情報化推進計画 --------------------------------------------------------------------


def test_plan_3_was_judged_without_any_value() -> None:
    judgements = Judgement.objects.filter(indicator__plan=plan_of("gunma/ict-3"))
    assert Counter(row.band.label for row in judgements) == {"達成": 4, "前進": 6, "後退": 1}
    assert {row.fiscal_year for row in judgements} == {2015}
    assert "スマートフォン" in judgements.get(band__label="後退").reason
    actuals = Actual.objects.filter(series__indicators__plan=plan_of("gunma/ict-3"))
    assert {(row.value, row.missing_reason) for row in actuals} == {(None, "not_stated")}
    for row in Indicator.objects.filter(plan=plan_of("gunma/ict-3")):
        assert row.series.unit == ""
        assert row.targets.get().kind == TargetKind.UNSPECIFIED


def test_judgements_are_published_with_their_band() -> None:
    row = printed("gunma/ict-3", 2015, Period.YEAR_END, "gi-2")
    assert (row.value, row.missing_reason) == (None, "not_stated")
    assert [judgement["label"] for judgement in row.judgements] == ["後退"]


def test_actions_can_hang_on_goals() -> None:
    tablets = node(Action, "gunma/ict-3", "1-1")
    assert tablets.parent == node(BasicGoal, "gunma/ict-3", "1")
    assert tablets.named_items == ["県民タブレット入門講座", "自治体職員情報化研修"]
    assert tablets.title_source == TitleSource.SITE
    assert node(BasicGoal, "gunma/ict-4", "d1").actions.count() == 2


def test_plan_4_keeps_directions_and_published_results() -> None:
    found = plan_of("gunma/ict-4")
    assert found.predecessor == plan_of("gunma/ict-3")
    titles = list(found.basicgoal_set.values_list("title", flat=True))
    assert titles == [
        "ＩＣＴの利活用における安全･安心の確保",
        "ＩＣＴの活用による豊かで活力ある未来の創生",
        "ICTの利活用を推進する環境の整備",
    ]
    for title in (
        "安全で安心して利用できるＩＣＴの推進",
        "ぐんまの未来を拓くＩｏＴ技術の活用",
        "県民目線のＩＣＴサービスの充実",
    ):
        assert title in found.summary
    typing = indicator("gunma/ict-4", "ict4-1-1a")
    assert (typing.label, typing.group) == ("ア", "小・中学生のICT活用能力")
    assert typing.parent == node(Policy, "gunma/ict-4", "1-1")
    assert [a.value for a in typing.series.actuals.all()] == [Decimal("92.9"), Decimal("94.5")]
    assert typing.judgements.get().judged_by == "群馬県情報化推進懇談会"
    judged = Judgement.objects.filter(indicator__plan=found)
    assert Counter(f"{j.fiscal_year}{j.band.symbol}" for j in judged) == {"2017C": 4, "2017B": 1}


def test_a_year_that_never_came_stays_as_printed() -> None:
    strategy = RelatedPlan.objects.get(title="世界最先端ＩＴ国家創造宣言")
    assert "平成 32 年" in strategy.note


# --- 伊勢崎市 ----------------------------------------------------------------------------------


def test_missing_titles_are_working_titles() -> None:
    found = plan_of("isesaki/sogo")
    assert found.title_source == TitleSource.WORKING
    assert "第2次伊勢崎市総合計画後期基本計画" in found.title_note
    policies = Policy.objects.filter(plan=found)
    assert {policy.title_source for policy in policies} == {TitleSource.WORKING}
    assert all(policy.title and policy.title_note for policy in policies)
    assert [p.field.title for p in policies] == ["協働・共生分野"] * 4 + ["行財政分野"] * 2


def test_numbers_of_measures_stay_as_mixed_as_printed() -> None:
    measures = Measure.objects.filter(policy__code="5-1", plan=plan_of("isesaki/sogo"))
    assert [measure.label for measure in measures] == ["", "2", "③", "4"]


def test_an_unknown_direction_is_never_guessed() -> None:
    for code, value in (("is-5", 30000), ("is-6", 600)):
        found = indicator("isesaki/sogo", code)
        assert (found.direction, found.proposed_direction) == (Direction.UNKNOWN, "")
        target = found.targets.get()
        assert (target.kind, target.value) == (TargetKind.UNSPECIFIED, value)
    assert "維持" in indicator("isesaki/sogo", "is-5").direction_note


def test_a_target_can_equal_its_baseline() -> None:
    ratio = indicator("isesaki/sogo", "is-13")
    target = ratio.targets.get()
    assert ratio.baseline_value == target.value == Decimal("5.0")
    assert (target.kind, ratio.direction) == (TargetKind.AT_MOST, Direction.FALLING)
    assert "当サイトの読み方" in target.note


def test_a_range_comes_from_the_notes_and_the_printed_target_stays() -> None:
    target = only_target("isesaki/sogo", "is-14")
    assert (target.kind, target.value) == (TargetKind.RANGE, None)
    assert (target.lower, target.upper, target.value_label) == (3, 5, "5.0%")
    assert "解説欄" in target.note


def test_related_plans_serve_several_policies() -> None:
    guideline = plan_of("isesaki/sogo").related_plans.get(title="ICT推進基本方針")
    assert [policy.code for policy in guideline.policies.all()] == ["5-1", "5-5"]
    reform = plan_of("isesaki/sogo").related_plans.get(title="行政改革大綱")
    assert (reform.start_fiscal_year, reform.end_fiscal_year) == (2020, None)


# --- 湖南市 ------------------------------------------------------------------------------------


def test_the_sheet_has_its_rows() -> None:
    rows = ReportingRow.objects.filter(action__plan=plan_of("konan/sogo"))
    assert rows.count() == 77
    assert rows.filter(is_relisted=True).count() == 11
    joint = [row for row in rows if row.departments.count() > 1]
    assert [str(department) for department in joint[0].departments_in(2022)] == [
        "学校教育課",
        "幼児施設課",
    ]
    assert len(joint) == 1
    assert rows.filter(action__code="1-3-2-2").count() == 3


def test_a_bullet_without_a_row_stays() -> None:
    action = node(Action, "konan/sogo", "1-6-1-3")
    assert not action.rows.exists()
    assert "行がない" in action.note
    without = Action.objects.filter(plan=plan_of("konan/sogo"), rows__isnull=True)
    assert without.get() == action


def test_blank_results_stay_blank() -> None:
    reports = ProgressReport.objects.filter(fiscal_year=2022, period=Period.MID_YEAR)
    assert reports.count() == PublishedReport.objects.count() == 77
    for report in reports:
        assert (report.result, report.rating, report.direction) == ("", None, "")
        assert report.issues
        assert report.projects
    for period in (Period.MID_YEAR, Period.YEAR_END):
        blanks = Actual.objects.filter(
            series__municipality__slug="konan", fiscal_year=2022, period=period
        )
        assert {(row.value, row.missing_reason, row.note) for row in blanks} == {
            (None, "not_stated", "空欄")
        }
        assert blanks.count() == 6


def test_departments_and_their_priority_issues() -> None:
    departments = Department.objects.filter(municipality__slug="konan")
    assert Counter(department.kind for department in departments) == {"division": 2, "section": 12}
    sheets = DepartmentPolicySheet.objects.filter(plan=plan_of("konan/sogo"))
    assert [sheet.priority_issues.count() for sheet in sheets] == [5, 5]


def test_the_plan_has_its_own_words() -> None:
    found = plan_of("konan/sogo")
    assert (found.label_basic_goal, found.label_measure, found.label_action) == (
        "章",
        "施策",
        "施策内容",
    )
    assert found.period_name(Period.MID_YEAR) == "9月末現在"
    assert found.label_relisted == "再掲"
    assert (found.title_source, found.period_text()) == (TitleSource.WORKING, "")
    assert GlossaryTerm.objects.filter(plan=found, definition="").count() == 6


def test_negative_values_and_a_zero_target() -> None:
    balance = indicator("konan/sogo", "ks-4")
    assert balance.baseline_value == -712
    target = balance.targets.get()
    assert (target.kind, target.value, target.mark) == (TargetKind.AT_LEAST, 0, "※2")
    assert balance.series.actuals.get(fiscal_year=2021).value == -271
    series = balance.series
    assert (series.accumulation, series.basis) == (Accumulation.POINT, Basis.WINDOW)
    assert not series.window_is_known
    row = printed("konan/sogo", 2021, Period.YEAR_END, "ks-4")
    assert row.rates["achievement"] == {"reason": "zero_divisor"}


def test_footnotes_stay_with_and_without_their_marks() -> None:
    notes = Footnote.objects.filter(plan=plan_of("konan/sogo"))
    assert [(note.policy.code, note.mark, note.marked_on) for note in notes] == [
        ("1-2", "※1", "基準値 91%"),
        ("1-2", "※2", ""),
        ("1-4", "※", ""),
    ]
    average = indicator("konan/sogo", "ks-2")
    assert (average.baseline_mark, average.baseline_is_average) == ("※1", True)
    assert indicator("konan/sogo", "ks-4").baseline_mark == "※1"  # no such footnote there


def test_the_progress_rates_of_2021() -> None:
    rates = [
        frozen.thaw_rate(row.rates["progress"]).value
        for row in PublishedIndicator.objects.filter(
            publication__plan=plan_of("konan/sogo"), publication__fiscal_year=2021
        ).order_by("indicator__order")
    ]
    assert [round(float(rate), 2) for rate in rates] == [
        -122.07,
        -925.0,
        8.06,
        61.94,
        145.11,
        76.9,
    ]


def test_names_of_related_plans_stay_as_each_page_prints_them() -> None:
    rows = plan_of("konan/sogo").related_plans
    assert [p.code for p in rows.get(title="男女共同参画アクション計画").policies.all()] == [
        "1-2",
        "1-3",
    ]
    assert rows.get(title="人権擁護総合計画").policies.get().code == "1-3"
    assert rows.get(title="人権総合計画").policies.get().code == "1-2"
    assert rows.filter(kind=RelatedPlan.Kind.ORDINANCE).count() == 2
