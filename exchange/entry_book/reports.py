"""The sheets of reports, one per plan in its own form: what was said the year before stands in a
row of its own above each, so that long texts have the width of the paper."""

from __future__ import annotations

from django.utils.translation import gettext as _

from exchange.reports.layout import shares
from exchange.sheets import A3, Book, Look, filling, looks, texts
from exchange.sheets.filling import Choices
from measures.models import ReportColumn
from municipalities import figures
from rounds.entry.boxes import Box
from rounds.entry.lines import AS_IS
from rounds.entry.report_lines import ReportLine
from rounds.entry.sheet import ReportTable, SheetRow

from . import layout
from .content import Content
from .grid import (
    CLOSED,
    CLOSED_WORD,
    OPEN,
    OPEN_WORD,
    READ,
    Cell,
    Column,
    Grid,
    cell_maker,
    name_text,
    state_text,
)

Kind = ReportColumn.Kind
LINES = 5
"""What a row has room for at least."""
_FIXED = {"#name": 22.0, "#year": 10.0, "#state": 12.0}
_NARROW = {Kind.RATING: 14.0, Kind.CHOICE: 14.0, Kind.NUMBER: 13.0}
_TICK_WIDTH = 9.0
_LEAST, _SHORT, _LONG = 16.0, 200, 1600
"""The least width of a column of text; the lengths between which its width follows its texts."""
_MOST_OF_NAME = 26
"""Of a plan's title; the name of a sheet has 31 characters."""
_BEFORE = looks.TEXT.but(color="404040")
_BEFORE_WORD = _BEFORE.but(across="center")
_NUMBER = looks.NUMBER.but(down="top", is_text=False)


def write_reports(book: Book, content: Content, choices: Choices) -> list[Grid]:
    """Add the sheets. The caller sets up their paper."""
    several = len(content.tables) > 1
    return [
        _Writer(book, content, table, choices, several=several).grid for table in content.tables
    ]


