"""Charts: what a reader sees, hears and can trust."""

import re
import xml.etree.ElementTree as ET
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings

from portal.chart_scale import format_value, text_width
from portal.chart_svg import STYLE
from portal.charts import Border, ChartPoint, ChartTarget, Gap, describe, line_chart, rate_bar

from .chart_drawings import SVG, actuals, chart, draw, lines, marks, texts


def test_every_actual_value_is_a_filled_circle_on_one_line_with_its_value():
    tree = draw(points=actuals(2019, "1712", "1650", "1601"))
    assert [mark.tag for mark in marks(tree, "actual")] == [f"{SVG}circle"] * 3
    assert [len(line) for line in lines(tree, "chart-line")] == [3]
    assert {"1,712", "1,650", "1,601", "R1", "R2", "R3", "単位：人"} <= set(texts(tree))
    assert marks(tree, "actual")[0].find(f"{SVG}title").text == "R1 実績 1,712人"


def test_a_year_without_a_value_breaks_the_line_and_says_why():
    tree = draw(
        points=actuals(2019, "10", "12", None, "11", "13"), gaps=(Gap(2021, "調査のない年"),)
    )
    assert [len(line) for line in lines(tree, "chart-line")] == [2, 2]
    (gap,) = (
        e
        for e in tree.iter(f"{SVG}line")
        if e.get("class") == "chart-gap" and e.find(f"{SVG}title") is not None
    )
    assert gap.find(f"{SVG}title").text == "R3 データなし：調査のない年"
    assert "データなし" in texts(tree)  # in the legend


def test_a_missing_year_is_never_drawn_as_zero_and_zero_is_drawn():
    tree = draw(points=actuals(2019, "5", None, "0"), gaps=(Gap(2020, "未集計"),))
    assert len(marks(tree, "actual")) == 2
    assert lines(tree, "chart-line") == []
    assert "0" in texts(tree)


def test_a_gap_that_has_a_value_after_all_shows_the_value():
    tree = draw(points=actuals(2019, "5", "6"), gaps=(Gap(2020, "未集計"),))
    assert len(marks(tree, "actual")) == 2
    assert not [e for e in tree.iter() if e.get("class") == "chart-gap"]


def test_a_change_of_definition_parts_the_line_and_the_targets():
    tree = draw(
        points=actuals(2019, "10", "12", "30", "33"),
        targets=(ChartTarget(2020, Decimal(15)), ChartTarget(2022, Decimal(35))),
        breaks=(2021,),
    )
    assert [len(line) for line in lines(tree, "chart-line")] == [2, 2]
    old, new = lines(tree, "chart-target-line")
    assert old[-1][0] == new[0][0]  # each reaches as far as its definition
    assert old[0][1] != new[0][1]
    assert "定義の変更" in texts(tree)


def test_the_line_goes_on_across_the_border_of_two_plans():
    tree = draw(points=actuals(2019, "10", "12", "30", "33"), borders=(Border(2021, "改訂版"),))
    assert [len(line) for line in lines(tree, "chart-line")] == [4]
    border, _symbol = (e for e in tree.iter() if e.get("class") == "chart-border")
    assert border.get("x1") == border.get("x2")
    years = [Decimal(mark.get("cx")) for mark in marks(tree, "actual")]
    assert years[1] < Decimal(border.get("x1")) < years[2]
    assert {"改訂版", "計画の境"} <= set(texts(tree))


def test_a_new_plan_with_a_new_definition_names_both():
    tree = draw(
        points=actuals(2019, "10", "12", "30", "33"),
        breaks=(2021,),
        borders=(Border(2021, "第2期計画"),),
    )
    assert [len(line) for line in lines(tree, "chart-line")] == [2, 2]
    assert {"定義の変更", "第2期計画"} <= set(texts(tree))


def test_a_border_outside_the_years_drawn_is_not_drawn():
    tree = draw(points=actuals(2019, "10", "12"), borders=(Border(2019, "改訂版"),))
    assert not [e for e in tree.iter() if e.get("class") == "chart-border"]


def test_every_kind_of_figure_has_a_mark_and_a_name_of_its_own():
    tree = draw(
        points=(
            *actuals(2019, "10", "12"),
            ChartPoint(2021, Decimal(13), provisional=True),
            ChartPoint(2022, Decimal(7), "mid_year"),
            ChartPoint(2022, Decimal(14), "forecast"),
        ),
        baseline=(2018, Decimal(9)),
        targets=(ChartTarget(2023, Decimal(20)),),
        mid_year_label="上半期",
    )
    shapes = {
        name: (mark.tag.removeprefix(SVG), mark.get("fill"), mark.get("stroke-dasharray"))
        for name in ("actual", "provisional", "mid-year", "forecast", "baseline", "target")
        for mark in marks(tree, name)
    }
    assert len(set(shapes.values())) == 6
    assert shapes["provisional"] == ("circle", "#ffffff", None)
    legend = {"実績", "速報", "上半期", "年度末見込", "基準値", "目標"}
    assert legend <= set(texts(tree))
    assert {"速報 13", "見込 14", "目標 20", "基準値 9"} <= set(texts(tree))
    assert [len(line) for line in lines(tree, "chart-line")] == [3]  # the others are not joined


