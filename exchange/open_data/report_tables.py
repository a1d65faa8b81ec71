"""Tables of what sections report and what a review board says, as published."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from measures.models import ReportColumn
from municipalities.figures import read
from rounds.published import comments_of, reports_of, sheets_of

from .common import BY_SITE, PLAN, place_columns, time_columns, year_columns
from .scope import Scope
from .table import Column, Kind, Table, Value, coded, plain_columns

# --- Progress sheets ----------------------------------------------------------------------------


def _reports(scope: Scope) -> Iterator[tuple[Any, ...]]:
    """Yield every item of every public cell, year by year, in the order of the plan."""
    reports = reports_of(scope.all_current)
    for plan in scope.plans:
        actions = [place.node for place in scope.outlines[plan.pk] if place.key[0] == "action"]
        for publication in scope.current[plan.pk]:
            of_publication = reports.get(publication.pk, {})
            for action in actions:
                for report in of_publication.get(action.pk, {}).values():
                    report.publication = publication
                    for cell in report.cells:
                        for number, value in enumerate(_items(cell), start=1):
                            yield plan, action, report, cell, number, value


def _items(cell: dict[str, Any]) -> list[Any]:
    """Return what stands in a cell, a list item by item; a blank cell holds one blank."""
    value = cell["value"]
    if cell["kind"] == ReportColumn.Kind.LIST:
        return list(value) or [""]
    return [value]


def _cell_value(cell: dict[str, Any], value: Any) -> Value:
    """Return a rating's class, a number without separators, everything else as written."""
    if value in ("", None):
        return ""
    if cell["kind"] == ReportColumn.Kind.RATING:
        return str(value["label"])
    if cell["kind"] == ReportColumn.Kind.NUMBER:
        number = read(value)
        return str(value) if number is None else number
    return str(value)


def section_columns(of: int) -> tuple[Column, ...]:
    """Return codes and names of the sections that part `of` of a row names."""
    return (
        Column(
            "departments",
            _("組織コード"),
            Kind.LIST,
            lambda *row: [section["code"] for section in row[of].departments],
            _("departments.csv と結び付けられます。"),
        ),
        Column(
            "department_names",
            _("組織の名称"),
            Kind.LIST,
            lambda *row: [section["name"] for section in row[of].departments],
            _("公表したときの名称。"),
        ),
    )


REPORTS = Table(
    name="reports",
    title=_("進捗の報告"),
    description=_("施策進捗管理シートの公開する欄を、取組・行・年度・時期・欄ごとに1行ずつ。"),
    rows=_reports,
    columns=(
        *PLAN,
        Column("action", _("取組コード"), Kind.CODE, lambda _plan, action, *_r: action.code),
        Column(
            "action_title", _("取組"), Kind.TEXT, lambda _plan, action, *_r: action.display_title
        ),
        *plain_columns(
            ("order", _("行の順番"), Kind.INTEGER, _("同じ取組を複数の課が報告するときの順。")),
            ("is_relisted", _("再掲"), Kind.BOOLEAN),
            of=2,
        ),
        *section_columns(of=2),
        *time_columns(of=2),
        Column("column", _("欄コード"), Kind.CODE, lambda *row: row[3]["key"]),
        Column("column_label", _("欄"), Kind.TEXT, lambda *row: row[3]["label"]),
        *coded("column_kind", _("欄の種類"), ReportColumn.Kind, lambda *row: row[3]["kind"]),
        Column(
            "item", _("項目の番号"), Kind.INTEGER, lambda *row: row[4], _("箇条書きの何番目か。")
        ),
        Column(
            "value",
            _("内容"),
            Kind.TEXT,
            lambda *row: _cell_value(row[3], row[5]),
            _("空欄は記入なし。評価の欄では評価の名称。"),
        ),
        Column(
            "symbol",
            _("評価の記号"),
            Kind.TEXT,
            lambda *row: row[5]["symbol"] if isinstance(row[5], dict) else "",
        ),
        Column("unit", _("単位"), Kind.TEXT, lambda *row: row[3].get("unit", "")),
        *plain_columns(BY_SITE, ("note", _("注記"), Kind.TEXT), of=2),
    ),
)

