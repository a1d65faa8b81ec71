"""Fiscal years are typed as people write them, in every form of the admin."""

import pytest
from bs4 import BeautifulSoup
from django.db import models
from django.test import Client

from measures.models import DepartmentPolicySheet, ProgressReport, ReviewComment
from municipalities.admin_fields import is_year

from . import factories as make
from .admin_pages import address, filled_in, save, sign_in
from .full_town import our_models
from .people import People, make_people


@pytest.fixture
def people(db: None) -> People:
    return make_people()


def year_boxes(client: Client, model: type[models.Model]) -> list[str]:
    """Return the kind of each box for a fiscal year on the page that adds a row."""
    answer = client.get(address(model, "add"))
    if answer.status_code != 200:
        return []
    page = BeautifulSoup(answer.content, "html.parser")
    names = [field.name for field in model._meta.fields if is_year(field)]
    return [box["type"] for name in names for box in page.select(f"input[name={name}]")]


def test_every_box_for_a_year_takes_letters(people: People) -> None:
    client = sign_in(people.superuser)
    found = {model.__name__: year_boxes(client, model) for model in our_models()}
    boxes = [kind for kinds in found.values() for kind in kinds]
    assert len(boxes) > 15, found
    assert set(boxes) == {"text"}, found


def test_the_boxes_of_inlines_take_letters_too(people: People) -> None:
    row = make.make_row(make.make_action(make.make_plan(people.kita)), [people.welfare])
    url = address(type(row), "change", row.pk)
    page = BeautifulSoup(sign_in(people.planner).get(url).content, "html.parser")
    boxes = page.select("input[name^=departments-][name$=fiscal_year]")
    assert boxes
    assert {box["type"] for box in boxes} == {"text"}


@pytest.mark.parametrize("typed", ["R6", "令和６年度", "2024"])
def test_reports_sheets_and_comments_take_a_year_as_it_is_written(
    people: People, typed: str
) -> None:
    plan = make.make_plan(people.kita)
    row = make.make_row(make.make_action(plan), [people.welfare])
    planner = sign_in(people.planner)
    for model, fields in (
        (ProgressReport, {"row": row.pk, "period": "year_end"}),
        (DepartmentPolicySheet, {"plan": plan.pk, "department": people.welfare.pk}),
        (ReviewComment, {"plan": plan.pk, "number": 1, "board": "審議会", "comment": "よい。"}),
    ):
        url = address(model, "add")
        assert save(planner, url, filled_in(planner, url) | fields | {"fiscal_year": typed}) == []
        assert model.objects.get().fiscal_year == 2024


def test_what_is_no_year_is_refused_in_words(people: People) -> None:
    planner, url = sign_in(people.planner), address(ReviewComment, "add")
    plan = make.make_plan(people.kita)
    fields = {"plan": plan.pk, "number": 1, "board": "審議会", "comment": "よい。"}
    errors = save(planner, url, filled_in(planner, url) | fields | {"fiscal_year": "令和7年5月"})
    assert any("年度" in error for error in errors)
