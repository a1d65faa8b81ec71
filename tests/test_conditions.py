"""Constraints answered from memory say what the database says."""

from decimal import Decimal

import pytest
from django.apps import apps
from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import CombinedExpression
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.models import Actual, Target
from measures.models import Correspondence
from municipalities.conditions import holds
from plans.models import BasicGoal, Plan

CHECKS = [
    (model, constraint)
    for model in apps.get_models()
    if hasattr(model, "municipality_lookup")
    for constraint in model._meta.constraints
    if isinstance(constraint, models.CheckConstraint)
]
VALUES = {
    models.BooleanField: st.booleans(),
    models.DecimalField: st.sampled_from([None, Decimal(-1), Decimal(0), Decimal("2.5")]),
    models.DateField: st.sampled_from([None, "2024-04-01", "2025-03-31"]),
    models.CharField: st.sampled_from(["", "x"]),
}
NUMBERS = st.sampled_from([None, 0, 1, 2, 17, 18, 2020, 2025])


def _values(field: models.Field) -> st.SearchStrategy:
    if field.choices:
        return st.sampled_from(["", *(value for value, _label in field.flatchoices)])
    kinds = [kind for kind in VALUES if isinstance(field, kind)]
    return VALUES[kinds[0]] if kinds else NUMBERS


def _names(condition: Q) -> set[str]:
    names: set[str] = set()
    for child in condition.children:
        if isinstance(child, Q):
            names |= _names(child)
        else:
            names.add(child[0].partition("__")[0])
            names |= _columns(child[1])
    return names


def _columns(wanted: object) -> set[str]:
    if isinstance(wanted, F):
        return {wanted.name}
    if isinstance(wanted, CombinedExpression):
        return _columns(wanted.lhs) | _columns(wanted.rhs)
    return set()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("model", "constraint"), CHECKS, ids=[constraint.name for _model, constraint in CHECKS]
)
@settings(max_examples=25)
@given(data=st.data())
def test_memory_and_database_agree_on_every_constraint(
    model: type[models.Model], constraint: models.CheckConstraint, data: st.DataObject
) -> None:
    fields = [model._meta.get_field(name) for name in sorted(_names(constraint.condition))]
    row = model(**{field.attname: data.draw(_values(field), field.name) for field in fields})
    against = {
        field.name: models.Value(getattr(row, field.attname), field.target_field)
        if field.is_relation
        else models.Value(getattr(row, field.attname), field)
        for field in fields
    }
    assert (holds(constraint.condition, row) is not False) == constraint.condition.check(against)


def test_every_model_has_constraints_to_try() -> None:
    assert len(CHECKS) > 40
    assert {Actual, Target, Plan, Correspondence, BasicGoal} <= {model for model, _ in CHECKS}


def test_null_is_unknown() -> None:
    row = Actual(value=None)
    assert holds(Q(value__gte=1), row) is None
    assert holds(~Q(value__gte=1), row) is None
    assert holds(Q(value__gte=1) | Q(value__isnull=True), row) is True
    assert holds(Q(value__gte=1, value__isnull=False), row) is False


def test_a_row_not_saved_yet_is_there() -> None:
    goal = BasicGoal(plan=Plan())
    assert holds(Q(plan__isnull=False), goal) is True


def test_a_lookup_nobody_uses_is_not_guessed() -> None:
    with pytest.raises(NotImplementedError, match="icontains"):
        holds(Q(note__icontains="x"), Actual())
