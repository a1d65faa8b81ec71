"""The sheet of the revision table: which node of this plan follows which of an earlier one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.utils.translation import gettext as _

from measures.lines import check_lines
from measures.models import Correspondence
from municipalities.record_many import Problems
from plans.models import Plan

from . import values
from .columns import Column, linked, node, node_words, plain, plains
from .shelf import LEVELS, Shelf
from .table import Table

NEW = {
    "action": "new_action",
    "measure": "new_measure",
    "policy": "new_policy",
    "basicgoal": "new_basic_goal",
}
OLD = {level: name.replace("new_", "old_") for level, name in NEW.items()}


def _old_plan(shelf: Shelf, word: str) -> Plan:
    found = shelf.plans.get(word)
    if found is None:
        raise shelf.waits_for(word)
    return found


def _old_node(cell: Any, shelf: Shelf, row: Correspondence) -> Any:
    word = values.folded(cell)
    if not word or row.old_plan_id is None:
        return None
    return shelf.of_other_plan(row.old_plan).node(word, tuple(OLD))


_old = node("前の計画の項目", OLD, hint=_("段とコード。空欄は新設"))


class CorrespondenceTable(Table):
    """Lines to a plan that is not here yet wait as text."""

    sheet = "新旧対応"
    about = "この計画の項目と、前の計画の項目の対応。片方が空欄の行は、新設または削除です。"
    model = Correspondence
    columns = (
        plain(Correspondence, "number", is_key=True),
        node("新しい項目", NEW, hint=_("段とコード。空欄は削除")),
        linked(
            "前の計画",
            "old_plan",
            _old_plan,
            code=lambda plan: plan.slug,
            is_required=True,
            hint=_("計画のアドレス名"),
        ),
        Column(
            _old.name,
            _old.fields,
            write=lambda row: node_words(_old.current(row)),
            read=_old_node,
            current=_old.current,
            put=_old.put,
            hint=_old.hint,
        ),
        plain(Correspondence, "basis"),
        *plains(Correspondence, "remark"),
    )

    def stored(self, shelf: Shelf) -> list[Any]:
        rows = super().stored(shelf)
        for row in rows:
            row.old_plan = shelf.plan_numbered(row.old_plan_id)
            nodes = shelf.of_other_plan(row.old_plan).index()
            for level, name in OLD.items():
                number = getattr(row, f"{name}_id")
                if number is not None:
                    setattr(row, name, nodes[LEVELS[level], number])
        return rows

    def new(self, shelf: Shelf) -> Any:
        return Correspondence(new_plan=shelf.plan)

    def check(
        self, rows: Sequence[Any], shelf: Shelf, *, by: Any, fields: Collection[str] | None
    ) -> Problems:
        return check_lines(rows, by=by, fields=fields)
