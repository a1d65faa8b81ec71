"""Tables of what was promised: plans, publications, structure, and the plan before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from measures.models import Action, Correspondence
from measures.models.revision import LEVELS as NODE_LEVELS
from measures.outline import Place
from plans.choices import TitleSource
from plans.models import Plan
from plans.naming import level_name
from rounds.models import Publication
from rounds.published import published_plans

from .common import (
    BY_SITE,
    LEVEL_WORDS,
    PLAN,
    SOURCE,
    life_columns,
    period_columns,
    place_columns,
    sdgs_column,
    words_of,
    year_columns,
)
from .scope import LEVELS, Scope
from .table import Column, Kind, Table, coded, plain_columns

# --- Plans --------------------------------------------------------------------------------------


def _plans(scope: Scope) -> Iterator[tuple[Any, ...]]:
    for plan in scope.plans:
        path = reverse("portal:plan", args=[plan.municipality.slug, plan.slug])
        yield plan, scope, scope.publications[plan.pk], f"{scope.site}{path}"


def _title_note(plan: Plan) -> str:
    return "" if plan.title_source == TitleSource.DOCUMENT else plan.title_note


PLANS = Table(
    name="plans",
    title=_("計画"),
    description=_("公表中の計画。期間、段階、前の計画、出典。"),
    is_core=True,
    rows=_plans,
    columns=(
        *PLAN,
        Column(
            "prefecture", _("都道府県"), Kind.TEXT, lambda plan, *_r: plan.municipality.prefecture
        ),
        *plain_columns(("edition", _("版"), Kind.TEXT), of=0),
        *coded("title_source", _("計画名の出所"), TitleSource, lambda plan, *_r: plan.title_source),
        Column("title_note", _("計画名の注記"), Kind.TEXT, lambda plan, *_r: _title_note(plan)),
        *coded("stage", _("段階"), Plan.Stage, lambda plan, *_r: plan.stage),
        *year_columns("start_fiscal_year", _("開始年度"), lambda plan, *_r: plan.start_fiscal_year),
        *year_columns("end_fiscal_year", _("終了年度"), lambda plan, *_r: plan.end_fiscal_year),
        *plain_columns(
            ("period_label", _("期間の表記"), Kind.TEXT, _("資料の印字のまま。")),
            ("period_note", _("期間の注記"), Kind.TEXT),
            ("summary", _("概要"), Kind.TEXT),
            ("summary_by_site", _("概要は当サイトによる要約"), Kind.BOOLEAN),
            ("scope_note", _("収録範囲"), Kind.TEXT),
            *SOURCE,
            of=0,
        ),
        Column(
            "predecessor",
            _("前の計画コード"),
            Kind.CODE,
            lambda plan, scope, *_r: scope.slug_of(plan.predecessor_id),
            _("公表中の計画だけ。"),
        ),
        *year_columns(
            "takes_over_from",
            _("引き継ぐ年度"),
            lambda plan, scope, *_r: (
                plan.takes_over_from if scope.slug_of(plan.predecessor_id) else None
            ),
            description=_("この年度から前の計画に代わります。"),
        ),
        Column(
            "parent",
            _("上位計画コード"),
            Kind.CODE,
            lambda plan, scope, *_r: scope.slug_of(plan.parent_id),
            _("公表中の計画だけ。"),
        ),
        Column(
            "first_published_at",
            _("最初の公表日時"),
            Kind.MOMENT,
            lambda _plan, _scope, publications, _url: min(
                publication.effective_at for publication in publications
            ),
        ),
        Column(
            "last_published_at",
            _("最新の公表日時"),
            Kind.MOMENT,
            lambda _plan, _scope, publications, _url: max(
                publication.effective_at for publication in publications
            ),
        ),
        Column(
            "url",
            _("ページのアドレス"),
            Kind.ADDRESS,
            lambda _plan, _scope, _publications, url: url,
        ),
    ),
)


def _publications(scope: Scope) -> Iterator[tuple[Any, ...]]:
    for plan in scope.plans:
        current = {publication.pk for publication in scope.current[plan.pk]}
        for publication in scope.publications[plan.pk]:
            yield plan, publication, publication.pk in current


PUBLICATIONS = Table(
    name="publications",
    title=_("公表の記録"),
    description=_(
        "いつ、どの年度・時期のものを公表したか。速報・確定・訂正・遡及改定の別と公開の理由。"
    ),
    rows=_publications,
    columns=(
        *PLAN,
        Column("publication", _("公表番号"), Kind.INTEGER, lambda _plan, found, _now: found.number),
        *coded(
            "kind",
            _("種類"),
            [Publication.Kind.PLAN, Publication.Kind.PUBLIC],
            lambda _plan, found, _now: found.kind,
        ),
        *year_columns(
            "fiscal_year",
            _("年度"),
            lambda _plan, found, _now: found.fiscal_year,
            description=_("計画の公表では空欄。"),
        ),
        *period_columns(lambda _plan, found, _now: found.period),
        *plain_columns(("effective_at", _("公表日時"), Kind.MOMENT), of=1),
        *coded("mark", _("印"), Publication.Mark, lambda _plan, found, _now: found.mark),
        *plain_columns(
            ("reason", _("訂正などの理由"), Kind.TEXT), ("note", _("注記"), Kind.TEXT), of=1
        ),
        Column(
            "is_current",
            _("有効"),
            Kind.BOOLEAN,
            lambda _plan, _found, is_current: is_current,
            _("false は、あとの公表に差し替えられたもの。"),
        ),
    ),
)

# --- Structure ----------------------------------------------------------------------------------


def _structure(scope: Scope) -> Iterator[tuple[Any, ...]]:
    for plan in scope.plans:
        for number, place in enumerate(scope.outlines[plan.pk], start=1):
            sdgs = scope.sdgs.get(place.key, [])
            yield plan, place.node, place, number, sdgs, _page_of(plan, place, scope.site)


def _page_of(plan: Plan, place: Place, site: str) -> str:
    """Return the address of a node's page, "" for fields and actions, which have none."""
    page = {"basicgoal": "goal", "policy": "policy", "measure": "measure"}.get(place.key[0])
    if page is None:
        return ""
    names = [plan.municipality.slug, plan.slug, place.node.code]
    return f"{site}{reverse(f'portal:{page}', args=names)}"


