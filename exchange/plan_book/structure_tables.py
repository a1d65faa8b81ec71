"""The sheets of a plan's structure: its nodes, one sheet a level, with their SDGs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from measures.models import Action, Measure, MeasureSdg
from municipalities.record_many import check_rows, refuse, save_rows
from plans import structure
from plans.choices import TitleSource
from plans.models import BasicGoal, Policy, PolicyField, PolicySdg
from plans.models.nodes import PlanNode

from .columns import LIFETIME, Column, linked, node, numbers, plain, plains
from .shelf import Shelf
from .table import Table


def next_place(shelf: Shelf, row: Any, place: int) -> int:
    """A new row whose order is blank stands where its line stands."""
    return 10 * (place + 1)


def _title_source(shelf: Shelf, row: Any, place: int) -> str:
    return TitleSource.DOCUMENT if row.title else TitleSource.MISSING


def _columns(
    model: type[PlanNode], *between: Column, below: tuple[Column, ...] = ()
) -> tuple[Column, ...]:
    """Return the columns every level shares, with those of one level in their places."""
    return (
        plain(model, "code", is_key=True),
        plain(model, "label"),
        plain(model, "title"),
        *between,
        plain(model, "order", guess=next_place),
        plain(model, "title_source", guess=_title_source),
        *plains(model, "title_note", "summary", "vision", "current_state", "issues"),
        *below,
        *plains(model, "texts_by_site", "note", *LIFETIME),
    )


class GoalTable(Table):
    sheet = "基本目標"
    about = "計画のいちばん上の段。"
    model = BasicGoal
    columns = _columns(BasicGoal, plain(BasicGoal, "slogan"))


class FieldTable(Table):
    sheet = "分野"
    about = "政策をまとめる見出し。使わない計画では空のままにします。"
    model = PolicyField
    columns = _columns(PolicyField, node("上の段", {"basicgoal": "basic_goal"}))


def _kept_numbers(row: Any) -> list[int]:
    return getattr(row, "kept_numbers", [])


class SdgNodeTable(Table):
    """Nodes that carry goals of the SDGs."""

    tags: type[Any]
    tagged: str

    def stored(self, shelf: Shelf) -> list[Any]:
        rows = super().stored(shelf)
        goals: dict[int, list[int]] = defaultdict(list)
        if rows:
            tags = self.tags.objects.filter(**{f"{self.tagged}__plan": shelf.plan})
            for number, goal in tags.values_list(self.tagged, "number").order_by("number"):
                goals[number].append(goal)
        for row in rows:
            row.kept_numbers = goals[row.pk]
        return rows

    def save(
        self, rows: Sequence[Any], shelf: Shelf, *, by: Any, reason: str, fields: Collection[str]
    ) -> None:
        super().save(rows, shelf, by=by, reason=reason, fields=fields)
        new = [
            self.tags(**{self.tagged: row}, number=number)
            for row in rows
            for number in getattr(row, "said_numbers", _kept_numbers(row))
            if number not in _kept_numbers(row)
        ]
        if new:
            refuse(check_rows(new, by=by), new)
            save_rows(new, by=by, reason=reason)
        for row in rows:
            gone = set(_kept_numbers(row)) - set(getattr(row, "said_numbers", _kept_numbers(row)))
            if gone:
                for tag in row.sdgs.filter(number__in=gone):
                    structure.remove_row(tag, by=by, reason=reason)


class PolicyTable(SdgNodeTable):
    sheet = "政策"
    about = "基本目標の下の段。"
    model, tags, tagged = Policy, PolicySdg, "policy"
    columns = _columns(
        Policy,
        node("上の段", {"basicgoal": "basic_goal"}),
        linked("分野", "field", lambda shelf, word: shelf.node(word, ("policyfield",))),
        below=(numbers("SDGs目標", _kept_numbers, 1, 17),),
    )


class MeasureTable(SdgNodeTable):
    sheet = "施策"
    about = "政策の下の段。政策の段がない計画では基本目標の下に置きます。"
    model, tags, tagged = Measure, MeasureSdg, "measure"
    columns = _columns(
        Measure,
        node("上の段", {"policy": "policy", "basicgoal": "basic_goal"}),
        below=(numbers("SDGs目標", _kept_numbers, 1, 17),),
    )


class ActionTable(Table):
    sheet = "取組"
    about = "いちばん下の段（施策内容、主要事業）。担当課が進捗を報告します。"
    model = Action
    columns = _columns(
        Action,
        node("上の段", {"measure": "measure", "policy": "policy", "basicgoal": "basic_goal"}),
        below=(plain(Action, "named_items"),),
    )