def test_september_stands_left_of_the_year_end():
    tree = draw(points=(*actuals(2019, "10"), ChartPoint(2019, Decimal(4), "mid_year")))
    (september,) = marks(tree, "mid-year")
    (year_end,) = marks(tree, "actual")
    assert Decimal(september.get("points").split(",")[0]) < Decimal(year_end.get("cx"))


def test_negative_values_are_printed_with_a_triangle_and_zero_gets_a_line():
    tree = draw(points=actuals(2019, "-712", "-300", "0"))
    assert {"▲712", "▲300", "0"} <= set(texts(tree))
    assert "-712" not in texts(tree)
    crossing = draw(points=actuals(2019, "-20", "30"))
    zero = [e for e in crossing.iter(f"{SVG}line") if e.get("stroke-width") == "2"]
    assert [e.get("class") for e in zero] == ["chart-axis"]
    assert Decimal(zero[0].get("y1")) < max(
        Decimal(e.get("y1"))
        for e in crossing.iter(f"{SVG}line")
        if e.get("class") == "chart-axis" and e.get("y1") == e.get("y2")
    )


def test_an_axis_that_does_not_start_at_zero_says_so():
    note = "縦軸は0から始まりません"
    assert note in texts(draw(points=actuals(2019, "92", "93")))
    assert note not in texts(draw(points=actuals(2019, "10", "93")))


def test_the_values_keep_the_decimals_of_the_series():
    tree = draw(points=actuals(2019, "0.612", "0.7"), decimals=3, unit="")
    assert {"0.612", "0.700"} <= set(texts(tree))
    assert not any(text.startswith("単位") for text in texts(tree))


def test_a_unit_too_long_for_the_picture_is_shortened():
    unit = next(
        text
        for text in texts(draw(points=actuals(2019, "92", "93"), unit="長い単位" * 20))
        if text.startswith("単位：")
    )
    assert unit.endswith("…")
    assert text_width(unit, 20) < 640


def test_a_single_target_is_a_level_and_several_are_one_dashed_line():
    single = draw(points=actuals(2019, "1", "2"), targets=(ChartTarget(2023, Decimal(4)),))
    ((start, end),) = lines(single, "chart-target-line")
    assert start[1] == end[1]
    several = draw(targets=tuple(ChartTarget(2019 + n, Decimal(n)) for n in range(4)))
    assert [len(line) for line in lines(several, "chart-target-line")] == [4]
    assert "stroke-dasharray" in STYLE["chart-target-line"]


def test_a_range_is_a_hatched_band_with_both_ends_named():
    tree = draw(targets=(ChartTarget(2023, lower=Decimal(40), upper=Decimal(60)),))
    fills = [e.get("fill") for e in tree.iter(f"{SVG}polygon")]
    assert "url(#births-hatch)" in fills
    assert [e.get("id") for e in tree.iter(f"{SVG}pattern")] == ["births-hatch"]
    assert "目標 40～60" in texts(tree)
    assert [mark.find(f"{SVG}title").text for mark in marks(tree, "target")] == [
        "R5 目標の下限 40人",
        "R5 目標の上限 60人",
    ]


def test_a_baseline_of_unknown_year_is_a_level_over_all_years():
    tree = draw(points=actuals(2019, "10", "14"), baseline=(None, Decimal(12)))
    ((start, end),) = lines(tree, "chart-baseline-line")
    assert start[1] == end[1]
    assert "基準値 12" in texts(tree)
    assert "基準値は12人（年度不明）です。" in tree.find(f"{SVG}desc").text


def test_a_chart_of_targets_only_says_that_results_are_missing():
    assert "実績はデータなし" in texts(draw(targets=(ChartTarget(2023, Decimal(4)),)))


def test_without_any_figure_there_is_no_chart():
    assert line_chart(chart()) == ""
    assert line_chart(chart(gaps=(Gap(2020, "未集計"),))) == ""


def test_forty_years_thin_out_the_labels_but_keep_the_last_year_and_value():
    values = [str(90000 - 731 * n) for n in range(40)]
    tree = draw(points=actuals(2019, *values))
    years = [text for text in texts(tree) if text.startswith("R")]
    assert "R40" in years
    assert 4 <= len(years) <= 14
    assert len(marks(tree, "actual")) == 40
    assert format_value(Decimal(values[-1]), 0) in texts(tree)


def test_a_year_without_a_label_is_printed_as_it_is():
    assert "2019" in texts(draw(points=actuals(2019, "1"), year_labels={}))
    assert "2019" in texts(draw(points=actuals(2019, "1"), year_labels=None))


def test_the_picture_has_a_name_and_a_description_for_listeners():
    tree = draw(points=actuals(2019, "-712", "-300"), description="人口の動き")
    assert tree.get("role") == "img"
    names = [
        next(e.text for e in tree.iter() if e.get("id") == uid)
        for uid in tree.get("aria-labelledby").split()
    ]
    assert names == ["出生数", "人口の動き"]


