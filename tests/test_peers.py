"""Where comparable systems broke, tried here through every door: a write into a closed year, people
who approve their own figures in bulk, a real 0 that becomes "missing", and a stranger's download.

Each way is also tried where it is allowed, so that what is refused is the deed and not the form.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from exchange.models import Upload
from exchange.plan_book.workbook import plan_workbook
from exchange.reports import REPORTS, SECTIONS
from indicators.models import Actual, Series
from indicators.record import record_actual
from indicators.record_many import move_actuals, record_actuals
from indicators.resources import ActualResource
from municipalities.pending import PendingUpload
from plans.models import Plan
from plans.workflow import Action

from . import factories as make
from .admin_pages import address, filled_in, sign_in
from .flat_files import as_csv, exported, imported
from .open_data_files import csv_rows, json_rows
from .people import People, make_people
from .permission_town import undone
from .plan_pages import confirm, edited, send
from .public_pages import publish_year

pytestmark = pytest.mark.django_db
FIGURE = 1234
"""What the figure says at first; nothing else says it."""
YEAR_PAGE = "/admin/indicators/actual/entry/?fiscal_year=2023&period=year_end"
FLAT = ["自治体", "系列コード", "年度", "時期", "実績値", "状態"]


@dataclass
class House:
    """A plan of きた市 with one figure of FY2023, and who works on it."""

    people: People
    plan: Plan
    series: Series
    planner: Client
    approver: Client
    book: bytes
    """The plan as it is, as a workbook."""
    folder: Path

    @property
    def figure(self) -> Actual:
        return Actual.objects.select_related("series").get(series=self.series)

    @property
    def form(self) -> str:
        return address(Actual, "change", self.figure.pk)


@pytest.fixture(scope="module")
def house(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    with django_db_blocker.unblock(), undone():
        people = make_people()
        plan = make.make_plan(people.kita, "sogo", title="総合計画")
        series = make.make_series(people.kita, code="accidents", name="事故の数")
        make.make_indicator(
            plan, series, [people.welfare], code="i", basic_goal=make.make_goal(plan)
        )
        make.make_row(make.make_action(plan), [people.welfare])
        make.make_actual(series, 2023, FIGURE, state="draft", changed_by=people.entry)
        clients = {name: sign_in(getattr(people, name)) for name in ("planner", "approver")}
        yield House(
            people=people,
            plan=plan,
            series=series,
            book=plan_workbook(plan),
            folder=tmp_path_factory.mktemp("house"),
            **clients,
        )


# --- Ways in --------------------------------------------------------------------------------------

Written = Callable[[int], Any]


def by_form(house: House) -> Written:
    data = filled_in(house.planner, house.form)
    return lambda value: house.planner.post(house.form, data | {"value": str(value)})


def below_the_series(house: House) -> Written:
    url = address(Series, "change", house.series.pk)
    data = filled_in(house.planner, url)
    return lambda value: house.planner.post(url, data | {"actuals-0-value": str(value)})


def by_the_page_of_a_year(house: House) -> Written:
    data, name = filled_in(house.planner, YEAR_PAGE), f"series-{house.series.pk}-value"
    return lambda value: house.planner.post(YEAR_PAGE, data | {name: str(value)})


def by_a_flat_file(house: House) -> Written:
    def write(value: int) -> Any:
        line = ["kita", house.series.code, "R5", "年度末実績", str(value), "入力中"]
        upload = SimpleUploadedFile("a.csv", as_csv(FLAT, line))
        page = house.planner.post(address(Actual, "import"), {"file": upload})
        found = BeautifulSoup(page.content, "html.parser").select_one("[name=upload]")["value"]
        return house.planner.post(address(Actual, "process_import"), {"upload": found})

    return write


def workbook(house: House, value: int) -> bytes:
    """The plan's workbook in which somebody typed another figure."""

    def type_in(book: Workbook) -> None:
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
        [cell] = [cell for cell in cells if cell.value == FIGURE]
        cell.value = value

    return edited(house.book, type_in)


def by_a_workbook(house: House) -> Written:
    def write(value: int) -> Any:
        preview = send(house.planner, house.people.kita, workbook(house, value)).url
        page = BeautifulSoup(house.planner.get(preview).content, "html.parser")
        if page.select_one("#confirm-form"):
            return confirm(house.planner, preview, page)
        return house.planner.post(preview, {"confirm": "1", "fingerprint": ""})

    return write


