"""The town the permission table is asked about: its rows, what addresses name, what is sent.

Made once for a module; every question is undone afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models, transaction
from django.test import Client
from django.urls import reverse

from exchange.entry_book.waiting import receive
from exchange.models import EntryFile, Upload
from exchange.sheets.book import XLSX
from indicators.models import Actual, Indicator, Judgement
from measures.models import (
    Correspondence,
    DepartmentPolicySheet,
    Measure,
    ProgressReport,
    ReviewComment,
)
from municipalities.models import User
from municipalities.pending import PendingUpload
from plans.models import BasicGoal, Plan, Policy, RatingScheme, YearLock
from rounds.models import (
    Publication,
    PublishedComment,
    PublishedIndicator,
    PublishedReport,
    PublishedSheet,
    Request,
)
from rounds.record import publish

from . import factories as make
from .admin_pages import filled_in, sign_in
from .filled_workbooks import book_for
from .flat_files import exported, imported
from .full_town import fill_town
from .people import People, make_people
from .permission_table import PEOPLE
from .plan_pages import PARK_PLAN, filled_template
from .public_pages import publish_year

Rows = dict[type[models.Model], Any]
FROZEN = (PublishedIndicator, PublishedReport, PublishedSheet, PublishedComment)
WORKING = (Actual, Judgement, ProgressReport, DepartmentPolicySheet, ReviewComment)


@dataclass
class Town:
    """きた市 with a row in every table, published as of FY2023, and everybody at the door."""

    people: People
    rows: Rows
    clients: dict[str, Client]
    places: dict[str, Any]
    bodies: dict[str, Callable[..., dict[str, Any] | str]]


@contextmanager
def undone() -> Iterator[None]:
    """Let nothing of what happens inside stay."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def make_town() -> Town:
    """Make the town; what is in it are drafts of the welfare section once it is published."""
    people = make_people()
    rows = fill_town(people.welfare)
    hidden = make.make_plan(people.kita, "hidden")
    for model in WORKING:
        model.objects.update(state="checked")
    rows[Publication].delete()  # by hand; what is handed out is made as a planner does
    publish(rows[Correspondence].old_plan, "plan", by=None)
    for node in ({"basic_goal": rows[BasicGoal]}, {"policy": rows[Policy]}):
        row = make.make_row(make.make_action(rows[Plan], **node), [people.welfare])
        make.make_report(row, state="checked")
    publication = publish_year(rows[Plan])
    for model in FROZEN:
        rows[model] = model.objects.filter(publication=publication).first()
    rows[Publication] = publication
    for model in WORKING:
        model.objects.update(state="draft")
    ProgressReport.objects.update(issues="担い手が足りない。")
    clients = {who: sign_in(getattr(people, who)) for who in PEOPLE if who != "anonymous"}
    return Town(
        people=people,
        rows=rows,
        clients={"anonymous": Client(), **clients},
        places=_places(people, rows, hidden),
        bodies=_bodies(people, rows, clients["planner"]),
    )


def _places(people: People, rows: Rows, hidden: Plan) -> dict[str, Any]:
    """What addresses name: a part of the path, or after "?" the query."""
    plan = rows[Plan]
    upload = Upload.objects.keep(
        user=people.planner,
        municipality=people.kita,
        file_name="計画.xlsx",
        content=filled_template(**PARK_PLAN),
        reason="",
    )
    content = book_for(rows[Request], people.welfare)
    entry_upload = receive(people.planner, rows[Request], "回答.xlsx", content)
    entry_kept = EntryFile.objects.create(
        request=rows[Request], file_name="回答.xlsx", rows=1, written=0, unchanged=1, held=0
    )
    year = {"fiscal_year": "2023", "period": "year_end"}
    field = {"app_label": "indicators", "model_name": "indicator", "field_name": "plan"}
    return {
        "app": "plans",
        "nowhere": "nowhere/",
        "plan": plan.pk,
        "scheme": rows[RatingScheme].pk,
        "person": rows[User].pk,
        "upload": upload.pk,
        "entry_upload": entry_upload.pk,
        "entry_kept": entry_kept.pk,
        "publication": rows[Publication].pk,
        "lock": rows[YearLock].pk,
        "request": rows[Request].pk,
        "department": people.welfare.pk,
        "?field": field,
        "?year": year,
        "?plan": {"plan": plan.pk},
        "?place": {"plan": plan.pk, "fiscal_year": "2024"},
        "?scheme": {"scheme": rows[RatingScheme].pk, "plan": plan.pk, "fiscal_year": "2023"},
        "?report": year | {"kind": "indicators", "source": "working", "download": "x"},
        "town": people.kita.slug,
        "slug": plan.slug,
        "hidden": hidden.slug,
        "section": people.welfare.code,
        "year": 2023,
        "period": "year_end",
        "table": "indicators",
        "kind": "indicators",
        "goal": rows[BasicGoal].code,
        "policy": rows[Policy].code,
        "measure": rows[Measure].code,
        "indicator": rows[Indicator].code,
    }


