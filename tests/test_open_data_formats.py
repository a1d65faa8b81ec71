"""The files of open data as files: bytes, names, headers, caching; hostile texts survive."""

import csv
import json
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.db import DataError, connection, transaction
from django.test import Client
from django.utils import timezone
from hypothesis import example, given
from hypothesis import strategies as some

from exchange.open_data.formats import as_csv, as_json, as_zip
from exchange.open_data.table import Column, Kind
from exchange.open_data.tables import BY_NAME
from municipalities.cells import neutral
from plans.models import Plan

from . import factories as make
from .api import rows_of
from .open_data_files import csv_rows, everything, get, json_rows, unpacked
from .public_pages import publish_plan, publish_year

COLUMNS = [Column(name, name, Kind.TEXT, lambda *row: None) for name in ("一", "二")]
HOSTILE = [
    "=1+1",
    "+CMD",
    "-1+1",
    "@SUM(A1)",
    "\t=1",
    '"引用"と,読点',
    "改行\r\nと\nと\r",
    "</script><script>alert(1)</script>",
    "𠮷野家",
    "半分\ud842だけ",
]


def read(content: bytes) -> list[list[str]]:
    """Return the lines of a CSV as any reader of RFC 4180 takes them."""
    return list(csv.reader(StringIO(content.decode("utf-8-sig"), newline="")))


def whole(text: str) -> str:
    """Return the text with halves of characters replaced, which UTF-8 cannot hold."""
    return "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in text)


# --- Cells --------------------------------------------------------------------------------------


@given(some.lists(some.lists(some.text(), min_size=2, max_size=2)))
@example([HOSTILE[:2], HOSTILE[2:4], HOSTILE[4:6], HOSTILE[6:8], HOSTILE[8:]])
def test_any_text_survives_csv_and_json(rows: list[list[str]]) -> None:
    header, *lines = read(as_csv(COLUMNS, rows))
    assert header == ["一", "二"]
    assert lines == [[neutral(whole(text)) for text in row] for row in rows]
    found = json.loads(as_json({}, COLUMNS, rows))["rows"]
    assert [list(row.values()) for row in found] == [
        [whole(text) or None for text in row] for row in rows
    ]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_of_a_csv_is_a_formula(text: str) -> None:
    ((cell, _other),) = read(as_csv(COLUMNS, [[text, None]]))[1:]
    assert cell.lstrip("'") == whole(text)
    assert cell[0] not in "=+-@\t\r"
    (row,) = json.loads(as_json({}, COLUMNS, [[text, None]]))["rows"]
    assert row["一"] == whole(text)  # no mark is put before it where nobody takes it for a formula


@pytest.mark.parametrize(
    ("value", "in_csv", "in_json"),
    [
        (None, "", None),
        ("", "", None),
        (0, "0", 0),
        (Decimal("0"), "0", "0"),
        (Decimal("-0.50"), "-0.50", "-0.50"),
        (Decimal("1E+6"), "1000000", "1000000"),
        (True, "true", True),
        (False, "false", False),
        (date(2024, 4, 1), "2024-04-01", "2024-04-01"),
        (
            datetime(2024, 3, 31, 23, 30, tzinfo=UTC),
            "2024-04-01T08:30:00+09:00",
            "2024-04-01T08:30:00+09:00",
        ),
        ([], "", []),
        (["一", "=二"], "一\n=二", ["一", "=二"]),
        (["=一"], "'=一", ["=一"]),
    ],
)
def test_every_kind_of_value_has_one_form(value: Any, in_csv: str, in_json: Any) -> None:
    assert read(as_csv(COLUMNS, [[value, "終"]]))[1] == [in_csv, "終"]
    assert json.loads(as_json({}, COLUMNS, [[value, "終"]]))["rows"][0]["一"] == in_json


def test_a_zip_from_before_zips_still_packs() -> None:
    packed = as_zip([("一.txt", b"1")], datetime(1950, 4, 1, tzinfo=UTC))
    assert unpacked(packed) == {"一.txt": b"1"}


# --- Files --------------------------------------------------------------------------------------


@pytest.fixture
def plan(db: None) -> Plan:
    """きた市's plan, whose names are hostile wherever people write."""
    town = make.make_municipality("kita", name="きた市")
    plan = make.make_plan(town, "sogo", title=HOSTILE[0])
    for number, text in enumerate(HOSTILE[:-1]):
        series = make.make_series(town, name=text, unit="@", definition=text)
        make.make_actual(make.make_indicator(plan, series, code=f"i{number}").series, note=text)
    row = make.make_row(make.make_action(plan, title=HOSTILE[7]))
    make.make_report(row, state="checked", projects=HOSTILE[:-1])
    publish_plan(plan, effective_at=datetime(2024, 4, 1, tzinfo=UTC))
    publish_year(plan)
    return plan


