"""新旧対照表: a plan beside its old plans, ready to print.

One row for each node of the new plan that has correspondences; what was dropped stands where the
old plan had it. Wordings are compared only where both sides speak of the same thing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import Case, Q, QuerySet, When
from django.utils.translation import gettext as _

from plans.choices import TitleSource
from plans.models import Plan, PlanNode
from plans.naming import node_name, numbering

from .correspondences import HEADINGS, Correspondences, Match
from .models import Correspondence
from .outline import Key, Place, key_of
from .text_diff import Piece, Side, compare

Basis = Correspondence.Basis
TEXTS = ("summary", "vision", "current_state", "issues")
NOT_PLAIN = {Basis.COLUMN, Basis.INFERRED}
Address = Callable[[Place], str]
"""Returns where the page of a node is, "" where it has none."""


# --- What is printed ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Text:
    """One text of a node; `pieces` is empty where only the other plan says something here.
    `is_same`: the old text, where the new plan says just the same."""

    label: str
    pieces: Side
    is_same: bool = False


@dataclass(frozen=True)
class Entry:
    """A node as one side of the table names it.

    `title_source` says whose words the title is where it is not the document's; `anchor` is the
    id of its place, "" where it stood in an earlier row already; `basis` is set where it is not
    plain and differs from that of the row's other lines.
    """

    number: str
    title: Side
    title_source: str
    url: str
    anchor: str = ""
    is_repeated: bool = False
    basis: Basis | None = None
    texts: tuple[Text, ...] = ()


@dataclass(frozen=True)
class Branch:
    """Nodes that hang on the same node; `place` names that one, "" where it needs no name."""

    place: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Row:
    """`new` is empty where old nodes were dropped, else it has one entry; `is_new` where that one
    is said to be new."""

    new: tuple[Branch, ...]
    old: tuple[Branch, ...]
    is_new: bool
    basis: Basis | None
    remarks: tuple[str, ...]


@dataclass(frozen=True)
class Section:
    """Rows below one field heading; `name` is empty where there is none."""

    name: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Group:
    """Rows below one basic goal, a table of its own; `name` is empty where that tells nothing."""

    anchor: str
    name: str
    sections: tuple[Section, ...]

    @property
    def row_count(self) -> int:
        return sum(len(section.rows) for section in self.sections)


@dataclass(frozen=True)
class RevisionTable:
    """`linked` counts pairs of an old and a new node, `added` and `dropped` count nodes.

    `undecided_new` and `undecided_old` are the nodes of which nothing is said yet: for staff.
    """

    plan: Plan
    old_plans: tuple[Plan, ...]
    groups: tuple[Group, ...]
    linked: int
    added: int
    dropped: int
    undecided_new: tuple[Branch, ...]
    undecided_old: tuple[Branch, ...]

    @property
    def old_name(self) -> str:
        return _("、").join(str(plan) for plan in self.old_plans)

    @property
    def named_groups(self) -> list[Group]:
        return [group for group in self.groups if group.name]


# --- Building ----------------------------------------------------------------------------------


def old_plans_of(plan: Plan) -> QuerySet[Plan]:
    """Return the plans that `plan` is compared with: its predecessor, also before the first
    correspondence, then the others that correspondences name."""
    named = Correspondence.objects.filter(new_plan=plan).values("old_plan")
    predecessor_first = Case(When(pk=plan.predecessor_id, then=0), default=1)
    return (
        Plan.objects.filter(Q(pk=plan.predecessor_id) | Q(pk__in=named))
        .select_related("municipality")
        .order_by(predecessor_first, "order", "slug")
    )


def no_address(place: Place) -> str:
    return ""


def revision_table(
    plan: Plan, old_plans: Iterable[Plan], address: Address = no_address
) -> RevisionTable:
    """Return the table of `plan` beside `old_plans`: what it has to do with others stays out.

    Six queries, however large the plans.
    """
    return _Builder(plan, tuple(old_plans), address).table()


class _Builder:
    def __init__(self, plan: Plan, old_plans: tuple[Plan, ...], address: Address) -> None:
        self.plan, self.old_plans, self.address = plan, old_plans, address
        self.found = Correspondences(plan, old_plans)
        self.partners = self.found.partners()
        self.printed: set[Key] = set()

    def table(self) -> RevisionTable:
        matches = self.found.matches()
        return RevisionTable(
            plan=self.plan,
            old_plans=self.old_plans,
            groups=tuple(self._groups(matches)),
            linked=sum(len(match.olds) for match in matches if match.new),
            added=sum(match.is_new for match in matches),
            dropped=sum(match.new is None for match in matches),
            undecided_new=self._listed(self.found.undecided_new()),
            undecided_old=self._listed(self.found.undecided_old()),
        )

    def _groups(self, matches: list[Match]) -> Iterator[Group]:
        by_goal = [
            (goal, list(rows)) for goal, rows in groupby(matches, key=lambda row: row.headings[0])
        ]
        for number, (goal, rows) in enumerate(by_goal, start=1):
            yield Group(
                anchor=f"goal-{goal.code}" if goal else f"part-{number}",
                name=self._heading(goal, always=len(by_goal) > 1),
                sections=tuple(
                    Section(self._heading(field), tuple(self._row(match) for match in below))
                    for field, below in groupby(rows, key=lambda row: row.headings[1])
                ),
            )

    def _heading(self, node: Any, *, always: bool = False) -> str:
        """Return a heading; "" where there is no node, or one without number and title."""
        if node is None or not (node.label or node.title or always):
            return ""
        return node_name(self.plan, node)

    # --- A row ---

    def _row(self, match: Match) -> Row:
        bases = {Basis(line.basis) for line in match.lines}
        basis = bases.pop() if len(bases) == 1 else None
        lines = {place.key: line for place, line in match.olds}

        def entry(place: Place) -> Entry:
            own = Basis(lines[place.key].basis)
            return self._old(place, match.new, own if basis is None and own in NOT_PLAIN else None)

        return Row(
            new=() if match.new is None else (self._new(match.new, match.olds),),
            old=self._branches((place for place, _line in match.olds), entry),
            is_new=match.is_new,
            basis=basis if basis in NOT_PLAIN else None,
            remarks=tuple(dict.fromkeys(line.remark for line in match.lines if line.remark)),
        )

    def _new(self, place: Place, olds: tuple[tuple[Place, Correspondence], ...]) -> Branch:
        """Return the new node, with what stands between it and the headings of the table: named
        in full where it has no row of its own."""
        between = [node for node in place.above if not isinstance(node, HEADINGS)]
        is_named = all(key_of(node) in self.found.by_new for node in between[-1:])
        partner = self.found.old.get(self.partners.get(place.key, ("", 0)))
        entry = self._entry(
            place,
            number=self._numbers(place.plan, (*between, place.node) if is_named else [place.node]),
            title=compare(place.node.title, partner.node.title)[0] if partner else (),
            anchor=f"{place.key[0]}-{place.node.code}",
            texts=self._texts(place, olds[0][0])[0] if len(olds) == 1 else (),
        )
        return Branch("" if is_named else self._place_words(place, between), (entry,))

    def _old(self, place: Place, new: Place | None, basis: Basis | None) -> Entry:
        """Return an old node beside the new one; `basis` where it is to be told here."""
        is_repeated = place.key in self.printed
        self.printed.add(place.key)
        is_partner = new is not None and self.partners.get(new.key) == place.key
        return self._entry(
            place,
            number=self._numbers(place.plan, [place.node]),
            title=compare(new.node.title, place.node.title)[1] if new and is_partner else (),
            anchor="" if is_repeated else old_anchor(place.plan, place.node),
            is_repeated=is_repeated,
            basis=basis,
            texts=self._texts(new, place)[1] if new else (),
        )

    def _entry(self, place: Place, *, title: Side = (), **fields: Any) -> Entry:
        node = place.node
        is_own = node.title_source in {TitleSource.WORKING, TitleSource.SITE}
        return Entry(
            title=title or (Piece(node.display_title, changed=False),),
            title_source=node.get_title_source_display() if is_own else "",
            url=self.address(place),
            **fields,
        )

    def _texts(self, new: Place, old: Place) -> tuple[tuple[Text, ...], tuple[Text, ...]]:
        """Return the texts of both where they can be laid side by side: the documents' own words
        on the same thing. A text that only one side has is not marked."""
        news, olds = [], []
        by_site = new.node.texts_by_site or old.node.texts_by_site
        if not by_site and self.found.is_one_to_one(new.key, old.key):
            for name in TEXTS:
                mine, theirs = (_clean(getattr(place.node, name)) for place in (new, old))
                label = str(new.node._meta.get_field(name).verbose_name)
                if mine and theirs:
                    left, right = compare(mine, theirs)
                elif mine or theirs:
                    left, right = _plain(mine), _plain(theirs)
                else:
                    continue
                news.append(Text(label, left))
                olds.append(Text(label, right, is_same=mine == theirs))
        return tuple(news), tuple(olds)

    # --- Where it stands ---

    def _listed(self, places: Iterable[Place]) -> tuple[Branch, ...]:
        return self._branches(
            places,
            lambda place: self._entry(place, number=self._numbers(place.plan, [place.node])),
        )

    def _branches(
        self, places: Iterable[Place], entry: Callable[[Place], Entry]
    ) -> tuple[Branch, ...]:
        found = []
        for _above, below in groupby(places, key=lambda place: (place.plan.pk, place.keys_above)):
            rows = list(below)
            words = self._place_words(rows[0], rows[0].above)
            found.append(Branch(words, tuple(entry(place) for place in rows)))
        return tuple(found)

    def _place_words(self, place: Place, above: Iterable[Any]) -> str:
        """Return where a node hangs: the printed numbers of the levels above and the title of the
        nearest; before them the plan, where there are several old ones."""
        above = list(above)
        words = [self._numbers(place.plan, above), above[-1].title if above else ""]
        if place.plan != self.plan and len(self.old_plans) > 1:
            words.insert(0, str(place.plan))
        return " ".join(filter(None, words))

    @staticmethod
    def _numbers(plan: Plan, nodes: Iterable[Any]) -> str:
        return " ".join(numbering(plan, node) for node in nodes if node.label)


def old_anchor(plan: Plan, node: PlanNode) -> str:
    """Return the id of the first place of an old node in a table."""
    return f"old-{plan.slug}-{node._meta.model_name}-{node.code}"


def _clean(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _plain(text: str) -> Side:
    return (Piece(text, changed=False),) if text else ()
