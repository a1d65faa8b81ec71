"""FY2026 of みほん市, from the request of March 2027 to the revised edition of the following year.

Everything is done on the pages the people use, by the labels and buttons they read. `Year` does
not know which browser it is told in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import time_machine

from municipalities.access import Role
from municipalities.models import Department, Municipality

from ..factories import PASSWORD, make_user

TOKYO = ZoneInfo("Asia/Tokyo")


class Browser(Protocol):
    """The few gestures a story needs; see `plain.Plain` and `chromium.Chromium`."""

    @property
    def address(self) -> str: ...
    def open(self, address: str) -> None: ...
    def follow(self, name: str) -> None: ...
    def fill(self, label: str, value: str) -> None: ...
    def tick(self, label: str, *, value: bool = True) -> None: ...
    def attach(self, label: str, name: str, content: bytes) -> None: ...
    def press(self, name: str, within: str = "") -> None: ...
    def text(self, within: str = "body") -> str: ...


class Year:
    """The year, with everybody's browser by user name."""

    def __init__(self, browser: Callable[[], Browser], tell: Callable[[str], Any] = str) -> None:
        self.new_browser, self.tell = browser, tell
        self.town = Municipality.objects.get(slug="mihon")
        self.citizen = browser()
        self.clock: time_machine.Coordinates | None = None

    # --- Words of the story -------------------------------------------------------------------

    @contextmanager
    def on(self, day: str, what: str) -> Iterator[None]:
        """Everything inside happens on a day ("2027-03-23 10:00" in Japan); `what` is told."""
        moment = datetime.fromisoformat(day).replace(tzinfo=TOKYO)
        self.tell(f"\n{moment:%Y年%m月%d日 %H:%M}　{what}")
        with time_machine.travel(moment):
            yield

    def sign_in(self, username: str, password: str = PASSWORD) -> Browser:
        """Return a browser of their own in which somebody has just signed in."""
        browser = self.new_browser()
        browser.open("/admin/login/?next=/admin/")
        browser.fill("ユーザー名", username)
        browser.fill("パスワード", password)
        browser.press("ログイン")
        return browser

    def section(self, code: str) -> Department:
        return Department.objects.get(municipality=self.town, code=code)

    # --- The year -----------------------------------------------------------------------------

    def live(self) -> None:
        self.people()

    def people(self) -> None:
        """Who works there in March 2027: a planner, somebody in each section, two heads."""
        make_user(Role.PLANNER, self.town, username="kikaku")
        for section in self.town.departments.filter(valid_to=None, parent__isnull=False):
            make_user(Role.ENTRY, department=section, username=f"entry-{section.code}")
        for division in self.town.departments.filter(valid_to=None, parent=None):
            make_user(Role.APPROVER, department=division, username=f"head-{division.code}")
