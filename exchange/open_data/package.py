"""The files of a scope: each table as CSV and JSON, and the ZIP of all, with licence and date."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities.models import Municipality

from .formats import as_csv, as_json, as_zip, encoded
from .scope import Scope
from .table import Record, Table
from .tables import BY_NAME, DICTIONARY, TABLES

CC_BY = (
    "クリエイティブ・コモンズ 表示 4.0 国際（CC BY 4.0）",
    "https://creativecommons.org/licenses/by/4.0/deed.ja",
)


@dataclass(frozen=True)
class License:
    """Under what terms the files may be used, and how to name where they come from."""

    name: str
    url: str
    attribution: str


def title_of(town: Municipality, plan: Any = None) -> str:
    """Return the title of a plan's or a municipality's open data; an invented town says so."""
    name = f"{town.name}（架空）" if town.is_sample else town.name
    if plan is None:
        return _("%(town)sの計画のオープンデータ") % {"town": name}
    return _("%(town)s「%(plan)s」のオープンデータ") % {"town": name, "plan": plan}


def license_of(town: Municipality, plan: Any = None) -> License:
    """Return the municipality's own terms, CC BY 4.0 where it has set none."""
    name, url = (town.license_name, town.license_url) if town.license_name else CC_BY
    return License(name, url, town.attribution or _("出典：%s") % title_of(town, plan))


class Package:
    """What can be downloaded of a scope."""

    def __init__(self, scope: Scope) -> None:
        self.scope, self.town, self.plan = scope, scope.town, scope.plan
        self.title = title_of(self.town, self.plan)
        self.license = license_of(self.town, self.plan)
        self.name = "_".join(each.slug for each in (self.town, self.plan) if each)
        """What the names of the files begin with."""
        self._records: dict[str, list[Record]] = {}

    def address(self, kind: str, *rest: str) -> str:
        """Return the path of the page ("page") or of a file of the scope."""
        slugs = [each.slug for each in (self.town, self.plan) if each]
        prefix = "town" if self.plan is None else "plan"
        name = prefix if kind == "page" else f"{prefix}_{kind}"
        return reverse(f"open_data:{name}", args=[*slugs, *rest])

    def records(self, table: Table) -> list[Record]:
        if table.name not in self._records:
            self._records[table.name] = table.records(self.scope)
        return self._records[table.name]

    def csv(self, table: Table) -> bytes:
        return as_csv(table.columns, self.records(table))

    def json(self, table: Table) -> bytes:
        return as_json(self._head(table), table.columns, self.records(table))

    def _head(self, table: Table) -> dict[str, Any]:
        """Return what stands before the rows in JSON."""
        site = self.scope.site
        return {
            "table": table.name,
            "title": str(table.title),
            "description": str(table.description),
            "municipality": self.town.name,
            "municipality_code": self.town.code,
            "municipality_code_5": self.town.short_code,
            "is_sample": self.town.is_sample,
            "plan": self.plan and self.plan.slug,
            "plan_title": self.plan and str(self.plan),
            "modified": self.modified,
            "license": self.license.name,
            "license_url": self.license.url,
            "attribution": self.license.attribution,
            "dictionary": f"{site}{self.address('json', DICTIONARY.name)}",
        }

    @property
    def modified(self) -> str:
        return timezone.localtime(self.scope.modified).isoformat(timespec="seconds")

    @cached_property
    def files(self) -> dict[str, dict[str, bytes]]:
        """Name of a table → "csv" and "json" → content, the dictionary last."""
        return {
            table.name: {"csv": self.csv(table), "json": self.json(table)}
            for table in BY_NAME.values()
        }

    @cached_property
    def zip(self) -> bytes:
        return as_zip(self._packed(), self.scope.modified)

    def _packed(self) -> Iterator[tuple[str, bytes]]:
        yield f"{self.name}/はじめに.txt", encoded(self.readme())
        yield f"{self.name}/利用条件.txt", encoded(self._terms())
        for name, contents in self.files.items():
            for kind, content in contents.items():
                yield f"{self.name}/{kind}/{name}.{kind}", content

    def _terms(self) -> str:
        lines = [self.license.name, self.license.url, "", self.license.attribution]
        return "\ufeff" + "\r\n".join([*lines, ""])

    def readme(self) -> str:
        """Return what the ZIP says of itself, as Windows opens it: BOM, CRLF."""
        lines = [
            self.title,
            "",
            _("最新の公表：%s") % self.modified,
            _("利用条件：%(name)s %(url)s") % {"name": self.license.name, "url": self.license.url},
            self.license.attribution,
            _("公表ページ：%s") % f"{self.scope.site}{self.address('page')}",
            "",
        ]
        if self.town.is_sample:
            lines += [_("この自治体と数値は架空です。実在の自治体とは関係がありません。"), ""]
        lines += [
            _("公表済みの内容だけを収めています。空欄は値がないことを示し、0は値です。"),
            _("csv/ は表計算ソフト向けです（UTF-8、BOM付き、1行目が見出し）。"),
            _("json/ には同じ内容がJSONで入っています。"),
            _("列の意味は dictionary.csv にあります。"),
            "",
            *(
                f"{table.name}　{table.title}（{len(self.records(table))}）　{table.description}"
                for table in (*TABLES, DICTIONARY)
            ),
            "",
        ]
        return "\ufeff" + "\r\n".join(lines)
