"""Files people upload: Excel workbooks (.xlsx) and CSV, read safely or refused with a hint.

`read` never runs a macro or a formula, follows no link, opens no entity, and neither its time nor
its memory grows beyond `limits`, whatever the file says of itself.
"""

from .book import UNCALCULATED, Book, Cell, ErrorValue, Refused, Sheet, address, without_noise
from .csv_text import read_csv
from .kinds import check_name, kind_of
from .workbook import read_workbook

__all__ = [
    "UNCALCULATED",
    "Book",
    "Cell",
    "ErrorValue",
    "Refused",
    "Sheet",
    "address",
    "read",
    "without_noise",
]


def read(content: bytes, name: str, *, takes_csv: bool = True) -> Book:
    """Return what an uploaded file says; `name` is the name it came under. Raises Refused, also for
    a CSV where none is taken."""
    kind = kind_of(content, name, takes_csv=takes_csv)
    if kind == "csv":
        check_name(kind, name)
        return read_csv(content)
    book = read_workbook(content)  # says of another program's file what it is, whatever its name
    check_name(kind, name)
    return book
