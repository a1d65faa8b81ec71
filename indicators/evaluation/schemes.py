"""Rating schemes: how a plan turns a year of an indicator into a class. Data, not code.

Field names and values are those of the stored schemes, so that `Scheme.of` takes either.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import Any, Self

from django.utils.translation import gettext as _

from .terms import Rounding, exact


class Formula(StrEnum):
    PROGRESS = "progress"
    ACHIEVEMENT = "achievement"
    """t ÷ a where less is better."""
    ACHIEVEMENT_PLAIN = "achievement_plain"
    CHANGE = "change"
    NONE = "none"


class Basis(StrEnum):
    FINAL_TARGET = "final_target"
    YEAR_TARGET = "year_target"
    PRO_RATA = "pro_rata"


class YearsFrom(StrEnum):
    BASELINE = "baseline"
    PLAN_START = "plan_start"


class NoValue(StrEnum):
    UNRATED = "unrated"
    LATEST = "latest"


class Test(StrEnum):
    __test__ = False  # not a test case

    MET = "met"
    EXCEEDED = "exceeded"
    RATE_AT_LEAST = "rate_at_least"
    RATE_ABOVE = "rate_above"
    BETTER = "better"
    UNCHANGED = "unchanged"
    WORSE = "worse"
    OTHERWISE = "otherwise"
    PEOPLE = "people"
    """Never computed: people choose this class."""


RATE_TESTS = frozenset({Test.RATE_AT_LEAST, Test.RATE_ABOVE})


class Tolerance(StrEnum):
    ABSOLUTE = "absolute"
    RELATIVE = "relative"


class Tone(StrEnum):
    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"
    NONE = "none"


@dataclass(frozen=True)
class Band:
    """One class of a scheme: how it looks, and the test by which an indicator falls into it.

    `threshold` is a rate in percent. `tolerance` belongs to UNCHANGED: in the unit of the series,
    or in percent of the baseline; None is no width at all. `score` None: not part of means.
    """

    order: int
    symbol: str
    label: str
    test: Test = Test.PEOPLE
    threshold: Decimal | None = None
    tolerance: Decimal | None = None
    tolerance_kind: Tolerance = Tolerance.ABSOLUTE
    spoken: str = ""
    meaning: str = ""
    tone: Tone = Tone.NONE
    score: Decimal | None = None

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> Self:
        """Build a band from stored fields or from the text of a fixture; see `Scheme.of`."""
        return cls(**_converted(fields, _BAND_FIELDS))

    @property
    def title(self) -> str:
        """Symbol and label in one; once where they are the same."""
        return self.label if self.symbol == self.label else f"{self.symbol} {self.label}"

    @cached_property
    def edge(self) -> Fraction:
        """The threshold, exact; ValueError where a rate test has none."""
        if self.threshold is None:
            raise ValueError(f"band {self.symbol} tests a rate without a threshold")
        return exact(self.threshold)

    @property
    def rule(self) -> str:
        """The test in words, as the page explains it."""
        match self.test:
            case Test.MET:
                return _("目標を達成")
            case Test.EXCEEDED:
                return _("目標を超えて達成")
            case Test.RATE_AT_LEAST:
                return _("率が%(threshold)s％以上") % {"threshold": _plain(self.threshold)}
            case Test.RATE_ABOVE:
                return _("率が%(threshold)s％を超える") % {"threshold": _plain(self.threshold)}
            case Test.BETTER:
                return _("基準値より良い")
            case Test.WORSE:
                return _("基準値より悪い")
            case Test.OTHERWISE:
                return _("これより前の区分に当てはまらない")
            case Test.PEOPLE:
                return _("人が選ぶ")
        if not self.tolerance:
            return _("基準値と同じ")
        if self.tolerance_kind is Tolerance.RELATIVE:
            return _("基準値の±%(width)s％以内") % {"width": _plain(self.tolerance)}
        return _("基準値から±%(width)s以内") % {"width": _plain(self.tolerance)}


@dataclass(frozen=True)
class Scheme:
    """Formula, basis of comparison and bands; the first band whose test holds is the class.

    `decimals` and `rounding` are those of the rate as printed; with `bands_see_rounded` the
    thresholds are held against that rounded rate instead of the exact one.
    """

    code: str
    name: str
    bands: tuple[Band, ...]
    formula: Formula = Formula.NONE
    basis: Basis = Basis.FINAL_TARGET
    years_from: YearsFrom = YearsFrom.BASELINE
    chosen_by_people: bool = False
    met_counts_as_top: bool = False
    no_value: NoValue = NoValue.UNRATED
    unrated_symbol: str = "－"
    unrated_label: str = "評価なし"
    decimals: int = 1
    rounding: Rounding = Rounding.HALF_UP
    bands_see_rounded: bool = False

    @classmethod
    def of(cls, fields: Mapping[str, Any], bands: Iterable[Mapping[str, Any]]) -> Self:
        """Build a scheme from stored fields or from the text of a fixture, bands in any order.

        Fields that are not there take their defaults, fields it does not know are ignored.
        ValueError where a value is none of its choices.
        """
        in_order = sorted((Band.of(band) for band in bands), key=lambda band: band.order)
        return cls(bands=tuple(in_order), **_converted(fields, _SCHEME_FIELDS))

    @cached_property
    def is_computed(self) -> bool:
        """Whether any class comes from figures; otherwise people choose."""
        return not self.chosen_by_people and self.top is not None

    @cached_property
    def top(self) -> Band | None:
        """The first class that is computed; None where people choose all."""
        return next((band for band in self.bands if band.test is not Test.PEOPLE), None)


def _plain(value: Decimal | None) -> str:
    return "" if value is None else f"{value.normalize():f}"


def _converted(
    fields: Mapping[str, Any], converters: Mapping[str, Callable[[Any], Any]]
) -> dict[str, Any]:
    return {name: convert(fields[name]) for name, convert in converters.items() if name in fields}


def _decimal(value: Any) -> Decimal | None:
    return None if value in (None, "") else Decimal(value)


_BAND_FIELDS: Mapping[str, Callable[[Any], Any]] = {
    "order": int,
    "symbol": str,
    "label": str,
    "test": Test,
    "threshold": _decimal,
    "tolerance": _decimal,
    "tolerance_kind": lambda value: Tolerance(value or Tolerance.ABSOLUTE),
    "spoken": str,
    "meaning": str,
    "tone": Tone,
    "score": _decimal,
}
_SCHEME_FIELDS: Mapping[str, Callable[[Any], Any]] = {
    "code": str,
    "name": str,
    "formula": Formula,
    "basis": Basis,
    "years_from": YearsFrom,
    "chosen_by_people": bool,
    "met_counts_as_top": bool,
    "no_value": NoValue,
    "unrated_symbol": str,
    "unrated_label": str,
    "decimals": int,
    "rounding": Rounding,
    "bands_see_rounded": bool,
}
