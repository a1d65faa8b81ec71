"""What is measured, and what others need for the same."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from functools import partial
from io import BytesIO, StringIO
from itertools import chain, count
from statistics import median
from time import perf_counter
from typing import NamedTuple

from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.db.models import F, QuerySet
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from import_export.resources import modelresource_factory
from openpyxl import load_workbook as load_openpyxl
from python_calamine import load_workbook as load_calamine
from tablib import Dataset

from exchange import reports
from exchange.plan_book.importing import import_plan
from exchange.plan_book.table import Status
from exchange.plan_book.workbook import plan_workbook
from indicators.models import Actual, Series
from indicators.record import record_actual
from indicators.resources import ActualResource
from municipalities.access import Role
from municipalities.flat.formats import Xlsx
from municipalities.models import Municipality, User
from municipalities.uploads import read
from plans.models import Plan
from rounds.models import Publication
from rounds.record import publish
from tests.factories import make_municipality, make_user

from .data import FIRST_YEAR, LAST_YEAR, YEARS, make_large_plan, make_large_workbook
from .entering import entering
from .returning import returning

RUNS = 3
PEER = "Kausal Watch, 2024"


class Peer(NamedTuple):
    """Median of a few uncached runs on a machine with two cores; `queries` None: not counted."""

    seconds: float
    queries: int | None = None
    product: str = PEER


LISTS = {50: Peer(0.34, 158), 200: Peer(1.47, 608), 500: Peer(3.15, 1508)}
ONE_PAGE = Peer(0.052, 23)
SIBLINGS = {1: Peer(0.056, 60), 50: Peer(0.4, 403), 200: Peer(2.1, 1453)}
LARGE = 5000
FLAT_ROWS = 5000
IMPORT = Peer(18.0, 6540, "Tola, 2022")
VALUED = 200
YEARLY = Peer(14.0)
READ_ROWS, READ_COLUMNS = 20_000, 16
REPORTED, REPORTED_YEARS = 500, 5
WORKBOOK = Peer(2.3, product="Tola, 2022")


class Task(NamedTuple):
    """`run` is measured; `prepare` comes before each run and is not."""

    name: str
    run: Callable[[], object]
    peer: Peer | None = None
    prepare: Callable[[], object] = nullcontext


def run_all() -> None:
    """Measure everything and print it, a line a task."""
    print(f"{'task':<54} {'Shirube':>9} {'queries':>8}   {PEER:>18} {'queries':>8}")
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    storages = settings.STORAGES | {"staticfiles": plain}
    with override_settings(STORAGES=storages, ALLOWED_HOSTS=["*"]):
        for tasks in (
            pages(),
            saving(),
            sheets(),
            judging(),
            reading(),
            reporting(),
            importing_plans(),
            importing(),
        ):
            for task in tasks:
                seconds, queries = measure(task)
                peer = _words(task.peer) if task.peer else ""
                print(f"{task.name:<54} {seconds:7.3f} s {queries:8,}   {peer}", flush=True)


def _words(peer: Peer) -> str:
    queries = "" if peer.queries is None else f"{peer.queries:,}"
    product = "" if peer.product == PEER else f"   {peer.product}"
    return f"{peer.seconds:16.3f} s {queries:>8}{product}"


def measure(task: Task) -> tuple[float, int]:
    """Return the median of RUNS runs in seconds, and the queries of one more. A first run loads
    templates and modules; the cache is empty each time."""
    seconds = []
    for _run in range(RUNS + 1):
        task.prepare()
        cache.clear()
        start = perf_counter()
        task.run()
        seconds.append(perf_counter() - start)
    task.prepare()
    cache.clear()
    connection.queries_log = deque()  # Django would remember the last 9,000 only
    with CaptureQueriesContext(connection) as captured:
        task.run()
    return median(seconds[1:]), len(captured)


# --- The tasks --------------------------------------------------------------------------------


def pages() -> Iterator[Task]:
    """The pages citizens read: a plan with all its indicators, and one indicator."""
    for size, peer in LISTS.items():
        plan = make_large_plan(f"list-{size}", size)
        publish(plan, Publication.Kind.PLAN, by=None)
        publish(plan, Publication.Kind.PUBLIC, by=None, fiscal_year=LAST_YEAR, period="year_end")
        path = f"/{plan.slug}/{plan.slug}/"
        yield Task(f"page of a plan: {size} indicators with values", partial(_get, path), peer)
    yield Task("page of one indicator", partial(_get, f"{path}indicators/i0/"), ONE_PAGE)


def _get(path: str) -> None:
    response = Client(headers={"host": "localhost"}).get(path)
    if response.status_code != 200:
        raise RuntimeError(f"{path} answers {response.status_code}")


def saving() -> Iterator[Task]:
    """All years of one indicator, checked and written with their history."""
    for size, peer in SIBLINGS.items():
        plan = make_large_plan(f"save-{size}", size)
        series = plan.indicators.get(code="i0").series
        planner = make_user(Role.PLANNER, plan.municipality)
        yield Task(
            f"save one indicator's {YEARS} years among {size} siblings",
            partial(_save, series, planner),
            peer,
            prepare=series.actuals.all().delete,
        )


def _save(series: Series, planner: User) -> None:
    for year in range(FIRST_YEAR, FIRST_YEAR + YEARS):
        record_actual(Actual(series=series, fiscal_year=year, value=year), by=planner)


def sheets() -> Iterator[Task]:
    """What sections and planners do under the deadline."""
    for name, run, prepare in chain(entering(), returning()):
        yield Task(name, run, prepare=prepare)


def judging() -> Iterator[Task]:
    """The command on a plan larger than any."""
    plan = make_large_plan("large", LARGE)
    for style in ("table", "csv", "json"):
        yield Task(
            f"judge {LARGE:,} indicators with {YEARS} years ({style})",
            partial(_judge, plan.slug, style),
        )


def reporting() -> Iterator[Task]:
    """The list of all indicators and years as a workbook, styled and with a chart per goal: from
    the work, and from what is published."""
    plan = make_large_plan("reported", REPORTED)
    plan.start_fiscal_year = LAST_YEAR - REPORTED_YEARS + 1
    plan.save()
    publish(plan, Publication.Kind.PLAN, by=None)
    for year in range(plan.start_fiscal_year, LAST_YEAR + 1):
        publish(plan, Publication.Kind.PUBLIC, by=None, fiscal_year=year, period="year_end")
    size = f"{REPORTED} indicators × {REPORTED_YEARS} years"
    for name, edition in (("published", reports.of_citizens), ("work", reports.working)):
        yield Task(
            f"report of {size} ({name})",
            partial(_report, edition, plan.pk),
            WORKBOOK if name == "published" else None,
        )


def _report(edition: Callable[[Plan, int], reports.Edition], plan: int) -> None:
    found = Plan.objects.select_related("municipality").get(pk=plan)
    reports.make("indicators", edition(found, LAST_YEAR))


def _judge(slug: str, style: str) -> None:
    call_command(
        "evaluate", slug, slug, fiscal_year=str(LAST_YEAR), format=style, stdout=StringIO()
    )


def reading() -> Iterator[Task]:
    """A large sheet with all the checks of an upload, and by the libraries alone in this run."""
    content = make_large_workbook(READ_ROWS, READ_COLUMNS)
    cells = f"{READ_ROWS:,} × {READ_COLUMNS} cells"
    yield Task(f"read {cells}, checked", partial(read, content, "a.xlsx"))
    yield Task(f"read {cells}: python-calamine alone", partial(_read_by_calamine, content))
    yield Task(f"read {cells}: openpyxl", partial(_read_by_openpyxl, content))


def _read_by_calamine(content: bytes) -> None:
    load_calamine(BytesIO(content)).get_sheet_by_index(0).to_python()


def _read_by_openpyxl(content: bytes) -> None:
    for _row in load_openpyxl(BytesIO(content), read_only=True).active.iter_rows(values_only=True):
        pass


def importing() -> Iterator[Task]:
    """Flat rows of actuals from a workbook, checked and with their history, beside what
    django-import-export does by default with the same figures in this run."""
    plan = make_large_plan("flat", FLAT_ROWS // YEARS)
    planner = make_user(Role.PLANNER, plan.municipality)
    rows = Actual.objects.filter(series__municipality=plan.municipality)
    ours = Xlsx().export_data(ActualResource().export(rows.order_by("pk")))
    plain = _plain_table(rows)

    def nothing_stored() -> None:
        Actual.history.filter(series__municipality=plan.municipality).delete()
        rows.all().delete()

    def other_values_stored() -> None:
        nothing_stored()
        _import_plain(plain)
        rows.update(value=F("value") + 1)

    for what, prepare in (("insert", nothing_stored), ("update", other_values_stored)):
        yield Task(
            f"{what} {FLAT_ROWS:,} flat rows",
            partial(_import_ours, ours, planner),
            prepare=prepare,
        )
        yield Task(
            f"{what} {FLAT_ROWS:,} flat rows: plain django-import-export",
            partial(_import_plain, plain),
            prepare=prepare,
        )


def importing_plans() -> Iterator[Task]:
    """A whole plan from its workbook into another town, with history; and the values of ten years
    alone, a line a series and a column a year."""
    plan = make_large_plan("source", REPORTED)
    Actual.objects.filter(
        series__municipality=plan.municipality, fiscal_year__lte=LAST_YEAR - REPORTED_YEARS
    ).delete()
    content = plan_workbook(plan)
    towns = (make_municipality(f"target-{number}") for number in count())
    place: list[tuple[Municipality, User]] = []

    def another_town() -> None:
        town = next(towns)
        place[:] = [(town, make_user(Role.PLANNER, town))]

    yield Task(
        f"import {REPORTED} indicators with {REPORTED_YEARS} years from Excel",
        lambda: _import_plan(content, *place[0], REPORTED * REPORTED_YEARS),
        IMPORT,
        another_town,
    )
    valued = make_large_plan("valued", VALUED)
    planner = make_user(Role.PLANNER, valued.municipality)
    values = _only(plan_workbook(valued), {"計画", "実績"})
    actuals = Actual.objects.filter(series__municipality=valued.municipality)

    def no_values() -> None:
        Actual.history.filter(series__municipality=valued.municipality).delete()
        actuals.delete()

    yield Task(
        f"import {VALUED} × {YEARS} yearly values from Excel",
        lambda: _import_plan(values, valued.municipality, planner, VALUED * YEARS),
        YEARLY,
        no_values,
    )


def _import_plan(content: bytes, town: Municipality, planner: User, figures: int) -> None:
    outcome = import_plan(read(content, "plan.xlsx"), town, by=planner)
    new = next(sheet for sheet in outcome.sheets if sheet.name == "実績").counts[Status.NEW]
    if outcome.complaints or new != figures:
        raise RuntimeError(outcome.complaints or new)


def _only(content: bytes, sheets: set[str]) -> bytes:
    """Return a workbook with these sheets alone."""
    book = load_openpyxl(BytesIO(content))
    for name in set(book.sheetnames) - sheets:
        del book[name]
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _plain_table(rows: QuerySet) -> Dataset:
    """Return the rows by number, as a resource without settings reads them."""
    names = ("id", "series", "fiscal_year", "period", "value", "state")
    return Dataset(*rows.order_by("pk").values_list(*names), headers=names)


def _import_ours(content: bytes, planner: User) -> None:
    outcome = ActualResource().import_data(Xlsx().create_dataset(content), user=planner)
    if not outcome.is_saved or len(outcome.lines) != FLAT_ROWS:
        raise RuntimeError(outcome.complaints)


def _import_plain(table: Dataset) -> None:
    result = modelresource_factory(Actual)().import_data(table, raise_errors=True)
    if sum(result.totals[kind] for kind in ("new", "update")) != FLAT_ROWS:
        raise RuntimeError(result.totals)
