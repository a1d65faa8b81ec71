"""指標一覧 as typed rows: every indicator with baseline, targets, and each year's figure, rate and
judgement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exchange.evaluation_formats import FORMULAS, aim
from exchange.evaluation_table import rate_of, target_of
from indicators.choices import BaselineStatus, MissingReason, Revision, TargetKind
from indicators.evaluation import Formula
from indicators.models import Indicator
from measures.outline import key_of
from municipalities import fiscal_year as fiscal_years
from municipalities.days import month_words
from municipalities.models import Municipality
from plans.choices import LifeReason
from plans.models import BasicGoal, PlanScheme
from plans.naming import node_name
from rounds.models import Publication, PublishedIndicator
from rounds.year_counts import YearEntries

from .editions import Edition, state_words

NONE = "－"


class Figure(NamedTuple):
    """A figure with its places and what it is bound to (以上), or the words in its place."""

    value: Decimal | None = None
    decimals: int = 0
    words: str = ""
    suffix: str = ""


class Year(NamedTuple):
    """What a year says of an indicator. `target` None: the year has none of its own."""

    target: Figure | None
    actual: Figure
    rate: Figure
    judgement: str


@dataclass(frozen=True)
class Line:
    """One indicator. A year in which it did not belong to the plan has None."""

    number: str
    name: str
    unit: str
    sections: str
    baseline: Figure
    baseline_year: str
    years: tuple[Year | None, ...]
    formula: str
    target: Figure
    target_year: str
    remarks: str


@dataclass(frozen=True)
class Group:
    """The indicators below one goal; `name` says whose they are."""

    name: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Table:
    edition: Edition
    years: tuple[int, ...]
    groups: tuple[Group, ...]
    legend: tuple[tuple[str, str], ...]
    """Symbol and meaning of the classes of the newest year."""

    @property
    def lines(self) -> list[Line]:
        return [line for group in self.groups for line in group.lines]


def indicator_table(edition: Edition) -> Table:
    """Return the rows of an edition. The number of queries does not grow with the indicators."""
    return _Builder(edition).table()


class _Builder:
    def __init__(self, edition: Edition) -> None:
        self.edition, self.plan = edition, edition.plan
        self.town = edition.plan.municipality
        self.rows = edition.all_rows
        self.publications = {
            publication.fiscal_year: publication
            for publication in (*edition.earlier, edition.publication)
            if publication.fiscal_year is not None
        }
        self.entries = {
            year: YearEntries(self.plan, found, edition.schemes, is_internal=edition.is_internal)
            for year, found in self.publications.items()
        }

    def table(self) -> Table:
        groups: dict[int | None, tuple[BasicGoal | None, list[Line]]] = {}
        for indicator in self.edition.indicators.values():
            rows = {
                year: of_year[indicator.pk]
                for year, of_year in self.rows.items()
                if indicator.pk in of_year
            }
            goal = self.edition.goal_of_indicator(indicator)
            if not rows or not self.edition.is_wanted(goal):
                continue
            newest = rows[max(rows)]
            if not self.edition.is_of_section(newest.departments):
                continue
            key = goal.pk if goal else None
            groups.setdefault(key, (goal, []))[1].append(self._line(indicator, rows, newest))
        places = self.edition.places
        in_order = sorted(
            groups.values(), key=lambda found: places[key_of(found[0])][0] if found[0] else -1
        )
        return Table(
            edition=self.edition,
            years=self.edition.years,
            groups=tuple(
                Group(node_name(self.plan, goal) if goal else _("計画全体"), tuple(lines))
                for goal, lines in in_order
            ),
            legend=self._legend(),
        )

    def _legend(self) -> tuple[tuple[str, str], ...]:
        legend = self.edition.publication.legends.get(PlanScheme.Subject.INDICATORS)
        if legend is None:
            return ()
        return tuple(
            (band["symbol"] or band["label"], band["meaning"] or band["label"])
            for band in legend["bands"]
        )

    # --- A line ---

    def _line(
        self, indicator: Indicator, rows: Mapping[int, PublishedIndicator], newest: Any
    ) -> Line:
        final = max(
            (target for target in newest.targets if target["in_force"]),
            key=lambda target: target["fiscal_year"],
            default=None,
        )
        rates = {
            year: rate_of((row.computed or {}).get("verdict"), row.rates)
            for year, row in rows.items()
        }
        formula = next(
            (rates[year][0] for year in sorted(rates, reverse=True) if rates[year][1].value),
            Formula.PROGRESS,
        )
        return Line(
            number=indicator.label or indicator.code,
            name=newest.name,
            unit=newest.unit,
            sections="\n".join(section["name"] for section in newest.departments),
            baseline=_baseline(newest),
            baseline_year=_baseline_year(newest),
            years=tuple(
                self._year(year, rows[year], rates[year], formula) if year in rows else None
                for year in self.edition.years
            ),
            formula=str(FORMULAS[formula]) if self.edition.shows_rates else "",
            target=target_figure(final, newest.decimals),
            target_year="" if final is None else _year_label(final["fiscal_year"], final),
            remarks="\n".join(self._remarks(indicator, rows, newest, final)),
        )

    def _year(
        self, year: int, row: PublishedIndicator, rate: tuple[Formula, Any], formula: Formula
    ) -> Year:
        own = next(
            (each for each in row.targets if each["in_force"] and each["fiscal_year"] == year), None
        )
        actual = actual_figure(row, self.town)
        return Year(
            target=None if own is None else target_figure(own, row.decimals),
            actual=actual,
            rate=self._rate(actual, row, rate, formula),
            judgement=self._judgement(year, row),
        )

    def _rate(
        self, actual: Figure, row: PublishedIndicator, rate: tuple[Formula, Any], formula: Formula
    ) -> Figure:
        if not self.edition.shows_rates or (actual.value is None and actual.words):
            return Figure(words=NONE)
        found = rate[1] if rate[0] == formula else rate_of(None, _only(row.rates, formula))[1]
        if found.value is None:
            return Figure(words=found.reason.label if found.reason else NONE)
        return Figure(found.value, max(0, -int(found.value.as_tuple().exponent)))

    def _judgement(self, year: int, row: PublishedIndicator) -> str:
        """Return the class that counts: what people chose, else what was computed where these
        readers see it."""
        found = self.entries[year].valid(row)
        if found is None:
            return NONE
        return found["symbol"] or found["label"]

    def _remarks(
        self,
        indicator: Indicator,
        rows: Mapping[int, PublishedIndicator],
        newest: PublishedIndicator,
        final: dict[str, Any] | None,
    ) -> list[str]:
        found = [f"{newest.baseline_mark}{newest.baseline_note}"] if newest.baseline_note else []
        if final is not None and final["note"]:
            found.append(f"{final['mark']}{final['note']}")
        for year in self.edition.years:
            if year in rows:
                words = _year_remarks(rows[year], self.publications[year])
                if words:
                    found.append(f"{fiscal_years.short_label(year)}：{'、'.join(words)}")
        last = indicator.last_fiscal_year
        if last is not None and last < self.edition.fiscal_year:
            named = indicator.life_reason and indicator.life_reason != LifeReason.ADDED
            reason = indicator.get_life_reason_display() if named else _("終了")
            found.append(
                _("%(year)sまで（%(reason)s）")
                % {"year": self.town.year_label(last), "reason": reason}
            )
        return found


def _only(rates: Mapping[str, Any], formula: Formula) -> dict[str, Any]:
    """Return a rate alone, under the name of the one that comes first without a scheme."""
    name = "progress" if formula == Formula.PROGRESS else "achievement"
    return {"progress": rates[name]} if name in rates else {}


def _year_remarks(row: PublishedIndicator, publication: Publication) -> list[str]:
    """Return what marks a year's figure: 速報, 訂正 with its reason, its note, its state."""
    found = []
    is_preliminary = publication.mark == Publication.Mark.PRELIMINARY
    if row.is_provisional or (is_preliminary and row.amount is not None):
        found.append(_("速報"))
    if row.revision and (row.revision != Revision.SETTLED or row.revision_reason):
        label = str(Revision(row.revision).label)
        found.append(f"{label}（{row.revision_reason}）" if row.revision_reason else label)
    if row.note:
        found.append(row.note)
    if state := state_words(row.state):
        found.append(state)
    return found


