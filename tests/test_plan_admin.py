"""A planner brings a plan in a workbook: upload, look, confirm; nothing else is ever written."""

from io import BytesIO

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from exchange.models import Upload
from exchange.plan_book.workbook import plan_workbook
from indicators.models import Actual, Indicator, Target
from municipalities.history import Door
from municipalities.uploads import limits
from municipalities.uploads.marked import RESULT
from plans.models import BasicGoal, Plan

from . import factories as make
from .admin_pages import address, sign_in
from .people import People, make_people
from .plan_pages import (
    PARK_PLAN,
    START,
    cell_of,
    confirm,
    edited,
    filled_template,
    send,
    soup,
    words,
)


@pytest.fixture
def people(db: None) -> People:
    return make_people()


@pytest.fixture
def planner(people: People) -> Client:
    return sign_in(people.planner)


@pytest.fixture
def plan(people: People) -> Plan:
    """A plan with a goal, an indicator, its target and a value."""
    plan = make.make_plan(people.kita, "sogo", title="総合計画")
    goal = make.make_goal(plan, code="1", title="くらし")
    series = make.make_series(people.kita, code="parks")
    indicator = make.make_indicator(plan, series, code="1-1", basic_goal=goal)
    make.make_target(indicator)
    make.make_actual(series, 2023, 110)
    return plan


def with_title(plan: Plan, title: object) -> bytes:
    """Return the export of a plan with another title typed over the old one."""

    def edit(book: openpyxl.Workbook) -> None:
        cell_of(book["基本目標"], "題名").value = title

    return edited(plan_workbook(plan), edit)


def test_the_list_and_the_page_of_a_plan_lead_there(people: People, plan: Plan) -> None:
    planner, reader = sign_in(people.planner), sign_in(people.reader)
    to_import, to_export = reverse(START), reverse("admin:plans_plan_export", args=[plan.pk])
    assert to_import in planner.get(address(Plan, "changelist")).content.decode()
    assert to_import not in reader.get(address(Plan, "changelist")).content.decode()
    page = planner.get(address(Plan, "change", plan.pk)).content.decode()
    assert f"{to_import}?municipality={people.kita.pk}" in page
    assert to_export in page
    page = reader.get(address(Plan, "change", plan.pk)).content.decode()
    assert to_import not in page
    assert to_export in page
    entry = sign_in(people.entry).get(address(Plan, "change", plan.pk)).content.decode()
    assert to_export not in entry


# --- A new plan -----------------------------------------------------------------------------------


def test_a_filled_in_template_becomes_a_draft(people: People, planner: Client) -> None:
    answer = send(planner, people.kita, filled_template(**PARK_PLAN), reason="初めての取込")
    assert answer.status_code == 302
    page = words(planner.get(answer.url))
    for text in (
        "公園計画（parks） 新しい素案としてつくります",
        "きた市",
        "初めての取込",
        "新規5件。誤りはありません。まだ何も書き込んでいません。",
        "題名：遊べるまち",
        "向きを書いていない指標のうち1件は",
    ):
        assert text in page
    assert not Plan.objects.exists()

    done = words(confirm(planner, answer.url))
    assert "新しい計画「公園計画」を素案としてつくりました（新規5件）。" in done
    assert "向きを提案しただけの指標が1件あります。" in done
    plan = Plan.objects.get()
    assert (plan.slug, plan.stage, plan.municipality) == ("parks", Plan.Stage.DRAFT, people.kita)
    indicator = Indicator.objects.get()
    assert (indicator.direction, indicator.proposed_direction) == ("unknown", "rising")
    history = plan.history.get()
    assert (history.door, history.history_user, history.history_change_reason) == (
        Door.WORKBOOK,
        people.planner,
        "初めての取込",
    )


def test_the_way_to_the_proposed_directions_lists_them(people: People, planner: Client) -> None:
    answer = send(planner, people.kita, filled_template(**PARK_PLAN))
    page = soup(confirm(planner, answer.url))
    link = page.find("a", string="確かめてください")
    listed = words(planner.get(link["href"]))
    assert "公園の数" in listed
    assert "増えるほど良い" in listed


