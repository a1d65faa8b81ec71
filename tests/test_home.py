"""The first page of the staff says what is to do now, to each role its own."""

from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from exchange.models import Upload
from indicators import record_many
from indicators.choices import MissingReason
from indicators.models import Actual
from municipalities import fiscal_year as fiscal_years
from municipalities.models import Municipality, SignInWait
from plans.choices import Period, WorkState
from plans.models import Plan
from plans.workflow import Action
from rounds.models import EntryDraft, Publication, Request

from . import factories as make
from .admin_pages import sign_in
from .people import People, make_people

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
ENDED = fiscal_years.of(TODAY) - 1


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.fixture
def plan(people: People) -> Plan:
    return make.make_plan(people.kita, title="きた市総合計画")


def page_of(user: Any, query: str = "") -> BeautifulSoup:
    answer = sign_in(user).get(reverse("admin:index") + query)
    assert answer.status_code == 200
    return BeautifulSoup(answer.content, "html.parser")


def tasks(user: Any) -> dict[str, str]:
    """Title → what the task says, in the order of the page."""
    found = page_of(user).select(".tasks > li")
    return {task.h3.get_text(): task.get_text(" ", strip=True) for task in found}


def coming(user: Any) -> str:
    return " ".join(each.get_text(" ", strip=True) for each in page_of(user).select(".coming"))


def ask(plan: Plan, days: int = 3, **fields: Any) -> Request:
    return make.make_request(plan, deadline=TODAY + timedelta(days=days), **fields)


def submitted(plan: Plan, section: Any, **fields: Any) -> Actual:
    indicator = make.make_indicator(plan, departments=[section])
    return make.make_actual(indicator.series, state=WorkState.SUBMITTED, **fields)


# --- 入力担当 -------------------------------------------------------------------------------------


def test_a_section_reads_what_it_owes_by_when_and_gets_to_its_sheet(
    people: People, plan: Plan
) -> None:
    make.make_indicator(plan, departments=[people.welfare])
    submitted(plan, people.welfare)
    make.make_indicator(plan, departments=[people.finance])
    ask(plan)
    ((title, said),) = tasks(people.entry).items()
    assert title == "福祉課：令和5年度の実績の照会"
    assert "あと3日" in said
    assert "2件中1件が回答済み" in said
    button = page_of(people.entry).select_one(".task .button")
    assert button.get_text().startswith("入力する")
    assert sign_in(people.entry).get(button["href"]).status_code == 200
    assert "前年度の内容を見る" in said


def test_what_is_overdue_says_so_in_words_and_comes_first(people: People, plan: Plan) -> None:
    make.make_membership(people.entry, "entry", department=people.finance)
    later = make.make_plan(people.kita)
    make.make_indicator(later, departments=[people.welfare])
    make.make_indicator(plan, departments=[people.finance])
    ask(later, days=3, title="先の照会")
    ask(plan, days=-2, title="過ぎた照会")
    found = tasks(people.entry)
    assert list(found) == ["財政課：過ぎた照会", "福祉課：先の照会"]
    assert "期限を2日過ぎています" in found["財政課：過ぎた照会"]


def test_drafts_that_wait_are_told_with_their_author(people: People, plan: Plan) -> None:
    make.make_indicator(plan, departments=[people.welfare])
    other = make.make_user("entry", department=people.welfare, username="other", name="同じ課の人")
    request = ask(plan)
    for author in (people.entry, other):
        EntryDraft.objects.create(request=request, department=people.welfare, author=author)
    (said,) = tasks(people.entry).values()
    assert "保存していない下書きがあります：あなた" in said
    assert "保存していない下書きがあります：同じ課の人" in said


def returned(people: People, plan: Plan, reason: str) -> Actual:
    actual = submitted(plan, people.welfare, changed_by=people.entry)
    actual.save()  # its history begins handed in
    record_many.move_actuals([actual], Action.RETURN, by=people.approver, reason=reason)
    return actual


def test_what_came_back_is_shown_with_its_reason(people: People, plan: Plan) -> None:
    actual = returned(people, plan, "単位を確かめてください")
    ask(plan, days=30)
    (said,) = tasks(people.entry).values()
    assert "差し戻された行" in said
    assert actual.series.name in said
    assert "単位を確かめてください" in said


def test_what_came_back_without_a_request_is_not_forgotten(people: People, plan: Plan) -> None:
    actual = returned(people, plan, "桁が違います")
    assert "桁が違います" in tasks(people.entry)["差し戻された行"]
    assert "桁が違います" in coming(people.approver)
    assert "桁が違います" not in str(page_of(people.colleague))
    record_many.move_actuals([actual], Action.SUBMIT, by=people.entry)
    assert tasks(people.entry) == {}