# --- Figures -----------------------------------------------------------------------------------


def actual_figure(row: PublishedIndicator, town: Municipality) -> Figure:
    """Return the figure the year is judged by, or why there is none."""
    if row.amount is not None:
        return Figure(row.amount, _places(row.amount, row.decimals))
    if row.value_label and not row.missing_reason:
        return Figure(words=row.value_label)
    reason = str(MissingReason(row.missing_reason).label) if row.missing_reason else _("記載なし")
    if row.expected_on is not None:
        month = month_words(town, row.expected_on)
        reason = _("%(reason)s（%(month)s確定予定）") % {"reason": reason, "month": month}
    return Figure(words=reason)


def _baseline(row: PublishedIndicator) -> Figure:
    if row.baseline_value is not None:
        return Figure(row.baseline_value, _places(row.baseline_value, row.decimals))
    printed = row.baseline_value_label.strip("-−‐－ー―—")
    if row.baseline_status == BaselineStatus.NOT_STARTED:
        return Figure(words=printed or _("計測開始前"))
    return Figure(words=printed or _("基準値なし"))


def _baseline_year(row: PublishedIndicator) -> str:
    if row.baseline_label:
        return row.baseline_label
    if row.baseline_fiscal_year is None:
        return "" if row.baseline_status == BaselineStatus.UNAVAILABLE else _("年度不明")
    return fiscal_years.short_label(row.baseline_fiscal_year)


_BOUND = {
    TargetKind.AT_LEAST: gettext_lazy("以上"),
    TargetKind.AT_MOST: gettext_lazy("以下"),
}


def target_figure(document: Mapping[str, Any] | None, decimals: int) -> Figure:
    """Return a frozen target: a figure where it is one, else its words."""
    target = target_of(document, decimals)
    kind = target.kind
    is_number = target.value is not None and kind in {
        TargetKind.AT_LEAST,
        TargetKind.AT_MOST,
        TargetKind.UNSPECIFIED,
    }
    if not is_number:
        printed = "" if document is None or target.value is None else document["value_label"]
        return Figure(words=printed or aim(target) or NONE)
    suffix = str(_BOUND[TargetKind(kind)]) if kind in _BOUND else ""
    return Figure(target.value, _places(target.value, decimals), suffix=suffix)


def _year_label(year: int, document: Mapping[str, Any]) -> str:
    return document["year_label"] or fiscal_years.short_label(year)


def _places(value: Decimal, decimals: int) -> int:
    return max(decimals, -int(value.normalize().as_tuple().exponent))
