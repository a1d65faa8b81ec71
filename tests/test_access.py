"""Who reaches what: scope by municipality, role, section and date."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.http import Http404

from indicators.models import Actual, Series
from municipalities.access import Role, get_visible_or_404, roles_allowed, scope_of
from municipalities.models import Department, Membership, Municipality, User
from plans.models import Plan, RatingScheme
from rounds.models import Publication

from .factories import (
    make_action,
    make_department,
    make_indicator,
    make_membership,
    make_plan,
    make_row,
    make_scheme,
    make_series,
    make_sheet,
    make_succession,
    make_user,
)
from .people import People, make_people

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def people() -> People:
    return make_people()


def test_staff_see_their_own_municipality_only(people: People) -> None:
    own, foreign = make_plan(people.kita), make_plan(people.minami)

    for user in (people.entry, people.approver, people.planner, people.reader):
        assert list(Plan.objects.visible_to(user)) == [own]
        assert list(Municipality.objects.visible_to(user)) == [people.kita]
    assert list(Plan.objects.visible_to(people.stranger)) == [foreign]
    assert set(Plan.objects.visible_to(people.operator)) == {own, foreign}
    assert not Plan.objects.visible_to(people.nobody).exists()


def test_a_stranger_finds_nothing(people: People) -> None:
    plan = make_plan(people.kita)

    assert get_visible_or_404(Plan.objects, people.reader, pk=plan.pk) == plan
    with pytest.raises(Http404):
        get_visible_or_404(Plan.objects, people.stranger, pk=plan.pk)


def test_presets_are_seen_by_all_staff_and_a_towns_own_scheme_by_the_town(people: People) -> None:
    preset, own = make_scheme(), make_scheme(people.kita)

    assert set(RatingScheme.objects.visible_to(people.entry)) == {preset, own}
    assert list(RatingScheme.objects.visible_to(people.stranger)) == [preset]
    assert not RatingScheme.objects.visible_to(people.nobody).exists()


def test_people_of_other_towns_are_not_seen(people: People) -> None:
    seen = User.objects.visible_to(people.planner)

    assert people.entry in seen
    assert people.stranger not in seen
    assert people.operator not in seen


def test_an_inactive_or_former_member_reaches_nothing(people: People) -> None:
    people.entry.is_active = False
    assert not scope_of(people.entry).municipalities

    former = make_user()
    make_membership(former, Role.PLANNER, people.kita, valid_to=date(2024, 3, 31))
    assert scope_of(former, date(2024, 3, 31)).plans_for(people.kita.pk)
    assert not scope_of(former, date(2024, 4, 1)).reads(people.kita.pk)


def test_an_approver_answers_for_the_sections_below(people: People) -> None:
    unit = make_department(people.kita, "給付係", parent=people.welfare)

    assert scope_of(people.head).departments == {
        people.division.pk,
        people.welfare.pk,
        people.finance.pk,
        unit.pk,
    }
    assert scope_of(people.entry).departments == {people.welfare.pk}


def test_a_section_answers_for_what_its_forerunners_left(people: People) -> None:
    renamed = make_department(people.kita, "地域福祉課", parent=people.division)
    make_succession(people.welfare, renamed)
    user = make_user(Role.ENTRY, department=renamed)

    assert scope_of(user).departments == {renamed.pk, people.welfare.pk}


def test_only_sections_of_the_town_answer_for_its_rows(people: People) -> None:
    plan, foreign = make_plan(people.kita), people.minami_welfare
    for row in (
        make_series(people.kita, owner=foreign),
        make_indicator(plan, departments=[foreign]).responsibilities.get(),
        make_row(make_action(plan), [foreign]).departments.get(),
        make_sheet(plan, foreign),
    ):
        with pytest.raises(ValidationError, match="この自治体の組織"):
            row.full_clean()


@pytest.mark.parametrize(
    ("model", "action", "roles"),
    [
        (Plan, "view", {"entry", "approver", "planner", "reader", "operator"}),
        (Plan, "change", {"planner", "operator"}),
        (Actual, "change", {"entry", "approver", "planner", "operator"}),
        (Actual, "delete", {"planner", "operator"}),
        (Membership, "view", {"planner", "operator"}),
        (Municipality, "add", {"operator"}),
        (Publication, "change", set()),
        (Actual.history.model, "view", {"entry", "approver", "planner", "reader", "operator"}),
        (Actual.history.model, "change", set()),
    ],
)
def test_roles_by_model_and_action(model: type, action: str, roles: set[str]) -> None:
    assert roles_allowed(model, action) == roles


def test_permission_questions_are_answered_by_role_and_row(people: People) -> None:
    series = make_series(people.kita)

    assert people.planner.has_perm("indicators.change_series", series)
    assert people.planner.has_perm("indicators.change_series")
    assert not people.stranger.has_perm("indicators.change_series", series)
    assert not people.entry.has_perm("indicators.change_series")
    assert not people.nobody.has_perm("indicators.view_series")
    assert not people.planner.has_perm("sessions.view_session")
    assert people.planner.has_module_perms("plans")
    assert not people.nobody.has_module_perms("plans")


def test_scope_is_asked_once_for_a_person(
    people: People, django_assert_max_num_queries: object
) -> None:
    user = User.objects.get(pk=people.planner.pk)
    with django_assert_max_num_queries(1):
        for model in (Plan, Series, Department):
            str(model.objects.visible_to(user).query)


def test_a_reorganisation_booked_ahead_counts_from_its_day(people: People) -> None:
    """Until then the new section's people reach nothing of the old one, and the old one's people
    keep what is already booked on the new one; sections below move with their division."""
    before, day = date(2026, 3, 31), date(2026, 4, 1)
    ahead = {"valid_from": day}
    renamed = make_department(people.kita, "地域福祉課", parent=people.division, **ahead)
    make_succession(people.welfare, renamed, effective_on=day)
    division = make_department(people.kita, "福祉部", **ahead)
    make_succession(people.division, division, effective_on=day)
    unit = make_department(people.kita, "給付係", parent=division)
    new, chief = make_user(Role.ENTRY, department=renamed), make_user()
    make_membership(chief, Role.APPROVER, department=division, valid_from=day)

    assert scope_of(new, before).departments == {renamed.pk}
    assert scope_of(new, day).departments == {renamed.pk, people.welfare.pk}
    assert scope_of(people.entry, before).departments == {people.welfare.pk, renamed.pk}
    assert scope_of(people.entry, day).departments == {people.welfare.pk}
    assert {division.pk, unit.pk} <= scope_of(people.head, before).approved
    assert scope_of(chief, before).departments == set()
    assert scope_of(chief, day).approved == {division.pk, people.division.pk, unit.pk}


def test_a_scope_takes_no_more_queries_for_more_reorganisations(
    people: People, django_assert_num_queries: object
) -> None:
    for _ in range(5):
        make_succession(make_department(people.kita), people.welfare)
    person = User.objects.get(pk=people.entry.pk)
    with django_assert_num_queries(3):  # roles, forerunners, and that these have none
        assert len(scope_of(person).departments) == 6
