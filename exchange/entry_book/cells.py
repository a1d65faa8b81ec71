"""What a cell of a workbook says: the text for a box of the entry sheet, or why it has none."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from municipalities.uploads import UNCALCULATED, Cell, ErrorValue, without_noise
from rounds.entry.reading import cleaned, month_text

from . import layout


def text_of(cell: Cell) -> str:
    """Return a cell as a box of the entry sheet would say it."""
    match cell:
        case None:
            return ""
        case bool():
            return str(cell).upper()
        case int():
            return str(cell)
        case Decimal():
            return f"{without_noise(cell):f}"
        case datetime() | date():
            return f"{cell:%Y-%m-%d}"
        case time():
            return f"{cell:%H:%M}"
        case timedelta():
            hours, minutes = divmod(cell // timedelta(minutes=1), 60)
            return f"{hours}:{minutes:02d}"
    return cleaned(cell).strip()


def box_text(column: str, cell: Cell) -> str:
    """Return the text of a cell for the box of a column: of a date the month where one is asked."""
    if column == layout.MONTH and isinstance(cell, date):
        return month_text(cell)
    return text_of(cell)


def why_unread(column: str, cell: Cell, *, is_struck: bool = False) -> str:
    """Return why a cell says nothing a box could hold, "" where it does. Of words that are struck
    out (見え消し) nobody knows whether they are meant."""
    if is_struck and text_of(cell):
        return _(
            "取消線の付いた文字（見え消し）があります。"
            "消した文字は削除し、残す文字は取消線を外してください。"
        )
    if cell is UNCALCULATED:
        return _("まだ計算されていない式です。Excelで開いて保存し直すか、値を入力してください。")
    if isinstance(cell, ErrorValue):
        return _("式の結果が「%(found)s」です。値を入力してください。") % {"found": cell}
    if isinstance(cell, date | time | timedelta) and column != layout.MONTH:
        return _(
            "日付か時刻（%(found)s）になっています。Excelは「1-2」や「3:4」を日付や時刻に変えます。"
            "セルの表示形式を、数値なら「標準」、文字なら「文字列」にして、入力し直してください。"
        ) % {"found": text_of(cell)}
    return ""