def test_what_was_taken_back_by_the_section_is_no_return(people: People, plan: Plan) -> None:
    actual = submitted(plan, people.welfare, changed_by=people.entry)
    actual.save()
    other = make.make_user("entry", department=people.welfare)
    record_many.move_actuals([actual], Action.WITHDRAW, by=other)
    assert tasks(people.entry) == {}


def test_late_figures_are_asked_for_in_their_month_and_announced_before(
    people: People, plan: Plan
) -> None:
    now, later = make.make_series(people.kita), make.make_series(people.kita)
    first = TODAY.replace(day=1)
    for series, month in ((now, first), (later, (first + timedelta(days=70)).replace(day=1))):
        make.make_indicator(plan, series, [people.welfare])
        make.make_actual(
            series,
            value=None,
            missing_reason=MissingReason.NOT_COMPILED,
            expected_on=month,
            state=WorkState.SUBMITTED,
        )
    request = ask(plan, days=-90, fiscal_year=2023, state=Request.State.CLOSED)
    Request.objects.filter(pk=request.pk).update(fiscal_year=ENDED)
    Actual.objects.update(fiscal_year=ENDED)
    said = tasks(people.entry)["福祉課：確定する時期になった数値"]
    assert now.name in said
    assert later.name not in said


def test_nothing_to_do_says_so(people: People, plan: Plan) -> None:
    page = page_of(people.entry)
    assert page.select_one(".nothing").get_text() == "今することはありません。"
    assert "回答する照会は、いまありません" in coming(people.entry)
    submitted(plan, people.welfare)
    ask(plan)
    assert tasks(people.entry) == {}
    assert "回答済みです（1件中1件）" in coming(people.entry)


# --- 承認者 ---------------------------------------------------------------------------------------


def test_what_was_done_last_is_told_by_the_record_of_changes_only(people: People) -> None:
    page = page_of(people.entry)
    assert "最近行った操作" not in page.get_text()
    assert page.select(f'a[href="{reverse("admin:plans_plan_changes")}"]')


def test_approvers_see_what_waits_section_by_section(people: People, plan: Plan) -> None:
    submitted(plan, people.welfare)
    submitted(plan, people.finance)
    submitted(plan, people.finance)
    make.make_report(
        make.make_row(make.make_action(plan), [people.welfare]), state=WorkState.SUBMITTED
    )
    assert list(tasks(people.approver)) == ["承認を待っている行：2件"]
    ((title, said),) = tasks(people.head).items()
    assert title == "承認を待っている行：4件"
    assert "財政課：実績 2件" in said
    link = page_of(people.head).select_one(".task .button")["href"]
    listed = sign_in(people.head).get(link).content.decode()
    assert listed.count('name="_selected_action"') == 3


def test_own_figures_are_left_to_others(people: People, plan: Plan) -> None:
    submitted(plan, people.welfare, changed_by=people.approver)
    assert tasks(people.approver) == {}
    submitted(plan, people.welfare)
    (said,) = tasks(people.approver).values()
    assert "うち1件は自分が入力した内容" in said


def test_a_lead_section_confirms_what_heads_have_approved(people: People, plan: Plan) -> None:
    Municipality.objects.filter(pk=people.kita.pk).update(has_lead_step=True)
    lead = make.make_department(people.kita, parent=people.division, is_lead=True)
    user = make.make_user("approver", department=lead)
    actual = submitted(plan, people.finance)
    assert tasks(user) == {}
    Actual.objects.filter(pk=actual.pk).update(state=WorkState.APPROVED)
    assert list(tasks(user)) == ["部主管課の確認を待っている行：1件"]
    assert tasks(people.approver) == {}


def test_approvers_see_which_sections_are_overdue(people: People, plan: Plan) -> None:
    make.make_indicator(plan, departments=[people.welfare])
    make.make_indicator(plan, departments=[people.finance])
    ask(plan, days=-1)
    (said,) = tasks(people.head).values()
    assert "福祉課 ：未回答 1件" in said
    assert "財政課 ：未回答 1件" in said
    (said,) = tasks(people.approver).values()
    assert "財政課" not in said


# --- 企画担当 -------------------------------------------------------------------------------------


