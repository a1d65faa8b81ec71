"""Sixty entry workbooks of thirty rows go out and come back: looked at, and taken in."""

from collections.abc import Iterator

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from exchange.models import EntryFile, EntryUpload
from indicators.models import Actual, Series
from municipalities.access import Role
from tests.admin_pages import sign_in
from tests.entry_books import Filled
from tests.factories import make_department, make_request, make_user
from tests.filled_workbooks import book_for

from .data import LAST_YEAR, make_large_plan

FILES, ROWS = 60, 30
YEAR = LAST_YEAR + 1
JSON = {"Accept": "application/json"}


class Round:
    """A request to FILES sections, and the workbooks they have filled in."""

    def __init__(self) -> None:
        plan = make_large_plan("returning", FILES * ROWS)
        series = list(Series.objects.filter(municipality=plan.municipality).order_by("pk"))
        self.sections = [make_department(plan.municipality) for _ in range(FILES)]
        for place, each in enumerate(series):
            each.owner = self.sections[place // ROWS]
        Series.objects.bulk_update(series, ["owner"])
        self.asked = make_request(plan, fiscal_year=YEAR)
        self.series = Series.objects.filter(municipality=plan.municipality)
        before = Actual.objects.filter(series__in=self.series, fiscal_year=LAST_YEAR)
        values = dict(before.values_list("series", "value"))
        self.files = [self._filled(section, values) for section in self.sections]
        self.client = sign_in(make_user(Role.PLANNER, plan.municipality))
        self.address = reverse("admin:rounds_request_entry_files", args=[self.asked.pk])

    def _filled(self, section: object, values: dict[int, object]) -> bytes:
        book = Filled(book_for(self.asked, section))
        for sheet, technical, ids in book.sheets():
            for row in range(technical + 2, sheet.max_row + 1):
                key = sheet.cell(row, ids["#key"]).value
                if key and key != "#":
                    number = int(key.partition("-")[2])
                    sheet.cell(row, ids["value"]).value = values[number]
        return book.to_bytes()

    def empty(self) -> None:
        """Let nothing have come back."""
        EntryUpload.objects.all().delete()
        EntryFile.objects.all().delete()
        Actual.objects.filter(series__in=self.series, fiscal_year=YEAR).delete()

    def wait(self) -> None:
        self.empty()
        self.look()

    def send(self) -> None:
        form = {"grouping": "section", "sections": [section.pk for section in self.sections]}
        books = reverse("admin:rounds_request_books", args=[self.asked.pk])
        answer = self.client.get(books, {"download": "1", **form})
        if answer.headers["Content-Type"] != "application/zip":
            raise RuntimeError(answer.content.decode())

    def look(self) -> None:
        for place, content in enumerate(self.files):
            file = SimpleUploadedFile(f"回答{place}.xlsx", content)
            self._sent({"files": file})

    def take(self) -> None:
        for upload in EntryUpload.objects.only("fingerprint"):
            name = f"fingerprint-{upload.pk}"
            self._sent({"chosen": upload.pk, name: upload.fingerprint, "confirm": "1"})
        saved = Actual.objects.filter(series__in=self.series, fiscal_year=YEAR).count()
        if saved != FILES * ROWS:
            raise RuntimeError(f"{saved} of {FILES * ROWS} rows saved")

    def _sent(self, content: dict[str, object]) -> None:
        answer = self.client.post(self.address, content, headers=JSON)
        if answer.status_code != 200:
            raise RuntimeError(answer.content.decode())


def returning() -> Iterator[tuple[str, object, object]]:
    """Yield name, what is measured, and what comes before it."""
    round_ = Round()
    name = f"{FILES} entry workbooks of {ROWS} rows"
    yield f"make {name} (ZIP)", round_.send, round_.empty
    yield f"look at {name} (POST each)", round_.look, round_.empty
    yield f"take in {name} (POST each)", round_.take, round_.wait
