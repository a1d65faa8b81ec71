"""The invented plans of the sample town: every kind of thing, and the years as they were told."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import models

from indicators.choices import (
    Accumulation,
    BaselineStatus,
    Basis,
    Direction,
    MissingReason,
    Revision,
    Stage,
    TargetKind,
)
from indicators.models import (
    Actual,
    Indicator,
    Judgement,
    Responsibility,
    Series,
    SeriesBreak,
    Target,
)
from measures.models import (
    Action,
)
from municipalities.models import Department, DepartmentSuccession, Municipality
from plans.choices import LifeReason, Period, WorkState
from plans.models import GlossaryTerm, Plan, PlanScheme, Policy, RelatedPlan, YearLock
from rounds import fixture_files
from rounds.frozen import thaw_rate
from rounds.models import (
    Publication,
    PublishedComment,
    PublishedIndicator,
    PublishedReport,
    PublishedSheet,
)

from .shipped import SAMPLE_TOWN, loaded_for_module
from .test_sample_town_story import SHIPPED, dumped

NOVEMBER_2026 = datetime(2026, 11, 20, tzinfo=ZoneInfo("Asia/Tokyo"))
YEARS = range(2020, 2026)
FROZEN = (PublishedIndicator, PublishedReport, PublishedSheet, PublishedComment)

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture(scope="module")
def town(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Load the plans once; each test runs on a savepoint inside, and all is rolled back."""
    with loaded_for_module(django_db_blocker, *SAMPLE_TOWN):
        yield


@pytest.fixture
def mirai(town: None) -> Plan:
    return Plan.objects.get(municipality__slug="mihon", slug="mirai")


def found(model: type[models.Model], field: str, **lookup: Any) -> set[Any]:
    """Return the values a field takes."""
    return set(model.objects.filter(**lookup).values_list(field, flat=True))


# --- The file ---------------------------------------------------------------------------------


def test_loading_and_writing_gives_the_same_file(town: None) -> None:
    assert dumped() == SHIPPED.read_text(encoding="utf-8")


def test_the_town_is_built_only_once_and_not_out_of_nothing(mirai: Plan) -> None:
    with pytest.raises(CommandError, match="すでにあります"):
        call_command("build_sample_town")
    Municipality.objects.filter(pk=mirai.municipality_id).update(slug="other")
    with pytest.raises(CommandError, match="loaddata"):
        call_command("build_sample_town")


