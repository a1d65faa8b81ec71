"""Entry workbooks go through LibreOffice, disturbed as people disturb them: what was typed arrives,
or the reason why not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl.worksheet.worksheet import Worksheet

from exchange.entry_book.keeping import Brought, bring
from exchange.entry_book.taking import Kind
from indicators.models import Actual
from measures.models import ProgressReport, ReportColumn
from plans.models import Plan
from rounds.models import Request

from . import factories as make
from .entry_books import Filled
from .filled_workbooks import book_for
from .office import convert_all
from .people import People, make_people

pytestmark = pytest.mark.django_db
XLSX = "xlsx:Calc MS Excel 2007 XML"
TEXTS = (
    "=SUM(A1:A3)",
    "'引用符から始まる",
    "0012",
    "_x0041_と_x000D_",
    "一行目\n\n三行目",
    "+5％",
    "長い文。" * 700,
    "<b>&amp;",
)


class Town:
    """A request with figures and reports of the welfare section, all saved once."""

    def __init__(self) -> None:
        self.people: People = make_people()
        self.plan: Plan = make.make_plan(self.people.kita)
        make.make_scheme(plan=self.plan)
        self.series = [
            make.make_indicator(
                self.plan,
                make.make_series(self.people.kita, **about),
                departments=[self.people.welfare],
            ).series
            for about in (
                {},
                {"decimals": 2, "unit": "トン"},
                {"decimals": 1, "unit": "％"},
                {},
                {},
            )
        ]
        make.make_actual(self.series[0], value=1200, state="draft")
        make.make_actual(self.series[1], value="12.3", state="draft", note="=A1")
        make.make_actual(self.series[2], value="56.7", state="draft", is_provisional=True)
        make.make_actual(
            self.series[3],
            value=None,
            missing_reason="not_compiled",
            expected_on=date(2024, 8, 1),
            state="draft",
        )
        rows = [make.make_row(make.make_action(self.plan), [self.people.welfare]) for _ in TEXTS]
        make.make_column(self.plan, "result", kind=ReportColumn.Kind.TEXT)
        make.make_column(self.plan, "rating", kind=ReportColumn.Kind.RATING)
        make.make_column(self.plan, "places", kind=ReportColumn.Kind.LIST)
        band = self.plan.schemes.first().scheme.bands.last()
        for place, (row, text) in enumerate(zip(rows, TEXTS, strict=True)):
            make.make_report(
                row,
                result=text,
                rating=band if place % 2 else None,
                extra={"places": ["一つ", "二つ"]} if place % 3 else {},
                state="checked" if place > len(TEXTS) // 2 else "draft",
            )
            make.make_report(row, fiscal_year=2022, result=f"前の年の文。{text}")
        self.asked: Request = make.make_request(self.plan)
        self.figures = [f"series-{each.pk}" for each in self.series]
        self.reports = [f"report-{row.pk}" for row in rows]

    def book(self) -> Filled:
        return Filled(book_for(self.asked, self.people.welfare))

    def bring(self, content: bytes) -> Brought:
        return bring(self.asked, content, "回答.xlsx", by=self.people.entry)


def told(brought: Brought) -> str:
    """Return the sum and all that is wrong, in words."""
    counts = [f"{kind.label}{count}" for kind, count in brought.taken.counts.items() if count]
    said = [f"{one.place} {one.message}" for one in brought.taken.complaints]
    changes = [
        f"{row.name} {change.label}:{change.before}→{change.after}"
        for row in brought.taken.rows
        for change in row.changes
    ]
    return " / ".join([*counts, *said, *changes, *brought.taken.book.notes])


def sheet_of(book: Filled, key: str) -> Worksheet:
    return book.cell(key, "#key").parent


# --- Disturbances: what somebody does to the workbook, and what must be said of it ----------------


def nothing(book: Filled, town: Town) -> list[str]:
    return ["変更なし13"]


def turned(sheet: Worksheet, first: int) -> None:
    """Put the rows from `first` on into the opposite order; texts stay texts."""
    rows = [[(cell.value, cell.data_type) for cell in row] for row in sheet.iter_rows(first)]
    for number, cells in enumerate(reversed(rows), first):
        for column, (value, kind) in enumerate(cells, 1):
            cell = sheet.cell(number, column)
            cell.value, cell.data_type = value, kind


def sorted_backwards(book: Filled, town: Town) -> list[str]:
    for sheet, technical, _ids in book.sheets():
        turned(sheet, technical + 2)
    book.fill(town.figures[0], value=1300)
    return ["変更1 / 変更なし12", "→1300"]


def sorted_with_the_headings(book: Filled, town: Town) -> list[str]:
    """The technical row ends up below the rows."""
    for sheet, technical, _ids in book.sheets():
        turned(sheet, technical)
    return ["変更なし13"]


def columns_put_in(book: Filled, town: Town) -> list[str]:
    for sheet, _technical, _ids in list(book.sheets()):
        sheet.insert_cols(1, 2)
        sheet.insert_cols(6)
    sheet, row = sheet_of(book, town.figures[0]), book.cell(town.figures[0], "#key").row
    sheet.cell(row, 6).value = "担当者のメモ"
    book.fill(town.figures[0], value=1300)
    return ["変更1 / 変更なし12", "→1300", "足された列"]


def renamed(book: Filled, town: Town) -> list[str]:
    for number, (sheet, _technical, _ids) in enumerate(list(book.sheets())):
        sheet.title = f"回答（福祉課）{number}"
    return ["変更なし13"]


def rows_deleted(book: Filled, town: Town) -> list[str]:
    for key in (town.figures[1], town.reports[0]):
        sheet_of(book, key).delete_rows(book.cell(key, "#key").row)
    book.fill(town.figures[0], value=1300)
    return ["変更1 / 変更なし10", "→1300", "書き出した後に、2行が削除されています（"]


def numbers_as_text(book: Filled, town: Town) -> list[str]:
    book.fill(town.figures[0], value="1,250")
    book.fill(town.figures[1], value="12.30")
    book.fill(town.figures[4], value="0")
    return ["新規1 / 変更1 / 変更なし11", "→1250", "→0"]


def formulas(book: Filled, town: Town) -> list[str]:
    book.fill(town.figures[0], value="=1000+250")
    book.fill(town.figures[1], value="=0.1+0.2")
    book.fill(town.figures[4], value="=2*21")
    return ["新規1 / 変更2 / 変更なし10", "→1250", "→0.3", "→42"]


def broken_formulas(book: Filled, town: Town) -> list[str]:
    book.fill(town.figures[0], value="=1/0")
    book.fill(town.figures[1], value="=1/3")
    return ["変更なし11 / 誤り2", "式の結果が「#DIV/0!」", "小数"]


def merged(book: Filled, town: Town) -> list[str]:
    first = book.cell(town.figures[0], "note")
    second = book.cell(town.figures[1], "note")
    first.parent.merge_cells(f"{first.coordinate}:{second.coordinate}")
    return ["変更なし12 / 誤り1", "結合されているため"]


def full_width(book: Filled, town: Town) -> list[str]:
    book.fill(town.figures[0], value="１，２５０")
    book.fill(town.figures[1], value="▲１２．５")
    book.fill(town.figures[4], value="△3")
    return ["新規1 / 変更2 / 変更なし10", "→1250", "→-12.5", "→-3"]


def months(book: Filled, town: Town) -> list[str]:
    book.fill(town.figures[3], expected_on=date(2024, 9, 1))
    book.fill(town.figures[4], missing_reason="未集計", expected_on="令和６年１０月")
    return ["新規1 / 変更1 / 変更なし11", "→2024-09", "→2024-10"]


def fiscal_years(book: Filled, town: Town) -> list[str]:
    book.fill(town.figures[3], expected_on="令和6年度")
    book.fill(town.figures[0], value=date(2024, 4, 1))
    return ["変更なし11 / 誤り2", "「令和6年度」は年月ではありません", "日付か時刻（2024-04-01）"]


def percents(book: Filled, town: Town) -> list[str]:
    book.fill(town.figures[2], value=0.605)
    book.cell(town.figures[2], "value").number_format = "0.0%"
    return ["変更1 / 変更なし12", "→60.5"]


def locked_rows_changed(book: Filled, town: Town) -> list[str]:
    book.fill(town.reports[-1], result="承認された文を直した")
    return ["変更なし12 / 変更できない行1"]


def words(book: Filled, town: Town) -> list[str]:
    book.fill(town.reports[0], rating="ａ", places="三つ\n四つ\n", result=" 前後の空白 ")
    book.fill(town.figures[0], is_provisional="〇")
    return ["変更2 / 変更なし11", "→A", "→三つ", "→前後の空白", "→はい"]


DISTURBANCES: tuple[Callable[[Filled, Town], list[str]], ...] = (
    nothing,
    sorted_backwards,
    sorted_with_the_headings,
    columns_put_in,
    renamed,
    rows_deleted,
    numbers_as_text,
    formulas,
    broken_formulas,
    merged,
    full_width,
    months,
    fiscal_years,
    percents,
    locked_rows_changed,
    words,
)


def test_what_people_do_to_a_workbook_is_survived_or_explained(
    soffice: str, tmp_path: Path
) -> None:
    town = Town()
    sources, expected = [], []
    for disturb in DISTURBANCES:
        book = town.book()
        expected.append(disturb(book, town))
        source = tmp_path / f"{disturb.__name__}.xlsx"
        source.write_bytes(book.to_bytes())
        sources.append(source)
    found: dict[str, Any] = {}
    for disturb, saved, texts in zip(
        DISTURBANCES, convert_all(soffice, sources, XLSX), expected, strict=True
    ):
        brought = town.bring(saved.read_bytes())
        said = told(brought)
        missing = [text for text in texts if text not in said]
        if missing:
            found[disturb.__name__] = (missing, said)
        counts = brought.taken.counts
        assert sum(counts.values()) == len(brought.taken.book.rows)
        assert set(counts) == set(Kind)
    assert found == {}


def test_what_was_typed_there_is_written(soffice: str, tmp_path: Path) -> None:
    town = Town()
    book = town.book().fill(town.figures[0], value="=1000+250", note="一行目\n二行目")
    book.fill(town.reports[1], result="改めた文。\n=二行目", rating="A 評価A")
    source = tmp_path / "filled.xlsx"
    source.write_bytes(book.to_bytes())
    (saved,) = convert_all(soffice, [source], XLSX)
    content = saved.read_bytes()
    seen = town.bring(content).taken.fingerprint
    brought = bring(town.asked, content, "回答.xlsx", by=town.people.entry, seen=seen)
    assert brought.kept is not None
    assert (brought.kept.rows, brought.kept.written, brought.kept.unchanged) == (13, 2, 11)
    figure = Actual.objects.get(series=town.series[0], fiscal_year=2023)
    assert (figure.value, figure.note) == (1250, "一行目\n二行目")
    report = ProgressReport.objects.get(
        row=town.reports[1].removeprefix("report-"), fiscal_year=2023
    )
    assert (report.result, report.rating.symbol) == ("改めた文。\n=二行目", "A")
    assert town.bring(book_for(town.asked, town.people.welfare)).taken.counts[Kind.UNCHANGED] == 13
