"""What is decided about a workbook that came back: conflicts, wrong cells, what is held."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from exchange.models import EntryFile
from indicators.models import Actual
from measures.models import ProgressReport
from municipalities.uploads.marked import marked
from plans.models import YearLock

from . import factories as make
from .entry_books import Filled
from .entry_file_pages import Pages, Round, figure, make_round, value

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
    assert "実績値：104 → 105" in entry.row("locked")
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


def test_a_formula_without_its_result_is_explained_once(round_: Round, entry: Pages) -> None:
    """A value that cannot be read is not missing too."""
    third = round_.figures[2]
    entry.bring(round_.book().fill(third, value="=100+3", note="本文"))
    entry.open()
    assert "Excelで開いて保存し直すか" in entry.row("wrong")
    assert "値のない理由を入力してください" not in entry.row("wrong")


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
    assert f"「{make.Series.objects.get(pk=second.removeprefix('series-')).name}」を保留" in said, (
        "as the page calls the row"
    )
    assert "「10５人くらい」から「105」に訂正" in said
    assert "を保留" in said
    reason = figure(first).history.latest().history_change_reason
    assert "planner" in reason
    assert "「10５人くらい」から「105」に訂正" in reason


def test_the_cells_offered_are_those_that_matter(round_: Round, planner: Pages) -> None:
    first, second, third = round_.figures
    book = round_.book().fill(first, expected_on="来年").fill(second, value="不明", note="窓口")
    planner.bring(book.fill(third, value=7))
    page = planner.open()
    offered = {box["name"].removeprefix("fix|") for box in page.select("[name^='fix|']")}
    assert offered == {
        f"{first}|expected_on",
        *(f"{second}|{column}" for column in ("value", "missing_reason")),
        f"{third}|value",
    }


@pytest.mark.parametrize("way", ["the list", "the file"])
def test_what_was_decided_is_there_when_one_comes_back(
    round_: Round, planner: Pages, way: str
) -> None:
    first, second, _third = round_.figures
    planner.bring(round_.book().fill(first, value="10５人くらい").fill(second, value="不明"))
    planner.open()
    planner.press("recheck", **{f"fix|{first}|value": "105", f"hold|{second}": "on"})
    if way == "the file":
        page = planner.open()
        assert page.select_one(f'[name="fix|{first}|value"]')["value"] == "105"
        assert page.select_one(f'[name="hold|{second}"]').has_attr("checked")
        planner.press()
    else:
        page = planner.see_list()
        assert "確認画面で決めたことを、そのまま使います。" in page.select_one("#waiting").text
        assert "保留1" in page.select_one("#waiting").text
        planner.take_in_from_list()
    assert [value(key) for key in (first, second)] == [105, None]
    assert "「10５人くらい」から「105」に訂正" in " ".join(EntryFile.objects.get().decisions)


def test_columns_sorted_by_themselves_are_asked_about(round_: Round, entry: Pages) -> None:
    first, second, _third = round_.figures
    make.make_actual(
        make.Series.objects.get(pk=second.removeprefix("series-")), value=77, state="draft"
    )
    entry.bring(round_.book().fill(first, value=77).fill(second, value=104))
    assert "入れ替わっただけです" in entry.open().select_one("#notes").text
    entry.bring(round_.book().fill(first, value=77).fill(second, value=105))
    assert entry.open().select_one("#notes") is None


def test_what_is_not_taken_in_of_other_columns_and_sheets_is_said(
    round_: Round, entry: Pages
) -> None:
    make.make_column(round_.plan, "result", label="成果", kind="text")
    book = round_.book().fill(round_.figures[0], value=105)
    sheet, _technical, ids = list(book.sheets())[1]
    sheet.delete_cols(ids["result"])
    book.book.create_sheet("別紙")["B2"] = "補足の説明"
    book.book.create_sheet("Sheet1")
    entry.bring(book)
    page = entry.open()
    assert [note.text for note in page.select("#notes li")] == [
        "シート「別紙」は、足されたシートです。書かれた内容は取り込みません。",
        "シート「進捗」に「成果」の列がありません。この列は、保存されている内容のまま変わりません。",
    ]
    entry.press()
    assert value(round_.figures[0]) == 105
    entry.bring(marked(round_.book().to_bytes(), []))
    assert entry.open().select_one("#notes") is None


def test_what_is_written_where_nobody_reads_is_said(round_: Round, entry: Pages) -> None:
    """A block pasted over the rows of the year before, a name put right, a remark below."""
    row = ProgressReport.objects.get().row
    make.make_report(row, fiscal_year=2022, result="去年の成果")
    book = round_.book().fill(round_.reports[0], result="今年の成果")
    figures, reports = book.sheets()
    sheet, technical, ids = reports
    assert sheet.cell(technical + 2, ids["result"]).value == "去年の成果"
    sheet.cell(technical + 2, ids["result"]).value = "今年の成果の前半"
    sheet, technical, ids = figures
    sheet.cell(technical + 2, ids["#name"]).value = "正しい名前"
    sheet.cell(sheet.max_row + 2, ids["#name"]).value = "備考：窓口の数え方を変えました。"
    entry.bring(book)
    notes = [note.text for note in entry.open().select("#notes li")]
    assert [note.partition("（")[0] for note in notes] == [
        "シート「指標」の、入力欄ではないセル",
        "シート「進捗」の、入力欄ではないセル",
    ]
    assert "C5「正しい名前」、C9「備考：窓口の数え方を変えました。」" in notes[0]
    assert all("書かれた内容は取り込みません。" in note for note in notes)
    entry.press()
    assert ProgressReport.objects.get(row=row, fiscal_year=2023).result == "今年の成果"


@pytest.mark.parametrize("words", ["=1+1", "+1", "-1", "_x0041_", "１２ m²\r\nㇾ", "あ" * 3000])
def test_what_we_have_written_ourselves_is_no_remark(
    round_: Round, entry: Pages, words: str
) -> None:
    make.Series.objects.update(definition=words, unit=words[:20])
    make.make_report(ProgressReport.objects.get().row, fiscal_year=2022, result=words)
    entry.bring(round_.book().fill(round_.figures[0], value=105))
    assert entry.open().select_one("#notes") is None
    assert entry.sum == "ファイルの5行 ＝ 変更1 ＋ 変更なし4"


def test_the_list_says_of_which_files_there_is_something_to_look_at(
    round_: Round, entry: Pages
) -> None:
    first, _second, _third = round_.figures
    book = round_.book().fill(first, value=10400)
    book.book.create_sheet("別紙")["B2"] = "補足の説明"
    said = "確かめてほしいことが%d件あります。"
    page = entry.bring(book)
    assert said % 2 in page.select_one("#waiting").text
    entry.open()
    entry.press("preview", **{f"confirmed|{first}": "10400"})
    page = entry.see_list()
    assert said % 1 in page.select_one("#waiting").text
    page = entry.bring(round_.book().fill(first, value=105))
    assert page.select_one("#waiting").text.count("確かめてほしいこと") == 1


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
    book.add("指標", **{"#key": "series-01", "#name": "別の書き方", "value": 8})
    book.add("指標", **{"#name": "足した行", "value": 7})
    planner.bring(book)
    page = planner.open()
    assert planner.sum == "ファイルの9行 ＝ 変更なし5 ＋ 知らない行4"
    assert "足された行" in page.text
    assert "行の目印「series-01」が壊れています。" in page.text
    planner.press()
    assert not Actual.objects.filter(series=foreign).exists()
    holds = {box["name"]: "on" for box in page.select("tr.unknown [name^='hold|']")}
    assert len(holds) == 4
    planner.press(**holds)
    assert EntryFile.objects.get().held == 4


# --- Files beside each other -------------------------------------------------------------------


def test_of_two_files_of_a_section_one_is_chosen(round_: Round, planner: Pages) -> None:
    first, second, _third = round_.figures
    page = planner.bring(round_.book().fill(first, value=105), round_.book().fill(second, value=7))
    assert page.select("#waiting").pop().text.count("この組織のファイルが、ほかにもあります。") == 2
    assert not page.select("input[name=chosen][checked]")
    assert len(page.select("input[name=chosen]")) == 2


def test_a_file_that_was_taken_in_before_says_so(round_: Round, entry: Pages) -> None:
    content = round_.book().fill(round_.figures[0], value=105).to_bytes()
    said = "同じファイルを"
    page = entry.bring(content)
    assert said not in page.text
    assert said not in entry.open().text
    entry.press()
    kept = EntryFile.objects.get()
    when = f"{timezone.localtime(kept.brought_at):%Y-%m-%d %H:%M}"
    words = f"同じファイルを{when}に{entry.user}さんが取り込んであります。"
    assert words in entry.bring(content).text
    assert words in entry.open().text
    assert said not in entry.bring(round_.book()).select_one("#waiting").text.replace(words, "")
