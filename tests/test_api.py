"""What the API answers: filters, pages, addresses, headers, refusals, and how often one may ask."""

from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from django.core.cache import cache
from django.db.models import Model
from django.test import Client
from django.test.utils import override_settings
from django.utils import timezone
from django.utils.http import http_date

from exchange.api.resources import OF_INDICATOR, OF_PLAN
from exchange.api.throttling import PerAddress
from exchange.open_data.table import Kind
from municipalities.models import Municipality
from plans.choices import Visibility
from plans.models import Plan
from rounds.models import Publication
from rounds.record import publish

from . import factories as make
from .api import V1, read, rows_of

pytestmark = pytest.mark.django_db
SOGO = f"{V1}plans/kita/sogo/"


@pytest.fixture
def plan(db: None) -> Plan:
    """きた市's plan: an indicator that reached 0, one without a value, and two goals."""
    town = make.make_municipality("kita", name="きた市", prefecture="群馬県")
    plan = make.make_plan(town, "sogo", title="総合計画", start_fiscal_year=2020)
    make.make_goal(plan, code="1")
    goal = make.make_goal(plan, code="2")
    section = make.make_department(town, "福祉課", code="fukushi")
    for code, value, more in (("zero", 0, {}), ("none", None, {"missing_reason": "no_survey"})):
        series = make.make_series(town, name=code, decimals=1, unit="人")
        indicator = make.make_indicator(plan, series, [section], code=code, basic_goal=goal)
        make.make_target(indicator, value=50)
        make.make_actual(series, 2022, 12)
        make.make_actual(series, 2023, value, **more)
    publish(plan, Publication.Kind.PLAN, by=None)
    for year in (2022, 2023):
        publish(plan, Publication.Kind.PUBLIC, by=None, fiscal_year=year, period="year_end")
    return plan


# --- Addresses ----------------------------------------------------------------------------------


def test_everything_is_reached_from_the_entry(plan: Plan) -> None:
    assert Client().get("/api/").headers["Location"] == V1
    assert Client().get("/api/v1/plans").headers["Location"] == f"{V1}plans/"
    entry = read(V1)
    (town,) = rows_of(entry["municipalities"])
    assert town["municipality"] == "きた市"
    assert town["url"] == "http://testserver/kita/"
    detail = read(town["api_url"])
    (row,) = rows_of(detail["links"]["plans"])
    whole = read(row["api_url"])
    assert whole["links"]["municipality"] == town["api_url"]
    for name, address in whole["links"].items():
        answer = Client().get(address)
        assert answer.status_code == 200, name
    assert whole["license"].startswith("クリエイティブ・コモンズ")
    assert read(entry["openapi"])["info"]["version"].startswith("1.")


def test_the_first_page_and_the_document_say_how_to_read() -> None:
    page = Client().get(V1, headers={"Accept": "text/html"}).content.decode()
    told = read(f"{V1}openapi.json")["info"]["description"]
    for words in ("next をたどる", "v1 は版です。", "Retry-After", "値のないところは null"):
        assert words in page
        assert words in told


def test_zero_is_a_value_and_no_value_has_its_reason(plan: Plan) -> None:
    zero, none = rows_of(f"{SOGO}values/?fiscal_year=2023")
    assert (zero["value"], zero["missing_reason"]) == ("0.0", None)
    assert (none["value"], none["missing_reason"]) == (None, "no_survey")
    assert none["missing_reason_label"] == "調査のない年"


def test_an_indicator_comes_with_all_that_is_told_of_it(plan: Plan) -> None:
    told = read(f"{SOGO}indicators/zero/")
    assert (told["indicator"], told["level"], told["code"]) == ("zero", "basic_goal", "2")
    assert told["url"] == "http://testserver/kita/sogo/indicators/zero/"
    assert [(row["fiscal_year"], row["value"]) for row in told["values"]] == [
        (2022, "12.0"),
        (2023, "0.0"),
    ]
    assert [row["value"] for row in told["targets"]] == ["50.0"]
    assert {row["department_name"] for row in told["responsibilities"]} == {"福祉課"}
    assert "plan" not in told["values"][0]


