"""Workbooks of plans for the tests: changed cell by cell, and compared with what is stored."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

from openpyxl import Workbook, load_workbook

from exchange.plan_book.exporting import filled
from exchange.plan_book.importing import Outcome, import_plan
from exchange.plan_book.table import Status
from exchange.plan_book.workbook import plan_workbook
from municipalities.models import Municipality
from municipalities.uploads import read
from plans.models import Plan
from rounds.fixture_files import as_text, plans_of

# What is said of a plan's life here, not of the plan: published, closed, worked on, waiting.
LEFT_OUT_MODELS = ("rounds.", "plans.yearlock")
LEFT_OUT_FIELDS = {"stage", "version", "updated_at"}


def bring(
    content: bytes, town: Municipality, *, by: Any = None, name: str = "plan.xlsx", **options: Any
) -> Outcome:
    return import_plan(read(content, name), town, by=by, **options)


def copy_to(plan: Plan, town: Municipality) -> Plan:
    """Import the export of a plan into another town, and return the plan there."""
    outcome = bring(plan_workbook(plan), town)
    assert outcome.complaints == []
    assert outcome.plan is not None
    return outcome.plan


def cells_of(plan: Plan) -> dict[str, tuple[list[str], list[list[Any]]]]:
    """Return sheet → headings and rows, as an export writes them."""
    return {sheet.table.sheet: (sheet.headings, sheet.rows) for sheet in filled(plan)}


def stored_rows(plan: Plan) -> list[Any]:
    """Return everything stored of a plan, with natural keys and without the name of its town."""
    text = as_text(plans_of([Plan.objects.get(pk=plan.pk)]))
    slug = plan.municipality.slug
    text = text.replace(f'"{slug}"', '"TOWN"')
    for scheme in plan.municipality.rating_schemes.all():  # they bear the name of their town
        text = text.replace(f'"{scheme.code}"', f'"{scheme.code.removeprefix(f"{slug}-")}"')
    rows = [row for row in json.loads(text) if not row["model"].startswith(LEFT_OUT_MODELS)]
    for row in rows:
        for name in LEFT_OUT_FIELDS:
            row["fields"].pop(name, None)
    return sorted(rows, key=lambda row: json.dumps(row, sort_keys=True))


def counts(outcome: Outcome) -> dict[str, int]:
    """Return the counts that are not zero."""
    return {str(status): number for status, number in outcome.counts.items() if number}


ALL_UNCHANGED = {str(Status.UNCHANGED)}


def changed(content: bytes, cells: dict[tuple[str, str], Any]) -> bytes:
    """Return a workbook with other values in some cells: {("実績", "E5"): 12}."""
    book = load_workbook(BytesIO(content))
    for (sheet, place), value in cells.items():
        book[sheet][place] = value
    return saved(book)


def saved(book: Workbook) -> bytes:
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def book_of(sheets: dict[str, list[list[Any]]]) -> bytes:
    """Return a workbook of plain sheets, as somebody would type them."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    return saved(book)


def form(**fields: Any) -> list[list[Any]]:
    """Return the upright sheet of the plan, from its headings."""
    return [["項目", "内容"], *([name, value] for name, value in fields.items())]


def small(**sheets: list[list[Any]]) -> dict[str, list[list[Any]]]:
    """Return a plan with one policy, one indicator, a target and two years, as typed."""
    return {
        "計画": form(アドレス名="shin", 計画名="新しい計画", 開始年度="R6", 終了年度="令和10年度"),
        "基本目標": [["コード", "題名"], ["1", "くらし"]],
        "政策": [["コード", "題名", "上の段"], ["1-1", "遊び場", "基本目標 1"]],
        "組織": [["コード", "名称"], ["kodomo", "こども課"]],
        "系列": [["コード", "名称", "単位", "所管課"], ["parks", "公園の数", "か所", "kodomo"]],
        "指標": [
            ["コード", "付ける段", "系列", "担当課", "基準値", "基準年度"],
            ["1-1-1", "1-1", "parks", "こども課", 12, "R5"],
        ],
        "目標": [["指標", "目標年度", "目標値"], ["1-1-1", "R10", "20以上"]],
        "実績": [["系列", "時期", "令和6年度", "R7"], ["parks", None, 14, "未集計"]],
    } | sheets
