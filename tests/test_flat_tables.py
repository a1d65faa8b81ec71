"""Flat tables: what leaves comes back unchanged; what is wrong is said by cell, all of it."""

from datetime import date, time
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from indicators.models import Actual, Series
from indicators.resources import ActualResource, IndicatorResource, SeriesResource, TargetResource
from municipalities.models import Department, DepartmentSuccession, Membership, Municipality, User
from municipalities.resources import (
    DepartmentResource,
    DepartmentSuccessionResource,
    MunicipalityResource,
    StaffResource,
)
from municipalities.uploads import read

from . import factories as make
from .flat_files import as_csv, as_xlsx, exported, imported, said
from .full_town import fill_town
from .people import People, make_people

pytestmark = pytest.mark.django_db
RESOURCES = {
    "municipalities": MunicipalityResource,
    "departments": DepartmentResource,
    "successions": DepartmentSuccessionResource,
    "staff": StaffResource,
    "series": SeriesResource,
    "indicators": IndicatorResource,
    "actuals": ActualResource,
    "targets": TargetResource,
}
ACTUAL = ["自治体", "系列コード", "年度", "時期", "実績値", "値のない理由"]


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.fixture
def series(people: People) -> Series:
    """A series of きた市 with one decimal, answered for by the welfare section."""
    series = make.make_series(people.kita, code="s1", owner=people.welfare, decimals=1)
    make.make_indicator(make.make_plan(people.kita), series, [people.welfare])
    return series


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
@pytest.mark.parametrize("name", RESOURCES)
def test_what_is_exported_comes_back_unchanged(people: People, name: str, kind: str) -> None:
    for _number in range(2):
        rows = fill_town(people.welfare)
    Series.objects.filter(pk=rows[Series].pk).update(
        name="=1+1", definition="1行目\r\n2行目", unit="'", note="-5%"
    )
    Department.objects.filter(pk=people.finance.pk).update(note="@SUM(A1)")
    make.make_actual(rows[Series], 2020, value=Decimal("-1.5"))
    make.make_actual(rows[Series], 2019, value=None, missing_reason="no_survey")
    content = exported(RESOURCES[name], people.planner, kind)
    with CaptureQueriesContext(connection) as asked:
        outcome = imported(RESOURCES[name], people.planner, content)
    assert said(outcome) == []
    assert outcome.lines == []
    assert outcome.unchanged == RESOURCES[name].model.objects.visible_to(people.planner).count()
    assert not [query for query in asked if query["sql"].startswith(("INSERT", "UPDATE"))]


def test_new_and_changed_figures_are_saved_with_their_history(
    people: People, series: Series
) -> None:
    make.make_actual(series, 2022, value=3, state="draft")
    make.make_actual(series, 2021, value=2, state="draft")
    content = as_xlsx(
        ACTUAL,
        ["kita", "s1", "R3", "年度末実績", 2, None],
        ["kita", "s1", "令和4年度", "年度末実績", 4.5, None],
        ["kita", "s1", 2023, "year_end", "▲１，２３４.5", None],
        ["kita", "s1", "2024年度", "年度末実績", 0, None],
        [None] * 6,
        ["kita", "s1", "R7", "年度末実績", None, "未集計"],
    )
    preview = imported(ActualResource, people.planner, content, save=False)
    assert said(preview) == []
    assert [(line.place, line.is_new) for line in preview.lines] == [
        (3, False),
        (4, True),
        (5, True),
        (7, True),
    ]
    assert preview.lines[0].changes == [("実績値", "3", "4.5")]
    assert preview.unchanged == 1
    assert Actual.objects.count() == 2

    outcome = imported(ActualResource, people.planner, content, reason="決算による")
    assert outcome.is_saved
    values = {row.fiscal_year: (row.value, row.missing_reason) for row in Actual.objects.all()}
    assert values == {
        2021: (2, ""),
        2022: (Decimal("4.5"), ""),
        2023: (Decimal("-1234.5"), ""),
        2024: (0, ""),
        2025: (None, "not_compiled"),
    }
    changed = Actual.objects.get(fiscal_year=2022)
    last = changed.history.first()
    assert (last.door, last.history_user, last.history_change_reason) == (
        "workbook",
        people.planner,
        "決算による",
    )
    assert changed.version == 2
    assert Actual.objects.get(fiscal_year=2021).history.count() == 1  # as it was made


