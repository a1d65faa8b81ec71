"""What a figure comes to: rate and judgement in each plan, and what looks like a slip.

Computed by `indicators.judging` only, for what is saved and for what is being typed alike; the
number of queries does not depend on the number of lines.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indicators import evaluation, judging
from indicators.choices import Accumulation, MissingReason
from indicators.evaluation import Formula, Reason
from indicators.judging import Entry, Judged
from indicators.models import Actual, Indicator
from plans.choices import Period
from plans.models import PlanScheme

from .figure_lines import FigureLine
from .lines import Texts, Values
from .plausible import Doubt, doubts
from .reading import is_percent

_RATES = {
    Formula.PROGRESS: gettext_lazy("進捗率"),
    Formula.ACHIEVEMENT: gettext_lazy("達成率"),
    Formula.ACHIEVEMENT_PLAIN: gettext_lazy("達成率"),
    Formula.CHANGE: gettext_lazy("増減率"),
}


@dataclass
class Result:
    """What is said of a figure beside its box."""

    text: str = ""
    warnings: list[str] = field(default_factory=list)
    error: str = ""


class Book:
    """The figures of some series through the years, and what a figure among them comes to."""

    def __init__(self, lines: Iterable[FigureLine], *, with_plans: bool = True) -> None:
        lines = list(lines)
        if with_plans:
            prefetch_related_objects(
                [indicator for line in lines for indicator in line.indicators],
                "targets",
                "series__breaks",
                "plan__schemes__scheme__bands",
            )
        self._entries: dict[int, list[Entry]] = defaultdict(list)
        read = {line.series.pk: line.course for line in lines if line.course is not None}
        for number, course in read.items():
            self._entries[number] = [Entry.of(row) for row in course]
        rows = Actual.objects.filter(
            series__in={line.series.pk for line in lines} - read.keys(),
            fiscal_year__lte=max((line.fiscal_year for line in lines), default=0),
        )
        for row in rows.order_by().values_list(*Entry._fields):
            self._entries[row[0]].append(Entry(*row))
        self._schemes: dict[tuple[int, int], evaluation.Scheme | None] = {}

    def doubts(self, line: FigureLine, value: Decimal | None) -> list[Doubt]:
        """Return what to ask about a figure in a line's place."""
        if value is None:
            return []
        return doubts(
            value,
            self._earlier(line),
            line.fiscal_year,
            is_percent=is_percent(line.series),
            is_running_total=line.series.accumulation == Accumulation.RUNNING_TOTAL,
        )

    def _earlier(self, line: FigureLine) -> dict[int, Decimal]:
        """Return year → the figure of that year a line's can be held against: of the same period,
        else of the year's end, unless half a year stood against a whole one."""
        yearly = {Accumulation.FLOW, Accumulation.SUM}
        is_half = line.period == Period.MID_YEAR and line.series.accumulation in yearly
        periods = [line.period] if is_half else [Period.YEAR_END, line.period]
        return {
            entry.fiscal_year: entry.value
            for period in periods
            for entry in self._entries[line.series.pk]
            if entry.period == period and entry.value is not None
        }

    def result(self, line: FigureLine, value: Decimal | None, missing_reason: str) -> Result:
        """Return what a figure in a line's place comes to; nothing where there is none."""
        if value is None and not missing_reason:
            return Result()
        said = Entry(line.series.pk, line.fiscal_year, line.period, value, missing_reason)
        entries = [
            entry
            for entry in self._entries[line.series.pk]
            if (entry.fiscal_year, entry.period) != (line.fiscal_year, line.period)
        ]
        words = {
            indicator.plan: self._words(indicator, [*entries, said], line)
            for indicator in line.indicators
        }
        different = list(dict.fromkeys(filter(None, words.values())))
        if len(different) > 1:
            text = "\n".join(f"{plan}：{said}" for plan, said in words.items() if said)
        else:
            text = "".join(different)
        return Result(text, [doubt.text for doubt in self.doubts(line, value)])

    def _words(self, indicator: Indicator, entries: list[Entry], line: FigureLine) -> str:
        course = judging.course_of(indicator, entries, line.fiscal_year, line.period)
        scheme = self._scheme(indicator.plan, line.fiscal_year)
        return result_words(Judged(indicator, line.fiscal_year, line.period, course, scheme))

    def _scheme(self, plan: Any, fiscal_year: int) -> evaluation.Scheme | None:
        place = (plan.pk, fiscal_year)
        if place not in self._schemes:
            subject = PlanScheme.Subject.INDICATORS
            self._schemes[place] = judging.scheme_of(plan, subject, fiscal_year)
        return self._schemes[place]


def result_words(judged: Judged) -> str:
    """Return the rate and the computed class of a year in words, or why there is none."""
    verdict = judged.verdict
    parts = []
    name = None if verdict is None else _RATES.get(verdict.scheme.formula)
    if verdict is not None and name is not None:
        shown = verdict.rate_shown
    else:  # without a formula of the scheme's own, how far the figure has come
        name, rate = _RATES[Formula.PROGRESS], judged.rates.get("progress")
        shown = None if rate is None else evaluation.to_decimal(rate, 1)
    if shown is not None:
        parts.append(f"{name} {shown:,}％")
    if verdict is None:
        return "".join(parts)
    if verdict.band is not None:
        symbol, label = verdict.symbol, verdict.label
        parts.append(symbol if symbol == label else f"{symbol} {label}")
    elif verdict.reason is not None:
        reason = Reason(verdict.reason).label
        parts.append(_("評価なし：%(reason)s") % {"reason": reason})
    return "／".join(parts)


def typed_result(book: Book, line: FigureLine, texts: Texts) -> Result:
    """Return what a line comes to as it is being typed, or what is wrong with it."""
    texts = {column: text for column, text in texts.items() if column in line.texts}
    values, problems = line.read(line.texts | texts)
    if problems:
        blank = not any(line.changed(texts, line.texts))
        return Result() if blank else Result(error=" ".join(each.message for each in problems))
    return book.result(line, values["value"], values["missing_reason"])


def saved_result(book: Book, line: FigureLine) -> Result:
    """Return what a line comes to as it is saved."""
    working = line.working
    if working is None:
        return Result()
    try:
        return book.result(line, working.value, working.missing_reason)
    except ValidationError as error:
        return Result(error=" ".join(error.messages))


def reason_words(values: Values | Mapping[str, Any]) -> str:
    """Return why there is no value, "" where there is one."""
    reason = values.get("missing_reason") or ""
    return str(MissingReason(reason).label) if reason else ""
