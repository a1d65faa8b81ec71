"""The workflow of working rows: one table that says who may do what in which state.

Pure: no database, no model. `plans.moving` asks it for every door. A town switches the approval
of the section's head (課長) and the confirmation of the division's lead section (部主管課) on
and off; what it does not use is passed over.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How far a row has come, in order."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    CONFIRMED = "confirmed"
    CHECKED = "checked"


class Action(StrEnum):
    """What people do with a row beside writing it."""

    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    APPROVE = "approve"
    CONFIRM = "confirm"
    CHECK = "check"
    RETURN = "return"
    REOPEN = "reopen"


class Party(StrEnum):
    """What a person is to a row: one of entry, approver and planner, and perhaps lead."""

    ENTRY = "entry"  # of a section that answers for it
    APPROVER = "approver"  # of such a section, or of one above it
    LEAD = "lead"  # approver of the lead section of its division
    PLANNER = "planner"  # of its town; operators everywhere


class Refusal(StrEnum):
    """Why an action is refused."""

    NOT_A_STEP = "not_a_step"
    NOT_YOURS = "not_yours"
    OWN = "own"
    NO_REASON = "no_reason"


APPROVING = frozenset({Action.APPROVE, Action.CONFIRM, Action.CHECK})
"""Actions that vouch for a version: they name the one seen, and nobody does them to own figures."""
WITH_REASON = frozenset({Action.RETURN, Action.REOPEN})


@dataclass(frozen=True)
class Step:
    """One line of the table; `skips` are states it passes over, which the town must not use."""

    source: State
    action: Action
    target: State
    parties: frozenset[Party]
    skips: frozenset[State] = frozenset()


_ANY_SECTION = frozenset({Party.ENTRY, Party.APPROVER, Party.PLANNER})
_ENTRY = frozenset({Party.ENTRY})
_HEAD = frozenset({Party.APPROVER, Party.PLANNER})
_LEAD = frozenset({Party.LEAD, Party.PLANNER})
_HEAD_OR_LEAD = _HEAD | _LEAD
_PLANNER = frozenset({Party.PLANNER})
_APPROVED = frozenset({State.APPROVED})
_CONFIRMED = frozenset({State.CONFIRMED})

SECTION_STEPS = (
    Step(State.DRAFT, Action.SUBMIT, State.SUBMITTED, _ANY_SECTION),
    Step(State.SUBMITTED, Action.WITHDRAW, State.DRAFT, _ENTRY),
    Step(State.SUBMITTED, Action.APPROVE, State.APPROVED, _HEAD),
    Step(State.SUBMITTED, Action.CONFIRM, State.CONFIRMED, _LEAD, _APPROVED),
    Step(State.SUBMITTED, Action.CHECK, State.CHECKED, _PLANNER, _APPROVED | _CONFIRMED),
    Step(State.SUBMITTED, Action.RETURN, State.DRAFT, _HEAD_OR_LEAD),
    Step(State.APPROVED, Action.CONFIRM, State.CONFIRMED, _LEAD),
    Step(State.APPROVED, Action.CHECK, State.CHECKED, _PLANNER, _CONFIRMED),
    Step(State.APPROVED, Action.RETURN, State.DRAFT, _HEAD_OR_LEAD),
    Step(State.CONFIRMED, Action.CHECK, State.CHECKED, _PLANNER),
    Step(State.CONFIRMED, Action.RETURN, State.DRAFT, _LEAD),
    Step(State.CHECKED, Action.REOPEN, State.DRAFT, _PLANNER),
)
"""Figures, reports and policy sheets: sections write them."""

PLANNERS_STEPS = (
    Step(State.DRAFT, Action.SUBMIT, State.SUBMITTED, _PLANNER),
    Step(State.DRAFT, Action.CHECK, State.CHECKED, _PLANNER),
    Step(State.SUBMITTED, Action.CHECK, State.CHECKED, _PLANNER),
    Step(State.SUBMITTED, Action.RETURN, State.DRAFT, _PLANNER),
    Step(State.APPROVED, Action.CHECK, State.CHECKED, _PLANNER),
    Step(State.APPROVED, Action.RETURN, State.DRAFT, _PLANNER),
    Step(State.CONFIRMED, Action.CHECK, State.CHECKED, _PLANNER),
    Step(State.CONFIRMED, Action.RETURN, State.DRAFT, _PLANNER),
    Step(State.CHECKED, Action.REOPEN, State.DRAFT, _PLANNER),
)
"""Judgements and comments of the board: only planners write them, down to the last step."""


@dataclass(frozen=True)
class Flow:
    """Which steps a town uses, and whether people may approve their own figures."""

    has_approval: bool = True
    has_lead: bool = False
    allows_own: bool = False
    steps: tuple[Step, ...] = SECTION_STEPS

    def uses(self, state: State) -> bool:
        """Whether rows come to stand in this state."""
        unused = {State.APPROVED: not self.has_approval, State.CONFIRMED: not self.has_lead}
        return not unused.get(state, False)

    def step(self, source: State, action: Action) -> Step | None:
        """Return what `action` does to a row in `source`, None where it does nothing."""
        return next(
            (step for step in self._used() if (step.source, step.action) == (source, action)), None
        )

    def steps_between(self, source: State, target: State) -> tuple[Step, ...]:
        """Return every step from one state to another."""
        return tuple(
            step for step in self._used() if (step.source, step.target) == (source, target)
        )

    def _used(self) -> tuple[Step, ...]:
        return tuple(
            step
            for step in self.steps
            if self.uses(step.target) and not any(self.uses(state) for state in step.skips)
        )

    def refusal(
        self, step: Step | None, parties: Collection[Party], *, is_own: bool, has_reason: bool
    ) -> Refusal | None:
        """Return why somebody who is `parties` to a row may not take a step, None where they may.

        `is_own`: the figures are theirs, as the last who changed them.
        """
        if step is None:
            return Refusal.NOT_A_STEP
        acting = {party for party in parties if self.has_lead or party != Party.LEAD}
        if acting.isdisjoint(step.parties):
            return Refusal.NOT_YOURS
        if is_own and step.action in APPROVING and not self.allows_own:
            return Refusal.OWN
        if step.action in WITH_REASON and not has_reason:
            return Refusal.NO_REASON
        return None


THREE_STEPS = Flow()
"""担当 → 課長 → 企画課"""
FOUR_STEPS = Flow(has_lead=True)
"""担当 → 課長 → 部主管課 → 企画課"""
OF_PLANNERS = Flow(allows_own=True, steps=PLANNERS_STEPS)
