"""The workbooks of the reports: hostile names, long texts, many years, charts, paper."""

from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from exchange import reports
from exchange.sheets import A3, texts
from measures.models import ReportColumn
from plans.choices import WorkState
from plans.models import Plan

from . import factories as make
from .office import pdf_pages, too_low
from .public_pages import publish_year

pytestmark = pytest.mark.django_db
HOSTILE = [
    '=HYPERLINK("http://example.com","x")',
    "+1+1",
    "-1",
    "@SUM(A1)",
    "1-2",
    "_x0041_",
    "&P & &N",
    "[a]:*?/\\b",
]
LONG = "市民と行政が力を合わせ、だれもが安心して暮らせるまちをつくる。ＩＣＴとDXを生かす。\n" * 40


def book_of(kind: str, plan: Plan, year: int = 2023, **options: Any) -> Any:
    edition = reports.working(plan, year)
    return openpyxl.load_workbook(BytesIO(content(kind, edition, **options)))


def content(kind: str, edition: reports.Edition, **options: Any) -> bytes:
    return reports.make(kind, edition, reports.Options(**options)).content


def cells(book: Any) -> list[Any]:
    return [cell for sheet in book for row in sheet.iter_rows() for cell in row]


def make_hostile_plan(words: str) -> Plan:
    """A plan in which every name and text is `words`."""
    town = make.make_municipality(name="きた市")
    section = make.make_department(town, words[:60])
    plan = make.make_plan(town, title=words, start_fiscal_year=2022)
    goal = make.make_goal(plan, title=words, label=words[:40], code="g")
    series = make.make_series(town, name=words, unit=words[:20])
    indicator = make.make_indicator(plan, series, [section], basic_goal=goal, label=words[:40])
    make.make_target(indicator, kind="text", value=None, text=words)
    make.make_actual(series, 2023, 110, note=words)
    measure = make.make_measure(plan, basic_goal=goal, title=words, label=words[:40])
    row = make.make_row(make.make_action(plan, measure=measure, title=words), [section])
    make.make_report(row, result=words, issues=words, projects=[words], direction=words, note=words)
    sheet = make.make_sheet(plan, section, heading=words, role=words, role_items=[words])
    make.make_issue(sheet, title=words, issue=words, approach=words, result=words)
    old = make.make_plan(town, title=words)
    make.make_correspondence(
        plan, old, new_basic_goal=goal, old_basic_goal=make.make_goal(old, title=words)
    )
    return plan


KINDS = list(reports.REPORTS)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("words", HOSTILE)
def test_names_stay_text_whatever_they_begin_with(kind: str, words: str) -> None:
    book = book_of(kind, make_hostile_plan(words), number=words)
    found = cells(book)
    assert {cell.data_type for cell in found} <= {"s", "n"}
    assert any(words in str(cell.value) for cell in found)
    for cell in found:
        if cell.data_type == "s" and texts.clean(words) == cell.value:
            assert cell.quotePrefix
    for sheet in book:
        assert sheet.oddHeader.right.text == words.replace("&", "&&")


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_needs_a_function_or_asks_for_links(kind: str) -> None:
    book = book_of(kind, make_hostile_plan("まち"))
    assert not any(cell.data_type == "f" or cell.hyperlink for cell in cells(book))


@pytest.mark.parametrize("kind", KINDS)
def test_every_sheet_is_ready_to_print(kind: str) -> None:
    for sheet in book_of(kind, make_hostile_plan("まち"), number="資料1"):
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.page_setup.paperSize in {8, 9}
        assert sheet.page_margins.left == pytest.approx(20 / 25.4)
        assert sheet.oddFooter.center.text == "&P / &N"
        assert "現在" in sheet.oddFooter.left.text
        assert sheet.oddHeader.right.text == "資料1"
        sizes = {cell.font.sz for row in sheet.iter_rows() for cell in row if cell.value}
        assert min(sizes) >= 9
        names = {cell.font.name for row in sheet.iter_rows() for cell in row if cell.value}
        assert names == {"ＭＳ ゴシック"}


def long_plan() -> Plan:
    plan = make_hostile_plan(LONG[:190].replace("\n", ""))
    report = make.ProgressReport.objects.get()
    report.result, report.issues = LONG, LONG[:500]
    report.save()
    return plan


@pytest.mark.parametrize("kind", KINDS)
def test_long_texts_are_whole_and_rows_are_high_enough(
    soffice: str, tmp_path: Path, kind: str
) -> None:
    made = content(kind, reports.working(long_plan(), 2023))
    book = openpyxl.load_workbook(BytesIO(made))
    for sheet in book:
        heights = [each.height for each in sheet.row_dimensions.values() if each.height]
        assert max(heights) < 409
    if kind == "progress":
        columns = [
            "".join(str(cell.value or "") for cell in column).replace("\n", "")
            for sheet in book
            for column in sheet.iter_cols()
        ]
        assert any(LONG.replace("\n", "") in column for column in columns)
    assert too_low(soffice, made, tmp_path) == []