def test_a_plan_moves_to_another_town_by_its_workbook(people: People, plan: Plan) -> None:
    stranger = sign_in(people.stranger)
    answer = send(stranger, people.minami, plan_workbook(plan))
    confirm(stranger, answer.url)
    copy = Plan.objects.get(municipality=people.minami)
    assert BasicGoal.objects.get(plan=copy).title == "くらし"
    assert Target.objects.get(indicator__plan=copy).value == 200
    assert Actual.objects.get(series__municipality=people.minami).value == 110
    assert Plan.objects.get(municipality=people.kita).title == plan.title


# --- An existing plan -----------------------------------------------------------------------------


def test_the_preview_says_what_was_and_what_will_be(
    people: People, planner: Client, plan: Plan
) -> None:
    answer = send(planner, people.kita, with_title(plan, "しごと"))
    page = soup(planner.get(answer.url))
    assert "すでにある計画を変えます" in page.get_text()
    [row] = page.select("#changes tbody tr")
    assert " ".join(row.get_text(" ").split()) == "基本目標 5行目 1 変更 題名： くらし → しごと"
    assert BasicGoal.objects.get().title == "くらし"
    assert "変更1件" in words(confirm(planner, answer.url))
    assert BasicGoal.objects.get().title == "しごと"


def test_an_untouched_export_has_nothing_to_confirm(
    people: People, planner: Client, plan: Plan
) -> None:
    answer = send(planner, people.kita, plan_workbook(plan))
    page = soup(planner.get(answer.url))
    assert "いまの計画と同じ内容です。" in page.get_text()
    assert page.select("[name=confirm]") == []
    assert page.select("#changes") == []


def test_what_somebody_changed_meanwhile_is_shown_not_overwritten(
    people: People, planner: Client, plan: Plan
) -> None:
    answer = send(planner, people.kita, with_title(plan, "しごと"))
    seen = soup(planner.get(answer.url))
    BasicGoal.objects.update(title="こども")  # a change again, but of something else
    again = confirm(planner, answer.url, seen)
    assert "確かめている間に、計画の内容が変わりました。何も書き込んでいません。" in words(again)
    assert "こども → しごと" in words(again)
    assert BasicGoal.objects.get().title == "こども"
    confirm(planner, answer.url, soup(again))
    assert BasicGoal.objects.get().title == "しごと"


def test_a_second_click_and_the_back_button_do_nothing(
    people: People, planner: Client, plan: Plan
) -> None:
    answer = send(planner, people.kita, with_title(plan, "しごと"))
    seen = soup(planner.get(answer.url))
    confirm(planner, answer.url, seen)
    BasicGoal.objects.update(title="こども")
    for repeated in (
        confirm(planner, answer.url, seen),
        planner.get(answer.url, follow=True),
        planner.get(f"{answer.url}marked/", follow=True),
    ):
        assert "すでに取り込んであります。" in words(repeated)
        assert repeated.redirect_chain[-1][0] == address(Plan, "change", plan.pk)
    assert BasicGoal.objects.get().title == "こども"
    assert bytes(Upload.objects.get().content) == b""


def test_who_cancels_writes_nothing(people: People, planner: Client, plan: Plan) -> None:
    answer = send(planner, people.kita, with_title(plan, "しごと"))
    seen = soup(planner.get(answer.url))
    page = planner.post(answer.url, {"cancel": "1"}, follow=True)
    assert "取り消しました。何も書き込んでいません。" in words(page)
    assert "もう終わっています" in words(confirm(planner, answer.url, seen))
    assert BasicGoal.objects.get().title == "くらし"
    assert bytes(Upload.objects.get().content) == b""


@pytest.mark.parametrize("sent", [{}, {"fingerprint": "0"}, {"fingerprint": "あ\0"}])
def test_nothing_is_written_without_having_been_shown(
    people: People, planner: Client, plan: Plan, sent: dict[str, str]
) -> None:
    answer = send(planner, people.kita, with_title(plan, "しごと"))
    assert planner.post(answer.url, {"confirm": "1"} | sent).status_code == 200
    assert BasicGoal.objects.get().title == "くらし"


# --- What is wrong --------------------------------------------------------------------------------


