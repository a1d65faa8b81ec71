"""Writes the rows of the sample town through the write path, each with the time of its event."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from indicators import evaluation, judging
from indicators.choices import Stage
from indicators.models import Actual, Indicator, Judgement, Target
from indicators.record import record_actual, record_judgement, record_target
from measures.models import (
    DepartmentPolicySheet,
    PriorityIssue,
    ProgressReport,
    ReportingRow,
    ReviewComment,
)
from measures.record import record_comment, record_report, record_sheet
from municipalities.models import Department
from plans.choices import Period, WorkState
from plans.models import Band, Plan, PlanScheme, WorkingRow
from rounds.models import Publication
from rounds.record import publish

from . import strategy, structure
from .shapes import Comment, Entry, Line, Report, Round
from .sheets import SHEETS as EARLY_SHEETS
from .sheets_late import SHEETS as LATE_SHEETS
from .verdicts import BOARD, HEADQUARTERS, VERDICTS

FIRST_YEAR, LAST_YEAR = 2020, 2025
SHEETS = [*EARLY_SHEETS, *LATE_SHEETS]
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


class Writer:
    """The plans, and the rows written since the last `stamp`."""

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
            taken_over=list(given.taken_over),
            state=given.state,
        )
        self.note(record_report(report, by=None))

    def set_sheets(self, year: int) -> None:
        """What departments set themselves for a year; what came of it, nobody knows yet."""
        for given in SHEETS:
            if given["fiscal_year"] != year:
                continue
            sheet = DepartmentPolicySheet(
                plan=self.mirai,
                department=self.department(given["department"]),
                fiscal_year=year,
                heading=given["heading"],
                role=given["role"],
                role_items=given["role_items"],
                state=given.get("state", WorkState.CHECKED),
            )
            self.note(record_sheet(sheet, by=None))
            for number, (title, issue, approach, _result) in enumerate(given["issues"], start=1):
                record_sheet(
                    PriorityIssue(
                        sheet=sheet, number=number, title=title, issue=issue, approach=approach
                    ),
                    by=None,
                )

    def conclude_sheets(self, year: int) -> None:
        """What came of the goals of a year."""
        for given in SHEETS:
            if given["fiscal_year"] != year:
                continue
            sheet = DepartmentPolicySheet.objects.get(
                plan=self.mirai, fiscal_year=year, department__code=given["department"]
            )
            sheet.result = given["result"]
            self.note(record_sheet(sheet, by=None))
            issues = sheet.priority_issues.order_by("number")
            for row, (*_set, result) in zip(issues, given["issues"], strict=True):
                row.result = result
                record_sheet(row, by=None)

    def comment(self, given: Comment, number: int, until: date) -> None:
        """Write down a comment of the board, with its answer where it was given by a day."""
        key = {"plan": self.mirai, "fiscal_year": given.year, "number": number}
        comment = ReviewComment.objects.filter(**key).first() or ReviewComment(
            **key,
            **structure.parent_of(self.mirai, given.on),
            board=BOARD,
            commented_on=given.said_on,
            comment=given.comment,
            state=given.state,
        )
        if given.answered_on is not None and given.answered_on <= until:
            comment.answer = given.answer
            comment.department = self.department(given.section)
            comment.answered_on = given.answered_on
        elif comment.pk:
            return
        self.note(record_comment(comment, by=None))

    def department(self, code: str) -> Department:
        return Department.objects.get(municipality=self.mirai.municipality, code=code)

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
