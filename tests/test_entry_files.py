"""Entry workbooks that come back, on their pages: brought, looked at, decided, confirmed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from exchange.models import EntryFile, EntryUpload
from indicators.models import Actual
from measures.models import ProgressReport
from rounds.models import EntryDraft, Reply

from . import factories as make
from .admin_pages import sign_in
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
    kept.full_clean()  # as check_data looks at it
    assert list(kept.departments.all()) == [round_.people.welfare]
    reply = Reply.objects.get()
    assert (reply.channel, reply.document_number) == ("file", "福第12号")
    assert entry.messages == [
        "「回答.xlsx」：取り込みました（5行 ＝ 書き込み3 ＋ 変更なし2 ＋ 保留0）。"
    ]


def test_a_figure_is_shown_as_it_will_be_saved(round_: Round, entry: Pages) -> None:
    first, second, _third = round_.figures
    book = round_.book().fill(first, value="１０５．０").fill(second, value="▲１，２３４")
    entry.bring(book)
    entry.open()
    assert "105" in entry.row("changed")
    assert "-1234" in entry.row("new")
    assert "１０５．０" not in entry.row("changed")


def test_a_number_of_a_report_may_have_the_unit_of_its_column(round_: Round, entry: Pages) -> None:
    make.make_column(round_.plan, "rate", label="進捗率", kind="number", unit="％")
    make.make_column(round_.plan, "cost", label="決算額", kind="number", unit="千円")
    first, second = round_.reports
    book = round_.book().fill(first, rate=0.75, cost="１，２３４千円").fill(second, cost="▲3 千円")
    book.cell(first, "rate").number_format = "0%"  # as Excel has it where somebody types 75%
    entry.bring(book)
    entry.open()
    entry.press()
    said = [
        ProgressReport.objects.get(row=key.removeprefix("report-")).extra for key in (first, second)
    ]
    assert said == [{"rate": "75", "cost": "1234"}, {"cost": "-3"}]
    entry.bring(book)
    entry.open()
    assert entry.sum == "ファイルの5行 ＝ 変更なし5"


def test_boxes_that_do_not_apply_may_have_a_dash(round_: Round, entry: Pages) -> None:
    first, second, _third = round_.figures
    dashes = {"expected_on": "－", "is_provisional": "－"}
    book = round_.book().fill(first, value=105, missing_reason="－", **dashes)
    entry.bring(book.fill(second, value="－", missing_reason="対象外", **dashes))
    entry.open()
    entry.press()
    assert value(first) == 105
    assert (figure(second).missing_reason, figure(second).expected_on) == ("not_applicable", None)


def test_a_figure_that_cannot_be_read_is_not_called_missing(round_: Round, entry: Pages) -> None:
    _first, second, _third = round_.figures
    for told in ({"value": "#N/A"}, {"missing_reason": "忙しい"}):
        entry.bring(round_.book().fill(second, note="窓口", **told))
        entry.open()
        assert next(iter(told.values())) in entry.row("wrong")
        assert "値か、値のない理由" not in entry.row("wrong")


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


def test_a_document_number_without_its_day_is_not_dropped(round_: Round, entry: Pages) -> None:
    entry.bring(round_.book().fill(round_.figures[0], value=105))
    entry.open()
    page = entry.press(document_number="福第12号")
    assert "文書番号を入れるときは、決裁日も入力してください。" in page.text
    assert page.select_one("[name=document_number]")["value"] == "福第12号"
    assert value(round_.figures[0]) == 104
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
        ("no about", "隠れたシート「_照会」がありません"),
        ("no rows", "回答の行が一つも見つかりません"),
        ("no keys", "シート「指標」の行の目印（隠れた列と行）が削除されています"),
        ("no ids", "シート「指標」の行の目印（隠れた列と行）が削除されています"),
        ("no marks", "シート「指標」の行の目印（隠れた列と行）が削除されています"),
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
    elif what in {"foreign", "no about"}:
        for name in ["_照会"] if what == "no about" else ["_照会", "指標", "進捗"]:
            del book.book[name]
    elif what == "no rows":
        for each, _technical, _ids in list(book.sheets()):
            del book.book[each.title]
    elif what == "no keys":
        sheet.delete_cols(1, 2)
    elif what == "no ids":
        sheet.delete_rows(next(book.sheets())[1])
    elif what == "no marks":
        sheet.delete_rows(next(book.sheets())[1])
        sheet.delete_cols(1, 2)
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
