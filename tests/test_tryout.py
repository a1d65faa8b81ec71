"""Trying a rating scheme on a plan or on pasted lines before it is adopted."""

from decimal import Decimal
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from indicators.evaluation import Reason
from indicators.models import Indicator
from indicators.tryout import MOST_LINES, read_lines
from plans.models import Plan, RatingScheme

from . import factories as make
from .admin_pages import address, filled_in, sign_in
from .people import People, make_people
from .test_scheme_admin import make_rates, use

GOOD = "水洗化率\t100\t以上\t200\t180"


# --- Reading lines ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "人口\t1,000\t以上\t2,500\t-300.5",
        "人口\t１，０００\t以上\t２５００\t▲３００．５",
        "人口\t 1000 \t≥\t2,500\t△ 300.5",
        "人口\t1000%\t以上\t2500％\t\u2212300.5",
        '人口,"1,000",以上,"2,500",-300.5',
        '"人口",1000,以上,2500,－300.5',
        "人口，１０００，以上，２５００，▲３００．５",
    ],
)
def test_figures_are_read_as_towns_write_them(line: str) -> None:
    (found,), errors = read_lines(line, 2023)
    assert errors == []
    assert (found.name, found.fiscal_year) == ("人口", 2023)
    course = found.course
    assert course.baseline.value == 1000
    assert course.targets[2023].value == 2500
    assert course.actual(2023).value == Decimal("-300.5")


def test_what_is_missing_is_not_zero() -> None:
    lines, errors = read_lines("a\t－\t以下\t-\t\nb\t0\t以下\t0\t0", 2023)
    assert errors == []
    missing, zero = (line.course for line in lines)
    assert missing.baseline.reason is Reason.NO_BASELINE
    assert (missing.targets, missing.actual(2023).reason) == ({}, Reason.NO_ACTUAL)
    assert (zero.baseline.value, zero.targets[2023].value, zero.actual(2023).value) == (0, 0, 0)


def test_years_and_headings_are_read() -> None:
    text = f"指標\t基準値\t区分\t目標値\t実績値\n\n{GOOD}\tR元\t2029年度\tR5"
    (line,), errors = read_lines(text, 2020)
    assert errors == []
    assert (line.number, line.fiscal_year, line.course.baseline_year) == (3, 2023, 2019)
    assert line.course.target_year == 2029


@pytest.mark.parametrize(
    ("line", "messages"),
    [
        ("水洗化率\t100\t以上\t200", ["4列あります", "8列まで"]),
        ("\t".join("abcdefghi"), ["9列あります"]),
        ("ひとこと", ["1列あります"]),
        ("\t100\t以上\t200\t180", ["名称が空です"]),
        ("a\t100\t増加\t200\t180", ["3列目は「増加」", "「以上」か「以下」"]),
        ("a\tおよそ百\t以上\t200\t180", ["基準値の「およそ百」", "1,234.5"]),
        ("a\t100\t以上\t20O\t180", ["目標値の「20O」"]),
        ("a\t100\t以上\t200\t1,80", ["実績値の「1,80」"]),
        ("a\t100\t以上\t200\tNaN", ["実績値の「NaN」"]),
        ("a\t100\t以上\t200\t1e999999", ["実績値の「1e999999」"]),
        ("a\t100\t以上\t200\t" + "9" * 5000, ["実績値の「9999", "11桁"]),
        ("a\t100\t以上\t200\t1.23456", ["小数4桁"]),
        ("a\t100\t以上\t200\t180\t31", ["基準年度が読めません", "31"]),
        ("a\t100\t以上\t200\t180\t\t平成99年度", ["目標年度が読めません"]),
        ("a,5,以上,1,000,800", ["実績値の「000」"]),
        ("a,1,234,以上,2,000,1,500", ["3列目は「234」", "タブで区切るか"]),
        ('a,"1,000,以上,2,500', ["引用符"]),
    ],
)
def test_a_bad_line_is_named_with_what_was_found_and_expected(
    line: str, messages: list[str]
) -> None:
    lines, errors = read_lines(f"{GOOD}\n{line}\n{GOOD}", 2023)
    assert [found.number for found in lines] == [1, 3]
    (error,) = errors
    assert error.startswith("2行目：")
    assert all(message in error for message in messages), error


