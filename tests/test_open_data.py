"""Open data says what the pages say: figures, reasons, codes; and 0 is not blank."""

import csv
import re
from collections.abc import Iterator
from decimal import Decimal
from io import StringIO
from typing import Any

import html5lib
import pytest

from exchange import evaluation_table
from exchange.evaluation_formats import as_csv
from exchange.open_data.table import Kind
from exchange.open_data.tables import BY_NAME
from plans.models import Plan
from rounds.models import Publication
from rounds.published import current_publications, published_plans
from rounds.record import publish

from . import factories as make
from .open_data_files import csv_rows, get, json_rows
from .shipped import loaded_for_module

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def shipped(django_db_setup: None, django_db_blocker: Any) -> Iterator[list[Plan]]:
    """The shipped plans, loaded once; all is rolled back."""
    with loaded_for_module(django_db_blocker):
        yield list(published_plans().select_related("municipality"))


def base_of(plan: Plan) -> str:
    return f"/{plan.municipality.slug}/{plan.slug}/data/"


def evaluated(publication: Publication) -> list[dict[str, str]]:
    """Return what `evaluate --published --format csv` prints of a publication."""
    text = as_csv(evaluation_table.published(publication))
    return list(csv.DictReader(StringIO(text, newline="")))


# --- The shipped plans --------------------------------------------------------------------------


def test_values_and_judgements_are_those_of_evaluate(shipped: list[Plan]) -> None:
    compared = judged = 0
    for plan in shipped:
        values = {_time(row): row for row in csv_rows(base_of(plan), "values")}
        people = {
            _time(row): row
            for row in csv_rows(base_of(plan), "judgements")
            if row["評価の主体コード"] == "people"  # the last stage wins
        }
        for publication in current_publications(plan):
            if publication.fiscal_year is None:
                continue
            for line in evaluated(publication):
                key = (line["コード"], str(publication.fiscal_year), publication.period)
                own = values[key]
                if line["実績の年度"] == key[1]:
                    assert (own["累計"] or own["実績値"]) == line["実績値"], key
                    compared += 1
                found = people.get(key, {})
                for mine, theirs in (
                    ("記号", "人の評価の記号"),
                    ("評価", "人の評価"),
                    ("段階", "人の評価の段階"),
                    ("評価の理由", "人の評価の理由"),
                ):
                    assert found.get(mine, "") == line[theirs], key
                judged += bool(found)
    assert compared > 300
    assert judged > 100


def test_rates_and_public_computations_are_those_of_evaluate(shipped: list[Plan]) -> None:
    compared = judged = 0
    for plan in shipped:
        rates = {(*_time(row), row["率の種類"]): row for row in csv_rows(base_of(plan), "rates")}
        computed = {
            _time(row): row
            for row in csv_rows(base_of(plan), "judgements")
            if row["評価の主体コード"] == "computed"
        }
        for publication in current_publications(plan):
            if publication.fiscal_year is None:
                continue
            for line in evaluated(publication):
                key = (line["コード"], str(publication.fiscal_year), publication.period)
                # Against an interim target or a line, a scheme computes another rate.
                is_plain = not line["比べ方"] and line["率の式"] in {"進捗率", "達成率"}
                if is_plain and re.fullmatch(r"-?\d+\.\d", line["率（％）"]):
                    assert rates[*key, line["率の式"]]["率"] == line["率（％）"], key
                    compared += 1
                if key in computed:
                    found = computed[key]
                    assert found["計算できない理由"] == line["計算による評価のない理由"], key
                    assert found["記号"] == line["計算による評価の記号"], key
                    judged += 1
    assert compared > 100
    assert judged > 100


def test_baselines_and_targets_are_those_of_evaluate(shipped: list[Plan]) -> None:
    compared = 0
    for plan in shipped:
        newest = max(
            (each for each in current_publications(plan) if each.fiscal_year is not None),
            key=lambda each: (each.effective_at, each.number),
            default=None,
        )
        if newest is None:
            continue
        indicators = {row["指標コード"]: row for row in csv_rows(base_of(plan), "indicators")}
        final = {
            row["指標コード"]: row
            for row in csv_rows(base_of(plan), "targets")
            if row["最終目標"] == "true"
        }
        for line in evaluated(newest):
            row, target = indicators[line["コード"]], final.get(line["コード"], {})
            assert row["基準値"] == line["基準値"]
            assert row["基準年度"] == line["基準年度"]
            assert row["単位"] == line["単位"]
            assert target.get("目標年度", "") == line["目標年度"]
            if target.get("目標値"):
                assert target["目標値"] == line["目標"]
            compared += 1
    assert compared > 80


