"""The figures on the public pages: values, targets, rates and judgements, missing ones too."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from indicators.choices import BaselineStatus, Direction, MissingReason, TargetKind
from indicators.models import Indicator
from plans.choices import LifeReason, Period, Visibility, WorkState
from plans.models import Plan
from rounds.models import Publication

from .factories import (
    make_actual,
    make_break,
    make_department,
    make_indicator,
    make_judgement,
    make_scheme,
    make_series,
    make_succession,
    make_target,
)
from .kita_plan import PAGE, make_kita_plan, make_users
from .public_pages import publish_plan, publish_year, read, read_spaced

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan() -> Plan:
    return make_kita_plan()


@pytest.fixture
def indicator(plan: Plan) -> Indicator:
    return make_users(plan)


def test_the_plan_shows_figures_with_unit_year_and_rate(
    client: Client, plan: Plan, indicator: Indicator
) -> None:
    make_actual(indicator.series, 2023, 133)
    publish_year(plan)
    text = read(client, "/kita/sogo/")
    assert "利用者数実績令和5年度133人目標令和11年度200人以上" in text
    assert "進捗率令和5年度当サイトの計算33.0%" in text


def test_rates_are_not_capped_and_round_half_up(
    client: Client, plan: Plan, indicator: Indicator
) -> None:
    make_actual(
        indicator.series,
        2022,
        82,
    )
    make_actual(indicator.series, 2023, 412)
    publish_year(plan, 2022)
    publish_year(plan, 2023)
    text = read(client, PAGE)
    assert "312.0%" in text
    assert "▲マイナス18.0%" in text


def test_rates_that_are_not_public_are_not_shown(
    client: Client, plan: Plan, indicator: Indicator
) -> None:
    plan.show_rates = Visibility.INTERNAL
    plan.save()
    make_actual(indicator.series, 2023, 133)
    publish_year(plan)
    assert "進捗率" not in read_spaced(client, "/kita/sogo/")
    assert "33.0" not in read_spaced(client, PAGE)


def test_a_rate_that_cannot_be_told_says_why(client: Client, plan: Plan) -> None:
    indicator = make_indicator(plan, code="1", direction=Direction.UNKNOWN)
    make_target(indicator, kind=TargetKind.UNSPECIFIED)
    make_actual(indicator.series, 2023, 150)
    publish_year(plan)
    text = read_spaced(client, PAGE)
    assert "データなし： 向きの記載なし" in text
    assert "望ましい向き 向きの記載なし" in text


def test_zero_is_a_value_and_missing_is_not_zero(client: Client, plan: Plan) -> None:
    zero, blank = (
        make_indicator(plan, make_series(plan.municipality, name=name), code=code)
        for name, code in (("ゼロの指標", "0"), ("空の指標", "1"))
    )
    make_actual(zero.series, 2023, 0)
    make_actual(blank.series, 2023, None, missing_reason=MissingReason.NO_SURVEY)
    publish_year(plan)
    assert "実績令和5年度0人" in read(client, "/kita/sogo/indicators/0/")
    text = read(client, PAGE)
    assert "実績令和5年度－データなし：調査のない年" in text
    assert "実績令和5年度0人" not in text


@pytest.mark.parametrize(
    ("days", "words"), [(400, "に確定予定"), (-400, "の確定予定を過ぎています")]
)
def test_not_due_yet_differs_from_overdue(
    client: Client, plan: Plan, indicator: Indicator, days: int, words: str
) -> None:
    month = (timezone.localdate() + timedelta(days=days)).replace(day=1)
    make_actual(
        indicator.series,
        2023,
        None,
        missing_reason=MissingReason.NOT_COMPILED,
        expected_on=month,
    )
    publish_year(plan)
    assert f"未集計（令和{month.year - 2018}年{month.month}月{words}）" in read_spaced(client, PAGE)


def test_a_negative_value_is_read_as_minus(client: Client, plan: Plan) -> None:
    indicator = make_indicator(plan, code="1", baseline_value=Decimal(-712))
    make_target(indicator, value=0)
    make_actual(indicator.series, 2023, -271)
    publish_year(plan)
    page = client.get(PAGE).content.decode()
    assert (
        '<span aria-hidden="true">▲</span><span class="visually-hidden">マイナス</span>271' in page
    )


def test_printed_labels_win(client: Client, plan: Plan) -> None:
    indicator = make_indicator(
        plan, code="1", baseline_label="平成31年度", baseline_value_label="約100人"
    )
    make_target(indicator, year_label="R11年度末", value_label="約200人")
    make_actual(indicator.series, 2023, 133, value_label="133人(速)")
    publish_year(plan)
    text = read(client, PAGE)
    assert "基準値平成31年度約100人" in text
    assert "目標R11年度末約200人以上" in text
    assert "133人(速)" in text


def test_a_baseline_may_be_not_started_or_unavailable(client: Client, plan: Plan) -> None:
    make_indicator(
        plan,
        code="1",
        baseline_status=BaselineStatus.NOT_STARTED,
        baseline_fiscal_year=2016,
        baseline_label="H28年度開始",
    )
    make_indicator(plan, code="2", baseline_status=BaselineStatus.UNAVAILABLE)
    publish_plan(plan)
    assert "基準値H28年度開始－データなし：計測開始前" in read(client, PAGE)
    assert "データなし： 基準値なし" in read_spaced(client, "/kita/sogo/indicators/2/")


@pytest.mark.parametrize(
    ("fields", "shown", "kind"),
    [
        ({"kind": TargetKind.AT_MOST, "value": 30}, "30人以下", "以下"),
        ({"kind": TargetKind.RANGE, "value": None, "lower": 3, "upper": 5}, "3～5人", "範囲"),
        ({"kind": TargetKind.TEXT, "value": None, "text": "条例の制定"}, "条例の制定", "文章"),
        ({"kind": TargetKind.CHANGE, "value": -10}, "基準値から10％減", "基準値からの増減率"),
        ({"kind": TargetKind.DIRECTION_ONLY, "value": None}, "増やす", "方向だけ"),
        (
            {"kind": TargetKind.MAINTAIN, "value": None, "tolerance": 5},
            "基準値を維持",
            "維持（±5人）",
        ),
        ({"kind": TargetKind.UNSPECIFIED, "value": None}, "資料に記載なし", "向きの記載なし"),
    ],
)
def test_targets_of_every_kind_are_told_in_words(
    client: Client, plan: Plan, fields: dict[str, Any], shown: str, kind: str
) -> None:
    make_target(make_indicator(plan, code="1"), **fields)
    publish_plan(plan)
    text = read(client, PAGE)
    assert f"目標の種類：{kind}" in text
    assert shown in text


def test_a_change_from_the_baseline_is_worked_out(client: Client, plan: Plan) -> None:
    make_target(make_indicator(plan, code="1"), kind=TargetKind.CHANGE, value=-10)
    publish_plan(plan)
    assert "基準値から計算した値：90人当サイトの計算" in read(client, PAGE)


def test_a_revised_target_keeps_the_earlier_one_with_date_and_reason(
    client: Client, plan: Plan, indicator: Indicator
) -> None:
    make_target(
        indicator, value=250, revision=1, reason="早く達成したため", decided_on=date(2022, 3, 1)
    )
    publish_plan(plan)
    text = read(client, PAGE)
    assert "250人以上" in text
    assert "決定：令和4年3月1日。理由：早く達成したため改定前：200人以上" in text
    assert "目標令和11年度200人" not in read(client, "/kita/sogo/")


def test_a_correction_of_an_old_year_does_not_bring_back_its_targets(
    client: Client, plan: Plan, indicator: Indicator
) -> None:
    make_target(indicator, value=250, revision=1, reason="見直し", effective_from=2023)
    publish_year(plan, 2022)
    publish_year(plan, 2023)
    publish_year(plan, 2022, mark=Publication.Mark.CORRECTION, reason="誤植のため")
    assert "目標令和11年度250人以上" in read(client, "/kita/sogo/")


def test_half_years_are_named_and_do_not_replace_the_year(
    client: Client, plan: Plan, indicator: Indicator
) -> None:
    plan.label_mid_year = "9月末現在"
    plan.save()
    make_actual(indicator.series, 2022, 140)
    make_actual(indicator.series, 2023, 61, period=Period.MID_YEAR)
    publish_year(plan, 2022)
    publish_year(plan, 2023, Period.MID_YEAR)
    text = read(client, "/kita/sogo/")
    assert "実績令和4年度140人令和5年度9月末現在：61人" in text


def test_totals_are_shown_where_yearly_entries_add_up(client: Client, plan: Plan) -> None:
    series = make_series(plan.municipality, accumulation="sum", start_fiscal_year=2022)
    make_indicator(plan, series, code="1")
    make_actual(series, 2022, 40)
    make_actual(series, 2023, 25)
    publish_year(plan, 2022)
    publish_year(plan, 2023)
    text = read(client, PAGE)
    assert "実績（累計）令和5年度65人" in text
    assert "令和5年度実績25人65人" in text


def test_the_chart_has_its_table_and_provisional_values_are_marked(
    client: Client, plan: Plan, indicator: Indicator
) -> None:
    make_break(indicator.series, 2023, reason="数え方が変わった")
    make_actual(indicator.series, 2022, 121)
    make_actual(indicator.series, 2023, 133, is_provisional=True)
    publish_year(plan, 2022)
    publish_year(plan, 2023)
    page = client.get(PAGE).content.decode()
    assert 'role="img"' in page
    text = read(client, PAGE)
    assert "令和4年度実績121人" in text
    assert "令和5年度実績速報133人" in text
    assert "令和5年度：数え方が変わった" in text


def test_a_year_without_any_figure_has_no_chart_but_a_table(client: Client, plan: Plan) -> None:
    indicator = make_indicator(plan, code="1", baseline_status=BaselineStatus.UNAVAILABLE)
    make_actual(indicator.series, 2023, None, missing_reason=MissingReason.NOT_STATED)
    publish_year(plan)
    text = read_spaced(client, PAGE)
    assert "図にできる数値は公表されていません" in text
    assert "資料に記載なし" in text


def test_judgements_by_people_show_stage_body_and_reason(
    client: Client, plan: Plan, indicator: Indicator
) -> None:
    scheme = make_scheme(plan=plan)
    first, _second, last = scheme.bands.all()
    make_judgement(indicator, last, stage="1_first", reason="担当課の見方")
    make_judgement(indicator, first, stage="3_external", reason="順調", judged_by="評価委員会")
    make_judgement(indicator, last, stage="4_final", state=WorkState.DRAFT, reason="書きかけ")
    publish_year(plan)
    text = read(client, PAGE)
    assert "外部評価A評価A理由：順調" in text
    assert "評価した組織：評価委員会" in text
    assert "担当課の見方" in text
    assert "書きかけ" not in text
    assert "評価令和5年度A評価A外部評価" in read(client, "/kita/sogo/")


def test_the_plan_counts_its_newest_judgements(client: Client, plan: Plan) -> None:
    good, _fair, poor = make_scheme(plan=plan).bands.all()
    for band in (good, good, poor):
        make_judgement(make_indicator(plan), band)
    make_judgement(make_indicator(plan), poor, fiscal_year=2022)
    publish_year(plan, 2022)
    publish_year(plan, 2023)
    assert "令和5年度の評価（人による判断）の内訳A評価A2指標B評価B0指標C評価C1指標" in read(
        client, "/kita/sogo/"
    )


def test_sections_bear_their_names_of_that_time(client: Client, plan: Plan) -> None:
    old = make_department(plan.municipality, "企画課")
    between = make_department(plan.municipality, "政策課")
    new = make_department(plan.municipality, "未来課")
    make_succession(old, between, effective_on=date(2022, 4, 1))
    make_succession(between, new, effective_on=date(2024, 4, 1))
    indicator = make_indicator(plan, code="1", departments=[old])
    make_actual(indicator.series)
    publish_year(plan)
    assert "企画課（現：未来課）" in read(client, PAGE)


def test_definition_basis_source_and_notes_are_told(client: Client, plan: Plan) -> None:
    series = make_series(
        plan.municipality,
        definition="数えた人の数",
        definition_by_site=True,
        basis="as_of_date",
        as_of_month=10,
        as_of_day=1,
        source="住民基本台帳",
        source_url="https://example.org/data",
    )
    make_indicator(plan, series, code="1", note="暫定の指標")
    publish_plan(plan)
    text = read_spaced(client, PAGE)
    assert "数えた人の数 当サイトによる要約" in text
    assert "10月1日現在の値" in text
    assert "住民基本台帳" in text
    assert "暫定の指標" in text
    assert 'href="https://example.org/data"' in client.get(PAGE).content.decode()


def test_an_indicator_that_left_the_plan_says_when_and_why(client: Client, plan: Plan) -> None:
    make_indicator(
        plan,
        code="1",
        last_fiscal_year=2021,
        life_reason=LifeReason.ABOLISHED,
        life_note="統計が終わったため",
    )
    publish_plan(plan)
    for path in (PAGE, "/kita/sogo/"):
        assert "令和3年度まで（廃止）。統計が終わったため" in read_spaced(client, path)
