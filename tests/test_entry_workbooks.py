"""The entry workbooks: the rows of the section's sheet, open where it may enter, nothing else."""

from datetime import date
from io import BytesIO

import openpyxl
import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl.utils import get_column_letter

from exchange.entry_book import layout
from exchange.entry_book.cover import Letter
from exchange.sheets import texts
from indicators.choices import MissingReason
from measures.models import ReportColumn
from municipalities.models import Department
from plans.models import Plan
from rounds.entry.desk import Desk
from rounds.entry.lines import AS_IS
from rounds.models import Reply, Request

from . import factories as make
from .admin_pages import sign_in
from .entry_forms import SheetPage, sheet_url
from .filled_workbooks import EntryBook, book_for, opened, unzipped
from .people import People, make_people

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.fixture
def plan(people: People) -> Plan:
    return make.make_plan(people.kita, title="総合計画")


def url(request: Request, page: str) -> str:
    return reverse(f"admin:rounds_request_{page}", args=[request.pk])


def book(request: Request, *sections: Department) -> EntryBook:
    return opened(book_for(request, *sections))


def columns_of_every_kind(plan: Plan) -> None:
    make.make_scheme(plan=plan)
    make.make_column(plan, "cost", label="決算額", kind="number", unit="千円")
    make.make_column(plan, "next", label="来年度", kind="choice", choices=["拡充, 継続", "縮小"])
    make.make_column(plan, "memo", label="メモ", max_length=40, is_public=False)


@pytest.fixture
def asked(people: People, plan: Plan) -> Request:
    """Two plans; figures and reports of two sections, begun, joint, late, closed."""
    other = make.make_plan(people.kita, title="総合戦略")
    make.make_column(other, "result", label="成果（戦略）", order=1)
    columns_of_every_kind(plan)
    shared = make.make_series(people.kita, name="見守り訪問", definition="延べ回数", unit="回")
    for each in (plan, other):
        make.make_target(make.make_indicator(each, shared, [people.welfare]), 2023, 120)
    make.make_actual(shared, 2022, 1050, note="速報による")
    make.make_actual(shared, 2023, "12.5", state="draft", note="注", is_provisional=True)
    late = make.make_indicator(plan, departments=[people.welfare]).series
    awaited = {"missing_reason": "not_compiled", "expected_on": date(2024, 5, 1)}
    make.make_actual(late, 2022, None, state="draft", **awaited)
    make.make_actual(late, 2023, 5, state="approved")
    make.make_indicator(plan, departments=[people.finance])
    joint = make.make_row(make.make_action(plan), [people.welfare, people.finance])
    extra = {"cost": "-1200.50", "next": "縮小"}
    make.make_report(joint, result="1行目\n2行目", projects=["あ", "い"], extra=extra)
    make.make_report(joint, fiscal_year=2022, result="去年の成果")
    joint.reports.filter(fiscal_year=2023).update(
        state="draft", rating=plan.schemes.first().scheme.bands.all()[1]
    )
    make.make_row(make.make_action(other), [people.welfare])
    return make.make_request(plan, other, deadline=date(2024, 5, 31), document_number="企第1号")


def test_a_workbook_holds_the_rows_of_the_sheet_with_what_is_saved(
    people: People, asked: Request
) -> None:
    for user, section in ((people.entry, people.welfare), (people.colleague, people.finance)):
        page, found = SheetPage(user, asked, section), book(asked, section)
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
    found = book(asked, people.welfare)
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
    names = book(asked, people.welfare).workbook.sheetnames
    assert names == ["表紙", "指標", "進捗（総合計画）", "進捗（総合戦略）", "_選択肢", "_照会"]
    assert book(asked, people.finance).workbook.sheetnames[1:3] == ["指標", "進捗"]


def test_names_of_sheets_keep_to_what_excel_takes(people: People) -> None:
    plans = [
        make.make_plan(people.kita, title=f"[とても]長い/名前の計画*その{'長' * 30}{number}")
        for number in range(3)
    ]
    for plan in plans:
        make.make_row(make.make_action(plan), [people.welfare])
    names = book(make.make_request(*plans), people.welfare).workbook.sheetnames
    assert len({name.casefold() for name in names}) == len(names)
    assert all(len(name) <= 31 and not set("[]:*?/\\") & set(name) for name in names)


