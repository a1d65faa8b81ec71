"""The work on the sample town's plans: sheets, goals of divisions, the review board, and the
strategy's revised edition."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import models
from django.db.models import F, Q

from indicators.models import Indicator, Series, SeriesBreak
from measures.models import (
    Action,
    Correspondence,
    DepartmentPolicySheet,
    Measure,
    MeasureSdg,
    ProgressReport,
    ReportColumn,
    ReportingRow,
    ReviewComment,
)
from measures.taking_over import years_taken_from
from municipalities.models import Department
from plans.choices import Period, WorkState
from plans.models import GlossaryTerm, Plan, PlanScheme, Policy, PolicySdg
from portal.glossary import glossary
from rounds.models import Publication, PublishedComment, PublishedReport, PublishedSheet
from rounds.sample_town.reviews import COMMENTS

from .shipped import SAMPLE_TOWN, loaded_for_module

COUNCIL, PUBLIC = Publication.Kind.COUNCIL, Publication.Kind.PUBLIC

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture(scope="module")
def town(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Load the plans once; each test runs on a savepoint inside, and all is rolled back."""
    with loaded_for_module(django_db_blocker, *SAMPLE_TOWN):
        yield


@pytest.fixture
def mirai(town: None) -> Plan:
    return Plan.objects.get(slug="mirai")


@pytest.fixture
def kaitei(town: None) -> Plan:
    return Plan.objects.get(slug="senryaku-kaitei")


def found(model: type[models.Model], field: str, **lookup: Any) -> set[Any]:
    """Return the values a field takes."""
    return set(model._default_manager.filter(**lookup).values_list(field, flat=True))


# --- The sheets of measures -------------------------------------------------------------------


def test_reports_in_every_state_and_rating(mirai: Plan) -> None:
    reports = {"row__action__plan": mirai}
    # The town has no lead sections.
    assert found(ProgressReport, "state", **reports) == set(WorkState) - {WorkState.CONFIRMED}
    scheme = mirai.scheme_in(PlanScheme.Subject.REPORTS, 2025)
    symbols = {band.symbol for band in scheme.bands.all()}
    assert symbols == {"S", "A", "B", "C", "N"}
    newest = {"fiscal_year": 2025, "period": Period.YEAR_END, **reports}
    assert found(ProgressReport, "rating__symbol", **newest) == symbols
    assert found(ProgressReport, "fiscal_year", **reports) == set(range(2020, 2027))
    assert found(ReportingRow, "is_relisted", action__plan=mirai) == {True, False}
    rows = ReportingRow.objects.filter(action__plan=mirai).prefetch_related(
        "departments__department"
    )
    assert any(len(row.departments_in(2022)) == 2 for row in rows)
    assert Action.objects.filter(plan=mirai, rows=None).exists()
    ended = rows.get(last_fiscal_year__isnull=False)  # its section merged with the owner's
    assert not ended.departments_in(2023)


def test_one_measure_has_been_reported_every_year(mirai: Plan) -> None:
    rows = ReportingRow.objects.filter(action__measure__code="1-1-1", action__plan=mirai)
    years = found(ProgressReport, "fiscal_year", row__in=rows, period=Period.YEAR_END)
    assert years == set(range(2020, 2026))


def test_nearly_every_row_was_reported_for_the_newest_year(mirai: Plan) -> None:
    rows = ReportingRow.objects.filter(action__plan=mirai)
    in_year = [row for row in rows if row.is_in_year(2025) and row.action.is_in_year(2025)]
    reported = found(ProgressReport, "row", fiscal_year=2025, period=Period.YEAR_END)
    missing = [row for row in in_year if row.pk not in reported]
    assert [str(row.action.code) for row in missing] == ["5-1-1"]


def test_the_middle_of_a_year_and_its_end_stand_side_by_side(mirai: Plan) -> None:
    printed = PublishedReport.objects.filter(publication__kind=PUBLIC, action__code="3-2-1-1")
    for year in (2023, 2025):
        periods = set(
            printed.filter(publication__fiscal_year=year).values_list(
                "publication__period", flat=True
            )
        )
        assert periods == {Period.MID_YEAR, Period.YEAR_END}


def test_the_sheet_has_columns_of_its_own(mirai: Plan) -> None:
    columns = {column.key: column for column in ReportColumn.of_plan(mirai)}
    assert columns["rating"].label == "進み具合"
    for key in ("budget", "settlement"):
        assert columns[key].kind == ReportColumn.Kind.NUMBER
        assert columns[key].unit == "千円"
    assert columns["course"].choices == ["拡充", "継続", "改善", "縮小", "廃止", "完了"]
    reports = ProgressReport.objects.filter(row__action__plan=mirai)
    assert {report.extra.get("course") for report in reports} >= set(columns["course"].choices)
    spent = [
        (Decimal(report.extra["settlement"]), Decimal(report.extra["budget"]))
        for report in reports
        if "settlement" in report.extra
    ]
    assert all(settled <= budget for settled, budget in spent)
    assert any(settled == 0 < budget for settled, budget in spent)


