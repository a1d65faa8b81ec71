"""Conditions of database constraints, answered from a row in memory.

A check of thousands of rows must not ask the database once per row, and what it answers must be
what the database would: comparisons with NULL are neither true nor false.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from django.db.models import F, Model, Q
from django.db.models.expressions import Combinable, CombinedExpression

_TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "exact": operator.eq,
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
    "in": lambda value, choices: value in choices,
}


def holds(condition: Q, row: Model) -> bool | None:
    """Return what SQL would say of `row`: true, false, or None for unknown (a constraint is broken
    by false only). NotImplementedError for a lookup no constraint of ours uses."""
    answers = [
        holds(child, row) if isinstance(child, Q) else _lookup(child[0], child[1], row)
        for child in condition.children
    ]
    answer = _any(answers) if condition.connector == Q.OR else _all(answers)
    if condition.negated and answer is not None:
        return not answer
    return answer


def _lookup(path: str, wanted: Any, row: Model) -> bool | None:
    name, _separator, lookup = path.partition("__")
    value = held(row, name)
    if lookup == "isnull":
        return (value is None) == wanted
    wanted = _worth(wanted, row)
    test = _TESTS.get(lookup or "exact")
    if test is None:
        raise NotImplementedError(f"{path}: this lookup is not known in memory.")
    if value is None or wanted is None:
        return None
    return test(value, wanted)


def _worth(wanted: Any, row: Model) -> Any:
    """Return what a column is compared with: a value, another column, or a sum of columns."""
    if isinstance(wanted, F):
        return held(row, wanted.name)
    if isinstance(wanted, CombinedExpression):
        if wanted.connector != Combinable.ADD:
            raise NotImplementedError(f"{wanted}: only sums are known in memory.")
        parts = [_worth(part, row) for part in (wanted.lhs, wanted.rhs)]
        return None if None in parts else sum(parts)
    return wanted


def held(row: Model, name: str) -> Any:
    """Return what a column holds; a related row that is not saved yet stands for its number."""
    field = row._meta.get_field(name)
    value = getattr(row, field.attname)
    if value is None and field.is_relation and field.is_cached(row):
        return field.get_cached_value(row)
    return value


def _all(answers: list[bool | None]) -> bool | None:
    if False in answers:
        return False
    return None if None in answers else True


def _any(answers: list[bool | None]) -> bool | None:
    if True in answers:
        return True
    return None if None in answers else False
