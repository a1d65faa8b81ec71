"""The pages of flat tables: upload, preview, confirm, export; who may, and what they cost."""

import uuid
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, models
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook
from playwright.sync_api import Page

from indicators.models import Actual, Indicator, Series, Target
from municipalities.models import Department, DepartmentSuccession, Membership, Municipality
from municipalities.pending import PendingUpload
from municipalities.uploads import read

from . import factories as make
from .admin_pages import address, sign_in
from .browser import axe_problems, overflow_problems
from .flat_files import as_csv, as_xlsx
from .full_town import fill_town
from .people import People, make_people
from .workbooks import workbook

pytestmark = pytest.mark.django_db
STRUCTURE = (Municipality, Department, DepartmentSuccession, Series, Indicator, Target)
TABLES = (*STRUCTURE, Membership, Actual)
ACTUAL = ["自治体", "系列コード", "年度", "時期", "実績値", "値のない理由"]


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.fixture
def series(people: People) -> Series:
    series = make.make_series(people.kita, code="s1", owner=people.welfare, decimals=1)
    make.make_indicator(make.make_plan(people.kita), series, [people.welfare])
    return series


def upload(client: Client, model: type[models.Model], content: bytes, name: str) -> HttpResponse:
    return client.post(address(model, "import"), {"file": SimpleUploadedFile(name, content)})


def export(client: Client, model: type[models.Model], form: str = "csv") -> HttpResponse:
    """Export everything a person sees of a table."""
    everything = "?own=all" if model is Actual else ""
    formats = {"xlsx": "0", "csv": "1"}
    return client.post(f"{address(model, 'export')}{everything}", {"format": formats[form]})


def text(answer: HttpResponse) -> str:
    page = BeautifulSoup(answer.content, "html.parser").select_one("#content")
    return page.get_text(" ", strip=True)


def token(answer: HttpResponse) -> str:
    return BeautifulSoup(answer.content, "html.parser").select_one("[name=upload]")["value"]


def confirm(client: Client, model: type[models.Model], answer: HttpResponse) -> HttpResponse:
    data = {"upload": token(answer), "reason": "決算"}
    return client.post(address(model, "process_import"), data)


def table(value: str = "3") -> bytes:
    return as_csv(ACTUAL, ["kita", "s1", "R4", "年度末実績", value, ""])


# --- The way of an import -------------------------------------------------------------------------


def test_what_was_previewed_is_saved_when_confirmed(people: People, series: Series) -> None:
    client = sign_in(people.entry)
    answer = upload(client, Actual, table(), "実績.csv")
    assert "追加 1行、変更 0行、変更なし 0行" in text(answer)
    assert "実績値： 3" in text(answer) or "実績値：3" in text(answer)
    assert not Actual.objects.exists()
    saved = confirm(client, Actual, answer)
    assert (saved.status_code, saved.headers["Location"]) == (302, address(Actual, "changelist"))
    actual = Actual.objects.get()
    assert actual.value == 3
    assert actual.history.get().history_change_reason == "決算"
    assert not PendingUpload.objects.exists()
    # The same once more changes nothing, and nothing can be confirmed.
    again = upload(client, Actual, table(), "実績.csv")
    assert "変更なし 1行" in text(again)
    assert "この内容で取り込む" not in again.content.decode()


def test_what_is_wrong_is_listed_and_comes_back_marked(people: People, series: Series) -> None:
    client = sign_in(people.planner)
    content = as_xlsx(ACTUAL, ["kita", "s1", "R4", "年度末実績", "<b>約3</b>", None])
    answer = upload(client, Actual, content, "実績.xlsx")
    assert "直すところが1か所" in text(answer)
    assert "E2 <b>約3</b> 数値を入力してください" in text(answer)
    assert "<b>約3" not in answer.content.decode()
    back = client.post(address(Actual, "import_marked"), {"upload": token(answer)})
    result, sheet = read(b"".join(back), "a.xlsx").sheets
    assert result.rows[1][:3] == ["Sheet", "E2", "<b>約3</b>"]
    assert sheet.rows[1][4] == "<b>約3</b>"
    # Confirmed all the same, nothing is saved.
    assert "直すところが1か所" in text(confirm(client, Actual, answer))
    assert not Actual.objects.exists()


