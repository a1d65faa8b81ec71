"""The plans of fixtures/ as a whole: their counts, their marks, and what each row must hold."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models

from indicators.models import Actual, Indicator, Judgement, Series
from measures.models import Action, Correspondence, Measure, ProgressReport
from municipalities.models import Municipality
from plans.choices import TitleSource, WorkState
from plans.models import BasicGoal, Plan, Policy, RatingScheme
from rounds.models import Publication

from .real_plans import FIXTURES, node, plan_of
from .shipped import loaded_for_module

OURS = ("municipalities", "plans", "measures", "indicators", "rounds")

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


def all_models() -> list[type[models.Model]]:
    """The models of the project, without the tables that keep history."""
    return [
        model
        for model in apps.get_models()
        if model._meta.app_label in OURS and not model.__name__.startswith("Historical")
    ]


# --- The whole --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "goals", "policies", "measures", "actions", "indicators"),
    [
        ("gunma/seikatsu", 4, 11, 39, 10, 10),
        ("gunma/ict-3", 3, 0, 0, 9, 11),
        ("gunma/ict-4", 3, 2, 0, 4, 5),
        ("isesaki/sogo", 1, 6, 18, 56, 14),
        ("konan/sogo", 1, 6, 24, 67, 6),
        ("mihon/kihon-zenki", 2, 6, 13, 35, 0),
        ("mihon/kihon", 1, 5, 13, 27, 0),
    ],
)
def test_every_plan_has_the_parts_its_paper_has(
    address: str, goals: int, policies: int, measures: int, actions: int, indicators: int
) -> None:
    found = plan_of(address)
    assert [
        model.objects.filter(plan=found).count()
        for model in (BasicGoal, Policy, Measure, Action, Indicator)
    ] == [goals, policies, measures, actions, indicators]


def test_loading_twice_changes_nothing() -> None:
    before = {model: model._default_manager.count() for model in all_models()}
    call_command("loaddata", *FIXTURES, verbosity=0)
    assert {model: model._default_manager.count() for model in all_models()} == before


@pytest.mark.parametrize("model", all_models(), ids=lambda model: model.__name__)
def test_every_row_is_valid(model: type[models.Model]) -> None:
    # An empty list or document means "none"; full_clean takes it for a field left out.
    documents = [field.name for field in model._meta.fields if isinstance(field, models.JSONField)]
    for row in model._default_manager.all():
        row.full_clean(exclude=[name for name in documents if not getattr(row, name)])


def test_only_the_sample_town_is_marked_so() -> None:
    assert dict(Municipality.objects.values_list("slug", "is_sample")) == {
        "gunma": False,
        "isesaki": False,
        "konan": False,
        "mihon": True,
    }
    assert Municipality.objects.get(slug="mihon").code is None
    assert not Series.objects.filter(municipality__is_sample=True).exists()


def test_the_papers_are_named_and_texts_of_ours_are_marked() -> None:
    for found in Plan.objects.all():
        assert found.source
        assert found.summary_by_site == bool(found.summary)
    for model in (Policy, Measure):
        for row in model.objects.all():
            has_text = any([row.summary, row.vision, row.current_state, row.issues])
            assert row.texts_by_site == has_text, row
    assert not Series.objects.exclude(definition="").filter(definition_by_site=False).exists()
    assert not ProgressReport.objects.filter(texts_by_site=False).exists()


def test_rows_stand_in_printed_order() -> None:
    assert list(
        Action.objects.filter(measure__code="1-6-1").order_by("order").values_list("code")
    ) == [("1-6-1-1",), ("1-6-1-2",), ("1-6-1-3",)]
    codes = Indicator.objects.filter(plan=plan_of("gunma/ict-3")).values_list("code", flat=True)
    assert list(codes) == [f"gi-{number}" for number in range(1, 12)]


def test_nobody_stands_behind_the_publications() -> None:
    assert not Publication.objects.filter(published_by__isnull=False).exists()
    assert Counter(
        f"{p.plan.municipality.slug}/{p.plan.slug} {p.kind} {p.fiscal_year or ''}{p.period}"
        for p in Publication.objects.all()
    ) == Counter(
        [
            "gunma/seikatsu plan ",
            "gunma/seikatsu public 2018year_end",
            "gunma/ict-3 plan ",
            "gunma/ict-3 public 2015year_end",
            "gunma/ict-4 plan ",
            "gunma/ict-4 public 2017year_end",
            "gunma/ict-4 public 2018year_end",
            "isesaki/sogo plan ",
            "konan/sogo plan ",
            "konan/sogo public 2021year_end",
            "konan/sogo public 2022mid_year",
            "mihon/kihon-zenki plan ",
            "mihon/kihon plan ",
        ]
    )


def test_everything_real_is_checked() -> None:
    for model in (Actual, Judgement, ProgressReport):
        assert not model.objects.exclude(state=WorkState.CHECKED).exists()


# --- みほん市 ----------------------------------------------------------------------------------


def test_the_draft_corresponds_to_the_current_plan() -> None:
    draft, current = plan_of("mihon/kihon"), plan_of("mihon/kihon-zenki")
    assert draft.predecessor == current
    assert (draft.stage, current.stage) == (Plan.Stage.DRAFT, Plan.Stage.CURRENT)
    lines = Correspondence.objects.filter(new_plan=draft, old_plan=current)
    assert lines.filter(new_policy__isnull=False, old_policy__isnull=False).count() == 8
    assert lines.filter(new_measure__isnull=False, old_action__isnull=False).count() == 46
    assert lines.count() == 54
    assert {line.basis for line in lines} == {"stated", "row", "column", "inferred"}
    assert {line.new_measure for line in lines if line.new_measure} == set(
        Measure.objects.filter(plan=draft)
    )


def test_titles_the_document_does_not_give_are_missing() -> None:
    for address, code in (("mihon/kihon", "6"), ("mihon/kihon-zenki", "X")):
        goal = node(BasicGoal, address, code)
        assert (goal.title, goal.title_source) == ("", TitleSource.MISSING)
        assert goal.display_title == "（題名の記載なし）"
    assert node(BasicGoal, "mihon/kihon-zenki", "7").label == "第7章"


# --- Schemes ----------------------------------------------------------------------------------


def test_schemes_are_shared_and_say_who_decides() -> None:
    schemes = RatingScheme.objects.filter(municipality__isnull=True)
    by_people = {scheme.code: scheme.chosen_by_people for scheme in schemes}
    assert by_people["gunma-ict-4"]
    assert by_people["konan-rows"]
    assert not by_people["gunma-ict-3"]
    assert not by_people["mihon-80-50"]
    used = {
        str(link.plan.slug): (link.subject, link.scheme.code, link.from_fiscal_year)
        for link in (link for plan in Plan.objects.all() for link in plan.schemes.all())
    }
    assert used == {
        "ict-3": ("indicators", "gunma-ict-3", 2015),
        "ict-4": ("indicators", "gunma-ict-4", 2017),
        "sogo": ("reports", "konan-rows", 2022),
    }
