"""The screen and the workbook of reorganisations and transfers, as a planner uses them."""

from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from municipalities.access import Role
from municipalities.models import Department, Membership, User
from rounds.transfers.ownerless import asked_next

from . import factories as make
from .admin_pages import filled_in, sign_in
from .office import pdf_pages
from .people import People, make_people

pytestmark = pytest.mark.django_db
URL = "/admin/municipalities/department/transfers/"
RENAME = {"old": "welfare", "kind": "renamed", "code": "chiiki", "name": "地域福祉課"}


@pytest.fixture
def people() -> People:
    people = make_people()
    make.make_indicator(make.make_plan(people.kita), departments=[people.welfare])
    return people


def typed(table: str, number: int, **cells: str) -> dict[str, str]:
    return {f"{table}-{number}-{key}": value for key, value in cells.items()}


def form_of(client: Client, **fields: str) -> dict[str, Any]:
    """Return what the screen would send, with a day."""
    data = filled_in(client, URL) | {"effective_on": "2026-04-01", "reason": "訓令第1号"}
    return {name: value for name, value in data.items() if name != "file"} | fields


def shown(answer: Any) -> BeautifulSoup:
    assert answer.status_code == 200
    return BeautifulSoup(answer.content, "html.parser")


def test_the_planner_types_sees_and_books(people: People) -> None:
    planner = sign_in(people.planner)
    newcomer = {"username": "shinnin", "name": "新人", "step": "new", "section": "chiiki"}
    data = form_of(planner) | typed("sections", 0, **RENAME) | typed("people", 0, **newcomer)
    page = shown(planner.post(URL, data | {"preview": "1"}))
    assert "まだ何も書き込んでいません" in page.select_one("#preview").text
    assert "福祉課：改称→地域福祉課" in page.select_one("#preview h3").text
    assert not Department.objects.filter(code="chiiki").exists()

    fingerprint = page.select_one("input[name=fingerprint]")["value"]
    answer = planner.post(URL, data | {"confirm": "1", "fingerprint": fingerprint}, follow=True)
    person = User.objects.get(username="shinnin")
    assert "登録しました：組織の改編1件、移した事務1件" in answer.content.decode()
    password = reverse("admin:auth_user_password_change", args=[person.pk])
    assert password in answer.content.decode()
    assert planner.get(password).status_code == 200
    new = Department.objects.get(code="chiiki")
    assert new.history.get().history_change_reason == "訓令第1号"
    assert new.history.get().door == "admin"


def test_what_is_typed_stays_with_more_lines_and_with_errors(people: People) -> None:
    planner = sign_in(people.planner)
    data = form_of(planner) | typed("sections", 0, **(RENAME | {"old": "<b>none"}))
    page = shown(planner.post(URL, data | {"more": "1"}))
    assert page.select_one("[name=sections-0-old]")["value"] == "<b>none"
    assert len(page.select("#sections-lines tbody tr")) == 11
    page = shown(planner.post(URL, data | {"preview": "1"}))
    assert "コードを入力してください" in page.select_one("#sections-0-old-error").text
    assert page.select_one("[name=sections-0-kind] option[selected]")["value"] == "renamed"
    assert page.select_one("#preview") is None


def test_a_choice_that_was_not_shown_is_shown_before_it_is_booked(people: People) -> None:
    planner = sign_in(people.planner)
    line = {"old": "welfare", "kind": "moved", "code": "finance"}
    data = form_of(planner) | typed("sections", 0, **line)
    page = shown(planner.post(URL, data | {"preview": "1"}))
    select = page.select_one("#preview td select")["name"]
    fingerprint = page.select_one("input[name=fingerprint]")["value"]
    data |= {select: "finance", "confirm": "1", "fingerprint": fingerprint}
    page = shown(planner.post(URL, data))
    assert "まだ何も書き込んでいません。確かめ直してください" in page.text
    assert page.select_one(f"[name='{select}'] option[selected]")["value"] == "finance"
    data["fingerprint"] = page.select_one("input[name=fingerprint]")["value"]
    assert planner.post(URL, data).status_code == 302
    assert people.finance.responsibilities.get().first_fiscal_year == 2026


# --- The workbook -----------------------------------------------------------------------------


def workbook(client: Client) -> Any:
    answer = client.get(f"{URL}workbook/")
    assert answer.status_code == 200
    return load_workbook(BytesIO(answer.content))


def test_the_workbook_prints_every_column_on_one_page(
    people: People, soffice: str, tmp_path: Path
) -> None:
    content = sign_in(people.planner).get(f"{URL}workbook/").content
    assert len(pdf_pages(soffice, content, tmp_path)) == 3  # the guide and two tables


def upload(client: Client, book: Any) -> Any:
    file = BytesIO()
    book.save(file)
    sent = SimpleUploadedFile("ido.xlsx", file.getvalue())
    return client.post(URL, {"effective_on": "2026-04-01", "upload": "1", "file": sent})


def put(book: Any, sheet: str, line: int, **cells: str) -> None:
    headings = {cell.value: cell.column for cell in book[sheet][1]}
    for heading, value in cells.items():
        book[sheet].cell(line, headings[heading], value)


def line_of(book: Any, sheet: str, first: str) -> int:
    return next(row[0].row for row in book[sheet].iter_rows() if row[0].value == first)


