"""Tells the years of the sample town through the write path, from 2020 to November 2026.

What each publication froze is therefore what was known then. All times are fixed, so that the
same tables always give the same rows.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, time
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.utils import timezone

from indicators import evaluation, judging
from indicators.choices import MissingReason, Stage
from indicators.models import Actual, Indicator, Judgement, Target
from indicators.record import record_actual, record_judgement, record_target
from measures.models import ProgressReport, ReportingRow
from measures.record import record_report
from municipalities.models import Municipality
from plans.choices import Period, WorkState
from plans.models import Band, Plan, PlanScheme, WorkingRow, YearLock
from plans.record import lock_year
from rounds.models import Publication
from rounds.record import publish

from . import reports, reports_late, strategy, structure
from .shapes import Entry, Line, Report, Round
from .structure import day_at
from .verdicts import BOARD, HEADQUARTERS, VERDICTS

FIRST_YEAR, LAST_YEAR = 2020, 2025
LOCKED_UNTIL = 2023
MID_YEARS_PUBLISHED = (2023, 2025)
FORECAST_PUBLISHED = 2024
REVISED_SOURCE = 2022
CORRECTED = 2022
REPORTS = [*reports.REPORTS, *reports_late.REPORTS]
# What an entry says anew about a year, so that nothing of an earlier entry stays.
UNSAID = {
    "missing_reason": "",
    "expected_on": None,
    "is_provisional": False,
    "revision": "",
    "revision_reason": "",
    "value_label": "",
    "note": "",
    "internal_note": "",
    "state": WorkState.CHECKED,
}
ONCE_A_YEAR = "年1回の集計のため、この時期の値はない。"

_Kind, _Mark = Publication.Kind, Publication.Mark


@transaction.atomic
def build(municipality: Municipality) -> list[Plan]:
    """Make both plans of the sample town with all their years, and return them."""
    structure.make_sections(municipality)
    structure.make_schemes(municipality)
    mirai = structure.make_mirai(municipality)
    senryaku = structure.make_senryaku(mirai)
    Story(mirai, senryaku).tell()
    return [mirai, senryaku]


def at(day: date, hour: int = 10) -> datetime:
    """Return the full hour of a day in Japan."""
    return datetime.combine(day, time(hour), tzinfo=timezone.get_default_timezone())


def place_of(case: evaluation.Case, share: Fraction) -> int | None:
    """Return the band the sections choose by their rule of thumb (1 best to 4), None where
    nothing can be said: met, 80 % or half of `share` of the way; without a rate, better or not."""
    met = evaluation.is_met(case)
    if met.value is None or evaluation.judging_obstacle(case):
        return None
    if met:
        return 1
    rate = evaluation.progress_rate(case).value
    if rate is None:
        rate = evaluation.achievement_rate(case, inverted=True).value
    if rate is None:
        return 3 if evaluation.is_better(case) else 4
    return 2 if rate >= 80 * share else 3 if rate >= 50 * share else 4


class Story:
    """The two plans, and the rows written since the last `stamp`."""

    def __init__(self, mirai: Plan, senryaku: Plan) -> None:
        self.mirai, self.senryaku = mirai, senryaku
        self.lines = [*structure.LINES, *strategy.LINES]
        self.indicators = {
            indicator.code: indicator
            for indicator in Indicator.objects.filter(plan__in=[mirai, senryaku]).select_related(
                "plan", "series"
            )
        }
        self.bands = {
            year: list(mirai.scheme_in(PlanScheme.Subject.INDICATORS, year).bands.all())
            for year in range(FIRST_YEAR, LAST_YEAR + 1)
        }
        self.unstamped: dict[type[WorkingRow], list[int]] = defaultdict(list)

    def tell(self) -> None:
        for line in self.lines:
            self.set_targets(line, revised=False)
        opening = at(date(2020, 4, 1), 9)
        for plan in (self.mirai, self.senryaku):
            self.publish(plan, _Kind.PLAN, opening)
        for year in range(FIRST_YEAR, LAST_YEAR + 1):
            self.middle(year)
            if year == 2022:
                self.mid_term_review()
            if year == REVISED_SOURCE + 1:
                self.source_revision(REVISED_SOURCE)
            self.council(year)
            self.public(year)
            self.strategy(year)
            self.late(year - 1)
            if year == CORRECTED:
                self.correction(year)
        self.going_on()

    # --- The events of a year -----------------------------------------------------------------

    def middle(self, year: int) -> None:
        """9月末 in November, 年度末見込 in February; published in some years only."""
        for period, published, day in (
            (Period.MID_YEAR, year in MID_YEARS_PUBLISHED, day_at(year, 11, 30)),
            (Period.FORECAST, year == FORECAST_PUBLISHED, day_at(year + 1, 2, 14)),
        ):
            if not published:
                continue
            for line in self.lines:
                given = line.mid if period == Period.MID_YEAR else line.forecast
                indicator = self.indicators[line.code]
                if isinstance(line.series, str) or not indicator.is_in_year(year):
                    continue
                once = Entry(
                    None,
                    fields={"missing_reason": MissingReason.NOT_APPLICABLE, "note": ONCE_A_YEAR},
                )
                self.enter(line, year, Entry.of(given.get(year, once)), period)
            self.publish(self.mirai, _Kind.PUBLIC, at(day), year, period)

    def mid_term_review(self) -> None:
        """The mid-term review of March 2023 revised targets; the plan was handed out anew."""
        for line in structure.LINES:
            self.set_targets(line, revised=True)
        self.publish(
            self.mirai,
            _Kind.PLAN,
            at(date(2023, 4, 3), 9),
            note="中間見直しによる目標値の改定と、追加した指標・取組を反映した。",
        )

    def council(self, year: int) -> None:
        """August: what the sections entered, reported and judged goes to the council."""
        self.enter_all(year, Round.COUNCIL)
        for report in REPORTS:
            if report.year == year and not report.mid_year:
                self.report(report)
        self.judge(year, day_at(year + 1, 6, 20))
        self.pronounce(year, {Stage.FIRST, Stage.SECOND}, day_at(year + 1, 7, 10))
        self.publish(self.mirai, _Kind.COUNCIL, at(day_at(year + 1, 8, 28)), year)

    def public(self, year: int) -> None:
        """September: settled figures and the board's word; FY2020, FY2021 and the newest year
        are marked preliminary."""
        self.enter_all(year, Round.PUBLIC)
        self.judge(year, day_at(year + 1, 9, 4))
        self.pronounce(year, {Stage.EXTERNAL, Stage.FINAL}, day_at(year + 1, 9, 11))
        settled = year in range(2022, LAST_YEAR)
        self.publish(
            self.mirai,
            _Kind.PUBLIC,
            at(day_at(year + 1, 9, 30), 14),
            year,
            mark=_Mark.FINAL if settled else _Mark.PRELIMINARY,
        )

    def strategy(self, year: int) -> None:
        """October: the strategy follows, with the figures it shares."""
        if year == 2024:
            for line in strategy.LINES:
                self.set_targets(line, revised=True)
        self.publish(self.senryaku, _Kind.PUBLIC, at(day_at(year + 1, 10, 20), 14), year)

    def late(self, year: int) -> None:
        """A year and a half after the year: late statistics, then nothing changes any more."""
        if not FIRST_YEAR <= year <= LOCKED_UNTIL:
            return
        self.enter_all(year, Round.LATE)
        self.judge(year, day_at(year + 2, 9, 20))
        self.publish(
            self.mirai,
            _Kind.PUBLIC,
            at(day_at(year + 2, 10, 28), 14),
            year,
            note="未集計だった健康寿命と温室効果ガス排出量の値を加えた。",
        )
        for plan in (self.mirai, self.senryaku):
            lock = lock_year(plan, year, by=None, reason="確定版の公表を終えたため")
            YearLock.objects.filter(pk=lock.pk).update(locked_at=at(day_at(year + 2, 10, 31), 17))

    def correction(self, year: int) -> None:
        """November 2023: a figure had been copied wrongly."""
        self.enter_all(year, Round.CORRECTION)
        self.judge(year, date(year + 1, 11, 10), reason="値の訂正にともない、評価を見直した。")
        self.publish(
            self.mirai,
            _Kind.PUBLIC,
            at(date(year + 1, 11, 15), 14),
            year,
            mark=_Mark.CORRECTION,
            reason="「自主防災組織の組織率」の値に誤りがあったため（誤：96.8%、正：86.8%）。",
        )

    def source_revision(self, year: int) -> None:
        """June 2024: the prefecture revised a figure both plans use."""
        self.enter_all(year, Round.SOURCE)
        self.judge(year, date(year + 2, 6, 7), reason="値の遡及改定にともない、評価を見直した。")
        for plan in (self.mirai, self.senryaku):
            self.publish(
                plan,
                _Kind.PUBLIC,
                at(date(year + 2, 6, 14), 14),
                year,
                mark=_Mark.SOURCE_REVISION,
                reason="県の観光統計で令和4年の値がさかのぼって改定されたため。",
            )

    def going_on(self) -> None:
        """November 2026: the round of 9月末 has begun, nothing of it is published."""
        year = LAST_YEAR + 1
        for line in self.lines:
            if year in line.mid:
                self.enter(line, year, Entry.of(line.mid[year]), Period.MID_YEAR)
        for report in REPORTS:
            if report.year == year:
                self.report(report)
        self.stamp(at(date(2026, 11, 10), 16))

    # --- Rows through the write path ------------------------------------------------------------

    def set_targets(self, line: Line, *, revised: bool) -> None:
        for given in line.targets:
            if bool(given.get("revision")) == revised:
                record_target(Target(indicator=self.indicators[line.code], **given), by=None)

    def enter_all(self, year: int, entered: Round) -> None:
        for line in self.lines:
            for entry in line.entries(year, entered):
                self.enter(line, year, entry, Period.YEAR_END)

    def enter(self, line: Line, year: int, entry: Entry, period: str) -> None:
        series = self.indicators[line.code].series
        key = {"series": series, "fiscal_year": year, "period": period}
        actual = Actual.objects.filter(**key).first() or Actual(**key)
        actual.value = entry.value
        for name, content in (UNSAID | entry.fields).items():
            setattr(actual, name, content)
        self.note(record_actual(actual, by=None, reason=actual.revision_reason))

    def report(self, given: Report) -> None:
        row = ReportingRow.objects.get(
            action__plan=self.mirai, action__code=given.action, order=given.row
        )
        rating = given.rating and Band.objects.get(
            scheme=self.mirai.scheme_in(PlanScheme.Subject.REPORTS, given.year),
            symbol=given.rating,
        )
        report = ProgressReport(
            row=row,
            fiscal_year=given.year,
            period=Period.MID_YEAR if given.mid_year else Period.YEAR_END,
            issues=given.issues,
            projects=list(given.projects),
            result=given.result,
            rating=rating or None,
            direction=given.next,
            extra=given.extra(),
            state=given.state,
        )
        self.note(record_report(report, by=None))

    def judge(self, year: int, day: date, reason: str = "") -> None:
        """Let the sections choose the first-stage band of each indicator by their rule; where a
        changed figure changes it, they choose again."""
        # Until FY2021 they looked at the pace, since then at the way to the final target.
        share = Fraction(year - 2019, 8) if year < 2022 else Fraction(1)
        spoken = {row[0] for row in VERDICTS if row[1] == year and row[2] == Stage.FIRST}
        for line in structure.LINES:
            indicator = self.indicators[line.code]
            if line.code in spoken or not indicator.is_in_year(year):
                continue
            entries = Actual.objects.filter(series=indicator.series, fiscal_year__lte=year)
            course = judging.course_of(
                indicator, [judging.Entry.of(actual) for actual in entries], year
            )
            case = course.case(year, course.final_target)
            place = place_of(case, share)
            if place is not None:
                self.choose(indicator, year, Stage.FIRST, place, "担当課", day, reason)

    def pronounce(self, year: int, stages: set[str], day: date) -> None:
        judges = {
            Stage.FIRST: "担当課",
            Stage.SECOND: "企画課",
            Stage.EXTERNAL: BOARD,
            Stage.FINAL: HEADQUARTERS,
        }
        for code, spoken_year, stage, place, reason in VERDICTS:
            if spoken_year == year and stage in stages:
                indicator = self.indicators[code]
                self.choose(indicator, year, stage, place, judges[stage], day, reason)

    def choose(
        self,
        indicator: Indicator,
        year: int,
        stage: str,
        place: int,
        judged_by: str,
        day: date,
        reason: str,
    ) -> None:
        """Record a judgement; nothing happens where the same band stands already."""
        band = self.bands[year][place - 1]
        key = {
            "indicator": indicator,
            "fiscal_year": year,
            "period": Period.YEAR_END,
            "stage": stage,
        }
        judgement = Judgement.objects.filter(**key).first()
        if judgement is not None and judgement.band_id == band.pk:
            return
        judgement = judgement or Judgement(**key)
        judgement.band = band
        judgement.judged_by = judged_by
        judgement.judged_on = day
        judgement.reason = reason
        judgement.state = WorkState.CHECKED
        self.note(record_judgement(judgement, by=None))

    def publish(
        self,
        plan: Plan,
        kind: str,
        moment: datetime,
        year: int | None = None,
        period: str = "",
        **marks: Any,
    ) -> None:
        if year is not None:
            period = period or Period.YEAR_END
        publication = publish(
            plan, kind, by=None, fiscal_year=year, period=period, effective_at=moment, **marks
        )
        Publication.objects.filter(pk=publication.pk).update(created_at=moment)
        self.stamp(moment)

    # --- Times ----------------------------------------------------------------------------------

    def note(self, row: WorkingRow) -> None:
        self.unstamped[type(row)].append(row.pk)

    def stamp(self, moment: datetime) -> None:
        """Give the rows written since the last stamp the time of this event."""
        for model, keys in self.unstamped.items():
            model.objects.filter(pk__in=keys).update(updated_at=moment)
        self.unstamped.clear()
