"""What can be asked and what is answered, as the document of the API declares it.

All is made from the columns of the tables. Only what is asked is checked by these serializers; what
is answered has been made by the tables already.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.validators import ProhibitNullCharactersValidator
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from exchange.open_data.table import Column, Kind, Table, Words

from .resources import OF_INDICATOR, RESOURCES, Resource, rest_of

PAGE_SIZE = 100
MAX_PAGE_SIZE = 1000
LONGEST = 500
"""Characters of a filter."""
ALWAYS_STATED = {"municipality", "is_sample", "plan", "plan_title", "indicator", "indicator_name"}
WRITING_TOLD = {Kind.NUMBER, Kind.YEAR, Kind.MOMENT}
"""Of what is written as one would not expect, every description says how."""
FIRST_YEAR, LAST_YEAR = 1868, 9999
LARGEST = 2**31 - 1

# --- What is asked ------------------------------------------------------------------------------

YES_OR_NO = {"true": True, "false": False}
PAGING = ("page", "page_size", "format")


def _one_of(choices: Mapping[str, Words], **named: Any) -> serializers.ChoiceField:
    """Return a field for one of `choices`, which a wrong one is told."""
    wrong = _("「{input}」は選べません。選べる値：%s") % "、".join(choices)
    return serializers.ChoiceField(
        choices=list(choices.items()), error_messages={"invalid_choice": wrong}, **named
    )


class Sought(serializers.RegexField):
    """Any text but NUL, which PostgreSQL cannot look for. Django's own check of that is left out:
    its Japanese words ask to enter something."""

    default_error_messages = {"invalid": _("使えない文字があります。")}

    def __init__(self, **options: Any) -> None:
        super().__init__(r"^[^\x00]*$", **options)
        refused = ProhibitNullCharactersValidator
        self.validators = [each for each in self.validators if not isinstance(each, refused)]


class Asked(serializers.Serializer):
    """The query of an address, as name → all values given: an unknown name, or one given twice, is
    an error."""

    format = _one_of(
        {"json": "JSON"},
        required=False,
        label=_("形式"),
        help_text=_("ブラウザーでもJSONのまま読むとき json。"),
    )

    def get_fields(self) -> dict[str, serializers.Field]:
        """Return the filters first, then the pages."""
        fields = super().get_fields()
        last = {name: fields.pop(name) for name in PAGING if name in fields}
        return fields | last

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        known = "、".join(self.fields)
        errors = {
            name: [_("この名前の条件はありません。使える条件：%s") % known]
            for name in data
            if name not in self.fields
        } | {
            name: [_("同じ条件が2回あります。1つだけにしてください。")]
            for name, values in data.items()
            if len(values) > 1
        }
        if errors:
            raise ValidationError(errors)
        found = super().to_internal_value({name: value for name, (value,) in data.items()})
        return {name: YES_OR_NO.get(value, value) for name, value in found.items()}


class Listed(Asked):
    """The query of a list."""

    page = serializers.IntegerField(
        min_value=1, max_value=LARGEST, default=1, label=_("ページ"), help_text=_("1から。")
    )
    page_size = serializers.IntegerField(
        min_value=1,
        max_value=MAX_PAGE_SIZE,
        default=PAGE_SIZE,
        label=_("1ページの件数"),
        help_text=_("%(most)s件まで。") % {"most": MAX_PAGE_SIZE},
    )


def query_of(resource: Resource) -> type[Listed]:
    """Return the query of a list: its filters, page and page size."""
    fields = {column.name: _filter(column) for column in resource.filters}
    return type(f"{_name(resource.table)}Query", (Listed,), fields)


def _filter(column: Column) -> serializers.Field:
    named = {"label": column.label, "help_text": column.description, "required": False}
    if column.choices or column.kind == Kind.BOOLEAN:
        return _one_of(column.choices or {"true": _("はい"), "false": _("いいえ")}, **named)
    match column.kind:
        case Kind.YEAR:
            return serializers.IntegerField(min_value=FIRST_YEAR, max_value=LAST_YEAR, **named)
        case Kind.INTEGER:
            return serializers.IntegerField(min_value=0, max_value=LARGEST, **named)
    return Sought(max_length=LONGEST, trim_whitespace=False, **named)


# --- What is answered ---------------------------------------------------------------------------


class Refusal(serializers.Serializer):
    detail = serializers.CharField(label=_("理由"))


class Entry(serializers.Serializer):
    """Where the API begins."""

    municipalities = serializers.URLField(label=_("自治体の一覧"))
    plans = serializers.URLField(label=_("計画の一覧"))
    openapi = serializers.URLField(label=_("このAPIの定義（OpenAPI）"))


class Terms(serializers.Serializer):
    """Whether the data are real, and under what terms they may be used."""

    is_sample = serializers.BooleanField(
        label=_("架空"), help_text=_("true は見本用の架空の自治体。数値も架空です。")
    )
    modified = serializers.DateTimeField(label=_("最新の公表日時"))
    license = serializers.CharField(label=_("利用条件"))
    license_url = serializers.URLField(label=_("利用条件のアドレス"))
    attribution = serializers.CharField(label=_("出典の書き方"))


def row_of(table: Table) -> type[serializers.Serializer]:
    """Return a row of a table."""
    return _row(f"{_name(table)}Row", table.columns)


def page_of(table: Table, has_terms: bool = True) -> type[serializers.Serializer]:
    """Return a page of a list; `has_terms` where all rows are of one municipality."""
    fields = {
        "count": serializers.IntegerField(min_value=0, label=_("条件に合う件数（全ページ）")),
        "next": serializers.URLField(allow_null=True, label=_("次のページ")),
        "previous": serializers.URLField(allow_null=True, label=_("前のページ")),
    }
    results = {"results": row_of(table)(many=True, label=_("行"))}
    base = Terms if has_terms else serializers.Serializer
    return type(f"{_name(table)}Page", (base,), fields | results)


def detail_of(table: Table, links: dict[str, Any]) -> type[serializers.Serializer]:
    """Return a municipality or a plan: its row, terms and `links` (name → label)."""
    addresses = {name: serializers.URLField(label=label) for name, label in links.items()}
    kind = _name(table)
    found = type(f"{kind}Links", (serializers.Serializer,), addresses)
    bases = (row_of(table), Terms)
    return type(f"{kind}Detail", bases, {"links": found(label=_("続きのアドレス"))})


def indicator_detail() -> type[serializers.Serializer]:
    """Return an indicator with all that is told of it."""
    nested = {
        name: _row(f"Indicator{_name(table)}", rest_of(table))(many=True, label=table.title)
        for name in OF_INDICATOR
        for table in [RESOURCES[name].table]
    }
    return type("IndicatorDetail", (row_of(RESOURCES["indicators"].table), Terms), nested)


def _name(table: Table) -> str:
    return "".join(part.capitalize() for part in table.name.split("-"))


def _row(name: str, columns: Iterable[Column]) -> type[serializers.Serializer]:
    fields = {column.name: _field(column) for column in columns}
    return type(name, (serializers.Serializer,), fields)


def _field(column: Column) -> serializers.Field:
    writing = column.kind.writing if column.kind in WRITING_TOLD else ""
    named = {"label": column.label, "help_text": f"{column.description}{writing}"}
    if column.kind == Kind.LIST:
        return serializers.ListField(child=serializers.CharField(), **named)
    named["allow_null"] = column.name not in ALWAYS_STATED
    if column.choices:
        return serializers.ChoiceField(choices=list(column.choices.items()), **named)
    match column.kind:
        case Kind.INTEGER | Kind.YEAR:
            return serializers.IntegerField(**named)
        case Kind.NUMBER:
            return serializers.DecimalField(max_digits=None, decimal_places=None, **named)
        case Kind.BOOLEAN:
            return serializers.BooleanField(**named)
        case Kind.DATE:
            return serializers.DateField(**named)
        case Kind.MOMENT:
            return serializers.DateTimeField(**named)
        case Kind.ADDRESS:
            return serializers.URLField(**named)
    return serializers.CharField(**named)
