"""Every shipped plan comes back as it went out, in another town too; what names a plan that is not
there yet waits for it."""

from collections.abc import Iterator

import pytest

from exchange.models import WaitingLine
from exchange.plan_book.workbook import plan_workbook
from plans.models import Plan
from rounds.models import Publication

from . import factories as make
from .plan_books import bring, cells_of, copy_to, counts, stored_rows
from .shipped import loaded_for_module

pytestmark = pytest.mark.django_db

SHIPPED = [
    ("gunma", "seikatsu"),
    ("gunma", "ict-3"),
    ("gunma", "ict-4"),
    ("isesaki", "sogo"),
    ("konan", "sogo"),
    ("mihon", "mirai"),
    ("mihon", "kihon-zenki"),
    ("mihon", "kihon"),
    ("mihon", "senryaku"),
    ("mihon", "senryaku-kaitei"),
]


def plan_of(town: str, slug: str) -> Plan:
    return Plan.objects.select_related("municipality").get(municipality__slug=town, slug=slug)


@pytest.fixture(scope="module", autouse=True)
def loaded(django_db_setup: None, django_db_blocker: object) -> Iterator[None]:
    """Load them once for the file."""
    with loaded_for_module(django_db_blocker):
        yield


def test_these_are_all() -> None:
    found = set(Plan.objects.values_list("municipality__slug", "slug"))
    assert found == set(SHIPPED)


@pytest.mark.parametrize(("town", "slug"), SHIPPED)
def test_a_copy_in_another_town_is_the_same_plan(town: str, slug: str) -> None:
    plan = plan_of(town, slug)
    there = make.make_municipality("there")
    elsewhere = _plans_it_names(plan)
    for other in elsewhere:
        copy_to(other, there)
    copied = copy_to(plan, there)
    assert cells_of(copied) == cells_of(plan)
    assert stored_rows(copied) == stored_rows(plan)
    assert copied.stage == Plan.Stage.DRAFT
    assert not Publication.objects.filter(plan=copied).exists()
    assert not copied.waiting_lines.exists()
    again = bring(plan_workbook(plan), there)
    assert set(counts(again)) == {"unchanged"}


@pytest.mark.any_database
@pytest.mark.parametrize(("town", "slug"), SHIPPED)
def test_at_home_nothing_changes(town: str, slug: str) -> None:
    plan = plan_of(town, slug)
    before = stored_rows(plan)
    outcome = bring(plan_workbook(plan), plan.municipality)
    assert set(counts(outcome)) == {"unchanged"}
    assert outcome.notes == []
    assert stored_rows(plan) == before


@pytest.mark.parametrize(
    ("slug", "older", "count"),
    [("kihon", "kihon-zenki", 54), ("senryaku-kaitei", "senryaku", 10)],
)
def test_lines_wait_for_the_plan_they_name(slug: str, older: str, count: int) -> None:
    """The newer plan comes first: what names the older one stays text, and is joined later."""
    there = make.make_municipality("there")
    first = plan_of("mihon", slug)
    outcome = bring(plan_workbook(first), there)
    assert counts(outcome)["waiting"] == count
    copied = outcome.plan
    assert copied.predecessor is None
    assert WaitingLine.objects.filter(plan=copied, waits_for=older).count() >= count
    assert cells_of(copied)["新旧対応"] == cells_of(first)["新旧対応"]
    assert cells_of(copied)["計画"] == cells_of(first)["計画"]
    later = bring(plan_workbook(plan_of("mihon", older)), there)
    assert any("待っていた" in note for note in later.notes)
    copied.refresh_from_db()
    assert copied.predecessor == (later.plan if first.predecessor else None)
    assert copied.takes_over_from == first.takes_over_from
    assert not WaitingLine.objects.filter(plan=copied, waits_for=older).exists()
    assert copied.correspondences.count() == first.correspondences.count() == count
    assert cells_of(copied)["新旧対応"] == cells_of(first)["新旧対応"]


def _plans_it_names(plan: Plan) -> list[Plan]:
    """Return the plans of its town a plan refers to, each after those it refers to itself."""
    named = {
        *(other for other in (plan.predecessor, plan.parent) if other),
        *(line.old_plan for line in plan.correspondences.select_related("old_plan")),
        *(
            related.linked_plan
            for related in plan.related_plans.select_related("linked_plan")
            if related.linked_plan and related.linked_plan.municipality_id == plan.municipality_id
        ),
    }
    return sorted(named, key=lambda other: (other.predecessor_id is not None, other.pk))