class _Writer:
    def __init__(
        self,
        book: Book,
        content: Content,
        table: ReportTable,
        choices: Choices,
        *,
        several: bool,
    ) -> None:
        self.content, self.table = content, table
        line = table.rows[0].line
        assert isinstance(line, ReportLine)
        self.line = line
        marked = {box.column for row in table.rows for box in row.boxes if box.as_is}
        self.names = [  # of boxes, and the ticks beside those that hold a text taken over
            name
            for box_name, column in line.columns.items()
            for name in (box_name, *((f"{AS_IS}{column.key}",) if box_name in marked else ()))
        ]
        name = str(layout.REPORTS)
        if several:
            name = f"{name}（{str(table.plan)[:_MOST_OF_NAME]}）"
        self.grid = Grid(book, name, self._columns())
        self._head()
        for row in table.rows:
            self._write_before(row)
            self._write(row)
        self._check(choices)

    def _head(self) -> None:
        count = len(self.table.rows)
        said = {"plan": self.table.plan, "name": self.content.name, "count": count}
        title = _("%(plan)sの進捗の報告（%(name)s）　%(count)d件") % said
        self.grid.line(title, looks.TITLE.but(wrap=True))
        self.grid.line(
            _(
                "黄色のセルに入力します。白い行は前の年度の内容です。"
                "灰色のセルは入力できません（右端の「状態」に理由があります）。"
            )
        )
        if self.table.bands:
            bands = _("／").join(
                f"{band}（{band.meaning}）" if band.meaning else str(band)
                for band in self.table.bands
            )
            self.grid.line(_("評価の区分：%(bands)s") % {"bands": bands})
        self.grid.headings()

    # --- Columns ------------------------------------------------------------------------------

    def _columns(self) -> list[Column]:
        action = self.table.plan.label_action or _("取組")
        headings = {"#name": action, "#year": _("年度")}
        headings |= {name: self._heading(name) for name in self.names} | {"#state": _("状態")}
        widths = self._widths()
        return [Column(id, heading, widths[id]) for id, heading in headings.items()]

    def _heading(self, name: str) -> str:
        if name.startswith(AS_IS):
            return _("前年度のままでよい\n（%(tick)s）") % {"tick": layout.TICK}
        column = self.line.columns[name]
        words = [f"{column.label}（{column.unit}）" if column.unit else column.label]
        if column.max_length:
            words.append(_("%(most)d文字まで") % {"most": column.max_length})
        if not column.is_public:
            words.append(_("庁内だけ"))
        return "\n".join(words)

    def _widths(self) -> dict[str, float]:
        """Return column → width: texts share the paper by how long they are, so that rows come
        out low; where there are too many of them, the page is made smaller."""
        fixed = dict(_FIXED)
        parts: dict[str, int] = {}
        for name in self.names:
            if name.startswith(AS_IS):
                fixed[name] = _TICK_WIDTH
            elif (kind := Kind(self.line.columns[name].kind)) in _NARROW:
                fixed[name] = _NARROW[kind]
            else:
                longest = max(map(texts.width, self._texts(name)), default=0)
                parts[name] = min(_LONG, max(_SHORT, longest))
        wide = shares(A3.room, [*fixed.values()], [*parts.values()]) if parts else []
        wide = [max(_LEAST, each) for each in wide]
        return fixed | dict(zip(parts, wide, strict=True))

    def _texts(self, name: str) -> list[str]:
        return [
            text
            for row in self.table.rows
            for box in row.boxes
            if box.column == name
            for text in (box.text, box.before)
        ]

    # --- Rows ---------------------------------------------------------------------------------

    def _write_before(self, row: SheetRow) -> None:
        said = {box.column: box for box in row.boxes}
        if not any(box.before for box in row.boxes):
            return
        cells = [Cell(row.line.name, _BEFORE), Cell(self.table.before, _BEFORE_WORD)]
        for name in self.names:
            cells.append(self._said_before(said[name]) if name in said else Cell(None, _BEFORE))
        self.grid.row([*cells, Cell(state_text(row), _BEFORE)])

    def _said_before(self, box: Box) -> Cell:
        column = self.line.columns[box.column]
        if column.kind == Kind.NUMBER:
            return _figure(box.before, _NUMBER.but(color=_BEFORE.color))
        is_word = column.kind in {Kind.RATING, Kind.CHOICE}
        return Cell(box.before, _BEFORE_WORD if is_word else _BEFORE)

    def _write(self, row: SheetRow) -> None:
        name = name_text(row, "", with_sections=self.content.has_several_sections)
        cells = [Cell(name), Cell(self.content.year, READ.but(across="center"))]
        cells += [self._cell(row, name) for name in self.names]
        cells.append(Cell(state_text(row)))
        self.grid.row(cells, row.key, row.line.version, LINES)

    def _cell(self, row: SheetRow, name: str) -> Cell:
        cell = cell_maker(row)
        if name.startswith(AS_IS):
            is_asked = not row.closed and name in row.line.texts
            return Cell(None, OPEN_WORD if is_asked else CLOSED_WORD)
        kind = self.line.columns[name].kind
        if kind == Kind.NUMBER:
            look = _NUMBER.but(fill=looks.PALE) if row.closed else looks.INPUT_NUMBER
            return _figure(row.line.texts[name], look.but(down="top"))
        if kind in {Kind.RATING, Kind.CHOICE}:
            return cell(name, OPEN_WORD, CLOSED_WORD)
        return cell(name, OPEN, CLOSED)

    # --- What is warned of --------------------------------------------------------------------

    def _check(self, choices: Choices) -> None:
        for name in self.names:
            cells = self.grid.open_cells(name)
            words = layout.words_of(self.line, name)
            if words is not None:
                message = (
                    _("一覧から選んでください。")
                    if words
                    else _("評価の区分が決まっていません。空欄にしてください。")
                )
                filling.offer(self.grid.sheet, cells, choices, words.values(), message)
                continue
            column = self.line.columns[name]
            if column.kind == Kind.NUMBER and cells:
                message = _("「%(label)s」には数値を入力してください。減少は -3 か ▲3 とします。")
                filling.warn_of_others(self.grid.sheet, cells, message % {"label": column.label})
            elif column.max_length:
                message = _("「%(label)s」は%(most)d文字までにしてください。")
                message %= {"label": column.label, "most": column.max_length}
                filling.limit(self.grid.sheet, cells, column.max_length, message)


def _figure(text: str, look: Look) -> Cell:
    """Return the cell of a report's figure, which is kept as text. One that is open has no format:
    whoever types decimals sees them."""
    value = figures.read(text)
    if value is None:
        return Cell(text or None, look)
    if look.locked:
        look = look.as_number(max(0, -int(value.as_tuple().exponent)))
    return Cell(value, look)
