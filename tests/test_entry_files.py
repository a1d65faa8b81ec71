"""Entry workbooks that come back, on their pages: brought, looked at, decided, confirmed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from exchange.models import EntryFile, EntryUpload
from indicators.models import Actual
from measures.models import ProgressReport
from municipalities.models import User
from plans.models import Plan, YearLock
from rounds.models import EntryDraft, Reply, Request

from . import factories as make
from .admin_pages import sign_in
from .entry_books import Filled
from .filled_workbooks import book_for
from .people import People, make_people

pytestmark = pytest.mark.django_db


@dataclass
class Round:
    """A request that asks the welfare section for three figures and two reports."""

    people: People
    plan: Plan
    asked: Request
    figures: list[str]
    reports: list[str]

    def book(self) -> Filled:
        return Filled(book_for(self.asked, self.people.welfare))


@pytest.fixture
def round_(db: None) -> Round:
    people = make_people()
    plan = make.make_plan(people.kita)
    make.make_scheme(plan=plan)
    series = [make.make_indicator(plan, departments=[people.welfare]).series for _ in range(3)]
    for each in series:
        for year in (2020, 2021, 2022):
            make.make_actual(each, year, value=100 + year % 10)
    make.make_actual(series[0], value=104, state="draft")
    rows = [make.make_row(make.make_action(plan), [people.welfare]) for _ in range(2)]
    make.make_report(rows[0], state="draft")
    return Round(
        people,
        plan,
        make.make_request(plan),
        [f"series-{each.pk}" for each in series],
        [f"report-{row.pk}" for row in rows],
    )


class Pages:
    """A person on the pages of the workbooks, without JavaScript."""

    def __init__(self, user: User, asked: Request) -> None:
        self.client, self.asked, self.user = sign_in(user), asked, user

    def url(self, name: str = "files", *args: Any) -> str:
        return reverse(f"admin:rounds_request_entry_{name}", args=[self.asked.pk, *args])

    def bring(self, *contents: bytes | Filled, name: str = "回答.xlsx") -> BeautifulSoup:
        files = [
            SimpleUploadedFile(name, each if isinstance(each, bytes) else each.to_bytes())
            for each in contents
        ]
        return self._see(self.client.post(self.url(), {"files": files}, follow=True))

    def open(self) -> BeautifulSoup:
        """Open the person's latest file, as it is shown."""
        self.upload = EntryUpload.objects.filter(user=self.user).latest("pk")
        return self._see(self.client.get(self.url("file", self.upload.pk)))

    def press(self, button: str = "confirm", **decisions: Any) -> BeautifulSoup:
        """Send the shown form with these decisions: `row|column` names as the boxes have them."""
        fields = {}
        for box in self.page.select("#confirm-form :is(input, textarea)[name]"):
            if box.get("type") in {"checkbox", "radio"} and not box.has_attr("checked"):
                continue
            if box.get("type") != "submit":
                fields[box["name"]] = box.get("value", box.text.removeprefix("\n"))
        names = {box["name"] for box in self.page.select("#confirm-form [name]")}
        for name in decisions:
            assert name in names, (name, names)
        answer = self.client.post(
            self.url("file", self.upload.pk), fields | decisions | {button: "1"}, follow=True
        )
        return self._see(answer)

    def _see(self, answer: HttpResponse) -> BeautifulSoup:
        assert answer.status_code == 200, answer.status_code
        self.page = BeautifulSoup(answer.content, "html.parser")
        return self.page

    @property
    def messages(self) -> list[str]:
        return [item.get_text(strip=True) for item in self.page.select(".messagelist li")]

    @property
    def sum(self) -> str:
        return self.page.select_one("#sum").text

    def row(self, kind: str) -> str:
        (row,) = self.page.select(f"tr.entry-row.{kind}")
        return row.get_text(" ", strip=True)


@pytest.fixture
def entry(round_: Round) -> Pages:
    return Pages(round_.people.entry, round_.asked)


@pytest.fixture
def planner(round_: Round) -> Pages:
    return Pages(round_.people.planner, round_.asked)


def figure(key: str) -> Actual:
    return Actual.objects.get(series=key.removeprefix("series-"), fiscal_year=2023)


def value(key: str) -> Any:
    found = Actual.objects.filter(series=key.removeprefix("series-"), fiscal_year=2023).first()
    return found and found.value


# --- From the file to the figures -----------------------------------------------------------------