def test_everything_wrong_is_said_by_cell_and_nothing_is_saved(
    people: People, series: Series
) -> None:
    make.make_lock(series.indicators.get().plan, 2021)
    content = as_csv(
        ACTUAL,
        ["kita", "s1", "R4", "年度末実績", "3", ""],
        ["kita", "s9", "R5", "年度末実績", "3", ""],
        ["kita", "s1", "平成99年度", "いつか", "約3", "不明"],
        ["kita", "s1", "R5", "年度末実績", "1.25", ""],
        ["kita", "s1", "R6", "年度末実績", "", ""],
        ["kita", "s1", "R4", "年度末実績", "5", ""],
        ["kita", "s1", "R3", "年度末実績", "5", ""],
        ["kita", "", "R6", "", "5", ""],
    )
    outcome = imported(ActualResource, people.planner, content)
    assert not outcome.is_saved
    assert Actual.objects.count() == 0
    assert [(place, found) for place, found, _message in said(outcome)] == [
        ("B3", "s9"),
        ("C4", "平成99年度"),
        ("D4", "いつか"),
        ("E4", "約3"),
        ("F4", "不明"),
        ("5行目", ""),
        ("6行目", ""),
        ("7行目", ""),
        ("8行目", ""),
        ("B9", ""),
        ("D9", ""),
    ]
    messages = " ".join(message for _place, _found, message in said(outcome))
    for hint in ("系列コード", "9月末実績、", "未集計、", "小数2桁", "どちらか一方", "2行目と同じ"):
        assert hint in messages
    assert "締め切" in messages


def test_a_missing_column_changes_nothing_and_an_empty_cell_empties(
    people: People, series: Series
) -> None:
    Series.objects.filter(pk=series.pk).update(note="注記", source="出典", definition="定義")
    content = as_csv(["コード", "名称", "出典"], ["s1", "新しい名称", ""])
    outcome = imported(SeriesResource, people.planner, content)
    assert said(outcome) == []
    series.refresh_from_db()
    assert (series.name, series.source, series.note) == ("新しい名称", "", "注記")
    assert series.owner == people.welfare


@pytest.mark.parametrize(
    ("headings", "hint"),
    [
        (["コード", "名前"], "知らない見出し"),
        (["コード", "名称", "名称"], "同じ見出し"),
        (["名称"], "「コード」の列がありません"),
    ],
)
def test_headings_that_cannot_be_used_are_said(
    people: People, headings: list[str], hint: str
) -> None:
    outcome = imported(SeriesResource, people.planner, as_csv(headings, headings))
    assert hint in said(outcome)[0][2]


def test_a_required_cell_is_not_emptied(people: People, series: Series) -> None:
    content = as_csv(["コード", "名称", "小数桁"], ["s1", "", ""], ["s2", "新しい", ""])
    outcome = imported(SeriesResource, people.planner, content)
    assert [one[0] for one in said(outcome)] == ["B2", "C2"]
    content = as_csv(["コード", "名称", "小数桁"], ["s2", "新しい", ""])
    assert imported(SeriesResource, people.planner, content).is_saved
    assert Series.objects.get(code="s2").decimals == 0


def test_errors_of_formulas_are_no_values(people: People, series: Series) -> None:
    content = as_xlsx(ACTUAL, ["kita", "s1", "R4", "年度末実績", "#N/A", None])
    outcome = imported(ActualResource, people.planner, content)
    assert said(outcome)[0][:2] == ("E2", "#N/A")


