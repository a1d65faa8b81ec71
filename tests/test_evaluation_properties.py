"""What holds for the evaluation of every figure that can be stored."""

from dataclasses import replace
from fractions import Fraction

from hypothesis import assume, given
from hypothesis import strategies as st

from indicators.evaluation import (
    Accumulation,
    Case,
    Direction,
    Figure,
    Rate,
    Reason,
    Rounding,
    Target,
    TargetKind,
    accumulate,
    achievement_rate,
    change_rate,
    is_better,
    is_exceeded,
    is_met,
    is_worse,
    progress_rate,
    to_decimal,
)
from tests.evaluation_cases import (
    ANSWERS,
    RATES,
    at_least,
    at_most,
    in_range,
    maintain,
    verdict,
)
from tests.evaluation_strategies import figures, maybe_figures, small

scales = st.fractions(min_value=Fraction(1, 1000), max_value=1000).filter(bool)


@st.composite
def cases(draw, numbers=maybe_figures):
    target = draw(
        st.one_of(
            st.none(),
            st.builds(
                Target,
                st.sampled_from(TargetKind),
                value=numbers,
                lower=numbers,
                upper=numbers,
                tolerance=numbers.map(lambda value: None if value is None else abs(value)),
            ),
        )
    )
    return Case(
        Figure.of(draw(numbers), draw(st.sampled_from([Reason.NO_BASELINE, Reason.NOT_STARTED]))),
        target,
        Figure.of(draw(numbers), Reason.NOT_COMPILED),
        draw(st.sampled_from(Direction)),
        draw(st.booleans()),
        draw(st.booleans()),
    )


def every_outcome(this):
    inverted = achievement_rate(this, inverted=True)
    return [inverted, *(rate(this) for rate in RATES), *(ask(this) for ask in ANSWERS)]


@given(st.one_of(cases(), cases(small)))
def test_every_case_has_a_value_or_a_reason(this):
    for outcome in every_outcome(this):
        assert (outcome.value is None) != (outcome.reason is None)
        if isinstance(outcome, Rate):
            assert (to_decimal(outcome, 4) is None) == (outcome.value is None)


@given(st.one_of(cases(), cases(small)))
def test_a_missing_actual_never_counts_as_zero(this):
    missing = replace(this, actual=Figure.missing(Reason.NOT_COMPILED))
    assert all(outcome.value is None for outcome in every_outcome(missing))


@given(st.one_of(cases(), cases(small)))
def test_a_missing_baseline_never_counts_as_zero(this):
    missing = replace(this, baseline=Figure.missing(Reason.NOT_STARTED))
    for rule in (progress_rate, change_rate, is_better, is_worse):
        assert rule(missing).value is None


@given(st.one_of(cases(), cases(small)))
def test_answers_agree_with_each_other(this):
    if is_exceeded(this):
        assert is_met(this)
    assert not (is_better(this) and is_worse(this))
    assert (is_met(this).value is None) == (is_exceeded(this).value is None) or (
        this.target is not None and this.target.kind in {TargetKind.RANGE, TargetKind.MAINTAIN}
    )


@given(st.one_of(figures, small), st.one_of(figures, small), st.one_of(figures, small))
def test_rising_and_falling_mirror_each_other(b, t, a):
    rising, falling = at_least(b, t, a), at_most(-b, -t, -a)
    assert progress_rate(rising) == progress_rate(falling)
    assert achievement_rate(rising) == achievement_rate(falling)
    for ask in ANSWERS:
        assert ask(rising) == ask(falling)


@given(small, small, small, small)
def test_ranges_and_maintenance_mirror_too(b, t, a, width):
    upper = t + abs(width)
    assert verdict(in_range(b, t, upper, a)) == verdict(in_range(-b, -upper, -t, -a))
    assert verdict(maintain(b, abs(width), a, Direction.RISING)) == verdict(
        maintain(-b, abs(width), -a, Direction.FALLING)
    )


def scaled(value, by):
    return None if value is None else Fraction(value) * by


@given(cases(st.one_of(small, figures)), scales)
def test_the_unit_does_not_matter(this, by):
    target = this.target
    if target is not None:
        value = target.value if target.kind is TargetKind.CHANGE else scaled(target.value, by)
        target = Target(
            target.kind,
            value,
            scaled(target.lower, by),
            scaled(target.upper, by),
            scaled(target.tolerance, by),
        )
    same = replace(
        this,
        baseline=Figure.of(scaled(this.baseline.value, by)),
        target=target,
        actual=Figure.of(scaled(this.actual.value, by)),
    )
    assert every_outcome(same) == every_outcome(this)


@given(figures, figures, figures, figures)
def test_progress_rises_with_every_step_towards_the_target(b, t, one, other):
    assume(t != b and one != other)
    lower, higher = sorted([one, other])
    build = at_least if t > b else at_most
    before, after = (lower, higher) if t > b else (higher, lower)
    assert progress_rate(build(b, t, before)).value < progress_rate(build(b, t, after)).value
    assert is_met(build(b, t, before)).value <= is_met(build(b, t, after)).value
    assert is_better(build(b, t, before)).value <= is_better(build(b, t, after)).value


@given(figures, figures)
def test_progress_is_nothing_at_the_baseline_and_whole_at_the_target(b, t):
    assume(t != b)
    build = at_least if t > b else at_most
    assert progress_rate(build(b, t, b)) == Rate(Fraction(0))
    assert progress_rate(build(b, t, t)) == Rate(Fraction(100))


@given(figures, figures, figures)
def test_a_target_behind_the_baseline_has_no_progress_but_can_be_met(b, t, a):
    """A population that may shrink to 19,500: every step of the loss would count as progress."""
    assume(t != b)
    build = at_most if t > b else at_least
    assert progress_rate(build(b, t, a)).reason is Reason.TARGET_BEHIND_BASELINE
    assert is_met(build(b, t, a)).value is (a >= t if t < b else a <= t)


@given(st.lists(figures, min_size=1, max_size=10))
def test_a_sum_is_exact(values):
    by_year = {2015 + place: Figure.of(value) for place, value in enumerate(values)}
    total = accumulate(Accumulation.SUM, by_year, 2014 + len(values))
    assert total.value == sum(map(Fraction, values))


@given(st.fractions(), st.integers(0, 6))
def test_rounding_stays_within_its_step(value, places):
    step = Fraction(1, 10**places)
    half_up = Fraction(to_decimal(Rate(value), places))
    truncated = Fraction(to_decimal(Rate(value), places, Rounding.TRUNCATE))
    assert abs(half_up - value) <= step / 2
    assert abs(truncated) <= abs(value) < abs(truncated) + step
