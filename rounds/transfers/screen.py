"""What the screen of an order shows: boxes to fill in, and what the order would do, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from municipalities.models import Department, Membership

from .booking import Booking
from .duties import Duty
from .orders import (
    PEOPLE,
    PEOPLE_COLUMNS,
    ROLES,
    SECTION_COLUMNS,
    SECTIONS,
    Change,
    Fate,
    Problem,
    Step,
)

EMPTY_LINES = 4
MORE_LINES = 10
MOST_LINES = 500
_LONGEST = 200
COLUMNS: Mapping[str, Mapping[str, Any]] = {"sections": SECTION_COLUMNS, "people": PEOPLE_COLUMNS}
TITLES: Mapping[str, Any] = {"sections": SECTIONS, "people": PEOPLE}
_CHOICES: Mapping[str, Sequence[tuple[str, Any]]] = {
    "kind": Change.choices,
    "unit": Department.Kind.choices,
    "step": Step.choices,
    "role": [(role.value, role.label) for role in ROLES],
}
_LISTS = {
    "old": "sections",
    "code": "sections",
    "parent": "sections",
    "source": "sections",
    "section": "sections",
    "username": "people",
}


class HeadForm(forms.Form):
    """When the order takes effect, and by which paper."""

    effective_on = forms.DateField(
        label=gettext_lazy("施行日"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("前もって登録することも、後から登録することもできます。"),
    )
    document_number = forms.CharField(label=gettext_lazy("文書番号"), required=False, max_length=60)
    reason = forms.CharField(
        label=gettext_lazy("理由"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("文書番号とともに履歴に残ります。公開はされません。"),
    )

    def clean_effective_on(self) -> date:
        day = self.cleaned_data["effective_on"]
        if not 2000 <= day.year < 2100:
            raise forms.ValidationError(_("2000年から2099年までの日を入力してください。"))
        return day

    @property
    def said(self) -> str:
        """What the history keeps of a valid form."""
        parts = (self.cleaned_data["document_number"], self.cleaned_data["reason"])
        return " ".join(filter(None, parts)) or _("人事異動・組織改編")


def next_first_of_april(today: date) -> date:
    """Return the 1 April an order is most likely about: until the end of June this year's."""
    return date(today.year if today.month <= 6 else today.year + 1, 4, 1)


# --- What was typed ---------------------------------------------------------------------------


def typed_lines(data: Mapping[str, str], table: str) -> list[dict[str, str]]:
    """Return the lines of a table that hold anything."""
    try:
        total = min(int(data.get(f"{table}-total", 0)), MOST_LINES)
    except ValueError:
        total = 0
    lines = [
        {key: _typed(data.get(f"{table}-{number}-{key}", "")) for key in COLUMNS[table]}
        for number in range(total)
    ]
    return [line for line in lines if any(line.values())]


def typed_choices(data: Mapping[str, str], prefix: str) -> dict[str, str]:
    """Return what was chosen in the boxes of a prefix, by the rest of their names."""
    return {
        name.removeprefix(prefix): _typed(value)
        for name, value in data.items()
        if name.startswith(prefix) and value
    }


def _typed(value: str) -> str:
    return value.replace("\0", "").strip()[:_LONGEST]


# --- Boxes ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Box:
    name: str
    label: str
    value: str
    choices: list[tuple[str, str]] | None
    """None: a text."""
    suggestions: str
    """The list it suggests from, "" for none."""
    errors: list[str]


@dataclass
class Grid:
    """A table of boxes; a line is its number and its boxes."""

    table: str
    headings: list[str]
    lines: list[tuple[int, list[Box]]] = field(default_factory=list)

    @property
    def total(self) -> int:
        return len(self.lines)


def grid_of(
    table: str, lines: Sequence[Mapping[str, str]], problems: Iterable[Problem], extra: int
) -> Grid:
    """Return the boxes of a table, with what is wrong beside them and `extra` empty lines."""
    wrong: dict[tuple[int, str], list[str]] = {}
    for problem in problems:
        if problem.table == table:
            wrong.setdefault((problem.line, problem.column), []).append(problem.message)
    grid = Grid(table, [str(heading) for heading in COLUMNS[table].values()])
    for number, line in enumerate([*lines, *({} for _empty in range(extra))]):
        boxes = [
            Box(
                name=f"{table}-{number}-{key}",
                label=_("%(table)s%(number)d行目の%(heading)s")
                % {"table": TITLES[table], "number": number + 1, "heading": heading},
                value=line.get(key, ""),
                choices=_choices(key, line.get(key, "")),
                suggestions=_LISTS.get(key, ""),
                errors=wrong.get((number, key), []),
            )
            for key, heading in COLUMNS[table].items()
        ]
        grid.lines.append((number + 1, boxes))
    return grid


