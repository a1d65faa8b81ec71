"""Everything the page of one indicator shows, from its published rows."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import groupby

from django.http import Http404
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from indicators.choices import Accumulation, Basis, Direction
from indicators.models import Indicator, Series
from municipalities.models import Municipality
from plans.choices import Period
from plans.models import Plan, Policy
from rounds.models import Publication
from rounds.published import Record, records_of, superseded_rows

from . import figures
from .figures import RateShown
from .indicator_list import Fact, rate_of, row_of, time_words
from .indicator_table import Table, TargetShown, table_of, targets_of
from .judgements import JudgementShown, TrendShown, judgements_of
from .nodes import FootnoteShown, footnotes_of
from .outlook import ForecastShown
from .reasoning import Reasoning, reasoning_of
from .sections import Sections, SectionShown
from .succession import Counterparts, Takeover, earlier_rows, line_of
from .towns import moment_words
from .trend import chart_of
from .wording import (
    Badge,
    Link,
    ancestors,
    by_site,
    iso_day_words,
    node_name,
    plan_url,
)

# --- What is counted ---------------------------------------------------------------------------


def basis_words(series: Series, municipality: Municipality) -> str:
    """Return which time a value speaks of."""
    match series.basis:
        case Basis.CALENDAR_YEAR:
            return _("暦年（1月～12月）の値")
        case Basis.AS_OF_DATE:
            return _("%(month)s月%(day)s日現在の値") % {
                "month": series.as_of_month,
                "day": series.as_of_day,
            }
        case Basis.SURVEY_YEAR:
            return _("調査を行った年の値")
        case Basis.MEAN_OF_YEARS:
            return _("%(count)s年間の平均") % {"count": series.mean_years}
        case Basis.WINDOW if series.window_is_known:
            return _("%(first)sから%(last)sまでの累計") % {
                "first": municipality.year_label(series.window_start),
                "last": municipality.year_label(series.window_end),
            }
        case Basis.WINDOW:
            return _("一定期間の累計（期間の記載なし）")
    return _("年度の値")


def accumulation_words(series: Series, municipality: Municipality) -> str:
    words = str(Accumulation(series.accumulation).label)
    if series.start_fiscal_year is not None:
        start = municipality.year_label(series.start_fiscal_year)
        words += _("、%(year)sから数える") % {"year": start}
    return words


def direction_words(indicator: Indicator) -> str:
    if indicator.direction == Direction.UNKNOWN:
        return _("向きの記載なし")
    return str(Direction(indicator.direction).label)


# --- Sections ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class SectionYears:
    years: str
    sections: list[SectionShown]


def sections_of(plan: Plan, record: Record, sections: Sections) -> list[SectionYears]:
    """Return who was responsible, newest first; years with the same sections taken together."""
    rows = [(row.publication.fiscal_year, row.departments) for row in record.years]
    if not rows:
        rows = [(None, record.latest.departments)]
    spans = []
    for departments, group in groupby(rows, key=lambda row: row[1]):
        if not departments:
            continue
        years = [year for year, _departments in group]
        shown = sections.show(departments, years[-1])
        spans.append(SectionYears(_span(plan, years[0], years[-1]), shown))
    return spans[::-1]


def _span(plan: Plan, first: int | None, last: int | None) -> str:
    if first is None or last is None:
        return ""
    labels = [plan.municipality.year_label(year) for year in dict.fromkeys((first, last))]
    return "～".join(labels)


# --- Judgements --------------------------------------------------------------------------------


@dataclass(frozen=True)
class JudgedYear:
    """A year as it was judged; people's judgement is the valid one where there is one."""

    year: str
    valid: JudgementShown | None
    """The last stage by people."""
    before: list[JudgementShown] = field(default_factory=list)
    """The stages before it."""
    computed: Reasoning | None = None
    differs: bool = False
    """Whether people judged otherwise than the computation."""


def judged_years(plan: Plan, indicator: Indicator, record: Record) -> list[JudgedYear]:
    """Return what was judged, newest year first: by people every stage with its reason, and what
    was computed as far as it is public. What was expected of a year that is over is not
    explained any more."""
    years = []
    over = {
        row.publication.fiscal_year
        for row in record.years
        if row.publication.period == Period.YEAR_END
    }
    for row in reversed(record.years):
        people = [
            replace(found, judged_on=iso_day_words(plan.municipality, found.judged_on))
            for found in judgements_of(row, plan.municipality)
        ]
        is_past = row.publication.period == Period.FORECAST and row.publication.fiscal_year in over
        computed = None if is_past else reasoning_of(plan, indicator, row)
        if not people and computed is None:
            continue
        valid = people[-1] if people else None
        years.append(
            JudgedYear(
                year=time_words(plan, row),
                valid=valid,
                before=people[:-1],
                computed=computed,
                differs=valid is not None and computed is not None and _differ(valid, computed),
            )
        )
    return years


def _differ(valid: JudgementShown, computed: Reasoning) -> bool:
    """Whether two classes differ; where nothing could be computed, nothing was overridden."""
    found = computed.judgement
    return not found.reason and (valid.symbol, valid.label) != (found.symbol, found.label)


