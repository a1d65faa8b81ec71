"""Entry workbooks in LibreOffice: they open, print whole, and keep what their reader needs."""

from datetime import date
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from django.utils import timezone
from openpyxl.formula.translate import Translator

from exchange.entry_book import layout
from exchange.entry_book.board_book import board_workbook
from exchange.entry_book.cover import Letter
from exchange.sheets.book import MOST_LINES
from measures.models import ProgressReport
from municipalities import uploads
from plans.models import Plan
from rounds.models import Reply, Request
from rounds.requests.board import Board

from . import factories as make
from .filled_workbooks import book_for, opened
from .office import convert, paper, pdf_pages, too_low
from .people import People, make_people

pytestmark = pytest.mark.django_db
LONG = "市民と行政が力を合わせ、だれもが安心して暮らせるまちをつくる。ＩＣＴとDXを生かす。\n"
A3, A4_UPRIGHT = (1190, 841), (595, 841)


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.fixture
def plan(people: People) -> Plan:
    return make.make_plan(people.kita, title="総合計画")


def ask(plan: Plan, people: People, rows: int = 30, words: str = LONG * 4) -> Request:
    """A request with figures and reports of the welfare section, all of them said before."""
    make.make_scheme(plan=plan)
    make.make_column(plan, "cost", label="決算額", kind="number", unit="千円")
    make.make_column(plan, "memo", label="庁内のメモ", is_public=False)
    for number in range(1, rows + 1):
        series = make.make_series(people.kita, name=f"指標その{number}", definition=words[:120])
        make.make_target(make.make_indicator(plan, series, [people.welfare]), 2023, 1_234_567)
        make.make_actual(series, 2022, 1_000_000 + number, note=words[:40])
        make.make_actual(series, 2023, 2_000_000 + number, state="draft", note=words[:40])
        row = make.make_row(make.make_action(plan, title=f"取組その{number}"), [people.welfare])
        for year in (2022, 2023):
            make.make_report(
                row,
                fiscal_year=year,
                state="draft",
                result=f"{year}年の成果その{number}。{words}終わり{number}",
                issues=words[:120],
                projects=["講座", "相談"],
                extra={"cost": f"{year}000"},
            )
    return make.make_request(plan, deadline=date(2024, 5, 31), document_number="企第1号")


def test_it_prints_on_a4_and_a3_with_its_headings_on_every_page(
    soffice: str, tmp_path: Path, people: People, plan: Plan
) -> None:
    asked = ask(plan, people, words=LONG * 2)
    made = book_for(asked, people.welfare, letter=Letter("資料3-1", "内線1234"))
    pages = pdf_pages(soffice, made, tmp_path)
    sizes = paper(tmp_path)
    assert set(sizes) == {A4_UPRIGHT, A3}
    assert sizes.count(A4_UPRIGHT) == 1
    assert "決裁" in pages[0]
    assert all("資料3-1" in page for page in pages)
    figures = [page for page in pages if "値のない理由" in page][1:]
    reports = [page for page in pages if "現状・課題" in page]
    assert len(figures) + len(reports) + 1 == len(pages)
    text = "".join(pages)
    assert "###" not in text
    for number in range(1, 31):
        assert f"2,{number:06}".replace("2,000", "2,000,", 1) in text
    assert len(figures) <= 8
    assert len(reports) <= 16


def test_rows_are_high_enough_for_what_is_saved(
    soffice: str, tmp_path: Path, people: People, plan: Plan
) -> None:
    made = book_for(ask(plan, people, 6), people.welfare)
    assert too_low(soffice, made, tmp_path) == []


@pytest.mark.parametrize("state", ["draft", "approved"])
def test_a_text_too_long_for_a_row_goes_on_below_and_stays_whole_in_its_cell(
    soffice: str, tmp_path: Path, people: People, plan: Plan, state: str
) -> None:
    asked = ask(plan, people, 1, LONG * 100)
    ProgressReport.objects.filter(fiscal_year=2023).update(state=state)
    made = book_for(asked, people.welfare)
    found = opened(made)
    cell = found.cell(found.keys[-1], "result")
    assert cell.value.endswith("終わり1")
    assert len(cell.value) > 4000
    sheet = found.sheets[-1].worksheet
    heights = [each.height for each in sheet.row_dimensions.values() if each.height]
    assert max(heights) < 409
    column = [row[cell.column - 1].value for row in sheet.iter_rows(min_row=cell.row + 1)]
    assert column[-1].endswith("終わり1")
    below = [sheet.cell(row, 1).value for row in range(cell.row + 1, sheet.max_row + 1)]
    assert set(below) == {layout.READ_ONLY}
    assert {sheet.cell(row, 3).value for row in range(cell.row + 1, sheet.max_row + 1)} == {
        "（続き）"
    }
    text = "".join(pdf_pages(soffice, made, tmp_path))
    assert text.count("終わり1") == 2  # of this year and of the year before
    assert len(cell.value.splitlines()) > MOST_LINES


