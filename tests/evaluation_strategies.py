"""What may be stored: figures, targets, courses and schemes of every kind, for hypothesis."""

from decimal import Decimal

from hypothesis import strategies as st

from indicators.evaluation import (
    Basis,
    Course,
    Direction,
    Formula,
    NoValue,
    Reason,
    Rounding,
    Target,
    TargetKind,
    Test,
    YearsFrom,
)
from tests.evaluation_cases import figure
from tests.evaluation_courses import band, scheme

figures = st.decimals(
    min_value=Decimal("-99999999999.9999"), max_value=Decimal("99999999999.9999"), places=4
)
maybe_figures = st.one_of(st.none(), figures)
small = st.integers(-50, 50)  # meets, equals and divides by zero often
years = st.integers(2015, 2030)
percents = st.decimals(min_value=Decimal("-999999.999"), max_value=Decimal("999999.999"), places=3)


@st.composite
def targets(draw, numbers):
    return draw(
        st.builds(
            Target,
            st.sampled_from(TargetKind),
            value=numbers,
            lower=numbers,
            upper=numbers,
            tolerance=numbers.map(lambda value: None if value is None else abs(value)),
        )
    )


@st.composite
def courses(draw, numbers=maybe_figures):
    reasons = st.sampled_from([Reason.NO_BASELINE, Reason.NOT_STARTED])
    maybe_years = st.one_of(st.none(), years)
    return Course(
        baseline=figure(draw(numbers), draw(reasons)),
        direction=draw(st.sampled_from(Direction)),
        targets=draw(st.dictionaries(years, targets(numbers), max_size=3)),
        actuals={
            year: figure(value, Reason.NOT_COMPILED)
            for year, value in draw(st.dictionaries(years, numbers, max_size=6)).items()
        },
        baseline_year=draw(maybe_years),
        plan_start=draw(maybe_years),
        mid_years=draw(st.lists(years, max_size=2)),
        breaks=draw(st.lists(years, max_size=1)),
        window_known=draw(st.booleans()),
        baseline_is_average=draw(st.booleans()),
        actuals_are_averages=draw(st.booleans()),
        stopped=draw(st.booleans()),
    )


@st.composite
def schemes(draw):
    tests = st.sampled_from(Test)
    rows = [
        band(str(place), test, abs(number) if test == "unchanged" else number, tolerance_kind=kind)
        for place, (test, number, kind) in enumerate(
            draw(
                st.lists(
                    st.tuples(tests, percents, st.sampled_from(["", "absolute", "relative"])),
                    max_size=6,
                )
            )
        )
    ]
    return scheme(
        *rows,
        formula=draw(st.sampled_from(Formula)),
        basis=draw(st.sampled_from(Basis)),
        years_from=draw(st.sampled_from(YearsFrom)),
        no_value=draw(st.sampled_from(NoValue)),
        rounding=draw(st.sampled_from(Rounding)),
        decimals=draw(st.integers(0, 4)),
        bands_see_rounded=draw(st.booleans()),
        met_counts_as_top=draw(st.booleans()),
        chosen_by_people=draw(st.booleans()),
    )


any_course = st.one_of(courses(), courses(small))