def by_command(house: House) -> Written:
    def write(value: int) -> Any:
        file = house.folder / "plan.xlsx"
        file.write_bytes(workbook(house, value))
        call_command("import_plan", str(file), municipality="kita", verbosity=0, stdout=_Silent())

    return write


class _Silent:
    def write(self, text: str) -> None:
        """Say nothing."""


def by_record(house: House) -> Written:
    def write(value: int) -> Any:
        figure = house.figure
        figure.value = Decimal(value)
        record_actual(figure, by=house.people.planner)

    return write


def by_record_many(house: House) -> Written:
    def write(value: int) -> Any:
        figure = house.figure
        figure.value = Decimal(value)
        record_actuals([figure], by=house.people.planner)

    return write


WAYS_IN = [
    by_form,
    below_the_series,
    by_the_page_of_a_year,
    by_a_flat_file,
    by_a_workbook,
    by_command,
    by_record,
    by_record_many,
]


@pytest.mark.parametrize("way", WAYS_IN)
def test_a_real_zero_stays_zero_and_a_closed_year_closed(
    house: House, way: Callable[[House], Written]
) -> None:
    with undone():
        way(house)(0)
        assert (house.figure.value, house.figure.missing_reason) == (Decimal(0), "")
    with undone():
        write = way(house)  # the page was opened before the year was closed
        make.make_lock(house.plan, 2023)
        with suppress(ValidationError, CommandError):
            write(7)
        assert (house.figure.value, house.figure.version) == (FIGURE, 1)
        assert not house.figure.history.filter(value=7).exists()


# --- Own figures, in bulk -------------------------------------------------------------------------


def from_the_list(house: House) -> None:
    url, action = address(Actual, "changelist"), "workflow_approve"
    chosen = {"action": action, "_selected_action": [house.figure.pk]}
    seen = f"{house.figure.pk}:{house.figure.version}"
    house.approver.post(url, chosen | {"post": "yes", "seen": seen})


def by_state_of_the_form(house: House) -> None:
    data = filled_in(house.planner, house.form)
    Actual.objects.update(changed_by=house.people.planner)
    house.planner.post(house.form, data | {"state": "approved"})


def by_state_in_the_page_of_a_year(house: House) -> None:
    data, name = filled_in(house.planner, YEAR_PAGE), f"series-{house.series.pk}-state"
    Actual.objects.update(changed_by=house.people.planner)
    house.planner.post(YEAR_PAGE, data | {name: "approved"})


def by_state_in_a_flat_file(house: House) -> None:
    line = ["kita", house.series.code, "R5", "年度末実績", str(FIGURE), "承認済"]
    imported(ActualResource, house.people.approver, as_csv(FLAT, line))


def by_state_recorded(house: House) -> None:
    figure = house.figure
    figure.state = "approved"
    record_actuals(
        [figure], by=house.people.approver, expected_versions={figure.pk: figure.version}
    )


def by_move(house: House) -> None:
    figure = house.figure
    versions = {figure.pk: figure.version}
    move_actuals([figure], Action.APPROVE, by=house.people.approver, versions=versions)


BULK = [
    from_the_list,
    by_state_of_the_form,
    by_state_in_the_page_of_a_year,
    by_state_in_a_flat_file,
    by_state_recorded,
    by_move,
]


@pytest.mark.parametrize("approve", BULK)
@pytest.mark.parametrize("may", [False, True], ids=["refused", "where the town allows it"])
def test_nobody_approves_own_figures_by_any_door(
    house: House, approve: Callable[[House], None], may: bool
) -> None:
    with undone():
        Actual.objects.update(state="submitted", changed_by=house.people.approver)
        type(house.people.kita).objects.update(allows_own_approval=may)
        with suppress(ValidationError):
            approve(house)
        assert house.figure.state == ("approved" if may else "submitted")


# --- A stranger's downloads -----------------------------------------------------------------------


