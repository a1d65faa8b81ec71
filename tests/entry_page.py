"""A small entry sheet for the browser: real scripts and styles, no server and no database.

`EntryPage` answers drafts, previews and the form's own request, and keeps what was sent.
"""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from playwright.sync_api import Dialog, Page, Route

ADDRESS = "http://sheet.test"
COLUMNS = {
    "value": "実績値",
    "missing_reason": "値のない理由",
    "expected_on": "確定予定",
    "is_provisional": "速報値",
    "note": "注記",
}
CONTROLS = {
    "value": '<input name="{name}" type="text" inputmode="decimal" data-kind="number" '
    'value="{value}" {unit}aria-label="{label}">',
    "missing_reason": '<select name="{name}" aria-label="{label}"><option value="">－</option>'
    '<option value="uncounted">未集計</option>'
    '<option value="no_survey">調査のない年</option></select>',
    "expected_on": '<input name="{name}" type="text" aria-label="{label}">',
    "is_provisional": '<input type="checkbox" name="{name}" aria-label="{label}">',
    "note": '<input type="text" name="{name}" aria-label="{label}">',
}
CLOSED = {5}
PERCENT = {3}
PAGE = """<!DOCTYPE html><html lang="ja"><head><meta charset="utf-8"><title>入力シート</title>
<meta name="viewport" content="width=device-width">
<link rel="stylesheet" href="/static/admin/css/base.css">
<link rel="stylesheet" href="/static/css/entry.css">
<script type="module" src="/static/js/entry/sheet.js"></script></head>
<body><main><h1>入力シート</h1>
<form id="entry-sheet" method="post" autocomplete="off" data-draft-url="/draft/"
 data-preview-url="/preview/" data-saved-at="">
<input type="hidden" name="csrfmiddlewaretoken" value="token-of-the-form">
<p id="entry-status" role="status" aria-live="polite"></p>
<table class="entry-grid" data-grid><caption>指標</caption><thead><tr><th scope="col">指標</th>
<th scope="col">前年度</th>{heads}<th scope="col">進捗</th></tr></thead>
<tbody>{rows}</tbody></table>
<table class="entry-grid" data-grid><caption>施策</caption><thead><tr><th scope="col">施策</th>
<th scope="col">実績の説明</th><th scope="col">今後</th></tr></thead>
<tbody>{reports}</tbody></table>
<div class="submit-row"><button name="do" value="save">保存</button>
<button name="do" value="submit">保存して提出</button></div></form></main></body></html>"""


def sheet(
    lines: int = 20, versions: dict[int, int] | None = None, values: dict[int, str] | None = None
) -> str:
    """Return the page: series 1 … `lines` (5 is closed, 3 counts in percent), two reports."""
    rows, reports = [], []
    for number in range(1, lines + 1):
        heading = f'<th scope="row">指標{number}（人）</th><td data-label="前年度">1,000</td>'
        if number in CLOSED:
            rows.append(
                f'<tr data-row="series-{number}" data-closed="年度の締切済み">{heading}'
                '<td colspan="6">年度の締切済み</td></tr>'
            )
            continue
        cells = ""
        for column, title in COLUMNS.items():
            control = CONTROLS[column].format(
                name=f"series-{number}-{column}",
                value=(values or {}).get(number, ""),
                unit='data-unit="％" ' if number in PERCENT else "",
                label=f"指標{number} {title}",
            )
            cells += f'<td data-col="{column}" data-label="{title}">{control}</td>'
        version = (versions or {}).get(number, 3)
        rows.append(
            f'<tr data-row="series-{number}">{heading}{cells}<td data-result data-label="進捗">'
            f'<output></output><input type="hidden" name="series-{number}-version" '
            f'value="{version}"></td></tr>'
        )
    for number in (1, 2):
        cells = "".join(
            f'<td data-col="{column}" data-label="{title}"><textarea data-kind="text" '
            f'name="report-{number}-{column}" aria-label="施策{number} {title}"></textarea></td>'
            for column, title in (("text", "実績の説明"), ("next", "今後"))
        )
        reports.append(
            f'<tr data-row="report-{number}"><th scope="row">施策{number}</th>{cells}</tr>'
        )
    heads = "".join(f'<th scope="col">{title}</th>' for title in COLUMNS.values())
    return PAGE.format(heads=heads, rows="".join(rows), reports="".join(reports))


