"""How a year stands against the year before."""

from dataclasses import dataclass
from enum import StrEnum

from .course import Course
from .rates import is_better, is_worse, judging_obstacle
from .terms import Case, Figure, Reason, TargetKind


class Movement(StrEnum):
    BETTER = "better"
    SAME = "same"
    WORSE = "worse"


@dataclass(frozen=True)
class Trend:
    """Better, the same or worse than the year before; None for the reason given.

    The year before the first is the baseline's, where it stands for that one year.
    """

    fiscal_year: int
    movement: Movement | None
    reason: Reason | None
    now: Figure
    before: Figure


def trend(course: Course, fiscal_year: int) -> Trend:
    """Compare the figure of a fiscal year with the one of the year before, as the target has it:
    by direction, for a range by the distance to it."""
    now, before = course.actual(fiscal_year), course.point(fiscal_year - 1)
    target = course.final_target
    case = Case(
        baseline=before,
        target=target,
        actual=now,
        direction=course.direction,
        comparable=fiscal_year not in course.breaks,
        window_known=course.window_known,
    )
    obstacle = judging_obstacle(case)
    movement = None
    if target is not None and target.kind is TargetKind.TEXT:
        reason: Reason | None = Reason.NOT_NUMERIC
    elif obstacle is Reason.DIRECTION_UNKNOWN:
        reason = obstacle
    elif now.value is None:
        reason = now.reason
    elif before.value is None:
        reason = Reason.NO_PREVIOUS
    elif obstacle is not None:
        reason = obstacle
    else:
        better = is_better(case)
        reason = better.reason
        if better:
            movement = Movement.BETTER
        elif reason is None:
            movement = Movement.WORSE if is_worse(case) else Movement.SAME
    return Trend(fiscal_year, movement, reason, now, before)
