"""Watch the year: `make year` (ARGS=--slow 800 for milliseconds between the steps of the browser).

A database of its own is filled with the shipped plans, the clock of the server goes to March 2027,
and the people of みほん市 do their work in Chromium: in a window where there is a screen, otherwise
a picture of every page is kept in the folder that is printed. What happens is told on the way.
"""

import argparse
import itertools
import os
import sys
import tempfile
import threading
from pathlib import Path


def main() -> None:
    options = argparse.ArgumentParser(prog="make year", description=__doc__)
    options.add_argument("--slow", type=int, default=0, help="milliseconds between steps")
    options.add_argument("--pictures", type=Path, help="folder for a picture of every page")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(
            DATABASE_URL=f"sqlite:///{folder}/year.sqlite3",
            DJANGO_SETTINGS_MODULE="config.settings",
            SECRET_KEY="only-for-watching-a-year",
            ALLOWED_HOSTS="127.0.0.1",
            SECURE_COOKIES="0",
            STATIC_ROOT=f"{folder}/static",
            DJANGO_ALLOW_ASYNC_UNSAFE="1",
        )
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        call_command("load_plans", verbosity=0)
        watch(chosen.slow, chosen.pictures)


def watch(slow: int, pictures: Path | None) -> None:
    """Tell the year in Chromium, against a server in a thread of this process."""
    from django.core.servers.basehttp import ThreadedWSGIServer
    from django.core.wsgi import get_wsgi_application
    from django.test.testcases import QuietWSGIRequestHandler
    from playwright.sync_api import Page, sync_playwright

    from ..browser import ARGS
    from ..services import find_chromium
    from .chromium import Chromium
    from .story import Year

    has_screen = bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    if pictures is None and not has_screen:
        pictures = Path(tempfile.mkdtemp(prefix="mihon-year-"))
    numbers = itertools.count(1)

    def looked(page: Page) -> None:
        if pictures is not None:
            pictures.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=pictures / f"{next(numbers):03}.png", full_page=True)

    server = ThreadedWSGIServer(("127.0.0.1", 0), QuietWSGIRequestHandler)
    server.set_app(get_wsgi_application())
    threading.Thread(target=server.serve_forever, daemon=True).start()
    site = f"http://127.0.0.1:{server.server_port}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(), args=ARGS, headless=not has_screen, slow_mo=slow
        )

        def person() -> Chromium:
            context = browser.new_context(locale="ja-JP", viewport={"width": 1280, "height": 900})
            return Chromium(context.new_page(), site, looked)

        try:
            Year(person, tell=lambda text: print(text, flush=True)).live()
        finally:
            browser.close()
            server.shutdown()
    if pictures is not None:
        sys.stdout.write(f"\n{pictures}\n")


if __name__ == "__main__":
    main()
