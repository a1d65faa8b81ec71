"""What holds for the picture of any figures."""

import xml.etree.ElementTree as ET
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from portal.chart_scale import text_width
from portal.charts import Border, ChartPoint, ChartTarget, Gap, line_chart

from .chart_drawings import SVG, chart, marks

figures = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15)
years = st.integers(1985, 2040)
targets = st.one_of(
    st.builds(ChartTarget, years, figures),
    st.builds(
        lambda year, one, other: ChartTarget(year, None, min(one, other), max(one, other)),
        years,
        figures,
        figures,
    ),
)
charts = st.builds(
    chart,
    title=st.text(),
    unit=st.text(max_size=30),
    decimals=st.integers(0, 6),
    points=st.lists(
        st.builds(
            ChartPoint,
            years,
            figures,
            st.sampled_from(["actual", "mid_year", "forecast"]),
            st.booleans(),
        ),
        max_size=12,
    ).map(tuple),
    baseline=st.none() | st.tuples(st.none() | years, figures),
    targets=st.lists(targets, max_size=5).map(tuple),
    gaps=st.lists(st.builds(Gap, years, st.text()), max_size=4).map(tuple),
    breaks=st.lists(years, max_size=3).map(tuple),
    borders=st.lists(
        st.builds(Border, years, st.text(st.characters(categories=["L", "N"]))), max_size=3
    ).map(tuple),
)
HORIZONTAL = {"x", "x1", "x2", "cx"}
VERTICAL = {"y", "y1", "y2", "cy"}


@given(charts)
def test_any_figures_give_a_whole_picture(drawn):
    """The XML is well formed, nothing lies outside the picture, and no text is cut off."""
    svg = line_chart(drawn)
    if not svg:
        assert (drawn.points, drawn.targets, drawn.baseline) == ((), (), None)
        return
    tree = ET.fromstring(svg)  # noqa: S314 - our own output
    _left, _top, width, height = map(Decimal, tree.get("viewBox").split())
    for element in tree.iter():
        across = [Decimal(element.get(name)) for name in HORIZONTAL & element.attrib.keys()]
        down = [Decimal(element.get(name)) for name in VERTICAL & element.attrib.keys()]
        for corner in element.get("points", "").split():
            x, y = corner.split(",")
            across.append(Decimal(x))
            down.append(Decimal(y))
        assert all(0 <= x <= width for x in across)
        assert all(0 <= y <= height for y in down)
        if element.tag == f"{SVG}text":
            room = text_width(element.text, 20)
            before = {"start": 0, "middle": room / 2, "end": room}[element.get("text-anchor")]
            left = Fraction(across[0]) - before
            assert left >= Fraction(-1, 10)
            assert left + room <= Fraction(width) + Fraction(1, 10)
    assert len(marks(tree, "target")) == sum(len(target.ends) for target in drawn.targets)
    assert sum(
        len(marks(tree, name)) for name in ("actual", "provisional", "mid-year", "forecast")
    ) == len(drawn.points)
