"""What has not been published, or is internal, is in no file: not as CSV, JSON, ZIP or catalogue.

Each secret bears the word SECRET, or a figure nobody else has; all bytes are searched.
"""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from exchange.open_data.tables import BY_NAME
from municipalities.access import Role
from municipalities.models import Municipality
from plans.choices import Visibility
from plans.models import Band, Plan, RatingScheme
from rounds.models import Publication
from rounds.record import publish

from . import factories as make
from .api import unhurried  # noqa: F401
from .open_data_files import csv_rows, everything, get, json_rows

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unhurried")]
SECRET = "SECRET"
SECRET_FIGURE = 987654
PAGES = ("/kita/data/", "/kita/sogo/data/")


@pytest.fixture
def plan(db: None) -> Plan:
    """きた市's published plan, with a secret in every internal place."""
    town = make.make_municipality("kita", name="きた市")
    section = make.make_department(town, "福祉課", note=SECRET)
    draft = make.make_plan(town, "secret-draft", title=SECRET)
    plan = make.make_plan(
        town, "sogo", predecessor=draft, takes_over_from=2021, parent=draft, title="総合計画"
    )
    _seed_figures(plan, section)
    _seed_reports(plan, section)
    _seed_structure(plan, draft)
    make.make_department(town, SECRET, valid_from=timezone.localdate() + timedelta(days=30))
    make.make_lock(plan, 2015, reason=SECRET)
    make.make_user(Role.PLANNER, town, username="secret-person", name=SECRET)
    publish(plan, Publication.Kind.PLAN, by=None)
    _publish_the_council_copy(plan)
    _publish_year(plan)
    _change_afterwards(plan, section)
    return plan


def _seed_figures(plan: Plan, section: Any) -> None:
    town = plan.municipality
    series = make.make_series(
        town, name="利用者", owner=section, common=make.make_common(name=SECRET)
    )
    indicator = make.make_indicator(plan, series, [section], code="i", proposed_direction="falling")
    make.make_target(indicator, value=200)
    make.make_actual(series, 2023, 133, internal_note=SECRET, note="公開の注記")
    make.make_actual(
        series, 2024, SECRET_FIGURE, state="approved", note=SECRET, internal_note=SECRET
    )
    scheme = make.make_scheme(
        plan=plan, symbols="", chosen_by_people=False, formula=RatingScheme.Formula.PROGRESS
    )
    Band.objects.create(scheme=scheme, order=1, symbol="密", label=SECRET, test=Band.Test.OTHERWISE)
    make.make_judgement(indicator, scheme.bands.get(), state="draft", reason=SECRET)


def _seed_reports(plan: Plan, section: Any) -> None:
    make.make_column(plan, "inside", label=SECRET, is_public=False)
    make.make_column(plan, "hidden", label=SECRET, is_hidden=True)
    row = make.make_row(make.make_action(plan, code="a"), [section])
    extra = {"inside": SECRET, "hidden": SECRET}
    make.make_report(row, state="checked", result="公開の成果", extra=extra)
    make.make_report(row, fiscal_year=2024, result=SECRET)
    make.make_comment(plan, comment=SECRET, state="submitted")
    sheet = make.make_sheet(plan, section, heading=SECRET, state="approved")
    make.make_issue(sheet, title=SECRET)


def _seed_structure(plan: Plan, draft: Plan) -> None:
    goal = make.make_goal(draft, title=SECRET)
    make.make_correspondence(plan, draft, new_basic_goal=make.make_goal(plan), old_basic_goal=goal)
    make.make_related_plan(plan, title="関連計画", linked_plan=draft)
    make.make_term(draft, term=SECRET)
    make.make_indicator(draft, make.make_series(plan.municipality, name=SECRET))


def _publish_the_council_copy(plan: Plan) -> None:
    """The council got a figure that was mended before the public did."""
    actual = plan.indicators.get(code="i").series.actuals.filter(fiscal_year=2023)
    actual.update(value=SECRET_FIGURE, note=SECRET)
    council = {"reason": SECRET, "note": SECRET, "mark": "correction"}
    _publish_year(plan, Publication.Kind.COUNCIL, **council)
    actual.update(value=133, note="公開の注記")


def _publish_year(plan: Plan, kind: str = Publication.Kind.PUBLIC, **fields: Any) -> None:
    publish(plan, kind, by=None, fiscal_year=2023, period="year_end", **fields)


def _change_afterwards(plan: Plan, section: Any) -> None:
    """A correction in progress, one published for next week, and an indicator to come."""
    series = plan.indicators.get(code="i").series
    series.actuals.filter(fiscal_year=2023).update(value=SECRET_FIGURE, note=SECRET, state="draft")
    new = make.make_indicator(plan, make.make_series(plan.municipality, name=SECRET), code="later")
    make.make_actual(new.series, 2023, SECRET_FIGURE, note=SECRET)
    next_week = timezone.now() + timedelta(days=7)
    _publish_year(plan, effective_at=next_week, note=SECRET)


@pytest.mark.parametrize("base", PAGES)
def test_no_byte_of_any_file_is_secret(plan: Plan, base: str) -> None:
    found = [
        (name, word)
        for name, content in everything(base)
        for word in (SECRET, str(SECRET_FIGURE), "secret-draft", "secret-person", "later")
        if word.encode() in content
    ]
    assert found == []
    assert {row["実績値"] for row in csv_rows(base, "values")} == {"133"}
    assert "公開の成果" in {row["内容"] for row in csv_rows(base, "reports")}
    assert json_rows(base, "plans")[0]["predecessor"] is None
    assert json_rows(base, "plans")[0]["takes_over_from"] is None
    assert csv_rows(base, "correspondences") == []
    assert csv_rows(base, "related-plans")[0]["このサイトの計画"] == ""


