"""The words of the evaluation: kinds, directions, reasons, and what goes in and comes out."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Generic, Self, TypeVar

from django.utils.translation import gettext_lazy as _

Number = int | Decimal | Fraction
_NUMBERS = (int, Decimal, Fraction)
T = TypeVar("T")


class TargetKind(StrEnum):
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    MAINTAIN = "maintain"
    RANGE = "range"
    CHANGE = "change"
    DIRECTION_ONLY = "direction_only"
    TEXT = "text"
    UNSPECIFIED = "unspecified"
    """A number is printed, but not whether it is to be reached from below or from above."""


class Direction(StrEnum):
    """Which way is better, as people state it."""

    RISING = "rising"
    FALLING = "falling"
    NONE = "none"
    """Neither: more is as good as less (a range, a text)."""
    UNKNOWN = "unknown"


class Accumulation(StrEnum):
    POINT = "point"
    FLOW = "flow"
    RUNNING_TOTAL = "running_total"
    SUM = "sum"


class Rounding(StrEnum):
    HALF_UP = "half_up"
    TRUNCATE = "truncate"


class Reason(StrEnum):
    """Why there is no value. The last six are the reasons a year's actual can carry."""

    NO_BASELINE = "no_baseline"
    NOT_STARTED = "not_started"
    NO_TARGET = "no_target"
    NO_ACTUAL = "no_actual"
    NOT_NUMERIC = "not_numeric"
    NO_RATE_OF_KIND = "no_rate_of_kind"
    DIRECTION_UNKNOWN = "direction_unknown"
    DIRECTION_NONE = "direction_none"
    DEFINITION_CHANGED = "definition_changed"
    WINDOW_UNKNOWN = "window_unknown"
    TARGET_IS_BASELINE = "target_is_baseline"
    TARGET_BEHIND_BASELINE = "target_behind_baseline"
    ZERO_DIVISOR = "zero_divisor"
    NEGATIVE_BASELINE = "negative_baseline"

    CHOSEN_BY_PEOPLE = "chosen_by_people"
    MID_YEAR_ONLY = "mid_year_only"
    NO_FORMULA = "no_formula"
    NO_BAND = "no_band"
    START_UNKNOWN = "start_unknown"
    NOT_BEGUN = "not_begun"
    NO_PREVIOUS = "no_previous"
    STOPPED = "stopped"
    AVERAGES = "averages"
    TARGET_YEAR_REACHED = "target_year_reached"
    TOO_FEW_POINTS = "too_few_points"
    NO_INDICATORS = "no_indicators"
    NO_SCORES = "no_scores"
    MIXED_SCHEMES = "mixed_schemes"
    NO_SCHEME = "no_scheme"

    NOT_COMPILED = "not_compiled"
    NO_SURVEY = "no_survey"
    NOT_APPLICABLE = "not_applicable"
    WITHHELD = "withheld"
    SPECIAL = "special"
    NOT_STATED = "not_stated"

    @property
    def label(self) -> str:
        """The reason as the page prints it."""
        return str(_REASON_LABELS[self])


