"""Copied rows are the loaded ones."""

import pytest
from django.db import connection, transaction

from . import factories as make
from . import shipped


@pytest.mark.django_db
def test_the_second_time_the_same_rows_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shipped, "_loaded", {})
    found = []
    for _time in ("loaded", "copied"):
        with transaction.atomic():
            shipped.load("rating_schemes", "gunma", "gunma_seikatsu")
            connection.check_constraints()
            found.append(shipped.rows())
            make.make_plan()  # a new row finds a free number
            transaction.set_rollback(True)
    assert found[0] == found[1]
    assert {"plans_plan", "indicators_actual"} < set(found[0])
