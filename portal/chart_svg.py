"""The pencils of the charts: SVG elements, marks, boxes, and room for labels.

No style attribute and no script, so that a strict Content-Security-Policy holds. Colours come from
static/css/charts.css by class; STYLE repeats them as presentation attributes, so that a saved
chart and a page without CSS stay readable.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

from portal.chart_scale import text_width

Number = int | Fraction
Box = tuple[Number, Number, Number, Number]
"""Left, top, right, bottom."""
Segment = tuple[Number, Number, Number, Number]
"""A straight line from x, y to x, y."""

NOT_XML = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")


def _value(fill: str) -> dict[str, str]:
    """Return the looks of a value: its colour, and a white rim where a line passes behind it."""
    return {
        "fill": fill,
        "stroke": "#ffffff",
        "stroke-width": "4",
        "stroke-linejoin": "round",
        "paint-order": "stroke",
    }


STYLE: dict[str, dict[str, str]] = {
    "chart-surface": {"fill": "#ffffff"},
    "chart-grid": {"stroke": "#d8d8db"},
    "chart-axis": {"stroke": "#767676"},
    "chart-leader": {"stroke": "#767676"},
    "chart-text": {"fill": "#4d4d4d"},
    "chart-band-tint": {"fill": "#fff0e6"},
    "chart-band-hatch": {"stroke": "#d98a56", "stroke-width": "2"},
    "chart-line": {"fill": "none", "stroke": "#0017c1", "stroke-width": "3"},
    "chart-target-line": {
        "fill": "none",
        "stroke": "#b34000",
        "stroke-width": "2",
        "stroke-dasharray": "8 5",
    },
    "chart-baseline-line": {
        "stroke": "#4d4d4d",
        "stroke-width": "2",
        "stroke-dasharray": "12 4 2 4",
    },
    "chart-gap": {"stroke": "#4d4d4d", "stroke-width": "3"},
    "chart-break": {
        "stroke": "#4d4d4d",
        "stroke-width": "2",
        "stroke-dasharray": "0 5",
        "stroke-linecap": "round",
    },
    "chart-border": {"stroke": "#4d4d4d", "stroke-width": "2", "stroke-dasharray": "14 4"},
    "chart-mark chart-mark-actual": {"fill": "#0017c1", "stroke": "#0017c1"},
    "chart-mark chart-mark-provisional": {"fill": "#ffffff", "stroke": "#0017c1"},
    "chart-mark chart-mark-forecast": {
        "fill": "#ffffff",
        "stroke": "#0017c1",
        "stroke-dasharray": "3 2",
    },
    "chart-mark chart-mark-mid-year": {"fill": "#ffffff", "stroke": "#005f9e"},
    "chart-mark chart-mark-baseline": {"fill": "#ffffff", "stroke": "#4d4d4d"},
    "chart-mark chart-mark-target": {"fill": "#b34000", "stroke": "#b34000"},
    "chart-value chart-value-actual": _value("#0017c1"),
    "chart-value chart-value-mid-year": _value("#005f9e"),
    "chart-value chart-value-baseline": _value("#4d4d4d"),
    "chart-value chart-value-target": _value("#b34000"),
    "rate-bar-track": {"fill": "#f2f2f2", "stroke": "#767676"},
    "rate-bar-none": {"fill": "none", "stroke": "#767676", "stroke-dasharray": "3 3"},
    "rate-bar-fill": {"fill": "#3460fb"},
    "rate-bar-arrow": {"fill": "#0017c1"},
}


def tenth(number: Fraction) -> Fraction:
    """Return a coordinate rounded to a tenth of a unit: finer than any screen shows."""
    return Fraction(round(number * 10), 10)


def _text(value: object) -> SafeString:
    """Return an attribute or text, escaped, without characters that no XML may hold."""
    if isinstance(value, Fraction):
        return SafeString(Decimal(round(value * 10)) / 10)
    if isinstance(value, SafeString):
        return value
    return conditional_escape(NOT_XML.sub("", str(value)))


def tag(name: str, content: str | None = None, cls: str = "", **attributes: object) -> SafeString:
    """Return one SVG element; `content` is escaped unless it is safe.

    `cls` is its class, whose STYLE is repeated as presentation attributes. An underscore in a
    name stands for a hyphen.
    """
    pairs: dict[str, object] = {"class": cls} if cls else {}
    pairs |= STYLE.get(cls, {})
    pairs |= {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()}
    written = format_html_join("", ' {}="{}"', ((key, _text(pairs[key])) for key in pairs))
    if content is None:
        return format_html("<{}{}/>", name, written)
    return format_html("<{}{}>{}</{}>", name, written, _text(content), name)


def join(parts: Iterable[SafeString]) -> SafeString:
    """Return safe parts as one."""
    return format_html_join("", "{}", ((part,) for part in parts))


def polyline(points: Iterable[tuple[Number, Number]]) -> str:
    """Return the `points` of a polyline or polygon."""
    return " ".join(f"{_text(x)},{_text(y)}" for x, y in points)


def mark(name: str, x: Number, y: Number, radius: Number, tooltip: str) -> SafeString:
    """Return the mark of a kind of figure, each of its own shape: STYLE's chart-mark-<name>.

    The triangle of a target points down: ▲ is the minus sign of the figures.
    """
    title = tag("title", tooltip) if tooltip else None
    cls = f"chart-mark chart-mark-{name.replace('_', '-')}"
    if name == "baseline":
        side = 2 * radius
        return tag(
            "rect", title, cls=cls, x=x - radius, y=y - radius, width=side, height=side,
            stroke_width=2,
        )  # fmt: skip
    if name in ("mid_year", "target"):
        corners = (
            [(x, y - radius), (x + radius, y), (x, y + radius), (x - radius, y)]
            if name == "mid_year"
            else [(x - radius, y - radius), (x + radius, y - radius), (x, y + radius)]
        )
        return tag("polygon", title, cls=cls, points=polyline(corners), stroke_width=2)
    return tag("circle", title, cls=cls, cx=x, cy=y, r=radius, stroke_width=2)


def hatch(uid: str) -> SafeString:
    """Return the definition of the hatching that fills a target's range."""
    return tag(
        "defs",
        tag(
            "pattern",
            join(
                [
                    tag("rect", cls="chart-band-tint", x=0, y=0, width=8, height=8),
                    tag("line", cls="chart-band-hatch", x1=4, y1=0, x2=4, y2=8),
                ]
            ),
            id=uid,
            width=8,
            height=8,
            patternUnits="userSpaceOnUse",
            patternTransform="rotate(45)",
        ),
    )


