"""`manage.py evaluate` on the plans that are shipped."""

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest

from indicators.choices import TargetKind
from indicators.models import Actual, Indicator
from plans.models import Plan, PlanScheme, RatingScheme

from .evaluate_command import by_code, document, evaluate, lines_of
from .shipped import loaded_for_module

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture(scope="module")
def shipped(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Load the plans once; each test runs on a savepoint inside, and all is rolled back."""
    with loaded_for_module(django_db_blocker):
        yield


# --- The real plans ---------------------------------------------------------------------------


@pytest.mark.parametrize("view", [(), ("--published",)])
def test_konan_has_rates_and_no_judgement(shipped: None, view: tuple[str, ...]) -> None:
    found = document("konan", "sogo", *view, fiscal_year="R3")
    rates = [indicator["rate"]["value"] for indicator in found["indicators"]]
    assert rates == ["-122.1", "-925.0", "8.1", "61.9", "145.1", "76.9"]
    first = found["indicators"][0]
    assert Fraction(first["rate"]["exact"]) == Fraction(14446 - 28493, 40000 - 28493) * 100
    assert found["scheme"] is None
    assert {indicator["computed"]["reason"] for indicator in found["indicators"]} == {"no_scheme"}
    assert found["roll_up"]["rated"] == 0
    assert found["roll_up"]["unrated"] == [
        {"reason": "no_scheme", "reason_label": "評価方式なし", "count": 6}
    ]
    assert found["indicators"][3]["forecast"]["reason_label"] == "対象期間不明"


@pytest.mark.parametrize("view", [(), ("--published",)])
def test_gunma_people_judged_what_has_no_values(shipped: None, view: tuple[str, ...]) -> None:
    found = document("gunma", "ict-3", *view, fiscal_year="H27")
    assert [(count["label"], count["count"]) for count in found["roll_up"]["counts"]] == [
        ("達成", 4),
        ("前進", 6),
        ("後退", 1),
    ]
    assert (found["roll_up"]["rated"], found["roll_up"]["reported"]) == (11, 0)
    for indicator in found["indicators"]:
        assert indicator["actual"]["value"] is None
        assert indicator["valid"]["by"] == "people"
        assert indicator["people"][-1]["stage"] == "最終評価"


def test_isesaki_leaves_what_it_does_not_state_open(shipped: None) -> None:
    found = by_code("isesaki", "sogo", fiscal_year="R3")
    unknown = found["is-5"]
    assert unknown["target"]["kind"] == TargetKind.UNSPECIFIED
    assert unknown["target"]["value"] == "30000"
    assert unknown["rate"]["reason_label"] == "向きの記載なし"
    assert unknown["trend"]["reason_label"] == "向きの記載なし"
    span = found["is-14"]["target"]
    assert (span["value"], span["lower"], span["upper"]) == (None, "3.0", "5.0")
    assert "30000人（向きの記載なし）(R6)" in evaluate("isesaki", "sogo", fiscal_year="R3")


# --- The sample town --------------------------------------------------------------------------


def test_the_sample_town_can_be_judged_by_every_scheme(shipped: None) -> None:
    plan = Plan.objects.get(slug="mirai")
    chosen = PlanScheme.objects.filter(plan=plan, subject="indicators", from_fiscal_year=2022)
    for scheme in RatingScheme.objects.all():
        chosen.update(scheme=scheme)
        found = document("mihon", "mirai", fiscal_year="R5")
        assert found["scheme"] == scheme.name
        tally = Counter(
            indicator["computed"]["symbol"]
            for indicator in found["indicators"]
            if indicator["computed"]["reason"] is None
        )
        assert set(tally) <= {band.symbol for band in scheme.bands.all()}
        computes = not scheme.chosen_by_people and scheme.bands.exclude(test="people").exists()
        assert bool(tally) == computes, scheme
        roll_up = found["roll_up"]
        unrated = sum(reason["count"] for reason in roll_up["unrated"])
        assert roll_up["rated"] + unrated == roll_up["total"] == len(found["indicators"])
        assert sum(count["count"] for count in roll_up["counts"]) == roll_up["rated"]


def test_a_correction_in_progress_is_in_the_work_and_not_in_what_was_published(
    shipped: None,
) -> None:
    actual = Actual.objects.get(
        series__indicators__plan__slug="mirai",
        series__indicators__code="3-1-1",
        fiscal_year=2024,
        period="year_end",
    )
    Actual.objects.filter(pk=actual.pk).update(value="95.5", state="submitted")
    town = ("mihon", "mirai")
    now = by_code(*town, fiscal_year="R6")["3-1-1"]
    printed = by_code(*town, "--published", fiscal_year="R6")["3-1-1"]
    assert (now["actual"]["value"], now["actual"]["state"]) == ("95.5", "submitted")
    assert (now["computed"]["symbol"], printed["computed"]["symbol"]) == ("A", "C")
    assert printed["actual"]["value"] == "90.3"
    assert printed["actual"]["state"] is None


def test_a_figure_that_came_late_changes_the_work_only(shipped: None) -> None:
    """The healthy years of FY2023 were settled after FY2024 had been published."""
    now, printed = (
        by_code("mihon", "mirai", *view, fiscal_year="R6")["2-0-1"]["trend"]
        for view in ((), ("--published",))
    )
    assert now["movement"] == "better"
    assert printed["reason_label"] == "前年度の値なし"


def test_what_was_published_without_a_later_change_is_what_the_work_says(shipped: None) -> None:
    town = ("konan", "sogo")
    work = document(*town, fiscal_year="R3")
    printed = document(*town, "--published", fiscal_year="R3")
    for found in (work, printed):
        for indicator in found["indicators"]:
            del indicator["actual"]["state"]
    assert work["indicators"] == printed["indicators"]
    assert work["publication"] is None
    assert printed["publication"]["kind"] == "public"


def test_the_council_and_the_public_each_got_their_own_edition(shipped: None) -> None:
    council = by_code("mihon", "mirai", "--council", fiscal_year="R4")
    public = by_code("mihon", "mirai", "--published", fiscal_year="R4")
    changed = [code for code in public if public[code]["actual"] != council[code]["actual"]]
    assert changed  # a correction and a revised source came between them


def test_csv_has_a_line_for_every_indicator(shipped: None) -> None:
    lines = lines_of("mihon", "mirai", fiscal_year="R6")
    assert len(lines) == Indicator.objects.filter(plan__slug="mirai").in_year(2024).count()
    assert not any(None in line or None in line.values() for line in lines)
