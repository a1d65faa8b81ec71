"""The entry sheet of a section: opened, saved as a whole, and with one value."""

from collections.abc import Iterator
from functools import partial

from indicators.models import Actual, Series
from municipalities.access import Role
from tests.entry_forms import SheetPage, sheet_url
from tests.factories import make_department, make_request, make_user

from .data import LAST_YEAR, make_large_plan

ROWS = 200
YEAR = LAST_YEAR + 1


class Sheet:
    """A section that owes ROWS figures, and its person before the sheet."""

    def __init__(self) -> None:
        plan = make_large_plan("entry", ROWS)
        section = make_department(plan.municipality)
        self.series = Series.objects.filter(municipality=plan.municipality)
        self.series.update(owner=section)
        request = make_request(plan, fiscal_year=YEAR)
        self.page = SheetPage(make_user(Role.ENTRY, department=section), request, section)
        self.address = sheet_url(request, section)

    def empty(self, rows: int) -> None:
        """Let nothing be entered, then type last year's figures into the first `rows`."""
        Actual.objects.filter(series__in=self.series, fiscal_year=YEAR).delete()
        self.page.open()
        before = Actual.objects.filter(series__in=self.series, fiscal_year=LAST_YEAR)
        values = dict(before.values_list("series", "value"))
        for key in self.page.keys()[:rows]:
            self.page.fill(key, value=str(values[int(key.partition("-")[2])]))

    def save(self, rows: int) -> None:
        self.page.client.post(self.address, self.page.fields | {"do": "save"})
        saved = Actual.objects.filter(series__in=self.series, fiscal_year=YEAR).count()
        if saved != rows:
            raise RuntimeError(f"{saved} of {rows} rows saved")

    def open(self) -> None:
        self.page.client.get(self.address)


def entering() -> Iterator[tuple[str, object, object]]:
    """Yield name, what is measured, and what comes before it; one query counts the saved rows."""
    sheet = Sheet()
    yield f"open a section's entry sheet of {ROWS} rows", sheet.open, partial(sheet.empty, ROWS)
    for rows in (ROWS, 1):
        name = f"save {rows} of the {ROWS} rows (POST)"
        yield name, partial(sheet.save, rows), partial(sheet.empty, rows)
