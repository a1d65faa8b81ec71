"""Who may bring and take plans in workbooks, and what leaves the house in them."""

from io import BytesIO

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from exchange.models import Upload
from exchange.plan_book.workbook import plan_workbook
from municipalities.access import Role
from municipalities.models import User
from plans.models import Plan

from . import factories as make
from .admin_pages import sign_in
from .people import People, make_people
from .plan_pages import PARK_PLAN, START, confirm, filled_template, send, soup, words


@pytest.fixture
def people(db: None) -> People:
    return make_people()


@pytest.fixture
def plan(people: People) -> Plan:
    return make.make_plan(people.kita, "sogo", title="総合計画")


def pages(upload: int) -> list[str]:
    """The pages of an import."""
    return [
        reverse("admin:plans_plan_import_preview", args=[upload]),
        reverse("admin:plans_plan_import_marked", args=[upload]),
    ]


def uploaded(people: People, user: User) -> Upload:
    send(sign_in(user), people.kita, filled_template(**PARK_PLAN))
    return Upload.objects.get(user=user)


def test_only_towns_one_plans_for_are_offered(people: People) -> None:
    def offered(user: User) -> list[str]:
        page = soup(sign_in(user).get(reverse(START)))
        return [option.get_text() for option in page.select("[name=municipality] option")]

    assert offered(people.planner) == ["きた市"]
    assert offered(people.operator) == ["（選択）", "きた市", "みなみ市"]
    make.make_membership(people.planner, Role.PLANNER, people.minami)
    assert offered(User.objects.get(pk=people.planner.pk)) == ["（選択）", "きた市", "みなみ市"]
    make.make_membership(people.reader, Role.PLANNER, people.minami)
    assert offered(User.objects.get(pk=people.reader.pk)) == ["みなみ市"]


@pytest.mark.parametrize("who", ["entry", "operator"])
def test_a_file_of_somebody_else_does_not_exist(people: People, who: str) -> None:
    upload = uploaded(people, people.planner)
    client = sign_in(getattr(people, who))
    for url in [*pages(upload.pk), *pages(upload.pk + 1)]:
        assert client.get(url).status_code == 404
    fingerprint = soup(sign_in(people.planner).get(pages(upload.pk)[0])).select_one(
        "[name=fingerprint]"
    )["value"]
    for sent in ({"confirm": "1"}, {"cancel": "1"}):
        answer = client.post(pages(upload.pk)[0], sent | {"fingerprint": fingerprint})
        assert answer.status_code == 404
    assert not Plan.objects.exists()
    upload.refresh_from_db()
    assert upload.finished_at is None


@pytest.mark.parametrize(("role", "status"), [(Role.READER, 403), (Role.ENTRY, 403), (None, 404)])
def test_who_is_no_planner_any_more_confirms_nothing(
    people: People, role: str | None, status: int
) -> None:
    upload = uploaded(people, people.planner)
    people.planner.memberships.all().delete()
    section = people.welfare if role == Role.ENTRY else None
    if role is not None:
        make.make_membership(people.planner, role, people.kita, section)
    else:
        make.make_membership(people.planner, Role.PLANNER, people.minami)
    client = sign_in(User.objects.get(pk=people.planner.pk))
    assert client.post(pages(upload.pk)[0], {"confirm": "1"}).status_code == status
    assert not Plan.objects.exists()


def test_no_form_counts_that_another_site_sent(people: People) -> None:
    upload = uploaded(people, people.planner)
    client = Client(enforce_csrf_checks=True)
    client.force_login(people.planner, "django.contrib.auth.backends.ModelBackend")
    assert client.post(pages(upload.pk)[0], {"confirm": "1"}).status_code == 403
    assert send(client, people.kita, filled_template(**PARK_PLAN)).status_code == 403
    assert Upload.objects.count() == 1


# --- Out ------------------------------------------------------------------------------------------


def test_a_reader_of_one_town_takes_nothing_out_of_another(people: People, plan: Plan) -> None:
    make.make_membership(people.entry, Role.READER, people.minami)
    client = sign_in(User.objects.get(pk=people.entry.pk))
    assert client.get(reverse("admin:plans_plan_export", args=[plan.pk])).status_code == 403


def test_everybody_on_the_staff_gets_the_template(people: People) -> None:
    answer = sign_in(people.entry).get(reverse("admin:plans_plan_template"))
    book = openpyxl.load_workbook(BytesIO(answer.getvalue()))
    assert book.sheetnames[:3] == ["はじめに", "記入例", "計画"]


def test_the_file_bears_the_name_of_town_and_plan(people: People) -> None:
    plan = make.make_plan(people.kita, title='計画 "A"/../\r\nX: 1\u202e', edition="改訂版")
    answer = sign_in(people.planner).get(reverse("admin:plans_plan_export", args=[plan.pk]))
    assert answer["Content-Type"].startswith("application/vnd.openxmlformats")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    kind, _star, name = answer["Content-Disposition"].partition("filename*=utf-8''")
    assert kind == "attachment; "
    assert name == (
        "%E3%81%8D%E3%81%9F%E5%B8%82_%E8%A8%88%E7%94%BB%20A%20..%20X%201%20"
        "%E6%94%B9%E8%A8%82%E7%89%88.xlsx"
    )


HOSTILE = ['=HYPERLINK("http://x.example","押す")', "+1+1", "-1+1", "@SUM(1)", "\t=1", "=1\r\n=2"]


def test_no_name_becomes_a_formula(people: People, plan: Plan) -> None:
    for number, title in enumerate(HOSTILE, start=1):
        make.make_goal(plan, code=f"h{number}", title=title, order=number)
    answer = sign_in(people.planner).get(reverse("admin:plans_plan_export", args=[plan.pk]))
    book = openpyxl.load_workbook(BytesIO(answer.getvalue()))
    assert [
        f"{sheet.title}!{cell.coordinate}"
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f" or cell.hyperlink
    ] == []
    titles = [row[2].value for row in book["基本目標"].iter_rows(min_row=5)]
    assert [title for title in titles if title and title.strip()[0] in "=+-@"] != []
    again = send(sign_in(people.planner), people.kita, plan_workbook(plan))
    preview = words(sign_in(people.planner).get(again.url))
    assert "誤りが" not in preview


def test_hostile_words_are_shown_as_words(people: People) -> None:
    script = "<script>alert(1)</script>"
    sheets = PARK_PLAN | {"計画": [PARK_PLAN["計画"][0] | {"計画名": script, "開始年度": script}]}
    client = sign_in(people.planner)
    answer = send(client, people.kita, filled_template(**sheets), name=f"{script[1:-9]}.xlsx")
    page = client.get(answer.url).content.decode()
    assert script not in page
    assert "&lt;script&gt;" in page
    sheets["計画"][0]["開始年度"] = "R6"
    answer = send(client, people.kita, filled_template(**sheets), reason=script)
    assert script not in client.get(answer.url).content.decode()
    assert script not in confirm(client, answer.url).content.decode()
    assert Plan.objects.get().title == script
