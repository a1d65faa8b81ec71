"""All tables of open data in the order of the data dictionary, and the dictionary itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from .figure_tables import RATES, VALUES
from .indicator_tables import INDICATORS, RESPONSIBILITIES, TARGETS
from .judgement_tables import FORECASTS, JUDGEMENTS, TRENDS
from .plan_tables import CORRESPONDENCES, PLANS, PUBLICATIONS, STRUCTURE
from .reference_tables import DEPARTMENTS, FOOTNOTES, GLOSSARY, RELATED
from .report_tables import COMMENTS, ISSUES, REPORTS, SHEETS
from .table import Column, Kind, Table

TABLES: tuple[Table, ...] = (
    PLANS,
    STRUCTURE,
    INDICATORS,
    TARGETS,
    VALUES,
    RATES,
    JUDGEMENTS,
    TRENDS,
    FORECASTS,
    RESPONSIBILITIES,
    REPORTS,
    SHEETS,
    ISSUES,
    COMMENTS,
    CORRESPONDENCES,
    RELATED,
    GLOSSARY,
    FOOTNOTES,
    DEPARTMENTS,
    PUBLICATIONS,
)


def _described(_scope: Any) -> Iterator[tuple[Any, ...]]:
    for table in (*TABLES, DICTIONARY):
        for number, column in enumerate(table.columns, start=1):
            yield table, column, number


DICTIONARY = Table(
    name="dictionary",
    title=_("データ辞書"),
    description=_("すべての表の列の名前、型、書き方、意味。"),
    rows=_described,
    columns=(
        Column("table", _("表"), Kind.CODE, lambda table, *_r: table.name, _("ファイルの名前。")),
        Column("table_title", _("表の題名"), Kind.TEXT, lambda table, *_r: str(table.title)),
        Column("number", _("列の順番"), Kind.INTEGER, lambda _table, _column, number: number),
        Column(
            "column_label",
            _("列名（CSV）"),
            Kind.TEXT,
            lambda _table, column, _n: str(column.label),
        ),
        Column("column_name", _("列名（JSON）"), Kind.CODE, lambda _table, column, _n: column.name),
        Column("type", _("型"), Kind.CODE, lambda _table, column, _n: str(column.kind)),
        Column(
            "type_label", _("型の名称"), Kind.TEXT, lambda _table, column, _n: column.kind.label
        ),
        Column("format", _("書き方"), Kind.TEXT, lambda _table, column, _n: column.kind.writing),
        Column(
            "description", _("説明"), Kind.TEXT, lambda _table, column, _n: str(column.description)
        ),
    ),
)
BY_NAME = {table.name: table for table in (*TABLES, DICTIONARY)}