@pytest.mark.parametrize(
    "arguments",
    [
        ("--municipality=nowhere", "--plan=mirai"),
        ("--municipality=mihon", "--plan=nothing"),
        ("--municipality=mihon",),
    ],
)
def test_what_is_not_there_is_not_written(town: None, arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        call_command("dump_fixture", "-", *arguments, stdout=StringIO())


def test_every_row_is_valid(town: None) -> None:
    mihon = Municipality.objects.get(slug="mihon")
    rows = [
        mihon,
        *fixture_files.sections_of(mihon),
        *fixture_files.schemes_of(mihon),
        *fixture_files.plans_of(Plan.objects.filter(municipality=mihon)),
    ]
    assert len(rows) > 2000
    for row in rows:
        if not isinstance(row, FROZEN):  # written at once
            row.full_clean()
    for model in FROZEN:
        for row in model.objects.all()[::25]:
            row.full_clean()


# --- Every kind -------------------------------------------------------------------------------


def test_the_town_is_marked_as_invented(mirai: Plan) -> None:
    assert mirai.municipality.is_sample
    assert mirai.municipality.code is None
    assert "架空" in mirai.title_note
    assert "架空" in Plan.objects.get(slug="senryaku").title


def test_there_are_indicators_of_every_kind(mirai: Plan) -> None:
    assert mirai.indicators.count() >= 36
    of_plan = {"indicator__plan": mirai}
    series = {"indicators__plan": mirai}
    assert found(Target, "kind", **of_plan) == set(TargetKind)
    assert found(Indicator, "direction", plan=mirai) == set(Direction)
    assert found(Indicator, "baseline_status", plan=mirai) == set(BaselineStatus)
    assert found(Series, "accumulation", **series) == set(Accumulation)
    assert found(Series, "basis", **series) == set(Basis)
    assert found(Series, "decimals", **series) == {0, 1, 2, 3}
    assert {one.window_is_known for one in Series.objects.filter(basis=Basis.WINDOW)} == {
        True,
        False,
    }
    levels = [
        [node for node in ("basic_goal", "policy", "measure") if getattr(indicator, node)]
        for indicator in mirai.indicators.all()
    ]
    assert {tuple(level) for level in levels} == {
        (),
        ("basic_goal",),
        ("policy",),
        ("measure",),
    }


def test_there_are_figures_of_every_kind(mirai: Plan) -> None:
    series = {"series__indicators__plan": mirai}
    assert found(Actual, "missing_reason", **series) - {""} == set(MissingReason)
    assert found(Actual, "revision", **series) == {"", *Revision}
    assert found(Actual, "period", **series) == set(Period)
    # The town has no lead sections.
    assert found(Actual, "state", **series) == set(WorkState) - {WorkState.CONFIRMED}
    assert found(Actual, "is_provisional", **series) == {True, False}
    actuals = Actual.objects.filter(**series)
    assert actuals.filter(value=0).exists()
    assert actuals.filter(value__lt=0).exists()
    assert not actuals.filter(fiscal_year__gt=2025).exclude(period=Period.MID_YEAR).exists()
    due = found(Actual, "expected_on", **series, expected_on__isnull=False)
    today = date(2026, 11, 20)
    assert min(due) < today < max(due)


def test_survey_series_have_values_in_survey_years_only(mirai: Plan) -> None:
    rows = Actual.objects.filter(
        series__basis=Basis.SURVEY_YEAR, series__code="want-to-stay", period=Period.YEAR_END
    )
    assert {row.fiscal_year: row.missing_reason for row in rows} == {
        year: "" if year % 2 else MissingReason.NO_SURVEY for year in YEARS
    }


def test_there_are_baselines_and_targets_of_every_kind(mirai: Plan) -> None:
    indicators = mirai.indicators
    assert indicators.filter(baseline_is_average=True).exclude(baseline_mark="").exists()
    assert indicators.filter(
        baseline_status=BaselineStatus.VALUE, baseline_fiscal_year=None
    ).exists()
    targets = Target.objects.filter(indicator__plan=mirai)
    assert targets.filter(value=0, kind=TargetKind.AT_MOST).exists()
    assert targets.filter(value=models.F("indicator__baseline_value")).exists()
    assert targets.filter(kind=TargetKind.MAINTAIN, tolerance__gt=0).exists()
    revised = targets.filter(revision=1)
    assert revised.filter(decided_on__isnull=False, effective_from=2023).exclude(reason="").exists()
    per_indicator = Counter(targets.values_list("indicator__code", flat=True))
    assert per_indicator["1-1-1"] == 8  # every year
    assert per_indicator["3-1-2"] == 1  # the final one only


def test_indicators_come_and_go_and_change(mirai: Plan) -> None:
    lives = set(
        mirai.indicators.exclude(life_reason="").values_list(
            "life_reason", "first_fiscal_year", "last_fiscal_year"
        )
    )
    assert {("added", 2022, None), ("abolished", None, 2023)} <= lives
    reasons = found(Indicator, "life_reason", plan=mirai) | found(Action, "life_reason", plan=mirai)
    assert reasons - {""} == set(LifeReason)
    assert SeriesBreak.objects.filter(series__indicators__plan=mirai).exists()


def test_sections_were_reorganised_and_responsibility_followed(mirai: Plan) -> None:
    assert found(DepartmentSuccession, "kind") == set(DepartmentSuccession.Kind)
    assert found(DepartmentSuccession, "effective_on") == {date(2023, 4, 1)}

    def sections(code: str, year: int) -> list[str]:
        return list(
            Responsibility.objects.in_year(year)
            .filter(indicator__plan=mirai, indicator__code=code)
            .values_list("department__name", flat=True)
        )

    assert sections("1-1-3", 2022) == ["子育て支援課", "情報政策室"]
    assert sections("1-1-3", 2023) == ["こども政策課", "デジタル推進課"]
    assert sections("4-1-1", 2022) == ["環境課"]
    assert sections("4-1-1", 2023) == ["ごみ減量課"]
    assert sections("4-1-4", 2023) == ["ゼロカーボン推進課"]
    assert sections("0-1", 2023) == []
    numbers = Counter(len(sections(code, 2024)) for code in found(Indicator, "code", plan=mirai))
    assert set(numbers) == {0, 1, 2}
    for year, day in ((2022, date(2023, 3, 31)), (2023, date(2023, 4, 1))):
        of_year = Responsibility.objects.in_year(year)
        answering = Department.objects.filter(
            responsibilities__in=of_year.filter(indicator__plan__start_fiscal_year__lte=year)
        )
        assert all(department.is_valid_on(day) for department in answering)


def test_the_plan_reads_like_a_plan(mirai: Plan) -> None:
    assert 4 <= mirai.basicgoal_set.count() <= 5
    assert mirai.policyfield_set.exists()
    for policy in Policy.objects.filter(plan=mirai):
        assert all((policy.summary, policy.vision, policy.current_state, policy.issues))
        assert not policy.texts_by_site
        assert policy.sdgs.exists()
    assert GlossaryTerm.objects.filter(plan=mirai).exclude(definition="").count() >= 10
    assert GlossaryTerm.objects.filter(plan=mirai, definition="").exclude(formal_name="").exists()
    assert mirai.footnotes.count() >= 3
    related = RelatedPlan.objects.filter(plan=mirai)
    assert found(RelatedPlan, "kind", plan=mirai) == set(RelatedPlan.Kind)
    linked = related.filter(linked_plan__isnull=False)
    assert {row.linked_plan.slug for row in linked} == {"senryaku", "senryaku-kaitei"}
    outside = related.filter(linked_plan=None)
    assert len(set(outside.values_list("tier", flat=True)) - {""}) >= 3
    assert outside.exclude(start_fiscal_year=None).exclude(end_fiscal_year=None).exists()
    assert outside.exclude(period_label="").exists()
    assert any(row.policies.count() > 1 for row in related)


def test_two_plans_share_series_with_other_baselines_and_targets(mirai: Plan) -> None:
    senryaku = Plan.objects.get(slug="senryaku")
    both = [mirai, senryaku]
    assert senryaku.parent == mirai
    assert 6 <= senryaku.indicators.count() <= 8
    shared = Series.objects.filter(indicators__plan=mirai).filter(indicators__plan=senryaku)
    assert shared.count() >= 3
    visitors = {
        indicator.plan.slug: (indicator.baseline_value, indicator.targets.last().value)
        for indicator in Indicator.objects.filter(series__code="visitors", plan__in=both)
    }
    assert visitors == {
        "mirai": (Decimal("412.0"), Decimal("480.0")),
        "senryaku": (Decimal("405.3"), Decimal("450.0")),
    }


# --- Judgements -----------------------------------------------------------------------------


def test_people_judged_in_several_stages(mirai: Plan) -> None:
    judgements = Judgement.objects.filter(indicator__plan=mirai)
    assert found(Judgement, "stage", indicator__plan=mirai) == set(Stage)
    assert not judgements.exclude(stage=Stage.FIRST).filter(reason="").exists()
    for judgement in judgements.select_related("band"):
        scheme = mirai.scheme_in(PlanScheme.Subject.INDICATORS, judgement.fiscal_year)
        assert judgement.band.scheme == scheme


# --- The years --------------------------------------------------------------------------------


def test_each_year_went_to_the_council_and_then_to_the_public(mirai: Plan) -> None:
    year_ends = mirai.publications.filter(period=Period.YEAR_END)
    for year in YEARS:
        council = year_ends.get(kind=Publication.Kind.COUNCIL, fiscal_year=year)
        public = year_ends.filter(kind=Publication.Kind.PUBLIC, fiscal_year=year)
        assert public.count() >= 1
        assert council.effective_at.month == 8
        assert all(one.effective_at > council.effective_at for one in public)
    assert found(Publication, "mark", plan=mirai) == set(Publication.Mark)
    assert found(Publication, "period", plan=mirai) - {""} == set(Period)
    assert not mirai.publications.filter(fiscal_year=2026).exists()
    times = list(mirai.publications.order_by("number").values_list("effective_at", flat=True))
    assert times == sorted(times)
    assert times[-1] < NOVEMBER_2026


def test_closed_years_are_locked(mirai: Plan) -> None:
    assert found(YearLock, "fiscal_year", plan=mirai) == {2020, 2021, 2022, 2023}


def frozen_figure(mirai: Plan, code: str, year: int, **publication: Any) -> PublishedIndicator:
    """Return what citizens read of an indicator, at the first publication or at the last."""
    last = publication.pop("last", True)
    rows = PublishedIndicator.objects.filter(
        indicator__plan=mirai,
        indicator__code=code,
        publication__fiscal_year=year,
        publication__period=Period.YEAR_END,
        publication__kind=Publication.Kind.PUBLIC,
    ).order_by("publication__number")
    return rows.last() if last else rows.first()


def test_the_first_print_still_shows_the_mistake_and_the_current_one_its_correction(
    mirai: Plan,
) -> None:
    first = frozen_figure(mirai, "3-1-1", 2022, last=False)
    assert (first.value, first.revision) == (Decimal("96.8"), "")
    assert [judgement["symbol"] for judgement in first.judgements] == ["A"]
    current = PublishedIndicator.objects.get(
        indicator=first.indicator,
        publication__in=Publication.objects.for_citizens().current(NOVEMBER_2026),
        publication__fiscal_year=2022,
    )
    assert (current.value, current.revision) == (Decimal("86.8"), Revision.CORRECTED)
    assert "96.8" in current.revision_reason
    assert [judgement["symbol"] for judgement in current.judgements] == ["C"]


def test_preliminary_figures_were_settled(mirai: Plan) -> None:
    council = PublishedIndicator.objects.get(
        indicator__plan=mirai,
        indicator__code="2-1-1",
        publication__fiscal_year=2021,
        publication__kind=Publication.Kind.COUNCIL,
    )
    assert (council.value, council.is_provisional) == (Decimal("41.0"), True)
    settled = frozen_figure(mirai, "2-1-1", 2021)
    assert (settled.value, settled.is_provisional) == (Decimal("41.6"), False)
    marks = Publication.objects.filter(
        plan=mirai, fiscal_year=2021, kind=Publication.Kind.PUBLIC
    ).order_by("number")
    assert [publication.mark for publication in marks] == ["preliminary", "final"]


def test_late_figures_were_not_compiled_at_first(mirai: Plan) -> None:
    first = frozen_figure(mirai, "4-1-3", 2022, last=False)
    assert (first.value, first.missing_reason) == (None, MissingReason.NOT_COMPILED)
    assert first.expected_on == date(2024, 8, 1)
    assert frozen_figure(mirai, "4-1-3", 2022).value == Decimal("262.3")


def test_a_revised_source_reached_both_plans(mirai: Plan) -> None:
    for plan, code in ((mirai, "4-2-5"), (Plan.objects.get(slug="senryaku"), "s-7")):
        assert frozen_figure(plan, code, 2022, last=False).value == Decimal("341.9")
        now = frozen_figure(plan, code, 2022)
        assert (now.value, now.revision) == (Decimal("358.2"), Revision.SOURCE_REVISED)


def test_a_revised_target_holds_from_its_year_on(mirai: Plan) -> None:
    def final_target(year: int) -> list[str]:
        row = frozen_figure(mirai, "3-2-1", year)
        return [
            target["value"]
            for target in row.targets
            if target["fiscal_year"] == 2027 and target["in_force"]
        ]

    assert [Decimal(value) for value in final_target(2022)] == [60000]
    assert [Decimal(value) for value in final_target(2023)] == [55000]


def test_sections_are_printed_by_the_name_of_the_time(mirai: Plan) -> None:
    plans = PublishedIndicator.objects.filter(
        publication__plan=mirai, publication__kind=Publication.Kind.PLAN, indicator__code="1-1-1"
    ).order_by("publication__number")
    names = [row.departments[0]["name"] for row in plans]
    assert names == ["保育課", *["こども政策課"] * (len(names) - 1)]


def test_an_indicator_is_not_printed_before_it_was_added(mirai: Plan) -> None:
    printed = Publication.objects.filter(plan=mirai, indicators__indicator__code="4-2-4").order_by(
        "number"
    )
    assert printed.first().kind == Publication.Kind.PLAN
    assert printed.first().effective_at.year == 2023
    assert 2021 not in set(printed.values_list("fiscal_year", flat=True))


def test_yearly_entries_are_printed_with_their_total(mirai: Plan) -> None:
    bridges = frozen_figure(mirai, "3-2-3", 2023)
    assert (bridges.value, bridges.total) == (0, 12)
    rate = thaw_rate(bridges.rates["progress"])
    assert rate is not None
    assert rate.value == Decimal("37.5")
