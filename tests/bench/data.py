"""Plans of any size, written at once: for measuring, and for counting queries."""

from decimal import Decimal
from io import BytesIO

from openpyxl import Workbook

from indicators.choices import BaselineStatus, Direction, TargetKind
from indicators.models import Actual, Indicator, Series, Target
from plans.choices import WorkState
from plans.models import Band, Plan, PlanScheme, RatingScheme
from tests.factories import make_municipality, make_plan

FIRST_YEAR, YEARS = 2015, 10
LAST_YEAR = FIRST_YEAR + YEARS - 1


def make_large_plan(slug: str, indicators: int) -> Plan:
    """Make a town with a plan of the same name: a computed scheme, and `indicators` indicators,
    rising and falling in turn, each with a target and YEARS checked year-end values."""
    town = make_municipality(slug)
    plan = make_plan(
        town, slug, start_fiscal_year=FIRST_YEAR, end_fiscal_year=FIRST_YEAR + YEARS + 4
    )
    _make_scheme(plan)
    series = Series.objects.bulk_create(
        Series(municipality=town, code=f"s{n}", name=f"指標その{n}", unit="人", decimals=1)
        for n in range(indicators)
    )
    made = Indicator.objects.bulk_create(
        Indicator(
            plan=plan,
            series=one,
            code=f"i{n}",
            order=n,
            direction=Direction.FALLING if n % 2 else Direction.RISING,
            baseline_status=BaselineStatus.VALUE,
            baseline_value=Decimal(100 + n % 7),
            baseline_fiscal_year=FIRST_YEAR - 1,
        )
        for n, one in enumerate(series)
    )
    Target.objects.bulk_create(
        Target(
            indicator=one,
            fiscal_year=plan.end_fiscal_year,
            kind=TargetKind.AT_MOST if n % 2 else TargetKind.AT_LEAST,
            value=Decimal(50 if n % 2 else 170),
        )
        for n, one in enumerate(made)
    )
    Actual.objects.bulk_create(
        Actual(
            series=one,
            fiscal_year=FIRST_YEAR + year,
            value=Decimal(1000 + (n * 37 + year * 53) % 311 - 40 * (n % 2) * year) / 10,
            state=WorkState.CHECKED,
        )
        for n, one in enumerate(series)
        for year in range(YEARS)
    )
    return plan


def _make_scheme(plan: Plan) -> None:
    """Give the plan the classes A to D by progress against the straight line."""
    scheme = RatingScheme.objects.create(
        code=f"{plan.slug}-scheme",
        municipality=plan.municipality,
        name="A～D",
        formula=RatingScheme.Formula.PROGRESS,
        basis=RatingScheme.Basis.YEAR_TARGET,
    )
    for order, (symbol, threshold) in enumerate([("A", 100), ("B", 80), ("C", 50), ("D", None)]):
        test = Band.Test.OTHERWISE if threshold is None else Band.Test.RATE_AT_LEAST
        Band.objects.create(
            scheme=scheme,
            order=order + 1,
            symbol=symbol,
            label=f"評価{symbol}",
            test=test,
            threshold=threshold,
            score=5 - order,
        )
    PlanScheme.objects.create(
        plan=plan,
        subject=PlanScheme.Subject.INDICATORS,
        from_fiscal_year=FIRST_YEAR,
        scheme=scheme,
    )


def make_large_workbook(rows: int, columns: int) -> bytes:
    """Return an xlsx of texts and figures."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("実績")
    for row in range(rows):
        sheet.append(
            [f"指標{row}" if column < 4 else row * column / 4 for column in range(columns)]
        )
    file = BytesIO()
    book.save(file)
    return file.getvalue()