def test_a_long_list_says_how_much_it_leaves_out(people: People) -> None:
    client = sign_in(people.planner)
    rows = [[f"c{n}", "名称", n % 2 and "x"] for n in range(400)]
    wrong = upload(client, Series, as_csv(["コード", "名称", "小数桁"], *rows), "a.csv")
    assert "直すところが200か所" in text(wrong)
    rows = [[f"c{n}", "名称", "x"] for n in range(400)]
    wrong = upload(client, Series, as_csv(["コード", "名称", "小数桁"], *rows), "a.csv")
    assert "ほかに100か所" in text(wrong)
    good = upload(client, Series, as_csv(["コード", "名称"], *[row[:2] for row in rows]), "a.csv")
    assert "ほかに100行" in text(good)


@pytest.mark.parametrize(
    ("name", "content", "hint"),
    [
        ("a.xls", bytes.fromhex("D0CF11E0A1B11AE1"), "古い形式"),
        ("a.xlsx", b"a,b\n", "中身はテキスト"),
        ("a.xlsx", workbook('<row r="1"><c r="XFD1048576"><v>1</v></c></row>'), "XFD1048576"),
        ("a.csv", b"\n\n", "表が見つかりません"),
        ("a.csv", b"\x00,", "文字ではない"),
        ("a.csv", b"", "空"),
        ("a.csv", b"a," * (5 * 2**20 + 1), "大きすぎ"),
    ],
)
def test_what_is_no_table_is_refused_on_the_page(
    people: People, name: str, content: bytes, hint: str
) -> None:
    answer = upload(sign_in(people.planner), Series, content, name)
    assert answer.status_code == 200
    assert hint in text(answer)
    assert not PendingUpload.objects.exists()


def test_a_change_after_the_preview_is_shown_before_it_is_overwritten(
    people: People, series: Series
) -> None:
    actual = make.make_actual(series, 2022, value=1, state="draft")
    client = sign_in(people.planner)
    first = upload(client, Actual, table(), "a.csv")
    Actual.objects.filter(pk=actual.pk).update(value=2)
    second = confirm(client, Actual, first)
    assert "プレビューの後に表が変わった" in second.content.decode()
    assert "実績値： 2 → 3" in text(second) or "実績値：2 → 3" in text(second)
    actual.refresh_from_db()
    assert actual.value == 2
    assert confirm(client, Actual, second).status_code == 302
    actual.refresh_from_db()
    assert actual.value == 3


def test_nobody_confirms_or_reads_what_another_uploaded(people: People, series: Series) -> None:
    answer = upload(sign_in(people.planner), Actual, table(), "a.csv")
    mine = token(answer)
    for name in ("entry", "stranger", "operator"):
        other = sign_in(getattr(people, name))
        for page in ("process_import", "import_marked"):
            assert other.post(address(Actual, page), {"upload": mine}).status_code == 404
    planner = sign_in(people.planner)
    for wrong in ("", "x", "../../etc/passwd", str(uuid.uuid4())):
        for page in ("process_import", "import_marked"):
            assert planner.post(address(Actual, page), {"upload": wrong}).status_code == 404
    # Not for another table, and not a day later.
    assert planner.post(address(Series, "process_import"), {"upload": mine}).status_code == 404
    PendingUpload.objects.update(created_at=timezone.now() - timedelta(days=2))
    assert planner.post(address(Actual, "process_import"), {"upload": mine}).status_code == 404
    upload(sign_in(people.entry), Actual, table(), "a.csv")
    assert PendingUpload.objects.count() == 1
    assert not Actual.objects.exists()


def test_an_upload_waits_in_the_database(people: People, series: Series) -> None:
    """Any process can confirm it, and no file lies about."""
    upload(sign_in(people.planner), Actual, table(), "a.csv")
    assert bytes(PendingUpload.objects.get().content) == table()
    assert not (Path(settings.BASE_DIR) / "django-import-export").exists()