@pytest.mark.parametrize(
    "path",
    [
        "municipalities/nowhere/",
        "municipalities/nowhere/departments/",
        "plans/kita/nowhere/",
        "plans/nowhere/sogo/values/",
        "plans/kita/nowhere/values/",
        "plans/kita/sogo/indicators/nowhere/",
        "plans/kita/sogo/indicators/%00/",
        "plans/kita/sogo/indicators/zero/values/",
        "plans/kita/sogo/users/",
        "plans/kita/sogo/plans/",
        "plans/a b/\n/",
        "plans//",
        "../v2/",
    ],
)
def test_what_is_not_there_is_answered_in_json(plan: Plan, path: str) -> None:
    assert read(f"{V1}{path}", 404)["detail"]


def test_only_reading_is_possible(plan: Plan) -> None:
    for path in (V1, f"{V1}plans/", f"{SOGO}values/", f"{V1}nowhere/"):
        for method in ("post", "put", "patch", "delete", "trace"):
            answer = getattr(Client(enforce_csrf_checks=True), method)(path)
            assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")
    answer = Client().head(f"{SOGO}values/")
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("municipalities/nowhere/", "この自治体に公表中の計画はありません。"),
        ("plans/kita/nowhere/values/", "この計画は公表されていません。"),
        ("plans/kita/sogo/indicators/nowhere/", "この指標は公表されていません。"),
        ("nowhere/", "このアドレスのAPIはありません。"),
    ],
)
def test_what_is_not_there_is_named(plan: Plan, path: str, words: str) -> None:
    assert read(f"{V1}{path}", 404)["detail"] == words


def test_who_wants_another_format_learns_where_it_is(plan: Plan) -> None:
    refused = read(f"{SOGO}values/", 406, Accept="text/csv")
    assert "application/json" in refused["detail"]
    assert "データのページ" in refused["detail"]


# --- Filters and pages --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("values/?indicator=zero", [("zero", 2022), ("zero", 2023)]),
        ("values/?indicator=zero&fiscal_year=2022", [("zero", 2022)]),
        ("values/?missing_reason=no_survey", [("none", 2023)]),
        ("values/?is_provisional=true", []),
        ("values/?period=mid_year", []),
        ("values/?indicator=%E2%91%A0", []),
        ("responsibilities/?department=fukushi&fiscal_year=2022", [("zero", 2022), ("none", 2022)]),
    ],
)
def test_a_filter_chooses_the_rows_with_that_value(
    plan: Plan, query: str, expected: list[Any]
) -> None:
    rows = rows_of(f"{SOGO}{query}")
    assert [(row["indicator"], row["fiscal_year"]) for row in rows] == expected


def test_lists_across_municipalities_are_filtered_in_the_database(plan: Plan) -> None:
    other = make.make_plan(make.make_municipality("minami", prefecture="栃木県"), "sogo")
    publish(other, Publication.Kind.PLAN, by=None)
    for query, expected in (
        ("municipality_slug=kita", ["kita"]),
        ("municipality=きた市", ["kita"]),
        (f"municipality_code={plan.municipality.code}", ["kita"]),
        ("prefecture=栃木県", ["minami"]),
        ("is_sample=true", []),
    ):
        for name in ("plans", "municipalities"):
            found = [row["municipality_slug"] for row in rows_of(f"{V1}{name}/?{query}")]
            assert found == expected, (name, query)
    assert [row["plan"] for row in rows_of(f"{V1}plans/?start_fiscal_year=2020&plan=sogo")]
    assert len(rows_of(f"{V1}plans/?page_size=1")) == 2


