"""What an import of a plan would do or has done, in the words of the pages and the command."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from exchange.plan_book.importing import Outcome, SheetOutcome
from exchange.plan_book.table import Change, Item, Status
from exchange.plan_book.values import as_text
from indicators.choices import Direction
from indicators.models import Indicator
from municipalities.models import Municipality
from municipalities.uploads import address

MOST_ROWS = 200
"""Rows a page shows one by one."""
MOST_NOTES = 20
"""Notes a page shows at once, the others folded up."""
LONGEST_TEXT = 200


@dataclass(frozen=True)
class Said:
    """What a column says now and said before; `before` is None for a new row."""

    column: str
    before: str | None
    after: str


@dataclass(frozen=True)
class Row:
    """A line of the workbook that is new or changes something."""

    sheet: str
    place: str
    name: str
    status: Status
    said: list[Said]


@dataclass(frozen=True)
class Preview:
    """What is shown of an outcome. `sheets` are (name, counts in the order of Status) of the sheets
    that say anything."""

    outcome: Outcome
    sheets: list[tuple[str, list[int]]] = field(default_factory=list)
    total: list[int] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    more_rows: int = 0
    waits: list[tuple[str, str, str]] = field(default_factory=list)
    """Sheet, row and address name of the plan it waits for."""
    more_waits: int = 0
    proposed: int = 0
    """Indicators whose direction is only proposed."""

    @property
    def notes(self) -> list[str]:
        return self.outcome.notes[:MOST_NOTES]

    @property
    def more_notes(self) -> list[str]:
        return self.outcome.notes[MOST_NOTES:]

    @property
    def says_nothing_new(self) -> bool:
        counts = self.outcome.counts
        return not (counts[Status.NEW] or counts[Status.CHANGED] or self.waits)


def preview_of(outcome: Outcome, town: Municipality) -> Preview:
    """Return what is shown of an outcome. Asks the database nothing."""
    written = [
        (sheet, item)
        for status in (Status.CHANGED, Status.NEW)
        for sheet in outcome.sheets
        for item in sheet.items
        if item.status == status
    ]
    waits = [
        (sheet.name, wait.key, wait.waits_for) for sheet in outcome.sheets for wait in sheet.waits
    ]
    return Preview(
        outcome,
        sheets=[
            (sheet.name, list(sheet.counts.values()))
            for sheet in outcome.sheets
            if any(sheet.counts.values())
        ],
        total=list(outcome.counts.values()),
        rows=[_row(sheet, item, town) for sheet, item in written[:MOST_ROWS]],
        more_rows=max(0, len(written) - MOST_ROWS),
        waits=waits[:MOST_ROWS],
        more_waits=max(0, len(waits) - MOST_ROWS),
        proposed=sum(1 for _sheet, item in written if _is_proposal(item.row)),
    )


def _is_proposal(row: Any) -> bool:
    return (
        isinstance(row, Indicator)
        and row.direction == Direction.UNKNOWN
        and row.proposed_direction != ""
    )


def _row(sheet: SheetOutcome, item: Item, town: Municipality) -> Row:
    is_new = item.status == Status.NEW
    said = [
        Said(_heading(item, change, town), None if is_new else _text(change.before), after)
        for change in item.changes
        if (after := _text(change.after)) or not is_new
    ]
    return Row(sheet.name, _place(item), _name(item), item.status, said)


def _place(item: Item) -> str:
    """Return C7, 7行目, or nothing where the sheet speaks of one row only."""
    if item.column is not None:
        return address(item.number, item.column)
    return "" if item.table.is_upright else _("%(row)d行目") % {"row": item.number + 1}


def _name(item: Item) -> str:
    return " ".join(_text(column.write(item.row)) for column in item.table.keys)


def _heading(item: Item, change: Change, town: Municipality) -> str:
    return change.column if item.column is None else town.year_label(int(change.column))


def _text(value: Any) -> str:
    """Return a cell in few words: 12 rather than 12.0000."""
    text = as_text(value.normalize() if isinstance(value, Decimal) else value)
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}…"


def sentence(counts: dict[Status, int]) -> str:
    """Return 新規3件、変更2件 of what there is."""
    return "、".join(
        _("%(status)s%(count)d件") % {"status": status.label, "count": count}
        for status, count in counts.items()
        if count
    )


def lines(preview: Preview) -> Iterator[str]:
    """Yield what the command prints."""
    outcome = preview.outcome
    for sheet in outcome.sheets:
        if counts := sentence(sheet.counts):
            yield _("%(sheet)s：%(counts)s") % {"sheet": sheet.name, "counts": counts}
    for place, key, slug in preview.waits:
        yield _("［待ち］%(sheet)s %(key)s：計画「%(slug)s」を取り込むまで待ちます。") % {
            "sheet": place,
            "key": key,
            "slug": slug,
        }
    for note in outcome.notes:
        yield _("［確認］%(note)s") % {"note": note}
    for complaint in outcome.complaints:
        yield _("［誤り］%(place)s：%(found)s%(message)s") % {
            "place": " ".join(filter(None, (complaint.sheet, complaint.place))),
            "found": f"「{complaint.found}」 " if complaint.found else "",
            "message": complaint.message,
        }