def _bodies(
    people: People, rows: Rows, planner: Client
) -> dict[str, Callable[..., dict[str, Any] | str]]:
    """What a person sends who means to write: enough for it to be written, if they may; a text is
    sent as JSON."""
    plan, series = rows[Plan], rows[Actual].series
    entry = {
        f"series-{series.pk}-value": "0",
        f"series-{series.pk}-state": "draft",
        f"series-{series.pk}-seen_version": rows[Actual].version,
    }
    place = {"plan": plan.pk, "fiscal_year": "2024"}
    password = {"usable_password": "true", "password1": "よい合言葉-2024", "password2": ""}
    password["password2"] = password["password1"]
    pending = {
        resource.model: _pending(people.planner, resource, kind)
        for resource, kind in flat_tables().items()
    }
    file = filled_template(**PARK_PLAN)
    entry_book = book_for(rows[Request], people.welfare)
    form = filled_in(planner, reverse("admin:measures_reportcolumn_form", args=[plan.pk]))
    return {
        "": lambda row: {},
        "nothing_typed": lambda row: '{"fields": {}}',
        "entry": lambda row: entry,
        "tryout": lambda row: place | {"scheme": rows[RatingScheme].pk},
        "copy": lambda row: {"municipality": people.kita.pk},
        "takeover": lambda row: (
            place | {"rows": [rows[ProgressReport].row_id], "columns": "issues"}
        ),
        "form": lambda row: form | {"preset": "budget"},
        "publish": lambda row: {
            "plan": plan.pk,
            "kind": "plan",
            "mark": "final",
            "publish": "1",
        },
        "workbook": lambda row: {
            "municipality": people.kita.pk,
            "file": SimpleUploadedFile("計画.xlsx", file, content_type=XLSX),
        },
        "entry_book": lambda row: {
            "files": SimpleUploadedFile("回答.xlsx", entry_book, content_type=XLSX)
        },
        "close": lambda row: {"close": "1", "change_reason": "済んだ"},
        "reason": lambda row: {"change_reason": "再集計"},
        "submit": lambda row: {"action": "workflow_submit", "seen": f"{row.pk}:{row.version}"},
        "cancel": lambda row: {"cancel": "1"},
        "successor": lambda row: {
            "title": "次の計画",
            "slug": "next",
            "takes_over_from": "2030",
            "start_fiscal_year": "2030",
            "parts": ["goals"],
            "create": "1",
        },
        "password": lambda row: password,
        "flat": lambda row: {
            "file": SimpleUploadedFile("a.csv", bytes(pending[type(row)].content))
        },
        "pending": lambda row: {"upload": str(pending[type(row)].pk)},
        "export": lambda row: {"format": "1", "resource": "0"},
    }


def flat_tables() -> dict[Any, str]:
    """Return resource → the label of its table, of every table that comes and goes as a file."""
    found = {}
    for model, page in admin.site._registry.items():
        for resource in getattr(page, "resource_classes", ()):
            found[resource] = model._meta.label_lower
    return found


def _pending(planner: User, resource: Any, table: str) -> PendingUpload:
    """A file the planner has uploaded and not confirmed yet: the table as it is."""
    content = exported(resource, planner, "csv")
    outcome = imported(resource, planner, content, save=False)
    assert outcome.complaints == [], (table, outcome.complaints)
    return PendingUpload.objects.keep(
        planner, table, name="a.csv", content=content, fingerprint=outcome.fingerprint
    )
