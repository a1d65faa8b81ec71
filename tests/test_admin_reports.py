"""The page 帳票 and the command `report`: who gets which file, and what bad input says."""

from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest
from bs4 import BeautifulSoup
from django.core.management import CommandError, call_command
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from plans.choices import WorkState
from plans.models import Plan

from . import factories as make
from .admin_pages import address, sign_in
from .people import People, make_people
from .public_pages import publish_year

pytestmark = pytest.mark.django_db
ASKED = {
    "kind": "indicators",
    "source": "working",
    "fiscal_year": "R5",
    "period": "year_end",
    "download": "x",
}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.fixture
def plan(people: People) -> Plan:
    plan = make.make_plan(people.kita, "sogo", title="きた市総合計画")
    goal = make.make_goal(plan, code="g1", title="大きな目標")
    indicator = make.make_indicator(plan, departments=[people.welfare], basic_goal=goal)
    make.make_actual(indicator.series)
    row = make.make_row(make.make_action(plan, basic_goal=goal), [people.welfare, people.finance])
    make.make_report(row, state=WorkState.CHECKED)
    publish_year(plan)
    return plan


def url(plan: Plan) -> str:
    return reverse("admin:plans_plan_reports", args=[plan.pk])


def ask(client: Client, plan: Plan, **fields: Any) -> HttpResponse:
    return client.get(url(plan), ASKED | fields)


def errors(answer: HttpResponse) -> list[str]:
    assert answer.status_code == 200
    page = BeautifulSoup(answer.content, "html.parser")
    return [item.get_text(strip=True) for item in page.select("ul.errorlist li")]


ROLES = ["colleague", "reader"]


@pytest.mark.parametrize("who", ROLES)
def test_all_staff_of_the_town_download_the_work(people: People, plan: Plan, who: str) -> None:
    answer = ask(sign_in(getattr(people, who)), plan)
    assert answer.status_code == 200
    assert answer["Content-Type"] == XLSX
    assert answer["X-Content-Type-Options"] == "nosniff"
    name = "R5%E5%B9%B4%E5%BA%A6%E6%9C%AB_%E6%8C%87%E6%A8%99%E4%B8%80%E8%A6%A7.xlsx"
    assert answer["Content-Disposition"] == f"attachment; filename*=utf-8''{name}"
    sheet = openpyxl.load_workbook(BytesIO(answer.content)).active
    assert sheet.title == "指標一覧"


def test_the_page_is_linked_from_the_plan(people: People, plan: Plan) -> None:
    client = sign_in(people.reader)
    assert url(plan) in client.get(address(Plan, "change", plan.pk)).content.decode()
    page = BeautifulSoup(client.get(url(plan)).content, "html.parser")
    sources = [option.get_text() for option in page.select("select[name=source] option")]
    assert sources[0] == "作業中の値（確認前を含む）"
    assert any(source.startswith("第2号 公表版 令和5年度 年度末実績") for source in sources)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"fiscal_year": ""}, "年度を入力してください。"),
        ({"fiscal_year": "R99"}, "令和"),
        ({"fiscal_year": "R30"}, "期間"),
        ({"kind": "nothing"}, "選択"),
        ({"source": "99999999"}, "選択"),
        ({"period": "never"}, "選択"),
        ({"goal": "abc"}, "選択"),
        ({"section": "0"}, "選択"),
        ({"source": "published", "fiscal_year": "R6"}, "令和6年度 年度末実績はまだ公表されて"),
        ({"kind": "revision"}, "新旧の対応がまだありません"),
        ({"kind": "revision", "fiscal_year": ""}, "新旧の対応がまだありません"),
        ({"kind": "revision", "fiscal_year": "R30"}, "新旧の対応がまだありません"),
        ({"number": "資" * 41}, "40"),
    ],
)
def test_bad_input_gets_a_message(
    people: People, plan: Plan, fields: dict[str, str], message: str
) -> None:
    found = errors(ask(sign_in(people.planner), plan, **fields))
    assert any(message in each for each in found), found


def test_a_report_that_has_no_goals_says_so(people: People, plan: Plan) -> None:
    goal = plan.indicators.get().basic_goal_id
    found = errors(ask(sign_in(people.planner), plan, kind="policy", goal=goal))
    assert found == ["この帳票は、基本目標では絞り込めません。"]