def downloads(house: House) -> dict[str, tuple[str, dict[str, Any], str]]:
    """What can be taken away of きた市: name → address, what is asked, and by which method.

    That the planner gets each, the table of permissions asks."""
    reports = reverse("admin:plans_plan_reports", args=[house.plan.pk])
    asked = {"fiscal_year": "R5", "period": "year_end", "download": "x"}
    upload = Upload.objects.keep(
        user=house.people.planner,
        municipality=house.people.kita,
        file_name="計画.xlsx",
        content=workbook(house, -1),
        reason="",
    )
    pending = PendingUpload.objects.keep(
        house.people.planner,
        "indicators.actual",
        name="a.csv",
        content=as_csv(FLAT, ["kita", house.series.code, "R5", "年度末実績", "x", ""]),
        fingerprint="",
    )
    marked = reverse("admin:plans_plan_import_marked", args=[upload.pk])
    changes = reverse("admin:plans_plan_changes_csv")
    found = {
        kind: (reports, asked | {"kind": kind, "source": "working"}, "get")
        for kind in (*REPORTS, SECTIONS)
    }
    return found | {
        "published": (reports, asked | {"kind": "indicators", "source": "published"}, "get"),
        "the whole plan": (reverse("admin:plans_plan_export", args=[house.plan.pk]), {}, "get"),
        "history of the plan": (changes, {"plan": house.plan.pk}, "get"),
        "the marked workbook": (marked, {}, "get"),
        "the marked table": (
            address(Actual, "import_marked"), {"upload": str(pending.pk)}, "post"
        ),
    }  # fmt: skip


def test_a_stranger_takes_nothing_away(house: House) -> None:
    with undone():
        publish_year(house.plan)
        found = downloads(house)
        strangers = [sign_in(house.people.stranger), sign_in(house.people.stranger_entry)]
        for name, (url, asked, method) in found.items():
            answers = [getattr(client, method)(url, asked) for client in strangers]
            assert [answer.status_code for answer in answers] == [404, 404], name


def test_a_table_taken_away_by_a_stranger_holds_nothing_of_the_town(house: House) -> None:
    url = f"{address(Actual, 'export')}?own=all"
    form = {"format": "1", "resource": "0"}
    assert house.series.code in house.planner.post(url, form).content.decode()
    for who in ("stranger", "stranger_entry"):
        answer = sign_in(getattr(house.people, who)).post(url, form)
        assert house.series.code not in answer.content.decode()


def test_nothing_of_a_plan_that_is_not_published_is_open_data(house: House) -> None:
    for client in (Client(), house.planner):
        for file in ("", "all.zip", "values.csv", "values.json"):
            answer: HttpResponse = client.get(f"/kita/sogo/data/{file}")
            assert answer.status_code == 404


# --- Zero, on its way out -------------------------------------------------------------------------


def test_a_real_zero_goes_out_as_zero(house: House) -> None:
    with undone():
        Actual.objects.update(state="checked")
        publish_year(house.plan)
        before = zeros_in_books(house)
        Actual.objects.update(value=0)
        publish_year(house.plan, mark="correction", reason="桁の誤り")
        assert {name for name, zeros in zeros_in_books(house).items() if zeros > before[name]} == {
            *before
        }
        (line,) = csv_rows("/kita/sogo/data/", "values")
        assert (line["実績値"], line["値のない理由"]) == ("0", "")
        (row,) = json_rows("/kita/sogo/data/", "values")
        assert (row["value"], row["missing_reason"]) == ("0", None)
        page = BeautifulSoup(Client().get("/kita/sogo/indicators/i/").content, "html.parser")
        assert "0" in {cell.get_text(strip=True).rstrip("人") for cell in page.select("main td")}


def zeros_in_books(house: House) -> dict[str, int]:
    """Return book → how many cells hold the number 0."""
    asked = {"fiscal_year": "R5", "period": "year_end", "download": "x", "kind": "indicators"}
    url = reverse("admin:plans_plan_reports", args=[house.plan.pk])
    books = {
        "flat table": exported(ActualResource, house.people.planner),
        "plan": plan_workbook(house.plan),
        "report": house.planner.get(url, asked | {"source": "published"}).content,
    }
    return {name: _zeros(book) for name, book in books.items()}


def _zeros(book: bytes) -> int:
    cells = [
        cell.value
        for sheet in load_workbook(BytesIO(book))
        for row in sheet.iter_rows()
        for cell in row
    ]
    return sum(type(value) in {int, float} and value == 0 for value in cells)
