"""The reports of the shipped plans: the figures of their pages, and what LibreOffice prints."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

from exchange import evaluation_table, reports
from exchange.evaluation_formats import FORMULAS
from exchange.reports.achievement_rows import achievement
from exchange.reports.indicator_rows import indicator_table
from exchange.reports.progress_rows import progress_sheets
from plans.choices import Period
from plans.models import Plan

from .office import paper, pdf_pages, too_low
from .sheet_pages import tables
from .shipped import loaded_for_module

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def plans(django_db_setup: None, django_db_blocker) -> Iterator[None]:
    """The plans of fixtures/, loaded once: these tests only read."""
    with loaded_for_module(django_db_blocker):
        yield


def shipped(town: str, slug: str) -> Plan:
    return Plan.objects.select_related("municipality").get(municipality__slug=town, slug=slug)


def test_the_sheets_of_konan_are_those_of_the_document(plans: None) -> None:
    found = progress_sheets(reports.of_citizens(shipped("konan", "sogo"), 2022, Period.MID_YEAR))
    reported = [row for row in found.rows if row.cells is not None]
    assert len(found.sheets) == 24
    assert len(reported) == 77
    assert sum(row.is_relisted for row in found.rows) == 11
    assert [len(row.sections) for row in reported].count(2) == 1
    without_row = [row.missing for row in found.rows if row.cells is None]
    assert without_row == ["進捗管理シートに、この取組の行はありません。"]
    assert [symbol for symbol, _meaning in found.legend] == ["A", "B", "C", "D"]


@pytest.mark.parametrize(
    ("town", "slug", "year"),
    [("mihon", "mirai", 2025), ("gunma", "ict-4", 2018), ("konan", "sogo", 2021)],
)
def test_the_list_says_what_evaluating_the_publication_says(
    plans: None, town: str, slug: str, year: int
) -> None:
    edition = reports.of_citizens(shipped(town, slug), year)
    evaluated = {row.name: row for row in evaluation_table.published(edition.publication).rows}
    table = indicator_table(edition)
    place = table.years.index(year)
    assert evaluated.keys() <= {line.name for line in table.lines}
    compared = 0
    for line in table.lines:
        said, own = line.years[place], evaluated.get(line.name)
        if said is None or own is None:
            continue
        if own.actual.fiscal_year == year:
            assert said.actual.value == own.actual.value, line.name
        assert line.baseline.value == own.baseline.value, line.name
        if said.rate.value is not None and line.formula == "進捗率" == str(FORMULAS[own.formula]):
            assert said.rate.value == own.rate.value, line.name
        compared += 1
    assert compared == len(evaluated)


def test_the_counts_are_those_of_the_overview(plans: None, client: Client) -> None:
    """The sheets' ratings by goal as the public page counts them."""
    found = achievement(reports.of_citizens(shipped("mihon", "mirai"), 2025)).actions
    assert found is not None
    page = tables(client, "/mihon/mirai/sheets/2025/")
    by_name = {row[0]: row[1:] for table in page for row in table}
    for line in found.goals:
        shown = by_name["".join(line.name.split())]
        assert str(line.total) in "".join(shown), line.name
    assert sum(line.total for line in found.goals) == found.total.total
    assert sum(found.total.counts) + sum(found.total.others) == found.total.total


def test_the_indicators_add_up_and_match_the_roll_up(plans: None) -> None:
    edition = reports.of_citizens(shipped("mihon", "mirai"), 2025)
    found = achievement(edition).indicators
    assert found is not None
    rolled = evaluation_table.published(edition.publication).roll_up
    assert found.total.total == rolled.total
    assert sum(found.total.counts) == rolled.rated
    for part in zip(*(line.counts for line in found.goals), strict=True):
        assert all(count >= 0 for count in part)
    assert tuple(map(sum, zip(*(line.counts for line in found.goals), strict=True))) == (
        found.total.counts
    )


# --- On paper ----------------------------------------------------------------------------------

A3, A4 = (1190, 841), (841, 595)
PRINTED = [
    ("indicators", "mihon", "mirai", 2025, A3, ["まちの指標一覧", "備考"]),
    ("progress", "mihon", "mirai", 2025, A4, ["施策進捗管理シート", "庁内メモ"]),
    ("policy", "mihon", "mirai", 2025, A4, ["部門方針シート", "結果"]),
    ("achievement", "mihon", "mirai", 2025, A4, ["達成状況のまとめ", "値のある割合"]),
    ("explanations", "mihon", "mirai", 2025, A4, ["要説明一覧", "説明"]),
    ("revision", "mihon", "kihon", 2026, A4, ["新旧対照表", "備考"]),
]


@pytest.mark.parametrize(("kind", "town", "slug", "year", "size", "words"), PRINTED)
def test_a_report_is_printed_whole(
    soffice: str,
    tmp_path: Path,
    kind: str,
    town: str,
    slug: str,
    year: int,
    size: tuple[int, int],
    words: list[str],
) -> None:
    edition = reports.working(shipped(town, slug), year)
    made = reports.make(kind, edition, reports.Options("資料7"))
    pages = pdf_pages(soffice, made.content, tmp_path)
    assert paper(tmp_path)[0] == size
    text = "".join(pages)
    assert "###" not in text
    assert "Err:" not in text
    for word in words:
        assert word in "".join(text.split()), word
    for number, page in enumerate(pages, start=1):
        assert "資料7" in page
        assert f"{number}/{len(pages)}" in "".join(page.split())
        assert "作業中" in page
    assert too_low(soffice, made.content, tmp_path) == []


HEADS = ("施策内容", "担当課", "現状・課題", "実施事業", "成果", "達成度", "今後の方向性")


def test_the_columns_of_a_sheet_are_on_one_page(soffice: str, tmp_path: Path) -> None:
    """Every page of a progress sheet has all its heads, the first and the last."""
    edition = reports.of_citizens(shipped("konan", "sogo"), 2022, Period.MID_YEAR)
    pages = pdf_pages(soffice, reports.make("progress", edition).content, tmp_path)
    assert len(pages) >= 24
    for page in pages:
        text = "".join(page.split())
        if "凡例" in text and "施策内容" not in text:
            continue  # a legend alone
        for head in (
            "施策内容",
            "担当課",
            "現状・課題",
            "実施事業",
            "成果",
            "達成度",
            "今後の方向性",
        ):
            assert head in text
