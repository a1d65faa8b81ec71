"""What a publication would change: what people read now beside what would be frozen.

Compared are the rows of the publication valid now and unsaved rows of `contents`, by what they say
in words; what differs without a word of it differing is counted apart.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from indicators.choices import Revision
from measures.text_diff import Piece, Side, compare

from .contents import Contents, values_of
from .models import Publication, PublishedIndicator
from .wording import (
    Words,
    comment_words,
    indicator_words,
    judgement_words,
    report_words,
    sheet_words,
    value_words,
)

SHORT = 20
"""Characters up to which both texts are shown whole; in longer ones the changes are marked."""
MOST_COMPARED = 100_000
"""Characters of longer texts in which changes are marked; more would take too long."""


@dataclass(frozen=True)
class Change:
    """Something a row says otherwise; a side is empty where it says nothing there."""

    label: str
    before: Side
    after: Side


@dataclass(frozen=True)
class Line:
    """A row that joins, changes or leaves; `words` say the gist of a new one or one that goes."""

    title: str
    words: str = ""
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True)
class Part:
    """The rows of one kind. `inner` counts those that read the same, though the details of their
    computation differ."""

    name: str
    new: tuple[Line, ...] = ()
    changed: tuple[Line, ...] = ()
    gone: tuple[Line, ...] = ()
    unchanged: int = 0
    inner: int = 0

    @property
    def is_changed(self) -> bool:
        return bool(self.new or self.changed or self.gone)


@dataclass(frozen=True)
class Differences:
    """What changes for the readers of a publication; `before` None: there was none.

    `lost` counts figures that are read now and would not be any more; `unmarked` those that would
    be others, though they were settled and nothing says why.
    """

    before: Publication | None
    parts: tuple[Part, ...]
    lost: int = 0
    unmarked: int = 0

    @property
    def is_changed(self) -> bool:
        return any(part.is_changed for part in self.parts)


def read_now(publication: Publication) -> Publication | None:
    """Return what is valid now of the same plan, kind, year and period, None where nothing is."""
    same = {name: getattr(publication, name) for name in ("plan", "kind", "fiscal_year", "period")}
    return Publication.objects.current().filter(**same).first()


def differences_of(publication: Publication, contents: Contents) -> Differences:
    """Return what the unsaved rows of a publication change. A constant number of queries."""
    plan, before = publication.plan, read_now(publication)
    town, texts = plan.municipality, _Texts()
    old = _stored(before)
    prefetch_related_objects([*contents.reports, *old.reports], "action")
    prefetch_related_objects([*contents.comments, *old.comments], "measure", "policy", "basic_goal")
    indicators = _part(
        plan.label_indicator or _("指標"),
        old.indicators,
        contents.indicators,
        key=lambda row: row.indicator_id,
        title=lambda row: row.name,
        words=lambda row: indicator_words(row, plan),
        gist=lambda row: "　".join(filter(None, (value_words(row, town), judgement_words(row)))),
        texts=texts,
    )
    others = (
        _part(
            _("進捗の報告"),
            old.reports,
            contents.reports,
            key=lambda row: (row.action_id, row.order),
            title=lambda row: _report_title(row, plan.label_relisted or _("再掲")),
            words=report_words,
            texts=texts,
        ),
        _part(
            _("部門方針シート"),
            old.sheets,
            contents.sheets,
            key=lambda row: row.department_id,
            title=lambda row: row.name,
            words=sheet_words,
            texts=texts,
        ),
        _part(
            _("外部評価の意見"),
            old.comments,
            contents.comments,
            key=lambda row: row.number,
            title=lambda row: (
                _("意見%(number)d（%(board)s）") % {"number": row.number, "board": row.board}
            ),
            words=lambda row: comment_words(row, town),
            texts=texts,
        ),
    )
    pairs = _pairs(old.indicators, contents.indicators)
    return Differences(
        before=before,
        parts=(indicators, *others),
        lost=sum(was.value is not None and now.value is None for was, now in pairs),
        unmarked=sum(_is_unmarked(publication, before, was, now) for was, now in pairs),
    )


def _stored(publication: Publication | None) -> Contents:
    if publication is None:
        return Contents([], [], [], [])
    return Contents(
        list(publication.indicators.all()),
        list(publication.reports.all()),
        list(publication.sheets.all()),
        list(publication.comments.all()),
    )


def _pairs(
    old: Iterable[PublishedIndicator], new: Iterable[PublishedIndicator]
) -> list[tuple[PublishedIndicator, PublishedIndicator]]:
    by_id = {row.indicator_id: row for row in old}
    return [(by_id[row.indicator_id], row) for row in new if row.indicator_id in by_id]


def _is_unmarked(
    publication: Publication,
    before: Publication | None,
    was: PublishedIndicator,
    now: PublishedIndicator,
) -> bool:
    """Whether a settled figure becomes another one, and neither it nor the publication says why."""
    final = Publication.Mark.FINAL
    if before is None or before.mark != final or publication.mark != final:
        return False
    is_settled = was.value is not None and now.value is not None and not was.is_provisional
    says_why = now.revision in {Revision.CORRECTED, Revision.SOURCE_REVISED}
    return is_settled and was.value != now.value and not says_why


def _report_title(row: Any, relisted: str) -> str:
    return f"{row.action}（{relisted}）" if row.is_relisted else str(row.action)


def _part(
    name: str,
    old: Sequence[Any],
    new: Sequence[Any],
    *,
    key: Callable[[Any], Hashable],
    title: Callable[[Any], str],
    words: Callable[[Any], Words],
    texts: _Texts,
    gist: Callable[[Any], str] = lambda row: "",
) -> Part:
    before = {key(row): row for row in old}
    added, changed, unchanged, inner = [], [], 0, 0
    for row in new:
        was = before.pop(key(row), None)
        if was is None:
            added.append(Line(title(row), gist(row)))
        elif values_of(was) == values_of(row):
            unchanged += 1
        elif changes := texts.changes(words(was), words(row)):
            changed.append(Line(title(row), changes=changes))
        else:
            inner += 1
    gone = tuple(Line(title(row), gist(row)) for row in before.values())
    return Part(name, tuple(added), tuple(changed), gone, unchanged, inner)


class _Texts:
    """Marks what changed in longer texts, as far as it goes; the others are shown whole."""

    def __init__(self) -> None:
        self._left = MOST_COMPARED

    def changes(self, before: Words, after: Words) -> tuple[Change, ...]:
        """Return what differs of two rows, in the order of the later one."""
        labels = dict.fromkeys([*after, *before])
        found = ((label, before.get(label, ""), after.get(label, "")) for label in labels)
        return tuple(self._change(*each) for each in found if each[1] != each[2])

    def _change(self, label: str, before: str, after: str) -> Change:
        length = len(before) + len(after)
        if min(len(before), len(after)) > SHORT and length <= self._left:
            self._left -= length
            new, old = compare(after, before)
            return Change(label, old, new)
        return Change(label, _whole(before), _whole(after))


def _whole(text: str) -> Side:
    return (Piece(text, changed=False),) if text else ()
