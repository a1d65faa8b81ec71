"""How a year of an indicator stands: pure arithmetic on exact numbers, no database.

A `Case` goes in; a `Rate` (exact, in percent) or an `Answer` (yes or no) comes out. Whatever cannot
be said is None *with a reason*: it is never 0, never no, and never an exception.
"""

from .figures import accumulate, to_decimal
from .rates import (
    achievement_rate,
    change_rate,
    is_better,
    is_exceeded,
    is_met,
    is_worse,
    judging_obstacle,
    progress_rate,
)
from .terms import (
    Accumulation,
    Answer,
    Case,
    Direction,
    Figure,
    Number,
    Outcome,
    Rate,
    Reason,
    Rounding,
    Target,
    TargetKind,
)

__all__ = [
    "Accumulation",
    "Answer",
    "Case",
    "Direction",
    "Figure",
    "Number",
    "Outcome",
    "Rate",
    "Reason",
    "Rounding",
    "Target",
    "TargetKind",
    "accumulate",
    "achievement_rate",
    "change_rate",
    "is_better",
    "is_exceeded",
    "is_met",
    "is_worse",
    "judging_obstacle",
    "progress_rate",
    "to_decimal",
]
