"""A browser without script and style: what a page offers by its labels and buttons."""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin

from bs4 import BeautifulSoup, Tag
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.forms import BOXES, sent, values, words

BUTTONS = "button, input[type=submit]"


class Plain:
    """What one person has open; `client` is signed in as that person, or as nobody."""

    def __init__(self, client: Client | None = None) -> None:
        self.client = client or Client()
        self.address = "/"
        self.status = 0
        self.page = BeautifulSoup("", "html.parser")
        self._files: dict[str, tuple[str, bytes]] = {}

    # --- Looking ------------------------------------------------------------------------------

    def open(self, address: str) -> None:
        self._took(self.client.get(urljoin(self.address, address), follow=True))

    def text(self, within: str = "body") -> str:
        """Return what the page says, with single spaces between the words."""
        return " ".join(" ".join(part.get_text(" ").split()) for part in self.page.select(within))

    def follow(self, name: str) -> None:
        """Follow the first link whose text, or whose name for screen readers, is `name`."""
        for link in self.page.select("a[href]"):
            if name in {words(link), link.get("aria-label")}:
                return self.open(link["href"])
        raise AssertionError(
            f"No link 「{name}」 at {self.address}: {self._names('#content a[href]')}"
        )

    # --- Filling in ---------------------------------------------------------------------------

    def fill(self, label: str, value: str) -> None:
        """Type into the box of this label, or choose what reads so."""
        box = self._box(label)
        if box.name == "select":
            self._choose(box, value)
        elif box.name == "textarea":
            box.string = value
        else:
            box["value"] = value

    def empty(self, ending: str) -> list[str]:
        """Return the names of the boxes that end so and hold nothing."""
        return [
            box["aria-label"]
            for box in self.page.select(BOXES)
            if box.get("aria-label", "").endswith(ending) and not any(values(box))
        ]

    def tick(self, label: str, *, value: bool = True) -> None:
        box = self._box(label)
        if box.get("type") == "radio":
            for other in self._form(box).find_all("input", attrs={"name": box["name"]}):
                other.attrs.pop("checked", None)
        box.attrs.pop("checked", None)
        if value:
            box["checked"] = ""

    def attach(self, label: str, name: str, content: bytes) -> None:
        self._files[self._box(label)["name"]] = (name, content)

    def press(self, name: str, within: str = "") -> None:
        """Press the first button of this name (what stands in brackets behind it aside); `within`
        narrows it to a part of the page."""
        for button in self.page.select(within or "body")[0].select(BUTTONS):
            said = button.get("value") if button.name == "input" else words(button)
            if said and said.partition("（")[0] == name and not button.has_attr("disabled"):
                return self._send(button)
        raise AssertionError(f"No button 「{name}」 at {self.address}: {self._names(BUTTONS)}")

    # --- Underneath ---------------------------------------------------------------------------

    def _took(self, answer: Any) -> None:
        self.status = answer.status_code
        self.address = answer.request["PATH_INFO"]
        self.page = BeautifulSoup(answer.content, "html.parser")
        self._files = {}

    def _send(self, button: Tag) -> None:
        form = self._form(button)
        data: dict[str, list[Any]] = {**sent(form)}
        if button.get("name"):
            data[button["name"]] = [button.get("value", "")]
        address = urljoin(self.address, form.get("action") or "")
        if form.get("method", "get").lower() == "get":
            return self._took(self.client.get(address, data, follow=True))
        for name, (file_name, content) in self._files.items():
            data[name] = [SimpleUploadedFile(file_name, content)]
        return self._took(self.client.post(address, data, follow=True))

    def _form(self, control: Tag) -> Tag:
        form = (
            self.page.find(id=control["form"])
            if control.has_attr("form")
            else control.find_parent("form")
        )
        assert isinstance(form, Tag), f"「{words(control)}」 belongs to no form"
        return form

    def _box(self, label: str) -> Tag:
        for found in self.page.select("label"):
            if words(found).removesuffix(":").removesuffix("：").strip() == label:
                box = self.page.find(id=found["for"]) if found.has_attr("for") else None
                box = box or found.select_one(BOXES)
                if isinstance(box, Tag):
                    return box
        for box in self.page.select(BOXES):
            if box.get("aria-label") == label:
                return box
        raise AssertionError(f"No box 「{label}」 at {self.address}: {self._names('label')}")

    def _choose(self, box: Tag, value: str) -> None:
        if box.has_attr("data-ajax--url"):
            return self._look_up(box, value)
        for option in box.select("option"):
            option.attrs.pop("selected", None)
        for option in box.select("option"):
            if value in {words(option), option.get("value")}:
                option["selected"] = ""
                return None
        raise AssertionError(f"「{value}」 is not offered: {[words(o) for o in box('option')]}")

    def _look_up(self, box: Tag, value: str) -> None:
        """Choose what a box finds while one types, as its script would."""
        about = {
            name: box[f"data-{name.replace('_', '-')}"]
            for name in ("app_label", "model_name", "field_name")
        }
        found = self.client.get(box["data-ajax--url"], {"term": value} | about).json()["results"]
        number = next(each["id"] for each in found if value in each["text"])
        box.append(self.page.new_tag("option", value=number, selected=""))

    def _names(self, selector: str) -> list[str]:
        return [str(each.get("value") or words(each)) for each in self.page.select(selector)][:80]
