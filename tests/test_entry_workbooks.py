"""The entry workbooks: the rows of the section's sheet, open where it may enter, nothing else."""

from datetime import date

import pytest
from openpyxl.utils import get_column_letter

from exchange.entry_book import layout
from exchange.entry_book.cover import Letter
from exchange.sheets import texts
from indicators.choices import MissingReason
from measures.models import ReportColumn
from plans.models import Plan
from rounds.entry.desk import Desk
from rounds.entry.lines import AS_IS
from rounds.models import Request

from . import factories as make
from .admin_pages import sign_in
from .entry_forms import SheetPage, sheet_url
from .filled_workbooks import ask_of_every_kind, book_for, book_of, opened
from .people import People, make_people

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.fixture
def plan(people: People) -> Plan:
    return make.make_plan(people.kita, title="総合計画")


@pytest.fixture
def asked(people: People, plan: Plan) -> Request:
    return ask_of_every_kind(people, plan)


def test_a_workbook_holds_the_rows_of_the_sheet_with_what_is_saved(
    people: People, asked: Request
) -> None:
    for user, section in ((people.entry, people.welfare), (people.colleague, people.finance)):
        page, found = SheetPage(user, asked, section), book_of(asked, section)
        assert found.keys == page.keys()
        for due in Desk.of(user, asked.pk, section.pk).dues:
            line = Desk.of(user, asked.pk, section.pk).line_of(due)
            texts = found.texts(line.key)
            assert list(texts) == list(line.texts)
            for column, text in texts.items():
                read = layout.typed(line, column, text)
                assert line.is_same(column, read, line.texts[column]), (column, text)
            assert (found.cell(line.key, layout.VERSION).value or "") == line.version


def test_what_is_known_stands_beside(people: People, asked: Request) -> None:
    found = book_of(asked, people.welfare)
    (first, *_rest) = found.sheets[0].rows.values()
    words = "\n".join(str(cell.value) for cell in first.values())
    for expected in (
        "見守り訪問",
        "総合計画・総合戦略",
        "延べ回数",
        "回",
        "総合計画 基準値 100",
        "総合戦略 令和5年度の目標 120以上",
        "1,050",
        "令和4年度の注記：速報による",
        "入力中",
    ):
        assert expected in words, expected
    headings = [cell.value for cell in found.sheets[0].worksheet[found.sheets[0].technical + 1]]
    assert "令和4年度の値" in headings
    shown = found.words()
    assert "去年の成果" in shown
    assert "決算額（千円）" in shown
    assert any("令和4年度分" in word for word in shown)
    assert any("担当：福祉課・財政課" in word for word in shown)


def test_each_plan_has_its_own_sheet_of_reports_and_figures_stand_once(
    people: People, asked: Request
) -> None:
    names = book_of(asked, people.welfare).workbook.sheetnames
    assert names == ["表紙", "指標", "進捗（総合計画）", "進捗（総合戦略）", "_選択肢", "_照会"]
    assert book_of(asked, people.finance).workbook.sheetnames[1:3] == ["指標", "進捗"]


def test_names_of_sheets_keep_to_what_excel_takes(people: People) -> None:
    plans = [
        make.make_plan(people.kita, title=f"[とても]長い/名前の計画*その{'長' * 30}{number}")
        for number in range(3)
    ]
    for plan in plans:
        make.make_row(make.make_action(plan), [people.welfare])
    names = book_of(make.make_request(*plans), people.welfare).workbook.sheetnames
    assert len({name.casefold() for name in names}) == len(names)
    assert all(len(name) <= 31 and not set("[]:*?/\\") & set(name) for name in names)


# --- What is open -----------------------------------------------------------------------------


def test_open_cells_are_the_boxes_of_the_sheet_and_nothing_else(
    people: People, asked: Request
) -> None:
    page, found = SheetPage(people.entry, asked, people.welfare), book_of(asked, people.welfare)
    boxes = page.page.select("tr[data-row] td[data-col] [name]")
    offered = {box["name"] for box in boxes if "handover" not in box["name"]}
    opened_cells = set()
    for sheet in found.sheets:
        cells = {
            cell.coordinate: f"{key}-{id}"
            for key, row in sheet.rows.items()
            for id, cell in row.items()
        }
        opened_cells |= {cells[coordinate] for coordinate in sheet.open_cells()}
    assert opened_cells == offered
    assert len({key.split("-")[0] for key in offered}) == 2
    for name in ("表紙", "_選択肢", "_照会"):
        sheet = found.workbook[name]
        assert all(cell.protection.locked for row in sheet.iter_rows() for cell in row)