def test_an_internal_column_is_filled_and_never_printed(mirai: Plan) -> None:
    memo = ReportColumn.objects.get(plan=mirai, key="memo")
    assert not memo.is_public
    checked = ProgressReport.objects.filter(
        state=WorkState.CHECKED, row__action__plan=mirai, extra__has_key="memo"
    )
    assert checked.filter(fiscal_year=2025).exists()
    memos = [report.extra["memo"] for report in checked]
    for row in PublishedReport.objects.all():
        assert "memo" not in {cell["key"] for cell in row.cells}
        assert not any(memo in str(row.cells) for memo in memos)


def test_text_taken_over_says_what_the_year_before_said(mirai: Plan) -> None:
    marked = [report for report in ProgressReport.objects.all() if report.taken_over]
    assert {report.state for report in marked} == {WorkState.DRAFT, WorkState.SUBMITTED}
    for report in marked:
        assert report.fiscal_year == 2026
        assert years_taken_from(report) == dict.fromkeys(report.taken_over, 2025)


# --- Goals of divisions -----------------------------------------------------------------------


def sheets_printed(**lookup: Any) -> dict[str, PublishedSheet]:
    """Return the name of the department → its sheet in the one publication that fits."""
    publication = Publication.objects.get(plan__slug="mirai", **lookup)
    return {sheet.name: sheet for sheet in publication.sheets.all()}


def test_divisions_set_themselves_goals_every_year(mirai: Plan) -> None:
    sheets = DepartmentPolicySheet.objects.filter(plan=mirai).select_related("department")
    by_year = defaultdict(set)
    for sheet in sheets.filter(state=WorkState.CHECKED):
        by_year[sheet.fiscal_year].add(sheet.department.name)
        assert sheet.department.is_valid_on(date(sheet.fiscal_year, 4, 1))
        assert sheet.priority_issues.count() >= 2
    before = {"企画部", "健康福祉部", "市民環境部"}
    assert by_year == {
        2022: before,
        **dict.fromkeys(range(2023, 2027), before | {"こども未来部"}),
    }
    assert [str(sheet.department) for sheet in sheets.exclude(state=WorkState.CHECKED)] == [
        "交通政策室"
    ]


def test_what_came_of_the_goals_is_known_after_the_year(mirai: Plan) -> None:
    for sheet in DepartmentPolicySheet.objects.filter(plan=mirai):
        is_over = sheet.fiscal_year < 2026
        assert bool(sheet.result) == is_over
        assert all(bool(issue.result) == is_over for issue in sheet.priority_issues.all())


def test_each_publication_froze_what_was_known_of_the_goals(mirai: Plan) -> None:
    middle = sheets_printed(fiscal_year=2025, period=Period.MID_YEAR)
    june = sheets_printed(kind=Publication.Kind.PLAN, effective_at__date=date(2026, 6, 5))
    council = sheets_printed(kind=COUNCIL, fiscal_year=2025)
    for sheets, year, is_known in (
        (middle, 2025, False),
        (june, 2026, False),
        (council, 2025, True),
    ):
        assert set(sheets) == {"企画部", "健康福祉部", "市民環境部", "こども未来部"}
        for sheet in sheets.values():
            assert sheet.fiscal_year == year
            assert bool(sheet.result) == is_known
            assert all(bool(issue["result"]) == is_known for issue in sheet.issues)
    assert not PublishedSheet.objects.filter(name="交通政策室").exists()
    assert not PublishedSheet.objects.filter(fiscal_year=2022, name="こども未来部").exists()


# --- The review board -------------------------------------------------------------------------


def test_the_board_spoke_every_year_of_every_level(mirai: Plan) -> None:
    comments = ReviewComment.objects.filter(plan=mirai)
    assert found(ReviewComment, "fiscal_year", plan=mirai) == set(range(2021, 2026))
    assert {type(comment.target).__name__ for comment in comments} == {
        "Plan",
        "BasicGoal",
        "Policy",
        "Measure",
    }
    for comment in comments:
        if comment.department:  # answered by a section of that time
            assert comment.department.is_valid_on(comment.answered_on)
    assert comments.filter(department__valid_to__isnull=False).exists()