def test_a_list_in_a_row_is_looked_through() -> None:
    plan = make.make_plan(make.make_municipality("kita"), "sogo")
    for code, goals in (("a", [3, 14]), ("b", [1]), ("c", [])):
        policy = make.make_policy(plan, code=code)
        for number in goals:
            policy.sdgs.create(number=number)
    publish(plan, Publication.Kind.PLAN, by=None)
    assert [row["code"] for row in rows_of(f"{SOGO}structure/?level=policy&sdgs=14")] == ["a"]
    assert [row["code"] for row in rows_of(f"{SOGO}structure/?sdgs=1")] == ["b"]


def test_an_indicator_is_found_by_the_goals_of_its_place() -> None:
    plan = make.make_plan(make.make_municipality("kita"), "sogo")
    policy = make.make_policy(plan, code="p")
    own, bare = (make.make_measure(plan, code=code, policy=policy) for code in ("own", "bare"))
    policy.sdgs.create(number=4)
    own.sdgs.create(number=11)
    for code, place in (
        ("policy", {"policy": policy}),
        ("own", {"measure": own}),
        ("bare", {"measure": bare}),
        ("plan", {}),
    ):
        make.make_indicator(plan, make.make_series(plan.municipality), code=code, **place)
    publish(plan, Publication.Kind.PLAN, by=None)
    for number, expected in ((4, {"policy", "bare"}), (11, {"own"}), (1, set())):
        rows = rows_of(f"{SOGO}indicators/?sdgs={number}")
        assert {row["indicator"] for row in rows} == expected
        assert all(row["sdgs"] == [str(number)] for row in rows)