def _time(row: dict[str, str]) -> tuple[str, str, str]:
    return row["指標コード"], row["年度"], row["時期コード"]


@pytest.mark.parametrize(("town", "slug"), [("konan", "sogo"), ("mihon", "mirai")])
def test_the_page_of_an_indicator_shows_the_same_figures(
    shipped: list[Plan], town: str, slug: str
) -> None:
    base = f"/{town}/{slug}/data/"
    values, rates = csv_rows(base, "values"), csv_rows(base, "rates")
    for code in list(dict.fromkeys(row["指標コード"] for row in values))[:12]:
        cells, shown_rates = table_figures(f"/{town}/{slug}/indicators/{code}/")
        for row in values:
            if row["指標コード"] == code and row["実績値"] and not row["値の表記"]:
                assert printed(row["実績値"]) in cells, (code, row["年度"])
        own = {printed(row["率"]) for row in rates if row["指標コード"] == code and row["率"]}
        assert shown_rates == own, code


def printed(figure: str) -> str:
    """Return a figure as pages print it and a screen reader speaks it."""
    value = Decimal(figure)
    text = f"{abs(value):,}"
    return f"マイナス{text}" if value < 0 else text


def table_figures(path: str) -> tuple[set[str], set[str]]:
    """Return the figures of the table beside the chart, and those of its columns of rates."""
    page = html5lib.parse(get(path).decode(), namespaceHTMLElements=False)
    table = next(page.iter("table"))
    has_rates = any("進捗率" in "".join(head.itertext()) for head in table.iter("th"))
    cells, rates = set(), set()
    for row in table.iter("tr"):
        found = [_spoken(cell) for cell in row.iter("td")]
        cells |= set(found)
        if has_rates:
            rates |= {text.removesuffix("%") for text in found[-2:] if text.endswith("%")}
    return {_number(text) for text in cells}, rates


def _spoken(cell: Any) -> str:
    """Return the text of a cell without spaces."""
    for hidden in cell.iter("span"):
        if hidden.get("aria-hidden") == "true":
            hidden.text = ""
    return "".join("".join(cell.itertext()).split())


def _number(text: str) -> str:
    number = re.search(r"(マイナス)?[\d,]+(\.\d+)?", text)
    return number.group() if number else ""


# --- Conventions --------------------------------------------------------------------------------


@pytest.fixture
def plan(db: None) -> Plan:
    """きた市's plan with 0, nothing, and half a person."""
    town = make.make_municipality("kita", name="きた市", code="102016")
    plan = make.make_plan(town, "sogo", title="総合計画")
    zero = make.make_indicator(
        plan, make.make_series(town, name="事故"), code="zero", baseline_value=0
    )
    make.make_target(zero, value=0)
    make.make_actual(zero.series, 2022, 0)
    make.make_actual(zero.series, 2023, None, missing_reason="withheld")
    half = make.make_indicator(
        plan, make.make_series(town, name="率", unit="%", decimals=2), code="half"
    )
    make.make_target(half, value="12.5")
    make.make_actual(half.series, 2022, "-0.5", is_provisional=True, year_label="R4年度")
    publish(plan, Publication.Kind.PLAN, by=None)
    for year in (2022, 2023):
        publish(plan, Publication.Kind.PUBLIC, by=None, fiscal_year=year, period="year_end")
    return plan


def test_zero_is_a_value_and_blank_is_none(plan: Plan) -> None:
    rows = {_time(row): row for row in csv_rows("/kita/sogo/data/", "values")}
    zero, missing = rows["zero", "2022", "year_end"], rows["zero", "2023", "year_end"]
    assert (zero["実績値"], zero["値のない理由"]) == ("0", "")
    assert (missing["実績値"], missing["値のない理由"]) == ("", "非公表")
    (target,) = [r for r in csv_rows("/kita/sogo/data/", "targets") if r["指標コード"] == "zero"]
    assert target["目標値"] == "0"
    baselines = {r["指標コード"]: r["基準値"] for r in csv_rows("/kita/sogo/data/", "indicators")}
    assert baselines == {"zero": "0", "half": "100.00"}
    values = {
        (r["indicator"], r["fiscal_year"]): r for r in json_rows("/kita/sogo/data/", "values")
    }
    assert values["zero", 2022]["value"] == "0"
    assert values["zero", 2023]["value"] is None
    assert values["zero", 2023]["missing_reason"] == "withheld"


