"""Structure stays within its municipality, whoever writes and however."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from indicators.models import CommonIndicator, Indicator, Series
from measures.models import Action
from municipalities import record
from municipalities.access import Role
from municipalities.models import Department, Municipality
from plans import structure
from plans.models import BasicGoal, Plan, RatingScheme

from . import factories as make
from .admin_pages import address, filled_in, save, sign_in
from .people import People, make_people


@pytest.fixture
def people(db: None) -> People:
    return make_people()


def test_a_planner_works_for_two_towns_but_moves_nothing_between_them(people: People) -> None:
    make.make_membership(people.planner, Role.PLANNER, people.minami)
    series, theirs = make.make_series(people.kita), make.make_plan(people.minami)
    goal = make.make_goal(make.make_plan(people.kita))
    planner = sign_in(people.planner)
    url = address(BasicGoal, "change", goal.pk)
    save(planner, url, filled_in(planner, url) | {"plan": theirs.pk, "title": "改題"})
    goal.refresh_from_db()
    assert (goal.title, goal.plan.municipality) == ("改題", people.kita)
    url = address(Department, "change", people.welfare.pk)
    save(planner, url, filled_in(planner, url) | {"municipality": people.minami.pk})
    people.welfare.refresh_from_db()
    assert people.welfare.municipality == people.kita
    goal.plan = theirs
    series.municipality = people.minami
    for row in (goal, series):
        with pytest.raises(ValidationError, match="移すことはできません"):
            record.record_row(row, by=people.planner)


def test_reading_one_town_gives_no_right_there_to_the_planner_of_another(people: People) -> None:
    make.make_membership(people.planner, Role.READER, people.minami)
    theirs = make.make_plan(people.minami)
    planner, url = sign_in(people.planner), address(Plan, "change", theirs.pk)
    assert filled_in(planner, url) == {}
    assert planner.post(url, {"title": "x"}).status_code == 403
    goal = {"plan": theirs.pk, "code": "1", "order": 1, "title": "目標", "title_source": "document"}
    assert save(planner, address(BasicGoal, "add"), goal) == ["この操作は企画担当だけができます。"]
    with pytest.raises(PermissionDenied):
        record.record_row(theirs, by=people.planner)


def test_a_link_to_another_town_is_refused(people: People) -> None:
    plan = make.make_plan(people.kita)
    term = make.make_term(plan)
    for elsewhere in (people.minami, people.kita):
        term.policy = make.make_policy(make.make_plan(elsewhere))
        with pytest.raises(ValidationError, match="同じ計画"):
            record.record_row(term, by=people.operator)
    plan.parent = make.make_plan(people.minami)
    with pytest.raises(ValidationError, match="同じ自治体"):
        record.record_row(plan, by=people.operator)
    series = make.make_series(people.kita, owner=people.welfare, common=make.make_common())
    planner, url = sign_in(people.planner), address(Series, "change", series.pk)
    data = filled_in(planner, url) | {"owner": people.minami_welfare.pk}
    assert save(planner, url, data) != []
    operator = sign_in(people.operator)
    assert any("自治体" in error for error in save(operator, url, data))
    series.refresh_from_db()
    assert series.owner == people.welfare


def test_a_related_plan_may_be_another_towns(people: People) -> None:
    related = make.make_related_plan(make.make_plan(people.kita))
    related.linked_plan = make.make_plan(people.minami)
    assert record.record_row(related, by=people.operator).linked_plan_id


def test_towns_and_shared_rows_are_the_operators(people: People) -> None:
    planner = sign_in(people.planner)
    assert planner.get(address(Municipality, "add")).status_code == 403
    assert planner.get(address(CommonIndicator, "add")).status_code == 403
    url = address(Municipality, "change", people.kita.pk)
    data = filled_in(planner, url) | {"notice": "お知らせです", "slug": "taken"}
    assert save(planner, url, data) == []
    people.kita.refresh_from_db()
    assert (people.kita.notice, people.kita.slug) == ("お知らせです", "kita")
    preset = make.make_scheme()
    assert filled_in(planner, address(RatingScheme, "change", preset.pk)) == {}


def test_a_plan_is_made_from_nothing_in_the_admin(people: People) -> None:
    planner = sign_in(people.planner)

    def add(model: type, **fields: object) -> object:
        url = address(model, "add")
        assert save(planner, url, filled_in(planner, url) | fields) == []
        return model.objects.latest("pk")

    town = people.kita.pk
    plan = add(Plan, municipality=town, slug="sogo", title="計画", start_fiscal_year="R8")
    goal = add(BasicGoal, plan=plan.pk, code="1", label="Ⅰ", title="目標")
    action = add(
        Action, plan=plan.pk, basic_goal=goal.pk, code="1-1", title="取組", named_items="一\n二"
    )
    series = add(Series, municipality=town, code="s", name="人口", unit="人")
    indicator = add(Indicator, plan=plan.pk, basic_goal=goal.pk, series=series.pk, code="i1")
    assert plan.start_fiscal_year == 2026
    assert action.named_items == ["一", "二"]
    assert str(indicator) == "人口"


def test_what_a_closed_year_reported_is_not_deleted_with_its_indicator(people: People) -> None:
    plan = make.make_plan(people.kita)
    indicator = make.make_indicator(plan)
    make.make_target(indicator, 2023)
    make.make_lock(plan, 2023)
    planner = sign_in(people.planner)
    for row in (indicator, plan):
        url = address(type(row), "delete", row.pk)
        answer = planner.post(url, {"post": "yes", "change_reason": "x"}, follow=True)
        assert "締め切られた" in answer.content.decode()
        with pytest.raises(ValidationError):
            structure.remove_row(row, by=None, reason="x")
    assert indicator.targets.exists()
    plan.year_locks.all().delete()
    structure.remove_row(indicator, by=people.planner, reason="誤登録")
    assert not Indicator.objects.exists()


def test_the_predecessor_of_a_renamed_section_keeps_its_name(people: People) -> None:
    newer = make.make_department(people.kita, "健康福祉課")
    planner, url = sign_in(people.planner), address(Department, "change", people.welfare.pk)
    data = filled_in(planner, url) | {
        "valid_to": "2026-03-31",
        "succession_to-TOTAL_FORMS": "1",
        "succession_to-0-successor": newer.pk,
        "succession_to-0-kind": "renamed",
        "succession_to-0-effective_on": "2026-04-01",
    }
    assert save(planner, url, data) == []
    assert list(people.welfare.successors.all()) == [newer]


def test_an_older_state_is_not_brought_back_past_the_form(people: People) -> None:
    goal = make.make_goal(make.make_plan(people.kita), title="いま")
    version = goal.history.get().pk
    url = f"{address(BasicGoal, 'history', goal.pk)}{version}/"
    for who in (people.planner, people.reader, people.stranger):
        assert sign_in(who).get(url).status_code in {302, 404}
        assert sign_in(who).post(url, {"title": "むかし"}).status_code in {302, 404}
    goal.refresh_from_db()
    assert goal.title == "いま"


def test_what_fails_while_saving_saves_nothing_and_says_so(people: People) -> None:
    operator = sign_in(people.operator)
    data = filled_in(operator, address(Department, "add")) | {
        "municipality": people.kita.pk,
        "code": "new-section",
        "name": "新課",
        "succession_to-TOTAL_FORMS": "1",
        "succession_to-0-successor": people.minami_welfare.pk,
        "succession_to-0-kind": "renamed",
        "succession_to-0-effective_on": "2026-04-01",
    }
    page = operator.post(address(Department, "add"), data, follow=True).content.decode()
    assert "同じ自治体から選んでください" in page
    assert not Department.objects.filter(code="new-section").exists()
