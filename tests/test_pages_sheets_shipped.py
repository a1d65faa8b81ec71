"""The sheets of the shipped plans: every row is there."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client

from measures.models import Measure, ReportColumn
from plans.models import Band, PlanScheme

from .public_pages import main_part, read
from .sheet_pages import tables
from .shipped import loaded_for_module

BLANK = "－空欄"
Sheets = dict[str, list[list[str]]]


def sheets_of(client: Client, overview: str) -> Sheets:
    """Return the path of every sheet an overview leads to → its rows in words."""
    links = {str(link.get("href")) for link in main_part(client, overview).find_all("a")}
    return {
        path: [row for found in tables(client, path) for row in found[1:]]
        for path in sorted(links)
        if re.search(r"/(measures|policies|goals)/[^/]+/sheets/\d+/$", path)
    }


@pytest.fixture(scope="module")
def client(django_db_setup: None, django_db_blocker) -> Iterator[Client]:
    """A reader of the plans of fixtures/; the database is as before afterwards."""
    with loaded_for_module(django_db_blocker):
        yield Client()


def test_konans_sheets_hold_every_row(client: Client) -> None:
    sheets = sheets_of(client, "/konan/sogo/sheets/2022/")
    assert len(sheets) == Measure.objects.filter(plan__municipality__slug="konan").count() == 24
    rows = [row for found in sheets.values() for row in found]
    reported = [row for row in rows if len(row) == 6]
    assert len(reported) == 77
    assert sum("再掲当サイトによる要約主担当の行：" in row[0] for row in reported) == 11
    [joint] = [row for row in reported if "学校教育課、幼児施設課" in row[0]]
    assert joint[1]
    assert [row for row in rows if row not in reported] == [
        [
            "マイナンバーカードを利用した電子申請サービスの整備",
            "進捗管理シートに、この取組の行はありません。",
        ]
    ]
    assert [row for row in reported if row[3:] != [BLANK] * 3] == []


def test_konans_blank_columns_and_printed_legend_are_on_every_sheet(client: Client) -> None:
    for path in sheets_of(client, "/konan/sogo/sheets/2022/"):
        page = read(client, path)
        assert "「成果」「達成度」「今後の方向性」の欄は、この表のどの行でも空欄" in page
        assert "達成度の凡例A計画どおり達成" in page


def test_konans_overview_counts_66_actions_without_a_rating(client: Client) -> None:
    of_nodes, of_sections = tables(client, "/konan/sogo/sheets/2022/")
    assert of_nodes[-1] == ["全体", "67", "0", "0", "0", "0", "66", "1"]
    assert of_sections[-1] == ["全体", "66", "0", "0", "0", "0", "66"]
    # 11 relisted rows, and the joint one in two lines.
    assert sum(int(row[1]) for row in of_sections[1:-1]) == 66 + 11 + 1


def test_the_sample_towns_sheets_show_every_rating_over_the_years(client: Client) -> None:
    overviews = [
        str(link.get("href"))
        for link in main_part(client, "/mihon/mirai/").find_all("a")
        if "/sheets/" in str(link.get("href"))
    ]
    assert len(overviews) >= 6
    pages = [sheets_of(client, overview) for overview in overviews]
    cells = {cell for sheets in pages for rows in sheets.values() for row in rows for cell in row}
    bands = Band.objects.filter(
        scheme__plan_schemes__plan__slug="mirai",
        scheme__plan_schemes__subject=PlanScheme.Subject.REPORTS,
    )
    assert bands
    for band in bands:
        assert any(cell.startswith(f"{band.symbol}{band.label}") for cell in cells), band


def test_the_sample_towns_internal_columns_are_nowhere(client: Client) -> None:
    hidden = ReportColumn.objects.get(plan__slug="mirai", is_public=False)
    for path in sheets_of(client, "/mihon/mirai/sheets/2025/"):
        assert hidden.label not in read(client, path)
