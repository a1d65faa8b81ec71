"""The words a plan explains: marked on its pages, explained below them, listed on their own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from django.urls import reverse

from measures.models import Action, Measure
from measures.outline import key_above, key_of
from plans.models import BasicGoal, GlossaryTerm, Plan, PlanNode, Policy
from rounds.models import PublishedReport
from rounds.published import current_publications, latest_reports

from .nodes import NodePage
from .plan_page import PlanPage
from .report_rows import ActionShown, Cell
from .sheets import SheetPage, SheetTable
from .structure import TreeNode, tree
from .terms import Term, Terms, anchor
from .wording import Badge, Link, by_site, node_name, page_url

PAGES = (BasicGoal, Policy, Measure)
TEXTS = ("title", "slogan", "summary", "vision", "current_state", "issues")


@dataclass(frozen=True)
class TermShown:
    anchor: str
    term: str
    formal_name: str
    definition: str
    badges: list[Badge]
    place: str
    note: str
    url: str
    """Its place in the plan's glossary."""
    explained: Link | None = None
    """The policy whose page explains it."""
    appears: list[Link] = field(default_factory=list)


def glossary_url(plan: Plan) -> str:
    return reverse("portal:glossary", args=[plan.municipality.slug, plan.slug])


class PageTerms:
    """The words of a plan on one of its pages. One query.

    What is printed passes through here in the order of the page, so that each word is marked
    where it is first used; the texts come back escaped. The scope of a text is the id of the
    policy it stands under: a word explained for a policy is marked there and below.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.rows = list(GlossaryTerm.objects.filter(plan=plan).order_by("number"))
        self.terms = _terms(self.rows)

    def node_head(self, page: NodePage, policy: int | None) -> NodePage:
        """Return the head of a page with its words marked; the title is a heading."""
        self.terms.see(page.title, policy)
        return replace(
            page,
            slogan=self.terms.mark(page.slogan, policy),
            summary=self.terms.mark(page.summary, policy),
            texts=[replace(text, text=self.terms.mark(text.text, policy)) for text in page.texts],
        )

    def plan_head(self, page: PlanPage) -> PlanPage:
        """Return the head of the plan's page with its words marked."""
        return replace(page, summary=self.terms.mark(page.summary))

    def mark_tree(self, nodes: list[TreeNode]) -> None:
        """Mark the texts of a tree, where they are; leaves print none."""
        for node in nodes:
            node.text = self.terms.mark(node.text, policy_of(node.row))
            self.mark_tree(node.children)

    def mark_actions(
        self, actions: Iterable[ActionShown], policy: int | None = None
    ) -> list[ActionShown]:
        """Return actions and their reports with the words marked."""
        return [self._action(action, policy) for action in actions]

    def _action(self, action: ActionShown, policy: int | None) -> ActionShown:
        self.terms.see(action.node.title, policy)
        action.node.text = self.terms.mark(action.node.text, policy)
        return replace(
            action,
            items=[self.terms.mark(item, policy) for item in action.items],
            rows=[
                replace(row, cells=[self.mark_cell(cell, policy) for cell in row.cells])
                for row in action.rows
            ],
        )

    def mark_sheet(self, page: SheetPage, policy: int | None) -> SheetPage:
        """Return a year's progress sheet with the words marked; its titles are headings."""
        return replace(page, tables=[self._table(table, policy) for table in page.tables])

    def _table(self, table: SheetTable, policy: int | None) -> SheetTable:
        rows = []
        for row in table.rows:
            self.terms.see(row.title, policy)
            rows.append(replace(row, cells=[self.mark_cell(cell, policy) for cell in row.cells]))
        return replace(table, rows=rows)

    def mark_cell(self, cell: Cell, policy: int | None) -> Cell:
        """Return a column of a report with the words of its text marked."""
        return replace(
            cell,
            text=self.terms.mark(cell.text, policy),
            items=tuple(self.terms.mark(item, policy) for item in cell.items),
        )

    def all(self) -> list[TermShown]:
        """Return every word of the plan, in the order of its numbers."""
        return [_shown(self.plan, row) for row in self.rows]

    def below(self, node: PlanNode) -> list[TermShown]:
        """Return the words explained at the foot of a node's page: those that stand on it, and
        those the plan explains for this policy."""
        policy = node.pk if isinstance(node, Policy) else None
        return [
            _shown(self.plan, row)
            for row in self.rows
            if row.number in self.terms.seen or (policy is not None and row.policy_id == policy)
        ]

    def notes(self) -> list[TermShown]:
        """Return the words that bear a mark, which opens their explanation."""
        return [_shown(self.plan, row) for row in self.rows if row.number in self.terms.marked]


def policy_of(row: PlanNode) -> int | None:
    """Return the id of the policy a node is or hangs on directly, None where there is none."""
    return row.pk if isinstance(row, Policy) else getattr(row, "policy_id", None)


def _terms(rows: Iterable[GlossaryTerm]) -> Terms:
    return Terms(Term(row.number, row.term, row.policy_id) for row in rows)


def _shown(plan: Plan, row: GlossaryTerm, **links: Any) -> TermShown:
    return TermShown(
        anchor=anchor(row.number),
        term=row.term,
        formal_name=row.formal_name,
        definition=row.definition,
        badges=[by_site()] if row.definition_by_site and row.definition else [],
        place=row.place,
        note=row.note,
        url=f"{glossary_url(plan)}#{anchor(row.number)}",
        **links,
    )


# --- The glossary of a plan --------------------------------------------------------------------


def glossary(plan: Plan) -> list[TermShown]:
    """Return the words of a plan with the pages on which they stand. Nine queries at most, two
    where there are none."""
    rows = list(GlossaryTerm.objects.filter(plan=plan).select_related("policy").order_by("number"))
    if not rows:
        return []
    appears = _appearances(plan, _terms(rows))
    return [
        _shown(
            plan,
            row,
            explained=_link(plan, row.policy) if row.policy else None,
            appears=appears[row.number],
        )
        for row in rows
    ]


def _appearances(plan: Plan, terms: Terms) -> dict[int, list[Link]]:
    """Return key → the pages of goals, policies and measures where the word stands, headings
    included, in the order of the plan."""
    actions = list(Action.objects.filter(plan=plan))
    reports = latest_reports(current_publications(plan), actions)
    texts: dict[Any, list[str]] = defaultdict(list)
    for action in actions:
        texts[key_above(action)] += [
            action.title,
            action.summary,
            *action.named_items,
            *(text for report in reports[action.pk].values() for text in _written(report)),
        ]
    found: dict[int, list[Link]] = defaultdict(list)
    for node in (node.row for top in tree(plan) for node in top.walk()):
        if isinstance(node, PAGES):
            own = [getattr(node, name, "") for name in TEXTS]
            written = [*own, *texts[key_of(node)]]
            for key in set().union(*(terms.keys(text, policy_of(node)) for text in written)):
                found[key].append(_link(plan, node))
    return found


def _written(report: PublishedReport) -> Iterator[str]:
    for cell in report.cells:
        value = cell["value"]
        if isinstance(value, str):
            yield value
        elif isinstance(value, list):
            yield from map(str, value)


def _link(plan: Plan, node: PlanNode) -> Link:
    return Link(node_name(plan, node), page_url(plan, node))
