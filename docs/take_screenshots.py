"""Take the screenshots of the manual again, from the sample town of a fresh trial.

Usage: python docs/take_screenshots.py http://127.0.0.1:8000 planner .trial/demo_password

The account is a planner's; nothing is kept: uploaded files are cancelled, and the request that is
prepared is deleted again. Buttons are found by the names the manual calls them, so that a renamed
button stops the script.
"""

from __future__ import annotations

import argparse
import math
import tempfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from openpyxl import Workbook, load_workbook
from playwright.sync_api import Page, sync_playwright

IMAGES = Path(__file__).resolve().parent / "images"
WIDTH = 1280
PLAN, STRATEGY = "みほん市みらい計画", "みほん市みらい総合戦略（架空） 改訂版"
LAST_YEAR = "令和9年度"
SECTION = "企画課"
SOON = f"{date.today() + timedelta(days=5):%Y-%m-%d}"
CHROMIUM = "/usr/bin/chromium"


class Camera:
    """A browser window in which a planner is logged in."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address.rstrip("/")

    def log_in(self, account: str, password: str) -> None:
        self.go("/admin/login/")
        self.page.fill("#id_username", account)
        self.page.fill("#id_password", password)
        self.page.press("#id_password", "Enter")
        self.page.get_by_role("link", name="ログアウト").or_(
            self.page.get_by_role("button", name="ログアウト")
        ).wait_for()

    def go(self, path: str) -> None:
        self.page.goto(self.address + path)

    def follow(self, name: str, within: str = "#content-main") -> None:
        """Follow the first link of exactly this name and wait for its page."""
        self.page.locator(within).get_by_role("link", name=name, exact=True).first.click()
        self.page.wait_for_load_state("load")

    def follow_button(self, name: str) -> None:
        """Follow the first button of a task; for screen readers it goes on with the task."""
        self.page.locator(".task-links a.button").filter(has_text=name).first.click()
        self.page.wait_for_load_state("load")

    def press(self, name: str) -> None:
        """Press a button and wait for the answer."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=name, exact=True).first.click()

    def open_plan(self, name: str) -> None:
        self.go("/admin/plans/plan/?q=みほん市")
        self.follow(name)

    def take(self, name: str, top: str = "#content", height: int = 800, bottom: str = "") -> None:
        """Keep the page from element `top` on: `height` px, or to the end of element `bottom`."""
        self.page.mouse.move(0, 0)  # nothing is shown as pointed at
        first = self._edges(top)[0]
        last = self._edges(bottom)[1] if bottom else first + height
        whole = self.page.evaluate("document.documentElement.scrollHeight")
        self.page.screenshot(
            path=IMAGES / f"{name}.png",
            full_page=True,
            clip={"x": 0, "y": first, "width": WIDTH, "height": min(last, whole) - first},
        )

    def _edges(self, selector: str) -> tuple[int, int]:
        box = self.page.locator(selector).first.bounding_box()
        if box is None:
            raise SystemExit(f"Nothing to see of {selector} at {self.page.url}")
        y = box["y"] + self.page.evaluate("window.scrollY")
        return max(0, math.floor(y) - 10), math.ceil(y + box["height"]) + 10


def columns(camera: Camera) -> None:
    camera.open_plan(PLAN)
    camera.follow("進捗管理シートの様式")
    camera.take("columns", height=760)


def take_over(camera: Camera) -> None:
    camera.go("/admin/measures/progressreport/")
    camera.follow("前年度の文を引き継ぐ")
    camera.page.select_option("#id_plan", label=PLAN)
    camera.page.fill("#id_fiscal_year", "R8")
    camera.page.select_option("#id_period", label="年度末実績")
    camera.press("表示")
    camera.take("take-over", height=620)


def report(camera: Camera) -> None:
    camera.go("/admin/measures/progressreport/?taken_over=yes")
    camera.page.locator("#result_list tbody th a").first.click()
    camera.page.get_by_label("このままでよい").first.wait_for()
    camera.take("report", height=1000)


def publish(camera: Camera) -> None:
    camera.go("/admin/rounds/publication/")
    camera.follow("公表する")
    camera.page.select_option("#id_plan", label=PLAN)
    camera.page.select_option("#id_kind", label="公表版")
    camera.page.fill("#id_fiscal_year", "R8")
    camera.page.select_option("#id_period", label="9月末実績")
    camera.press("公表する内容を確かめる")
    camera.take("publish", bottom="#publish-form .submit-row")


def policy_sheet(camera: Camera) -> None:
    camera.go("/admin/measures/departmentpolicysheet/?fiscal_year=2026")
    camera.follow("企画部")
    camera.take("policy-sheet", top="#content", bottom="#priority_issues-0")


def review_comment(camera: Camera) -> None:
    camera.open_plan(PLAN)
    camera.follow("外部評価の意見を加える")
    camera.take("review-comment", height=840)


def successor(camera: Camera) -> None:
    camera.open_plan(PLAN)
    camera.follow("次の計画・改訂版をつくる")
    camera.take("successor", height=900)
    camera.press("件数を確かめる")
    camera.take("successor-count", top="#extent", bottom="#successor-form .submit-row")


def correspondences(camera: Camera) -> None:
    camera.open_plan(STRATEGY)
    camera.follow("新旧の対応を編集")
    camera.take("correspondences", height=800)