def test_goals_and_sections_of_other_towns_are_no_choice(people: People, plan: Plan) -> None:
    client = sign_in(people.planner)
    goal = make.make_goal(make.make_plan(people.minami))
    assert errors(ask(client, plan, goal=goal.pk))
    assert errors(ask(client, plan, section=people.minami_welfare.pk))
    foreign = publish_year(make.make_plan(people.minami))
    assert errors(ask(client, plan, source=foreign.pk))


def test_an_odd_address_is_not_found(people: People, plan: Plan) -> None:
    client = sign_in(people.planner)
    path = url(plan).replace(f"/{plan.pk}/", "/{}/")
    for odd in ("0", "abc", "9" * 40, "１"):
        assert client.get(path.format(odd)).status_code == 404, odd
    assert client.post(url(plan), ASKED).status_code == 405


def test_all_sections_come_as_one_zip(people: People, plan: Plan) -> None:
    answer = ask(sign_in(people.planner), plan, kind="sections")
    assert answer["Content-Type"] == "application/zip"
    with ZipFile(BytesIO(answer.content)) as archive:
        names = archive.namelist()
        assert names == ["R5年度末_健康部_福祉課.xlsx", "R5年度末_健康部_財政課.xlsx"]
        assert all(entry.flag_bits & 0x800 for entry in archive.infolist())  # UTF-8
        welfare, finance = (
            openpyxl.load_workbook(BytesIO(archive.read(name))).sheetnames for name in names
        )
    assert len(welfare) == 2
    assert len(finance) == 1


def test_names_of_files_hold_nothing_a_file_system_refuses(people: People, plan: Plan) -> None:
    people.welfare.name = 'a/b\\c:d*e?"<>|\u202e.'
    people.welfare.save()
    answer = ask(sign_in(people.planner), plan, kind="sections")
    name = ZipFile(BytesIO(answer.content)).namelist()[0]
    assert name == "R5年度末_健康部_a b c d e.xlsx"


def test_the_page_costs_the_same_for_many_goals(people: People, plan: Plan) -> None:
    client = sign_in(people.reader)

    def queries() -> int:
        client.get(url(plan))
        with CaptureQueriesContext(connection) as captured:
            client.get(url(plan))
        return len(captured)

    few = queries()
    for _each in range(5):
        make.make_goal(plan)
        make.make_department(people.kita)
    publish_year(plan)
    assert queries() == few <= 12


# --- The command -------------------------------------------------------------------------------


def run(*args: str, **options: Any) -> None:
    call_command("report", *args, **options)


def test_the_command_writes_a_file(plan: Plan, tmp_path: Path) -> None:
    file = tmp_path / "一覧.xlsx"
    run("indicators", "kita", "sogo", str(file), fiscal_year="R5", number="資料1")
    page = openpyxl.load_workbook(file).active
    assert page.oddHeader.right.text == "資料1"
    run("progress", "kita", "sogo", str(file), publication=2, section="welfare", goal="g1")
    run("sections", "kita", "sogo", str(file), published=True, fiscal_year="2023")
    assert len(ZipFile(file).namelist()) == 2


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "--fiscal-year か --publication"),
        ({"fiscal_year": "5"}, "元号"),
        ({"fiscal_year": "R30"}, "期間"),
        ({"publication": 99}, "第99号の公表はありません"),
        ({"fiscal_year": "R5", "goal": "x"}, "ある：g1"),
        ({"fiscal_year": "R5", "section": "x"}, "welfare"),
        ({"fiscal_year": "R6", "published": True}, "まだ公表されていません"),
    ],
)
def test_the_command_says_what_is_wrong(
    plan: Plan, tmp_path: Path, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(CommandError, match=message):
        run("indicators", "kita", "sogo", str(tmp_path / "x.xlsx"), **options)


def test_a_file_that_cannot_be_written_is_named(plan: Plan, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="書き込めません"):
        run("indicators", "kita", "sogo", str(tmp_path / "no" / "x.xlsx"), fiscal_year="R5")


@pytest.mark.parametrize("view", [[], ["--published"]])
def test_the_command_asks_no_year_for_the_revision_table(
    plan: Plan, tmp_path: Path, view: list[str]
) -> None:
    with pytest.raises(CommandError, match="新旧の対応がまだありません"):
        run("revision", "kita", "sogo", str(tmp_path / "新旧.xlsx"), *view)
