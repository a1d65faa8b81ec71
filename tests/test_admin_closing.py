"""Planners close a year once they have seen what is open of it, and open it again with a reason."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from plans.models import Plan, YearLock
from rounds.models import Publication
from rounds.record import publish

from . import factories as make
from .admin_pages import address, sign_in
from .people import People, make_people

YEAR = {"fiscal_year": 2023, "period": "year_end"}


@pytest.fixture
def people(db: None) -> People:
    return make_people()


@pytest.fixture
def plan(people: People) -> Plan:
    """FY2023: published, then one figure corrected; others unchecked, awaited or missing."""
    plan = make.make_plan(people.kita, title="きた計画")
    series = make.make_indicator(plan, name="直した指標").series
    figure = make.make_actual(series, 2023, 5)
    publish(plan, Publication.Kind.PLAN, by=None)
    publish(plan, Publication.Kind.PUBLIC, by=None, **YEAR)
    type(figure).objects.filter(pk=figure.pk).update(value=6)
    make.make_actual(make.make_indicator(plan).series, 2023, state="submitted")
    late = make.make_indicator(plan, make.make_series(people.kita, name="人口動態統計")).series
    given = {"missing_reason": "not_compiled", "expected_on": "2024-08-01"}
    make.make_actual(late, 2023, None, **given)
    make.make_indicator(plan, name="空の指標")
    make.make_report(make.make_row(make.make_action(plan, title="相談")), state="draft")
    return plan


def words(answer) -> str:
    return BeautifulSoup(answer.content, "html.parser").select_one("#container").get_text(" ")


def send(client: Client, *plans: Plan, **fields: str):
    url = reverse("admin:plans_yearlock_close")
    data = {"plans": [plan.pk for plan in plans], "fiscal_year": "R5", "reason": "認定済み"}
    return client.post(url, data | fields, follow=True)


def seen(answer) -> str:
    return BeautifulSoup(answer.content, "html.parser").select_one("input[name=seen]")["value"]


def test_a_planner_sees_what_is_open_then_closes(people: People, plan: Plan) -> None:
    planner, other = sign_in(people.planner), make.make_plan(people.kita)
    assert "年度を締め切る" in words(planner.get(address(YearLock, "changelist")))
    answer = send(planner, plan, other, check="1")
    page = words(answer)
    for expected in (
        "空の指標",
        "（提出済）",
        "相談",
        "（入力中）",
        "年度末実績：4件が、公表中の内容と違います。",
        "人口動態統計（年度末実績）",
        "令和6年8月の確定予定を過ぎています",
        "未確認・未公表の行や、待っている統計はありません。",
    ):
        assert expected in page, expected
    assert not YearLock.objects.exists()
    # What has been seen is closed, not what was chosen meanwhile.
    assert "締め切りました" not in words(send(planner, plan, close="1", seen=seen(answer)))
    done = words(send(planner, plan, other, close="1", seen=seen(answer)))
    assert "の令和5年度を締め切りました。" in done
    locks = YearLock.objects.values_list("plan", "fiscal_year", "locked_by", "reason")
    expected = {(each.pk, 2023, people.planner.pk, "認定済み") for each in (plan, other)}
    assert set(locks) == expected
    assert "すべて締め切られています" in words(send(planner, plan, check="1"))


def test_opening_again_asks_for_a_reason(people: People, plan: Plan) -> None:
    lock, planner = make.make_lock(plan, 2023), sign_in(people.planner)
    url = reverse("admin:plans_yearlock_open", args=[lock.pk])
    assert url in planner.get(address(YearLock, "changelist")).content.decode()
    assert "締切を解く理由を入力してください。" in words(planner.post(url, {"change_reason": " "}))
    assert "締切を解きました" in words(planner.post(url, {"change_reason": "誤り"}, follow=True))
    assert not YearLock.objects.exists()
    gone = YearLock.history.get(history_type="-")
    assert (gone.history_user, gone.history_change_reason) == (people.planner, "誤り")


def test_nobody_else_closes_or_opens(people: People, plan: Plan) -> None:
    close = reverse("admin:plans_yearlock_close")
    lock = make.make_lock(plan, 2022)
    url = reverse("admin:plans_yearlock_open", args=[lock.pk])
    for colleague in (people.entry, people.approver, people.reader):
        client = sign_in(colleague)
        assert client.get(close).status_code == 403
        assert client.post(url, {"change_reason": "x"}).status_code == 403
    stranger = sign_in(people.stranger)
    make.make_plan(people.minami)
    assert stranger.get(f"{close}?municipality={people.kita.pk}").status_code == 404
    assert stranger.post(url, {"change_reason": "x"}).status_code == 404
    send(stranger, plan, close="1", seen=f"2023:{plan.pk}")
    assert list(YearLock.objects.all()) == [lock]
    operator = sign_in(people.operator)
    assert operator.get(close).status_code == 200
    page = operator.post(f"{close}?municipality={people.kita.pk}", {"plans": plan.pk} | YEAR)
    assert "空の指標" in words(page)
    for nonsense in ("?municipality=x%00", f"?municipality={'9' * 40}"):
        assert operator.get(close + nonsense).status_code == 404
    for year in ("abc", "9" * 30, "\0"):
        assert send(stranger, fiscal_year=year).status_code == 200
    for number in ("abc", "9" * 30, "\0"):
        assert send(stranger, plans=number).status_code == 200


def test_queries_do_not_grow_with_the_plan(people: People) -> None:
    planner, counts = sign_in(people.planner), []
    for size in (3, 20):
        plan = make.make_plan(people.kita)
        for _number in range(size):
            make.make_actual(make.make_indicator(plan).series)
            make.make_actual(make.make_indicator(plan).series, state="draft")
            make.make_report(make.make_row(make.make_action(plan)), state="checked")
            make.make_report(make.make_row(make.make_action(plan)))
        with CaptureQueriesContext(connection) as asked:
            send(planner, plan, check="1")
        counts.append(len(asked))
    assert counts[0] == counts[1]