def test_the_description_tells_first_last_extremes_target_and_gaps():
    words = describe(
        chart(
            points=(
                *actuals(2019, "-712", "-800", None, "-100"),
                ChartPoint(2023, Decimal(-200), provisional=True),
            ),
            targets=(
                ChartTarget(2024, Decimal(0)),
                ChartTarget(2025, None, Decimal(10), Decimal(20)),
            ),
            gaps=(Gap(2021, "未集計"),),
            breaks=(2022,),
            borders=(Border(2020, "改訂版"),),
        )
    )
    assert "R2からは「改訂版」の値です。" in words
    assert "R1のマイナス712人からR5のマイナス200人（速報）" in words
    assert "最大はR4のマイナス100人、最小はR2のマイナス800人" in words
    assert "R6の目標は0人です" in words
    assert "R7の目標は10人以上20人以下です" in words
    assert "R3はデータがありません（未集計）" in words
    assert "R4から定義が変わりました" in words
    assert "▲" not in words


def test_a_long_unit_is_said_once():
    words = describe(chart(points=actuals(2019, "1", "2"), unit="人口10万人当たり件数"))
    assert words.count("人口10万人当たり件数") == 1


HOSTILE = "</title><script>alert(1)</script>\" onload='x' & \x00\x0b]]>"


def test_hostile_words_stay_words():
    svg = line_chart(
        chart(
            title=HOSTILE,
            description=HOSTILE,
            unit=HOSTILE,
            points=actuals(2019, "1", "2"),
            gaps=(Gap(2022, HOSTILE),),
            year_labels={2019: HOSTILE},
            mid_year_label=HOSTILE,
        )
    )
    tree = ET.fromstring(svg)  # noqa: S314 - our own output
    assert not list(tree.iter(f"{SVG}script"))
    assert not [name for e in tree.iter() for name in e.attrib if name.startswith("on")]
    assert tree.find(f"{SVG}title").text == HOSTILE.replace("\x00\x0b", "")
    assert "<script" not in svg


@pytest.mark.parametrize("uid", ["", "a b", "1", 'a"', "基本", "a)"])
def test_an_id_that_would_break_the_references_is_refused(uid):
    with pytest.raises(ValueError):
        chart(uid=uid)
    with pytest.raises(ValueError):
        rate_bar(Decimal(1), uid, "")


def test_a_missing_figure_cannot_pass_as_a_number():
    for value in ("NaN", "Infinity"):
        with pytest.raises(ValueError):
            ChartPoint(2019, Decimal(value))
        with pytest.raises(ValueError):
            chart(baseline=(None, Decimal(value)))


@pytest.mark.parametrize(
    "ends",
    [
        {},
        {"lower": Decimal(1)},
        {"lower": Decimal(2), "upper": Decimal(1)},
        {"value": Decimal(1), "upper": Decimal(2)},
    ],
)
def test_a_target_is_a_value_or_a_whole_range(ends):
    with pytest.raises(ValueError):
        ChartTarget(2019, **ends)


def test_no_style_no_script_and_a_look_for_every_class():
    """A strict Content-Security-Policy holds; the style sheet and the fallbacks agree."""
    svg = line_chart(
        chart(
            points=(*actuals(2019, "1", "2"), ChartPoint(2021, Decimal(1), "mid_year")),
            targets=(ChartTarget(2022, lower=Decimal(1), upper=Decimal(2)),),
            baseline=(None, Decimal(1)),
        )
    ) + rate_bar(Decimal("130"), "bar", "進捗率")
    assert not re.search(r"\sstyle=|<style|<script|\son\w+=", svg)
    css = Path(settings.BASE_DIR, "static/css/charts.css").read_text(encoding="utf-8")
    for classes in STYLE:
        assert f".{classes.split()[-1]}" in css, classes


def test_the_bar_is_clipped_and_says_so():
    def bar(percent):
        tree = ET.fromstring(rate_bar(percent, "bar", "進捗率"))  # noqa: S314 - our own output
        assert tree.get("aria-hidden") == "true"
        by_class = {e.get("class"): e for e in tree}
        fill = by_class.get("rate-bar-fill")
        arrow = by_class.get("rate-bar-arrow")
        return (
            Decimal(fill.get("width")) if fill is not None else None,
            arrow.get("points").split(",")[0] if arrow is not None else None,
            "rate-bar-none" in by_class,
        )

    full, _arrow, _none = bar(Decimal(100))
    assert bar(Decimal(100)) == (full, None, False)
    assert bar(Decimal(50)) == (full / 2, None, False)
    assert bar(Decimal("230.4")) == (full, "119", False)  # an arrow at the right
    assert bar(Decimal("-5")) == (None, "9", False)  # an arrow at the left
    assert bar(Decimal(0)) == (None, None, False)
    assert bar(None) == (None, None, True)  # no rate does not look like 0 %