class EntryPage:
    """The sheet at `ADDRESS` in a page, with a clock that stands until it is run.

    `draft` is how the server answers a draft: (status, content), or None for no network.
    `hold_previews` keeps previews unanswered, in `held`; `hold_posts` the form's own requests.
    `drafts`, `previews` and `posts` hold what came in, `dialogs` what the browser asked, `problems`
    what it complained about. What does not come is waited for `PATIENCE` milliseconds, not longer.
    """

    PATIENCE = 5_000

    def __init__(self, page: Page) -> None:
        self.page = page
        page.set_default_timeout(self.PATIENCE)
        self.html = sheet()
        self.draft: tuple[int, Any] | None = (200, {"saved_at": "10:21"})
        self.preview: Callable[[dict[str, Any]], dict[str, Any]] = lambda asked: {"rows": {}}
        self.hold_previews = False
        self.held: list[Route] = []
        self.hold_posts = False
        self.held_posts: list[Route] = []
        self.drafts: list[dict[str, Any]] = []
        self.tokens: list[str] = []
        self.previews: list[dict[str, Any]] = []
        self.posts: list[dict[str, list[str]]] = []
        self.problems: list[str] = []
        self.dialogs: list[str] = []
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("console", lambda message: self._hear(message.text))
        page.route(f"{ADDRESS}/**", self._answer)
        page.clock.install(time=datetime(2026, 7, 1, 10, 0))
        page.clock.pause_at(datetime(2026, 7, 1, 10, 20))
        # A policy is not enough of a guard by itself: `problems` must stay empty.
        policy = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
        self.policy = "; ".join(f"{name} {' '.join(values)}" for name, values in policy.items())

    def _hear(self, text: str) -> None:
        if "Content Security Policy" in text or "Uncaught" in text:
            self.problems.append(text)

    def _answer(self, route: Route) -> None:
        request = route.request
        path = urlsplit(request.url).path
        if path.startswith("/static/"):
            found = finders.find(path.removeprefix("/static/"))
            route.fulfill(path=found) if found else route.fulfill(status=404)
        elif path == "/draft/":
            self.drafts.append(json.loads(request.post_data or ""))
            self.tokens.append(request.headers["x-csrftoken"])
            self._fulfil_draft(route)
        elif path == "/preview/":
            self.previews.append(json.loads(request.post_data or ""))
            self.held.append(route)
            if not self.hold_previews:
                self.answer_preview(len(self.previews) - 1)
        else:
            if request.method == "POST":
                self.posts.append(parse_qs(request.post_data or ""))
                if self.hold_posts:
                    self.held_posts.append(route)
                    return
            self._fulfil_page(route)

    def _fulfil_page(self, route: Route) -> None:
        headers = {"Content-Security-Policy": self.policy, "Cache-Control": "no-store"}
        route.fulfill(body=self.html, content_type="text/html; charset=utf-8", headers=headers)

    def _fulfil_draft(self, route: Route) -> None:
        if self.draft is None:
            route.abort("internetdisconnected")
            return
        status, content = self.draft
        if status == 302:
            route.fulfill(status=302, headers={"Location": f"{ADDRESS}/login/"})
        else:
            route.fulfill(status=status, json=content)

    def answer_preview(self, number: int) -> None:
        """Answer the preview that came in as the given one (from 0)."""
        self.held[number].fulfill(json=self.preview(self.previews[number]))

    def answer_dialogs(self, *, accept: bool) -> None:
        """Accept or dismiss what the browser asks from now on; its kinds are kept in `dialogs`."""

        def answer(dialog: Dialog) -> None:
            self.dialogs.append(dialog.type)
            dialog.accept() if accept else dialog.dismiss()

        self.page.on("dialog", answer)

    def answer_posts(self) -> None:
        """Answer the form's own requests that were held, and wait for the page that comes: until
        then no script runs."""
        self.hold_posts = False
        if not self.held_posts:
            return
        self.html = self.html.replace("<main>", '<main class="answer">')
        while self.held_posts:
            self._fulfil_page(self.held_posts.pop())
        self.page.wait_for_selector("main.answer")

    def open(self) -> None:
        """Open the sheet (again)."""
        self.hush()
        self.page.goto(f"{ADDRESS}/")
        self.page.wait_for_function("document.querySelector('.entry-notices') !== null")

    def hush(self) -> None:
        """Send nothing more: what a page that is going away asks cannot be answered from here."""
        if self.page.url.startswith(ADDRESS):
            self.page.evaluate("{ window.fetch = () => new Promise(() => {}); null; }")

    def go(self, name: str) -> None:
        """Put the focus into a field as the keyboard would."""
        self.page.focus(f"[name={name}]")

    def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        """Type letters where the focus is."""
        self.page.keyboard.type(text)

    def paste(self, text: str, html: str = "") -> bool:
        """Paste as the clipboard would; return whether the sheet took it over."""
        return self.page.evaluate(
            """([text, html]) => {
                const clipboardData = new DataTransfer();
                clipboardData.setData("text/plain", text);
                if (html) clipboardData.setData("text/html", html);
                const options = { clipboardData, bubbles: true, cancelable: true };
                return !document.activeElement.dispatchEvent(new ClipboardEvent("paste", options));
            }""",
            [text, html],
        )

    def copy(self, text: str) -> None:
        """Put a text on the real clipboard, from a field outside the sheet."""
        self.page.evaluate(
            """text => {
                const field = document.createElement("textarea");
                document.body.append(field);
                field.value = text;
                field.select();
                document.execCommand("copy");
                field.remove();
            }""",
            text,
        )

    @property
    def focus(self) -> str:
        """The name of the field in hand."""
        return self.page.evaluate("document.activeElement.name || ''")

    def value(self, name: str) -> str:
        """What a field holds."""
        return self.page.input_value(f"[name={name}]")

    def column(self, column: str, rows: range) -> list[str]:
        """What the fields of a column hold; "" also for a row without field."""
        return self.page.evaluate(
            """names => names.map(name => document.getElementsByName(name)[0]?.value ?? "")""",
            [f"series-{number}-{column}" for number in rows],
        )

    def stored(self) -> dict[str, str]:
        """What the browser keeps: name → value."""
        kept = self.page.evaluate("localStorage.getItem('/draft/')")
        entries = json.loads(kept)["entries"] if kept else {}
        return {name: entry["value"] for name, entry in entries.items()}

    def later(self, milliseconds: int) -> None:
        """Let the page's clock run, and what hangs on it set out."""
        self.page.clock.run_for(milliseconds)
        self.page.wait_for_timeout(50)

    def until(self, holds: Callable[[], bool]) -> None:
        """Wait for what is on its way; fail where it does not arrive within five seconds."""
        for _attempt in range(100):
            if holds():
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"{self.drafts=} {self.posts=}")