def test_sections_come_with_those_above_them(people: People) -> None:
    content = as_csv(
        ["コード", "名称", "種別", "上位の組織コード", "有効開始日"],
        ["d9", "新しい部", "部・局", "", "2025/4/1"],
        ["c9", "新しい課", "課・室", "d9", "2025-04-01"],
        ["welfare", "福祉課", "", "health", ""],
    )
    outcome = imported(DepartmentResource, people.planner, content)
    assert said(outcome) == [("C4", "", "空欄にはできません。")]
    content = content.replace("課,,health".encode(), "課,section,health".encode())
    outcome = imported(DepartmentResource, people.planner, content)
    assert said(outcome) == []
    section = Department.objects.get(code="c9")
    assert section.parent.name == "新しい部"
    assert section.valid_from == date(2025, 4, 1)

    successors = as_csv(
        ["前の組織コード", "後の組織コード", "種類", "施行日"],
        ["welfare", "c9", "改称", "2025-04-01"],
    )
    assert said(imported(DepartmentSuccessionResource, people.planner, successors)) == []
    assert DepartmentSuccession.objects.get().successor == section


def test_staff_get_accounts_and_roles_but_no_password(people: People) -> None:
    heads = [
        "ユーザー名",
        "氏名",
        "メールアドレス",
        "有効",
        "役割",
        "組織コード",
        "有効開始日",
        "有効終了日",
    ]
    content = as_csv(
        heads,
        ["entry", "入力 花子", "", "はい", "入力担当", "welfare", "", "2025-03-31"],
        ["hanako", "新人 花子", "h@example.jp", "はい", "entry", "finance", "2025-04-01", ""],
        ["hanako", "新人 花子", "h@example.jp", "はい", "閲覧者", "", "2025-04-01", ""],
    )
    outcome = imported(StaffResource, people.planner, content)
    assert said(outcome) == []
    assert (len(outcome.new), len(outcome.changed)) == (2, 1)
    hanako = User.objects.get(username="hanako")
    assert (hanako.name, hanako.has_usable_password()) == ("新人 花子", False)
    assert hanako.memberships.count() == 2
    assert User.objects.get(username="entry").name == "入力 花子"
    assert people.entry.memberships.get().valid_to == date(2025, 3, 31)
    assert "password" not in exported(StaffResource, people.planner, "csv").decode().lower()


def test_a_colleague_who_was_quicker_is_not_overwritten(people: People, series: Series) -> None:
    actual = make.make_actual(series, 2022, value=3, state="draft")
    content = as_csv(ACTUAL, ["kita", "s1", "R4", "年度末実績", "9", ""])
    seen = imported(ActualResource, people.planner, content, save=False).fingerprint
    Actual.objects.filter(pk=actual.pk).update(value=5)
    outcome = imported(ActualResource, people.planner, content, seen=seen)
    assert outcome.is_outdated
    assert not outcome.is_saved
    actual.refresh_from_db()
    assert actual.value == 5


NONSENSE = (
    "",
    "約",
    "=1+1",
    "9" * 400,
    -1,
    10**17,
    1e300,
    1.23456789,
    True,
    date(2024, 4, 1),
    time(9, 30),
    "_x0000_",
    "a" * 5000,
    "<script>",
    "２０２４",
)


@pytest.mark.parametrize("name", RESOURCES)
def test_nonsense_in_any_cell_is_an_answer_and_no_failure(people: People, name: str) -> None:
    fill_town(people.welfare)
    resource = RESOURCES[name]
    headings, *rows = read(exported(resource, people.planner), "a.xlsx").sheets[0].rows
    table = [headings]
    for column in range(len(headings)):
        for value in NONSENSE:
            row = list(rows[-1])
            row[column] = value
            table.append(row)
    outcome = imported(resource, people.planner, as_xlsx(*table), save=False)
    assert outcome.complaints
    # And each alone, as far as it is taken: what passes the checks can be saved.
    for row in table[1:]:
        with transaction.atomic():
            alone = imported(resource, people.planner, as_xlsx(headings, row))
            assert alone.is_saved or alone.complaints, row
            transaction.set_rollback(True)


# --- Who ------------------------------------------------------------------------------------------