def test_hostile_names_come_through_every_table(plan: Plan) -> None:
    names = [row["指標名"] for row in csv_rows("/kita/sogo/data/", "values")]
    assert names == [neutral(text) for text in HOSTILE[:-1]]
    assert [r["indicator_name"] for r in json_rows("/kita/sogo/data/", "values")] == HOSTILE[:-1]
    said = [row["value"] for row in json_rows("/kita/sogo/data/", "reports")]
    assert set(HOSTILE[:-1]) <= set(said)
    assert {row["計画名"] for row in csv_rows("/kita/sogo/data/", "plans")} == {"'=1+1"}


def test_half_a_character_in_a_published_document_breaks_nothing(plan: Plan) -> None:
    report = plan.publications.get(kind="public").reports.get()
    report.cells[0]["value"] = HOSTILE[-1]
    if connection.vendor == "postgresql":  # it refuses to keep one
        with pytest.raises(DataError), transaction.atomic():
            report.save()
        return
    report.save()
    assert whole(HOSTILE[-1]) in {r["value"] for r in json_rows("/kita/sogo/data/", "reports")}
    assert whole(HOSTILE[-1]) in {row["内容"] for row in csv_rows("/kita/sogo/data/", "reports")}
    assert get("/kita/sogo/data/")
    told = rows_of("/api/v1/plans/kita/sogo/reports/")
    assert whole(HOSTILE[-1]) in {row["value"] for row in told}


@pytest.mark.parametrize("base", ["/kita/data/", "/kita/sogo/data/"])
def test_the_zip_holds_every_file_with_terms_and_date(plan: Plan, base: str) -> None:
    content = get(f"{base}all.zip")
    with zipfile.ZipFile(BytesIO(content)) as archive:
        assert archive.testzip() is None
        newest = timezone.localtime(max(each.effective_at for each in plan.publications.all()))
        stamp = (*newest.timetuple()[:5], newest.second // 2 * 2)  # a ZIP counts every other second
        assert {entry.date_time for entry in archive.infolist()} == {stamp}
        japanese = [entry for entry in archive.infolist() if not entry.filename.isascii()]
        assert len(japanese) == 2
        assert all(entry.flag_bits & 0x800 for entry in japanese)  # the name is UTF-8
    folder = "kita" if base == "/kita/data/" else "kita_sogo"
    files = unpacked(content)
    readme = files[f"{folder}/はじめに.txt"].decode("utf-8-sig")
    assert "CC BY 4.0" in readme
    assert "https://creativecommons.org/licenses/by/4.0/deed.ja" in readme
    assert f"http://testserver{base}" in readme
    assert "CC BY 4.0" in files[f"{folder}/利用条件.txt"].decode("utf-8-sig")
    for name in BY_NAME:
        for kind in ("csv", "json"):
            assert files[f"{folder}/{kind}/{name}.{kind}"] == get(f"{base}{name}.{kind}")
    assert len(files) == 2 * len(BY_NAME) + 2


def test_the_same_publications_make_the_same_bytes(plan: Plan) -> None:
    assert list(everything("/kita/sogo/data/")) == list(everything("/kita/sogo/data/"))


@pytest.mark.parametrize(
    ("file", "content_type"),
    [
        ("/kita/sogo/data/values.csv", "text/csv; charset=utf-8"),
        ("/kita/sogo/data/values.json", "application/json"),
        ("/kita/data/all.zip", "application/zip"),
        ("/data.json", "application/ld+json"),
    ],
)
def test_files_can_be_read_from_other_sites_and_kept(
    plan: Plan, file: str, content_type: str
) -> None:
    answer = Client().get(file)
    assert answer.headers["Content-Type"] == content_type
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Length"] == str(len(answer.content))
    assert "filename=" in answer.headers["Content-Disposition"]
    assert not answer.cookies
    assert "Vary" not in answer.headers  # the same for every reader
    again = Client().get(file, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_publication_and_a_new_title_change_the_etag(plan: Plan) -> None:
    file = "/kita/sogo/data/publications.csv"
    tags = [Client().get(file).headers["ETag"]]
    publish_year(plan, 2022)
    tags.append(Client().get(file).headers["ETag"])
    Plan.objects.filter(pk=plan.pk).update(title="題を改めた計画")
    tags.append(Client().get(file).headers["ETag"])
    assert len(set(tags)) == 3
    assert Client().get(file, headers={"If-None-Match": tags[1]}).status_code == 200


def test_the_names_of_downloads_say_what_they_are(plan: Plan) -> None:
    names = {
        "/kita/sogo/data/values.csv": 'attachment; filename="kita_sogo_values.csv"',
        "/kita/data/values.json": 'inline; filename="kita_values.json"',
    }
    for path, disposition in names.items():
        assert Client().get(path).headers["Content-Disposition"] == disposition
    zipped = Client().get("/kita/sogo/data/all.zip").headers["Content-Disposition"]
    assert zipped.startswith('attachment; filename="kita_sogo_20')
