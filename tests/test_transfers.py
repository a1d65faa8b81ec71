"""April 1: sections change, people move, and every duty is somebody's the day after."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext

from indicators import record as indicators_record
from indicators.models import Actual, Responsibility, Series
from indicators.record_many import move_actuals
from measures.models import ReportingDepartment
from municipalities.access import Role, scope_of
from municipalities.models import Department, Membership, User
from municipalities.presence import Presence
from plans.choices import WorkState
from plans.workflow import Action
from rounds.requests.dues import dues_of
from rounds.transfers.booking import Booking, book
from rounds.transfers.orders import Order
from rounds.transfers.reading import read_order

from . import factories as make
from .people import People, make_people

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
DAY, EVE = date(2026, 4, 1), date(2026, 3, 31)
YEAR = 2026
RENAME = {"old": "welfare", "kind": "改称", "code": "chiiki", "name": "地域福祉課"}


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.fixture
def plan(people: People) -> Any:
    """A plan in which 福祉課 answers for an indicator, a series of its own and a row, and 財政課
    for an indicator, jointly with 福祉課."""
    plan = make.make_plan(people.kita, title="総合計画")
    make.make_indicator(plan, name="利用者数", departments=[people.welfare])
    owned = make.make_series(people.kita, name="会員数", owner=people.welfare)
    make.make_indicator(plan, owned)
    make.make_row(make.make_action(plan, title="見守り"), [people.welfare])
    make.make_indicator(plan, name="経費", departments=[people.finance, people.welfare])
    return plan


def ordered(people: People, *sections: Any, staff: Any = (), day: date = DAY, **how: Any) -> Order:
    order, problems = read_order(people.kita, day, sections, staff, **how)
    assert problems == []
    return order


def done(people: People, *sections: Any, by: Any = None, **how: Any) -> Booking:
    """Show an order, then book it."""
    by = by or people.planner
    shown = book(ordered(people, *sections, **how), by=by, reason="令和8年訓令第1号")
    assert shown.errors == []
    assert not shown.is_booked
    booking = book(
        ordered(people, *sections, **how),
        by=by,
        reason="令和8年訓令第1号",
        seen=shown.fingerprint,
    )
    assert booking.is_booked
    return booking


def answering(year: int) -> list[tuple[str, str]]:
    """Return (duty, section) of a fiscal year, and the owners of series."""
    links = [
        (str(link.indicator), link.department.name) for link in Responsibility.objects.in_year(year)
    ]
    rows = [
        (link.row.action.title, link.department.name)
        for link in ReportingDepartment.objects.in_year(year)
    ]
    owners = [(each.name, each.owner.name) for each in Series.objects.exclude(owner=None)]
    return sorted([*links, *rows, *owners])


def section(code: str) -> Department:
    return Department.objects.get(code=code, municipality__slug="kita")


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_a_renamed_section_keeps_its_duties_people_and_past(people: People, plan: Any) -> None:
    before = answering(2025)
    done(people, RENAME)

    new = section("chiiki")
    assert (new.valid_from, new.parent, section("welfare").valid_to) == (DAY, people.division, EVE)
    expected = sorted((what, name.replace("福祉課", "地域福祉課")) for what, name in before)
    assert answering(YEAR) == expected
    years_before = [each for each in before if each[0] != "会員数"]
    assert [each for each in answering(2025) if each[0] != "会員数"] == years_before
    entry = people.entry.memberships.order_by("valid_from")
    assert {(m.department.name, m.valid_from, m.valid_to) for m in entry} == {
        ("福祉課", None, EVE),
        ("地域福祉課", DAY, None),
    }
    kept = new.history.get()
    assert (kept.history_change_reason, kept.history_user) == ("令和8年訓令第1号", people.planner)


def test_a_draft_goes_on_and_the_new_head_approves_what_was_handed_in(
    people: People, plan: Any
) -> None:
    drafted = Series.objects.get(indicators__name="利用者数")
    submitted = Series.objects.get(name="会員数")
    draft = make.make_actual(drafted, 2025, state=WorkState.DRAFT, changed_by=people.entry)
    handed_in = make.make_actual(
        submitted, 2025, state=WorkState.SUBMITTED, changed_by=people.entry
    )
    booking = done(people, RENAME)
    assert {(each.old, each.state, each.count) for each in booking.waiting} == {
        ("福祉課", "入力中", 1),
        ("福祉課", "提出済", 1),
    }

    newcomer = make.make_user(Role.ENTRY, department=section("chiiki"))
    head = make.make_user(Role.APPROVER, department=section("chiiki"))
    draft = Actual.objects.get(pk=draft.pk)
    draft.note = "続き"
    indicators_record.record_actual(draft, by=newcomer, expected_version=draft.version)
    handed_in = Actual.objects.get(pk=handed_in.pk)
    versions = {handed_in.pk: handed_in.version}
    move_actuals([handed_in], Action.APPROVE, by=head, versions=versions)
    handed_in.refresh_from_db()
    assert handed_in.state == WorkState.APPROVED


def test_who_moved_away_reaches_the_old_rows_until_the_eve(people: People, plan: Any) -> None:
    draft = make.make_actual(
        Series.objects.get(indicators__name="利用者数"),
        2025,
        state=WorkState.DRAFT,
        changed_by=people.entry,
    )
    moves = {"username": "entry", "step": "異動", "section": "finance"}
    done(people, staff=[moves])
    assert scope_of(people.entry, EVE).departments == {people.welfare.pk}
    assert scope_of(people.entry, DAY).departments == {people.finance.pk}
    draft.note = "続き"
    with pytest.raises(PermissionDenied):
        indicators_record.record_actual(draft, by=fresh(people.entry), expected_version=1)


def test_a_merger_asks_once_and_loses_nothing(people: People, plan: Any) -> None:
    merged = {"kind": "統合", "code": "kenko", "name": "健康福祉課"}
    done(people, merged | {"old": "welfare"}, {"old": "finance", "kind": "統合", "code": "kenko"})
    assert answering(YEAR) == sorted(
        (what, "健康福祉課") for what in ("会員数", "利用者数", "経費", "見守り")
    )
    assert {each.name for each in Presence(people.kita, DAY).of(people.finance.pk)} == {
        "健康福祉課"
    }
    assert Membership.objects.filter(department=section("kenko"), role="entry").count() == 2


def test_a_split_follows_what_is_said_of_each_duty(people: People, plan: Any) -> None:
    lines = [
        {"old": "welfare", "kind": "分割", "code": code, "name": name}
        for code, name in (("korei", "高齢課"), ("shogai", "障害課"))
    ]
    row = ReportingDepartment.objects.get()
    key = f"{people.welfare.pk}-report-{row.row_id}"
    done(people, *lines, duties={key: "shogai"}, usual={str(people.welfare.pk): "korei"})
    assert dict(answering(YEAR)) | {"経費": ""} == {
        "見守り": "障害課",
        "利用者数": "高齢課",
        "会員数": "高齢課",
        "経費": "",
    }
    assert ("経費", "高齢課") in answering(YEAR)
    asked = dues_of(make.make_request(plan, fiscal_year=2025), day=DAY)
    assert {str(due.row.action.title): due.sections for due in asked if "report" in due.key} == {
        "見守り": (section("shogai"),)
    }
    assert {s.name for due in asked if "series" in due.key for s in due.sections} == {
        "高齢課",
        "財政課",
    }


def test_what_is_abolished_and_goes_to_nobody_is_listed(people: People, plan: Any) -> None:
    gone = {"old": "welfare", "kind": "廃止"}
    assert {each.what for each in done(people, gone).ownerless} >= {"利用者数", "会員数"}
    assert Presence(people.kita, DAY).of(people.welfare.pk) == ()
    assert not scope_of(people.entry, DAY).departments


def test_some_duties_of_a_section_move_and_the_section_stays(people: People, plan: Any) -> None:
    line = {"old": "welfare", "kind": "移管", "code": "finance"}
    series = Series.objects.get(indicators__name="利用者数")
    done(people, line, duties={f"{people.welfare.pk}-series-{series.pk}": "finance"})
    assert ("利用者数", "財政課") in answering(YEAR)
    assert ("見守り", "福祉課") in answering(YEAR)
    assert section("welfare").valid_to is None
    assert scope_of(people.entry, DAY).departments == {people.welfare.pk}


def test_sections_below_follow_their_renamed_division(people: People, plan: Any) -> None:
    done(people, {"old": "health", "kind": "改称", "code": "kenkobu", "name": "健康福祉部"})
    assert section("welfare").parent == section("kenkobu")
    assert people.welfare.pk in scope_of(people.head, DAY).approved
    assert people.welfare.pk in scope_of(people.head, EVE).approved


def test_new_people_begin_without_password_and_leavers_end(people: People) -> None:
    new = {
        "username": "shinnin",
        "name": "新任 花子",
        "step": "新任",
        "section": "welfare",
        "role": "入力担当",
    }
    leaves = {"username": "approver", "step": "退職・担当を外れる"}
    booking = done(people, staff=[new, leaves])
    person = User.objects.get(username="shinnin")
    assert not person.has_usable_password()
    assert scope_of(person, DAY).departments == {people.welfare.pk}
    assert not scope_of(person, EVE).municipalities
    assert not scope_of(people.approver, DAY).municipalities
    assert len(booking.roles.new_people) == 1


def test_booking_again_changes_nothing(people: People, plan: Any) -> None:
    done(people, RENAME)
    counts = [model.objects.count() for model in (Department, Membership, Responsibility)]
    done(people, RENAME)
    assert counts == [model.objects.count() for model in (Department, Membership, Responsibility)]


def test_nothing_is_written_where_one_person_is_not_the_planners(people: People, plan: Any) -> None:
    make.make_membership(people.entry, Role.ENTRY, department=people.minami_welfare)
    booking = book(ordered(people, RENAME), by=people.planner, reason="", seen="")
    assert not booking.is_booked
    assert any("運用管理者に依頼" in error for error in booking.errors)
    assert not Department.objects.filter(code="chiiki").exists()
    assert not Responsibility.objects.filter(last_fiscal_year=2025).exists()
    done(people, RENAME, by=people.operator)


def test_what_was_not_shown_is_not_booked(people: People, plan: Any) -> None:
    booking = book(ordered(people, RENAME), by=people.planner, reason="", seen="another")
    assert not booking.is_booked
    assert not Department.objects.filter(code="chiiki").exists()


@pytest.mark.parametrize(
    ("who", "error"),
    [("entry", PermissionDenied), ("reader", PermissionDenied), ("stranger", Http404)],
)
def test_only_the_towns_planners_book(people: People, who: str, error: type) -> None:
    with pytest.raises(error):
        book(ordered(people, RENAME), by=getattr(people, who), reason="", seen="")


@pytest.mark.parametrize(
    ("table", "line", "column", "message"),
    [
        ("sections", RENAME | {"old": "none"}, "old", "コードを入力"),
        ("sections", RENAME | {"kind": "改名"}, "kind", "改称、統合、分割、移管、廃止"),
        ("sections", RENAME | {"code": "welfare"}, "code", "前の組織と同じコード"),
        ("sections", RENAME | {"name": ""}, "name", "名称を入力"),
        ("sections", RENAME | {"code": "課"}, "code", ""),
        ("sections", RENAME | {"code": "finance"}, "name", "このコードの組織は「財政課」"),
        ("sections", RENAME | {"parent": "none"}, "parent", "新しい組織のコード"),
        ("sections", RENAME | {"kind": "分割"}, "kind", "2行以上"),
        ("sections", RENAME | {"kind": "廃止"}, "code", "空欄"),
        ("people", {"username": "stranger", "step": "異動"}, "username", "ユーザー名"),
        ("people", {"username": "entry", "step": "異動", "section": "x"}, "section", "コード"),
        ("people", {"username": "entry", "step": "去る"}, "step", "異動、新任、退職"),
        (
            "people",
            {"username": "entry", "step": "異動", "source": "finance", "section": "health"},
            "source",
            "今担当している",
        ),
    ],
)
def test_what_is_wrong_is_said_by_line_and_column(
    people: People, table: str, line: dict[str, str], column: str, message: str
) -> None:
    lines = {"sections": [{}], "people": [{}]}
    lines[table].append(line)
    _order, problems = read_order(people.kita, DAY, lines["sections"], lines["people"])
    assert (problems[0].table, problems[0].line, problems[0].column) == (table, 1, column)
    assert message in problems[0].message


def test_a_late_booking_begins_on_its_day_and_keeps_what_began_since(
    people: People, plan: Any
) -> None:
    """Whoever got a role in the old section on or after the day has it in the new one instead."""
    late = make.make_user()
    make.make_membership(late, Role.ENTRY, department=people.welfare, valid_from=DAY)
    started = make.make_indicator(plan, name="新指標", first_fiscal_year=YEAR)
    make.Responsibility.objects.create(
        indicator=started, department=people.welfare, first_fiscal_year=YEAR
    )
    done(people, RENAME)
    role = late.memberships.get()
    assert (role.department, role.valid_from) == (section("chiiki"), DAY)
    assert started.responsibilities.get().department == section("chiiki")


def test_booked_ahead_the_old_section_answers_until_the_eve(people: People, plan: Any) -> None:
    done(people, RENAME, day=date(2099, 4, 1))
    owned = Series.objects.get(name="会員数")
    assert owned.owner == section("chiiki")
    actual = Actual(series=owned, fiscal_year=2025, period="year_end", value=5)
    indicators_record.record_actual(actual, by=fresh(people.entry))
    newcomer = make.make_user()
    make.make_membership(
        newcomer, Role.ENTRY, department=section("chiiki"), valid_from=date(2099, 4, 1)
    )
    actual.note = "新しい課から"
    with pytest.raises(Http404):
        indicators_record.record_actual(actual, by=newcomer, expected_version=1)
    assert Presence(people.kita, DAY).of(owned.owner_id) == (people.welfare,)


def test_no_duty_is_lost_however_sections_change(people: People, plan: Any) -> None:
    """Every duty of the year after has the sections that carry on the ones of the year before."""
    extra = [make.make_department(people.kita, code=f"x{n}") for n in range(3)]
    for number, held in enumerate([[extra[0], people.welfare], extra[1:2], extra]):
        make.make_indicator(plan, name=f"指標{number}", departments=held)
        make.make_row(make.make_action(plan), held)
    before = {what for what, _name in answering(YEAR)}
    done(
        people,
        RENAME,
        {"old": "x0", "kind": "統合", "code": "chiiki"},
        {"old": "x1", "kind": "分割", "code": "y1", "name": "一課"},
        {"old": "x1", "kind": "分割", "code": "y2", "name": "二課"},
        {"old": "x2", "kind": "統合", "code": "finance"},
    )
    after = answering(YEAR)
    assert {what for what, _name in after} == before
    assert {name for _what, name in after} == {"地域福祉課", "一課", "財政課"}
    assert len(after) == len(set(after))


@pytest.mark.parametrize("what", ["duties", "people"])
def test_the_number_of_queries_does_not_grow(people: People, plan: Any, what: str) -> None:
    counts = []
    for size in (2, 10):
        for _ in range(size):
            if what == "people":
                make.make_user(Role.ENTRY, department=people.welfare)
                continue
            make.make_indicator(plan, departments=[people.welfare])
            make.make_row(make.make_action(plan), [people.welfare])
            make.make_indicator(plan, make.make_series(people.kita, owner=people.welfare))
        with CaptureQueriesContext(connection) as queries:
            assert book(ordered(people, RENAME), by=fresh(people.planner), reason="").duties
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[1] < 110
