"""The departments of a municipality as a tree, and what became of the former ones."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities.models import Department, DepartmentSuccession, Municipality

from .sections import Sections, department_url
from .wording import Link, day_words


@dataclass(frozen=True)
class Step:
    """One reorganisation, seen from one of its two sides."""

    kind: str
    day: str
    department: Link


@dataclass(frozen=True)
class DepartmentShown:
    """A department in the tree, or a former one."""

    name: str
    url: str
    post: str
    ended: str
    """Until when it existed, "" for one of today."""
    after: list[Step]
    children: list[DepartmentShown] = field(default_factory=list)


@dataclass(frozen=True)
class DepartmentsPage:
    today: str
    tree: list[DepartmentShown]
    former: list[DepartmentShown]


def departments_url(town: Municipality) -> str:
    return reverse("portal:departments", args=[town.slug])


def links_of(town: Municipality) -> list[Link]:
    """Return the link to a municipality's departments, none where it has none. One query."""
    departments = Department.objects.filter(municipality=town)
    begun = departments.exclude(valid_from__gt=timezone.localdate())
    return [Link(_("部と課の一覧"), departments_url(town))] if begun.exists() else []


def departments_page(town: Municipality) -> DepartmentsPage | None:
    """Return the departments of today and the former ones, these newest first; None where there
    is none at all. Two queries."""
    sections = Sections(town)
    if not sections.by_code:
        return None
    today = [each for each in sections.by_code.values() if each.is_valid_on(sections.today)]
    former = [each for each in sections.by_code.values() if each not in today]
    former.sort(key=lambda each: each.valid_to, reverse=True)
    return DepartmentsPage(
        today=day_words(town, sections.today),
        tree=_tree(sections, today),
        former=[_shown(sections, each) for each in former],
    )


def _tree(sections: Sections, departments: list[Department]) -> list[DepartmentShown]:
    """Nest departments below each other; one whose division is not among them stands on top."""
    nodes = {each.pk: _shown(sections, each) for each in departments}
    top = []
    for each in departments:
        above = nodes.get(each.parent_id)
        (top if above is None else above.children).append(nodes[each.pk])
    return top


def _shown(sections: Sections, department: Department) -> DepartmentShown:
    town = sections.municipality
    has_ended = not department.is_valid_on(sections.today)
    return DepartmentShown(
        name=department.name,
        url=department_url(town, department.code),
        post=department.post,
        ended=day_words(town, department.valid_to) if has_ended else "",
        after=steps_after(sections, department),
    )


def steps_after(sections: Sections, department: Department) -> list[Step]:
    """Return what became of a department, oldest first."""
    found = sections.steps_from[department.pk]
    return [_step(sections, step, step.successor) for step in found]


def steps_before(sections: Sections, department: Department) -> list[Step]:
    """Return where a department came from, oldest first."""
    found = sections.steps_to[department.pk]
    return [_step(sections, step, step.predecessor) for step in found]


def _step(sections: Sections, step: DepartmentSuccession, other: Department) -> Step:
    """Return a reorganisation with the department on its other side."""
    town = sections.municipality
    return Step(
        kind=_("一部を移管")
        if step.kind == DepartmentSuccession.Kind.MOVED
        and step.predecessor.is_valid_on(step.effective_on)
        else step.get_kind_display(),
        day=day_words(town, step.effective_on),
        department=Link(other.name, sections.url(other.code)),
    )