def test_what_is_typed_into_a_text_is_no_day(people: People, asked: Request) -> None:
    found = book_of(asked, people.welfare)
    for key, row in {key: row for sheet in found.sheets for key, row in sheet.rows.items()}.items():
        for id, cell in row.items():
            if not cell.protection.locked:
                is_figure = id in {"value", "cost"}
                assert (cell.number_format == "@") is not is_figure, (key, id)


def test_sheets_are_protected_without_a_password_and_can_be_sorted_and_filtered(
    people: People, asked: Request
) -> None:
    found = book_of(asked, people.welfare)
    for sheet in found.workbook:
        rules = sheet.protection
        assert rules.sheet
        assert (rules.password, rules.hashValue) == (None, None)
        allowed = (rules.sort, rules.autoFilter, rules.formatRows, rules.formatColumns)
        assert allowed == (False, False, False, False)  # what is not kept from people
        assert (rules.insertRows, rules.deleteRows, rules.deleteColumns) == (True, True, True)
    for sheet in found.sheets:
        assert sheet.worksheet.auto_filter.ref.startswith(f"A{sheet.technical + 1}:")


def test_closed_rows_say_why(people: People, asked: Request, plan: Plan) -> None:
    make.make_row(make.make_action(plan), [people.welfare])
    make.make_lock(plan, 2023)
    found = book_of(asked, people.welfare)
    closed = {
        key: row["#state"].value
        for sheet in found.sheets
        for key, row in sheet.rows.items()
        if row["#state"].value and "締切済み" in row["#state"].value
    }
    assert len(closed) == 5 - 1  # both figures and both reports of that plan, not the late figure
    for key in closed:
        row = found.sheet_of(key).rows[key]
        assert all(cell.protection.locked for cell in row.values())


def test_what_only_planners_may_correct_is_closed_also_when_they_fetch_it(
    people: People, plan: Plan
) -> None:
    series = make.make_indicator(plan, departments=[people.welfare]).series
    make.make_actual(series, 2023, 5, state="checked")
    asked = make.make_request(plan)
    answer = sign_in(people.planner).get(sheet_url(asked, people.welfare, "book"))
    found = opened(answer.content)
    key = f"series-{series.pk}"
    assert found.cell(key, "value").value == 5
    assert found.cell(key, "#state").value == "確認済"
    assert found.sheets[0].open_cells() == set()


def test_a_closed_request_leaves_open_what_is_settled_later(people: People, plan: Plan) -> None:
    late = make.make_indicator(plan, departments=[people.welfare]).series
    late.settled_month = 12
    late.save()
    usual = make.make_indicator(plan, departments=[people.welfare]).series
    asked = make.make_request(plan, state="closed", deadline=date(2024, 5, 31))
    found = book_of(asked, people.welfare)
    assert not found.cell(f"series-{late.pk}", "value").protection.locked
    assert found.cell(f"series-{usual.pk}", "value").protection.locked
    assert found.cell(f"series-{usual.pk}", "#state").value == "未入力\n照会は終了しました"


def test_a_figure_that_is_awaited_stays_open_when_the_waiting_has_been_checked(
    people: People, plan: Plan
) -> None:
    series = make.make_indicator(plan, departments=[people.welfare]).series
    awaited = {"missing_reason": "not_compiled", "expected_on": date(2024, 12, 1)}
    make.make_actual(series, 2023, None, **awaited)
    found = book_of(make.make_request(plan), people.welfare)
    key = f"series-{series.pk}"
    assert not found.cell(key, "value").protection.locked
    assert found.texts(key)["expected_on"] == "2024-12"
    assert found.cell(key, "#state").value == "確認済\n確定した値を入力できます"


def test_a_text_taken_over_may_be_left_as_it_is(people: People, plan: Plan) -> None:
    row, other = (make.make_row(make.make_action(plan), [people.welfare]) for _ in range(2))
    make.make_report(row, state="draft", taken_over=["issues"], issues="担い手が足りない。")
    found = book_of(make.make_request(plan), people.welfare)
    tick = f"{AS_IS}issues"
    asked_for = found.cell(f"report-{row.pk}", tick)
    assert not asked_for.protection.locked
    assert found.offered(asked_for) == ["○"]
    assert found.cell(f"report-{other.pk}", tick).protection.locked
    assert f"{AS_IS}result" not in found.sheets[0].columns


