"""A table of open data: ordered columns, each with a name, a type and what it means.

The same declaration makes the CSV, the JSON and the data dictionary.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise
Value = str | int | bool | Decimal | date | datetime | list[str] | None
Record = list[Value]


class Kind(StrEnum):
    """What stands in a cell, and how it is written."""

    TEXT = "text"
    CODE = "code"
    INTEGER = "integer"
    YEAR = "year"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    MOMENT = "datetime"
    LIST = "list"
    ADDRESS = "uri"

    @property
    def label(self) -> str:
        return str(_KINDS[self][0])

    @property
    def writing(self) -> str:
        """How a cell of this kind is written."""
        return str(_KINDS[self][1])


_KINDS: dict[Kind, tuple[Words, Words]] = {
    Kind.TEXT: (_("文字列"), _("文章・名称。改行を含むことがあります。")),
    Kind.CODE: (_("コード"), _("半角の文字列。数値として扱うと先頭の0などが失われます。")),
    Kind.INTEGER: (_("整数"), _("桁区切りのない10進の整数。")),
    Kind.YEAR: (_("年度"), _("4月が属する年の西暦4桁（令和6年度は2024）。")),
    Kind.NUMBER: (_("数値"), _("桁区切りと指数のない10進数。JSONでは桁を保つため文字列。")),
    Kind.BOOLEAN: (_("真偽"), _("true または false。")),
    Kind.DATE: (_("日付"), _("YYYY-MM-DD（ISO 8601）。")),
    Kind.MOMENT: (_("日時"), _("YYYY-MM-DDThh:mm:ss+09:00（ISO 8601、日本時間）。")),
    Kind.LIST: (_("一覧"), _("CSVでは一つのセルの中で改行して並べ、JSONでは配列。")),
    Kind.ADDRESS: (_("アドレス"), _("http または https で始まるURL。")),
}


@dataclass(frozen=True)
class Column:
    """A column; `value` takes what the table's rows consist of."""

    name: str
    label: Words
    kind: Kind
    value: Callable[..., Value]
    description: Words = ""
    is_shared: bool = False
    """Whether it reads the first part of a row only and stands before the columns that do not."""
    choices: Mapping[str, Words] = field(default_factory=dict)
    """All codes that can stand here with their words; empty where anything can."""

    def of(self, row: tuple[Any, ...]) -> Value:
        """Return what stands in this column of a row."""
        return self.value(row[0]) if self.is_shared else self.value(*row)


@dataclass(frozen=True)
class Table:
    """A file's worth of rows. `rows` takes the scope and yields what the columns read, the plan
    (None in a table of the municipality itself) first."""

    name: str
    title: Words
    description: Words
    columns: tuple[Column, ...]
    rows: Callable[[Any], Iterable[tuple[Any, ...]]]
    is_core: bool = False
    """Whether catalogues name the file beside the ZIP of all."""
    documents: tuple[str, ...] | None = None
    """Where each row tells of an indicator, its second part: the documents of what was published of
    it that decide which rows there are. None for all other tables."""
    is_of_years: bool = False
    """Whether its rows of a fiscal year come from what was published of that year alone."""

    def records(self, scope: Any) -> list[Record]:
        """Return all rows as values, in the order of the columns."""
        return self.read(self.rows(scope))

    def read(self, rows: Iterable[tuple[Any, ...]]) -> list[Record]:
        """Return some of the rows as values, in the order of the columns."""
        shared = [column.value for column in self.columns if column.is_shared]
        own = [column.value for column in self.columns if not column.is_shared]
        heads: dict[int, Record] = {}
        found = []
        for row in rows:
            head = heads.get(id(row[0]))
            if head is None:
                head = heads[id(row[0])] = [value(row[0]) for value in shared]
            found.append([*head, *(value(*row) for value in own)])
        return found


def coded(
    name: str,
    label: Words,
    choices: Any,
    value: Callable[..., str | None],
    description: Words = "",
) -> tuple[Column, Column]:
    """Return two columns for one of `choices`: its code, and its words beside."""
    labels = {choice.value: str(choice.label) for choice in choices if choice.value}
    codes = "、".join(f"{code}＝{words}" for code, words in labels.items())
    return (
        Column(name, f"{label}コード", Kind.CODE, value, f"{description}{codes}", choices=labels),
        Column(
            f"{name}_label",
            label,
            Kind.TEXT,
            lambda *row: labels.get(value(*row) or ""),
            "上の語。",
        ),
    )


def plain_columns(
    *columns: tuple[str, Words, Kind] | tuple[str, Words, Kind, Words], of: int
) -> tuple[Column, ...]:
    """Return columns that read the attribute of their own name from part `of` of a row."""
    return tuple(
        Column(name, label, kind, _attribute(name, of), description[0] if description else "")
        for name, label, kind, *description in columns
    )


def _attribute(name: str, of: int) -> Callable[..., Value]:
    def value(*row: Any) -> Value:
        found: Value = getattr(row[of], name)
        return found

    return value
