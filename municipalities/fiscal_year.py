"""Fiscal years (年度) as integers: the western year in which their April lies.

2019 is the year from 1 April 2019 to 31 March 2020. It prints 令和元年度: the year in which an
era begins takes the new name, although the era began after that April; the State's budget of 2019
did the same. A plan that prints 平成31年度 keeps that as a stored label; both texts parse to 2019.

Years from FIRST to LAST are known here; `label` and `parse` refuse all others.
"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from django.utils.translation import gettext as _

FIRST, LAST = 1926, 2100


class FiscalYearError(ValueError):
    """No fiscal year can be told from the input; the message (Japanese) says why."""


class YearStyle(StrEnum):
    """How a municipality prints its years."""

    WAREKI = "wareki"
    SEIREKI = "seireki"
    BOTH = "both"


class Era(NamedTuple):
    name: str
    letter: str
    first: int
    """The western year of 元年."""
    limit: int
    """The highest year of the era that is read. Papers written before an era ended count on in it
    (平成32年度 = 2020); nothing real goes beyond these."""


ERAS = (
    Era("令和", "R", 2019, 82),  # 2100, LAST
    Era("平成", "H", 1989, 72),  # 2060: population visions of 2015
    Era("昭和", "S", 1926, 75),  # 2000: plans of the 1980s
)
_ERA_BY_MARK = {mark: era for era in ERAS for mark in (era.name, era.letter)}

# One year, and one year with a second reading of it: 平成31年度（2019）, 令和元（2019）年度,
# 平成31・令和元年度. Texts are folded by NFKC first, so digits and brackets are half-width.
_YEAR = r"(?:(?:令和|平成|昭和|[RHS]\.?) ?(?:元|[0-9]{1,2})|(?:西暦 ?|FY ?)?[0-9]{4})(?![0-9])"
_UNIT = r"(?: ?年度(?: ?末)?)?"
_LABEL = re.compile(
    rf"(?<![A-Z0-9])({_YEAR}){_UNIT}"
    rf"(?: ?\( ?({_YEAR}){_UNIT} ?\)(?:(?<=年度\)) ?末|{_UNIT})"
    rf"| ?[・/] ?(?P<listed>{_YEAR}){_UNIT})?",
    re.IGNORECASE,
)
_SAYS_FISCAL = re.compile("年度|FY", re.IGNORECASE)
_YEAR_PARTS = re.compile(r"(\D*?)\.? ?(元|[0-9]+)")
_CALENDAR = re.compile(
    rf"{_YEAR} ?(?:年(?! ?度)|[./-] ?(?:0?[1-9]|1[0-2])(?![0-9]))", re.IGNORECASE
)
# 平成30～令和2年度: the first year of a range or list, of which only the last carries 年度.
_OPEN_RANGE = re.compile(r"(?:[0-9]|元) ?(?:[~〜\-‐‑–—−ー・、,/]|から) ?$")
# 令和2年度～6年度: a year without era beside a full label.
_BARE_YEAR = re.compile(r"(?:[0-9]|元) ?年度")


def of(day: date) -> int:
    """Return the fiscal year a day belongs to."""
    return day.year if day.month >= 4 else day.year - 1


def first_day(fiscal_year: int) -> date:
    """Return 1 April of the year; FiscalYearError outside FIRST to LAST."""
    return date(_known(fiscal_year), 4, 1)


def last_day(fiscal_year: int) -> date:
    """Return 31 March of the following year; FiscalYearError outside FIRST to LAST."""
    return date(_known(fiscal_year) + 1, 3, 31)


def label(fiscal_year: int, style: YearStyle = YearStyle.WAREKI) -> str:
    """Return 令和元年度, 2019年度 or 令和元年度（2019年度）."""
    era, year = _in_era(fiscal_year)
    wareki = f"{era.name}{year}年度"
    match style:
        case YearStyle.WAREKI:
            return wareki
        case YearStyle.SEIREKI:
            return western_label(fiscal_year)
        case YearStyle.BOTH:
            return f"{wareki}（{western_label(fiscal_year)}）"


def short_label(fiscal_year: int) -> str:
    """Return R元, R6, H30: for axes and narrow columns."""
    era, year = _in_era(fiscal_year)
    return f"{era.letter}{year}"


def western_label(fiscal_year: int) -> str:
    """Return 2019年度."""
    return f"{_known(fiscal_year)}年度"


def parse(value: object) -> int:
    """Read the fiscal year from a cell that holds nothing else.

    Takes a whole number (2019) or a text in any width of letters: 令和元年度, 平成31年度, H31年度,
    R元, R.7, ㋿7, 平成２８年度末, 2019, 2019年度, FY2019, also with its second reading:
    平成31年度（2019）, 令和元（2019）年度, 平成31・令和元年度.

    Raises FiscalYearError for everything else: calendar years and months (平成16年, 令和7年5月,
    H29.3), two readings that disagree, numbers without era (31), years outside FIRST to LAST or
    beyond an era's limit, floats, booleans, None, and dates (`of` is for dates).
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return _known(value)
    if not isinstance(value, str):
        raise FiscalYearError(
            _("年度は「令和6年度」や 2024 の形で入力してください（%(found)sが入っています）。")
            % {"found": _type_in_words(value)}
        )
    text = _folded(value)
    match = _LABEL.fullmatch(text)
    if match is None:
        raise FiscalYearError(_complaint(value, text))
    years = _readings(match, value)
    if len(years) > 1:
        raise _disagreement(years, value)
    return years.pop()