# --- Who ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model.__name__)
def test_only_what_is_visible_is_exported(people: People, model: type[models.Model]) -> None:
    fill_town(people.welfare)
    abroad = fill_town(people.minami_welfare)
    for who in ("planner", "entry", "reader", "operator"):
        client = sign_in(getattr(people, who))
        answer = export(client, model)
        if answer.status_code == 403:
            assert (model, who) in {(Membership, "entry"), (Membership, "reader")}
            continue
        rows = read(answer.content, "a.csv").sheets[0].rows
        assert len(rows) > 1
        assert ("minami" in str(rows)) == (who == "operator")
    # Another's row cannot be asked for either.
    planner = sign_in(people.planner)
    row = abroad[model].pk
    answer = planner.post(f"{address(model, 'export')}?id={row}", {"format": "1"})
    assert "minami" not in answer.content.decode("utf-8", "replace")


def test_what_the_list_filters_is_exported(people: People) -> None:
    make.make_series(people.kita, code="a1", accumulation="flow")
    make.make_series(people.kita, code="a2", accumulation="point")
    url = f"{address(Series, 'export')}?accumulation__exact=flow"
    answer = sign_in(people.planner).post(url, {"format": "0"})
    rows = read(answer.content, "a.xlsx").sheets[0].rows
    assert [row[1] for row in rows] == ["コード", "a1"]


def test_an_exported_workbook_holds_text_and_numbers_and_no_formula(people: People) -> None:
    series = make.make_series(people.kita, code="001", name='=HYPERLINK("http://x")', decimals=1)
    make.make_actual(series, 2022, value="12.5")
    client = sign_in(people.planner)
    for model in (Series, Actual):
        answer = export(client, model, "xlsx")
        assert "attachment" in answer.headers["Content-Disposition"]
        (sheet,) = load_workbook(BytesIO(answer.content)).worksheets
        assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {
            "inlineStr",
            "s",
            "n",
            "d",
        }
    assert 12.5 in [cell.value for cell in sheet[2]]


@pytest.mark.parametrize("query", ["nonsense=1", "q=%00", "id=x", "id=" + "9" * 99, "e=1"])
def test_a_query_that_means_nothing_is_no_error(people: People, query: str) -> None:
    client = sign_in(people.planner)
    answer = client.post(f"{address(Series, 'export')}?{query}", {"format": "1"})
    assert answer.status_code in {200, 302}


def test_lists_lead_to_import_and_export_as_far_as_one_may(people: People) -> None:
    for who, links in (("planner", (True, True)), ("reader", (False, True))):
        page = sign_in(getattr(people, who)).get(address(Series, "changelist")).content.decode()
        assert (address(Series, "import") in page, address(Series, "export") in page) == links


# --- How much, and how it looks -------------------------------------------------------------------


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model.__name__)
def test_an_export_asks_a_constant_number_of_queries(
    people: People, model: type[models.Model]
) -> None:
    client = sign_in(people.planner)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            answer = export(client, model)
        assert answer.status_code == 200
        return len(asked)

    for _number in range(2):
        fill_town(people.welfare)
    client.get(address(model, "export"))
    few = queries()
    for _number in range(8):
        fill_town(people.welfare)
    assert queries() == few
    assert few <= 14


@pytest.mark.browser
def test_the_pages_are_accessible_and_break_no_policy(
    live_server, page: Page, people: People, series: Series, tmp_path: Path
) -> None:
    client = sign_in(people.planner)
    page.context.add_cookies(
        [
            {
                "name": "sessionid",
                "value": client.cookies["sessionid"].value,
                "url": live_server.url,
            }
        ]
    )
    console: list[str] = []
    page.on("console", lambda message: console.append(message.text))
    (tmp_path / "good.csv").write_bytes(table())
    (tmp_path / "bad.csv").write_bytes(table("約3"))

    def look() -> None:
        assert console == []
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 900})
            found = axe_problems(page) + overflow_problems(page)
            # Django's own breadcrumbs.
            assert [one for one in found if "breadcrumbs" not in one] == [], (page.url, width)
        console.clear()  # axe adds styles of its own

    page.goto(live_server.url + address(Actual, "export"))
    look()
    page.goto(live_server.url + address(Actual, "import"))
    look()
    for name in ("bad", "good"):
        page.set_input_files("[name=file]", tmp_path / f"{name}.csv")
        page.click("text=内容を確認する")
        look()
    page.click("text=この内容で取り込む")
    assert "追加1行" in page.inner_text(".messagelist")
    assert console == []