def _choices(key: str, value: str) -> list[tuple[str, str]] | None:
    if key not in _CHOICES:
        return None
    choices = [("", "－"), *((each, str(label)) for each, label in _CHOICES[key])]
    labels = {label: each for each, label in choices}
    if value in labels:  # a workbook says the words
        return [(label if label == value else each, label) for each, label in choices]
    known = any(value == each for each, _label in choices)
    return choices if known else [*choices, (value, value)]


# --- What the order would do ------------------------------------------------------------------


@dataclass(frozen=True)
class DutyShown:
    name: str
    title: str
    plans: str
    goes_to: str
    choices: list[tuple[str, str]]
    """Where else it may go; [] where there is nothing to choose."""
    value: str


@dataclass(frozen=True)
class FateShown:
    old: str
    says: str
    name: str
    choices: list[tuple[str, str]]
    value: str
    counts: list[tuple[str, int]]
    """Where duties go → how many."""
    duties: list[DutyShown]


@dataclass(frozen=True)
class RoleShown:
    person: str
    ends: str
    begins: str


def fates_shown(booking: Booking) -> list[FateShown]:
    """Return what becomes of each section and of what it answers for."""
    duties: dict[int, list[Duty]] = {}
    for duty in booking.duties:
        duties.setdefault(duty.fate.old.pk, []).append(duty)
    return [_fate(booking, fate, duties.get(fate.old.pk, [])) for fate in booking.order.fates]


def _fate(booking: Booking, fate: Fate, duties: list[Duty]) -> FateShown:
    keeps = _("（引き継ぐ組織なし）") if fate.ends else fate.old.name
    names = {each.code: each.name for each in fate.targets}
    kinds = [
        _("%(kind)s→%(name)s") % {"kind": Change(fate.kinds[code]).label, "name": name}
        for code, name in names.items()
    ]
    if fate.is_abolished:
        kinds.insert(0, str(Change.ABOLISHED.label))
    keep = [("-", keeps)] if fate.may_keep else []
    choices = [*names.items(), *keep] if len(names) + len(keep) > 1 else []
    usual = fate.usual.name if fate.usual is not None else keeps
    first = fate.first.name if fate.first is not None else keeps
    counts = Counter(duty.target.name if duty.target else keeps for duty in duties)
    shown = [
        DutyShown(
            name=f"duty-{duty.key}",
            title=duty.title,
            plans=_("、").join(map(str, duty.plans)),
            goes_to=duty.target.name if duty.target else keeps,
            choices=[("", _("まとめての行き先（%(name)s）") % {"name": usual}), *choices]
            if choices
            else [],
            value=_value(booking, duty),
        )
        for duty in duties
    ]
    return FateShown(
        old=fate.old.name,
        says=_("、").join(kinds),
        name=f"usual-{fate.old.pk}",
        choices=[("", first), *(each for each in choices if each[1] != first)] if choices else [],
        value="-" if fate.keeps_all else fate.chosen.code if fate.chosen is not None else "",
        counts=list(counts.items()),
        duties=shown,
    )


def _value(booking: Booking, duty: Duty) -> str:
    if duty.key not in booking.order.duties:
        return ""
    return duty.target.code if duty.target is not None else "-"


def roles_shown(booking: Booking) -> list[RoleShown]:
    """Return person by person what ends and what begins."""
    roles = booking.roles
    if roles is None:
        return []
    ends: dict[str, list[str]] = {}
    begins: dict[str, list[str]] = {}
    for rows, said in ((roles.ended, ends), (roles.revoked, ends), (roles.opened, begins)):
        for row in rows:
            said.setdefault(_person(row), []).append(_role(row))
    return [
        RoleShown(
            person,
            _("、").join(ends.get(person, [])) or "－",
            _("、").join(begins.get(person, [])) or "－",
        )
        for person in dict.fromkeys([*ends, *begins])
    ]


def _person(row: Membership) -> str:
    name = row.user.name
    return f"{name}（{row.user.username}）" if name else row.user.username


def _role(row: Membership) -> str:
    place = row.department.name if row.department else ""
    return f"{place} {row.get_role_display()}".strip()


def early_owners(booking: Booking, today: date) -> int:
    """Return how many series get their new owner before the day, because that section exists."""
    if booking.order.effective_on <= today:
        return 0
    return sum(
        1
        for duty in booking.duties
        if duty.series is not None
        and duty.target is not None
        and duty.target not in booking.order.new_sections
    )