@pytest.mark.parametrize("accept", ["application/json", "text/html, */*;q=0.1"])
def test_no_byte_of_the_api_is_secret(plan: Plan, accept: str) -> None:
    Plan.objects.filter(pk=plan.pk).update(
        show_rates=Visibility.PUBLIC, show_computed_judgement=Visibility.INTERNAL
    )
    found, places = [], set(answers_of_the_api(accept))
    for path, content in places:
        for word in (SECRET, str(SECRET_FIGURE), "secret-draft", "secret-person", "later"):
            if word.encode() in content:
                found.append((path, word))
    assert found == []
    assert len(places) > 25
    together = b"".join(content for _path, content in places)
    for word in ("33.0", "公開の成果", "133", "福祉課"):
        assert word.encode() in together


def answers_of_the_api(accept: str) -> Iterator[tuple[str, bytes]]:
    """Yield (path, content) of all the API has, as its own addresses lead on."""
    waiting, seen = ["http://testserver/api/v1/"], set()
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        answer = Client().get(path, headers={"Accept": accept})
        assert answer.status_code == 200, path
        yield path, answer.content
        text = Client().get(path).content.decode()
        waiting += re.findall(r"http://testserver/api/[^\"?]+", text)
        waiting += [f"{path}i/"] if path.endswith("/indicators/") else []


def test_the_catalogue_knows_published_plans_only(plan: Plan) -> None:
    text = get("/data.json").decode()
    assert SECRET not in text
    assert "secret" not in text
    datasets = json.loads(text)["dcat:dataset"]
    assert [each["dct:identifier"] for each in datasets] == ["http://testserver/kita/sogo/data/"]


@pytest.mark.parametrize("visibility", [Visibility.OFF, Visibility.INTERNAL])
def test_what_is_computed_leaves_only_where_it_is_public(plan: Plan, visibility: str) -> None:
    names = ("show_rates", "show_computed_judgement", "show_forecast")
    tables = {
        "show_rates": ["rates"],
        "show_computed_judgement": ["judgements", "trends"],
        "show_forecast": ["forecasts"],
    }
    Plan.objects.filter(pk=plan.pk).update(**dict.fromkeys(names, Visibility.PUBLIC))
    for base in PAGES:
        assert all(csv_rows(base, table) for name in names for table in tables[name])
    for hidden in names:
        shown = dict.fromkeys(names, Visibility.PUBLIC) | {hidden: visibility}
        Plan.objects.filter(pk=plan.pk).update(**shown)
        for base in PAGES:
            for name in names:
                filled = [bool(csv_rows(base, table)) for table in tables[name]]
                assert filled == [name != hidden] * len(filled), (hidden, name)
    Plan.objects.filter(pk=plan.pk).update(
        show_rates=visibility, show_computed_judgement=visibility, show_forecast=visibility
    )
    words = ["33.0", "密", "進捗率</"]
    for base in PAGES:
        for name, content in everything(base):
            if "dictionary" not in name and name != base:
                assert [word for word in words if word.encode() in content] == [], name


def test_plans_without_publication_for_citizens_have_no_files(plan: Plan) -> None:
    other = make.make_plan(plan.municipality, "council-only")
    make.make_publication(other, kind="council", fiscal_year=2023, period="year_end")
    coming = make.make_plan(plan.municipality, "coming")
    make.make_publication(coming, effective_at=timezone.now() + timedelta(days=1))
    lonely = make.make_plan(make.make_municipality("minami"), "sogo")
    make.make_publication(lonely, kind="council", fiscal_year=2023, period="year_end")
    places = ["kita/council-only", "kita/coming", "kita/secret-draft", "minami", "minami/sogo"]
    files = ["", "all.zip", *(f"{name}.{kind}" for name in BY_NAME for kind in ("csv", "json"))]
    for place in [*places, "nowhere", "kita/nowhere"]:
        for file in files:
            assert Client().get(f"/{place}/data/{file}").status_code == 404, (place, file)
    for place in [*places, "nowhere", "kita/nowhere"]:
        base = f"/api/v1/plans/{place}/" if "/" in place else f"/api/v1/municipalities/{place}/"
        for name in ("", *(f"{name}/" for name in BY_NAME), "indicators/i/"):
            assert Client().get(base + name).status_code == 404, base + name
    listed = Client().get("/api/v1/plans/").json()["results"]
    assert [(row["municipality_slug"], row["plan"]) for row in listed] == [("kita", "sogo")]
    towns = Client().get("/api/v1/municipalities/").json()["results"]
    assert [row["municipality_slug"] for row in towns] == ["kita"]
    assert Municipality.objects.filter(slug="minami").exists()


@pytest.mark.parametrize("base", PAGES)
def test_unknown_tables_and_writing_are_refused(plan: Plan, base: str) -> None:
    for file in ("users.csv", "plans.xlsx", "Plans.csv", "other.zip", "plans.csv/"):
        assert Client().get(base + file).status_code == 404
    for file in ("", "all.zip", "plans.csv", "plans.json"):
        assert Client().post(base + file).status_code == 405
        assert Client().head(base + file).status_code == 200
    assert Client().delete("/data.json").status_code == 405