# --- What is open -----------------------------------------------------------------------------


def test_open_cells_are_the_boxes_of_the_sheet_and_nothing_else(
    people: People, asked: Request
) -> None:
    page, found = SheetPage(people.entry, asked, people.welfare), book(asked, people.welfare)
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


def test_sheets_are_protected_without_a_password_and_can_be_sorted_and_filtered(
    people: People, asked: Request
) -> None:
    found = book(asked, people.welfare)
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
    found = book(asked, people.welfare)
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
    found = book(asked, people.welfare)
    assert not found.cell(f"series-{late.pk}", "value").protection.locked
    assert found.cell(f"series-{usual.pk}", "value").protection.locked
    assert found.cell(f"series-{usual.pk}", "#state").value == "未入力\n照会は終了しました"


def test_a_figure_that_is_awaited_stays_open_when_the_waiting_has_been_checked(
    people: People, plan: Plan
) -> None:
    series = make.make_indicator(plan, departments=[people.welfare]).series
    awaited = {"missing_reason": "not_compiled", "expected_on": date(2024, 12, 1)}
    make.make_actual(series, 2023, None, **awaited)
    found = book(make.make_request(plan), people.welfare)
    key = f"series-{series.pk}"
    assert not found.cell(key, "value").protection.locked
    assert found.texts(key)["expected_on"] == "2024-12"
    assert found.cell(key, "#state").value == "確認済\n確定した値を入力できます"


def test_a_text_taken_over_may_be_left_as_it_is(people: People, plan: Plan) -> None:
    row, other = (make.make_row(make.make_action(plan), [people.welfare]) for _ in range(2))
    make.make_report(row, state="draft", taken_over=["issues"], issues="担い手が足りない。")
    found = book(make.make_request(plan), people.welfare)
    tick = f"{AS_IS}issues"
    asked_for = found.cell(f"report-{row.pk}", tick)
    assert not asked_for.protection.locked
    assert found.offered(asked_for) == ["○"]
    assert found.cell(f"report-{other.pk}", tick).protection.locked
    assert f"{AS_IS}result" not in found.sheets[0].columns


# --- What may be typed ------------------------------------------------------------------------


def test_choices_are_offered_in_japanese(people: People, asked: Request, plan: Plan) -> None:
    found = book(asked, people.welfare)
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
    found = book(make.make_request(plan), people.welfare)
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
    (sheet,) = book(make.make_request(plan), people.welfare).sheets
    formats = [row["value"].number_format for row in sheet.rows.values()]
    assert formats == ["General", "#,##0.0;▲#,##0.0"]


