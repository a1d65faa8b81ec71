"""What a workbook that comes back says, cell by cell: nothing of it is understood yet.

Sheets are told by their technical row, rows by their keys: so both may have been renamed, sorted,
moved or deleted, and columns put between.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from municipalities.uploads import Book, Cell, Refused, Sheet, address, read
from municipalities.uploads.complaints import Complaint
from municipalities.uploads.marked import RESULT
from rounds.entry.reading import short

from . import layout
from .about import About, about_of, is_key
from .cells import box_text, text_of, why_unread
from .outside import beside_notes, mark, outside_note

MOST_MERGED = 10_000
"""Merged areas of a sheet that are looked through."""
MOST_LOOSE = 500
"""Rows somebody has put into a sheet."""
MOST_NAMES = 5
"""Deleted rows that are named."""
LOOSE = "?"
"""Before the place of a row that has no key."""


@dataclass
class FileRow:
    """A row of the entry sheet as the workbook has it; row and columns are counted from 0."""

    sheet: str
    number: int
    key: str
    version: str
    cells: dict[str, str]
    """Column of the entry sheet → text of the cell."""
    places: Mapping[str, int]
    """Column of the entry sheet → column of the workbook."""
    headings: Mapping[str, str]
    """Column of the entry sheet → what the workbook calls it."""
    label: str
    """How the workbook calls the row."""
    unit: str | None = None
    """The unit it names beside a figure, None where it has no such column."""
    is_known: bool = True
    """Whether it has a key at all."""
    complaints: dict[str, Complaint] = field(default_factory=dict)
    """Column ("" for the row) → why it cannot be read."""

    def said(self, column: str) -> str:
        """Return what the workbook says in a column, also where that cannot be read."""
        complaint = self.complaints.get(column)
        return self.cells.get(column, "") if complaint is None else complaint.found

    def complain(self, column: str, message: str, found: str = "") -> None:
        self.complaints[column] = self.complaint(column, message, found)
        self.cells.pop(column, None)

    def complaint(self, column: str, message: str, found: str = "") -> Complaint:
        """Return something that is wrong with a column ("" or one that is not there: the row)."""
        found = found or short(self.cells.get(column, ""))
        return Complaint(self.sheet, self.number, self.places.get(column), found, message)


@dataclass
class EntryBook:
    """A workbook of ours; `notes` says what of it is not taken in."""

    about: About
    rows: list[FileRow] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def gone(self) -> dict[str, str]:
        """Key of each row it had when it was made and has no more → how people call it."""
        there = {row.key for row in self.rows}
        return {key: name for key, name in self.about.rows.items() if key not in there}


def read_entry_book(content: bytes, name: str) -> EntryBook:
    """Return what a workbook says; `name` is the name it came under. Raises Refused where it is
    unsafe, broken, none of ours, or of a layout of former times."""
    book = read(content, name, takes_csv=False)
    found = EntryBook(about_of(book))
    strange = [sheet for sheet in book.sheets if not _read_sheet(sheet, found)]
    found.notes += [note for sheet in book.sheets for note in beside_notes(sheet)]
    _refuse_lost_marks(book, found)
    if not found.rows:
        raise Refused(
            _(
                "回答の行が一つも見つかりません。行の目印（隠れた列と行）が削除されているようです。"
                "入力用Excelを受け取り直し、入力した内容を貼り付けてください。"
            )
        )
    _complain_of_twins(found.rows)
    _note_deleted(found)
    _note_strange_sheets(strange, found)
    return found


# --- Its rows -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Columns:
    """Which column of a sheet is what."""

    technical_row: int
    key: int
    version: int | None
    boxes: Mapping[str, int]
    headings: Mapping[str, str]
    read: Mapping[str, int]
    """Columns only people read, by their id."""
    strangers: tuple[int, ...]
    """Columns somebody has put in."""


def _read_sheet(sheet: Sheet, found: EntryBook) -> bool:
    """Read the rows of a sheet; return whether it is one of rows at all."""
    columns = _columns(sheet)
    if columns is None:
        return False
    if columns.version is None:
        raise Refused(
            _("シート「%(sheet)s」に版の列（%(name)s）がありません。列を削除しないでください。")
            % {"sheet": sheet.name, "name": layout.VERSION}
        )
    rows = list(_rows(sheet, columns, found.about))
    _complain_of_merged(sheet, rows)
    _complain_of_other_names(sheet, columns, rows, found.about)
    rows += _loose_rows(sheet, columns)
    found.rows += rows
    _note_strangers(sheet, columns, rows, found)
    _note_outside(sheet, columns, rows, found)
    return True


def _columns(sheet: Sheet) -> _Columns | None:
    for number, row in enumerate(sheet.rows):
        ids = [text_of(cell) for cell in row]
        if layout.KEY not in ids:
            continue
        counts = Counter(ids)
        twice = [name for name in ids if counts[name] > 1 and name not in {"", layout.READ_ONLY}]
        boxes = {
            name: place
            for place, name in enumerate(ids)
            if name and not name.startswith(layout.READ_ONLY)
        }
        if any(name in boxes or name in {layout.KEY, layout.VERSION} for name in twice):
            raise Refused(
                _(
                    "シート「%(sheet)s」に同じ列（%(name)s）が2つあります。"
                    "写した列を削除してください。"
                )
                % {"sheet": sheet.name, "name": short(twice[0])}
            )
        return _Columns(
            number,
            ids.index(layout.KEY),
            ids.index(layout.VERSION) if layout.VERSION in ids else None,
            boxes,
            {name: _heading(sheet, number + 1, place) for name, place in boxes.items()},
            {
                name: place
                for place, name in enumerate(ids)
                if name.startswith(layout.READ_ONLY) and name not in {layout.KEY, layout.VERSION}
            },
            tuple(place for place, name in enumerate(ids) if not name),
        )
    return None


def _heading(sheet: Sheet, row: int, column: int) -> str:
    text = text_of(sheet.rows[row][column]) if row < len(sheet.rows) else ""
    return short(_first_line(text))


def _rows(sheet: Sheet, columns: _Columns, about: About) -> Iterator[FileRow]:
    """Yield the rows with a key, also those that sorting has put above the technical row. Of the
    headings it is none: where somebody makes a table of the rows, Excel calls what has no heading
    列1."""
    for number, row in enumerate(sheet.rows):
        key = text_of(row[columns.key]) if columns.key < len(row) else ""
        has_key = is_key(key)
        if key in {"", layout.READ_ONLY, layout.KEY}:
            continue
        if number <= columns.technical_row + 1 and not has_key:
            continue
        one = FileRow(
            sheet=sheet.name,
            number=number,
            key=key,
            version=text_of(row[columns.version or 0]),
            cells={},
            places=columns.boxes,
            headings=columns.headings,
            label=about.rows.get(key) or _label(row, columns),
            unit=text_of(row[columns.read[layout.UNIT]]) if layout.UNIT in columns.read else None,
        )
        if not has_key:
            one.is_known = False
            message = _("行の目印「%(key)s」が壊れています。ほかの行から写さないでください。")
            one.complain("", message % {"key": short(key)})
        for column, place in columns.boxes.items():
            _read_cell(one, column, row[place], is_struck=(number, place) in sheet.struck)
        yield one


def _loose_rows(sheet: Sheet, columns: _Columns) -> Iterator[FileRow]:
    """Yield the rows without a key in which somebody has typed; what we have written for people
    has `layout.READ_ONLY` there."""
    first, count = columns.technical_row + 2, 0
    for number, row in enumerate(sheet.rows[first:], first):
        cells = {column: box_text(column, row[place]) for column, place in columns.boxes.items()}
        if text_of(row[columns.key]) or not any(cells.values()):
            continue
        count += 1
        if count > MOST_LOOSE:
            raise Refused(
                _("シート「%(sheet)s」に足された行が多すぎます。足した行を削除してください。")
                % {"sheet": sheet.name}
            )
        yield _loose_row(sheet.name, number, cells, columns)


def _loose_row(sheet: str, number: int, cells: dict[str, str], columns: _Columns) -> FileRow:
    one = FileRow(
        sheet=sheet,
        number=number,
        key=f"{LOOSE}{sheet}!{number + 1}",
        version="",
        cells=cells,
        places=columns.boxes,
        headings=columns.headings,
        is_known=False,
        label=short(" ".join(filter(None, cells.values()))),
    )
    one.complain(
        "",
        _(
            "行の目印がない、足された行です。取り込めるのは、もとからある行だけです。"
            "内容をもとの行に移し、この行を削除してください。"
        ),
    )
    return one


def _label(row: list[Cell], columns: _Columns) -> str:
    """Return the first thing the row says to people: its name, in the first of its lines."""
    said = (text_of(row[place]) for place in columns.read.values())
    return short(_first_line(next(filter(None, said), "")))


def _read_cell(row: FileRow, column: str, cell: Cell, *, is_struck: bool) -> None:
    why = why_unread(column, cell, is_struck=is_struck)
    if why:
        row.complain(column, why, text_of(cell))
    else:
        row.cells[column] = box_text(column, cell)


# --- What is wrong with it --------------------------------------------------------------------


def _refuse_lost_marks(book: Book, found: EntryBook) -> None:
    """Refuse a sheet of rows that has lost its marks, or some of them: what is typed there would be
    passed over, and its rows taken for deleted ones."""
    gone = found.gone
    if not gone:
        return
    for sheet in book.sheets:
        texts = {_first_line(text_of(cell)) for row in sheet.rows for cell in row}
        if layout.FORMAT in texts or layout.KEY in texts:
            continue
        if not texts.isdisjoint({*gone, *gone.values(), *layout.READ}):
            raise Refused(
                _(
                    "シート「%(sheet)s」の行の目印（隠れた列と行）が削除されています。"
                    "入力用Excelを受け取り直し、入力した内容を貼り付けてください。"
                )
                % {"sheet": sheet.name}
            )


def _complain_of_twins(rows: list[FileRow]) -> None:
    first: dict[str, FileRow] = {}
    for row in rows:
        other = first.setdefault(row.key, row)
        if other is not row:
            for one, twin in ((row, other), (other, row)):
                message = _("シート「%(sheet)s」の%(number)d行目と同じ行です。一つにしてください。")
                if one.sheet != twin.sheet:
                    message += _("シートの写しなら、要らないほうのシートを削除してください。")
                one.complain("", message % {"sheet": twin.sheet, "number": twin.number + 1})


def _complain_of_merged(sheet: Sheet, rows: list[FileRow]) -> None:
    """Cells swallowed by their neighbours look empty, but nobody has emptied them."""
    if len(sheet.merged) > MOST_MERGED:
        raise Refused(
            _("シート「%(sheet)s」の結合セルが多すぎます。結合を解除してください。")
            % {"sheet": sheet.name}
        )
    by_number = {row.number: row for row in rows}
    for (top, left), (bottom, right) in sheet.merged:
        for number in range(top, min(bottom, len(sheet.rows)) + 1):
            row = by_number.get(number)
            if row is None:
                continue
            for column, place in row.places.items():
                if left <= place <= right and (number, place) != (top, left):
                    row.complain(
                        column,
                        _(
                            "%(cell)sのセルと結合されているため、何が入力されたのか分かりません。"
                            "結合を解除して、行ごとに入力してください。"
                        )
                        % {"cell": address(top, left)},
                    )


def _complain_of_other_names(
    sheet: Sheet, columns: _Columns, rows: list[FileRow], about: About
) -> None:
    """Complain of rows that are called like another row than their key says: hidden columns stay
    where they are when people sort those they see, and a key that is filled down counts on."""
    names = {mark(_first_line(name)) for name in about.rows.values()}
    for row in rows if layout.NAME_OF_ROW in columns.read else ():
        cell = sheet.rows[row.number][columns.read[layout.NAME_OF_ROW]]
        said = _first_line(text_of(cell))
        own = about.rows.get(row.key)
        if own is None or mark(said) == mark(_first_line(own)) or mark(said) not in names:
            continue
        row.complain(
            "",
            _(
                "行の目印は「%(key)s」ですが、この行の名前は「%(name)s」です。隠れた列を除いて"
                "並べ替えたか、目印をほかの行から写したようです。入力用Excelを受け取り直し、"
                "入力した内容を貼り付けてください。"
            )
            % {"key": short(own), "name": short(said)},
        )


def _first_line(text: str) -> str:
    return text.partition("\n")[0]


def _note_strangers(sheet: Sheet, columns: _Columns, rows: list[FileRow], found: EntryBook) -> None:
    """Say which columns somebody has put in: what they say is not taken in."""
    for place in columns.strangers:
        said: list[Any] = [row.number + 1 for row in rows if text_of(sheet.rows[row.number][place])]
        if said:
            text = _(
                "シート「%(sheet)s」の%(cell)s列は、足された列です。書かれた内容（%(count)d行）は"
                "取り込みません。"
            )
            name = address(0, place).rstrip("1")
            found.notes.append(text % {"sheet": sheet.name, "cell": name, "count": len(said)})


def _note_outside(sheet: Sheet, columns: _Columns, rows: list[FileRow], found: EntryBook) -> None:
    """Say which cells say something that are only read by people: rows of the year before, names,
    remarks below the table."""
    numbers = {row.number for row in rows}
    own, hidden = {*columns.boxes.values(), *columns.strangers}, {columns.key, columns.version}

    def is_read(number: int, place: int) -> bool:
        return place in hidden or (number in numbers and place in own)

    note = outside_note(sheet, found.about.texts, is_read) if found.about.texts else ""
    found.notes += [note] if note else []


def _note_strange_sheets(strange: Sequence[Sheet], found: EntryBook) -> None:
    """Say which of the sheets without rows somebody has put in, and what they have written on the
    cover: neither is taken in."""
    # Programs that know no hidden sheets show them, Numbers with the name of a table behind theirs.
    own, written = {layout.ABOUT, layout.CHOICES, RESULT}, found.about.cover_texts
    for sheet in strange:
        texts = {text for row in sheet.rows for cell in row if (text := text_of(cell))}
        if not texts or sheet.name.partition(" - ")[0] in own:
            continue
        if not written.isdisjoint(map(mark, texts)):
            note = outside_note(sheet, written, lambda _row, _column: False)
            found.notes += [note] if note else []
        elif written or sheet.name != str(layout.COVER):
            text = _("シート「%(sheet)s」は、足されたシートです。書かれた内容は取り込みません。")
            found.notes.append(text % {"sheet": sheet.name})


def _note_deleted(found: EntryBook) -> None:
    gone = [*found.gone.values()]
    if gone:
        text = _(
            "書き出した後に、%(count)d行が削除されています（%(names)s）。"
            "これらの行は、保存されている内容のまま変わりません。"
        )
        names = "、".join(map(short, gone[:MOST_NAMES])) + ("…" if gone[MOST_NAMES:] else "")
        found.notes.append(text % {"count": len(gone), "names": names})