@dataclass(frozen=True)
class Label:
    """A text wanted beside a figure at x, y; `texts` from the fullest to the shortest.

    Labels of rank 0 are placed first. What finds no room is left out: the table has every figure.
    """

    rank: int
    cls: str
    x: Number
    y: Number
    texts: tuple[str, ...]


class Room:
    """The room for labels: which boxes are taken, and which lines a label had better not cross."""

    # Where a label may stand, best first: its anchor, then steps to the right and down.
    BESIDE = (
        ("middle", 0, -1),
        ("middle", 0, 1),
        ("start", 1, 0),
        ("end", -1, 0),
        ("start", 0, -1),
        ("end", 0, -1),
        ("start", 0, 1),
        ("end", 0, 1),
        ("end", 0, -3),
        ("start", 0, -3),
        ("middle", 0, 3),
        ("end", 0, -5),
        ("middle", 0, 5),
    )

    def __init__(self, area: Box, font_size: int) -> None:
        self.area = area
        self.font_size = font_size
        self.taken: list[Box] = []
        self.lines: list[Segment] = []

    def take(self, box: Box) -> bool:
        """Take `box` if it is free; return whether it was."""
        if any(overlap(box, other) for other in self.taken):
            return False
        self.taken.append(box)
        return True

    def place(self, label: Label, away: Number) -> SafeString:
        """Return the label as text where it covers no mark, no label and as few lines as can be.

        It stands `away` from its figure; further off, a thin line leads to it. '' where there is
        no room.
        """
        for text in label.texts:
            found = []
            for order, (anchor, right, below) in enumerate(self.BESIDE):
                x, y, box = self._try(label, text, away, anchor, right, below)
                if inside(box, self.area) and not any(overlap(box, other) for other in self.taken):
                    crossed = sum(crosses(line, box) for line in self.lines)
                    found.append((6 * crossed + order, anchor, below, x, y, box))
            if found:
                _cost, anchor, below, x, y, box = min(found)
                self.taken.append(box)
                dy = "0" if below < 0 else ".85em" if below else ".35em"
                written = tag("text", text, cls=label.cls, x=x, y=y, dy=dy, text_anchor=anchor)
                if abs(below) <= 1:
                    return written
                near = label.y + (away - 2) * (1 if below > 0 else -1)
                far = box[1] if below > 0 else box[3]
                leader = tag("line", cls="chart-leader", x1=label.x, y1=near, x2=label.x, y2=far)
                return join([leader, written])
        return SafeString()

    def _try(
        self, label: Label, text: str, away: Number, anchor: str, right: int, below: int
    ) -> tuple[Fraction, Fraction, Box]:
        """Return the place of a text and the box it would fill."""
        width = text_width(text, self.font_size)
        x, y = Fraction(label.x + right * away), Fraction(label.y + below * away)
        share = {"start": Fraction(0), "middle": Fraction(1, 2), "end": Fraction(1)}[anchor]
        left = x - share * width
        if anchor == "middle":  # May move sideways a little to stay inside.
            inward = Fraction(min(max(left, self.area[0]), self.area[2] - width))
            x, left = x + inward - left, inward
        above = self.font_size - 3 if below < 0 else 0 if below else self.font_size // 2
        top = y - above
        return x, y, (left, top, left + width, top + self.font_size - 1)


def overlap(one: Box, other: Box) -> bool:
    """Return whether two boxes share an area."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def inside(box: Box, area: Box) -> bool:
    """Return whether `box` lies within `area`."""
    return area[0] <= box[0] and area[1] <= box[1] and box[2] <= area[2] and box[3] <= area[3]


def crosses(segment: Segment, box: Box) -> bool:
    """Return whether a line that runs from left to right passes through `box`."""
    x1, y1, x2, y2 = segment
    left, right = max(x1, box[0]), min(x2, box[2])
    if left >= right:
        return False
    slope = Fraction(y2 - y1) / (x2 - x1)
    ends = (y1 + slope * (left - x1), y1 + slope * (right - x1))
    return max(ends) > box[1] and min(ends) < box[3]
