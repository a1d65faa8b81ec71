"""A town with one row in every table: for tests that visit everything."""

from datetime import date

from django.apps import apps
from django.db import models

from exchange.models import EntryFile, WaitingLine
from measures.models import MeasureSdg
from municipalities.access import Role
from municipalities.backends import keeps_towns
from municipalities.models import Department, FailedSignIn, SignIn, SignInWait
from plans.models import PolicySdg
from rounds.models import (
    EntryDraft,
    Handover,
    PublishedComment,
    PublishedIndicator,
    PublishedReport,
    PublishedSheet,
    Reply,
    SentReminder,
)

from . import factories as make

APPS = ("municipalities", "plans", "measures", "indicators", "rounds", "exchange")


def our_models() -> list[type[models.Model]]:
    """Return every model whose rows belong to towns, without the tables of their history."""
    return [
        model
        for label in APPS
        for model in apps.get_app_config(label).get_models()
        if keeps_towns(model) and "historical" not in model._meta.model_name
    ]


def fill_town(section: Department) -> dict[type[models.Model], models.Model]:
    """Make a row of every model in the municipality of `section`, which answers for them.

    Returns model → row. Year 2021 is closed; the figures are those of 2023.
    """
    town = section.municipality
    newer = make.make_department(town)
    plan, old_plan = make.make_plan(town), make.make_plan(town)
    goal = make.make_goal(plan)
    field = make.make_field(goal)
    policy = make.make_policy(plan, basic_goal=goal, field=field)
    measure = make.make_measure(plan, policy=policy)
    action = make.make_action(plan, measure=measure)
    row = make.make_row(action, [section])
    scheme = make.make_scheme(plan=plan)
    band = scheme.bands.first()
    series = make.make_series(town, owner=section, common=make.make_common())
    indicator = make.make_indicator(plan, series, [section], policy=policy)
    publication = make.make_publication(plan)
    sheet = make.make_sheet(plan, section)
    request = make.make_request(plan)
    rows = [
        town,
        section,
        plan,
        goal,
        field,
        policy,
        measure,
        action,
        row,
        scheme,
        band,
        series,
        series.common,
        indicator,
        publication,
        sheet,
        WaitingLine.objects.create(
            plan=plan,
            sheet="計画",
            key=f"{plan.slug}／上位計画",
            cells={"アドレス名": plan.slug, "上位計画": "later"},
            waits_for="later",
        ),
        make.make_succession(section, newer),
        membership := make.make_membership(make.make_user(), Role.READER, town),
        membership.user,
        SignIn.objects.create(username=membership.user.username, ip_address="192.0.2.1"),
        FailedSignIn.objects.create(username=membership.user.username),
        SignInWait.objects.create(username=membership.user.username, failures_since_start=5),
        PolicySdg.objects.create(policy=policy, number=3),
        MeasureSdg.objects.create(measure=measure, number=3),
        row.departments.get(),
        make.make_report(row, state="draft", rating=band),
        make.make_column(plan),
        make.make_issue(sheet),
        make.make_comment(plan, policy=policy),
        make.make_correspondence(plan, old_plan, new_basic_goal=goal),
        make.make_related_plan(plan),
        make.make_term(plan, policy=policy),
        make.make_footnote(plan, policy=policy),
        make.make_lock(plan, 2021),
        plan.schemes.first(),
        make.make_actual(series, state="draft"),
        make.make_break(series),
        make.make_target(indicator),
        make.make_judgement(indicator, band),
        indicator.responsibilities.get(),
        PublishedIndicator.objects.create(
            publication=publication,
            indicator=indicator,
            name=series.name,
            baseline_status=indicator.baseline_status,
        ),
        PublishedReport.objects.create(publication=publication, action=action, order=1),
        PublishedSheet.objects.create(
            publication=publication, department=section, fiscal_year=2023, name=section.name
        ),
        PublishedComment.objects.create(
            publication=publication, number=1, board="審議会", comment="意見"
        ),
        request,
        Reply.objects.create(request=request, department=section, decided_on=date(2024, 5, 1)),
        EntryFile.objects.create(
            request=request,
            file_name="住民課.xlsx",
            content=b"a workbook",
            sha256="0" * 64,
            rows=3,
            written=1,
            unchanged=1,
            held=1,
        ),
        EntryDraft.objects.create(
            request=request, department=section, author=membership.user, fields={"a": "1"}
        ),
        Handover.objects.create(municipality=town, series=series, text="住民課の帳票から写す。"),
        SentReminder.objects.create(
            user=membership.user,
            municipality=town,
            sent_on=date(2024, 5, 20),
            subject="照会の回答期限",
            rows=1,
        ),
    ]
    return {type(each): each for each in rows}
