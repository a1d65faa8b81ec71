"""The pages of a plan's years: each as it was published, and the ways between them."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from indicators.models import Indicator
from plans.choices import Visibility
from plans.models import Plan
from rounds.models import Publication

from .factories import make_actual, make_target
from .kita_plan import TOP, judged_by_rule, make_kita_plan, make_users
from .public_pages import publish_year, read

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan() -> Plan:
    """With everything public and no rating scheme yet."""
    return make_kita_plan(
        show_computed_judgement=Visibility.PUBLIC, show_forecast=Visibility.PUBLIC
    )


@pytest.fixture
def indicator(plan: Plan) -> Indicator:
    return make_users(plan)


def test_a_past_year_is_shown_as_it_was_published(
    client: Client, plan: Plan, indicator: Indicator
) -> None:
    judged_by_rule(plan)
    make_target(indicator, 2022, 130)
    make_actual(indicator.series, 2022, 155)
    publish_year(plan, 2022, note="8月末の集計")
    make_actual(indicator.series, 2023, 177)
    indicator.name = "あたらしい名称"
    indicator.save()
    indicator.targets.filter(fiscal_year=2029).update(value=Decimal(300))
    publish_year(plan, 2023)
    response = client.get(f"{TOP}years/2022/")
    assert "<title>令和4年度の公表｜きた市総合計画｜きた市" in response.content.decode()
    text = read(client, f"{TOP}years/2022/")
    assert "利用者数実績令和4年度155人目標令和4年度130人以上目標令和11年度200人以上" in text
    assert "進捗率令和4年度当サイトの計算55.0%" in text
    assert "評価令和4年度B順調当サイトの計算" in text
    assert "A達成0指標B順調1指標C遅れ0指標評価した指標1／1" in text
    assert "令和4年度年度末実績確定" in text
    assert "8月末の集計" in text
    for later in ("177", "300人", "あたらしい名称"):
        assert later not in text


def test_a_corrected_year_shows_mark_reason_and_the_new_figure(
    client: Client, plan: Plan, indicator: Indicator
) -> None:
    actual = make_actual(indicator.series, 2022, 155)
    publish_year(plan, 2022)
    actual.value = Decimal(144)
    actual.save()
    publish_year(plan, 2022, mark=Publication.Mark.CORRECTION, reason="集計漏れのため")
    text = read(client, f"{TOP}years/2022/")
    assert "年度末実績訂正" in text
    assert "理由集計漏れのため" in text
    assert "144人" in text
    assert "155" not in text


def test_the_years_end_stands_for_a_year_else_what_was_expected_else_its_middle(
    client: Client, plan: Plan, indicator: Indicator
) -> None:
    for period, value in (("mid_year", 111), ("forecast", 122), ("year_end", 133)):
        make_actual(indicator.series, 2023, value, period=period)
        publish_year(plan, 2023, period)
        assert f"{value}人" in read(client, f"{TOP}years/2023/")
    assert "111人" not in read(client, f"{TOP}years/2023/")


def test_the_plan_links_its_years_and_each_year_leads_back(
    client: Client, plan: Plan, indicator: Indicator
) -> None:
    publish_year(plan, 2022)
    publish_year(plan, 2023)
    body = client.get(TOP).content.decode()
    assert [f'href="{TOP}years/{year}/"' in body for year in (2022, 2023)] == [True, True]
    body = client.get(f"{TOP}years/2022/").content.decode()
    assert '<span aria-current="page">令和4年度</span>' in body
    assert f'href="{TOP}years/2023/"' in body
    assert f'href="{TOP}"' in body


def test_years_that_are_not_public_are_not_there(client: Client, plan: Plan) -> None:
    publish_year(plan, 2022)
    publish_year(plan, 2023, kind=Publication.Kind.COUNCIL)
    publish_year(plan, 2024, effective_at=timezone.now() + timedelta(days=1))
    for year in ("2021", "2023", "2024", "0", "99999999"):
        assert client.get(f"{TOP}years/{year}/").status_code == 404, year
    assert client.get("/kita/nothing/years/2022/").status_code == 404
