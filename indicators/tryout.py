"""Lines pasted from a spreadsheet, read into courses a rating scheme can be tried on. No database.

A line holds: name, baseline, 以上 or 以下, target, actual; and, where years matter, the baseline's,
the target's and the judged fiscal year. Cells are separated by tabs, or by commas where a line has
no tab; then a figure with thousands commas stands in quotation marks.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from municipalities import fiscal_year as fiscal_years
from municipalities.fiscal_year import FiscalYearError

from .evaluation import Course, Direction, Figure, Reason, Target, TargetKind

MOST_LINES = 1000
_FEWEST_CELLS, _MOST_CELLS = 5, 8
_MISSING = {"", "-", "－", "―", "—", "‐", "…", "なし"}
_KINDS = {
    "以上": TargetKind.AT_LEAST,
    "≥": TargetKind.AT_LEAST,
    "≧": TargetKind.AT_LEAST,
    "以下": TargetKind.AT_MOST,
    "≤": TargetKind.AT_MOST,
    "≦": TargetKind.AT_MOST,
}
_DIRECTIONS = {TargetKind.AT_LEAST: Direction.RISING, TargetKind.AT_MOST: Direction.FALLING}
# As many digits as the stored figures have; 000 is what thousands commas leave of 2,000.
_FIGURE = re.compile(
    r"[-+]?(?:0|[1-9][0-9]{0,10}|[1-9][0-9]{0,2}(?:,[0-9]{3}){1,3})(?:\.[0-9]{1,4})?"
)


@dataclass(frozen=True)
class Line:
    """A line that could be read: what it is called, and the course and year to judge."""

    number: int
    name: str
    course: Course
    fiscal_year: int


class LineError(ValueError):
    """What is wrong with a cell of a line, as the page says it."""


def read_lines(text: str, fiscal_year: int) -> tuple[list[Line], list[str]]:
    """Return the lines that can be read, and for each other one what was found and expected.

    Blank lines and a heading are passed over. `fiscal_year` is judged where a line names none.
    """
    lines: list[Line] = []
    errors: list[str] = []
    rows = [row for row in enumerate(text.splitlines(), start=1) if row[1].strip()]
    if rows and "基準値" in rows[0][1] and "目標" in rows[0][1]:
        rows.pop(0)
    if len(rows) > MOST_LINES:
        errors.append(
            _("%(count)d行あります。一度に試せるのは%(limit)d行までです。")
            % {"count": len(rows), "limit": MOST_LINES}
        )
    for number, row in rows[:MOST_LINES]:
        try:
            lines.append(_line(number, row, fiscal_year))
        except LineError as error:
            message = _("%(number)d行目：%(error)s") % {"number": number, "error": error}
            errors.append(message + _hint(row))
    return lines, errors


def _line(number: int, text: str, fiscal_year: int) -> Line:
    cells = [cell.strip() for cell in _cells(text)]
    while len(cells) > _FEWEST_CELLS and not cells[-1]:
        cells.pop()
    if not _FEWEST_CELLS <= len(cells) <= _MOST_CELLS:
        raise LineError(
            _(
                "%(found)d列あります。名称、基準値、以上・以下、目標値、実績値の5列か、続けて"
                "基準年度、目標年度、評価する年度を加えた8列までにしてください。"
            )
            % {"found": len(cells)}
        )
    name, baseline, kind, target, actual = cells[:5]
    years = [*cells[5:], "", "", ""]
    if not name:
        raise LineError(_("名称が空です。1列目に指標の名称を入力してください。"))
    found = _KINDS.get(unicodedata.normalize("NFKC", kind))
    if found is None:
        raise LineError(
            _("3列目は「%(found)s」です。「以上」か「以下」を入力してください。")
            % {"found": _short(kind)}
        )
    start = Figure.of(_figure(_("基準値"), baseline), Reason.NO_BASELINE)
    goal = _figure(_("目標値"), target)
    reached = Figure.of(_figure(_("実績値"), actual))
    baseline_year = _year(_("基準年度"), years[0])
    judged_year = _year(_("評価する年度"), years[2]) or fiscal_year
    target_year = _year(_("目標年度"), years[1]) or judged_year
    course = Course(
        baseline=start,
        direction=_DIRECTIONS[found],
        targets={} if goal is None else {target_year: Target(found, goal)},
        actuals={judged_year: reached},
        baseline_year=baseline_year,
        # The year after the baseline's, so that both ways of counting years agree.
        plan_start=None if baseline_year is None else baseline_year + 1,
    )
    return Line(number, name, course, judged_year)


def _cells(text: str) -> list[str]:
    if "\t" in text:
        return text.split("\t")
    if "," not in text:
        text = text.replace("，", ",")
    try:
        return next(csv.reader([text], skipinitialspace=True, strict=True), [])
    except csv.Error as error:
        raise LineError(_('引用符（"）が閉じていません。')) from error


def _figure(column: str, text: str) -> Decimal | None:
    """Return the number in a cell, None for 「－」 and blanks."""
    folded = unicodedata.normalize("NFKC", text).replace("\u2212", "-").strip()
    if folded in _MISSING:
        return None
    plain = folded.removesuffix("%").strip()
    plain = re.sub("^[▲△] ?", "-", plain)
    if not _FIGURE.fullmatch(plain):
        raise LineError(
            _(
                "%(column)sの「%(found)s」は数値として読めません。1,234.5や▲3のような数値"
                "（整数部11桁、小数4桁まで）、値がないときは「－」を入力してください。"
            )
            % {"column": column, "found": _short(text)}
        )
    return Decimal(plain.replace(",", ""))


def _year(column: str, text: str) -> int | None:
    if unicodedata.normalize("NFKC", text) in _MISSING:
        return None
    try:
        return fiscal_years.parse(text)
    except FiscalYearError as error:
        raise LineError(
            _("%(column)sが読めません。%(error)s") % {"column": column, "error": error}
        ) from error


def _hint(text: str) -> str:
    """Say how thousands commas and commas between the cells get along."""
    if "\t" in text or not re.search(r"[0-9０-９][,，][0-9０-９]{3}", text):
        return ""
    return _('桁区切りのカンマは、列をタブで区切るか、"1,234"のように引用符で囲んでください。')


def _short(text: str) -> str:
    return text if len(text) <= 30 else text[:29] + "…"
