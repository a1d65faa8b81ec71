"""Columns that several tables share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext_lazy as _

from municipalities import fiscal_year as fiscal_years
from municipalities.cells import with_decimals
from plans.choices import LifeReason, Period
from plans.models import Lifetime, Plan
from plans.sdgs import SDGS
from rounds.models import PublishedIndicator

from .table import Column, Kind, Words, coded


def town_columns(town: Callable[[Any], Any]) -> tuple[Column, ...]:
    """Return the columns with which every row begins; `town` finds the municipality in the first
    part of a row."""
    return (
        Column(
            "municipality_code",
            _("全国地方公共団体コード"),
            Kind.CODE,
            lambda first: town(first).code,
            _("検査数字を含む6桁。架空の自治体では空欄。"),
            is_shared=True,
        ),
        Column(
            "municipality_code_5",
            _("市区町村コード5桁"),
            Kind.CODE,
            lambda first: town(first).short_code,
            _("検査数字のない5桁（標準地域コード）。架空の自治体では空欄。"),
            is_shared=True,
        ),
        Column(
            "municipality",
            _("地方公共団体名"),
            Kind.TEXT,
            lambda first: town(first).name,
            is_shared=True,
        ),
        Column(
            "is_sample",
            _("架空"),
            Kind.BOOLEAN,
            lambda first: town(first).is_sample,
            _("true は見本用の架空の自治体。数値も架空です。"),
            is_shared=True,
        ),
    )


LEVEL_WORDS = {
    "plan": _("計画そのもの"),
    "basic_goal": _("基本目標"),
    "field": _("分野"),
    "policy": _("政策・施策"),
    "measure": _("施策"),
    "action": _("取組"),
}


def words_of(choices: Mapping[str, Words]) -> str:
    """Return what each code means, for the description of a column that has no words beside."""
    return "、".join(f"{code}＝{words}" for code, words in choices.items()) + "。"


PLAN = (
    *town_columns(lambda plan: plan.municipality),
    Column(
        "plan",
        _("計画コード"),
        Kind.CODE,
        lambda plan: plan.slug,
        _("計画のページのアドレスに使う名前。"),
        is_shared=True,
    ),
    Column("plan_title", _("計画名"), Kind.TEXT, lambda plan: str(plan), is_shared=True),
)

INDICATOR = (
    Column(
        "indicator",
        _("指標コード"),
        Kind.CODE,
        lambda _plan, indicator, *_row: indicator.code,
        _("同じ計画の中で重ならない。indicators.csv の同じ列と結び付けられます。"),
    ),
    Column(
        "indicator_name",
        _("指標名"),
        Kind.TEXT,
        lambda _plan, indicator, *_row: indicator.display_name,
    ),
)


def year_columns(
    name: str,
    label: Words,
    year: Callable[..., int | None],
    printed: Callable[..., str] | None = None,
    description: Words = "",
) -> tuple[Column, Column]:
    """Return the western fiscal year, and beside it the year as the municipality writes it;
    what the document prints (`printed`) wins."""

    def words(plan: Plan, *row: Any) -> str:
        found = year(plan, *row)
        label_printed = printed(plan, *row) if printed else ""
        return label_printed or ("" if found is None else year_label(plan, found))

    return (
        Column(name, label, Kind.YEAR, year, description),
        Column(
            f"{name}_label",
            _("%(label)sの表記") % {"label": label},
            Kind.TEXT,
            words,
            _("資料の印字のまま。なければ自治体の年度の書き方（和暦など）。"),
        ),
    )


def year_label(plan: Plan, year: int) -> str:
    """Return a fiscal year as the municipality writes it."""
    return _year_label(year, plan.municipality.year_style)


@lru_cache(maxsize=1000)
def _year_label(year: int, style: str) -> str:
    return fiscal_years.label(year, fiscal_years.YearStyle(style))


def time_columns(of: int) -> tuple[Column, ...]:
    """Return year, period and number of the publication that part `of` of a row belongs to."""
    return (
        *year_columns(
            "fiscal_year",
            _("年度"),
            lambda *row: row[of].publication.fiscal_year,
            lambda *row: getattr(row[of], "year_label", ""),
        ),
        *period_columns(lambda *row: row[of].publication.period),
        Column(
            "publication",
            _("公表番号"),
            Kind.INTEGER,
            lambda *row: row[of].publication.number,
            _("この行を載せた公表。publications.csv の同じ列と結び付けられます。"),
        ),
    )


def period_columns(period: Callable[..., str]) -> tuple[Column, Column]:
    code, label = coded("period", _("時期"), Period, period)
    return code, Column(
        label.name,
        label.label,
        Kind.TEXT,
        lambda plan, *row: plan.period_name(found) if (found := period(plan, *row)) else "",
        _("計画での呼び名。"),
    )


def life_columns(of: int) -> tuple[Column, ...]:
    """Return from when to when, and why, part `of` of a row belongs to its plan."""

    def lifetime(*row: Any) -> Lifetime:
        found: Lifetime = row[of]
        return found

    return (
        *year_columns(
            "first_fiscal_year",
            _("追加された年度"),
            lambda *row: lifetime(*row).first_fiscal_year,
            description=_("空欄は計画の初めから。"),
        ),
        *year_columns(
            "last_fiscal_year",
            _("最後の年度"),
            lambda *row: lifetime(*row).last_fiscal_year,
            description=_("空欄は計画の終わりまで。"),
        ),
        *coded("life_reason", _("追加・終了の理由"), LifeReason, lambda *row: row[of].life_reason),
        Column(
            "life_note",
            _("追加・終了の説明"),
            Kind.TEXT,
            lambda *row: row[of].life_note if _is_limited(row[of]) else "",
        ),
    )


def _is_limited(row: Lifetime) -> bool:
    return row.first_fiscal_year is not None or row.last_fiscal_year is not None


def place_columns(of: int, prefix: str = "", label: Words = "") -> tuple[Column, ...]:
    """Return level and code of a node that part `of` of a row names as (level, code)."""
    return (
        Column(
            f"{prefix}level",
            _("%(label)s段") % {"label": label},
            Kind.CODE,
            lambda *row: row[of][0],
            words_of(LEVEL_WORDS),
            choices=LEVEL_WORDS,
        ),
        Column(
            f"{prefix}code",
            _("%(label)s段のコード") % {"label": label},
            Kind.CODE,
            lambda *row: row[of][1],
            _("structure.csv の「コード」と結び付けられます。"),
        ),
    )


SOURCE = (("source", _("出典"), Kind.TEXT), ("source_url", _("出典のアドレス"), Kind.ADDRESS))
BY_SITE = (
    "texts_by_site",
    _("当サイトによる要約"),
    Kind.BOOLEAN,
    _("true は、文が原文のままでなく当サイトの要約。"),
)


def sdgs_column(numbers: Callable[..., list[str]], description: Words = "") -> Column:
    """Return the numbers of the Sustainable Development Goals of a row."""
    return Column(
        "sdgs",
        _("SDGsの目標"),
        Kind.LIST,
        numbers,
        f"{_('1から17までの番号。')}{description}",
        choices={str(number): name for number, name in SDGS.items()},
    )


def figure(value: Decimal | None, row: PublishedIndicator) -> Decimal | None:
    """Return a figure with the decimals of its series."""
    return None if value is None else with_decimals(value, row.decimals)