# --- Policy sheets ------------------------------------------------------------------------------


def _sheets(scope: Scope) -> Iterator[tuple[Any, ...]]:
    sheets = sheets_of(scope.all_current)
    sheets.sort(key=lambda each: (each.fiscal_year, each.department.order, each.department.code))
    for plan in scope.plans:
        for sheet in sheets:
            if sheet.publication.plan_id == plan.pk:
                yield plan, sheet


def _issues(scope: Scope) -> Iterator[tuple[Any, ...]]:
    for plan, sheet in _sheets(scope):
        for issue in sheet.issues:
            yield plan, sheet, issue


SHEET = (
    Column(
        "department", _("組織コード"), Kind.CODE, lambda _plan, sheet, *_r: sheet.department.code
    ),
    Column(
        "department_name",
        _("組織の名称"),
        Kind.TEXT,
        lambda _plan, sheet, *_r: sheet.name,
        _("公表したときの名称。"),
    ),
    *year_columns("fiscal_year", _("年度"), lambda _plan, sheet, *_r: sheet.fiscal_year),
    Column(
        "publication",
        _("公表番号"),
        Kind.INTEGER,
        lambda _plan, sheet, *_r: sheet.publication.number,
        _("publications.csv の同じ列と結び付けられます。"),
    ),
)

SHEETS = Table(
    name="policy-sheets",
    title=_("部門方針シート"),
    description=_("部門ごと・年度ごとの役割と成果。"),
    rows=_sheets,
    columns=(
        *PLAN,
        *SHEET,
        *plain_columns(
            ("post", _("長の職名"), Kind.TEXT),
            ("heading", _("見出し"), Kind.TEXT),
            ("role", _("役割"), Kind.TEXT),
            ("role_items", _("役割の項目"), Kind.LIST),
            ("result", _("成果"), Kind.TEXT),
            BY_SITE,
            of=1,
        ),
    ),
)


def _issue_columns(*columns: tuple[str, Any, Kind]) -> Iterator[Column]:
    for name, label, kind in columns:
        yield Column(name, label, kind, lambda _plan, _sheet, issue, name=name: issue[name])


ISSUES = Table(
    name="policy-issues",
    title=_("部門方針シートの重点課題"),
    description=_("部門方針シートの重点課題を1行ずつ。"),
    rows=_issues,
    columns=(
        *PLAN,
        *SHEET,
        *_issue_columns(
            ("number", _("番号"), Kind.INTEGER),
            ("title", _("題名"), Kind.TEXT),
            ("issue", _("課題"), Kind.TEXT),
            ("approach", _("実行方針"), Kind.TEXT),
            ("result", _("結果"), Kind.TEXT),
        ),
    ),
)

# --- The review board ---------------------------------------------------------------------------


def _comments(scope: Scope) -> Iterator[tuple[Any, ...]]:
    comments = comments_of(scope.all_current)
    comments.sort(key=lambda each: (each.publication.fiscal_year, each.number))
    for plan in scope.plans:
        for comment in comments:
            if comment.publication.plan_id == plan.pk:
                yield plan, comment, scope.place_of(comment)


COMMENTS = Table(
    name="review-comments",
    title=_("外部評価の意見と回答"),
    description=_("審議会などの意見と、それへの回答。"),
    rows=_comments,
    columns=(
        *PLAN,
        *time_columns(of=1),
        *plain_columns(("number", _("番号"), Kind.INTEGER), of=1),
        *place_columns(2),
        *plain_columns(
            ("board", _("会議の名称"), Kind.TEXT),
            ("commented_on", _("意見の日"), Kind.DATE),
            ("comment", _("意見"), Kind.TEXT),
            ("answer", _("回答"), Kind.TEXT, _("空欄はまだ回答がないもの。")),
            of=1,
        ),
        *section_columns(of=1),
        *plain_columns(("answered_on", _("回答の日"), Kind.DATE), BY_SITE, of=1),
    ),
)
