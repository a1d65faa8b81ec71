"""`make audit`: every page of a fresh site by HTTP, the W3C's validator and a real browser.

Prints progress and a table of problems; exits 1 when there is one. With --sample the browser
looks at two pages of each kind only; links and HTML are checked everywhere all the same.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from tests import environment  # noqa: F401  (before the settings are read)
from tests.browser import launch, new_page, problems_of
from tests.services import find_chromium

from .checks import problems
from .crawl import Visit, crawl, fetch_by_http
from .sample import samples
from .site import BASE_DIR, trial_site

VALIDATOR = BASE_DIR / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
NOT_FOUND = "/there-is-no-such-page/"
EXPECTED = {NOT_FOUND: 404}

Problem = tuple[str, str, str]  # path; where seen: link, html, 1280, 390; what


def main() -> int:
    """Audit a fresh site and return the exit code."""
    parser = argparse.ArgumentParser(prog="make audit", description=__doc__)
    parser.add_argument("--sample", action="store_true", help="two pages of each kind by browser")
    options = parser.parse_args()
    chromium = find_chromium()
    if chromium is None:
        sys.exit("make audit needs Chromium.")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as name, trial_site(Path(name)) as address:
        host = address.partition("//")[2]
        visits = crawl(fetch_by_http(address), host, ("/", NOT_FOUND))
        pages = [visit for visit in visits if is_public_page(visit)]
        print(f"{len(visits)} addresses, {len(pages)} pages")
        found = [*link_problems(visits), *html_problems(pages), *validator_problems(pages)]
        print(f"links and HTML: {len(found)} problems")
        paths = [*samples(pages), NOT_FOUND] if options.sample else [page.path for page in pages]
        found += browser_problems(chromium, address, paths)
    for path, where, what in sorted(found):
        print(f"{where:>5}  {path}  {what}")
    seconds = time.monotonic() - started
    print(f"{len(pages)} pages, {len(paths)} by browser, {len(found)} problems, {seconds:.0f} s")
    return 1 if found else 0


def is_public_page(visit: Visit) -> bool:
    """Return whether the answer is a page for citizens; the admin is not."""
    return visit.is_html and not visit.path.startswith("/admin/")


def link_problems(visits: list[Visit]) -> list[Problem]:
    """Return the addresses that lead nowhere."""
    return [
        (visit.path, "link", f"status {visit.answer.status}, linked from {visit.referrer}")
        for visit in visits
        if visit.answer.status >= 400 and visit.answer.status != EXPECTED.get(visit.path)
    ]


def html_problems(pages: list[Visit]) -> list[Problem]:
    """Return what our own checks find in the HTML."""
    return [(page.path, "html", what) for page in pages for what in problems(page)]


def validator_problems(pages: list[Visit]) -> list[Problem]:
    """Return what the Nu Html Checker finds; it reads all pages in one go."""
    with tempfile.TemporaryDirectory() as name:
        files = {Path(name) / f"{number}.html": page for number, page in enumerate(pages)}
        for file, page in files.items():
            file.write_text(page.answer.text)
        command = ["java", "-Xss1m", "-jar", str(VALIDATOR), "--format", "json", "--stdout"]
        answer = subprocess.run(
            [*command, "--errors-only", "--exit-zero-always", *map(str, files)],
            check=True,
            capture_output=True,
            text=True,
        )
        paths = {file.as_uri().replace("///", "/"): page.path for file, page in files.items()}
    return [
        (paths[message["url"]], "html", f"line {message.get('lastLine')}: {message['message']}")
        for message in json.loads(answer.stdout)["messages"]
    ]


def browser_problems(chromium: str, address: str, paths: list[str]) -> list[Problem]:
    """Return what the browser shows, with as many browsers as there are processors."""
    parts = [paths[start : start + 10] for start in range(0, len(paths), 10)]
    found: list[Problem] = []
    done = 0
    with ProcessPoolExecutor() as pool:
        jobs = {pool.submit(look_at, chromium, address, part): part for part in parts}
        for job in as_completed(jobs):
            found += job.result()
            done += len(jobs[job])
            print(f"browser: {done}/{len(paths)} pages, {len(found)} problems", flush=True)
    return found


def look_at(chromium: str, address: str, paths: list[str]) -> list[Problem]:
    """Open `paths` one after the other in one browser (in a process of its own)."""
    with launch(chromium) as browser, new_page(browser) as page:
        return [
            (path, str(width), what)
            for path in paths
            for width, what in problems_of(page, address + path, EXPECTED.get(path, 200))
        ]


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    sys.exit(main())
