"""What nobody can answer is listed: duties without a section, sections without people."""

from datetime import date

import pytest

from municipalities.access import Role
from rounds.transfers.ownerless import Ownerless, asked_next, ownerless

from . import factories as make
from .people import People, make_people

pytestmark = pytest.mark.django_db
DAY = date(2026, 4, 10)


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.mark.parametrize(
    ("day", "year"),
    [
        (date(2026, 4, 1), 2025),
        (date(2026, 9, 30), 2025),
        (date(2026, 10, 1), 2026),
        (date(2027, 3, 31), 2026),
    ],
)
def test_from_october_on_the_running_year_is_asked_for(day: date, year: int) -> None:
    assert asked_next(day) == year


def found(people: People, *plans: object, day: date = DAY) -> list[Ownerless]:
    return ownerless(people.kita, plans=plans, fiscal_year=2025, day=day)


def test_duties_and_sections_that_nobody_answers_for(people: People) -> None:
    plan, other = make.make_plan(people.kita, title="総合計画"), make.make_plan(people.kita)
    gone = make.make_department(people.kita, "広報課", valid_to=date(2026, 3, 31))
    empty = make.make_department(people.kita, "水道課")
    make.make_user(Role.READER, people.kita, department=empty)
    make.make_user(Role.ENTRY, department=empty, is_active=False)
    no_section = make.make_indicator(plan, name="人口")
    make.make_indicator(plan, departments=[people.welfare])
    make.make_indicator(plan, make.make_series(people.kita, owner=people.welfare))
    row = make.make_row(make.make_action(plan, title="広報紙"), [gone])
    make.make_row(make.make_action(plan), [gone, empty])
    make.make_row(make.make_action(plan, last_fiscal_year=2024))
    make.make_indicator(other)

    first, second, third = found(people, plan)
    assert (first.what, first.plan, first.section) == ("人口", "総合計画", "")
    assert first.url.endswith(f"/indicator/{no_section.pk}/change/")
    assert second.what.endswith("広報紙")
    assert second.section == "広報課"
    assert "引き継いだ組織がありません" in second.why
    assert second.url.endswith(f"/reportingrow/{row.pk}/change/")
    assert (third.what, third.why) == ("水道課", "入力担当の人がいません。")
    assert f"department={empty.pk}" in third.url
    assert len(found(people, plan, other)) == 4
    assert [each.what for each in found(people, plan, day=date(2026, 3, 31))] == [
        "人口",
        "広報課",
        "水道課",
    ]


def test_a_successor_answers_from_its_day_on(people: People) -> None:
    plan = make.make_plan(people.kita)
    old = make.make_department(people.kita, "広報課", valid_to=date(2026, 3, 31))
    make.make_indicator(plan, departments=[old])
    make.make_succession(old, people.welfare, effective_on=date(2026, 4, 1))
    assert found(people, plan) == []


def test_the_number_of_queries_does_not_grow(
    people: People, django_assert_num_queries: object
) -> None:
    plans = [make.make_plan(people.kita) for _ in range(2)]
    for size in (1, 8):
        for plan in plans:
            for _ in range(size):
                section = make.make_department(people.kita)
                make.make_indicator(plan, departments=[section])
                make.make_row(make.make_action(plan), [section])
        with django_assert_num_queries(7):
            assert found(people, *plans)
