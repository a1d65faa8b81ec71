"""The reports a town hall prints: each in two steps, typed rows and then a workbook.

`editions` says what is printed (the work, what citizens read, one publication), `catalogue` makes
the files.
"""

from exchange.downloads import File

from .catalogue import (
    REPORTS,
    SECTIONS,
    all_sections,
    edition_for_citizens,
    has_year,
    make,
    published_report,
    working_edition,
)
from .editions import Edition, NoEditionError, View, of_citizens, reprint, working
from .layout import Options

__all__ = [
    "REPORTS",
    "SECTIONS",
    "Edition",
    "File",
    "NoEditionError",
    "Options",
    "View",
    "all_sections",
    "edition_for_citizens",
    "has_year",
    "make",
    "of_citizens",
    "published_report",
    "reprint",
    "working",
    "working_edition",
]
