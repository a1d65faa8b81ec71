"""In the first year of a new plan, the text of the plan before is the start of its reports."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from indicators.succession import start_successor
from measures.models import Action, Correspondence, ProgressReport, ReportingRow
from measures.taking_over import Candidate, candidates, take_over, years_taken_from
from plans.models import Plan

from . import factories as make
from .admin_pages import address, sign_in
from .people import People, make_people

KEYS = ("issues", "projects", "direction", "partners")
YEAR = 2024


@pytest.fixture
def people(db: None) -> People:
    return make_people()


@pytest.fixture
def old(people: People) -> Plan:
    """A plan that kept a row of 福祉課, with a column of its own, until FY2023."""
    plan = make.make_plan(people.kita, title="前の計画")
    make.make_column(plan, "partners", label="協働の相手", kind="list", order=60)
    row = make.make_row(make.make_action(plan), [people.welfare])
    texts = {"issues": "担い手が足りない。", "projects": ["講座"], "direction": "続ける。"}
    extra = {"partners": ["自治会"]}
    make.make_report(row, fiscal_year=2023, state="checked", extra=extra, **texts)
    return plan


@pytest.fixture
def new(old: Plan) -> Plan:
    """Its revised edition, which takes over from FY2024."""
    return start_successor(
        old, slug="next", title="次の計画", takes_over_from=YEAR, start_fiscal_year=YEAR, by=None
    )


def offered(plan: Plan, by: Any = None, year: int = YEAR) -> list[Candidate]:
    return candidates(Plan.objects.get(pk=plan.pk), year, "year_end", by=by)


def old_action(old: Plan, people: People, **texts: Any) -> Action:
    """Another action of the old plan, reported on."""
    action = make.make_action(old)
    make.make_report(make.make_row(action, [people.welfare]), fiscal_year=2023, **texts)
    return action


def test_a_copied_row_starts_with_the_text_of_the_plan_before(new: Plan, people: People) -> None:
    (candidate,) = offered(new, people.entry)
    report = take_over(candidate, KEYS, by=people.entry)
    assert report is not None
    stored = ProgressReport.objects.get(pk=report.pk)
    assert stored.row.action.plan == new
    assert (stored.issues, stored.projects, stored.direction, stored.extra) == (
        "担い手が足りない。",
        ["講座"],
        "続ける。",
        {"partners": ["自治会"]},
    )
    assert (stored.result, stored.rating, stored.state) == ("", None, "draft")
    assert stored.taken_over == list(KEYS)
    assert years_taken_from(stored) == dict.fromkeys(KEYS, 2023)


def test_the_pages_say_from_which_plan_and_year(new: Plan, people: People) -> None:
    entry = sign_in(people.entry)
    url = reverse("admin:measures_progressreport_takeover")
    page = entry.get(f"{url}?plan={new.pk}&fiscal_year=R6&period=year_end").content.decode()
    assert "「前の計画」令和5年度 年度末実績" in page
    (candidate,) = offered(new)
    report = take_over(candidate, KEYS, by=None)
    assert report is not None
    form = entry.get(address(ProgressReport, "change", report.pk)).content.decode()
    assert "令和5年度の文のままです。" in form


def test_the_own_report_of_the_year_before_comes_first(new: Plan) -> None:
    row = ReportingRow.objects.get(action__plan=new)
    make.make_report(row, fiscal_year=YEAR, issues="新しい計画の課題")
    (candidate,) = offered(new, year=YEAR + 1)
    assert candidate.source is not None
    assert candidate.source.issues == "新しい計画の課題"


def test_a_line_made_by_hand_serves_as_well(old: Plan, new: Plan, people: People) -> None:
    before = old_action(old, people, issues="空き家が増えた。")
    action = make.make_action(new)
    row = make.make_row(action, [people.welfare])
    assert [each.source for each in offered(new) if each.row == row] == [None]
    line = make.make_correspondence(new, old, new_action=action, old_action=before)
    (source,) = [each.source for each in offered(new) if each.row == row]
    assert source is not None
    assert source.issues == "空き家が増えた。"
    line.delete()
    make.make_correspondence(new, old, new_action=action)  # 新設
    assert [each.source for each in offered(new) if each.row == row] == [None]


def test_what_was_made_of_several_starts_empty(old: Plan, new: Plan, people: People) -> None:
    action = Action.objects.get(plan=new)
    before = old_action(old, people, issues="別の課題")
    make.make_correspondence(new, old, new_action=action, old_action=before)
    (candidate,) = offered(new)
    assert candidate.columns == ()


def test_one_action_split_in_two_gives_its_text_to_both(
    old: Plan, new: Plan, people: People
) -> None:
    second = make.make_row(make.make_action(new), [people.welfare])
    before = old.action_set.get()
    make.make_correspondence(new, old, new_action=second.action, old_action=before)
    found = offered(new)
    assert len(found) == 2
    for candidate in found:
        report = take_over(candidate, KEYS, by=None)
        assert report is not None
        assert (report.row, report.issues) == (candidate.row, "担い手が足りない。")


def test_a_row_listed_again_goes_on_from_that_in_its_place(old: Plan, people: People) -> None:
    again = make.make_row(old.action_set.get(), [people.finance], order=2, is_relisted=True)
    make.make_report(again, fiscal_year=2023, issues="財政課の課題")
    new = start_successor(
        old, slug="next", title="次の計画", takes_over_from=YEAR, start_fiscal_year=YEAR, by=None
    )
    told = {each.row.is_relisted: each.source.issues for each in offered(new) if each.source}
    assert told == {False: "担い手が足りない。", True: "財政課の課題"}
    assert [each.row.is_relisted for each in offered(new, people.colleague)] == [True]


def test_what_the_old_form_hid_stays_hidden(old: Plan, new: Plan) -> None:
    partners = old.report_columns.get(key="partners")
    keys = [column.key for column in offered(new)[0].columns]
    assert "partners" in keys
    for change in ({"is_hidden": True}, {"is_public": False}, {"kind": "text"}):
        old.report_columns.filter(pk=partners.pk).update(
            **({"is_hidden": False, "is_public": True, "kind": "list"} | change)
        )
        assert "partners" not in [column.key for column in offered(new)[0].columns], change
    new.report_columns.filter(key="partners").update(is_public=False)
    old.report_columns.filter(pk=partners.pk).update(is_public=False, kind="list")
    assert "partners" in [column.key for column in offered(new)[0].columns]


def test_only_whose_row_it_is_takes_it_over(new: Plan, people: People) -> None:
    assert offered(new, people.colleague) == []
    (candidate,) = offered(new)
    with pytest.raises(PermissionDenied):
        take_over(candidate, KEYS, by=people.colleague)


def test_queries_do_not_grow_with_the_rows(old: Plan, people: People) -> None:
    def asked(slug: str) -> int:
        new = start_successor(
            old, slug=slug, title=slug, takes_over_from=YEAR, start_fiscal_year=YEAR, by=None
        )
        plan = Plan.objects.get(pk=new.pk)
        with CaptureQueriesContext(connection) as queries:
            found = candidates(plan, YEAR, "year_end", by=None)
        assert all(each.columns for each in found)
        return len(queries)

    few = asked("few")
    for _number in range(20):
        old_action(old, people, issues="課題")
    assert asked("many") == few
    assert Correspondence.objects.filter(new_plan__slug="many", new_action__isnull=False).count()
