"""The sheets of what a plan explains and refers to, and of the form of its progress sheet."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from measures.models import ReportColumn
from measures.record import check_column
from municipalities.record_many import Problems, check_rows, gathered
from plans.models import Footnote, GlossaryTerm, Plan, RelatedPlan

from . import values
from .columns import Column, linked, plain, plains, related
from .shelf import Shelf
from .structure_tables import next_place
from .table import Table

# --- Words and footnotes ------------------------------------------------------------------------


class GlossaryTable(Table):
    sheet = "用語"
    about = "計画が説明する用語。説明のない用語は空欄のままにします。"
    model = GlossaryTerm
    columns = (
        plain(GlossaryTerm, "number", is_key=True),
        plain(GlossaryTerm, "term", is_required=True),
        *plains(GlossaryTerm, "formal_name", "definition", "definition_by_site"),
        linked("説明のある政策", "policy", Shelf.policy),
        *plains(GlossaryTerm, "place", "note"),
    )


class FootnoteTable(Table):
    sheet = "脚注"
    about = "計画書の脚注。"
    model = Footnote
    columns = (
        plain(Footnote, "number", is_key=True),
        plain(Footnote, "mark", is_required=True),
        plain(Footnote, "marked_on"),
        plain(Footnote, "text", is_required=True),
        linked("載っている政策", "policy", Shelf.policy),
        plain(Footnote, "note"),
    )


# --- Related plans ------------------------------------------------------------------------------


def _address(plan: Plan) -> str:
    return f"{plan.municipality.slug}/{plan.slug}"


def _linked_plan(shelf: Shelf, word: str) -> Plan:
    """Return a plan of this town by its address name, or another town's by town/plan; where it is
    not here yet, the line waits for it."""
    town, _slash, slug = word.rpartition("/")
    if town in {"", shelf.municipality.slug}:
        found = shelf.plans.get(slug)
    else:
        plans = Plan.objects.in_force().select_related("municipality")
        found = plans.filter(municipality__slug=town, slug=slug).first()
    if found is None or found is shelf.plan:
        raise shelf.waits_for(word)
    return found


def _address_here(row: RelatedPlan) -> str | None:
    other = related(row, "linked_plan")
    if other is None:
        return None
    at_home = other.municipality_id == row.plan.municipality_id
    return other.slug if at_home else _address(other)


class RelatedTable(Table):
    sheet = "関連計画"
    about = "計画が挙げるほかの計画・条例・法令。このサイトにあるものは結び付けられます。"
    model = RelatedPlan
    columns = (
        plain(RelatedPlan, "number", is_key=True),
        plain(RelatedPlan, "title", is_required=True),
        plain(RelatedPlan, "kind"),
        Column(
            "このサイトの計画",
            ("linked_plan",),
            write=_address_here,
            read=lambda cell, shelf, row: (
                _linked_plan(shelf, values.folded(cell)) if values.folded(cell) else None
            ),
            current=lambda row: related(row, "linked_plan"),
            put=lambda row, value: setattr(row, "linked_plan", value),
            hint="計画のアドレス名。ほかの自治体の計画は「自治体/計画」",
        ),
        *plains(RelatedPlan, "start_fiscal_year", "end_fiscal_year", "period_label", "tier"),
        Column(
            "関連する政策",
            (),
            write=lambda row: "、".join(each.code for each in _policies(row)) or None,
            read=lambda cell, shelf, row: [shelf.policy(word) for word in values.split_words(cell)],
            current=lambda row: _policies(row),
            put=lambda row, value: setattr(row, "said_policies", value),
            hint="政策のコードを「、」で区切る",
        ),
        plain(RelatedPlan, "note"),
    )

    def stored(self, shelf: Shelf) -> list[Any]:
        rows = super().stored(shelf)
        by_number = {row.pk: row for row in rows}
        policies = {node.pk: node for (level, _c), node in shelf.nodes.items() if level == "policy"}
        for row in rows:
            row.kept_policies = []
        if rows:
            served = RelatedPlan.policies.through.objects.filter(relatedplan__plan=shelf.plan)
            for link in served.order_by("policy__order", "policy__code"):
                by_number[link.relatedplan_id].kept_policies.append(policies[link.policy_id])
        return rows

    def save(
        self, rows: Sequence[Any], shelf: Shelf, *, by: Any, reason: str, fields: Collection[str]
    ) -> None:
        super().save(rows, shelf, by=by, reason=reason, fields=fields)
        through = RelatedPlan.policies.through
        said = [row for row in rows if hasattr(row, "said_policies")]
        stale = [row for row in said if getattr(row, "kept_policies", [])]
        if stale:
            through.objects.filter(relatedplan__in=stale).delete()
        through.objects.bulk_create(
            through(relatedplan=row, policy=policy)
            for row in said
            for policy in row.said_policies
            if policy.pk is not None
        )


def _policies(row: RelatedPlan) -> list[Any]:
    return getattr(row, "kept_policies", [])


# --- The form of the progress sheet -------------------------------------------------------------


class FormTable(Table):
    sheet = "シートの様式"
    about = "進捗管理シートの列。標準の列は issues, projects, result, rating, direction。"
    model = ReportColumn
    columns = (
        plain(ReportColumn, "key", is_key=True),
        plain(ReportColumn, "label", is_required=True),
        plain(ReportColumn, "kind"),
        plain(ReportColumn, "order", guess=next_place),
        *plains(ReportColumn, "max_length", "choices", "unit", "is_hidden"),
        Column(
            "公開しない",
            ("is_public",),
            write=lambda row: None if row.is_public else "○",
            read=lambda cell, shelf, row: not values.flag().read(cell),
            current=lambda row: row.is_public,
            put=lambda row, value: setattr(row, "is_public", value),
            hint="○か空欄",
            choices=("○",),
        ),
    )

    def check(
        self, rows: Sequence[Any], shelf: Shelf, *, by: Any, fields: Collection[str] | None
    ) -> Problems:
        """A changed column is asked one by one: what reports say in it must still fit."""
        problems = check_rows(rows, by=by, fields=fields)

        def check(row: ReportColumn) -> None:
            if row.pk is not None:
                check_column(row, by=by)

        return gathered(rows, check) | problems
