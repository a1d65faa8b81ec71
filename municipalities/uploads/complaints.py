"""What is wrong in an uploaded file, cell by cell."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from .book import address


@dataclass(frozen=True)
class Complaint:
    """Row and column are counted from 0; without column it is the row, without row the sheet."""

    sheet: str
    row: int | None
    column: int | None
    found: str
    message: str

    @property
    def place(self) -> str:
        """C7, 7行目 or シート全体."""
        if self.row is None:
            return _("シート全体")
        if self.column is None:
            return _("%(row)d行目") % {"row": self.row + 1}
        return address(self.row, self.column)
