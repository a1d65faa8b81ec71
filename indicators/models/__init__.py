"""What is counted: series with their actuals, and indicators that place them in a plan."""

from .indicator import Indicator, Responsibility, Target
from .judgement import Judgement
from .series import Actual, CommonIndicator, Series, SeriesBreak

__all__ = [
    "Actual",
    "CommonIndicator",
    "Indicator",
    "Judgement",
    "Responsibility",
    "Series",
    "SeriesBreak",
    "Target",
]