def test_figures_have_the_decimals_of_their_series(plan: Plan) -> None:
    (row,) = [r for r in csv_rows("/kita/sogo/data/", "values") if _time(r)[:2] == ("half", "2022")]
    assert (row["実績値"], row["単位"], row["速報値"]) == ("-0.50", "%", "true")
    targets = {r["indicator"]: r["value"] for r in json_rows("/kita/sogo/data/", "targets")}
    assert targets == {"zero": "0", "half": "12.50"}


def test_years_stand_in_both_ways(plan: Plan) -> None:
    rows = {_time(row): row for row in csv_rows("/kita/sogo/data/", "values")}
    assert rows["zero", "2022", "year_end"]["年度の表記"] == "令和4年度"
    assert rows["half", "2022", "year_end"]["年度の表記"] == "R4年度"  # as the document prints it


@pytest.mark.parametrize("table", BY_NAME)
def test_every_table_has_a_header_and_the_codes_of_the_town(plan: Plan, table: str) -> None:
    content = get(f"/kita/sogo/data/{table}.csv")
    assert content.startswith(b"\xef\xbb\xbf")
    header = content.decode("utf-8-sig").splitlines()[0].split(",")
    assert header == [str(column.label) for column in BY_NAME[table].columns]
    assert len(set(header)) == len(header)
    for row in csv_rows("/kita/sogo/data/", table):
        if table != "dictionary":
            assert row["全国地方公共団体コード"] == "102016"
            assert row["市区町村コード5桁"] == "10201"
            assert row["架空"] == "false"
    for row in json_rows("/kita/sogo/data/", table):
        assert list(row) == [column.name for column in BY_NAME[table].columns]


def test_the_dictionary_names_every_column_of_every_file(plan: Plan) -> None:
    described = {
        (row["table"], row["column_name"]) for row in json_rows("/kita/data/", "dictionary")
    }
    assert described == {
        (table.name, column.name) for table in BY_NAME.values() for column in table.columns
    }


def test_every_code_is_explained() -> None:
    unexplained = [
        (table.name, column.name, code)
        for table in BY_NAME.values()
        for column in table.columns
        for code in column.choices
        if column.kind == Kind.CODE and f"{code}＝" not in str(column.description)
    ]
    assert unexplained == []


def test_a_town_has_the_rows_of_all_its_plans(plan: Plan) -> None:
    other = make.make_plan(plan.municipality, "hoka", order=plan.order + 1)
    make.make_indicator(other, code="zero")
    assert {row["計画コード"] for row in csv_rows("/kita/data/", "plans")} == {"sogo"}
    publish(other, Publication.Kind.PLAN, by=None)
    rows = csv_rows("/kita/data/", "indicators")
    assert [(row["計画コード"], row["指標コード"]) for row in rows] == [
        ("sogo", "zero"),
        ("sogo", "half"),
        ("hoka", "zero"),
    ]


def test_a_revised_target_stands_after_the_one_it_replaced(plan: Plan) -> None:
    indicator = plan.indicators.get(code="zero")
    make.make_target(indicator, value=5, revision=1, reason="見直し", effective_from=2023)
    make.make_target(indicator, value=9, revision=2, reason="先の話", effective_from=2099)
    publish(plan, Publication.Kind.PUBLIC, by=None, fiscal_year=2023, period="year_end")
    rows = [r for r in json_rows("/kita/sogo/data/", "targets") if r["indicator"] == "zero"]
    assert [(r["value"], r["in_force"], r["is_final"], r["reason"]) for r in rows] == [
        ("0", False, False, None),
        ("5", True, True, "見直し"),
    ]


def test_a_correction_carries_mark_and_public_reason(plan: Plan) -> None:
    series = plan.indicators.get(code="zero").series
    series.actuals.filter(fiscal_year=2022).update(
        value=3, revision="corrected", revision_reason="集計の誤り"
    )
    publish(
        plan,
        Publication.Kind.PUBLIC,
        by=None,
        fiscal_year=2022,
        period="year_end",
        mark="correction",
        reason="集計の誤り",
    )
    rows = {_time(row): row for row in csv_rows("/kita/sogo/data/", "values")}
    row = rows["zero", "2022", "year_end"]
    assert (row["実績値"], row["訂正などの印"], row["訂正などの理由"]) == (
        "3",
        "訂正",
        "集計の誤り",
    )
    states = [
        (row["年度"], row["印コード"], row["有効"])
        for row in csv_rows("/kita/sogo/data/", "publications")
    ]
    assert states == [
        ("", "final", "true"),
        ("2022", "final", "false"),
        ("2023", "final", "true"),
        ("2022", "correction", "true"),
    ]
