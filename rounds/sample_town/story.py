"""Tells the years of the sample town through the write path, from 2020 to November 2026.

What each publication froze is therefore what was known then. All times are fixed, so that the
same tables always give the same rows.
"""

from __future__ import annotations

from datetime import date, datetime, time

from django.db import transaction
from django.utils import timezone

from indicators.choices import MissingReason, Stage
from municipalities.models import Municipality
from plans.choices import Period
from plans.models import Plan, YearLock
from plans.record import lock_year
from rounds.models import Publication

from . import reports, reports_late, reports_mid, reports_newest, strategy_revised, structure, whole
from .edition import make_revised_edition
from .reviews import COMMENTS
from .shapes import Entry, Round
from .structure import day_at
from .writing import FIRST_YEAR, LAST_YEAR, Writer

LOCKED_UNTIL = 2023
MID_YEARS_PUBLISHED = (2023, 2025)
FORECAST_PUBLISHED = 2024
REVISED_SOURCE = 2022
CORRECTED = 2022
# Since then the plan is handed out each June with the divisions' sheets of the year.
SHEETS_HANDED_OUT_SINCE = 2024
REPORTS = [
    *reports.REPORTS,
    *reports_late.REPORTS,
    *reports_newest.REPORTS,
    *reports_mid.REPORTS,
]
ONCE_A_YEAR = "年1回の集計のため、この時期の値はない。"

_Kind, _Mark = Publication.Kind, Publication.Mark


@transaction.atomic
def build(municipality: Municipality) -> list[Plan]:
    """Make the plans of the sample town with all their years, and return them."""
    structure.make_sections(municipality)
    structure.make_schemes(municipality)
    mirai = structure.make_mirai(municipality)
    senryaku = structure.make_senryaku(mirai)
    story = Story(mirai, senryaku)
    story.tell()
    strategies = [senryaku, story.kaitei]
    structure.make_related(mirai, whole.RELATED, strategies)
    return [mirai, *strategies]


def at(day: date, hour: int = 10) -> datetime:
    """Return the full hour of a day in Japan."""
    return datetime.combine(day, time(hour), tzinfo=timezone.get_default_timezone())


class Story(Writer):
    """What happened when."""

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
            if year == strategy_revised.TAKES_OVER_FROM - 1:
                self.revised_edition()
            self.new_year(year + 1)
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
            if period == Period.MID_YEAR:
                self.report_all(year, mid_year=True)
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

    def revised_edition(self) -> None:
        """The strategy's mid-term review of March 2025: a revised edition takes its place."""
        self.kaitei = make_revised_edition(self.senryaku)
        for line in strategy_revised.LINES:
            self.lines.append(line)
            self.indicators[line.code] = self.kaitei.indicators.get(code=line.code)
        self.publish(self.kaitei, _Kind.PLAN, at(date(2025, 4, 1), 9))

    def new_year(self, year: int) -> None:
        """May: the divisions set themselves goals; the plan is handed out anew with them."""
        self.set_sheets(year)
        self.stamp(at(day_at(year, 5, 28), 16))
        if year >= SHEETS_HANDED_OUT_SINCE:
            label = self.mirai.municipality.year_label(year)
            self.publish(
                self.mirai,
                _Kind.PLAN,
                at(day_at(year, 6, 7), 9),
                note=f"{label}の部門方針シートを加えた。",
            )

    def council(self, year: int) -> None:
        """August: what the sections entered, reported and judged goes to the council, with what
        the review board has said by then."""
        self.enter_all(year, Round.COUNCIL)
        self.report_all(year)
        self.conclude_sheets(year)
        self.judge(year, day_at(year + 1, 6, 20))
        self.pronounce(year, {Stage.FIRST, Stage.SECOND}, day_at(year + 1, 7, 10))
        day = day_at(year + 1, 8, 28)
        self.comment_all(year, until=day)
        self.publish(self.mirai, _Kind.COUNCIL, at(day), year)

    def public(self, year: int) -> None:
        """September: settled figures, the board's word and the town's answers; FY2020, FY2021 and
        the newest year are marked preliminary."""
        self.enter_all(year, Round.PUBLIC)
        self.comment_all(year, until=day_at(year + 1, 9, 30))
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
        """October: the strategy in force follows, with the figures it shares."""
        plan = self.senryaku if year < strategy_revised.TAKES_OVER_FROM else self.kaitei
        self.publish(plan, _Kind.PUBLIC, at(day_at(year + 1, 10, 20), 14), year)

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
        self.report_all(year, mid_year=True)
        self.stamp(at(date(2026, 11, 10), 16))

    # --- Several rows -------------------------------------------------------------------------

    def report_all(self, year: int, *, mid_year: bool = False) -> None:
        for report in REPORTS:
            if report.year == year and report.mid_year == mid_year:
                self.report(report)

    def comment_all(self, year: int, *, until: date) -> None:
        """Write down what the board had said by a day, with the answers given by then."""
        of_year = [comment for comment in COMMENTS if comment.year == year]
        for number, comment in enumerate(of_year, start=1):
            if comment.said_on <= until:
                self.comment(comment, number, until)
