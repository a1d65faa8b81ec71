"""Charts of a series over the fiscal years, as SVG rendered on the server: no script, no style.

Pure: figures in, SVG out, no Django model. The real table stands beside the chart in the page; the
chart writes figures in the series' own decimals. Nothing is told by colour alone: each kind of
figure has its own mark, and a legend names the marks in use.
"""

from decimal import Decimal
from fractions import Fraction
from itertools import groupby, pairwise
from math import ceil

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from portal.chart_bar import rate_bar
from portal.chart_data import (
    Border,
    ChartPoint,
    ChartTarget,
    Gap,
    LineChart,
    describe,
)
from portal.chart_scale import fit_text, format_value, nice_ticks, text_width, tick_labels
from portal.chart_svg import Label, Number, Room, hatch, join, mark, polyline, tag, tenth

__all__ = [
    "Border",
    "ChartPoint",
    "ChartTarget",
    "Gap",
    "LineChart",
    "describe",
    "line_chart",
    "rate_bar",
]

WIDTH = 640
RIGHT = WIDTH - 14
TOP, BOTTOM = 66, 322
"""The highest and the lowest tick; above TOP is room for the unit and for labels."""
ROW = 34
FONT, ROOM = 16, 20
"""Text is drawn at 16 units; charts.css makes it 20 on a phone. The layout has room for that."""
FEW = 10
"""With more actual values than this, only the telling ones are written beside their points."""
LEGEND = (
    "actual", "provisional", "mid_year", "forecast", "target", "band", "baseline", "gap", "break",
    "border", "none",
)  # fmt: skip


def line_chart(chart: LineChart) -> SafeString:
    """Return the chart as one <svg>, or '' where there is no figure at all to draw.

    The svg scales to the width of its container and has role="img", title and description.
    """
    if not (chart.points or chart.targets or chart.baseline):
        return SafeString()
    return _Drawing(chart).render()


