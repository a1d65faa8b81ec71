"""A real browser with the same few gestures as `plain.Plain`, for whoever watches."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page


class Chromium:
    """What one person has open. `looked` is told after every page that came."""

    def __init__(self, page: Page, site: str, looked: Callable[[Page], None]) -> None:
        self.page, self.site, self.looked = page, site, looked
        page.on("dialog", lambda dialog: dialog.accept())

    @property
    def address(self) -> str:
        return self.page.url.removeprefix(self.site)

    def open(self, address: str) -> None:
        self.page.goto(self.site + address)
        self.looked(self.page)

    def text(self, within: str = "body") -> str:
        parts = self.page.locator(within).all_inner_texts()
        return " ".join(" ".join(part.split()) for part in parts)

    def follow(self, name: str) -> None:
        with self.page.expect_navigation():
            self.page.get_by_role("link", name=name, exact=True).first.click()
        self.looked(self.page)

    def fill(self, label: str, value: str) -> None:
        box = self._box(label)
        if box.get_attribute("data-ajax--url"):
            box.locator("+ .select2").click()
            self.page.locator(".select2-search__field").fill(value)
            self.page.locator(".select2-results__option", has_text=value).first.click()
        elif box.evaluate("box => box.tagName") == "SELECT":
            box.select_option(label=value)
        else:
            box.fill(value)

    def empty(self, ending: str) -> list[str]:
        return self.page.eval_on_selector_all(
            f'[aria-label$="{ending}"]',
            "boxes => boxes.filter(box => !box.value).map(box => box.ariaLabel)",
        )

    def tick(self, label: str, *, value: bool = True) -> None:
        self._box(label).set_checked(value)

    def attach(self, label: str, name: str, content: bytes) -> None:
        self._box(label).set_input_files({"name": name, "mimeType": "", "buffer": content})

    def press(self, name: str, within: str = "") -> None:
        place = self.page.locator(within) if within else self.page
        with self.page.expect_navigation():
            name_then_brackets = re.compile(f"^{re.escape(name)}(（|$)")
            place.get_by_role("button", name=name_then_brackets).first.click()
        self.looked(self.page)

    def _box(self, label: str) -> Locator:
        """Return the box of a label; a group of boxes may be called the same."""
        found = self.page.get_by_label(label, exact=True)
        found = found.or_(self.page.get_by_label(f"{label}:", exact=True))
        return found.and_(self.page.locator("input, select, textarea")).first
