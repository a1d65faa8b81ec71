"""Entry workbooks that come back many at once, on their pages."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from exchange.models import EntryFile, EntryUpload
from municipalities.uploads import limits
from rounds.models import Reply

from . import factories as make
from .entry_books import Filled
from .entry_file_pages import Pages, Round, figure, make_round, value
from .filled_workbooks import book_for

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def round_(db: None) -> Round:
    return make_round()


@pytest.fixture
def entry(round_: Round) -> Pages:
    return Pages(round_.people.entry, round_.asked)


@pytest.fixture
def planner(round_: Round) -> Pages:
    return Pages(round_.people.planner, round_.asked)


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
    assert planner.messages[0].startswith("「回答.xlsx」：")
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


def test_what_is_too_large_together_is_told(
    round_: Round, planner: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = round_.book().fill(round_.figures[0], value=105).to_bytes()
    monkeypatch.setattr(limits, "UPLOAD", 2 * len(good))
    files = [
        SimpleUploadedFile(name, good)
        for name in ("福祉課.xlsx", "福祉課 (1).xlsx", "財政課.xlsx", "住民課.xlsx")
    ]
    planner._see(planner.client.post(planner.url(), {"files": files}, follow=True))
    assert len(planner.page.select("#waiting tbody tr")) == 1
    told = [text.partition("：")[0] for text in planner.messages]
    assert told == ["「財政課.xlsx」", "「住民課.xlsx」"]
    assert "分けて" in planner.messages[0]


def test_the_same_file_once_more_keeps_what_was_decided(round_: Round, planner: Pages) -> None:
    """As where some of sixty did not arrive and all of them are dropped again, while the preview
    of one is open in another tab."""
    book = round_.book().fill(round_.figures[0], value=105).to_bytes()
    planner.bring(book)
    planner.open()
    planner.press("recheck", **{f"fix|{round_.figures[0]}|value": "106"})
    form = planner.page
    page = planner.bring(book, name="回答 (1).xlsx")
    assert [link.text for link in page.select("#waiting tbody a")] == ["回答 (1).xlsx"]
    assert "確認画面で決めたことを、そのまま使います。" in page.text
    planner.page = form
    planner.press()
    assert value(round_.figures[0]) == 106


def test_a_second_click_hears_what_has_become_of_the_file(round_: Round, planner: Pages) -> None:
    def take(upload: EntryUpload) -> HttpResponse:
        return planner.client.post(
            planner.url(),
            {"chosen": upload.pk, f"fingerprint-{upload.pk}": upload.fingerprint, "confirm": "1"},
            headers={"Accept": "application/json"},
        )

    planner.bring(round_.book().fill(round_.figures[0], value=105))
    upload = EntryUpload.objects.get()
    assert "取り込みました" in take(upload).json()["message"]
    again = take(upload)
    assert again.status_code == 200
    assert "取り込んであります" in again.json()["message"]
    planner.bring(round_.book().fill(round_.figures[0], value=106))
    upload = EntryUpload.objects.latest("pk")
    planner.client.post(planner.url(), {"chosen": upload.pk, "cancel": "1"})
    dropped = take(upload)
    assert dropped.status_code == 400
    assert dropped.json()["message"] == "取り消してあります。"
    assert value(round_.figures[0]) == 105
    assert EntryFile.objects.count() == 1


def test_the_way_back_drops_nothing(round_: Round, entry: Pages) -> None:
    entry.bring(round_.book().fill(round_.figures[0], value=105))
    links = [link["href"] for link in entry.open().select(".breadcrumbs a")]
    assert links[-1] == entry.url()
    entry._see(entry.client.get(links[-1]))
    assert len(entry.page.select("#waiting tbody tr")) == 1


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
    assert [box.has_attr("checked") for box in boxes] == [False, True], "to be looked at: first"
    assert "2件あります。そのうち先頭の1件は、このままでは取り込めません。" in page.text
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
