"""What an order of reorganisations and transfers says, and the columns in which it is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import models
from django.utils.translation import gettext_lazy

from municipalities.access import Role
from municipalities.models import Department, Municipality, User


class Change(models.TextChoices):
    """What becomes of a section."""

    RENAMED = "renamed", gettext_lazy("改称")
    MERGED = "merged", gettext_lazy("統合")
    SPLIT = "split", gettext_lazy("分割")
    MOVED = "moved", gettext_lazy("移管")
    ABOLISHED = "abolished", gettext_lazy("廃止")


class Step(models.TextChoices):
    """What becomes of a person."""

    MOVES = "moves", gettext_lazy("異動")
    NEW = "new", gettext_lazy("新任")
    LEAVES = "leaves", gettext_lazy("退職・担当を外れる")


SECTIONS, PEOPLE = gettext_lazy("組織改編"), gettext_lazy("人事異動")
SECTION_COLUMNS = {
    "old": gettext_lazy("前の組織コード"),
    "kind": gettext_lazy("種類"),
    "code": gettext_lazy("新しい組織コード"),
    "name": gettext_lazy("新しい組織の名称"),
    "unit": gettext_lazy("種別"),
    "parent": gettext_lazy("上位の組織コード"),
}
PEOPLE_COLUMNS = {
    "username": gettext_lazy("ユーザー名"),
    "name": gettext_lazy("氏名"),
    "source": gettext_lazy("今の組織コード"),
    "step": gettext_lazy("動き"),
    "section": gettext_lazy("新しい組織コード"),
    "role": gettext_lazy("役割"),
}
ROLES = (Role.ENTRY, Role.APPROVER, Role.PLANNER, Role.READER)
OF_SECTIONS = frozenset({Role.ENTRY, Role.APPROVER})

Line = Mapping[str, str]
"""Key of a column → what stands there, without blanks around it."""


@dataclass(frozen=True)
class Problem:
    """What is wrong in a cell: table ("sections" or "people"), place of the line from 0, column."""

    table: str
    line: int
    column: str
    found: str
    message: str


@dataclass
class Fate:
    """What becomes of one section: where its duties go, and whether it ends."""

    old: Department
    kinds: dict[str, str] = field(default_factory=dict)
    """Code of a successor → kind."""
    targets: list[Department] = field(default_factory=list)
    is_abolished: bool = False
    ends: bool = False
    line: int = 0
    chosen: Department | None = None
    """Where all duties go, of several sections."""
    keeps_all: bool = False
    """Whether none goes unless said otherwise."""

    @property
    def may_keep(self) -> bool:
        """Whether a duty may go nowhere: it stays, or is nobody's any more."""
        return self.is_abolished or not self.ends

    @property
    def usual(self) -> Department | None:
        """Where a duty goes unless said otherwise; None: it stays, or is nobody's."""
        if self.chosen is not None or self.keeps_all:
            return self.chosen
        return self.first

    @property
    def first(self) -> Department | None:
        """Where duties go if nothing at all is said."""
        return self.targets[0] if self.ends and self.targets else None


@dataclass
class Transfer:
    """A person who comes, goes or changes; without `section` only the role or nothing follows."""

    step: str
    user: User
    source: Department | None
    section: Department | None
    role: str
    line: int


@dataclass
class Order:
    municipality: Municipality
    effective_on: date
    fates: list[Fate] = field(default_factory=list)
    new_sections: list[Department] = field(default_factory=list)
    transfers: list[Transfer] = field(default_factory=list)
    duties: dict[str, Department | None] = field(default_factory=dict)
    """Key of a duty → where it goes, of those that do not go the usual way; None: stays."""

    @property
    def is_empty(self) -> bool:
        return not self.fates and not self.transfers

    @property
    def eve(self) -> date:
        """The last day of the old order."""
        return self.effective_on - timedelta(days=1)