# --- What may be typed ------------------------------------------------------------------------


def test_choices_are_offered_in_japanese(people: People, asked: Request, plan: Plan) -> None:
    found = book_of(asked, people.welfare)
    figure, report = found.keys[0], found.keys[-2]
    reasons = [str(reason.label) for reason in MissingReason]
    assert found.offered(found.cell(figure, "missing_reason")) == reasons
    assert found.offered(found.cell(figure, "is_provisional")) == ["○"]
    assert found.offered(found.cell(report, "rating")) == ["A 評価A", "B 評価B", "C 評価C"]
    assert found.offered(found.cell(report, "next")) == ["拡充, 継続", "縮小"]
    for id, key in (("missing_reason", figure), ("rating", report), ("next", report)):
        rule = found.sheet_of(key).rule(found.cell(key, id))
        assert (rule.errorStyle, rule.showErrorMessage, rule.allowBlank) == ("stop", True, True)
        assert "一覧から選んで" in rule.error
    assert found.workbook["_選択肢"].sheet_state == "veryHidden"


def test_figures_are_checked_but_signs_people_use_are_let_through(
    people: People, plan: Plan
) -> None:
    for decimals in (0, 1, 0):
        series = make.make_series(people.kita, decimals=decimals)
        make.make_indicator(plan, series, [people.welfare])
    found = book_of(make.make_request(plan), people.welfare)
    (sheet,) = found.sheets
    rules = [sheet.rule(row["value"]) for row in sheet.rows.values()]
    assert rules[0] is rules[2] is not rules[1]
    first = next(iter(sheet.rows.values()))["value"].coordinate
    assert f"ROUND({first},0)={first}" in rules[0].formula1
    assert "小数1桁まで" in rules[1].error
    for rule in rules:
        assert (rule.type, rule.errorStyle) == ("custom", "warning")
        assert len(rule.error) <= 225  # what Excel takes


def test_a_figure_in_per_cent_keeps_the_sign_that_is_typed(people: People, plan: Plan) -> None:
    for unit in ("％", "人"):
        series = make.make_series(people.kita, unit=unit, decimals=1)
        make.make_indicator(plan, series, [people.welfare])
    (sheet,) = book_of(make.make_request(plan), people.welfare).sheets
    formats = [row["value"].number_format for row in sheet.rows.values()]
    assert formats == ["General", "#,##0.0;▲#,##0.0"]


def test_lengths_and_figures_of_reports_are_checked(people: People, asked: Request) -> None:
    found = book_of(asked, people.welfare)
    figure, report = found.keys[0], found.keys[-2]
    for key, id, most in ((figure, "note", 500), (report, "memo", 40)):
        rule = found.sheet_of(key).rule(found.cell(key, id))
        assert (rule.type, rule.operator, rule.formula1) == (
            "textLength", "lessThanOrEqual", str(most),
        )  # fmt: skip
        assert f"{most}文字まで" in rule.error
    cost = found.cell(report, "cost")
    assert cost.value == -1200.5
    assert found.sheet_of(report).rule(cost).errorStyle == "warning"
    assert found.sheet_of(report).rule(found.cell(report, "result")) is None


def test_words_of_every_choice_are_read_back(people: People, asked: Request) -> None:
    desk = Desk.of(people.entry, asked.pk, people.welfare.pk)
    count = 0
    for due in desk.dues:
        line = desk.line_of(due)
        for column in line.texts:
            for text, word in (layout.words_of(line, column) or {}).items():
                assert layout.shown(line, column, text) == word
                assert layout.typed(line, column, f" {word}　") == text
                count += 1
            if layout.words_of(line, column) is not None:
                assert layout.typed(line, column, "") == ""
                assert layout.typed(line, column, "－") == ""
    assert count > 20


@pytest.mark.parametrize(
    ("column", "cell", "expected"),
    [
        ("rating", "Ｂ", "B"),
        ("rating", "b 評価b", "B"),
        ("rating", "D", None),
        ("rating", "1", None),  # nobody types the number of a row
        ("next", "縮小 ", "縮小"),
        ("next", "廃止", None),
    ],
)
def test_classes_are_read_by_their_symbol_and_other_words_are_refused(
    people: People, asked: Request, column: str, cell: str, expected: str | None
) -> None:
    desk = Desk.of(people.colleague, asked.pk, people.finance.pk)
    line = desk.line_of(desk.dues[-1])
    kind = line.columns[column].kind
    if expected is None:
        band = line.bands[0]
        typed = str(band.pk) if cell == "1" else cell
        with pytest.raises(Exception, match="は選べません"):
            layout.typed(line, column, typed)
        return
    read = layout.typed(line, column, cell)
    if kind == ReportColumn.Kind.RATING:
        read = next(band.symbol for band in line.bands if str(band.pk) == read)
    assert read == expected