def test_planners_see_how_far_the_sections_have_come(people: People, plan: Plan) -> None:
    make.make_indicator(plan, departments=[people.welfare])
    submitted(plan, people.finance)
    request = ask(plan, days=-3)
    said = tasks(people.planner)["令和5年度の実績の照会"]
    assert "2課中1課が回答済み" in said
    assert "期限を過ぎた課" in said
    assert "福祉課" in said
    assert "財政課" not in said
    request.replies.create(department=people.welfare, decided_on=TODAY)
    assert "2課中2課が回答済み" in tasks(people.planner)["令和5年度の実績の照会"]


def test_planners_see_what_is_to_be_checked_by_the_flow_of_their_town(
    people: People, plan: Plan
) -> None:
    actual = submitted(plan, people.welfare)
    assert "確認を待っている行：1件" not in tasks(people.planner)
    Actual.objects.filter(pk=actual.pk).update(state=WorkState.APPROVED)
    assert "確認を待っている行：1件" in tasks(people.planner)
    Municipality.objects.filter(pk=people.kita.pk).update(has_lead_step=True)
    assert "確認を待っている行：1件" not in tasks(people.planner)


def test_the_year_just_ended_is_to_be_asked_for(people: People, plan: Plan) -> None:
    year = fiscal_years.label(ENDED)
    title = f"{year}の実績を、まだ各課に照会していません"
    assert title in tasks(people.planner)
    ask(plan, fiscal_year=ENDED, state=Request.State.DRAFT, title="次の照会")
    found = tasks(people.planner)
    assert title not in found
    assert "準備中の照会：次の照会" in found
    steps = page_of(people.planner).select(".year-steps li")
    assert [step.strong.get_text() for step in steps] == [
        "照会",
        "回答",
        "確認",
        "外部評価",
        "議会提出",
        "公表",
        "締切",
    ]
    assert steps[0]["aria-current"] == "step"


def test_what_is_checked_and_not_published_is_told_until_it_is(people: People, plan: Plan) -> None:
    indicator = make.make_indicator(plan, departments=[people.welfare])
    make.make_actual(indicator.series, ENDED)
    title = "確認済みで、まだ公表していない行：1件"
    assert title in tasks(people.planner)
    make.make_publication(
        plan, kind=Publication.Kind.PUBLIC, fiscal_year=ENDED, period=Period.YEAR_END
    )
    assert title not in tasks(people.planner)
    Actual.objects.get().save()  # changed again afterwards
    assert title in tasks(people.planner)


def test_years_long_published_are_to_be_closed(people: People, plan: Plan) -> None:
    make.make_publication(
        plan,
        kind=Publication.Kind.PUBLIC,
        fiscal_year=ENDED - 1,
        period=Period.YEAR_END,
        effective_at=timezone.now() - timedelta(days=200),
    )
    title = "公表して半年を過ぎ、締め切られていない年度：1件"
    assert title in tasks(people.planner)
    (link,) = page_of(people.planner).select(".task .button[href*=yearlock]")
    page = BeautifulSoup(sign_in(people.planner).get(link["href"]).content, "html.parser")
    assert page.select_one("#id_fiscal_year")["value"] == people.kita.year_label(ENDED - 1)
    assert [box["value"] for box in page.select("[name=plans][checked]")] == [str(plan.pk)]
    make.make_lock(plan, ENDED - 1)
    assert title not in tasks(people.planner)


def test_what_nobody_can_answer_is_told(people: People, plan: Plan) -> None:
    make.make_indicator(plan, name="担当のない指標")
    found = tasks(people.planner)
    title = next(title for title in found if "答える人のいないもの：1件" in title)
    assert "担当のない指標" in found[title]
    assert "担当課が決まっていません" in found[title]


def test_scheduled_publications_and_stopped_sign_ins_are_told(people: People, plan: Plan) -> None:
    make.make_publication(plan, effective_at=timezone.now() + timedelta(days=2))
    for name in ("entry", "stranger-entry"):
        SignInWait.objects.create(username=name, failures_since_start=5, ip_address="192.0.2.1")
    assert "公表の予定：きた市総合計画" in coming(people.planner)
    said = tasks(people.planner)["サインインが停止している人がいます"]
    assert "entry" in said
    assert "stranger-entry" not in said


# --- Others ---------------------------------------------------------------------------------------


def test_readers_find_what_was_published_last(people: People, plan: Plan) -> None:
    make.make_publication(plan, effective_at=timezone.now() - timedelta(days=1))
    page = page_of(people.reader)
    assert "きた市総合計画 計画の公表" in page.select_one(".home-panel").get_text(" ", strip=True)
    links = [link["href"] for link in page.select(".home-panel a")]
    assert reverse("admin:plans_plan_reports", args=[plan.pk]) in links
    assert reverse("portal:plan", args=["kita", plan.slug]) in links