def test_too_many_lines_are_not_read_in_silence() -> None:
    lines, errors = read_lines("\n".join([GOOD] * (MOST_LINES + 1)), 2023)
    assert len(lines) == MOST_LINES
    assert "1001行あります" in errors[0]


# --- The page ---------------------------------------------------------------------------------


@pytest.fixture
def people(db: None) -> People:
    return make_people()


@pytest.fixture
def plan(people: People) -> Plan:
    """One indicator at 80 % of its way, one missing, one with a range."""
    plan = make.make_plan(people.kita, title="総合計画")
    for name, value, target in (("道路", 180, {}), ("橋", None, {}), ("水", 4, {"kind": "range"})):
        indicator = make.make_indicator(plan, name=name)
        if target:
            make.make_target(indicator, value=None, lower=3, upper=5, **target)
        else:
            make.make_target(indicator)
        reason = "" if value is not None else "no_survey"
        make.make_actual(indicator.series, 2023, value, missing_reason=reason, state="draft")
    return plan


URL = "admin:plans_ratingscheme_tryout"


def rows_of(page: Any) -> list[list[str]]:
    found = BeautifulSoup(page.content, "html.parser").select("#tryout-result tbody tr")
    return [[cell.get_text(" ", strip=True) for cell in row.select("th, td")] for row in found]


def send(client: Client, scheme: RatingScheme, **fields: Any) -> Any:
    data = {"scheme": scheme.pk, "fiscal_year": "R5", "plan": "", "lines": ""} | fields
    return client.post(reverse(URL), data)


def test_a_plan_is_tried_with_a_scheme_it_does_not_use(people: People, plan: Plan) -> None:
    scheme = make_rates(people.kita, met_counts_as_top=True)
    rows = rows_of(send(sign_in(people.planner), scheme, plan=plan.pk))
    assert [row[3:7] for row in rows] == [
        ["180（R5）", "80.0%", "B 区分B", "率が80％以上"],
        ["－（調査のない年）", "－（調査のない年）", "－ 評価なし", "調査のない年"],
        ["4（R5）", "－（範囲・維持の目標には率なし）", "A 区分A", "率はないが、目標を達成"],
    ]
    assert rows[0][1:3] == ["100（R元）", "200以上（R11）"]
    assert rows[2][2] == "3～5（R11）"
    page = send(sign_in(people.planner), scheme, plan=plan.pk).content.decode()
    assert "3件のうち、評価あり2件、その年度の値あり2件。" in page
    assert "B 区分B：1件" in page
    assert "いまの方式" not in page


def choices_of(page: Any) -> dict[str, bool]:
    """Return name → whether it is ticked."""
    boxes = BeautifulSoup(page.content, "html.parser").select("#tryout-indicators label")
    return {
        box.get_text(strip=True).partition("（")[0][-1]: box.input.has_attr("checked")
        for box in boxes
    }


def names_of(page: Any) -> list[str]:
    return [row[0].removesuffix("（人）").strip()[-1] for row in rows_of(page)]


def key_of(plan: Plan, name: str) -> int:
    return plan.indicators.get(name__endswith=name).pk


def test_indicators_of_the_plan_are_chosen(people: People, plan: Plan) -> None:
    scheme, planner = make_rates(people.kita, met_counts_as_top=True), sign_in(people.planner)
    page = send(planner, scheme, plan=plan.pk)
    assert choices_of(page) == {"路": True, "橋": True, "水": True}
    form = filled_in(planner, f"{reverse(URL)}?plan={plan.pk}")
    listed = form["listed"]
    assert set(listed.split(",")) == {str(each.pk) for each in plan.indicators.all()}
    chosen = [key_of(plan, "路"), key_of(plan, "水")]
    page = send(planner, scheme, plan=plan.pk, listed=listed, indicators=chosen)
    assert choices_of(page) == {"路": True, "橋": False, "水": True}
    assert names_of(page) == ["路", "水"]
    text = page.content.decode()
    assert ("A 区分A：1件" in text, "B 区分B：1件" in text) == (True, True)
    assert "評価なし（" not in text
    assert "2件のうち、評価あり2件" in text
    assert "3件のうち2件を選択中" in text
    none = send(planner, scheme, plan=plan.pk, listed=listed)
    assert choices_of(none) == {"路": False, "橋": False, "水": False}
    assert "評価できる行がありません。" in none.content.decode()
    other = make.make_plan(people.kita)
    make.make_indicator(other, name="森")
    page = send(planner, scheme, plan=other.pk, listed=listed, indicators=chosen)
    assert choices_of(page) == {"森": True}