def test_rows_of_another_town_are_not_found(people: People) -> None:
    """Neither by its name nor by its codes, and the answer is the same as for what is not there."""
    foreign = fill_town(people.minami_welfare)
    secret = foreign[Series].code
    answers = []
    for town, code in (("minami", secret), ("nowhere", "s1"), ("kita", secret)):
        content = as_csv(ACTUAL, [town, code, "R4", "年度末実績", "3", ""])
        outcome = imported(ActualResource, people.planner, content)
        answers.append([(place, message) for place, _found, message in said(outcome)])
    assert answers[0] == answers[1]
    assert [place for place, _message in answers[0]] == ["A2"]
    assert [place for place, _message in answers[2]] == ["B2"]
    assert {message[:7] for answer in answers for _place, message in answer} == {"見つかりません"}
    for resource in RESOURCES.values():
        text = exported(resource, people.planner, "csv").decode()
        assert "minami" not in text
        assert "みなみ市" not in text


def test_a_section_imports_its_own_figures_only(people: People, series: Series) -> None:
    other = make.make_series(people.kita, code="s2", owner=people.finance)
    content = as_csv(
        ACTUAL,
        ["kita", "s1", "R4", "年度末実績", "3", ""],
        ["kita", other.code, "R4", "年度末実績", "3", ""],
    )
    outcome = imported(ActualResource, people.entry, content)
    assert [one[0] for one in said(outcome)] == ["3行目"]
    assert Actual.objects.count() == 0
    own = as_csv(ACTUAL, ["kita", "s1", "R4", "年度末実績", "3", ""])
    assert imported(ActualResource, people.entry, own).is_saved
    assert imported(ActualResource, people.reader, own.replace(b"3,\r", b"4,\r")).complaints


def test_registered_things_of_a_town_are_the_operators(people: People) -> None:
    content = as_csv(["アドレス名", "名称", "架空の自治体"], ["kita", "きたの市", "はい"])
    outcome = imported(MunicipalityResource, people.planner, content)
    assert ("C2", "はい", "この列を変えられるのは運用管理者だけです。") in said(outcome)
    content = as_csv(["アドレス名", "名称"], ["kita", "きたの市"])
    assert imported(MunicipalityResource, people.planner, content).is_saved
    assert Municipality.objects.get(slug="kita").name == "きたの市"


def test_planners_make_no_operators_and_touch_no_strangers(people: People) -> None:
    heads = ["自治体", "ユーザー名", "氏名", "役割", "組織コード", "有効開始日"]
    for row in (
        ["kita", "new", "", "運用管理者", "", ""],
        ["kita", "stranger", "改名", "閲覧者", "", ""],
        ["kita", "superuser", "改名", "閲覧者", "", ""],
        ["minami", "new", "", "閲覧者", "", ""],
    ):
        outcome = imported(StaffResource, people.planner, as_csv(heads, row))
        assert outcome.complaints, row
    assert not User.objects.filter(username="new").exists()
    assert not User.objects.filter(name="改名").exists()
    assert Membership.objects.filter(user=people.stranger).count() == 1


# --- How much -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["departments", "series", "indicators", "actuals", "targets"])
def test_an_import_asks_a_constant_number_of_queries(people: People, name: str) -> None:
    def fill(count: int) -> None:
        plan = make.make_plan(people.kita)
        for _number in range(count):
            make.make_department(people.kita, parent=people.division)
            row = make.make_indicator(plan, make.make_series(people.kita), [people.welfare])
            make.make_target(row)
            make.make_actual(row.series, state="draft")

    def queries() -> int:
        content = exported(RESOURCES[name], people.planner, "csv")
        if name in {"actuals", "targets"}:
            RESOURCES[name].model.objects.all().delete()
        elif name == "departments":
            Department.objects.update(order=7)
        else:
            RESOURCES[name].model.objects.update(note="別の注記")
        with CaptureQueriesContext(connection) as asked:
            outcome = imported(RESOURCES[name], people.planner, content)
        assert outcome.is_saved, said(outcome)
        assert outcome.lines
        return len(asked)

    fill(3)
    few = queries()
    fill(30)
    assert queries() == few