def revision_table(camera: Camera) -> None:
    camera.open_plan(STRATEGY)
    camera.follow("新旧対照表")
    camera.take("revision-table", top="table.revision", height=620)


def _fill_in(book: Workbook) -> None:
    """Change a title and a target, as the manual tells."""
    book["基本目標"]["C5"] = "こどもの声が聞こえるまち"
    targets = book["目標"]
    years = (row for row in targets.iter_rows(min_row=5) if row[1].value == LAST_YEAR)
    next(row for row in years if row[3].value)[3].value *= 2


def _mistype(book: Workbook) -> None:
    _fill_in(book)
    book["目標"]["D6"] = "2割くらい"
    book["指標"]["D5"] = "施策 99"


def _upload(camera: Camera, edit: Callable[[Workbook], None]) -> None:
    """Take the plan out, change it and bring it to the preview."""
    camera.open_plan(PLAN)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "みほん市_みほん市みらい計画.xlsx"
        with camera.page.expect_download() as coming:
            camera.page.get_by_role("link", name="Excelに書き出す", exact=True).click()
        coming.value.save_as(path)
        book = load_workbook(path)
        edit(book)
        book.save(path)
        camera.follow("Excelから取り込む")
        camera.page.set_input_files("#id_file", path)
        camera.page.fill("#id_reason", "中間見直しの準備")
        camera.press("アップロードして確かめる")


def plan_import(camera: Camera) -> None:
    camera.go("/admin/plans/plan/")
    camera.follow("計画をExcelから取り込む")
    camera.take("plan-import", bottom="#import-form .submit-row")


def plan_preview(camera: Camera) -> None:
    _upload(camera, _fill_in)
    camera.take("plan-import-preview", bottom="#confirm-form .submit-row")
    camera.take("plan-import-changes", top="#changes", bottom="#changes")
    camera.press("取り消す")


def plan_errors(camera: Camera) -> None:
    _upload(camera, _mistype)
    camera.take("plan-import-errors", bottom="#complaints")
    camera.press("取り消す")


def home_planner(camera: Camera) -> None:
    camera.go("/admin/")
    camera.take("home-planner", bottom=".home-panel")


def request(camera: Camera) -> None:
    """Prepare a request of the section of the trial's accounts; it is not sent."""
    camera.go("/admin/rounds/request/")
    camera.follow("照会をつくる", within="#content")
    page = camera.page
    page.fill("#id_fiscal_year", "R8")
    page.select_option("#id_period", label="年度末実績")
    page.locator("#request-plans label").filter(has_text=PLAN).locator("input").check()
    page.fill("#id_deadline", SOON)
    page.get_by_label("すべて（回答するものがある課のすべて）").uncheck()
    sections = page.locator("#request-sections .request-division label")
    sections.filter(has_text=SECTION).locator("input").check()
    camera.take("request-form", bottom="#request-form fieldset.module")
    camera.press("保存して内容を確かめる")
    camera.take("request-preview", height=760)
    camera.press("この準備中の照会を削除する")


def board(camera: Camera) -> None:
    camera.go("/admin/")
    camera.follow_button("回答状況を見る")
    camera.take("board", top="#replied", height=1000)


def home_entry(camera: Camera) -> None:
    camera.go("/admin/")
    camera.take("home-entry", height=420)


def entry_sheet(camera: Camera) -> None:
    """A sheet on which somebody has begun to type; nothing is saved."""
    camera.go("/admin/")
    camera.follow_button("入力する")
    camera.page.locator("[data-col=value] input").nth(1).fill("77.4")
    camera.page.wait_for_timeout(3000)
    camera.take("entry-sheet", height=900)
    camera.page.once("dialog", lambda dialog: dialog.accept())
    camera.page.reload()
    camera.press("下書きを破棄")


def home_approver(camera: Camera) -> None:
    camera.go("/admin/")
    camera.take("home-approver", height=420)


PICTURES: tuple[Callable[[Camera], None], ...] = (
    columns,
    take_over,
    report,
    publish,
    policy_sheet,
    review_comment,
    successor,
    correspondences,
    revision_table,
    plan_import,
    plan_preview,
    plan_errors,
    home_planner,
    request,
    board,
)
# Of the trial's other accounts, whose password is the same.
OTHERS: dict[str, tuple[Callable[[Camera], None], ...]] = {
    "entry": (home_entry, entry_sheet),
    "approver": (home_approver,),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address", help="of the running trial")
    parser.add_argument("account", help="a planner of the sample town")
    parser.add_argument("password_file", type=Path)
    parser.add_argument("--only", default="", help="the name of one picture")
    given = parser.parse_args()
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM if Path(CHROMIUM).exists() else None,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        password = given.password_file.read_text().strip()
        for account, pictures in {given.account: PICTURES, **OTHERS}.items():
            wanted = [each for each in pictures if given.only in ("", each.__name__)]
            if not wanted:
                continue
            page = browser.new_page(
                viewport={"width": WIDTH, "height": 900}, locale="ja-JP", timezone_id="Asia/Tokyo"
            )
            # The menu beside the page takes room and teaches nothing.
            page.add_init_script("localStorage.setItem('django.admin.navSidebarIsOpen', 'false')")
            page.set_default_timeout(60_000)
            camera = Camera(page, given.address)
            camera.log_in(account, password)
            for picture in wanted:
                picture(camera)
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