# --- What is hidden ---------------------------------------------------------------------------


def test_ids_and_keys_are_there_and_hidden(people: People, asked: Request) -> None:
    found = book_of(asked, people.welfare)
    for sheet in found.sheets:
        worksheet = sheet.worksheet
        assert worksheet.row_dimensions[sheet.technical].hidden
        for id in (layout.KEY, layout.VERSION):
            letter = get_column_letter(sheet.columns[id] + 1)
            assert worksheet.column_dimensions[letter].hidden
        shown = {id for id in sheet.columns if not id.startswith(layout.READ_ONLY)}
        assert shown == set(sheet.texts(next(iter(sheet.rows))))
    assert found.workbook["_照会"].sheet_state == "veryHidden"
    named = {key: name for key, name in found.about.items() if key in found.keys}
    assert set(named) == set(found.keys)
    assert all(named.values())
    unseen = {layout.MADE_AT: "", layout.TEXTS: "", layout.COVER_TEXTS: ""}
    assert {k: v for k, v in found.about.items() if k not in named} | unseen == {
        "shirube-entry": "1",
        "municipality": "kita",
        "request": str(asked.pk),
        "sections": "welfare",
        "made_at": "",
        "title": "令和5年度の実績の照会",
        "name": "福祉課",
        "texts": "",
        "cover_texts": "",
    }
    assert found.workbook["_照会"]["A1"].value == layout.FORMAT


HOSTILE = ['=HYPERLINK("http://example.com","x")', "+1+1", "-1", "@SUM(A1)", "_x0041_", "&P & &N"]


@pytest.mark.parametrize("words", HOSTILE)
def test_names_and_texts_stay_text(people: People, words: str) -> None:
    section = make.make_department(people.kita, words)
    plan = make.make_plan(people.kita, title=words)
    make.make_scheme(plan=plan).bands.update(label=words)
    make.make_column(plan, "next", label=words, kind="choice", choices=[words], unit=words[:20])
    series = make.make_series(people.kita, name=words, unit=words[:20], definition=words)
    make.make_indicator(plan, series, [section])
    make.make_actual(series, 2023, 1, state="draft", note=words, internal_note=words)
    row = make.make_row(make.make_action(plan, title=words), [section])
    for year in (2022, 2023):
        make.make_report(row, fiscal_year=year, state="draft", result=words, extra={"next": words})
    asked = make.make_request(plan, title=words, note=words, document_number=words)
    letter = Letter(words, words)
    workbook = opened(book_for(asked, section, letter=letter)).workbook
    cells = [cell for sheet in workbook for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    found = [cell for cell in cells if cell.value == texts.clean(words)]
    assert len(found) >= 12
    for sheet in workbook:
        for rule in sheet.data_validations.dataValidation:
            assert words not in rule.formula1


# --- The cover --------------------------------------------------------------------------------


def test_the_cover_is_the_request_as_a_letter(people: People, asked: Request) -> None:
    people.welfare.post = "課長"
    people.welfare.save()
    asked.note = "各課におかれては、\n期限までに回答してください。"
    letter = Letter("資料3-1", "企画課 内線1234")
    cover = opened(book_for(asked, people.welfare, letter=letter)).workbook["表紙"]
    words = [str(cell.value) for row in cover.iter_rows() for cell in row if cell.value]
    for expected in (
        "福祉課　課長　様",
        "企第1号",
        "令和5年度の実績の照会（回答用）",
        "期限までに回答してください。",
        "令和5年度　年度末実績",
        "令和6年5月31日（金）",
        "指標 3件、進捗の報告 2件",
        "総合計画、総合戦略",
        "企画課 内線1234",
        "係長",
        "例：見守り訪問の回数",
    ):
        assert expected in words, expected
    assert any("架空" in word for word in words)
    assert cover.oddHeader.right.text == "資料3-1"
    plain = opened(book_for(asked, people.finance, letter=Letter(has_boxes=False)))
    assert "係長" not in plain.words()
    assert "財政課　御中" in plain.words()
