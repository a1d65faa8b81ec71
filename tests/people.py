"""The cast of the tests: the people of one town, and strangers from another."""

from dataclasses import dataclass

from municipalities.access import Role
from municipalities.models import Department, Municipality, User

from .factories import make_department, make_municipality, make_user


@dataclass(frozen=True)
class People:
    """きた市 with two sections of one division; みなみ市, whose people are strangers there."""

    kita: Municipality
    division: Department
    welfare: Department  # where `entry` and `approver` work
    finance: Department  # where `colleague` works
    minami: Municipality
    minami_welfare: Department

    entry: User
    colleague: User
    approver: User
    head: User  # approver of the division above both sections
    planner: User
    reader: User
    stranger: User  # planner of みなみ市
    stranger_entry: User
    nobody: User  # signs in, but has no role anywhere
    operator: User  # every municipality, through a membership
    superuser: User


def make_people() -> People:
    """Make the two towns and their people; everyone's password is `factories.PASSWORD`."""
    kita = make_municipality("kita", name="きた市")
    division = make_department(kita, "健康部", code="health", kind=Department.Kind.DIVISION)
    welfare = make_department(kita, "福祉課", code="welfare", parent=division)
    finance = make_department(kita, "財政課", code="finance", parent=division)
    minami = make_municipality("minami", name="みなみ市")
    minami_welfare = make_department(minami, "福祉課", code="welfare")
    return People(
        kita=kita,
        division=division,
        welfare=welfare,
        finance=finance,
        minami=minami,
        minami_welfare=minami_welfare,
        entry=make_user(Role.ENTRY, department=welfare, username="entry"),
        colleague=make_user(Role.ENTRY, department=finance, username="colleague"),
        approver=make_user(Role.APPROVER, department=welfare, username="approver"),
        head=make_user(Role.APPROVER, department=division, username="head"),
        planner=make_user(Role.PLANNER, kita, username="planner"),
        reader=make_user(Role.READER, kita, username="reader"),
        stranger=make_user(Role.PLANNER, minami, username="stranger"),
        stranger_entry=make_user(Role.ENTRY, department=minami_welfare, username="stranger-entry"),
        nobody=make_user(username="nobody"),
        operator=make_user(Role.OPERATOR, username="operator"),
        superuser=make_user(username="superuser", is_superuser=True, is_staff=True),
    )