def test_one_error_and_nothing_is_written(people: People, planner: Client, plan: Plan) -> None:
    def spoil(book: openpyxl.Workbook) -> None:
        cell_of(book["基本目標"], "題名").value = "しごと"
        cell_of(book["目標"], "目標値").value = "二百"

    answer = send(planner, people.kita, edited(plan_workbook(plan), spoil), reason="年次更新")
    page = soup(planner.get(answer.url))
    [row] = page.select("#complaints tbody tr")
    sheet, place, found, message = (cell.get_text(strip=True) for cell in row.select("td"))
    assert (sheet, place, found) == ("目標", "D5", "二百")
    assert message.startswith("数値を入力してください")
    assert page.select("[name=confirm]") == []
    assert "年次更新" in page.get_text()
    shown = page.select_one("[name=fingerprint]")["value"]
    planner.post(answer.url, {"confirm": "1", "fingerprint": shown})
    assert BasicGoal.objects.get().title == "くらし"

    link = page.find("a", string="印を付けたブックを受け取る")
    download = planner.get(link["href"])
    assert download["Content-Disposition"] == (
        "attachment; filename*=utf-8''%E3%81%8D%E3%81%9F%E5%B8%82_%E5%8F%96%E8%BE%BC%E7%B5%90"
        "%E6%9E%9C.xlsx"
    )
    book = openpyxl.load_workbook(BytesIO(download.getvalue()))
    assert book.sheetnames[0] == RESULT
    assert "数値を入力してください" in book["目標"]["D5"].comment.text
    assert book["基本目標"]["C5"].value == "しごと"  # nothing typed is lost


@pytest.mark.parametrize(
    ("name", "content", "hint"),
    [
        ("計画.xlsx", b"", "ファイルが空です"),
        ("計画.xlsx", b"PK\x03\x04broken", "壊れ"),
        ("計画.xls", bytes.fromhex("D0CF11E0A1B11AE1"), "古い形式"),
        ("計画.csv", "コード,値\n1,2\n".encode(), "CSVなどのテキストのファイルです。Excelブック"),
        ("計画.pdf", b"%PDF-1.7", "PDFのファイルです。"),
    ],
)
def test_a_refused_file_is_explained_and_the_reason_stays(
    people: People, planner: Client, name: str, content: bytes, hint: str
) -> None:
    answer = send(planner, people.kita, content, name, reason="年次更新")
    assert answer.status_code == 200
    page = soup(answer)
    assert hint in page.select_one(".errorlist").get_text()
    assert page.select_one("[name=reason]")["value"] == "年次更新"
    assert page.select_one("[name=municipality] option[selected]")["value"] == str(people.kita.pk)
    assert not Upload.objects.exists()


def test_without_a_file_the_form_asks_for_one(people: People, planner: Client) -> None:
    answer = planner.post(reverse(START), {"municipality": people.kita.pk})
    assert "ファイルを選んでください。" in words(answer)


# --- Files that wait ------------------------------------------------------------------------------


def test_files_of_yesterday_and_more_than_a_few_are_let_go(
    people: People, planner: Client, plan: Plan
) -> None:
    content = plan_workbook(plan)
    first = send(planner, people.kita, content).url
    Upload.objects.update(created_at="2020-01-01T00:00:00Z")
    urls = [send(planner, people.kita, content).url for _again in range(Upload.MOST + 1)]
    assert planner.get(first).status_code == 404
    assert "もう終わっています" in words(planner.get(urls[0], follow=True))
    assert [planner.get(url).status_code for url in urls[1:]] == [200] * Upload.MOST
    kept = [bytes(each.content) for each in Upload.objects.all()]
    assert kept.count(b"") == 1


def test_a_line_that_names_a_plan_to_come_waits_in_sight(people: People, planner: Client) -> None:
    sheets = PARK_PLAN | {"計画": [PARK_PLAN["計画"][0] | {"上位計画": "sogo"}]}
    answer = send(planner, people.kita, filled_template(**sheets))
    assert "計画 parks／上位計画：計画「sogo」" in words(planner.get(answer.url))
    confirm(planner, answer.url)
    assert "公園計画 計画 parks／上位計画 sogo" in words(planner.get(reverse(START)))
    listed = words(planner.get(reverse("admin:exchange_waitingline_changelist")))
    assert "上位計画：sogo" in listed
    assert "sogo" not in words(sign_in(people.stranger).get(reverse(START)))


def test_a_file_beyond_the_limit_does_not_even_arrive(people: People, planner: Client) -> None:
    answer = send(planner, people.kita, b"PK" + bytes(limits.UPLOAD))
    assert not answer.wsgi_request.FILES
    assert "ファイルが大きすぎます（10.0 MB）" in words(answer)
