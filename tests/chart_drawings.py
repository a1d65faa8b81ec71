"""Charts as the tests draw them, and what is found in the picture."""

import xml.etree.ElementTree as ET
from decimal import Decimal

from django.utils.safestring import SafeString

from portal.charts import ChartPoint, LineChart, line_chart

SVG = "{http://www.w3.org/2000/svg}"
LABELS = {year: f"R{year - 2018}" for year in range(2019, 2060)}


def actuals(first_year, *values):
    """Return actual values from `first_year` on; None leaves a year out."""
    return tuple(
        ChartPoint(first_year + offset, Decimal(value))
        for offset, value in enumerate(values)
        if value is not None
    )


def chart(**changes):
    """Return what a chart of births is drawn from, with `changes`."""
    fields = {
        "uid": "births",
        "title": "出生数",
        "description": "",
        "unit": "人",
        "decimals": 0,
        "year_labels": LABELS,
    }
    return LineChart(**{**fields, **changes})


def draw(**changes):
    """Return the chart as a parsed tree: parsing fails where the XML is not well formed."""
    svg = line_chart(chart(**changes))
    assert isinstance(svg, SafeString)
    return ET.fromstring(svg)  # noqa: S314 - our own output


def texts(tree):
    """Return what is written in the picture."""
    return [element.text for element in tree.iter(f"{SVG}text")]


def marks(tree, name):
    """Return the marks of a kind in the plot: those with a tooltip; the legend's have none."""
    return [
        element
        for element in tree.iter()
        if f"chart-mark-{name}" in element.get("class", "").split()
        and element.find(f"{SVG}title") is not None
    ]


def lines(tree, cls):
    """Return the corners of each line of a class."""
    return [
        [tuple(map(Decimal, corner.split(","))) for corner in line.get("points").split()]
        for line in tree.iter(f"{SVG}polyline")
        if line.get("class") == cls
    ]
