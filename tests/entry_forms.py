"""The entry sheet as a person without JavaScript uses it: open, change, press a button."""

from __future__ import annotations

import json
from typing import Any

from bs4 import BeautifulSoup, Tag
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from municipalities.models import Department, User
from rounds.models import Request

from .admin_pages import sign_in
from .forms import sent

Fields = dict[str, Any]


def sheet_url(request: Request, department: Department, page: str = "sheet") -> str:
    return reverse(f"admin:rounds_request_{page}", args=[request.pk, department.pk])


def fields_of(page: Tag) -> Fields:
    """Return what the sheet's form would send as it stands, buttons left out."""
    form = page.select_one("#entry-sheet")
    return {} if form is None else {name: values[-1] for name, values in sent(form).items()}


class SheetPage:
    """A person's sheet; `page` is what they see, `fields` what their form holds."""

    def __init__(self, user: User, request: Request, department: Department) -> None:
        self.client: Client = sign_in(user)
        self.request, self.department = request, department
        self.open()

    def open(self) -> SheetPage:
        self._see(self.client.get(sheet_url(self.request, self.department)))
        return self

    def _see(self, answer: HttpResponse) -> None:
        assert answer.status_code == 200, answer.status_code
        self.page = BeautifulSoup(answer.content, "html.parser")
        self.fields = fields_of(self.page)

    def press(self, button: str = "save", **others: Any) -> SheetPage:
        """Send the form as it stands, with `others`, and see what comes back."""
        answer = self.client.post(
            sheet_url(self.request, self.department),
            self.fields | others | {"do": button},
            follow=True,
        )
        self._see(answer)
        return self

    def fill(self, row: str, **texts: str) -> SheetPage:
        """Type into the boxes of a row that the page offers."""
        for column, text in texts.items():
            name = f"{row}-{column}"
            assert name in self.fields or self.page.find(attrs={"name": name}), name
            self.fields[name] = text
        return self

    def row(self, key: str) -> Tag:
        found = self.page.select_one(f'tr[data-row="{key}"]')
        assert found is not None, key
        return found

    def keys(self) -> list[str]:
        return [row["data-row"] for row in self.page.select("tr[data-row]")]

    @property
    def problems(self) -> list[str]:
        return [item.get_text(" ", strip=True) for item in self.page.select("#entry-problems li")]

    @property
    def messages(self) -> list[str]:
        return [item.get_text(strip=True) for item in self.page.select(".messagelist li")]

    def send(self, page: str, fields: Fields, **others: Any) -> HttpResponse:
        """Post what the scripts post, as JSON."""
        return self.client.post(
            sheet_url(self.request, self.department, page),
            json.dumps({"fields": fields} | others),
            content_type="application/json",
        )
