"""A 中間見直し and a reorganisation of sections, lived through on みほん市: what was handed out for
the past years stays as it was, and the line of figures goes on."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.utils import timezone

from indicators.models import Actual, Responsibility, SeriesBreak, Target
from indicators.record import record_actual, record_target
from indicators.succession import start_successor
from measures.models import Correspondence, Measure, ProgressReport, ReportingDepartment
from measures.record import record_report
from municipalities.models import Department, DepartmentSuccession
from municipalities.record import record_row
from plans.choices import Period, WorkState
from plans.models import Plan
from plans.structure import remove_row
from rounds.models import PublishedIndicator, PublishedReport, PublishedSheet
from rounds.succession import record_plan

from .public_pages import open_page, publish_year
from .shipped import loaded_for_module

REVISED_FROM = 2027
LATER = datetime(2028, 9, 15, tzinfo=UTC)
NEW, OLD = "/mihon/mirai-kaitei/", "/mihon/mirai/"
FROZEN = (PublishedIndicator, PublishedReport, PublishedSheet)
PAGES = [
    *(f"{OLD}years/{year}/" for year in range(2020, 2026)),
    *(f"{OLD}goals/{code}/" for code in "12"),
    *(f"{OLD}policies/{code}/" for code in ("1-1", "1-2")),
    *(f"{OLD}measures/{code}/" for code in ("1-1-1", "1-2-1", "1-2-2")),
    *(f"{OLD}measures/1-2-1/sheets/{year}/" for year in (2022, 2025)),
    *(f"{OLD}sheets/{year}/" for year in (2022, 2025)),
    *(f"{OLD}indicators/{code}/" for code in ("0-2", "1-2-1", "1-2-2", "1-2-3")),
    OLD,
]

Snapshot = dict[str, BeautifulSoup]


def snapshot() -> Snapshot:
    return {path: open_page(Client(), path) for path in PAGES}


def frozen_rows(plan: Plan) -> list[Any]:
    return [list(model.objects.filter(publication__plan=plan).values()) for model in FROZEN]


class Story:
    """What was told, with the pages and the frozen rows before and after."""

    def __init__(self) -> None:
        self.old = Plan.objects.get(municipality__slug="mihon", slug="mirai")
        self.pages_before, self.rows_before = snapshot(), frozen_rows(self.old)
        self.reorganise()
        self.revise()
        self.report()
        self.pages_after, self.rows_after = snapshot(), frozen_rows(self.old)

    def reorganise(self) -> None:
        """学校教育課 becomes 学びの課 on April 1 of the year in which the edition takes over."""
        self.before = Department.objects.get(municipality__slug="mihon", code="gakko")
        self.before.valid_to = date(REVISED_FROM, 3, 31)
        record_row(self.before, by=None, reason="機構改革")
        self.section = record_row(
            Department(
                municipality=self.before.municipality,
                code="manabi",
                name="学びの課",
                parent=self.before.parent,
                valid_from=date(REVISED_FROM, 4, 1),
            ),
            by=None,
        )
        step = DepartmentSuccession(
            predecessor=self.before,
            successor=self.section,
            kind=DepartmentSuccession.Kind.RENAMED,
            effective_on=date(REVISED_FROM, 4, 1),
        )
        record_row(step, by=None)
        for model in (Responsibility, ReportingDepartment):
            for link in model.objects.filter(department=self.before):
                link.last_fiscal_year = REVISED_FROM - 1
                record_row(link, by=None, reason="機構改革")
                heir = model(department=self.section, order=link.order)
                for name in ("indicator_id", "row_id"):
                    if hasattr(link, name):
                        setattr(heir, name, getattr(link, name))
                heir.first_fiscal_year = REVISED_FROM
                record_row(heir, by=None, reason="機構改革")

    def revise(self) -> None:
        """A policy renamed, a measure added, one dropped, a definition changed, a target raised."""
        self.new = start_successor(
            self.old,
            slug="mirai-kaitei",
            title=self.old.title,
            edition="改訂版",
            takes_over_from=REVISED_FROM,
            start_fiscal_year=2020,
            end_fiscal_year=2031,
            by=None,
            reason="中間見直し",
        )
        policy = self.new.policy_set.get(code="1-2")
        policy.title = "ともに学ぶ学校と地域"
        record_row(policy, by=None, reason="中間見直し")
        added = Measure(
            plan=self.new, policy=policy, code="1-2-9", label="③", title="夜間の学びの場", order=9
        )
        record_row(added, by=None)
        number = self.new.correspondences.count() + 1
        record_row(self.line(number, new_measure=added), by=None)
        remove_row(self.new.measure_set.get(code="1-2-2"), by=None, reason="統合")
        dropped = self.old.measure_set.get(code="1-2-2")
        record_row(self.line(number + 1, old_measure=dropped), by=None)
        changed = self.new.indicators.get(code="1-2-3").series
        record_row(
            SeriesBreak(series=changed, fiscal_year=REVISED_FROM, reason="企業の登録を含める"),
            by=None,
        )
        target = Target(
            indicator=self.new.indicators.get(code="1-2-1"),
            fiscal_year=2031,
            kind="at_least",
            value=90,
        )
        record_target(target, by=None)
        self.new.stage = Plan.Stage.CURRENT
        record_plan(self.new, by=None, reason="中間見直し")

    def line(self, number: int, **sides: Any) -> Correspondence:
        return Correspondence(new_plan=self.new, old_plan=self.old, number=number, **sides)

    def report(self) -> None:
        """The first year of the revised edition is entered and published."""
        for code, value in (("1-2-1", 88), ("1-2-3", 400)):
            series = self.new.indicators.get(code=code).series
            actual = Actual(
                series=series, fiscal_year=REVISED_FROM, value=value, state=WorkState.CHECKED
            )
            record_actual(actual, by=None)
        row = self.new.measure_set.get(code="1-2-1").actions.first().rows.first()
        report = ProgressReport(
            row=row,
            fiscal_year=REVISED_FROM,
            period=Period.YEAR_END,
            result="学びの課として初めての年でした。",
            state=WorkState.CHECKED,
        )
        record_report(report, by=None)
        publish_year(self.new, REVISED_FROM)


@pytest.fixture(scope="module")
def story(django_db_setup: None, django_db_blocker: Any) -> Iterator[Story]:
    """The story told once, in autumn 2028, and taken back after this file."""
    with loaded_for_module(django_db_blocker), pytest.MonkeyPatch.context() as patch:
        patch.setattr(timezone, "now", lambda: LATER)
        yield Story()


def page(path: str) -> BeautifulSoup:
    return open_page(Client(), path)


def take_out(soup: BeautifulSoup) -> tuple[list[str], str]:
    """Take what the story adds out of a page; return it, and the text that is left."""
    soup = BeautifulSoup(str(soup), "html.parser")
    added = []
    for part in soup.select("dl.meta > div, p.alert, section > p, span.year"):
        text = part.get_text("", strip=True)
        if "みらい計画 改訂版" in text or text == "（現：学びの課）":
            added.append(text)
            part.extract()
    for empty in soup.select("dl.meta"):
        if not empty.get_text(strip=True):
            empty.extract()
    words = (line.strip() for line in soup.select_one("main").get_text("\n").splitlines())
    return added, "\n".join(filter(None, words))


# --- The past ----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES)
def test_a_page_of_the_past_looks_as_it_did(story: Story, path: str) -> None:
    nothing, before = take_out(story.pages_before[path])
    _added, after = take_out(story.pages_after[path])
    assert nothing == []
    assert after == before
    charts = [
        [str(chart) for chart in pages[path].select("svg.chart")]
        for pages in (story.pages_before, story.pages_after)
    ]
    assert charts[0] == charts[1]


@pytest.mark.parametrize(
    ("path", "added"),
    [
        (
            OLD,
            {
                "次の計画みほん市みらい計画 改訂版",
                "新旧対照表「みほん市みらい計画 改訂版」の新旧対照表",
                "令和9年度からは「みほん市みらい計画 改訂版」に引き継がれました。",
            },
        ),
        (f"{OLD}years/2025/", set()),
        (f"{OLD}measures/1-2-1/sheets/2025/", {"（現：学びの課）"}),
        (
            f"{OLD}policies/1-2/",
            {"「みほん市みらい計画 改訂版」では政策2 ともに学ぶ学校と地域"},
        ),
        (f"{OLD}measures/1-2-2/", {"「みほん市みらい計画 改訂版」では（削除）"}),
        (
            f"{OLD}indicators/1-2-1/",
            {
                "「みほん市みらい計画 改訂版」では授業がよくわかると答えた児童生徒の割合",
                "これより後の年度の値は、「みほん市みらい計画 改訂版」のページにあります。",
                "（現：学びの課）",
            },
        ),
    ],
)
def test_only_links_to_the_new_and_names_of_today_are_added(
    story: Story, path: str, added: set[str]
) -> None:
    assert set(take_out(story.pages_after[path])[0]) == added


def test_nothing_that_was_handed_out_has_changed(story: Story) -> None:
    assert story.rows_before == story.rows_after
    assert all(story.rows_before)


# --- The new plan ------------------------------------------------------------------------------


def line_lengths(soup: BeautifulSoup) -> list[int]:
    lines = soup.select("svg.chart polyline.chart-line")
    return [len(line["points"].split()) for line in lines]


def test_the_new_plan_draws_one_line_with_the_border_marked(story: Story) -> None:
    soup = page(f"{NEW}indicators/1-2-1/")
    words = soup.select_one("svg.chart desc").text
    assert "R9からは「改訂版」の値です。" in words
    assert "R9の88.0%になりました" in words
    assert "R13の目標は90.0%です。" in words
    assert soup.select("svg.chart line.chart-border")
    plans = [
        row.select_one("td").get_text(strip=True) for row in soup.select("table.data tbody tr")
    ]
    assert {"みほん市みらい計画", "改訂版"} == set(plans)


def test_the_changed_definition_breaks_the_line_in_the_new_plan_only(story: Story) -> None:
    new, old = page(f"{NEW}indicators/1-2-3/"), page(f"{OLD}indicators/1-2-3/")
    assert new.select("svg.chart line.chart-break")
    assert "企業の登録を含める" in new.text
    assert not old.select("svg.chart line.chart-break")
    assert "企業の登録を含める" not in old.text


def test_the_new_plan_says_what_is_new_and_who_answers_now(story: Story) -> None:
    assert "前の計画「みほん市みらい計画」では（新設）" in page(f"{NEW}measures/1-2-9/").select_one(
        "main"
    ).get_text("", strip=True)
    sheet = page(f"{NEW}measures/1-2-1/sheets/{REVISED_FROM}/").text
    assert "学びの課として初めての年でした。" in sheet
    assert "学校教育課" not in sheet
    assert Client().get(f"{NEW}measures/1-2-2/").status_code == 404
    assert "88.0" in page(f"{NEW}years/{REVISED_FROM}/").text
