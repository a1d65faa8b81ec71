"""The import of a plan in a real browser, without JavaScript and on a phone."""

import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Page

from plans.models import Plan

from . import factories as make
from .browser import Browser, problems_of
from .people import make_people
from .plan_pages import PARK_PLAN, cell_of, edited, filled_template

BOOK = "parks.xlsx"


def sign_in(page: Page, address: str) -> None:
    page.goto(f"{address}/admin/login/")
    page.fill("#id_username", "planner")
    page.fill("#id_password", make.PASSWORD)
    page.press("#id_password", "Enter")
    page.wait_for_load_state()


def upload(page: Page, address: str, file: Path) -> None:
    page.goto(f"{address}/admin/plans/plan/")
    page.get_by_role("link", name="計画をExcelから取り込む").click()
    page.set_input_files("#id_file", file)
    page.get_by_label("変更理由").fill("初めての取込")
    page.get_by_role("button", name="アップロードして確かめる").click()
    page.wait_for_load_state()


def spoil(book: openpyxl.Workbook) -> None:
    cell_of(book["目標"], "目標値").value = "たくさん" * 40
    cell_of(book["指標"], "付ける段").value = "基本目標 9"


def kinds(problems: list[tuple[int, str]]) -> set[tuple[int, str]]:
    """Return problems without how often they occur; those of Django's own pages are not ours."""
    return {(width, re.sub(r" \(\d+×\)", "", what)) for width, what in problems}


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_plan_is_imported_without_javascript(
    live_server: Any, chromium: Browser, tmp_path: Path
) -> None:
    make_people()
    (tmp_path / BOOK).write_bytes(filled_template(**PARK_PLAN))
    context = chromium.new_context(
        locale="ja-JP", java_script_enabled=False, viewport={"width": 390, "height": 844}
    )
    page = context.new_page()
    sign_in(page, live_server.url)
    upload(page, live_server.url, tmp_path / BOOK)
    page.get_by_role("button", name="この内容で取り込む").click()
    page.get_by_text("新しい計画「公園計画」を素案としてつくりました").wait_for()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Excelに書き出す").click()
    assert waiting.value.suggested_filename == "きた市_公園計画.xlsx"
    context.close()
    assert Plan.objects.get().slug == "parks"


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_pages_are_accessible_and_fit_a_phone(
    live_server: Any, page: Page, tmp_path: Path
) -> None:
    make_people()
    sheets = PARK_PLAN | {"計画": [PARK_PLAN["計画"][0] | {"上位計画": "sogo"}]}
    content = filled_template(**sheets)
    sign_in(page, live_server.url)
    frame = kinds(problems_of(page, f"{live_server.url}/admin/password_change/"))
    found = problems_of(page, f"{live_server.url}/admin/plans/plan/import/")
    for book in (content, edited(content, spoil)):
        (tmp_path / BOOK).write_bytes(book)
        upload(page, live_server.url, tmp_path / BOOK)
        found += problems_of(page, page.url)
    with page.expect_download() as waiting:
        page.get_by_role("link", name="印を付けたブックを受け取る").click()
    assert waiting.value.suggested_filename == "きた市_取込結果.xlsx"
    assert kinds(found) - frame == set()
