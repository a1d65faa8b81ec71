"""The sheets of the plan itself and of the sections of its town."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from municipalities.models import Department, DepartmentSuccession
from plans.models import Plan

from .columns import Column, department, linked, plain, plains, related
from .shelf import Shelf
from .table import Faults, Item, Table

# --- The plan -----------------------------------------------------------------------------------


def _other_plan(shelf: Shelf, word: str) -> Plan:
    found = shelf.plans.get(word)
    if found is None or found is shelf.plan:
        raise shelf.waits_for(word)
    return found


def _slug(name: str, attribute: str, **options: Any) -> Column:
    hint = "この自治体の計画のアドレス名"
    return linked(name, attribute, _other_plan, lambda plan: plan.slug, hint=hint, **options)


class PlanTable(Table):
    """One row: the plan. Whether it is published or in force, the town decides later."""

    sheet = "計画"
    about = "計画の名称、期間、段の呼び名、公開の範囲。"
    model = Plan
    is_upright = True
    columns = (
        plain(Plan, "slug", is_key=True),
        plain(Plan, "title", is_required=True),
        *plains(Plan, "title_source", "title_note", "edition"),
        *plains(Plan, "start_fiscal_year", "end_fiscal_year", "period_label", "period_note"),
        *plains(Plan, "summary", "summary_by_site", "scope_note", "source", "source_url", "order"),
        _slug("前の計画・前の版", "predecessor", waits_with=("引き継ぐ年度",)),
        plain(Plan, "takes_over_from"),
        _slug("上位計画", "parent"),
        *plains(Plan, *(f.name for f in Plan._meta.fields if f.name.startswith("label_"))),
        *plains(Plan, *(f.name for f in Plan._meta.fields if f.name.startswith("show_"))),
    )

    def stored(self, shelf: Shelf) -> list[Any]:
        return [shelf.plan] if shelf.plan is not None else list(shelf.plans.values())

    def new(self, shelf: Shelf) -> Any:
        return Plan(municipality=shelf.municipality, stage=Plan.Stage.DRAFT)


# --- Sections -----------------------------------------------------------------------------------


class DepartmentTable(Table):
    """Sections by code; what a workbook does not name stays as it is."""

    sheet = "組織"
    about = "計画に出てくる部・課・係。改称した組織も、前の名称のまま別の行に書きます。"
    model = Department
    columns = (
        plain(Department, "code", is_key=True),
        plain(Department, "name", is_required=True),
        plain(Department, "kind"),
        department("上位の組織", "parent"),
        *plains(Department, "post", "is_lead", "valid_from", "valid_to"),
        plain(Department, "order", guess=lambda shelf, row, place: 10 * (place + 1)),
        plain(Department, "note"),
    )

    def stored(self, shelf: Shelf) -> list[Any]:
        return shelf.adopt(shelf.departments.values())

    def exported(self, shelf: Shelf) -> list[Any]:
        """The sections the plan names, with those above, before and after them; parents first."""
        wanted, waiting = set(), set(_named(shelf.plan))
        links = list(_successions(shelf))
        by_number = {each.pk: each for each in shelf.departments.values()}
        while waiting:
            wanted |= waiting
            above = {by_number[number].parent_id for number in waiting} - {None}
            beside = {
                number
                for link in links
                for number in (link.predecessor_id, link.successor_id)
                if {link.predecessor_id, link.successor_id} & waiting
            }
            waiting = (above | beside) - wanted
        chosen = [each for each in self.stored(shelf) if each.pk in wanted]
        depth = {each.pk: _depth(each) for each in chosen}
        return sorted(chosen, key=lambda each: (depth[each.pk], each.order, each.code))

    def new(self, shelf: Shelf) -> Any:
        return Department(municipality=shelf.municipality)

    def write(self, items: Sequence[Item], shelf: Shelf, *, by: Any, reason: str) -> Faults:
        """Those above are saved before those below."""
        faults: Faults = []
        waiting = list(items)
        while waiting:
            coming = {id(item.row) for item in waiting if item.row.pk is None}
            ready = [item for item in waiting if id(related(item.row, "parent")) not in coming]
            if not ready:
                message = _("上位の組織をたどると、自分自身に戻ります。")
                return [*faults, *((item, ValidationError(message)) for item in waiting)]
            faults += super().write(ready, shelf, by=by, reason=reason)
            waiting = [item for item in waiting if item not in set(ready)]
        return faults


def _depth(row: Department) -> int:
    depth = 0
    while row.parent_id is not None and depth < 20:
        row, depth = row.parent, depth + 1
    return depth


def _named(plan: Plan) -> set[int]:
    """Return the numbers of the sections a plan names anywhere. One query."""
    ways = {
        "responsibilities__indicator__plan": plan,
        "reporting_rows__row__action__plan": plan,
        "owned_series__indicators__plan": plan,
        "policy_sheets__plan": plan,
        "review_comments__plan": plan,
    }
    queries = [
        Department.objects.filter(**{way: value}).order_by().values_list("pk")
        for way, value in ways.items()
    ]
    return {number for (number,) in queries[0].union(*queries[1:])}


def _successions(shelf: Shelf) -> list[DepartmentSuccession]:
    town = shelf.municipality
    links = DepartmentSuccession.objects.filter(
        Q(predecessor__municipality=town) | Q(successor__municipality=town)
    )
    return shelf.adopt(links.order_by("effective_on", "predecessor__code", "successor__code"))


class SuccessionTable(Table):
    sheet = "組織の改編"
    about = "改称・統合・分割・移管。前の組織の行は「組織」に残します。"
    model = DepartmentSuccession
    columns = (
        department("前の組織", "predecessor", is_key=True),
        department("後の組織", "successor", is_key=True),
        plain(DepartmentSuccession, "kind", is_required=True),
        plain(DepartmentSuccession, "effective_on", is_required=True),
    )

    def stored(self, shelf: Shelf) -> list[Any]:
        return _successions(shelf)

    def exported(self, shelf: Shelf) -> list[Any]:
        named = {each.pk for each in DepartmentTable().exported(shelf)}
        return [link for link in _successions(shelf) if link.predecessor_id in named]

    def new(self, shelf: Shelf) -> Any:
        return DepartmentSuccession()