def test_an_address_names_indicators_and_strangers_are_passed_over(
    people: People, plan: Plan
) -> None:
    scheme = make_rates(people.kita)
    theirs = make.make_indicator(make.make_plan(people.minami), name="秘")
    keys = [key_of(plan, "水"), theirs.pk, "x", "-1", "9" * 5000, "\x00", "٣"]
    query = {"plan": plan.pk, "scheme": scheme.pk, "fiscal_year": 2023, "indicators": keys}
    page = sign_in(people.planner).get(reverse(URL), query)
    assert names_of(page) == ["水"]
    assert "秘" not in page.content.decode()


def test_an_indicator_of_other_years_is_not_tried(people: People, plan: Plan) -> None:
    ended = make.make_indicator(plan, name="昔", last_fiscal_year=2022)
    page = send(sign_in(people.planner), make_rates(people.kita), plan=plan.pk)
    assert names_of(page) == ["路", "橋", "水"]
    assert choices_of(page)["昔"] is True
    assert page.content.decode().count("（この年度の計画にない）") == 1
    make.make_actual(ended.series, 2022)
    page = send(sign_in(people.planner), make_rates(people.kita), plan=plan.pk, fiscal_year="R4")
    assert names_of(page)[-1] == "昔"


def test_more_indicators_are_chosen_than_a_form_usually_has(people: People, plan: Plan) -> None:
    keys = [*plan.indicators.values_list("pk", flat=True), *range(10_000, 11_500)]
    page = send(sign_in(people.planner), make_rates(people.kita), plan=plan.pk, indicators=keys)
    assert names_of(page) == ["路", "橋", "水"]


def choose(client: Client, indicators: Any) -> Any:
    chosen = {"action": "try_schemes", "_selected_action": [each.pk for each in indicators]}
    return client.post(address(Indicator, "changelist"), chosen, follow=True)


@pytest.mark.parametrize("who", ["entry", "planner", "reader", "operator"])
def test_the_list_of_indicators_leads_to_the_try_out(people: People, plan: Plan, who: str) -> None:
    use(plan, make_rates(people.kita))
    theirs = make.make_indicator(make.make_plan(people.minami), name="秘")
    client = sign_in(getattr(people, who))
    assert "評価方式を試す" in client.get(address(Indicator, "changelist")).content.decode()
    page = choose(client, plan.indicators.exclude(name="橋"))
    assert choices_of(page) == {"路": True, "橋": False, "水": True}
    form = BeautifulSoup(page.content, "html.parser").select_one("#tryout-form")
    assert form["action"] == reverse(URL)
    page = choose(client, [plan.indicators.first(), theirs])
    if who == "operator":
        assert "一つの計画の指標だけを選んでください" in page.content.decode()
    else:
        assert "秘" not in page.content.decode()
        assert choices_of(page) == {"路": True, "橋": False, "水": False}


def test_what_would_change_is_said(people: People, plan: Plan) -> None:
    use(plan, make_rates(people.kita))
    mild = make_rates(people.kita, (("◎", "rate_at_least", 70), ("×", "otherwise", None)))
    rows = rows_of(send(sign_in(people.planner), mild, plan=plan.pk))
    assert rows[0][5:] == ["◎ 区分◎", "率が70％以上", "B 区分B （変わる）"]
    assert rows[1][7] == "－ 評価なし"


def test_pasted_lines_are_judged_and_nothing_typed_is_lost(people: People) -> None:
    scheme = make_rates(people.kita)
    text = f"{GOOD}\n<b>悪い行</b>\t100\t以上\t?\t1\nごみ\t24.2\t以下\t10.0\t17.1"
    page = send(sign_in(people.planner), scheme, lines=text)
    rows = rows_of(page)
    assert [(row[0], row[4], row[5]) for row in rows] == [
        ("1行目 水洗化率", "80.0%", "B 区分B"),
        ("3行目 ごみ", "50.0%", "C 区分C"),
    ]
    shown = BeautifulSoup(page.content, "html.parser")
    assert "2行目：目標値の「?」" in shown.select_one("#line-errors").text
    assert shown.select_one("textarea").text.strip() == text
    assert "<b>" not in page.content.decode()
    broken = send(sign_in(people.planner), scheme, lines=text, fiscal_year="いつか")
    shown = BeautifulSoup(broken.content, "html.parser")
    assert shown.select_one("textarea").text.strip() == text
    assert shown.select_one("[name=fiscal_year]")["value"] == "いつか"


