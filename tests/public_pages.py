"""What a test publishes, and the public pages as their readers see them."""

from typing import Any

from bs4 import BeautifulSoup, Tag
from django.test import Client

from plans.choices import Period
from plans.models import Plan
from rounds.models import Publication
from rounds.record import publish


def publish_plan(plan: Plan, **options: Any) -> Publication:
    """Publish a plan, at once unless `options` (those of `rounds.record.publish`) say when."""
    return publish(plan, Publication.Kind.PLAN, by=None, **options)


def publish_plans(*plans: Plan) -> None:
    """Publish plans, one after the other."""
    for plan in plans:
        publish_plan(plan)


def publish_year(
    plan: Plan,
    year: int = 2023,
    period: str = Period.YEAR_END,
    kind: str = Publication.Kind.PUBLIC,
    **options: Any,
) -> Publication:
    """Publish a year of a plan, the plan itself before if nothing of it is published yet."""
    if not plan.publications.exists():
        publish_plan(plan)
    return publish(plan, kind, by=None, fiscal_year=year, period=period, **options)


def open_page(client: Client, path: str) -> BeautifulSoup:
    """Return a page that is there."""
    response = client.get(path)
    assert response.status_code == 200, path
    return BeautifulSoup(response.content, "html.parser")


def main_part(client: Client, path: str) -> Tag:
    """Return what is a page's own, without the head and foot all pages share."""
    main = open_page(client, path).find("main")
    assert isinstance(main, Tag)
    return main


def tight(element: Tag | None) -> str:
    """Return the words of a part without white space: what stands side by side on the page."""
    assert element is not None
    return "".join(element.get_text().split())


def read(client: Client, path: str) -> str:
    """Return the words of the main part of a page, without white space."""
    return tight(main_part(client, path))


def read_spaced(client: Client, path: str) -> str:
    """Return the words of the main part of a page, a blank where a tag or white space was."""
    return " ".join(main_part(client, path).get_text(" ").split())


def cells(table: Tag) -> list[list[str]]:
    """Return the rows of a table, head first, each as the words of its cells."""
    return [
        [tight(cell) for cell in row.find_all(["th", "td"], recursive=False)]
        for row in table.find_all("tr")
    ]


def part_under(client: Client, path: str, anchor: str) -> Tag | None:
    """Return the part of a page whose heading has the id `anchor`; None without such a heading."""
    heading = main_part(client, path).find(id=anchor)
    return None if heading is None else heading.parent