def test_the_workbook_unchanged_changes_nothing(people: People) -> None:
    planner = sign_in(people.planner)
    before = Membership.objects.count()
    page = shown(upload(planner, workbook(planner)))
    assert "変わるものがありません" in page.text
    assert page.select_one("#preview") is None
    assert Membership.objects.count() == before


def test_the_workbook_filled_in_is_shown_and_booked(people: People) -> None:
    planner = sign_in(people.planner)
    book = workbook(planner)
    assert book.sheetnames == ["記入のしかた", "組織改編", "人事異動"]
    line = line_of(book, "組織改編", "welfare")
    put(
        book,
        "組織改編",
        line,
        種類="改称",
        新しい組織コード="chiiki",
        新しい組織の名称="地域福祉課",
    )
    line = line_of(book, "人事異動", "colleague")
    put(book, "人事異動", line, 動き="異動", 新しい組織コード="chiiki")
    page = shown(upload(planner, book))
    assert "地域福祉課 入力担当" in page.select_one("#roles").text
    data = {
        box["name"]: box.get("value", "")
        for box in page.select("#transfers-form input[name]:not([type=submit])")
    } | {
        box["name"]: (box.select_one("option[selected]") or {"value": ""})["value"]
        for box in page.select("#transfers-form select[name]")
    }
    assert planner.post(URL, data | {"confirm": "1"}).status_code == 302
    new = Department.objects.get(code="chiiki")
    assert new.history.get().door == "workbook"
    moved = people.colleague.memberships.get(valid_from__isnull=False)
    assert (moved.department, moved.role, moved.valid_from) == (new, "entry", date(2026, 4, 1))


def test_what_is_wrong_in_the_workbook_is_said_and_marked_cell_by_cell(people: People) -> None:
    planner = sign_in(people.planner)
    book = workbook(planner)
    line = line_of(book, "組織改編", "welfare")
    put(book, "組織改編", line, 種類="改名", 新しい組織コード="chiiki")
    page = shown(upload(planner, book))
    said = [cell.text for cell in page.select("#complaints tbody td")]
    assert said[:3] == ["組織改編", f"C{line}", "改名"]
    assert "改称、統合、分割、移管、廃止のどれか" in said[3]
    pending = page.select_one("input[name=pending]")["value"]
    answer = planner.post(f"{URL}marked/", {"pending": pending})
    cell = load_workbook(BytesIO(answer.content))["組織改編"][f"C{line}"]
    assert cell.value == "改名"
    assert "改称、統合" in cell.comment.text
    for other in (people.operator, people.stranger):
        answer = sign_in(other).post(f"{URL}marked/", {"pending": pending})
        assert answer.status_code == 404
    assert planner.post(f"{URL}marked/", {"pending": "\0"}).status_code == 404


def test_another_file_is_refused_with_what_was_found(people: People) -> None:
    planner = sign_in(people.planner)
    book = workbook(planner)
    for sheet in ("組織改編", "人事異動"):
        book[sheet].title = f"{sheet}の写し"
    assert "（あるシート：記入のしかた、組織改編の写し" in shown(upload(planner, book)).text


# --- Who --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("planner", 200),
        ("operator", 200),
        ("superuser", 200),
        ("entry", 403),
        ("approver", 403),
        ("reader", 403),
        ("stranger", 404),
        ("stranger_entry", 404),
    ],
)
def test_who_gets_there(people: People, who: str, status: int) -> None:
    client = sign_in(getattr(people, who))
    for page in (URL, f"{URL}workbook/"):
        assert client.get(f"{page}?municipality=kita").status_code == status
    if status != 200:
        data = {"effective_on": "2026-04-01", "sections-total": "1", "confirm": "1"}
        data |= typed("sections", 0, **RENAME)
        assert client.post(f"{URL}?municipality=kita", data).status_code == status
        assert not Department.objects.filter(code="chiiki").exists()


def test_an_operator_chooses_the_town_and_nonsense_is_answered(people: People) -> None:
    operator = sign_in(people.operator)
    assert "きた市" in shown(operator.get(URL)).select_one("#municipality").text
    assert operator.get(f"{URL}?municipality=%00").status_code == 200
    assert operator.get(f"{URL}?municipality=none").status_code == 404
    planner = sign_in(people.planner)
    for total in ("\0", "9" * 30, "-1"):
        data = {"effective_on": "0001-01-01", "sections-total": total, "preview": "1"}
        assert "まだ何も書き込んでいません" in shown(planner.post(URL, data)).text
    nonsense = typed("sections", 0, old="\0", kind="x" * 300, code="課", name="\0")
    data = form_of(planner) | nonsense | {"duty-\0": "\0", "usual-9": "-", "preview": "1"}
    assert planner.post(URL, data).status_code == 200


def test_the_screen_lists_what_nobody_answers_for(people: People) -> None:
    Membership.objects.filter(role=Role.ENTRY, department=people.welfare).delete()
    page = shown(sign_in(people.planner).get(URL))
    assert "入力担当の人がいません" in page.select_one("#ownerless").text
    year = asked_next(timezone.localdate())
    assert people.kita.year_label(year) in page.select_one("#ownerless h2").text  # as at home
    changelist = sign_in(people.planner).get(reverse("admin:municipalities_department_changelist"))
    assert URL in changelist.content.decode()
    assert URL in sign_in(people.planner).get("/admin/").content.decode()
    assert URL not in sign_in(people.reader).get("/admin/").content.decode()
