"""Years, dates, numbers and names as a municipality and its plan print them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from indicators.models import Indicator
from measures.models import Measure
from measures.outline import ancestors  # noqa: F401  (pages take all from here)
from municipalities import fiscal_year as fiscal_years
from municipalities.days import day_words, month_words
from municipalities.models import Municipality
from plans.choices import LifeReason, TitleSource
from plans.models import BasicGoal, Lifetime, Plan, PlanNode, Policy
from plans.naming import LEVELS, level_name, node_name, numbering  # noqa: F401  (pages take all)

PAGES: dict[type[Any], str] = {
    BasicGoal: "goal",
    Policy: "policy",
    Measure: "measure",
    Indicator: "indicator",
}


@dataclass(frozen=True)
class Badge:
    label: str
    tone: str = ""
    """Empty, is-attention or is-alert."""


@dataclass(frozen=True)
class Link:
    label: str
    url: str = ""


def year_words(municipality: Municipality, year: int | None, printed: str = "") -> str:
    """Return a fiscal year; the label printed in the document wins. "" where unknown."""
    return printed or ("" if year is None else municipality.year_label(year))


def iso_day_words(municipality: Municipality, day: str | None) -> str:
    """Return a day kept in a publication's document, "" where none is."""
    return day_words(municipality, date.fromisoformat(day)) if day else ""


def short_year(municipality: Municipality, year: int) -> str:
    """Return the label of a year on an axis: R6, or 2024 where the municipality counts so."""
    if municipality.year_style == Municipality.YearStyle.SEIREKI:
        return str(year)
    return fiscal_years.short_label(year)


def this_fiscal_year() -> int:
    return fiscal_years.of(timezone.localdate())


def expected_words(municipality: Municipality, expected_on: date) -> str:
    """Return when a missing figure will be settled, or that this time has passed."""
    month = month_words(municipality, expected_on)
    today = timezone.localdate()
    if (expected_on.year, expected_on.month) < (today.year, today.month):
        return _("%(month)sの確定予定を過ぎています") % {"month": month}
    return _("%(month)sに確定予定") % {"month": month}


def title_badges(node: PlanNode | Plan) -> list[Badge]:
    """Return what marks a title that is not the document's own."""
    if node.title_source in {TitleSource.WORKING, TitleSource.SITE}:
        return [Badge(node.get_title_source_display())]
    return []


def by_site() -> Badge:
    return Badge(_("当サイトによる要約"))


def lifetime_words(municipality: Municipality, row: Lifetime) -> str:
    """Return when and why a row joined or left its plan, "" where it lives as long."""
    first, last = row.first_fiscal_year, row.last_fiscal_year
    reason = row.get_life_reason_display() if row.life_reason else ""
    words = []
    if first is not None:
        added = reason if row.life_reason == LifeReason.ADDED or last is None else ""
        words.append(
            _("%(year)sから") % {"year": municipality.year_label(first)} + _in_brackets(added)
        )
    if last is not None:
        ended = "" if row.life_reason == LifeReason.ADDED else reason
        words.append(
            _("%(year)sまで") % {"year": municipality.year_label(last)} + _in_brackets(ended)
        )
    text = _("、").join(words)
    return f"{text}。{row.life_note}" if text and row.life_note else text


def has_ended(row: Lifetime) -> bool:
    return row.last_fiscal_year is not None and row.last_fiscal_year < this_fiscal_year()


def life_badges(row: Lifetime) -> list[Badge]:
    """Return a mark for a row that has left its plan."""
    if not has_ended(row):
        return []
    named = row.life_reason and row.life_reason != LifeReason.ADDED
    return [Badge(row.get_life_reason_display() if named else _("終了"), "is-attention")]


def _in_brackets(text: str) -> str:
    return f"（{text}）" if text else ""


# --- Addresses ---------------------------------------------------------------------------------


def municipality_url(municipality: Municipality) -> str:
    return reverse("portal:municipality", args=[municipality.slug])


def plan_url(plan: Plan) -> str:
    return reverse("portal:plan", args=[plan.municipality.slug, plan.slug])


def page_url(plan: Plan, row: PlanNode | Indicator) -> str:
    """Return the address of a goal, policy, measure or indicator."""
    return reverse(f"portal:{PAGES[type(row)]}", args=[plan.municipality.slug, plan.slug, row.code])


def breadcrumbs(plan: Plan | Municipality, *nodes: Any) -> list[Link]:
    """Return the way from the top page to `plan` (or a municipality) and on to `nodes`, the last
    without address: it is the page itself."""
    municipality = plan if isinstance(plan, Municipality) else plan.municipality
    links = [Link(_("トップ"), "/"), Link(municipality.name, municipality_url(municipality))]
    if isinstance(plan, Plan):
        links.append(Link(str(plan), plan_url(plan)))
        links += [
            Link(
                node.display_name if isinstance(node, Indicator) else node_name(plan, node),
                page_url(plan, node),
            )
            for node in nodes
        ]
    links[-1] = Link(links[-1].label)
    return links


def breadcrumbs_below(place: Plan | Municipality, label: str) -> list[Link]:
    """Return the way to a page below a plan or municipality that is no level of the plan."""
    *above, last = breadcrumbs(place)
    url = plan_url(place) if isinstance(place, Plan) else municipality_url(place)
    return [*above, Link(last.label, url), Link(label)]