def test_libreoffice_keeps_ids_keys_protection_and_rules(
    soffice: str, tmp_path: Path, people: People, plan: Plan
) -> None:
    asked = ask(plan, people, 2, LONG)
    make.make_actual(
        make.make_indicator(plan, departments=[people.welfare]).series, 2023, 5, state="approved"
    )
    source = tmp_path / "book.xlsx"
    made = book_for(asked, people.welfare)
    source.write_bytes(made)
    saved = convert(soffice, convert(soffice, source, "ods"), "xlsx:Calc MS Excel 2007 XML")
    before, after = opened(made), opened(saved.read_bytes())
    assert after.keys == before.keys
    assert after.about == before.about
    for key in before.keys:
        assert after.texts(key) == before.texts(key)
        assert after.cell(key, layout.VERSION).value == before.cell(key, layout.VERSION).value
    for old, new in zip(before.sheets, after.sheets, strict=True):
        assert new.worksheet.protection.sheet
        assert new.worksheet.protection.password in {None, ""}
        assert new.open_cells() == old.open_cells()
        assert new.worksheet.row_dimensions[new.technical].hidden
        assert new.worksheet.column_dimensions["A"].hidden
        for key, row in old.rows.items():
            for id, cell in row.items():
                rule = old.rule(cell)
                kept = new.rule(new.rows[key][id])
                assert (kept is None) == (rule is None), (key, id)
                if rule is not None:
                    assert (kept.type, kept.error) == (rule.type, rule.error)


TYPED = {
    12: True,
    -12.5: True,
    0: True,
    12.25: False,
    1e11: False,
    "－": True,
    "-": True,
    "▲1.2": True,
    "△3": True,
    "約12": False,
    "未集計": False,
}


def test_what_is_typed_is_warned_of_as_libreoffice_counts_it(
    soffice: str, tmp_path: Path, people: People, plan: Plan
) -> None:
    series = make.make_series(people.kita, decimals=1)
    make.make_indicator(plan, series, [people.welfare])
    found = opened(book_for(make.make_request(plan), people.welfare))
    cell = found.cell(f"series-{series.pk}", "value")
    rule = f"={found.sheets[0].rule(cell).formula1}"
    workbook = openpyxl.Workbook()
    for row, typed in enumerate(TYPED, start=cell.row):
        workbook.active.cell(row, cell.column, typed)
        moved = Translator(rule, cell.coordinate).translate_formula(f"{cell.column_letter}{row}")
        workbook.active.cell(row, 1, moved)
    source = tmp_path / "rule.xlsx"
    workbook.save(source)
    counted = openpyxl.load_workbook(convert(soffice, source, "xlsx"), data_only=True).active
    answers = {typed: counted.cell(row, 1).value for row, typed in enumerate(TYPED, cell.row)}
    assert answers == TYPED


def test_the_house_reads_it_back_as_it_was_written(people: People, plan: Plan) -> None:
    made = book_for(ask(plan, people, 2), people.welfare)
    book = uploads.read(made, "回答.xlsx")
    names = [sheet.name for sheet in book.sheets]
    assert names == openpyxl.load_workbook(BytesIO(made)).sheetnames
    about = next(sheet for sheet in book.sheets if sheet.name == layout.ABOUT)
    assert about.rows[0][:2] == [layout.FORMAT, layout.VERSION_OF_FORMAT]
    (figures,) = [sheet for sheet in book.sheets if sheet.name == layout.FIGURES]
    place = next(place for place, row in enumerate(figures.rows) if layout.KEY in row)
    value = figures.rows[place].index("value")
    assert [row[value] for row in figures.rows[place + 2 :]] == [2_000_001, 2_000_002]


def test_the_board_prints_on_a4(soffice: str, tmp_path: Path, people: People, plan: Plan) -> None:
    for number in range(60):
        section = make.make_department(people.kita, f"第{number}課", parent=people.division)
        make.make_report(make.make_row(make.make_action(plan), [section]), state="submitted")
    asked = make.make_request(plan)
    Reply.objects.create(
        request=asked,
        department=people.kita.departments.last(),
        decided_on=timezone.localdate(),
        document_number="福第1号の2（健康増進に係る回答）",
    )
    board = Board(asked)
    made = board_workbook(board, board.arranged(), is_chosen=False)
    pages = pdf_pages(soffice, made, tmp_path)
    assert set(paper(tmp_path)) == {(841, 595)}
    assert all("期限切れ" in page for page in pages)
    text = "".join(pages)
    assert all(f"第{number}課" in text for number in range(60))
    assert "###" not in text
    assert too_low(soffice, made, tmp_path) == []
