"""The evaluation on the pages of the plans that are shipped."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from .public_pages import read
from .shipped import loaded_for_module

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture(scope="module")
def shipped(django_db_setup: None, django_db_blocker: Any) -> Iterator[Client]:
    """A client on the plans of fixtures/, loaded once and rolled back in the end."""
    with loaded_for_module(django_db_blocker):
        yield Client()


def test_konans_six_rates_stand_without_any_class(shipped: Client) -> None:
    text = read(shipped, "/konan/sogo/")
    rates = re.findall(r"進捗率令和3年度当サイトの計算(▲?)(?:マイナス)?([\d.]+)%", text)
    assert ["".join(rate) for rate in rates] == [
        "▲122.1", "▲925.0", "8.1", "61.9", "145.1", "76.9",
    ]  # fmt: skip
    year = read(shipped, "/konan/sogo/years/2021/")
    for page in (text, year):
        assert "実績のある指標6／6" in page
        for trace in ("内訳", "改善", "悪化", "このペースだと", "評価令和3年度"):
            assert trace not in page


def test_gunmas_third_ict_plan_counts_four_six_and_one(shipped: Client) -> None:
    counts = "達成4指標前進6指標後退1指標評価した指標11／11。実績のある指標0／11（0.0%）"
    for path in ("/gunma/ict-3/", "/gunma/ict-3/years/2015/"):
        text = read(shipped, path)
        assert f"平成27年度の評価（人による判断）の内訳{counts}" in text
        assert "当サイトの計算" not in text
    assert "達成4、前進6、後退1、評価した指標11／11" in read(shipped, "/gunma/")


def test_gunmas_fourth_ict_plan_keeps_the_counts_of_the_year_it_was_judged(
    shipped: Client,
) -> None:
    assert "平成29年度の評価（人による判断）の内訳" in read(shipped, "/gunma/ict-4/")


def test_isesaki_has_no_results_and_therefore_neither_years_nor_judgements(
    shipped: Client,
) -> None:
    text = read(shipped, "/isesaki/sogo/")
    assert "公表された実績はまだありません" in text
    for trace in ("年度ごとに", "内訳", "実績のある指標", "評価令和"):
        assert trace not in text


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("1-1-1", "人による評価と計算による評価が異なります"),
        ("0-1", "率は計算できません（基準値なし）が、目標を達成したため最上位の区分"),
        ("3-2-5", "評価できない理由：向きの記載なし"),
        ("1-1-4", "評価できない理由：数値でない目標"),
        ("3-1-3", "評価できない理由：対象期間不明"),
        ("1-2-1", "評価できない理由：定義の変更"),
    ],
)
def test_the_sample_plan_shows_every_kind_of_verdict(
    shipped: Client, code: str, words: str
) -> None:
    text = read(shipped, f"/mihon/mirai/indicators/{code}/")
    assert "なぜこの評価か" in text
    assert words in text


def test_the_sample_strategy_keeps_its_computed_classes_to_itself(shipped: Client) -> None:
    text = read(shipped, "/mihon/senryaku/") + read(shipped, "/mihon/senryaku/indicators/s-4/")
    for trace in ("なぜこの評価か", "このペースだと", "80・50", "改善", "A達成"):
        assert trace not in text
