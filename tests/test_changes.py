"""The record of changes: everything that happened in one's own town, and nothing of another's."""

import csv
import io
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from indicators import record as figures
from indicators.models import Actual, Series, Target
from measures.models import PriorityIssue
from municipalities import record
from municipalities.access import Role
from municipalities.changes import tracked_models
from municipalities.history import Door, save_with_reason, through
from municipalities.models import Membership, Municipality, User
from plans import admin_changes
from plans.models import Footnote, Plan

from . import factories as make
from .admin_pages import address, sign_in
from .full_town import fill_town
from .people import People, make_people

PAGE, CSV = "admin:plans_plan_changes", "admin:plans_plan_changes_csv"
SHARED = {"CommonIndicator"}


@pytest.fixture
def people(db: None) -> People:
    return make_people()


@pytest.fixture
def home(people: People) -> dict[type[models.Model], models.Model]:
    return fill_town(people.welfare)


@pytest.fixture
def abroad(people: People) -> dict[type[models.Model], models.Model]:
    return fill_town(people.minami_welfare)


def log(client: Client, **wanted: object) -> list[dict[str, str]]:
    """Return the lines of the CSV, each with its columns by name."""
    answer = client.get(reverse(CSV), wanted)
    assert answer.status_code == 200
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def rows_in(lines: list[dict[str, str]]) -> set[tuple[str, str]]:
    return {(line["表"], line["行の番号"]) for line in lines}


def rows_of(town: dict, *, without: set[str] = frozenset()) -> set[tuple[str, str]]:
    return {
        (str(model._meta.verbose_name), str(row.pk))
        for model, row in town.items()
        if model in tracked_models() and model.__name__ not in without
    }


# --- Who reads what ---------------------------------------------------------------------------


def test_every_tracked_table_is_in_the_town_of_the_tests(home: dict) -> None:
    assert set(tracked_models()) - set(home) == set()


@pytest.mark.parametrize("who", ["entry", "approver", "planner", "reader"])
def test_a_town_reads_its_own_changes_and_no_strangers(
    people: People, home: dict, abroad: dict, who: str
) -> None:
    client = sign_in(getattr(people, who))
    seen = rows_in(log(client))
    private = {"User", "Membership"} if who != "planner" else set()
    assert rows_of(home, without=private) - seen == set()
    assert seen & rows_of(abroad, without=SHARED) == set()
    if private:
        assert not {kind for kind, _number in seen} & {"利用者", "所属と役割"}
    page = client.get(reverse(PAGE)).content.decode()
    assert people.minami.name not in page


def test_what_is_deleted_stays_in_the_record_of_its_town(
    people: People, home: dict, abroad: dict
) -> None:
    for town in (home, abroad):
        numbers = {model: town[model].pk for model in (Actual, Target, PriorityIssue, Footnote)}
        for model, number in numbers.items():
            town[model].delete()
            town[model].pk = number
    seen = rows_in(log(sign_in(people.planner)))
    assert rows_of(home) - seen == set()
    assert seen & rows_of(abroad, without=SHARED) == set()


def test_what_hung_on_a_deleted_row_is_still_found(people: People) -> None:
    indicators = [
        make.make_indicator(make.make_plan(town)) for town in (people.kita, people.minami)
    ]
    targets = [make.make_target(indicator) for indicator in indicators]
    numbers = [str(target.pk) for target in targets]
    for indicator in indicators:
        indicator.plan.delete()
    lines = log(sign_in(people.planner), kind="indicators.Target")
    assert {line["行の番号"] for line in lines} == {numbers[0]}
    assert [line["操作"] for line in lines][:1] == ["削除"]


def test_operators_read_everything_but_superusers(people: People, home: dict, abroad: dict) -> None:
    seen = rows_in(log(sign_in(people.operator)))
    assert (rows_of(home) | rows_of(abroad)) - seen == set()
    assert ("利用者", str(people.superuser.pk)) not in seen
    assert ("利用者", str(people.superuser.pk)) in rows_in(log(sign_in(people.superuser)))
    only = rows_in(log(sign_in(people.operator), municipality=people.minami.pk))
    assert rows_of(abroad, without=SHARED) - only == set()
    assert only & rows_of(home) == set()


def test_planners_read_of_people_they_manage_only(people: People) -> None:
    both = make.make_user(Role.ENTRY, department=people.welfare, username="both")
    make.make_membership(both, Role.READER, people.minami)
    seen = rows_in(log(sign_in(people.planner)))
    assert ("利用者", str(people.entry.pk)) in seen
    for stranger in (people.stranger, people.operator, people.superuser, both):
        assert ("利用者", str(stranger.pk)) not in seen
        for role in stranger.memberships.all():
            assert ("所属と役割", str(role.pk)) not in seen
    make.make_membership(people.planner, Role.READER, people.minami)
    seen = rows_in(log(sign_in(User.objects.get(pk=people.planner.pk))))
    assert ("所属と役割", str(people.stranger.memberships.get().pk)) not in seen


