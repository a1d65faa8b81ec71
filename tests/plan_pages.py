"""Workbooks of plans as people fill them in, and the pages on which they bring them."""

from collections.abc import Callable, Iterable
from io import BytesIO

import openpyxl
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from openpyxl.worksheet.worksheet import Worksheet

from exchange.plan_book.workbook import template_workbook
from exchange.sheets.book import XLSX
from municipalities.models import Municipality

START = "admin:plans_plan_import"


def edited(content: bytes, edit: Callable[[openpyxl.Workbook], object]) -> bytes:
    """Return a workbook after a person has changed something in it."""
    book = openpyxl.load_workbook(BytesIO(content))
    edit(book)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def cell_of(sheet: Worksheet, heading: str, row: int = 1) -> openpyxl.cell.Cell:
    """Return the cell under a heading (upright: beside it), the `row`th below it."""
    for cells in sheet.iter_rows(max_row=60):
        for cell in cells:
            if cell.value == heading:
                is_upright = sheet.title == "計画"
                return cell.offset(0, 1) if is_upright else cell.offset(row, 0)
    raise LookupError(heading)


def write(sheet: Worksheet, rows: Iterable[dict[str, object]]) -> None:
    """Fill in the rows of a sheet by the headings."""
    for number, row in enumerate(rows, start=1):
        for heading, value in row.items():
            cell_of(sheet, heading, number).value = value


def filled_template(**sheets: list[dict[str, object]]) -> bytes:
    """Return the template as a person filled it in: sheet=rows by heading."""

    def fill(book: openpyxl.Workbook) -> None:
        for name, rows in sheets.items():
            write(book[name], rows)

    return edited(template_workbook(), fill)


PARK_PLAN: dict[str, list[dict[str, object]]] = {
    "計画": [
        {
            "アドレス名": "parks",
            "計画名": "公園計画",
            "開始年度": "令和6年度",
            "終了年度": "令和10年度",
        }
    ],
    "基本目標": [{"コード": "1", "番号の表記": "基本目標1", "題名": "遊べるまち"}],
    "系列": [{"コード": "parks", "名称": "公園の数", "単位": "か所"}],
    "指標": [
        {
            "コード": "1-1",
            "付ける段": "基本目標 1",
            "系列": "parks",
            "基準値": "12",
            "基準年度": "令和5年度",
        }
    ],
    "目標": [{"指標": "1-1", "目標年度": "R10", "目標値": "20", "種類": "以上"}],
}
"""A small plan as a person would type it: five sheets, a direction left open."""


def send(
    client: Client,
    town: Municipality,
    content: bytes,
    name: str = "計画.xlsx",
    reason: str = "",
) -> HttpResponse:
    """Upload a workbook; the answer leads to its preview, or is the form with its errors."""
    file = SimpleUploadedFile(name, content, content_type=XLSX)
    fields = {"municipality": town.pk, "file": file, "reason": reason}
    return client.post(reverse(START), fields)


def soup(answer: HttpResponse) -> BeautifulSoup:
    return BeautifulSoup(answer.content, "html.parser")


def words(answer: HttpResponse) -> str:
    """Return the text of a page, its messages included, blanks folded."""
    return " ".join(soup(answer).select_one("main").get_text(" ").split())


def confirm(client: Client, preview_url: str, page: BeautifulSoup | None = None) -> HttpResponse:
    """Press the button of a preview (of an earlier look at it: `page`), and follow."""
    page = page or soup(client.get(preview_url))
    shown = page.select_one("#confirm-form input[name=fingerprint]")["value"]
    return client.post(preview_url, {"confirm": "1", "fingerprint": shown}, follow=True)
