"""What becomes of a sheet that was sent: saved, in conflict, asked about or wrong."""

from __future__ import annotations

from dataclasses import dataclass, field

from .lines import Line, Problem, Texts
from .plausible import Doubt


@dataclass
class Clash:
    """A row somebody else has saved since the person opened it: what differs, on both sides."""

    who: str
    when: str
    cells: list[tuple[str, str, str]]
    """The column's name, what the person typed, and what is saved."""
    texts: Texts
    """What the boxes are to show: what is saved, with what the person touched on top."""


@dataclass
class Question:
    """A figure that looks like a slip: what is asked, and what a tick answers for."""

    doubts: list[Doubt]
    value: str


@dataclass
class Outcome:
    """What became of a press: saved rows, or why nothing has been saved."""

    typed: dict[str, Texts]
    lines: dict[str, Line]
    saved: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    clashes: dict[str, Clash] = field(default_factory=dict)
    questions: dict[str, Question] = field(default_factory=dict)
    after: dict[str, Texts] = field(default_factory=dict)
    """What the boxes show of the rows the person has changed and that can be read, once they are
    saved; whether or not they could be."""
    from_file: bool = False

    @property
    def is_refused(self) -> bool:
        """Whether nothing has been saved. What a file says is asked about, but not kept back."""
        asks = bool(self.questions) and not self.from_file
        return bool(self.problems or self.clashes) or asks