def test_operators_get_a_line_for_each_town_the_most_pressing_first(people: People) -> None:
    for days, town in ((5, people.kita), (-5, people.minami)):
        plan = make.make_plan(town)
        ask(plan, days=days)
        Actual.objects.filter(pk=submitted(plan, people.welfare).pk).update(
            state=WorkState.APPROVED
        )
    for _number in range(20):
        ask(make.make_plan(make.make_municipality()), days=9)
    page = page_of(people.operator)
    lines = [line.get_text(" ", strip=True) for line in page.select("#towns tbody tr")]
    assert len(lines) == 20
    assert lines[0] == "みなみ市 期限を5日過ぎています 1 1 0 1"
    assert lines[1] == "きた市 あと5日 1 0 0 1"
    assert len(page_of(people.operator, "?towns=2").select("#towns tbody tr")) == 2
    assert len(page_of(people.superuser, "?towns=%00x").select("#towns tbody tr")) == 20


def test_files_that_wait_are_told_to_their_person_and_stalled_ones_to_operators(
    people: People,
) -> None:
    upload = Upload.objects.keep(
        user=people.planner,
        municipality=people.kita,
        file_name="計画.xlsx",
        content=b"x",
        reason="",
    )
    Upload.objects.update(created_at=timezone.now() - timedelta(hours=2))
    assert "計画.xlsx" in tasks(people.planner)["取込を確かめていないファイルがあります"]
    said = tasks(people.operator)["1時間以上、確かめられていない取込：1件"]
    assert "きた市：1件" in said
    assert "計画.xlsx" not in said
    assert "計画.xlsx" not in str(page_of(people.approver))
    upload.finish()
    assert "取込を確かめていないファイルがあります" not in tasks(people.planner)


def test_a_person_with_several_roles_sees_all_of_theirs(people: People, plan: Plan) -> None:
    make.make_membership(people.entry, "approver", department=people.finance)
    make.make_indicator(plan, departments=[people.welfare])
    submitted(plan, people.finance)
    ask(plan, days=-1)
    assert list(tasks(people.entry)) == [
        "福祉課：令和5年度の実績の照会",
        "承認を待っている行：1件",
    ]


@pytest.mark.parametrize("who", ["stranger", "stranger_entry", "colleague"])
def test_nothing_of_strangers_is_named(people: People, plan: Plan, who: str) -> None:
    actual = returned(people, plan, "秘密の理由")
    submitted(plan, people.welfare)
    make.make_actual(actual.series, ENDED)
    make.make_publication(plan, effective_at=timezone.now() + timedelta(days=1))
    ask(plan, title="きた市の照会")
    page = str(page_of(getattr(people, who)).select_one(".home"))
    for secret in ("きた市の照会", "秘密の理由", "きた市総合計画", actual.series.name):
        assert secret not in page


BUDGETS = {"entry": 45, "approver": 55, "head": 55, "planner": 65, "reader": 14, "operator": 20}


@pytest.fixture
def busy(people: People, plan: Plan) -> Any:
    """Something of everything, as often as asked for."""
    ask(plan, fiscal_year=ENDED)

    def add(count: int) -> None:
        for _number in range(count):
            make.make_indicator(plan, departments=[people.welfare])
            for state in (WorkState.SUBMITTED, WorkState.APPROVED, WorkState.CHECKED):
                actual = submitted(plan, people.welfare)
                Actual.objects.filter(pk=actual.pk).update(state=state, fiscal_year=ENDED)
            returned(people, plan, "理由")
            row = make.make_row(make.make_action(plan), [people.finance])
            make.make_report(row, fiscal_year=ENDED, state=WorkState.SUBMITTED)
            make.make_publication(plan, effective_at=timezone.now() + timedelta(days=2))
            ask(make.make_plan(make.make_municipality()))
            SignInWait.objects.create(
                username="entry", failures_since_start=5, user_agent=f"{make.number()}"
            )

    return add


def test_the_number_of_queries_does_not_grow(people: People, busy: Any) -> None:
    def queries() -> dict[str, int]:
        found = {}
        for who in BUDGETS:
            client = sign_in(getattr(people, who))
            with CaptureQueriesContext(connection) as asked:
                assert client.get(reverse("admin:index")).status_code == 200
            found[who] = len(asked)
        return found

    busy(2)
    queries()
    few = queries()
    busy(8)
    assert queries() == few
    assert {who: count for who, count in few.items() if count > BUDGETS[who]} == {}
