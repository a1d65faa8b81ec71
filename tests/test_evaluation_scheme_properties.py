"""What holds for every scheme and every course that can be stored."""

from dataclasses import replace
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from indicators.evaluation import Direction, Figure, Rate, Reason, TargetKind, judge, problems
from tests.evaluation_courses import (
    aim,
    course,
    outcome,
    single,
    single_falling,
    thresholds,
)
from tests.evaluation_strategies import any_course, figures, percents, schemes, years
from tests.rating_schemes import SCHEMES

MIHON = SCHEMES["mihon-80-50"]


@given(schemes(), any_course, years)
def test_every_verdict_has_a_class_or_a_reason(scheme, course, year):
    verdict = judge(scheme, course, year)
    assert (verdict.band is None) != (verdict.reason is None)
    for found in (verdict.rate, verdict.compared, verdict.expected):
        assert (found.value is None) != (found.reason is None)
    assert (verdict.rate_shown is None) == (verdict.rate.value is None)
    assert (verdict.compared_shown is None) == (verdict.compared.value is None)
    assert verdict.symbol
    problems(scheme)


@given(schemes(), any_course, years)
def test_a_missing_value_never_gets_a_class(scheme, course, year):
    left = {other: value for other, value in course.actuals.items() if other != year}
    missing = replace(course, actuals={**left, year: Figure.missing(Reason.NOT_COMPILED)})
    verdict = judge(replace(scheme, no_value=MIHON.no_value), missing, year)
    assert verdict.band is None
    assert verdict.rate.value is None
    assert verdict.value_year is None


@given(schemes(), any_course, years)
def test_what_may_not_be_judged_gets_no_class(scheme, course, year):
    for unknown in (
        replace(course, direction=Direction.UNKNOWN),
        replace(course, window_known=False),
        replace(course, breaks=[2000], baseline_year=None),
    ):
        assert judge(scheme, unknown, year).band is None


@given(
    st.lists(percents, min_size=1, max_size=6, unique=True),
    st.sampled_from(["rate_at_least", "rate_above"]),
    st.sampled_from(["progress", "achievement_plain"]),
    st.booleans(),
    st.tuples(figures, figures),
    st.tuples(figures, figures),
)
def test_more_is_never_a_lower_class(limits, test, formula, see_rounded, way, actuals):
    b, t = sorted(way)
    if b == t or (formula == "achievement_plain" and t <= 0):
        return
    by = thresholds(
        *sorted(limits, reverse=True), test=test, formula=formula, bands_see_rounded=see_rounded
    )
    less, more = sorted(actuals)
    assert outcome(by, single(b, t, more)) <= outcome(by, single(b, t, less))


@given(figures, figures, figures, percents)
def test_rising_and_falling_get_the_same_class(b, t, a, limit):
    by = thresholds(limit, basis="year_target", met_counts_as_top=True)
    assert outcome(by, single(b, t, a)) == outcome(by, single_falling(-b, -t, -a))


@given(figures, figures, st.integers(2021, 2025))
def test_on_the_line_progress_is_whole(b, t, year):
    if b == t:
        return
    share = Fraction(year - 2020, 5)
    expected = Fraction(b) + (Fraction(t) - Fraction(b)) * share
    kind = TargetKind.AT_LEAST if t > b else TargetKind.AT_MOST
    direction = Direction.RISING if t > b else Direction.FALLING
    this = course(b, {2025: aim(kind, t)}, {year: expected}, direction=direction)
    for basis in ("year_target", "pro_rata"):
        for years_from in ("baseline", "plan_start"):
            by = thresholds("100", basis=basis, years_from=years_from)
            assert judge(by, this, year).compared == Rate(Fraction(100))
