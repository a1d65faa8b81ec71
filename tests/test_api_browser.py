"""The page of the API in a real browser: accessible, within the policy, and its form works."""

import pytest
from playwright.sync_api import Error

from .browser import Page, problems_of

pytestmark = pytest.mark.browser
PLAN = "/api/v1/plans/mihon/mirai/"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/", 200),
        ("/api/v1/municipalities/", 200),
        (PLAN, 200),
        (f"{PLAN}values/?page_size=20&page=2", 200),
        (f"{PLAN}indicators/0-1/", 200),
        (f"{PLAN}values/?period=spring&fiscal_year=x", 400),
        (f"{PLAN}nowhere/", 404),
    ],
)
def test_the_page_is_accessible_fits_a_phone_and_obeys_the_policy(
    site: str, page: Page, path: str, status: int
) -> None:
    assert problems_of(page, site + path, status) == []


def test_one_goes_along_the_links_and_asks_by_the_form(site: str, page: Page) -> None:
    page.goto(f"{site}/mihon/mirai/data/")
    page.get_by_role("link", name="必要な行だけを読む（API）").click()
    assert page.url == site + PLAN
    page.get_by_role("link", name=f"{PLAN}values/").click()
    assert page.get_by_role("heading", level=1).inner_text() == "実績値"
    page.get_by_text("条件を付ける").click()
    page.get_by_label("年度 fiscal_year").fill("2023")
    page.get_by_label("時期コード").select_option("年度末実績")
    page.get_by_label("1ページの件数").fill("5")
    page.get_by_role("button", name="この条件で読む").click()
    text = page.locator("pre").inner_text()
    assert '"fiscal_year": 2023' in text
    assert '"fiscal_year": 2022' not in text
    page.get_by_role("link", name="次のページ").click()
    assert page.url == f"{site}{PLAN}values/?fiscal_year=2023&page=2&page_size=5&period=year_end"
    assert page.get_by_text("この自治体と数値は架空です。").is_visible()
    page.get_by_role("link", name="JSONで開く").click()
    assert page.evaluate("document.contentType") == "application/json"


def test_a_mistake_is_shown_beside_its_field(site: str, page: Page) -> None:
    page.goto(f"{site}{PLAN}values/?fiscal_year=R5&period=")
    field = page.get_by_label("年度 fiscal_year")
    assert field.input_value() == "R5"
    assert field.get_attribute("aria-invalid") == "true"
    assert page.get_by_text("有効な整数を入力してください。").first.is_visible()


def test_a_page_of_another_site_reads_it(site: str, page: Page) -> None:
    other = "http://127.0.0.2:8000/"
    page.route(other, lambda route: route.fulfill(body="<title>other</title>"))
    page.context.grant_permissions(["local-network-access"])
    page.goto(other)
    read = "async address => (await fetch(address)).headers.get('ETag')"
    assert page.evaluate(read, f"{site}/api/v1/plans/")
    with pytest.raises(Error, match="Failed to fetch"):
        page.evaluate(read, f"{site}/mihon/")
