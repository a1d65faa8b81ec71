"""Paper: size, margins with room for binding (綴じ代), titles on every page, 資料番号 and n/N."""

from __future__ import annotations

from dataclasses import dataclass

from openpyxl.worksheet.worksheet import Worksheet

from .texts import header_text

_MM = 25.4
_DPI = 96
_POINTS = 72
# How much of the paper cells may take: fonts in whose place another stands are larger.
_SAFE = 0.93


@dataclass(frozen=True)
class Paper:
    """A page in millimetres; `left` holds the binding."""

    code: int
    across: float
    down: float
    left: float = 20
    right: float = 10
    top: float = 18
    bottom: float = 15

    @property
    def is_landscape(self) -> bool:
        return self.across > self.down

    @property
    def room(self) -> int:
        """The pixels columns may take together on one page, at full size."""
        return int((self.across - self.left - self.right) / _MM * _DPI * _SAFE)

    @property
    def height(self) -> float:
        """The points rows may take together on one page."""
        return (self.down - self.top - self.bottom) / _MM * _POINTS * _SAFE

    def set_up(
        self, sheet: Worksheet, *, number: str = "", footer: str = "", fit: bool = True
    ) -> None:
        """Print on this paper; `number` is the 資料番号 of the header. `fit` makes what is too wide
        as wide as one page; Excel then heeds no page break, so without it columns have to be
        within `room`."""
        page, margins = sheet.page_setup, sheet.page_margins
        page.paperSize = self.code
        page.orientation = "landscape" if self.is_landscape else "portrait"
        if fit:
            page.fitToWidth, page.fitToHeight = 1, 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = fit
        for side in ("left", "right", "top", "bottom"):
            setattr(margins, side, getattr(self, side) / _MM)
        margins.header = margins.footer = 8 / _MM
        sheet.print_options.horizontalCentered = True
        for part, text in (
            (sheet.oddHeader.right, header_text(number)),
            (sheet.oddFooter.left, header_text(footer)),
            (sheet.oddFooter.center, "&P / &N"),
        ):
            if text:
                part.text, part.size = text, 9


A4 = Paper(code=9, across=297, down=210)
A3 = Paper(code=8, across=420, down=297)
A4_PORTRAIT = Paper(code=9, across=210, down=297)
