"""The pages on which entry workbooks come back, as a person without JavaScript uses them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.urls import reverse

from exchange.models import EntryUpload
from indicators.models import Actual
from municipalities.models import User
from plans.models import Plan
from rounds.models import Request

from . import factories as make
from .admin_pages import sign_in
from .entry_books import Filled
from .filled_workbooks import book_for
from .forms import sent
from .people import People, make_people


@dataclass
class Round:
    """A request that asks the welfare section for three figures and two reports."""

    people: People
    plan: Plan
    asked: Request
    figures: list[str]
    reports: list[str]

    def book(self) -> Filled:
        return Filled(book_for(self.asked, self.people.welfare))


def make_round() -> Round:
    people = make_people()
    plan = make.make_plan(people.kita)
    make.make_scheme(plan=plan)
    series = [make.make_indicator(plan, departments=[people.welfare]).series for _ in range(3)]
    for each in series:
        for year in (2020, 2021, 2022):
            make.make_actual(each, year, value=100 + year % 10)
    make.make_actual(series[0], value=104, state="draft")
    rows = [make.make_row(make.make_action(plan), [people.welfare]) for _ in range(2)]
    make.make_report(rows[0], state="draft")
    return Round(
        people,
        plan,
        make.make_request(plan),
        [f"series-{each.pk}" for each in series],
        [f"report-{row.pk}" for row in rows],
    )


class Pages:
    """A person on the pages of the workbooks, without JavaScript."""

    def __init__(self, user: User, asked: Request) -> None:
        self.client, self.asked, self.user = sign_in(user), asked, user

    def url(self, name: str = "files", *args: Any) -> str:
        return reverse(f"admin:rounds_request_entry_{name}", args=[self.asked.pk, *args])

    def bring(self, *contents: bytes | Filled, name: str = "回答.xlsx") -> BeautifulSoup:
        files = [
            SimpleUploadedFile(name, each if isinstance(each, bytes) else each.to_bytes())
            for each in contents
        ]
        return self._see(self.client.post(self.url(), {"files": files}, follow=True))

    def open(self) -> BeautifulSoup:
        """Open the person's latest file, as it is shown."""
        self.upload = EntryUpload.objects.filter(user=self.user).latest("pk")
        return self._see(self.client.get(self.url("file", self.upload.pk)))

    def see_list(self) -> BeautifulSoup:
        return self._see(self.client.get(self.url()))

    def take_in_from_list(self) -> BeautifulSoup:
        """Take in every file that waits, as the list shows them."""
        fields = sent(self.see_list().select_one("#waiting-form"))
        return self._see(self.client.post(self.url(), fields | {"confirm": "1"}, follow=True))

    def press(self, button: str = "confirm", **decisions: Any) -> BeautifulSoup:
        """Send the shown form with these decisions: `row|column` names as the boxes have them."""
        form = self.page.select_one("#confirm-form")
        assert form is not None
        fields = {name: values[-1] for name, values in sent(form).items()}
        names = {box["name"] for box in self.page.select("#confirm-form [name]")}
        for name in decisions:
            assert name in names, (name, names)
        answer = self.client.post(
            self.url("file", self.upload.pk), fields | decisions | {button: "1"}, follow=True
        )
        return self._see(answer)

    def _see(self, answer: HttpResponse) -> BeautifulSoup:
        assert answer.status_code == 200, answer.status_code
        self.page = BeautifulSoup(answer.content, "html.parser")
        return self.page

    @property
    def messages(self) -> list[str]:
        return [item.get_text(strip=True) for item in self.page.select(".messagelist li")]

    @property
    def sum(self) -> str:
        return self.page.select_one("#sum").text

    def row(self, kind: str) -> str:
        (row,) = self.page.select(f"tr.entry-row.{kind}")
        return row.get_text(" ", strip=True)


def figure(key: str) -> Actual:
    return Actual.objects.get(series=key.removeprefix("series-"), fiscal_year=2023)


def value(key: str) -> Any:
    found = Actual.objects.filter(series=key.removeprefix("series-"), fiscal_year=2023).first()
    return found and found.value
