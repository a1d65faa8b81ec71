"""The columns of a sheet: each says one thing of a row, and how its cell is read and written."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext as _

from municipalities import fiscal_year
from municipalities.models import Department

from . import values
from .shelf import LEVEL_NAMES, Shelf
from .values import CellError, Kind


@dataclass(frozen=True)
class Column:
    """One column: its heading, what belongs there, and the part of a row it speaks of.

    `fields` are the model fields a change of it touches (for checking, and to find the cell of an
    error). `write` gives a row's cell; `read` the value of a cell, for a row whose columns to the
    left have been put; `current` what the row says now; `put` makes it say something else.
    """

    name: str
    fields: tuple[str, ...]
    write: Callable[[Any], Any]
    read: Callable[[Any, Shelf, Any], Any]
    current: Callable[[Any], Any]
    put: Callable[[Any, Any], None]
    hint: str = ""
    choices: tuple[str, ...] = ()
    is_wide: bool = False
    is_number: bool = False
    is_key: bool = False
    is_required: bool = False
    aliases: tuple[str, ...] = ()
    """Other headings under which people bring it."""
    guess: Callable[[Shelf, Any, int], Any] | None = None
    """What a new row says where the cell is blank: of the shelf, the row, its place (from 0)."""
    waits_with: tuple[str, ...] = ()
    """Headings that say nothing without this one, where it waits for another plan."""

    @property
    def headings(self) -> tuple[str, ...]:
        return (self.name, *self.aliases)


def of_kind(name: str, attribute: str, kind: Kind, **options: Any) -> Column:
    """Return the column of an attribute that a kind writes and reads."""
    return Column(
        name,
        options.pop("fields", (attribute,)),
        write=lambda row: kind.write(getattr(row, attribute)),
        read=lambda cell, shelf, row: kind.read(cell),
        current=lambda row: getattr(row, attribute),
        put=lambda row, value: setattr(row, attribute, value),
        hint=options.pop("hint", "") or kind.hint,
        choices=kind.choices,
        is_wide=kind.is_wide,
        is_number=kind.is_number,
        **options,
    )


def plain(model: type[models.Model], attribute: str, name: str = "", **options: Any) -> Column:
    """Return the column of a model field that refers to no other row."""
    model_field = model._meta.get_field(attribute)
    options.setdefault("hint", str(model_field.help_text))
    is_number = isinstance(model_field, models.IntegerField) and not model_field.choices
    if is_number and not model_field.null and model_field.has_default():  # keeps no blank
        default = model_field.get_default()
        options.setdefault("guess", lambda shelf, row, place: default)
    return of_kind(
        name or str(model_field.verbose_name), attribute, kind_of(model_field), **options
    )


def plains(model: type[models.Model], *attributes: str) -> tuple[Column, ...]:
    return tuple(plain(model, attribute) for attribute in attributes)


def kind_of(model_field: Any) -> Kind:
    """Return how the cells of a model field are written and read."""
    if model_field.choices:
        blank = model_field.get_default() if model_field.has_default() else ""
        return values.choice(model_field.flatchoices, blank=blank)
    match model_field:
        case models.BooleanField():
            return values.flag()
        case models.DecimalField():
            return values.figure()
        case models.DateField():
            return values.day()
        case models.JSONField():
            return values.lines()
        case models.IntegerField() if _is_year(model_field):
            return values.year()
        case models.IntegerField():
            return values.whole()
        case models.SlugField():
            return values.word()
    if model_field.name in {"code", "key", "symbol"}:
        return values.word()
    return values.text(getattr(model_field, "max_length", None))


def _is_year(model_field: Any) -> bool:
    return any(
        isinstance(validator, MinValueValidator) and validator.limit_value == fiscal_year.FIRST
        for validator in model_field.validators
    )


LIFETIME = ("first_fiscal_year", "last_fiscal_year", "life_reason", "life_note")


# --- Columns that name other rows -------------------------------------------------------------


def linked(
    name: str,
    attribute: str,
    find: Callable[[Shelf, str], Any],
    code: Callable[[Any], str] = lambda row: row.code,
    **options: Any,
) -> Column:
    """Return the column that names another row by its code; `find` raises CellError where there
    is none. Blank refers to nothing."""

    def read(cell: Any, shelf: Shelf, row: Any) -> Any:
        word = values.folded(cell)
        return find(shelf, word) if word else None

    def write(row: Any) -> str | None:
        other = getattr(row, attribute)
        return None if other is None else code(other)

    return Column(
        name,
        (attribute,),
        write=write,
        read=read,
        current=lambda row: related(row, attribute),
        put=lambda row, value: setattr(row, attribute, value),
        **options,
    )


def related(row: Any, attribute: str) -> Any:
    """Return the row a foreign key leads to, None where it is not filled in."""
    model_field = row._meta.get_field(attribute)
    if getattr(row, model_field.attname) is None and not model_field.is_cached(row):
        return None
    return getattr(row, attribute)


def department(name: str, attribute: str, **options: Any) -> Column:
    options.setdefault("hint", _("組織のコードか名称"))
    return linked(name, attribute, Shelf.department, **options)


def node(name: str, attributes: dict[str, str], **options: Any) -> Column:
    """Return the column that names a node by level and code (施策 1-1-1); `attributes` leads from
    the levels that may be named to the foreign keys that then lead there. Blank: the plan."""

    def read(cell: Any, shelf: Shelf, row: Any) -> Any:
        word = values.folded(cell)
        return shelf.node(word, tuple(attributes)) if word else None

    def current(row: Any) -> Any:
        for attribute in attributes.values():
            other = related(row, attribute)
            if other is not None:
                return other
        return None

    def put(row: Any, value: Any) -> None:
        for attribute in attributes.values():
            model = row._meta.get_field(attribute).related_model
            setattr(row, attribute, value if isinstance(value, model) else None)

    names = "、".join(LEVEL_NAMES[level] for level in attributes)
    options.setdefault("hint", _("段とコード。段：%(names)s。例：施策 1-1-1") % {"names": names})
    return Column(
        name,
        tuple(attributes.values()),
        write=lambda row: node_words(current(row)),
        read=read,
        current=current,
        put=put,
        **options,
    )


def node_words(row: Any) -> str | None:
    """Return 施策 1-1-1 for a node, None for none."""
    return None if row is None else f"{LEVEL_NAMES[row._meta.model_name]} {row.code}"


def sections(current: Callable[[Any], list[Department]]) -> Column:
    """Return the column 担当課: the sections without a period of their own, in their order. What it
    says is kept on the row as `said_sections` until the table writes it."""

    def read(cell: Any, shelf: Shelf, row: Any) -> list[Department]:
        return [shelf.department(word) for word in values.split_words(cell)]

    def put(row: Any, value: list[Department]) -> None:
        row.said_sections = value

    return Column(
        _("担当課"),
        (),
        write=lambda row: "、".join(each.code for each in current(row)) or None,
        read=read,
        current=current,
        put=put,
        hint=_("組織のコードか名称を「、」で区切る。期間のある担当は「担当課の期間」に"),
    )


def numbers(name: str, current: Callable[[Any], list[int]], low: int, high: int) -> Column:
    """Return a column that lists whole numbers (SDGs目標); kept on the row as `said_numbers`."""

    def read(cell: Any, shelf: Shelf, row: Any) -> list[int]:
        found = []
        for word in values.split_words(values.as_text(cell).replace(".", "、")):
            if not word.isdecimal() or not low <= int(word) <= high:
                raise CellError(
                    _("%(low)dから%(high)dまでの番号を「、」で区切って入力してください。")
                    % {"low": low, "high": high}
                )
            found.append(int(word))
        return sorted(set(found))

    def put(row: Any, value: list[int]) -> None:
        row.said_numbers = value

    return Column(
        name,
        (),
        write=lambda row: "、".join(map(str, current(row))) or None,
        read=read,
        current=current,
        put=put,
        hint=_("番号を「、」で区切る"),
    )


def heading_of(columns: Iterable[Column], name: str) -> Column | None:
    """Return the column people mean by a heading, in any width of letters; None where none."""
    wanted = values.folded(name).replace(" ", "")
    for column in columns:
        if wanted in map(_folded, column.headings):
            return column
    return None


@lru_cache(maxsize=4096)  # our own headings, asked for once for every heading of a file
def _folded(heading: str) -> str:
    return values.folded(heading).replace(" ", "")