@dataclass(frozen=True)
class Source:
    text: str
    url: str
    years: str = ""


def sources_of(plan: Plan, record: Record) -> list[Source]:
    """Return where the figures come from; the plan itself where no row says it."""
    found: dict[tuple[str, str], list[str]] = {}
    for row in record.years or (record.latest,):
        if row.source or row.source_url:
            years = found.setdefault((row.source, row.source_url), [])
            year = row.publication.fiscal_year
            years += [] if year is None else [plan.municipality.year_label(year)]
    if not found and (plan.source or plan.source_url):
        found[plan.source, plan.source_url] = []
    return [
        Source(text or url, url, _("、").join(dict.fromkeys(years)) if len(found) > 1 else "")
        for (text, url), years in found.items()
    ]


# --- The page ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Break:
    year: str
    reason: str


@dataclass(frozen=True)
class IndicatorPage:
    code: str
    number: str
    title: str
    place: str
    badges: list[Badge]
    lifetime: str
    facts: list[Fact]
    rate: RateShown | None
    judgement: JudgementShown | None
    trend: TrendShown | None
    forecast: ForecastShown | None
    chart: SafeString
    table: Table
    targets: list[TargetShown]
    judged: list[JudgedYear]
    unit: str
    definition: str
    definition_badges: list[Badge]
    basis: str
    accumulation: str
    accumulation_note: str
    direction: str
    direction_note: str
    is_average: bool
    breaks: list[Break]
    sections: list[SectionYears]
    sources: list[Source]
    footnotes: list[FootnoteShown]
    notes: list[str]
    published_on: str
    counterparts: list[Counterparts] = field(default_factory=list)
    """The same series in the plan before and in those that follow."""
    borders: list[Takeover] = field(default_factory=list)
    """From which years on the figures are those of which plan."""

    @property
    def later(self) -> list[Counterparts]:
        """The plans that go on with the series."""
        return [found for found in self.counterparts if found.is_later]

    @property
    def explains(self) -> bool:
        """Whether a computed judgement is explained."""
        return any(judged.computed for judged in self.judged)


def _baseline_fact(plan: Plan, record: Record) -> list[Fact]:
    """Return the baseline, which stands first; without any actual figure it does so already."""
    shown = figures.headline(record)
    if shown is None or shown.amount is None:
        return []
    row = record.latest
    year = figures.baseline_year(row, plan.municipality)
    return [Fact(_("基準値"), year, figures.baseline_shown(row))]


def indicator_page(
    plan: Plan, publications: list[Publication], indicator: Indicator
) -> IndicatorPage:
    """Return the page of an indicator; Http404 where no publication holds it."""
    record = records_of(publications, [indicator.pk]).get(indicator.pk)
    if record is None:
        raise Http404(_("この指標は公表されていません。"))
    above = ancestors(indicator)
    row = row_of(plan, indicator, record)
    series, municipality = indicator.series, plan.municipality
    policy = next((node for node in above if isinstance(node, Policy)), None)
    newest = max(publication.effective_at for publication in publications)
    line = line_of(plan, indicator)
    is_one_line = bool(earlier_rows(line.eras, record))
    # What changes under the next plan is told there.
    breaks = [
        change
        for change in series.breaks.all()
        if line.ends is None or change.fiscal_year < line.ends
    ]
    return IndicatorPage(
        code=indicator.code,
        number=indicator.label or plan.label_indicator,
        title=row.title,
        place="｜".join(
            [*filter(None, [indicator.group]), *(node_name(plan, node) for node in reversed(above))]
        ),
        badges=row.badges,
        lifetime=row.lifetime,
        facts=[*_baseline_fact(plan, record), *row.facts],
        rate=rate_of(plan, record),
        judgement=row.judgement,
        trend=row.trend,
        forecast=row.forecast,
        chart=chart_of(plan, indicator, record, breaks, line.eras),
        table=table_of(
            plan, indicator, record, superseded_rows(publications, indicator), line.eras
        ),
        targets=targets_of(plan, indicator, record),
        judged=judged_years(plan, indicator, record),
        unit=record.latest.unit,
        definition=series.definition,
        definition_badges=[by_site()] if series.definition_by_site and series.definition else [],
        basis=basis_words(series, municipality),
        accumulation=accumulation_words(series, municipality),
        accumulation_note=series.accumulation_note,
        direction=direction_words(indicator),
        direction_note=indicator.direction_note,
        is_average=indicator.baseline_is_average,
        breaks=[
            Break(municipality.year_label(change.fiscal_year), change.reason) for change in breaks
        ],
        sections=sections_of(plan, record, Sections(municipality)),
        sources=sources_of(plan, record),
        footnotes=footnotes_of(plan, policy) if policy else [],
        notes=[note for note in (indicator.note, series.note) if note],
        published_on=moment_words(municipality, newest),
        counterparts=line.counterparts,
        borders=[
            Takeover(
                municipality.year_label(era.until), Link(str(era.after), plan_url(era.after)), True
            )
            for era in line.eras
            if is_one_line
        ],
    )
