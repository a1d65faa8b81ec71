"""外部評価: what a review board said and what the municipality answered, as published."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from measures.models import Measure
from municipalities.models import Municipality
from plans.models import BasicGoal, Plan, PlanNode, Policy
from rounds.models import Publication, PublishedComment
from rounds.published import comments_of, has_comments

from .sections import Sections, SectionShown
from .wording import Badge, ancestors, by_site, day_words, node_name, page_url
from .years import year_url

FIELDS: dict[type[PlanNode], str] = {
    BasicGoal: "basic_goal",
    Policy: "policy",
    Measure: "measure",
}
LAST_LETTERS = {
    Municipality.Kind.SPECIAL_WARD: "区",
    Municipality.Kind.TOWN: "町",
    Municipality.Kind.VILLAGE: "村",
}


@dataclass(frozen=True)
class Review:
    """A comment and its answer; `answer` is empty where there is none yet, days where unknown."""

    anchor: str
    board: str
    said_on: str
    comment: str
    answer: str
    sections: list[SectionShown]
    answered_on: str
    badges: list[Badge]


@dataclass(frozen=True)
class ReviewGroup:
    """What was said of one node; without address of the plan as a whole."""

    name: str
    url: str
    reviews: list[Review]


@dataclass(frozen=True)
class ReviewYear:
    """What was said of a fiscal year, in the order of the plan."""

    label: str
    url: str
    anchor: str
    groups: list[ReviewGroup]


@dataclass(frozen=True)
class Reviews:
    """Comments by year, the newest first; `url` leads to all of the plan, "" where it has none."""

    answer_label: str = ""
    url: str = ""
    years: list[ReviewYear] = field(default_factory=list)

    @property
    def groups(self) -> list[ReviewGroup]:
        """Those of all years, for a page of one year."""
        return [group for year in self.years for group in year.groups]


def reviews_url(plan: Plan) -> str:
    return reverse("portal:reviews", args=[plan.municipality.slug, plan.slug])


def reviews_of(
    plan: Plan,
    publications: Iterable[Publication],
    of: Q | None = None,
    sections: Sections | None = None,
) -> Reviews:
    """Return what the current `publications` print of a board's comments, of those only that meet
    `of` (None: of all). Three queries at most, one where `sections` are at hand."""
    return _by_year(plan, comments_of(publications, of), sections)


def reviews_of_whole(plan: Plan, publications: Iterable[Publication]) -> Reviews:
    """Return what was said of the plan as a whole, of the newest year with any; with the address of
    all comments also where they speak of its parts only. Three queries at most."""
    comments = comments_of(publications, Q(basic_goal=None, policy=None, measure=None))
    if not comments:
        return Reviews(url=reviews_url(plan) if has_comments(publications) else "")
    newest = max(comment.publication.fiscal_year for comment in comments)
    return _by_year(plan, [each for each in comments if each.publication.fiscal_year == newest])


def _by_year(
    plan: Plan, comments: list[PublishedComment], sections: Sections | None = None
) -> Reviews:
    if not comments:
        return Reviews()
    comments = sorted(
        comments, key=lambda each: (-each.publication.fiscal_year, _place(each), each.number)
    )
    if sections is None and any(comment.departments for comment in comments):
        sections = Sections(plan.municipality)
    return Reviews(
        answer_label=answer_label(plan.municipality),
        url=reviews_url(plan),
        years=[
            ReviewYear(
                label=plan.municipality.year_label(year),
                url=year_url(plan, year),
                anchor=f"fy{year}",
                groups=[
                    _group(plan, node, [_review(plan, each, sections) for each in on_node])
                    for node, on_node in groupby(of_year, key=_node)
                ],
            )
            for year, of_year in groupby(comments, key=lambda each: each.publication.fiscal_year)
        ],
    )


def on_node(node: PlanNode) -> Q:
    """Return the condition of `reviews_of` for the page of a goal, policy or measure."""
    return Q(**{FIELDS[type(node)]: node})


def answer_label(municipality: Municipality) -> str:
    """Return 市の回答, 町の回答, 県の回答 …: whose answer it is."""
    kind = Municipality.Kind(municipality.kind)
    last = municipality.name[-1:] if municipality.name.endswith(("都", "道", "府")) else "県"
    word = last if kind == Municipality.Kind.PREFECTURE else LAST_LETTERS.get(kind, "市")
    return _("%(municipality)sの回答") % {"municipality": word}


def _node(comment: PublishedComment) -> Any:
    """Return what a comment speaks of, None where it speaks of the whole plan."""
    return comment.measure or comment.policy or comment.basic_goal


def _place(comment: PublishedComment) -> list[tuple[Any, ...]]:
    """Return where a comment stands: the whole plan first, then in the order of the plan."""
    node = _node(comment)
    path = [] if node is None else [*ancestors(node), node]
    return [(each.order, each.code, each._meta.model_name) for each in path]


def _group(plan: Plan, node: PlanNode | None, reviews: list[Review]) -> ReviewGroup:
    if node is None:
        return ReviewGroup(_("計画全体"), "", reviews)
    return ReviewGroup(node_name(plan, node), page_url(plan, node), reviews)


def _review(plan: Plan, comment: PublishedComment, sections: Sections | None) -> Review:
    town = plan.municipality
    said, answered = comment.commented_on, comment.answered_on
    return Review(
        anchor=f"review-{comment.publication.fiscal_year}-{comment.number}",
        board=comment.board,
        said_on=day_words(town, said) if said else "",
        comment=comment.comment,
        answer=comment.answer,
        sections=sections.show(comment.departments) if sections else [],
        answered_on=day_words(town, answered) if answered else "",
        badges=[by_site()] if comment.texts_by_site else [],
    )
