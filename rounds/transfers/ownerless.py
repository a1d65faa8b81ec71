"""What nobody can answer: it is listed, and mended before a request goes out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from indicators.models import Indicator
from measures.models import ReportingRow
from municipalities import fiscal_year as fiscal_years
from municipalities.access import Role
from municipalities.fiscal_year import LAST
from municipalities.models import Department, Membership, Municipality
from municipalities.presence import Presence
from plans.models import Plan


@dataclass(frozen=True)
class Ownerless:
    """A duty nobody carries on, or a section that has duties and nobody to see to them."""

    what: str
    plan: str
    """The title of the plan; of several, one after the other."""
    section: str
    """The sections it named, "" where it names none."""
    why: str
    url: str
    """Where in the admin it is mended."""
    is_of_people: bool = False
    """The section is there, and only nobody who enters."""


@dataclass
class _Duty:
    what: str
    plan: Plan
    url: str
    sections: list[int] = field(default_factory=list)
    heirs: set[int] = field(default_factory=set)
    """The sections that have it in later years."""


SEPTEMBER_OVER = 10


def is_after_september(day: date) -> bool:
    """Whether the figures of September of the running fiscal year can be told."""
    return day.month >= SEPTEMBER_OVER or day.month < fiscal_years.first_day(2000).month


def asked_next(day: date) -> int:
    """Return the fiscal year whose figures are asked for next: from October on the running one."""
    return fiscal_years.of(day) - (not is_after_september(day))


def ownerless(
    municipality: Municipality, *, plans: Iterable[Plan], fiscal_year: int, day: date
) -> list[Ownerless]:
    """Return what nobody can answer on `day` of what the `plans` show in a fiscal year: indicators
    and rows of progress sheets without a section, or whose sections have all ended and nobody
    followed; then the sections that answer for something and in which nobody enters.

    The number of queries does not depend on the number of rows.
    """
    shown = {plan.pk: plan for plan in plans}
    presence = Presence(municipality, day)
    found: list[Ownerless] = []
    charged: dict[Department, list[Plan]] = defaultdict(list)
    for duty in _duties(shown, fiscal_year):
        present = presence.of(*duty.sections, heirs=duty.heirs)
        for section in present:
            if duty.plan not in charged[section]:
                charged[section].append(duty.plan)
        if not present:
            found.append(_without_section(duty, presence))
    staffed = _staffed(municipality, day)
    return found + [
        _without_people(section, charged[section])
        for section in presence.departments.values()
        if section in charged and section.pk not in staffed
    ]


def _duties(plans: dict[int, Plan], fiscal_year: int) -> Iterator[_Duty]:
    """Yield what the plans show in a year with the sections that answer for it then, plan by
    plan."""
    order = {number: place for place, number in enumerate(plans)}
    indicators = (
        Indicator.objects.filter(plan__in=plans)
        .in_year(fiscal_year)
        .select_related("series")
        .prefetch_related("responsibilities")
        .order_by("order", "code")
    )
    indicators = sorted(indicators, key=lambda each: order[each.plan_id])
    answering: dict[int, dict[int, None]] = defaultdict(dict)
    heirs: dict[int, set[int]] = defaultdict(set)
    for indicator in indicators:
        links = [link for link in indicator.responsibilities.all() if link.is_in_year(fiscal_year)]
        owner = [indicator.series.owner_id] if indicator.series.owner_id else []
        numbers = [*owner, *(link.department_id for link in links)]
        answering[indicator.series_id] |= dict.fromkeys(numbers)
        heirs[indicator.series_id] |= _heirs(indicator.responsibilities.all(), fiscal_year)
    for indicator in indicators:
        url = reverse("admin:indicators_indicator_change", args=[indicator.pk])
        sections = list(answering[indicator.series_id])
        plan = plans[indicator.plan_id]
        yield _Duty(str(indicator), plan, url, sections, heirs[indicator.series_id])
    rows = (
        ReportingRow.objects.filter(action__plan__in=plans)
        .in_year(fiscal_year)
        .select_related("action")
        .prefetch_related("departments")
        .order_by("action__order", "action__code", "order")
    )
    for row in sorted(rows, key=lambda each: order[each.action.plan_id]):
        if row.action.is_in_year(fiscal_year):
            links = [link for link in row.departments.all() if link.is_in_year(fiscal_year)]
            again = _("（再掲）") if row.is_relisted else ""
            url = reverse("admin:measures_reportingrow_change", args=[row.pk])
            plan = plans[row.action.plan_id]
            sections = [link.department_id for link in links]
            later = _heirs(row.departments.all(), fiscal_year)
            yield _Duty(f"{row.action}{again}", plan, url, sections, later)


def _heirs(links: Iterable[Any], fiscal_year: int) -> set[int]:
    return {link.department_id for link in links if (link.last_fiscal_year or LAST) > fiscal_year}


def _without_section(duty: _Duty, presence: Presence) -> Ownerless:
    names = [presence.departments[number].name for number in duty.sections]
    section = _("、").join(names)
    why = _("担当課が決まっていません。")
    if names:
        why = _("担当課（%(section)s）がなくなり、引き継いだ組織がありません。") % {
            "section": section
        }
    return Ownerless(duty.what, str(duty.plan), section, why, duty.url)


def _staffed(municipality: Municipality, day: date) -> set[int]:
    """Return the ids of the sections in which somebody who can sign in enters on a day."""
    people = Membership.objects.filter(
        municipality=municipality, role=Role.ENTRY, user__is_active=True
    )
    return set(people.valid_on(day).values_list("department", flat=True))


def _without_people(section: Department, plans: list[Plan]) -> Ownerless:
    chosen = {
        "municipality": section.municipality_id,
        "department": section.pk,
        "role": Role.ENTRY.value,
    }
    return Ownerless(
        what=section.name,
        plan=_("、").join(map(str, plans)),
        section=section.name,
        why=_("入力担当の人がいません。"),
        url=f"{reverse('admin:municipalities_membership_add')}?{urlencode(chosen)}",
        is_of_people=True,
    )
