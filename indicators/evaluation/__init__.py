"""How a year of an indicator stands: pure arithmetic on exact numbers, no database.

A `Case` goes in; a `Rate` (exact, in percent) or an `Answer` (yes or no) comes out. A `Course`, the
indicator through the years, and a `Scheme` give a `Verdict`, a `Trend` and a `Forecast`. Whatever
cannot be said is None *with a reason*: it is never 0, never no, and never an exception.
"""

from .course import Against, Comparison, Course, Elapsed, compare, elapsed_years
from .figures import accumulate, to_decimal
from .forecasts import Forecast, Method, Point, forecast
from .rates import (
    achievement_rate,
    change_rate,
    is_better,
    is_exceeded,
    is_met,
    is_unchanged,
    is_worse,
    judging_obstacle,
    progress_rate,
)
from .rollup import BandCount, Entry, RollUp, roll_up
from .scheme_checks import Fault, Problem, problems
from .schemes import Band, Basis, Formula, NoValue, Scheme, Test, Tolerance, Tone, YearsFrom
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
from .trends import Movement, Trend, trend
from .verdicts import Verdict, judge

__all__ = [
    "Accumulation",
    "Against",
    "Answer",
    "Band",
    "BandCount",
    "Basis",
    "Case",
    "Comparison",
    "Course",
    "Direction",
    "Elapsed",
    "Entry",
    "Fault",
    "Figure",
    "Forecast",
    "Formula",
    "Method",
    "Movement",
    "NoValue",
    "Number",
    "Outcome",
    "Point",
    "Problem",
    "Rate",
    "Reason",
    "RollUp",
    "Rounding",
    "Scheme",
    "Target",
    "TargetKind",
    "Test",
    "Tolerance",
    "Tone",
    "Trend",
    "Verdict",
    "YearsFrom",
    "accumulate",
    "achievement_rate",
    "change_rate",
    "compare",
    "elapsed_years",
    "forecast",
    "is_better",
    "is_exceeded",
    "is_met",
    "is_unchanged",
    "is_worse",
    "judge",
    "judging_obstacle",
    "problems",
    "progress_rate",
    "roll_up",
    "to_decimal",
    "trend",
]