def test_a_file_is_looked_at_and_taken_in(round_: Round, entry: Pages) -> None:
    first, second, third = round_.figures
    book = round_.book().fill(first, value=105).fill(second, value="▲１，２３４", note="窓口")
    book.fill(round_.reports[1], result="進みました。\n来年も続けます。", rating="Ｂ")
    entry.bring(book)
    assert value(second) is None, "nothing is written before it is confirmed"
    entry.open()
    assert entry.sum == "ファイルの5行 ＝ 新規2 ＋ 変更1 ＋ 変更なし2"
    entry.press(decided_on=timezone.localdate().isoformat(), document_number="福第12号")
    assert (value(first), value(second), value(third)) == (105, -1234, None)
    saved = figure(second)
    assert (saved.state, saved.changed_by, saved.note) == ("draft", round_.people.entry, "窓口")
    past = saved.history.get()
    assert (past.door, past.history_user) == ("workbook", round_.people.entry)
    assert "回答.xlsx" in past.history_change_reason
    report = ProgressReport.objects.get(row=round_.reports[1].removeprefix("report-"))
    assert (report.result, report.rating.symbol) == ("進みました。\n来年も続けます。", "B")
    kept = EntryFile.objects.get()
    assert (kept.rows, kept.written, kept.unchanged, kept.held) == (5, 3, 2, 0)
    assert list(kept.departments.all()) == [round_.people.welfare]
    reply = Reply.objects.get()
    assert (reply.channel, reply.document_number) == ("file", "福第12号")
    assert entry.messages == [
        "回答.xlsxを取り込みました（5行 ＝ 書き込み3 ＋ 変更なし2 ＋ 保留0）。"
    ]


def test_what_was_taken_in_can_be_had_again(round_: Round, entry: Pages, planner: Pages) -> None:
    content = round_.book().fill(round_.figures[0], value=105).to_bytes()
    entry.bring(content)
    entry.open()
    entry.press()
    link = planner._see(planner.client.get(planner.url())).select_one("#kept a")
    answer = planner.client.get(link["href"])
    assert answer.content == content
    assert answer["Content-Disposition"].startswith("attachment")
    abroad = sign_in(round_.people.stranger)
    assert abroad.get(link["href"]).status_code == 404


def test_without_a_decision_the_section_has_not_replied_yet(round_: Round, entry: Pages) -> None:
    entry.bring(round_.book().fill(round_.figures[0], value=105))
    entry.open()
    entry.press()
    assert value(round_.figures[0]) == 105
    assert not Reply.objects.exists()


def test_a_decision_to_come_is_asked_for_again(round_: Round, entry: Pages) -> None:
    entry.bring(round_.book().fill(round_.figures[0], value=105))
    entry.open()
    day = timezone.localdate() + timedelta(days=1)
    page = entry.press(decided_on=day.isoformat())
    assert "今日より後の日は入力できません。" in page.text
    assert value(round_.figures[0]) == 104


def test_a_file_is_taken_in_once(round_: Round, entry: Pages) -> None:
    entry.bring(round_.book().fill(round_.figures[0], value=105))
    entry.open()
    entry.press()
    answer = entry.client.post(entry.url("file", entry.upload.pk), {"confirm": "1"}, follow=True)
    assert "すでに取り込んだか" in answer.content.decode()
    assert EntryFile.objects.count() == 1
    assert (
        Actual.objects.get(
            series=round_.figures[0].removeprefix("series-"), fiscal_year=2023
        ).version
        == 2
    )


def test_a_file_nobody_wants_writes_nothing(round_: Round, entry: Pages) -> None:
    entry.bring(round_.book().fill(round_.figures[0], value=105))
    entry.open()
    entry.press("cancel")
    assert value(round_.figures[0]) == 104
    assert bytes(EntryUpload.objects.get().content) == b""


def test_what_changed_meanwhile_is_shown_again(round_: Round, entry: Pages) -> None:
    first = round_.figures[0]
    entry.bring(round_.book().fill(round_.figures[1], value=105))
    entry.open()
    Actual.objects.filter(series=first.removeprefix("series-"), fiscal_year=2023).update(
        note="別の人", version=2
    )
    page = entry.press()
    assert "保存されている内容が変わりました" in page.text
    assert value(round_.figures[1]) is None
    entry.press()
    assert value(round_.figures[1]) == 105


# --- What is decided --------------------------------------------------------------------------


def save_meanwhile(key: str, **fields: Any) -> None:
    row = figure(key)
    for name, text in fields.items():
        setattr(row, name, text)
    row.version += 1
    row.save()