def test_no_filter_reads_row_by_row(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which rows there are is told from little of each: a filter that needs more would ask the
    database for it indicator by indicator."""

    def read_alone(row: Any, *_args: Any, fields: Any, **_more: Any) -> None:
        raise AssertionError(f"{type(row).__name__}: {fields}")

    plan.show_forecast = plan.show_computed_judgement = Visibility.PUBLIC
    plan.save()
    monkeypatch.setattr(Model, "refresh_from_db", read_alone)
    samples = {Kind.YEAR: "2023", Kind.INTEGER: "1", Kind.BOOLEAN: "true"}
    told = [each for each in OF_PLAN if each.table.documents is not None]
    assert [each.name for each in told] == ["indicators", *OF_INDICATOR]
    for resource in told:
        for column in resource.filters:
            value = next(iter(column.choices), samples.get(column.kind, "x"))
            read(f"{SOGO}{resource.name}/?{column.name}={value}")


@pytest.mark.parametrize("is_sample", [True, False])
def test_an_empty_list_says_whether_its_town_is_invented(plan: Plan, is_sample: bool) -> None:
    if is_sample:
        Municipality.objects.update(is_sample=True, code=None)
    found = read(f"{SOGO}trends/")
    assert (found["results"], found["is_sample"]) == ([], is_sample)
    page = Client().get(f"{SOGO}trends/", headers={"Accept": "text/html"}).content.decode()
    assert ("この自治体と数値は架空です。" in page) == is_sample


def test_pages_together_are_the_whole_in_the_same_order(plan: Plan) -> None:
    whole = read(f"{SOGO}values/")
    assert (whole["count"], whole["next"], whole["previous"]) == (4, None, None)
    assert rows_of(f"{SOGO}values/?page_size=1") == whole["results"]
    assert rows_of(f"{SOGO}values/?page_size=3") == whole["results"]
    for name in ("indicators", *OF_INDICATOR):
        assert rows_of(f"{SOGO}{name}/?page_size=1") == read(f"{SOGO}{name}/")["results"]
    second = read(f"{SOGO}values/?page_size=1&page=2&indicator=none")
    assert second["count"] == 2
    assert second["previous"] == f"http://testserver{SOGO}values/?indicator=none&page_size=1"
    assert "2ページ目はありません。" in read(f"{SOGO}values/?page=2", 404)["detail"]


@pytest.mark.parametrize(("page", "size"), [("2.0", "1.0"), ("２", "１"), ("+2", "01")])
def test_a_number_means_the_same_however_it_is_written(plan: Plan, page: str, size: str) -> None:
    found = read(f"{SOGO}values/?{urlencode({'page': page, 'page_size': size})}")
    assert found["results"] == read(f"{SOGO}values/?page=2&page_size=1")["results"]
    assert rows_of(found["next"]) == read(f"{SOGO}values/")["results"][2:]


@pytest.mark.parametrize(
    ("query", "name", "words"),
    [
        (
            "values/?year=2023",
            "year",
            "この名前の条件はありません。使える条件：indicator、fiscal_year",
        ),
        ("values/?fiscal_year=2023&fiscal_year=2022", "fiscal_year", "同じ条件が2回"),
        ("values/?fiscal_year=R5", "fiscal_year", "有効な整数を入力してください。"),
        ("values/?fiscal_year=1", "fiscal_year", "1868以上"),
        ("values/?fiscal_year=", "fiscal_year", "有効な整数"),
        ("values/?indicator=", "indicator", "空にできません"),
        ("values/?period=spring", "period", "「spring」は選べません。選べる値：mid_year、"),
        ("values/?is_provisional=yes", "is_provisional", "選べる値：true、false"),
        ("values/?indicator=%00", "indicator", "使えない文字"),
        ("values/?page=0", "page", "1以上"),
        ("values/?page=last", "page", "整数"),
        ("values/?page_size=1001", "page_size", "1000以下"),
        ("values/?format=csv", "format", "「csv」は選べません。選べる値：json"),
        ("?page=1", "page", "この名前の条件はありません。使える条件：format"),
        ("indicators/zero/?indicator=none", "indicator", "この名前の条件はありません。"),
    ],
)
def test_a_wrong_query_says_what_is_wrong(plan: Plan, query: str, name: str, words: str) -> None:
    problems = read(f"{SOGO}{query}", 400)[name]
    assert any(words in problem for problem in problems)


def test_a_character_that_cannot_be_sought_is_told_in_one_way(plan: Plan) -> None:
    problems = read(f"{SOGO}values/?indicator=a%00", 400)
    assert problems == {"indicator": ["使えない文字があります。"]}


# --- Headers ------------------------------------------------------------------------------------


def test_an_answer_that_has_not_changed_is_not_sent_again(plan: Plan) -> None:
    first = Client().get(f"{SOGO}values/")
    tag = first.headers["ETag"]
    again = Client().get(f"{SOGO}values/", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    plan.indicators.get(code="zero").series.actuals.filter(fiscal_year=2023).update(value=7)
    # A correction in progress changes nothing, its publication does.
    assert Client().get(f"{SOGO}values/", headers={"If-None-Match": tag}).status_code == 304
    publish(plan, "public", by=None, fiscal_year=2023, period="year_end")
    changed = Client().get(f"{SOGO}values/", headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed.json()["results"][1]["value"] == "7.0"


def test_the_document_tells_what_a_version_that_is_gone_gets(plan: Plan) -> None:
    told = read(f"{V1}openapi.json")
    answers = told["paths"][f"{V1}plans/{{municipality}}/{{plan}}/values/"]["get"]["responses"]
    for headers in ({"If-Match": '"gone"'}, {"If-Unmodified-Since": http_date(1)}):
        status = Client().get(f"{SOGO}values/", headers=headers).status_code
        assert (status, "content" in answers[str(status)]) == (412, False)
    assert "405" in told["info"]["description"]


def test_head_tells_what_get_would(plan: Plan) -> None:
    for path in (V1, f"{SOGO}values/", f"{SOGO}values/?fiscal_year=2023", "/kita/sogo/data/"):
        tag = Client().get(path).headers["ETag"]
        head = Client().head(path)
        assert (head.headers["ETag"], head.content) == (tag, b""), path
        assert Client().head(path, headers={"If-None-Match": tag}).status_code == 304, path
        other = Client().head(path, headers={"If-None-Match": '"other"'})
        assert other.status_code == 200, path


def test_every_answer_has_a_version_of_its_own(plan: Plan) -> None:
    paths = [f"{SOGO}values/", f"{SOGO}values/?page_size=1", f"{SOGO}values/?indicator=zero"]
    answers = [Client().get(path) for path in paths]
    answers.append(Client().get(paths[0], headers={"Accept": "text/html"}))
    assert len({answer.headers["ETag"] for answer in answers}) == 4
    assert all("Accept" in answer.headers["Vary"] for answer in answers)


def test_pages_of_other_sites_may_read_but_not_with_cookies(plan: Plan) -> None:
    origin = {"Origin": "https://data.example"}
    answer = Client().get(f"{SOGO}values/", headers=origin)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "Retry-After" in answer.headers["Access-Control-Expose-Headers"]
    assert not answer.cookies
    assert "Cookie" not in answer.headers["Vary"]
    read_before = {**origin, "If-None-Match": answer.headers["ETag"]}
    for path, headers, status in (
        (f"{SOGO}values/", read_before, 304),
        (f"{SOGO}values/?year=1", origin, 400),
        (f"{SOGO}nowhere/", origin, 404),
        (f"{SOGO}values", origin, 301),
    ):
        refused = Client().get(path, headers=headers)
        assert refused.status_code == status
        assert refused.headers["Access-Control-Allow-Origin"] == "*", status
    asking = {**origin, "Access-Control-Request-Method": "GET"}
    asking["Access-Control-Request-Headers"] = "if-none-match"
    allowed = Client().options(f"{SOGO}values/", headers=asking)
    assert allowed.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert "if-none-match" in allowed.headers["Access-Control-Allow-Headers"]
    for page in ("/", "/kita/", "/admin/login/"):
        assert "Access-Control-Allow-Origin" not in Client().get(page, headers=origin).headers


# --- How often ----------------------------------------------------------------------------------


def asked(times: int, address: str, **more: str) -> list[int]:
    """Return the statuses somebody at `address` gets."""
    client = Client(REMOTE_ADDR=address, **more)
    return [client.get(V1).status_code for _time in range(times)]


def check_that_each_address_has_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PerAddress, "rate", "3/minute", raising=False)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        assert asked(5, "192.0.2.1") == [200, 200, 200, 429, 429]
        assert asked(4, "192.0.2.2") == [200, 200, 200, 429]
        clock.shift(20)
        origin = {"Origin": "https://data.example"}
        answer = Client(REMOTE_ADDR="192.0.2.1").get(f"{V1}plans/", headers=origin)
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "40")
        wait = "短い間に多すぎます。 40秒待ってから、もう一度読んでください。"
        assert answer.json()["detail"] == wait
        clock.shift(41)
        assert asked(1, "192.0.2.1") == [200]


def test_who_asks_too_often_waits_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    check_that_each_address_has_to_wait(monkeypatch)
    cache.clear()
    assert asked(1, "192.0.2.2") == [200]


def test_who_asks_too_often_waits_in_redis_too(
    redis_cache: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_that_each_address_has_to_wait(monkeypatch)


def test_behind_a_proxy_the_address_is_that_of_the_reader(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(PerAddress, "rate", "1/minute", raising=False)
    made_up = "203.0.113.9, 192.0.2.7"
    assert asked(1, "10.0.0.1", HTTP_X_FORWARDED_FOR="192.0.2.7") == [200]
    with override_settings(PROXY_COUNT=1):
        assert asked(2, "10.0.0.1", HTTP_X_FORWARDED_FOR="192.0.2.7") == [200, 429]
        assert asked(1, "10.0.0.1", HTTP_X_FORWARDED_FOR=made_up) == [429]
        assert asked(1, "10.0.0.1", HTTP_X_FORWARDED_FOR="192.0.2.8") == [200]


def test_the_limit_is_that_of_the_settings() -> None:
    assert asked(121, "192.0.2.3")[-2:] == [200, 429]
