"""Make one account per role for a trial with a request to answer, and print them."""

import os
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from indicators.models import Responsibility, Series
from municipalities.access import Role
from municipalities.history import save_with_reason
from municipalities.models import Department, Membership, Municipality, User
from municipalities.record import record_row
from plans.choices import Period
from plans.models import Plan
from rounds.models import Request
from rounds.requests.record import record_request, send_request

ASKED_YEAR = 2026


class Command(BaseCommand):
    help = (
        "Makes one account per role in the sample town, with the password kept in a file, and "
        "sends a request due in two weeks; prints the accounts. For trials only: never run it on a "
        "server that others reach."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--password-file", type=Path, required=True)

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        town = Municipality.objects.filter(is_sample=True).order_by("slug").first()
        if town is None:
            raise CommandError("There is no sample town; run load_plans first.")
        password = self._password(options["password_file"])
        section = _busiest_section(town)
        self.stdout.write(f"{'account':<10} {'password':<16} role")
        for role in Role:
            department = {
                Role.ENTRY: section,
                Role.APPROVER: section.parent or section,
            }.get(role)
            self._account(role, town, department, password)
            place = "" if role == Role.OPERATOR else department or town
            self.stdout.write(f"{role.value:<10} {password:<16} {role.label} {place}".rstrip())
        if not town.requests.exists():
            _send_request(town, section)

    def _password(self, path: Path) -> str:
        """Return the password kept in `path`, made at the first run."""
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(9))
        return path.read_text().strip()

    def _account(
        self, role: Role, town: Municipality, department: Department | None, password: str
    ) -> None:
        user = User.objects.filter(username=role.value).first()
        if user is None:
            user = User(username=role.value, name=f"{role.label}（試用）", is_staff=True)
        elif user.check_password(password):
            return
        user.set_password(password)
        save_with_reason(user, None, "試用の利用者")
        if not user.memberships.exists():
            membership = Membership(
                user=user,
                role=role,
                municipality=None if role == Role.OPERATOR else town,
                department=department,
            )
            membership.full_clean()
            save_with_reason(membership, None, "試用の利用者")


def _busiest_section(town: Municipality) -> Department:
    """Return the present section with the most indicators, so that a trial has work to show."""
    sections = town.departments.filter(valid_to=None).annotate(work=Count("responsibilities"))
    busiest = sections.select_related("parent").order_by("-work", "order").first()
    if busiest is None:
        raise CommandError("The sample town has no sections; run load_plans first.")
    return busiest


def _send_request(town: Municipality, section: Department) -> None:
    """Ask the sections of the sample town for what its story has begun to enter; a figure nobody
    answers for goes to `section`, since it would keep the request back."""
    reason = "試用の照会"
    for series in Series.objects.filter(municipality=town, owner=None, indicators__isnull=False):
        if not Responsibility.objects.filter(indicator__series=series).exists():
            series.owner = section
            record_row(series, by=None, reason=reason)
    plans = Plan.objects.in_force().filter(municipality=town)
    asked = [
        plan
        for plan in plans.filter(start_fiscal_year__lte=ASKED_YEAR, end_fiscal_year__gte=ASKED_YEAR)
        if plan.successor_in(ASKED_YEAR) is None
    ]
    request = Request(
        municipality=town,
        title="令和8年度 9月末現在の照会（架空）",
        fiscal_year=ASKED_YEAR,
        period=Period.MID_YEAR,
        deadline=timezone.localdate() + timedelta(days=14),
        document_number="企第45号（架空）",
        note="9月末までの実績と取組の進み具合を入力してください。",
    )
    record_request(request, by=None, plans=asked, reason=reason)
    send_request(request, by=None, on_paper=True)