@pytest.mark.parametrize(("choice", "expected"), [("mine", 107), ("theirs", 120)])
def test_a_row_somebody_changed_meanwhile_is_decided(
    round_: Round, entry: Pages, choice: str, expected: int
) -> None:
    first = round_.figures[0]
    row = figure(first)
    row.save()  # its first version has a history
    book = round_.book().fill(first, value=107)
    save_meanwhile(first, value=120, note="隣の課")
    entry.bring(book)
    entry.open()
    assert "ほかの人が変更1" in entry.sum
    assert "107" in entry.row("stale")
    assert "120" in entry.row("stale")
    entry.press()
    assert value(first) == 120, "it is not written before one of the two is chosen"
    entry.press(**{f"choice|{first}": choice})
    assert value(first) == expected
    kept = EntryFile.objects.get()
    assert kept.written + kept.held == 1
    assert Actual.objects.get(pk=row.pk).note == "隣の課"
    assert len(kept.decisions) == 1


def test_a_third_who_saves_while_one_chooses_is_not_overwritten(
    round_: Round, entry: Pages
) -> None:
    first = round_.figures[0]
    figure(first).save()  # its first version has a history
    book = round_.book().fill(first, value=107)
    save_meanwhile(first, value=120)
    entry.bring(book)
    entry.open()
    save_meanwhile(first, value=125)
    entry.press("recheck", **{f"choice|{first}": "mine"})
    assert "ほかの人が変更1" in entry.sum
    assert "125" in entry.row("stale")
    entry.press()
    assert value(first) == 125
    entry.press(**{f"choice|{first}": "mine"})
    assert value(first) == 107


def test_a_closed_year_refuses_the_whole_file(round_: Round, entry: Pages) -> None:
    book = round_.book().fill(round_.figures[0], value=105)
    YearLock.objects.create(plan=round_.plan, fiscal_year=2023)
    entry.bring(book)
    entry.open()
    assert "変更できない行1" in entry.sum
    assert "締め切られている" in entry.row("locked")
    entry.press()
    assert value(round_.figures[0]) == 104


def test_the_wrong_cells_of_all_rows_are_said_at_once(round_: Round, entry: Pages) -> None:
    first, second, third = round_.figures
    book = round_.book().fill(first, value="多い").fill(second, missing_reason="わからない")
    book.fill(third, value=3).fill(round_.reports[0], rating="Z")
    entry.bring(book)
    page = entry.open()
    assert entry.sum == "ファイルの5行 ＝ 新規1 ＋ 変更なし1 ＋ 誤り3"
    for text in ("「多い」は数値ではありません", "「わからない」は選べません", "「Z」は選べません"):
        assert text in page.text
    entry.press()
    assert value(third) is None


def test_the_workbook_comes_back_with_its_wrong_cells_marked(round_: Round, entry: Pages) -> None:
    first = round_.figures[0]
    book = round_.book().fill(first, value="多い", note="本文")
    entry.bring(book)
    page = entry.open()
    (link,) = [a["href"] for a in page.select("a") if "marked" in a["href"]]
    marked = Filled(entry.client.get(link).content)
    assert "数値ではありません" in marked.cell(first, "value").comment.text
    assert marked.cell(first, "note").comment is None
    assert marked.book.worksheets[0].title == "取込結果"
    marked.fill(first, value=106)
    entry.bring(marked)
    entry.open()
    entry.press()
    assert value(first) == 106


def test_a_doubtful_value_is_asked_about_but_taken(round_: Round, entry: Pages) -> None:
    first, second, _third = round_.figures
    entry.bring(round_.book().fill(first, value=1040).fill(second, value=1020))
    page = entry.open()
    assert len(page.select(".entry-question")) == 2
    entry.press(**{f"confirmed|{first}": "1040"})
    assert (value(first), value(second)) == (1040, 1020)
    notes = [figure(key).internal_note for key in (first, second)]
    assert "確認済" in notes[0]
    assert notes[1] == ""


def test_planners_correct_and_hold_cells(round_: Round, planner: Pages) -> None:
    first, second, third = round_.figures
    book = round_.book().fill(first, value="10５人くらい").fill(second, value="不明", note="注")
    book.fill(third, value=103, note="消す")
    planner.bring(book)
    planner.open()
    decisions = {f"fix|{first}|value": "105", f"hold|{second}": "on", f"hold|{third}|note": "on"}
    planner.press("recheck", **decisions)
    assert planner.sum == "ファイルの5行 ＝ 新規1 ＋ 変更1 ＋ 変更なし2 ＋ 保留1"
    planner.press()
    assert [value(key) for key in round_.figures] == [105, None, 103]
    assert figure(third).note == ""
    kept = EntryFile.objects.get()
    assert (kept.rows, kept.written, kept.unchanged, kept.held) == (5, 2, 2, 1)
    said = " ".join(kept.decisions)
    assert "「10５人くらい」から「105」に訂正" in said
    assert "を保留" in said
    reason = figure(first).history.latest().history_change_reason
    assert "planner" in reason
    assert "「10５人くらい」から「105」に訂正" in reason


