"""Before publishing, planners see what changes for the readers; what is scheduled, they may take
back until its time."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from indicators.models import Actual, Indicator
from measures.models import ProgressReport
from plans.models import Plan
from rounds import record
from rounds.contents import contents_of
from rounds.differences import Differences, Line, differences_of
from rounds.models import Publication, PublishedIndicator

from . import factories as make
from .admin_pages import address, sign_in
from .people import People, make_people

KIND = Publication.Kind
YEAR: dict[str, Any] = {"fiscal_year": 2023, "period": "year_end"}


@pytest.fixture
def people(db: None) -> People:
    return make_people()


@pytest.fixture
def plan(people: People) -> Plan:
    plan = make.make_plan(people.kita)
    band = make.make_scheme(plan=plan).bands.first()
    for name in ("出生数", "検診率", "利用者数"):
        indicator = make.make_indicator(plan, name=name, departments=[people.welfare])
        make.make_target(indicator)
        make.make_actual(indicator.series, value=150)
    make.make_judgement(indicator, band)
    for title in ("相談", "広報"):
        row = make.make_row(make.make_action(plan, title=title), [people.welfare])
        text = f"{title}の窓口を二つの地区に設け、延べ百人の利用がありました。"
        make.make_report(row, state="checked", result=text)
    record.publish(plan, KIND.PLAN, by=None)
    return plan


def publish(plan: Plan, kind: str = KIND.PUBLIC, **options: Any) -> Publication:
    return record.publish(plan, kind, by=None, **(YEAR | options))


def changes(plan: Plan, kind: str = KIND.PUBLIC, **options: Any) -> Differences:
    """What publishing the year would change now."""
    publication = record.prepare(plan, kind, by=None, **(YEAR | options))
    return differences_of(publication, contents_of(publication))


def said(line: Line) -> dict[str, tuple[str, str]]:
    """Label → what a changed row says before and after."""
    sides = {each.label: (each.before, each.after) for each in line.changes}
    return {
        label: tuple("".join(piece.text for piece in side) for side in pair)
        for label, pair in sides.items()
    }


def actual(name: str) -> Any:
    return Actual.objects.filter(series__indicators__name=name)


def test_a_first_publication_is_all_new(plan: Plan) -> None:
    found = changes(plan)
    assert found.before is None
    counts = [(len(part.new), len(part.changed), part.unchanged) for part in found.parts]
    assert counts == [(3, 0, 0), (2, 0, 0), (0, 0, 0), (0, 0, 0)]


def test_what_nobody_changed_is_unchanged(plan: Plan) -> None:
    publish(plan)
    found = changes(plan)
    assert not found.is_changed
    assert [(part.unchanged, part.inner) for part in found.parts] == [
        (3, 0),
        (2, 0),
        (0, 0),
        (0, 0),
    ]


def test_figures_marks_rates_and_judgements_before_and_after(plan: Plan) -> None:
    publish(plan)
    actual("出生数").update(
        value=Decimal(140), revision="corrected", revision_reason="集計の誤り", is_provisional=True
    )
    actual("検診率").update(state="draft")
    last = Indicator.objects.get(name="利用者数")
    last.judgements.update(reason="議会の意見による")
    indicators = changes(plan).parts[0]
    lines = {line.title: said(line) for line in indicators.changed}
    birth = lines["出生数"]
    assert birth["実績値"] == ("150人", "140人")
    assert birth["印"] == ("", "速報、訂正（集計の誤り）")
    assert birth["進捗率"] == ("50.0%", "40.0%")
    assert lines["検診率"]["実績値"] == ("150人", "－（未集計）")
    assert lines["利用者数"]["評価"][1] == "一次評価：A 評価A（議会の意見による）"
    assert changes(plan).lost == 1


def test_rows_that_join_change_and_leave(plan: Plan, people: People) -> None:
    publish(plan)
    gone, kept = ProgressReport.objects.order_by("pk")
    ProgressReport.objects.filter(pk=gone.pk).update(state="submitted")
    text = kept.result.replace("百人", "百二十人")
    ProgressReport.objects.filter(pk=kept.pk).update(result=text)
    row = make.make_row(make.make_action(plan, title="新しい取組"), [people.welfare])
    make.make_report(row, state="checked")
    make.make_comment(plan, state="checked", number=1, comment="よい。")
    make.make_sheet(plan, people.division, state="checked")
    _indicators, reports, sheets, comments = changes(plan).parts
    assert [line.title for line in reports.new] == [str(row.action)]
    assert [line.title for line in reports.gone] == [str(gone.row.action)]
    (change,) = reports.changed[0].changes
    assert change.label == "成果"
    marked = [piece.text for piece in change.after if piece.changed]
    assert "".join(marked) in {"二十", "百二十"}
    assert (len(sheets.new), len(comments.new)) == (1, 1)


def test_details_nobody_reads_are_counted_apart(plan: Plan) -> None:
    row = publish(plan).indicators.first()
    document = row.computed | {"terms": None}
    PublishedIndicator.objects.filter(pk=row.pk).update(computed=document)
    part = changes(plan).parts[0]
    assert (part.inner, part.unchanged, part.changed) == (1, 2, ())


def test_a_settled_figure_that_changes_without_a_reason_is_pointed_out(plan: Plan) -> None:
    publish(plan)
    actual("出生数").update(value=Decimal(1))
    assert changes(plan).unmarked == 1
    assert changes(plan, mark="correction", reason="誤り").unmarked == 0
    actual("出生数").update(revision="source_revised", revision_reason="国の改定")
    assert changes(plan).unmarked == 0


def test_each_kind_is_compared_with_its_own_last_copy(plan: Plan) -> None:
    council = publish(plan, KIND.COUNCIL)
    assert changes(plan, KIND.COUNCIL).before == council
    assert changes(plan).before is None
    assert changes(plan, period="mid_year").before is None
    assert record.prepare(plan, KIND.PLAN, by=None).number == 3
    whole = record.prepare(plan, KIND.PLAN, by=None)
    assert not differences_of(whole, contents_of(whole)).is_changed


def test_preliminary_comes_before_settled(plan: Plan) -> None:
    publish(plan, mark="preliminary")
    publish(plan, mark="preliminary")
    publish(plan, mark="final")
    with pytest.raises(ValidationError, match="「速報」にはできません"):
        publish(plan, mark="preliminary")
    publish(plan, KIND.COUNCIL, mark="preliminary")


def test_queries_do_not_grow_with_the_plan(people: People) -> None:
    counts = []
    for size in (3, 30):
        plan = make.make_plan(people.kita)
        record.publish(plan, KIND.PLAN, by=None)
        for _number in range(size):
            indicator = make.make_indicator(plan, departments=[people.welfare])
            make.make_actual(indicator.series)
            row = make.make_row(make.make_action(plan), [people.welfare])
            make.make_report(row, state="checked")
            make.make_comment(plan, state="checked", policy=make.make_policy(plan))
        publish(plan)
        ProgressReport.objects.update(result="別の文")
        Actual.objects.update(value=1)
        with CaptureQueriesContext(connection) as asked:
            assert len(changes(plan).parts[1].changed) == size
        counts.append(len(asked))
    assert counts[0] == counts[1]


# --- The page -----------------------------------------------------------------------------------


def form(plan: Plan, **fields: str) -> dict[str, str]:
    asked = {"plan": str(plan.pk), "kind": "public", "fiscal_year": "R5", "period": "year_end"}
    return asked | {"mark": "final"} | fields


def test_only_what_has_been_shown_is_published(people: People, plan: Plan) -> None:
    publish(plan)
    actual("出生数").update(value=Decimal(140))
    planner, url = sign_in(people.planner), reverse("admin:rounds_publication_publish")

    def send(**fields: str) -> BeautifulSoup:
        return BeautifulSoup(planner.post(url, form(plan) | fields).content, "html.parser")

    page = send(preview="1")
    differences = page.select_one("#differences").get_text(" ")
    for words in ("変わる 1件", "150人", "140人", "「確定」として公表した1件の値"):
        assert words in differences, words
    seen = page.select_one("input[name=seen]")["value"]
    actual("検診率").update(value=Decimal(1))
    for fields in ({}, {"note": "別の注記"}):  # the figures or the form have changed since
        page = send(publish="1", seen=seen, **fields)
        assert "もう一度確かめて" in page.get_text()
    assert Publication.objects.filter(kind="public").count() == 1
    seen = send(preview="1").select_one("input[name=seen]")["value"]
    send(publish="1", seen=seen)
    assert Publication.objects.filter(kind="public").count() == 2


def test_a_publication_is_scheduled_and_withdrawn(people: People, plan: Plan) -> None:
    planner, url = sign_in(people.planner), reverse("admin:rounds_publication_publish")
    day = (timezone.localtime() + timedelta(days=40)).date()
    asked = form(plan, effective_at_0=f"{day}", effective_at_1="10:00")
    page = BeautifulSoup(planner.post(url, asked | {"preview": "1"}).content, "html.parser")
    when = page.select_one("#when").get_text()
    assert f"{day.month}月{day.day}日 10:00 に一斉に切り替わります。" in when
    seen = page.select_one("input[name=seen]")["value"]
    done = planner.post(url, asked | {"publish": "1", "seen": seen}, follow=True)
    assert "の公表を予約しました" in done.content.decode()
    publication = Publication.objects.get(kind="public")
    withdraw = reverse("admin:rounds_publication_withdraw", args=[publication.pk])
    assert withdraw in planner.get(url).content.decode()
    assert withdraw not in sign_in(people.stranger).get(url).content.decode()
    listed = reverse("admin:rounds_publication_changelist")
    assert withdraw in done.content.decode()  # the list one comes to
    assert withdraw not in sign_in(people.entry).get(listed).content.decode()
    for who, status in (("entry", 403), ("reader", 403), ("stranger", 404)):
        answer = sign_in(getattr(people, who)).post(withdraw, {"change_reason": "x"})
        assert answer.status_code == status
    assert "取り消す理由を入力" in planner.post(withdraw, {"change_reason": ""}).content.decode()
    done = planner.post(withdraw, {"change_reason": "値の誤り"}, follow=True).content.decode()
    assert "を取り消しました" in done
    assert not Publication.objects.filter(kind="public").exists()
    assert not PublishedIndicator.objects.filter(publication__kind="public").exists()
    gone = Publication.history.get(history_type="-")
    assert (gone.history_user, gone.history_change_reason) == (people.planner, "値の誤り")
    assert "値の誤り" in planner.get(reverse("admin:plans_plan_changes")).content.decode()


def test_what_has_taken_effect_is_never_withdrawn(people: People, plan: Plan) -> None:
    current = publish(plan)
    coming = publish(plan, effective_at=timezone.now() + timedelta(days=1))
    for by in (people.planner, None):
        with pytest.raises(ValidationError, match="すでに公表されている"):
            record.withdraw_scheduled(current, by=by, reason="理由")
    Publication.objects.filter(pk=coming.pk).update(effective_at=timezone.now())
    with pytest.raises(ValidationError, match="すでに公表されている"):  # by the clock, not the page
        record.withdraw_scheduled(coming, by=None, reason="理由")
    for who, error in (("entry", PermissionDenied), ("stranger", Http404)):
        with pytest.raises(error):
            record.withdraw_scheduled(coming, by=getattr(people, who), reason="理由")


def test_a_plan_is_not_withdrawn_from_under_its_results(people: People) -> None:
    plan, soon = make.make_plan(people.kita), timezone.now() + timedelta(days=1)
    first = record.publish(plan, KIND.PLAN, by=None, effective_at=soon)
    publish(plan, effective_at=soon)
    with pytest.raises(ValidationError, match="先にそちらを"):
        record.withdraw_scheduled(first, by=None, reason="理由")


def test_one_that_replaces_it_later_is_named(people: People, plan: Plan) -> None:
    publish(plan, effective_at=timezone.now() + timedelta(days=3))
    url = reverse("admin:rounds_publication_publish")
    page = sign_in(people.planner).post(url, form(plan, preview="1")).content.decode()
    assert "先に予約した公表に切り替わります" in page
    assert address(Publication, "change", Publication.objects.last().pk) in page