_REASON_LABELS = {
    Reason.NO_BASELINE: _("基準値なし"),
    Reason.NOT_STARTED: _("計測開始前"),
    Reason.NO_TARGET: _("目標値なし"),
    Reason.NO_ACTUAL: _("実績値なし"),
    Reason.NOT_NUMERIC: _("数値でない目標"),
    Reason.NO_RATE_OF_KIND: _("範囲・維持の目標には率なし"),
    Reason.DIRECTION_UNKNOWN: _("向きの記載なし"),
    Reason.DIRECTION_NONE: _("増減では良し悪しが決まらない"),
    Reason.DEFINITION_CHANGED: _("定義の変更"),
    Reason.WINDOW_UNKNOWN: _("対象期間不明"),
    Reason.TARGET_IS_BASELINE: _("目標値が基準値と同じ"),
    Reason.TARGET_BEHIND_BASELINE: _("目標値が基準値より後退した水準"),
    Reason.ZERO_DIVISOR: _("除数が0"),
    Reason.NEGATIVE_BASELINE: _("基準値が負のため増減率で測れない"),
    Reason.CHOSEN_BY_PEOPLE: _("人が選ぶ評価"),
    Reason.MID_YEAR_ONLY: _("年度途中の値だけ（年度の評価はまだ）"),
    Reason.NO_FORMULA: _("率を使わない評価方式"),
    Reason.NO_BAND: _("当てはまる区分なし"),
    Reason.START_UNKNOWN: _("経過年数の起点の年度が不明"),
    Reason.NOT_BEGUN: _("経過年数がまだない"),
    Reason.NO_PREVIOUS: _("前年度の値なし"),
    Reason.STOPPED: _("廃止・終了した指標"),
    Reason.AVERAGES: _("数年の平均値"),
    Reason.TARGET_YEAR_REACHED: _("目標年度に達している"),
    Reason.TOO_FEW_POINTS: _("比べられる値が3年分未満"),
    Reason.NO_INDICATORS: _("指標なし"),
    Reason.NO_SCORES: _("点数の付いた評価なし"),
    Reason.MIXED_SCHEMES: _("評価方式が一つでない"),
    Reason.NO_SCHEME: _("評価方式なし"),
    Reason.NOT_COMPILED: _("未集計"),
    Reason.NO_SURVEY: _("調査のない年"),
    Reason.NOT_APPLICABLE: _("対象外"),
    Reason.WITHHELD: _("非公表"),
    Reason.SPECIAL: _("特殊要因"),
    Reason.NOT_STATED: _("資料に記載なし"),
}


def exact(value: Number) -> Fraction:
    """Turn a stored figure into a Fraction; TypeError for floats and booleans."""
    if isinstance(value, bool) or not isinstance(value, _NUMBERS):
        raise TypeError(f"figures are int, Decimal or Fraction, not {type(value).__name__}")
    if isinstance(value, Fraction):
        return value
    # Twice as fast as Fraction(value), and plans have tens of thousands of figures.
    return Fraction(*value.as_integer_ratio())


@dataclass(frozen=True)
class Outcome(Generic[T]):
    """A value, or the reason why there is none: always exactly one of the two."""

    value: T | None
    reason: Reason | None = None

    def __post_init__(self) -> None:
        if (self.value is None) == (self.reason is None):
            raise ValueError("exactly one of value and reason must be given")

    @classmethod
    def missing(cls, reason: Reason) -> Self:
        return cls(None, reason)


@dataclass(frozen=True)
class Figure(Outcome[Fraction]):
    """A baseline or an actual, in the unit of the series."""

    @classmethod
    def of(cls, value: Number | None, reason: Reason = Reason.NO_ACTUAL) -> Self:
        """Wrap a stored figure; None becomes missing for `reason`."""
        return cls.missing(reason) if value is None else cls(exact(value))


@dataclass(frozen=True)
class Rate(Outcome[Fraction]):
    """A rate in percent, exact and uncapped; `to_decimal` rounds it."""


@dataclass(frozen=True)
class Answer(Outcome[bool]):
    """Yes, no, or unknown for a reason. True in a condition only when it is yes."""

    def __bool__(self) -> bool:
        return self.value is True


@dataclass(frozen=True)
class Target:
    """The target in force for the year. Which figures count depends on the kind.

    AT_LEAST, AT_MOST: `value`. CHANGE: `value`, in percent of the baseline (a cut is negative).
    RANGE: `lower` and `upper`, both included. MAINTAIN: `tolerance` around the baseline, None for
    not at all. The other kinds need none.
    """

    kind: TargetKind
    value: Number | None = None
    lower: Number | None = None
    upper: Number | None = None
    tolerance: Number | None = None


@dataclass(frozen=True)
class Case:
    """One indicator in one year.

    `target` None: the plan sets none. `comparable` False: the definition changed between baseline
    or target and the actual. `window_known` False: nobody knows over which years the figures were
    counted; rates are still arithmetic, but see `judging_obstacle`.
    """

    baseline: Figure
    target: Target | None
    actual: Figure
    direction: Direction
    comparable: bool = True
    window_known: bool = True
