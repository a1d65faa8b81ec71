"""What sections answer for from a fiscal year on, and how it goes to others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from indicators.models import Responsibility, Series
from measures.models import ReportingDepartment
from municipalities.models import Department
from plans.models import Plan

from .orders import Fate, Order

Link = Responsibility | ReportingDepartment


@dataclass
class Duty:
    """A series (with its indicators) or a row of a progress sheet, and where it goes."""

    key: str
    """ "3-series-12", "3-report-34": the section that has it, and what it is."""
    fate: Fate
    title: str
    plans: list[Plan] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    series: Series | None = None
    """Where the section owns it."""
    target: Department | None = None

    @property
    def goes(self) -> bool:
        return self.target is not None or self.fate.ends


@dataclass
class Moved:
    """Rows of one model that are written when duties go."""

    changed: list[Any] = field(default_factory=list)
    created: list[Any] = field(default_factory=list)
    removed: list[Any] = field(default_factory=list)

    def change(self, row: Any) -> None:
        if row not in self.changed and row.pk is not None:
            self.changed.append(row)


def duties_of(order: Order, fiscal_year: int) -> list[Duty]:
    """Return what the sections of an order answer for in a fiscal year or later, and where it
    goes. Three queries."""
    fates = {fate.old.pk: fate for fate in order.fates}
    found: dict[str, Duty] = {}
    lasting = Q(last_fiscal_year__isnull=True) | Q(last_fiscal_year__gte=fiscal_year)
    links = (
        Responsibility.objects.filter(lasting, department__in=fates)
        .exclude(indicator__last_fiscal_year__lt=fiscal_year)
        .exclude(indicator__plan__stage=Plan.Stage.ENDED)
        .select_related("indicator__plan__municipality", "indicator__series")
        .order_by("indicator__plan__order", "indicator__order", "indicator__code", "order")
    )
    for link in links:
        fate, indicator = fates[link.department_id], link.indicator
        duty = _duty(found, fate, f"series-{indicator.series_id}", str(indicator))
        link.department = fate.old
        duty.links.append(link)
        if indicator.plan not in duty.plans:
            duty.plans.append(indicator.plan)
    for series in Series.objects.filter(owner__in=fates).order_by("code"):
        duty = _duty(found, fates[series.owner_id], f"series-{series.pk}", series.name)
        duty.series = series
        series.municipality, series.owner = order.municipality, duty.fate.old
    reports = (
        ReportingDepartment.objects.filter(lasting, department__in=fates)
        .exclude(row__last_fiscal_year__lt=fiscal_year)
        .exclude(row__action__last_fiscal_year__lt=fiscal_year)
        .exclude(row__action__plan__stage=Plan.Stage.ENDED)
        .select_related("row__action__plan__municipality")
        .order_by("row__action__plan__order", "row__action__order", "row__order", "order")
    )
    for link in reports:
        duty = _duty(found, fates[link.department_id], f"report-{link.row_id}", str(link.row))
        link.department = duty.fate.old
        duty.links.append(link)
        duty.plans = [link.row.action.plan]
    for duty in found.values():
        duty.target = _target(order, duty)
    return sorted(found.values(), key=lambda duty: order.fates.index(duty.fate))


def _duty(found: dict[str, Duty], fate: Fate, key: str, title: str) -> Duty:
    key = f"{fate.old.pk}-{key}"
    return found.setdefault(key, Duty(key, fate, title))


def _target(order: Order, duty: Duty) -> Department | None:
    """Return where a duty goes: as said, where it may go there, else the usual way."""
    fate = duty.fate
    if duty.key in order.duties:
        said = order.duties[duty.key]
        if said in fate.targets or (said is None and fate.may_keep):
            return said
    return fate.usual


def moved_links(model: type[Link], parent: str, duties: Iterable[Duty], fiscal_year: int) -> Moved:
    """Return the rows that let the duties' links of one model go: they end with the year before,
    and those of the new sections begin. One query."""
    going = [
        (link, duty.target)
        for duty in duties
        if duty.goes
        for link in duty.links
        if isinstance(link, model)
    ]
    beside: dict[int, list[Link]] = defaultdict(list)
    own = {link.pk: link for link, _target in going}
    parents = {_parent_id(link): getattr(link, parent) for link, _target in going}
    others = model._default_manager.filter(**{f"{parent}__in": parents})
    for stored in others.select_related("department__municipality"):
        setattr(stored, parent, parents[_parent_id(stored)])
        beside[_parent_id(stored)].append(own.get(stored.pk, stored))
    moved = Moved()
    for link, target in going:
        _let_go(moved, link, target, beside[_parent_id(link)], parent, fiscal_year)
    return moved


def _parent_id(link: Link) -> int:
    """Return the number of the indicator or row a link belongs to."""
    return link.indicator_id if isinstance(link, Responsibility) else link.row_id


def _let_go(
    moved: Moved,
    link: Link,
    target: Department | None,
    beside: list[Link],
    parent: str,
    fiscal_year: int,
) -> None:
    begins, ends = link.first_fiscal_year, link.last_fiscal_year
    is_later = begins is not None and begins >= fiscal_year
    first = begins if is_later else fiscal_year
    taking = next(
        (each for each in beside if _is_of(each, target) and _overlaps(each, first, ends)), None
    )
    if target is not None and taking is not None:
        _widen(taking, first, ends)
        moved.change(taking)
    if not is_later:
        link.last_fiscal_year = fiscal_year - 1
        moved.change(link)
    elif target is None or taking is not None:
        moved.removed.append(link)
        beside.remove(link)
    else:
        link.order = _free(beside, target, link.order)
        link.department = target
        moved.change(link)
    if target is not None and taking is None and not is_later:
        new = type(link)(
            department=target,
            order=_free(beside, target, link.order),
            first_fiscal_year=first,
            last_fiscal_year=ends,
            **{parent: getattr(link, parent)},
        )
        moved.created.append(new)
        beside.append(new)


def _is_of(link: Link, section: Department | None) -> bool:
    if section is None:
        return False
    held = link._state.fields_cache.get("department")
    return held is section or (section.pk is not None and link.department_id == section.pk)


def _overlaps(link: Link, first: int, last: int | None) -> bool:
    return (last is None or (link.first_fiscal_year or 0) <= last) and (
        link.last_fiscal_year is None or link.last_fiscal_year >= first
    )


def _widen(link: Link, first: int, last: int | None) -> None:
    """Let a link hold in these years too."""
    if link.first_fiscal_year is not None:
        link.first_fiscal_year = min(link.first_fiscal_year, first)
    if link.last_fiscal_year is not None:
        link.last_fiscal_year = None if last is None else max(link.last_fiscal_year, last)


def _free(beside: Iterable[Link], section: Department, order: int) -> int:
    """Return the first place from `order` on that the section does not hold on this row yet."""
    taken = {link.order for link in beside if _is_of(link, section)}
    while order in taken:
        order += 1
    return order
