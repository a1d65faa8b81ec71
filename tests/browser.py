"""A real browser for tests and `make audit`: what is wrong with a page as Chromium shows it."""

from collections.abc import Iterator
from contextlib import contextmanager

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

__all__ = ["Browser", "Page", "launch", "new_page", "problems_of"]

WIDTHS = {1280: 900, 390: 844}
ARGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def launch(executable: str) -> Iterator[Browser]:
    """Start the Chromium at `executable` and close it in the end."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=ARGS)
        yield browser
        browser.close()


@contextmanager
def new_page(browser: Browser, width: int = 1280) -> Iterator[Page]:
    """Open a page in a context of its own; `width` is in CSS pixels."""
    context = browser.new_context(
        locale="ja-JP", viewport={"width": width, "height": WIDTHS.get(width, 900)}
    )
    yield context.new_page()
    context.close()


def axe_problems(page: Page) -> list[str]:
    """Return every violation that axe finds in the page as it stands, with its first element."""
    violations = Axe().run(page).response["violations"]
    return [
        f"axe {violation['id']} ({len(violation['nodes'])}×): {violation['nodes'][0]['target']}"
        for violation in violations
    ]


def overflow_problems(page: Page) -> list[str]:
    """Return what sticks out of the window to the right, so that one must scroll sideways."""
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    if wide <= 0:
        return []
    culprits = page.evaluate(
        """() => [...document.body.querySelectorAll("*")]
            .filter(element => element.getBoundingClientRect().right > window.innerWidth + 1)
            .slice(0, 3).map(element => element.tagName.toLowerCase() + "." + element.className)"""
    )
    return [f"{wide} px too wide: {', '.join(culprits)}"]


def problems_of(page: Page, url: str, expected_status: int = 200) -> list[tuple[int, str]]:
    """Open `url` and return its problems as (window width in pixels, text).

    Counted are: another status than expected, messages of the console (a violated content
    security policy is one), errors of scripts, failed requests, axe at both widths, and a page
    wider than the window.
    """
    page.set_viewport_size({"width": 1280, "height": WIDTHS[1280]})
    messages: list[str] = []

    def console(message: ConsoleMessage) -> None:
        # The browser itself reports a page that is meant to be missing.
        own_status = expected_status >= 400 and message.location.get("url") == url
        if message.type in {"error", "warning"} and not own_status:
            messages.append(f"console: {message.text}")

    listeners = {
        "console": console,
        "pageerror": lambda error: messages.append(f"script: {error}"),
        "requestfailed": lambda request: messages.append(f"not loaded: {request.url}"),
    }
    for event, listener in listeners.items():
        page.on(event, listener)
    response = page.goto(url)
    if response is None or response.status != expected_status:
        messages.append(f"status {response and response.status}, not {expected_status}")
    found = [(1280, message) for message in messages]
    messages.clear()
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        found += [(width, text) for text in axe_problems(page) + overflow_problems(page)]
    found += [(390, message) for message in messages]
    for event, listener in listeners.items():
        page.remove_listener(event, listener)
    return found