def test_columns_sorted_by_themselves_are_asked_about(round_: Round, entry: Pages) -> None:
    first, second, _third = round_.figures
    make.make_actual(
        make.Series.objects.get(pk=second.removeprefix("series-")), value=77, state="draft"
    )
    entry.bring(round_.book().fill(first, value=77).fill(second, value=104))
    assert "入れ替わっただけです" in entry.open().select_one("#notes").text
    entry.bring(round_.book().fill(first, value=77).fill(second, value=105))
    assert entry.open().select_one("#notes") is None


def test_only_planners_correct_and_hold(round_: Round, entry: Pages) -> None:
    first = round_.figures[0]
    entry.bring(round_.book().fill(first, value=105))
    page = entry.open()
    assert not page.select("[name^='hold|'], [name^='fix|']")
    answer = entry.client.post(
        entry.url("file", entry.upload.pk), {f"fix|{first}|value": "1", "confirm": "1"}
    )
    assert answer.status_code == 403
    assert value(first) == 104


def test_rows_that_are_not_the_sections_are_refused(round_: Round, planner: Pages) -> None:
    foreign = make.make_indicator(round_.plan, departments=[round_.people.finance]).series
    book = round_.book()
    book.add("指標", **{"#key": f"series-{foreign.pk}", "#name": "財政課の指標", "value": 5})
    book.add("指標", **{"#key": "series-999999", "#name": "ない指標", "value": 6})
    book.add("指標", **{"#name": "足した行", "value": 7})
    planner.bring(book)
    page = planner.open()
    assert planner.sum == "ファイルの8行 ＝ 変更なし5 ＋ 知らない行3"
    assert "足された行" in page.text
    planner.press()
    assert not Actual.objects.filter(series=foreign).exists()
    holds = {box["name"]: "on" for box in page.select("tr.unknown [name^='hold|']")}
    assert len(holds) == 3
    planner.press(**holds)
    assert EntryFile.objects.get().held == 3


# --- Many at once ---------------------------------------------------------------------------------


def test_several_files_without_javascript(round_: Round, planner: Pages) -> None:
    people, plan = round_.people, round_.plan
    other = make.make_indicator(plan, departments=[people.finance]).series
    finance = Filled(book_for(round_.asked, people.finance))
    finance.fill(f"series-{other.pk}", value=9)
    page = planner.bring(
        round_.book().fill(round_.figures[0], value=105), finance, b"PK\x03\x04broken"
    )
    assert len(page.select("#waiting tbody tr")) == 2
    assert len(planner.messages) == 1
    assert planner.messages[0].startswith("回答.xlsx：")
    form = page.select_one("#waiting-form")
    fields = {box["name"]: box["value"] for box in form.select("input[type=hidden][value]")}
    chosen = [box["value"] for box in form.select("input[name=chosen][checked]")]
    assert len(chosen) == 2
    planner._see(
        planner.client.post(planner.url(), fields | {"chosen": chosen, "confirm": "1"}, follow=True)
    )
    assert (value(round_.figures[0]), value(f"series-{other.pk}")) == (105, 9)
    assert len(planner.messages) == 2
    assert EntryFile.objects.count() == 2


def test_files_that_wait_are_told_on_the_first_page(round_: Round, entry: Pages) -> None:
    entry.bring(round_.book().fill(round_.figures[0], value=105))
    told = entry._see(entry.client.get(reverse("admin:index"))).select_one("#content").text
    assert "取り込んでいない回答ファイルがあります" in told
    assert round_.asked.title in told
    entry.open()
    entry.press()
    told = entry._see(entry.client.get(reverse("admin:index"))).select_one("#content").text
    assert "取り込んでいない回答ファイル" not in told