def test_no_password_is_told(people: People) -> None:
    people.entry.set_password("another-password")
    save_with_reason(people.entry, people.planner, "再設定")
    text = str(log(sign_in(people.operator)))
    assert "再設定" in text
    assert people.entry.password not in text
    assert "パスワード（" not in text


def test_a_strangers_plan_or_town_does_not_exist(people: People, abroad: dict) -> None:
    client = sign_in(people.planner)
    for name in (PAGE, CSV):
        assert client.get(reverse(name), {"plan": abroad[Plan].pk}).status_code == 404
    make.make_membership(people.reader, Role.READER, make.make_municipality())
    two_towns = sign_in(people.reader)
    assert two_towns.get(reverse(PAGE), {"municipality": people.kita.pk}).status_code == 200
    assert two_towns.get(reverse(PAGE), {"municipality": people.minami.pk}).status_code == 404


# --- What a line says -------------------------------------------------------------------------


@pytest.fixture
def actual(people: People) -> Actual:
    """A figure of きた市 that a planner corrected from 120 to 135.5."""
    series = make.make_series(people.kita, name="広場の利用者数", owner=people.welfare, decimals=1)
    make.make_indicator(make.make_plan(people.kita), series)
    actual = make.make_actual(series, 2023, value="120", state="draft")
    actual.value, actual.is_provisional = "135.5", True
    with through(Door.WORKBOOK):
        figures.record_actual(actual, by=people.planner, reason="課から訂正の連絡")
    return actual


def test_a_line_says_who_when_what_and_why(people: People, actual: Actual) -> None:
    lines = [line for line in log(sign_in(people.reader)) if line["操作"] == "変更"]
    told = {line["項目"]: (line["変更前"], line["変更後"]) for line in lines}
    assert told["実績値"] == ("120", "135.5")
    assert told["速報値"] == ("いいえ", "はい")
    assert "版" not in told
    line = lines[0]
    assert (line["変更した人"], line["経路"]) == ("planner", "Excel取込")
    assert (line["表"], line["変更理由"]) == ("実績", "課から訂正の連絡")
    assert "広場の利用者数" in line["行"]
    assert line["日時"].startswith(f"{timezone.localtime():%Y-%m-%d}")


def test_the_page_leads_to_the_history_of_the_row(people: People, actual: Actual) -> None:
    client = sign_in(people.reader)
    page = BeautifulSoup(client.get(reverse(PAGE)).content, "html.parser")
    first = page.select_one("#change-history tbody tr")
    assert "120 → 135.5" in first.get_text()
    link = first.select_one("a")["href"]
    assert link == address(Actual, "history", actual.pk)
    assert client.get(link).status_code == 200
    assert reverse(PAGE) in client.get(reverse("admin:index")).content.decode()


def test_choices_links_and_years_are_told_in_words(people: People) -> None:
    series = make.make_series(people.kita, owner=people.welfare)
    series.owner, series.start_fiscal_year = people.finance, 2023
    record.record_row(series, by=people.planner, reason="組織の変更")
    lines = log(sign_in(people.planner), kind="indicators.Series", text="組織の変更")
    told = {line["項目"]: (line["変更前"], line["変更後"]) for line in lines}
    assert ("福祉課", "財政課") in told.values()
    assert ("－", "令和5年度") in told.values()


def test_a_change_without_an_earlier_record_says_so(people: People) -> None:
    series = make.make_series(people.kita)
    series.history.all().delete()  # as of rows that came with a fixture
    series.note = "注"
    record.record_row(series, by=people.planner)
    page = sign_in(people.planner).get(reverse(PAGE)).content.decode()
    assert "この変更より前の記録がありません" in page


def test_a_deleted_row_keeps_its_name(people: People) -> None:
    goal = make.make_goal(make.make_plan(people.kita), title="消えた目標")
    record.remove_row(goal, by=people.planner, reason="重複")
    line = log(sign_in(people.planner), text="重複")[0]
    assert (line["行"], line["操作"]) == ("消えた目標（削除済み）", "削除")


def test_cells_are_no_formulas(people: People) -> None:
    make.make_goal(make.make_plan(people.kita), title="=1+1", summary="@SUM(A1)")
    cells = [cell for line in log(sign_in(people.planner)) for cell in line.values()]
    assert "'=1+1" in cells
    assert "'@SUM(A1)" in cells
    assert [cell for cell in cells if cell.startswith(("=", "@"))] == []


# --- Searching --------------------------------------------------------------------------------


def test_the_record_is_searched(people: People, actual: Actual) -> None:
    client = sign_in(people.planner)
    plan = Plan.objects.get()
    change = ("実績", str(actual.pk))
    for wanted in (
        {"kind": "indicators.Actual"},
        {"door": "workbook"},
        {"person": "plann"},
        {"plan": plan.pk},
        {"text": "訂正の連絡"},
        {"text": "135.5"},
        {"text": "１２０"},
        {"since": timezone.localdate().isoformat(), "until": timezone.localdate().isoformat()},
    ):
        assert change in rows_in(log(client, **wanted)), wanted
    for wanted in (
        {"kind": "plans.Plan"},
        {"door": "api"},
        {"person": "entry"},
        {"plan": make.make_plan(people.kita).pk},
        {"text": "135.6"},
        {"since": (timezone.localdate() + timedelta(days=1)).isoformat()},
        {"until": (timezone.localdate() - timedelta(days=1)).isoformat()},
    ):
        assert change not in rows_in(log(client, **wanted)), wanted