def find(text: str) -> int:
    """Return the one fiscal year named in a longer label: H28年度開始, 令和3年度 実績値.

    Only years that say 年度 (or FY) count. FiscalYearError when there is none, or more than one.
    """
    years = find_all(text)
    if not years:
        raise FiscalYearError(_complaint(text, _folded(text)))
    if len(years) > 1:
        raise FiscalYearError(
            _("「%(found)s」には年度が%(count)d個あります（%(years)s）。1個にしてください。")
            % {
                "found": _shortened(text),
                "count": len(years),
                "years": "、".join(label(year) for year in years),
            }
        )
    return years[0]


def find_all(text: str) -> tuple[int, ...]:
    """Return the different fiscal years named in a text, in its order; () when there is none.

    令和2年度～令和6年度 gives (2020, 2024). FiscalYearError when a year is impossible, or when one
    end of a range is not a full label (令和2年度～6年度, 平成30～令和2年度): half is no answer.
    """
    return tuple(dict.fromkeys(_found_in(text)))


def _found_in(text: str) -> Iterator[int]:
    folded = _folded(text)
    end = 0
    for match in _LABEL.finditer(folded):
        if not _SAYS_FISCAL.search(match[0]):
            continue
        between = folded[end : match.start()]
        if _OPEN_RANGE.search(between) or _BARE_YEAR.search(between):
            raise _half_labelled(text)
        end = match.end()
        years = _readings(match, text)
        if len(years) > 1 and not match["listed"]:
            raise _disagreement(years, text)
        yield from sorted(years)
    if _BARE_YEAR.search(folded[end:]):
        raise _half_labelled(text)


def _readings(match: re.Match[str], found: str) -> set[int]:
    """Return the years a matched label gives: one if its readings agree."""
    return {_year_of(part, found) for part in match.groups() if part}


def _half_labelled(found: str) -> FiscalYearError:
    return FiscalYearError(
        _("「%(found)s」には元号または「年度」のない年があります。どの年にも付けてください。")
        % {"found": _shortened(found)}
    )


def _disagreement(years: set[int], found: str) -> FiscalYearError:
    return FiscalYearError(
        _("「%(found)s」に並ぶ年が別の年度を指しています（%(years)s）。")
        % {
            "found": _shortened(found),
            "years": "、".join(western_label(year) for year in sorted(years)),
        }
    )


def _year_of(part: str, found: str) -> int:
    """Turn a matched 令和元, H31 or FY2019 into its western year."""
    parts = _YEAR_PARTS.fullmatch(part)
    assert parts is not None  # _YEAR matched it
    mark, digits = parts[1].strip().upper(), parts[2]
    number = 1 if digits == "元" else int(digits)
    era = _ERA_BY_MARK.get(mark)
    if era is None:
        return _known(number)
    if not 1 <= number <= era.limit:
        raise FiscalYearError(
            _("「%(found)s」の年度はありません。%(era)sは元年度から%(limit)d年度まで読み取れます。")
            % {"found": _shortened(found), "era": era.name, "limit": era.limit}
        )
    return era.first + number - 1


def _in_era(fiscal_year: int) -> tuple[Era, str]:
    """Return the era and the year in it as printed (元, 2, 3 …)."""
    _known(fiscal_year)
    era = next(era for era in ERAS if era.first <= fiscal_year)
    number = fiscal_year - era.first + 1
    return era, "元" if number == 1 else str(number)


def _known(year: int) -> int:
    if not FIRST <= year <= LAST:
        # Python refuses to print integers of thousands of digits.
        found = str(year) if abs(year) < 10**9 else _("桁の多すぎる数")
        raise FiscalYearError(
            _("年度は%(first)dから%(last)dまでです（%(found)sが入っています）。")
            % {"first": FIRST, "last": LAST, "found": found}
        )
    return year


def _folded(text: str) -> str:
    """Full-width to half-width, ㍻ to 平成, every run of white space to one space."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def _complaint(found: str, folded: str) -> str:
    if not folded:
        return _("年度が空です。「令和6年度」「2024年度」の形で入力してください。")
    if _CALENDAR.search(folded):
        return _(
            "「%(found)s」は年または年月で、年度ではありません。"
            "「令和6年度」「2024年度」のように年度で入力してください。"
        ) % {"found": _shortened(found)}
    if re.fullmatch("[0-9]{1,2}(?: ?年度)?", folded):
        return _(
            "「%(found)s」には元号がありません。「令和6年度」「R6」「2024年度」の形で入力してください。"
        ) % {"found": _shortened(found)}
    return _(
        "「%(found)s」から年度を読み取れません。"
        "「令和6年度」「R6」「2024年度」「2024」のどれかの形で入力してください。"
    ) % {"found": _shortened(found)}


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 40 else text[:39] + "…"


def _type_in_words(value: object) -> str:
    match value:
        case None:
            return _("空の値")
        case bool():
            return _("真偽値")
        case float():
            return _("小数")
        case date():
            return _("日付")
    return type(value).__name__