def _above(place: Place) -> tuple[str, str]:
    if not place.above:
        return "plan", ""
    node = place.above[-1]
    return LEVELS[node._meta.model_name], node.code


NODE_WORDS = {level: words for level, words in LEVEL_WORDS.items() if level != "plan"}

STRUCTURE = Table(
    name="structure",
    title=_("計画の組み立て"),
    description=_(
        "基本目標・分野・政策・施策・取組を、計画書の順に1行ずつ。上の段のコードで組み立てが分かります。"
    ),
    is_core=True,
    rows=_structure,
    columns=(
        *PLAN,
        Column(
            "number", _("並び順"), Kind.INTEGER, lambda _plan, _node, _place, number, *_r: number
        ),
        Column(
            "level",
            _("段"),
            Kind.CODE,
            lambda _plan, node, *_r: LEVELS[node._meta.model_name],
            words_of(NODE_WORDS),
            choices=NODE_WORDS,
        ),
        Column(
            "level_label",
            _("段の呼び名"),
            Kind.TEXT,
            lambda plan, node, *_r: level_name(plan, node._meta.model_name),
            _("計画での呼び名。空欄は呼び名なし。"),
        ),
        *plain_columns(
            ("code", _("コード"), Kind.CODE, _("同じ計画の同じ段の中で重なりません。")),
            ("label", _("番号の表記"), Kind.TEXT, _("計画書の印字のまま。")),
            ("title", _("題名"), Kind.TEXT),
            of=1,
        ),
        *coded(
            "title_source", _("題名の出所"), TitleSource, lambda _plan, node, *_r: node.title_source
        ),
        Column(
            "title_note", _("題名の注記"), Kind.TEXT, lambda _plan, node, *_r: _title_note(node)
        ),
        Column(
            "parent_level",
            _("上の段"),
            Kind.CODE,
            lambda _p, _n, place, *_r: _above(place)[0],
            words_of(LEVEL_WORDS),
            choices=LEVEL_WORDS,
        ),
        Column(
            "parent_code",
            _("上の段のコード"),
            Kind.CODE,
            lambda _p, _n, place, *_r: _above(place)[1],
            _("計画に直接付くものは空欄。"),
        ),
        Column(
            "slogan", _("副題"), Kind.TEXT, lambda _plan, node, *_r: getattr(node, "slogan", "")
        ),
        *plain_columns(
            ("summary", _("概要"), Kind.TEXT),
            ("vision", _("めざす姿"), Kind.TEXT),
            ("current_state", _("現状"), Kind.TEXT),
            ("issues", _("課題"), Kind.TEXT),
            BY_SITE,
            of=1,
        ),
        Column(
            "named_items",
            _("挙げられた事業名"),
            Kind.LIST,
            lambda _plan, node, *_r: list(node.named_items) if isinstance(node, Action) else [],
        ),
        sdgs_column(lambda _p, _n, _place, _number, sdgs, _url: sdgs),
        *life_columns(of=1),
        *plain_columns(("note", _("注記"), Kind.TEXT), of=1),
        Column(
            "url",
            _("ページのアドレス"),
            Kind.ADDRESS,
            lambda *row: row[5],
            _("分野と取組には、それだけのページがありません。"),
        ),
    ),
)


def _correspondences(scope: Scope) -> Iterator[tuple[Any, ...]]:
    olds = published_plans().filter(pk=OuterRef("old_plan"))
    lines = Correspondence.objects.filter(Exists(olds), new_plan__in=scope.plans)
    nodes = [f"{side}_{level}" for side in ("new", "old") for level in NODE_LEVELS]
    lines = lines.select_related("old_plan__municipality", *nodes).order_by("number")
    for line in lines:
        line.plan_id = line.new_plan_id
    for plan, line in scope.each(lines):
        yield plan, line, _named(line.new), _named(line.old)


def _named(node: Any) -> tuple[str, str]:
    return ("", "") if node is None else (LEVELS[node._meta.model_name], node.code)


CORRESPONDENCES = Table(
    name="correspondences",
    title=_("新旧の対応"),
    description=_("この計画の段と前の計画の段の対応。新しい側が空欄は削除、前の側が空欄は新設。"),
    rows=_correspondences,
    columns=(
        *PLAN,
        *plain_columns(("number", _("番号"), Kind.INTEGER), of=1),
        *place_columns(2, "new_", _("新：")),
        Column(
            "old_plan", _("前の計画コード"), Kind.CODE, lambda _p, line, *_r: line.old_plan.slug
        ),
        Column(
            "old_plan_title", _("前の計画名"), Kind.TEXT, lambda _p, line, *_r: str(line.old_plan)
        ),
        *place_columns(3, "old_", _("旧：")),
        *coded("basis", _("根拠"), Correspondence.Basis, lambda _plan, line, *_r: line.basis),
        *plain_columns(("remark", _("備考"), Kind.TEXT), of=1),
    ),
)