def test_pro_rata_needs_years_and_says_so(people: People) -> None:
    scheme = make_rates(people.kita, basis="pro_rata")
    text = "a\t100\t以上\t200\t135\na\t100\t以上\t200\t135\t2020\t2025\t2022"
    rows = rows_of(send(sign_in(people.planner), scheme, lines=text))
    assert "経過年数の起点の年度が不明" in rows[0][6]
    assert rows[1][4:6] == ["35.0% 区分に使う率 87.5%", "B 区分B"]


def test_the_page_is_linked_from_scheme_and_plan(people: People, plan: Plan) -> None:
    scheme = make_rates(people.kita)
    planner = sign_in(people.planner)
    for model, row, query in (
        (RatingScheme, scheme, f"?scheme={scheme.pk}"),
        (Plan, plan, f"?plan={plan.pk}"),
    ):
        page = planner.get(address(model, "change", row.pk)).content.decode()
        assert f"{reverse(URL)}{query}" in page
        assert planner.get(f"{reverse(URL)}{query}").status_code == 200
    use(plan, scheme)
    rows = rows_of(planner.get(f"{reverse(URL)}?plan={plan.pk}&fiscal_year=2023"))
    assert rows[0][5] == "B 区分B"


def test_nothing_is_changed_and_a_post_needs_its_token(people: People, plan: Plan) -> None:
    scheme = make_rates(people.kita)
    client = Client(enforce_csrf_checks=True)
    client.force_login(people.planner, "django.contrib.auth.backends.ModelBackend")
    assert send(client, scheme, plan=plan.pk).status_code == 403
    reader = sign_in(people.reader)
    with CaptureQueriesContext(connection) as asked:
        assert send(reader, scheme, plan=plan.pk, lines=GOOD).status_code == 200
    writes = ("INSERT", "UPDATE", "DELETE")
    assert [query for query in asked if query["sql"].startswith(writes)] == []


@pytest.mark.parametrize(
    "who", ["entry", "colleague", "approver", "head", "planner", "reader", "operator"]
)
def test_colleagues_may_try_strangers_find_nothing(people: People, plan: Plan, who: str) -> None:
    ours, theirs = make_rates(people.kita), make_rates(people.minami)
    their_plan = make.make_plan(people.minami, title="みなみの計画")
    client = sign_in(getattr(people, who))
    assert len(rows_of(send(client, ours, plan=plan.pk))) == 3
    expected = 200 if who == "operator" else 404
    assert send(client, theirs).status_code == expected
    assert send(client, ours, plan=their_plan.pk).status_code == expected
    assert client.get(reverse(URL), {"plan": their_plan.pk}).status_code == expected
    if who != "operator":
        page = client.get(reverse(URL)).content.decode()
        assert "みなみの計画" not in page
        assert str(theirs) not in page


def test_who_has_no_role_is_asked_to_sign_in(people: People) -> None:
    for client in (Client(), sign_in(people.nobody)):
        assert client.get(reverse(URL)).status_code == 302


@pytest.mark.parametrize("nonsense", ["abc", "-1", "9" * 5000, "\x00", "1e999", "0"])
def test_nonsense_is_answered_politely(people: People, plan: Plan, nonsense: str) -> None:
    scheme, client = make_rates(people.kita), sign_in(people.planner)
    for name in ("scheme", "plan", "fiscal_year", "lines"):
        data = {"scheme": scheme.pk, "fiscal_year": 2023, "plan": plan.pk, "lines": GOOD}
        assert client.post(reverse(URL), data | {name: nonsense}).status_code in {200, 404}
        assert client.get(reverse(URL), {name: nonsense}).status_code in {200, 404}


def test_a_large_plan_asks_no_more_queries(people: People, plan: Plan) -> None:
    scheme, client = make_rates(people.kita), sign_in(people.planner)
    use(plan, scheme)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            send(client, scheme, plan=plan.pk, lines=GOOD)
        return len(asked)

    few = queries()
    for _number in range(60):
        indicator = make.make_indicator(plan)
        make.make_target(indicator)
        make.make_actual(indicator.series)
    assert queries() == few