def test_one_refused_file_keeps_none_of_the_others_back(round_: Round, planner: Pages) -> None:
    people = round_.people
    other = make.make_indicator(round_.plan, departments=[people.finance]).series
    finance = Filled(book_for(round_.asked, people.finance))
    page = planner.bring(
        finance.fill(f"series-{other.pk}", value=9),
        round_.book().fill(round_.figures[0], value="多い"),
    )
    boxes = page.select("input[name=chosen]")
    assert [box.has_attr("checked") for box in boxes].count(True) == 1
    fields = {box["name"]: box["value"] for box in page.select("#waiting-form [type=hidden]")}
    chosen = [box["value"] for box in boxes]
    planner._see(
        planner.client.post(planner.url(), fields | {"chosen": chosen, "confirm": "1"}, follow=True)
    )
    assert (value(round_.figures[0]), value(f"series-{other.pk}")) == (104, 9)
    assert sorted("取り込みました" in text for text in planner.messages) == [False, True]


def test_a_script_is_answered_for_each_file(round_: Round, planner: Pages) -> None:
    def send(content: bytes) -> HttpResponse:
        file = SimpleUploadedFile("回答.xlsx", content)
        return planner.client.post(
            planner.url(), {"files": file}, headers={"Accept": "application/json"}
        )

    good = send(round_.book().fill(round_.figures[0], value=105).to_bytes())
    assert good.status_code == 200
    assert "変更1" in good.json()["message"]
    bad = send(b"")
    assert bad.status_code == 400
    assert "空" in bad.json()["message"]
    upload = EntryUpload.objects.get()
    answer = planner.client.post(
        planner.url(),
        {"chosen": upload.pk, f"fingerprint-{upload.pk}": upload.fingerprint, "confirm": "1"},
        headers={"Accept": "application/json"},
    )
    assert answer.status_code == 200
    assert "取り込みました" in answer.json()["message"]
    assert value(round_.figures[0]) == 105


def test_a_division_brings_its_sections_in_one_file(round_: Round, planner: Pages) -> None:
    people = round_.people
    other = make.make_indicator(round_.plan, departments=[people.finance]).series
    shared = make.make_indicator(round_.plan, departments=[people.welfare, people.finance]).series

    def filled() -> Filled:
        book = Filled(book_for(round_.asked, people.welfare, people.finance))
        book.fill(round_.figures[0], value=105).fill(f"series-{other.pk}", value=9)
        return book.fill(f"series-{shared.pk}", value=4)

    for person in (people.entry, people.colleague):
        own = Pages(person, round_.asked)
        own.bring(filled())
        assert "のブックです" in own.messages[0]
    head = Pages(people.head, round_.asked)
    head.bring(filled())
    assert head.messages == []
    lead = make.make_department(people.kita, parent=people.division, is_lead=True)
    of_lead = Pages(make.make_user("approver", department=lead), round_.asked)
    of_lead.bring(filled())
    of_lead.open()
    assert of_lead.sum == "ファイルの7行 ＝ 新規2 ＋ 変更1 ＋ 変更なし4"
    planner.bring(filled())
    page = planner.open()
    assert [title.text for title in page.select("section h2")] == ["福祉課", "財政課"]
    planner.press(decided_on=timezone.localdate().isoformat())
    keys = (round_.figures[0], f"series-{other.pk}", f"series-{shared.pk}")
    assert [value(key) for key in keys] == [105, 9, 4]
    assert Reply.objects.filter(channel="file").count() == 2


def test_a_lead_section_brings_what_its_division_has_filled_in(round_: Round) -> None:
    people = round_.people
    lead = make.make_department(people.kita, "健康総務課", parent=people.division, is_lead=True)
    make.make_indicator(round_.plan, departments=[people.finance])
    head = make.make_user("approver", department=lead)
    pages = Pages(head, round_.asked)
    book = Filled(book_for(round_.asked, people.welfare, people.finance))
    pages.bring(book.fill(round_.figures[0], value=105))
    pages.open()
    pages.press(decided_on=timezone.localdate().isoformat())
    assert value(round_.figures[0]) == 105
    assert figure(round_.figures[0]).changed_by == head
    elsewhere = make.make_department(people.kita, "総務課", is_lead=True)
    other = Pages(make.make_user("approver", department=elsewhere), round_.asked)
    other.bring(book)
    assert "のブックです" in other.messages[0]
    sheet = reverse("admin:rounds_request_sheet", args=[round_.asked.pk, people.welfare.pk])
    assert pages.client.post(sheet, {f"{round_.figures[0]}-value": "1"}).status_code == 403
    assert value(round_.figures[0]) == 105, "on the screen the section itself enters"