def test_only_values_that_changed_are_found(people: People) -> None:
    goal = make.make_goal(make.make_plan(people.kita), title="ゆたかな森", summary="はじめの文")
    for name, value in (("summary", "つぎの文"), ("note", "注"), ("note", "")):
        setattr(goal, name, value)
        record.record_row(goal, by=people.planner, reason=f"{name}を変えた")
    client = sign_in(people.planner)

    def found(text: str) -> list[str]:
        lines = log(client, kind="plans.BasicGoal", text=text)
        return [f"{line['操作']}{line['変更理由']}" for line in lines if line["項目"] != "コード"]

    assert set(found("ゆたかな森")) == {"追加"}
    assert set(found("はじめの文")) == {"追加", "変更summaryを変えた"}
    assert set(found("つぎの文")) == {"変更summaryを変えた"}
    record.remove_row(goal, by=people.planner, reason="")
    assert "削除" in found("ゆたかな森")


def test_labels_of_choices_are_found(people: People, actual: Actual) -> None:
    actual.state = "checked"
    save_with_reason(actual, people.planner, "点検")
    lines = log(sign_in(people.planner), text="確認済")
    assert ("入力中", "確認済") in {(line["変更前"], line["変更後"]) for line in lines}


@pytest.mark.parametrize(
    "wanted",
    [
        {"since": "x"},
        {"since": "0001-01-01"},
        {"until": "9999-12-31"},
        {"kind": "auth.Group"},
        {"door": "x"},
        {"text": "\0"},
        {"person": "x" * 100},
        {"text": "9" * 90},
        {"text": "1e9999"},
        {"text": "99999999999999999999.123456789"},
        {"page": "x"},
        {"page": "-1"},
        {"page": "²"},
        {"page": "9" * 30},
    ],
)
def test_nonsense_is_answered(people: People, actual: Actual, wanted: dict[str, str]) -> None:
    client = sign_in(people.planner)
    for name in (PAGE, CSV):
        assert client.get(reverse(name), wanted).status_code == 200


# --- Size -------------------------------------------------------------------------------------


def change_all(town: dict, user: User, times: int) -> None:
    for row in town.values():
        if type(row) in tracked_models():
            for _number in range(times):
                save_with_reason(row, user, "点検")


def queries(client: Client, **wanted: object) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(reverse(PAGE), wanted).status_code == 200
    return len(asked)


@pytest.mark.parametrize("wanted", [{}, {"text": "点検"}, {"page": "2"}])
def test_a_page_asks_a_constant_number_of_queries(
    people: People, home: dict, wanted: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admin_changes, "PER_PAGE", 2000)
    if "page" in wanted:
        monkeypatch.setattr(admin_changes, "PER_PAGE", 30)
    client = sign_in(people.planner)
    change_all(home, people.planner, 2)
    queries(client, **wanted)
    few = queries(client, **wanted)
    for _number in range(3):
        change_all(fill_town(people.welfare), people.planner, 2)
    many = queries(client, **wanted)
    assert many <= 130  # all 35 tables on one page
    if "page" not in wanted:  # on page 2 there are other tables than before
        assert many == few


def test_pages_follow_each_other_without_gap(people: People, monkeypatch: object) -> None:
    monkeypatch.setattr(admin_changes, "PER_PAGE", 7)
    for _number in range(10):
        make.make_goal(make.make_plan(people.kita))
    client, seen, url = sign_in(people.reader), [], reverse(PAGE)
    while url:
        answer = client.get(url)
        seen += [(line.kind, line.number) for line in answer.context["lines"]]
        link = BeautifulSoup(answer.content, "html.parser").select_one("a[rel=next]")
        url = reverse(PAGE) + link["href"] if link else ""
    assert len(seen) == len(set(seen))
    assert set(seen) == {(kind, int(number)) for kind, number in rows_in(log(client))}


def test_an_export_beyond_the_limit_says_so(people: People, monkeypatch: object) -> None:
    monkeypatch.setattr(admin_changes, "MOST_EXPORTED", 3)
    monkeypatch.setattr(admin_changes, "CHUNK", 2)
    for _number in range(5):
        make.make_plan(people.kita)
    client = sign_in(people.reader)
    lines = log(client, kind="plans.Plan")
    assert len(rows_in(lines[:-1])) == 3
    assert "新しい順に3件まで" in lines[-1]["日時"]


def test_towns_and_series_without_a_plan_are_left_out_of_a_plans_record(
    people: People, home: dict
) -> None:
    seen = rows_in(log(sign_in(people.planner), plan=home[Plan].pk))
    assert ("計画", str(home[Plan].pk)) in seen
    assert ("系列", str(home[Series].pk)) in seen
    assert not {kind for kind, _n in seen} & {str(Municipality._meta.verbose_name)}
    assert Membership._meta.verbose_name not in {kind for kind, _n in seen}
