"""Tables of what stands around plans: what they refer to, words, footnotes, departments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.models import Department, DepartmentSuccession, Municipality
from plans.models import Footnote, GlossaryTerm, RelatedPlan
from rounds.published import published_plans

from .common import PLAN, town_columns, year_columns
from .scope import Scope
from .table import Column, Kind, Table, coded, plain_columns

# --- What stands around a plan ------------------------------------------------------------------


def _related(scope: Scope) -> Iterator[tuple[Any, ...]]:
    is_linked = Exists(published_plans().filter(pk=OuterRef("linked_plan")))
    rows = RelatedPlan.objects.filter(plan__in=scope.plans).annotate(is_linked=is_linked)
    rows = rows.select_related("linked_plan__municipality").prefetch_related("policies")
    return scope.each(rows.order_by("number"))


def _linked(row: Any) -> str:
    linked = row.linked_plan
    return f"{linked.municipality.slug}/{linked.slug}" if row.is_linked else ""


RELATED = Table(
    name="related-plans",
    title=_("関連する計画・条例"),
    description=_("計画が参照する計画、条例、法令。"),
    rows=_related,
    columns=(
        *PLAN,
        *plain_columns(("number", _("番号"), Kind.INTEGER), of=1),
        *coded("kind", _("種類"), RelatedPlan.Kind, lambda _plan, row: row.kind),
        *plain_columns(("title", _("名称"), Kind.TEXT), of=1),
        Column(
            "linked_plan",
            _("このサイトの計画"),
            Kind.CODE,
            lambda _plan, row: _linked(row),
            _("自治体と計画の、アドレスに使う名前（例：konan/sogo）。公表中の計画だけ。"),
        ),
        *year_columns("start_fiscal_year", _("開始年度"), lambda _plan, row: row.start_fiscal_year),
        *year_columns("end_fiscal_year", _("終了年度"), lambda _plan, row: row.end_fiscal_year),
        *plain_columns(
            ("period_label", _("期間などの表記"), Kind.TEXT),
            ("tier", _("位置づけ"), Kind.TEXT),
            ("note", _("注記"), Kind.TEXT),
            of=1,
        ),
        Column(
            "policies",
            _("関連する施策"),
            Kind.LIST,
            lambda _plan, row: [policy.code for policy in row.policies.all()],
            _("段 policy のコード。"),
        ),
    ),
)


def _explained(model: Any) -> Any:
    """Return the rows of glossary or footnotes, with the code of their policy."""

    def rows(scope: Scope) -> Iterator[tuple[Any, ...]]:
        found = model.objects.filter(plan__in=scope.plans).select_related("policy")
        return scope.each(found.order_by("number"))

    return rows


_POLICY = Column(
    "policy",
    _("施策のコード"),
    Kind.CODE,
    lambda _plan, row: row.policy.code if row.policy else "",
    _("説明のある施策（段 policy）。計画全体のものは空欄。"),
)

GLOSSARY = Table(
    name="glossary",
    title=_("用語"),
    description=_("計画が説明する用語。"),
    rows=_explained(GlossaryTerm),
    columns=(
        *PLAN,
        *plain_columns(
            ("number", _("番号"), Kind.INTEGER),
            ("term", _("用語"), Kind.TEXT),
            ("formal_name", _("正式な名称"), Kind.TEXT),
            ("definition", _("説明"), Kind.TEXT, _("計画書に説明がなければ空欄。")),
            ("definition_by_site", _("説明は当サイトによる要約"), Kind.BOOLEAN),
            of=1,
        ),
        _POLICY,
        *plain_columns(
            ("place", _("出てくる場所"), Kind.TEXT), ("note", _("注記"), Kind.TEXT), of=1
        ),
    ),
)

FOOTNOTES = Table(
    name="footnotes",
    title=_("脚注"),
    description=_("計画書の脚注。"),
    rows=_explained(Footnote),
    columns=(
        *PLAN,
        *plain_columns(
            ("number", _("番号"), Kind.INTEGER),
            ("mark", _("印"), Kind.TEXT),
            ("marked_on", _("印のある箇所"), Kind.TEXT),
            ("text", _("内容"), Kind.TEXT),
            of=1,
        ),
        _POLICY,
        *plain_columns(("note", _("注記"), Kind.TEXT), of=1),
    ),
)

# --- Departments --------------------------------------------------------------------------------


def _departments(scope: Scope) -> Iterator[tuple[Municipality, Department, list[str], Any]]:
    """Departments and reorganisations of days to come are not told."""
    today = timezone.localdate()
    departments = Department.objects.filter(municipality=scope.town).exclude(valid_from__gt=today)
    begun = {each.pk: each for each in departments.order_by("order", "code")}
    after = defaultdict(list)
    steps = DepartmentSuccession.objects.filter(
        predecessor__in=begun, successor__in=begun, effective_on__lte=today
    )
    for step in steps.order_by("effective_on", "pk"):
        after[step.predecessor_id].append(begun[step.successor_id].code)
    for each in begun.values():
        parent = begun.get(each.parent_id)
        ended = None if each.is_valid_on(today) else each.valid_to
        yield scope.town, each, after[each.pk], (parent.code if parent else "", ended)


DEPARTMENTS = Table(
    name="departments",
    title=_("組織"),
    description=_("部と課。現在のものと、過去のもの。担当課のコードと結び付けられます。"),
    rows=_departments,
    columns=(
        *town_columns(lambda town: town),
        *plain_columns(("code", _("組織コード"), Kind.CODE), ("name", _("名称"), Kind.TEXT), of=1),
        *coded("kind", _("種別"), Department.Kind, lambda _town, each, *_r: each.kind),
        Column(
            "parent", _("上位の組織コード"), Kind.CODE, lambda _town, _each, _after, rest: rest[0]
        ),
        *plain_columns(
            ("post", _("長の職名"), Kind.TEXT),
            ("valid_from", _("有効開始日"), Kind.DATE, _("空欄は不明。")),
            of=1,
        ),
        Column(
            "valid_to",
            _("有効終了日"),
            Kind.DATE,
            lambda _town, _each, _after, rest: rest[1],
            _("空欄は現在の組織。"),
        ),
        Column(
            "successors",
            _("後継の組織コード"),
            Kind.LIST,
            lambda _town, _each, after, _rest: after,
        ),
    ),
)