@pytest.mark.parametrize("bad", ["\x00", "-1", "９９", "|||", "🗾" * 40])
def test_nonsense_is_answered(round_: Round, planner: Pages, bad: str) -> None:
    key = round_.figures[0]
    planner.bring(round_.book().fill(key, value=105))
    planner.open()
    number = planner.upload.pk
    decided = {f"{name}|{key}": bad for name in ("choice", "shown", "confirmed")}
    for sent in (
        decided | {"recheck": "1"},
        {f"fix|{key}|value": bad, f"fix|{bad}|{bad}": bad, f"hold|{key}|{bad}": "on"},
        {f"fix|{key}|version": bad, f"fix|{key}|handover": bad, "recheck": "1"},
        {"confirm": "1", "fingerprint": bad, "decided_on": bad, "reason": bad},
    ):
        assert planner.client.post(planner.url("file", number), sent).status_code == 200
    for sent in (
        {"confirm": "1", "chosen": [bad, number], f"fingerprint-{number}": bad},
        {"cancel": "1", "chosen": bad},
        {"files": bad},
    ):
        assert planner.client.post(planner.url(), sent).status_code in {200, 302}
    assert value(key) == 104
    assert planner.client.get(planner.url("file", 10**18)).status_code == 404


# --- Files that are not this ----------------------------------------------------------------------


def test_files_of_others_are_refused(round_: Round, entry: Pages) -> None:
    people = round_.people
    finance = make.make_indicator(round_.plan, departments=[people.finance]).series
    of_finance = book_for(round_.asked, people.finance)
    abroad_plan = make.make_plan(people.minami, title="みなみ市のひみつの計画")
    make.make_indicator(abroad_plan, departments=[people.minami_welfare])
    abroad = make.make_request(abroad_plan, title="ひみつの照会")
    other_plan = make.make_plan(people.kita)
    make.make_indicator(other_plan, departments=[people.welfare])
    other = make.make_request(other_plan, title="別の照会")
    refused = {
        "「財政課」のブックです": of_finance,
        "この照会のブックではありません": book_for(other, people.welfare),
    }
    for text, content in refused.items():
        entry.bring(content)
        assert text in entry.messages[0]
    told = entry.messages
    entry.bring(book_for(abroad, people.minami_welfare))
    assert entry.messages == told, "another town's is no more than another request's"
    assert "ひみつ" not in entry.page.text
    assert not EntryUpload.objects.exists()
    assert not Actual.objects.filter(series=finance).exists()


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("layout", "このブックの様式"),
        ("foreign", "しるべの入力用Excelではありません"),
        ("no rows", "回答の行が一つも見つかりません"),
        ("no version", "版の列"),
        ("no section", "いまはありません"),
        ("twice", "同じ列"),
    ],
)
def test_files_that_cannot_be_read_are_explained(
    round_: Round, entry: Pages, what: str, text: str
) -> None:
    book = round_.book()
    about, sheet = book.book["_照会"], book.book["指標"]
    if what == "layout":
        about["B1"] = "0"
    elif what == "foreign":
        del book.book["_照会"]
    elif what == "no rows":
        for each, _technical, ids in book.sheets():
            each.delete_cols(ids["#key"])
    elif what == "no version":
        sheet.delete_cols(2)
    elif what == "no section":
        about["B4"] = "gone"
    else:
        _sheet, technical, _ids = next(book.sheets())
        sheet.cell(technical, 30).value = "value"
    entry.bring(book)
    assert text in entry.messages[0]


def test_who_brings_nothing_sees_what_was_brought(round_: Round, entry: Pages) -> None:
    entry.bring(round_.book().fill(round_.figures[0], value=105))
    entry.open()
    entry.press()
    reader = Pages(round_.people.reader, round_.asked)
    page = reader._see(reader.client.get(reader.url()))
    assert page.select("#kept a")
    assert not page.select("#upload-form")
    assert reader.client.post(reader.url(), {}).status_code == 403
    other = Pages(round_.people.approver, round_.asked)
    url = other.url("file", entry.upload.pk)
    assert other.client.get(url).status_code == 404, "a file that waits is its person's own"


def test_a_draft_on_the_screen_stays(round_: Round, entry: Pages) -> None:
    EntryDraft.objects.create(
        request=round_.asked,
        department=round_.people.welfare,
        author=round_.people.entry,
        fields={f"{round_.figures[2]}-value": "77"},
    )
    entry.bring(round_.book().fill(round_.figures[0], value=105))
    entry.open()
    entry.press()
    assert EntryDraft.objects.get().fields == {f"{round_.figures[2]}-value": "77"}