def test_the_council_read_what_had_been_said_and_the_public_also_the_answers(mirai: Plan) -> None:
    def printed(kind: str, year: int, **lookup: Any) -> models.QuerySet[PublishedComment]:
        return PublishedComment.objects.filter(
            publication__kind=kind, publication__fiscal_year=year, **lookup
        )

    for year in range(2021, 2026):
        assert printed(COUNCIL, year).exists()
        assert not printed(COUNCIL, year).exclude(answer="").exists()
        unanswered = set(printed(PUBLIC, year, answer="").values_list("number", flat=True))
        assert len(unanswered) == (1 if year == 2025 else 0)
    for year in (2023, 2025):  # somebody spoke after the council had its edition
        assert (
            printed(PUBLIC, year).values("number").distinct().count()
            > printed(COUNCIL, year).count()
        )


def test_a_draft_of_the_board_is_in_no_publication(mirai: Plan) -> None:
    draft = ReviewComment.objects.get(plan=mirai, state=WorkState.DRAFT)
    assert draft.fiscal_year == 2025
    assert not PublishedComment.objects.filter(comment=draft.comment).exists()
    assert ReviewComment.objects.filter(plan=mirai).count() == len(COMMENTS)


# --- Words, goals of the world ----------------------------------------------------------------


@pytest.mark.parametrize("slug", ["mirai", "senryaku", "senryaku-kaitei"])
def test_every_word_explained_occurs_in_the_plan(town: None, slug: str) -> None:
    plan = Plan.objects.get(slug=slug)
    shown = glossary(plan)
    assert len(shown) == GlossaryTerm.objects.filter(plan=plan).count()
    assert not [term.term for term in shown if not term.appears]


def test_goals_of_the_world_stand_on_policies_and_measures(mirai: Plan) -> None:
    assert not Policy.objects.filter(plan=mirai, sdgs=None).exists()
    assert not Measure.objects.filter(plan=mirai, sdgs=None).exists()
    numbers = found(PolicySdg, "number", policy__plan=mirai) | found(
        MeasureSdg, "number", measure__plan=mirai
    )
    assert len(numbers) >= 14


# --- The revised edition ----------------------------------------------------------------------


def test_the_strategy_was_revised_in_the_middle_of_its_time(kaitei: Plan) -> None:
    before = kaitei.predecessor
    assert (before.slug, before.stage, kaitei.stage) == ("senryaku", "ended", "current")
    assert (kaitei.edition, kaitei.takes_over_from) == ("改訂版", 2025)
    years = found(Publication, "fiscal_year", plan=before) - {None}
    assert years == set(range(2020, 2025))
    assert found(Publication, "fiscal_year", plan=kaitei) == {None, 2025}
    handed_out = Publication.objects.get(plan=kaitei, fiscal_year=None)
    assert handed_out.effective_at.date() < date(2025, 4, 2)


def test_the_edition_shows_every_kind_of_correspondence(kaitei: Plan) -> None:
    lines = list(Correspondence.objects.filter(new_plan=kaitei))
    assert [line.old.title for line in lines if line.new is None] == ["出会いの場づくり"]
    assert [line.new.title for line in lines if line.old is None] == ["関係人口を広げる"]
    both = [line for line in lines if line.new and line.old]
    split = {line.new.title for line in both if line.old.title == "里山観光"}
    assert split == {"里山をめぐる観光", "まちなかの周遊"}
    assert any(type(line.new) is not type(line.old) for line in both)
    assert any(line.new.title != line.old.title for line in both if line.basis == "copied")
    assert any(line.new.summary != line.old.summary for line in both if line.basis == "copied")
    assert any(line.remark for line in lines)
    assert {line.basis for line in lines} == {"copied", "stated", "person"}
    told = {(type(line.new), line.new.code) for line in lines if line.new}
    assert {(Measure, measure.code) for measure in kaitei.measure_set.all()} <= told


def test_the_edition_goes_on_with_the_same_numbers(kaitei: Plan, mirai: Plan) -> None:
    own, before = (
        {indicator.code: indicator for indicator in plan.indicators.select_related("series")}
        for plan in (kaitei, kaitei.predecessor)
    )
    assert set(own) - set(before) == {"s-8"}
    assert all(own[code].series == before[code].series for code in before)
    shared = Series.objects.filter(indicators__plan=kaitei).filter(indicators__plan=mirai)
    assert shared.count() == 5
    broken = SeriesBreak.objects.get(fiscal_year=2025)
    assert broken.series == own["s-4"].series
    revised = Indicator.objects.filter(plan=kaitei, targets__revision=1).distinct()
    assert revised.count() == 4
    assert not revised.filter(Q(targets__revision=1) & Q(targets__reason="")).exists()
    assert not kaitei.indicators.filter(
        targets__fiscal_year__lt=F("plan__takes_over_from")
    ).exists()


def test_no_section_answers_before_it_existed(kaitei: Plan) -> None:
    answering = Department.objects.filter(responsibilities__indicator__plan=kaitei)
    assert answering.exists()
    assert all(department.is_valid_on(date(2025, 4, 1)) for department in answering)