def test_figures_are_numbers_with_the_decimals_of_their_series() -> None:
    plan = make.make_plan(start_fiscal_year=2023)
    series = make.make_series(plan.municipality, decimals=1)
    indicator = make.make_indicator(plan, series, baseline_value=Decimal("-1234.5"))
    make.make_target(indicator, value=Decimal("0"))
    make.make_actual(series, value=Decimal("0"))
    found = {
        (cell.value, cell.number_format)
        for cell in cells(book_of("indicators", plan))
        if cell.data_type == "n" and cell.value is not None
    }
    assert (-1234.5, "#,##0.0;▲#,##0.0") in found
    assert (0, "#,##0.0;▲#,##0.0") in found
    assert (0, '#,##0.0"以上";▲#,##0.0"以上"') in found


def test_figures_of_reports_are_numbers() -> None:
    plan = make.make_plan()
    make.make_column(plan, "cost", label="決算額", kind=ReportColumn.Kind.NUMBER, unit="千円")
    row = make.make_row(make.make_action(plan))
    make.make_report(row, extra={"cost": "1,200"})
    book = book_of("progress", plan)
    assert any(cell.value == 1200 and cell.data_type == "n" for cell in cells(book))
    assert any(cell.value == "決算額（千円）" for cell in cells(book))


def many_years() -> Plan:
    """Twelve years with figures of seven digits, a target in each."""
    plan = make.make_plan(start_fiscal_year=2015, end_fiscal_year=2030, title="長い計画")
    for number in range(60):
        series = make.make_series(plan.municipality, name=f"指標その{number}")
        indicator = make.make_indicator(plan, series, baseline_value=1)
        make.make_target(indicator, 2030, 9_999_999)
        for year in range(2015, 2027):
            make.make_actual(series, year, 1_234_567 + year)
            make.make_target(indicator, year, 1_500_000)
    return plan


def test_years_that_do_not_fit_go_on_the_next_page(soffice: str, tmp_path: Path) -> None:
    made = content("indicators", reports.working(many_years(), 2026))
    sheet = openpyxl.load_workbook(BytesIO(made))["指標一覧"]
    ends = [each.id for each in sheet.col_breaks.brk]
    assert len(ends) >= 2
    assert sheet.print_title_cols == "$A:$C"
    widths = [
        7 * sheet.column_dimensions[openpyxl.utils.get_column_letter(column)].width
        for column in range(1, sheet.max_column + 1)
    ]
    titles = sum(widths[:3])
    for start, end in zip([3, *ends], [*ends, len(widths)], strict=True):
        assert titles + sum(widths[start:end]) <= A3.room + 1
        assert start == 3 or sheet.cell(5, start + 1).value is not None  # a block begins
    pages = pdf_pages(soffice, made, tmp_path)
    text = "".join(pages)
    assert "###" not in text
    assert text.count("1,236,593") == 60  # 2026, once each
    assert all("指標その" in page for page in pages if "令和8年度" in page)
    lists = [page for page in pages if "番号" in page]
    down = -(-len(lists) // (len(ends) + 1))
    assert len(lists) == down * (len(ends) + 1)  # no page more across than there are breaks


def test_every_goal_has_a_chart_of_its_rates() -> None:
    plan = make.make_plan(start_fiscal_year=2023)
    for number in range(2):
        goal = make.make_goal(plan, title=f"目標{number}")
        indicator = make.make_indicator(plan, basic_goal=goal)
        make.make_target(indicator)
        make.make_actual(indicator.series)
        make.make_indicator(plan, basic_goal=goal)  # without figure: no bar, not a bar of 0
    sheet = book_of("indicators", plan)["グラフ"]
    assert len(sheet._charts) == 2
    values = [cell.value for row in sheet.iter_rows() for cell in row if cell.data_type == "n"]
    assert [value for value in values if value is not None] == [10, 10]


def test_the_counts_have_charts_by_goal_and_by_section() -> None:
    plan = make.make_plan()
    make.make_scheme(plan=plan)
    goal = make.make_goal(plan)
    section = make.make_department(plan.municipality)
    indicator = make.make_indicator(plan, departments=[section], basic_goal=goal)
    make.make_judgement(indicator, plan.schemes.first().scheme.bands.first())
    row = make.make_row(make.make_action(plan, basic_goal=goal), [section])
    make.make_report(row, rating=plan.schemes.first().scheme.bands.last())
    book = book_of("achievement", plan)
    assert len(book.sheetnames) == 4
    assert [len(sheet._charts) for sheet in book] == [1, 1, 1, 1]


def test_an_empty_plan_makes_files_that_say_so() -> None:
    plan = make.make_plan(title="空の計画")
    for kind in KINDS:
        if kind == "revision":
            with pytest.raises(reports.NoEditionError):
                book_of(kind, plan)
        else:
            assert any("ません" in str(cell.value) for cell in cells(book_of(kind, plan))) or (
                kind == "explanations"
            )


def test_citizens_get_only_what_is_for_them() -> None:
    plan = make.make_plan()
    make.make_report(make.make_row(make.make_action(plan)), state=WorkState.CHECKED)
    publish_year(plan)
    for kind in ("indicators", "progress", "policy", "achievement"):
        file = reports.published_report(kind, plan, 2023)
        assert file.name.startswith("R5年度末_")
        book = openpyxl.load_workbook(BytesIO(file.content))
        assert all("公表版" in sheet.oddFooter.left.text for sheet in book)
    with pytest.raises(KeyError):
        reports.published_report("explanations", plan, 2023)
    with pytest.raises(reports.NoEditionError):
        reports.published_report("indicators", plan, 2022)
