"""What one cell of the workbook of a plan says: written for people, read forgivingly.

`Kind.write` gives the cell of a stored value, `Kind.read` the value of a cell; what a kind writes
it reads back. A cell that cannot be read raises CellError, whose message says what is expected.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Context, Decimal
from typing import Any

from django.utils.translation import gettext as _

from municipalities import figures, fiscal_year
from municipalities.fiscal_year import FiscalYearError
from municipalities.uploads import UNCALCULATED, ErrorValue

NOTHING: tuple[Any, ...] = (None, "")
_FIFTEEN_DIGITS = Context(prec=15)
DASHES = frozenset("-－―‐–—ー−…")


class CellError(Exception):
    """What is wrong with a cell: the message (Japanese) says what is expected there."""


@dataclass(frozen=True)
class Kind:
    """A way to write and read cells. `hint` says in few words what belongs there, `choices` what
    may be chosen (empty: anything)."""

    write: Callable[[Any], Any]
    read: Callable[[Any], Any]
    hint: str = ""
    choices: tuple[str, ...] = ()
    is_wide: bool = False
    """Whether long text stands there."""
    is_number: bool = False


def folded(value: Any) -> str:
    """Return a cell as half-width text in one line, for whatever is looked up by it."""
    return " ".join(unicodedata.normalize("NFKC", as_text(value)).split())


def as_text(value: Any) -> str:
    """Return what a cell says as text: outer blanks and the line ends of other systems gone."""
    if value is UNCALCULATED:
        raise CellError(
            _("式の結果がファイルにありません。Excelで開いて保存し直すか、値を入力してください。")
        )
    if isinstance(value, ErrorValue):
        raise CellError(
            _("Excelのエラー値（%(value)s）です。値を入れ直してください。") % {"value": value}
        )
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        value = value.date() if value.time() == datetime.min.time() else value
    if isinstance(value, Decimal):
        return f"{value:f}"
    return str(value).replace("\r\n", "\n").replace("\r", "\n").strip()


def is_dash(value: Any) -> bool:
    """Whether a cell holds the stroke with which tables say that there is nothing."""
    text = as_text(value)
    return len(text) == 1 and text in DASHES


# --- Texts ------------------------------------------------------------------------------------


def text(max_length: int | None = None) -> Kind:
    """Text of at most `max_length` characters (None: of any length)."""
    return Kind(lambda value: value or None, as_text, is_wide=max_length is None or max_length > 60)


def word() -> Kind:
    """A code or a mark: letters of any width, no blanks around it."""
    return Kind(lambda value: value or None, folded)


def lines() -> Kind:
    """A list of texts, one a line."""
    return Kind(
        lambda value: "\n".join(value) or None,
        lambda value: [each.strip() for each in as_text(value).split("\n") if each.strip()],
        hint=_("1行に1つ（セルの中の改行はAlt+Enter）"),
        is_wide=True,
    )


def words() -> Kind:
    """A list of codes or names in one line: 1-1、4-2."""
    return Kind(lambda value: "、".join(value) or None, split_words, hint=_("「、」で区切る"))


def split_words(value: Any) -> list[str]:
    """Return the parts of a list people write in one cell."""
    parts = re.split(r"[、,，;；\n]", as_text(value))
    return list(dict.fromkeys(folded(part) for part in parts if part.strip()))


# --- Numbers ----------------------------------------------------------------------------------


def whole(limit: int = 2_147_483_647) -> Kind:
    """A whole number from 0 to `limit`; None where blank."""

    def read(value: Any) -> int | None:
        if value in NOTHING:
            return None
        number = figures.read(as_text(value))
        if number is None or number != int(number) or not 0 <= number <= limit:
            raise CellError(_("0以上の整数を入力してください。"))
        return int(number)

    return Kind(lambda value: value, read, hint=_("整数"), is_number=True)


def figure() -> Kind:
    """A decimal figure: 1,234.5, ▲3, full-width; None where blank or a stroke."""

    def read(value: Any) -> Decimal | None:
        if value in NOTHING or is_dash(value):
            return None
        if isinstance(value, bool):
            raise CellError(_("数値を入力してください（例：1,234.5や▲3）。"))
        if isinstance(value, Decimal):  # what a formula came to: 0.30000000000000004
            value = _FIFTEEN_DIGITS.plus(value).normalize()
        number = figures.read(as_text(value))
        if number is None:
            raise CellError(_("数値を入力してください（例：1,234.5や▲3）。小数は4桁まで。"))
        return number

    return Kind(lambda value: value, read, hint=_("数値"), is_number=True)


def year() -> Kind:
    """A fiscal year: 令和6年度, R6, 2024; None where blank."""

    def read(value: Any) -> int | None:
        if value in NOTHING or is_dash(value):
            return None
        if isinstance(value, date):
            raise CellError(
                _("年度は日付ではなく「令和6年度」「R6」「2024」の形で入力してください。")
            )
        try:
            return fiscal_year.parse(as_text(value))
        except FiscalYearError as error:
            raise CellError(str(error)) from error

    def write(value: int | None) -> str | None:
        return None if value is None else fiscal_year.label(value)

    return Kind(write, read, hint=_("例：令和6年度、R6、2024"))


_ERA_DAY = re.compile(r"(令和|平成|昭和|[RHS])\.?(元|\d{1,2})[年.](\d{1,2})[月.](\d{1,2})日?", re.I)
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")


def day() -> Kind:
    """A date: a date cell, 2024-04-01, 令和6年4月1日, R6.4.1; None where blank."""

    def read(value: Any) -> date | None:
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date) or value in NOTHING:
            return value or None
        compact = folded(value).replace(" ", "")
        era, plain = _ERA_DAY.fullmatch(compact), _DAY.fullmatch(compact)
        try:
            if era is not None:
                first = fiscal_year.parse(f"{era[1]}{era[2]}")
                return date(first, int(era[3]), int(era[4]))
            if plain is not None:
                return date(*map(int, plain.groups()))
        except (ValueError, FiscalYearError):
            pass
        raise CellError(_("日付を「2024-04-01」か「令和6年4月1日」の形で入力してください。"))

    return Kind(lambda value: value and value.isoformat(), read, hint=_("例：2024-04-01"))


# --- Choices ----------------------------------------------------------------------------------

YES = frozenset({"○", "〇", "◯", "はい", "有", "yes", "true", "1", "✓", "レ"})
NO = frozenset({"", "×", "いいえ", "無", "no", "false", "0"})


def flag() -> Kind:
    """Yes or no: ○ or blank."""

    def read(value: Any) -> bool:
        answer = folded(value).lower()
        if answer not in YES | NO:
            raise CellError(_("あてはまるときは「○」、あてはまらないときは空欄にしてください。"))
        return answer in YES

    return Kind(lambda value: "○" if value else None, read, hint=_("○か空欄"), choices=("○",))


def choice(pairs: Iterable[tuple[Any, Any]], blank: Any = "") -> Kind:
    """One of (value, label): the label is written, both are read; `blank` where the cell is."""
    labels = {value: str(label) for value, label in pairs}
    by_word = {folded(label): value for value, label in labels.items()}
    by_word |= {folded(value): value for value in labels if value != ""}
    names = tuple(label for value, label in labels.items() if value != "")

    def read(value: Any) -> Any:
        word_ = folded(value)
        if not word_:
            return blank
        if word_ not in by_word:
            raise CellError(
                _("次のどれかを入力してください：%(choices)s。") % {"choices": "、".join(names)}
            )
        return by_word[word_]

    def write(value: Any) -> str | None:
        return None if value in NOTHING or value == blank else labels.get(value, str(value))

    return Kind(write, read, choices=names)


_AIM = re.compile(r"(.*?) ?(以上|以下)")


def split_aim(value: Any) -> tuple[Any, str]:
    """Return a target without the word behind it, and that word: 200人以上 is 200人 and 以上."""
    is_text = isinstance(value, str) and not isinstance(value, ErrorValue)
    match = _AIM.fullmatch(folded(value)) if is_text else None
    return (match[1], match[2]) if match else (value, "")


def without_unit(value: Any, unit: str) -> Any:
    """Return a cell without the unit people typed behind the number (1,234人)."""
    if not isinstance(value, str) or not unit:
        return value
    compact = folded(value)
    return compact.removesuffix(folded(unit)).rstrip() or value
