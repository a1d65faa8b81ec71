"""Fiscal years: from days, as labels, and out of the cells people write."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from municipalities import fiscal_year
from municipalities.fiscal_year import FIRST, LAST, FiscalYearError, YearStyle

known_years = st.integers(FIRST, LAST)


def complaint(read, value):
    with pytest.raises(FiscalYearError) as raised:
        read(value)
    return str(raised.value)


# --- Days -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2019, 3, 31), 2018),
        (date(2019, 4, 1), 2019),
        (date(2020, 1, 1), 2019),
        (date(2020, 3, 31), 2019),
        (datetime(2020, 4, 1, 0, 0), 2020),
    ],
)
def test_a_year_begins_on_the_first_of_april(day, expected):
    assert fiscal_year.of(day) == expected


def test_first_and_last_day():
    assert fiscal_year.first_day(2019) == date(2019, 4, 1)
    assert fiscal_year.last_day(2019) == date(2020, 3, 31)


@given(known_years)
def test_first_and_last_day_lie_in_the_year(year):
    assert fiscal_year.of(fiscal_year.first_day(year)) == year
    assert fiscal_year.of(fiscal_year.last_day(year)) == year


@given(st.dates(), st.dates())
def test_a_later_day_never_lies_in_an_earlier_year(one, other):
    earlier, later = sorted([one, other])
    assert fiscal_year.of(earlier) <= fiscal_year.of(later)


# --- Labels -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("year", "wareki", "short"),
    [
        (1926, "昭和元年度", "S元"),
        (1988, "昭和63年度", "S63"),
        (1989, "平成元年度", "H元"),
        (2018, "平成30年度", "H30"),
        (2019, "令和元年度", "R元"),
        (2024, "令和6年度", "R6"),
        (2100, "令和82年度", "R82"),
    ],
)
def test_labels_in_the_era(year, wareki, short):
    assert fiscal_year.label(year) == wareki
    assert fiscal_year.short_label(year) == short


def test_label_in_each_style():
    assert fiscal_year.label(2019, YearStyle.WAREKI) == "令和元年度"
    assert fiscal_year.label(2019, YearStyle.SEIREKI) == "2019年度"
    assert fiscal_year.label(2019, YearStyle.BOTH) == "令和元年度（2019年度）"
    assert fiscal_year.western_label(2019) == "2019年度"


@pytest.mark.parametrize("year", [FIRST - 1, LAST + 1, 0, -2019])
def test_years_out_of_range_have_no_label_and_no_days(year):
    for call in (
        fiscal_year.label,
        fiscal_year.short_label,
        fiscal_year.western_label,
        fiscal_year.first_day,
        fiscal_year.last_day,
        fiscal_year.parse,
    ):
        assert str(year) in complaint(call, year)


# --- Reading a cell ---------------------------------------------------------------------------


@given(known_years, st.sampled_from(YearStyle))
def test_every_label_is_read_back(year, style):
    text = fiscal_year.label(year, style)
    assert fiscal_year.parse(text) == year
    assert fiscal_year.find(f"{text} 実績値") == year


@given(known_years)
def test_short_labels_and_plain_numbers_are_read_back(year):
    assert fiscal_year.parse(fiscal_year.short_label(year)) == year
    assert fiscal_year.parse(year) == year
    assert fiscal_year.parse(str(year)) == year


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("H23年度", 2011),
        ("H30年度", 2018),
        ("H31年度", 2019),
        ("平成２２年度", 2010),
        ("平成２７年度末", 2015),
        ("平成２８年度末", 2016),
        ("平成30年度", 2018),
        ("平成31年度", 2019),
        ("令和元年度", 2019),
        ("令和1年度", 2019),
        ("令和6年度", 2024),
        ("令和06年度", 2024),
        ("2018年度", 2018),
        ("2019", 2019),
        ("２０１９", 2019),
        ("２０１９年度", 2019),
        ("西暦2019年度", 2019),
        ("FY2019", 2019),
        ("fy 2019", 2019),
        ("平成３２年度", 2020),
        ("H32", 2020),
        ("平成72年度", 2060),
        ("S63", 1988),
        ("昭和63年度", 1988),
        ("昭和75年度", 2000),
        ("R元", 2019),
        ("R元年度", 2019),
        ("Ｒ元年度", 2019),
        ("R7年度末", 2025),
        ("R.7", 2025),
        ("r7", 2025),
        ("R07", 2025),
        ("㋿7年度", 2025),
        ("㋿7", 2025),
        ("㍻31", 2019),
        ("㍼63年度", 1988),
        ("令和7", 2025),
        ("令和 7 年度", 2025),
        ("　令和\u00a07年度 \n", 2025),
        ("令和7年度 末", 2025),
        ("平成28年度（2016）", 2016),
        ("平成31年度(2019)", 2019),
        ("平成31年度（2019年度）末", 2019),
        ("平成29年度(2017年度)", 2017),
        ("2019年度（令和元年度）", 2019),
        ("令和元（2019）年度", 2019),
        ("平成31(2019)年度末", 2019),
        ("平成31年度（令和元年度）", 2019),
        ("平成31・令和元年度", 2019),
        ("平成31年度／令和元年度", 2019),
        ("平成32（2020）年度", 2020),
    ],
)
def test_forms_of_plans_and_cells(text, expected):
    assert fiscal_year.parse(text) == expected


@pytest.mark.parametrize(
    "value",
    [None, True, False, 2019.0, float("nan"), Decimal(2019), date(2019, 4, 1), b"2019", [2019]],
)
def test_only_whole_numbers_and_texts_are_read(value):
    assert "の形で入力してください" in complaint(fiscal_year.parse, value)


@pytest.mark.parametrize(
    "text",
    [
        "平成16年",
        "平成 32 年",
        "2019年",
        "令和7年5月",
        "平成20年末",
        "平成２９年７月",
        "平成26年12月31日現在",
        "H29.3",
        "H20.6",
        "R7/4",
        "2019-04",
        "2019/4/1",
        "R7年 5月",
    ],
)
def test_calendar_years_and_months_are_not_fiscal_years(text):
    message = complaint(fiscal_year.parse, text)
    assert f"「{text}」" in message
    assert "年度で入力" in message
    with pytest.raises(FiscalYearError):
        fiscal_year.find(text)


@pytest.mark.parametrize("text", ["31", "7", "31年度", "０７"])
def test_a_year_without_era_is_not_guessed(text):
    assert "元号がありません" in complaint(fiscal_year.parse, text)


@pytest.mark.parametrize(
    ("text", "limit"), [("令和0年度", "82年度"), ("平成99年度", "72年度"), ("昭和76年度", "75年度")]
)
def test_impossible_years_of_an_era_name_its_limit(text, limit):
    message = complaint(fiscal_year.parse, text)
    assert text in message
    assert limit in message


@pytest.mark.parametrize("text", ["1925", "2101年度", "9999", "0000", "FY1900"])
def test_western_years_out_of_range_name_the_range(text):
    assert "1926から2100まで" in complaint(fiscal_year.parse, text)


@pytest.mark.parametrize(
    "text",
    [
        "平成31年度（2018）",
        "令和元年度（2020年度）",
        "2019年度（平成32年度）",
        "平成31・令和2年度",
        "2019/2020",
    ],
)
def test_two_readings_must_agree(text):
    message = complaint(fiscal_year.parse, text)
    assert "別の年度" in message
    assert text in message


@pytest.mark.parametrize(
    "text",
    [
        "平成年度",
        "年度",
        "令和",
        "元年度",
        "20190",
        "201",
        "2019.0",
        "2019.5",
        "+2019",
        "-2019",
        "2,019",
        "2e3",
        "明治45年度",
        "大正15年度",
        "M45",
        "令和三年度",
        "令和100年度",
        "2019年度2019年度",
        "令和2年度～令和6年度",
        "H28年度開始",
        "令和3年度 実績値",
        "令和7年度（目標）",
        "٢٠١٩",
        "NaN",
        "－",
        "=2019",
    ],
)
def test_everything_else_is_an_error_that_shows_a_right_form(text):
    assert "令和6年度" in complaint(fiscal_year.parse, text)


@pytest.mark.parametrize("text", ["", " ", "　\n"])
def test_an_empty_cell_is_called_empty(text):
    assert "年度が空です" in complaint(fiscal_year.parse, text)


def test_a_long_text_is_shortened_in_the_message():
    assert len(complaint(fiscal_year.parse, "あ" * 10_000)) < 150


def test_a_number_too_long_to_print_is_an_error_too():
    assert "桁の多すぎる数" in complaint(fiscal_year.parse, 10**5000)


# --- Finding a year in a longer label ---------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("H28年度開始", 2016),
        ("H27年度設置", 2015),
        ("令和3年度 実績値", 2021),
        ("令和4年度 9月末現在実績", 2022),
        ("令和4年度 年度末実績", 2022),
        ("令和7年度（目標）", 2025),
        ("目標値（令和７年度）", 2025),
        ("実績2021年度", 2021),
        ("基準値 平成31年度（2019）", 2019),
        ("第2期 R元年度 基準値", 2019),
        ("FY2021 actual", 2021),
        ("令和元年度（平成27年～令和元年の平均）", 2019),
        ("平成26年度調査", 2014),
        ("平成31年度・令和元年度の実績", 2019),
    ],
)
def test_the_year_inside_a_label(text, expected):
    assert fiscal_year.find(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "現状値",
        "前年度",
        "R7 目標",
        "2019",
        "平成27年",
        "XR7年度",
        "12019年度",
        "令和元・2年度",
    ],
)
def test_a_label_without_a_full_fiscal_year_is_an_error(text):
    with pytest.raises(FiscalYearError):
        fiscal_year.find(text)


def test_a_label_with_two_years_names_both():
    message = complaint(fiscal_year.find, "令和2年度~令和6年度")
    assert "令和2年度、令和6年度" in message


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("令和2年度~令和6年度", (2020, 2024)),
        ("令和2年度～", (2020,)),
        ("平成28年度（2016）から平成31年度（2019）までの４年間", (2016, 2019)),
        ("平成29年度(2017年度)から令和8年度(2026年度)まで", (2017, 2026)),
        ("平成30・令和元年度", (2018, 2019)),
        ("令和2年度・令和3年度", (2020, 2021)),
        ("計画期間の記載なし", ()),
        ("平成16年", ()),
    ],
)
def test_all_years_of_a_period(text, expected):
    assert fiscal_year.find_all(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "平成30～令和2年度",
        "平成30〜令和2年度",
        "2019-2023年度",
        "R2からR6年度",
        "令和2年度～6年度",
        "平成24～25年度",
        "令和2年度（2021年度）から",
        "令和0年度から",
    ],
)
def test_half_a_range_is_not_an_answer(text):
    assert text in complaint(fiscal_year.find_all, text)


# --- Whatever comes ---------------------------------------------------------------------------

era_soup = st.text(alphabet="令和平成昭元RHSFYｒ㋿㍻0123456789１９年度末月日.・/()（）～- \u3000")


@given(st.one_of(st.text(), era_soup))
@example("\ud800")
@example("令和" * 5000)
@example("FY " * 5000)
def test_no_text_raises_anything_else(text):
    for read in (fiscal_year.parse, fiscal_year.find, fiscal_year.find_all):
        try:
            result = read(text)
        except FiscalYearError:
            continue
        years = result if isinstance(result, tuple) else (result,)
        assert all(FIRST <= year <= LAST for year in years)


@given(st.one_of(st.none(), st.booleans(), st.floats(), st.decimals(), st.dates(), st.binary()))
def test_no_other_value_is_read(value):
    with pytest.raises(FiscalYearError):
        fiscal_year.parse(value)