class _Drawing:
    """One line chart on its way to SVG: its scales, the parts drawn so far, the room taken."""

    def __init__(self, chart: LineChart) -> None:
        self.chart = chart
        self.parts: list[SafeString] = []
        self.legend: dict[str, str] = {}
        self.labels: list[Label] = []

        values = [point.value for point in chart.points]
        values += [end for target in chart.targets for end in target.ends]
        values += [chart.baseline[1]] if chart.baseline else []
        self.ticks = nice_ticks(Fraction(min(values)), Fraction(max(values)), chart.decimals)
        self.tick_texts = tick_labels(self.ticks, chart.unit)
        widest = max(text_width(text, ROOM) for text in self.tick_texts)
        if widest > WIDTH // 3:  # A figure cut off at the edge would be a wrong figure.
            self.tick_texts, widest = [], Fraction(0)
        self.left = max(tenth(widest) + 16, Fraction(48))

        years = {point.fiscal_year for point in chart.points}
        years |= {target.fiscal_year for target in chart.targets}
        years |= {gap.fiscal_year for gap in chart.gaps}
        if chart.baseline and chart.baseline[0] is not None:
            years.add(chart.baseline[0])
        self.first, self.last = min(years, default=1), max(years, default=0)
        self.room = Room((self.left, TOP - 36, RIGHT + 10, BOTTOM - 1), ROOM)
        self.slot = (RIGHT - self.left) / max(self.last - self.first + 1, 1)
        self.radius = min(Fraction(6), max(self.slot / 4, Fraction(3)))
        # A break outside the years drawn separates nothing.
        self.breaks = sorted({year for year in chart.breaks if self.first < year <= self.last})

    def x(self, fiscal_year: int, shift: Fraction = Fraction(0)) -> Fraction:
        """Return the middle of a year's slot, moved by `shift` slots."""
        return tenth(self.left + self.slot * (fiscal_year - self.first + Fraction(1, 2) + shift))

    def y(self, value: Decimal | Fraction) -> Fraction:
        """Return the height of a value."""
        low, high = self.ticks[0], self.ticks[-1]
        return tenth(BOTTOM - (Fraction(value) - low) / (high - low) * (BOTTOM - TOP))

    def era(self, fiscal_year: int) -> int:
        """Return how many definitions came before the one that holds in this year."""
        return sum(year <= fiscal_year for year in self.breaks)

    def figure(self, value: Decimal) -> str:
        """Return a value as it is printed."""
        return format_value(value, self.chart.decimals)

    def add(
        self, name: str, content: str | None = None, cls: str = "", **attributes: object
    ) -> None:
        """Draw one element."""
        self.parts.append(tag(name, content, cls, **attributes))

    def text(
        self, content: str, x: Number, y: Number, anchor: str = "start", dy: str = ".85em",
        cls: str = "chart-text",
    ) -> None:  # fmt: skip
        """Draw a text; with the default `dy`, `y` is its upper edge."""
        self.add("text", content, cls=cls, x=x, y=y, dy=dy, text_anchor=anchor)

    def mark(
        self, name: str, year: int | None, value: Decimal, x: Number, y: Number, text: str = ""
    ) -> None:
        """Draw the mark of a figure with its tooltip, and enter it in the legend."""
        label = text or self.chart.mark_label(name)
        when = _("年度不明") if year is None else self.chart.label(year)
        # The square of a baseline frames the circle of an actual value in the same place.
        radius = self.radius
        if name == "baseline":
            radius += 2
        elif name == "target":
            radius = max(radius, Fraction(5))
        tooltip = f"{when} {label} {self.figure(value)}{self.chart.unit}"
        self.parts.append(mark(name, x, y, radius, tooltip))
        self.room.taken.append((x - radius, y - radius, x + radius, y + radius))
        self.legend.setdefault(name, self.chart.mark_label(name))

    def render(self) -> SafeString:
        """Return the whole svg. What is drawn later lies above."""
        self.axes()
        self.definition_breaks()
        self.plan_borders()
        self.targets()
        self.actual_line()
        self.baseline()
        self.points()
        self.gaps()
        for label in sorted(self.labels, key=lambda label: label.rank):
            self.parts.append(self.room.place(label, self.radius + 7))
        height = self.draw_legend(BOTTOM + 60)
        chart, uid = self.chart, self.chart.uid
        head = [
            tag("title", chart.title, id=f"{uid}-title"),
            tag("desc", chart.description or describe(chart), id=f"{uid}-desc"),
            tag("rect", cls="chart-surface", x=0, y=0, width=WIDTH, height=height),
        ]
        if "band" in self.legend:
            head.append(hatch(f"{uid}-hatch"))
        return tag(
            "svg",
            join([*head, *self.parts]),
            cls="chart",
            xmlns="http://www.w3.org/2000/svg",
            id=uid,
            viewBox=f"0 0 {WIDTH} {height}",
            role="img",
            aria_labelledby=f"{uid}-title {uid}-desc",
            font_family="sans-serif",
            font_size=FONT,
        )

    def axes(self) -> None:
        """Draw the grid, the zero line, the unit, the ticks' texts and the years."""
        for tick in self.ticks:
            bottom = tick == self.ticks[0]
            self.add(
                "line",
                cls="chart-axis" if bottom or tick == 0 else "chart-grid",
                x1=self.left,
                y1=self.y(tick),
                x2=RIGHT,
                y2=self.y(tick),
                stroke_width=2 if tick == 0 else 1,
            )
        for tick, text in zip(self.ticks, self.tick_texts, strict=False):
            self.text(text, self.left - 8, self.y(tick), "end", ".35em")
        room = WIDTH - 16
        if self.ticks[0] > 0 or self.ticks[-1] < 0:
            note = _("縦軸は0から始まりません")
            self.text(note, RIGHT, 4, "end")
            room -= int(text_width(note, ROOM)) + ROOM
        if self.chart.unit:
            unit = _("単位：%(unit)s") % {"unit": self.chart.unit}
            self.text(fit_text(unit, ROOM, room), 8, 4)
        self.years()

    def years(self) -> None:
        """Write the years under the axis: the last one, and every nth before it as room allows."""
        years = range(self.first, self.last + 1)
        if not years:
            return
        texts = {year: fit_text(self.chart.label(year), ROOM, 160) for year in years}
        widest = max(text_width(text, ROOM) for text in texts.values()) + 12
        step = ceil(widest / self.slot)
        if step > 5:
            step = 5 * ceil(Fraction(step, 5))
        for year in years[::-1][::step]:
            half = text_width(texts[year], ROOM) / 2
            self.add(
                "line", cls="chart-axis", x1=self.x(year), y1=BOTTOM, x2=self.x(year), y2=BOTTOM + 5
            )
            x = min(max(self.x(year), half), WIDTH - half)
            self.text(texts[year], x, BOTTOM + 12, "middle")

    def definition_breaks(self) -> None:
        """Draw a dotted line before each year with a new definition; name it where room is."""
        name = _("定義の変更")
        half = text_width(name, ROOM) / 2
        for year in self.breaks:
            x = self.x(year, Fraction(-1, 2))
            self.add("line", cls="chart-break", x1=x, y1=TOP - 8, x2=x, y2=BOTTOM)
            self.room.taken.append((x - 3, TOP - 8, x + 3, BOTTOM))
            centre = min(max(x, half), WIDTH - half)
            box = (centre - half, TOP - 32, centre + half, TOP - 12)
            if not self.room.take(box):
                self.legend["break"] = name
            else:
                self.text(name, centre, TOP - 30, "middle")

    def plan_borders(self) -> None:
        """Draw a line before the first year of each later plan; the line of figures goes on. Its
        name stands above, or beside the name of a new definition."""
        for border in self.chart.borders:
            if not self.first < border.fiscal_year <= self.last:
                continue
            x = self.x(border.fiscal_year, Fraction(-1, 2))
            self.add("line", cls="chart-border", x1=x, y1=TOP - 8, x2=x, y2=BOTTOM)
            self.room.taken.append((x - 2, TOP - 8, x + 2, BOTTOM))
            self.legend["border"] = _("計画の境")
            name = fit_text(border.label, ROOM, 200)
            if not name:
                continue
            width = text_width(name, ROOM)
            away = (width + text_width(_("定義の変更"), ROOM)) / 2 + 14
            for centre in (min(max(x, width / 2), WIDTH - width / 2), x + away, x - away):
                box = (centre - width / 2, TOP - 32, centre + width / 2, TOP - 12)
                if box[0] >= 0 and box[2] <= WIDTH and self.room.take(box):
                    self.text(name, tenth(Fraction(centre)), TOP - 30, "middle")
                    break

    def targets(self) -> None:
        """Draw the targets: joined within one definition; one that stands alone is a level."""
        edges: list[Number] = [self.left, RIGHT]
        edges[1:1] = [self.x(year, Fraction(-1, 2)) for year in self.breaks]
        targets = sorted(self.chart.targets, key=lambda target: target.fiscal_year)
        for era, of_era in groupby(targets, key=lambda target: self.era(target.fiscal_year)):
            runs = [list(run) for _is, run in groupby(of_era, key=lambda target: len(target.ends))]
            for run in runs:
                xs: list[Number] = [self.x(target.fiscal_year) for target in run]
                ends = [[self.y(end) for end in target.ends] for target in run]
                if len(run) == 1:
                    half = tenth(self.slot / 2)
                    xs = edges[era : era + 2] if len(runs) == 1 else [xs[0] - half, xs[0] + half]
                    ends *= 2
                self.target_line(xs, ends)
        for target in targets:
            x, year = self.x(target.fiscal_year), target.fiscal_year
            names = [_("目標")] if target.value is not None else [_("目標の下限"), _("目標の上限")]
            for name, value in zip(names, target.ends, strict=True):
                self.mark("target", year, value, x, self.y(value), name)
            text = "～".join(self.figure(end) for end in target.ends)
            if target is targets[-1]:
                self.label(1, "target", x, self.y(target.ends[-1]), f"{_('目標')} {text}", text)
            else:
                self.label(7, "target", x, self.y(target.ends[-1]), text)

    def target_line(self, xs: list[Number], ends: list[list[Fraction]]) -> None:
        """Draw one dashed line through the targets, or a band between two for ranges."""
        edges = [list(zip(xs, ys, strict=True)) for ys in zip(*ends, strict=True)]
        if len(edges) == 2:
            fill = f"url(#{self.chart.uid}-hatch)"
            self.add("polygon", points=polyline([*edges[0], *edges[1][::-1]]), fill=fill)
            self.legend["band"] = _("目標の範囲")
        for edge in edges:
            self.line("chart-target-line", edge)

    def line(self, cls: str, points: list[tuple[Number, Number]]) -> None:
        """Draw a line and remember it, so that labels keep off it."""
        self.add("polyline", cls=cls, points=polyline(points))
        self.room.lines += [(*start, *end) for start, end in pairwise(points)]

    def actual_line(self) -> None:
        """Join actual values of neighbouring years, never across a gap or another definition."""
        run: list[ChartPoint] = []
        for point in [*self.chart.actuals(), None]:
            if run and (
                point is None
                or point.fiscal_year - run[-1].fiscal_year > 1
                or self.era(point.fiscal_year) != self.era(run[-1].fiscal_year)
            ):
                if len(run) > 1:
                    corners = [(self.x(p.fiscal_year), self.y(p.value)) for p in run]
                    self.line("chart-line", list(corners))
                run = []
            if point is not None:
                run.append(point)

    def baseline(self) -> None:
        """Draw the baseline: a square in its year, or a level where the year is unknown."""
        if not self.chart.baseline:
            return
        year, value = self.chart.baseline
        y, name = self.y(value), self.chart.mark_label("baseline")
        texts = (f"{name} {self.figure(value)}", self.figure(value))
        if year is None:
            self.line("chart-baseline-line", [(self.left, y), (RIGHT, y)])
            x = self.left + self.radius + 4
            self.label(2, "baseline", x, y, *texts)
            self.mark("baseline", None, value, x, y)
        else:
            self.label(2, "baseline", self.x(year), y, *texts)
            self.mark("baseline", year, value, self.x(year), y)

    def points(self) -> None:
        """Draw the marks of all figures, actual values on top, and ask for their labels."""
        actuals = self.chart.actuals()
        others = sorted(
            (point for point in self.chart.points if point.kind != "actual"),
            key=lambda point: point.fiscal_year,
        )
        extremes = [pick(actuals, key=lambda p: p.value) for pick in (max, min) if actuals]
        latest = {point.kind: point for point in others}
        for point in [*others, *actuals]:
            year = point.fiscal_year
            # September lies half a year before the fiscal year's end.
            shift = Fraction(-3, 10) if point.kind == "mid_year" else Fraction(0)
            x, y, figure = self.x(year, shift), self.y(point.value), self.figure(point.value)
            self.mark(point.mark, year, point.value, x, y)
            texts: tuple[str, ...] = (figure,)
            if point.mark == "provisional":
                texts = (f"{_('速報')} {figure}", _("速報"))
            elif point.mark == "forecast":
                texts = (f"{_('見込')} {figure}", _("見込"))
            if point.kind != "actual":
                if point is latest[point.kind] or len(others) <= 3:
                    colour = "mid-year" if point.kind == "mid_year" else "actual"
                    self.label(5, colour, x, y, *texts)
            elif (year, point.value) == self.chart.baseline:
                continue
            elif point is actuals[-1]:
                self.label(0, "actual", x, y, *texts)
            elif point is actuals[0] or point in extremes or point.provisional:
                self.label(4, "actual", x, y, *texts)
            elif len(actuals) <= FEW:
                self.label(6, "actual", x, y, *texts)

    def gaps(self) -> None:
        """Mark the years without an actual value by a － on the axis; the tooltip says why."""
        half = min(Fraction(7), tenth(self.slot * 3 / 10))
        for gap in self.chart.missing():
            x, y = self.x(gap.fiscal_year), BOTTOM - 9
            tooltip = f"{self.chart.label(gap.fiscal_year)} {_('データなし')}：{gap.reason}"
            self.add(
                "line", tag("title", tooltip), cls="chart-gap", x1=x - half, y1=y, x2=x + half, y2=y
            )
            self.room.taken.append((x - half, y - 3, x + half, y + 3))
            self.legend["gap"] = _("データなし")

    def label(self, rank: int, kind: str, x: Number, y: Number, *texts: str) -> None:
        """Ask for a label beside a figure."""
        self.labels.append(Label(rank, f"chart-value chart-value-{kind}", x, y, texts))

    def draw_legend(self, top: int) -> int:
        """Explain the marks in use, in rows from `top` on; return the height of the whole chart."""
        if not self.chart.points:
            self.legend["none"] = _("実績はデータなし")
        left: Number = 8
        for name in LEGEND:
            if name not in self.legend:
                continue
            text = fit_text(self.legend[name], ROOM, WIDTH // 2)
            indent = 0 if name == "none" else 42
            width = indent + text_width(text, ROOM)
            if left + width > WIDTH - 4 and left > 8:
                left, top = 8, top + ROW
            self.legend_symbol(name, tenth(Fraction(left)), top)
            self.text(text, tenth(Fraction(left + indent)), top, dy=".35em")
            left += width + 18
        return top + ROW // 2 + 4

    def legend_symbol(self, name: str, x: Fraction, y: int) -> None:
        """Draw the symbol of a legend entry in the 34 units from `x` on."""
        lines = {"actual": "chart-line", "provisional": "chart-line", "target": "chart-target-line"}
        lines |= {"break": "chart-break", "border": "chart-border", "gap": "chart-gap"}
        if name in lines:
            inset = 10 if name == "gap" else 0
            self.add("line", cls=lines[name], x1=x + inset, y1=y, x2=x + 34 - inset, y2=y)
        if name == "band":
            fill = f"url(#{self.chart.uid}-hatch)"
            self.add("rect", x=x, y=y - 8, width=34, height=16, fill=fill)
        elif name not in ("break", "border", "gap", "none"):
            self.parts.append(mark(name, x + 17, y, 6, ""))
