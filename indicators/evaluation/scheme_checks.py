"""What is wrong with a scheme before it is used: order, duplicates, gaps."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from django.utils.translation import gettext_lazy as _

from .schemes import RATE_TESTS, Band, Formula, Scheme, Test


class Fault(StrEnum):
    NO_BANDS = "no_bands"
    SAME_ORDER = "same_order"
    SAME_SYMBOL = "same_symbol"
    NO_THRESHOLD = "no_threshold"
    NO_FORMULA = "no_formula"
    NEVER_REACHED = "never_reached"
    NO_OTHERWISE = "no_otherwise"
    NO_COMPUTED_BAND = "no_computed_band"
    TESTS_UNUSED = "tests_unused"

    @property
    def label(self) -> str:
        """The fault as the form prints it."""
        return str(_FAULT_LABELS[self])


_FAULT_LABELS = {
    Fault.NO_BANDS: _("区分がありません。"),
    Fault.SAME_ORDER: _("同じ順番の区分があります。"),
    Fault.SAME_SYMBOL: _("同じ記号の区分があります。"),
    Fault.NO_THRESHOLD: _("率で分ける区分に下限がありません。"),
    Fault.NO_FORMULA: _("率で分ける区分がありますが、率の式が選ばれていません。"),
    Fault.NEVER_REACHED: _("前の区分に必ず先に当てはまるため、使われない区分です。"),
    Fault.NO_OTHERWISE: _("下限に届かない率の区分がありません。「それ以外」を加えてください。"),
    Fault.NO_COMPUTED_BAND: _("計算で決まる区分がありません。「人が選ぶ」を選んでください。"),
    Fault.TESTS_UNUSED: _("人が選ぶ方式では、区分の条件は使われません。"),
}


@dataclass(frozen=True)
class Problem:
    """A fault, and the class it lies in (None: the scheme as a whole)."""

    fault: Fault
    band: Band | None = None


def problems(scheme: Scheme) -> list[Problem]:
    """Return what keeps a scheme from judging as it reads; an empty list for a sound one.

    A scheme by met, better and worse may do without "otherwise" (what is equal stays unrated); one
    by rates may not.
    """
    return list(_problems(scheme))


def _problems(scheme: Scheme) -> Iterator[Problem]:
    if not scheme.bands:
        yield Problem(Fault.NO_BANDS)
        return
    yield from _repeated(scheme)
    computed = [band for band in scheme.bands if band.test is not Test.PEOPLE]
    if scheme.chosen_by_people:
        yield from (Problem(Fault.TESTS_UNUSED, band) for band in computed)
        return
    if not computed:
        yield Problem(Fault.NO_COMPUTED_BAND)
    tests = {band.test for band in computed}
    if tests & RATE_TESTS:
        if scheme.formula is Formula.NONE:
            yield Problem(Fault.NO_FORMULA)
        if Test.OTHERWISE not in tests:
            yield Problem(Fault.NO_OTHERWISE)
    yield from _hidden(computed)


def _repeated(scheme: Scheme) -> Iterator[Problem]:
    for place, band in enumerate(scheme.bands):
        before = scheme.bands[:place]
        if any(other.order == band.order for other in before):
            yield Problem(Fault.SAME_ORDER, band)
        if any(other.symbol == band.symbol for other in before):
            yield Problem(Fault.SAME_SYMBOL, band)


def _hidden(bands: list[Band]) -> Iterator[Problem]:
    """Yield the classes no figure can fall into, and rate tests without their threshold."""
    seen: set[Test] = set()
    lowest: tuple[Fraction, bool] | None = None
    for band in bands:
        hidden = Test.OTHERWISE in seen or (Test.MET in seen and band.test is Test.EXCEEDED)
        if band.test in RATE_TESTS:
            if band.threshold is None:
                yield Problem(Fault.NO_THRESHOLD, band)
                continue
            # ≥ x lets one rate through that > x does not.
            reach = band.edge, band.test is Test.RATE_ABOVE
            hidden = hidden or (lowest is not None and reach >= lowest)
            lowest = reach if lowest is None else min(lowest, reach)
        elif band.test is not Test.UNCHANGED:
            hidden = hidden or band.test in seen
        if hidden:
            yield Problem(Fault.NEVER_REACHED, band)
        seen.add(band.test)