def test_lengths_and_figures_of_reports_are_checked(people: People, asked: Request) -> None:
    found = book(asked, people.welfare)
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
    found = book(asked, people.welfare)
    for sheet in found.sheets:
        worksheet = sheet.worksheet
        assert worksheet.row_dimensions[sheet.technical].hidden
        for id in (layout.KEY, layout.VERSION):
            letter = get_column_letter(sheet.columns[id] + 1)
            assert worksheet.column_dimensions[letter].hidden
        shown = {id for id in sheet.columns if not id.startswith(layout.READ_ONLY)}
        assert shown == set(sheet.texts(next(iter(sheet.rows))))
    assert found.workbook["_照会"].sheet_state == "veryHidden"
    assert found.about | {"made_at": ""} == {
        "shirube-entry": "1",
        "municipality": "kita",
        "request": str(asked.pk),
        "sections": "welfare",
        "made_at": "",
        "title": "令和5年度の実績の照会",
        "name": "福祉課",
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


# --- The pages --------------------------------------------------------------------------------


def zip_of(people: People, asked: Request, **query: object) -> dict[str, EntryBook]:
    given = {
        "grouping": "section",
        "number": "資料3",
        "sections": [people.welfare.pk, people.finance.pk],
        "download": "1",
    }
    answer = sign_in(people.planner).get(url(asked, "books"), given | query)
    assert answer["Content-Type"] == "application/zip", answer.content.decode()
    return unzipped(answer.content)


def test_all_sections_come_in_one_zip(people: People, asked: Request) -> None:
    books = zip_of(people, asked)
    assert list(books) == ["資料3-1_福祉課.xlsx", "資料3-2_財政課.xlsx"]
    assert [found.about["sections"] for found in books.values()] == ["welfare", "finance"]
    for found, section in zip(books.values(), (people.welfare, people.finance), strict=True):
        assert found.keys == book(asked, section).keys
    assert list(zip_of(people, asked, sections=[people.finance.pk])) == ["資料3-2_財政課.xlsx"]
    assert list(zip_of(people, asked, number="")) == [
        "令和5年度の実績の照会_福祉課.xlsx",
        "令和5年度の実績の照会_財政課.xlsx",
    ]


def test_a_division_can_have_one_workbook_together(people: People, asked: Request) -> None:
    (together,) = zip_of(people, asked, grouping="division").values()
    assert together.about["sections"] == "welfare,finance"
    alone = [book(asked, section).keys for section in (people.welfare, people.finance)]
    assert set(together.keys) == set(alone[0] + alone[1])
    assert "健康部　御中" in together.words()
    assert any("担当：財政課" in word for word in together.words())


def test_files_have_safe_names_each_its_own(people: People, plan: Plan) -> None:
    twins = [make.make_department(people.kita, 'まち/づくり:"課"') for _ in range(2)]
    for section in twins:
        make.make_row(make.make_action(plan), [section])
    asked = make.make_request(plan)
    sections = [section.pk for section in twins]
    names = list(zip_of(people, asked, sections=sections, number=""))
    assert names == [
        "令和5年度の実績の照会_まち づくり 課.xlsx",
        "令和5年度の実績の照会_まち づくり 課(2).xlsx",
    ]


def test_the_page_asks_for_sections_and_says_what_is_wrong(people: People, asked: Request) -> None:
    client = sign_in(people.planner)
    page = BeautifulSoup(client.get(url(asked, "books")).content, "html.parser")
    boxes = page.select("input[name=sections]")
    assert [box.find_parent("label").get_text(strip=True) for box in boxes] == [
        "福祉課（5件）",
        "財政課（2件）",
    ]
    assert all(box.has_attr("checked") for box in boxes)
    answer = client.get(url(asked, "books"), {"download": "1", "grouping": "section"})
    assert "ファイルをつくる課を選んでください。" in answer.content.decode()
    board = client.get(url(asked, "board")).content.decode()
    assert url(asked, "books") in board
    assert (
        url(asked, "books") not in sign_in(people.reader).get(url(asked, "board")).content.decode()
    )


@pytest.mark.parametrize("who", ["entry", "approver", "head", "reader", "colleague", "planner"])
def test_who_sees_a_sheet_finds_its_workbook_there(
    who: str, people: People, asked: Request
) -> None:
    client = sign_in(getattr(people, who))
    address = sheet_url(asked, people.welfare, "book")
    assert address in client.get(sheet_url(asked, people.welfare)).content.decode()
    answer = client.get(address)
    assert "attachment" in answer["Content-Disposition"]
    assert opened(answer.content).keys == book(asked, people.welfare).keys


def test_what_has_not_been_sent_has_no_workbooks(people: People, plan: Plan) -> None:
    make.make_row(make.make_action(plan), [people.welfare])
    draft = make.make_request(plan, state="draft")
    client = sign_in(people.planner)
    pages = (url(draft, "books"), url(draft, "status"), sheet_url(draft, people.welfare, "book"))
    for page in pages:
        assert client.get(page).status_code == 404
        assert page not in client.get(sheet_url(draft, people.welfare)).content.decode()
    Request.objects.update(state="sent", sent_at=timezone.now())
    assert client.get(sheet_url(draft, people.finance, "book")).status_code == 404  # owes nothing


# --- Queries ----------------------------------------------------------------------------------


def many_rows(people: People, plan: Plan, sections: int, rows: int) -> list[Department]:
    found = [make.make_department(people.kita) for _ in range(sections)]
    for section in found:
        for _ in range(rows):
            series = make.make_indicator(plan, departments=[section]).series
            make.make_actual(series, 2023, 5, state="draft")
            make.make_report(make.make_row(make.make_action(plan), [section]), state="draft")
    return found


def queries(people: People, address: str, **query: object) -> int:
    client = sign_in(people.planner)
    with CaptureQueriesContext(connection) as found:
        assert client.get(address, query).status_code == 200
    return len(found)


@pytest.mark.parametrize("page", ["one", "zip", "board"])
def test_the_number_of_queries_depends_on_nothing(people: People, plan: Plan, page: str) -> None:
    asked = make.make_request(plan)
    counts, every = [], []
    for sections, rows in ((2, 1), (3, 3)):
        every += many_rows(people, plan, sections, rows)
        address, query = {
            "one": (sheet_url(asked, every[-1], "book"), {}),
            "zip": (
                url(asked, "books"),
                {"download": "1", "grouping": "section", "sections": [each.pk for each in every]},
            ),
            "board": (url(asked, "status"), {}),
        }[page]
        counts.append(queries(people, address, **query))
    assert counts[0] == counts[1] <= 32, counts


# --- The board --------------------------------------------------------------------------------


def board_rows(people: People, asked: Request, **query: object) -> list[list[object]]:
    answer = sign_in(people.reader).get(url(asked, "status"), query)
    assert "attachment" in answer["Content-Disposition"]
    (sheet,) = openpyxl.load_workbook(BytesIO(answer.content)).worksheets
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    head = next(place for place, row in enumerate(rows) if row[0] == "組織")
    return rows[head:]


def page_rows(people: People, asked: Request, **query: object) -> list[list[str]]:
    answer = sign_in(people.reader).get(url(asked, "board"), query)
    page = BeautifulSoup(answer.content, "html.parser")
    rows = page.select("#board tr")
    return [[cell.get_text(" ", strip=True) for cell in row.find_all(["th", "td"])] for row in rows]


@pytest.mark.parametrize("query", [{}, {"show": "open"}, {"sort": "open"}])
def test_the_board_comes_as_a_workbook_with_the_numbers_of_the_page(
    people: People, asked: Request, query: dict[str, str], plan: Plan
) -> None:
    gone = make.make_department(people.kita, "観光課", valid_to=timezone.localdate().replace(day=1))
    make.make_indicator(plan, departments=[gone])
    done = make.make_department(people.kita, "済んだ課")
    make.make_report(make.make_row(make.make_action(plan), [done]), state="submitted")
    found, page = board_rows(people, asked, **query), page_rows(people, asked, **query)
    assert len(found) == len(page) + 1  # a line below says how joint rows are counted
    states = len(page[0]) - 7
    assert found[0][1 : 2 + states] == page[0][1 : 2 + states]
    for row, shown in zip(found[1:-1], page[1:], strict=True):
        assert str(row[0]) in shown[0].replace(" （", "（")
        if len(shown) > 1:
            assert [str(number) for number in row[1 : 3 + states]] == shown[1 : 3 + states]
            assert str(row[4 + states]) == shown[3 + states]  # overdue


def test_the_board_says_how_and_by_which_decision_sections_answered(
    people: People, asked: Request
) -> None:
    for channel, section in (("paper", people.welfare), ("file", people.finance)):
        Reply.objects.create(
            request=asked,
            department=section,
            channel=channel,
            decided_on=date(2024, 5, 20),
            document_number=f"{section.code}第1号",
        )
    rows = {row[0]: row for row in board_rows(people, asked)}
    assert rows["福祉課"][-3:] == ["紙", "2024-05-20", "welfare第1号"]
    assert rows["財政課"][-3:] == ["ファイル", "2024-05-20", "finance第1号"]
    Reply.objects.all().delete()
    rows = {row[0]: row for row in board_rows(people, asked)}
    assert rows["福祉課"][-3:] == ["画面", "－", "－"]
    assert rows["健康部 計"][1] == rows["合計"][1] == 6  # the joint row counts once
